/* SPDX-License-Identifier: GPL-2.0-only */
/* A trial and its result, for a person to read. */
#ifndef TEST_PRINT_H
#define TEST_PRINT_H

#include "trial.h"

#define PRINT_BYTES	256	/* of a piece of the program, at most */

static void print_words(FILE *out, struct reach *r, int page, u32 from)
{
	u32 i;

	for (i = from; i < PAGE_SIZE && r->byte[page][i] & REACH_USES; i++) {
		if (i == from + PRINT_BYTES) {
			fprintf(out, "\n             ...");
			return;
		}
		if (i % 8 == 0 || i == from)
			fprintf(out, "\n  %9llx  ",
				(world_page[page] << PAGE_SHIFT) + i);
		fprintf(out, "%02x", world.memory[NATIVE][page][i]);
		if (i % 4 == 3)
			fputc(' ', out);
	}
}

/* The ORB, the device, and what a channel could come to. */
static void print_trial(FILE *out)
{
	struct reach *r = world_reach(NATIVE, be32_to_cpu(world.orb.word[2]),
				      false, false);
	unsigned int i, j;

	fprintf(out, "ORB %08x %08x%s%s%s", be32_to_cpu(world.orb.word[1]),
		be32_to_cpu(world.orb.word[2]), world.hostile ? ", hostile" : "",
		world.used ? ", used" : "",
		world.keeps_suspending ? ", keeps suspending" : "");
	if (world.fault)
		fprintf(out, ", fault %d at %u", world.fault, world.fault_at);
	for (i = 0; i < world.acts; i++)
		fprintf(out, "\nact %u: initial %02x ending %02x later %02x %02x"
			" bytes %u", i, world.act[i].initial,
			world.act[i].ending, world.act[i].later[0],
			world.act[i].later[1], world.act[i].bytes);
	for (i = 0; i < WORLD_PAGES; i++)
		if (world.hole[i] || world.read_only[i])
			fprintf(out, "\npage %llx: %s", world_page[i],
				world.hole[i] ? "hole" : "read-only");
	for (i = 0; i < world.changes; i++) {
		fprintf(out, "\nbefore resume %u at %llx:",
			world.change[i].resume, world.change[i].address);
		for (j = 0; j < world.change[i].length; j++)
			fprintf(out, " %02x", world.change[i].bytes[j]);
	}
	fprintf(out, "\nprogram and lists, %u CCWs, %u words:", r->ccws, r->words);
	for (i = 0; i < WORLD_PAGES; i++)
		for (j = 0; r->pages & BIT(i) && j < PAGE_SIZE; j++)
			if (r->byte[i][j] & REACH_USES &&
			    (!j || !(r->byte[i][j - 1] & REACH_USES)))
				print_words(out, r, i, j);
	fputc('\n', out);
}

static void print_run(FILE *out, const char *name, const struct run *run)
{
	unsigned int i;

	fprintf(out, "%s: cc %d, %u interrupts and suspensions", name, run->cc,
		run->logged);
	for (i = 0; i < run->logged && i < WORLD_LOG; i++)
		fprintf(out, "\n  %08x %08x %08x",
			be32_to_cpu(run->log[i].word[0]),
			be32_to_cpu(run->log[i].word[1]),
			be32_to_cpu(run->log[i].word[2]));
	fprintf(out, "\n  commands");
	for (i = 0; i < run->selects; i++)
		fprintf(out, " %02x", run->command[i]);
	fprintf(out, "\n  gave %u bytes, got %u:", run->given, run->taken);
	for (i = 0; i < run->taken && i < sizeof(run->first_taken); i++)
		fprintf(out, " %02x", run->first_taken[i]);
	fputc('\n', out);
}

static void print_result(FILE *out, enum verdict verdict)
{
	static const char *const names[] = { "same", "refused", "WRONG" };

	fprintf(out, "%s, ret %d: %s\n", names[verdict], world.ret, world.wrong);
	print_run(out, "native", &world.run[NATIVE]);
	print_run(out, "translated", &world.run[TRANSLATED]);
}

#endif /* TEST_PRINT_H */
