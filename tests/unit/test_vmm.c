// SPDX-License-Identifier: GPL-2.0-only
/* The monitor on a port without a driver: discovery, errno to cc, status. */
#include "fake_port.h"
#include "suite.h"
#include "vmm.h"

static struct fake_port port;
static struct vmm vmm;
static const struct ccw_orb orb;

static void set_status(u32 word0, u32 word2)
{
	port.irb = (struct ccw_irb){ 0 };
	port.irb.scsw.word[0] = cpu_to_be32(word0 | SCSW0_SC_PEND);
	port.irb.scsw.word[2] = cpu_to_be32(word2);
	port.signals = 1;
}

/* A monitor that is open and reset, with an enabled virtual subchannel. */
static void ready(void)
{
	struct ccw_schib schib = { 0 };

	fake_init(&port);
	vmm_init(&vmm, &port.port);
	CU_ASSERT_EQUAL_FATAL(vmm_open(&vmm), 0);
	CU_ASSERT_EQUAL_FATAL(vmm_reset(&vmm), 0);
	schib.pmcw.word[1] = cpu_to_be32(PMCW1_E);
	CU_ASSERT_EQUAL_FATAL(vmm_msch(&vmm, &schib), 0);
}

static void test_open_finds_regions_and_arms_interrupts(void)
{
	ready();
	for (unsigned int i = 0; i < VMM_REGIONS; i++) {
		CU_ASSERT_EQUAL(vmm.region[i].size, fake_sizes[i]);
		CU_ASSERT_EQUAL(vmm.region[i].offset, i * 0x10000);
	}
	CU_ASSERT_EQUAL(port.events, VFIO_CCW_NUM_IRQS);
	CU_ASSERT_EQUAL(vmm_open(&vmm), -EBUSY);
	CU_ASSERT_EQUAL(vmm_close(&vmm), 0);
	CU_ASSERT_EQUAL(port.events, 0);
	CU_ASSERT_EQUAL(port.opened, 0);
	for (unsigned int i = 0; i < VFIO_CCW_NUM_IRQS; i++)
		CU_ASSERT_EQUAL(port.armed[i], -1);
}

static void test_open_that_fails_holds_nothing(void)
{
	unsigned int nth = 0;
	int ret;

	do {
		fake_init(&port);
		vmm_init(&vmm, &port.port);
		port.fail_ioctl = ++nth;
		ret = vmm_open(&vmm);
		if (ret)
			CU_ASSERT(!port.opened && !port.events && !vmm.opened);
	} while (ret);
	CU_ASSERT(nth > 10);		/* there was something to fail */
}

static void test_device_without_interrupts_is_refused(void)
{
	fake_init(&port);
	vmm_init(&vmm, &port.port);
	port.no_irqs = true;
	CU_ASSERT_EQUAL(vmm_open(&vmm), -EPROTO);
	CU_ASSERT(!port.opened && !port.events);
}

static void test_capability_chain_that_loops_ends(void)
{
	fake_init(&port);
	vmm_init(&vmm, &port.port);
	port.capability_next = sizeof(struct vfio_region_info);
	CU_ASSERT_EQUAL(vmm_open(&vmm), 0);
	CU_ASSERT_EQUAL(vmm_close(&vmm), 0);
}

static void test_capability_beyond_the_answer_is_not_read(void)
{
	fake_init(&port);
	vmm_init(&vmm, &port.port);
	port.capability_next = 0xfffffff0;
	CU_ASSERT_EQUAL(vmm_open(&vmm), 0);
	CU_ASSERT_EQUAL(vmm_close(&vmm), 0);
}

