// SPDX-License-Identifier: GPL-2.0-only
/* The 3270 through its channel: status, sense, and what is on the screen. */
#include "dev_3270.h"
#include "dev_unruly.h"
#include "machine_world.h"
#include "sched.h"

#define PS		(SCSW0_SC_PRIM | SCSW0_SC_SEC | SCSW0_SC_PEND)
#define CE_DE		(SCSW2_DSTAT_CE | SCSW2_DSTAT_DE)
#define UC		SCSW2_DSTAT_UC

#define WRITE		0x01
#define READ_BUFFER	0x02
#define NOOP		0x03
#define SENSE		0x04
#define ERASE_WRITE	0x05
#define READ_MODIFIED	0x06
#define ERASE_WRITE_ALT	0x0d
#define WRITE_STRUCTURED 0x11
#define SENSE_ID	0xe4

struct terminal {
	struct world *w;
	struct dev_3270 *dev;
	struct sched *sched;
	struct dev_unruly *unruly;	/* round it */
};

static struct terminal terminal_create(void)
{
	struct terminal t;

	t.dev = dev_3270_create();
	CU_ASSERT_PTR_NOT_NULL_FATAL(t.dev);
	t.sched = sched_create(0, NULL);
	t.unruly = dev_unruly_create(&dev_3270_ops, t.dev, t.sched);
	t.w = world_create_with(&dev_unruly_ops, t.unruly);
	return t;
}

static void terminal_destroy(struct terminal t)
{
	world_destroy(t.w);
	dev_unruly_destroy(t.unruly);
	sched_destroy(t.sched);
	dev_3270_destroy(t.dev);
}

static void behave(struct terminal t, enum port_fault fault)
{
	CU_ASSERT_EQUAL(dev_unruly_behave(t.unruly, &(struct port_manner){
				.fault = fault }), 0);
}

/* Start one command with data at 0x2000, SLI, and let it run. */
static void start(struct terminal t, u8 command, u32 count)
{
	u32 ccw[] = { (u32)command << 24 | CCW0_SLI | count, 0x2000 };

	world_put(t.w, 0x1000, ccw, 2);
	CU_ASSERT_EQUAL(world_ssch(t.w, WORLD_ORB_KEY0, 0x1000), 0);
	world_run(t.w, 10);
}

static void take(struct terminal t)
{
	struct ccw_irb irb;

	CU_ASSERT_EQUAL(machine_tsch(t.w->m, t.w->sid, &irb), 0);
}

/* Execute one command. Return: word 2 of the SCSW. */
static u32 command(struct terminal t, u8 code, u32 count)
{
	u32 word2;

	start(t, code, count);
	word2 = world_scsw(t.w, 2);
	take(t);
	return word2;
}

static u32 output(struct terminal t, u8 code, const char *bytes, u32 count)
{
	memcpy(t.w->storage + 0x2000, bytes, count);
	return command(t, code, count);
}
#define OUTPUT(t, code, bytes) output(t, code, bytes, sizeof(bytes) - 1)

static void expect_data(struct terminal t, const char *what, const char *bytes,
			u32 count)
{
	bool same = !memcmp(t.w->storage + 0x2000, bytes, count);
	u32 i;

	if (!same) {
		printf("\n%s:", what);
		for (i = 0; i < count; i++)
			printf(" %02x", t.w->storage[0x2000 + i]);
		printf("\n");
	}
	CU_ASSERT(same);
}
#define EXPECT(t, what, bytes) expect_data(t, what, bytes, sizeof(bytes) - 1)

static void expect_row(struct terminal t, unsigned int row, const char *text)
{
	char got[DEV_3270_COLS + 1];

	dev_3270_row(t.dev, row, got);
	if (strcmp(got, text))
		printf("\nrow %u: '%s', expected '%s'\n", row, got, text);
	CU_ASSERT_STRING_EQUAL(got, text);
}

static u8 sense(struct terminal t)
{
	CU_ASSERT_EQUAL(command(t, SENSE, 32), CE_DE);
	return t.w->storage[0x2000];
}

/* A terminal on a desk, without a cable: one can type, and nothing breaks. */
static void test_not_attached(void)
{
	struct dev_3270 *dev = dev_3270_create();

	CU_ASSERT_PTR_NOT_NULL_FATAL(dev);
	CU_ASSERT_EQUAL(dev_3270_type(dev, "A"), 0);
	CU_ASSERT_EQUAL(dev_3270_attention(dev, DEV_3270_ENTER), 0);
	dev_3270_power(dev, false);
	dev_3270_power(dev, true);
	dev_3270_destroy(dev);
}

