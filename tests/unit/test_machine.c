// SPDX-License-Identifier: GPL-2.0-only
/* The instructions: every condition code in every situation, and the SCSW. */
#include "machine_world.h"

#define FC_AC(fc, ac)	(SCSW0_F | SCSW0_FC_##fc | SCSW0_AC_##ac)
#define SC(bits)	(SCSW0_SC_PEND | (bits))
#define CE_DE		(SCSW2_DSTAT_CE | SCSW2_DSTAT_DE)

static const struct act prompt = { 0, DEVICE_CHANNEL_END | DEVICE_END, 4 };
static const struct act silent = { 0, 0, 4 };

/* SENSE ID of 4 bytes at 0x1000, and the same with PCI, or with suspend. */
static const u32 plain[] = { 0xe4000004, 0x2000 };
static const u32 with_pci[] = { 0xe4080004, 0x2000 };
static const u32 with_suspend[] = { 0xe4020004, 0x2000 };

static struct world *world_with(const struct act *act, const u32 *ccw)
{
	struct world *w = world_create(act, 1);

	world_put(w, 0x1000, ccw, 2);
	return w;
}

static void start(struct world *w)
{
	CU_ASSERT_EQUAL_FATAL(world_ssch(w, WORLD_ORB_KEY0 | ORB1_S, 0x1000), 0);
}

static void take(struct world *w)
{
	struct ccw_irb irb;

	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
}

/*
 * The situations a subchannel can be in, and what each instruction answers.
 */
static struct world *in_idle(void)
{
	return world_with(&prompt, plain);
}

static struct world *in_start_pending(void)
{
	struct world *w = in_idle();

	start(w);
	return w;
}

static struct world *in_active(void)
{
	struct world *w = world_with(&silent, plain);

	start(w);
	world_run(w, 10);
	return w;
}

static struct world *in_active_for_good(void)
{
	struct world *w = world_with(&silent, plain);

	CU_ASSERT_EQUAL_FATAL(world_ssch(w, WORLD_ORB_KEY0, 0x1000), 0);
	world_run(w, 10);
	return w;
}

static struct world *in_active_and_resumed(void)
{
	struct world *w = in_active();

	CU_ASSERT_EQUAL(machine_rsch(w->m, w->sid), 0);
	return w;
}

static struct world *in_ended(void)
{
	struct world *w = in_start_pending();

	world_run(w, 10);
	return w;
}

static struct world *in_intermediate(void)
{
	struct world *w = world_with(&silent, with_pci);

	start(w);
	world_run(w, 10);
	return w;
}

static struct world *in_suspended(void)
{
	struct world *w = world_with(&prompt, with_suspend);
	struct ccw_irb irb;

	start(w);
	world_run(w, 10);
	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
	return w;
}

static struct world *in_suspended_untold(void)
{
	struct world *w = world_with(&prompt, with_suspend);

	start(w);
	world_run(w, 10);
	return w;
}

static struct world *in_resume_pending(void)
{
	struct world *w = in_suspended();

	CU_ASSERT_EQUAL(machine_rsch(w->m, w->sid), 0);
	return w;
}

static struct world *in_halt_pending(void)
{
	struct world *w = in_active();

	CU_ASSERT_EQUAL(machine_hsch(w->m, w->sid), 0);
	return w;
}

static struct world *in_clear_pending(void)
{
	struct world *w = in_active();

	CU_ASSERT_EQUAL(machine_csch(w->m, w->sid), 0);
	return w;
}

static struct world *in_attention(void)
{
	struct world *w = in_idle();

	machine_present(w->m, w->sid, DEVICE_ATTENTION);
	world_run(w, 10);
	return w;
}

static struct world *in_disabled(void)
{
	struct world *w = in_idle();
	struct ccw_schib schib;

	machine_stsch(w->m, w->sid, &schib);
	schib.pmcw.word[1] &= ~cpu_to_be32(PMCW1_E);
	machine_msch(w->m, w->sid, &schib);
	return w;
}

static struct world *in_gone(void)
{
	struct world *w = in_active();

	CU_ASSERT_EQUAL(machine_detach(w->m, w->sid), 0);
	return w;
}

static struct world *in_absent(void)
{
	struct world *w = in_idle();

	w->sid++;
	return w;
}

static struct world *in_malformed(void)
{
	struct world *w = in_idle();

	w->sid &= 0xffff;
	return w;
}

#define OP	MACHINE_OPERAND

static const struct {
	const char *name;
	struct world *(*make)(void);
	int cc[MACHINE_SCH_INSNS];
} situations[] = {
	/*		   situation	     SSCH TSCH STSCH MSCH HSCH CSCH RSCH XSCH */
	{ "idle",	   in_idle,	    { 0,  1,   0,    0,   0,   0,   2,   2 } },
	{ "start pending", in_start_pending, { 2, 1,   0,    2,   0,   0,   0,   0 } },
	{ "active",	   in_active,	    { 2,  1,   0,    2,   0,   0,   0,   2 } },
	{ "active, ORB S zero", in_active_for_good, { 2, 1, 0, 2,   0,   0,   2,   2 } },
	{ "active, resumed", in_active_and_resumed, { 2, 1, 0, 2,   0,   0,   2,   2 } },
	{ "ended",	   in_ended,	    { 1,  0,   0,    1,   1,   0,   1,   1 } },
	{ "intermediate",  in_intermediate, { 1,  0,   0,    1,   0,   0,   1,   1 } },
	{ "suspended",	   in_suspended,    { 2,  1,   0,    2,   0,   0,   0,   0 } },
	{ "suspended, untold", in_suspended_untold, { 1, 0, 0, 1,   0,   0,   1,   1 } },
	{ "resume pending", in_resume_pending, { 2, 1, 0,    2,   0,   0,   2,   0 } },
	{ "halt pending",  in_halt_pending, { 2,  1,   0,    2,   2,   0,   2,   2 } },
	{ "clear pending", in_clear_pending, { 2, 1,   0,    2,   2,   0,   2,   2 } },
	{ "attention",	   in_attention,    { 1,  0,   0,    1,   1,   0,   1,   1 } },
	{ "disabled",	   in_disabled,	    { 3,  3,   0,    0,   3,   3,   3,   3 } },
	{ "gone",	   in_gone,	    { 3,  3,   0,    0,   3,   3,   3,   3 } },
	{ "absent",	   in_absent,	    { 3,  3,   3,    3,   3,   3,   3,   3 } },
	{ "malformed",	   in_malformed,    { OP, OP,  OP,   OP,  OP,  OP,  OP,  OP } },
};

