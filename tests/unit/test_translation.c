// SPDX-License-Identifier: GPL-2.0-only
/*
 * The translator against the oracle: programs that a guest may write, each run
 * as it stands and translated; and thousands that nobody has thought of.
 */
#include "suite.h"
#include "../fuzz/print.h"

#define RANDOM_TRIALS	6000
#define PROGRAM		0x1000u
#define LIST		0x3000u
#define DATA		0x4000u
#define MEMORY_END	((u32)WORLD_TOP)

#define CD	0x80
#define CC	0x40
#define SLI	0x20
#define SKIP	0x10
#define PCI	0x08
#define IDA	0x04
#define SUSPEND	0x02
#define MIDA	0x01

#define WRITE		0x01
#define READ		0x02
#define NOOP		0x03
#define SENSE		0x04
#define CONTROL		0x07
#define TIC		0x08
#define READ_BACKWARD	0x0c
#define SEARCH		0x31

#define ENDED		(DEVICE_CHANNEL_END | DEVICE_END)

static void begin(u32 orb1)
{
	world_reset();
	world.orb.word[1] = cpu_to_be32(orb1 | 0xff00);
	world.orb.word[2] = cpu_to_be32(PROGRAM);
}

static void put_word(u32 at, u32 word)
{
	__be32 raw = cpu_to_be32(word);

	world_store(at, &raw, sizeof(raw));
}

/* Return: where the next CCW goes. */
static u32 put(u32 at, u8 command, u8 flags, u16 count, u32 cda)
{
	if (be32_get_bits(world.orb.word[1], ORB1_F)) {
		put_word(at, (u32)command << 24 | (u32)flags << 16 | count);
		put_word(at + 4, cda);
	} else {
		put_word(at, (u32)command << 24 | cda);
		put_word(at + 4, (u32)flags << 24 | count);
	}
	return at + 8;
}

static u32 jump(u32 at, u32 target)
{
	return put(at, TIC, 0, 0, target);
}

/* An IDAW of the form that the ORB says. Return: where the next one goes. */
static u32 put_idaw(u32 at, u64 address)
{
	if (be32_get_bits(world.orb.word[1], ORB1_H)) {
		put_word(at, address >> 32);
		at += 4;
	}
	put_word(at, address);
	return at + 4;
}

static u32 put_midaw(u32 at, u8 flags, u16 count, u64 address)
{
	put_word(at, 0);
	put_word(at + 4, (u32)flags << 16 | count);
	put_word(at + 8, address >> 32);
	put_word(at + 12, address);
	return at + 16;
}

static u32 list_block(void)
{
	u32 ctl = be32_to_cpu(world.orb.word[1]);

	return ctl & ORB1_H && !(ctl & ORB1_T) ? 4096 : 2048;
}

/* A list for count bytes from, or backward down to, address. */
static void put_idal(u32 at, u32 address, u32 count, bool backward)
{
	u32 block = list_block(), part;

	for (; count; count -= part) {
		part = backward ? address % block + 1 : block - address % block;
		at = put_idaw(at, address);
		part = min_t(u32, part, count);
		address += backward ? -part : part;
	}
}

/* The same of MIDAWs, in pieces that no boundary asks for. */
static void put_midal(u32 at, u32 address, u32 count, bool backward)
{
	u32 part, room;

	for (; count; count -= part) {
		room = backward ? address % PAGE_SIZE + 1 :
				  PAGE_SIZE - address % PAGE_SIZE;
		part = min_t(u32, min_t(u32, room, 1111), count);
		at = put_midaw(at, count == part ? 0x80 : 0, part, address);
		address += backward ? -part : part;
	}
}

static void device(u32 bytes, u8 ending)
{
	world.act[0] = (struct act){ .bytes = bytes, .ending = ending };
	world.acts = 1;
}

/* Another kind of command, the next one. */
static void device_then(u32 bytes, u8 ending)
{
	world.act[world.acts++] = (struct act){ .bytes = bytes,
						.ending = ending };
}

static void expect(enum verdict verdict, int ret, const char *what)
{
	enum verdict got;

	got = world_try();
	if (got != verdict || world.ret != ret) {
		printf("\n%s:\n", what);
		print_trial(stdout);
		print_result(stdout, got);
	}
	CU_ASSERT_EQUAL(got, verdict);
	CU_ASSERT_EQUAL(world.ret, ret);
}

/* Return: word 2 of the last status, which is that of the native run as well. */
static u32 last_status(void)
{
	const struct run *run = &world.run[TRANSLATED];

	if (!run->logged || run->logged > WORLD_LOG)
		return 0;
	return be32_to_cpu(run->log[run->logged - 1].word[2]);
}

static u32 last_cpa(void)
{
	const struct run *run = &world.run[TRANSLATED];

	if (!run->logged || run->logged > WORLD_LOG)
		return 0;
	return be32_to_cpu(run->log[run->logged - 1].word[1]);
}

/* The program ends as it should, at this CCW, with this word 2 of the SCSW. */
static void ends(const char *what, u32 ccw, u32 word2)
{
	expect(SAME, 0, what);
	if (last_status() != word2 || last_cpa() != ccw + 8)
		printf("\n%s: ends with %08x %08x\n", what, last_cpa(),
		       last_status());
	CU_ASSERT_EQUAL(last_status(), word2);
	CU_ASSERT_EQUAL(last_cpa(), ccw + 8);
}