/* Bit for bit what QEMU's x-terminal3270 was seen to answer. */
static void test_sense_id_is_qemus(void)
{
	struct terminal t = terminal_create();

	start(t, SENSE_ID, 12);
	world_expect(t.w, "SENSE ID", 0x00804007, 0x1008, 0x0c000000);
	EXPECT(t, "SENSE ID", "\xff\x32\x70\0\0\0\0\0\0\0\0\0");
	terminal_destroy(t);
}

/* Word 0 of the SCSW in the life of a program, as the book's table has it. */
static void test_word_0_step_by_step(void)
{
	struct terminal t = terminal_create();
	u32 ccw[] = { (u32)SENSE_ID << 24 | CCW0_SLI | 12, 0x2000 };

	world_put(t.w, 0x1000, ccw, 2);
	behave(t, PORT_DEVICE_HOLD);
	CU_ASSERT_EQUAL(world_scsw(t.w, 0), 0);
	CU_ASSERT_EQUAL(world_ssch(t.w, WORLD_ORB_KEY0, 0x1000), 0);
	CU_ASSERT_EQUAL(world_scsw(t.w, 0), 0x00804400);
	world_run(t.w, 10);
	CU_ASSERT_EQUAL(world_scsw(t.w, 0), 0x008040c0);
	EXPECT(t, "data are there already", "\xff\x32\x70");
	behave(t, PORT_DEVICE_RELEASE);
	CU_ASSERT_EQUAL(world_scsw(t.w, 0), 0x00804007);
	take(t);
	CU_ASSERT_EQUAL(world_scsw(t.w, 0), 0x00800000);
	CU_ASSERT_EQUAL(machine_csch(t.w->m, t.w->sid), 0);
	CU_ASSERT_EQUAL(world_scsw(t.w, 0), 0x00001100);
	world_run(t.w, 10);
	CU_ASSERT_EQUAL(world_scsw(t.w, 0), 0x00001001);
	terminal_destroy(t);
}

static void test_lengths(void)
{
	static const struct {
		u8 code;
		u32 count, residual;
	} cases[] = {
		{ SENSE_ID, 1, 0 }, { SENSE_ID, 256, 0 }, { SENSE_ID, 300, 44 },
		{ SENSE, 1, 0 }, { SENSE, 32, 0 }, { SENSE, 33, 1 },
		{ NOOP, 1, 1 }, { NOOP, 0, 0 },
		{ READ_BUFFER, 1923, 0 }, { READ_BUFFER, 2000, 77 },
		{ READ_MODIFIED, 100, 97 },
	};
	struct terminal t = terminal_create();
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CU_ASSERT_EQUAL(command(t, cases[i].code, cases[i].count),
				CE_DE | cases[i].residual);
	terminal_destroy(t);
}

/* All codes but nine: unit check without channel end, command reject. */
static void test_unknown_commands(void)
{
	static const u8 known[] = {
		WRITE, READ_BUFFER, NOOP, SENSE, ERASE_WRITE, READ_MODIFIED,
		ERASE_WRITE_ALT, WRITE_STRUCTURED, SENSE_ID,
	};
	struct terminal t = terminal_create();
	unsigned int code, rejected = 0;

	for (code = 0; code < 256; code++) {
		if (code % 16 == 0 || code % 16 == 8 ||
		    memchr(known, code, sizeof(known)))
			continue;
		start(t, code, 7);
		world_expect(t.w, "unknown command", 0x00804017, 0x1008,
			     UC | 7);
		take(t);
		CU_ASSERT_EQUAL(sense(t), 0x80);
		CU_ASSERT_EQUAL(sense(t), 0);
		rejected++;
	}
	CU_ASSERT_EQUAL(rejected, 256 - 32 - sizeof(known));
	terminal_destroy(t);
}

/* The answer to one command has nothing of the answer to the last. */
static void test_sense_id_after_a_long_answer(void)
{
	struct terminal t = terminal_create();

	CU_ASSERT_EQUAL(OUTPUT(t, ERASE_WRITE,
			       "\xc3\xc1\xc1\xc1\xc1\xc1\x40"), CE_DE);
	CU_ASSERT_EQUAL(command(t, READ_BUFFER, 9), CE_DE);
	CU_ASSERT_EQUAL(command(t, SENSE_ID, 12), CE_DE);
	EXPECT(t, "SENSE ID", "\xff\x32\x70\0\0\0\0\0\0\0\0\0");
	terminal_destroy(t);
}

