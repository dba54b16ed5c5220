// SPDX-License-Identifier: GPL-2.0-only
/* Images of disks: what is accepted, what is refused, and being killed. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <asm/byteorder.h>
#include "ckd_image.h"
#include "suite.h"

#define CYLINDER	((off_t)CKD_HEADS * CKD_TRACK_BYTES)

static char dir[] = "/tmp/ckd-XXXXXX";
static char path[64], redo[80], second[64];
static u8 track[CKD_TRACK_BYTES];
static struct ckd_error error;

/* Write an image: its header, so many blank cylinders from first on. */
static void put_image(const char *name, const char *id, u8 sequence, u16 last,
		      unsigned int first, unsigned int cylinders)
{
	u8 header[512] = { [8] = CKD_HEADS, [12] = CKD_TRACK_BYTES & 0xff,
			   [13] = CKD_TRACK_BYTES >> 8, [16] = 0x90,
			   [17] = sequence, [18] = last, [19] = last >> 8 };
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);

	CU_ASSERT_FATAL(fd >= 0);
	memcpy(header, id, 8);
	CU_ASSERT_EQUAL(write(fd, header, 512), 512);
	for (unsigned int i = 0; i < cylinders * CKD_HEADS; i++) {
		memset(track, 0, sizeof(track));
		ckd_blank_track(track, first + i / CKD_HEADS, i % CKD_HEADS);
		CU_ASSERT_EQUAL(write(fd, track, sizeof(track)),
				sizeof(track));
	}
	close(fd);
}

static void put_plain(void)
{
	put_image(path, "CKD_P370", 0, 0, 0, 2);
}

static void poke(const char *name, off_t at, const void *bytes, size_t length)
{
	int fd = open(name, O_RDWR | O_CREAT, 0600);

	CU_ASSERT_EQUAL(pwrite(fd, bytes, length, at), (ssize_t)length);
	close(fd);
}

/* A track with one record of length bytes, all of them fill. */
static u32 make_record(u16 length, u8 fill)
{
	const u8 count[] = { 0, 1, 0, 2, 1, 0, length >> 8, length };
	u32 from = CKD_HOME_BYTES + CKD_COUNT_BYTES + 8;

	ckd_blank_track(track, 1, 2);
	memcpy(track + from, count, sizeof(count));
	memset(track + from + 8, fill, length);
	memset(track + from + 8 + length, 0xff, 8);
	return from;
}

static void test_tracks(void)
{
	struct ckd_record r = { 0 };

	make_record(100, 7);
	CU_ASSERT(ckd_is_track(track, 1, 2));
	CU_ASSERT(!ckd_is_track(track, 1, 3));
	CU_ASSERT(!ckd_is_track(track, 2, 2));
	CU_ASSERT_EQUAL(ckd_next(track, &r), 1);
	CU_ASSERT_EQUAL(r.number, 0);
	CU_ASSERT_EQUAL(r.data_length, 8);
	CU_ASSERT_EQUAL(ckd_next(track, &r), 1);
	CU_ASSERT(r.number == 1 && r.cylinder == 1 && r.head == 2);
	CU_ASSERT_EQUAL(r.data_length, 100);
	CU_ASSERT_EQUAL(track[ckd_data(&r)], 7);
	CU_ASSERT_EQUAL(ckd_next(track, &r), 0);
	CU_ASSERT_EQUAL(r.offset, 21 + 8 + 100);
	track[0] = 1;			/* a flagged home address */
	CU_ASSERT(!ckd_is_track(track, 1, 2));
}

/* A count area may say anything; no byte beyond the track is looked at. */
static void test_track_that_runs_over(void)
{
	struct ckd_record r;
	u32 from;
	int ret;

	for (unsigned int length = 56700; length < 0x10000; length++) {
		from = make_record(10, 7);
		track[from + 6] = length >> 8;
		track[from + 7] = length;
		r = (struct ckd_record){ 0 };
		do {
			ret = ckd_next(track, &r);
			CU_ASSERT(r.offset <= CKD_TRACK_BYTES || ret < 0);
		} while (ret > 0);
		CU_ASSERT(ckd_is_track(track, 1, 2) == (ret == 0));
	}
	CU_ASSERT_EQUAL(ret, -EILSEQ);
}

