// SPDX-License-Identifier: GPL-2.0-only
/* Card reader and punch: decks in files, and files that are none. */
#define _GNU_SOURCE 1		/* memfd_create() */
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "card_deck.h"
#include "dev_3505.h"
#include "dev_3525.h"
#include "machine_world.h"

#define CE_DE		(SCSW2_DSTAT_CE | SCSW2_DSTAT_DE)
#define UX		SCSW2_DSTAT_UX
#define UC		SCSW2_DSTAT_UC
#define IL		SCSW2_CSTAT_IL

static char path[] = "/tmp/test_cards.XXXXXX";

static void put_file(const char *bytes, size_t size)
{
	FILE *file = fopen(path, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fwrite(bytes, 1, size, file);
	fclose(file);
}

static void expect_file(const char *bytes, size_t size)
{
	char got[512];
	FILE *file = fopen(path, "r");

	CU_ASSERT_EQUAL(fread(got, 1, sizeof(got), file), size);
	CU_ASSERT(!memcmp(got, bytes, size));
	fclose(file);
}

/* A device of a type, with a file in a form ("ascii:"), or without. */
struct desk {
	const struct sim_device_type *type;
	void *dev;
	struct world *w;
};

static struct desk desk_create(const struct sim_device_type *type,
			       const char *form)
{
	struct sim_device_error error;
	struct desk d = { .type = type };
	char argument[64];

	snprintf(argument, sizeof(argument), "%s%s", form ?: "", path);
	d.dev = type->create(form ? argument : NULL, &error);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d.dev);
	d.w = world_create_with(type->ops, d.dev);
	return d;
}

static void desk_destroy(struct desk d)
{
	world_destroy(d.w);
	d.type->destroy(d.dev);
}

static u32 command(struct desk d, u8 code, u32 flags, u32 count)
{
	u32 ccw[] = { (u32)code << 24 | flags | count, 0x2000 };
	struct ccw_irb irb;

	world_put(d.w, 0x1000, ccw, 2);
	CU_ASSERT_EQUAL(world_ssch(d.w, WORLD_ORB_KEY0, 0x1000), 0);
	world_run(d.w, 10);
	CU_ASSERT_EQUAL(machine_tsch(d.w->m, d.w->sid, &irb), 0);
	return be32_to_cpu(irb.scsw.word[2]);
}

static u8 sense(struct desk d)
{
	CU_ASSERT_EQUAL(command(d, 0x04, 0, 1), CE_DE);
	return d.w->storage[0x2000];
}

static u32 punch(struct desk d, const char *bytes, u32 count)
{
	memcpy(d.w->storage + 0x2000, bytes, count);
	return command(d, 0x01, 0, count);
}

