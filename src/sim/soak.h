/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file soak.h
 * Stories made up by chance: write one, play it, make one that fails shorter.
 */
#ifndef SIM_SOAK_H
#define SIM_SOAK_H

#include <stdbool.h>
#include <linux/types.h>
#include "ccwsim.h"

/**
 * Write the story of @p seed, a scenario.
 * @return its text, to be freed by the caller; NULL: no memory
 */
char *soak_story(u64 seed);

/** How a story has ended. */
struct soak_end {
	u64 steps;		/**< of the scheduler */
	char what[256];		/**< what went wrong; "": nothing */
	size_t kind;		/**< how much of it says which kind it is */
};

/**
 * Play a scenario, watched, for thirty million steps at most.
 * @param config how; @a watched is not looked at, @a most_steps 0 is the bound
 *	above
 * @return 0 with @p end filled, whatever that is; -EINVAL: @p text is no
 *	scenario, or there is no memory
 */
int soak_tell(const char *text, const struct sim_config *config,
	      struct soak_end *end);

/** A story that fails, and how. */
struct soak_case {
	char *text;		/**< malloc()ed */
	u64 seed;		/**< of the scheduler */
	struct soak_end end;
};

/**
 * Take out of a story what it does not need to fail as it does.
 * @param progress called with how many lines are left, now and then; or NULL
 * @return 0, @p found has a new text, seed and end; -ENOMEM: it is unchanged
 */
int soak_shrink(struct soak_case *found,
		void (*progress)(unsigned int lines));

#endif /* SIM_SOAK_H */
