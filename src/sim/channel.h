/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The channel: executes the program of one subchannel, a CCW per step, as the
 * z/Architecture Principles of Operation, chapters 15 and 16, describe it.
 */
#ifndef SIM_CHANNEL_H
#define SIM_CHANNEL_H

#include <linux/bitfield.h>
#include "vfio_ccw_arch.h"

struct machine_sch;

/** What the channel waits for. */
enum channel_phase {
	CHANNEL_IDLE,		/* there is no program */
	CHANNEL_START,		/* a step selects the path */
	CHANNEL_FETCH,		/* a step fetches the next CCW */
	CHANNEL_BUSY,		/* the device refused, for now */
	CHANNEL_LATER,		/* the device has more data, in a while */
	CHANNEL_DATA,		/* a step goes on with the data */
	CHANNEL_WAIT,		/* the device ends the command */
	CHANNEL_SUSPENDED	/* RESUME SUBCHANNEL */
};

/** Where the data of one CCW lie. */
struct channel_area {
	u64 next;		/* absolute address of the next byte */
	u32 left;		/* bytes from there to the end of the block */
	u32 list;		/* address of the next word of the list */
	bool first;		/* no word of it has been fetched */
	bool skipped;		/* the device's data go nowhere */
	/** Fetch the next word of the list, or NULL: there is no list. */
	u32 (*fetch)(struct machine_sch *sch);
};

/** No piece of data is longer than this, or crosses a multiple of it. */
#define CHANNEL_RUN	2048u

/** A channel program in execution. Words are in the processor's order. */
struct channel {
	enum channel_phase phase;
	u8 path;		/* on which the device was found */
	struct ccw_orb orb;	/* how it was started */
	u32 next;		/* address of the CCW to be fetched */
	u32 at;			/* address of the one being executed */
	u32 began;		/* address of the one with the command */
	u32 ccw[2];		/* that CCW, in format 1 */
	u8 command;		/* what the device executes */
	u32 residual;		/* bytes of this CCW not yet moved */
	bool after_tic;		/* the last CCW was a transfer in channel */
	bool data_chained;	/* the CCW continues the last one's data */
	u8 dstat;		/* device status so far, for this command */
	u32 cstat;		/* subchannel status, in place (SCSW2_CSTAT_) */
	struct channel_area area;
};

/** The subchannel is start pending: take the ORB, and ask for a step. */
void channel_start(struct machine_sch *sch, const struct ccw_orb *orb);

/** Do one step of the program: at most one CCW. */
void channel_step(struct machine_sch *sch);

/** Return: whether an end that the device presents is that of a command. */
static inline bool channel_awaits_status(const struct channel *ch)
{
	return ch->phase == CHANNEL_WAIT || ch->phase == CHANNEL_LATER ||
	       ch->phase == CHANNEL_DATA;
}

/** The device ends the command, or the rest of it after channel end. */
void channel_status(struct machine_sch *sch, u8 dstat);

/** The device that was busy is not any more. */
void channel_retry(struct machine_sch *sch);

/** The device goes on with the data that it has put off. */
void channel_ready(struct machine_sch *sch);

/** End the program now: send the halt signal if a command is under way. */
void channel_halt(struct machine_sch *sch);

/** End the program now: the channel has found cstat, and the device is lost. */
void channel_fail(struct machine_sch *sch, u32 cstat);

/** Begin with the data of the CCW just fetched; channel.command is known. */
void channel_area_begin(struct machine_sch *sch);

/**
 * Find the place of the next *len bytes, and shorten *len to what is
 * contiguous: from *absolute upwards, in either direction of reading.
 * Return: 0, or the subchannel status (SCSW2_CSTAT_) that forbids it.
 */
u32 channel_area_take(struct machine_sch *sch, u32 *len, u64 *absolute);

/** Return: whether a bit of word 1 of the ORB (ORB1_) is one. */
static inline bool channel_orb(const struct channel *ch, u32 bit)
{
	return be32_get_bits(ch->orb.word[1], bit);
}

/** Return: the first address that a CCW of the ORB's format cannot contain. */
static inline u32 channel_limit(const struct channel *ch)
{
	return channel_orb(ch, ORB1_F) ? BIT(31) : BIT(24);
}

/** Return: whether data go to storage: read, read backward and sense. */
static inline bool channel_is_input(const struct channel *ch)
{
	return !(ch->command & 1);
}

/** Return: whether they go from the data address downwards. */
static inline bool channel_is_backward(const struct channel *ch)
{
	return ch->command % 16 == 0xc;
}

#endif /* SIM_CHANNEL_H */
