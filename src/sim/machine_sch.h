/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One subchannel from within: shared by the instructions, the channel and the
 * machine's own work, and by nobody else.
 */
#ifndef SIM_MACHINE_SCH_H
#define SIM_MACHINE_SCH_H

#include <errno.h>
#include <linux/bitfield.h>
#include <linux/compiler.h>
#include "channel.h"
#include "device.h"
#include "machine.h"

#define MACHINE_SETS		4
#define MACHINE_SUBCHANNELS	256	/* of each set */
#define MACHINE_REPORTS		16	/* that can wait to be taken */

struct machine {
	struct machine_env env;
	void *ctx;
	struct machine_sch *sch[MACHINE_SETS][MACHINE_SUBCHANNELS];
	u64 turns;			/* how often status has become pending */
	bool channel_off[256];		/* by CHPID */
	struct ccw_crw report[MACHINE_REPORTS];	/* from the oldest on */
	unsigned int reports;
	bool resetting;			/* a channel path is being reset: */
	u8 reset_chpid;
	u32 address_limit;		/* set by SAL */
	struct {
		bool update;		/* measurement blocks, by SCHM */
		u8 key;
		u64 origin;		/* of those of format 0 */
	} monitor;
};

/** What a subchannel's time is spent on, in the order of measurement blocks. */
enum sch_spent {
	SPENT_CONNECTED,	/* the device executes a command */
	SPENT_PENDING,		/* the device has yet to take the first one */
	SPENT_DISCONNECTED,	/* it works, without the channel */
	SPENT_QUEUED,		/* at the control unit: never, here */
	SPENT_ACTIVE,		/* the program is over, the device is not */
	SPENT_BUSY,		/* the device was busy with something else */
	SPENT_ON_NOTHING
};

/** A subchannel, and what lies behind it. */
struct machine_sch {
	struct machine *m;
	u32 sid;
	struct ccw_schib schib;		/* what STORE SUBCHANNEL stores */
	struct channel channel;		/* the program in execution */
	const struct machine_device_ops *ops;
	void *device;
	u8 responds;			/* the device does, on these paths */
	u8 preferred;			/* the path tried first, or 0 */
	bool stepping;			/* a step has been asked for */
	u8 unsolicited;			/* status waiting at the device */
	u8 next_cc[MACHINE_SCH_INSNS];	/* forced condition codes; 0: none */
	bool taken;			/* the interruption for its status is */
	u64 turn;			/* number of the status, in the machine */
	u16 devno;
	u8 installed;			/* paths */
	u8 chpid[8];			/* of each path */
	u32 next_check;			/* SCSW2_CSTAT_ that somebody provokes */
	u32 logout;			/* ESW word 0, while bit L of the SCSW is one */
	u64 failed;			/* address of broken storage, or SCH_NOWHERE */
	u8 sense[32];			/* while bit E of the SCSW is one */
	u8 sensed;			/* bytes of it */
	bool measured;			/* this program is */
	enum sch_spent spending;
	u64 since;			/* the time it has been spent so, ns */
	u64 spent[SPENT_ON_NOTHING];	/* ns that are in no block yet */
	u32 starts;			/* SSCH and RSCH that are in no block yet */
};

/** Return: which of these bits of SCSW word 0 are one. */
static inline u32 sch_bits(const struct machine_sch *sch, u32 bits)
{
	return be32_to_cpu(sch->schib.scsw.word[0]) & bits;
}

static inline void sch_set(struct machine_sch *sch, u32 bits)
{
	sch->schib.scsw.word[0] |= cpu_to_be32(bits);
}

static inline void sch_clear(struct machine_sch *sch, u32 bits)
{
	sch->schib.scsw.word[0] &= ~cpu_to_be32(bits);
}

/** The device has nothing of the program: before its start, or suspended. */
#define SCH_WAITING	(SCSW0_AC_START | SCSW0_AC_RESUME | SCSW0_AC_SUSP)

