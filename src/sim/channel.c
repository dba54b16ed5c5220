// SPDX-License-Identifier: GPL-2.0-only
/* The channel: fetches CCWs, and has the device execute their commands. */
#include <string.h>

#include "machine_sch.h"

#define CCW_BYTES	8u
#define CCW_TIC		0x08	/* transfer in channel */

static bool ccw_is(const struct channel *ch, u32 flag)
{
	return ch->ccw[0] & flag;
}

static u8 ccw_command(const struct channel *ch)
{
	return FIELD_GET(CCW0_CMD, ch->ccw[0]);
}

static bool ccw_is_tic(const struct channel *ch)
{
	return ccw_command(ch) == CCW_TIC;
}

static bool tic_is_valid(const struct channel *ch, bool first)
{
	return !first && !ch->after_tic &&
	       ch->ccw[0] == FIELD_PREP(CCW0_CMD, CCW_TIC) &&
	       !(ch->ccw[1] & BIT(31));
}

static bool flags_are_valid(const struct channel *ch)
{
	if (ccw_is(ch, CCW0_S) &&
	    (!channel_orb(ch, ORB1_S) || ch->data_chained))
		return false;
	return !ccw_is(ch, CCW0_MIDA) ||
	       (channel_orb(ch, ORB1_D) && !ccw_is(ch, CCW0_IDA | CCW0_SKIP));
}

static bool ccw_is_valid(const struct channel *ch)
{
	u8 kind = ccw_command(ch) % 16;
	bool link = ch->data_chained || ccw_is(ch, CCW0_CD);

	if (!ch->data_chained && (kind == 0 || kind == CCW_TIC))
		return false;
	if (!flags_are_valid(ch) || (ch->ccw[1] & BIT(31)))
		return false;
	return (ch->ccw[0] & CCW0_COUNT) || (channel_orb(ch, ORB1_F) && !link);
}

static bool length_is_wrong(const struct channel *ch, bool immediate, bool more)
{
	if (!ch->residual && !more)
		return false;
	if (immediate && (!channel_orb(ch, ORB1_F) || channel_orb(ch, ORB1_L)))
		return false;
	return ccw_is(ch, CCW0_CD) || !ccw_is(ch, CCW0_SLI);
}

#define DEVICE_USUAL	(DEVICE_CHANNEL_END | DEVICE_END | \
			 DEVICE_STATUS_MODIFIER)

static bool chains_command(const struct channel *ch)
{
	return ccw_is(ch, CCW0_CC) && !ccw_is(ch, CCW0_CD) && !ch->cstat &&
	       !(ch->dstat & ~DEVICE_USUAL);
}

static bool wants_retry(const struct channel *ch)
{
	return (ch->dstat & ~DEVICE_END) == DEVICE_RETRY &&
	       !(ch->cstat & ~SCSW2_CSTAT_IL);
}

static bool goes_on(const struct channel *ch)
{
	return wants_retry(ch) || chains_command(ch);
}

/* The checks that are explained by a logout. */
#define CSTAT_LOGGED	(SCSW2_CSTAT_CDC | SCSW2_CSTAT_CCC | SCSW2_CSTAT_ICC)

/* Return: that check, if somebody has provoked it; it happens once. */
static bool provoked(struct machine_sch *sch, u32 check)
{
	if (!(sch->next_check & check))
		return false;
	sch->next_check = 0;
	return true;
}

u32 sch_unreadable(struct machine_sch *sch, u32 cstat, u32 what)
{
	if (cstat != SCSW2_CSTAT_CDC && !provoked(sch, SCSW2_CSTAT_CCC))
		return cstat;
	sch->logout |= what;
	return SCSW2_CSTAT_CCC;
}

#define ESW0_VALID	(BIT(14) | BIT(13) | BIT(12) | BIT(10))
					/* paths, TC, SC, CCW address */
#define ESW0_VALID_DSTAT BIT(11)	/* and the device status */
#define ESW0_TC		GENMASK(7, 6)	/* termination code */
#define ESW0_SC		GENMASK(2, 0)	/* sequence code */

