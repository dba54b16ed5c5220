/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the driver must get right beyond its table: which status ends a program,
 * what becomes of results, what failing leaves behind. Named after the symptom.
 */
#include <errno.h>
#include <stdio.h>

#include "driver_world.h"
#include "chp.h"
#include "host_fault.h"
#include "host_memory.h"
#include "vfio_ccw_cp_private.h"

#define STARTED		(SCSW0_FC_START | SCSW0_SC_PEND)
#define ENDED		(STARTED | SCSW0_SC_PRIM | SCSW0_SC_SEC)
#define ATTENTION	(SCSW0_SC_ALERT | SCSW0_SC_PEND)

static struct vfio_ccw_result status(u32 word, u32 generation)
{
	return (struct vfio_ccw_result){
		.irb.scsw.word[0] = cpu_to_be32(word),
		.generation = generation,
	};
}

/* Let the worker's event happen, with this status. Return: the next state. */
static enum vfio_ccw_state interrupt(struct world *w,
				     struct vfio_ccw_result result)
{
	struct vfio_ccw_request rq = { .result = &result };
	enum vfio_ccw_state next;

	mutex_lock(&w->ccw->lock);
	vfio_ccw_fsm_event(w->ccw, VFIO_CCW_EVENT_INTERRUPT, &rq);
	next = w->ccw->state;
	mutex_unlock(&w->ccw->lock);
	return next;
}

static void only_a_final_status_is_final(void)
{
	static const struct {
		u32 word;
		bool final;
	} cases[] = {
		{ ENDED, true },
		{ STARTED | SCSW0_SC_PRIM | SCSW0_AC_DEV, false },
		{ STARTED | SCSW0_SC_INTER | SCSW0_AC_SCH, false },
		{ STARTED | SCSW0_SC_INTER | SCSW0_AC_SUSP, false },
		{ STARTED | SCSW0_SC_INTER | SCSW0_AC_START, false },
		/* What was taken back is still shown: halted, deferred cc 1. */
		{ STARTED | SCSW0_FC_HALT | SCSW0_AC_START, true },
		{ STARTED | SCSW0_FC_HALT | SCSW0_AC_SUSP, true },
		{ STARTED | SCSW0_FC_HALT | SCSW0_AC_SCH | SCSW0_AC_DEV, true },
		{ STARTED | FIELD_PREP(SCSW0_CC, 1) | SCSW0_AC_START, true },
		{ SCSW0_SC_SEC | SCSW0_SC_PEND, true }, /* device end alone */
		{ SCSW0_FC_CLEAR | SCSW0_SC_PEND, true },
		{ SCSW0_CC | STARTED | SCSW0_SC_ALERT, true }, /* deferred cc */
		{ ATTENTION, false },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		struct vfio_ccw_result r = status(cases[i].word, 0);

		CU_ASSERT_EQUAL(vfio_ccw_final(&r.irb), cases[i].final);
	}
}

static void a_full_ring_keeps_the_final_status(void)
{
	struct vfio_ccw_ring ring = { .head = ~0u - 3, .tail = ~0u - 3 };
	struct vfio_ccw_result r;
	u32 i;

	for (i = 0; i < VFIO_CCW_RING_SIZE + 3; i++) {
		r = status(ATTENTION, i);
		vfio_ccw_ring_push(&ring, &r);
	}
	r = status(STARTED | SCSW0_SC_INTER | SCSW0_AC_SUSP, 98);
	vfio_ccw_ring_push(&ring, &r);
	CU_ASSERT_EQUAL(ring.entry[(ring.head - 1) % VFIO_CCW_RING_SIZE].generation,
			98);
	r = status(ENDED, 99);
	vfio_ccw_ring_push(&ring, &r);
	r = status(ATTENTION, 100);
	vfio_ccw_ring_push(&ring, &r);
	CU_ASSERT_EQUAL(vfio_ccw_ring_used(&ring), VFIO_CCW_RING_SIZE);
	for (i = 0; i < VFIO_CCW_RING_SIZE - 1; i++) {
		CU_ASSERT_TRUE(vfio_ccw_ring_look(&ring, &r));
		vfio_ccw_ring_take(&ring, ring.tail);
		CU_ASSERT_EQUAL(r.generation, i);
	}
	CU_ASSERT_TRUE(vfio_ccw_ring_look(&ring, &r));
		vfio_ccw_ring_take(&ring, ring.tail);
	CU_ASSERT_EQUAL(r.generation, 99);
	CU_ASSERT_FALSE(vfio_ccw_ring_look(&ring, &r));
}

