/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Coroutines: entered through makecontext(), switched by _longjmp().
 */
#undef _FORTIFY_SOURCE

#include <setjmp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "coro.h"

#define CORO_STACK	(256 * 1024)
#define CORO_GUARD	(64 * 1024)	/* a page on any machine */

struct coro {
	jmp_buf here;		/* where it stands, once entered */
	jmp_buf resumer;	/* who waits for it to suspend itself */
	void (*fn)(void *);	/* NULL: done */
	void *arg;
	ucontext_t entry;	/* used once, to enter */
	bool entered;
	char *stack;
	void *fake;			/* token for this stack, when left */
	void *resumer_fake;		/* token for the resumer's */
	const void *resumer_stack;
	size_t resumer_size;
	void *fiber;			/* what the thread sanitizer calls it */
	void *resumer_fiber;
};

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__
#endif
#endif

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#define asan_leave	__sanitizer_start_switch_fiber
#define asan_arrive	__sanitizer_finish_switch_fiber
#define asan_forget	__asan_unpoison_memory_region
#else
#define asan_leave(fake, bottom, size)		((void)(fake), (void)(size))
#define asan_arrive(fake, bottom, size)		((void)(fake), (void)(size))
#define asan_forget(address, size)		((void)(address))
#endif

#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__
#endif
#endif

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#define tsan_create()		__tsan_create_fiber(0)
#define tsan_destroy		__tsan_destroy_fiber
#define tsan_here		__tsan_get_current_fiber
#define tsan_switch(fiber)	__tsan_switch_to_fiber(fiber, 0)
#else
#define tsan_create()		NULL
#define tsan_destroy(fiber)	((void)(fiber))
#define tsan_here()		NULL
#define tsan_switch(fiber)	((void)(fiber))
#endif

static void coro_main(unsigned int high, unsigned int low)
{
	struct coro *coro = (void *)(uintptr_t)((u64)high << 32 | low);

	asan_arrive(NULL, &coro->resumer_stack, &coro->resumer_size);
	for (;;) {
		coro->fn(coro->arg);
		coro->fn = NULL;
		coro_suspend(coro);
	}
}

static void enter(struct coro *coro)
{
	ucontext_t *entry = &coro->entry;

	coro->entered = true;
	getcontext(entry);
	entry->uc_stack.ss_sp = coro->stack + CORO_GUARD;
	entry->uc_stack.ss_size = CORO_STACK - CORO_GUARD;
	entry->uc_link = NULL;
	makecontext(entry, (void (*)(void))coro_main, 2,
		    (unsigned int)((u64)(uintptr_t)coro >> 32),
		    (unsigned int)(uintptr_t)coro);
	setcontext(entry);
	abort();	/* setcontext() does not return */
}

void coro_resume(struct coro *coro)
{
	asan_leave(&coro->resumer_fake, coro->stack + CORO_GUARD,
		   CORO_STACK - CORO_GUARD);
	coro->resumer_fiber = tsan_here();
	if (!_setjmp(coro->resumer)) {
		tsan_switch(coro->fiber);
		if (coro->entered)
			_longjmp(coro->here, 1);
		enter(coro);
	}
	asan_arrive(coro->resumer_fake, NULL, NULL);
}

void coro_suspend(struct coro *coro)
{
	asan_leave(&coro->fake, coro->resumer_stack, coro->resumer_size);
	if (!_setjmp(coro->here)) {
		tsan_switch(coro->resumer_fiber);
		_longjmp(coro->resumer, 1);
	}
	asan_arrive(coro->fake, &coro->resumer_stack, &coro->resumer_size);
}

struct coro *coro_create(void)
{
	struct coro *coro = calloc(1, sizeof(*coro));

	if (!coro)
		return NULL;
	coro->stack = mmap(NULL, CORO_STACK, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (coro->stack == MAP_FAILED)
		goto err_free;
	if (mprotect(coro->stack, CORO_GUARD, PROT_NONE))
		goto err_unmap;
	coro->fiber = tsan_create();
	return coro;

err_unmap:
	munmap(coro->stack, CORO_STACK);
err_free:
	free(coro);
	return NULL;
}

void coro_destroy(struct coro *coro)
{
	if (!coro)
		return;
	asan_forget(coro->stack + CORO_GUARD, CORO_STACK - CORO_GUARD);
	tsan_destroy(coro->fiber);
	munmap(coro->stack, CORO_STACK);
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