#define TERMINATED_STOP	 1
#define TERMINATED_CLEAR 2

static unsigned int sequence_code(const struct channel *ch)
{
	if (ch->cstat & SCSW2_CSTAT_ICC)
		return 1;
	if (ch->phase == CHANNEL_FETCH && !ch->data_chained)
		return 4;
	return ch->residual == (ch->ccw[0] & CCW0_COUNT) ? 2 : 3;
}

static void show_progress(struct machine_sch *sch)
{
	sch->schib.scsw.word[1] = cpu_to_be32(sch->channel.at + CCW_BYTES);
}

static void interrupt_in_passing(struct machine_sch *sch)
{
	show_progress(sch);
	sch->schib.scsw.word[2] |= cpu_to_be32(SCSW2_CSTAT_PCI);
	sch_post(sch, SCSW0_SC_INTER);
}

static void log_out(struct machine_sch *sch)
{
	struct channel *ch = &sch->channel;
	bool lost = ch->cstat & SCSW2_CSTAT_ICC;

	sch->logout |= ESW0_VALID | FIELD_PREP(ESW0_SC, sequence_code(ch)) |
		       FIELD_PREP(ESW0_TC, lost ? TERMINATED_CLEAR :
						  TERMINATED_STOP);
	if (!lost)
		sch->logout |= ESW0_VALID_DSTAT;
	sch_set(sch, SCSW0_L);
}

static void end_program(struct machine_sch *sch)
{
	struct channel *ch = &sch->channel;
	u32 kinds = SCSW0_SC_PRIM;

	if (!(ch->dstat & DEVICE_CHANNEL_END) || (ch->dstat & DEVICE_END)) {
		kinds |= SCSW0_SC_SEC;
		sch_clear(sch, SCSW0_AC_DEV);
	}
	if (ch->cstat || (ch->dstat & ~DEVICE_USUAL))
		kinds |= SCSW0_SC_ALERT;
	if (ch->cstat & CSTAT_LOGGED)
		log_out(sch);
	sch_clear(sch, SCH_WAITING | SCSW0_AC_SCH);
	show_progress(sch);
	sch->schib.scsw.word[2] |= cpu_to_be32(ch->cstat | ch->residual) |
				   be32_encode_bits(ch->dstat, SCSW2_DSTAT);
	ch->phase = CHANNEL_IDLE;
	sch_account(sch);
	sch_post(sch, kinds);
}

static void retry_command(struct channel *ch)
{
	ch->cstat = 0;
	ch->next = ch->began;
}

/* The device has said something about the command: go on, or end. */
static void command_status(struct machine_sch *sch)
{
	struct channel *ch = &sch->channel;
	bool retry = wants_retry(ch);

	if (!retry && !chains_command(ch)) {
		end_program(sch);
	} else if (!(ch->dstat & DEVICE_END)) {
		ch->phase = CHANNEL_WAIT;
		sch_spend(sch, SPENT_DISCONNECTED);
	} else {
		if (retry)
			retry_command(ch);
		else if (ch->dstat & DEVICE_STATUS_MODIFIER)
			ch->next += CCW_BYTES;
		ch->phase = CHANNEL_FETCH;
		sch_kick(sch);
	}
}

void channel_status(struct machine_sch *sch, u8 dstat)
{
	struct channel *ch = &sch->channel;

	if (ch->phase != CHANNEL_WAIT) {
		ch->data_chained = false;
		if (length_is_wrong(ch, false, false))
			ch->cstat |= SCSW2_CSTAT_IL;
	}
	ch->dstat |= dstat;
	command_status(sch);
}

static void show_data(const struct machine_sch *sch, u64 absolute,
		      const u8 *bytes, u32 length)
{
	sch_event(sch, (struct machine_event){
		.kind = MACHINE_EV_DATA,
		.data = {
			.absolute = absolute,
			.length = length,
			.to_storage = channel_is_input(&sch->channel),
			.bytes = bytes,
		},
	});
}

/* How a transfer ended. */
enum moved {
	MOVED_ALL,		/* the device would go on */
	MOVED_LESS,		/* it is through, or storage has refused */
	MOVED_FOR_NOW		/* it will go on later */
};