#define NORMAL		(ENDED << 24)
#define PROGRAM_CHECK	SCSW2_CSTAT_PROG

static void refused(const char *what, int ret)
{
	expect(REFUSED, ret, what);
}

/* Every format, list and direction */

static const u32 orbs[] = {
	0,			/* format 0, format-1 IDAWs */
	ORB1_H | ORB1_T,	/* format-2 IDAWs for 2 KiB */
	ORB1_H,			/* and for 4 KiB */
};

static void try_area(u32 orb, u8 flag, u8 command, u32 address, u32 count)
{
	bool backward = command == READ_BACKWARD;
	const struct run *run = &world.run[TRANSLATED];
	char what[80];

	begin(orb);
	snprintf(what, sizeof(what), "ORB %08x, command %02x flags %02x, %u "
		 "bytes at %#x", orb, command, flag, count, address);
	put(PROGRAM, command, flag, count, flag ? LIST : address);
	if (flag == IDA)
		put_idal(LIST, address, count, backward);
	if (flag == MIDA)
		put_midal(LIST, address, count, backward);
	device(count, ENDED);
	ends(what, PROGRAM, NORMAL);
	CU_ASSERT_EQUAL(run->given + run->taken, count);
}

static void try_areas(u32 orb, u8 command)
{
	static const struct { u32 address, count; } areas[] = {
		{ DATA, 1 }, { DATA + 0xffe, 7 }, { DATA + 0x7ff, 2 },
		{ DATA, 4096 }, { DATA + 0x234, 9000 }, { DATA + 1, 0x7fff },
		{ MEMORY_END - 5, 5 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(areas); i++) {
		u32 address = areas[i].address, count = areas[i].count;

		if (command == READ_BACKWARD)
			address += count - 1;
		try_area(orb, 0, command, address, count);
		try_area(orb, IDA, command, address, count);
		try_area(orb | ORB1_D, MIDA, command, address, count);
	}
}

static void data_move_whatever_the_form_of_their_addresses(void)
{
	static const u8 commands[] = {
		WRITE, READ, SENSE, CONTROL, READ_BACKWARD };
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(orbs); i++) {
		for (j = 0; j < ARRAY_SIZE(commands); j++) {
			try_areas(orbs[i], commands[j]);
			try_areas(orbs[i] | ORB1_F, commands[j]);
		}
	}
}

static void data_lie_above_2_and_4_gib(void)
{
	begin(ORB1_F | ORB1_H);
	put(PROGRAM, READ, IDA, 6000, LIST);
	put_idaw(put_idaw(LIST, 0x80000123), 0x100001000);
	device(6000, ENDED);
	ends("format-2 IDAWs", PROGRAM, NORMAL);

	begin(ORB1_F | ORB1_D);
	put(PROGRAM, READ, MIDA, 600, LIST);
	put_midaw(put_midaw(LIST, 0, 100, 0x100000f00), 0x80, 500, 0x80000123);
	device(600, ENDED);
	ends("MIDAWs", PROGRAM, NORMAL);

	begin(ORB1_F);
	put(PROGRAM, READ, IDA, 6, LIST);
	put_word(LIST, 0x80000123);
	device(6, ENDED);
	ends("no format-1 IDAW reaches so far", PROGRAM,
	     NORMAL | PROGRAM_CHECK | 6);
}

static void a_list_may_be_wrong_in_many_ways(void)
{
	static const struct {
		const char *what;
		u32 orb, list;
		u64 first, second;
	} lists[] = {
		{ "format-1 list misaligned", 0, LIST + 2, DATA, DATA },
		{ "format-2 list misaligned", ORB1_H, LIST + 4, DATA, DATA },
		{ "list outside memory", ORB1_H, MEMORY_END, DATA, DATA },
		{ "second word outside memory", ORB1_H, MEMORY_END - 8, DATA,
		  DATA },
		{ "second word misaligned", ORB1_H, LIST, DATA, DATA + 4 },
		{ "second word of 2K where 4K are asked for", ORB1_H, LIST,
		  DATA, DATA + 2048 },
		{ "bit 0", ORB1_H, LIST, 1ull << 63, DATA },
		{ "nothing there", ORB1_H, LIST, 0x20000, DATA },
		{ "nothing there, then", ORB1_H, LIST, DATA, 0x20000 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		begin(ORB1_F | lists[i].orb);
		put(PROGRAM, READ, IDA | CC, 5000, lists[i].list);
		put(PROGRAM + 8, NOOP, SLI, 1, 0);
		put_idaw(put_idaw(lists[i].list, lists[i].first),
			 lists[i].second);
		expect(SAME, 0, lists[i].what);
		CU_ASSERT(last_status() & PROGRAM_CHECK);
		world_reset();
	}
}

/* Forms of the CCW */

static void counts_flags_and_commands_stay_what_they_are(void)
{
	u32 at, orb;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		orb = (i & 1 ? ORB1_F : 0) | (i & 2 ? ORB1_L : 0);
		begin(orb);
		at = put(PROGRAM, NOOP, CC | SLI, 1, 0);
		at = put(at, READ, CC | SKIP | SLI, 100, 0x20000);
		at = put(at, WRITE, CC | SLI, 100, DATA);
		at = put(at, CONTROL, CC | PCI | SLI, 5, DATA);
		put(at, READ, 0, 20, DATA);
		device(20, ENDED);
		ends("NOOP, skip, SLI, PCI", at, NORMAL);

		begin(orb);
		put(PROGRAM, NOOP, CC, 1, 0);
		put(PROGRAM + 8, READ, 0, 100, DATA);
		device(20, ENDED);
		expect(SAME, 0, "incorrect length, or not");

		begin(orb);
		put(PROGRAM, WRITE, 0, 0, DATA);
		expect(SAME, 0, "count 0");

		begin(orb);
		put(PROGRAM, WRITE, CD, 0, DATA);
		put(PROGRAM + 8, WRITE, 0, 1, DATA);
		expect(SAME, 0, "count 0, chaining data");

		begin(orb);
		put(PROGRAM, 0x00, CC, 1, DATA);
		expect(SAME, 0, "no command");

		begin(orb);
		put(PROGRAM, READ, MIDA | SKIP, 1, LIST);
		expect(SAME, 0, "MIDA without the ORB's consent");

		begin(orb | ORB1_D);
		put(PROGRAM, NOOP, MIDA | SKIP, 1, LIST);
		expect(SAME, 0, "MIDA and skip");

		begin(orb);
		put(PROGRAM, READ, SUSPEND, 1, DATA);
		expect(SAME, 0, "suspend without the ORB's consent");
	}
}

