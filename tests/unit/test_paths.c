// SPDX-License-Identifier: GPL-2.0-only
/* Subchannel sets and channel paths: which one is taken, and what is noted. */
#include "machine_world.h"

#define LPM(mask)	(ORB1_F | (mask) << 8)

static const struct act prompt = { 0, DEVICE_CHANNEL_END | DEVICE_END, 4 };
static const struct act silent = { 0, 0, 4 };
static const u32 sense_id[] = { 0xe4000004, 0x2000 };

/* The world's device is at set 0; this one replaces it as what w->sid means. */
static struct world *world_of(const struct act *act,
			      struct machine_attachment how)
{
	struct world *w = world_create(act, 1);
	struct ccw_schib schib;

	how.devno = 0x1000;
	how.ops = &scripted_ops;
	how.device = &w->device;
	w->sid = machine_configure(w->m, &how);
	CU_ASSERT_EQUAL_FATAL(machine_stsch(w->m, w->sid, &schib), 0);
	schib.pmcw.word[1] |= cpu_to_be32(PMCW1_E);
	CU_ASSERT_EQUAL_FATAL(machine_msch(w->m, w->sid, &schib), 0);
	world_put(w, 0x1000, sense_id, 2);
	return w;
}

static struct ccw_pmcw pmcw(struct world *w)
{
	struct ccw_schib schib;

	CU_ASSERT_EQUAL_FATAL(machine_stsch(w->m, w->sid, &schib), 0);
	return schib.pmcw;
}

static u32 lpum(struct world *w)
{
	return be32_get_bits(pmcw(w).word[2], PMCW2_LPUM);
}

static u32 pnom(struct world *w)
{
	return be32_get_bits(pmcw(w).word[2], PMCW2_PNOM);
}

static u32 pom(struct world *w)
{
	return be32_get_bits(pmcw(w).word[3], PMCW3_POM);
}

/* Return: the IRB of one program that ran with this path mask. */
static struct ccw_irb run(struct world *w, u32 mask)
{
	struct ccw_irb irb;

