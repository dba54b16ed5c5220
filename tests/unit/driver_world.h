/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulation with the driver in it, for tests that look at the driver itself:
 * going up its ladder by system calls, starting a program that does not end.
 */
#ifndef DRIVER_WORLD_H
#define DRIVER_WORLD_H

#include <stdio.h>
#include <string.h>

#include <linux/bitfield.h>
#include <linux/vfio_ccw.h>

#include "dev_3270.h"
#include "host.h"
#include "host_cio.h"
#include "machine.h"
#include "sched.h"
#include "sim.h"
#include "suite.h"
#include "vfio_ccw_private.h"

#define PROGRAM		0x1000	/* guest address of a one-CCW program */
#define LONG_ENOUGH	20000000 /* ns; for device and worker to be done */

/* One simulation and the driver in it. A test has its own structure round it. */
struct world {
	struct sim *sim;
	struct port *port;
	struct vfio_ccw *ccw;
	unsigned int abandoned;	/* allocations that are left on purpose */
};

/* The operation-request block for a program at @guest. */
static inline struct ccw_orb world_orb(u32 guest)
{
	return (struct ccw_orb){
		.word = { 0, cpu_to_be32(ORB1_F | ORB1_P |
					 FIELD_PREP(ORB1_LPM, 0x80)),
			  cpu_to_be32(guest) },
	};
}

/* Let simulated time pass. */
static inline void world_wait(struct world *w, u64 ns)
{
	struct waitq nobody = { NULL };

	sched_block(w->sim->sched, &nobody, ns);
}

/* Start the program of @orb, as a VMM does. Return: 0 or -errno */
static inline int world_start_orb(struct world *w, const struct ccw_orb *orb)
{
	struct ccw_scsw scsw = { .word[0] = cpu_to_be32(SCSW0_FC_START) };
	struct ccw_io_region io = { 0 };
	ssize_t ret;

	memcpy(io.orb_area, orb, sizeof(io.orb_area));
	memcpy(io.scsw_area, &scsw, sizeof(io.scsw_area));
	ret = w->port->ops->pwrite(w->port, &io, sizeof(io), 0);
	return ret == sizeof(io) ? 0 : ret;
}

/* Start the program at @guest. Return: 0 or -errno */
static inline int world_start_at(struct world *w, u32 guest)
{
	struct ccw_orb orb = world_orb(guest);

	return world_start_orb(w, &orb);
}

/* Start a SENSE ID; whether it ends is for the terminal's manner to say. */
static inline int world_start(struct world *w)
{
	const struct ccw_format1 ccw = {
		.word = { cpu_to_be32(FIELD_PREP(CCW0_CMD, 0xe4) | CCW0_SLI |
				      FIELD_PREP(CCW0_COUNT, 7)),
			  cpu_to_be32(PROGRAM + 0x1000) },
	};

	return w->port->ops->store(w->port, PROGRAM, &ccw, sizeof(ccw)) ?:
	       world_start_at(w, PROGRAM);
}

/* Write @command to the command region. Return: 0 or -errno */
static inline int world_command(struct world *w, u32 command)
{
	struct ccw_cmd_region region = { .command = command };
	ssize_t ret = w->port->ops->pwrite(w->port, &region, sizeof(region),
					   1 << 10);

	return ret == sizeof(region) ? 0 : ret;
}

/* Read the SCHIB region. */
static inline struct ccw_schib world_schib(struct world *w)
{
	struct ccw_schib schib = { 0 };

	CU_ASSERT_EQUAL(w->port->ops->pread(w->port, &schib, sizeof(schib),
					    2 << 10), sizeof(schib));
	return schib;
}

/* Take a channel report from the CRW region; 0: there is none. */
static inline u32 world_crw(struct world *w)
{
	struct ccw_crw crw[2] = { 0 };		/* the second is padding */

	CU_ASSERT_EQUAL(w->port->ops->pread(w->port, crw, sizeof(crw), 3 << 10),
			sizeof(crw));
	return be32_to_cpu(crw[0].word[0]);
}

