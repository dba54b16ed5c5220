/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The scheduler: order, time, waiting, and that a seed decides everything.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coro.h"
#include "sched.h"
#include "suite.h"

/* What happened, in the order in which it did, one word each. */
struct record {
	struct sched *sched;
	struct waitq queue;
	char text[4096];
	int result;
	unsigned int preempted;
};

static void note(struct record *record, const char *word)
{
	size_t used = strlen(record->text);

	snprintf(record->text + used, sizeof(record->text) - used, "%s ", word);
}

static struct record *record_create(u64 seed, const struct sched_hooks *hooks)
{
	struct record *record = calloc(1, sizeof(*record));

	CU_ASSERT_PTR_NOT_NULL_FATAL(record);
	record->sched = sched_create(seed, hooks);
	CU_ASSERT_PTR_NOT_NULL_FATAL(record->sched);
	return record;
}

static void record_destroy(struct record *record)
{
	sched_destroy(record->sched);
	free(record);
}

static void run(struct record *record)
{
	while (sched_step(record->sched))
		;
}

/* Coroutines */

struct pair {
	struct coro *coro;
	int count;
};

static void count_twice(void *arg)
{
	struct pair *pair = arg;

	pair->count++;
	coro_suspend(pair->coro);
	pair->count++;
}

static void coroutine_goes_on_where_it_stood(void)
{
	struct pair pair = { .coro = coro_create() };

	CU_ASSERT_PTR_NOT_NULL_FATAL(pair.coro);
	CU_ASSERT_TRUE(coro_done(pair.coro));
	for (int round = 0; round < 3; round++) {
		coro_start(pair.coro, count_twice, &pair);
		coro_resume(pair.coro);
		CU_ASSERT_EQUAL(pair.count, 2 * round + 1);
		CU_ASSERT_FALSE(coro_done(pair.coro));
		coro_resume(pair.coro);
		CU_ASSERT_EQUAL(pair.count, 2 * round + 2);
		CU_ASSERT_TRUE(coro_done(pair.coro));
	}
	coro_destroy(pair.coro);
}

/* Deep enough to see that the stack is the coroutine's, with live data. */
static int deep(struct pair *pair, int depth)
{
	volatile char room[512];
	int sum;

	memset((char *)room, depth, sizeof(room));
	if (depth == 0) {
		coro_suspend(pair->coro);
		return 0;
	}
	sum = deep(pair, depth - 1) + room[depth];
	return sum;
}

static void go_deep(void *arg)
{
	struct pair *pair = arg;

	pair->count = deep(pair, 100);
}

static void coroutine_stacks_do_not_touch(void)
{
	struct pair a = { .coro = coro_create() };
	struct pair b = { .coro = coro_create() };

	coro_start(a.coro, go_deep, &a);
	coro_start(b.coro, go_deep, &b);
	coro_resume(a.coro);
	coro_resume(b.coro);
	coro_resume(a.coro);
	coro_resume(b.coro);
	CU_ASSERT_EQUAL(a.count, 5050);
	CU_ASSERT_EQUAL(b.count, 5050);
	coro_destroy(a.coro);
	coro_destroy(b.coro);
}

static void coroutine_may_be_freed_in_the_middle(void)
{
	for (int i = 0; i < 10; i++) {
		struct pair pair = { .coro = coro_create() };

		coro_start(pair.coro, go_deep, &pair);
		coro_resume(pair.coro);
		coro_destroy(pair.coro);
	}
}

/* Tasks */

struct worker {
	struct record *record;
	const char *word;
	int rounds;
};

static void work(void *arg)
{
	struct worker *worker = arg;

	for (int i = 0; i < worker->rounds; i++) {
		note(worker->record, worker->word);
		sched_yield_point(worker->record->sched, "work");
	}
}

static void plain_order_runs_each_task_to_its_end(void)
{
	struct record *record = record_create(0, NULL);
	struct worker a = { record, "a", 2 }, b = { record, "b", 2 };

	sched_spawn(record->sched, "a", work, &a);
	sched_spawn(record->sched, "b", work, &b);
	run(record);
	CU_ASSERT_STRING_EQUAL(record->text, "a a b b ");
	record_destroy(record);
}

