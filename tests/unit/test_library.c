// SPDX-License-Identifier: GPL-2.0-only
/*
 * libccwsim from outside: what its header promises to a program that has only
 * that. Scenarios are the files of tests/scenarios.
 */
#include <errno.h>
#include <glob.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "ccwsim.h"
#include "suite.h"

/* What a simulation has told. */
struct told {
	char *text;
	size_t length, room;
};

static void listen(void *ctx, const char *text, size_t length)
{
	struct told *told = ctx;

	if (told->length + length + 1 > told->room) {
		told->room = 2 * (told->length + length + 1);
		told->text = realloc(told->text, told->room);
	}
	memcpy(told->text + told->length, text, length + 1);
	told->length += length;
}

static const char story[] =
	"scenario s\n"
	"vmm:    open           => ok\n"
	"vmm:    reset          => ok\n"
	"guest:  ccw 0x1000 sense-id to 0x2000 count 7 sli\n"
	"vmm:    start 0x1000   => ok\n"
	"vmm:    interrupt      => channel-end device-end cpa 0x1008 residual 0\n"
	"guest:  memory 0x2000  => ff 32 70\n";

static struct sim *load(const struct sim_config *config, const char *text)
{
	struct sim *sim = sim_load(config, "s.ccw", text, strlen(text), NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(sim);
	return sim;
}

static void test_scenario_from_memory_holds(void)
{
	struct sim *sim = load(NULL, story);

	CU_ASSERT_EQUAL(sim_verdict(sim), SIM_UNDECIDED);
	CU_ASSERT_STRING_EQUAL(sim_report(sim), "");
	sim_play(sim);
	CU_ASSERT_EQUAL(sim_verdict(sim), SIM_PASSED);
	CU_ASSERT_STRING_EQUAL(sim_report(sim), "PASS s.ccw: s\n");
	CU_ASSERT_FALSE(sim_step(sim));
	sim_play(sim);
	CU_ASSERT_STRING_EQUAL(sim_report(sim), "PASS s.ccw: s\n");
	sim_destroy(sim);
}

static void test_scenario_that_fails_says_where(void)
{
	struct sim *sim = load(NULL, "scenario s\nvmm: reset => ok\n");

	sim_play(sim);
	CU_ASSERT_EQUAL(sim_verdict(sim), SIM_FAILED);
	CU_ASSERT_STRING_EQUAL(sim_report(sim), "FAIL s.ccw:2: vmm: reset: "
			       "expected ok, got EBADF\n");
	sim_destroy(sim);
}

static void test_results_come_in_order_with_events(void)
{
	struct told told = { 0 };
	const struct sim_config config = { .event = listen, .result = listen,
					   .ctx = &told };
	struct sim *sim = load(&config, "scenario s\nvmm: reset => ok\n");
	const char *step, *fail, *end;

	sim_play(sim);
	step = strstr(told.text, "   2  vmm: reset => ok");
	fail = strstr(told.text, "\nFAIL s.ccw:2: ");
	end = strstr(told.text, "after the last step");
	CU_ASSERT(step && fail && end && step < fail && fail < end);
	sim_destroy(sim);
	free(told.text);
}

static void test_scenario_of_another_home_is_skipped(void)
{
	struct sim *sim = load(NULL, "scenario s\nneeds kernel\n"
			       "vmm: open => ok\n");

	sim_play(sim);
	CU_ASSERT_EQUAL(sim_verdict(sim), SIM_SKIPPED);
	sim_destroy(sim);
}

static void test_errors_say_what_and_where(void)
{
	const struct sim_config config = { .device = "nothing" };
	static const char wrong[] = "scenario s\nvmm: opne => ok\n";
	struct sim_error error;

	CU_ASSERT_PTR_NULL(sim_load(NULL, "s.ccw", wrong, sizeof(wrong) - 1,
				    &error));
	CU_ASSERT_EQUAL(error.line, 2);
	CU_ASSERT_EQUAL(error.column, 6);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "s.ccw:2:6: found 'opne'"));

	CU_ASSERT_PTR_NULL(sim_load_file(NULL, "/nowhere.ccw", &error));
	CU_ASSERT_STRING_EQUAL(error.text,
			       "/nowhere.ccw: No such file or directory");
	CU_ASSERT_EQUAL(error.line, 0);

	CU_ASSERT_PTR_NULL(sim_load(&config, "s.ccw", story, strlen(story),
				    &error));
	CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "s.ccw: found 'nothing', "
				      "expected "));
	CU_ASSERT_PTR_NULL(sim_load(&config, "s", "", 0, NULL));
}

static void test_steps_and_play_tell_the_same(void)
{
	struct told whole = { 0 }, stepped = { 0 }, both = { 0 };
	struct sim_config config = { .event = listen, .seed = 5 };
	struct sim *sim;
	int events = 0;

	config.ctx = &whole;
	sim = load(&config, story);
	sim_play(sim);
	sim_destroy(sim);

	config.ctx = &stepped;
	sim = load(&config, story);
	for (size_t before = 0; sim_step(sim); before = stepped.length) {
		CU_ASSERT(stepped.length > before);
		events++;
	}
	CU_ASSERT_EQUAL(sim_verdict(sim), SIM_PASSED);
	sim_destroy(sim);
	CU_ASSERT(events > 50);
	CU_ASSERT_STRING_EQUAL(stepped.text, whole.text);

	config.ctx = &both;
	sim = load(&config, story);
	for (int i = 0; i < 20; i++)
		CU_ASSERT(sim_step(sim));
	sim_play(sim);
	sim_destroy(sim);
	CU_ASSERT_STRING_EQUAL(both.text, whole.text);
	free(whole.text);
	free(stepped.text);
	free(both.text);
}