static void test_arguments_and_files_that_are_wrong(void)
{
	static const struct {
		const struct sim_device_type *type;
		const char *form, *bytes, *words;
	} wrong[] = {
		{ &sim_device_3505, "", "", "expected ascii:FILE or ebcdic:" },
		{ &sim_device_3505, "ASCII:", "", "expected ascii:FILE" },
		{ &sim_device_3505, "ascii:/nowhere", "", "No such file" },
		{ &sim_device_3505, "ascii:", "a\nb\tc\n",
		  ":2:2: found the byte 0x09, expected a printable" },
		{ &sim_device_3505, "ascii:", "12345678901234567890123456789012"
		  "3456789012345678901234567890123456789012345678901\n",
		  ":1: found a line of 81 characters, expected at most 80" },
		{ &sim_device_3505, "ebcdic:", "1234567890",
		  "offset 0: found 10 bytes, expected a card of 80" },
		{ &sim_device_3525, "file:", "", "expected ascii:FILE" },
		{ &sim_device_3525, "ascii:", "a\nb", "found 3 bytes, expected "
		  "a new line at the end" },
		{ &sim_device_3525, "ebcdic:", "a", "a multiple of 80" },
		{ &sim_device_3525, "ascii:/nowhere/", "", "No such file" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct sim_device_error error;
		char argument[64];

		put_file(wrong[i].bytes, strlen(wrong[i].bytes));
		snprintf(argument, sizeof(argument), "%s%s", wrong[i].form,
			 path);
		CU_ASSERT_PTR_NULL(wrong[i].type->create(argument, &error));
		if (!strstr(error.text, wrong[i].words))
			printf("\n%zu: %s\n", i, error.text);
		CU_ASSERT_PTR_NOT_NULL(strstr(error.text, wrong[i].words));
		expect_file(wrong[i].bytes, strlen(wrong[i].bytes));
	}
}

static void test_deck_of_text(void)
{
	struct desk d;

	put_file("ABC\n\nZ", 6);	/* the last line need not end */
	d = desk_create(&sim_device_3505, "ascii:");
	CU_ASSERT_EQUAL(command(d, 0x02, 0, 80), CE_DE);
	CU_ASSERT(!memcmp(d.w->storage + 0x2000, "\xc1\xc2\xc3\x40", 4));
	CU_ASSERT_EQUAL(d.w->storage[0x204f], 0x40);
	CU_ASSERT_EQUAL(command(d, 0x42, 0, 79), CE_DE | IL);
	CU_ASSERT_EQUAL(d.w->storage[0x2000], 0x40);
	CU_ASSERT_EQUAL(command(d, 0x82, 0, 81), CE_DE | IL | 1);
	CU_ASSERT_EQUAL(command(d, 0x02, CCW0_SLI, 80), CE_DE | UX | 80);
	CU_ASSERT_EQUAL(command(d, 0x02, 0, 80), UC | 80);
	CU_ASSERT_EQUAL(sense(d), 0x40);
	CU_ASSERT_EQUAL(sense(d), 0);
	desk_destroy(d);
}

/* Any code is a card's, and comes through as it is. */
static void test_deck_of_bytes(void)
{
	char cards[160];
	struct desk d;

	for (size_t i = 0; i < sizeof(cards); i++)
		cards[i] = i;
	put_file(cards, sizeof(cards));
	d = desk_create(&sim_device_3505, "ebcdic:");
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(command(d, 0x02, 0, 80), CE_DE);
		CU_ASSERT(!memcmp(d.w->storage + 0x2000, cards + 80 * i, 80));
	}
	CU_ASSERT_EQUAL(command(d, 0x23, 0, 1), CE_DE | UX | IL | 1);
	desk_destroy(d);
}

static void test_punching_adds_whole_cards(void)
{
	struct desk d;
	char wide[100];

	put_file("OLD\n", 4);
	d = desk_create(&sim_device_3525, "ascii:");
	CU_ASSERT_EQUAL(punch(d, "\xd5\xc5\xe6", 3), CE_DE);
	expect_file("OLD\nNEW\n", 8);
	CU_ASSERT_EQUAL(punch(d, "\xd5\x01", 2), CE_DE | UC);
	CU_ASSERT_EQUAL(sense(d), 0x08);
	expect_file("OLD\nNEW\n", 8);
	memset(wide, 0xc1, sizeof(wide));
	CU_ASSERT_EQUAL(punch(d, wide, 100), CE_DE | IL | 20);
	desk_destroy(d);

	put_file("", 0);
	d = desk_create(&sim_device_3525, "ebcdic:");
	CU_ASSERT_EQUAL(punch(d, wide, 80), CE_DE);
	CU_ASSERT_EQUAL(punch(d, "\x01", 1), CE_DE);
	desk_destroy(d);
	d = desk_create(&sim_device_3505, "ebcdic:");
	CU_ASSERT_EQUAL(command(d, 0x02, 0, 80), CE_DE);
	CU_ASSERT_EQUAL(command(d, 0x02, 0, 80), CE_DE);
	CU_ASSERT_EQUAL(d.w->storage[0x2000], 0x01);
	CU_ASSERT_EQUAL(d.w->storage[0x2001], 0x40);
	desk_destroy(d);
}

/* Files may not grow beyond so many bytes. Return: the limit before. */
static struct rlimit limit_files(rlim_t bytes)
{
	struct rlimit old, low;