static enum moved how_moved(u32 answer, u32 offered)
{
	if ((answer & ~DEVICE_LATER) == offered)
		return MOVED_ALL;
	return answer & DEVICE_LATER ? MOVED_FOR_NOW : MOVED_LESS;
}

/* Return: whether something was found that ends the data. */
static bool is_stopped(const struct channel *ch)
{
	return ch->cstat & ~SCSW2_CSTAT_CDC;
}

static u32 damaged(struct machine_sch *sch, u32 cstat, void *buf, u32 len,
		   bool store)
{
	if (cstat == SCSW2_CSTAT_CDC && !store)
		memset(buf, 0, len);
	if (!cstat && provoked(sch, SCSW2_CSTAT_CDC))
		return SCSW2_CSTAT_CDC;
	return cstat;
}

/* Move a piece of data. Return: 0, or what was found wrong. */
static inline u32 reach_data(struct machine_sch *sch, u64 absolute, void *buf,
			     u32 len, bool store)
{
	u32 cstat = sch_storage(sch, absolute, buf, len, store);

	if (cstat | sch->next_check)
		return damaged(sch, cstat, buf, len, store);
	return 0;
}

/* Send one piece. */
static noinline enum moved send_piece(struct machine_sch *sch)
{
	struct channel *ch = &sch->channel;
	u8 buf[CHANNEL_RUN];
	u32 len = ch->residual < sizeof(buf) ? ch->residual : sizeof(buf);
	u64 absolute;
	u32 answer, done;

	ch->cstat |= channel_area_take(sch, &len, &absolute);
	if (!is_stopped(ch))
		ch->cstat |= reach_data(sch, absolute, buf, len, false);
	if (is_stopped(ch))
		return MOVED_LESS;
	answer = sch->ops->transfer(sch->device, buf, len);
	done = answer & ~DEVICE_LATER;
	if (done)
		show_data(sch, absolute, buf, done);
	ch->area.next -= len - done;
	ch->area.left += len - done;
	ch->residual -= done;
	return how_moved(answer, len);
}

static enum moved move_out(struct machine_sch *sch)
{
	enum moved how = MOVED_ALL;

	while (how == MOVED_ALL && sch->channel.residual)
		how = send_piece(sch);
	return how;
}

static void turn_round(u8 *bytes, u32 length)
{
	u32 i;

	for (i = 0; i < length / 2; i++) {
		u8 byte = bytes[i];

		bytes[i] = bytes[length - 1 - i];
		bytes[length - 1 - i] = byte;
	}
}

/* Store one piece of what the device has sent. Return: how many bytes. */
static u32 store_piece(struct machine_sch *sch, u8 *bytes, u32 len)
{
	struct channel *ch = &sch->channel;
	u64 absolute;
	u32 cstat;

	cstat = channel_area_take(sch, &len, &absolute);
	if (!cstat && !ch->area.skipped) {
		if (channel_is_backward(ch))
			turn_round(bytes, len);
		cstat = reach_data(sch, absolute, bytes, len, true);
		if (!cstat)
			show_data(sch, absolute, bytes, len);
	}
	ch->cstat |= cstat;
	if (is_stopped(ch))
		return 0;
	ch->residual -= len;
	return len;
}

static noinline enum moved move_in(struct machine_sch *sch)
{
	struct channel *ch = &sch->channel;
	u8 buf[CCW0_COUNT];
	u32 room = ch->residual;
	u32 answer = sch->ops->transfer(sch->device, buf, room);
	u32 sent = answer & ~DEVICE_LATER;
	u32 at = 0;

	while (at < sent && !is_stopped(ch))
		at += store_piece(sch, buf + at, sent - at);
	return is_stopped(ch) ? MOVED_LESS : how_moved(answer, room);
}

