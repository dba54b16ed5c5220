// SPDX-License-Identifier: GPL-2.0-only
/*
 * The channel subsystem as a whole: pending interruptions, channel reports, the
 * reset of a path, the address limit, and what the machine says of itself.
 */
#include "machine_world.h"

#define DEVICES	3

static const struct act prompt = { 0, DEVICE_CHANNEL_END | DEVICE_END, 4 };
static const struct act silent = { 0, 0, 4 };
static const u32 sense_id[] = { 0xe4000004, 0x2000 };

static void modify(struct world *w, u32 sid, u32 word1)
{
	struct ccw_schib schib;

	CU_ASSERT_EQUAL_FATAL(machine_stsch(w->m, sid, &schib), 0);
	schib.pmcw.word[0] = cpu_to_be32(sid ^ 0xabc0000);
	schib.pmcw.word[1] = cpu_to_be32(word1);
	CU_ASSERT_EQUAL_FATAL(machine_msch(w->m, sid, &schib), 0);
}

/* Two devices more; number i has interruption subclass isc[i]. */
static struct world *world_of(const unsigned int *isc,
			      struct scripted devices[DEVICES])
{
	struct world *w = world_create(&prompt, 1);
	unsigned int i;

	for (i = 0; i < DEVICES; i++) {
		if (i)
			machine_attach(w->m, i, &scripted_ops, &devices[i]);
		modify(w, 0x10000 + i,
		       PMCW1_E | FIELD_PREP(PMCW1_ISC, isc[i]));
	}
	world_put(w, 0x1000, sense_id, 2);
	return w;
}

static void attention(struct world *w, u32 sid)
{
	machine_present(w->m, sid, DEVICE_ATTENTION);
	world_run(w, 10);
}

/* Fail unless TPI gets the interruption of this sid, or none: 0. */
static void expect_tpi(struct world *w, u8 iscs, u32 sid, u32 isc)
{
	struct machine_interruption code = { { cpu_to_be32(0x5a5a5a5a) } };
	int cc = machine_tpi(w->m, iscs, &code);

	CU_ASSERT_EQUAL(cc, sid ? 1 : 0);
	if (!cc) {
		CU_ASSERT_EQUAL(be32_to_cpu(code.word[0]), 0x5a5a5a5a);
		return;
	}
	CU_ASSERT_EQUAL(be32_to_cpu(code.word[0]), sid);
	CU_ASSERT_EQUAL(be32_to_cpu(code.word[1]), sid ^ 0xabc0000);
	CU_ASSERT_EQUAL(be32_to_cpu(code.word[2]), isc << 27);
}

static void test_tpi_order(void)
{
	static const unsigned int isc[] = { 5, 3, 5 };
	struct scripted devices[DEVICES] = { 0 };
	struct world *w = world_of(isc, devices);

	expect_tpi(w, 0xff, 0, 0);
	attention(w, 0x10002);
	attention(w, 0x10000);
	attention(w, 0x10001);
	expect_tpi(w, 0x00, 0, 0);		/* nothing is enabled */
	expect_tpi(w, 0xe8, 0, 0);		/* neither 3 nor 5 is */
	expect_tpi(w, 0x04, 0x10002, 5);	/* the one that waits longest */
	expect_tpi(w, 0xff, 0x10001, 3);	/* the better subclass first */
	expect_tpi(w, 0xff, 0x10000, 5);
	expect_tpi(w, 0xff, 0, 0);
	world_destroy(w);
}

/* The interruption is taken, the status stays; status gone, no interruption. */
static void test_tpi_and_status(void)
{
	static const unsigned int isc[DEVICES] = { 0 };
	struct scripted devices[DEVICES] = { 0 };
	struct world *w = world_of(isc, devices);
	struct ccw_irb irb;

	attention(w, w->sid);
	expect_tpi(w, 0x80, w->sid, 0);
	CU_ASSERT(world_scsw(w, 0) & SCSW0_SC_PEND);
	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);

	attention(w, w->sid);
	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
	expect_tpi(w, 0x80, 0, 0);

	attention(w, w->sid);
	CU_ASSERT_EQUAL(machine_csch(w->m, w->sid), 0);
	expect_tpi(w, 0x80, 0, 0);		/* the status is taken back */
	world_run(w, 10);
	expect_tpi(w, 0x80, w->sid, 0);		/* and here is the clear's */
	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);

	attention(w, w->sid);
	CU_ASSERT_EQUAL(machine_detach(w->m, w->sid), 0);
	expect_tpi(w, 0x80, 0, 0);
	world_destroy(w);
}