/* The sums that Linux does: twelve blocks of 4096 bytes on a track. */
static void test_cells(void)
{
	CU_ASSERT_EQUAL(CKD_TRACK_CELLS / ckd_cells(0, 4096), 12);
	CU_ASSERT_EQUAL(CKD_TRACK_CELLS / ckd_cells(0, 512), 49);
	CU_ASSERT_EQUAL(ckd_cells(0, 56664), CKD_TRACK_CELLS);
	CU_ASSERT(ckd_cells(0, 56665) > CKD_TRACK_CELLS);
	CU_ASSERT(ckd_cells(44, 96) > ckd_cells(0, 140));
}

static bool refused(const char *name, bool read_only, const char *words)
{
	struct ckd_image *image = ckd_image_open(name, read_only, &error);
	bool good = !image && strstr(error.text, words) &&
		    !strncmp(error.text, name, strlen(name));

	if (!good)
		printf("\nexpected %s: ...%s..., got %s\n", name, words,
		       image ? "an image" : error.text);
	ckd_image_close(image);
	return good;
}

static void test_what_is_no_image(void)
{
	static const struct {
		off_t at;
		u8 length;
		const char *bytes, *words;
	} cases[] = {
		{ 0, 8, "CKD_C370", "'CKD_C370', a compressed image, expected "
		  "'CKD_P370'; 'dasdcopy " },
		{ 0, 8, "FBA_\1\2\3\4", "found 'FBA_" },
		{ 8, 1, "\x10", "offset 8: found 16, expected 15" },
		{ 13, 1, "\xdd", "offset 12: found 56576, expected 56832" },
		{ 16, 1, "\x80", "offset 16: found 128, expected 144" },
		{ 17, 1, "\2", "offset 17: found 2, expected 1" },
		{ 18, 1, "\5", "offset 18: found 5, expected 0" },
		{ 2 * CYLINDER + 512, 1, "x", "offset 1705473: found the end" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put_plain();
		poke(path, cases[i].at, cases[i].bytes, cases[i].length);
		CU_ASSERT(refused(path, false, cases[i].words));
	}
	put_plain();
	CU_ASSERT_EQUAL(truncate(path, 100), 0);
	CU_ASSERT(refused(path, false, "offset 100: found the end"));
	CU_ASSERT_EQUAL(truncate(path, 0), 0);
	CU_ASSERT(refused(path, false, "offset 0: found '?"));
	unlink(path);
	CU_ASSERT(refused(path, false, "No such file"));
}

static void test_write_and_read_back(void)
{
	struct ckd_image *image;
	u32 from;

	put_plain();
	image = ckd_image_open(path, false, &error);
	CU_ASSERT_PTR_NOT_NULL_FATAL(image);
	CU_ASSERT_EQUAL(ckd_image_cylinders(image), 2);
	CU_ASSERT_EQUAL(ckd_image_read(image, 1, 2, track), 0);
	from = make_record(20000, 0x55);
	CU_ASSERT_EQUAL(ckd_image_write(image, 1, 2, track, from,
					from + 20000 + 16), 0);
	ckd_image_close(image);
	CU_ASSERT_NOT_EQUAL(access(redo, F_OK), 0);
	image = ckd_image_open(path, true, &error);
	memset(track, 0, sizeof(track));
	CU_ASSERT_EQUAL(ckd_image_read(image, 1, 2, track), 0);
	CU_ASSERT_EQUAL(track[from + 8 + 19999], 0x55);
	CU_ASSERT_EQUAL(ckd_image_write(image, 1, 2, track, 0, 5), -EROFS);
	ckd_image_close(image);
	/* the neighbours are as they were */
	poke(path, 512 + 17 * CKD_TRACK_BYTES, "\1", 1);
	image = ckd_image_open(path, true, &error);
	CU_ASSERT_EQUAL(ckd_image_read(image, 1, 1, track), 0);
	CU_ASSERT_EQUAL(ckd_image_read(image, 1, 3, track), 0);
	CU_ASSERT_EQUAL(ckd_image_read(image, 1, 2, track), -EILSEQ);
	ckd_image_close(image);
}

/* A lock is on the open file: a second opening, even here, is refused. */
static void test_locks(void)
{
	struct ckd_image *image, *other;

	put_plain();
	image = ckd_image_open(path, false, &error);
	CU_ASSERT(refused(path, false, "somebody else has it open"));
	CU_ASSERT(refused(path, true, "somebody else has it open"));
	ckd_image_close(image);
	image = ckd_image_open(path, true, &error);
	other = ckd_image_open(path, true, &error);
	CU_ASSERT_PTR_NOT_NULL(other);
	CU_ASSERT(refused(path, false, "somebody else has it open"));
	ckd_image_close(image);
	ckd_image_close(other);
}

static void test_several_files(void)
{
	struct ckd_image *image;
	char first[64];

	snprintf(first, sizeof(first), "%s/a.b_1.ckd", dir);
	snprintf(second, sizeof(second), "%s/a.b_2.ckd", dir);
	put_image(first, "CKD_P370", 1, 1, 0, 2);
	CU_ASSERT_PTR_NULL(ckd_image_open(first, false, &error));
	CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "a.b_2.ckd: No such file"));
	put_image(second, "CKD_P370", 2, 0, 2, 1);
	image = ckd_image_open(first, false, &error);
	CU_ASSERT_PTR_NOT_NULL_FATAL(image);
	CU_ASSERT_EQUAL(ckd_image_cylinders(image), 3);
	CU_ASSERT_EQUAL(ckd_image_read(image, 1, 14, track), 0);
	CU_ASSERT_EQUAL(ckd_image_read(image, 2, 0, track), 0);
	track[20] = 0xaa;
	CU_ASSERT_EQUAL(ckd_image_write(image, 2, 0, track, 20, 21), 0);
	ckd_image_close(image);
	image = ckd_image_open(first, true, &error);
	track[20] = 0;
	CU_ASSERT_EQUAL(ckd_image_read(image, 2, 0, track), 0);
	CU_ASSERT_EQUAL(track[20], 0xaa);
	ckd_image_close(image);
	CU_ASSERT(refused(second, false, "expected 1: the number of the file; "
			  "open the first"));
	put_image(second, "CKD_P370", 3, 0, 2, 1);
	CU_ASSERT(!ckd_image_open(first, false, &error));
	CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "found 3, expected 2"));
	put_image(first, "CKD_P370", 1, 5, 0, 2);
	CU_ASSERT(refused(first, false, "offset 18: found 5, expected 1"));
	put_image(path, "CKD_P370", 1, 1, 0, 2);
	CU_ASSERT(refused(path, false, "a name that ends in _1"));
	unlink(first);
	unlink(second);
}

