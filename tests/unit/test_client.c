// SPDX-License-Identifier: GPL-2.0-only
/* The client without a kernel: what the ledger of stress finds, its table, names. */
#include "bench.h"
#include "css_admin.h"
#include "fake_port.h"
#include "stress.h"
#include "stress_calls.h"
#include "suite.h"

#define SLOT	5
#define CE_DE	(SCSW2_DSTAT_CE | SCSW2_DSTAT_DE)

static struct fake_port fake_device;
static struct port_ops ops;
static struct port *port;
static u8 memory[PORT_GUEST_MEMORY];
static struct ledger ledger;
static struct ccw_orb orb;

static int load(struct port *port, u64 guest, void *buf, size_t len)
{
	memcpy(buf, memory + guest, len);
	return 0;
}

static int store(struct port *port, u64 guest, const void *buf, size_t len)
{
	memcpy(memory + guest, buf, len);
	return 0;
}

/* A life, a device that answers SENSE ID with four bytes, a program in SLOT. */
static void live(bool steady)
{
	fake_init(&fake_device);
	ops = *fake_device.port.ops;
	ops.load = load;
	ops.store = store;
	fake_device.port.ops = &ops;
	port = &fake_device.port;
	memset(&ledger, 0, sizeof(ledger));
	memcpy(ledger.id.bytes, "\xff\x32\x70\x00", 4);
	ledger.id.len = 4;
	ledger.id.scsw.word[2] = cpu_to_be32(CE_DE | 12);
	ledger_begin(&ledger, steady);
	orb = ledger_program(&ledger, port, SLOT, 0x07);
}

static void start(int answer)
{
	CU_ASSERT_TRUE(ledger_start(&ledger, SLOT));
	CU_ASSERT_PTR_NULL(ledger_started(&ledger, SLOT, answer));
}

/* The device does its work. */
static void answer(void)
{
	memcpy(memory + LEDGER_BUFFERS + SLOT * LEDGER_SLOT, ledger.id.bytes,
	       ledger.id.len);
}

static const char *result_of(u32 function, u32 end, u32 status)
{
	const struct ccw_irb irb = { .scsw = { {
		cpu_to_be32(function | SCSW0_SC_PEND | SCSW0_SC_PRIM |
			    SCSW0_SC_SEC),
		cpu_to_be32(end), cpu_to_be32(status),
	} } };

	return ledger_result(&ledger, port, &irb, ledger.horizon);
}

static const char *good_result(void)
{
	return result_of(SCSW0_FC_START, ledger.slot[SLOT].end, CE_DE | 12);
}

static void finds(const char *said, const char *words)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(said);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, words));
}

static void test_a_start_has_one_result(void)
{
	live(true);
	start(0);
	answer();
	CU_ASSERT_EQUAL(ledger.ahead, 1);
	CU_ASSERT_PTR_NULL(good_result());
	CU_ASSERT_EQUAL(ledger.ahead, 0);
	CU_ASSERT_EQUAL(ledger.ended, 1);
	CU_ASSERT_EQUAL(ledger.unusual, 0);
	finds(good_result(), "has had a result");
}

static void test_result_of_a_refused_start(void)
{
	live(false);
	start(-EBUSY);
	finds(good_result(), "refused");
	live(false);
	CU_ASSERT_TRUE(ledger_start(&ledger, SLOT));
	answer();
	CU_ASSERT_PTR_NULL(good_result());
	finds(ledger_started(&ledger, SLOT, -EBUSY), "refused, but");
}

static void test_result_of_before_a_reset(void)
{
	live(false);
	start(0);
	answer();
	ledger_reset(&ledger, ledger_now(&ledger));
	finds(good_result(), "before a reset");
}

/* A start that came while the reset was under way may have survived it. */
static void test_result_of_during_a_reset(void)
{
	u64 began;

	live(false);
	began = ledger_now(&ledger);
	start(0);
	answer();
	ledger_reset(&ledger, began);
	CU_ASSERT_PTR_NULL(good_result());
}

