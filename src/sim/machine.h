/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The channel subsystem: subchannels and the instructions on them, as the
 * z/Architecture Principles of Operation (chapters 13-16) describe them. The
 * machine is single-threaded: all functions here, the functions of the
 * environment and those of a device are called from one thread, and none of
 * them blocks.
 */
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

#include <linux/types.h>
#include "vfio_ccw_arch.h"

struct machine;
struct machine_device_ops;	/* device.h */

/** The instructions, for events and for forced condition codes. */
enum machine_insn {
	MACHINE_SSCH,		/* START SUBCHANNEL */
	MACHINE_TSCH,		/* TEST SUBCHANNEL */
	MACHINE_STSCH,		/* STORE SUBCHANNEL */
	MACHINE_MSCH,		/* MODIFY SUBCHANNEL */
	MACHINE_HSCH,		/* HALT SUBCHANNEL */
	MACHINE_CSCH,		/* CLEAR SUBCHANNEL */
	MACHINE_RSCH,		/* RESUME SUBCHANNEL */
	MACHINE_XSCH,		/* CANCEL SUBCHANNEL */
	MACHINE_SCH_INSNS,	/* those above are about a subchannel */
	MACHINE_TPI = MACHINE_SCH_INSNS, /* TEST PENDING INTERRUPTION */
	MACHINE_STCRW,		/* STORE CHANNEL REPORT WORD */
	MACHINE_RCHP,		/* RESET CHANNEL PATH */
	MACHINE_SCHM,		/* SET CHANNEL MONITOR */
	MACHINE_SAL,		/* SET ADDRESS LIMIT */
	MACHINE_CHSC,		/* CHANNEL SUBSYSTEM CALL */
	MACHINE_INSNS
};

/** Program interruptions, negated. */
enum machine_exception {
	MACHINE_PRIVILEGED = -0x02,	/* privileged operation */
	MACHINE_PROTECTION = -0x04,
	MACHINE_ADDRESSING = -0x05,
	MACHINE_SPECIFICATION = -0x06,
	MACHINE_OPERAND = -0x15
};

/** The code of an I/O interruption, as it is stored. */
struct machine_interruption {
	__be32 word[3];	/* sid; interruption parameter; subclass, bits 2-4 */
};

#define INTERRUPTION2_ISC	GENMASK(29, 27)

/** Which member of the union an event carries. */
enum machine_event_kind {
	MACHINE_EV_INSN,	/* insn: an instruction was executed */
	MACHINE_EV_FUNCTION,	/* function: begins to be performed */
	MACHINE_EV_CCW,		/* ccw: fetched */
	MACHINE_EV_DATA,	/* data: moved */
	MACHINE_EV_SENSE,	/* data: sense bytes, fetched by the channel */
	MACHINE_EV_DEVICE,	/* dstat: the device has presented it */
	MACHINE_EV_PENDING,	/* scsw: the subchannel is status pending */
	MACHINE_EV_GONE,	/* none: the device is detached */
	MACHINE_EV_BACK,	/* none: the device is there again */
	MACHINE_EV_REPORT,	/* crw: is queued, or lost; sid is none */
	MACHINE_EV_INTERRUPT	/* code: the interruption is taken */
};

/** What happened on one subchannel. Pointers hold only during the call. */
struct machine_event {
	enum machine_event_kind kind;
	u32 sid;
	union {
		struct {
			enum machine_insn insn;
			int cc;			/* or enum machine_exception */
			const __be32 *operand;	/* ORB, SCHIB, IRB as used; or NULL */
			unsigned int words;	/* of the operand */
		} insn;				/* sid is 0 if it is about none */
		struct {
			struct ccw_crw crw;
			bool lost;		/* there was no room for it */
		} report;
		struct machine_interruption code;
		u32 function;			/* SCSW0_FC_START, _HALT or _CLEAR */
		struct {
			u32 address;		/* where it was fetched */
			struct ccw_format1 raw;	/* as it stands in storage */
			unsigned int format;	/* how to read it: 0 or 1 */
			u8 command;
			u8 flags;		/* CCW0_CD... shifted right by 16 */
			u16 count;
			u32 cda;
		} ccw;
		struct {
			u64 absolute;		/* where in storage */
			u32 length;
			bool to_storage;	/* the device's data went to storage */
			const u8 *bytes;
		} data;
		u8 dstat;			/* bits of enum device_status */
		struct ccw_scsw scsw;		/* as TEST SUBCHANNEL will store it */
	};
};

/** What the machine needs of the world. Each gets the ctx of the machine. */
struct machine_env {
	/**
	 * Move len bytes between buf and storage at an absolute address, with
	 * the access key of the channel program.
	 * Return: 0; -EFAULT: no storage there (some bytes); -EACCES: the key
	 * does not permit it; -EIO: storage is broken there. On an error
	 * nothing has been moved.
	 */
	int (*storage)(void *ctx, u64 absolute, void *buf, u32 len, u8 key,
		       bool write);
	/** Call fn(arg) once, ns nanoseconds from now, never from within. */
	void (*after)(void *ctx, u64 ns, void (*fn)(void *), void *arg);
	/** An enabled subchannel has become status pending; masks are yours. */
	void (*pending)(void *ctx, u32 sid);
	/** Something has happened that a trace may show; may be NULL. */
	void (*event)(void *ctx, const struct machine_event *event);
	/** Return: the time in ns, never less than before. May be NULL: no clock. */
	u64 (*now)(void *ctx);
};

/** Return: a machine without devices, or NULL: no memory. */
struct machine *machine_create(const struct machine_env *env, void *ctx);

