/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From bytes to a trial of the translator: the ORB, the program, the memory it
 * is in and the device. Any bytes make a trial; most are programs that a channel
 * executes for a while. A byte selects what is often right and sometimes wrong
 * in an interesting way.
 *
 *	byte 0-1	switches: format, IDAWs, suspend control, hostility ...
 *	byte 2		where the program is
 *	byte 3		how many kinds of commands the device knows, 1-8
 *	then		for each: how it begins and ends, and how many bytes
 *	then		what is put into memory, until the bytes end (trial_put)
 */
#ifndef TEST_TRIAL_H
#define TEST_TRIAL_H

#include "../unit/translation_world.h"

#define TRIAL_CCWS	500	/* that a trial executes, about */

struct trial {
	const u8 *bytes;
	size_t left;
	u64 code;		/* where the next CCW goes */
	u64 list;		/* where the next address word goes */
	u32 suspends;		/* changes that are made there and later */
};

static u8 trial_byte(struct trial *t)
{
	if (!t->left)
		return 0;
	t->left--;
	return *t->bytes++;
}

#define TRIAL_PICK(t, table)	((table)[trial_byte(t) % ARRAY_SIZE(table)])

/* Addresses: of the program, of a list, or of where something begins or ends. */
static u64 trial_address(struct trial *t, u32 scale)
{
	static const u64 places[] = {
		0x2000, 0x3000, 0x3000, 0x3ffe, 0x4000, 0x5fff, 0x6800, 0x7ff8,
		0x1000, 0x1800, 0x1ff8, 0, 0xf000, 0xfff8, 0x10000, 0xffe000,
		0xfffff8, 0x1000000, 0x7ffff000, 0x7ffffff8, 0x80000000,
		0x80000800, 0xfffff000, 0x100000000, 0x100001000,
		0xfffffffffffff000,
	};
	u8 place = trial_byte(t);
	s64 offset = (s8)trial_byte(t);

	switch (place % 4) {
	case 0:
		return t->code + scale * offset;
	case 1:
		return t->list;
	default:
		return places[place / 4 % ARRAY_SIZE(places)] + scale * offset;
	}
}

static u16 trial_count(struct trial *t)
{
	static const u16 counts[] = {
		1, 7, 8, 16, 32, 80, 0, 255, 2047, 2048, 2049, 4096, 4097, 8000,
		12288, 65535,
	};

	return TRIAL_PICK(t, counts);
}

static bool trial_format_1(void)
{
	return be32_to_cpu(world.orb.word[1]) & ORB1_F;
}

static void trial_ccw(struct trial *t, u8 command)
{
	static const u8 flags[] = {
		0x40, 0x40, 0x40, 0x40, 0x60, 0x60, 0x80, 0x80, 0x80, 0x00, 0x20,
		0xc0, 0xa0, 0x50, 0x70, 0x90, 0x48, 0x88, 0x42, 0x62, 0x02, 0x82,
	};
	static const u8 lists[] = { 0, 0, 0, 0x04, 0x04, 0x01, 0x01, 0x05 };
	u8 flag = TRIAL_PICK(t, flags);
	u16 count;
	u32 address, word[2];
	__be32 raw[2];

	flag |= TRIAL_PICK(t, lists);
	count = trial_count(t);
	address = trial_address(t, command == 0x08 ? 8 : 1);
	if (command == 0x08)
		flag = count = 0;
	if (trial_format_1()) {
		word[0] = (u32)command << 24 | (u32)flag << 16 | count;
		word[1] = address;
	} else {
		word[0] = (u32)command << 24 | (address & 0xffffff);
		word[1] = (u32)flag << 24 | count;
	}
	raw[0] = cpu_to_be32(word[0]);
	raw[1] = cpu_to_be32(word[1]);
	world_store(t->code, raw, sizeof(raw));
	t->code += sizeof(raw);
}

static void trial_some_ccw(struct trial *t)
{
	static const u8 commands[] = {
		0x02, 0x02, 0x01, 0x01, 0x04, 0x0c, 0x0c, 0x03, 0x07, 0xe4, 0x06,
		0x00, 0x28, 0xff,
	};

	trial_ccw(t, TRIAL_PICK(t, commands));
}

static void trial_tic(struct trial *t)
{
	trial_ccw(t, 0x08);
}

static void trial_store(struct trial *t, u64 value, u32 size)
{
	u8 raw[8];
	u32 i;

	for (i = 0; i < size; i++)
		raw[i] = value >> (8 * (size - 1 - i));
	world_store(t->list, raw, size);
	t->list += size;
}

static void trial_idaw(struct trial *t)
{
	u32 size = be32_to_cpu(world.orb.word[1]) & ORB1_H ? 8 : 4;

	trial_store(t, trial_address(t, 1), size);
}

static void trial_midaw(struct trial *t)
{
	static const u64 flags[] = {
		0, 0, 0x800000, 0x800000, 0x400000, 0xc00000, 0x200000,
		0x1ffffe000, /* reserved bits, and like an address of nowhere */
	};
	u64 how = TRIAL_PICK(t, flags);

	how |= trial_count(t);
	trial_store(t, how, 8);
	trial_store(t, trial_address(t, 1), 8);
}

static void trial_move_code(struct trial *t)
{
	t->code = trial_address(t, 8) & ~7ull;
}

static void trial_move_list(struct trial *t)
{
	t->list = trial_address(t, 8) & ~3ull;
}

