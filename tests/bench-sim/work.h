/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The work that all channel subsystems are given, ours and others: a chain of
 * SENSE CCWs as the driver's benchmark has it, and NO OPERATION alone.
 */
#ifndef WORK_H
#define WORK_H

#define WORK_DEVICE	0x0120	/* device number */
#define WORK_CCWS	200	/* in the chain */
#define WORK_BYTES	32	/* that each asks for */
#define WORK_APART	64	/* bytes from area to area */
#define WORK_SENSE	0x04	/* command codes */
#define WORK_NOOP	0x03
#define WORK_CHAIN	0x40	/* flags of a CCW */
#define WORK_SLI	0x20
#define WORK_ORB	0x0080ff00u	/* word 1: format 1, any path */

#define WORK_CHAINS	100	/* in a round */
#define WORK_PAIRS	2000	/* in a round */
#define WORK_ROUNDS	100	/* of which the shortest counts */

#endif /* WORK_H */
