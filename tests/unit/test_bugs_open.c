/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is still open or weak in Linux's driver, apart from translation: what we
 * do instead. Which weakness, and why it is none here: tests/bugs/table.
 */
#include "bugs_world.h"
#include "chp.h"

#define CLEARED		(SCSW0_FC_CLEAR | SCSW0_SC_PEND)

static void quick_task(void *arg)
{
	struct world *w = arg;
	u32 first, second;

	world_idle(w);
	world_behave(w, PORT_DEVICE_HOLD);
	CU_ASSERT_EQUAL(bugs_start(w, bugs_ccw(SENSE_ID, CCW0_SLI | CCW0_PCI, 7,
					       DATA)), 0);
	mutex_lock(&w->ccw->lock);
	world_wait(w, LONG_ENOUGH);
	world_behave(w, PORT_DEVICE_RELEASE);
	world_wait(w, LONG_ENOUGH);
	mutex_unlock(&w->ccw->lock);
	world_wait(w, LONG_ENOUGH);

	first = be32_to_cpu(world_read(w).word[0]);
	second = be32_to_cpu(world_read(w).word[0]);
	CU_ASSERT_NOT_EQUAL(first & SCSW0_SC_INTER, 0);
	CU_ASSERT_NOT_EQUAL(second & SCSW0_SC_SEC, 0);
}
TEST_IN_A_WORLD(quick)

static void clear_address_task(void *arg)
{
	struct world *w = arg;

	world_busy(w, PORT_DEVICE_HOLD);
	bugs_interrupt(w, CLEARED, vfio_ccw_cp_start(&w->ccw->cp) + 8,
		       w->ccw->generation);
	CU_ASSERT_EQUAL(world_read(w).word[1], 0);
}
TEST_IN_A_WORLD(clear_address)

static void cleared_task(void *arg)
{
	struct world *w = arg;
	u32 word;

	world_busy(w, PORT_DEVICE_HOLD);
	CU_ASSERT_EQUAL(world_command(w, VFIO_CCW_ASYNC_CMD_CSCH), 0);
	world_wait(w, LONG_ENOUGH);
	word = be32_to_cpu(world_read(w).word[0]);
	CU_ASSERT_NOT_EQUAL(word & SCSW0_FC_CLEAR, 0);
	CU_ASSERT_FALSE(bugs_program_lives(w));
	CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_IDLE);
	world_behave(w, PORT_DEVICE_RELEASE);
	CU_ASSERT_EQUAL(world_start(w), 0);
	world_wait(w, LONG_ENOUGH);
	word = be32_to_cpu(world_read(w).word[0]);
	CU_ASSERT_NOT_EQUAL(word & SCSW0_SC_SEC, 0);
}
TEST_IN_A_WORLD(cleared)

/* What every event needs, whoever raises it. */
static void worker_task(void *arg)
{
	struct world *w = arg;

	world_idle(w);
	CU_ASSERT_EQUAL(bugs_provoke(w, PORT_DEVICE_ATTENTION), 0);
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT_NOT_EQUAL(world_read(w).word[0], 0);
}
TEST_IN_A_WORLD(worker)

/* Keep the worker of the first device waiting, for a while. */
static void hold_task(void *arg)
{
	struct world *w = arg;

	mutex_lock(&w->ccw->lock);
	world_wait(w, 10 * LONG_ENOUGH);
	mutex_unlock(&w->ccw->lock);
}

static void two_devices_task(void *arg)
{
	struct world *w = arg;
	struct dev_3270 *other = dev_3270_create();
	int sid = machine_attach(w->sim->machine, 0x0816, &dev_3270_ops, other);
	struct vfio_ccw *ccw;

	world_bind(w);
	CU_ASSERT_EQUAL(host_sch_bind(w->sim->host, sid), 0);
	ccw = vfio_ccw_of(host_subchannel(w->sim->host, sid));
	sched_spawn(w->sim->sched, "hold", hold_task, w);
	world_wait(w, LONG_ENOUGH);
	host_sch_event(w->sim->host, w->sim->sid);
	host_sch_event(w->sim->host, sid);
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT_TRUE(mutex_is_locked(&w->ccw->lock));
	CU_ASSERT_EQUAL(ccw->happened, 0);
	CU_ASSERT_EQUAL(host_sch_unbind(w->sim->host, sid), 0);
	machine_detach(w->sim->machine, sid);
	dev_3270_destroy(other);
}
TEST_IN_A_WORLD(two_devices)

/* VFIO_DEVICE_SET_IRQS for the I/O interrupt, with @fd behind the header. */
static int set_irq(struct world *w, u32 type, u32 count, int fd)
{
	union {
		struct vfio_irq_set set;
		u8 space[sizeof(struct vfio_irq_set) + sizeof(fd)];
	} arg = { .set = {
		.argsz = sizeof(arg),
		.flags = type | VFIO_IRQ_SET_ACTION_TRIGGER,
		.index = VFIO_CCW_IO_IRQ_INDEX,
		.count = count,
	} };

	memcpy(arg.set.data, &fd, sizeof(fd));
	return w->port->ops->ioctl(w->port, VFIO_DEVICE_SET_IRQS, &arg);
}