	signal(SIGXFSZ, SIG_IGN);
	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_FSIZE, &old), 0);
	low = old;
	low.rlim_cur = bytes;
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &low), 0);
	return old;
}

/* The disk fills up inside a card: no half card, and the guest is told. */
static void test_full_disk_leaves_no_half_card(void)
{
	struct rlimit old;
	char card[80], got[PORT_LINE];
	struct desk d;
	struct stat st;

	memset(card, 0xc1, sizeof(card));
	put_file("", 0);
	d = desk_create(&sim_device_3525, "ebcdic:");
	CU_ASSERT_EQUAL(punch(d, card, 80), CE_DE);
	old = limit_files(120);
	CU_ASSERT_EQUAL(punch(d, card, 80), CE_DE | UC);
	CU_ASSERT_EQUAL(sense(d), 0x10);
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_size, 80);
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &old), 0);
	CU_ASSERT_EQUAL(punch(d, card, 80), CE_DE);
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_size, 160);
	CU_ASSERT(d.type->line(d.dev, 1, got));		/* two cards, not three */
	CU_ASSERT(!d.type->line(d.dev, 2, got));
	desk_destroy(d);
}

/*
 * What cannot be shortened is no longer added to: a sealed memory file, which
 * has a name only where /proc is mounted.
 */
static void test_half_card_in_the_file_stops_the_punch(void)
{
	struct rlimit old;
	struct desk d = { .type = &sim_device_3525 };
	int fd = memfd_create("deck", MFD_ALLOW_SEALING);
	struct sim_device_error error;
	char argument[64], card[80];
	struct stat st;

	memset(card, 0xc1, sizeof(card));
	snprintf(argument, sizeof(argument), "ebcdic:/proc/self/fd/%d", fd);
	if (access(strchr(argument, '/'), F_OK)) {
		close(fd);
		return;
	}
	d.dev = d.type->create(argument, &error);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d.dev);
	d.w = world_create_with(d.type->ops, d.dev);
	CU_ASSERT_EQUAL(punch(d, card, 80), CE_DE);
	CU_ASSERT_EQUAL(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
	old = limit_files(120);
	CU_ASSERT_EQUAL(punch(d, card, 80), CE_DE | UC);
	CU_ASSERT_EQUAL(sense(d), 0x10);
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &old), 0);
	CU_ASSERT_EQUAL(punch(d, card, 80), CE_DE | UC);
	CU_ASSERT_EQUAL(sense(d), 0x40);
	CU_ASSERT_EQUAL(fstat(fd, &st), 0);
	CU_ASSERT_EQUAL(st.st_size, 120);
	CU_ASSERT_PTR_NULL(d.type->create(argument, &error));
	CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "found 120 bytes"));
	desk_destroy(d);
	close(fd);
}

/* Read for ever, or waited for a writer; one had "-1 bytes". */
static void test_deck_that_is_no_file(void)
{
	static const char *const arguments[] = {
		"ascii:/dev/zero", "ebcdic:/dev/zero", "ascii:/tmp",
		"ascii:/dev/full",
	};
	struct sim_device_error error;
	char argument[64];

	for (size_t i = 0; i < sizeof(arguments) / sizeof(*arguments); i++) {
		CU_ASSERT_PTR_NULL(sim_device_3505.create(arguments[i], &error));
		CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "no regular file"));
	}
	CU_ASSERT_PTR_NULL(sim_device_3525.create("ascii:/dev/full", &error));
	CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "no regular file"));
	unlink(path);
	CU_ASSERT_EQUAL(mkfifo(path, 0600), 0);
	snprintf(argument, sizeof(argument), "ebcdic:%s", path);
	CU_ASSERT_PTR_NULL(sim_device_3505.create(argument, &error));
	CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "no regular file"));
	CU_ASSERT_PTR_NULL(sim_device_3525.create(argument, &error));
	CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "no regular file"));
	unlink(path);
	put_file("", 0);
}

