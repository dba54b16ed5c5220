/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every state meets every event: what is answered and where it leads. The
 * expectations are written down here by hand, from the meaning of the states;
 * the driver's own table is what is under test.
 */
#include <errno.h>
#include <stdio.h>

#include "driver_world.h"

#define U	VFIO_CCW_STATE_UNCONFIGURED
#define S	VFIO_CCW_STATE_STANDBY
#define I	VFIO_CCW_STATE_IDLE
#define B	VFIO_CCW_STATE_BUSY
#define Q	VFIO_CCW_STATE_QUIESCING

static const struct expectation {
	int ret;
	enum vfio_ccw_state next;
} expected[VFIO_CCW_NR_STATES][VFIO_CCW_NR_EVENTS] = {
	[U] = {
		[VFIO_CCW_EVENT_INIT]      = { 0, S },
		[VFIO_CCW_EVENT_ONLINE]    = { -EINVAL, U },
		[VFIO_CCW_EVENT_OFFLINE]   = { 0, U },
		[VFIO_CCW_EVENT_SSCH]      = { -EIO, U },
		[VFIO_CCW_EVENT_HSCH]      = { -EIO, U },
		[VFIO_CCW_EVENT_CSCH]      = { -EIO, U },
		[VFIO_CCW_EVENT_RSCH]      = { -EIO, U },
		[VFIO_CCW_EVENT_XSCH]      = { -EIO, U },
		[VFIO_CCW_EVENT_INTERRUPT] = { 0, U },
		[VFIO_CCW_EVENT_SCH_EVENT] = { 0, U },
		[VFIO_CCW_EVENT_CHP_EVENT] = { 0, U },
	},
	[S] = {
		[VFIO_CCW_EVENT_INIT]      = { -EINVAL, S },
		[VFIO_CCW_EVENT_ONLINE]    = { 0, I },
		[VFIO_CCW_EVENT_OFFLINE]   = { 0, S },
		[VFIO_CCW_EVENT_SSCH]      = { -EIO, S },
		[VFIO_CCW_EVENT_HSCH]      = { -EIO, S },
		[VFIO_CCW_EVENT_CSCH]      = { -EIO, S },
		[VFIO_CCW_EVENT_RSCH]      = { -EIO, S },
		[VFIO_CCW_EVENT_XSCH]      = { -EIO, S },
		[VFIO_CCW_EVENT_INTERRUPT] = { 0, S },
		[VFIO_CCW_EVENT_SCH_EVENT] = { 0, S },
		[VFIO_CCW_EVENT_CHP_EVENT] = { 0, S },
	},
	[I] = {
		[VFIO_CCW_EVENT_INIT]      = { -EINVAL, I },
		[VFIO_CCW_EVENT_ONLINE]    = { 0, I },
		[VFIO_CCW_EVENT_OFFLINE]   = { -EINPROGRESS, S },
		[VFIO_CCW_EVENT_SSCH]      = { 0, B },
		[VFIO_CCW_EVENT_HSCH]      = { 0, I },
		[VFIO_CCW_EVENT_CSCH]      = { 0, I },
		[VFIO_CCW_EVENT_RSCH]      = { -EINVAL, I },
		[VFIO_CCW_EVENT_XSCH]      = { -EINVAL, I },
		[VFIO_CCW_EVENT_INTERRUPT] = { 0, I },
		[VFIO_CCW_EVENT_SCH_EVENT] = { 0, I },
		[VFIO_CCW_EVENT_CHP_EVENT] = { 0, I },
	},
	[B] = {
		[VFIO_CCW_EVENT_INIT]      = { -EINVAL, B },
		[VFIO_CCW_EVENT_ONLINE]    = { 0, B },
		[VFIO_CCW_EVENT_OFFLINE]   = { -EINPROGRESS, Q },
		[VFIO_CCW_EVENT_SSCH]      = { -EBUSY, B },
		[VFIO_CCW_EVENT_HSCH]      = { 0, B },
		[VFIO_CCW_EVENT_CSCH]      = { 0, B },
		[VFIO_CCW_EVENT_RSCH]      = { -EINVAL, B },
		[VFIO_CCW_EVENT_XSCH]      = { -EINVAL, B },
		[VFIO_CCW_EVENT_INTERRUPT] = { 0, I },
		[VFIO_CCW_EVENT_SCH_EVENT] = { 0, B },
		[VFIO_CCW_EVENT_CHP_EVENT] = { 0, B },
	},
	[Q] = {
		[VFIO_CCW_EVENT_INIT]      = { -EINVAL, Q },
		[VFIO_CCW_EVENT_ONLINE]    = { -EBUSY, Q },
		[VFIO_CCW_EVENT_OFFLINE]   = { -EINPROGRESS, Q },
		[VFIO_CCW_EVENT_SSCH]      = { -EBUSY, Q },
		[VFIO_CCW_EVENT_HSCH]      = { -EBUSY, Q },
		[VFIO_CCW_EVENT_CSCH]      = { -EBUSY, Q },
		[VFIO_CCW_EVENT_RSCH]      = { -EBUSY, Q },
		[VFIO_CCW_EVENT_XSCH]      = { -EBUSY, Q },
		[VFIO_CCW_EVENT_INTERRUPT] = { 0, Q },
		[VFIO_CCW_EVENT_SCH_EVENT] = { 0, Q },
		[VFIO_CCW_EVENT_CHP_EVENT] = { 0, Q },
	},
};

