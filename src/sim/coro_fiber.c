/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Coroutines for WebAssembly: emscripten's fibers.
 */
#include <stdlib.h>
#include <emscripten/fiber.h>

#include "coro.h"

#define CORO_STACK	(256 * 1024)	/* the channel moves 64 KiB at once */
#define CORO_FRAMES	(16 * 1024)

struct coro {
	emscripten_fiber_t fiber;
	emscripten_fiber_t resumer;	/* who waits for it */
	void (*fn)(void *);	/* NULL: done */
	void *arg;
	_Alignas(16) char stack[CORO_STACK];
	_Alignas(16) char frames[CORO_FRAMES];
	_Alignas(16) char resumer_frames[CORO_FRAMES];
};

void coro_resume(struct coro *coro)
{
	emscripten_fiber_init_from_current_context(&coro->resumer,
		coro->resumer_frames, sizeof(coro->resumer_frames));
	emscripten_fiber_swap(&coro->resumer, &coro->fiber);
}

void coro_suspend(struct coro *coro)
{
	emscripten_fiber_swap(&coro->fiber, &coro->resumer);
}

static void coro_main(void *arg)
{
	struct coro *coro = arg;

	for (;;) {
		coro->fn(coro->arg);
		coro->fn = NULL;
		coro_suspend(coro);
	}
}

struct coro *coro_create(void)
{
	struct coro *coro = calloc(1, sizeof(*coro));

	if (coro)
		emscripten_fiber_init(&coro->fiber, coro_main, coro,
				      coro->stack, sizeof(coro->stack),
				      coro->frames, sizeof(coro->frames));
	return coro;
}

void coro_destroy(struct coro *coro)
{
	free(coro);
}

void coro_start(struct coro *coro, void (*fn)(void *), void *arg)
{
	coro->fn = fn;
	coro->arg = arg;
}

bool coro_done(const struct coro *coro)
{
	return !coro->fn;
}
