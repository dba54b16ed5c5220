// SPDX-License-Identifier: GPL-2.0-only
/* The disk through its channel: what it finds, what it refuses, and why. */
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ckd_image.h"
#include "dev_3390.h"
#include "machine_world.h"

#define CE_DE		(SCSW2_DSTAT_CE | SCSW2_DSTAT_DE)
#define UC		SCSW2_DSTAT_UC
#define UX		SCSW2_DSTAT_UX
#define PROGRAM		0x1000u
#define DATA		0x3000u
#define DATA_STEP	0x800u
#define LINKS		24

struct disk {
	struct world *w;
	struct dev_3390 *dev;
};

static struct disk disk_create(struct ckd_image *image)
{
	struct disk d;

	CU_ASSERT_PTR_NOT_NULL_FATAL(image);
	d.dev = dev_3390_create(image);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d.dev);
	d.w = world_create_with(&dev_3390_ops, d.dev);
	return d;
}

static struct disk blank_disk(void)
{
	return disk_create(ckd_image_blank(3));
}

static void disk_destroy(struct disk d)
{
	world_destroy(d.w);
	dev_3390_destroy(d.dev);
}

/* One CCW of a chain. A TIC jumps to the link that count numbers. */
struct link {
	u8 command;
	u32 count;
	const char *out;	/* what is written, or NULL */
};

#define OUT(command, bytes)	{ command, sizeof(bytes) - 1, bytes }
#define IN(command, count)	{ command, count, NULL }
#define SEEK(bytes)		OUT(0x07, "\0\0" bytes)
#define SEARCH_ID(bytes)	OUT(0x31, bytes)
#define TIC(link)		{ 0x08, link, NULL }
#define NOOP			IN(0x03, 0)
#define MASK(byte)		OUT(0x1f, byte)
#define EXTENT(mask, bytes)	OUT(0x63, mask "\xc0\0\0\0\0\0\0" bytes)
#define LOCATE(operation, count, where, id) \
	OUT(0x47, operation "\0\0" count where id "\xff\0\0")
#define WHOLE	"\0\0\0\0\0\2\0\016"	/* from track 0/0 to 2/14 */

static u32 data_of(unsigned int link)
{
	return DATA + link * DATA_STEP;
}

static u8 *bytes_of(struct disk d, unsigned int link)
{
	return d.w->storage + data_of(link);
}

static unsigned int put_chain(struct disk d, const struct link *links)
{
	unsigned int n = 0, i;

	while (n < LINKS && links[n].command)
		n++;
	for (i = 0; i < n; i++) {
		const struct link *l = &links[i];
		bool tic = l->command == 0x08;
		u32 ccw[] = {
			(u32)l->command << 24 | (tic ? 0 : CCW0_SLI | l->count),
			tic ? PROGRAM + 8 * l->count : data_of(i)
		};

		if (i + 1 < n && !tic)
			ccw[0] |= CCW0_CC;
		world_put(d.w, PROGRAM + 8 * i, ccw, 2);
		memset(bytes_of(d, i), 0xee, 0x100);
		if (l->out)
			memcpy(bytes_of(d, i), l->out, l->count);
	}
	return n;
}

/* Play a chain to its end. Return: word 2 of the SCSW. */
static u32 play(struct disk d, const struct link *links)
{
	struct ccw_irb irb;

	put_chain(d, links);
	CU_ASSERT_EQUAL(world_ssch(d.w, WORLD_ORB_KEY0, PROGRAM), 0);
	world_run(d.w, 2000);
	/* channel end and device end may come one after the other */
	while (!(world_scsw(d.w, 2) & (SCSW2_DSTAT_DE | UC)) &&
	       !machine_tsch(d.w->m, d.w->sid, &irb))
		world_run(d.w, 2000);
	CU_ASSERT_EQUAL(machine_tsch(d.w->m, d.w->sid, &irb), 0);
	return be32_to_cpu(irb.scsw.word[2]);
}
#define PLAY(d, ...) play(d, (const struct link[]){ __VA_ARGS__, { } })

#define STATUS(word2)	((word2) & ~SCSW2_COUNT)

static void expect(struct disk d, const char *what, unsigned int link,
		   const char *bytes, u32 count)
{
	bool same = !memcmp(bytes_of(d, link), bytes, count);
	u32 i;

	if (!same) {
		printf("\n%s:", what);
		for (i = 0; i < count; i++)
			printf(" %02x", bytes_of(d, link)[i]);
		printf("\n");
	}
	CU_ASSERT(same);
}
#define EXPECT(d, what, link, bytes) \
	expect(d, what, link, bytes, sizeof(bytes) - 1)

/* Three records behind R0 of track 0/1: with key, without, and an end. */
static void format_track(struct disk d)
{
	CU_ASSERT_EQUAL(PLAY(d, SEEK("\0\0\0\1"), MASK("\0"),
			     SEARCH_ID("\0\0\0\1\0"), TIC(2),
			     OUT(0x1d, "\0\0\0\1\1\3\0\4" "KEYdata"),
			     OUT(0x1d, "\0\0\0\1\2\0\0\6" "second"),
			     OUT(0x1d, "\0\0\0\1\3\0\0\0"),
			     OUT(0x1d, "\0\0\0\1\4\3\0\4" "MNOlast")), CE_DE);
}

static void test_read_label(void)
{
	struct disk d = blank_disk();

	CU_ASSERT_EQUAL(PLAY(d, SEEK("\0\0\0\0"), SEARCH_ID("\0\0\0\0\3"),
			     TIC(1), IN(0x0e, 84)), CE_DE);
	EXPECT(d, "VOL1", 3, "\xe5\xd6\xd3\xf1" "\xe5\xd6\xd3\xf1"
	       "\xf1\xf1\xf1\xf1\xf1\xf1");
	disk_destroy(d);
}