static void test_input_across_areas(void)
{
	static const u32 ccws[] = { (u32)SENSE_ID << 24 | CCW0_CD | 2, 0x2000,
				    CCW0_SLI | 3, 0x2100 };
	struct terminal t = terminal_create();

	world_put(t.w, 0x1000, ccws, 4);
	memset(t.w->storage + 0x2100, 0xaa, 4);
	CU_ASSERT_EQUAL(world_ssch(t.w, WORLD_ORB_KEY0, 0x1000), 0);
	world_run(t.w, 10);
	EXPECT(t, "first area", "\xff\x32\0");
	CU_ASSERT(!memcmp(t.w->storage + 0x2100, "\x70\0\0\xaa", 4));
	terminal_destroy(t);
}

static void test_clear_forgets_sense(void)
{
	struct terminal t = terminal_create();

	CU_ASSERT_EQUAL(command(t, 0xff, 1), UC | 1);
	CU_ASSERT_EQUAL(machine_csch(t.w->m, t.w->sid), 0);
	world_run(t.w, 10);
	take(t);
	CU_ASSERT_EQUAL(sense(t), 0);
	terminal_destroy(t);
}

/* Any command in between makes the device forget. */
static void test_sense_is_forgotten(void)
{
	struct terminal t = terminal_create();

	CU_ASSERT_EQUAL(command(t, 0xff, 1), UC | 1);
	CU_ASSERT_EQUAL(command(t, NOOP, 0), CE_DE);
	CU_ASSERT_EQUAL(sense(t), 0);
	terminal_destroy(t);
}

static void test_power(void)
{
	struct terminal t = terminal_create();

	OUTPUT(t, ERASE_WRITE, "\xc3\xc1");
	dev_3270_power(t.dev, false);
	expect_row(t, 0, "");
	CU_ASSERT_EQUAL(OUTPUT(t, ERASE_WRITE, "\xc3\xc1"), UC | 2);
	CU_ASSERT_EQUAL(sense(t), 0x40);
	CU_ASSERT_EQUAL(command(t, SENSE_ID, 12), CE_DE);
	CU_ASSERT_EQUAL(dev_3270_type(t.dev, "A"), -EPERM);
	CU_ASSERT_EQUAL(dev_3270_attention(t.dev, DEV_3270_ENTER), -EPERM);

	t.w->interruptions = 0;
	dev_3270_power(t.dev, false);	/* nothing new */
	world_run(t.w, 10);
	CU_ASSERT_EQUAL(t.w->interruptions, 0);
	dev_3270_power(t.dev, true);
	world_run(t.w, 10);
	CU_ASSERT_EQUAL(t.w->interruptions, 1);
	dev_3270_power(t.dev, true);	/* nothing new */
	world_expect(t.w, "ready", SCSW0_SC_ALERT | SCSW0_SC_PEND, 0,
		     SCSW2_DSTAT_DE);
	terminal_destroy(t);
}

/* Off and on again: an unlocked keyboard, and no key was pressed. */
static void test_power_cycle(void)
{
	struct terminal t = terminal_create();

	CU_ASSERT_EQUAL(dev_3270_attention(t.dev, DEV_3270_ENTER), 0);
	world_run(t.w, 10);
	take(t);
	dev_3270_power(t.dev, false);
	dev_3270_power(t.dev, true);
	world_run(t.w, 10);
	take(t);
	CU_ASSERT_EQUAL(command(t, READ_MODIFIED, 3), CE_DE);
	EXPECT(t, "no key", "\x60\x40\x40");
	CU_ASSERT_EQUAL(dev_3270_type(t.dev, "A"), 0);
	terminal_destroy(t);
}

/* "HELLO" at row 2, column 5; then WRITE goes on at the cursor. */
static void test_screen(void)
{
	struct terminal t = terminal_create();

	CU_ASSERT_EQUAL(OUTPUT(t, ERASE_WRITE, "\xc3" "\x11\xc2\xe4"
			"\xc8\xc5\xd3\xd3\xd6" "\x13"), CE_DE);
	expect_row(t, 2, "    HELLO");
	CU_ASSERT_EQUAL(OUTPUT(t, WRITE, "\xc3" "\x5a"), CE_DE);
	expect_row(t, 2, "    HELLO!");
	CU_ASSERT_EQUAL(OUTPUT(t, ERASE_WRITE_ALT, "\xc3"), CE_DE);
	expect_row(t, 2, "");
	terminal_destroy(t);
}