/* One state, one event, and what was found out. */
struct meeting {
	struct world world;
	enum vfio_ccw_state state;
	enum vfio_ccw_event event;
	struct expectation got;
	bool reached;
};

/* Go up the ladder as far as the state wanted, by system calls alone. */
static void climb(struct meeting *m)
{
	struct world *w = &m->world;

	switch (m->state) {
	case U:
		world_bind(w);
		break;
	case S:
		world_bind(w);
		CU_ASSERT_EQUAL_FATAL(w->port->ops->open(w->port), 0);
		break;
	case I:
		/* so that the program of the event SSCH is in its place */
		world_busy(w, PORT_DEVICE_HOLD);
		CU_ASSERT_EQUAL_FATAL(world_reset(w), 0);
		break;
	case B:
		world_busy(w, PORT_DEVICE_DEAF);
		break;
	default:
		world_busy(w, PORT_DEVICE_DEAF);
		CU_ASSERT_PTR_NOT_NULL_FATAL(sched_spawn(w->sim->sched, "reset",
							 world_reset_task, w));
		while (w->ccw->state == B)
			world_wait(w, 1);
	}
}

/* Meet the event in the state, with the mutex held as the contract says. */
static void meet(void *arg)
{
	struct meeting *m = arg;
	struct world *w = &m->world;
	const struct ccw_orb orb = world_orb(PROGRAM);
	struct vfio_ccw_result result = { 0 };
	struct vfio_ccw_request rq = {
		.target = S,
		.orb = &orb,
		.result = &result,
	};

	climb(m);
	m->reached = w->ccw->state == m->state;
	if (!m->reached)
		return;
	rq.vdev = w->ccw->vdev;
	result.generation = w->ccw->generation;
	result.irb.scsw.word[0] = cpu_to_be32(SCSW0_FC_START | SCSW0_SC_PRIM |
					      SCSW0_SC_SEC | SCSW0_SC_PEND);

	mutex_lock(&w->ccw->lock);
	m->got.ret = vfio_ccw_fsm_event(w->ccw, m->event, &rq);
	m->got.next = w->ccw->state;
	mutex_unlock(&w->ccw->lock);
	world_behave(w, PORT_DEVICE_RELEASE);
}

static void meets(enum vfio_ccw_state state, enum vfio_ccw_event event)
{
	const struct expectation *want = &expected[state][event];
	struct meeting m = { .state = state, .event = event };
	bool right;

	world_run(meet, &m);
	right = m.reached && m.got.ret == want->ret && m.got.next == want->next;
	if (!right)
		printf("\n  %s in %s: expected %d, %s; got %d, %s%s",
		       vfio_ccw_event_name(event), vfio_ccw_state_name(state),
		       want->ret, vfio_ccw_state_name(want->next), m.got.ret,
		       vfio_ccw_state_name(m.got.next),
		       m.reached ? "" : " (the state was not reached)");
	CU_ASSERT_TRUE(right);
}

static void every_event_in(enum vfio_ccw_state state)
{
	for (unsigned int event = 0; event < VFIO_CCW_NR_EVENTS; event++)
		meets(state, event);
}

static void unconfigured_meets_every_event(void)
{
	every_event_in(U);
}

static void standby_meets_every_event(void)
{
	every_event_in(S);
}

static void idle_meets_every_event(void)
{
	every_event_in(I);
}

static void busy_meets_every_event(void)
{
	every_event_in(B);
}

static void quiescing_meets_every_event(void)
{
	every_event_in(Q);
}

static void every_cell_stands_once_in_the_table(void)
{
	unsigned int cells[VFIO_CCW_NR_STATES][VFIO_CCW_NR_EVENTS] = { 0 };

#define CELL(state, event, action, next, why) \
	cells[VFIO_CCW_STATE_##state][VFIO_CCW_EVENT_##event]++;
#include "vfio_ccw_table.h"
	for (unsigned int s = 0; s < VFIO_CCW_NR_STATES; s++)
		for (unsigned int e = 0; e < VFIO_CCW_NR_EVENTS; e++)
			CU_ASSERT_EQUAL(cells[s][e], 1);
}

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "every cell stands once in the table",
		  every_cell_stands_once_in_the_table },
		{ "UNCONFIGURED meets every event",
		  unconfigured_meets_every_event },
		{ "STANDBY meets every event", standby_meets_every_event },
		{ "IDLE meets every event", idle_meets_every_event },
		{ "BUSY meets every event", busy_meets_every_event },
		{ "QUIESCING meets every event", quiescing_meets_every_event },
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "states", tests);
}