static void test_read_ipl(void)
{
	struct disk d = blank_disk();

	CU_ASSERT_EQUAL(PLAY(d, IN(0x02, 24)), CE_DE);
	EXPECT(d, "IPL1", 0, "\0\6\0\0\0\0\0\x0f\3");
	disk_destroy(d);
}

/* What each reading command gets of the same track. */
static void test_reads(void)
{
	struct disk d = blank_disk();

	format_track(d);
	PLAY(d, SEEK("\0\0\0\1"), IN(0x1a, 5), IN(0x12, 8), IN(0x06, 4),
	     IN(0x1e, 14), IN(0x92, 8));
	EXPECT(d, "home address", 1, "\0\0\0\0\1");
	EXPECT(d, "count", 2, "\0\0\0\1\1\3\0\4");
	EXPECT(d, "data of the same", 3, "data");
	EXPECT(d, "the next, whole", 4, "\0\0\0\1\2\0\0\6second");
	EXPECT(d, "and the next", 5, "\0\0\0\1\3\0\0\0");
	PLAY(d, SEEK("\0\0\0\1"), IN(0x16, 16), IN(0x0e, 7), IN(0x06, 6));
	EXPECT(d, "record zero", 1, "\0\0\0\1\0\0\0\10\0\0\0\0\0\0\0\0");
	EXPECT(d, "key and data", 2, "KEYdata");
	EXPECT(d, "data of the next", 3, "second");
	CU_ASSERT_EQUAL(PLAY(d, SEEK("\0\0\0\1"), IN(0x12, 8), IN(0x5e, 100)),
			CE_DE | (100 - 37));
	EXPECT(d, "all that follow", 2, "\0\0\0\1\2\0\0\6second"
	       "\0\0\0\1\3\0\0\0\0\0\0\1\4\3\0\4MNOlast");
	disk_destroy(d);
}

/* A record without data is the end of a file. */
static void test_end_of_file(void)
{
	struct disk d = blank_disk();

	format_track(d);
	CU_ASSERT_EQUAL(PLAY(d, SEEK("\0\0\0\1"), SEARCH_ID("\0\0\0\1\3"),
			     TIC(1), IN(0x06, 10), NOOP), CE_DE | UX | 10);
	CU_ASSERT_EQUAL(PLAY(d, SEEK("\0\0\0\1"), SEARCH_ID("\0\0\0\1\3"),
			     TIC(1), OUT(0x05, "x"), NOOP), CE_DE | UX | 1);
	disk_destroy(d);
}

static void test_search_key(void)
{
	struct disk d = blank_disk();

	format_track(d);
	PLAY(d, SEEK("\0\0\0\1"), OUT(0x29, "MNO"), TIC(1), IN(0x06, 4));
	EXPECT(d, "by key", 3, "last");
	PLAY(d, SEEK("\0\0\0\1"), OUT(0x69, "LZZ"), TIC(1), IN(0x06, 4));
	EXPECT(d, "equal or high", 3, "last");
	PLAY(d, SEEK("\0\0\0\1"), OUT(0x49, "KEY"), TIC(1), IN(0x06, 4));
	EXPECT(d, "high", 3, "last");
	PLAY(d, SEEK("\0\0\0\1"), OUT(0x29, "M"), TIC(1), IN(0x06, 4));
	EXPECT(d, "a short argument", 3, "last");
	disk_destroy(d);
}

static void test_update(void)
{
	struct disk d = blank_disk();

	format_track(d);
	CU_ASSERT_EQUAL(PLAY(d, SEEK("\0\0\0\1"), SEARCH_ID("\0\0\0\1\2"),
			     TIC(1), OUT(0x05, "new")), CE_DE);
	PLAY(d, SEEK("\0\0\0\1"), SEARCH_ID("\0\0\0\1\2"), TIC(1), IN(0x06, 6),
	     IN(0x12, 8));
	EXPECT(d, "filled up with zeros", 3, "new\0\0\0");
	EXPECT(d, "and what follows is there", 4, "\0\0\0\1\3\0\0\0");
	CU_ASSERT_EQUAL(PLAY(d, SEEK("\0\0\0\1"), SEARCH_ID("\0\0\0\1\1"),
			     TIC(1), OUT(0x0d, "yekDATA")), CE_DE);
	PLAY(d, SEEK("\0\0\0\1"), IN(0x1e, 15));
	EXPECT(d, "key and data", 1, "\0\0\0\1\1\3\0\4yekDATA");
	disk_destroy(d);
}

/* A format write makes everything behind it disappear, and ERASE all. */
static void test_format_erases(void)
{
	struct disk d = blank_disk();

	format_track(d);
	CU_ASSERT_EQUAL(PLAY(d, SEEK("\0\0\0\1"), SEARCH_ID("\0\0\0\1\1"),
			     TIC(1), OUT(0x1d, "\0\0\0\1\7\0\0\1x")), CE_DE);
	PLAY(d, SEEK("\0\0\0\1"), IN(0x12, 8), IN(0x12, 8), IN(0x12, 8));
	EXPECT(d, "the new one", 2, "\0\0\0\1\7\0\0\1");
	EXPECT(d, "and round again", 3, "\0\0\0\1\1\3\0\4");
	CU_ASSERT_EQUAL(PLAY(d, SEEK("\0\0\0\1"), SEARCH_ID("\0\0\0\1\0"),
			     TIC(1), OUT(0x11, "\0\0\0\1\1\0\0\0")), CE_DE);
	CU_ASSERT_EQUAL(STATUS(PLAY(d, SEEK("\0\0\0\1"), IN(0x12, 8))),
			CE_DE | UC);
	disk_destroy(d);
}