static int execute(struct world *w, enum machine_insn insn)
{
	struct ccw_orb orb = { { 0, cpu_to_be32(WORLD_ORB_KEY0),
				 cpu_to_be32(0x1000) } };
	struct ccw_schib schib = { 0 };
	struct ccw_irb irb;

	switch (insn) {
	case MACHINE_SSCH:
		return machine_ssch(w->m, w->sid, &orb);
	case MACHINE_TSCH:
		return machine_tsch(w->m, w->sid, &irb);
	case MACHINE_STSCH:
		return machine_stsch(w->m, w->sid, &schib);
	case MACHINE_MSCH:
		return machine_msch(w->m, w->sid, &schib);
	case MACHINE_HSCH:
		return machine_hsch(w->m, w->sid);
	case MACHINE_CSCH:
		return machine_csch(w->m, w->sid);
	case MACHINE_RSCH:
		return machine_rsch(w->m, w->sid);
	case MACHINE_XSCH:
		return machine_xsch(w->m, w->sid);
	default:
		return -1;
	}
}

static void test_condition_codes(void)
{
	unsigned int i, insn;

	for (i = 0; i < sizeof(situations) / sizeof(situations[0]); i++) {
		for (insn = 0; insn < MACHINE_SCH_INSNS; insn++) {
			struct world *w = situations[i].make();
			int cc = execute(w, insn);

			if (cc != situations[i].cc[insn])
				printf("\n%s while %s: cc %d, expected %d\n",
				       machine_insn_name(insn),
				       situations[i].name, cc,
				       situations[i].cc[insn]);
			CU_ASSERT_EQUAL(cc, situations[i].cc[insn]);
			world_destroy(w);
		}
	}
}

/* The event tells instruction and condition code, also of a refusal. */
static void test_instructions_are_traced(void)
{
	struct world *w = in_disabled();
	unsigned int insn;

	for (insn = 0; insn < MACHINE_SCH_INSNS; insn++) {
		int cc;

		w->happened = 0;
		cc = execute(w, insn);
		CU_ASSERT_EQUAL(w->happened, 1);
		CU_ASSERT_EQUAL(w->events[0].kind, MACHINE_EV_INSN);
		CU_ASSERT_EQUAL(w->events[0].sid, w->sid);
		CU_ASSERT_EQUAL(w->events[0].insn.insn, insn);
		CU_ASSERT_EQUAL(w->events[0].insn.cc, cc);
	}
	world_destroy(w);
}

/* Reserved bits and facilities that are not there: operand exception. */
static void test_orb_operands(void)
{
	u32 bad = ORB1_B | ORB1_X | 0x3e;
	struct world *w = in_idle();
	unsigned int bit;

	for (bit = 0; bit < 32; bit++) {
		u32 orb1 = WORLD_ORB_KEY0 | 1u << bit;
		int cc = world_ssch(w, orb1, 0x1000);

		CU_ASSERT_EQUAL(cc, bad & 1u << bit ? MACHINE_OPERAND : 0);
		if (!cc)
			CU_ASSERT_EQUAL(machine_xsch(w->m, w->sid), 0);
	}
	CU_ASSERT_EQUAL(world_ssch(w, WORLD_ORB_KEY0, 0x80001000),
			MACHINE_OPERAND);
	world_destroy(w);
}

static void test_msch_operands_and_fields(void)
{
	/* per word: bits refused, and bits the program can set */
	static const struct {
		u32 refused, taken;
	} word[7] = {
		{ 0x00000000, 0xffffffff },
		{ 0xc3000000, 0x38fc0000 },
		{ 0x00000000, 0xff000000 },
		{ 0x00000000, 0xffffff00 },
		{ 0x00000000, 0x00000000 },
		{ 0x00000000, 0x00000000 },
		{ 0xff1ffffa, 0x00000005 },
	};
	unsigned int i, bit;

	for (i = 0; i < 7; i++) {
		for (bit = 0; bit < 32; bit++) {
			u32 one = 1u << bit;
			struct world *w = in_idle();
			struct ccw_schib schib, now;
			u32 before;
			int cc;

			machine_stsch(w->m, w->sid, &schib);
			before = be32_to_cpu(schib.pmcw.word[i]);
			schib.pmcw.word[i] ^= cpu_to_be32(one);
			cc = machine_msch(w->m, w->sid, &schib);
			machine_stsch(w->m, w->sid, &now);
			CU_ASSERT_EQUAL(cc, word[i].refused & one ?
					MACHINE_OPERAND : 0);
			CU_ASSERT_EQUAL(be32_to_cpu(now.pmcw.word[i]),
					before ^ (word[i].taken & one));
			world_destroy(w);
		}
	}
}

static void test_msch_limit_mode_3(void)
{
	struct world *w = in_idle();
	struct ccw_schib schib;

	machine_stsch(w->m, w->sid, &schib);
	schib.pmcw.word[1] |= cpu_to_be32(PMCW1_LM);
	CU_ASSERT_EQUAL(machine_msch(w->m, w->sid, &schib), MACHINE_OPERAND);
	world_destroy(w);
}