static void attention_task(void *arg)
{
	struct world *w = arg;

	world_busy(w, PORT_DEVICE_HOLD);
	CU_ASSERT_EQUAL(interrupt(w, status(ATTENTION, w->ccw->generation)),
			VFIO_CCW_STATE_BUSY);
	CU_ASSERT_EQUAL(be32_to_cpu(world_read(w).word[0]), ATTENTION);
	CU_ASSERT_NOT_EQUAL(w->ccw->cp.part[0].nr, 0);
}

static void a_key_pressed_does_not_end_the_program(void)
{
	struct world w;

	world_run(attention_task, &w);
}

static void stale_task(void *arg)
{
	struct world *w = arg;
	struct vfio_ccw_result stale;

	world_busy(w, PORT_DEVICE_HOLD);
	stale = status(SCSW0_FC_CLEAR | ENDED, w->ccw->generation - 1);
	stale.irb.scsw.word[1] = cpu_to_be32(vfio_ccw_cp_start(&w->ccw->cp) + 8);
	CU_ASSERT_EQUAL(interrupt(w, stale), VFIO_CCW_STATE_BUSY);
	CU_ASSERT_NOT_EQUAL(w->ccw->cp.part[0].nr, 0);
	CU_ASSERT_EQUAL(world_read(w).word[1], 0);
	CU_ASSERT_EQUAL(interrupt(w, status(ENDED, w->ccw->generation)),
			VFIO_CCW_STATE_IDLE);
	CU_ASSERT_EQUAL(w->ccw->cp.part[0].nr, 0);
}

static void a_clear_of_before_the_start_does_not_end_it(void)
{
	struct world w;

	world_run(stale_task, &w);
}

static void addresses_task(void *arg)
{
	struct world *w = arg;
	struct vfio_ccw_result r;
	struct ccw_io_region io;
	struct ccw_irb irb;

	world_busy(w, PORT_DEVICE_HOLD);
	r = status(ENDED | SCSW0_L, w->ccw->generation);
	r.irb.scsw.word[1] = cpu_to_be32(0x12345678);
	r.irb.esw[1] = cpu_to_be32(ESW1_FSAV | ESW1_SCAV | ESW1_CONS);
	r.irb.esw[2] = r.irb.esw[3] = r.irb.esw[4] = cpu_to_be32(0x40001000);
	interrupt(w, r);
	CU_ASSERT_EQUAL(w->port->ops->pread(w->port, &io, sizeof(io), 0),
			sizeof(io));
	memcpy(&irb, io.irb_area, sizeof(irb));
	CU_ASSERT_EQUAL(irb.scsw.word[1], 0);
	CU_ASSERT_EQUAL(be32_to_cpu(irb.esw[1]), ESW1_CONS);
	CU_ASSERT_EQUAL(irb.esw[2] | irb.esw[3] | irb.esw[4], 0);
}

static void addresses_of_the_host_do_not_reach_the_guest(void)
{
	struct world w;

	world_run(addresses_task, &w);
}

static void lost_before_open_task(void *arg)
{
	struct world *w = arg;

	world_bind(w);
	CU_ASSERT_EQUAL(machine_detach(w->sim->machine, w->sim->sid), 0);
	CU_ASSERT_EQUAL(w->port->ops->open(w->port), -EINVAL);
	CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_UNCONFIGURED);
}

static void a_lost_device_cannot_be_opened(void)
{
	struct world w;

	world_run(lost_before_open_task, &w);
}

static void other_device_task(void *arg)
{
	struct world *w = arg;

	world_idle(w);
	w->ccw->devno ^= 1; /* as if the one that is there were another */
	CU_ASSERT_EQUAL(world_reset(w), -EINVAL);
	CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_STANDBY);
	CU_ASSERT_EQUAL(world_start(w), -EIO);
	CU_ASSERT_EQUAL(w->port->ops->close(w->port), 0);
	CU_ASSERT_EQUAL(w->port->ops->open(w->port), -EINVAL);
	w->ccw->devno ^= 1;
	CU_ASSERT_EQUAL(w->port->ops->open(w->port), 0);
	CU_ASSERT_EQUAL(world_reset(w), 0);
}

static void another_device_on_the_subchannel_is_not_enabled(void)
{
	struct world w;

	world_run(other_device_task, &w);
}

static void old_status_task(void *arg)
{
	struct world *w = arg;

	world_idle(w);
	CU_ASSERT_EQUAL(world_start(w), 0);
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT_NOT_EQUAL(world_read(w).word[0], 0);
	CU_ASSERT_EQUAL(world_reset(w), 0);
	CU_ASSERT_EQUAL(world_read(w).word[0], 0);
}

static void a_guest_after_reset_does_not_see_the_last_ones_status(void)
{
	struct world w;

	world_run(old_status_task, &w);
}