/* Again and again what has been put last: a long program. */
static void trial_repeat(struct trial *t)
{
	u32 times = trial_byte(t);
	u8 raw[8] = { 0 };

	times %= 32;
	world_copy(NATIVE, t->code - 8, raw, sizeof(raw), false);
	for (; times; times--, t->code += sizeof(raw))
		world_store(t->code, raw, sizeof(raw));
}

static void trial_raw(struct trial *t)
{
	u8 raw[8];
	u32 i;

	for (i = 0; i < sizeof(raw); i++)
		raw[i] = trial_byte(t);
	if (raw[0] & 1) {
		world_store(t->list, raw, sizeof(raw));
		t->list += sizeof(raw);
		return;
	}
	world_store(t->code, raw, sizeof(raw));
	t->code += sizeof(raw);
}

static void trial_change(struct trial *t)
{
	struct change *change = &world.change[world.changes];
	u32 i;

	if (world.changes == WORLD_CHANGES)
		return;
	world.changes++;
	change->resume = trial_byte(t) % WORLD_RESUMES;
	change->address = trial_address(t, 8);
	change->length = 1 + trial_byte(t) % sizeof(change->bytes);
	for (i = 0; i < change->length; i++)
		change->bytes[i] = trial_byte(t);
}

static void trial_hole(struct trial *t)
{
	u8 page = trial_byte(t);

	if (page & 0x80)
		world.read_only[page % WORLD_PAGES] = true;
	else
		world.hole[page % WORLD_PAGES] = true;
}

static void trial_fault(struct trial *t)
{
	static const enum fault faults[] = {
		FAULT_ALLOC, FAULT_PIN, FAULT_FETCH };

	world.fault = TRIAL_PICK(t, faults);
	world.fault_at = 1 + trial_byte(t) % 32;
}

static void trial_put(struct trial *t)
{
	static void (*const puts[])(struct trial *) = {
		trial_some_ccw, trial_some_ccw, trial_some_ccw, trial_some_ccw,
		trial_some_ccw, trial_some_ccw, trial_tic, trial_tic,
		trial_idaw, trial_idaw, trial_idaw, trial_midaw, trial_midaw,
		trial_move_code, trial_move_list, trial_change, trial_hole,
		trial_raw, trial_repeat, trial_fault,
	};

	TRIAL_PICK(t, puts)(t);
}

static void trial_act(struct trial *t, struct act *act)
{
	static const struct act how[] = {
		{ .ending = 0x0c }, { .ending = 0x0c }, { .ending = 0x4c },
		{ .ending = 0x4e }, { .ending = 0x0e }, { .ending = 0x0d },
		{ .later = { 0x0c } }, { .ending = 0x08, .later = { 0x04 } },
		{ .later = { 0x08, 0x44 } }, { .initial = 0x0c },
		{ .initial = 0x4c }, { .initial = 0x08, .later = { 0x04 } },
		{ .initial = 0x02 }, { .initial = 0x10, .later = { 0x04 } },
		{ .ending = 0x0c, .later = { 0x80 } },
	};
	static const u32 bytes[] = {
		70000, 70000, 70000, 0, 1, 7, 16, 100, 2048, 4096, 4097, 9000,
	};

	*act = TRIAL_PICK(t, how);
	act->bytes = TRIAL_PICK(t, bytes);
}

static void trial_switches(struct trial *t)
{
	u8 a = trial_byte(t), b = trial_byte(t);
	u32 ctl = 0xff00;

	ctl |= a & 0x01 ? 0 : ORB1_F;
	ctl |= a & 0x02 ? ORB1_H : 0;
	ctl |= a & 0x04 ? ORB1_T : 0;
	ctl |= a & 0x08 ? ORB1_D : 0;
	ctl |= a & 0x10 ? ORB1_S : 0;
	ctl |= a & 0x20 ? ORB1_U : 0;
	ctl |= a & 0x40 ? ORB1_L : 0;
	ctl |= a & 0x80 ? ORB1_P : 0;
	ctl |= (b & 0x0f) == 0x0f ? ORB1_B : 0;
	ctl |= b & 0x10 ? ORB1_I : 0;
	world.orb.word[1] = cpu_to_be32(ctl);
	world.used = b & 0x20;
	world.keeps_suspending = (b & 0xc0) == 0x40;
	world.hostile = (b & 0xc0) == 0xc0;
}

static void trial_place(struct trial *t)
{
	static const u32 places[] = {
		0x1000, 0x1000, 0x1000, 0x1000, 0x1ff0, 0x1ff8, 0xffe8, 0xfff8,
		0xffffe8, 0x1000000, 0x7fffffe8, 0x1004, 0x10000,
	};
	u32 place = TRIAL_PICK(t, places);

	world.orb.word[2] = cpu_to_be32(place);
	t->code = place & ~7u;
	t->list = 0x3000;
}

/* Make a trial of the bytes; world_try() tries it. */
static void trial_from_bytes(const u8 *bytes, size_t size)
{
	struct trial t = { .bytes = bytes, .left = size };
	unsigned int i;
	u8 acts;

	world_reset();
	world.patience = TRIAL_CCWS;
	world.chance = 1;
	for (i = 0; i < size && i < 8; i++)
		world.chance = world.chance * 31 + bytes[i];
	world.chance |= 1;
	trial_switches(&t);
	trial_place(&t);
	acts = trial_byte(&t);
	world.acts = 1 + acts % WORLD_ACTS;
	for (i = 0; i < world.acts; i++)
		trial_act(&t, &world.act[i]);
	while (t.left)
		trial_put(&t);
}

#endif /* TEST_TRIAL_H */