static void test_write_record_zero(void)
{
	struct disk d = blank_disk();

	format_track(d);
	CU_ASSERT_EQUAL(PLAY(d, SEEK("\0\0\0\1"), MASK("\xc0"),
			     OUT(0x39, "\0\0\0\1"), TIC(2),
			     OUT(0x15, "\0\0\0\1\0\0\0\10zeroZERO"),
			     OUT(0x1d, "\0\0\0\1\1\0\0\1y")), CE_DE);
	PLAY(d, SEEK("\0\0\0\1"), IN(0x16, 16), IN(0x06, 1));
	EXPECT(d, "record zero", 1, "\0\0\0\1\0\0\0\10zeroZERO");
	EXPECT(d, "and one", 2, "y");
	disk_destroy(d);
}

/* As Linux does it: a domain, updates, and over the end of a track. */
static void test_domain(void)
{
	struct disk d = blank_disk();

	format_track(d);
	CU_ASSERT_EQUAL(PLAY(d, EXTENT("\xc0", WHOLE),
			     LOCATE("\3", "\2", "\0\0\0\2", "\0\0\0\2\0"),
			     OUT(0x1d, "\0\0\0\2\1\0\0\4fmt1"),
			     OUT(0x9d, "\0\0\0\3\1\0\0\4fmt2")), CE_DE);
	CU_ASSERT_EQUAL(PLAY(d, EXTENT("\x40", WHOLE),
			     LOCATE("\6", "\2", "\0\0\0\2", "\0\0\0\2\1"),
			     IN(0x86, 4), IN(0x86, 4), NOOP), CE_DE);
	EXPECT(d, "the first", 2, "fmt1");
	EXPECT(d, "over the end of the track", 3, "fmt2");
	CU_ASSERT_EQUAL(PLAY(d, EXTENT("\x80", WHOLE),
			     LOCATE("\1", "\2", "\0\0\0\2", "\0\0\0\2\1"),
			     OUT(0x85, "FMT1"), OUT(0x85, "FMT2")), CE_DE);
	PLAY(d, EXTENT("\x40", WHOLE),
	     LOCATE("\x16", "\2", "\0\0\0\2", "\0\0\0\2\0"),
	     IN(0x9e, 12), IN(0x9e, 12));
	EXPECT(d, "written", 2, "\0\0\0\2\1\0\0\4FMT1");
	EXPECT(d, "both", 3, "\0\0\0\3\1\0\0\4FMT2");
	PLAY(d, EXTENT("\x40", WHOLE),
	     LOCATE("\x4c", "\2", "\0\0\0\2", "\0\0\0\2\0"),
	     IN(0xde, 200), IN(0xde, 200));
	EXPECT(d, "a track", 2, "\0\0\0\2\0\0\0\10\0\0\0\0\0\0\0\0"
	       "\0\0\0\2\1\0\0\4FMT1\xff\xff\xff\xff\xff\xff\xff\xff\xee");
	EXPECT(d, "and another", 3, "\0\0\0\3\0\0\0\10");
	disk_destroy(d);
}

/* As Linux erases a track: the length in LOCATE RECORD is not that of R0. */
static void test_write_track(void)
{
	struct disk d = blank_disk();

	format_track(d);
	CU_ASSERT_EQUAL(PLAY(d, EXTENT("\xc4", WHOLE),
			     OUT(0x47, "\x0b\x80\0\2\0\0\0\1\0\0\0\1\0\xff\0\7"),
			     OUT(0x05, "zerodata"),
			     OUT(0x11, "\0\0\0\1\1\0\0\0")), CE_DE);
	PLAY(d, SEEK("\0\0\0\1"), IN(0x16, 16), IN(0x12, 8));
	EXPECT(d, "record zero", 1, "\0\0\0\1\0\0\0\10zerodata");
	PLAY(d, IN(0x04, 32));
	CU_ASSERT_EQUAL(bytes_of(d, 0)[1], 0x08);
	disk_destroy(d);
}

/* Inside a domain the extent is the limit, and not the cylinder. */
static void test_domain_goes_on_at_the_next_cylinder(void)
{
	struct disk d = blank_disk();

	CU_ASSERT_EQUAL(PLAY(d, EXTENT("\xc0", WHOLE),
			     LOCATE("\3", "\2", "\0\0\0\x0e", "\0\0\0\x0e\0"),
			     OUT(0x1d, "\0\0\0\x0e\1\0\0\4last"),
			     OUT(0x9d, "\0\1\0\0\1\0\0\4next")), CE_DE);
	CU_ASSERT_EQUAL(PLAY(d, EXTENT("\x40", WHOLE),
			     LOCATE("\6", "\2", "\0\0\0\x0e", "\0\0\0\x0e\1"),
			     IN(0x86, 4), IN(0x86, 4)), CE_DE);
	EXPECT(d, "the next cylinder", 3, "next");
	disk_destroy(d);
}

/* A broken promise: the sense says how many commands of it are left. */
static void test_sense_counts_what_is_left(void)
{
	struct disk d = blank_disk();

	format_track(d);
	CU_ASSERT_EQUAL(STATUS(PLAY(d, EXTENT("\0", WHOLE),
				    LOCATE("\6", "\3", "\0\0\0\1",
					   "\0\0\0\1\1"),
				    IN(0x06, 4), NOOP)), UC);
	PLAY(d, IN(0x04, 32));
	CU_ASSERT_EQUAL(bytes_of(d, 0)[3], 2);
	CU_ASSERT_EQUAL(bytes_of(d, 0)[31], 1);
	disk_destroy(d);
}

