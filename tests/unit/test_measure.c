// SPDX-License-Identifier: GPL-2.0-only
/* SET CHANNEL MONITOR and measurement blocks: counts and times. */
#include "machine_world.h"

#define AREA		0x4000u
#define BLOCK		0x4100u	/* of format 1 */
#define UNIT		128000u
#define UPDATE		2u
#define MM_UPDATE	FIELD_PREP(PMCW1_MM, 2)

static const struct act prompt = { 0, DEVICE_CHANNEL_END | DEVICE_END, 4 };
static const struct act silent = { 0, 0, 4 };
static const u32 sense_id[] = { 0xe4000004, 0x2000 };

/* Measure in the block of this index, or of format 1: -1. */
static struct world *world_measured(const struct act *act, int index)
{
	struct world *w = world_create(act, 1);
	struct ccw_schib schib;

	CU_ASSERT_EQUAL(machine_stsch(w->m, w->sid, &schib), 0);
	schib.pmcw.word[1] |= cpu_to_be32(MM_UPDATE);
	be32p_replace_bits(&schib.pmcw.word[3], index, PMCW3_MBI);
	if (index < 0) {
		schib.pmcw.word[6] |= cpu_to_be32(PMCW6_F);
		schib.model[1] = cpu_to_be32(BLOCK);
	}
	CU_ASSERT_EQUAL(machine_msch(w->m, w->sid, &schib), 0);
	CU_ASSERT_EQUAL(machine_schm(w->m, UPDATE, AREA), 0);
	world_put(w, 0x1000, sense_id, 2);
	return w;
}

static u32 number(const struct world *w, u32 address, unsigned int bytes)
{
	u32 n = 0;

	while (bytes--)
		n = n << 8 | w->storage[address++];
	return n;
}

static void run(struct world *w, unsigned int times)
{
	struct ccw_irb irb;

	while (times--) {
		CU_ASSERT_EQUAL(world_ssch(w, WORLD_ORB_KEY0, 0x1000), 0);
		world_run(w, 10);
		CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
	}
}

static void test_schm_operands(void)
{
	struct world *w = world_create(&prompt, 1);
	unsigned int bit;

	for (bit = 0; bit < 32; bit++)
		CU_ASSERT_EQUAL(machine_schm(w->m, 1u << bit, AREA),
				bit >= 2 && bit < 28 ? MACHINE_OPERAND : 0);
	for (bit = 0; bit < 5; bit++) {
		CU_ASSERT_EQUAL(machine_schm(w->m, UPDATE, 1u << bit),
				MACHINE_OPERAND);
		CU_ASSERT_EQUAL(machine_schm(w->m, 0, 1u << bit), 0);
	}
	CU_ASSERT_EQUAL(machine_schm(w->m, UPDATE, 32), 0);
	world_destroy(w);
}

static void test_block_address_operand(void)
{
	struct world *w = world_create(&prompt, 1);
	struct ccw_schib schib;
	unsigned int bit;

	CU_ASSERT_EQUAL(machine_stsch(w->m, w->sid, &schib), 0);
	for (bit = 0; bit < 8; bit++) {
		schib.model[1] = cpu_to_be32(1u << bit);
		schib.pmcw.word[6] = cpu_to_be32(PMCW6_F);
		CU_ASSERT_EQUAL(machine_msch(w->m, w->sid, &schib),
				bit < 6 ? MACHINE_OPERAND : 0);
		schib.pmcw.word[6] = 0;
		CU_ASSERT_EQUAL(machine_msch(w->m, w->sid, &schib), 0);
	}
	CU_ASSERT_EQUAL(machine_stsch(w->m, w->sid, &schib), 0);
	CU_ASSERT_EQUAL(be32_to_cpu(schib.model[1]), 0x80);
	world_destroy(w);
}

static void test_counts(void)
{
	static const struct {
		int index;
		u32 at;
		unsigned int bytes;
	} blocks[] = { { 0, AREA, 2 }, { 3, AREA + 96, 2 }, { -1, BLOCK, 4 } };
	unsigned int i;

	for (i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		struct world *w = world_measured(&prompt, blocks[i].index);
		u32 at = blocks[i].at;

		memset(w->storage + AREA, 0, 0x200);
		w->storage[at + blocks[i].bytes - 1] = 0xfb;
		run(w, 10);
		CU_ASSERT_EQUAL(number(w, at, blocks[i].bytes), 0x105);
		CU_ASSERT_EQUAL(number(w, at + blocks[i].bytes, blocks[i].bytes),
				10);
		world_destroy(w);
	}
}

