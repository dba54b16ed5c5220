/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host: beginning, end, and what the parts share.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asm/debug.h>
#include <linux/device.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/random.h>
#include <linux/sched.h>

#include "host_private.h"

_Thread_local struct host *host_current;

static void report(const char *where, const char *format, va_list args)
{
	struct host *host = host_current;
	char what[256], text[512];

	vsnprintf(what, sizeof(what), format, args);
	snprintf(text, sizeof(text), "%s (task %s, in %s)", what,
		 sched_task_name(sched_current(host->sched)), where);
	if (!host->violation)
		host->violation = strdup(text);
	if (host->hooks.violation)
		host->hooks.violation(host->hooks.ctx, text);
	else
		fprintf(stderr, "violation: %s\n", text);
	sched_stop(host->sched);
}

void host_violation(const char *where, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(where, format, args);
	abort();	/* only the main task gets here */
}

void host_violation_noted(const char *where, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(where, format, args);
	va_end(args);
}

const char *host_violation_text(const struct host *host)
{
	return host->violation;
}

bool host_fault(enum host_fault kind)
{
	struct host *host = host_current;

	return ++host->fault[kind].count == host->fault[kind].nth;
}

void host_fault_arm(struct host *host, enum host_fault kind, u64 nth)
{
	host->fault[kind].count = 0;
	host->fault[kind].nth = nth;
}

u64 host_fault_count(const struct host *host, enum host_fault kind)
{
	return host->fault[kind].count;
}

bool host_fault_hit(const struct host *host, enum host_fault kind)
{
	return host->fault[kind].nth &&
	       host->fault[kind].count >= host->fault[kind].nth;
}

struct host_task *host_task(void)
{
	return sched_local(sched_current(host_current->sched));
}

void host_point(const char *where)
{
	sched_yield_point(host_current->sched, where);
}

void host_might_sleep(const char *what, const char *where)
{
	const struct host_task *task = host_task();

	if (task->in_irq)
		host_violation(where, "%s may sleep, in an interrupt", what);
	if (task->spinning)
		host_violation(where, "%s may sleep, holding %s", what,
			       task->held->name);
	if (task->irqs_off)
		host_violation(where, "%s may sleep, with interrupts disabled",
			       what);
}

void host_cond_resched(const char *where)
{
	host_might_sleep("cond_resched()", where);
	host_point(where);
}

int host_wait(struct waitq *queue, u64 timeout_ns, const char *what,
	      const char *where)
{
	int ret = sched_block(host_current->sched, queue, timeout_ns);

	if (ret && ret != -ETIMEDOUT)
		host_violation(where, "%s waits for ever", what);
	return ret;
}

void host_check_empty_hands(const char *where)
{
	const struct host_task *task = host_task();

	if (task->held)
		host_violation(where, "%s is still held at the end",
			       task->held->name);
	if (task->irqs_off)
		host_violation(where, "interrupts are disabled at the end");
}

void host_syscall_enter(struct host *host, const void *user, size_t size)
{
	struct host_task *task;

	host_enter(host);
	host_might_sleep("a system call", __func__);
	task = host_task();
	task->in_syscall = true;
	task->user = user;
	task->user_size = size;
}

void host_syscall_leave(const char *where)
{
	host_check_empty_hands(where);
	host_task()->in_syscall = false;
}

void put_device(struct device *dev)
{
	if (!dev->users)
		host_violation(__func__, "device %s is put once too often",
			       dev_name(dev));
	if (!--dev->users)
		dev->release(dev);
}

void host_dev_print(const char *level, const struct device *dev,
		    const char *format, ...)
{
	struct host *host = host_current;
	char what[256], text[512];
	va_list args;

	if (!host->hooks.print)
		return;
	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	what[strcspn(what, "\n")] = 0;
	snprintf(text, sizeof(text), "%s: %s: %s", level, dev_name(dev), what);
	host->hooks.print(host->hooks.ctx, text);
}

void host_nospec(void)
{
	host_current->nospec++;
}

unsigned int host_nospec_seen(void)
{
	return host_current->nospec;
}

u64 get_random_u64(void)
{
	u64 random = host_current->random;

	random ^= random << 13;
	random ^= random >> 7;
	random ^= random << 17;
	host_current->random = random;
	return random;
}

struct workqueue_struct **host_module_workqueue(void)
{
	return &host_current->module_workqueue;
}

debug_info_t **host_module_log(void)
{
	return &host_current->module_log;
}

const struct debug_view debug_sprintf_view;

debug_info_t *debug_register(const char *name, int pages, int areas, int size)
{
	debug_info_t *id = kzalloc(sizeof(*id), GFP_KERNEL);

	if (!id)
		return NULL;
	id->level = 3;
	id->longs = size / (int)sizeof(long);
	return id;
}

int debug_register_view(debug_info_t *id, const struct debug_view *view)
{
	return id ? 0 : -1;
}

void debug_set_level(debug_info_t *id, int level)
{
	if (id)
		id->level = level;
}

void debug_unregister(debug_info_t *id)
{
	kfree(id);
}

void host_debug_event(const debug_info_t *id, int level, const char *where,
		      const char *format, ...)
{
	const char *sign = format;
	int longs = 1;

	if (!id || level > id->level)
		return;
	while ((sign = strchr(sign, '%'))) {
		longs++;
		if (*++sign == 's')
			host_violation(where, "\"%s\" logs a string, of which "
				       "only the address is kept", format);
	}
	if (longs > id->longs)
		host_violation(where, "\"%s\" does not fit into an entry of "
			       "the debug feature", format);
}

void host_enter(struct host *host)
{
	host_current = host;
}

struct host *host_create(struct sched *sched, const struct host_hooks *hooks)
{
	struct host *host = calloc(1, sizeof(*host));

	if (!host)
		return NULL;
	host->sched = sched;
	host->random = 0x61c8864680b583ebULL;
	if (hooks)
		host->hooks = *hooks;
	INIT_LIST_HEAD(&host->blocks);
	INIT_LIST_HEAD(&host->subchannels);
	INIT_LIST_HEAD(&host->mdevs);
	host_enter(host);
	if (host_css_create(host)) {
		host_destroy(host);
		return NULL;
	}
	return host;
}

void *host_context(void)
{
	return host_current->hooks.ctx;
}

void host_set_machine(struct host *host, struct machine *machine)
{
	host->machine = machine;
}

void host_destroy(struct host *host)
{
	if (!host)
		return;
	host_enter(host);
	host_memory_destroy(host);
	free(host->violation);
	free(host);
	host_current = NULL;
}

int host_module_load(struct host *host)
{
	int ret;

	host_enter(host);
	ret = host_module_init();
	host_check_empty_hands("module_init");
	return ret;
}

void host_module_unload(struct host *host)
{
	host_enter(host);
	host_module_exit();
	host_check_empty_hands("module_exit");
}

void host_left(struct host_left *left, const char *format, ...)
{
	char text[256];
	va_list args;

	left->count++;
	if (!left->line)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	left->line(left->ctx, text);
}

unsigned int host_check_clean(struct host *host,
			      void (*line)(void *ctx, const char *text),
			      void *ctx)
{
	struct host_left left = { 0, line, ctx };

	host_enter(host);
	host_memory_left(host, &left);
	host_locks_left(host, &left);
	host_work_left(host, &left);
	host_eventfd_left(host, &left);
	host_css_left(host, &left);
	return left.count;
}
