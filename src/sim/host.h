/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file
 * The host: stands in for the Linux kernel round the driver.
 */
#ifndef HOST_H
#define HOST_H

#include <linux/types.h>

struct host;
struct machine;
struct sched;

/** What a host reports to the one who made it. */
struct host_hooks {
	void *ctx;
	/** A self-check failed; @p text says what, who and where. After it
	 *  the run stops: see sched_stop(). */
	void (*violation)(void *ctx, const char *text);
	/** The driver wrote a line to the kernel's log. */
	void (*print)(void *ctx, const char *text);
};

/** The host that kernel functions called on this thread belong to. */
extern _Thread_local struct host *host_current;

/**
 * Make a host; also makes it the current one.
 *
 * @param sched  must outlive the host
 * @param hooks  copied; may be NULL: violations go to stderr
 * @return the host; NULL: no memory
 */
struct host *host_create(struct sched *sched, const struct host_hooks *hooks);
/** Free everything, also what the driver has left behind. No checks. */
void host_destroy(struct host *host);
/** Make @p host the current one, before stepping its scheduler. */
void host_enter(struct host *host);
/** The ctx of the current host's hooks. */
void *host_context(void);
/** Tell which machine the instructions go to. Before the first bind. */
void host_set_machine(struct host *host, struct machine *machine);

/** Call the driver's module_init function. @return what it returns */
int host_module_load(struct host *host);
/** Call its module_exit function; unbinds all subchannels. */
void host_module_unload(struct host *host);

/**
 * Report what should be gone when no device is open and no module loaded.
 *
 * @param line  called with one line for each thing left; may be NULL
 * @return how many things are left; 0: clean
 */
unsigned int host_check_clean(struct host *host,
			      void (*line)(void *ctx, const char *text),
			      void *ctx);
/** The text of the violation that ended the run; NULL: there was none. */
const char *host_violation_text(const struct host *host);

#endif /* HOST_H */