static void test_interruption_is_traced(void)
{
	static const unsigned int isc[DEVICES] = { 6 };
	struct scripted devices[DEVICES] = { 0 };
	struct world *w = world_of(isc, devices);
	struct machine_interruption code;

	attention(w, w->sid);
	w->happened = 0;
	CU_ASSERT_FALSE(machine_interrupt(w->m, 0x80, &code));
	CU_ASSERT_EQUAL(w->happened, 0);
	CU_ASSERT(machine_interrupt(w->m, 0x02, &code));
	CU_ASSERT_EQUAL(w->happened, 1);
	CU_ASSERT_EQUAL(w->events[0].kind, MACHINE_EV_INTERRUPT);
	CU_ASSERT_EQUAL(w->events[0].sid, w->sid);
	CU_ASSERT_FALSE(machine_interrupt(w->m, 0x02, &code));
	world_destroy(w);
}

static void expect_crw(struct world *w, u32 word)
{
	struct ccw_crw crw = { { cpu_to_be32(0x5a5a5a5a) } };
	int cc = machine_stcrw(w->m, &crw);

	if (be32_to_cpu(crw.word[0]) != word)
		printf("\nCRW %08x, expected %08x\n",
		       be32_to_cpu(crw.word[0]), word);
	CU_ASSERT_EQUAL(cc, word ? 0 : 1);
	CU_ASSERT_EQUAL(be32_to_cpu(crw.word[0]), word);
}

static void test_reports_of_a_subchannel(void)
{
	struct machine_attachment how = { .devno = 7, .set = 2,
					  .ops = &scripted_ops };
	struct world *w = world_create(&prompt, 1);

	expect_crw(w, 0);
	how.device = &w->device;
	w->sid = machine_configure(w->m, &how);
	CU_ASSERT_EQUAL(machine_detach(w->m, w->sid), 0);
	expect_crw(w, 0x13040000);	/* chained, subchannel, parameters */
	expect_crw(w, 0x03040020);	/* of set 2 */
	expect_crw(w, 0);
	CU_ASSERT_EQUAL(machine_reattach(w->m, w->sid), 0);
	expect_crw(w, 0x13040000);
	expect_crw(w, 0x03040020);
	expect_crw(w, 0);
	world_destroy(w);
}

static void test_reports_overflow(void)
{
	struct world *w = world_create(&prompt, 1);
	unsigned int i;

	for (i = 0; i < 20; i++)
		machine_set_channel(w->m, i, false);
	CU_ASSERT(w->events[w->happened - 1].report.lost);
	for (i = 0; i < 15; i++)
		expect_crw(w, 0x04060000 | i);
	expect_crw(w, 0x2406000f);	/* and then some were lost */
	expect_crw(w, 0);
	machine_set_channel(w->m, 3, true);
	machine_set_channel(w->m, 3, true);	/* no news */
	expect_crw(w, 0x04020003);
	expect_crw(w, 0);
	world_destroy(w);
}