/* Try to bring a device down to @target that never answers. */
static void give_up(struct world *w, enum vfio_ccw_state target)
{
	struct vfio_ccw_request rq = { .target = target };
	unsigned int waits = 0;

	/* No time passes but on paper: neither halt nor clear is performed. */
	while (w->ccw->state != VFIO_CCW_STATE_STANDBY && waits < 100) {
		vfio_ccw_fsm_event(w->ccw, VFIO_CCW_EVENT_OFFLINE, &rq);
		waits += w->ccw->state == VFIO_CCW_STATE_QUIESCING;
		w->ccw->deadline = jiffies;
	}
	CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_STANDBY);
	CU_ASSERT_EQUAL(waits, 11);
	w->abandoned = 3; /* the arena, the page nowhere, a page of the guest */
}

static void silent_task(void *arg)
{
	struct world *w = arg;
	char late[4] = "late";
	u64 place;

	world_busy(w, PORT_DEVICE_DEAF);
	place = w->ccw->cp.part[0].page[0].place;
	mutex_lock(&w->ccw->lock);
	give_up(w, VFIO_CCW_STATE_STANDBY);
	CU_ASSERT_PTR_NULL(w->ccw->cp.part[0].arena);
	CU_ASSERT_EQUAL(w->ccw->cp.part[0].nr, 0);
	mutex_unlock(&w->ccw->lock);
	/* If it stores after all, no other owner's memory is destroyed. */
	CU_ASSERT_EQUAL(host_storage(w->sim->host, place, late, sizeof(late), 0,
				     true), 0);
}

/* The same because its memory goes: the guest lives on, and is told. */
static void silent_unmap_task(void *arg)
{
	struct world *w = arg;

	world_busy(w, PORT_DEVICE_DEAF);
	mutex_lock(&w->ccw->lock);
	give_up(w, VFIO_CCW_STATE_IDLE);
	mutex_unlock(&w->ccw->lock);
	CU_ASSERT_EQUAL(be32_get_bits(world_read(w).word[0], SCSW0_CC), 3);
}

static void a_device_that_never_answers_is_given_up(void)
{
	struct world w;

	world_run(silent_task, &w);
	world_run(silent_unmap_task, &w);
}

/* It is gone, but what it said last has not been looked at. */
static void last_word_task(void *arg)
{
	struct vfio_ccw_request rq = { 0 };
	struct world *w = arg;

	world_busy(w, PORT_DEVICE_HOLD);
	mutex_lock(&w->ccw->lock);
	world_store_status(w, ENDED);
	CU_ASSERT_EQUAL(machine_detach(w->sim->machine, w->sim->sid), 0);
	vfio_ccw_fsm_event(w->ccw, VFIO_CCW_EVENT_SCH_EVENT, &rq);
	CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_BUSY);
	mutex_unlock(&w->ccw->lock);
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_IDLE);
	CU_ASSERT_EQUAL(world_read(w).word[0], cpu_to_be32(ENDED | SCSW0_F));
	CU_ASSERT_EQUAL(w->port->ops->provoke(w->port, PORT_DEVICE_BACK, 0, 0), 0);
	world_wait(w, LONG_ENOUGH);
}

/* Nobody holds it, so nobody need be told; the common I/O layer unbinds us. */
static void gone_unused_task(void *arg)
{
	struct world *w = arg;

	world_bind(w);
	CU_ASSERT_EQUAL(w->port->ops->provoke(w->port, PORT_DEVICE_GONE, 0, 0), 0);
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT_EQUAL(w->port->ops->unbind(w->port), -ENODEV);
}

static void a_subchannel_that_is_gone_is_given_back(void)
{
	struct world w;

	world_run(gone_unused_task, &w);
}

static void the_last_word_of_a_device_is_heard(void)
{
	struct world w;

	world_run(last_word_task, &w);
}

/* Make the n-th of a kind of call fail in a start, for every n there is. */
static void failing_task(struct world *w, enum host_fault kind, int error)
{
	unsigned int n = 0;
	bool hit;

	world_idle(w);
	do {
		vfio_ccw_cp_free(&w->ccw->cp); /* so that it is made anew */
		host_fault_arm(w->sim->host, kind, ++n);
		CU_ASSERT_TRUE(world_start(w) == 0 ||
			       host_fault_hit(w->sim->host, kind));
		hit = host_fault_hit(w->sim->host, kind);
		host_fault_arm(w->sim->host, kind, 0);
		if (hit && error) {
			CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_IDLE);
			CU_ASSERT_EQUAL(w->ccw->cp.part[0].nr, 0);
		}
		world_wait(w, LONG_ENOUGH);
		CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_IDLE);
	} while (hit && n < 100);
	CU_ASSERT_TRUE(n > 1);
}

static void no_memory_task(void *arg)
{
	failing_task(arg, HOST_FAULT_ALLOC, -ENOMEM);
}

