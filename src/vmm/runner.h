/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file runner.h
 * Play scenarios on a port and report what held.
 */
#ifndef RUNNER_H
#define RUNNER_H

#include <stdbool.h>
#include <stdio.h>

struct ccw_irb;
struct port;
struct scenario;
struct vmm;

/** A series of scenarios. Zero it, set @a out, and count from there. */
struct runner {
	FILE *out;			/**< result lines go here; may be NULL */
	unsigned int passed;		/**< scenarios that held */
	unsigned int failed;		/**< scenarios with a line that did not */
	unsigned int skipped;		/**< scenarios that need something else */
	unsigned int broken;		/**< files that are not scenarios */
	/**
	 * Called before each step, for a trace; may be NULL. Line 0 is for
	 * what the runner does of its own before the first and after the last.
	 */
	void (*before)(void *ctx, unsigned int line, const char *text,
		       const char *why);
	bool answers;			/**< report what each step got */
	const struct vmm *vmm;		/**< in the middle of a play; else NULL */
	const struct ccw_irb *irb;	/**< the guest's last status; likewise */
	/** Called after the last step; false if the world is not as before. */
	bool (*after)(void *ctx, const struct scenario *scenario, FILE *out);
	void *ctx;			/**< for @a before and @a after */
};

/**
 * Play one scenario. On entry nothing may be bound; on return nothing is, so
 * the port can be used again. Prints PASS, FAIL or SKIP and counts it.
 * Context: whatever the port's calls allow; they may sleep.
 */
void runner_play(struct runner *runner, struct port *port,
		 const struct scenario *scenario);

/** Parse a file and play it; a parser error is printed and counted. */
void runner_file(struct runner *runner, struct port *port, const char *path);

/**
 * Print "N passed, N failed, N skipped".
 * @return exit status: 0 all held, 1 an expectation failed, 2 a bad file
 */
int runner_finish(const struct runner *runner);

#endif /* RUNNER_H */
