// SPDX-License-Identifier: GPL-2.0-only
/* The machine: its subchannels, their steps, their status, their devices. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "machine_sch.h"

#define MACHINE_SUBCHANNELS	256
#define MACHINE_SID_ONE		0x00010000u
#define MACHINE_STEP_NS		1000	/* what a CCW takes, about */

struct machine {
	struct machine_env env;
	void *ctx;
	struct machine_sch *sch[MACHINE_SUBCHANNELS];
};

/** Return: the subchannel, or NULL if there is none of this sid. */
struct machine_sch *sch_find(const struct machine *m, u32 sid)
{
	u32 number = sid ^ MACHINE_SID_ONE;

	return number < MACHINE_SUBCHANNELS ? m->sch[number] : NULL;
}

void machine_event(const struct machine *m, struct machine_event event)
{
	if (m->env.event)
		m->env.event(m->ctx, &event);
}

/** Announce something that happened on this subchannel. */
void sch_event(const struct machine_sch *sch, struct machine_event event)
{
	event.sid = sch->sid;
	machine_event(sch->m, event);
}

/** Return: 0, or the subchannel status (in place in SCSW word 2). */
u32 sch_storage(struct machine_sch *sch, u64 absolute, void *buf, u32 len,
		bool write)
{
	u8 key = FIELD_GET(SCSW0_KEY, sch_bits(sch, SCSW0_KEY));
	struct machine *m = sch->m;

	switch (m->env.storage(m->ctx, absolute, buf, len, key, write)) {
	case 0:
		return 0;
	case -EACCES:
		return SCSW2_CSTAT_PROT;
	default:
		return SCSW2_CSTAT_PROG;
	}
}

static void sch_step(void *arg);

/** Ask for a step, unless one is coming anyway. */
void sch_kick(struct machine_sch *sch)
{
	struct machine *m = sch->m;

	if (sch->stepping)
		return;
	sch->stepping = true;
	m->env.after(m->ctx, MACHINE_STEP_NS, sch_step, sch);
}

/** Make the subchannel status pending; status_control: SCSW0_SC_ bits. */
void sch_post(struct machine_sch *sch, u32 status_control)
{
	bool news = !sch_bits(sch, SCSW0_SC_PEND);

	sch_set(sch, status_control | SCSW0_SC_PEND);
	sch_event(sch, (struct machine_event){
		.kind = MACHINE_EV_PENDING,
		.scsw = sch->schib.scsw,
	});
	if (news)
		sch->m->env.pending(sch->m->ctx, sch->sid);
}

/** End the function in progress with a deferred condition code. */
void sch_defer(struct machine_sch *sch, unsigned int cc)
{
	__be32 *paths = &sch->schib.pmcw.word[2];

	sch->channel.phase = CHANNEL_IDLE;
	sch_clear(sch, SCH_WAITING);
	sch_set(sch, FIELD_PREP(SCSW0_CC, cc));
	if (cc == 3 && !sch->responds) {
		sch_set(sch, SCSW0_N);
		be32p_replace_bits(paths, MACHINE_PATH, PMCW2_PNOM);
	}
	sch_post(sch, SCSW0_SC_ALERT);
}

static void perform_clear(struct machine_sch *sch)
{
	sch_event(sch, (struct machine_event){
		.kind = MACHINE_EV_FUNCTION, .function = SCSW0_FC_CLEAR });
	sch_clear(sch, SCSW0_AC);
	sch->channel.phase = CHANNEL_IDLE;
	sch->unsolicited = 0;
	if (sch->responds)
		sch->ops->clear(sch->device);
	else
		sch_set(sch, SCSW0_N);
	sch_post(sch, 0);
}

static void halt_resting(struct machine_sch *sch)
{
	sch->ops->halt(sch->device);
	sch_clear(sch, SCSW0_AC_DEV);
	sch->schib.scsw.word[2] = cpu_to_be32(SCSW2_DSTAT_DE);
}