static void armed_task(void *arg)
{
	struct world *w = arg;
	int fd;

	world_idle(w);
	fd = w->port->ops->event_create(w->port);
	CU_ASSERT_EQUAL(set_irq(w, VFIO_IRQ_SET_DATA_EVENTFD, 1, fd), 0);
	w->port->ops->event_close(w->port, fd);
}
TEST_IN_A_WORLD(armed)

static void count_zero_task(void *arg)
{
	struct world *w = arg;
	int fd;

	world_idle(w);
	fd = w->port->ops->event_create(w->port);
	CU_ASSERT_EQUAL(set_irq(w, VFIO_IRQ_SET_DATA_EVENTFD, 1, fd), 0);
	CU_ASSERT_EQUAL(set_irq(w, VFIO_IRQ_SET_DATA_EVENTFD, 0, -1), 0);
	CU_ASSERT_PTR_NOT_NULL(w->ccw->trigger[VFIO_CCW_IO_IRQ_INDEX]);
	CU_ASSERT_EQUAL(set_irq(w, VFIO_IRQ_SET_DATA_NONE, 0, -1), 0);
	CU_ASSERT_PTR_NULL(w->ccw->trigger[VFIO_CCW_IO_IRQ_INDEX]);
	w->port->ops->event_close(w->port, fd);
}
TEST_IN_A_WORLD(count_zero)

static void partial_task(void *arg)
{
	struct world *w = arg;
	struct ccw_io_region io = { .ret_code = 1 };

	world_idle(w);
	CU_ASSERT_EQUAL(w->port->ops->pwrite(w->port, &io, sizeof(io) - 4, 0),
			-EINVAL);
	CU_ASSERT_EQUAL(w->port->ops->pread(w->port, &io, 4, 0), -EINVAL);
	CU_ASSERT_EQUAL(w->port->ops->pread(w->port, &io, sizeof(io), 0),
			sizeof(io));
	CU_ASSERT_EQUAL(io.ret_code, 0);
}
TEST_IN_A_WORLD(partial)

static void answer_task(void *arg)
{
	struct world *w = arg;
	struct ccw_io_region io = { .ret_code = 1234 };

	world_idle(w);
	CU_ASSERT_EQUAL(w->port->ops->pwrite(w->port, &io, sizeof(io), 0),
			-EINVAL);
	CU_ASSERT_EQUAL(w->port->ops->pread(w->port, &io, sizeof(io), 0),
			sizeof(io));
	CU_ASSERT_EQUAL((int)io.ret_code, -EINVAL);
}
TEST_IN_A_WORLD(answer)

static void path_task(void *arg)
{
	struct world *w = arg;

	world_idle(w);
	CU_ASSERT_EQUAL(machine_next_cc(w->sim->machine, w->sim->sid,
					MACHINE_SSCH, 3), 0);
	CU_ASSERT_NOT_EQUAL(world_start(w), 0);
	CU_ASSERT_EQUAL(world_start(w), 0);
}
TEST_IN_A_WORLD(path)

struct waiting {
	struct world world;
	int ret;
	bool done;
};

static void waiting_start_task(void *arg)
{
	struct waiting *waiting = arg;

	waiting->ret = world_start(&waiting->world);
	waiting->done = true;
}

static void contention_task(void *arg)
{
	struct waiting *waiting = arg;
	struct world *w = arg;

	world_idle(w);
	mutex_lock(&w->ccw->lock);
	sched_spawn(w->sim->sched, "vmm 2", waiting_start_task, waiting);
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT_FALSE(waiting->done);
	mutex_unlock(&w->ccw->lock);
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT_TRUE(waiting->done);
	CU_ASSERT_EQUAL(waiting->ret, 0);
}

static void contention(void)
{
	struct waiting waiting = { .done = false };

	world_run(contention_task, &waiting);
}

static void second_task(void *arg)
{
	struct world *w = arg;

	world_bind(w);
	CU_ASSERT_EQUAL(w->port->ops->create(w->port), -EUSERS);
}
TEST_IN_A_WORLD(second)

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "of two quick interrupts neither is lost", quick },
		{ "the status of a clear carries no address", clear_address },
		{ "a clear leaves nothing to be reset", cleared },
		{ "the worker raises its events under the mutex", worker },
		{ "one device's worker does not wait for another's",
		  two_devices },
		{ "a close lets go of the eventfds", armed },
		{ "count 0 reads no descriptor and disarms if it says so",
		  count_zero },
		{ "a part of a region is refused", partial },
		{ "the answer in a region is the driver's", answer },
		{ "a path that failed is tried again", path },
		{ "a user who meets the worker waits", contention },
		{ "a second device on a subchannel is refused", second },
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "bugs_open", tests);
}
