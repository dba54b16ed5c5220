// SPDX-License-Identifier: GPL-2.0-only
/*
 * The simulator from outside: exit status and words of the command, and a trace
 * that is the same for the same seed. The command's main() is called in this
 * process, with its output in files.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

#define main ccwsim_main
#include "ccwsim.c"
#undef main

#include <linux/slab.h>
#include "cmd_draw.h"
#include "host.h"
#include "sched.h"
#include "sim.h"
#include "suite.h"

/* What a call of the command has said. */
struct said {
	int status;
	char *out, *err;
};

static char *contents(FILE *file)
{
	long size;
	char *text;

	fseek(file, 0, SEEK_END);
	size = ftell(file);
	rewind(file);
	text = calloc(1, size + 1);
	CU_ASSERT_EQUAL_FATAL(fread(text, 1, size, file), (size_t)size);
	fclose(file);
	return text;
}

/* Send @stream to a file; returns the descriptor it had. */
static int divert(FILE *stream, FILE *file)
{
	int old;

	fflush(stream);
	old = dup(fileno(stream));
	dup2(fileno(file), fileno(stream));
	return old;
}

static void restore(FILE *stream, int old)
{
	fflush(stream);
	dup2(old, fileno(stream));
	close(old);
	clearerr(stream);
}

static struct said ccwsim(const char *const *args)
{
	char *argv[16] = { (char *)"ccwsim" };
	FILE *out = tmpfile(), *err = tmpfile();
	struct said said;
	int argc = 1, old_out, old_err;

	while (args[argc - 1]) {
		argv[argc] = (char *)args[argc - 1];
		argc++;
	}
	old_out = divert(stdout, out);
	old_err = divert(stderr, err);
	optind = 0;
	said.status = ccwsim_main(argc, argv);
	restore(stdout, old_out);
	restore(stderr, old_err);
	said.out = contents(out);
	said.err = contents(err);
	return said;
}

#define CCWSIM(...) ccwsim((const char *const[]){ __VA_ARGS__, NULL })

static void forget(struct said *said)
{
	free(said->out);
	free(said->err);
}

/* A scenario in a file of its own, removed by unlink(). */
static char *file_of(const char *text)
{
	static char path[] = "/tmp/test_ccwsim.XXXXXX";
	int fd;

	strcpy(path, "/tmp/test_ccwsim.XXXXXX");
	fd = mkstemp(path);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL_FATAL(write(fd, text, strlen(text)),
			      (ssize_t)strlen(text));
	close(fd);
	return path;
}

#define GOOD								\
	"scenario good \"quoted\" \xff\xc3\xa4 # why\nneeds 3270\n"	\
	"vmm: open => ok\nvmm: reset => ok # on it goes\n"		\
	"guest: ccw 0x1000 noop cc\n"					\
	"guest: ccw 0x1008 sense-id to 0x2000 count 7 sli\n"		\
	"vmm: start 0x1000 => ok\n"					\
	"vmm: interrupt => channel-end device-end cpa 0x1010\n"		\
	"guest: memory 0x2000 => ff 32 70\n"

static void test_scenario_that_holds_exits_0(void)
{
	const char *path = file_of(GOOD);
	struct said said = CCWSIM("run", path);

	CU_ASSERT_EQUAL(said.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(said.out, "PASS /tmp/test_ccwsim."));
	CU_ASSERT_PTR_NOT_NULL(strstr(said.out,
				      "\n1 passed, 0 failed, 0 skipped\n"));
	CU_ASSERT_STRING_EQUAL(said.err, "");
	forget(&said);
	unlink(path);
}

static void test_scenario_that_fails_exits_1_with_file_and_line(void)
{
	const char *path = file_of("scenario bad\nvmm: open => ok\n\n"
				   "vmm: start 0x1000 => ok\n");
	struct said said = CCWSIM("run", path);
	char line[128];

	snprintf(line, sizeof(line), "FAIL %s:4: vmm: start 0x1000: "
		 "expected ok, got EIO\n", path);
	CU_ASSERT_EQUAL(said.status, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(said.out, line));
	forget(&said);
	unlink(path);
}

/* Status that nobody has started anything for. */
#define PENDING "cpu: stsch 0x3000 => cc 0\ncpu: pmcw 0x3000 enabled\n" \
	"cpu: msch 0x3000 => cc 0\ncpu: orb 0x3200 program 0x1000\n" \
	"device: presents attention\ncpu: wait 1\n"

