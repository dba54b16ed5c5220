// SPDX-License-Identifier: GPL-2.0-only
/* Instructions as a program executes them: operands, exceptions, what is stored. */
#include "cpu.h"
#include "machine_world.h"

#define OPERAND	0x3000u
#define END	(WORLD_STORAGE - 4)	/* the last word of storage */

static const struct act prompt = { 0, DEVICE_CHANNEL_END | DEVICE_END, 4 };
static const u32 sense_id[] = { 0xe4000004, 0x2000 };
static const u32 orb[] = { 0xcafe, ORB1_F | 0xff00, 0x1000 };

static struct cpu processor_of(struct world *w)
{
	return (struct cpu){ .machine = w->m, .storage = world_storage,
			     .ctx = w, .gr1 = w->sid, .iscs = 0xff };
}

/* Storage that is full of something is seen to stay as it was. */
static struct world *world_full(void)
{
	struct world *w = world_create(&prompt, 1);

	memset(w->storage + 0x3000, 0xee, WORLD_STORAGE - 0x3000);
	memset(w->storage, 0xee, 0x1000);
	world_put(w, 0x1000, sense_id, 2);
	world_put(w, OPERAND, orb, 3);
	return w;
}

static bool untouched(const struct world *w, u32 from, u32 to)
{
	while (from < to)
		if (w->storage[from++] != 0xee)
			return false;
	return true;
}

static u32 word_at(const struct world *w, u32 address)
{
	__be32 word;

	memcpy(&word, w->storage + address, sizeof(word));
	return be32_to_cpu(word);
}

#define SPEC	MACHINE_SPECIFICATION
#define ADDR	MACHINE_ADDRESSING
#define OP	MACHINE_OPERAND

/*
 * What each instruction answers at rest: to its operand on the right boundary,
 * off by one and by two, at the end of storage and behind it.
 */
static const struct {
	enum machine_insn insn;
	int good, one, two, end, behind;
	u32 stored;		/* bytes, with the good operand */
} instructions[] = {
	{ MACHINE_SSCH,	 0, SPEC, SPEC, ADDR, ADDR, 0 },
	{ MACHINE_TSCH,	 1, SPEC, SPEC, ADDR, ADDR, 64 },
	{ MACHINE_STSCH, 0, SPEC, SPEC, ADDR, ADDR, 52 },
	{ MACHINE_MSCH,	 OP, SPEC, SPEC, ADDR, ADDR, 0 },
	{ MACHINE_HSCH,	 0, 0, 0, 0, 0, 0 },
	{ MACHINE_CSCH,	 0, 0, 0, 0, 0, 0 },
	{ MACHINE_RSCH,	 2, 2, 2, 2, 2, 0 },
	{ MACHINE_XSCH,	 2, 2, 2, 2, 2, 0 },
	{ MACHINE_TPI,	 0, SPEC, SPEC, ADDR, ADDR, 0 },
	{ MACHINE_STCRW, 1, SPEC, SPEC, 1, ADDR, 4 },
	{ MACHINE_RCHP,	 OP, OP, OP, OP, OP, 0 },
	{ MACHINE_SCHM,	 OP, OP, OP, OP, OP, 0 },
	{ MACHINE_SAL,	 0, 0, 0, 0, 0, 0 },
	{ MACHINE_CHSC,	 OP, SPEC, SPEC, SPEC, ADDR, 0 },
};

static int execute_at(enum machine_insn insn, u64 address, bool problem)
{
	struct world *w = world_full();
	struct cpu cpu = processor_of(w);
	int cc;

	cpu.problem = problem;
	cc = cpu_execute(&cpu, insn, address);
	CU_ASSERT_EQUAL(w->happened, 1);
	CU_ASSERT_EQUAL(w->events[0].kind, MACHINE_EV_INSN);
	CU_ASSERT_EQUAL(w->events[0].insn.insn, insn);
	CU_ASSERT_EQUAL(w->events[0].insn.cc, cc);
	world_destroy(w);
	return cc;
}

static void test_operands(void)
{
	unsigned int i;

	CU_ASSERT_EQUAL(sizeof(instructions) / sizeof(instructions[0]),
			MACHINE_INSNS);
	for (i = 0; i < MACHINE_INSNS; i++) {
		const u64 at[] = { OPERAND, OPERAND + 1, OPERAND + 2, END,
				   WORLD_STORAGE };
		const int want[] = { instructions[i].good, instructions[i].one,
				     instructions[i].two, instructions[i].end,
				     instructions[i].behind };
		unsigned int k;

		for (k = 0; k < 5; k++) {
			enum machine_insn insn = instructions[i].insn;
			int got = execute_at(insn, at[k], false);

			if (got != want[k])
				printf("\n%s at %#llx: %d, expected %d\n",
				       machine_insn_name(insn),
				       (unsigned long long)at[k], got, want[k]);
			CU_ASSERT_EQUAL(got, want[k]);
			CU_ASSERT_EQUAL(execute_at(insn, at[k], true),
					MACHINE_PRIVILEGED);
		}
	}
}

static void test_just_the_operand_is_stored(void)
{
	unsigned int i;

	for (i = 0; i < MACHINE_INSNS; i++) {
		struct world *w = world_full();
		struct cpu cpu = processor_of(w);
		u32 end = OPERAND + instructions[i].stored;

		memset(w->storage + OPERAND, 0xee, 64);
		cpu_execute(&cpu, instructions[i].insn, OPERAND);
		CU_ASSERT(untouched(w, 0, 0x1000));
		CU_ASSERT(untouched(w, end, WORLD_STORAGE));
		if (instructions[i].stored)
			CU_ASSERT_FALSE(untouched(w, OPERAND, end));
		world_destroy(w);
	}
}

