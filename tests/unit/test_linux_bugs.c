/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bugs of Linux's driver that were found and mended, 2019 to 2026: none of
 * them can occur here. Which bug, whose and why: tests/bugs/table.
 */
#include <linux/mm.h>
#include <linux/nospec.h>

#include "bugs_world.h"
#include "host_fault.h"

static void intermediate_task(void *arg)
{
	struct world *w = arg;
	u32 word;

	world_idle(w);
	world_behave(w, PORT_DEVICE_HOLD);
	CU_ASSERT_EQUAL(bugs_start(w, bugs_ccw(SENSE_ID, CCW0_SLI | CCW0_PCI, 7,
					       DATA)), 0);
	world_wait(w, LONG_ENOUGH);
	word = be32_to_cpu(world_read(w).word[0]);
	CU_ASSERT_NOT_EQUAL(word & SCSW0_SC_INTER, 0);
	CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_BUSY);
	CU_ASSERT_TRUE(bugs_program_lives(w));

	world_behave(w, PORT_DEVICE_RELEASE);
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_IDLE);
	CU_ASSERT_FALSE(bugs_program_lives(w));
}
TEST_IN_A_WORLD(intermediate)

static void die_task(void *arg)
{
	struct world *w = arg;

	world_busy(w, PORT_DEVICE_HOLD);
	CU_ASSERT_EQUAL(w->port->ops->close(w->port), 0);
	CU_ASSERT_EQUAL(w->port->ops->remove(w->port), 0);
	CU_ASSERT_EQUAL(w->port->ops->unbind(w->port), 0);
}
TEST_IN_A_WORLD(die)

static void quiesce_task(void *arg)
{
	struct world *w = arg;

	world_busy(w, PORT_DEVICE_HOLD);
	CU_ASSERT_PTR_NOT_NULL(sched_spawn(w->sim->sched, "reset",
					   world_reset_task, w));
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_IDLE);
	if (w->ccw->state == VFIO_CCW_STATE_QUIESCING)
		bugs_provoke(w, PORT_DEVICE_GONE); /* ends what would not end */
}
TEST_IN_A_WORLD(quiesce)

static void release_task(void *arg)
{
	struct world *w = arg;

	world_busy(w, PORT_DEVICE_HOLD);
	CU_ASSERT_TRUE(bugs_program_lives(w));
	CU_ASSERT_EQUAL(w->port->ops->close(w->port), 0);
	CU_ASSERT_FALSE(bugs_program_lives(w));
}
TEST_IN_A_WORLD(release)

/* What is left when the module is gone, the end of every world counts. */
static void unload_task(void *arg)
{
	world_idle(arg);
}
TEST_IN_A_WORLD(unload)

#define SEGMENTS	40	/* so many that building takes its time */

/* A NOOP and a transfer in each of many pages, and a SENSE ID in the end. */
static void store_long_program(struct world *w, u32 at)
{
	struct ccw_format1 ccw[2];

	for (u32 i = 0; i < SEGMENTS; i++, at += PAGE_SIZE) {
		ccw[0] = bugs_ccw(0x03, CCW0_CC | CCW0_SLI, 1, 0);
		ccw[1] = bugs_ccw(0x08, 0, 0, at + PAGE_SIZE);
		w->port->ops->store(w->port, at, ccw, sizeof(ccw));
	}
	ccw[0] = bugs_ccw(SENSE_ID, CCW0_SLI, 7, DATA);
	w->port->ops->store(w->port, at, ccw, sizeof(ccw[0]));
}

static void halt_task(void *arg)
{
	world_command(arg, VFIO_CCW_ASYNC_CMD_HSCH);
}

/*
 * Tasks halt the idle subchannel, whose interrupts come while another task has
 * a program built.
 */
static void building_task(void *arg)
{
	const u32 place = 0x10000;
	struct world *w = arg;

	world_idle(w);
	store_long_program(w, place);
	world_behave(w, PORT_DEVICE_HOLD);
	sched_spawn(w->sim->sched, "halt", halt_task, w);
	sched_spawn(w->sim->sched, "halt", halt_task, w);
	world_start_at(w, place);
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT_EQUAL(w->ccw->state == VFIO_CCW_STATE_BUSY,
			bugs_program_lives(w));
}

static void building(void)
{
	bugs_race(building_task);
}

/*
 * The clear is over and its status stored, the next program is started, and
 * only then does the worker come to the clear.
 */
static void stale_task(void *arg)
{
	struct world *w = arg;
	const struct ccw_orb orb = world_orb(PROGRAM);
	struct vfio_ccw_request rq = { .orb = &orb };

	world_idle(w);
	CU_ASSERT_EQUAL(world_start(w), 0); /* so that it is in its place */
	world_wait(w, LONG_ENOUGH);
	world_behave(w, PORT_DEVICE_HOLD);
	CU_ASSERT_EQUAL(world_command(w, VFIO_CCW_ASYNC_CMD_CSCH), 0);
	mutex_lock(&w->ccw->lock);
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT_EQUAL(vfio_ccw_ring_used(&w->ccw->raw), 1);
	vfio_ccw_fsm_event(w->ccw, VFIO_CCW_EVENT_SSCH, &rq);
	mutex_unlock(&w->ccw->lock);
	CU_ASSERT_EQUAL(rq.ret, 0);
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_BUSY);
	CU_ASSERT_TRUE(bugs_program_lives(w));
}
TEST_IN_A_WORLD(stale)