/** Return: whether the subchannel is valid and enabled. */
static inline bool sch_operational(const struct machine_sch *sch)
{
	u32 need = PMCW1_V | PMCW1_E;

	return (be32_to_cpu(sch->schib.pmcw.word[1]) & need) == need;
}

#define SCH_NOWHERE	(~0ull)

/* What could not be read, for the logout (ESW word 0) */
#define ESW0_CCW_CHECK	BIT(26)		/* a CCW */
#define ESW0_IDAW_CHECK	BIT(25)		/* a word of a list */

bool sid_is_valid(u32 sid);
struct machine_sch *sch_find(const struct machine *m, u32 sid);
void sch_kick(struct machine_sch *sch);
void sch_post(struct machine_sch *sch, u32 status_control);
void sch_defer(struct machine_sch *sch, unsigned int cc);
void sch_unsolicited(struct machine_sch *sch);
void sch_announce(const struct machine_sch *sch, struct machine_event *event);
int insn_end(struct machine *m, u32 sid, enum machine_insn insn, int cc,
	     const __be32 *operand, unsigned int words);

/* Announce an event of the machine, or of one subchannel, to who listens. */
#define machine_event(m, ...)						\
	do {								\
		if ((m)->env.event)					\
			(m)->env.event((m)->ctx, &__VA_ARGS__);		\
	} while (0)

#define sch_event(sch, ...)						\
	do {								\
		if ((sch)->m->env.event)				\
			sch_announce(sch, &__VA_ARGS__);		\
	} while (0)

u32 sch_refused(struct machine_sch *sch, u64 absolute, int answer);

/** Return: 0, or the subchannel status (in place in SCSW word 2). */
static inline u32 sch_storage(struct machine_sch *sch, u64 absolute, void *buf,
			      u32 len, bool write)
{
	u8 key = FIELD_GET(SCSW0_KEY, sch_bits(sch, SCSW0_KEY));
	struct machine *m = sch->m;
	int answer = m->env.storage(m->ctx, absolute, buf, len, key, write);

	return answer ? sch_refused(sch, absolute, answer) : 0;
}

/** Return: what comes of a word that is not there, or is wanted to be broken. */
u32 sch_unreadable(struct machine_sch *sch, u32 cstat, u32 what);

/**
 * Fetch a word of the program; what: ESW0_CCW_CHECK or ESW0_IDAW_CHECK.
 * Return: 0, or the subchannel status (SCSW2_CSTAT_) that this ends with.
 */
static inline u32 sch_fetch(struct machine_sch *sch, u64 absolute, void *buf,
			    u32 len, u32 what)
{
	u32 cstat = sch_storage(sch, absolute, buf, len, false);

	return cstat | sch->next_check ? sch_unreadable(sch, cstat, what) : 0;
}

/** Return: the i-th of all subchannels, set by set; NULL: it is not there. */
static inline struct machine_sch *machine_sch_at(const struct machine *m,
						 unsigned int i)
{
	return m->sch[i / MACHINE_SUBCHANNELS][i % MACHINE_SUBCHANNELS];
}

u8 sch_available(const struct machine_sch *sch);
u8 sch_usable(const struct machine_sch *sch);
u8 sch_reach(struct machine_sch *sch);
bool sch_is_heard(struct machine_sch *sch);

void sch_report(const struct machine_sch *sch);

bool sch_address_compared(const struct machine_sch *sch, u64 absolute);

/** Return: whether the subchannel's program may have data there. */
static inline bool sch_address_permitted(const struct machine_sch *sch,
					 u64 absolute)
{
	return !sch_bits(sch, SCSW0_A) || sch_address_compared(sch, absolute);
}

void sch_measure(struct machine_sch *sch);
void sch_account(struct machine_sch *sch);
void sch_spend_on(struct machine_sch *sch, enum sch_spent what);

/** From now on the subchannel's time is spent on this. */
static inline void sch_spend(struct machine_sch *sch, enum sch_spent what)
{
	if (sch->measured)
		sch_spend_on(sch, what);
}

#define MM_UPDATE	2	/* measurement mode: update the block */
#endif /* SIM_MACHINE_SCH_H */