static void play(u64 seed, char *text, size_t size)
{
	struct record *record = record_create(seed, NULL);
	struct worker a = { record, "a", 8 }, b = { record, "b", 8 };
	struct worker c = { record, "c", 8 };

	sched_spawn(record->sched, "a", work, &a);
	sched_spawn(record->sched, "b", work, &b);
	sched_spawn(record->sched, "c", work, &c);
	run(record);
	CU_ASSERT_FATAL(strlen(record->text) < size);
	strcpy(text, record->text);
	record_destroy(record);
}

static void same_seed_gives_same_order(void)
{
	char first[256], again[256];

	for (u64 seed = 0; seed < 50; seed++) {
		play(seed, first, sizeof(first));
		play(seed, again, sizeof(again));
		CU_ASSERT_STRING_EQUAL(first, again);
	}
}

/* The same on every machine: seen on x86-64, must hold on s390x. */
static void seed_means_the_same_on_every_machine(void)
{
	char text[256];

	play(1, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "c c c c c a a c c c a a a a a "
			       "b b b b b b b b a ");
}

static void seeds_give_many_orders(void)
{
	char text[64][256];
	int different = 0;

	for (int seed = 0; seed < 64; seed++) {
		int i;

		play(seed, text[seed], sizeof(text[seed]));
		for (i = 0; i < seed && strcmp(text[i], text[seed]); i++)
			;
		different += i == seed;
	}
	CU_ASSERT_TRUE(different > 50);
}

static void count_preempted(void *ctx, struct task *task, const char *where)
{
	struct record **record = ctx;

	CU_ASSERT_PTR_NOT_NULL(task);
	CU_ASSERT_STRING_EQUAL(where, "work");
	(*record)->preempted++;
}

static void preemption_is_reported(void)
{
	struct record *record;
	struct sched_hooks hooks = { &record, count_preempted };

	for (u64 seed = 0; seed < 2; seed++) {
		record = record_create(seed, &hooks);
		struct worker a = { record, "a", 50 }, b = { record, "b", 50 };

		sched_spawn(record->sched, "a", work, &a);
		sched_spawn(record->sched, "b", work, &b);
		run(record);
		CU_ASSERT_EQUAL(record->preempted > 0, seed > 0);
		record_destroy(record);
	}
}

static void spawn_from_task(void *arg)
{
	struct worker *worker = arg;

	note(worker->record, "outer");
	if (worker->rounds--)
		sched_spawn(worker->record->sched, "inner", spawn_from_task, worker);
}

static void tasks_make_tasks(void)
{
	struct record *record = record_create(0, NULL);
	struct worker worker = { record, "", 3 };

	sched_spawn(record->sched, "outer", spawn_from_task, &worker);
	run(record);
	CU_ASSERT_STRING_EQUAL(record->text, "outer outer outer outer ");
	record_destroy(record);
}

/* Waiting */

static void wait_for_queue(void *arg)
{
	struct worker *worker = arg;
	struct record *record = worker->record;

	CU_ASSERT_EQUAL(sched_block(record->sched, &record->queue,
				    SCHED_FOREVER), 0);
	note(record, worker->word);
}

static void first_to_wait_is_first_to_wake(void)
{
	struct record *record = record_create(0, NULL);
	struct worker a = { record, "a", 0 }, b = { record, "b", 0 };
	struct worker c = { record, "c", 0 };

	sched_spawn(record->sched, "a", wait_for_queue, &a);
	sched_spawn(record->sched, "b", wait_for_queue, &b);
	sched_spawn(record->sched, "c", wait_for_queue, &c);
	run(record);
	CU_ASSERT_STRING_EQUAL(record->text, "");
	sched_wake_one(&record->queue);
	run(record);
	CU_ASSERT_STRING_EQUAL(record->text, "a ");
	sched_wake_all(&record->queue);
	run(record);
	CU_ASSERT_STRING_EQUAL(record->text, "a b c ");
	sched_wake_all(&record->queue);
	record_destroy(record);
}

static void wait_with_timeout(void *arg)
{
	struct record *record = arg;

	record->result = sched_block(record->sched, &record->queue, 1000);
}

static void wake_queue(void *arg)
{
	struct record *record = arg;

	sched_wake_all(&record->queue);
}