static void test_orders(void)
{
	static const struct {
		const char *name, *stream;
		unsigned int length;
		const char *row0;
	} cases[] = {
#define CASE(name, stream, row) { name, stream, sizeof(stream) - 1, row }
		CASE("binary address", "\0\x11\0\x03\xc1", "   A"),
		CASE("repeat to address", "\0\x3c\0\x05\x5c", "*****"),
		CASE("start field is a blank", "\0\xc1\x1d\x60\xc2", "A B"),
		CASE("erase unprotected", "\0\x1d\x60\xc1\xc2\x1d\x40\xc3\xc4"
		     "\x11\0\0\x12\0\x10", " AB"),
		CASE("program tab", "\0\x1d\x60\xc1\x1d\x40\x11\0\0\x05\xc3",
		     " A C"),
		CASE("program tab finds nothing", "\0\xc1\xc2\x05\xc3", "CB"),
		CASE("repeat round the screen", "\0\x3c\0\0\x5c",
		     "****************************************"
		     "****************************************"),
	};
	struct terminal t = terminal_create();
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CU_ASSERT_EQUAL(output(t, ERASE_WRITE, cases[i].stream,
				       cases[i].length), CE_DE);
		expect_row(t, 0, cases[i].row0);
	}
	terminal_destroy(t);
}

/* A stream that makes no sense: unit check, operation check. */
static void test_bad_streams(void)
{
	static const struct {
		const char *name, *stream;
		u32 length, word2;
	} cases[] = {
		CASE("address beyond the screen", "\0\x11\x07\x80\xc1",
		     CE_DE | UC | 2),
		CASE("order that is none", "\0\x01\xc1", CE_DE | UC | 2),
		CASE("order cut short", "\0\x11\0", CE_DE | UC),
		CASE("repeat beyond the screen", "\0\x3c\x07\x80\x5c",
		     CE_DE | UC | 1),
		CASE("erase beyond the screen", "\0\x12\x07\x80",
		     CE_DE | UC | 1),
	};
	struct terminal t = terminal_create();
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		u32 word2 = output(t, ERASE_WRITE, cases[i].stream,
				   cases[i].length);

		if (word2 != cases[i].word2)
			printf("\n%s: %08x, expected %08x\n", cases[i].name,
			       word2, cases[i].word2);
		CU_ASSERT_EQUAL(word2, cases[i].word2);
		CU_ASSERT_EQUAL(sense(t), 0x01);
		CU_ASSERT_EQUAL(OUTPUT(t, ERASE_WRITE, "\0\xc1"), CE_DE);
		expect_row(t, 0, "A");
	}
	terminal_destroy(t);
}

/* An order may be cut anywhere by data chaining. */
static void test_order_across_areas(void)
{
	static const u32 ccws[] = { ERASE_WRITE << 24 | CCW0_CD | 2, 0x2000,
				    CCW0_CD | 1, 0x2002, 2, 0x2003 };
	struct terminal t = terminal_create();

	memcpy(t.w->storage + 0x2000, "\xc3\x11\0\x03\xc1", 5);
	world_put(t.w, 0x1000, ccws, 6);
	CU_ASSERT_EQUAL(world_ssch(t.w, WORLD_ORB_KEY0, 0x1000), 0);
	world_run(t.w, 10);
	expect_row(t, 0, "   A");
	CU_ASSERT_EQUAL(world_scsw(t.w, 2), CE_DE);
	terminal_destroy(t);
}

/* A form is sent, filled in, and read: the dialogue of every application. */
static void test_dialogue(void)
{
	struct terminal t = terminal_create();

	/* "NAME", a field at 5 with the cursor in it, its end at 16 */
	OUTPUT(t, ERASE_WRITE, "\xc3" "\xd5\xc1\xd4\xc5" "\x1d\x40\x13"
	       "\x11\0\x10\x1d\x60" "\xd6\xd2");
	CU_ASSERT_EQUAL(dev_3270_type(t.dev, "Ada 1"), 0);
	expect_row(t, 0, "NAME Ada 1       OK");
	t.w->interruptions = 0;
	CU_ASSERT_EQUAL(dev_3270_attention(t.dev, DEV_3270_ENTER), 0);
	CU_ASSERT_EQUAL(dev_3270_type(t.dev, "B"), -EPERM);
	CU_ASSERT_EQUAL(dev_3270_attention(t.dev, DEV_3270_ENTER), -EPERM);
	world_run(t.w, 10);
	CU_ASSERT_EQUAL(t.w->interruptions, 1);
	world_expect(t.w, "attention", SCSW0_SC_ALERT | SCSW0_SC_PEND, 0,
		     SCSW2_DSTAT_ATTN);
	take(t);

	CU_ASSERT_EQUAL(command(t, READ_MODIFIED, 100), CE_DE | 89);
	EXPECT(t, "READ MODIFIED", "\x7d\x40\x4a" "\x11\x40\xc5"
	       "\xc1\x84\x81\x40\xf1");

	/* restored keyboard, reset tags: nothing is modified any more */
	OUTPUT(t, WRITE, "\x03");
	CU_ASSERT_EQUAL(command(t, READ_MODIFIED, 100), CE_DE | 97);
	EXPECT(t, "nothing modified", "\x60\x40\x4a");
	CU_ASSERT_EQUAL(dev_3270_type(t.dev, "B"), 0);
	terminal_destroy(t);
}