static void test_ssch_fills_scsw_and_pmcw(void)
{
	u32 orb1 = 0x50000000 | ORB1_S | ORB1_F | ORB1_P | ORB1_I | ORB1_A |
		   ORB1_U | 0xc000;
	struct world *w = in_idle();
	struct ccw_schib schib;

	CU_ASSERT_EQUAL(world_ssch(w, orb1, 0x1000), 0);
	world_expect(w, "start pending", 0x58f80000 | SCSW0_FC_START |
		     SCSW0_AC_START, 0, 0);
	machine_stsch(w->m, w->sid, &schib);
	CU_ASSERT_EQUAL(be32_to_cpu(schib.pmcw.word[0]), 0xcafe);
	CU_ASSERT_EQUAL(be32_get_bits(schib.pmcw.word[2], PMCW2_LPM), 0xc0);
	world_destroy(w);
}

/* What QEMU's 3270 was seen to give for SENSE ID, bit for bit. */
static void test_good_ending(void)
{
	struct world *w = in_ended();
	struct ccw_irb irb;
	u32 status0 = SCSW0_F | SCSW0_S | SCSW0_FC_START |
		      SC(SCSW0_SC_PRIM | SCSW0_SC_SEC);
	unsigned int i;

	memset(&irb, 0xff, sizeof(irb));
	world_expect(w, "ended", status0, 0x1008, CE_DE);
	CU_ASSERT_EQUAL(w->interruptions, 1);
	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
	CU_ASSERT_EQUAL(be32_to_cpu(irb.scsw.word[0]), status0);
	CU_ASSERT_EQUAL(be32_to_cpu(irb.scsw.word[1]), 0x1008);
	CU_ASSERT_EQUAL(be32_to_cpu(irb.scsw.word[2]), CE_DE);
	CU_ASSERT_EQUAL(be32_to_cpu(irb.esw[0]), 0x00800000);
	for (i = 0; i < 8; i++)
		CU_ASSERT_EQUAL(irb.ecw[i], 0);
	CU_ASSERT_EQUAL(world_scsw(w, 0) & (SCSW0_FC | SCSW0_AC | SCSW0_SC), 0);
	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 1);
	world_destroy(w);
}

/* Taking intermediate status leaves the program alone; the end comes later. */
static void test_intermediate_then_end(void)
{
	struct world *w = in_intermediate();
	u32 running = FC_AC(START, SCH) | SCSW0_AC_DEV | SCSW0_S;
	struct ccw_irb irb;

	world_expect(w, "pci", running | SC(SCSW0_SC_INTER), 0x1008,
		     SCSW2_CSTAT_PCI);
	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
	world_expect(w, "pci taken", running, 0x1008, 0);
	machine_present(w->m, w->sid, DEVICE_CHANNEL_END | DEVICE_END);
	world_expect(w, "end", SCSW0_F | SCSW0_S | SCSW0_FC_START |
		     SC(SCSW0_SC_PRIM | SCSW0_SC_SEC), 0x1008, CE_DE);
	CU_ASSERT_EQUAL(w->interruptions, 2);
	world_destroy(w);
}

/* Status that joins pending status makes no second interruption. */
static void test_intermediate_not_taken_joins_the_end(void)
{
	struct world *w = in_intermediate();

	machine_present(w->m, w->sid, DEVICE_CHANNEL_END | DEVICE_END);
	world_expect(w, "both", SCSW0_F | SCSW0_S | SCSW0_FC_START |
		     SC(SCSW0_SC_INTER | SCSW0_SC_PRIM | SCSW0_SC_SEC), 0x1008,
		     CE_DE | SCSW2_CSTAT_PCI);
	CU_ASSERT_EQUAL(w->interruptions, 1);
	world_destroy(w);
}