static void waiting_ends_by_timeout_or_by_waking(void)
{
	for (u64 at = 500; at <= 1500; at += 1000) {
		struct record *record = record_create(0, NULL);

		sched_spawn(record->sched, "waiter", wait_with_timeout, record);
		sched_after(record->sched, at, wake_queue, record);
		run(record);
		CU_ASSERT_EQUAL(record->result, at < 1000 ? 0 : -ETIMEDOUT);
		CU_ASSERT_EQUAL(sched_now(record->sched), at);
		record_destroy(record);
	}
}

static void main_task_may_block(void)
{
	struct record *record = record_create(0, NULL);

	CU_ASSERT_TRUE(sched_is_main(sched_current(record->sched)));
	sched_after(record->sched, 70, wake_queue, record);
	CU_ASSERT_EQUAL(sched_block(record->sched, &record->queue, 100), 0);
	CU_ASSERT_EQUAL(sched_now(record->sched), 70);
	CU_ASSERT_EQUAL(sched_block(record->sched, &record->queue, 100),
			-ETIMEDOUT);
	CU_ASSERT_EQUAL(sched_now(record->sched), 170);
	record_destroy(record);
}

static void main_task_notices_a_deadlock(void)
{
	struct record *record = record_create(0, NULL);
	struct worker a = { record, "a", 0 };

	sched_spawn(record->sched, "a", wait_for_queue, &a);
	CU_ASSERT_EQUAL(sched_block(record->sched, &record->queue,
				    SCHED_FOREVER), -EDEADLK);
	sched_wake_all(&record->queue);
	run(record);
	CU_ASSERT_STRING_EQUAL(record->text, "a ");
	record_destroy(record);
}

/* Time */

struct appointment {
	struct record *record;
	const char *word;
};

static void keep(void *arg)
{
	struct appointment *appointment = arg;

	note(appointment->record, appointment->word);
}

static void appointments_come_in_order_of_time_then_of_making(void)
{
	struct record *record = record_create(0, NULL);
	struct appointment a = { record, "a" }, b = { record, "b" };
	struct appointment c = { record, "c" }, d = { record, "d" };

	sched_after(record->sched, 20, keep, &a);
	sched_after(record->sched, 10, keep, &b);
	sched_after(record->sched, 20, keep, &c);
	sched_after(record->sched, 0, keep, &d);
	run(record);
	CU_ASSERT_STRING_EQUAL(record->text, "d b a c ");
	CU_ASSERT_EQUAL(sched_now(record->sched), 20);
	record_destroy(record);
}

static void cancelled_appointment_is_not_kept(void)
{
	struct record *record = record_create(0, NULL);
	struct appointment late = { record, "late" }, never = { record, "never" };
	struct timer *timer[100];

	for (int i = 0; i < 100; i++)
		timer[i] = sched_after(record->sched, 1 + i * 37 % 100, keep, &never);
	sched_after(record->sched, 200, keep, &late);
	for (int i = 0; i < 100; i++)
		sched_cancel(record->sched, timer[i * 41 % 100]);
	run(record);
	CU_ASSERT_STRING_EQUAL(record->text, "late ");
	record_destroy(record);
}

struct clock {
	struct sched *sched;
	u64 last;
	int kept;
};

static void look_at_clock(void *arg)
{
	struct clock *clock = arg;

	CU_ASSERT_TRUE(sched_now(clock->sched) >= clock->last);
	clock->last = sched_now(clock->sched);
	clock->kept++;
}

static void time_never_goes_back(void)
{
	struct clock clock = { .sched = sched_create(7, NULL) };

	for (int i = 0; i < 1000; i++)
		sched_after(clock.sched, sched_random(clock.sched, 5000000),
			    look_at_clock, &clock);
	while (sched_step(clock.sched))
		;
	CU_ASSERT_EQUAL(clock.kept, 1000);
	sched_destroy(clock.sched);
}

static void spin(void *arg)
{
	struct worker *worker = arg;

	while (worker->rounds--)
		sched_yield_point(worker->record->sched, "work");
	note(worker->record, "task");
}

