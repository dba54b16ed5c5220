/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file sim.h
 * A simulation from within: scheduler, machine, host, driver, monitor and trace,
 * wired. Whoever only uses one needs ccwsim.h.
 */
#ifndef SIM_H
#define SIM_H

#include <linux/types.h>
#include "ccwsim.h"
#include "port.h"
#include "runner.h"
#include "trace.h"
#include "witness.h"

struct coro;
struct dev_unruly;
struct host;
struct host_file;
struct machine;
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
	void *device;			/**< of that type, in ... */
	struct dev_unruly *unruly;	/**< ... this one, behind ... */
	u32 sid;			/**< ... this subchannel */
	struct sim_port port;
	const char *state;		/**< of the driver, at its last event */
	bool loaded;			/**< the module is */
	bool bare;			/**< a program runs on the bare machine */
	bool watched;			/**< look after each step */
	struct witness witness;
	char violation[192];		/**< what it has seen; "": nothing */
	u64 steps;			/**< of the scheduler, so far */
	u64 most;			/**< that it may take; 0: any number */
	void (*event)(void *ctx, const char *text, size_t length);
	void (*result)(void *ctx, const char *text, size_t length);
	void *ctx;			/**< for @a event and @a result */
	struct scenario *scenario;	/**< NULL: none */
	struct runner runner;
	char *report;			/**< what the runner has printed, or NULL */
	size_t report_length;
	size_t reported;		/**< how much of it was passed on */
	struct coro *stage;		/**< in which the scenario is played */
	bool stepping;			/**< the next event is a pause */
	bool over;			/**< the play is */
};

/** The storage of a bare machine, which is the guest's memory: no host, no
 *  driver. For struct machine_env and struct cpu; @a sim is the struct sim. */
int sim_bare_storage(void *sim, u64 absolute, void *buf, u32 len, u8 key,
		     bool write);

/**
 * Make a simulation: a machine with one device at device number 0815, a host
 * with the driver's module loaded, nothing bound.
 * @param config copied, but for the text in it, which is only read
 * @param scenario what it is to play, and whose device it gets; the simulation
 *	takes it over, also on failure. NULL: none
 * @param error filled on failure; may be NULL
 * @return NULL: no memory, the module does not load, or no such device
 */
struct sim *sim_create(const struct sim_config *config,
		       struct scenario *scenario, struct sim_error *error);

/** The port through which a monitor drives this simulation. */
struct port *sim_port(struct sim *sim);

/**
 * Run a function as a task until it returns and the world is at rest.
 * @return 0; -EPROTO: host or witness has stopped the run, sim_violation_text()
 *	says why; -EDEADLK: everybody waits; -ENOMEM
 */
int sim_run(struct sim *sim, void (*fn)(void *arg), void *arg);

/** What has stopped the run; NULL: nothing. Lasts as long as @p sim. */
const char *sim_violation_text(const struct sim *sim);

/** Say why a call fails, unless @a error is NULL. */
void sim_complain(struct sim_error *error, const char *text);
/** An event of the trace is ready; @a ctx is the simulation. */
void sim_sink(void *ctx, const char *text, size_t length);
/** Forget what the runner has printed. */
void sim_close_report(struct sim *sim);

#endif /* SIM_H */