static void perform_halt(struct machine_sch *sch)
{
	sch_event(sch, (struct machine_event){
		.kind = MACHINE_EV_FUNCTION, .function = SCSW0_FC_HALT });
	sch_clear(sch, SCSW0_AC_HALT);
	if (sch_bits(sch, SCSW0_SC_PEND))
		return;
	if (!sch->responds) {
		sch_defer(sch, 3);
	} else if (sch_bits(sch, SCSW0_AC_SCH)) {
		channel_halt(sch);
	} else {
		if (!sch_bits(sch, SCH_WAITING))
			halt_resting(sch);
		sch_clear(sch, SCH_WAITING);
		sch->channel.phase = CHANNEL_IDLE;
		sch_post(sch, 0);
	}
}

static u8 owed_end(const struct machine_sch *sch)
{
	if (sch->channel.phase == CHANNEL_BUSY)
		return DEVICE_END | DEVICE_CONTROL_UNIT_END;
	return sch_bits(sch, SCSW0_AC_DEV) ? DEVICE_END : 0;
}

/* A start or a resume is waiting for this. */
static void end_wait(struct machine_sch *sch, u8 dstat)
{
	if (dstat & ~(DEVICE_END | DEVICE_CONTROL_UNIT_END)) {
		sch->unsolicited |= dstat;
		sch_kick(sch);
	}
	channel_retry(sch);
}

static void device_end(struct machine_sch *sch, u8 dstat)
{
	bool unusual = dstat & ~(DEVICE_END | DEVICE_STATUS_MODIFIER);

	sch_clear(sch, SCSW0_AC_DEV);
	if (sch_bits(sch, SCSW0_AC_START | SCSW0_AC_RESUME)) {
		end_wait(sch, dstat);
		return;
	}
	if (!sch_bits(sch, SCSW0_SC_PRIM))
		sch->schib.scsw.word[2] = 0;
	sch->schib.scsw.word[2] |= be32_encode_bits(dstat, SCSW2_DSTAT);
	sch_post(sch, unusual ? SCSW0_SC_SEC | SCSW0_SC_ALERT : SCSW0_SC_SEC);
}

static bool may_speak(const struct machine_sch *sch)
{
	if (!sch->unsolicited || sch_bits(sch, SCSW0_SC_PEND))
		return false;
	return !sch_bits(sch, SCSW0_FC) || sch_bits(sch, SCSW0_AC_START);
}

/** Show what waits in sch->unsolicited; a program that waits as well is over. */
void sch_unsolicited(struct machine_sch *sch)
{
	struct ccw_scsw *scsw = &sch->schib.scsw;

	scsw->word[2] = be32_encode_bits(sch->unsolicited, SCSW2_DSTAT);
	sch->unsolicited = 0;
	if (sch_bits(sch, SCH_WAITING)) {
		sch_defer(sch, 1);
		return;
	}
	scsw->word[0] &= cpu_to_be32(SCSW0_AC_DEV);
	scsw->word[1] = 0;
	sch_post(sch, SCSW0_SC_ALERT);
}

void machine_present(struct machine *m, u32 sid, u8 dstat)
{
	struct machine_sch *sch = sch_find(m, sid);
	u8 ends = DEVICE_CHANNEL_END | DEVICE_END | DEVICE_UNIT_CHECK;

	sch_event(sch, (struct machine_event){
		.kind = MACHINE_EV_DEVICE, .dstat = dstat });
	if (!sch_operational(sch) || !sch->responds ||
	    sch_bits(sch, SCSW0_AC_CLEAR))
		return;
	if (channel_awaits_status(&sch->channel) && (dstat & ends))
		channel_status(sch, dstat);
	else if (dstat & owed_end(sch))
		device_end(sch, dstat);
	else
		sch->unsolicited |= dstat;
	if (sch->unsolicited)
		sch_kick(sch);
}

void machine_ready(struct machine *m, u32 sid)
{
	struct machine_sch *sch = sch_find(m, sid);

	if (sch_operational(sch) && sch->responds)
		channel_ready(sch);
}