/* SEEK CYLINDER and SEEK HEAD, and the masks that leave only them. */
static void test_three_seeks(void)
{
	struct disk d = blank_disk();

	CU_ASSERT_EQUAL(PLAY(d, SEEK("\0\1\0\0"), MASK("\x10"),
			     OUT(0x1b, "\0\0\0\0\0\3"), IN(0x1a, 5)), CE_DE);
	EXPECT(d, "the arm stays", 3, "\0\0\1\0\3");
	CU_ASSERT_EQUAL(STATUS(PLAY(d, SEEK("\0\1\0\0"), MASK("\x10"),
				    OUT(0x0b, "\0\0\0\1\0\0"))), CE_DE | UC);
	CU_ASSERT_EQUAL(PLAY(d, MASK("\x08"), OUT(0x0b, "\0\0\0\1\0\2")),
			CE_DE);
	CU_ASSERT_EQUAL(STATUS(PLAY(d, MASK("\x08"), SEEK("\0\1\0\0"))),
			CE_DE | UC);
	disk_destroy(d);
}

/* What Linux reads of the first tracks to find out how they are formatted. */
static void test_analysis(void)
{
	struct disk d = blank_disk();

	CU_ASSERT_EQUAL(PLAY(d, EXTENT("\x40", WHOLE),
			     LOCATE("\6", "\3", "\0\0\0\0", "\0\0\0\0\0"),
			     IN(0x12, 8), IN(0x12, 8), IN(0x12, 8)), CE_DE);
	EXPECT(d, "IPL1", 2, "\0\0\0\0\1\4\0\x18");
	EXPECT(d, "VOL1", 4, "\0\0\0\0\3\4\0\x50");
	disk_destroy(d);
}

/* Channel end when the arm sets out, device end when it is there. */
static void test_seek_takes_time(void)
{
	struct disk d = blank_disk();
	const struct link seek[] = { SEEK("\0\2\0\0"), { } };
	const struct link noop[] = { NOOP, { } };
	struct ccw_irb irb;
	u64 began;

	put_chain(d, seek);
	began = d.w->now;
	CU_ASSERT_EQUAL(world_ssch(d.w, WORLD_ORB_KEY0, PROGRAM), 0);
	while (!d.w->interruptions && world_step(d.w))
		;
	CU_ASSERT_EQUAL(world_scsw(d.w, 2), SCSW2_DSTAT_CE);
	CU_ASSERT(d.w->now - began < 1000000);
	CU_ASSERT_EQUAL(machine_tsch(d.w->m, d.w->sid, &irb), 0);
	world_run(d.w, 10);
	CU_ASSERT_EQUAL(world_scsw(d.w, 2), SCSW2_DSTAT_DE);
	CU_ASSERT(d.w->now - began > 1000000);
	CU_ASSERT_EQUAL(machine_tsch(d.w->m, d.w->sid, &irb), 0);

	/* clear in between: nothing follows, and the disk is free */
	CU_ASSERT_EQUAL(PLAY(d, SEEK("\0\0\0\0")), CE_DE);
	put_chain(d, seek);
	d.w->interruptions = 0;
	CU_ASSERT_EQUAL(world_ssch(d.w, WORLD_ORB_KEY0, PROGRAM), 0);
	while (!d.w->interruptions && world_step(d.w))
		;
	CU_ASSERT_EQUAL(machine_tsch(d.w->m, d.w->sid, &irb), 0);
	CU_ASSERT_EQUAL(machine_csch(d.w->m, d.w->sid), 0);
	world_run(d.w, 10);
	CU_ASSERT_EQUAL(machine_tsch(d.w->m, d.w->sid, &irb), 0);
	CU_ASSERT_EQUAL(world_scsw(d.w, 2), 0);
	CU_ASSERT_EQUAL(play(d, noop), CE_DE);
	disk_destroy(d);
}

static u64 now_until(struct disk d, unsigned int interruptions)
{
	while (d.w->interruptions < interruptions && world_step(d.w))
		;
	return d.w->now;
}

static void start_seek(struct disk d, const char *where)
{
	const struct link links[] = { { 0x07, 6, where }, { } };

	put_chain(d, links);
	CU_ASSERT_EQUAL(world_ssch(d.w, WORLD_ORB_KEY0, PROGRAM), 0);
}

/* A start while the arm moves waits for it; what was cleared ends nothing. */
static void test_busy_while_the_arm_moves(void)
{
	struct disk d = blank_disk();
	const struct link noop[] = { NOOP, { } };
	struct ccw_irb irb;
	u64 began;

	start_seek(d, "\0\0\0\2\0\0");
	now_until(d, 1);
	CU_ASSERT_EQUAL(machine_tsch(d.w->m, d.w->sid, &irb), 0);
	CU_ASSERT_EQUAL(machine_csch(d.w->m, d.w->sid), 0);
	now_until(d, 2);
	CU_ASSERT_EQUAL(machine_tsch(d.w->m, d.w->sid, &irb), 0);
	began = d.w->now;
	start_seek(d, "\0\0\0\0\0\0");
	now_until(d, 3);
	CU_ASSERT_EQUAL(machine_tsch(d.w->m, d.w->sid, &irb), 0);
	put_chain(d, noop);
	now_until(d, 4);
	CU_ASSERT_EQUAL(world_scsw(d.w, 2), SCSW2_DSTAT_DE);
	CU_ASSERT(d.w->now - began >= 1510000);
	CU_ASSERT_EQUAL(machine_tsch(d.w->m, d.w->sid, &irb), 0);
	CU_ASSERT_EQUAL(play(d, noop), CE_DE);

	/* the device end that a chained SEEK owes when it was the last */
	start_seek(d, "\0\0\0\2\0\0");
	now_until(d, 6);
	CU_ASSERT_EQUAL(machine_tsch(d.w->m, d.w->sid, &irb), 0);
	put_chain(d, noop);
	began = d.w->now;
	CU_ASSERT_EQUAL(world_ssch(d.w, WORLD_ORB_KEY0, PROGRAM), 0);
	now_until(d, 7);
	CU_ASSERT(d.w->now - began >= 1000000);
	disk_destroy(d);
}

