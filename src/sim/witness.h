/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file witness.h
 * Watches a simulation, and knows what must hold after each of its steps.
 */
#ifndef SIM_WITNESS_H
#define SIM_WITNESS_H

#include <stdbool.h>
#include <stdio.h>
#include <linux/types.h>

struct eventfd_ctx;
struct sim;

/** A ring that somebody is told of, by an eventfd. */
struct witness_bell {
	const struct eventfd_ctx *ctx;	/**< who is told; NULL: nobody */
	u32 tail;			/**< how many were ever taken out */
	u64 since;			/**< it must have rung after this signal */
	u64 seen;			/**< signals there were at the last look */
};

/** What is remembered between two looks. All zero: nothing was seen yet. */
struct witness {
	unsigned int state;		/**< what the last event has led to */
	bool running;			/**< a start was accepted, no end seen */
	unsigned int ends;		/**< final results since the last event */
	struct witness_bell raw, results, reports;
	const char *name;		/**< of what does not hold; NULL: all do */
	char text[128];			/**< and in which way */
};

/** START SUBCHANNEL was tried; @p ret is what the driver will answer. */
void witness_start(struct witness *witness, int ret);
/** The driver has a result for the user. */
void witness_result(struct witness *witness, bool final);
/** An event has been dealt with. */
void witness_event(struct witness *witness, unsigned int event,
		   unsigned int next, int ret);

/** Look, between two steps. @return whether everything holds */
bool witness_look(struct witness *witness, struct sim *sim);

/** Print what must hold: a name and a sentence per line, a tab between. */
void witness_list(FILE *out);

#endif /* SIM_WITNESS_H */
