// SPDX-License-Identifier: GPL-2.0-only
/*
 * What must hold after each step of a simulation.
 */
#include <stdarg.h>

#include "host_cio.h"
#include "host_eventfd.h"
#include "host_private.h"
#include "host_vfio.h"
#include "machine.h"
#include "sched.h"
#include "sim.h"
#include "vfio_ccw_private.h"
#include "witness.h"

__attribute__((format(printf, 3, 4)))
static void accuse(struct witness *witness, const char *name,
		   const char *format, ...)
{
	va_list args;

	if (witness->name)
		return;
	witness->name = name;
	va_start(args, format);
	vsnprintf(witness->text, sizeof(witness->text), format, args);
	va_end(args);
}

/* The invariant that is being looked at does not hold. */
#define denied(witness, ...) (accuse(witness, NULL, __VA_ARGS__), false)

static const struct vfio_ccw *whom(struct sim *sim)
{
	struct subchannel *sch = host_subchannel(sim->host, sim->sid);

	return sch ? vfio_ccw_of(sch) : NULL;
}

static bool at_work(const struct vfio_ccw *ccw)
{
	return ccw->state == VFIO_CCW_STATE_BUSY ||
	       ccw->state == VFIO_CCW_STATE_QUIESCING ||
	       mutex_is_locked(&ccw->lock);
}

static bool nothing_pinned(struct witness *witness, const struct vfio_ccw *ccw)
{
	u64 pages = host_pages_pinned(host_current);

	if (at_work(ccw) || !pages)
		return true;
	return denied(witness, "%llu pages are pinned in %s",
		      (unsigned long long)pages,
		      vfio_ccw_state_name(ccw->state));
}

static bool nothing_runs(struct witness *witness, const struct vfio_ccw *ccw)
{
	const struct sim *sim = host_context();
	const struct ccw_schib *schib;
	u32 word;

	if (at_work(ccw))
		return true;
	schib = machine_schib(sim->machine, sim->sid);
	word = be32_to_cpu(schib->scsw.word[0]);
	if (!(word & SCSW0_FC_START) ||
	    !(word & (SCSW0_AC_START | SCSW0_AC_SCH | SCSW0_AC_DEV |
		      SCSW0_AC_SUSP)))
		return true;
	return denied(witness, "a program runs in %s",
		      vfio_ccw_state_name(ccw->state));
}

static bool is_open(const struct vfio_ccw *ccw)
{
	const struct vfio_device *vdev = host_current->vdevs;

	while (vdev && vdev->dev->parent != &ccw->sch->dev)
		vdev = vdev->next;
	return vdev && vdev->open_count;
}

static bool nothing_kept(struct witness *witness, const struct vfio_ccw *ccw)
{
	unsigned int i;

	if (at_work(ccw) || ccw->state != VFIO_CCW_STATE_UNCONFIGURED)
		return true;
	if (ccw->cp.part[0].arena || ccw->cp.part[1].arena || ccw->cp.nowhere)
		return denied(witness, "memory of a program is kept");
	for (i = 0; i < ARRAY_SIZE(ccw->trigger); i++)
		if (ccw->trigger[i] && !is_open(ccw))
			return denied(witness, "eventfd %u is kept", i);
	return true;
}

static void see_the_end(struct witness *witness, unsigned int event,
			unsigned int next)
{
	bool idle = next == VFIO_CCW_STATE_IDLE;
	unsigned int least = idle && event != VFIO_CCW_EVENT_XSCH;
	unsigned int most = event != VFIO_CCW_EVENT_XSCH;

	witness->running = false;
	if (witness->ends < least || witness->ends > most)
		accuse(witness, "one-end", "%s ended a program with %u final "
		       "results", vfio_ccw_event_name(event), witness->ends);
}

void witness_start(struct witness *witness, int ret)
{
	if (ret)
		return;
	if (witness->running)
		accuse(witness, "one-end", "a start was accepted before the "
		       "last one had an end");
	witness->running = true;
}

void witness_result(struct witness *witness, bool final)
{
	const struct vfio_ccw *ccw = whom(host_context());

	witness->ends += final;
	if (!vfio_ccw_ring_used(&ccw->results)) {
		witness->results.since = witness->raw.since;
		witness->results.tail = ccw->results.tail;
	}
}

void witness_event(struct witness *witness, unsigned int event,
		   unsigned int next, int ret)
{
	if (witness->running && next != VFIO_CCW_STATE_BUSY &&
	    next != VFIO_CCW_STATE_QUIESCING)
		see_the_end(witness, event, next);
	witness->ends = 0;
	witness->state = next;
}