static void test_wrong_results(void)
{
	const u32 end = LEDGER_PROGRAMS + SLOT * LEDGER_SLOT + 4 * 8;

	for (int wrong = 0; wrong < 5; wrong++) {
		live(true);
		CU_ASSERT_EQUAL(ledger.slot[SLOT].end, end);
		start(0);
		if (wrong != 0)
			answer();
		if (wrong == 0)
			finds(good_result(), "wrong data");
		else if (wrong == 1)
			finds(result_of(SCSW0_FC_START, end, CE_DE | 11),
			      "residual");
		else if (wrong == 2)
			finds(result_of(SCSW0_FC_START, end - 8, CE_DE | 12),
			      "another CCW");
		else if (wrong == 3)
			finds(result_of(SCSW0_FC_START, end,
					CE_DE | SCSW2_CSTAT_PROG),
			      "found a fault");
		else
			finds(result_of(SCSW0_FC_START, 0x1008, CE_DE),
			      "no program of ours");
	}
}

/* What the device was not to write is looked at, too. */
static void test_a_byte_too_many(void)
{
	live(true);
	start(0);
	answer();
	memory[LEDGER_BUFFERS + SLOT * LEDGER_SLOT + 20] ^= 1;
	finds(good_result(), "wrong data");
}

static void test_halts_and_losses_are_rough(void)
{
	live(true);
	start(0);
	finds(result_of(SCSW0_FC_HALT, 0, 0), "nobody");
	finds(result_of(SCSW0_FC_START, 0, 0), "nobody");
	live(false);
	start(0);
	CU_ASSERT_PTR_NULL(result_of(SCSW0_FC_HALT, 0, 0));
	CU_ASSERT_PTR_NULL(result_of(SCSW0_FC_START, 0, 0));
}

/* The driver keeps eight results: nobody may start more without reading. */
static void test_not_too_far_ahead(void)
{
	live(true);
	for (int i = 0; i < LEDGER_AHEAD; i++)
		CU_ASSERT_TRUE(ledger_start(&ledger, i));
	CU_ASSERT_FALSE(ledger_start(&ledger, LEDGER_AHEAD));
	CU_ASSERT_EQUAL(ledger.ahead, LEDGER_AHEAD);
	CU_ASSERT_PTR_NULL(ledger_started(&ledger, 0, -EBUSY));
	CU_ASSERT_TRUE(ledger_start(&ledger, LEDGER_AHEAD));
}

/* In both formats, behind a jump, by a list: the address is the buffer's. */
static void test_programs_end_in_sense_id(void)
{
	const u32 buffer = LEDGER_BUFFERS + SLOT * LEDGER_SLOT;

	live(true);
	for (unsigned int choice = 0; choice < 16; choice++) {
		const u8 *ccw = memory;
		u32 address;

		orb = ledger_program(&ledger, port, SLOT, choice);
		ccw += ledger.slot[SLOT].end - 8;
		CU_ASSERT_EQUAL(ccw[0], 0xe4);
		address = choice & 4 ? ccw[5] << 16 | ccw[6] << 8 | ccw[7] :
				       ccw[1] << 16 | ccw[2] << 8 | ccw[3];
		if (choice & 8)
			address = be64_to_cpu(*(__be64 *)(memory + address));
		CU_ASSERT_EQUAL(address, buffer);
		CU_ASSERT_EQUAL(be32_get_bits(orb.word[1], ORB1_F),
				!!(choice & 4));
	}
}

static struct stress_life a_life;

static const struct stress_call *call_named(const char *name)
{
	for (unsigned int i = 0; i < stress_nr_calls; i++) {
		if (!strcmp(stress_calls[i].name, name))
			return &stress_calls[i];
	}
	CU_FAIL_FATAL("no such call");
	return NULL;
}

static void test_answers_are_those_of_the_table(void)
{
	const struct stress_call *start = call_named("start");

	a_life = (struct stress_life){ .ledger.steady = true };
	CU_ASSERT_TRUE(stress_may(start, &a_life, 0));
	CU_ASSERT_TRUE(stress_may(start, &a_life, -EBUSY));
	CU_ASSERT_TRUE(stress_may(start, &a_life, STRESS_NOT_MADE));
	CU_ASSERT_FALSE(stress_may(start, &a_life, -EIO));
	CU_ASSERT_FALSE(stress_may(start, &a_life, -ENOMEM));
	a_life.ledger.steady = false;
	CU_ASSERT_TRUE(stress_may(start, &a_life, -EIO));
	CU_ASSERT_FALSE(stress_may(start, &a_life, -EAGAIN));
	a_life.faults = true;
	CU_ASSERT_TRUE(stress_may(start, &a_life, -ENOMEM));
	CU_ASSERT_FALSE(stress_may(call_named("ask for nothing"), &a_life, 0));
}