/* On the bare machine: each kind of answer that differs, in words. */
static void test_programs_that_fail_say_what_they_got(void)
{
	static const struct {
		const char *line, *got;
	} lines[] = {
		{ "cpu: hsch => cc 0", "cpu: hsch: expected cc 0, got cc 3" },
		{ "cpu: hsch => operand", "expected operand, got cc 3" },
		{ "cpu: stsch 1 => cc 0", "expected cc 0, got specification" },
		{ "cpu: stsch 1 => operand", "got specification" },
		{ "cpu: stsch 0 => cc 0 isc 3", "got valid disabled" },
		{ "cpu: stsch 0 => cc 0 measure", "got valid disabled" },
		{ "cpu: tpi 0 => cc 1", "expected cc 1, got cc 0" },
		{ "cpu: stcrw 0 => cc 0", "expected cc 0, got cc 1" },
		{ "cpu: sal 0 => cc 3", "expected cc 3, got cc 0" },
		{ "cpu: interrupt => sid 1", "expected sid 1, got none" },
		{ "cpu: block 0x100 => starts 1",
		  "expected starts 1, got starts 0 samples 0" },
		{ PENDING "cpu: interrupt => none",
		  "expected none, got sid 0x10000 intparm 0 isc 0" },
		{ PENDING "cpu: run 0x3200 => attention alert", "got EIO" },
	};
	char text[512];
	unsigned int i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const char *path;

		snprintf(text, sizeof(text),
			 "scenario t\nneeds bare-machine faults\n%s\n",
			 lines[i].line);
		path = file_of(text);
		struct said said = CCWSIM("run", path);

		CU_ASSERT_EQUAL(said.status, 1);
		if (!strstr(said.out, lines[i].got))
			printf("\n%s: %s", lines[i].line, said.out);
		CU_ASSERT_PTR_NOT_NULL(strstr(said.out, lines[i].got));
		forget(&said);
		unlink(path);
	}
}

static void test_file_that_is_no_scenario_exits_2(void)
{
	const char *path = file_of("scenario bad\nvmm: opne => ok\n");
	struct said said = CCWSIM("run", path);

	CU_ASSERT_EQUAL(said.status, 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(said.err, ":2:6: found 'opne'"));
	forget(&said);
	unlink(path);
}

/* A story about another device is not played, and the next file is. */
static void test_device_that_is_not_needed_is_refused(void)
{
	struct said said = CCWSIM("run", "--device", "3215",
				  "tests/scenarios/sense-id.ccw",
				  "tests/scenarios/console-read.ccw");

	CU_ASSERT_EQUAL(said.status, 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(said.err, "sense-id.ccw"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said.err, "needs 3270"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said.out, "1 passed, 0 failed"));
	forget(&said);
}

static void test_view_is_framed(void)
{
	const char *path = file_of("scenario s\nneeds 3270 operator\n"
				   "operator: type \"Hello\" => ok\n");
	struct said said = CCWSIM("run", "--view", path);

	CU_ASSERT_EQUAL(said.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(said.out, "\n+-------+\n| Hello |\n"
				      "|       |\n"));
	forget(&said);
	unlink(path);
}

/* Wrong use: what is found and what is accepted. */
static const struct {
	const char *args[4];
	const char *words;
} misuses[] = {
	{ { "rum" }, "found 'rum', expected a command:\n  run " },
	{ { "run" }, "found no file, expected FILE.ccw" },
	{ { "run", "--seed", "x", "f" }, "--seed: found 'x', expected" },
	{ { "run", "--seed", "-1", "f" }, "--seed: found '-1', expected" },
	{ { "run", "--seed", "1x", "f" }, "--seed: found '1x', expected" },
	{ { "run", "--seed", "99999999999999999999", "f" },
	  "--seed: found '99999999999999999999', expected" },
	{ { "run", "--sead", "1", "f" }, "ccwsim run: unrecognized option" },
	{ { "run", "--sead", "1", "f" }, "expected --seed N, --device" },
	{ { "run", "f", "--seed" }, "expected --seed N, --device" },
	{ { "run", "--device", "327", "f" },
	  "--device: found '327', expected one of 3270" },
	{ { "run", "--device", "3270=x", "f" }, "it takes no argument" },
	{ { "run", "/nowhere.ccw" }, "/nowhere.ccw: No such file" },
	{ { "help", "me" }, "found 'me', expected 'scenarios', 'man' or a " },
	{ { "help", "me", "now" }, "found 'now' behind 'me'" },
	{ { "run", "--trace", "--json", "f" }, "found --trace and --json" },
	{ { "run", "--seed", "0x", "f" }, "--seed: found '0x', expected" },
	{ { "help", "scenarios", "x" }, "found 'x' behind 'scenarios'" },
};

