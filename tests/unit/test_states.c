/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every state meets every event: what is answered and where it leads. The
 * expectations are written down here by hand, from the meaning of the states;
 * the driver's own table is what is under test.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <CUnit/Basic.h>

#include <linux/bitfield.h>
#include <linux/vfio_ccw.h>

#include "dev_3270.h"
#include "host_cio.h"
#include "sched.h"
#include "sim.h"
#include "vfio_ccw_private.h"

#define PROGRAM		0x1000	/* guest address of a one-CCW program */
#define LONG_ENOUGH	1000000	/* ns; for the device to be reached */

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
		[VFIO_CCW_EVENT_INTERRUPT] = { 0, Q },
		[VFIO_CCW_EVENT_SCH_EVENT] = { 0, Q },
		[VFIO_CCW_EVENT_CHP_EVENT] = { 0, Q },
	},
};

/* One simulation, the driver in it, and what a test has found out. */
struct world {
	struct sim *sim;
	struct port *port;
	struct vfio_ccw *ccw;
	enum vfio_ccw_state state;
	enum vfio_ccw_event event;
	struct expectation got;
	bool reached;
};

static const struct ccw_orb orb = {
	.word = { 0, cpu_to_be32(ORB1_F | ORB1_P | FIELD_PREP(ORB1_LPM, 0x80)),
		  cpu_to_be32(PROGRAM) },
};

/* A one-CCW program that a held 3270 does not finish. */
static int start(struct world *w)
{
	const struct ccw_format1 ccw = {
		.word = { cpu_to_be32(FIELD_PREP(CCW0_CMD, 0xe4) | CCW0_SLI |
				      FIELD_PREP(CCW0_COUNT, 7)),
			  cpu_to_be32(PROGRAM + 0x1000) },
	};
	struct ccw_io_region io = { 0 };
	struct ccw_scsw scsw = { .word[0] = cpu_to_be32(SCSW0_FC_START) };
	ssize_t ret;

	ret = w->port->ops->store(w->port, PROGRAM, &ccw, sizeof(ccw));
	if (ret)
		return ret;
	memcpy(io.orb_area, &orb, sizeof(io.orb_area));
	memcpy(io.scsw_area, &scsw, sizeof(io.scsw_area));
	ret = w->port->ops->pwrite(w->port, &io, sizeof(io), 0);
	return ret == sizeof(io) ? 0 : ret;
}

static int reset(struct world *w)
{
	return w->port->ops->ioctl(w->port, VFIO_DEVICE_RESET, NULL);
}

static void reset_task(void *arg)
{
	reset(arg);
}

/* Go up the ladder as far as the state wanted, by system calls alone. */
static void climb(struct world *w)
{
	const struct port_ops *ops = w->port->ops;
	struct waitq nobody = { NULL };

	CU_ASSERT_EQUAL_FATAL(ops->bind(w->port), 0);
	CU_ASSERT_EQUAL_FATAL(ops->create(w->port), 0);
	w->ccw = vfio_ccw_of(host_subchannel(w->sim->host, w->sim->sid));
	if (w->state == U)
		return;
	CU_ASSERT_EQUAL_FATAL(ops->open(w->port), 0);
	if (w->state == S)
		return;
	CU_ASSERT_EQUAL_FATAL(reset(w), 0);
	dev_3270_answer(w->sim->terminal, DEV_3270_DEAF);
	if (w->state == I) {
		/* so that the program of the event SSCH is in its place */
		dev_3270_answer(w->sim->terminal, DEV_3270_HOLD);
		CU_ASSERT_EQUAL_FATAL(start(w), 0);
		CU_ASSERT_EQUAL_FATAL(reset(w), 0);
		return;
	}
	CU_ASSERT_EQUAL_FATAL(start(w), 0);
	sched_block(w->sim->sched, &nobody, LONG_ENOUGH);
	if (w->state == B)
		return;
	CU_ASSERT_PTR_NOT_NULL_FATAL(sched_spawn(w->sim->sched, "reset",
						 reset_task, w));
	while (w->ccw->state == B)
		sched_block(w->sim->sched, &nobody, 1);
}

/* Meet the event in the state, with the mutex held as the contract says. */
static void meet(void *arg)
{
	struct world *w = arg;
	struct vfio_ccw_result result = { 0 };
	struct vfio_ccw_request rq = {
		.target = S,
		.orb = &orb,
		.result = &result,
	};

	climb(w);
	w->reached = w->ccw->state == w->state;
	if (!w->reached)
		return;
	rq.vdev = w->ccw->vdev;
	result.generation = w->ccw->generation;
	result.irb.scsw.word[0] = cpu_to_be32(SCSW0_FC_START | SCSW0_SC_PRIM |
					      SCSW0_SC_SEC | SCSW0_SC_PEND);

	mutex_lock(&w->ccw->lock);
	w->got.ret = vfio_ccw_fsm_event(w->ccw, w->event, &rq);
	w->got.next = w->ccw->state;
	mutex_unlock(&w->ccw->lock);
	dev_3270_answer(w->sim->terminal, DEV_3270_PROMPT);
}

static void meets(enum vfio_ccw_state state, enum vfio_ccw_event event)
{
	const struct expectation *want = &expected[state][event];
	struct world w = { .state = state, .event = event };
	bool right;

	w.sim = sim_create(&(struct sim_config){ .seed = 0 });
	CU_ASSERT_PTR_NOT_NULL_FATAL(w.sim);
	w.port = sim_port(w.sim);
	CU_ASSERT_EQUAL(sim_run(w.sim, meet, &w), 0);
	right = w.reached && w.got.ret == want->ret && w.got.next == want->next;
	if (!right)
		printf("\n  %s in %s: expected %d, %s; got %d, %s%s",
		       vfio_ccw_event_name(event), vfio_ccw_state_name(state),
		       want->ret, vfio_ccw_state_name(want->next), w.got.ret,
		       vfio_ccw_state_name(w.got.next),
		       w.reached ? "" : " (the state was not reached)");
	CU_ASSERT_TRUE(right);
	sim_destroy(w.sim);
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

int main(void)
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
	CU_SuiteInfo suites[] = {
		{ .pName = "states", .pTests = tests },
		CU_SUITE_INFO_NULL,
	};
	unsigned int failed;

	if (CU_initialize_registry() || CU_register_suites(suites))
		return CU_get_error();
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failed = CU_get_number_of_tests_failed();
	CU_cleanup_registry();
	return failed ? 1 : 0;
}