/* Write two records in turn for ever, from the one place in two files. */
static void write_for_ever(u16 length)
{
	struct ckd_image *image = ckd_image_open(path, false, &error);

	if (!image)
		_exit(1);
	for (unsigned int i = 0;; i++) {
		u32 from = make_record(length, 1 + i % 2);

		if (ckd_image_write(image, 1, 2, track, from,
				    from + 16 + length))
			_exit(1);
	}
}

/* Return: whether the record, if there is one, is one of those, and whole. */
static bool is_whole(void)
{
	struct ckd_image *image = ckd_image_open(path, false, &error);
	struct ckd_record r = { 0 };
	const u8 *data;
	bool whole;

	CU_ASSERT_PTR_NOT_NULL_FATAL(image);
	whole = !ckd_image_read(image, 1, 2, track);
	ckd_image_close(image);
	ckd_next(track, &r);
	if (ckd_next(track, &r) > 0) {
		data = track + ckd_data(&r);
		whole = whole && !memcmp(data, data + 1, r.data_length - 1u);
	}
	return whole && access(redo, F_OK);
}

static void test_killed_while_writing(void)
{
	static const u16 lengths[] = { 80, 4096, 56664 };

	put_plain();
	for (unsigned int i = 0; i < 60; i++) {
		const struct timespec moment = {
			.tv_nsec = 1000000 + rand() % 2000000
		};
		u16 length = lengths[i % 3];
		pid_t child = fork();
		int status;

		if (!child)
			write_for_ever(length);
		nanosleep(&moment, NULL);
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		CU_ASSERT(WIFSIGNALED(status));
		CU_ASSERT(is_whole());
	}
}

struct announcement {
	char magic[8];
	__be64 offset, length, sum;
	u8 old[8192], bytes[8192];
};

static u64 sum_up(u64 sum, const void *bytes, size_t length)
{
	const u8 *byte = bytes;

	while (length--)
		sum = (sum ^ *byte++) * 0x100000001b3ull;
	return sum;
}

