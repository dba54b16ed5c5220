/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file bench.h
 * Programs whose starts are worth measuring.
 */
#ifndef BENCH_H
#define BENCH_H

#include "vfio_port.h"
#include "vmm.h"

/** A chain of SENSE CCWs: each reads @a count bytes into the next buffer. */
struct bench_program {
	const char *name;
	u32 ccws, count;
	u32 apart;		/**< bytes from one buffer to the next */
	u32 buffers;		/**< after which the first is used again */
};

/** All of them. */
extern const struct bench_program bench_programs[];
extern const unsigned int bench_nr_programs;

/** Bind, create, open, add memory for buffers, reset. @return 0 or -errno */
int bench_open(struct vfio_port *vp, struct vmm *vmm);

/** Write a program into guest memory. @return its ORB */
struct ccw_orb bench_write(struct port *port,
			   const struct bench_program *program);

/**
 * Run it once.
 * @param took filled with nanoseconds from write() to completed read()
 * @return 0; -ETIMEDOUT; -EPROTO: it ended otherwise than it should; -errno
 */
int bench_start(struct vmm *vmm, const struct ccw_orb *orb, u64 *took);

#endif /* BENCH_H */