/* What each errno of the driver is to the guest. */
static const struct {
	int error;
	int ssch, hsch, csch;
	bool exception[3];		/* a unit exception follows */
} answers[] = {
	{ 0,		0, 0, 0, { false, false, false } },
	{ -EBUSY,	2, 2, 0, { false, false, true } },
	{ -ENODEV,	3, 3, 3, { false, false, false } },
	{ -EACCES,	3, 3, 3, { false, false, false } },
	{ -EINVAL,	0, 0, 0, { true, true, true } },
	{ -EIO,		0, 0, 0, { true, true, true } },
	{ -EFAULT,	0, 0, 0, { true, true, true } },
	{ -EOPNOTSUPP,	0, 0, 0, { true, true, true } },
};

static void expect_answer(int cc, int expected, bool exception)
{
	struct ccw_irb irb;

	CU_ASSERT_EQUAL(cc, expected);
	CU_ASSERT_EQUAL(vmm_serve(&vmm, 0), exception);
	CU_ASSERT_EQUAL(vmm_tsch(&vmm, &irb), exception ? 0 : 1);
	if (exception)
		CU_ASSERT_EQUAL(be32_to_cpu(irb.scsw.word[2]),
				SCSW2_DSTAT_UX);
	if (exception || expected)
		CU_ASSERT_EQUAL(vmm.schib.scsw.word[0] &
				cpu_to_be32(SCSW0_FC | SCSW0_AC), 0);
}

static void test_errno_becomes_condition_code(void)
{
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		ready();
		port.io_answer = answers[i].error;
		port.async_answer = answers[i].error;
		expect_answer(vmm_ssch(&vmm, &orb), answers[i].ssch,
			      answers[i].exception[0]);
		ready();
		port.async_answer = answers[i].error;
		expect_answer(vmm_hsch(&vmm), answers[i].hsch,
			      answers[i].exception[1]);
		ready();
		port.async_answer = answers[i].error;
		expect_answer(vmm_csch(&vmm), answers[i].csch,
			      answers[i].exception[2]);
	}
}

static void test_eagain_is_repeated_but_not_for_ever(void)
{
	ready();
	port.again = 3;
	CU_ASSERT_EQUAL(vmm_ssch(&vmm, &orb), 0);
	CU_ASSERT_EQUAL(port.writes, 4);
	ready();
	port.again = 1000000;
	CU_ASSERT_EQUAL(vmm_start(&vmm, &orb), -EAGAIN);
}

static void test_short_write_is_no_success(void)
{
	ready();
	port.io_answer = 8;
	CU_ASSERT_EQUAL(vmm_start(&vmm, &orb), -EIO);
}

static void test_not_enabled_is_cc_3_and_asks_nobody(void)
{
	struct ccw_irb irb;

	ready();
	CU_ASSERT_EQUAL(vmm_reset(&vmm), 0);	/* disables again */
	CU_ASSERT_EQUAL(vmm_ssch(&vmm, &orb), 3);
	CU_ASSERT_EQUAL(vmm_hsch(&vmm), 3);
	CU_ASSERT_EQUAL(vmm_csch(&vmm), 3);
	CU_ASSERT_EQUAL(vmm_tsch(&vmm, &irb), 3);
	CU_ASSERT_EQUAL(port.writes, 0);
}

static void test_busy_is_cc_2_and_asks_nobody(void)
{
	ready();
	CU_ASSERT_EQUAL(vmm_ssch(&vmm, &orb), 0);
	CU_ASSERT_EQUAL(vmm_ssch(&vmm, &orb), 2);
	CU_ASSERT_EQUAL(port.writes, 1);
	CU_ASSERT_EQUAL(vmm_hsch(&vmm), 0);
	CU_ASSERT_EQUAL(vmm_hsch(&vmm), 2);
	CU_ASSERT_EQUAL(port.writes, 2);
}

