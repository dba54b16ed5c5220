// SPDX-License-Identifier: GPL-2.0-only
/* The scenario language: what parses, what does not and why, what holds. */
#include <stdlib.h>

#include "fake_port.h"
#include "runner.h"
#include "scenario.h"
#include "suite.h"

#define HEAD "scenario t\n"
#define BARE HEAD "needs bare-machine\n"
#define LONG_WORD "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static int parse(const char *text, size_t size, struct scenario **scenario,
		 struct scenario_error *error)
{
	/* A copy of exact size: a read beyond it is the sanitizer's. */
	char *copy = malloc(size ? size : 1);
	int ret;

	memcpy(copy, text, size);
	ret = scenario_parse("t.ccw", copy, size, scenario, error);
	free(copy);
	return ret;
}

static struct scenario *parsed(const char *text)
{
	struct scenario_error error;
	struct scenario *scenario;
	int ret = parse(text, strlen(text), &scenario, &error);

	if (ret)
		fprintf(stderr, "%s\n", error.text);
	CU_ASSERT_EQUAL_FATAL(ret, 0);
	return scenario;
}

/* A text in quotes: EBCDIC among bytes, itself elsewhere; '#' is a character. */
static void test_texts_in_quotes(void)
{
	struct scenario *s = parsed(HEAD
		"guest: store 0 11 \"A #1\" 40 # \"why\"\n"
		"operator: type \"a  => # b\" => ok\n"
		"operator: press pf3 => ok\n"
		"operator: line 2 => \"\"\n");

	CU_ASSERT_EQUAL_FATAL(s->nr_steps, 4);
	CU_ASSERT_EQUAL_FATAL(s->steps[0].args.nr_bytes, 6);
	CU_ASSERT(!memcmp(s->steps[0].args.bytes, "\x11\xc1\x40\x7b\xf1\x40", 6));
	CU_ASSERT_STRING_EQUAL(s->steps[0].why, "\"why\"");
	CU_ASSERT_STRING_EQUAL((char *)s->steps[1].args.bytes, "a  => # b");
	CU_ASSERT_STRING_EQUAL((char *)s->steps[2].args.bytes, "pf3");
	CU_ASSERT_STRING_EQUAL((char *)s->steps[3].expect.bytes, "");
	scenario_free(s);
}