static void stop_command(struct machine_sch *sch)
{
	struct channel *ch = &sch->channel;
	bool more = false;
	u8 dstat;

	ch->data_chained = false;
	ch->phase = CHANNEL_WAIT;
	dstat = sch->ops->stop(sch->device, &more);
	if (!is_stopped(ch) && length_is_wrong(ch, false, more))
		ch->cstat |= SCSW2_CSTAT_IL;
	if (!dstat)
		return;
	sch_event(sch, (struct machine_event){
		.kind = MACHINE_EV_DEVICE, .dstat = dstat });
	ch->dstat = dstat;
	command_status(sch);
}

static void move_data(struct machine_sch *sch)
{
	struct channel *ch = &sch->channel;
	enum moved how = MOVED_ALL;

	if (ch->residual)
		how = channel_is_input(ch) ? move_in(sch) : move_out(sch);
	if (how == MOVED_FOR_NOW) {
		ch->phase = CHANNEL_LATER;
	} else if (how == MOVED_ALL && ccw_is(ch, CCW0_CD)) {
		ch->data_chained = true;
		ch->phase = CHANNEL_FETCH;
		sch_kick(sch);
	} else {
		stop_command(sch);
	}
}

/* Return: whether a path leads to the device; if not, deferred cc 3. */
static bool select_path(struct machine_sch *sch)
{
	struct channel *ch = &sch->channel;

	if (!(ch->path & sch_usable(sch) & sch->responds))
		ch->path = sch_reach(sch);
	if (!ch->path)
		sch_defer(sch, 3);
	return ch->path;
}

static u8 initial_status(struct machine_sch *sch)
{
	struct channel *ch = &sch->channel;

	ch->dstat = sch->ops->select(sch->device, ch->command);
	if (ch->dstat)
		sch_event(sch, (struct machine_event){
			.kind = MACHINE_EV_DEVICE, .dstat = ch->dstat });
	return ch->dstat;
}

static void accept_command(struct machine_sch *sch)
{
	struct channel *ch = &sch->channel;

	sch_clear(sch, SCH_WAITING);
	sch_set(sch, SCSW0_AC_SCH | SCSW0_AC_DEV);
	sch_spend(sch, SPENT_CONNECTED);
	if (ch->dstat && length_is_wrong(ch, true, false))
		ch->cstat = SCSW2_CSTAT_IL;
}

/* The device has answered a first command. */
static void tell_of_first(struct machine_sch *sch)
{
	struct channel *ch = &sch->channel;

	if (channel_orb(ch, ORB1_I) && (!ch->dstat || goes_on(ch))) {
		sch_set(sch, SCSW0_Z);
		show_progress(sch);
		sch_post(sch, SCSW0_SC_INTER);
	}
	if (ccw_is(ch, CCW0_PCI))
		interrupt_in_passing(sch);
}

/* Return: whether the device is there for a first command, and has no news. */
static bool device_listens(struct machine_sch *sch)
{
	if (!select_path(sch))
		return false;
	if (!sch->unsolicited || sch_bits(sch, SCSW0_SC_PEND))
		return true;
	sch_unsolicited(sch);
	return false;
}

static void wait_or_defer(struct machine_sch *sch)
{
	u8 dstat = sch->channel.dstat;

	if (!(dstat & ~(DEVICE_BUSY | DEVICE_STATUS_MODIFIER))) {
		sch->channel.phase = CHANNEL_BUSY;
		sch_spend(sch, SPENT_BUSY);
		return;
	}
	sch->schib.scsw.word[2] |= be32_encode_bits(dstat, SCSW2_DSTAT);
	sch_defer(sch, 1);
}

static void take_answer(struct machine_sch *sch, bool first)
{
	u8 dstat = sch->channel.dstat;

	if (!dstat || (dstat & DEVICE_CHANNEL_END))
		accept_command(sch);
	if (first)
		tell_of_first(sch);
	if (!dstat)
		move_data(sch);
	else if (dstat & DEVICE_CHANNEL_END)
		command_status(sch);
	else
		end_program(sch);
}

static void garbled(struct machine_sch *sch)
{
	sch->ops->clear(sch->device);
	channel_fail(sch, SCSW2_CSTAT_ICC);
}