static void an_address_of_32_bits_is_a_program_check(void)
{
	begin(ORB1_F);
	put(PROGRAM, READ, 0, 1, 0x80000000);
	ends("bit 0 of the address", PROGRAM, PROGRAM_CHECK);
}

static void a_midaw_with_the_skip_flag_sends_what_it_names(void)
{
	begin(ORB1_F | ORB1_D);
	put(PROGRAM, WRITE, MIDA | CC, 100, LIST);
	put_midaw(put_midaw(LIST, 0x40, 60, DATA), 0x80, 40, DATA + 0x1000);
	put(PROGRAM + 8, READ, MIDA, 100, LIST + 0x100);
	put_midaw(put_midaw(LIST + 0x100, 0x40, 60, 0x20000), 0x80, 40, DATA);
	device(100, ENDED);
	ends("output, then input", PROGRAM + 8, NORMAL);
}

static void a_midaw_with_reserved_bits_is_a_program_check(void)
{
	static const u32 words[][2] = {
		{ 1, 0x00800010 }, { 0, 0x01800010 }, { 1, 0xffffe000 },
		{ 0xffffffff, 0xffffe000 }, { 0xffffffff, 0xfffff001 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		begin(ORB1_F | ORB1_D | ORB1_H);
		put(PROGRAM, READ, MIDA, 4096, LIST);
		put_midaw(LIST, 0x80, 4096, DATA);
		put_word(LIST, words[i][0]);
		put_word(LIST + 4, words[i][1]);
		device(4096, ENDED);
		ends("reserved bits", PROGRAM, NORMAL | PROGRAM_CHECK | 4096);
	}
}

/* Jumps */

static void a_search_loops_until_the_device_skips_the_jump(void)
{
	u32 at;

	begin(ORB1_F);
	at = put(PROGRAM, SEARCH, CC | SLI, 5, DATA);
	at = jump(at, PROGRAM);
	put(at, READ, 0, 80, DATA + 0x100);
	device(5, ENDED);
	device_then(5, ENDED);
	device_then(5, ENDED | DEVICE_STATUS_MODIFIER);
	device_then(80, ENDED);
	ends("SEARCH, TIC *-8, READ", at, NORMAL);
	CU_ASSERT_EQUAL(world.run[TRANSLATED].selects, 4);
}

static void a_jump_leads_anywhere(void)
{
	u32 at;

	begin(ORB1_F);
	put(0x2000, WRITE, CC, 5, DATA);
	at = jump(0x2008, 0x7ffffff0);
	put(0x7ffffff0, WRITE, CC, 6, DATA);
	jump(0x7ffffff8, 0x1ff8);
	put(0x1ff8, NOOP, SLI, 1, 0);
	put(PROGRAM, NOOP, CC | SLI, 1, 0);
	jump(PROGRAM + 8, 0x2000);
	device(5, ENDED);
	device_then(6, ENDED);
	expect(SAME, 0, "forward, far, backward into what comes before");

	begin(ORB1_F);
	at = put(PROGRAM, NOOP, CC | SLI, 1, 0);
	at = put(at, WRITE, CC, 5, DATA);
	jump(at, PROGRAM + 8);
	device(5, ENDED);
	expect(SAME, 0, "backward, for ever");

	begin(ORB1_F);
	put(PROGRAM, NOOP, CC | SLI, 1, 0);
	jump(PROGRAM + 8, PROGRAM + 8);
	ends("to itself", PROGRAM + 8, PROGRAM_CHECK);
	CU_ASSERT_EQUAL(world.run[TRANSLATED].selects, 1);

	begin(ORB1_F);
	put(PROGRAM, NOOP, CC | SLI, 1, 0);
	jump(PROGRAM + 8, 0x2000);
	jump(0x2000, PROGRAM);
	ends("to a jump", 0x2000, PROGRAM_CHECK);

	begin(ORB1_F);
	jump(PROGRAM, 0x2000);
	put(0x2000, NOOP, SLI, 1, 0);
	ends("as the first CCW", PROGRAM, PROGRAM_CHECK);
}

static void a_jump_leads_nowhere(void)
{
	static const u32 targets[] = {
		PROGRAM + 4, MEMORY_END, 0x7ffffffc, 0xfffffff8 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(targets); i++) {
		begin(ORB1_F);
		put(PROGRAM, WRITE, CC, 5, DATA);
		jump(PROGRAM + 8, targets[i]);
		device(5, ENDED);
		ends("the channel shows the jump", PROGRAM + 8, PROGRAM_CHECK);
	}
	begin(0);
	put(PROGRAM, WRITE, CC, 5, DATA);
	jump(PROGRAM + 8, PROGRAM + 1);
	device(5, ENDED);
	ends("format 0", PROGRAM + 8, PROGRAM_CHECK);
}

static void format_0_jumps_by_half_a_command_code(void)
{
	begin(0);
	put(PROGRAM, NOOP, CC | SLI, 1, 0);
	put(PROGRAM + 8, 0x58, 0xff, 0xffff, 0x2000);
	put(0x2000, WRITE, 0, 5, DATA);
	device(5, ENDED);
	ends("58 is a jump", 0x2000, NORMAL);

	begin(ORB1_F);
	put(PROGRAM, NOOP, CC | SLI, 1, 0);
	put(PROGRAM + 8, 0x58, 0, 0, 0x2000);
	ends("in format 1 it is not", PROGRAM + 8, PROGRAM_CHECK);
}

/* Chains */

static void what_chains_is_what_the_channel_comes_to(void)
{
	u32 at;

	begin(ORB1_F);
	at = put(PROGRAM, READ, CD, 100, DATA + 0xfe0);
	at = put(at, WRITE, CD, 100, DATA + 0x2fe0);
	at = jump(at, 0x2000);
	put(0x2000, 0x00, 0, 3000, DATA + 0x4fe0);
	device(3200, ENDED);
	ends("data chaining, pages, a jump", 0x2000, NORMAL);

	begin(ORB1_F | ORB1_H);
	at = put(PROGRAM, READ_BACKWARD, CD, 100, DATA + 50);
	put(at, READ, IDA, 5000, LIST);
	put_idal(LIST, DATA + 0x3100, 5000, true);
	device(5100, ENDED);
	ends("backward, whatever the second code", at, NORMAL);

	begin(ORB1_F);
	at = put(PROGRAM, WRITE, CC, 5, DATA);
	at = put(at, READ, CD | SLI, 10, DATA);
	at = put(at, WRITE, 0, 10, DATA + 0x1000);
	device(5, ENDED | DEVICE_STATUS_MODIFIER);
	device_then(10, ENDED);
	ends("a skip into the middle of a data chain", at - 8, NORMAL);

	begin(ORB1_F);
	at = put(PROGRAM, WRITE, CC, 5, DATA);
	at = put(at, NOOP, SLI, 1, 0);
	put(at, READ, 0, 10, DATA);
	device(5, ENDED | DEVICE_STATUS_MODIFIER);
	device_then(10, ENDED);
	ends("a skip behind the last CCW", at, NORMAL);

	begin(ORB1_F);
	put(PROGRAM, WRITE, CC, 5, DATA);
	jump(PROGRAM + 8, 0x2000);
	put(PROGRAM + 16, WRITE, CC, 5, DATA);
	put(0x2000, NOOP, SLI, 1, 0);
	jump(PROGRAM + 24, 0x2008);
	put(0x2008, NOOP, SLI, 1, 0);
	device(5, ENDED | DEVICE_STATUS_MODIFIER);
	device_then(5, ENDED);
	ends("a skip over a jump", 0x2008, NORMAL | 1);
}

static void a_device_ends_in_two_parts(void)
{
	u32 at;

	begin(ORB1_F);
	at = put(PROGRAM, WRITE, CC, 5, DATA);
	put(at, READ, 0, 10, DATA);
	world.act[0] = (struct act){ .bytes = 5, .ending = DEVICE_CHANNEL_END,
				     .later = { DEVICE_END } };
	world.act[1] = (struct act){ .bytes = 10, .later = {
		DEVICE_CHANNEL_END, DEVICE_END } };
	world.acts = 2;
	ends("channel end, device end", at, DEVICE_END << 24);
}

/* Limits */

/* CCWs at PROGRAM that chain data, 16 bytes each. */
static void put_many(u32 ccws)
{
	u32 i, at = PROGRAM;

	for (i = 0; i < ccws; i++)
		at = put(at, WRITE, i + 1 < ccws ? CD : 0, 16, 0xa000);
}

static void programs_are_as_long_as_4096_ccws(void)
{
	begin(ORB1_F);
	put_many(4096);
	device(65536, ENDED);
	ends("4096 CCWs", PROGRAM + 4095 * 8, NORMAL);
	CU_ASSERT_EQUAL(world.run[TRANSLATED].taken, 65536);

	begin(ORB1_F);
	put_many(4097);
	refused("4097 CCWs", -E2BIG);
}

static void lists_are_as_long_as_1_mib(void)
{
	u32 i, at = PROGRAM;

	begin(ORB1_F);
	for (i = 0; i < 4090; i++)
		at = put(at, WRITE, i < 4089 ? CC : 0, 0xffff, 0);
	device(100, ENDED | DEVICE_UNIT_CHECK);
	refused("4090 x 32 IDAWs", -EFBIG);
}

static void a_short_list_of_midaws_takes_little_room(void)
{
	u32 i, at = PROGRAM;

	begin(ORB1_F | ORB1_D);
	for (i = 0; i < 1000; i++)
		at = put(at, WRITE, (i < 999 ? CD : 0) | MIDA, 16, 0xa000);
	put_midaw(0xa000, 0x80, 16, 0xb000);
	device(16000, ENDED);
	ends("1000 CCWs with one MIDAW each", at - 8, NORMAL);
}

static void a_program_may_lie_at_the_end_of_memory(void)
{
	begin(ORB1_F);
	world.orb.word[2] = cpu_to_be32(MEMORY_END - 8);
	put(MEMORY_END - 8, WRITE, 0, 5, DATA);
	device(5, ENDED);
	ends("one CCW", MEMORY_END - 8, NORMAL);

	begin(ORB1_F);
	world.orb.word[2] = cpu_to_be32(MEMORY_END - 8);
	put(MEMORY_END - 8, WRITE, CC, 5, DATA);
	device(5, ENDED);
	ends("it runs over it", MEMORY_END, PROGRAM_CHECK);

	begin(ORB1_F);
	world.orb.word[2] = cpu_to_be32(0x7ffffff8);
	put(0x7ffffff8, WRITE, CC, 5, DATA);
	device(5, ENDED);
	expect(SAME, 0, "it runs over 2 GiB");

	begin(0);
	world.orb.word[2] = cpu_to_be32(0xfffff8);
	put(0xfffff8, WRITE, CC, 5, DATA);
	put(0x1000000, WRITE, 0, 5, DATA);
	device(5, ENDED);
	expect(SAME, 0, "in format 0 it runs over 16 MiB");
	CU_ASSERT_EQUAL(world.run[TRANSLATED].selects, 1);

	begin(0);
	put(PROGRAM, READ, 0, 32, 0xfffff0);
	device(32, ENDED);
	ends("so do data", PROGRAM, NORMAL | PROGRAM_CHECK | 16);

	begin(ORB1_F);
	world.orb.word[2] = cpu_to_be32(MEMORY_END + 0x1000);
	ends("there is no program", MEMORY_END + 0x1000, PROGRAM_CHECK);
}

/* Holes */

static void data_move_up_to_memory_that_is_not_there(void)
{
	begin(ORB1_F);
	world.hole[6] = true;
	put(PROGRAM, READ, 0, 8000, 0x5800);
	device(8000, ENDED);
	ends("into a hole", PROGRAM, NORMAL | PROGRAM_CHECK | (8000 - 2048));
	CU_ASSERT(world.run[TRANSLATED].given >= 2048);

	begin(ORB1_F);
	world.hole[6] = true;
	put(PROGRAM, READ, SLI, 8000, 0x5800);
	device(100, ENDED);
	ends("the device stops before it", PROGRAM, NORMAL | 7900);

	begin(ORB1_F);
	world.hole[6] = true;
	put(PROGRAM, READ, CC, 16, 0x6000);
	put(PROGRAM + 8, NOOP, SLI, 1, 0);
	device(0, ENDED);
	ends("the device gives nothing", PROGRAM,
	     NORMAL | SCSW2_CSTAT_IL | 16);
}

static void a_page_that_cannot_be_written_can_be_read(void)
{
	begin(ORB1_F);
	world.read_only[4] = world.read_only[1] = true;
	put(PROGRAM, WRITE, 0, 100, DATA);
	device(100, ENDED);
	ends("output", PROGRAM, NORMAL);

	begin(ORB1_F);
	world.read_only[4] = true;
	put(PROGRAM, WRITE, CC, 100, DATA);
	put(PROGRAM + 8, READ, 0, 100, DATA - 50);
	device(100, ENDED);
	expect(SAME, 0, "output, then input");
	CU_ASSERT(last_status() & PROGRAM_CHECK);
}

/* Programs that change */

static void a_program_that_reads_into_itself_is_refused(void)
{
	static const struct { u8 flags; u32 cda; const char *what; } reads[] = {
		{ 0, PROGRAM, "over its own CCW" },
		{ 0, PROGRAM + 15, "over the last byte of the next" },
		{ IDA, LIST, "over its list" },
		{ IDA, LIST + 8, "over another's list" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(reads); i++) {
		begin(ORB1_F);
		put(PROGRAM, READ, CC | reads[i].flags, 1, reads[i].cda);
		put(PROGRAM + 8, WRITE, IDA, 4096, LIST);
		put_idaw(put_idaw(LIST, LIST + 7), DATA);
		put_idaw(LIST + 8, LIST + 3);
		refused(reads[i].what, -ETXTBSY);
	}
	begin(ORB1_F);
	put(PROGRAM, READ_BACKWARD, 0, 0x801, PROGRAM + 0x800);
	refused("backward", -ETXTBSY);
}

static void a_program_may_read_right_beside_itself(void)
{
	u32 at = PROGRAM;

	begin(ORB1_F);
	at = put(at, READ, CC, 16, PROGRAM - 16);
	at = put(at, READ, CC | SLI, 16, PROGRAM + 0x20);
	at = put(at, WRITE, IDA, 4, LIST);
	put_idaw(LIST, DATA);
	put(at, NOOP, 0, 1, 0);
	device(16, ENDED);
	expect(SAME, 0, "before and behind the CCWs");

	begin(ORB1_F);
	put(PROGRAM, WRITE, CC, 16, PROGRAM);
	put(PROGRAM + 8, READ, IDA | SLI, 100, LIST);
	put_idaw(LIST, LIST + 4);
	device(16, ENDED);
	ends("behind its list; and writing is no matter", PROGRAM + 8,
	     NORMAL | (100 - 16));
}

static void a_buffer_may_lie_right_behind_the_program(void)
{
	static const struct { u32 word0, word1; const char *what; } old[] = {
		{ 0, 0, "nothing in it" },
		{ 0x02000200, PROGRAM - 16, "an old CCW that stores here" },
		{ 0x02040200, LIST, "or by a list" },
	};
	unsigned int i;
	u32 at;

	for (i = 0; i < ARRAY_SIZE(old); i++) {
		begin(ORB1_F);
		at = put(PROGRAM, READ, CC, 16, PROGRAM + 16);
		at = put(at, NOOP, SLI, 1, 0);
		put_word(at, old[i].word0);
		put_word(at + 4, old[i].word1);
		put_idaw(LIST, PROGRAM);
		device(16, ENDED);
		ends(old[i].what, PROGRAM + 8, NORMAL | 1);
	}
}

/* The READ is spare, as the device may skip over the jump or not. */
static void a_search_may_read_right_behind_the_program(void)
{
	u32 at;

	begin(ORB1_F);
	at = put(PROGRAM, SEARCH, CC | SLI, 5, DATA);
	at = jump(at, PROGRAM);
	put(at, READ, CC, 80, at + 16);
	put(at + 8, NOOP, SLI, 1, 0);
	device(5, ENDED);
	device_then(5, ENDED | DEVICE_STATUS_MODIFIER);
	device_then(80, ENDED);
	device_then(0, ENDED);
	ends("behind the NOOP behind the READ", at + 8, NORMAL | 1);
	CU_ASSERT_EQUAL(world.run[TRANSLATED].given, 80);
}

/* What is skipped to was scanned before, and what is behind that was not. */
static void a_program_may_not_read_into_what_it_skips_to(void)
{
	begin(ORB1_F);
	put(PROGRAM, CONTROL, CC | SLI, 1, DATA);
	jump(PROGRAM + 8, 0x1ff8);
	jump(PROGRAM + 16, 0x1ff0);
	put(0x1ff0, READ, CC, 7, 0x2000);
	put(0x1ff8, NOOP, SLI, 1, 0);
	put(0x2000, READ, SLI, 7, DATA);
	device(0, ENDED | DEVICE_STATUS_MODIFIER);
	device_then(7, ENDED | DEVICE_STATUS_MODIFIER);
	ends("behind a link", 0x2000, PROGRAM_CHECK);
	CU_ASSERT_EQUAL(world.run[TRANSLATED].selects, 2);
}

static void garbage_behind_a_program_leaves_it_its_room(void)
{
	u32 at = PROGRAM + 16;
	unsigned int i;

	begin(ORB1_F | ORB1_P);
	put(PROGRAM, NOOP, CC | SLI, 1, 0);
	jump(PROGRAM + 8, 0xa000);
	for (i = 0; i < 3990; i++)
		at = put(at, WRITE, CC | SLI, 0xffff, DATA);
	at = put(0xa000, WRITE, CC | SLI, 0xffff, DATA);
	put(at, WRITE, SLI, 0xffff, DATA);
	device(0, ENDED);
	device_then(16, ENDED);
	expect(SAME, 0, "lists of what is jumped over");
	CU_ASSERT_EQUAL(world.run[TRANSLATED].selects, 3);
}

static void a_read_behind_the_end_of_memory_overwrites_nothing(void)
{
	begin(ORB1_F);
	world.orb.word[2] = cpu_to_be32(MEMORY_END - 8);
	put(MEMORY_END - 8, READ, CC, 1, MEMORY_END + 7);
	device(0, ENDED);
	ends("the CCWs there are not there", MEMORY_END - 8,
	     NORMAL | SCSW2_CSTAT_IL | 1);

	begin(ORB1_F);
	put(PROGRAM, READ, CC, 16, MEMORY_END);
	put(PROGRAM + 8, WRITE, IDA, 16, MEMORY_END + 4);
	ends("nor is the list", PROGRAM, NORMAL | PROGRAM_CHECK | 16);
}

static void a_program_that_permits_prefetching_may_do_as_it_likes(void)
{
	begin(ORB1_F | ORB1_P);
	put(PROGRAM, READ, CC, 8, PROGRAM + 8);
	put(PROGRAM + 8, NOOP, SLI, 1, 0);
	device(8, ENDED);
	expect(SAME, 0, "over the next CCW, which was fetched before");
	CU_ASSERT(world.excused);
}

/* What the guest stores while the driver reads has been there or has not. */
static void memory_changes_while_it_is_read(void)
{
	unsigned int i, sure = 0;

	for (i = 1; i <= 500; i++) {
		begin(ORB1_F | ORB1_H);
		put(PROGRAM, WRITE, CC | IDA, 9000, LIST);
		put(PROGRAM + 8, READ, CD, 90, DATA);
		put(PROGRAM + 16, READ, 0, 90, DATA + 0x3fd0);
		put_idal(LIST, DATA + 0x100, 9000, false);
		world.hostile = true;
		world.chance = i;
		if (world_try() == WRONG) {
			print_trial(stdout);
			print_result(stdout, WRONG);
			CU_FAIL("the channel was led astray");
		}
		sure += !world.unsure;
	}
	CU_ASSERT(sure > 250);
}

/* Suspension */

static void set_change(u32 address, u32 word0, u32 word1)
{
	struct change *change = &world.change[world.changes++];
	__be32 raw[2] = { cpu_to_be32(word0), cpu_to_be32(word1) };

	*change = (struct change){ .address = address, .length = 8 };
	memcpy(change->bytes, raw, sizeof(raw));
}

static void a_suspended_program_is_read_again(void)
{
	u32 at, orb;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		orb = ORB1_S | (i & 1 ? ORB1_F : 0) | (i & 2 ? ORB1_U : 0);
		begin(orb);
		at = put(PROGRAM, WRITE, CC, 5, DATA);
		at = put(at, READ, CC | SUSPEND, 5, DATA + 0x1000);
		put(at, WRITE, 0, 5, DATA + 0x2000);
		device(5, ENDED);
		ends("and was not changed", at, NORMAL);
		CU_ASSERT_EQUAL(world.run[TRANSLATED].resumes, 1);
	}

	begin(ORB1_S | ORB1_F);
	put(PROGRAM, WRITE, CC | SUSPEND, 5, DATA);
	put(PROGRAM + 8, NOOP, CC | SLI, 1, 0);
	put(PROGRAM + 16, NOOP, SLI, 1, 0);
	set_change(PROGRAM, 0x01400005, DATA + 0x1000);
	set_change(PROGRAM + 8, 0x08000000, 0x2000);
	put(0x2000, READ, CC, 5, DATA + 0x2000);
	jump(0x2008, PROGRAM + 16);
	device(5, ENDED);
	ends("and is another one", PROGRAM + 16, NORMAL | 1);
	CU_ASSERT_EQUAL(world.run[TRANSLATED].selects, 3);

	begin(ORB1_S | ORB1_F);
	put(PROGRAM, WRITE, CC | SUSPEND, 5, DATA);
	put(PROGRAM + 8, NOOP, 0, 1, 0);
	set_change(PROGRAM, 0x08000000, 0x2000);
	put(0x2000, READ, CC, 5, DATA + 0x2000);
	jump(0x2008, PROGRAM + 8);
	device(5, ENDED);
	expect(SAME, 0, "and begins with a jump");
}

static void a_suspended_program_may_be_refused_when_it_goes_on(void)
{
	begin(ORB1_S | ORB1_F);
	put(PROGRAM, READ, CC | SUSPEND, 5, DATA);
	put(PROGRAM + 8, NOOP, SLI, 1, 0);
	set_change(PROGRAM, 0x02400005, PROGRAM);
	device(5, ENDED);
	refused("it has come to read into itself", -ETXTBSY);
	CU_ASSERT_EQUAL(world.run[TRANSLATED].logged, 2);
}

static void a_program_is_suspended_again(void)
{
	u32 at;

	begin(ORB1_S | ORB1_F);
	at = put(PROGRAM, WRITE, CC | SUSPEND, 5, DATA);
	at = put(at, WRITE, CC | SUSPEND, 5, DATA + 0x1000);
	at = put(at, READ, SUSPEND, 5, DATA + 0x2000);
	device(5, ENDED);
	ends("three times", at - 8, NORMAL);
	CU_ASSERT_EQUAL(world.run[TRANSLATED].resumes, 3);

	begin(ORB1_S | ORB1_F);
	put(PROGRAM, WRITE, SUSPEND, 5, DATA);
	world.keeps_suspending = true;
	expect(SAME, 0, "the flag stays");
	CU_ASSERT_EQUAL(world.run[TRANSLATED].selects, 0);
}

/* Refusals and the host's faults */

static void transport_mode_is_refused(void)
{
	begin(ORB1_F | ORB1_B);
	put(PROGRAM, NOOP, SLI, 1, 0);
	refused("transport mode", -EOPNOTSUPP);
}

static void nothing_stays_behind_when_the_host_fails(void)
{
	static const struct { enum fault fault; int ret; } faults[] = {
		{ FAULT_ALLOC, -ENOMEM }, { FAULT_PIN, -ENOMEM },
		{ FAULT_FETCH, -EFAULT },
	};
	unsigned int i, at, refusals;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		for (at = 1, refusals = 0; at < 40; at++) {
			begin(ORB1_F | ORB1_S);
			put(PROGRAM, WRITE, CC | IDA, 9000, LIST);
			put(PROGRAM + 8, READ, CC | SUSPEND, 9000, DATA);
			jump(PROGRAM + 16, 0x2000);
			put(0x2000, WRITE, 0, 5, DATA + 0x4000);
			put_idal(LIST, DATA + 0x100, 9000, false);
			world.fault = faults[i].fault;
			world.fault_at = at;
			if (world_try() == REFUSED)
				refusals++;
			CU_ASSERT(!world.ret || world.ret == faults[i].ret);
			if (world.wrong[0])
				printf("\n%s\n", world.wrong);
			CU_ASSERT_EQUAL(world.wrong[0], 0);
		}
		CU_ASSERT(refusals > 2 && refusals < at - 1);
	}
}