/* Errors: where, what was found, what is accepted. */
static const struct {
	const char *text;
	unsigned int line, column;
	const char *found, *expected;
} errors[] = {
	{ "", 0, 0, "found no step", "WHO: ACTION" },
	{ "\n\n# nothing\n", 0, 0, "found no step", "WHO: ACTION" },
	{ HEAD, 0, 0, "found no step", "WHO: ACTION" },
	{ "vmm: open => ok\n", 1, 1, "'vmm:'", "scenario TITLE" },
	{ "needs 3270\n", 1, 1, "'needs'", "scenario TITLE" },
	{ "scenario\n", 1, 9, "the end of the line", "a title" },
	{ "scenario # no\n", 1, 10, "the end of the line", "a title" },
	{ HEAD "scenario u\n", 2, 1, "'scenario'", "only one" },
	{ HEAD "needs\n", 2, 6, "the end of the line", "3270 3390 simulator" },
	{ HEAD "needs 3270 3380\n", 2, 12, "'3380'", "3270 3390 simulator" },
	{ HEAD "vmm: open => ok\nneeds 3270\n", 3, 1, "'needs'", "before" },
	{ HEAD "foo: open => ok\n", 2, 1, "'foo:'", "admin: vmm: guest:" },
	{ HEAD "vmm open => ok\n", 2, 1, "'vmm'", "vmm:" },
	{ HEAD "cpu: hsch => cc 0\n", 2, 1, "'cpu:'", "needs bare-machine" },
	{ BARE "vmm: open => ok\n", 3, 1, "'vmm:'", "there is no host" },
	{ BARE "cpu: open => ok\n", 3, 6, "'open'", "ssch tsch stsch msch" },
	{ BARE "cpu: hsch => \n", 3, 14, "the end of the line", "cc" },
	{ BARE "cpu: hsch => cc 4\n", 3, 17, "'4'", "0 to 0x3" },
	{ BARE "cpu: hsch sid\n", 3, 14, "the end of the line", "SID" },
	{ BARE "cpu: hsch => illegal\n", 3, 14, "'illegal'", "specification" },
	{ BARE "cpu: rchp => cc 0\n", 3, 11, "'=>'", "0xffffffff" },
	{ HEAD "vmm: opne => ok\n", 2, 6, "'opne'", "open close" },
	{ HEAD "vmm:\n", 2, 5, "the end of the line", "open close" },
	{ HEAD "guest: open => ok\n", 2, 8, "'open'", "store ccw idaws midaw" },
	{ HEAD "vmm: open\n", 2, 10, "the end of the line", "=>" },
	{ HEAD "vmm: open =>\n", 2, 13, "the end of the line", "ok EPERM" },
	{ HEAD "vmm: interrupt =>\n", 2, 18, "the end of the line", "STATUS" },
	{ HEAD "vmm: open => EIEIO\n", 2, 14, "'EIEIO'", "ok EPERM" },
	{ HEAD "vmm: open => 5\n", 2, 14, "'5'", "ok EPERM" },
	{ HEAD "vmm: open => ok ok\n", 2, 17, "'ok'", "the end of the line" },
	{ HEAD "vmm: open now => ok\n", 2, 11, "'now'", "=>" },
	{ HEAD "vmm: start => ok\n", 2, 12, "'=>'", "ADDRESS" },
	{ HEAD "vmm: start 0x => ok\n", 2, 12, "'0x'", "ADDRESS" },
	{ HEAD "vmm: start -1 => ok\n", 2, 12, "'-1'", "0 to 0x7fffffff" },
	{ HEAD "vmm: start 0x80000000 => ok\n", 2, 12, "'0x80000000'",
	  "0 to 0x7fffffff" },
	{ HEAD "vmm: start 99999999999999999999999 => ok\n", 2, 12,
	  "'99999999999999999999999'", "0 to 0x7fffffff" },
	{ HEAD "guest: ccw 0 noop count 65536\n", 2, 25, "'65536'",
	  "0 to 0xffff" },
	{ HEAD "guest: ccw 0 nop\n", 2, 14, "'nop'", "sense-id" },
	{ HEAD "guest: ccw 0 256\n", 2, 14, "'256'", "0 to 0xff" },
	{ HEAD "guest: ccw 0 noop count\n", 2, 24, "the end of the line",
	  "BYTES" },
	{ HEAD "guest: ccw 0 noop cont 1\n", 2, 19, "'cont'",
	  "count BYTES" },
	{ HEAD "guest: ccw 0 noop sli cc sli\n", 2, 26, "'sli'", "each once" },
	{ HEAD "guest: ccw 0 noop count 1 count 2\n", 2, 27, "'count'",
	  "each once" },
	{ HEAD "guest: ccw 0 noop => ok\n", 2, 19, "'=>'",
	  "the end of the line" },
	{ HEAD "guest: store 0 1\n", 2, 16, "'1'", "two hexadecimal" },
	{ HEAD "vmm: open => anything else\n", 2, 23, "'else'",
	  "the end of the line" },
	{ HEAD "then\n", 2, 1, "'then'", "behind meanwhile only" },
	{ HEAD "meanwhile\n", 2, 10, "the end of the line", "a name" },
	{ HEAD "meanwhile a\nthen b\n", 3, 6, "'b'", "the end of the line" },
	{ HEAD "meanwhile a\nvmm: open => ok\nthen\nmeanwhile b\n", 5, 1,
	  "'meanwhile'", "a step between" },
	{ HEAD "meanwhile 1\nmeanwhile 2\nmeanwhile 3\nmeanwhile 4\n"
	  "meanwhile 5\nmeanwhile 6\nmeanwhile 7\nmeanwhile 8\n"
	  "meanwhile 9\nmeanwhile 10\nmeanwhile 11\nmeanwhile 12\n"
	  "meanwhile 13\nmeanwhile 14\nmeanwhile 15\nmeanwhile 16\n"
	  "meanwhile 17\n", 18, 1, "'meanwhile'", "at most 16 times" },
	{ HEAD "host: fail disk nth 1\n", 2, 12, "'disk'", "allocation pin" },
	{ HEAD "host: fail pin\n", 2, 15, "the end of the line", "nth N" },
	{ HEAD "guest: store 0 0g\n", 2, 16, "'0g'", "two hexadecimal" },
	{ HEAD "guest: store 0\n", 2, 15, "the end of the line",
	  "two hexadecimal" },
	{ HEAD "guest: memory 0 => \n", 2, 20, "the end of the line",
	  "two hexadecimal" },
	{ HEAD "guest: store 0 40 \"A\n", 2, 19, "'\"A'", "ends with a quote" },
	{ HEAD "guest: store 0 \"A", 2, 16, "'\"A'", "ends with a quote" },
	{ HEAD "guest: store 0 \"\t\"\n", 2, 16, "", "that EBCDIC has" },
	{ HEAD "guest: store 0 \"\"\n", 2, 18, "the end of the line",
	  "a text in quotes" },
	{ HEAD "operator: type => ok\n", 2, 16, "'=>'", "\"TEXT\"" },
	{ HEAD "operator: type\n", 2, 15, "the end of the line", "\"TEXT\"" },
	{ HEAD "operator: press\n", 2, 16, "the end of the line", "KEY" },
	{ HEAD "operator: press enter\n", 2, 22, "the end of the line", "=>" },
	{ HEAD "operator: line 1 => \"A\" \"B\"\n", 2, 25, "'\"B\"'",
	  "the end of the line" },
	{ HEAD "operator: line 1 => \"A\n", 2, 21, "'\"A'",
	  "ends with a quote" },
	{ HEAD "guest: orb format 2\n", 2, 19, "'2'", "0 to 0x1" },
	{ HEAD "guest: ssch 0 => cc 4\n", 2, 21, "'4'", "0 to 0x3" },
	{ HEAD "guest: ssch 0 => 2\n", 2, 18, "'2'", "cc N" },
	{ HEAD "guest: tsch => none\n", 2, 16, "'none'", "cc N" },
	{ HEAD "guest: tsch => channel-end\n", 2, 16, "'channel-end'", "cc N" },
	{ HEAD "guest: tsch => cc 0 none\n", 2, 21, "'none'", "channel-end" },
	{ HEAD "guest: tsch => cc 0 cc 1\n", 2, 21, "'cc'", "channel-end" },
	{ HEAD "machine: next ssch\n", 2, 19, "the end of the line", "cc N" },
	{ HEAD "driver: state => ILDE\n", 2, 18, "'ILDE'", "STANDBY IDLE" },
	{ HEAD "machine: next tsch cc 1\n", 2, 15, "'tsch'", "ssch hsch" },
	{ HEAD "machine: path up\n", 2, 15, "'up'", "off on" },
	{ HEAD "admin: vary => ok\n", 2, 13, "'=>'", "off on" },
	{ HEAD "guest: idaws 0 to 4\n", 2, 16, "'to'", "format N" },
	{ HEAD "guest: idaws 0 format 0 to 4\n", 2, 23, "'0'", "1 2" },
	{ HEAD "guest: idaws 0 format 1\n", 2, 24, "the end of the line",
	  "to ADDRESS..." },
	{ HEAD "guest: idaws 0 format 1 to\n", 2, 27, "the end of the line",
	  "ADDRESS..., a number" },
	{ HEAD "guest: idaws 0 format 1 to 0 0x100000000\n", 2, 30,
	  "'0x100000000'", "0 to 0xffffffff" },
	{ HEAD "guest: idaws 0 format 2 to 0 x\n", 2, 30, "'x'",
	  "0 to 0xffffffffffffffff" },
	{ HEAD "guest: idaws 0 format 2 to 0 => ok\n", 2, 30, "'=>'",
	  "the end of the line" },
	{ HEAD "guest: midaw 0 cc\n", 2, 16, "'cc'", "last, skip" },
	{ HEAD "vmm: map 0 => ok\n", 2, 12, "'=>'", "size BYTES" },
	{ HEAD "vmm: map 0 size 1 writable => ok\n", 2, 19, "'writable'",
	  "read-only" },
	{ HEAD "vmm: unmap 0 size 1 read-only => ok\n", 2, 21, "'read-only'",
	  "=>" },
	{ HEAD "vmm: request alert => ok\n", 2, 14, "'alert'", "start, halt" },
	{ HEAD "vmm: info regions => ok\n", 2, 11, "'regions'", "device region" },
	{ HEAD "vmm: irqs argsz 257 => ok\n", 2, 17, "'257'", "0 to 0x100" },
	{ HEAD "vmm: schib =>\n", 2, 14, "the end of the line", "pam" },
	{ HEAD "vmm: schib => valid no-device\n", 2, 21, "'no-device'",
	  "each once" },
	{ HEAD "vmm: schib => pam 256\n", 2, 19, "'256'", "0 to 0xff" },
	{ HEAD "vmm: crw => path subchannel\n", 2, 18, "'subchannel'",
	  "each once" },
	{ HEAD "vmm: crw => none path\n", 2, 22, "the end of the line",
	  "none to stand alone" },
	{ HEAD "vmm: interrupt => chanel-end\n", 2, 19, "'chanel-end'",
	  "channel-end" },
	{ HEAD "vmm: interrupt => none alert\n", 2, 29,
	  "the end of the line", "none to stand alone" },
	{ HEAD "vmm: read bar => ok\n", 2, 11, "'bar'", "io async" },
	{ HEAD "vmm: \xe4\xc4 => ok\n", 2, 6, "'\\xe4\\xc4'", "open close" },
	{ "scenario \x1b[2J\n", 1, 10, "'\\x1b'", "no control character" },
	{ HEAD "vmm: open => ok # \x07\n", 2, 19, "'\\x07'",
	  "no control character" },
	{ HEAD LONG_WORD " => ok\n", 2, 1, "aaa...'", "vmm:" },
};

