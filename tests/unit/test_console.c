// SPDX-License-Identifier: GPL-2.0-only
/* The 3215 through its channel: what is printed, and when a read ends. */
#include "dev_3215.h"
#include "machine_world.h"

#define CE_DE		(SCSW2_DSTAT_CE | SCSW2_DSTAT_DE)
#define UX		SCSW2_DSTAT_UX
#define UC		SCSW2_DSTAT_UC
#define IL		SCSW2_CSTAT_IL

#define WRITE		0x01
#define WRITE_ACR	0x09
#define READ		0x0a

struct console {
	struct world *w;
	void *dev;
};

static struct console console_create(void)
{
	struct sim_device_error error;
	struct console c = { .dev = sim_device_3215.create(NULL, &error) };

	CU_ASSERT_PTR_NOT_NULL_FATAL(c.dev);
	c.w = world_create_with(sim_device_3215.ops, c.dev);
	return c;
}

static void console_destroy(struct console c)
{
	world_destroy(c.w);
	sim_device_3215.destroy(c.dev);
}

static void start(struct console c, u8 command, u32 count)
{
	u32 ccw[] = { (u32)command << 24 | count, 0x2000 };

	world_put(c.w, 0x1000, ccw, 2);
	CU_ASSERT_EQUAL(world_ssch(c.w, WORLD_ORB_KEY0, 0x1000), 0);
	world_run(c.w, 10);
}

static u32 take(struct console c)
{
	struct ccw_irb irb;

	world_run(c.w, 10);
	CU_ASSERT_EQUAL(machine_tsch(c.w->m, c.w->sid, &irb), 0);
	return be32_to_cpu(irb.scsw.word[2]);
}

static u32 output(struct console c, u8 command, const char *bytes, u32 count)
{
	memcpy(c.w->storage + 0x2000, bytes, count);
	start(c, command, count);
	return take(c);
}
#define OUTPUT(c, command, bytes) output(c, command, bytes, sizeof(bytes) - 1)

static void press(struct console c, const char *key, int expected)
{
	CU_ASSERT_EQUAL(sim_device_press(&sim_device_3215, c.dev, key),
			expected);
}

static void expect_line(struct console c, unsigned int n, const char *expected)
{
	char text[PORT_LINE] = "nothing";

	CU_ASSERT_EQUAL(sim_device_3215.line(c.dev, n, text), !!expected);
	if (expected && strcmp(text, expected))
		printf("\nline %u: '%s', expected '%s'\n", n, text, expected);
	if (expected)
		CU_ASSERT_STRING_EQUAL(text, expected);
}

static void test_carrier(void)
{
	struct console c = console_create();
	char wide[200];

	expect_line(c, 0, NULL);
	CU_ASSERT_EQUAL(OUTPUT(c, WRITE, "\xc1\xc2"), CE_DE);
	CU_ASSERT_EQUAL(OUTPUT(c, WRITE_ACR, "\xc3\x15\x07\x41"), CE_DE);
	expect_line(c, 0, "ABC");
	expect_line(c, 1, "?");		/* no bell; no ASCII for a hard blank */
	expect_line(c, 2, NULL);
	memset(wide, 0xc4, sizeof(wide));
	CU_ASSERT_EQUAL(output(c, WRITE, wide, 127), CE_DE);
	expect_line(c, 3, "D");
	console_destroy(c);
}

/* A thousand lines are kept; the first go when more come. */
static void test_paper_is_torn_off(void)
{
	struct console c = console_create();

	for (int i = 0; i < 1500; i++)
		OUTPUT(c, WRITE_ACR, "\xc1");
	OUTPUT(c, WRITE, "\xe9");
	expect_line(c, 998, "A");
	expect_line(c, 999, "Z");
	expect_line(c, 1000, NULL);
	console_destroy(c);
}