static void test_misuse_exits_2_and_says_what_is_accepted(void)
{
	const char *args[5] = { 0 };
	struct said said;

	for (size_t i = 0; i < sizeof(misuses) / sizeof(misuses[0]); i++) {
		memcpy(args, misuses[i].args, sizeof(misuses[i].args));
		said = ccwsim(args);
		CU_ASSERT_EQUAL(said.status, 2);
		CU_ASSERT_PTR_NOT_NULL(strstr(said.err, misuses[i].words));
		forget(&said);
	}
}

static void test_help_teaches(void)
{
	struct said said = CCWSIM("--help"), again;

	CU_ASSERT_EQUAL(said.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(said.out, "\n  run "));
	forget(&said);
	said = CCWSIM("help", "run");
	again = CCWSIM("run", "nowhere.ccw", "--help");
	CU_ASSERT_EQUAL(said.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(said.out, "--seed N"));
	CU_ASSERT_STRING_EQUAL(said.out, again.out);
	forget(&said);
	forget(&again);
	said = CCWSIM("help", "scenarios");
	CU_ASSERT_EQUAL(said.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(said.out, "guest: ccw ADDRESS COMMAND"));
	forget(&said);
}

/* Call the command with one of its streams on a full disk. */
static int with_full_disk(FILE *stream, int argc, char **argv)
{
	FILE *full = fopen("/dev/full", "w"), *out = tmpfile(), *err = tmpfile();
	int old_out = divert(stdout, stream == stdout ? full : out);
	int old_err = divert(stderr, stream == stderr ? full : err);
	int status;

	optind = 0;
	status = ccwsim_main(argc, argv);
	restore(stdout, old_out);
	restore(stderr, old_err);
	fclose(full);
	fclose(out);
	fclose(err);
	return status;
}

static void test_output_that_cannot_be_written_is_no_success(void)
{
	char *path = file_of(GOOD);
	char *run[] = { "ccwsim", "run", path, NULL };
	char *json[] = { "ccwsim", "run", "--json", path, NULL };
	char *help[] = { "ccwsim", "help", "scenarios", NULL };

	CU_ASSERT_EQUAL(with_full_disk(stdout, 3, run), 2);
	CU_ASSERT_EQUAL(with_full_disk(stdout, 4, json), 2);
	CU_ASSERT_EQUAL(with_full_disk(stderr, 4, json), 2);
	CU_ASSERT_EQUAL(with_full_disk(stdout, 3, help), 2);
	unlink(path);
}

static void test_same_seed_gives_same_trace(void)
{
	static const char *const seeds[] = { "0", "1", "2", "3", "4711" };
	const char *path = file_of(GOOD);
	struct said first, second, other;
	unsigned int differ = 0;

	other = CCWSIM("run", "--trace", path);
	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		first = CCWSIM("run", "--trace", "--seed", seeds[i], path);
		second = CCWSIM("run", "--trace", "--seed", seeds[i], path);
		CU_ASSERT_EQUAL(first.status, 0);
		CU_ASSERT_STRING_EQUAL(first.out, second.out);
		differ += !!strcmp(first.out, other.out);
		forget(&first);
		forget(&second);
	}
	CU_ASSERT(differ > 0);		/* and the seed does decide something */
	forget(&other);
	unlink(path);
}

static void test_trace_tells_the_story(void)
{
	static const char *const lines[] = {
		"  7  vmm: start 0x1000 => ok\n",
		"driver   0.0.0000    SSCH from IDLE to BUSY result ok\n",
		"ccw command noop count 0", "ccw command sense-id count 7",
		"bytes ff 32 70", "INTERRUPT from BUSY to IDLE result ok\n",
		"  9  guest: memory 0x2000 => ff 32 70\n",
	};
	const char *path = file_of(GOOD), *at;
	struct said said = CCWSIM("run", "--trace", path);

	at = said.out;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]) && at; i++) {
		at = strstr(at, lines[i]);
		CU_ASSERT_PTR_NOT_NULL(at);
	}
	forget(&said);
	unlink(path);
}

/* Is this one line of well-formed JSON, as far as strings and braces go? */
static bool is_object(const char *line, size_t length)
{
	bool string = false;

	if (length < 2 || line[0] != '{' || line[length - 1] != '}')
		return false;
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)line[i] < ' ')
			return false;
		if (string && line[i] == '\\')
			i++;
		else if (line[i] == '"')
			string = !string;
		else if (!string && line[i] == '{' && i)
			return false;
	}
	return !string;
}

static void test_json_is_one_object_per_line_and_nothing_else(void)
{
	const char *path = file_of(GOOD);
	struct said said = CCWSIM("run", "--json", path);
	unsigned int lines = 0;

	for (char *at = said.out, *end; *at; at = end + 1, lines++) {
		end = strchr(at, '\n');
		CU_ASSERT_PTR_NOT_NULL_FATAL(end);
		CU_ASSERT(is_object(at, end - at));
	}
	CU_ASSERT(lines > 20);
	CU_ASSERT_PTR_NOT_NULL(strstr(said.out, "good \\\"quoted\\\" "
				      "\\ufffd\xc3\xa4"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said.err, "PASS"));
	forget(&said);
	unlink(path);
}