static bool one_end(struct witness *witness, const struct vfio_ccw *ccw)
{
	return !witness->name;
}

static bool state_as_told(struct witness *witness, const struct vfio_ccw *ccw)
{
	if (ccw->state == witness->state)
		return true;
	return denied(witness, "%s was reported, and it is %s",
		      vfio_ccw_state_name(witness->state),
		      vfio_ccw_state_name(ccw->state));
}

static bool mutex_moves_on(struct witness *witness, const struct vfio_ccw *ccw)
{
	struct task *owner = ccw->lock.lock.owner;

	if (!owner || !sched_waits_in(owner) || host_lock_wanted(owner))
		return true;
	return denied(witness, "task %s has the driver's mutex and waits",
		      sched_task_name(owner));
}

static bool sch_locked(const struct vfio_ccw *ccw)
{
	return vfio_ccw_sch_lock(ccw->sch)->lock.owner;
}

static bool rings(struct witness_bell *bell, const struct eventfd_ctx *ctx,
		  u32 tail, bool waiting)
{
	u64 now = host_eventfd_signals(host_current);

	if (ctx != bell->ctx)
		bell->since = 0;
	else if (!waiting)
		bell->since = now;
	else if (tail != bell->tail)
		bell->since = bell->seen;
	bell->ctx = ctx;
	bell->tail = tail;
	bell->seen = now;
	return !ctx || !waiting || host_eventfd_last(ctx) > bell->since;
}

static bool results_announced(struct witness *witness,
			      const struct vfio_ccw *ccw)
{
	const struct eventfd_ctx *ctx = ccw->trigger[VFIO_CCW_IO_IRQ_INDEX];
	u32 raw = ccw->heard ? vfio_ccw_ring_used(&ccw->raw) : 0;
	u32 results = vfio_ccw_ring_used(&ccw->results);

	if (mutex_is_locked(&ccw->lock) || sch_locked(ccw))
		return true;
	if (rings(&witness->raw, ctx, 0, raw) &&
	    rings(&witness->results, ctx, ccw->results.tail, results))
		return true;
	return denied(witness, "%u results wait, and nobody was told",
		      raw + results);
}

static bool reports_announced(struct witness *witness,
			      const struct vfio_ccw *ccw)
{
	u32 waiting = ccw->reports.head - ccw->reports.tail;

	if (sch_locked(ccw) ||
	    rings(&witness->reports, ccw->trigger[VFIO_CCW_CRW_IRQ_INDEX],
		  ccw->reports.tail, waiting))
		return true;
	return denied(witness, "%u reports wait, and nobody was told", waiting);
}

static const struct invariant {
	const char *name;
	const char *says;
	bool (*holds)(struct witness *witness, const struct vfio_ccw *ccw);
} invariants[] = {
	{ "unpinned-at-rest", "Pages of the guest are pinned only in BUSY and "
	  "QUIESCING.", nothing_pinned },
	{ "silent-at-rest", "No program runs at the subchannel but in BUSY and "
	  "QUIESCING.", nothing_runs },
	{ "nothing-kept", "In UNCONFIGURED the driver keeps neither memory for programs "
	  "nor, once the device is closed, eventfds.", nothing_kept },
	{ "one-end", "An accepted start has one final result, unless it is cancelled, or "
	  "thrown away by reset or close.", one_end },
	{ "one-writer", "The driver's state is the one that its last event has led to.",
	  state_as_told },
	{ "mutex-moves-on", "Who holds the driver's mutex waits for nothing but other "
	  "locks.", mutex_moves_on },
	{ "results-announced", "If a result waits, its eventfd was signalled since it is "
	  "the next.", results_announced },
	{ "reports-announced", "If a channel report waits, its eventfd was signalled since "
	  "it is the next.", reports_announced },
};

bool witness_look(struct witness *witness, struct sim *sim)
{
	const struct vfio_ccw *ccw = whom(sim);
	size_t i;

	if (!ccw)
		*witness = (struct witness){ 0 };
	for (i = 0; ccw && i < ARRAY_SIZE(invariants); i++)
		if (!invariants[i].holds(witness, ccw)) {
			witness->name = invariants[i].name;
			return false;
		}
	return true;
}

void witness_list(FILE *out)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(invariants); i++)
		fprintf(out, "%s\t%s\n", invariants[i].name,
			invariants[i].says);
}
