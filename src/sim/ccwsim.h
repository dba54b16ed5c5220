/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file ccwsim.h
 * libccwsim: simulations of the vfio_ccw driver in its world, for C programs.
 *
 * A simulation plays one scenario and is thrown away. Simulations know nothing
 * of each other: any number may exist at a time, and be stepped in any order.
 *
 * Threads: a simulation is used by the thread that has made it and by no
 * other. Simulations of different threads run side by side.
 *
 * Ownership: the caller owns what he passes in, and it need only last the call
 * unless it says otherwise. What a function returns belongs to the simulation.
 *
 * Memory: to run out of it is an error while a simulation is made. In the middle
 * of a play it ends the process by abort(), as there is no way on that would
 * not be a lie about the driver.
 *
 * Numbers: times are simulated nanoseconds, sizes are bytes. Structures of the
 * architecture are big-endian, byte for byte as the instructions store them.
 */
#ifndef CCWSIM_H
#define CCWSIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Counts the changes after which a program that uses this must be revised. */
#define SIM_INTERFACE 1

struct sim;

/** What a simulation is to be like. All zero: seed 0, nobody listens. */
struct sim_config {
	uint64_t seed;		/**< decides every race; 0: the plain order */
	/** "TYPE" or "TYPE=ARGUMENT", as `ccwsim devices` lists them; NULL: the
	 *  one that the scenario needs, or a 3270. */
	const char *device;
	bool json;		/**< events as JSON, not as text */
	bool watched;		/**< also look, after each step of the scheduler,
				 *  whether what must hold does */
	uint64_t most_steps;	/**< that it may take; 0: any number */
	/**
	 * Called for each event of the trace, in the order of events, from
	 * within sim_step() or sim_play(); may be NULL. @a text ends with a
	 * newline and a zero byte, and lasts until the function returns. As JSON
	 * it is one line; as text, the heading of a step begins with an empty
	 * line. The function may look at the simulation, and must neither let
	 * it go on nor destroy it.
	 */
	void (*event)(void *ctx, const char *text, size_t length);
	/** Called likewise for each line of sim_report(), in order with the
	 *  events; may be NULL. */
	void (*result)(void *ctx, const char *text, size_t length);
	void *ctx;		/**< for @a event and @a result */
};

/** Why a call has failed. */
struct sim_error {
	unsigned int line;	/**< of the scenario, from 1; 0: none */
	unsigned int column;	/**< from 1, in bytes; 0: none */
	char text[1024];	/**< "file:line:column: found ..., expected ..." */
};

/**
 * Make a simulation that plays a scenario: a machine with its device, a host
 * with the driver's module loaded, nothing bound.
 * @param config copied; NULL: all zero
 * @param name of the scenario, for messages
 * @param text the scenario; need not be terminated, may hold any bytes
 * @param length of @a text
 * @param error filled on failure; may be NULL
 * @return to be destroyed by the caller; NULL: not a scenario, no such device,
 *	or no memory
 */
struct sim *sim_load(const struct sim_config *config, const char *name,
		     const char *text, size_t length, struct sim_error *error);

/** The same of a file, whose path is the name. */
struct sim *sim_load_file(const struct sim_config *config, const char *path,
			  struct sim_error *error);

/** Destroy a simulation, wherever it stands. NULL is allowed. */
void sim_destroy(struct sim *sim);

/** Play until the next event. @return false: the scenario is over */
bool sim_step(struct sim *sim);

/** Play to the end. */
void sim_play(struct sim *sim);

/** What has become of the scenario. */
enum sim_verdict {
	SIM_UNDECIDED,		/**< it is not over */
	SIM_PASSED,		/**< everything held */
	SIM_FAILED,		/**< something did not: see sim_report() */
	SIM_SKIPPED,		/**< it needs what the simulator does not offer */
};

enum sim_verdict sim_verdict(const struct sim *sim);

/**
 * What held and what did not as far as it was played, a line for each: "FAIL
 * file:line: expected ..., got ...". Lasts until the next call.
 */
const char *sim_report(const struct sim *sim);

/** Who owns a state of the device. */
enum sim_owner { SIM_MACHINE, SIM_DRIVER, SIM_VMM, SIM_GUEST, SIM_OWNERS };

/** What the four owners hold at this moment. */
struct sim_states {
	uint64_t now;		/**< simulated time in nanoseconds */
	uint8_t machine[52];	/**< SCHIB of the real subchannel */
	const char *driver;	/**< "UNBOUND", "IDLE", ...; never freed */
	uint8_t vmm[52];	/**< SCHIB of the virtual subchannel */
	uint8_t guest[96];	/**< IRB that the guest has fetched last */
};

/** Look at all of them. Before and after the play the last two are zero. */
void sim_states(const struct sim *sim, struct sim_states *states);

/** What one owner holds, in the words of a scenario, ended by a zero byte. */
void sim_describe(const struct sim *sim, enum sim_owner owner, char *buf,
		  size_t size);

/**
 * One line of what an operator sees at the device: a row of a screen, a line
 * that was printed.
 * @param line from 0
 * @return false: there is no such line, and @a buf is empty
 */
bool sim_view(const struct sim *sim, unsigned int line, char *buf, size_t size);

/**
 * Copy from the guest's memory.
 * @param guest absolute address
 * @return 0, or -EFAULT: no such memory, nothing copied
 */
int sim_memory(const struct sim *sim, uint64_t guest, void *buf, size_t size);

#endif /* CCWSIM_H */