/* A status that cannot be stored is still there; a report is, too. */
static void test_nothing_is_lost(void)
{
	struct world *w = world_full();
	struct cpu cpu = processor_of(w);

	machine_present(w->m, w->sid, DEVICE_ATTENTION);
	world_run(w, 10);
	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_TSCH, END), ADDR);
	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_TPI, END), ADDR);
	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_TPI, OPERAND), 1);
	CU_ASSERT_EQUAL(word_at(w, OPERAND), w->sid);
	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_TSCH, OPERAND), 0);
	CU_ASSERT_EQUAL(word_at(w, OPERAND + 8), SCSW2_DSTAT_ATTN);

	machine_set_channel(w->m, 7, false);
	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_STCRW, WORLD_STORAGE), ADDR);
	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_STCRW, OPERAND), 0);
	CU_ASSERT_EQUAL(word_at(w, OPERAND), 0x04060007);
	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_STCRW, OPERAND), 1);
	CU_ASSERT_EQUAL(word_at(w, OPERAND), 0);
	world_destroy(w);
}

/* The two forms of TEST PENDING INTERRUPTION, and an interruption itself. */
static void test_interruption_codes(void)
{
	struct world *w = world_full();
	struct cpu cpu = processor_of(w);
	struct machine_interruption code;
	struct ccw_schib schib;

	CU_ASSERT_EQUAL(machine_stsch(w->m, w->sid, &schib), 0);
	schib.pmcw.word[0] = cpu_to_be32(0x12345678);
	be32p_replace_bits(&schib.pmcw.word[1], 6, PMCW1_ISC);
	CU_ASSERT_EQUAL(machine_msch(w->m, w->sid, &schib), 0);

	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_TPI, 0), 0);
	CU_ASSERT(untouched(w, 0, 0x1000));
	machine_present(w->m, w->sid, DEVICE_ATTENTION);
	world_run(w, 10);
	cpu.iscs = 0xfd;
	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_TPI, 0), 0);
	CU_ASSERT_FALSE(cpu_interrupt(&cpu, &code));
	cpu.iscs = 0x02;
	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_TPI, 0), 1);
	CU_ASSERT_EQUAL(word_at(w, 184), w->sid);
	CU_ASSERT_EQUAL(word_at(w, 188), 0x12345678);
	CU_ASSERT_EQUAL(word_at(w, 192), 6u << 27);
	CU_ASSERT(untouched(w, 0, 184));
	CU_ASSERT(untouched(w, 196, 0x1000));

	memset(w->storage, 0xee, 0x1000);
	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_TSCH, OPERAND), 0);
	CU_ASSERT_FALSE(cpu_interrupt(&cpu, &code));
	machine_present(w->m, w->sid, DEVICE_ATTENTION);
	world_run(w, 10);
	CU_ASSERT(cpu_interrupt(&cpu, &code));
	CU_ASSERT_EQUAL(word_at(w, 184), w->sid);
	CU_ASSERT_EQUAL(word_at(w, 192), 6u << 27);
	CU_ASSERT_FALSE(cpu_interrupt(&cpu, &code));
	world_destroy(w);
}

/* Only the right half of register 1 names the subchannel. */
static void test_right_half_of_the_register(void)
{
	struct world *w = world_full();
	struct cpu cpu = processor_of(w);

	cpu.gr1 |= 0xffffffff00000000;
	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_STSCH, OPERAND), 0);
	cpu.gr1 = 0x1ffff;
	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_STSCH, OPERAND), 3);
	cpu.gr1 = w->sid & 0xffff;
	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_STSCH, OPERAND), OP);
	world_destroy(w);
}

static void test_registers(void)
{
	struct world *w = world_full();
	struct cpu cpu = processor_of(w);

	cpu.gr1 = 0;
	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_RCHP, 0), 0);
	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_RCHP, 0), 2);
	cpu.gr1 = 9;
	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_RCHP, 0), 3);
	cpu.gr1 = 2;
	cpu.gr2 = 16;
	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_SCHM, 0), OP);
	cpu.gr2 = 0x40;
	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_SCHM, 0), 0);
	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_SAL, 0), OP);
	cpu.gr1 = 0x10000;
	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_SAL, 0), 0);
	world_destroy(w);
}

static void test_start_and_test(void)
{
	struct world *w = world_full();
	struct cpu cpu = processor_of(w);
	struct machine_interruption code;

	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_SSCH, OPERAND), 0);
	world_run(w, 10);
	CU_ASSERT(cpu_interrupt(&cpu, &code));
	CU_ASSERT_EQUAL(be32_to_cpu(code.word[1]), 0xcafe);
	CU_ASSERT_EQUAL(cpu_execute(&cpu, MACHINE_TSCH, OPERAND), 0);
	CU_ASSERT_EQUAL(word_at(w, OPERAND + 4), 0x1008);
	world_destroy(w);
}

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "operands", test_operands },
		{ "just the operand is stored",
		  test_just_the_operand_is_stored },
		{ "nothing is lost", test_nothing_is_lost },
		{ "interruption codes", test_interruption_codes },
		{ "the right half of the register",
		  test_right_half_of_the_register },
		{ "registers", test_registers },
		{ "start and test", test_start_and_test },
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "processor", tests);
}