/* A program that chains after the seek waits for the arm. */
static void test_chain_waits_for_the_arm(void)
{
	struct disk d = blank_disk();

	CU_ASSERT_EQUAL(PLAY(d, SEEK("\0\2\0\3"), IN(0x1a, 5)), CE_DE);
	EXPECT(d, "there", 1, "\0\0\2\0\3");
	CU_ASSERT_EQUAL(PLAY(d, EXTENT("\x40", WHOLE),
			     LOCATE("\x46", "\1", "\0\1\0\0", "\0\1\0\0\0"),
			     IN(0x1a, 5)), CE_DE);
	EXPECT(d, "located", 2, "\0\0\1\0\0");
	disk_destroy(d);
}

/* What is refused: the status, the CCW it ends at, and the sense. */
static void test_refusals(void)
{
	static const char big[] = "\0\0\0\1\1\0\xdd\x59";	/* 56,665 */
	static const struct {
		const char *name;
		struct link links[8];
		u32 status;
		unsigned int last;	/* the link that it ends with */
		u8 sense0, sense1, sense7;
	} cases[] = {
		{ "unknown command", { IN(0x77, 1) }, UC, 0, 0x80, 0, 1 },
		{ "RECALIBRATE", { IN(0x13, 0) }, UC, 0, 0x80, 0, 1 },
		{ "SET SUBSYSTEM MODE", { OUT(0x87, "\0\0") }, UC, 0,
		  0x80, 0, 1 },
		{ "read without a seek", { IN(0x06, 4) }, UC, 0, 0x80, 0, 2 },
		{ "search without a seek", { SEARCH_ID("\0\0\0\0\0") }, UC, 0,
		  0x80, 0, 2 },
		{ "SEEK HEAD without a seek", { OUT(0x1b, "\0\0\0\0\0\0") },
		  UC, 0, 0x80, 0, 2 },
		{ "seek beyond the disk", { SEEK("\0\3\0\0") }, CE_DE | UC, 0,
		  0x80, 0, 4 },
		{ "seek to head 15", { SEEK("\0\0\0\x0f") }, CE_DE | UC, 0,
		  0x80, 0, 4 },
		{ "seek of five bytes", { OUT(0x07, "\0\0\0\0\0") },
		  CE_DE | UC, 0, 0x80, 0, 3 },
		{ "seek with a bin", { OUT(0x07, "\0\1\0\0\0\0") },
		  CE_DE | UC, 0, 0x80, 0, 4 },
		{ "no such record", { SEEK("\0\0\0\1"),
		  SEARCH_ID("\0\0\0\1\x9"), TIC(1), IN(0x06, 4) },
		  CE_DE | UC, 1, 0, 0x08, 0 },
		{ "no record at all", { SEEK("\0\0\0\5"), IN(0x06, 4) },
		  CE_DE | UC, 1, 0, 0x08, 0 },
		{ "end of the cylinder", { SEEK("\0\0\0\x0e"),
		  OUT(0xb1, "\0\0\0\x0e\x9"), TIC(1), IN(0x06, 4) },
		  CE_DE | UC, 1, 0, 0x20, 0 },
		{ "write without a search", { SEEK("\0\0\0\1"),
		  OUT(0x05, "x") }, UC, 1, 0x80, 0, 2 },
		{ "write after a search that is not satisfied", {
		  SEEK("\0\0\0\1"), SEARCH_ID("\0\0\0\1\x9"), OUT(0x05, "x") },
		  UC, 2, 0x80, 0, 2 },
		{ "write after a search of four bytes", { SEEK("\0\0\0\1"),
		  SEARCH_ID("\0\0\0\1"), TIC(1), OUT(0x05, "x") }, UC, 3,
		  0x80, 0, 2 },
		{ "write, but something came between", { SEEK("\0\0\0\1"),
		  SEARCH_ID("\0\0\0\1\1"), TIC(1), NOOP, OUT(0x05, "x") },
		  UC, 4, 0x80, 0, 2 },
		{ "write twice for one search", { SEEK("\0\0\0\1"),
		  SEARCH_ID("\0\0\0\1\1"), TIC(1), OUT(0x05, "x"),
		  OUT(0x05, "x") }, UC, 4, 0x80, 0, 2 },
		{ "mask 01: no write", { MASK("\x40"), SEEK("\0\0\0\1"),
		  SEARCH_ID("\0\0\0\1\1"), TIC(2), OUT(0x05, "x") }, UC, 4,
		  0x80, 0, 2 },
		{ "mask 10: no format", { MASK("\x80"), SEEK("\0\0\0\1"),
		  SEARCH_ID("\0\0\0\1\1"), TIC(2),
		  OUT(0x1d, "\0\0\0\1\1\0\0\0") }, UC, 4, 0x80, 0, 2 },
		{ "mask 00: not R0", { SEEK("\0\0\0\1"), OUT(0x39, "\0\0\0\1"),
		  TIC(1), OUT(0x15, "\0\0\0\1\0\0\0\10") }, UC, 3, 0x80, 0, 2 },
		{ "R0 of another length", { MASK("\xc0"), SEEK("\0\0\0\1"),
		  OUT(0x39, "\0\0\0\1"), TIC(2),
		  OUT(0x15, "\0\0\0\1\0\0\0\11") }, CE_DE | UC, 4, 0x80, 0, 4 },
		{ "mask twice", { MASK("\0"), MASK("\0") }, CE_DE | UC, 1,
		  0x80, 0, 2 },
		{ "mask with wrong bits", { MASK("\x02") }, CE_DE | UC, 0,
		  0x80, 0, 4 },
		{ "mask, then seek", { MASK("\x18"), SEEK("\0\0\0\1") },
		  CE_DE | UC, 1, 0, 0x04, 0 },
		{ "mask, then the next head", { SEEK("\0\0\0\1"), MASK("\x18"),
		  IN(0x9a, 5) }, CE_DE | UC, 2, 0, 0x04, 0 },
		{ "seek outside the extent", { EXTENT("\0", "\0\0\0\1\0\0\0\2"),
		  SEEK("\0\0\0\3") }, CE_DE | UC, 1, 0, 0x04, 0 },
		{ "extent upside down", { EXTENT("\0", "\0\0\0\2\0\0\0\1") },
		  CE_DE | UC, 0, 0x80, 0, 4 },
		{ "extent beyond the disk", { EXTENT("\0", "\0\0\0\0\0\3\0\0") },
		  CE_DE | UC, 0, 0x80, 0, 4 },
		{ "extent twice", { EXTENT("\0", WHOLE), EXTENT("\0", WHOLE) },
		  CE_DE | UC, 1, 0x80, 0, 2 },
		{ "locate without an extent", {
		  LOCATE("\6", "\1", "\0\0\0\1", "\0\0\0\1\1") }, CE_DE | UC,
		  0, 0x80, 0, 2 },
		{ "locate outside the extent", {
		  EXTENT("\0", "\0\0\0\0\0\0\0\0"),
		  LOCATE("\6", "\1", "\0\0\0\1", "\0\0\0\1\1") }, CE_DE | UC,
		  1, 0, 0x04, 0 },
		{ "locate nothing", { EXTENT("\0", WHOLE),
		  LOCATE("\6", "\1", "\0\0\0\1", "\0\0\0\1\x9") }, CE_DE | UC,
		  1, 0, 0x08, 0 },
		{ "locate zero records", { EXTENT("\0", WHOLE),
		  LOCATE("\6", "\0", "\0\0\0\1", "\0\0\0\1\1") }, CE_DE | UC,
		  1, 0x80, 0, 4 },
		{ "locate, unknown operation", { EXTENT("\0", WHOLE),
		  LOCATE("\7", "\1", "\0\0\0\1", "\0\0\0\1\1") }, CE_DE | UC,
		  1, 0x80, 0, 4 },
		{ "locate to write, mask 01", { EXTENT("\x40", WHOLE),
		  LOCATE("\1", "\1", "\0\0\0\1", "\0\0\0\1\1") }, CE_DE | UC,
		  1, 0x80, 0, 2 },
		{ "locate to format, mask 10", { EXTENT("\x80", WHOLE),
		  LOCATE("\3", "\1", "\0\0\0\1", "\0\0\0\1\1") }, CE_DE | UC,
		  1, 0x80, 0, 2 },
		{ "locate, reserved bits", { EXTENT("\0", WHOLE),
		  OUT(0x47, "\6\x40\0\1\0\0\0\1\0\0\0\1\1\xff\0\0") },
		  CE_DE | UC, 1, 0x80, 0, 4 },
		{ "locate, a reserved byte", { EXTENT("\0", WHOLE),
		  OUT(0x47, "\6\0\1\1\0\0\0\1\0\0\0\1\1\xff\0\0") },
		  CE_DE | UC, 1, 0x80, 0, 4 },
		{ "extent for another kind of unit", {
		  OUT(0x63, "\0\x40\0\0\0\0\0\0" WHOLE) }, CE_DE | UC, 0,
		  0x80, 0, 4 },
		{ "domain comes to an empty track", { EXTENT("\0", WHOLE),
		  LOCATE("\6", "\2", "\0\0\0\1", "\0\0\0\1\4"), IN(0x86, 4),
		  IN(0x86, 4) }, CE_DE | UC, 3, 0, 0x08, 0 },
		{ "a write in a domain of reads", { EXTENT("\0", WHOLE),
		  LOCATE("\6", "\1", "\0\0\0\1", "\0\0\0\1\1"),
		  OUT(0x85, "x") }, UC, 2, 0x80, 0, 2 },
		{ "a seek in a domain", { EXTENT("\0", WHOLE),
		  LOCATE("\6", "\1", "\0\0\0\1", "\0\0\0\1\1"),
		  SEEK("\0\0\0\0") }, UC, 2, 0x80, 0, 2 },
		{ "an update outside a domain", { SEEK("\0\0\0\1"),
		  SEARCH_ID("\0\0\0\1\1"), TIC(1), OUT(0x85, "x") }, UC, 3,
		  0x80, 0, 2 },
		{ "records of another length", { EXTENT("\0", WHOLE),
		  OUT(0x47, "\1\x80\0\1\0\0\0\1\0\0\0\1\2\xff\0\7"),
		  OUT(0x85, "x") }, CE_DE | UC, 2, 0, 0x40, 0 },
		{ "domain runs out of the extent", {
		  EXTENT("\0", "\0\0\0\1\0\0\0\1"),
		  LOCATE("\6", "\2", "\0\0\0\1", "\0\0\0\1\4"), IN(0x86, 4),
		  IN(0x86, 4) }, CE_DE | UC, 3, 0, 0x04, 0 },
		{ "count area cut off", { SEEK("\0\0\0\1"),
		  SEARCH_ID("\0\0\0\1\4"), TIC(1), OUT(0x1d, "\0\0\0\1\5\0\0") },
		  CE_DE | UC, 3, 0x80, 0, 3 },
		{ "a byte too long for the track", { SEEK("\0\0\0\1"),
		  SEARCH_ID("\0\0\0\1\0"), TIC(1), { 0x1d, 8, big } },
		  CE_DE | UC, 3, 0, 0x40, 0 },
		{ "subsystem data that nobody prepared", { IN(0x3e, 8) }, UC, 0,
		  0x80, 0, 2 },
		{ "unknown subsystem function", {
		  OUT(0x27, "\x1d\0\0\0\0\0\0\0\0\0\0\0") }, CE_DE | UC, 0,
		  0x80, 0, 4 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct disk d = blank_disk();
		u32 end = PROGRAM + 8 * cases[i].last + 8;
		struct ccw_irb irb;
		u8 *sense = bytes_of(d, 0);
		bool same;

		format_track(d);
		put_chain(d, cases[i].links);
		CU_ASSERT_EQUAL(world_ssch(d.w, WORLD_ORB_KEY0, PROGRAM), 0);
		world_run(d.w, 2000);
		CU_ASSERT_EQUAL(machine_tsch(d.w->m, d.w->sid, &irb), 0);
		PLAY(d, IN(0x04, 32));
		same = STATUS(be32_to_cpu(irb.scsw.word[2])) == cases[i].status &&
		       be32_to_cpu(irb.scsw.word[1]) == end &&
		       sense[0] == cases[i].sense0 &&
		       sense[1] == cases[i].sense1 &&
		       sense[7] == cases[i].sense7 && sense[27] == 0x80;
		if (!same)
			printf("\n%s: %08x at %x, sense %02x %02x message %u; "
			       "expected %08x at %x, sense %02x %02x message "
			       "%u\n", cases[i].name,
			       be32_to_cpu(irb.scsw.word[2]),
			       be32_to_cpu(irb.scsw.word[1]), sense[0],
			       sense[1], sense[7], cases[i].status, end,
			       cases[i].sense0, cases[i].sense1,
			       cases[i].sense7);
		CU_ASSERT(same);
		/* a refusal does no harm */
		PLAY(d, SEEK("\0\0\0\1"), SEARCH_ID("\0\0\0\1\4"), TIC(1),
		     IN(0x0e, 7));
		EXPECT(d, cases[i].name, 3, "MNOlast");
		disk_destroy(d);
	}
}

static char path[] = "/tmp/3390-XXXXXX";

/* A disk on a file: the header, and a cylinder of blank tracks. */
static struct disk disk_on_file(void)
{
	static const u8 header[512] = "CKD_P370\x0f\0\0\0\x00\xde\0\0\x90";
	static u8 track[CKD_TRACK_BYTES];
	struct ckd_image *image;
	struct ckd_error error;
	int fd = mkstemp(path);

	CU_ASSERT_EQUAL(write(fd, header, 512), 512);
	for (u16 head = 0; head < CKD_HEADS; head++) {
		ckd_blank_track(track, 0, head);
		CU_ASSERT_EQUAL(write(fd, track, sizeof(track)),
				sizeof(track));
	}
	close(fd);
	image = ckd_image_open(path, false, &error);
	return disk_create(image);
}

static void disk_and_file_destroy(struct disk d)
{
	disk_destroy(d);
	unlink(path);
	memset(path + strlen(path) - 6, 'X', 6);
}

static void expect_sense(struct disk d, u8 sense0, u8 sense1)
{
	PLAY(d, IN(0x04, 32));
	CU_ASSERT_EQUAL(bytes_of(d, 0)[0], sense0);
	CU_ASSERT_EQUAL(bytes_of(d, 0)[1], sense1);
}

/* The file has become shorter, or has a track that is none. */
static void test_host_cannot_read(void)
{
	struct disk d = disk_on_file();

	CU_ASSERT_EQUAL(PLAY(d, SEEK("\0\0\0\0"), IN(0x1a, 5)), CE_DE);
	CU_ASSERT_EQUAL(truncate(path, 512 + 2 * CKD_TRACK_BYTES), 0);
	CU_ASSERT_EQUAL(STATUS(PLAY(d, SEEK("\0\0\0\2"), IN(0x1a, 5))),
			CE_DE | UC);
	expect_sense(d, 0x10, 0x80);
	CU_ASSERT_EQUAL(truncate(path, 512), 0);
	CU_ASSERT_EQUAL(truncate(path, 512 + 15 * CKD_TRACK_BYTES), 0);
	CU_ASSERT_EQUAL(STATUS(PLAY(d, SEEK("\0\0\0\1"), IN(0x1a, 5))),
			CE_DE | UC);
	expect_sense(d, 0, 0x40);
	disk_and_file_destroy(d);
}

/* No room on the host: equipment check, and what was there is there. */
static void test_host_cannot_write(void)
{
	struct rlimit old, none;
	struct disk d = disk_on_file();

	format_track(d);
	CU_ASSERT_EQUAL(getrlimit(RLIMIT_FSIZE, &old), 0);
	none = (struct rlimit){ 0, old.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &none), 0);
	CU_ASSERT_EQUAL(STATUS(PLAY(d, SEEK("\0\0\0\1"),
				    SEARCH_ID("\0\0\0\1\2"), TIC(1),
				    OUT(0x05, "lost"))), CE_DE | UC);
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &old), 0);
	expect_sense(d, 0x10, 0x80);
	PLAY(d, SEEK("\0\0\0\1"), SEARCH_ID("\0\0\0\1\2"), TIC(1),
	     IN(0x06, 6));
	EXPECT(d, "as it was", 3, "second");
	disk_and_file_destroy(d);
}