/* Neither the one switch alone nor the other measures anything. */
static void test_two_switches(void)
{
	struct world *w = world_measured(&prompt, 0);
	struct ccw_schib schib;

	CU_ASSERT_EQUAL(machine_schm(w->m, 0, 0), 0);
	run(w, 1);
	CU_ASSERT_EQUAL(number(w, AREA, 4), 0);
	CU_ASSERT_EQUAL(machine_schm(w->m, UPDATE, AREA), 0);
	CU_ASSERT_EQUAL(machine_stsch(w->m, w->sid, &schib), 0);
	schib.pmcw.word[1] &= ~cpu_to_be32(MM_UPDATE);
	CU_ASSERT_EQUAL(machine_msch(w->m, w->sid, &schib), 0);
	run(w, 1);
	CU_ASSERT_EQUAL(number(w, AREA, 4), 0);
	world_destroy(w);
}

/* A program waits two units for its path, and works three and a half. */
static void test_times(void)
{
	struct world *w = world_measured(&silent, -1);
	struct ccw_irb irb;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(world_ssch(w, WORLD_ORB_KEY0, 0x1000), 0);
		w->due[0].at = w->now + 2 * UNIT;
		world_run(w, 10);
		w->now += 3 * UNIT + UNIT / 2;
		machine_present(w->m, w->sid, DEVICE_CHANNEL_END | DEVICE_END);
		CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
		w->now += 1000 * UNIT;		/* nobody's time */
	}
	CU_ASSERT_EQUAL(number(w, BLOCK, 4), 2);
	CU_ASSERT_EQUAL(number(w, BLOCK + 8, 4), 7);	/* connected */
	CU_ASSERT_EQUAL(number(w, BLOCK + 12, 4), 4);	/* pending */
	for (i = 16; i < 64; i += 4)
		CU_ASSERT_EQUAL(number(w, BLOCK + i, 4), 0);
	world_destroy(w);
}

/* Channel end, work without the channel, and device end in another sample. */
static void test_device_works_alone(void)
{
	static const struct act split = { 0, DEVICE_CHANNEL_END, 4 };
	static const u32 chain[] = { 0xe4400004, 0x2000, 0xe4000004, 0x2000 };
	struct world *w = world_measured(&split, -1);
	struct ccw_irb irb;

	world_put(w, 0x1000, chain, 4);
	CU_ASSERT_EQUAL(world_ssch(w, WORLD_ORB_KEY0, 0x1000), 0);
	world_run(w, 10);
	w->now += 5 * UNIT;
	machine_present(w->m, w->sid, DEVICE_END);
	world_run(w, 10);
	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
	w->now += 9 * UNIT;
	machine_present(w->m, w->sid, DEVICE_END);
	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
	CU_ASSERT_EQUAL(number(w, BLOCK + 16, 4), 5);	/* disconnected */
	CU_ASSERT_EQUAL(number(w, BLOCK + 24, 4), 0);
	world_put(w, 0x1000, sense_id, 2);
	run(w, 1);
	CU_ASSERT_EQUAL(number(w, BLOCK + 24, 4), 9);	/* device active only */
	world_destroy(w);
}

static void test_suspended_program_is_a_sample(void)
{
	static const u32 suspends[] = { 0xe4020004, 0x2000 };
	struct world *w = world_measured(&prompt, 0);
	struct ccw_irb irb;

	world_put(w, 0x1000, suspends, 2);
	CU_ASSERT_EQUAL(world_ssch(w, WORLD_ORB_KEY0 | ORB1_S, 0x1000), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(number(w, AREA, 4), 0x00010001);
	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
	world_put(w, 0x1000, sense_id, 2);
	CU_ASSERT_EQUAL(machine_rsch(w->m, w->sid), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(number(w, AREA, 4), 0x00020002);
	world_destroy(w);
}

/* No storage there, or none for this key: the subchannel drops out. */
static void test_block_out_of_reach(void)
{
	struct world *w = world_measured(&prompt, 0);
	struct ccw_schib schib;

	CU_ASSERT_EQUAL(machine_schm(w->m, UPDATE, 0x20000), 0);
	run(w, 1);
	CU_ASSERT_EQUAL(machine_stsch(w->m, w->sid, &schib), 0);
	CU_ASSERT_EQUAL(be32_get_bits(schib.pmcw.word[1], PMCW1_MM), 0);
	run(w, 1);
	world_destroy(w);

	w = world_measured(&prompt, 0);
	w->forbidden = AREA;
	CU_ASSERT_EQUAL(machine_schm(w->m, UPDATE | 0x50000000, AREA), 0);
	run(w, 1);
	CU_ASSERT_EQUAL(number(w, AREA, 4), 0);
	CU_ASSERT_EQUAL(machine_stsch(w->m, w->sid, &schib), 0);
	CU_ASSERT_EQUAL(be32_get_bits(schib.pmcw.word[1], PMCW1_MM), 0);
	world_destroy(w);
}

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "SCHM: operands", test_schm_operands },
		{ "MSCH: address of the block", test_block_address_operand },
		{ "counts", test_counts },
		{ "two switches", test_two_switches },
		{ "times", test_times },
		{ "the device works alone", test_device_works_alone },
		{ "a suspended program is a sample",
		  test_suspended_program_is_a_sample },
		{ "a block out of reach", test_block_out_of_reach },
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "measure", tests);
}