static void select_device(struct machine_sch *sch)
{
	bool first = sch_bits(sch, SCH_WAITING);
	u8 dstat;

	if (first && !device_listens(sch))
		return;
	if (first && sch->ops->begin)
		sch->ops->begin(sch->device);
	dstat = initial_status(sch);
	if (provoked(sch, SCSW2_CSTAT_ICC))
		garbled(sch);
	else if (first && (dstat & DEVICE_BUSY))
		wait_or_defer(sch);
	else
		take_answer(sch, first);
}

static void suspend(struct machine_sch *sch)
{
	struct channel *ch = &sch->channel;
	bool again = sch_bits(sch, SCSW0_AC_SUSP) && !ch->after_tic;

	ch->phase = CHANNEL_SUSPENDED;
	sch_clear(sch, SCSW0_AC & ~SCSW0_AC_SUSP);
	sch_set(sch, SCSW0_AC_SUSP);
	show_progress(sch);
	if (again)
		return;
	sch_account(sch);
	if (ccw_is(ch, CCW0_PCI))
		interrupt_in_passing(sch);
	else if (!channel_orb(ch, ORB1_U))
		sch_post(sch, SCSW0_SC_INTER);
}

static void execute_ccw(struct machine_sch *sch)
{
	struct channel *ch = &sch->channel;

	if (ccw_is(ch, CCW0_S)) {
		suspend(sch);
		return;
	}
	ch->after_tic = false;
	if (ccw_is(ch, CCW0_PCI) && !sch_bits(sch, SCH_WAITING))
		interrupt_in_passing(sch);
	ch->residual = ch->ccw[0] & CCW0_COUNT;
	if (ch->data_chained) {
		channel_area_begin(sch);
		move_data(sch);
		return;
	}
	ch->command = ccw_command(ch);
	ch->began = ch->at;
	channel_area_begin(sch);
	select_device(sch);
}

/* Return: 0, or the subchannel status that the fetch ends with. */
static u32 fetch_ccw(struct machine_sch *sch, struct ccw_format1 *raw)
{
	struct channel *ch = &sch->channel;
	u32 cstat;

	if (!ch->after_tic)
		ch->at = ch->next;
	if (ch->next % CCW_BYTES ||
	    ch->next > channel_limit(ch) - CCW_BYTES)
		return SCSW2_CSTAT_PROG;
	cstat = sch_fetch(sch, ch->next, raw, sizeof(*raw), ESW0_CCW_CHECK);
	if (cstat != SCSW2_CSTAT_PROG)
		ch->at = ch->next;
	ch->next += CCW_BYTES;
	return cstat;
}

static void decode_ccw(struct channel *ch, const struct ccw_format1 *raw)
{
	u32 first = be32_to_cpu(raw->word[0]);
	u32 second = be32_to_cpu(raw->word[1]);
	u32 flags = second >> 24;

	if (channel_orb(ch, ORB1_F)) {
		ch->ccw[0] = first;
		ch->ccw[1] = second;
		return;
	}
	ch->ccw[1] = first & GENMASK(23, 0);
	if (FIELD_GET(CCW0_CMD, first) % 16 == CCW_TIC)
		ch->ccw[0] = FIELD_PREP(CCW0_CMD, CCW_TIC);
	else
		ch->ccw[0] = (first & CCW0_CMD) | (flags << 16) |
			     (second & CCW0_COUNT);
}

static void show_ccw(const struct machine_sch *sch,
		     const struct ccw_format1 *raw)
{
	const struct channel *ch = &sch->channel;

	sch_event(sch, (struct machine_event){
		.kind = MACHINE_EV_CCW,
		.ccw = {
			.address = ch->at,
			.raw = *raw,
			.format = channel_orb(ch, ORB1_F),
			.command = ccw_command(ch),
			.flags = ch->ccw[0] >> 16,
			.count = ch->ccw[0] & CCW0_COUNT,
			.cda = ch->ccw[1],
		},
	});
}

static void transfer_in_channel(struct machine_sch *sch)
{
	struct channel *ch = &sch->channel;

	ch->next = ch->ccw[1];
	ch->after_tic = true;
	sch_kick(sch);
}