/* As many records as Linux computes, and not one more. */
static void test_track_capacity(void)
{
	static const struct {
		u16 data_length;
		unsigned int fit;
	} cases[] = { { 512, 49 }, { 1024, 33 }, { 2048, 21 }, { 4096, 12 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct disk d = blank_disk();
		u8 dl[] = { cases[i].data_length >> 8, cases[i].data_length };
		unsigned int n = 0;
		u32 status = CE_DE;
		char count[9] = "\0\0\0\1\0\0\0\0";
		char last[6] = "\0\0\0\1\0";

		memcpy(count + 6, dl, 2);
		while (n < 100 && status == CE_DE) {
			last[4] = n++;
			count[4] = n;
			status = STATUS(PLAY(d, SEEK("\0\0\0\1"),
					     { 0x31, 5, last }, TIC(1),
					     { 0x1d, 8, count }));
		}
		CU_ASSERT_EQUAL(n - 1, cases[i].fit);
		CU_ASSERT_EQUAL(status, CE_DE | UC);
		disk_destroy(d);
	}
}

static void test_identity(void)
{
	struct disk d = blank_disk();

	CU_ASSERT_EQUAL(PLAY(d, IN(0xe4, 12)), CE_DE);
	EXPECT(d, "SENSE ID", 0, "\xff\x39\x90\xc2\x33\x90\x02\0"
	       "\x40\xfa\1\0");
	CU_ASSERT_EQUAL(PLAY(d, IN(0x64, 64)), CE_DE);
	EXPECT(d, "characteristics", 0, "\x39\x90\xc2\x33\x90\x02");
	CU_ASSERT(!memcmp(bytes_of(d, 0) + 12, "\0\3\0\x0f\xe0\0\xdf\xee", 8));
	CU_ASSERT_EQUAL(PLAY(d, IN(0xfa, 256)), CE_DE);
	CU_ASSERT_EQUAL(bytes_of(d, 0)[224], 0x80);
	CU_ASSERT_EQUAL(PLAY(d, OUT(0x27, "\x18\0\0\0\0\0\x41\0\0\0\0\0"),
			     IN(0x3e, 256)), CE_DE);
	disk_destroy(d);
}

static void test_path_group(void)
{
	struct disk d = blank_disk();

	PLAY(d, IN(0x34, 12));
	EXPECT(d, "reset", 0, "\0\0");
	CU_ASSERT_EQUAL(PLAY(d, OUT(0xaf, "\x80" "elevenbytes"),
			     IN(0x34, 12)), CE_DE);
	EXPECT(d, "grouped, multipath", 1, "\xc8" "elevenbytes");
	PLAY(d, OUT(0xaf, "\x20" "elevenbytes"), IN(0x34, 12));
	EXPECT(d, "ungrouped", 1, "\x80");
	disk_destroy(d);
}

static void test_sectors(void)
{
	struct disk d = blank_disk();
	const struct link last = OUT(0x23, "\xdf");

	CU_ASSERT_EQUAL(PLAY(d, last), CE_DE);
	CU_ASSERT_EQUAL(STATUS(PLAY(d, OUT(0x23, "\xe0"))), CE_DE | UC);
	PLAY(d, SEEK("\0\0\0\0"), IN(0x12, 8), IN(0x22, 1), IN(0x12, 8),
	     IN(0x22, 1));
	CU_ASSERT_EQUAL(bytes_of(d, 2)[0], 49 / 8);
	/* Linux: (49 + (10 + K + D)) / 8 for one record before it */
	CU_ASSERT_EQUAL(bytes_of(d, 4)[0], (49 + 10 + 10 + 11) / 8);
	disk_destroy(d);
}

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "read the label", test_read_label },
		{ "READ IPL", test_read_ipl },
		{ "reads", test_reads },
		{ "end of file", test_end_of_file },
		{ "SEARCH KEY", test_search_key },
		{ "update", test_update },
		{ "a format write erases", test_format_erases },
		{ "WRITE RECORD ZERO", test_write_record_zero },
		{ "domain", test_domain },
		{ "write track", test_write_track },
		{ "a domain goes on at the next cylinder",
		  test_domain_goes_on_at_the_next_cylinder },
		{ "sense counts what is left", test_sense_counts_what_is_left },
		{ "three seeks", test_three_seeks },
		{ "Linux's analysis", test_analysis },
		{ "a seek takes time", test_seek_takes_time },
		{ "busy while the arm moves", test_busy_while_the_arm_moves },
		{ "a chain waits for the arm", test_chain_waits_for_the_arm },
		{ "refusals", test_refusals },
		{ "the host cannot read", test_host_cannot_read },
		{ "the host cannot write", test_host_cannot_write },
		{ "track capacity", test_track_capacity },
		{ "identity", test_identity },
		{ "path group", test_path_group },
		{ "sectors", test_sectors },
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "3390", tests);
}