/* Announce that 8192 bytes of 'o' at offset 5000 become bytes of 'n'. */
static void announce(struct announcement *a)
{
	u64 sum = 0xcbf29ce484222325ull;

	memcpy(a->magic, "CCWREDO1", 8);
	a->offset = cpu_to_be64(5000);
	a->length = cpu_to_be64(8192);
	memset(a->old, 'o', sizeof(a->old));
	memset(a->bytes, 'n', sizeof(a->bytes));
	sum = sum_up(sum, a, 24);
	a->sum = cpu_to_be64(sum_up(sum, a->old, sizeof(a->old) * 2));
	poke(redo, 0, a, sizeof(*a));
}

/* Return: how many 'n' there are at offset 5000 after the image was opened. */
static unsigned int recovered(void)
{
	struct ckd_image *image = ckd_image_open(path, false, &error);
	unsigned int n = 0;
	u8 bytes[8192];
	int fd = open(path, O_RDONLY);

	CU_ASSERT_PTR_NOT_NULL(image);
	ckd_image_close(image);
	CU_ASSERT_EQUAL(pread(fd, bytes, 8192, 5000), 8192);
	close(fd);
	while (n < 8192 && bytes[n] == 'n')
		n++;
	CU_ASSERT_NOT_EQUAL(access(redo, F_OK), 0);
	return n;
}

static void put_half(unsigned int new)
{
	u8 bytes[8192];

	put_plain();
	memset(bytes, 'o', sizeof(bytes));
	memset(bytes, 'n', new);
	poke(path, 5000, bytes, sizeof(bytes));
}

static void test_unfinished_write_is_finished(void)
{
	struct announcement a;

	put_half(3000);
	announce(&a);
	CU_ASSERT(refused(path, true, "offset 5000: found a write that a "
			  "killed run has not finished"));
	CU_ASSERT_EQUAL(recovered(), 8192);
	put_half(8192);
	announce(&a);
	CU_ASSERT_EQUAL(recovered(), 8192);
}

/* It may be another image's, of which the two have the old bytes in common. */
static void test_write_that_has_not_begun_is_not_made(void)
{
	struct announcement a;

	put_half(0);
	announce(&a);
	CU_ASSERT_EQUAL(recovered(), 0);
}

/* It was removed without a word. */
static void test_foreign_file_in_the_way_is_kept(void)
{
	put_half(0);
	poke(redo, 0, "my notes", 8);
	CU_ASSERT(refused(path, false, "disk.ckd.redo: offset 0: found "
			  "something else, expected 'CCWREDO1' or no such file"));
	CU_ASSERT_EQUAL(access(redo, F_OK), 0);
	unlink(redo);
	CU_ASSERT_EQUAL(mkfifo(redo, 0600), 0);
	CU_ASSERT(refused(path, true, "disk.ckd.redo: offset 0: found"));
	unlink(redo);
	CU_ASSERT_EQUAL(symlink("disk.ckd.redo", redo), 0);
	CU_ASSERT(refused(path, false, "disk.ckd.redo: Too many levels"));
	unlink(redo);
	poke(redo, 0, "CCW", 3);
	CU_ASSERT_EQUAL(recovered(), 0);
}

/* A pipe was waited for. */
static void test_image_that_is_no_file(void)
{
	CU_ASSERT(refused("/tmp", true, "/tmp: found no regular file"));
	CU_ASSERT(refused("/dev/zero", false, "found no regular file"));
	unlink(path);
	CU_ASSERT_EQUAL(mkfifo(path, 0600), 0);
	CU_ASSERT(refused(path, true, "found no regular file"));
	CU_ASSERT(refused(path, false, "found no regular file"));
	unlink(path);
}

/* Somebody else has written there since: today's bytes are not touched. */
static void test_stale_announcement_is_void(void)
{
	struct announcement a;

	put_half(3000);
	announce(&a);
	poke(path, 5000 + 4000, "x", 1);
	CU_ASSERT_EQUAL(recovered(), 3000);
}

static void test_announcement_that_is_cut(void)
{
	struct announcement a;

	put_half(3000);
	announce(&a);
	CU_ASSERT_EQUAL(truncate(redo, sizeof(a) - 1), 0);
	CU_ASSERT_EQUAL(recovered(), 3000);
	announce(&a);
	poke(redo, sizeof(a) - 1, "x", 1);
	CU_ASSERT_EQUAL(recovered(), 3000);
	poke(redo, 0, "CCWREDO1\0\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff",
	     23);
	CU_ASSERT_EQUAL(recovered(), 3000);
}