static void test_typing_is_refused_whole(void)
{
	struct terminal t = terminal_create();

	/* three positions, then a protected field */
	OUTPUT(t, ERASE_WRITE, "\xc3" "\x1d\x40\x13" "\x11\0\x04\x1d\x60");
	CU_ASSERT_EQUAL(dev_3270_type(t.dev, "FOUR"), -EPERM);
	CU_ASSERT_EQUAL(dev_3270_type(t.dev, "A\n"), -EINVAL);
	CU_ASSERT_EQUAL(dev_3270_type(t.dev, "\xc3\xa4"), -EINVAL);
	expect_row(t, 0, "");
	CU_ASSERT_EQUAL(dev_3270_type(t.dev, "ONE"), 0);
	expect_row(t, 0, " ONE");
	terminal_destroy(t);
}

/* Every character goes to the screen and comes back. */
static void test_all_characters(void)
{
	struct terminal t = terminal_create();
	char text[96], row[DEV_3270_COLS + 1];
	unsigned int i;

	for (i = 0; i < 95; i++)
		text[i] = 0x20 + i;
	text[95] = '\0';
	CU_ASSERT_EQUAL(dev_3270_type(t.dev, text), 0);
	dev_3270_row(t.dev, 0, row);
	CU_ASSERT(!memcmp(row, text, 80));
	expect_row(t, 1, text + 80);
	terminal_destroy(t);
}

/* No field at all: everything that was typed counts as modified. */
/* The longest answer there is: each position an attribute, and each modified. */
static void test_read_of_nothing_but_modified_fields(void)
{
	enum { CELLS = DEV_3270_ROWS * DEV_3270_COLS };
	struct terminal t = terminal_create();
	char stream[1 + 2 * CELLS] = "\xc3";

	for (unsigned int i = 0; i < CELLS; i++)
		memcpy(stream + 1 + 2 * i, "\x1d\xc1", 2);
	CU_ASSERT_EQUAL(output(t, ERASE_WRITE, stream, sizeof(stream)), CE_DE);
	CU_ASSERT_EQUAL(command(t, READ_MODIFIED, 6000),
			CE_DE | (6000 - 3 - 3 * CELLS));
	EXPECT(t, "the first", "\x60\x40\x40" "\x11\x40\xc1" "\x11\x40\xc2");
	terminal_destroy(t);
}

/* The last field of a screen goes on at its top; so does what is read of it. */
static void test_read_of_a_field_round_the_edge(void)
{
	struct terminal t = terminal_create();

	OUTPUT(t, ERASE_WRITE, "\xc3" "\x11\x40\xc5\x1d\x60"
	       "\x11\x5d\x7e\x1d\x40\x13");
	CU_ASSERT_EQUAL(dev_3270_type(t.dev, "ABCD"), 0);
	CU_ASSERT_EQUAL(dev_3270_attention(t.dev, DEV_3270_ENTER), 0);
	world_run(t.w, 10);
	take(t);
	CU_ASSERT_EQUAL(command(t, READ_MODIFIED, 100), CE_DE | 90);
	EXPECT(t, "field", "\x7d\x40\xc3" "\x11\x5d\x7f\xc1\xc2\xc3\xc4");
	terminal_destroy(t);
}

static void test_read_unformatted(void)
{
	struct terminal t = terminal_create();

	CU_ASSERT_EQUAL(command(t, READ_MODIFIED, 3), CE_DE);
	EXPECT(t, "nothing yet", "\x60\x40\x40");
	CU_ASSERT_EQUAL(dev_3270_type(t.dev, "AB"), 0);
	CU_ASSERT_EQUAL(dev_3270_attention(t.dev, DEV_3270_ENTER), 0);
	world_run(t.w, 10);
	take(t);
	CU_ASSERT_EQUAL(command(t, READ_MODIFIED, 100), CE_DE | 95);
	EXPECT(t, "unformatted", "\x7d\x40\xc2" "\xc1\xc2");

	/* ERASE/WRITE puts the cursor back to the beginning */
	OUTPUT(t, ERASE_WRITE, "\x03");
	CU_ASSERT_EQUAL(command(t, READ_MODIFIED, 100), CE_DE | 97);
	EXPECT(t, "erased", "\x60\x40\x40");
	terminal_destroy(t);
}