	CU_ASSERT_EQUAL_FATAL(world_ssch(w, LPM(mask), 0x1000), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL_FATAL(machine_tsch(w->m, w->sid, &irb), 0);
	return irb;
}

static void test_four_sets(void)
{
	struct machine_attachment how = { .ops = &scripted_ops, .devno = 1 };
	struct world *w = world_create(&prompt, 1);
	struct ccw_schib schib;
	int sid;

	how.device = &w->device;
	for (how.set = 1; how.set < 4; how.set++) {
		sid = machine_configure(w->m, &how);
		CU_ASSERT_EQUAL(sid, 0x10000 | how.set << 17);
		CU_ASSERT_EQUAL(w->device.sid, (u32)sid);
		CU_ASSERT_EQUAL(machine_stsch(w->m, sid, &schib), 0);
		CU_ASSERT_EQUAL(machine_stsch(w->m, sid + 1, &schib), 3);
		CU_ASSERT_EQUAL(machine_configure(w->m, &how), -EEXIST);
	}
	CU_ASSERT_EQUAL(machine_configure(w->m, &how), -EINVAL);
	how.set = 0;
	how.preferred = 0xc0;
	CU_ASSERT_EQUAL(machine_configure(w->m, &how), -EINVAL);
	how.preferred = 0x40;	/* it is not installed */
	CU_ASSERT_EQUAL(machine_configure(w->m, &how), -EINVAL);
	world_destroy(w);
}

static void test_malformed_sids(void)
{
	static const u32 sids[] = { 0x00000000, 0x00020000, 0x00090000,
				    0x01010000, 0x80010000, 0x00060000 };
	struct world *w = world_create(&prompt, 1);
	struct ccw_schib schib;
	unsigned int i;

	for (i = 0; i < sizeof(sids) / sizeof(sids[0]); i++)
		CU_ASSERT_EQUAL(machine_stsch(w->m, sids[i], &schib),
				MACHINE_OPERAND);
	CU_ASSERT_EQUAL(machine_stsch(w->m, 0x0001ffff, &schib), 3);
	CU_ASSERT_EQUAL(machine_stsch(w->m, 0x0007ffff, &schib), 3);
	world_destroy(w);
}

static void test_installed_paths_are_shown(void)
{
	struct world *w = world_of(&prompt, (struct machine_attachment){
		.paths = 0xb0, .chpid = { 0x40, 0, 0x42, 0x43 } });

	CU_ASSERT_EQUAL(be32_get_bits(pmcw(w).word[2], PMCW2_PIM), 0xb0);
	CU_ASSERT_EQUAL(be32_get_bits(pmcw(w).word[3], PMCW3_PAM), 0xb0);
	CU_ASSERT_EQUAL(be32_to_cpu(pmcw(w).word[4]), 0x40004243);
	CU_ASSERT_EQUAL(pom(w), 0xff);
	CU_ASSERT_EQUAL(lpum(w), 0);
	world_destroy(w);
}

static void test_paths_take_turns(void)
{
	static const u32 turns[] = { 0x80, 0x20, 0x10, 0x80, 0x20 };
	struct world *w = world_of(&prompt,
				   (struct machine_attachment){ .paths = 0xb0 });
	unsigned int i;

	for (i = 0; i < sizeof(turns) / sizeof(turns[0]); i++) {
		struct ccw_irb irb = run(w, 0xff);

		CU_ASSERT_EQUAL(lpum(w), turns[i]);
		CU_ASSERT_EQUAL(be32_get_bits(irb.esw[0], GENMASK(23, 16)),
				turns[i]);
	}
	world_destroy(w);
}

static void test_preferred_path(void)
{
	struct world *w = world_of(&prompt, (struct machine_attachment){
		.paths = 0xe0, .preferred = 0x40 });

	run(w, 0xff);
	CU_ASSERT_EQUAL(lpum(w), 0x40);
	run(w, 0xff);
	CU_ASSERT_EQUAL(lpum(w), 0x40);
	run(w, 0xa0);	/* but not against the program's will */
	CU_ASSERT_EQUAL(lpum(w), 0x20);
	world_destroy(w);
}

static void test_logical_paths_only(void)
{
	struct world *w = world_of(&prompt,
				   (struct machine_attachment){ .paths = 0xf0 });
	struct ccw_irb irb;

	run(w, 0x10);
	CU_ASSERT_EQUAL(lpum(w), 0x10);
	irb = run(w, 0x0f);
	CU_ASSERT_EQUAL(be32_get_bits(irb.scsw.word[0], SCSW0_CC), 3);
	CU_ASSERT_EQUAL(be32_get_bits(irb.scsw.word[0], SCSW0_N), 0);
	world_destroy(w);
}

/* One of two paths is cut: the program runs, and is told. Once. */
static void test_lost_path_is_news_once(void)
{
	struct world *w = world_of(&prompt, (struct machine_attachment){
		.paths = 0xc0, .preferred = 0x80 });
	struct ccw_irb irb;

	CU_ASSERT_EQUAL(machine_set_path(w->m, w->sid, 0x80, false), 0);
	irb = run(w, 0xff);
	CU_ASSERT_EQUAL(be32_get_bits(irb.scsw.word[0], SCSW0_CC), 0);
	CU_ASSERT_EQUAL(be32_get_bits(irb.scsw.word[0], SCSW0_N), 1);
	CU_ASSERT_EQUAL(pnom(w), 0x80);
	CU_ASSERT_EQUAL(pom(w), 0x7f);
	CU_ASSERT_EQUAL(lpum(w), 0x40);

	irb = run(w, 0xff);
	CU_ASSERT_EQUAL(be32_get_bits(irb.scsw.word[0], SCSW0_N), 0);
	CU_ASSERT_EQUAL(pnom(w), 0);

	CU_ASSERT_EQUAL(machine_set_path(w->m, w->sid, 0x80, true), 0);
	irb = run(w, 0xff);
	CU_ASSERT_EQUAL(lpum(w), 0x80);
	CU_ASSERT_EQUAL(pom(w), 0xff);
	world_destroy(w);
}

static void test_no_path_is_left(void)
{
	struct world *w = world_of(&prompt,
				   (struct machine_attachment){ .paths = 0xe0 });
	struct ccw_irb irb;

	machine_set_path(w->m, w->sid, 0xff, false);
	irb = run(w, 0xc0);
	CU_ASSERT_EQUAL(be32_get_bits(irb.scsw.word[0], SCSW0_CC), 3);
	CU_ASSERT_EQUAL(be32_get_bits(irb.scsw.word[0], SCSW0_N), 1);
	CU_ASSERT_EQUAL(pnom(w), 0xc0);
	CU_ASSERT_EQUAL(pom(w), 0x3f);
	world_destroy(w);
}

static void start_silent(struct world *w)
{
	CU_ASSERT_EQUAL_FATAL(world_ssch(w, LPM(0xff), 0x1000), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(lpum(w), 0x80);
	machine_set_path(w->m, w->sid, 0x80, false);
}

/* A device at work is bound to its path, unless the program permits any. */
static void test_halt_needs_the_path_in_use(void)
{
	struct machine_attachment two = { .paths = 0xc0 };
	struct world *w = world_of(&silent, two);
	struct ccw_schib schib;

	start_silent(w);
	machine_present(w->m, w->sid, DEVICE_CHANNEL_END | DEVICE_END);
	CU_ASSERT_EQUAL(w->interruptions, 0);
	CU_ASSERT_EQUAL(machine_hsch(w->m, w->sid), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->device.halts, 0);
	CU_ASSERT_EQUAL(world_scsw(w, 0) & (SCSW0_CC | SCSW0_N),
			SCSW0_CC | SCSW0_N);
	world_destroy(w);

	w = world_of(&silent, two);
	CU_ASSERT_EQUAL(machine_stsch(w->m, w->sid, &schib), 0);
	schib.pmcw.word[1] |= cpu_to_be32(PMCW1_D);
	CU_ASSERT_EQUAL(machine_msch(w->m, w->sid, &schib), 0);
	start_silent(w);
	CU_ASSERT_EQUAL(machine_hsch(w->m, w->sid), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->device.halts, 1);
	CU_ASSERT_EQUAL(lpum(w), 0x40);
	world_destroy(w);
}

static void test_attention_finds_another_path(void)
{
	struct world *w = world_of(&prompt,
				   (struct machine_attachment){ .paths = 0xc0 });

	run(w, 0x80);
	machine_set_path(w->m, w->sid, 0x80, false);
	machine_present(w->m, w->sid, DEVICE_ATTENTION);
	world_run(w, 10);
	CU_ASSERT_EQUAL(world_scsw(w, 2), SCSW2_DSTAT_ATTN);
	CU_ASSERT_EQUAL(lpum(w), 0x40);
	world_destroy(w);
}

/* A program whose device is cleared behind its back would never end. */
static void test_reset_of_another_path_leaves_the_program(void)
{
	struct world *w = world_of(&silent, (struct machine_attachment){
		.paths = 0xc0, .chpid = { 0x41, 0x42 } });

	CU_ASSERT_EQUAL(world_ssch(w, LPM(0xff), 0x1000), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(lpum(w), 0x80);
	CU_ASSERT_EQUAL(machine_rchp(w->m, 0x42), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->device.clears, 0);
	CU_ASSERT_EQUAL(w->interruptions, 0);

	CU_ASSERT_EQUAL(machine_rchp(w->m, 0x41), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->device.clears, 1);
	CU_ASSERT_EQUAL(w->interruptions, 1);
	CU_ASSERT_EQUAL(world_scsw(w, 2), SCSW2_CSTAT_ICC);
	world_destroy(w);
}

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "four sets", test_four_sets },
		{ "malformed sids", test_malformed_sids },
		{ "installed paths are shown", test_installed_paths_are_shown },
		{ "paths take turns", test_paths_take_turns },
		{ "preferred path", test_preferred_path },
		{ "logical paths only", test_logical_paths_only },
		{ "a lost path is news once", test_lost_path_is_news_once },
		{ "no path is left", test_no_path_is_left },
		{ "halt needs the path in use",
		  test_halt_needs_the_path_in_use },
		{ "attention finds another path",
		  test_attention_finds_another_path },
		{ "the reset of another path leaves the program",
		  test_reset_of_another_path_leaves_the_program },
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "paths", tests);
}