/* What a steady life leaves out, and what the user does, is never chosen. */
static void test_choosing_keeps_to_life_and_groups(void)
{
	struct stress_worker worker = { .life = &a_life };
	bool reset = false;

	a_life = (struct stress_life){ .ledger.steady = true, .groups = ~0UL };
	for (int i = 0; i < 10000; i++)
		CU_ASSERT_NOT_EQUAL(stress_choose(&worker)->steady, 0);
	a_life.ledger.steady = false;
	a_life.groups = 1UL << STRESS_RESET;
	for (int i = 0; i < 10000; i++) {
		enum stress_group group = stress_choose(&worker)->group;

		CU_ASSERT(group == STRESS_RESET || group == STRESS_START);
		reset |= group == STRESS_RESET;
	}
	CU_ASSERT_TRUE(reset);
}

static void test_same_seed_same_choices(void)
{
	struct stress_worker one = { .life = &a_life, .random = 7 };
	struct stress_worker other = one;

	a_life = (struct stress_life){ .groups = ~0UL };
	for (int i = 0; i < 1000; i++)
		CU_ASSERT_PTR_EQUAL(stress_choose(&one), stress_choose(&other));
}

static void test_groups_have_names(void)
{
	CU_ASSERT_EQUAL(stress_group("start"), STRESS_START);
	CU_ASSERT_EQUAL(stress_group("life"), STRESS_LIFE);
	CU_ASSERT_EQUAL(stress_group("lif"), -1);
	CU_ASSERT_EQUAL(stress_group(""), -1);
}

static void test_numbers_of_subchannels(void)
{
	static const char * const bad[] = {
		"", "1", "0815", "0.0", "0.0.", "0.0.x", "0.0.00001", "0.0.1/",
		"0.0.0001 ", "../0.0.0001", "0.0.0001/..",
	};
	struct css_admin admin;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CU_ASSERT_EQUAL(css_admin_init(&admin, bad[i]), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(admin.complaint.text,
					      "is not the number"));
	}
	CU_ASSERT_EQUAL(css_admin_init(&admin, "0.0.ffff"), -ENODEV);
}

static void test_complaints_advise(void)
{
	struct complaint complaint = { "" };

	CU_ASSERT_EQUAL(complain(&complaint, -EACCES, NULL, "opening %s", "x"),
			-EACCES);
	CU_ASSERT_STRING_EQUAL(complaint.text,
			       "opening x: Permission denied (this needs root)");
	complain(&complaint, -EBUSY, "wait", "opening %d", 7);
	CU_ASSERT_STRING_EQUAL(complaint.text,
			       "opening 7: Device or resource busy (wait)");
	complain(&complaint, -ENODEV, NULL, "opening");
	CU_ASSERT_STRING_EQUAL(complaint.text, "opening: No such device");
}

/* The last CCW of a program to be measured does not chain, the others do. */
static void test_programs_to_measure(void)
{
	live(true);
	for (unsigned int i = 0; i < bench_nr_programs; i++) {
		const struct bench_program *program = &bench_programs[i];
		const u8 *ccw;

		orb = bench_write(port, program);
		ccw = memory + be32_to_cpu(orb.word[2]);
		for (u32 n = 0; n < program->ccws; n++, ccw += 8) {
			CU_ASSERT_EQUAL(ccw[0], 0x04);
			CU_ASSERT_EQUAL(ccw[1],
					n < program->ccws - 1 ? 0x60 : 0x20);
			CU_ASSERT_EQUAL((u32)(ccw[2] << 8 | ccw[3]),
					program->count);
		}
	}
}

int main(int argc, char **argv)
{
	static CU_TestInfo tests[] = {
#define TEST(name) { #name, test_##name }
		TEST(a_start_has_one_result),
		TEST(result_of_a_refused_start),
		TEST(result_of_before_a_reset),
		TEST(result_of_during_a_reset),
		TEST(wrong_results),
		TEST(a_byte_too_many),
		TEST(halts_and_losses_are_rough),
		TEST(not_too_far_ahead),
		TEST(programs_end_in_sense_id),
		TEST(answers_are_those_of_the_table),
		TEST(choosing_keeps_to_life_and_groups),
		TEST(same_seed_same_choices),
		TEST(groups_have_names),
		TEST(numbers_of_subchannels),
		TEST(complaints_advise),
		TEST(programs_to_measure),
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "client", tests);
}