static void test_read_buffer(void)
{
	struct terminal t = terminal_create();

	OUTPUT(t, ERASE_WRITE, "\xc3" "\xc1\x1d\x60\xc2");
	CU_ASSERT_EQUAL(command(t, READ_BUFFER, 9), CE_DE);
	EXPECT(t, "READ BUFFER", "\x60\x40\x40" "\xc1\x1d\x60\xc2\0\0");

	/* typing adds the tag and keeps the rest of the attribute */
	OUTPUT(t, ERASE_WRITE, "\xc3" "\x1d\xc8\x13");
	CU_ASSERT_EQUAL(dev_3270_type(t.dev, "B"), 0);
	CU_ASSERT_EQUAL(command(t, READ_BUFFER, 6), CE_DE);
	EXPECT(t, "typed", "\x60\x40\xc2" "\x1d\xc9\xc2");
	terminal_destroy(t);
}

/* Addresses that are sent are printable, all 1920 of them can be sent back. */
static void test_addresses(void)
{
	struct terminal t = terminal_create();
	unsigned int at;

	for (at = 0; at < 24 * 80; at += 7) {
		char stream[] = { 0x03, 0x11, at / 256, at % 256, 0x13 };
		u8 *reply = t.w->storage + 0x2000;
		char back[5];

		CU_ASSERT_EQUAL(output(t, ERASE_WRITE, stream, 5), CE_DE);
		CU_ASSERT_EQUAL(command(t, READ_MODIFIED, 100), CE_DE | 97);
		CU_ASSERT(reply[1] >= 0x40 && reply[2] >= 0x40);
		memcpy(back, (char[]){ 0x03, 0x11, reply[1], reply[2], 0x5c },
		       5);
		CU_ASSERT_EQUAL(output(t, ERASE_WRITE, back, 5), CE_DE);
		CU_ASSERT_EQUAL(command(t, READ_BUFFER, 3 + at + 1), CE_DE);
		CU_ASSERT_EQUAL(reply[3 + at], 0x5c);
	}
	terminal_destroy(t);
}

static void test_structured_fields_are_taken(void)
{
	struct terminal t = terminal_create();

	CU_ASSERT_EQUAL(OUTPUT(t, WRITE_STRUCTURED, "\0\x05\x01\xff\x02"),
			CE_DE);
	expect_row(t, 0, "");
	terminal_destroy(t);
}

static void press(struct terminal t, const char *key, int expected)
{
	CU_ASSERT_EQUAL(sim_device_press(&sim_device_3270, t.dev, key),
			expected);
}

/* Two fields of two, the second for digits only and behind a skipped one. */
#define TWO_FIELDS "\xc3\x11\x40\x40\x1d\x40\x13\x11\x40\xc3\x1d\xf0\xd6" \
		   "\x11\x40\xc6\x1d\x40\x11\x40\xc9\x1d\x60"

static void test_typing_skips_protected_numeric(void)
{
	struct terminal t = terminal_create();

	CU_ASSERT_EQUAL(OUTPUT(t, ERASE_WRITE, TWO_FIELDS), CE_DE);
	CU_ASSERT_EQUAL(dev_3270_type(t.dev, "ABCD"), 0);
	expect_row(t, 0, " AB O  CD");
	CU_ASSERT_EQUAL(dev_3270_type(t.dev, "E"), -EPERM); /* only protected */
	press(t, "home", 0);
	CU_ASSERT_EQUAL(dev_3270_type(t.dev, "X"), 0);
	press(t, "tab", 0);
	CU_ASSERT_EQUAL(dev_3270_type(t.dev, "Y"), 0);
	press(t, "left", 0);
	press(t, "erase-eof", 0);
	expect_row(t, 0, " XB O");
	press(t, "erase-input", 0);
	expect_row(t, 0, "    O");
	CU_ASSERT_EQUAL(command(t, READ_MODIFIED, 3), CE_DE);
	EXPECT(t, "nothing is modified", "\x60\x40\xc1");
	press(t, "down", 0);
	press(t, "up", 0);
	press(t, "right", 0);
	CU_ASSERT_EQUAL(dev_3270_type(t.dev, "Z"), 0);
	expect_row(t, 0, "  Z O");
	press(t, "up", 0);
	press(t, "erase-eof", -EPERM);
	terminal_destroy(t);
}

/* Every key that locks, locks; RESET unlocks; no key works without power. */
static void test_keys_and_the_lock(void)
{
	struct terminal t = terminal_create();
	const struct sim_device_key *key;

	for (key = sim_device_3270.keys; key->name; key++) {
		u32 before = t.w->interruptions;

		if (strstr(key->name, "switch"))
			continue;
		press(t, key->name, 0);
		world_run(t.w, 10);
		if (t.w->interruptions == before)
			continue;
		press(t, key->name, -EPERM);
		press(t, "tab", -EPERM);
		take(t);
		press(t, "reset", 0);
		CU_ASSERT_EQUAL(command(t, READ_MODIFIED, 1) & CE_DE, CE_DE);
		CU_ASSERT_EQUAL(t.w->storage[0x2000], key->value);
	}
	CU_ASSERT_EQUAL(t.w->interruptions, 29 * 2);	/* with the reads */
	press(t, "switch-off", 0);
	press(t, "tab", -EPERM);
	press(t, "reset", -EPERM);
	press(t, "home", -EPERM);
	press(t, "erase-input", -EPERM);
	terminal_destroy(t);
}

