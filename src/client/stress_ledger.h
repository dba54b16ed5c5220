/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file stress_ledger.h
 * Who has started what, and whether a result is one that may come.
 */
#ifndef STRESS_LEDGER_H
#define STRESS_LEDGER_H

#include <stdatomic.h>
#include <stdbool.h>

#include "sense_id.h"

#define LEDGER_SLOTS	1024
#define LEDGER_SLOT	64		/* bytes of a slot's program, and buffer */
#define LEDGER_PROGRAMS	0x10000		/* where the guest keeps the programs, */
#define LEDGER_BUFFERS	0x20000		/* and the buffers */
#define LEDGER_AHEAD	6	/* starts with no result yet, in a steady life */

enum slot_state { SLOT_FREE, SLOT_STARTED, SLOT_ENDED };

/** A program that may be running. */
struct ledger_slot {
	atomic_uint state;	/**< enum slot_state */
	atomic_ullong accepted;	/**< when its start was; ULLONG_MAX: not yet */
	u32 end;		/**< behind the last CCW it will execute */
};

/** The account of one life. */
struct ledger {
	bool steady;			/**< nobody takes results away */
	struct sense_id id;		/**< what the device answers */
	atomic_ullong clock;		/**< one more for whoever looks at it */
	atomic_ullong horizon;		/**< what was accepted before is dead */
	atomic_uint ahead;		/**< steady: starts without a result */
	atomic_ullong ended, unusual;	/**< results that were programs' ends */
	struct ledger_slot slot[LEDGER_SLOTS];
};

/** Begin a life: nothing is started. */
void ledger_begin(struct ledger *ledger, bool steady);

/** The time. No two are the same. */
u64 ledger_now(struct ledger *ledger);

/** Write a program into a slot; @a choice says which. @return its ORB */
struct ccw_orb ledger_program(struct ledger *ledger, struct port *port,
			      unsigned int slot, unsigned int choice);

/** About to start it. @return false: too many are ahead, do not */
bool ledger_start(struct ledger *ledger, unsigned int slot);

/** The start was answered. @return what is wrong with that, or NULL */
const char *ledger_started(struct ledger *ledger, unsigned int slot, int ret);

/** A reset that began at @a began has succeeded. */
void ledger_reset(struct ledger *ledger, u64 began);

/**
 * A result was read.
 * @param horizon the ledger's, as it was before reading
 * @return what is wrong with it, or NULL
 */
const char *ledger_result(struct ledger *ledger, struct port *port,
			  const struct ccw_irb *irb, u64 horizon);

#endif /* STRESS_LEDGER_H */