static void test_simulation_can_be_destroyed_at_any_event(void)
{
	const struct sim_config config = { .seed = 3 };
	bool more = true;

	for (int stop = 0; more; stop++) {
		struct sim *sim = load(&config, story);

		for (int i = 0; more && i < stop; i++)
			more = sim_step(sim);
		sim_destroy(sim);
	}
}

/* Bits of the second byte of SCSW word 0: what a subchannel does. */
#define START_FUNCTION	0x40
#define STATUS_PENDING	0x01
#define SCSW		28	/* in a SCHIB, behind the PMCW */

static void test_each_owner_shows_his_own_state(void)
{
	bool machine_ahead = false, driver_busy = false, guest_told = false;
	struct sim *sim = load(NULL, story);
	struct sim_states states;
	char words[512];
	unsigned char id[3];

	sim_states(sim, &states);
	CU_ASSERT_STRING_EQUAL(states.driver, "UNBOUND");
	while (sim_step(sim)) {
		sim_states(sim, &states);
		driver_busy |= !strcmp(states.driver, "BUSY");
		/* The machine has the status, the monitor does not know yet. */
		machine_ahead |= states.machine[SCSW + 3] & STATUS_PENDING &&
				 !(states.vmm[SCSW + 3] & STATUS_PENDING);
		if (!memcmp(states.guest + 4, "\0\0\x10\x08", 4)) {
			guest_told = true;
			sim_describe(sim, SIM_GUEST, words, sizeof(words));
			CU_ASSERT_PTR_NOT_NULL(strstr(words, "channel-end "
						      "device-end cpa 0x1008"));
			CU_ASSERT_EQUAL(sim_memory(sim, 0x2000, id, 3), 0);
			CU_ASSERT_EQUAL(memcmp(id, "\xff\x32\x70", 3), 0);
		}
	}
	CU_ASSERT(machine_ahead);
	CU_ASSERT(driver_busy);
	CU_ASSERT(guest_told);
	CU_ASSERT_EQUAL(sim_memory(sim, 1ULL << 40, id, 3), -EFAULT);
	sim_destroy(sim);
}

/* ---- many at a time ---- */

static glob_t files;

static char *trace_alone(const char *path, uint64_t seed)
{
	struct told told = { 0 };
	const struct sim_config config = { .seed = seed, .event = listen,
					   .result = listen, .ctx = &told };
	struct sim *sim = sim_load_file(&config, path, NULL);

	sim_play(sim);
	sim_destroy(sim);
	return told.text;
}

#define MANY 8

/* MANY stories told in turns, an event each; each must be what it is alone. */
static void interleave(size_t first)
{
	struct told told[MANY] = { 0 };
	struct sim *sim[MANY];
	bool any = true;

	for (size_t i = 0; i < MANY; i++) {
		const struct sim_config config = { .seed = i % 3,
			.event = listen, .result = listen, .ctx = &told[i] };

		sim[i] = sim_load_file(&config, files.gl_pathv[first + i], NULL);
	}
	while (any) {
		any = false;
		for (size_t i = 0; i < MANY; i++)
			any |= sim_step(sim[i]);
	}
	for (size_t i = 0; i < MANY; i++) {
		char *alone = trace_alone(files.gl_pathv[first + i], i % 3);

		CU_ASSERT_STRING_EQUAL(told[i].text, alone);
		sim_destroy(sim[i]);
		free(told[i].text);
		free(alone);
	}
}

static void test_interleaved_simulations_do_not_meet(void)
{
	for (size_t i = 0; i + MANY <= files.gl_pathc; i += MANY)
		interleave(i);
}

#define SEED	7
#define THREADS	4

static char **expected;

/* Every story, on each thread in another order. Returns how many differ. */
static void *tell_all(void *arg)
{
	size_t all = files.gl_pathc, at = (size_t)arg * all / THREADS;
	size_t different = 0;

	for (size_t i = 0; i < all; i++, at = (at + 1) % all) {
		char *trace = trace_alone(files.gl_pathv[at], SEED);

		different += !!strcmp(trace, expected[at]);
		free(trace);
	}
	return (void *)different;
}

static void test_threads_do_not_meet(void)
{
	size_t all = files.gl_pathc;
	pthread_t thread[THREADS];
	void *different;

	expected = calloc(all, sizeof(*expected));
	for (size_t i = 0; i < all; i++)
		expected[i] = trace_alone(files.gl_pathv[i], SEED);
	for (size_t i = 0; i < THREADS; i++)
		CU_ASSERT_EQUAL_FATAL(pthread_create(&thread[i], NULL, tell_all,
						     (void *)i), 0);
	for (size_t i = 0; i < THREADS; i++) {
		pthread_join(thread[i], &different);
		CU_ASSERT_EQUAL((size_t)different, 0);
	}
	for (size_t i = 0; i < all; i++)
		free(expected[i]);
	free(expected);
}

int main(int argc, char **argv)
{
	static CU_TestInfo tests[] = {
#define TEST(name) { #name, test_##name }
		TEST(scenario_from_memory_holds),
		TEST(scenario_that_fails_says_where),
		TEST(results_come_in_order_with_events),
		TEST(scenario_of_another_home_is_skipped),
		TEST(errors_say_what_and_where),
		TEST(steps_and_play_tell_the_same),
		TEST(simulation_can_be_destroyed_at_any_event),
		TEST(each_owner_shows_his_own_state),
		TEST(interleaved_simulations_do_not_meet),
		TEST(threads_do_not_meet),
		CU_TEST_INFO_NULL,
	};
	int status;

	glob("tests/scenarios/*.ccw", 0, NULL, &files);
	status = suite_main(argc, argv, "library", tests);
	globfree(&files);
	return status;
}