static void test_errors_say_where_what_and_what_else(void)
{
	struct scenario_error error;
	struct scenario *scenario;
	char where[32];

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		int ret = parse(errors[i].text, strlen(errors[i].text),
				&scenario, &error);
		bool good;

		snprintf(where, sizeof(where), "t.ccw:%u:%u: ", errors[i].line,
			 errors[i].column);
		good = ret == -EINVAL && !scenario &&
		       error.line == errors[i].line &&
		       error.column == errors[i].column &&
		       strstr(error.text, errors[i].found) &&
		       strstr(error.text, errors[i].expected) &&
		       (!error.line || !strncmp(error.text, where,
						strlen(where)));
		CU_ASSERT(good);
		if (!good)
			fprintf(stderr, "error %zu: %s\n", i, error.text);
		scenario_free(scenario);
	}
}

static void test_a_line_becomes_a_step(void)
{
	struct scenario *s = parsed(
		"# before\nscenario  two   words # why\nneeds 3270 hold\n\n"
		"guest:\tccw  0x1000 0xE4 sli to 0x2000 count 7 cc # chained\n"
		"vmm: interrupt => unit-check cpa 16 alert deferred-cc 3\r\n"
		"guest: store 8 C1 c2");
	const struct scenario_step *step = s->steps;

	CU_ASSERT_STRING_EQUAL(s->title, "two words");
	CU_ASSERT_EQUAL(s->needs, BIT(PORT_3270) | BIT(PORT_HOLD));
	CU_ASSERT_EQUAL_FATAL(s->nr_steps, 3);
	CU_ASSERT_EQUAL(step->line, 5);
	CU_ASSERT_EQUAL(step->verb->action, GUEST_CCW);
	CU_ASSERT_EQUAL(step->args.value[FIELD_ADDRESS], 0x1000);
	CU_ASSERT_EQUAL(step->args.value[FIELD_COMMAND], 0xe4);
	CU_ASSERT_EQUAL(step->args.value[FIELD_DATA], 0x2000);
	CU_ASSERT_EQUAL(step->args.value[FIELD_COUNT], 7);
	CU_ASSERT_EQUAL(step->args.value[FIELD_CCW], CCW0_SLI | CCW0_CC);
	CU_ASSERT_STRING_EQUAL(step->text, "guest: ccw 0x1000 0xE4 sli to "
			       "0x2000 count 7 cc");
	CU_ASSERT_STRING_EQUAL(step->why, "chained");
	step++;
	CU_ASSERT_EQUAL(step->expect.value[FIELD_STATUS], SCSW2_DSTAT_UC);
	CU_ASSERT_EQUAL(step->expect.value[FIELD_CONTROL], SCSW0_SC_ALERT);
	CU_ASSERT_EQUAL(step->expect.value[FIELD_CPA], 16);
	CU_ASSERT_EQUAL(step->expect.value[FIELD_DEFERRED], 3);
	CU_ASSERT_PTR_NULL(step->why);
	step++;
	CU_ASSERT_EQUAL_FATAL(step->args.nr_bytes, 2);
	CU_ASSERT_EQUAL(memcmp(step->args.bytes, "\xc1\xc2", 2), 0);
	scenario_free(s);
}