/* Programs that nobody has thought of */

static void thousands_of_random_programs_agree(void)
{
	unsigned int count[WRONG + 1] = { 0 }, i, j, compared = 0;
	u32 random = 0x12345678;
	u8 bytes[200];
	enum verdict verdict;

	for (i = 0; i < RANDOM_TRIALS; i++) {
		u32 size = 8 + i % (sizeof(bytes) - 8);

		for (j = 0; j < size; j++) {
			random = random * 1664525 + 1013904223;
			bytes[j] = random >> 24;
		}
		trial_from_bytes(bytes, size);
		verdict = world_try();
		count[verdict]++;
		compared += verdict == SAME && !world.unsure && !world.excused;
		if (verdict == WRONG && count[WRONG] <= 3) {
			printf("\nrandom program %u:\n", i);
			trial_from_bytes(bytes, size);
			print_trial(stdout);
			print_result(stdout, world_try());
		}
	}
	CU_ASSERT_EQUAL(count[WRONG], 0);
	/* All kinds must be there, or this tests nothing. */
	CU_ASSERT(compared > RANDOM_TRIALS / 2);
	CU_ASSERT(count[REFUSED] > RANDOM_TRIALS / 50);
}

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "data move whatever the form of their addresses",
		  data_move_whatever_the_form_of_their_addresses },
		{ "data lie above 2 and 4 GiB", data_lie_above_2_and_4_gib },
		{ "a list may be wrong in many ways",
		  a_list_may_be_wrong_in_many_ways },
		{ "counts, flags and commands stay what they are",
		  counts_flags_and_commands_stay_what_they_are },
		{ "a MIDAW with the skip flag sends what it names",
		  a_midaw_with_the_skip_flag_sends_what_it_names },
		{ "a MIDAW with reserved bits is a program check",
		  a_midaw_with_reserved_bits_is_a_program_check },
		{ "an address of 32 bits is a program check",
		  an_address_of_32_bits_is_a_program_check },
		{ "a search loops until the device skips the jump",
		  a_search_loops_until_the_device_skips_the_jump },
		{ "a jump leads anywhere", a_jump_leads_anywhere },
		{ "a jump leads nowhere", a_jump_leads_nowhere },
		{ "format 0 jumps by half a command code",
		  format_0_jumps_by_half_a_command_code },
		{ "what chains is what the channel comes to",
		  what_chains_is_what_the_channel_comes_to },
		{ "a device ends in two parts", a_device_ends_in_two_parts },
		{ "programs are as long as 4096 CCWs",
		  programs_are_as_long_as_4096_ccws },
		{ "lists are as long as 1 MiB", lists_are_as_long_as_1_mib },
		{ "a short list of MIDAWs takes little room",
		  a_short_list_of_midaws_takes_little_room },
		{ "a program may lie at the end of memory",
		  a_program_may_lie_at_the_end_of_memory },
		{ "data move up to memory that is not there",
		  data_move_up_to_memory_that_is_not_there },
		{ "a page that cannot be written can be read",
		  a_page_that_cannot_be_written_can_be_read },
		{ "a program that reads into itself is refused",
		  a_program_that_reads_into_itself_is_refused },
		{ "a program may read right beside itself",
		  a_program_may_read_right_beside_itself },
		{ "a buffer may lie right behind the program",
		  a_buffer_may_lie_right_behind_the_program },
		{ "a search may read right behind the program",
		  a_search_may_read_right_behind_the_program },
		{ "a program may not read into what it skips to",
		  a_program_may_not_read_into_what_it_skips_to },
		{ "garbage behind a program leaves it its room",
		  garbage_behind_a_program_leaves_it_its_room },
		{ "a read behind the end of memory overwrites nothing",
		  a_read_behind_the_end_of_memory_overwrites_nothing },
		{ "a program that permits prefetching may do as it likes",
		  a_program_that_permits_prefetching_may_do_as_it_likes },
		{ "memory changes while it is read",
		  memory_changes_while_it_is_read },
		{ "a suspended program is read again",
		  a_suspended_program_is_read_again },
		{ "a suspended program may be refused when it goes on",
		  a_suspended_program_may_be_refused_when_it_goes_on },
		{ "a program is suspended again", a_program_is_suspended_again },
		{ "transport mode is refused", transport_mode_is_refused },
		{ "nothing stays behind when the host fails",
		  nothing_stays_behind_when_the_host_fails },
		{ "thousands of random programs agree",
		  thousands_of_random_programs_agree },
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "translation", tests);
}