static inline int world_reset(struct world *w)
{
	return w->port->ops->ioctl(w->port, VFIO_DEVICE_RESET, NULL);
}

static inline void world_reset_task(void *arg)
{
	world_reset(arg);
}

/* Read the I/O region; the status of its IRB is what is returned. */
static inline struct ccw_scsw world_read(struct world *w)
{
	struct ccw_io_region io = { 0 };
	struct ccw_scsw scsw;

	CU_ASSERT_EQUAL(w->port->ops->pread(w->port, &io, sizeof(io), 0),
			sizeof(io));
	memcpy(&scsw, io.irb_area, sizeof(scsw));
	return scsw;
}

/* Bind and create: UNCONFIGURED. */
static inline void world_bind(struct world *w)
{
	CU_ASSERT_EQUAL_FATAL(w->port->ops->bind(w->port), 0);
	CU_ASSERT_EQUAL_FATAL(w->port->ops->create(w->port), 0);
	w->ccw = vfio_ccw_of(host_subchannel(w->sim->host, w->sim->sid));
}

/* Open and reset as well: IDLE. */
static inline void world_idle(struct world *w)
{
	world_bind(w);
	CU_ASSERT_EQUAL_FATAL(w->port->ops->open(w->port), 0);
	CU_ASSERT_EQUAL_FATAL(world_reset(w), 0);
}

/* Let the device misbehave so, or behave. */
static inline void world_behave(struct world *w, enum port_fault manner)
{
	CU_ASSERT_EQUAL(w->port->ops->provoke(w->port, manner, 0, 0), 0);
}

/* And start a program on a terminal that keeps its answer: BUSY. */
static inline void world_busy(struct world *w, enum port_fault manner)
{
	world_idle(w);
	world_behave(w, manner);
	CU_ASSERT_EQUAL_FATAL(world_start(w), 0);
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT_EQUAL_FATAL(w->ccw->state, VFIO_CCW_STATE_BUSY);
}

/* Store status as the interrupt handler does; nobody looks at it yet. */
static inline void world_store_status(struct world *w, u32 word)
{
	const struct irb irb = { .scsw.word[0] = cpu_to_be32(word) };

	spin_lock_irq(vfio_ccw_sch_lock(w->ccw->sch));
	vfio_ccw_irq_store(w->ccw, &irb);
	spin_unlock_irq(vfio_ccw_sch_lock(w->ccw->sch));
}

static inline void world_left(void *ctx, const char *text)
{
	printf("\n  left: %s", text);
}

/* Let go of the device and unload the module; nothing may be left then. */
static inline void world_end(void *arg)
{
	struct world *w = arg;

	w->port->ops->close(w->port);
	w->port->ops->remove(w->port);
	w->port->ops->unbind(w->port);
	host_module_unload(w->sim->host);
	w->sim->loaded = false;
	CU_ASSERT_EQUAL(host_check_clean(w->sim->host, world_left, NULL),
			w->abandoned);
}

/* Run @fn with @arg, which begins with a world, as a task of a new simulation. */
static inline void world_run(void (*fn)(void *arg), void *arg)
{
	struct world *w = arg;

	w->abandoned = 0;
	w->sim = sim_create(&(struct sim_config){ .seed = 0 },
			     NULL, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(w->sim);
	w->port = sim_port(w->sim);
	CU_ASSERT_EQUAL(sim_run(w->sim, fn, arg), 0);
	if (!host_violation_text(w->sim->host))
		CU_ASSERT_EQUAL(sim_run(w->sim, world_end, w), 0);
	if (host_violation_text(w->sim->host))
		printf("\n  %s", host_violation_text(w->sim->host));
	sim_destroy(w->sim);
}

#endif /* DRIVER_WORLD_H */
