// SPDX-License-Identifier: GPL-2.0-only
/* The machine: its subchannels, their steps, their status, their devices. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "machine_sch.h"

#define SID_SET		GENMASK(18, 17)	/* number of the subchannel set */
#define SID_ONE		BIT(16)		/* always one */
#define SID_NUMBER	GENMASK(15, 0)	/* number in the set */
#define MACHINE_STEP_NS	1000		/* what a CCW takes, about */

/** Return: whether the word has the form of a sid; there may be none of it. */
bool sid_is_valid(u32 sid)
{
	return (sid & ~(u32)(SID_SET | SID_NUMBER)) == SID_ONE;
}

/** Return: the subchannel, or NULL if there is none of this sid. */
struct machine_sch *sch_find(const struct machine *m, u32 sid)
{
	u32 number = FIELD_GET(SID_NUMBER, sid);

	if (!sid_is_valid(sid) || number >= MACHINE_SUBCHANNELS)
		return NULL;
	return m->sch[FIELD_GET(SID_SET, sid)][number];
}

/** Hand an event of this subchannel to who listens; somebody does. */
void sch_announce(const struct machine_sch *sch, struct machine_event *event)
{
	event->sid = sch->sid;
	sch->m->env.event(sch->m->ctx, event);
}

/** Return: the subchannel status for an answer of storage that is not 0. */
u32 sch_refused(struct machine_sch *sch, u64 absolute, int answer)
{
	switch (answer) {
	case -EACCES:
		return SCSW2_CSTAT_PROT;
	case -EIO:
		sch->failed = absolute;
		return SCSW2_CSTAT_CDC;
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

static void sch_sense(struct machine_sch *sch)
{
	const __be32 *pmcw = sch->schib.pmcw.word;

	if (!be32_get_bits(pmcw[6], PMCW6_S) || !sch->ops->sense ||
	    !(sch->schib.scsw.word[2] & cpu_to_be32(SCSW2_DSTAT_UC)))
		return;
	memset(sch->sense, 0, sizeof(sch->sense));
	sch->sensed = sch->ops->sense(sch->device, sch->sense);
	if (!sch->sensed)
		return;
	sch_set(sch, SCSW0_E);
	sch_event(sch, (struct machine_event){ .kind = MACHINE_EV_SENSE,
		.data = { .length = sch->sensed, .bytes = sch->sense } });
}

/** Make the subchannel status pending; status_control: SCSW0_SC_ bits. */
void sch_post(struct machine_sch *sch, u32 status_control)
{
	bool news = !sch_bits(sch, SCSW0_SC_PEND);

	sch_set(sch, status_control | SCSW0_SC_PEND);
	if (news) {
		sch->taken = false;
		sch->turn = ++sch->m->turns;
	}
	if (status_control & SCSW0_SC_ALERT)
		sch_sense(sch);
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
	sch->channel.phase = CHANNEL_IDLE;
	sch_clear(sch, SCSW0_AC_SCH);
	sch_set(sch, FIELD_PREP(SCSW0_CC, cc));
	sch_post(sch, SCSW0_SC_ALERT);
}

static void perform_clear(struct machine_sch *sch)
{
	sch_event(sch, (struct machine_event){
		.kind = MACHINE_EV_FUNCTION, .function = SCSW0_FC_CLEAR });
	sch_clear(sch, SCSW0_AC);
	sch->channel.phase = CHANNEL_IDLE;
	sch->unsolicited = 0;
	if (sch_reach(sch))
		sch->ops->clear(sch->device);
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
	if (!sch_reach(sch)) {
		sch_defer(sch, 3);
	} else if (sch_bits(sch, SCSW0_AC_SCH)) {
		channel_halt(sch);
	} else {
		if (!sch_bits(sch, SCH_WAITING))
			halt_resting(sch);
		sch->channel.phase = CHANNEL_IDLE;
		sch_post(sch, 0);
	}
}

static u8 owed_end(const struct machine_sch *sch)
{
	if (sch->channel.phase == CHANNEL_BUSY)
		return DEVICE_END | DEVICE_CONTROL_UNIT_END;
	return sch_bits(sch, SCSW0_AC_SCH | SCSW0_AC_DEV) == SCSW0_AC_DEV ?
	       DEVICE_END : 0;
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
	if (sch->spending == SPENT_ACTIVE)
		sch_spend(sch, SPENT_ON_NOTHING);
	if (sch->channel.phase != CHANNEL_IDLE &&
	    sch_bits(sch, SCSW0_AC_START | SCSW0_AC_RESUME)) {
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

void machine_after(struct machine *m, u64 ns, void (*fn)(void *), void *arg)
{
	m->env.after(m->ctx, ns, fn, arg);
}

void machine_present(struct machine *m, u32 sid, u8 dstat)
{
	struct machine_sch *sch = sch_find(m, sid);
	u8 ends = DEVICE_CHANNEL_END | DEVICE_END | DEVICE_UNIT_CHECK;

	sch_event(sch, (struct machine_event){
		.kind = MACHINE_EV_DEVICE, .dstat = dstat });
	if (!sch_operational(sch) || !sch_is_heard(sch) ||
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
	unsigned int i;

	if (!m)
		return;
	for (i = 0; i < MACHINE_SETS * MACHINE_SUBCHANNELS; i++)
		free(machine_sch_at(m, i));
	free(m);
}

static void pmcw_init(struct machine_sch *sch)
{
	struct ccw_pmcw *pmcw = &sch->schib.pmcw;
	const u8 *chpid = sch->chpid;

	memset(pmcw, 0, sizeof(*pmcw));
	pmcw->word[1] = cpu_to_be32(PMCW1_V | sch->devno);
	pmcw->word[2] = be32_encode_bits(sch->installed, PMCW2_LPM) |
			be32_encode_bits(sch->installed, PMCW2_PIM);
	pmcw->word[3] = be32_encode_bits(0xff, PMCW3_POM) |
			be32_encode_bits(sch_available(sch), PMCW3_PAM);
	memcpy(&pmcw->word[4], chpid, sizeof(sch->chpid));
}

/* Return: the number of a free subchannel of the set, or -errno. */
static int free_number(const struct machine *m, unsigned int set, u16 devno)
{
	int number;

	for (number = 0; number < MACHINE_SUBCHANNELS; number++) {
		if (!m->sch[set][number])
			return number;
		if (m->sch[set][number]->devno == devno)
			return -EEXIST;
	}
	return -ENOSPC;
}

#define MACHINE_FIRST_PATH	0x80

/* Return: the mask of the paths to install. */
static u8 to_install(const struct machine_attachment *how)
{
	return how->paths ? how->paths : MACHINE_FIRST_PATH;
}

static struct machine_sch *sch_create(struct machine *m, u32 sid,
				      const struct machine_attachment *how)
{
	struct machine_sch *sch = calloc(1, sizeof(*sch));

	if (!sch)
		return NULL;
	sch->m = m;
	sch->sid = sid;
	sch->ops = how->ops;
	sch->device = how->device;
	sch->devno = how->devno;
	sch->installed = to_install(how);
	sch->responds = sch->installed;
	sch->preferred = how->preferred;
	memcpy(sch->chpid, how->chpid, sizeof(sch->chpid));
	pmcw_init(sch);
	return sch;
}

int machine_configure(struct machine *m, const struct machine_attachment *how)
{
	struct machine_sch *sch;
	int number;

	if (how->set >= MACHINE_SETS ||
	    how->preferred & (how->preferred - 1) ||
	    how->preferred & ~to_install(how))
		return -EINVAL;
	number = free_number(m, how->set, how->devno);
	if (number < 0)
		return number;
	sch = sch_create(m, FIELD_PREP(SID_SET, how->set) | SID_ONE | number,
			 how);
	if (!sch)
		return -ENOMEM;
	m->sch[how->set][number] = sch;
	sch->ops->attached(sch->device, m, sch->sid);
	return sch->sid;
}

int machine_attach(struct machine *m, u16 devno,
		   const struct machine_device_ops *ops, void *device)
{
	return machine_configure(m, &(struct machine_attachment){
		.devno = devno, .ops = ops, .device = device });
}

int machine_next_cc(struct machine *m, u32 sid, enum machine_insn insn, int cc)
{
	struct machine_sch *sch = sch_find(m, sid);

	if (cc < 1 || cc > 3 || insn >= MACHINE_SCH_INSNS)
		return -EINVAL;
	if (!sch)
		return -ENODEV;
	sch->next_cc[insn] = cc;
	return 0;
}

int machine_set_path(struct machine *m, u32 sid, u8 paths, bool operational)
{
	struct machine_sch *sch = sch_find(m, sid);

	if (!sch)
		return -ENODEV;
	if (operational)
		sch->responds |= paths & sch->installed;
	else
		sch->responds &= ~paths;
	return 0;
}

static bool has_device(const struct machine_sch *sch)
{
	return be32_get_bits(sch->schib.pmcw.word[1], PMCW1_V);
}

int machine_detach(struct machine *m, u32 sid)
{
	struct machine_sch *sch = sch_find(m, sid);

	if (!sch || !has_device(sch))
		return -ENODEV;
	memset(&sch->schib.scsw, 0, sizeof(sch->schib.scsw));
	sch->schib.pmcw.word[1] &= ~cpu_to_be32(PMCW1_V | PMCW1_E);
	sch->channel.phase = CHANNEL_IDLE;
	sch->unsolicited = 0;
	sch->ops->clear(sch->device);
	sch_event(sch, (struct machine_event){ .kind = MACHINE_EV_GONE });
	sch_report(sch);
	return 0;
}

const struct ccw_schib *machine_schib(const struct machine *m, u32 sid)
{
	const struct machine_sch *sch = sch_find(m, sid);

	return sch ? &sch->schib : NULL;
}

int machine_reattach(struct machine *m, u32 sid)
{
	struct machine_sch *sch = sch_find(m, sid);

	if (!sch)
		return -ENODEV;
	if (has_device(sch))
		return -EEXIST;
	pmcw_init(sch);
	sch_event(sch, (struct machine_event){ .kind = MACHINE_EV_BACK });
	sch_report(sch);
	return 0;
}

int machine_next_check(struct machine *m, u32 sid, u32 check)
{
	struct machine_sch *sch = sch_find(m, sid);

	if (check != SCSW2_CSTAT_CDC && check != SCSW2_CSTAT_CCC &&
	    check != SCSW2_CSTAT_ICC && check != SCSW2_CSTAT_CHC)
		return -EINVAL;
	if (!sch)
		return -ENODEV;
	sch->next_check = check;
	return 0;
}