static void test_lengths_of_a_read(void)
{
	static const struct {
		u32 count, word2;
	} reads[] = {
		{ 2, CE_DE }, { 1, CE_DE | IL }, { 3, CE_DE | IL | 1 },
	};

	for (unsigned int i = 0; i < 3; i++) {
		struct console c = console_create();

		start(c, READ, reads[i].count);
		CU_ASSERT_EQUAL(c.w->interruptions, 0);
		CU_ASSERT_EQUAL(sim_device_3215.type(c.dev, "AB"), 0);
		CU_ASSERT_EQUAL(c.w->interruptions, 0);
		press(c, "end", 0);
		CU_ASSERT_EQUAL(sim_device_3215.type(c.dev, "C"), -EPERM);
		press(c, "cancel", -EPERM);
		CU_ASSERT_EQUAL(take(c), reads[i].word2);
		expect_line(c, 0, "AB");
		console_destroy(c);
	}
}

static void test_typing_is_refused_whole(void)
{
	struct console c = console_create();
	char wide[128];

	memset(wide, 'x', sizeof(wide));
	wide[127] = '\0';
	CU_ASSERT_EQUAL(sim_device_3215.type(c.dev, "A"), -EPERM);
	start(c, READ, 200);
	CU_ASSERT_EQUAL(sim_device_3215.type(c.dev, wide), -EPERM);
	CU_ASSERT_EQUAL(sim_device_3215.type(c.dev, "A\t"), -EINVAL);
	wide[126] = '\0';
	CU_ASSERT_EQUAL(sim_device_3215.type(c.dev, wide), 0);
	CU_ASSERT_EQUAL(sim_device_3215.type(c.dev, "y"), -EPERM);
	press(c, "end", 0);
	CU_ASSERT_EQUAL(take(c), CE_DE | IL | 74);
	console_destroy(c);
}

/* A cancelled line brings no byte, and the next read no unit exception. */
static void test_cancel(void)
{
	struct console c = console_create();

	start(c, READ, 10);
	CU_ASSERT_EQUAL(sim_device_3215.type(c.dev, "AB"), 0);
	press(c, "cancel", 0);
	CU_ASSERT_EQUAL(take(c), CE_DE | UX | IL | 10);
	start(c, READ, 1);
	CU_ASSERT_EQUAL(sim_device_3215.type(c.dev, "A"), 0);
	press(c, "end", 0);
	CU_ASSERT_EQUAL(take(c), CE_DE);
	CU_ASSERT_EQUAL(c.w->storage[0x2000], 0xc1);
	console_destroy(c);
}

static void test_clear_locks_the_keyboard(void)
{
	struct console c = console_create();

	start(c, READ, 10);
	CU_ASSERT_EQUAL(sim_device_3215.type(c.dev, "AB"), 0);
	CU_ASSERT_EQUAL(machine_csch(c.w->m, c.w->sid), 0);
	take(c);
	press(c, "end", -EPERM);
	OUTPUT(c, WRITE, "\xc3");
	expect_line(c, 0, "AB");
	expect_line(c, 1, "C");
	console_destroy(c);
}

static void test_refusals(void)
{
	struct console c = console_create();

	start(c, 0x02, 1);
	CU_ASSERT_EQUAL(take(c), UC | 1);
	start(c, 0x04, 1);
	CU_ASSERT_EQUAL(take(c), CE_DE);
	CU_ASSERT_EQUAL(c.w->storage[0x2000], 0x80);
	start(c, 0x04, 1);
	take(c);
	CU_ASSERT_EQUAL(c.w->storage[0x2000], 0);
	press(c, "not-ready", 0);
	press(c, "request", -EPERM);
	CU_ASSERT_EQUAL(OUTPUT(c, WRITE, "\xc1"), UC | 1);
	start(c, 0xe4, 7);
	CU_ASSERT_EQUAL(take(c), CE_DE);
	CU_ASSERT(!memcmp(c.w->storage + 0x2000, "\xff\x32\x15\0\0\0\0", 7));
	press(c, "ready", 0);
	CU_ASSERT_EQUAL(take(c), SCSW2_DSTAT_DE);
	console_destroy(c);
}

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "carrier", test_carrier },
		{ "paper is torn off", test_paper_is_torn_off },
		{ "lengths of a read", test_lengths_of_a_read },
		{ "typing is refused whole", test_typing_is_refused_whole },
		{ "cancel", test_cancel },
		{ "clear locks the keyboard", test_clear_locks_the_keyboard },
		{ "refusals", test_refusals },
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "console", tests);
}
