// SPDX-License-Identifier: GPL-2.0-only
/**
 * @file disk.c
 * A disk at work: blocks go to it and come back, by lists of addresses that no
 * two programs have alike. Runs in the lab's machine that has a 3390.
 *
 *     disk SUBCHANNEL KIND      format cylinder 2, write it, read it
 *     disk SUBCHANNEL online    have Linux's own driver read the volume's label
 *
 * KIND is that of the indirect-data-address words: format-1, format-2-2k or
 * format-2-4k. Exit status: 0 if it held, 1 if not, with a line on standard
 * output that says what did not.
 */
#define _GNU_SOURCE 1		/* memmem() */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/bitfield.h>

#include "device.h"
#include "sysfs.h"

#define CCW_DEVICES	"/sys/bus/ccw/devices"
#define CYLINDER	2
#define TRACKS		15
#define RECORDS		12		/* of BLOCK bytes, on a track */
#define BLOCK		4096u
#define READS		700		/* with each kind */
#define TIMEOUT_MS	10000

/* Where things are in guest memory. */
#define PROGRAM		0x1000
#define EXTENT		0x1800
#define LOCATION	0x1810
#define COUNTS		0x1900
#define LISTS		0x2000		/* of IDAWs, 64 bytes for each */
#define DATA		0x10000
#define SLOT		0x2000		/* room for a block, wherever it begins */
#define SLOTS		((PORT_GUEST_MEMORY - DATA) / SLOT)

enum {
	READ_DATA = 0x06, WRITE_COUNT_KEY_DATA = 0x1d, LOCATE_RECORD = 0x47,
	DEFINE_EXTENT = 0x63, WRITE_UPDATE_DATA = 0x85,
};

enum operation { OPERATION_WRITE = 1, OPERATION_FORMAT = 3, OPERATION_READ = 6 };

static const struct kind {
	const char *name;
	u32 orb;
	u32 block;			/* what one word leads to */
	u32 word;			/* its own size */
} kinds[] = {
	{ "format-1",	 0,			2048, sizeof(__be32) },
	{ "format-2-2k", ORB1_H | ORB1_T,	2048, sizeof(__be64) },
	{ "format-2-4k", ORB1_H,		4096, sizeof(__be64) },
};

/* A record's contents follow from a number. This is the last one written. */
static u32 written[TRACKS][RECORDS];

/* The program at hand, and where its data are. */
static struct program {
	const struct kind *kind;
	u32 ccws, lists;
	u64 taken[(SLOTS + 63) / 64];
	struct piece {
		u32 address, length;
	} pieces[16];
	u32 nr_pieces;
} program;

/* Always the same numbers, so that a run that fails fails again. */
static u32 any(u32 below)
{
	static u32 state = 1;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % below;
}

static void fill(u8 bytes[BLOCK], u32 number)
{
	for (u32 i = 0; i < BLOCK; i++)
		bytes[i] = (number * 2654435761u + i * 40503u) >> 13;
}

static void store(u32 address, const void *bytes, size_t length)
{
	must(!vp.port.ops->store(&vp.port, address, bytes, length));
}

static void add_ccw(u8 command, u32 flags, u32 address, u32 count)
{
	struct ccw_format1 ccw = { {
		cpu_to_be32(FIELD_PREP(CCW0_CMD, command) | flags |
			    FIELD_PREP(CCW0_COUNT, count)),
		cpu_to_be32(address),
	} };

	store(PROGRAM + program.ccws++ * sizeof(ccw), &ccw, sizeof(ccw));
}

/* Begin a program: all of the cylinder, then count commands from a record on. */
static void begin(const struct kind *kind, enum operation operation, u8 count,
		  u8 track, u8 record)
{
	const u8 extent[16] = {
		[1] = 0xc0, BLOCK >> 8, [9] = CYLINDER, 0, 0,
		0, CYLINDER, 0, TRACKS - 1,
	};
	const u8 location[16] = {
		operation, 0, 0, count, 0, CYLINDER, 0, track,
		0, CYLINDER, 0, track, record, 0xff,
	};

	program = (struct program){ .kind = kind };
	store(EXTENT, extent, sizeof(extent));
	store(LOCATION, location, sizeof(location));
	add_ccw(DEFINE_EXTENT, CCW0_CC, EXTENT, sizeof(extent));
	add_ccw(LOCATE_RECORD, CCW0_CC, LOCATION, sizeof(location));
}

static void run(void)
{
	struct ccw_orb orb = { {
		0, cpu_to_be32(ORB1_F | ORB1_P | ORB1_LPM | program.kind->orb),
		cpu_to_be32(PROGRAM),
	} };
	struct ccw_irb irb;

	must(!vmm_start(&vmm, &orb));
	must(vmm_interrupt(&vmm, TIMEOUT_MS, &irb) == 1);
	must(be32_to_cpu(irb.scsw.word[2]) == (SCSW2_DSTAT_CE | SCSW2_DSTAT_DE));
	must(be32_to_cpu(irb.scsw.word[1]) ==
	     PROGRAM + program.ccws * sizeof(struct ccw_format1));
}

/* Some place that this program has not used yet. */
static u32 take_slot(void)
{
	u32 slot;

	do {
		slot = any(SLOTS);
	} while (program.taken[slot / 64] >> slot % 64 & 1);
	program.taken[slot / 64] |= 1ULL << slot % 64;
	return DATA + slot * SLOT;
}

static void add_piece(u32 address, u32 length)
{
	must(program.nr_pieces < 16);
	program.pieces[program.nr_pieces++] = (struct piece){ address, length };
}