/* Deterministic noise: xorshift. */
static u32 noise(u32 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void swallow(const char *text, size_t size)
{
	struct scenario_error error;
	struct scenario *scenario;
	int ret = parse(text, size, &scenario, &error);

	CU_ASSERT(ret ? ret == -EINVAL && !scenario && error.text[0] :
			scenario->nr_steps > 0);
	scenario_free(scenario);
}

static void test_random_bytes_do_no_harm(void)
{
	char text[256];
	u32 state = 1;

	for (int i = 0; i < 20000; i++) {
		size_t size = noise(&state) % sizeof(text);

		for (size_t j = 0; j < size; j++)
			text[j] = noise(&state);
		swallow(text, size);
	}
}

static void test_mutated_scenarios_do_no_harm(void)
{
	static const char good[] = HEAD "needs 3270\nvmm: start 0x10 => ok\n"
		"guest: ccw 0 0xe4 to 0x20 count 7 sli cc # x\n"
		"guest: store 0 01 02\nvmm: interrupt => alert cpa 0x10\n"
		"guest: idaws 0 format 1 to 0x20 8\nvmm: crw => path id 1\n"
		"guest: tsch => cc 0 channel-end\ndriver: state => IDLE\n";
	char text[sizeof(good)];
	u32 state = 7;

	for (int i = 0; i < 20000; i++) {
		memcpy(text, good, sizeof(good));
		for (u32 n = noise(&state) % 4 + 1; n; n--)
			text[noise(&state) % (sizeof(good) - 1)] =
				noise(&state);
		swallow(text, noise(&state) % sizeof(good));
	}
}

static void test_every_prefix_of_a_file_does_no_harm(void)
{
	static const char good[] = HEAD "needs 3270\n"
		"vmm: interrupt => channel-end cpa 0x10 # the end\n";

	for (size_t size = 0; size < sizeof(good); size++)
		swallow(good, size);
}

static void test_files_that_are_none(void)
{
	struct scenario_error error;
	struct scenario *scenario;

	CU_ASSERT_EQUAL(scenario_load("/nowhere.ccw", &scenario, &error),
			-EINVAL);
	CU_ASSERT_STRING_EQUAL(error.text,
			       "/nowhere.ccw: No such file or directory");
	CU_ASSERT_EQUAL(scenario_load("/", &scenario, &error), -EINVAL);
	CU_ASSERT_STRING_EQUAL(error.text, "/: Is a directory");
	CU_ASSERT_EQUAL(scenario_load("/dev/zero", &scenario, &error),
			-EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "longer than"));
}