static void test_short_read(void)
{
	static const char *const keys[] = { "clear", "pa1", "pa2", "pa3" };
	struct terminal t = terminal_create();

	for (unsigned int i = 0; i < 4; i++) {
		press(t, "reset", 0);
		CU_ASSERT_EQUAL(dev_3270_type(t.dev, "A"), 0);
		press(t, keys[i], 0);
		world_run(t.w, 10);
		take(t);
		CU_ASSERT_EQUAL(command(t, READ_MODIFIED, 10), CE_DE | 9);
	}
	press(t, "reset", 0);
	CU_ASSERT_EQUAL(dev_3270_type(t.dev, "A"), 0);
	press(t, "pf24", 0);
	world_run(t.w, 10);
	take(t);
	CU_ASSERT_EQUAL(command(t, READ_MODIFIED, 10) & 0xff, 3);
	EXPECT(t, "PF24", "\x4c\x40");
	terminal_destroy(t);
}

static void test_extended_orders(void)
{
	struct terminal t = terminal_create();

	/* SFE: unprotected, red; MF makes it protected; SA changes nothing */
	CU_ASSERT_EQUAL(OUTPUT(t, ERASE_WRITE, "\xc3\x11\x40\x40\x29\x02\xc0\x40"
			       "\x42\xf2\x28\x42\xf4\xc1\x13"), CE_DE);
	expect_row(t, 0, " A");
	CU_ASSERT_EQUAL(dev_3270_type(t.dev, "B"), 0);
	CU_ASSERT_EQUAL(OUTPUT(t, WRITE, "\xc3\x11\x40\x40\x2c\x01\xc0\x60"),
			CE_DE);
	CU_ASSERT_EQUAL(dev_3270_type(t.dev, "C"), -EPERM);
	/* not an attribute; an unknown type; cut short */
	CU_ASSERT_EQUAL(OUTPUT(t, WRITE, "\xc3\x11\x40\xc1\x2c\x01\xc0\x60"),
			CE_DE | UC | 1);
	CU_ASSERT_EQUAL(OUTPUT(t, WRITE, "\xc3\x29\x01\x99\x60"),
			CE_DE | UC | 1);
	CU_ASSERT_EQUAL(OUTPUT(t, WRITE, "\xc3\x29\x02\xc0\x60\x42"),
			CE_DE | UC);
	CU_ASSERT_EQUAL(OUTPUT(t, WRITE, "\xc3\x29\x00\xc1"), CE_DE);
	terminal_destroy(t);
}

static void test_program_tab_wipes_the_rest_of_a_field(void)
{
	struct terminal t = terminal_create();

	OUTPUT(t, ERASE_WRITE, TWO_FIELDS "\x11\x40\xc1\xc1\xc1\x11\x40\xc7\xc1"
	       "\xc1");
	expect_row(t, 0, " AA O  AA");
	OUTPUT(t, WRITE, "\xc3\x11\x40\xc1\xc2\x05\xc3");
	expect_row(t, 0, " B  O  CA");
	OUTPUT(t, WRITE, "\xc3\x11\x40\xc1\x05\xc4");	/* no data before it */
	expect_row(t, 0, " B  O  DA");
	terminal_destroy(t);
}

static void test_hidden_field_is_not_shown(void)
{
	struct terminal t = terminal_create();

	OUTPUT(t, ERASE_WRITE, "\xc3\x11\x40\x40\x1d\x4c\x13\xc1\x11\x40\xc4\x1d\x60"
	       "\xc2");
	CU_ASSERT_EQUAL(dev_3270_type(t.dev, "X"), 0);
	expect_row(t, 0, "     B");
	terminal_destroy(t);
}

/* Holding back: active until the answer is released. */
static void test_hold(void)
{
	struct terminal t = terminal_create();
	struct ccw_orb orb = { { 0, cpu_to_be32(WORLD_ORB_KEY0),
				 cpu_to_be32(0x1000) } };

	behave(t, PORT_DEVICE_HOLD);
	start(t, SENSE_ID, 12);
	CU_ASSERT_EQUAL(t.w->interruptions, 0);
	CU_ASSERT_EQUAL(machine_ssch(t.w->m, t.w->sid, &orb), 2);
	behave(t, PORT_DEVICE_DEAF);
	CU_ASSERT_EQUAL(t.w->interruptions, 0);
	behave(t, PORT_DEVICE_RELEASE);
	world_expect(t.w, "released", 0x00804007, 0x1008, 0x0c000000);
	CU_ASSERT_EQUAL(t.w->interruptions, 1);
	behave(t, PORT_DEVICE_RELEASE);
	CU_ASSERT_EQUAL(t.w->interruptions, 1);
	terminal_destroy(t);
}