static void no_pin_task(void *arg)
{
	failing_task(arg, HOST_FAULT_PIN, -ENOMEM);
}

static void no_copy_task(void *arg)
{
	failing_task(arg, HOST_FAULT_COPY, -EFAULT);
}

static void no_guest_task(void *arg)
{
	failing_task(arg, HOST_FAULT_GUEST, -EFAULT);
}

static void a_start_that_fails_leaves_nothing_behind(void)
{
	struct world w;

	world_run(no_memory_task, &w);
	world_run(no_pin_task, &w);
	world_run(no_copy_task, &w);
	world_run(no_guest_task, &w);
}

static void refused_task(void *arg)
{
	struct world *w = arg;

	world_idle(w);
	CU_ASSERT_EQUAL(machine_next_cc(w->sim->machine, w->sim->sid,
					MACHINE_SSCH, 2), 0);
	CU_ASSERT_EQUAL(world_start(w), -EBUSY);
	CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_IDLE);
	CU_ASSERT_EQUAL(w->ccw->cp.part[0].nr, 0);
	CU_ASSERT_EQUAL(world_start(w), 0);
}

static void a_start_that_is_refused_leaves_nothing_behind(void)
{
	struct world w;

	world_run(refused_task, &w);
}

/* The pages of a guest have the guest's keys, and its program has its own. */
static void key_task(void *arg)
{
	static const struct {
		u8 key;
		u32 wrong;
	} cases[] = { { 5, 0 }, { 0, 0 }, { 6, SCSW2_CSTAT_PROT } };
	struct world *w = arg;

	world_idle(w);
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ccw_orb orb = world_orb(PROGRAM);
		u32 word;

		orb.word[1] |= be32_encode_bits(cases[i].key, ORB1_KEY);
		host_set_key(w->sim->host, PROGRAM + 0x1000, PAGE_KEY(5));
		CU_ASSERT_EQUAL(world_start(w), 0);
		world_wait(w, LONG_ENOUGH);
		world_read(w);
		CU_ASSERT_EQUAL(world_start_orb(w, &orb), 0);
		world_wait(w, LONG_ENOUGH);
		word = be32_to_cpu(world_read(w).word[2]);
		CU_ASSERT_EQUAL(word & SCSW2_CSTAT, cases[i].wrong);
	}
}

static void a_program_runs_with_the_keys_of_its_guest(void)
{
	struct world w;

	world_run(key_task, &w);
}

static void path_task(void *arg)
{
	struct world *w = arg;
	u32 word;

	world_busy(w, PORT_DEVICE_HOLD);
	host_chp_event(w->sim->host, w->ccw->sch->ssd_info.chpid[0].id,
		       CHP_VARY_OFF);
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_IDLE);
	word = be32_to_cpu(world_read(w).word[0]);
	CU_ASSERT_NOT_EQUAL(word & SCSW0_FC_HALT, 0);
	CU_ASSERT_EQUAL(world_start(w), -ENODEV);
	host_chp_event(w->sim->host, w->ccw->sch->ssd_info.chpid[0].id,
		       CHP_VARY_ON);
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT_EQUAL(world_start(w), 0);
}

static void a_program_on_a_path_varied_off_is_stopped(void)
{
	struct world w;

	world_run(path_task, &w);
}

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "only a final status is final", only_a_final_status_is_final },
		{ "a full ring keeps the final status",
		  a_full_ring_keeps_the_final_status },
		{ "a key pressed does not end the program",
		  a_key_pressed_does_not_end_the_program },
		{ "a clear of before the start does not end it",
		  a_clear_of_before_the_start_does_not_end_it },
		{ "addresses of the host do not reach the guest",
		  addresses_of_the_host_do_not_reach_the_guest },
		{ "a lost device cannot be opened",
		  a_lost_device_cannot_be_opened },
		{ "another device on the subchannel is not enabled",
		  another_device_on_the_subchannel_is_not_enabled },
		{ "a guest after reset does not see the last one's status",
		  a_guest_after_reset_does_not_see_the_last_ones_status },
		{ "a device that never answers is given up",
		  a_device_that_never_answers_is_given_up },
		{ "a subchannel that is gone is given back",
		  a_subchannel_that_is_gone_is_given_back },
		{ "the last word of a device is heard",
		  the_last_word_of_a_device_is_heard },
		{ "a start that fails leaves nothing behind",
		  a_start_that_fails_leaves_nothing_behind },
		{ "a start that is refused leaves nothing behind",
		  a_start_that_is_refused_leaves_nothing_behind },
		{ "a program on a path varied off is stopped",
		  a_program_on_a_path_varied_off_is_stopped },
		{ "a program runs with the keys of its guest",
		  a_program_runs_with_the_keys_of_its_guest },
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "driver", tests);
}