static void test_reference_names_every_verb(void)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	scenario_reference(out);
	fclose(out);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "vmm: start ADDRESS => RESULT"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "driver: state => STATE"));
	free(text);
}

/* Play a text on a fake port; returns what the runner has printed. */
static char *play(const char *text, struct fake_port *port, int *status)
{
	struct scenario *scenario = parsed(text);
	struct runner runner = { 0 };
	char *said;
	size_t size;

	runner.out = open_memstream(&said, &size);
	runner_play(&runner, &port->port, scenario);
	*status = runner_finish(&runner);
	fclose(runner.out);
	scenario_free(scenario);
	CU_ASSERT(!port->bound && !port->created && !port->opened);
	CU_ASSERT_EQUAL(port->events, 0);
	return said;
}

/* What a scenario does on a port that accepts everything. */
static const struct {
	const char *text;
	int status;
	const char *said;
} plays[] = {
	{ HEAD "vmm: open => ok\nvmm: reset => ok\nvmm: start 0 => ok\n", 0,
	  "PASS t.ccw: t\n1 passed, 0 failed, 0 skipped\n" },
	{ HEAD "vmm: open => ok\n\nvmm: start 0x10 => EIO\nvmm: halt => ok\n",
	  1, "FAIL t.ccw:4: vmm: start 0x10: expected EIO, got ok\n"
	  "0 passed, 1 failed, 0 skipped\n" },
	{ HEAD "vmm: open => ok\nvmm: interrupt => alert\n", 1,
	  "FAIL t.ccw:3: vmm: interrupt: expected alert, got none\n"
	  "0 passed, 1 failed, 0 skipped\n" },
	{ HEAD "guest: store 0x10 01 02\nguest: memory 0x10 => 01 03\n", 1,
	  "FAIL t.ccw:3: guest: memory 0x10: expected 01 03, got 01 02\n"
	  "0 passed, 1 failed, 0 skipped\n" },
	{ HEAD "guest: store 0x4000 01\n", 1,
	  "FAIL t.ccw:2: guest: store 0x4000 01: expected ok, got EFAULT\n"
	  "0 passed, 1 failed, 0 skipped\n" },
	{ HEAD "guest: store 0x4000 01 => anything\nvmm: start 0 => anything\n",
	  0, "PASS t.ccw: t\n1 passed, 0 failed, 0 skipped\n" },
	{ HEAD "meanwhile a\nvmm: open => ok\n", 0,
	  "SKIP t.ccw: t: the fake does not offer tasks\n"
	  "0 passed, 0 failed, 1 skipped\n" },
	{ HEAD "needs 3270 hold\nvmm: open => EIO\n", 0,
	  "SKIP t.ccw: t: the fake does not offer 3270\n"
	  "0 passed, 0 failed, 1 skipped\n" },
	{ HEAD "driver: state => IDLE\n", 0,
	  "PASS t.ccw: t\n1 passed, 0 failed, 0 skipped\n" },
	{ HEAD "admin: remove => ok\nadmin: unbind => ok\n", 0,
	  "PASS t.ccw: t\n1 passed, 0 failed, 0 skipped\n" },
	{ HEAD "guest: ssch 0 => cc 0\n", 1,
	  "FAIL t.ccw:2: guest: ssch 0: expected cc 0, got cc 3\n"
	  "0 passed, 1 failed, 0 skipped\n" },
};

