/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file cmd_owners.h
 * What each of the four owners of state holds, as names and values.
 */
#ifndef SIM_CMD_OWNERS_H
#define SIM_CMD_OWNERS_H

#include <stdbool.h>
#include "ccwsim.h"

#define OWNER_FACTS	10	/**< that an owner can have */

/** One of them: its name, never freed, and its value. */
struct owner_fact {
	const char *name;
	char value[40];
};

/** What one owner holds. */
struct owner_view {
	const char *title;		/**< "MACHINE" */
	const char *what;		/**< "real subchannel" */
	struct owner_fact fact[OWNER_FACTS];
	unsigned int count;
};

/** Look at all four: owners[] is indexed by enum sim_owner. */
void owners_look(const struct sim *sim, struct owner_view owners[SIM_OWNERS]);

#endif /* SIM_CMD_OWNERS_H */