static void test_halt(void)
{
	static const struct {
		const char *name;
		struct world *(*make)(void);
		u32 word0, word1, word2;
	} cases[] = {
		{ "halt at rest", in_idle, SCSW0_FC_HALT | SC(0), 0,
		  SCSW2_DSTAT_DE },
		{ "halt before the start", in_start_pending,
		  SCSW0_F | SCSW0_S | SCSW0_FC_START | SCSW0_FC_HALT |
		  SCSW0_AC_START | SC(0), 0, 0 },
		{ "halt in the middle", in_active,
		  SCSW0_F | SCSW0_S | SCSW0_FC_START | SCSW0_FC_HALT |
		  SC(SCSW0_SC_PRIM | SCSW0_SC_SEC), 0x1008, CE_DE },
		{ "halt in the middle, news not taken", in_intermediate,
		  SCSW0_F | SCSW0_S | SCSW0_FC_START | SCSW0_FC_HALT |
		  SC(SCSW0_SC_PRIM | SCSW0_SC_SEC), 0x1008,
		  CE_DE | SCSW2_CSTAT_PCI },
		{ "halt while suspended", in_suspended,
		  SCSW0_F | SCSW0_S | SCSW0_FC_START | SCSW0_FC_HALT |
		  SCSW0_AC_SUSP | SC(0), 0x1008, 0 },
		{ "halt while to be resumed", in_resume_pending,
		  SCSW0_F | SCSW0_S | SCSW0_FC_START | SCSW0_FC_HALT |
		  SCSW0_AC_SUSP | SCSW0_AC_RESUME | SC(0), 0x1008, 0 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *w = cases[i].make();
		unsigned int before = w->interruptions;

		CU_ASSERT_EQUAL(machine_hsch(w->m, w->sid), 0);
		CU_ASSERT_EQUAL(w->interruptions, before);
		world_run(w, 10);
		world_expect(w, cases[i].name, cases[i].word0, cases[i].word1,
			     cases[i].word2);
		CU_ASSERT_EQUAL(w->interruptions, before + 1);
		take(w);
		CU_ASSERT_EQUAL(world_scsw(w, 0) &
				(SCSW0_FC | SCSW0_AC | SCSW0_SC), 0);
		world_destroy(w);
	}
}

/* A device that ends just before the halt is performed leaves its own end. */
static void test_halt_after_the_end(void)
{
	struct world *w = in_halt_pending();

	machine_present(w->m, w->sid, DEVICE_CHANNEL_END | DEVICE_END);
	world_run(w, 10);
	world_expect(w, "end, then halt", SCSW0_F | SCSW0_S | SCSW0_FC_START |
		     SCSW0_FC_HALT | SC(SCSW0_SC_PRIM | SCSW0_SC_SEC), 0x1008,
		     CE_DE);
	CU_ASSERT_EQUAL(w->interruptions, 1);
	world_destroy(w);
}

/* Only clear helps against a device that ignores halt. */
static void test_deaf_device(void)
{
	struct world *w = in_active();
	struct ccw_irb irb;

	w->device.deaf = true;
	CU_ASSERT_EQUAL(machine_hsch(w->m, w->sid), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->interruptions, 0);
	CU_ASSERT_EQUAL(machine_hsch(w->m, w->sid), 2);
	CU_ASSERT_EQUAL(machine_csch(w->m, w->sid), 0);
	world_run(w, 10);
	world_expect(w, "cleared", SCSW0_FC_CLEAR | SC(0), 0, 0);
	CU_ASSERT_EQUAL(w->device.clears, 1);
	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
	world_expect(w, "idle", 0, 0, 0);
	world_destroy(w);
}

static void test_clear_from_everywhere(void)
{
	unsigned int i;

	for (i = 0; i < sizeof(situations) / sizeof(situations[0]); i++) {
		struct world *w;

		if (situations[i].cc[MACHINE_CSCH])
			continue;
		w = situations[i].make();
		CU_ASSERT_EQUAL(machine_csch(w->m, w->sid), 0);
		machine_present(w->m, w->sid, DEVICE_CHANNEL_END | DEVICE_END);
		world_run(w, 10);
		world_expect(w, situations[i].name, SCSW0_FC_CLEAR | SC(0), 0,
			     0);
		world_destroy(w);
	}
}

/* CLEAR takes away status the host has been told of but not fetched. */
static void test_clear_takes_status_back(void)
{
	struct world *w = in_ended();
	struct ccw_irb irb;

	CU_ASSERT_EQUAL(machine_csch(w->m, w->sid), 0);
	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 1);
	world_destroy(w);
}

/* Suspended, with news nobody took: halt drops the news with the program. */
static void test_halt_of_suspended_news(void)
{
	struct world *w = in_suspended_untold();

	CU_ASSERT_EQUAL(machine_hsch(w->m, w->sid), 0);
	world_run(w, 10);
	world_expect(w, "halted", SCSW0_F | SCSW0_S | SCSW0_FC_START |
		     SCSW0_FC_HALT | SCSW0_AC_SUSP | SC(0), 0x1008, 0);
	take(w);
	world_expect(w, "taken", SCSW0_F | SCSW0_S, 0x1008, 0);
	CU_ASSERT_EQUAL(w->device.halts, 0);
	world_destroy(w);
}

/* Cancelled while suspended, even with a resume on its way: it is over. */
static void test_cancel_while_suspended(void)
{
	static struct world *(*const make[])(void) = {
		in_suspended, in_resume_pending,
	};
	unsigned int i;

	for (i = 0; i < sizeof(make) / sizeof(make[0]); i++) {
		struct world *w = make[i]();

		world_put(w, 0x1000, plain, 2);
		CU_ASSERT_EQUAL(machine_xsch(w->m, w->sid), 0);
		world_expect(w, "cancelled", SCSW0_F | SCSW0_S, 0x1008, 0);
		world_run(w, 10);
		CU_ASSERT_EQUAL(w->interruptions, 1);
		CU_ASSERT_EQUAL(w->device.selected, 0);
		CU_ASSERT_EQUAL(machine_rsch(w->m, w->sid), 2);
		start(w);
		world_run(w, 10);
		CU_ASSERT_EQUAL(w->device.selected, 1);
		world_destroy(w);
	}
}

/* A resume that comes before the channel has stopped is noticed, no more. */
static void test_resume_of_a_running_program(void)
{
	struct world *w = in_active_and_resumed();
	u32 running = FC_AC(START, SCH) | SCSW0_AC_DEV | SCSW0_S;

	world_expect(w, "resume pending", running | SCSW0_AC_RESUME, 0, 0);
	world_run(w, 10);
	world_expect(w, "noticed", running, 0, 0);
	CU_ASSERT_EQUAL(machine_rsch(w->m, w->sid), 0);
	machine_present(w->m, w->sid, DEVICE_CHANNEL_END | DEVICE_END);
	world_run(w, 10);
	world_expect(w, "ended", SCSW0_F | SCSW0_S | SCSW0_FC_START |
		     SC(SCSW0_SC_PRIM | SCSW0_SC_SEC), 0x1008, CE_DE);
	CU_ASSERT_EQUAL(w->device.selected, 1);
	world_destroy(w);
}