static void test_command_has_the_name_of_the_device_at_hand(void)
{
	static const struct {
		unsigned long offers;
		u8 command;
		const char *name;
	} cases[] = {
		{ BIT(PORT_3270), 0x02, "read-buffer" },
		{ BIT(PORT_3505), 0x02, "read-card" },
		{ BIT(PORT_3390), 0x02, "read-ipl" },
		{ BIT(PORT_3390), 0x0b, "seek-cylinder" },
		{ BIT(PORT_3215), 0x0b, "alarm" },
		{ BIT(PORT_3390), 0x04, "sense" },
		{ BIT(PORT_3525), 0x23, "feed" },
		{ BIT(PORT_3390), 0x09, "write-acr" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		CU_ASSERT_STRING_EQUAL(scenario_command_name(cases[i].offers,
							     cases[i].command),
				       cases[i].name);
	CU_ASSERT_PTR_NULL(scenario_command_name(BIT(PORT_3390), 0xff));
}

static void test_runner_reports_file_line_expected_and_got(void)
{
	struct fake_port port;
	char *said;
	int status;

	for (size_t i = 0; i < sizeof(plays) / sizeof(plays[0]); i++) {
		fake_init(&port);
		said = play(plays[i].text, &port, &status);
		CU_ASSERT_STRING_EQUAL(said, plays[i].said);
		CU_ASSERT_EQUAL(status, plays[i].status);
		if (strcmp(said, plays[i].said))
			fprintf(stderr, "play %zu said: %s", i, said);
		free(said);
	}
}

/* A status in the line against one that comes. */
static const struct {
	const char *expect;
	u32 word0, word1, word2;
	bool holds;
} statuses[] = {
	{ "channel-end device-end", 0, 0, 0x0c000000, true },
	{ "channel-end", 0, 0, 0x0c000000, false },
	{ "channel-end device-end unit-check", 0, 0, 0x0c000000, false },
	{ "channel-end device-end", 0, 0, 0x0c400000, false },
	{ "channel-end device-end cpa 0x1008", 0, 0x1008, 0x0c000000, true },
	{ "channel-end device-end cpa 0x1008", 0, 0x1010, 0x0c000000, false },
	{ "channel-end device-end residual 5", 0, 0, 0x0c000005, true },
	{ "channel-end device-end residual 5", 0, 0, 0x0c000004, false },
	{ "halt", SCSW0_FC_HALT | SCSW0_FC_START, 0, 0, true },
	{ "clear", SCSW0_FC_HALT, 0, 0, false },
	{ "deferred-cc 3", SCSW0_CC, 0, 0, true },
	{ "deferred-cc 3", BIT(24), 0, 0, false },
	{ "program-check alert", SCSW0_SC_ALERT, 0, 0x00200000, true },
	{ "program-check any-device-status", 0, 0, 0x0c200000, true },
	{ "program-check any-device-status", 0, 0, 0x00200000, true },
	{ "program-check any-device-status", 0, 0, 0x0c000000, false },
	{ "key 5 format 1", 0x50800000, 0, 0, true },
	{ "key 4", 0x50800000, 0, 0, false },
	{ "format 0", 0x50800000, 0, 0, false },
	{ "suspended", SCSW0_AC_SUSP, 0, 0, true },
	{ "none", 0, 0, 0, false },
};

static void test_status_bytes_exactly_the_rest_where_stated(void)
{
	struct fake_port port;
	char text[128], *said;
	int status;

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		fake_init(&port);
		port.signals = 1;
		port.irb.scsw.word[0] = cpu_to_be32(statuses[i].word0);
		port.irb.scsw.word[1] = cpu_to_be32(statuses[i].word1);
		port.irb.scsw.word[2] = cpu_to_be32(statuses[i].word2);
		snprintf(text, sizeof(text), HEAD "vmm: open => ok\n"
			 "vmm: interrupt => %s\n", statuses[i].expect);
		said = play(text, &port, &status);
		CU_ASSERT_EQUAL(status, statuses[i].holds ? 0 : 1);
		free(said);
	}
}

#define SENSE	HEAD "vmm: open => ok\nvmm: interrupt => unit-check\n" \
		"guest: sense 0x100 => 80 01\n"

/* A subchannel in the line against one that is: valid, enabled, PAM 80. */
static const struct {
	const char *expect;
	bool holds;
} schibs[] = {
	{ "valid", true }, { "no-device", false },
	{ "enabled", true }, { "disabled", false },
	{ "valid enabled pim 0xc0 pam 0x80 pom 0xff pnom 1 lpum 0x40", true },
	{ "pim 0x80", false }, { "pam 0xc0", false }, { "pom 0x80", false },
	{ "pnom 0", false }, { "lpum 0x80", false },
};

static void test_subchannel_holds_where_stated(void)
{
	struct fake_port port;
	char text[128], *said;
	int status;

	for (size_t i = 0; i < sizeof(schibs) / sizeof(schibs[0]); i++) {
		fake_init(&port);
		port.schib.pmcw.word[1] = cpu_to_be32(PMCW1_V | PMCW1_E);
		port.schib.pmcw.word[2] = cpu_to_be32(0x000140c0);
		port.schib.pmcw.word[3] = cpu_to_be32(0x0000ff80);
		snprintf(text, sizeof(text), HEAD "vmm: open => ok\n"
			 "vmm: schib => %s\n", schibs[i].expect);
		said = play(text, &port, &status);
		CU_ASSERT_EQUAL(status, schibs[i].holds ? 0 : 1);
		CU_ASSERT_EQUAL(!strstr(said, "got valid enabled pim 0xc0 pam "
					"0x80 pom 0xff pnom 0x1 lpum 0x40\n"),
				schibs[i].holds);
		free(said);
	}
}

/* A channel report in the line against one that comes. */
static const struct {
	const char *expect;
	u32 crw;
	const char *got;	/* NULL: it holds */
} crws[] = {
	{ "path permanent-error id 0x42", 0x04060042, NULL },
	{ "path", 0x04060042, NULL },
	{ "path initialized", 0x04060042, "path permanent-error id 0x42" },
	{ "subchannel", 0x04060042, "path permanent-error id 0x42" },
	{ "path id 0x43", 0x04060042, "path permanent-error id 0x42" },
	{ "overflow subchannel", 0x23020000, NULL },
	{ "subchannel", 0x23020000, "overflow subchannel initialized id 0" },
	{ "overflow path", 0x04020000, "path initialized id 0" },
	{ "none", 0x04020000, "path initialized id 0" },
	{ "path", 0x0b070001, "source 0xb, news 0x7 id 0x1" },
	{ "path", 0, "none" },
	{ "none", 0, NULL },
};

static void test_channel_report_flags_exactly_the_rest_where_stated(void)
{
	struct fake_port port;
	char text[128], *said, *got;
	int status;

	for (size_t i = 0; i < sizeof(crws) / sizeof(crws[0]); i++) {
		fake_init(&port);
		port.crw_signals = !!crws[i].crw;
		port.nr_crws = !!crws[i].crw;
		port.crws[0].word[0] = cpu_to_be32(crws[i].crw);
		snprintf(text, sizeof(text), HEAD "vmm: open => ok\n"
			 "vmm: crw => %s\n", crws[i].expect);
		said = play(text, &port, &status);
		CU_ASSERT_EQUAL(status, crws[i].got ? 1 : 0);
		got = strstr(said, ", got ");
		CU_ASSERT_EQUAL(!got, !crws[i].got);
		if (got && crws[i].got)
			CU_ASSERT_EQUAL(strncmp(got + 6, crws[i].got,
						strlen(crws[i].got)), 0);
		free(said);
	}
}

/* Commands of the monitor that leave something to look at. */
static void test_commands_and_calls_say_what_the_line_says(void)
{
	struct fake_port port;
	int status;

	fake_init(&port);
	free(play(HEAD "vmm: open => ok\nvmm: resume => ok\n", &port, &status));
	CU_ASSERT_EQUAL(port.command, 4);
	free(play(HEAD "vmm: open => ok\nvmm: cancel => ok\n", &port, &status));
	CU_ASSERT_EQUAL(port.command, 8);
	free(play(HEAD "vmm: open => ok\nvmm: command 0x30 => ok\n", &port,
		  &status));
	CU_ASSERT_EQUAL(port.command, 0x30);

	free(play(HEAD "vmm: irqs bool trigger index 7 start 2 count 3 argsz 9 "
		  "=> EINVAL\n", &port, &status));
	CU_ASSERT_EQUAL(status, 0);
	CU_ASSERT_EQUAL(port.set.argsz, 9);
	CU_ASSERT_EQUAL(port.set.flags, VFIO_IRQ_SET_DATA_BOOL |
			VFIO_IRQ_SET_ACTION_TRIGGER);
	CU_ASSERT_EQUAL(port.set.index, 7);
	CU_ASSERT_EQUAL(port.set.start, 2);
	CU_ASSERT_EQUAL(port.set.count, 3);
	free(play(HEAD "vmm: irqs index 7 => EINVAL\nvmm: ioctl 1 => ENOTTY\n"
		  "vmm: info irq index 2 => ok\nvmm: read io nowhere => EFAULT\n",
		  &port, &status));
	CU_ASSERT_EQUAL(status, 0);
	CU_ASSERT_EQUAL(port.set.argsz, sizeof(struct vfio_irq_set) + 4);
	CU_ASSERT_EQUAL(port.set.count, 1);

	free(play(HEAD "vmm: map 0 size 0x3000 read-only => ok\n"
		  "vmm: unmap 0 size 0x1000 => ok\n", &port, &status));
	CU_ASSERT_EQUAL(port.mapped, 0x2000);
}

static void test_path_that_was_varied_off_is_varied_on_again(void)
{
	struct fake_port port;
	int status;

	fake_init(&port);
	free(play(HEAD "admin: vary off => ok\n", &port, &status));
	CU_ASSERT_EQUAL(status, 0);
	CU_ASSERT_EQUAL(port.varied, 0);
}

static void test_address_words_are_stored_in_their_formats(void)
{
	static const u8 words[] = {
		0, 0, 0x20, 0, 0x80, 0, 0, 1,			/* format 1 */
		0, 0, 0, 1, 0, 0, 0x30, 0,			/* format 2 */
		0, 0, 0, 0, 0, 0xc0, 0, 9, 0, 0, 0, 0, 0, 0, 0x40, 0,
	};
	struct fake_port port;
	int status;

	fake_init(&port);
	free(play(HEAD "guest: idaws 0 format 1 to 0x2000 0x80000001\n"
		  "guest: idaws 8 format 2 to 0x100003000\n"
		  "guest: midaw 16 to 0x4000 count 9 last skip\n",
		  &port, &status));
	CU_ASSERT_EQUAL(status, 0);
	CU_ASSERT_EQUAL(memcmp(port.memory, words, sizeof(words)), 0);
}

static void test_sense_is_taken_from_the_irb_or_asked_for(void)
{
	struct fake_port port;
	char *said;
	int status;

	fake_init(&port);		/* concurrent: nothing is started */
	port.signals = 1;
	port.irb.scsw.word[2] = cpu_to_be32(SCSW2_DSTAT_UC);
	port.irb.esw[1] = cpu_to_be32(ESW1_CONS);
	port.irb.ecw[0] = cpu_to_be32(0x80010000);
	free(play(SENSE, &port, &status));
	CU_ASSERT_EQUAL(status, 0);
	CU_ASSERT_EQUAL(port.writes, 0);

	fake_init(&port);		/* asked for, and no answer comes */
	port.signals = 1;
	port.irb.scsw.word[2] = cpu_to_be32(SCSW2_DSTAT_UC);
	said = play(SENSE, &port, &status);
	CU_ASSERT_EQUAL(status, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "got ETIMEDOUT"));
	CU_ASSERT_EQUAL(port.writes, 1);
	CU_ASSERT_EQUAL(port.memory[0x100], 0x04);
	free(said);
}