static void report_task(void *arg)
{
	struct world *w = arg;

	world_bind(w);
	CU_ASSERT_EQUAL(w->port->ops->open(w->port), 0);
	host_sch_event(w->sim->host, w->sim->sid);
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_STANDBY);
	CU_ASSERT_EQUAL(world_start(w), -EIO);
	CU_ASSERT_EQUAL(world_reset(w), 0);
	host_sch_event(w->sim->host, w->sim->sid);
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_IDLE);
}
TEST_IN_A_WORLD(report)

static void failing_probe_task(void *arg)
{
	struct world *w = arg;
	unsigned int n = 0;
	int ret;

	CU_ASSERT_EQUAL(w->port->ops->bind(w->port), 0);
	w->ccw = vfio_ccw_of(host_subchannel(w->sim->host, w->sim->sid));
	do {
		host_fault_arm(w->sim->host, HOST_FAULT_ALLOC, ++n);
		ret = w->port->ops->create(w->port);
		host_fault_arm(w->sim->host, HOST_FAULT_ALLOC, 0);
		CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_UNCONFIGURED);
	} while (ret && n < 100);
	CU_ASSERT_TRUE(n > 1);
	CU_ASSERT_EQUAL(w->port->ops->open(w->port), 0);
	CU_ASSERT_EQUAL(world_reset(w), 0);
}
TEST_IN_A_WORLD(failing_probe)

static void runs_task(void *arg)
{
	struct world *w = arg;
	struct ccw_scsw scsw;

	world_idle(w);
	CU_ASSERT_EQUAL(world_start(w), 0);
	world_wait(w, LONG_ENOUGH);
	scsw = world_read(w);
	CU_ASSERT_EQUAL(be32_to_cpu(scsw.word[1]), PROGRAM + 8);
	CU_ASSERT_EQUAL(be32_get_bits(scsw.word[2], SCSW2_CSTAT), 0);
}
TEST_IN_A_WORLD(runs)

/* Each index that a user names is guarded once, where it is used. */
static void named_index_task(void *arg)
{
	struct vfio_region_info info = { .argsz = sizeof(info) };
	struct vfio_irq_set set = {
		.argsz = sizeof(set),
		.flags = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER,
	};
	struct world *w = arg;
	struct ccw_io_region io = { 0 };
	unsigned int before;

	world_idle(w);
	before = host_nospec_seen();
	w->port->ops->pread(w->port, &io, sizeof(io), 0);
	CU_ASSERT_EQUAL(host_nospec_seen(), before + 1);
	w->port->ops->pwrite(w->port, &io, sizeof(io), 0);
	CU_ASSERT_EQUAL(host_nospec_seen(), before + 2);
	w->port->ops->ioctl(w->port, VFIO_DEVICE_GET_REGION_INFO, &info);
	CU_ASSERT_EQUAL(host_nospec_seen(), before + 3);
	w->port->ops->ioctl(w->port, VFIO_DEVICE_SET_IRQS, &set);
	CU_ASSERT_EQUAL(host_nospec_seen(), before + 4);
}
TEST_IN_A_WORLD(named_index)

/* Status is stored and the worker due; no time is left to it. */
static void unbind_task(void *arg)
{
	struct world *w = arg;

	world_idle(w);
	CU_ASSERT_EQUAL(bugs_provoke(w, PORT_DEVICE_ATTENTION), 0);
	w->port->ops->close(w->port);
	w->port->ops->remove(w->port);
	w->port->ops->unbind(w->port);
}

static void unbind(void)
{
	bugs_race(unbind_task);
}

static void gone_task(void *arg)
{
	struct world *w = arg;

	world_busy(w, PORT_DEVICE_HOLD);
	CU_ASSERT_EQUAL(bugs_provoke(w, PORT_DEVICE_GONE), 0);
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT_EQUAL(be32_get_bits(world_read(w).word[0], SCSW0_CC), 3);
	CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_IDLE);
	CU_ASSERT_FALSE(bugs_program_lives(w));
	CU_ASSERT_EQUAL(bugs_provoke(w, PORT_DEVICE_BACK), 0);
	world_wait(w, LONG_ENOUGH);
}
TEST_IN_A_WORLD(gone)

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "a program-controlled interruption does not free the program",
		  intermediate },
		{ "a guest that dies during I/O leaves no stack trace", die },
		{ "a reset during I/O comes to an end", quiesce },
		{ "a release during I/O leaves no program behind", release },
		{ "a module that is unloaded leaves nothing behind", unload },
		{ "an interrupt does not free the program being built",
		  building },
		{ "status of a clear does not free the program started after it",
		  stale },
		{ "a channel report does not change the state", report },
		{ "a failing create does not change the state", failing_probe },
		{ "a program runs wherever its translation lies", runs },
		{ "an index that a user names is guarded before its use",
		  named_index },
		{ "an unbind with work pending touches nothing freed", unbind },
		{ "a device that vanishes during I/O is dealt with once",
		  gone },
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "linux_bugs", tests);
}