static void test_memory_left_behind_fails_its_file(void)
{
	static const char text[] = "scenario t\nvmm: open => ok\n";
	struct sim *sim = sim_load(NULL, "t.ccw", text, sizeof(text) - 1, NULL);
	void *left;

	CU_ASSERT_PTR_NOT_NULL_FATAL(sim);
	host_enter(sim->host);
	left = kmalloc(48, GFP_KERNEL);
	sim_play(sim);
	CU_ASSERT_EQUAL(sim_verdict(sim), SIM_FAILED);
	CU_ASSERT_PTR_NOT_NULL(strstr(sim_report(sim), "FAIL t.ccw: after the "
				      "module is gone: 48 bytes"));
	kfree(left);
	sim_destroy(sim);
}

static u64 never(const void *ctx)
{
	return 0;
}

static void keep(void *ctx, const char *text, size_t length)
{
	snprintf(ctx, 256, "%.*s", (int)length, text);
}

static void test_json_escapes_what_a_message_may_hold(void)
{
	char said[256] = "";
	struct trace t = { .json = true, .now = never, .sink = keep,
			   .ctx = said };

	CU_ASSERT_EQUAL(trace_open(&t), 0);
	trace(&t, "kernel", "log", "says", trace_text("text", "\x01\n\"\\"));
	trace_close(&t);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, ":\"\\u0001\\u000a\\\"\\\\\"}\n"));
}

static void test_picture_escapes_what_a_message_may_hold(void)
{
	char trace[] = "     1.000  kernel   log         says text <a> & \xff\xc3\xa4";
	char *said;
	size_t size;
	FILE *out = open_memstream(&said, &size);

	CU_ASSERT_EQUAL(draw_sequence(out, trace), 0);
	fclose(out);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, ">says text &#60;a&#62; &#38; "
				      "\xef\xbf\xbd\xc3\xa4</text>"));
	free(said);
}

static void leave_open(void *arg)
{
	struct port *port = sim_port(arg);

	CU_ASSERT_EQUAL(port->ops->bind(port), 0);
	CU_ASSERT_EQUAL(port->ops->create(port), 0);
	CU_ASSERT_EQUAL(port->ops->open(port), 0);
}

static void test_simulation_can_be_destroyed_in_any_state(void)
{
	struct sim_config config = { 0 };
	struct sim *sim = sim_create(&config, NULL, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(sim);
	CU_ASSERT_EQUAL(sim_run(sim, leave_open, sim), 0);
	sim_destroy(sim);
	sim_destroy(NULL);
	sim = sim_create(&config, NULL, NULL);
	sim_destroy(sim);
}

static void wait_for_ever(void *arg)
{
	struct sim *sim = arg;
	struct port *port = sim_port(sim);
	int fd = port->ops->event_create(port);

	while (!port->ops->event_wait(port, fd, 1000))
		if (sched_now(sim->sched) > 10000000000ULL)
			sched_block(sim->sched, &(struct waitq){ 0 },
				    SCHED_FOREVER);
}

static void test_everybody_waiting_is_noticed(void)
{
	struct sim_config config = { 0 };
	struct sim *sim = sim_create(&config, NULL, NULL);

	CU_ASSERT_EQUAL(sim_run(sim, wait_for_ever, sim), -EDEADLK);
	sim_destroy(sim);
}

int main(int argc, char **argv)
{
	static CU_TestInfo tests[] = {
#define TEST(name) { #name, test_##name }
		TEST(scenario_that_holds_exits_0),
		TEST(scenario_that_fails_exits_1_with_file_and_line),
		TEST(programs_that_fail_say_what_they_got),
		TEST(file_that_is_no_scenario_exits_2),
		TEST(misuse_exits_2_and_says_what_is_accepted),
		TEST(help_teaches),
		TEST(output_that_cannot_be_written_is_no_success),
		TEST(view_is_framed),
		TEST(device_that_is_not_needed_is_refused),
		TEST(same_seed_gives_same_trace),
		TEST(trace_tells_the_story),
		TEST(json_is_one_object_per_line_and_nothing_else),
		TEST(json_escapes_what_a_message_may_hold),
		TEST(picture_escapes_what_a_message_may_hold),
		TEST(memory_left_behind_fails_its_file),
		TEST(simulation_can_be_destroyed_in_any_state),
		TEST(everybody_waiting_is_noticed),
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "ccwsim", tests);
}