/* What it would say is unknown: the image may be half written. */
static void test_announcement_that_cannot_be_opened(void)
{
	put_plain();
	CU_ASSERT_EQUAL_FATAL(mkdir(redo, 0700), 0);
	CU_ASSERT(refused(path, false, ".redo: offset 0: found something else"));
	rmdir(redo);
}

/* The host's disk is full in the middle of a write, and then it is not. */
static void test_write_that_fails_halfway(void)
{
	const u64 offset = 512 + (1 * CKD_HEADS + 2) * CKD_TRACK_BYTES;
	struct ckd_image *image;
	struct rlimit old, full;
	u32 from;

	put_plain();
	image = ckd_image_open(path, false, &error);
	CU_ASSERT_PTR_NOT_NULL_FATAL(image);
	from = make_record(20000, 7);
	CU_ASSERT_EQUAL(getrlimit(RLIMIT_FSIZE, &old), 0);
	full = (struct rlimit){ offset + 10000, old.rlim_max };
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &full), 0);
	CU_ASSERT_EQUAL(ckd_image_write(image, 1, 2, track, from, from + 20016),
			-EIO);
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &old), 0);
	CU_ASSERT_EQUAL(ckd_image_write(image, 1, 3, track, from, from + 20016),
			-EIO);
	CU_ASSERT_EQUAL(ckd_image_write(image, 1, 3, track, from, from + 1),
			-EIO);
	ckd_image_close(image);
	CU_ASSERT(is_whole());
	CU_ASSERT_EQUAL(track[from + 8 + 19999], 7);
}

static void test_blank_disk(void)
{
	struct ckd_image *image = ckd_image_blank(2);
	struct ckd_record r = { 0 };
	u32 from;

	CU_ASSERT_PTR_NOT_NULL_FATAL(image);
	CU_ASSERT_EQUAL(ckd_image_read(image, 0, 0, track), 0);
	while (ckd_next(track, &r) > 0 && r.number < 3)
		;
	CU_ASSERT_EQUAL(r.key_length, 4);
	CU_ASSERT(!memcmp(track + ckd_key(&r), "\xe5\xd6\xd3\xf1\xe5", 5));
	from = make_record(100, 3);
	CU_ASSERT_EQUAL(ckd_image_write(image, 1, 2, track, from, from + 116),
			0);
	memset(track, 0, sizeof(track));
	CU_ASSERT_EQUAL(ckd_image_read(image, 1, 2, track), 0);
	CU_ASSERT_EQUAL(track[from + 8 + 99], 3);
	ckd_image_close(image);
	ckd_image_close(NULL);
}

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "tracks", test_tracks },
		{ "a track that runs over", test_track_that_runs_over },
		{ "cells", test_cells },
		{ "what is no image", test_what_is_no_image },
		{ "write and read back", test_write_and_read_back },
		{ "locks", test_locks },
		{ "several files", test_several_files },
		{ "killed while writing", test_killed_while_writing },
		{ "an unfinished write is finished",
		  test_unfinished_write_is_finished },
		{ "a stale announcement is void",
		  test_stale_announcement_is_void },
		{ "an announcement that is cut",
		  test_announcement_that_is_cut },
		{ "an announcement that cannot be opened",
		  test_announcement_that_cannot_be_opened },
		{ "a write that fails halfway",
		  test_write_that_fails_halfway },
		{ "a write that has not begun is not made",
		  test_write_that_has_not_begun_is_not_made },
		{ "a foreign file in the way is kept",
		  test_foreign_file_in_the_way_is_kept },
		{ "an image that is no file", test_image_that_is_no_file },
		{ "blank disk", test_blank_disk },
		CU_TEST_INFO_NULL,
	};
	int ret;

	if (!mkdtemp(dir)) {
		perror(dir);
		return 2;
	}
	snprintf(path, sizeof(path), "%s/disk.ckd", dir);
	snprintf(redo, sizeof(redo), "%s.redo", path);
	ret = suite_main(argc, argv, "ckd", tests);
	unlink(path);
	unlink(redo);
	rmdir(dir);
	return ret;
}