/* Do the most important thing that is to be done. */
static void sch_step(void *arg)
{
	struct machine_sch *sch = arg;

	sch->stepping = false;
	if (sch_bits(sch, SCSW0_AC_CLEAR))
		perform_clear(sch);
	else if (sch_bits(sch, SCSW0_AC_HALT))
		perform_halt(sch);
	else if (may_speak(sch))
		sch_unsolicited(sch);
	else
		channel_step(sch);
}

struct machine *machine_create(const struct machine_env *env, void *ctx)
{
	struct machine *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->env = *env;
	m->ctx = ctx;
	return m;
}

void machine_destroy(struct machine *m)
{
	unsigned int number;

	if (!m)
		return;
	for (number = 0; number < MACHINE_SUBCHANNELS; number++)
		free(m->sch[number]);
	free(m);
}

static void pmcw_init(struct ccw_pmcw *pmcw, u16 devno)
{
	memset(pmcw, 0, sizeof(*pmcw));
	pmcw->word[1] = cpu_to_be32(PMCW1_V | devno);
	pmcw->word[2] = be32_encode_bits(MACHINE_PATH, PMCW2_LPM) |
			be32_encode_bits(MACHINE_PATH, PMCW2_PIM);
	pmcw->word[3] = be32_encode_bits(0xff, PMCW3_POM) |
			be32_encode_bits(MACHINE_PATH, PMCW3_PAM);
}

/* Return: the number of a free subchannel, or -errno. */
static int free_number(const struct machine *m, u16 devno)
{
	const struct machine_sch *sch;
	int number;

	for (number = 0; number < MACHINE_SUBCHANNELS; number++) {
		sch = m->sch[number];
		if (!sch)
			return number;
		if (be32_get_bits(sch->schib.pmcw.word[1], PMCW1_DEVNO) == devno)
			return -EEXIST;
	}
	return -ENOSPC;
}

int machine_attach(struct machine *m, u16 devno,
		   const struct machine_device_ops *ops, void *device)
{
	int number = free_number(m, devno);
	struct machine_sch *sch;

	if (number < 0)
		return number;
	sch = calloc(1, sizeof(*sch));
	if (!sch)
		return -ENOMEM;
	sch->m = m;
	sch->sid = MACHINE_SID_ONE | number;
	sch->ops = ops;
	sch->device = device;
	sch->responds = true;
	pmcw_init(&sch->schib.pmcw, devno);
	m->sch[number] = sch;
	ops->attached(device, m, sch->sid);
	return sch->sid;
}

int machine_next_cc(struct machine *m, u32 sid, enum machine_insn insn, int cc)
{
	struct machine_sch *sch = sch_find(m, sid);

	if (cc < 1 || cc > 3)
		return -EINVAL;
	if (!sch)
		return -ENODEV;
	sch->next_cc[insn] = cc;
	return 0;
}

int machine_set_path(struct machine *m, u32 sid, bool operational)
{
	struct machine_sch *sch = sch_find(m, sid);

	if (!sch)
		return -ENODEV;
	sch->responds = operational;
	return 0;
}

int machine_detach(struct machine *m, u32 sid)
{
	struct machine_sch *sch = sch_find(m, sid);

	if (!sch)
		return -ENODEV;
	memset(&sch->schib.scsw, 0, sizeof(sch->schib.scsw));
	sch->schib.pmcw.word[1] &= ~cpu_to_be32(PMCW1_V | PMCW1_E);
	sch->channel.phase = CHANNEL_IDLE;
	sch->unsolicited = 0;
	sch->ops->clear(sch->device);
	sch_event(sch, (struct machine_event){ .kind = MACHINE_EV_GONE });
	return 0;
}

int machine_reattach(struct machine *m, u32 sid)
{
	struct machine_sch *sch = sch_find(m, sid);
	__be32 word;

	if (!sch)
		return -ENODEV;
	word = sch->schib.pmcw.word[1];
	if (be32_get_bits(word, PMCW1_V))
		return -EEXIST;
	pmcw_init(&sch->schib.pmcw, be32_get_bits(word, PMCW1_DEVNO));
	sch_event(sch, (struct machine_event){ .kind = MACHINE_EV_BACK });
	return 0;
}
