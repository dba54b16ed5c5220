// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state machine: the table of vfio_ccw_table.h as an array, and the one
 * function that walks it.
 */
#include <linux/bits.h>
#include <linux/bug.h>
#include <linux/errno.h>

#include "vfio_ccw_private.h"

#define CREATE_TRACE_POINTS
#include "vfio_ccw_trace.h"

/* Each answers for good: nothing is done, the state stays. */
static enum vfio_ccw_state
vfio_ccw_fsm_ignore(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	return ccw->state;
}

static enum vfio_ccw_state
vfio_ccw_fsm_refuse_io(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	rq->ret = -EIO;
	return ccw->state;
}

static enum vfio_ccw_state
vfio_ccw_fsm_refuse_busy(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	rq->ret = -EBUSY;
	return ccw->state;
}

static enum vfio_ccw_state
vfio_ccw_fsm_refuse_inval(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	rq->ret = -EINVAL;
	return ccw->state;
}

const char *vfio_ccw_state_name(enum vfio_ccw_state state)
{
	static const char * const names[] = {
#define STATE(name, kind, meaning) #name,
#include "vfio_ccw_table.h"
	};

	return names[state];
}

const char *vfio_ccw_event_name(enum vfio_ccw_event event)
{
	static const char * const names[] = {
#define EVENT(name, origin, meaning) #name,
#include "vfio_ccw_table.h"
	};

	return names[event];
}

#define TO(name)	BIT(VFIO_CCW_STATE_##name)

static const struct {
	vfio_ccw_action *action;
	unsigned long next;
} vfio_ccw_table[VFIO_CCW_NR_STATES][VFIO_CCW_NR_EVENTS] = {
#define CELL(state, event, act, to, why)				\
	[VFIO_CCW_STATE_##state][VFIO_CCW_EVENT_##event] = {		\
		.action = vfio_ccw_fsm_##act, .next = to },
#include "vfio_ccw_table.h"
};

int vfio_ccw_fsm_event(struct vfio_ccw *ccw, enum vfio_ccw_event event,
		       struct vfio_ccw_request *rq)
{
	enum vfio_ccw_state old = ccw->state, next;

	lockdep_assert_held(&ccw->lock);
	rq->ret = 0;
	next = vfio_ccw_table[old][event].action(ccw, rq);
	if (WARN_ONCE(!(vfio_ccw_table[old][event].next & BIT(next)),
		      "vfio_ccw: %s in %s may not lead to %s\n",
		      vfio_ccw_event_name(event), vfio_ccw_state_name(old),
		      vfio_ccw_state_name(next)))
		next = old;
	ccw->state = next;
	trace_vfio_ccw_fsm_event(vfio_ccw_schid(ccw), old, event, next,
				 rq->ret);
	debug_sprintf_event(vfio_ccw_log, rq->ret ? 2 : 6,
			    "%08x: event %d: state %d to %d, answer %d\n",
			    vfio_ccw_schid(ccw), event, old, next, rq->ret);
	return rq->ret;
}