/* A resumed program meets its device anew: news, no path, or busy. */
static void test_resume_meets_the_device(void)
{
	u32 cc = SCSW0_F | SCSW0_S | SCSW0_FC_START | SCSW0_AC_SUSP |
		 SCSW0_AC_RESUME | SC(SCSW0_SC_ALERT);
	struct world *w = in_suspended();

	machine_present(w->m, w->sid, DEVICE_ATTENTION);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->interruptions, 1);
	world_put(w, 0x1000, plain, 2);
	CU_ASSERT_EQUAL(machine_rsch(w->m, w->sid), 0);
	world_run(w, 10);
	world_expect(w, "attention", cc | FIELD_PREP(SCSW0_CC, 1), 0x1008,
		     SCSW2_DSTAT_ATTN);
	CU_ASSERT_EQUAL(w->device.selected, 0);
	world_destroy(w);

	w = in_suspended();
	world_put(w, 0x1000, plain, 2);
	CU_ASSERT_EQUAL(machine_set_path(w->m, w->sid, 0xff, false), 0);
	CU_ASSERT_EQUAL(machine_rsch(w->m, w->sid), 0);
	world_run(w, 10);
	world_expect(w, "no path", cc | SCSW0_N | FIELD_PREP(SCSW0_CC, 3),
		     0x1008, 0);
	CU_ASSERT_EQUAL(w->device.selected, 0);
	world_destroy(w);
}

/* Also if a jump is in between. */
static void test_resume_waits_for_a_busy_device(void)
{
	static const u32 jump[] = { 0x08000000, 0x1010 };
	static const struct act acts[] = {
		{ DEVICE_BUSY, 0, 0 },
		{ 0, DEVICE_CHANNEL_END | DEVICE_END, 4 },
	};
	struct world *w = in_suspended();

	w->device.acts = acts;
	w->device.left = 2;
	world_put(w, 0x1000, jump, 2);
	world_put(w, 0x1010, plain, 2);
	CU_ASSERT_EQUAL(machine_rsch(w->m, w->sid), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->interruptions, 1);
	CU_ASSERT_EQUAL(world_scsw(w, 0) & SCSW0_AC,
			SCSW0_AC_SUSP | SCSW0_AC_RESUME);
	machine_present(w->m, w->sid, DEVICE_END);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->device.selected, 2);
	world_expect(w, "ended", SCSW0_F | SCSW0_S | SCSW0_FC_START |
		     SC(SCSW0_SC_PRIM | SCSW0_SC_SEC), 0x1018, CE_DE);
	world_destroy(w);
}

/* What one function learnt of paths, the next one does not inherit. */
static void test_start_forgets_dead_paths(void)
{
	struct world *w = in_idle();
	struct ccw_schib schib;

	machine_set_path(w->m, w->sid, 0xff, false);
	start(w);
	world_run(w, 10);
	take(w);
	machine_set_path(w->m, w->sid, 0xff, true);
	start(w);
	machine_stsch(w->m, w->sid, &schib);
	CU_ASSERT_EQUAL(be32_get_bits(schib.pmcw.word[2], PMCW2_PNOM), 0);
	world_destroy(w);
}

/* Cancelled and started again, a program runs once. */
static void test_cancel_and_restart_run_once(void)
{
	struct world *w = in_start_pending();

	CU_ASSERT_EQUAL(machine_xsch(w->m, w->sid), 0);
	CU_ASSERT_EQUAL(w->interruptions, 0);
	start(w);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->device.selected, 1);
	CU_ASSERT_EQUAL(w->interruptions, 1);
	world_destroy(w);
}

static void test_no_path(void)
{
	u32 scsw0 = SCSW0_F | FIELD_PREP(SCSW0_CC, 3) | SCSW0_FC_START |
		    SCSW0_AC_START | SC(SCSW0_SC_ALERT);
	struct world *w = in_idle();
	struct ccw_schib schib;

	/* a path mask without the machine's only path */
	CU_ASSERT_EQUAL(world_ssch(w, ORB1_F | 0x7f00, 0x1000), 0);
	world_run(w, 10);
	world_expect(w, "no common path", scsw0, 0, 0);
	machine_stsch(w->m, w->sid, &schib);
	CU_ASSERT_EQUAL(be32_get_bits(schib.pmcw.word[2], PMCW2_PNOM), 0);
	CU_ASSERT_EQUAL(w->device.selected, 0);
	world_destroy(w);

	/* a path on which nobody answers */
	w = in_idle();
	CU_ASSERT_EQUAL(machine_set_path(w->m, w->sid, 0xff, false), 0);
	CU_ASSERT_EQUAL(world_ssch(w, WORLD_ORB_KEY0, 0x1000), 0);
	world_run(w, 10);
	world_expect(w, "nobody answers", scsw0 | SCSW0_N, 0, 0);
	machine_stsch(w->m, w->sid, &schib);
	CU_ASSERT_EQUAL(be32_get_bits(schib.pmcw.word[2], PMCW2_PNOM), 0x80);
	take(w);
	CU_ASSERT_EQUAL(world_scsw(w, 0) & SCSW0_N, 0);

	/* halt and clear find nobody either, which is no news any more */
	CU_ASSERT_EQUAL(machine_hsch(w->m, w->sid), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(world_scsw(w, 0) & (SCSW0_CC | SCSW0_N | SCSW0_SC),
			SCSW0_CC | SC(SCSW0_SC_ALERT));
	CU_ASSERT_EQUAL(machine_csch(w->m, w->sid), 0);
	machine_stsch(w->m, w->sid, &schib);
	CU_ASSERT_EQUAL(be32_get_bits(schib.pmcw.word[2], PMCW2_PNOM), 0);
	world_run(w, 10);
	world_expect(w, "clear", SCSW0_FC_CLEAR | SC(0), 0, 0);
	CU_ASSERT_EQUAL(w->device.clears, 0);
	world_destroy(w);
}

/* A path that is cut while a command runs: only clear ends it. */
static void test_path_cut_in_the_middle(void)
{
	struct world *w = in_active();

	CU_ASSERT_EQUAL(machine_set_path(w->m, w->sid, 0xff, false), 0);
	machine_present(w->m, w->sid, DEVICE_CHANNEL_END | DEVICE_END);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->interruptions, 0);
	CU_ASSERT_EQUAL(machine_csch(w->m, w->sid), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->interruptions, 1);
	world_destroy(w);
}

