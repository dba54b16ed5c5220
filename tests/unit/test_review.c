/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a reviewer of this driver has found in it. Each test is named after what
 * the driver did not keep to.
 */
#include <limits.h>

#include "bugs_world.h"
#include "host_fault.h"
#include "vfio_ccw_ext.h"

#define SUSPENDABLE	(ORB1_F | ORB1_S | FIELD_PREP(ORB1_LPM, 0x80))
#define NOOP		0x03
#define USERS		14	/* more than QUIESCING has attempts */

static void store(struct world *w, u32 guest, struct ccw_format1 ccw)
{
	CU_ASSERT_EQUAL(w->port->ops->store(w->port, guest, &ccw, sizeof(ccw)),
			0);
}

/* A program of two CCWs, suspended at the first; the guest has read that. */
static void suspend(struct world *w)
{
	world_idle(w);
	store(w, PROGRAM, bugs_ccw(NOOP, CCW0_SLI | CCW0_S | CCW0_CC, 1, 0));
	store(w, PROGRAM + 8, bugs_ccw(SENSE_ID, CCW0_SLI, 7, DATA));
	CU_ASSERT_EQUAL(bugs_start_orb(w, PROGRAM, SUSPENDABLE), 0);
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT(be32_get_bits(world_read(w).word[0], SCSW0_AC_SUSP));
}

/* The second asks while the first is pending, and its program would be refused. */
static void a_program_about_to_be_resumed_is_left_alone_task(void *arg)
{
	struct world *w = arg;

	suspend(w);
	store(w, PROGRAM, bugs_ccw(NOOP, CCW0_SLI | CCW0_CC, 1, 0));
	CU_ASSERT_EQUAL(world_command(w, VFIO_CCW_CMD_RSCH), 0);
	store(w, PROGRAM + 8, bugs_ccw(SENSE_ID, CCW0_SLI, 7, PROGRAM));
	CU_ASSERT_EQUAL(world_command(w, VFIO_CCW_CMD_RSCH), -EINVAL);
	CU_ASSERT(bugs_program_lives(w));
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT_EQUAL(world_read(w).word[2] &
			cpu_to_be32(SCSW2_DSTAT | SCSW2_CSTAT),
			cpu_to_be32(SCSW2_DSTAT_CE | SCSW2_DSTAT_DE));
}
TEST_IN_A_WORLD(a_program_about_to_be_resumed_is_left_alone)

/* Memory goes while a program runs, and the device is gone as well. */
static void the_next_vm_does_not_read_the_last_ones_status_task(void *arg)
{
	struct world *w = arg;

	world_busy(w, PORT_DEVICE_HOLD);
	w->ccw->devno ^= 1;
	CU_ASSERT_EQUAL(w->port->ops->unmap(w->port, 0, PORT_GUEST_MEMORY), 0);
	CU_ASSERT_EQUAL(w->port->ops->close(w->port), 0);
	w->ccw->devno ^= 1;
	CU_ASSERT_EQUAL(w->port->ops->open(w->port), 0);
	CU_ASSERT_EQUAL(world_reset(w), 0);
	CU_ASSERT_EQUAL(world_read(w).word[0], 0);
}
TEST_IN_A_WORLD(the_next_vm_does_not_read_the_last_ones_status)

/* The terminal does not hear halt; clear reaches it, three seconds later. */
static void a_device_is_not_given_up_the_sooner_the_more_wait_task(void *arg)
{
	struct world *w = arg;

	world_busy(w, PORT_DEVICE_DEAF);
	for (int i = 0; i < USERS; i++)
		CU_ASSERT_PTR_NOT_NULL(sched_spawn(w->sim->sched, "reset",
						   world_reset_task, w));
	world_wait(w, 20ULL * 1000000000);
	CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_IDLE);
	CU_ASSERT_PTR_NOT_NULL(w->ccw->cp.part[0].arena);
}
TEST_IN_A_WORLD(a_device_is_not_given_up_the_sooner_the_more_wait)

/* Security of the link has changed: an event of no concern to a guest. */
static void a_path_that_works_is_not_reported_as_lost_task(void *arg)
{
	struct world *w = arg;

	world_idle(w);
	host_chp_event(w->sim->host, w->ccw->sch->ssd_info.chpid[0].id, 4);
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT_EQUAL(world_crw(w), 0);
}
TEST_IN_A_WORLD(a_path_that_works_is_not_reported_as_lost)

/* VFIO takes the memory away; until it has, the guest starts again and again. */
static void start_while_unmapped_task(void *arg)
{
	struct world *w = arg;

	world_busy(w, PORT_DEVICE_HOLD);
	vfio_ccw_unmap(w->ccw, DATA, PAGE_SIZE);
	CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_IDLE);
	world_behave(w, PORT_DEVICE_RELEASE);
	host_fault_arm(w->sim->host, HOST_FAULT_PIN, 1);
	CU_ASSERT_EQUAL(world_start(w), -EBUSY);
	vfio_ccw_unmap(w->ccw, DATA + 4 * PAGE_SIZE, PAGE_SIZE);
	CU_ASSERT_EQUAL(world_start(w), -EBUSY);
	CU_ASSERT_EQUAL(host_fault_count(w->sim->host, HOST_FAULT_PIN), 0);
	host_fault_arm(w->sim->host, HOST_FAULT_PIN, 0);
	world_wait(w, 2ULL * 1000000000);
	CU_ASSERT_EQUAL(world_start(w), 0);
	world_wait(w, LONG_ENOUGH);

	/* The next VM has a memory of its own. */
	vfio_ccw_unmap(w->ccw, DATA, PAGE_SIZE);
	CU_ASSERT_EQUAL(w->port->ops->close(w->port), 0);
	vfio_ccw_unmap(w->ccw, 0, ULONG_MAX); /* says the iommufd */
	CU_ASSERT_EQUAL(w->port->ops->open(w->port), 0);
	CU_ASSERT_EQUAL(world_reset(w), 0);
	CU_ASSERT_EQUAL(world_start(w), 0);
}

