/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file sim_events.h
 * What the parts of a simulation report, turned into lines of its trace. The
 * first argument of each is the struct sim it happened in.
 */
#ifndef SIM_EVENTS_H
#define SIM_EVENTS_H

#include <linux/types.h>

struct machine_event;
struct task;

/** The machine has done something. */
void sim_machine_event(void *sim, const struct machine_event *event);
/** The scheduler has interrupted a task at a yield point. */
void sim_preempted(void *sim, struct task *task, const char *where);
/** The host has caught the driver at something forbidden. */
void sim_violation(void *sim, const char *text);
/** The driver has written to the kernel's log. */
void sim_kernel_log(void *sim, const char *text);

#endif /* SIM_EVENTS_H */
