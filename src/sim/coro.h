/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file
 * Coroutines: functions that can stop in the middle and go on later.
 *
 * A coroutine is resumed by somebody and suspends itself back to them. All
 * on one thread; switching makes no system call.
 */
#ifndef CORO_H
#define CORO_H

#include <linux/types.h>

struct coro;

/** Make a coroutine with a stack of its own. NULL: no memory. */
struct coro *coro_create(void);
/** Free it, wherever it stands. It must not be the one that runs. */
void coro_destroy(struct coro *coro);
/** Give a coroutine that is new or done the function it is to run next. */
void coro_start(struct coro *coro, void (*fn)(void *), void *arg);
/** Run it until it suspends itself or its function returns. */
void coro_resume(struct coro *coro);
/** Go back to whoever resumed the coroutine. Called on its own stack. */
void coro_suspend(struct coro *coro);
/** Has its function returned, or has it none yet? */
bool coro_done(const struct coro *coro);

#endif /* CORO_H */
