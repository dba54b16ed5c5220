/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file sim.h
 * A simulation: scheduler, machine, host, driver, monitor and trace, wired.
 */
#ifndef SIM_H
#define SIM_H

#include <stdio.h>
#include <linux/types.h>
#include "port.h"
#include "trace.h"
#include "witness.h"

struct host;
struct host_file;
struct machine;
struct runner;
struct scenario;
struct sched;
struct sim_device_error;
struct sim_device_type;

/** The simulator as a port. */
struct sim_port {
	struct port port;
	struct sim *sim;
	struct host_file *file;		/**< NULL: not open */
	u64 lines;			/**< of the trace, when a call began */
};

/** One simulation. Made by sim_create(); its members are for reading. */
struct sim {
	u64 seed;
	struct trace trace;
	struct sched *sched;
	struct host *host;
	struct machine *machine;
	const struct sim_device_type *type;
	void *device;			/**< of that type, behind ... */
	u32 sid;			/**< ... this subchannel */
	struct sim_port port;
	const char *state;		/**< of the driver, at its last event */
	bool loaded;			/**< the module is */
	bool watched;			/**< look after each step */
	struct witness witness;
	char violation[192];		/**< what it has seen; "": nothing */
	u64 steps;			/**< of the scheduler, so far */
	u64 most;			/**< that it may take; 0: any number */
};

/** What a simulation is to be like. All zero: seed 0, no trace. */
struct sim_config {
	u64 seed;		/**< of the scheduler; 0: the plain order */
	FILE *trace;		/**< NULL: no trace */
	bool json;		/**< the trace's form */
	bool watched;		/**< what must hold is looked at after each step */
	u64 most;		/**< steps it may take; 0: any number */
	const struct sim_device_type *device;	/**< NULL: a 3270 */
	const char *argument;	/**< of the device; NULL: none */
	struct sim_device_error *error;	/**< filled on failure, unless NULL */
};


/**
 * Make a simulation: a machine with one device at device number 0815, a host
 * with the driver's module loaded, nothing bound.
 * @return NULL: no memory, the module does not load, or no such device
 */
struct sim *sim_create(const struct sim_config *config);

/**
 * Choose the device that a scenario needs, unless one is chosen already.
 * @return 0; -EINVAL: it needs another than is chosen, which *error says
 */
int sim_choose_device(struct sim_config *config,
		      const struct scenario *scenario);

/** Destroy it, in whatever state it is. NULL is allowed. */
void sim_destroy(struct sim *sim);

/** The port through which a monitor drives this simulation. */
struct port *sim_port(struct sim *sim);

/** The simulation that runs on this thread. */
extern _Thread_local struct sim *sim_current;

/** Make @a sim the current one, for this thread. */
void sim_enter(struct sim *sim);

/**
 * Run a function as a task until it returns and the world is at rest.
 * @return 0; -EPROTO: host or witness has stopped the run, sim_violation_text()
 *	says why; -EDEADLK: everybody waits; -ENOMEM
 */
int sim_run(struct sim *sim, void (*fn)(void *arg), void *arg);

/** What has stopped the run; NULL: nothing. Lasts as long as @p sim. */
const char *sim_violation_text(const struct sim *sim);

/** Play one scenario on a fresh simulation and count it in @a runner. */
void sim_play(struct sim *sim, struct runner *runner,
	      const struct scenario *scenario);

#endif /* SIM_H */