static void test_final_status_makes_idle(void)
{
	struct ccw_irb irb;

	ready();
	CU_ASSERT_EQUAL(vmm_ssch(&vmm, &orb), 0);
	set_status(SCSW0_FC_START | SCSW0_SC_PRIM | SCSW0_SC_SEC,
		   SCSW2_DSTAT_CE | SCSW2_DSTAT_DE);
	CU_ASSERT(vmm_serve(&vmm, 0));
	CU_ASSERT_EQUAL(vmm_ssch(&vmm, &orb), 1);
	CU_ASSERT_EQUAL(vmm_hsch(&vmm), 1);
	CU_ASSERT_EQUAL(vmm_tsch(&vmm, &irb), 0);
	CU_ASSERT_EQUAL(memcmp(&irb, &port.irb, sizeof(irb)), 0);
	CU_ASSERT_EQUAL(vmm_tsch(&vmm, &irb), 1);
	CU_ASSERT_EQUAL(vmm_ssch(&vmm, &orb), 0);
}

static void test_intermediate_status_leaves_the_program_running(void)
{
	struct ccw_irb irb;

	ready();
	CU_ASSERT_EQUAL(vmm_ssch(&vmm, &orb), 0);
	set_status(SCSW0_FC_START | SCSW0_AC_SCH | SCSW0_AC_DEV |
		   SCSW0_SC_INTER, SCSW2_CSTAT_PCI);
	CU_ASSERT(vmm_serve(&vmm, 0));
	CU_ASSERT_EQUAL(vmm_tsch(&vmm, &irb), 0);
	CU_ASSERT_EQUAL(vmm_ssch(&vmm, &orb), 2);	/* runs on */
	CU_ASSERT_EQUAL(vmm_hsch(&vmm), 0);		/* can be halted */
}

/* What a region that cannot be read is to the guest. */
static const struct {
	ssize_t answer;
	u32 word0, word2;
} unreadable[] = {
	{ -ENODEV, SCSW0_CC | SCSW0_SC_ALERT, 0 },
	{ -EFAULT, SCSW0_SC_ALERT | SCSW0_SC_PRIM | SCSW0_SC_SEC,
	  SCSW2_CSTAT_CDC },
	{ 12, SCSW0_SC_ALERT | SCSW0_SC_PRIM | SCSW0_SC_SEC,
	  SCSW2_CSTAT_CCC },
	{ -EINVAL, SCSW0_SC_ALERT | SCSW0_SC_PRIM | SCSW0_SC_SEC,
	  SCSW2_CSTAT_PROG },
};

static void test_region_that_cannot_be_read_still_interrupts(void)
{
	struct ccw_irb irb;

	for (size_t i = 0; i < sizeof(unreadable) / sizeof(unreadable[0]); i++) {
		ready();
		CU_ASSERT_EQUAL(vmm_ssch(&vmm, &orb), 0);
		port.signals = 1;
		port.read_answer = unreadable[i].answer;
		CU_ASSERT(vmm_serve(&vmm, 0));
		CU_ASSERT_EQUAL(vmm_tsch(&vmm, &irb), 0);
		CU_ASSERT_EQUAL(be32_to_cpu(irb.scsw.word[0]) &
				(SCSW0_CC | SCSW0_SC),
				unreadable[i].word0 | SCSW0_SC_PEND);
		CU_ASSERT_EQUAL(be32_to_cpu(irb.scsw.word[2]),
				unreadable[i].word2);
	}
}

static void test_stsch_takes_only_paths_from_the_host(void)
{
	struct ccw_schib schib;

	ready();
	memset(&port.schib, 0xff, sizeof(port.schib));
	CU_ASSERT_EQUAL(vmm_stsch(&vmm, &schib), 0);
	CU_ASSERT_EQUAL(be32_to_cpu(schib.pmcw.word[0]), 0);
	CU_ASSERT_EQUAL(be32_to_cpu(schib.pmcw.word[1]), PMCW1_E | PMCW1_V);
	CU_ASSERT_EQUAL(be32_to_cpu(schib.pmcw.word[2]),
			PMCW2_PNOM | PMCW2_LPUM);
	CU_ASSERT_EQUAL(be32_to_cpu(schib.pmcw.word[3]),
			PMCW3_POM | PMCW3_PAM);
	CU_ASSERT_EQUAL(be32_to_cpu(schib.scsw.word[0]), SCSW0_N);
}