/** Destroy it once none of its after() calls is outstanding any more. */
void machine_destroy(struct machine *m);

/** How a device is attached. What is zero has its usual value. */
struct machine_attachment {
	u16 devno;
	u8 set;			/* subchannel set, 0-3 */
	u8 paths;		/* mask of those installed; 0: the leftmost */
	u8 preferred;		/* the one tried first; 0: each in its turn */
	u8 chpid[8];		/* the channel each of the paths belongs to */
	const struct machine_device_ops *ops;
	void *device;		/* stays the caller's, must outlive m */
};

/**
 * Give a device a subchannel.
 * Return: the sid; -EEXIST: the set has this devno; -EINVAL: there is no such
 * set, or what is preferred is not one of the paths; -ENOSPC; -ENOMEM.
 */
int machine_configure(struct machine *m, const struct machine_attachment *how);

/** The same for a device of set 0 with one path, of channel 0. */
int machine_attach(struct machine *m, u16 devno,
		   const struct machine_device_ops *ops, void *device);

/*
 * The instructions. Return: the condition code, 0-3, or a (negative) enum
 * machine_exception. PoO chapter 14. An operand is only stored into, or
 * looked at, as the instruction's description says.
 */
int machine_ssch(struct machine *m, u32 sid, const struct ccw_orb *orb);
int machine_tsch(struct machine *m, u32 sid, struct ccw_irb *irb);
int machine_stsch(struct machine *m, u32 sid, struct ccw_schib *schib);
int machine_msch(struct machine *m, u32 sid, const struct ccw_schib *schib);
int machine_hsch(struct machine *m, u32 sid);
int machine_csch(struct machine *m, u32 sid);
int machine_rsch(struct machine *m, u32 sid);
int machine_xsch(struct machine *m, u32 sid);

/*
 * The same for the channel subsystem as a whole. What instructions have in
 * general register 1 or 2 is given as a number, in the low bits of a register.
 */
/** TEST PENDING INTERRUPTION; iscs: mask of subclasses. cc 0: none. */
int machine_tpi(struct machine *m, u8 iscs, struct machine_interruption *code);
/**
 * A processor that is enabled for these subclasses (a mask) is interrupted.
 * Return: whether there was an interruption; *code tells which.
 */
bool machine_interrupt(struct machine *m, u8 iscs,
		       struct machine_interruption *code);
/** STORE CHANNEL REPORT WORD. cc 1: there is none, and zeros are stored. */
int machine_stcrw(struct machine *m, struct ccw_crw *crw);
/** RESET CHANNEL PATH; reg1: the CHPID. cc 2: busy; cc 3: no such path. */
int machine_rchp(struct machine *m, u32 reg1);
/** SET ADDRESS LIMIT; reg1: the limit. Has no condition code: 0. */
int machine_sal(struct machine *m, u32 reg1);
#define MACHINE_CHSC_BYTES	4096	/* the request block, a page */

/** CHANNEL SUBSYSTEM CALL: the block has a request, and gets the response. */
int machine_chsc(struct machine *m, void *block);
/** SET CHANNEL MONITOR; reg1: key and bits, origin: of blocks of format 0. Has
 *  no condition code: 0. */
int machine_schm(struct machine *m, u32 reg1, u64 origin);
/** Trace that a processor refused the instruction. Return: the exception. */
int machine_refuse(struct machine *m, u32 sid, enum machine_insn insn,
		   enum machine_exception exception);

/** Return: the instruction's mnemonic, in capitals. */
const char *machine_insn_name(enum machine_insn insn);

/**
 * A device presents its status: the end of a command whose stop() returned
 * 0, or something unsolicited, as attention. dstat: bits of enum device_status.
 */
void machine_present(struct machine *m, u32 sid, u8 dstat);

/** A device goes on with the data that it has put off with DEVICE_LATER. */
void machine_ready(struct machine *m, u32 sid);

/** Call fn(arg) once, ns nanoseconds from now: a device takes its time. */
void machine_after(struct machine *m, u64 ns, void (*fn)(void *), void *arg);

/**
 * The next insn on sid ends with this condition code (1-3) and no effect.
 * Return: 0; -EINVAL: not a condition code that can be forced, or not an
 * instruction about a subchannel; -ENODEV.
 */
int machine_next_cc(struct machine *m, u32 sid, enum machine_insn insn, int cc);

/** The device stops, or again begins, to respond on these paths (a mask). */
int machine_set_path(struct machine *m, u32 sid, u8 paths, bool operational);

/** The device is gone: whatever ran is lost without an interruption. A
 *  channel report says so. -ENODEV: no such subchannel, or no device there. */
int machine_detach(struct machine *m, u32 sid);

/** The device of a detached subchannel is back; the subchannel is disabled.
 *  A channel report says so. -EEXIST: it was not detached. */
int machine_reattach(struct machine *m, u32 sid);

/** Return: the subchannel as it stands, looked at by no instruction, and until
 *  the next one; NULL: there is none. */
const struct ccw_schib *machine_schib(const struct machine *m, u32 sid);
/** The channel is switched off, or on again, for all its subchannels, which a
 *  channel report says. */
void machine_set_channel(struct machine *m, u8 chpid, bool on);

/**
 * The program on sid, or the next one, meets this check (SCSW2_CSTAT_CDC, _CCC,
 * _ICC or _CHC) as soon as it can. Return: 0; -EINVAL: another; -ENODEV.
 */
int machine_next_check(struct machine *m, u32 sid, u32 check);
#endif /* SIM_MACHINE_H */