static void reject_ccw(struct machine_sch *sch, u32 cstat)
{
	struct channel *ch = &sch->channel;

	ch->cstat |= cstat;
	ch->residual = 0;
	if (ch->data_chained) {
		stop_command(sch);
	} else {
		ch->dstat = 0;
		end_program(sch);
	}
}

/* Return: 0, or chaining check: the data would not wait for the CCW. */
static u32 late_for_data(struct machine_sch *sch)
{
	const struct channel *ch = &sch->channel;

	if (!ch->data_chained || !channel_is_input(ch) ||
	    !provoked(sch, SCSW2_CSTAT_CHC))
		return 0;
	return SCSW2_CSTAT_CHC;
}

static void next_ccw(struct machine_sch *sch)
{
	struct channel *ch = &sch->channel;
	struct ccw_format1 raw;
	u32 cstat;

	cstat = late_for_data(sch);
	if (!cstat)
		cstat = fetch_ccw(sch, &raw);
	if (cstat) {
		reject_ccw(sch, cstat);
		return;
	}
	decode_ccw(ch, &raw);
	show_ccw(sch, &raw);
	if (ccw_is_tic(ch) && tic_is_valid(ch, sch_bits(sch, SCSW0_AC_START)))
		transfer_in_channel(sch);
	else if (!ccw_is_tic(ch) && ccw_is_valid(ch))
		execute_ccw(sch);
	else
		reject_ccw(sch, SCSW2_CSTAT_PROG);
}

void channel_start(struct machine_sch *sch, const struct ccw_orb *orb)
{
	sch->channel = (struct channel){
		.phase = CHANNEL_START,
		.orb = *orb,
		.next = be32_get_bits(orb->word[2], ORB2_CPA),
	};
	sch->logout = 0;
	sch->failed = SCH_NOWHERE;
	sch_kick(sch);
}

static void fetch_again(struct channel *ch)
{
	ch->next = ch->at;
	ch->after_tic = false;
	ch->phase = CHANNEL_FETCH;
}

void channel_retry(struct machine_sch *sch)
{
	if (sch->channel.phase != CHANNEL_BUSY)
		return;
	fetch_again(&sch->channel);
	sch_kick(sch);
}

static void resume(struct machine_sch *sch)
{
	struct channel *ch = &sch->channel;

	if (ch->phase == CHANNEL_SUSPENDED) {
		ch->path = 0;
		fetch_again(ch);
	} else if (!sch_bits(sch, SCSW0_AC_SUSP)) {
		sch_clear(sch, SCSW0_AC_RESUME);
	}
}

__flatten void channel_step(struct machine_sch *sch)
{
	struct channel *ch = &sch->channel;

	if (sch_bits(sch, SCSW0_AC_RESUME))
		resume(sch);
	if (ch->phase == CHANNEL_START) {
		sch_event(sch, (struct machine_event){
			.kind = MACHINE_EV_FUNCTION,
			.function = SCSW0_FC_START });
		if (select_path(sch))
			ch->phase = CHANNEL_FETCH;
	}
	if (ch->phase == CHANNEL_FETCH)
		next_ccw(sch);
	else if (ch->phase == CHANNEL_DATA)
		move_data(sch);
}

void channel_ready(struct machine_sch *sch)
{
	if (sch->channel.phase != CHANNEL_LATER)
		return;
	sch->channel.phase = CHANNEL_DATA;
	sch_kick(sch);
}

void channel_fail(struct machine_sch *sch, u32 cstat)
{
	sch->channel.cstat |= cstat;
	sch->channel.dstat = 0;
	end_program(sch);
}

void channel_halt(struct machine_sch *sch)
{
	struct channel *ch = &sch->channel;
	bool between = ch->phase == CHANNEL_FETCH && !ch->data_chained;
	u8 dstat;

	if (!between) {
		dstat = sch->ops->halt(sch->device);
		if (!dstat)
			return;
		sch_event(sch, (struct machine_event){
			.kind = MACHINE_EV_DEVICE, .dstat = dstat });
		ch->dstat |= dstat;
	}
	end_program(sch);
}