/* Attention between START SUBCHANNEL and the first step. */
static void test_attention_meets_start(void)
{
	struct world *w = in_start_pending();

	machine_present(w->m, w->sid, DEVICE_ATTENTION);
	world_run(w, 10);
	world_expect(w, "deferred cc 1", SCSW0_F | SCSW0_S |
		     FIELD_PREP(SCSW0_CC, 1) | SCSW0_FC_START |
		     SCSW0_AC_START | SC(SCSW0_SC_ALERT), 0, SCSW2_DSTAT_ATTN);
	CU_ASSERT_EQUAL(w->device.selected, 0);
	CU_ASSERT_EQUAL(w->interruptions, 1);
	world_destroy(w);
}

/*
 * A start that was cancelled, deferred, halted or cleared stays so, although
 * the device goes on talking and thereby asks for steps.
 */
static void test_a_start_that_ended_does_not_revive(void)
{
	static int (*const end[])(struct machine *m, u32 sid) = {
		machine_xsch, machine_hsch, machine_csch, NULL,
	};
	unsigned int i;

	for (i = 0; i < sizeof(end) / sizeof(end[0]); i++) {
		struct world *w = in_start_pending();

		if (end[i])
			CU_ASSERT_EQUAL(end[i](w->m, w->sid), 0);
		machine_present(w->m, w->sid, DEVICE_ATTENTION);
		world_run(w, 10);
		machine_present(w->m, w->sid, DEVICE_ATTENTION);
		world_run(w, 10);
		take(w);
		machine_present(w->m, w->sid, DEVICE_ATTENTION);
		world_run(w, 10);
		CU_ASSERT_EQUAL(w->device.selected, 0);
		world_destroy(w);
	}
}

static void test_clear_ends_a_running_program(void)
{
	static const u32 endless[] = { 0x03600001, 0, 0x08000000, 0x1000 };
	static const struct act noop = { DEVICE_CHANNEL_END | DEVICE_END, 0, 0 };
	struct world *w = world_create(&noop, 1);

	world_put(w, 0x1000, endless, 4);
	start(w);
	world_run(w, 10);
	CU_ASSERT_EQUAL(machine_csch(w->m, w->sid), 0);
	world_run(w, 10);
	take(w);
	w->device.selected = 0;
	machine_present(w->m, w->sid, DEVICE_ATTENTION);
	world_run(w, 10);
	take(w);
	CU_ASSERT_EQUAL(w->device.selected, 0);
	world_destroy(w);
}

/* Clear takes away what the device had to say, too. */
static void test_clear_forgets_attention(void)
{
	struct world *w = in_active();

	machine_present(w->m, w->sid, DEVICE_ATTENTION);
	CU_ASSERT_EQUAL(machine_csch(w->m, w->sid), 0);
	world_run(w, 10);
	take(w);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->interruptions, 1);
	world_destroy(w);
}

/* Two things to say, while nobody can listen, are said together. */
static void test_unsolicited_status_adds_up(void)
{
	struct world *w = in_ended();

	machine_present(w->m, w->sid, DEVICE_ATTENTION);
	machine_present(w->m, w->sid, DEVICE_CONTROL_UNIT_END);
	take(w);
	world_run(w, 10);
	CU_ASSERT_EQUAL(world_scsw(w, 2),
			SCSW2_DSTAT_ATTN | SCSW2_DSTAT_CUE);
	world_destroy(w);
}

/* Attention waits for pending status, and for a running program. */
static void test_attention_waits(void)
{
	struct world *w = in_active();
	struct ccw_irb irb;

	machine_present(w->m, w->sid, DEVICE_ATTENTION);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->interruptions, 0);
	machine_present(w->m, w->sid, DEVICE_CHANNEL_END | DEVICE_END);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->interruptions, 1);
	CU_ASSERT_EQUAL(world_scsw(w, 2), CE_DE);
	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
	world_run(w, 10);
	world_expect(w, "attention", SC(SCSW0_SC_ALERT), 0, SCSW2_DSTAT_ATTN);
	CU_ASSERT_EQUAL(w->interruptions, 2);
	world_destroy(w);
}

static void test_attention_while_disabled_is_lost(void)
{
	struct world *w = in_disabled();
	struct ccw_schib schib;

	machine_present(w->m, w->sid, DEVICE_ATTENTION);
	machine_stsch(w->m, w->sid, &schib);
	schib.pmcw.word[1] |= cpu_to_be32(PMCW1_E);
	CU_ASSERT_EQUAL(machine_msch(w->m, w->sid, &schib), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->interruptions, 0);
	world_destroy(w);
}

/* Channel end now, and device end still owed. */
static struct world *in_device_active(void)
{
	static const struct act split = { DEVICE_CHANNEL_END, 0, 0 };
	static const u32 noop[] = { 0x03200001, 0 };
	struct world *w = world_with(&split, noop);

	start(w);
	world_run(w, 10);
	world_expect(w, "channel end", FC_AC(START, DEV) | SCSW0_S |
		     SC(SCSW0_SC_PRIM), 0x1008, SCSW2_DSTAT_CE | 1);
	return w;
}

static void test_device_end_alone(void)
{
	struct world *w = in_device_active();

	take(w);
	machine_present(w->m, w->sid, DEVICE_END);
	CU_ASSERT_EQUAL(w->interruptions, 2);
	CU_ASSERT_EQUAL(world_scsw(w, 0) & (SCSW0_AC | SCSW0_SC),
			SC(SCSW0_SC_SEC));
	CU_ASSERT(world_scsw(w, 2) & SCSW2_DSTAT_DE);
	world_destroy(w);
}