static void test_hopper(void)
{
	struct desk d = desk_create(&sim_device_3505, NULL);
	char text[PORT_LINE], wide[82];

	memset(wide, 'x', 81);
	wide[81] = '\0';
	CU_ASSERT_EQUAL(d.type->type(d.dev, wide), -EINVAL);
	CU_ASSERT_EQUAL(d.type->type(d.dev, "a\tb"), -EINVAL);
	CU_ASSERT_EQUAL(d.type->type(d.dev, wide + 1), 0);
	CU_ASSERT_EQUAL(sim_device_press(d.type, d.dev, "ready"), 0);
	world_run(d.w, 10);
	CU_ASSERT_EQUAL(d.w->interruptions, 0);	/* nobody has waited */
	CU_ASSERT(d.type->line(d.dev, 1, text));
	CU_ASSERT_STRING_EQUAL(text, wide + 1);
	CU_ASSERT(!d.type->line(d.dev, 2, text));
	CU_ASSERT_EQUAL(command(d, 0x12, 0, 80), UC | 80);
	CU_ASSERT_EQUAL(sense(d), 0x80);
	desk_destroy(d);
}

/* A reason is there once: for the channel that asks, and until a clear. */
static void test_sense_is_forgotten_when_told_and_by_clear(void)
{
	struct desk d = desk_create(&sim_device_3505, NULL);
	u8 bytes[32] = { 0 };

	CU_ASSERT_EQUAL(command(d, 0x02, 0, 80), UC | 80);
	CU_ASSERT_EQUAL(d.type->ops->sense(d.dev, bytes), 1);
	CU_ASSERT_EQUAL(bytes[0], 0x40);
	CU_ASSERT_EQUAL(sense(d), 0);

	CU_ASSERT_EQUAL(command(d, 0x02, 0, 80), UC | 80);
	d.type->ops->clear(d.dev);
	CU_ASSERT_EQUAL(sense(d), 0);

	CU_ASSERT_EQUAL(command(d, 0x02, 0, 80), UC | 80);
	CU_ASSERT_EQUAL(command(d, 0x03, CCW0_SLI, 1), CE_DE | 1);
	CU_ASSERT_EQUAL(sense(d), 0);
	desk_destroy(d);
}

/* The operator fills the hopper while a card is half read. */
static void test_card_stays_when_the_hopper_is_filled(void)
{
	static const u32 ccws[] = { 0x02000000 | CCW0_CD | 40, 0x2000,
				    0x00000000 | 40, 0x2100 };
	struct desk d = desk_create(&sim_device_3505, NULL);

	CU_ASSERT_EQUAL(d.type->type(d.dev, "HALF"), 0);
	world_put(d.w, 0x1000, ccws, 4);
	CU_ASSERT_EQUAL(world_ssch(d.w, WORLD_ORB_KEY0, 0x1000), 0);
	memset(d.w->storage + 0x2100, 0xaa, 40);
	while (world_step(d.w))
		for (int i = 0; i < 100; i++)
			CU_ASSERT_EQUAL(d.type->type(d.dev, "X"), 0);
	CU_ASSERT_EQUAL(d.w->storage[0x2000], 0xc8);
	CU_ASSERT_EQUAL(d.w->storage[0x2100], 0x40);
	desk_destroy(d);
}

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "arguments and files that are wrong",
		  test_arguments_and_files_that_are_wrong },
		{ "deck of text", test_deck_of_text },
		{ "deck of bytes", test_deck_of_bytes },
		{ "punching adds whole cards", test_punching_adds_whole_cards },
		{ "full disk leaves no half card",
		  test_full_disk_leaves_no_half_card },
		{ "half a card in the file stops the punch",
		  test_half_card_in_the_file_stops_the_punch },
		{ "a deck that is no file", test_deck_that_is_no_file },
		{ "hopper", test_hopper },
		{ "sense is forgotten when told and by clear",
		  test_sense_is_forgotten_when_told_and_by_clear },
		{ "card stays when the hopper is filled",
		  test_card_stays_when_the_hopper_is_filled },
		CU_TEST_INFO_NULL,
	};
	int file = mkstemp(path), status;

	if (file < 0)
		return 2;
	close(file);
	status = suite_main(argc, argv, "cards", tests);
	unlink(path);
	return status;
}