/* A channel that is switched off is not available, and a start finds out. */
static void test_channel_off(void)
{
	struct world *w = world_create(&prompt, 1);
	struct ccw_schib schib;

	world_put(w, 0x1000, sense_id, 2);
	machine_set_channel(w->m, 0, false);
	machine_stsch(w->m, w->sid, &schib);
	CU_ASSERT_EQUAL(be32_get_bits(schib.pmcw.word[3], PMCW3_PAM), 0);
	CU_ASSERT_EQUAL(be32_get_bits(schib.pmcw.word[2], PMCW2_PIM), 0x80);
	CU_ASSERT_EQUAL(world_ssch(w, WORLD_ORB_KEY0, 0x1000), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(world_scsw(w, 0) & (SCSW0_CC | SCSW0_N), SCSW0_CC);
	machine_set_channel(w->m, 0, true);
	machine_stsch(w->m, w->sid, &schib);
	CU_ASSERT_EQUAL(be32_get_bits(schib.pmcw.word[3], PMCW3_PAM), 0x80);
	world_destroy(w);
}

static void test_rchp(void)
{
	struct world *w = world_create(&silent, 1);

	CU_ASSERT_EQUAL(machine_rchp(w->m, 0x100), MACHINE_OPERAND);
	CU_ASSERT_EQUAL(machine_rchp(w->m, 0x80000000), MACHINE_OPERAND);
	CU_ASSERT_EQUAL(machine_rchp(w->m, 1), 3);

	world_put(w, 0x1000, sense_id, 2);
	CU_ASSERT_EQUAL(world_ssch(w, WORLD_ORB_KEY0, 0x1000), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(machine_rchp(w->m, 0), 0);
	CU_ASSERT_EQUAL(machine_rchp(w->m, 0), 2);
	expect_crw(w, 0);
	world_run(w, 10);
	expect_crw(w, 0x44020000);	/* solicited, path, initialized */
	expect_crw(w, 0);
	CU_ASSERT_EQUAL(w->device.clears, 1);
	CU_ASSERT_EQUAL(w->interruptions, 1);
	world_expect(w, "reset", SCSW0_L | SCSW0_F | SCSW0_FC_START |
		     SCSW0_SC_ALERT | SCSW0_SC_PRIM | SCSW0_SC_SEC | SCSW0_SC_PEND, 0x1008,
		     SCSW2_CSTAT_ICC);

	machine_set_channel(w->m, 0, false);
	CU_ASSERT_EQUAL(machine_rchp(w->m, 0), 3);
	world_destroy(w);
}

/* A reset does not revive what a clear is about to end, or touch the idle. */
static void test_rchp_beside_others(void)
{
	struct world *w = world_create(&silent, 1);

	CU_ASSERT_EQUAL(machine_rchp(w->m, 0), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->interruptions, 0);
	CU_ASSERT_EQUAL(w->device.clears, 1);

	world_put(w, 0x1000, sense_id, 2);
	CU_ASSERT_EQUAL(world_ssch(w, WORLD_ORB_KEY0, 0x1000), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(machine_rchp(w->m, 0), 0);
	CU_ASSERT_EQUAL(machine_csch(w->m, w->sid), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->interruptions, 1);
	world_expect(w, "clear", SCSW0_FC_CLEAR | SCSW0_SC_PEND, 0, 0);
	world_destroy(w);
}

static void test_sal_operands(void)
{
	struct world *w = world_create(&prompt, 1);
	unsigned int bit;

	for (bit = 0; bit < 32; bit++)
		CU_ASSERT_EQUAL(machine_sal(w->m, 1u << bit),
				bit < 16 || bit == 31 ? MACHINE_OPERAND : 0);
	CU_ASSERT_EQUAL(machine_sal(w->m, 0), 0);
	world_destroy(w);
}

/* Data at the limit: permitted above (1), below (2), or whatever (0). */
static void test_address_limit(void)
{
	static const struct {
		u32 mode, orb1, cstat;
	} cases[] = {
		{ 0, ORB1_A, 0 }, { 1, 0, 0 }, { 2, 0, 0 },
		{ 1, ORB1_A, 0 }, { 2, ORB1_A, SCSW2_CSTAT_PROG },
	};
	static const u32 low[] = { 0xe4000004, 0x2000 };
	static const u32 high[] = { 0xe4000004, 0x80010000 - 0x8000 - 0x10000 };
	struct world *w;
	unsigned int i, side;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (side = 0; side < 2; side++) {
			u32 cstat = cases[i].cstat;

			w = world_create(&prompt, 1);
			CU_ASSERT_EQUAL(machine_sal(w->m, 0x7ff80000), 0);
			modify(w, w->sid, PMCW1_E |
			       FIELD_PREP(PMCW1_LM, cases[i].mode));
			world_put(w, 0x1000, side ? high : low, 2);
			if (!side && cases[i].mode && cases[i].orb1)
				cstat ^= SCSW2_CSTAT_PROG;
			CU_ASSERT_EQUAL(world_ssch(w, WORLD_ORB_KEY0 |
						   cases[i].orb1, 0x1000), 0);
			world_run(w, 10);
			CU_ASSERT_EQUAL(world_scsw(w, 2) & SCSW2_CSTAT_PROG,
					cstat);
			world_destroy(w);
		}
	}
}

static void chsc(struct world *w, const u8 *head, u8 *block, int cc)
{
	memset(block, 0xee, MACHINE_CHSC_BYTES);
	memset(block, 0, 16);
	memcpy(block, head, 6);
	CU_ASSERT_EQUAL(machine_chsc(w->m, block), cc);
}

static void test_chsc(void)
{
	struct world *w = world_create(&prompt, 1);
	u8 *block = malloc(MACHINE_CHSC_BYTES);

	chsc(w, (const u8[]){ 0, 16, 0, 0x10, 0, 0 }, block, 0);
	CU_ASSERT(!memcmp(block + 16, "\x0f\xf0\0\1\0\0\0\0", 8));
	CU_ASSERT_EQUAL(block[16 + 8 + 6], 0x80);	/* bit 48 */
	CU_ASSERT_EQUAL(block[4095], 0);
	chsc(w, (const u8[]){ 0, 16, 0, 0x10, 1, 0 }, block, 0);
	CU_ASSERT(!memcmp(block + 16, "\0\10\0\3\0\0\0\0", 8));
	chsc(w, (const u8[]){ 0, 24, 0, 0x10, 0, 0 }, block, 0);
	CU_ASSERT(!memcmp(block + 24, "\0\10\0\3\0\0\0\0", 8));
	chsc(w, (const u8[]){ 0x0f, 0xf8, 0xff, 0xff, 0, 0 }, block, 0);
	CU_ASSERT(!memcmp(block + 4088, "\0\10\0\4\0\0\0\0", 8));
	chsc(w, (const u8[]){ 0, 8, 0, 0x10, 0, 0 }, block, MACHINE_OPERAND);
	chsc(w, (const u8[]){ 0, 20, 0, 0x10, 0, 0 }, block, MACHINE_OPERAND);
	chsc(w, (const u8[]){ 0x10, 0, 0, 0x10, 0, 0 }, block, MACHINE_OPERAND);
	chsc(w, (const u8[]){ 0xff, 0xf8, 0, 0x10, 0, 0 }, block,
	     MACHINE_OPERAND);
	free(block);
	world_destroy(w);
}

static void test_whole_is_traced(void)
{
	struct world *w = world_create(&prompt, 1);
	struct machine_interruption code;
	struct ccw_crw crw;
	unsigned int i;

	machine_tpi(w->m, 0xff, &code);
	machine_stcrw(w->m, &crw);
	machine_rchp(w->m, 9);
	machine_sal(w->m, 1);
	CU_ASSERT_EQUAL(w->happened, 4);
	for (i = 0; i < w->happened; i++) {
		CU_ASSERT_EQUAL(w->events[i].kind, MACHINE_EV_INSN);
		CU_ASSERT_EQUAL(w->events[i].sid, 0);
	}
	CU_ASSERT_EQUAL(w->events[0].insn.insn, MACHINE_TPI);
	CU_ASSERT_EQUAL(w->events[1].insn.cc, 1);
	CU_ASSERT_EQUAL(w->events[2].insn.cc, 3);
	CU_ASSERT_EQUAL(w->events[3].insn.cc, MACHINE_OPERAND);
	CU_ASSERT_EQUAL(machine_next_cc(w->m, w->sid, MACHINE_TPI, 1), -EINVAL);
	CU_ASSERT_STRING_EQUAL(machine_insn_name(MACHINE_CHSC), "CHSC");
	world_destroy(w);
}

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "TPI: order", test_tpi_order },
		{ "TPI and status", test_tpi_and_status },
		{ "an interruption is traced", test_interruption_is_traced },
		{ "reports of a subchannel", test_reports_of_a_subchannel },
		{ "reports overflow", test_reports_overflow },
		{ "channel off", test_channel_off },
		{ "RCHP", test_rchp },
		{ "RCHP beside others", test_rchp_beside_others },
		{ "SAL: operands", test_sal_operands },
		{ "the address limit", test_address_limit },
		{ "CHSC", test_chsc },
		{ "instructions about the whole are traced",
		  test_whole_is_traced },
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "css", tests);
}