/* The same by a program that goes on. */
static void resume_while_unmapped_task(void *arg)
{
	const u32 other = DATA + PAGE_SIZE;
	struct world *w = arg;

	suspend(w);
	vfio_ccw_unmap(w->ccw, other, PAGE_SIZE);
	store(w, PROGRAM, bugs_ccw(SENSE_ID, CCW0_SLI, 7, other));
	host_fault_arm(w->sim->host, HOST_FAULT_PIN, 1);
	CU_ASSERT_EQUAL(world_command(w, VFIO_CCW_CMD_RSCH), -EBUSY);
	CU_ASSERT_EQUAL(host_fault_count(w->sim->host, HOST_FAULT_PIN), 0);
	world_wait(w, 2ULL * 1000000000);
	host_fault_arm(w->sim->host, HOST_FAULT_PIN, 0);
	CU_ASSERT_EQUAL(world_command(w, VFIO_CCW_CMD_RSCH), 0);
	CU_ASSERT_TRUE(vfio_ccw_cp_pinned(&w->ccw->cp, other, 1));
}

/* The guest has been told that its early RESUME is heeded; so it is, in the end. */
static void early_resume_while_unmapped_task(void *arg)
{
	const u32 other = DATA + PAGE_SIZE;
	struct world *w = arg;

	world_idle(w);
	store(w, PROGRAM, bugs_ccw(SENSE_ID, CCW0_SLI | CCW0_CC, 7, DATA));
	store(w, PROGRAM + 8, bugs_ccw(NOOP, CCW0_SLI | CCW0_S | CCW0_CC, 1, 0));
	store(w, PROGRAM + 16, bugs_ccw(NOOP, CCW0_SLI, 1, 0));
	world_behave(w, PORT_DEVICE_HOLD);
	CU_ASSERT_EQUAL(bugs_start_orb(w, PROGRAM, SUSPENDABLE), 0);
	world_wait(w, LONG_ENOUGH);
	store(w, PROGRAM + 8, bugs_ccw(NOOP, CCW0_SLI | CCW0_CC, 1, 0));
	store(w, PROGRAM + 16, bugs_ccw(SENSE_ID, CCW0_SLI, 7, other));
	CU_ASSERT_EQUAL(world_command(w, VFIO_CCW_CMD_RSCH), 0);
	vfio_ccw_unmap(w->ccw, other, PAGE_SIZE);
	world_behave(w, PORT_DEVICE_RELEASE);
	world_wait(w, 2ULL * 1000000000);
	CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_IDLE);
}

static void memory_that_is_going_is_not_pinned_again(void)
{
	struct world w;

	world_run(start_while_unmapped_task, &w);
	world_run(resume_while_unmapped_task, &w);
	world_run(early_resume_while_unmapped_task, &w);
}

/* Two ranges go, one after the other; the program's memory is between them. */
static void memory_between_is_not_barred_for_ever_task(void *arg)
{
	struct world *w = arg;

	world_idle(w);
	vfio_ccw_unmap(w->ccw, 0, PAGE_SIZE);
	world_wait(w, 900000000);
	vfio_ccw_unmap(w->ccw, DATA + 4 * PAGE_SIZE, PAGE_SIZE);
	CU_ASSERT_EQUAL(world_start(w), -EBUSY);
	world_wait(w, 200000000);
	CU_ASSERT_EQUAL(world_start(w), 0);
}
TEST_IN_A_WORLD(memory_between_is_not_barred_for_ever)

/* The program ends between the driver's last look and its stopping of it. */
static void a_program_that_ends_by_itself_is_not_stopped_task(void *arg)
{
	struct vfio_ccw_request rq = { .target = VFIO_CCW_STATE_IDLE };
	struct world *w = arg;

	world_busy(w, PORT_DEVICE_HOLD);
	mutex_lock(&w->ccw->lock);
	world_store_status(w, 0);
	CU_ASSERT_EQUAL(vfio_ccw_fsm_event(w->ccw, VFIO_CCW_EVENT_OFFLINE, &rq),
			-EINPROGRESS);
	CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_BUSY);
	mutex_unlock(&w->ccw->lock);
}
TEST_IN_A_WORLD(a_program_that_ends_by_itself_is_not_stopped)

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "a program about to be resumed is left alone",
		  a_program_about_to_be_resumed_is_left_alone },
		{ "the next VM does not read the last one's status",
		  the_next_vm_does_not_read_the_last_ones_status },
		{ "a device is not given up the sooner the more wait",
		  a_device_is_not_given_up_the_sooner_the_more_wait },
		{ "a path that works is not reported as lost",
		  a_path_that_works_is_not_reported_as_lost },
		{ "memory that is going is not pinned again",
		  memory_that_is_going_is_not_pinned_again },
		{ "memory between is not barred for ever",
		  memory_between_is_not_barred_for_ever },
		{ "a program that ends by itself is not stopped",
		  a_program_that_ends_by_itself_is_not_stopped },
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "review", tests);
}