static void test_channel_reports_are_drained_until_zero(void)
{
	struct ccw_crw crw;

	ready();
	CU_ASSERT_EQUAL(vmm_crw(&vmm, 0, &crw), 0);
	port.crw_signals = 2;		/* one wait takes both signals */
	port.nr_crws = 2;
	port.crws[0].word[0] = cpu_to_be32(0x04060001);
	port.crws[1].word[0] = cpu_to_be32(0x04020001);
	CU_ASSERT_EQUAL(vmm_crw(&vmm, 0, &crw), 1);
	CU_ASSERT_EQUAL(be32_to_cpu(crw.word[0]), 0x04060001);
	CU_ASSERT_EQUAL(vmm_crw(&vmm, 0, &crw), 1);
	CU_ASSERT_EQUAL(be32_to_cpu(crw.word[0]), 0x04020001);
	CU_ASSERT_EQUAL(vmm_crw(&vmm, 0, &crw), 0);

	port.crw_signals = 1;		/* its report is gone already */
	port.empty_reads = 1;
	CU_ASSERT_EQUAL(vmm_crw(&vmm, 0, &crw), 0);
	port.crw_signals = 1;		/* and another one comes after it */
	port.empty_reads = 1;
	port.late_signals = 1;
	port.nr_crws = 1;
	port.crws[0].word[0] = cpu_to_be32(0x04020002);
	CU_ASSERT_EQUAL(vmm_crw(&vmm, 0, &crw), 1);
	CU_ASSERT_EQUAL(be32_to_cpu(crw.word[0]), 0x04020002);
	CU_ASSERT_EQUAL(vmm_crw(&vmm, 0, &crw), 0);
	port.crw_signals = 1;
	port.read_answer = -EIO;
	CU_ASSERT_EQUAL(vmm_crw(&vmm, 0, &crw), -EIO);
}

static void test_subchannel_is_read_whole(void)
{
	struct ccw_schib schib;

	ready();
	port.schib.pmcw.word[3] = cpu_to_be32(0x8080);
	CU_ASSERT_EQUAL(vmm_schib(&vmm, &schib), 0);
	CU_ASSERT_EQUAL(schib.pmcw.word[3], cpu_to_be32(0x8080));
	port.read_answer = 51;
	CU_ASSERT_EQUAL(vmm_schib(&vmm, &schib), -EIO);
	port.read_answer = -ENODEV;
	CU_ASSERT_EQUAL(vmm_schib(&vmm, &schib), -ENODEV);
}

static void test_reset_forgets_signals_of_before(void)
{
	struct ccw_irb irb;

	ready();
	set_status(SCSW0_FC_START | SCSW0_SC_PRIM, SCSW2_DSTAT_CE);
	CU_ASSERT_EQUAL(vmm_reset(&vmm), 0);
	CU_ASSERT_EQUAL(vmm_interrupt(&vmm, 0, &irb), 0);
}

int main(int argc, char **argv)
{
	static CU_TestInfo tests[] = {
#define TEST(name) { #name, test_##name }
		TEST(open_finds_regions_and_arms_interrupts),
		TEST(open_that_fails_holds_nothing),
		TEST(device_without_interrupts_is_refused),
		TEST(capability_chain_that_loops_ends),
		TEST(capability_beyond_the_answer_is_not_read),
		TEST(errno_becomes_condition_code),
		TEST(eagain_is_repeated_but_not_for_ever),
		TEST(short_write_is_no_success),
		TEST(not_enabled_is_cc_3_and_asks_nobody),
		TEST(busy_is_cc_2_and_asks_nobody),
		TEST(final_status_makes_idle),
		TEST(intermediate_status_leaves_the_program_running),
		TEST(region_that_cannot_be_read_still_interrupts),
		TEST(stsch_takes_only_paths_from_the_host),
		TEST(channel_reports_are_drained_until_zero),
		TEST(subchannel_is_read_whole),
		TEST(reset_forgets_signals_of_before),
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "vmm", tests);
}