static void test_hold_and_halt_and_clear(void)
{
	static const struct {
		enum port_fault manner;
		int (*insn)(struct machine *m, u32 sid);
		u32 word0, word1, word2;
		unsigned int interruptions;
	} cases[] = {
		{ PORT_DEVICE_HOLD, machine_hsch, 0x00806007, 0x1008, CE_DE, 1 },
		{ PORT_DEVICE_DEAF, machine_hsch, 0x008060c0, 0, 0, 0 },
		{ PORT_DEVICE_HOLD, machine_csch, 0x00001001, 0, 0, 1 },
		{ PORT_DEVICE_DEAF, machine_csch, 0x00001001, 0, 0, 1 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct terminal t = terminal_create();

		behave(t, cases[i].manner);
		start(t, SENSE_ID, 12);
		CU_ASSERT_EQUAL(cases[i].insn(t.w->m, t.w->sid), 0);
		world_run(t.w, 10);
		CU_ASSERT_EQUAL(machine_hsch(t.w->m, t.w->sid),
				cases[i].interruptions ? 1 : 2);
		world_expect(t.w, "held", cases[i].word0, cases[i].word1,
			     cases[i].word2);
		CU_ASSERT_EQUAL(t.w->interruptions, cases[i].interruptions);
		/* what was held is gone, unless the device was deaf to halt */
		if (cases[i].interruptions)
			take(t);
		behave(t, PORT_DEVICE_RELEASE);
		world_run(t.w, 10);
		CU_ASSERT_EQUAL(t.w->interruptions, 1);
		terminal_destroy(t);
	}
}

/* A held NO OPERATION lets the channel go and owes the device end. */
static void test_hold_noop(void)
{
	struct terminal t = terminal_create();

	behave(t, PORT_DEVICE_HOLD);
	start(t, NOOP, 0);
	CU_ASSERT_EQUAL(world_scsw(t.w, 2), SCSW2_DSTAT_CE);
	take(t);
	start(t, SENSE_ID, 12);		/* busy: waits */
	CU_ASSERT(world_scsw(t.w, 0) & SCSW0_AC_START);
	behave(t, PORT_DEVICE_RELEASE);
	world_run(t.w, 10);
	CU_ASSERT_EQUAL(world_scsw(t.w, 2), CE_DE);
	CU_ASSERT_EQUAL(world_scsw(t.w, 0) & PS, PS);
	terminal_destroy(t);
}

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "not attached", test_not_attached },
		{ "SENSE ID is QEMU's", test_sense_id_is_qemus },
		{ "word 0, step by step", test_word_0_step_by_step },
		{ "lengths", test_lengths },
		{ "unknown commands", test_unknown_commands },
		{ "SENSE ID after a long answer",
		  test_sense_id_after_a_long_answer },
		{ "input across areas", test_input_across_areas },
		{ "clear forgets sense", test_clear_forgets_sense },
		{ "sense is forgotten", test_sense_is_forgotten },
		{ "power", test_power },
		{ "power cycle", test_power_cycle },
		{ "screen", test_screen },
		{ "orders", test_orders },
		{ "bad streams", test_bad_streams },
		{ "order across areas", test_order_across_areas },
		{ "dialogue", test_dialogue },
		{ "typing is refused whole", test_typing_is_refused_whole },
		{ "all characters", test_all_characters },
		{ "read of nothing but modified fields",
		  test_read_of_nothing_but_modified_fields },
		{ "read of a field round the edge",
		  test_read_of_a_field_round_the_edge },
		{ "read unformatted", test_read_unformatted },
		{ "read buffer", test_read_buffer },
		{ "addresses", test_addresses },
		{ "structured fields are taken",
		  test_structured_fields_are_taken },
		{ "typing skips protected numeric",
		  test_typing_skips_protected_numeric },
		{ "keys and the lock", test_keys_and_the_lock },
		{ "short read", test_short_read },
		{ "extended orders", test_extended_orders },
		{ "program tab wipes the rest of a field",
		  test_program_tab_wipes_the_rest_of_a_field },
		{ "hidden field is not shown", test_hidden_field_is_not_shown },
		{ "hold", test_hold },
		{ "hold, then halt or clear", test_hold_and_halt_and_clear },
		{ "hold a NO OPERATION", test_hold_noop },
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "3270", tests);
}