/* With a seed a timer that is due soon interferes; a distant one does not. */
static void only_a_timer_due_soon_interferes(void)
{
	int soon = 0, distant = 0;

	for (u64 seed = 0; seed < 20; seed++) {
		for (int far = 0; far < 2; far++) {
			struct record *record = record_create(seed, NULL);
			struct worker worker = { record, "", 100 };
			struct appointment timer = { record, "timer" };

			sched_spawn(record->sched, "spin", spin, &worker);
			sched_after(record->sched, far ? 3000000000ULL : 1000,
				    keep, &timer);
			run(record);
			*(far ? &distant : &soon) +=
				!strncmp(record->text, "timer", 5);
			record_destroy(record);
		}
	}
	CU_ASSERT_EQUAL(distant, 0);
	CU_ASSERT_TRUE(soon >= 18);
}

/* The end */

static void stop_here(void *arg)
{
	struct record *record = arg;

	note(record, "before");
	sched_stop(record->sched);
	note(record, "after");
}

static void stopped_run_does_not_go_on(void)
{
	struct record *record = record_create(0, NULL);
	struct worker never = { record, "never", 1 };

	sched_spawn(record->sched, "stop", stop_here, record);
	sched_spawn(record->sched, "never", work, &never);
	run(record);
	CU_ASSERT_TRUE(sched_stopped(record->sched));
	CU_ASSERT_FALSE(sched_step(record->sched));
	CU_ASSERT_STRING_EQUAL(record->text, "before ");
	record_destroy(record);
}

static void list_task(void *ctx, struct task *task)
{
	note(ctx, sched_task_name(task));
	note(ctx, sched_waits_in(task) ? "waits" : "ready");
}

static void living_tasks_can_be_listed(void)
{
	struct record *record = record_create(0, NULL);
	struct worker a = { record, "a", 0 }, b = { record, "b", 0 };

	sched_spawn(record->sched, "first", wait_for_queue, &a);
	sched_step(record->sched);
	sched_spawn(record->sched, "second", work, &b);
	sched_each(record->sched, list_task, record);
	CU_ASSERT_STRING_EQUAL(record->text, "first waits second ready ");
	record_destroy(record);
}

static void leave_mark(void *arg)
{
	struct record *record = arg;
	u64 *local = sched_local(sched_current(record->sched));

	for (unsigned int i = 0; i < SCHED_LOCAL / sizeof(*local); i++) {
		CU_ASSERT_EQUAL(local[i], 0);
		local[i] = ~0ULL;
	}
	note(record, "marked");
}

static void local_bytes_are_zero_in_each_new_task(void)
{
	struct record *record = record_create(0, NULL);

	for (int i = 0; i < 3; i++) {
		sched_spawn(record->sched, "mark", leave_mark, record);
		run(record);
	}
	CU_ASSERT_STRING_EQUAL(record->text, "marked marked marked ");
	record_destroy(record);
}

int main(int argc, char **argv)
{
	static CU_TestInfo tests[] = {
		{ "coroutine goes on where it stood", coroutine_goes_on_where_it_stood },
		{ "coroutine stacks do not touch", coroutine_stacks_do_not_touch },
		{ "coroutine may be freed in the middle", coroutine_may_be_freed_in_the_middle },
		{ "plain order runs each task to its end", plain_order_runs_each_task_to_its_end },
		{ "same seed gives same order", same_seed_gives_same_order },
		{ "seed means the same on every machine", seed_means_the_same_on_every_machine },
		{ "seeds give many orders", seeds_give_many_orders },
		{ "preemption is reported", preemption_is_reported },
		{ "tasks make tasks", tasks_make_tasks },
		{ "first to wait is first to wake", first_to_wait_is_first_to_wake },
		{ "waiting ends by timeout or by waking", waiting_ends_by_timeout_or_by_waking },
		{ "main task may block", main_task_may_block },
		{ "main task notices a deadlock", main_task_notices_a_deadlock },
		{ "appointments come in order of time, then of making",
		  appointments_come_in_order_of_time_then_of_making },
		{ "cancelled appointment is not kept", cancelled_appointment_is_not_kept },
		{ "time never goes back", time_never_goes_back },
		{ "only a timer due soon interferes", only_a_timer_due_soon_interferes },
		{ "stopped run does not go on", stopped_run_does_not_go_on },
		{ "living tasks can be listed", living_tasks_can_be_listed },
		{ "local bytes are zero in each new task", local_bytes_are_zero_in_each_new_task },
		CU_TEST_INFO_NULL
	};

	return suite_main(argc, argv, "scheduler", tests);
}