static void test_ccws_are_stored_in_the_format_of_the_orb(void)
{
	static const u8 format1[8] = { 0xe4, 0x60, 0, 7, 0, 0, 0x20, 0 };
	static const u8 format0[8] = { 0xe4, 0, 0x20, 0, 0x60, 0, 0, 7 };
	struct fake_port port;
	int status;

	fake_init(&port);
	free(play(HEAD "guest: ccw 0 sense-id to 0x2000 count 7 cc sli\n"
		  "guest: orb format 0\n"
		  "guest: ccw 8 sense-id to 0x2000 count 7 cc sli\n",
		  &port, &status));
	CU_ASSERT_EQUAL(status, 0);
	CU_ASSERT_EQUAL(memcmp(port.memory, format1, 8), 0);
	CU_ASSERT_EQUAL(memcmp(port.memory + 8, format0, 8), 0);

	free(play(HEAD "guest: ccw 16 sense-id to 0x2000 count 7 cc sli times 2\n",
		  &port, &status));
	CU_ASSERT_EQUAL(memcmp(port.memory + 16, format1, 8), 0);
	CU_ASSERT_EQUAL(memcmp(port.memory + 24, format1, 8), 0);
	CU_ASSERT_EQUAL(port.memory[32], 0);
}

int main(int argc, char **argv)
{
	static CU_TestInfo tests[] = {
#define TEST(name) { #name, test_##name }
		TEST(errors_say_where_what_and_what_else),
		TEST(a_line_becomes_a_step),
		TEST(texts_in_quotes),
		TEST(random_bytes_do_no_harm),
		TEST(mutated_scenarios_do_no_harm),
		TEST(every_prefix_of_a_file_does_no_harm),
		TEST(files_that_are_none),
		TEST(reference_names_every_verb),
		TEST(command_has_the_name_of_the_device_at_hand),
		TEST(runner_reports_file_line_expected_and_got),
		TEST(status_bytes_exactly_the_rest_where_stated),
		TEST(subchannel_holds_where_stated),
		TEST(channel_report_flags_exactly_the_rest_where_stated),
		TEST(commands_and_calls_say_what_the_line_says),
		TEST(path_that_was_varied_off_is_varied_on_again),
		TEST(address_words_are_stored_in_their_formats),
		TEST(sense_is_taken_from_the_irb_or_asked_for),
		TEST(ccws_are_stored_in_the_format_of_the_orb),
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "scenario", tests);
}