static void add_word(u32 list, u32 n, u32 address)
{
	const __be32 word = cpu_to_be32(address);

	/* A word of eight bytes has its address in the last four. */
	store(list + (n + 1) * program.kind->word - sizeof(word), &word,
	      sizeof(word));
}

/* Return: a list of words for so many bytes, which begin anywhere in a block. */
static u32 add_list(u32 length)
{
	const u8 zeros[64] = { 0 };
	u32 block = program.kind->block, offset = any(block);
	u32 list = LISTS + program.lists++ * sizeof(zeros);

	store(list, zeros, sizeof(zeros));
	for (u32 n = 0; length; n++) {
		u32 piece = length < block - offset ? length : block - offset;

		add_piece(take_slot() + any(SLOT / block) * block + offset,
			  piece);
		add_word(list, n, program.pieces[program.nr_pieces - 1].address);
		length -= piece;
		offset = 0;
	}
	return list;
}

/* Data for one command: up to four CCWs, with lists or without. */
static void add_data(u8 command)
{
	u32 left = BLOCK;

	for (int i = 0; left; i++) {
		u32 length = i < 3 ? 1 + any(left) : left;
		u32 flags = (left > length ? CCW0_CD : 0), address;

		if (any(4)) {
			flags |= CCW0_IDA;
			address = add_list(length);
		} else {
			address = take_slot() + any(SLOT - BLOCK);
			add_piece(address, length);
		}
		add_ccw(command, flags, address, length);
		left -= length;
	}
}

static void write_record(const struct kind *kind, u8 track, u8 record)
{
	u8 bytes[BLOCK];
	u32 done = 0;

	begin(kind, OPERATION_WRITE, 1, track, record + 1);
	add_data(WRITE_UPDATE_DATA);
	fill(bytes, ++written[track][record]);
	for (u32 i = 0; i < program.nr_pieces; i++) {
		struct piece *piece = &program.pieces[i];

		store(piece->address, bytes + done, piece->length);
		done += piece->length;
	}
	run();
}

static void read_record(const struct kind *kind, u8 track, u8 record)
{
	u8 bytes[BLOCK], found[BLOCK];
	u32 done = 0;

	begin(kind, OPERATION_READ, 1, track, record + 1);
	add_data(READ_DATA);
	run();
	for (u32 i = 0; i < program.nr_pieces; i++) {
		struct piece *piece = &program.pieces[i];

		must(!vp.port.ops->load(&vp.port, piece->address, found + done,
					piece->length));
		done += piece->length;
	}
	fill(bytes, written[track][record]);
	must(!memcmp(bytes, found, BLOCK));
}

/* Counts of all records; the data are whatever is behind them in memory. */
static void format_track(const struct kind *kind, u8 track)
{
	begin(kind, OPERATION_FORMAT, RECORDS, track, 0);
	for (u8 record = 0; record < RECORDS; record++) {
		const u8 count[8] = {
			0, CYLINDER, 0, track, record + 1, 0, BLOCK >> 8,
		};

		store(COUNTS + record * sizeof(count), count, sizeof(count));
		add_ccw(WRITE_COUNT_KEY_DATA, CCW0_CD,
			COUNTS + record * sizeof(count), sizeof(count));
		add_ccw(WRITE_COUNT_KEY_DATA,
			record < RECORDS - 1 ? CCW0_CC : 0, DATA, BLOCK);
	}
	run();
}

static void blocks(const struct kind *kind)
{
	lend();
	vmm_init(&vmm, &vp.port);
	must(!vmm_open(&vmm));
	must(!vmm_reset(&vmm));
	for (u8 track = 0; track < TRACKS; track++) {
		format_track(kind, track);
		for (u8 record = 0; record < RECORDS; record++)
			write_record(kind, track, record);
	}
	for (int i = 0; i < READS; i++) {
		read_record(kind, any(TRACKS), any(RECORDS));
		if (i % 4 == 0)
			write_record(kind, any(TRACKS), any(RECORDS));
	}
	must(!vmm_close(&vmm));
	must(!css_admin_remove(&vp.admin));
	must(!css_admin_unbind(&vp.admin));
}

/*
 * Linux's own driver has the disk again, and reads from it the label that
 * tests/dasd/label.ccw has written by ours. The label is the third block.
 */
static void online(void)
{
	static const u8 label[] = {		/* VOL1CCWBOO */
		0xe5, 0xd6, 0xd3, 0xf1, 0xc3, 0xc3, 0xe6, 0xc2, 0xd6, 0xd6,
	};
	static u8 block[BLOCK];
	const char *device = vp.admin.device;
	int fd;

	must(!strcmp(vp.admin.former, "io_subchannel"));
	must(!sysfs_write("1", CCW_DEVICES "/%s/online", device));
	fd = open("/dev/dasda", O_RDONLY | O_CLOEXEC);
	must(fd >= 0);
	must(pread(fd, block, sizeof(block), 2 * BLOCK) == BLOCK);
	must(memmem(block, sizeof(block), label, sizeof(label)));
	close(fd);
	must(!sysfs_write("0", CCW_DEVICES "/%s/online", device));
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("Usage: disk SUBCHANNEL KIND|online\n", stderr);
		return 2;
	}
	must(!vfio_port_init(&vp, argv[1]));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strcmp(kinds[i].name, argv[2])) {
			blocks(&kinds[i]);
			vfio_port_destroy(&vp);
			return 0;
		}
	}
	if (strcmp(argv[2], "online")) {
		printf("there is no kind '%s'\n", argv[2]);
		return 2;
	}
	online();
	vfio_port_destroy(&vp);
	return 0;
}
