/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For tests of bugs that Linux's driver has had: see tests/bugs/table. Each is
 * named after the symptom, and tests/bugs/put-back runs it alone, against a
 * driver with the bug.
 */
#ifndef BUGS_WORLD_H
#define BUGS_WORLD_H

#include <errno.h>
#include <stdio.h>

#include "driver_world.h"
#include "host_vfio.h"

#define DATA		(PROGRAM + 0x1000)	/* of programs */
#define SEEDS		50	/* orders of events that a race is tried in */

#define SENSE_ID	0xe4

static inline struct ccw_format1 bugs_ccw(u8 cmd, u32 flags, u16 count, u32 cda)
{
	return (struct ccw_format1){
		.word = { cpu_to_be32(FIELD_PREP(CCW0_CMD, cmd) | flags |
				      count),
			  cpu_to_be32(cda) },
	};
}

/* Store one CCW at PROGRAM and start it. Return: 0 or -errno */
static inline int bugs_start(struct world *w, struct ccw_format1 ccw)
{
	return w->port->ops->store(w->port, PROGRAM, &ccw, sizeof(ccw)) ?:
	       world_start_at(w, PROGRAM);
}

/* Start the program at @guest; @orb1 is word 1 of its ORB. Return: 0 or -errno */
static inline int bugs_start_orb(struct world *w, u32 guest, u32 orb1)
{
	const struct ccw_orb orb = {
		.word = { 0, cpu_to_be32(orb1), cpu_to_be32(guest) },
	};

	return world_start_orb(w, &orb);
}

/* Does the driver still have the program, and its data pinned? */
static inline bool bugs_program_lives(struct world *w)
{
	return vfio_ccw_cp_pinned(&w->ccw->cp, DATA, 1);
}

static inline int bugs_provoke(struct world *w, enum port_fault fault)
{
	return w->port->ops->provoke(w->port, fault, 0, 0);
}

/* Let the worker's event happen, with a status of this word and address. */
static inline void bugs_interrupt(struct world *w, u32 word, u32 address,
				  u32 generation)
{
	struct vfio_ccw_result result = {
		.irb.scsw.word = { cpu_to_be32(word), cpu_to_be32(address) },
		.generation = generation,
	};
	struct vfio_ccw_request rq = { .result = &result };

	mutex_lock(&w->ccw->lock);
	vfio_ccw_fsm_event(w->ccw, VFIO_CCW_EVENT_INTERRUPT, &rq);
	mutex_unlock(&w->ccw->lock);
}

/* Define the test @name, which runs @name_task in a world of its own. */
#define TEST_IN_A_WORLD(name)						\
	static void name(void)						\
	{								\
		struct world w;						\
									\
		world_run(name##_task, &w);				\
	}

/* Run @fn with a world of its own for each seed, until one of them fails. */
static inline void bugs_race(void (*fn)(void *arg))
{
	for (u64 seed = 1; seed <= SEEDS; seed++) {
		struct world w = { 0 };
		int ret;

		w.sim = sim_create(&(struct sim_config){ .seed = seed },
			     NULL, NULL);
		CU_ASSERT_PTR_NOT_NULL_FATAL(w.sim);
		w.port = sim_port(w.sim);
		ret = sim_run(w.sim, fn, &w) ?: sim_run(w.sim, world_end, &w);
		CU_ASSERT_EQUAL(ret, 0);
		if (ret)
			printf("\n  seed %lu: %s", (unsigned long)seed,
			       host_violation_text(w.sim->host) ?: "hangs");
		sim_destroy(w.sim);
		if (ret)
			break;
	}
}

#endif /* BUGS_WORLD_H */