static void test_device_end_joins_channel_end(void)
{
	struct world *w = in_device_active();

	machine_present(w->m, w->sid, DEVICE_END);
	CU_ASSERT_EQUAL(w->interruptions, 1);
	world_expect(w, "both", SCSW0_F | SCSW0_S | SCSW0_FC_START |
		     SC(SCSW0_SC_PRIM | SCSW0_SC_SEC), 0x1008, CE_DE | 1);
	world_destroy(w);
}

/* The device end of the last program does not disturb the next one's start. */
static void test_device_end_meets_start(void)
{
	struct world *w = in_device_active();

	take(w);
	start(w);
	world_expect(w, "nothing is left of the last program",
		     FC_AC(START, START) | SCSW0_AC_DEV | SCSW0_S, 0, 0);
	machine_present(w->m, w->sid, DEVICE_END);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->device.selected, 2);
	CU_ASSERT_EQUAL(world_scsw(w, 0) & SCSW0_CC, 0);
	world_destroy(w);
}

static void test_halt_brings_owed_device_end(void)
{
	struct world *w = in_device_active();

	take(w);
	CU_ASSERT_EQUAL(machine_hsch(w->m, w->sid), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(world_scsw(w, 0) & (SCSW0_FC | SCSW0_AC | SCSW0_SC),
			SCSW0_FC_HALT | SC(0));
	CU_ASSERT_EQUAL(world_scsw(w, 2), SCSW2_DSTAT_DE);
	CU_ASSERT_EQUAL(w->device.halts, 1);
	world_destroy(w);
}

/* A halted start is no reason to swallow the last program's device end. */
static void test_device_end_meets_halted_start(void)
{
	struct world *w = in_device_active();

	take(w);
	start(w);
	CU_ASSERT_EQUAL(machine_hsch(w->m, w->sid), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(world_scsw(w, 0) & (SCSW0_AC | SCSW0_SC),
			SCSW0_AC_START | SCSW0_AC_DEV | SC(0));
	machine_present(w->m, w->sid, DEVICE_END);
	world_expect(w, "both", SCSW0_F | SCSW0_S | SCSW0_FC_START |
		     SCSW0_FC_HALT | SCSW0_AC_START | SC(SCSW0_SC_SEC), 0,
		     SCSW2_DSTAT_DE);
	take(w);
	CU_ASSERT_EQUAL(world_scsw(w, 0) & (SCSW0_FC | SCSW0_AC | SCSW0_SC), 0);
	world_destroy(w);
}

/* A start that finds the device busy goes on when it is free again. */
static void test_busy_device_is_tried_again(void)
{
	static const struct act acts[] = {
		{ DEVICE_BUSY, 0, 0 },
		{ 0, DEVICE_CHANNEL_END | DEVICE_END, 4 },
	};
	struct world *w = world_create(acts, 2);

	world_put(w, 0x1000, plain, 2);
	start(w);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->interruptions, 0);
	CU_ASSERT(world_scsw(w, 0) & SCSW0_AC_START);
	machine_present(w->m, w->sid, DEVICE_END);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->device.selected, 2);
	CU_ASSERT_EQUAL(world_scsw(w, 2), CE_DE);
	world_destroy(w);
}

/* A device that disappears takes its program along, silently. */
static void test_gone_and_back(void)
{
	struct world *w = in_gone();
	struct ccw_schib schib;

	CU_ASSERT_EQUAL(w->events[w->happened - 3].kind, MACHINE_EV_GONE);
	CU_ASSERT_EQUAL(w->device.clears, 1);
	world_run(w, 10);
	machine_present(w->m, w->sid, DEVICE_CHANNEL_END | DEVICE_END);
	CU_ASSERT_EQUAL(w->interruptions, 0);
	world_expect(w, "gone", 0, 0, 0);
	machine_stsch(w->m, w->sid, &schib);
	CU_ASSERT_EQUAL(be32_to_cpu(schib.pmcw.word[1]), 0x0815);

	CU_ASSERT_EQUAL(machine_reattach(w->m, w->sid), 0);
	CU_ASSERT_EQUAL(w->events[w->happened - 3].kind, MACHINE_EV_BACK);
	machine_stsch(w->m, w->sid, &schib);
	CU_ASSERT_EQUAL(schib.pmcw.word[0], 0);
	CU_ASSERT_EQUAL(be32_to_cpu(schib.pmcw.word[1]), PMCW1_V | 0x0815);
	schib.pmcw.word[1] |= cpu_to_be32(PMCW1_E);
	CU_ASSERT_EQUAL(machine_msch(w->m, w->sid, &schib), 0);
	start(w);
	world_run(w, 10);
	machine_present(w->m, w->sid, DEVICE_CHANNEL_END | DEVICE_END);
	CU_ASSERT_EQUAL(w->interruptions, 1);
	world_destroy(w);
}

/* Nothing goes that has gone, and no second report says so. */
static void test_gone_once(void)
{
	struct world *w = in_idle();
	unsigned int happened;

	CU_ASSERT_EQUAL(machine_detach(w->m, w->sid), 0);
	happened = w->happened;
	CU_ASSERT_EQUAL(machine_detach(w->m, w->sid), -ENODEV);
	CU_ASSERT_EQUAL(w->happened, happened);
	CU_ASSERT_EQUAL(machine_reattach(w->m, w->sid), 0);
	CU_ASSERT_EQUAL(machine_reattach(w->m, w->sid), -EEXIST);
	CU_ASSERT_EQUAL(machine_detach(w->m, w->sid), 0);
	world_destroy(w);
}

