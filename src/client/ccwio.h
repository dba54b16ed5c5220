/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file ccwio.h
 * The commands of ccwio, and what they share.
 */
#ifndef CCWIO_H
#define CCWIO_H

#include <signal.h>
#include <cmd.h>

#include "vfio_port.h"

extern const struct cmd cmd_info, cmd_sense_id, cmd_run, cmd_stress, cmd_bench;

/** The option that most commands have. */
#define OPTION_DEVICE							\
	{ .key = 'd', .name = "device", .argument = "SUBCHANNEL",	\
	  .brief = true, .text = "its number, like 0.0.0001\n" }

/** The user has had enough. */
extern volatile sig_atomic_t ccwio_stop;

/**
 * Prepare a port for subchannel @a device, do a command's work with it, and give
 * back what it has taken. Complain if there is no @a device or it is none.
 * @return enum cmd_status, the work's if it was done
 */
int ccwio_with(const struct cmd *cmd, const char *device,
	       int (*work)(struct vfio_port *vp, void *arg), void *arg);

/** Say what failed: the port's story, or @a what and an errno. @return CMD_FAILED */
int ccwio_failed(const struct vfio_port *vp, const char *what, int ret);

#endif /* CCWIO_H */