/* Gone with a step under way and a word on its lips: nothing of it returns. */
static void test_gone_in_the_middle(void)
{
	struct world *w = in_start_pending();
	struct ccw_schib schib;

	machine_present(w->m, w->sid, DEVICE_ATTENTION);
	CU_ASSERT_EQUAL(machine_detach(w->m, w->sid), 0);
	CU_ASSERT_EQUAL(machine_reattach(w->m, w->sid), 0);
	machine_stsch(w->m, w->sid, &schib);
	schib.pmcw.word[1] |= cpu_to_be32(PMCW1_E);
	CU_ASSERT_EQUAL(machine_msch(w->m, w->sid, &schib), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->interruptions, 0);
	CU_ASSERT_EQUAL(w->device.selected, 0);
	world_destroy(w);
}

static void test_forced_condition_codes(void)
{
	unsigned int insn;
	int cc;

	for (insn = 0; insn < MACHINE_SCH_INSNS; insn++) {
		for (cc = 1; cc <= 3; cc++) {
			struct world *w = in_idle();
			u32 before = world_scsw(w, 0);
			int unforced = situations[0].cc[insn];

			CU_ASSERT_EQUAL(machine_next_cc(w->m, w->sid, insn, cc),
					0);
			CU_ASSERT_EQUAL(execute(w, insn), cc);
			CU_ASSERT_EQUAL(world_scsw(w, 0), before);
			CU_ASSERT_EQUAL(execute(w, insn), unforced);
			world_destroy(w);
		}
	}
}

static void test_levers_refuse_nonsense(void)
{
	struct world *w = in_idle();

	CU_ASSERT_EQUAL(machine_next_cc(w->m, w->sid, MACHINE_SSCH, 0), -EINVAL);
	CU_ASSERT_EQUAL(machine_next_cc(w->m, w->sid, MACHINE_SSCH, 4), -EINVAL);
	CU_ASSERT_EQUAL(machine_next_cc(w->m, 7, MACHINE_SSCH, 1), -ENODEV);
	CU_ASSERT_EQUAL(machine_set_path(w->m, 7, 0xff, true), -ENODEV);
	CU_ASSERT_EQUAL(machine_detach(w->m, 7), -ENODEV);
	CU_ASSERT_EQUAL(machine_reattach(w->m, 7), -ENODEV);
	CU_ASSERT_EQUAL(machine_attach(w->m, 0x0815, &scripted_ops, &w->device),
			-EEXIST);
	world_destroy(w);
}

static void test_256_subchannels_and_no_more(void)
{
	struct world *w = in_idle();
	struct scripted spare;
	int i, sid;

	for (i = 1; i < 256; i++) {
		sid = machine_attach(w->m, i, &scripted_ops, &spare);
		CU_ASSERT_EQUAL(sid, 0x00010000 | i);
	}
	CU_ASSERT_EQUAL(machine_attach(w->m, 0x999, &scripted_ops, &spare),
			-ENOSPC);
	CU_ASSERT_EQUAL(machine_csch(w->m, 0x00010100), 3);
	world_destroy(w);
}

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "condition codes in all situations", test_condition_codes },
		{ "instructions are traced", test_instructions_are_traced },
		{ "ORB operands", test_orb_operands },
		{ "MSCH operands and fields", test_msch_operands_and_fields },
		{ "MSCH limit mode 3", test_msch_limit_mode_3 },
		{ "SSCH fills SCSW and PMCW", test_ssch_fills_scsw_and_pmcw },
		{ "good ending", test_good_ending },
		{ "intermediate, then the end", test_intermediate_then_end },
		{ "intermediate joins the end",
		  test_intermediate_not_taken_joins_the_end },
		{ "halt", test_halt },
		{ "halt after the end", test_halt_after_the_end },
		{ "deaf device", test_deaf_device },
		{ "clear from everywhere", test_clear_from_everywhere },
		{ "clear takes status back", test_clear_takes_status_back },
		{ "cancelled and restarted, runs once",
		  test_cancel_and_restart_run_once },
		{ "halt of suspended news", test_halt_of_suspended_news },
		{ "cancel while suspended", test_cancel_while_suspended },
		{ "resume of a running program",
		  test_resume_of_a_running_program },
		{ "resume meets the device", test_resume_meets_the_device },
		{ "resume waits for a busy device",
		  test_resume_waits_for_a_busy_device },
		{ "start forgets dead paths", test_start_forgets_dead_paths },
		{ "no path", test_no_path },
		{ "path cut in the middle", test_path_cut_in_the_middle },
		{ "attention meets start", test_attention_meets_start },
		{ "attention waits", test_attention_waits },
		{ "attention while disabled is lost",
		  test_attention_while_disabled_is_lost },
		{ "a start that ended does not revive",
		  test_a_start_that_ended_does_not_revive },
		{ "clear ends a running program",
		  test_clear_ends_a_running_program },
		{ "clear forgets attention", test_clear_forgets_attention },
		{ "unsolicited status adds up",
		  test_unsolicited_status_adds_up },
		{ "device end alone", test_device_end_alone },
		{ "device end joins channel end",
		  test_device_end_joins_channel_end },
		{ "device end meets start", test_device_end_meets_start },
		{ "device end meets halted start",
		  test_device_end_meets_halted_start },
		{ "halt brings owed device end",
		  test_halt_brings_owed_device_end },
		{ "gone once", test_gone_once },
		{ "gone in the middle", test_gone_in_the_middle },
		{ "busy device is tried again", test_busy_device_is_tried_again },
		{ "gone and back", test_gone_and_back },
		{ "forced condition codes", test_forced_condition_codes },
		{ "levers refuse nonsense", test_levers_refuse_nonsense },
		{ "256 subchannels", test_256_subchannels_and_no_more },
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "machine", tests);
}
