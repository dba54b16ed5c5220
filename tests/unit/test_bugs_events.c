/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What Linux's driver gets wrong with channel reports, and with a user who reads
 * all the time. Which bug, and why it cannot occur here: tests/bugs/table.
 */
#include "bugs_world.h"
#include "chp.h"
#include "host_fault.h"

#define CRW_REGION	(3 << 10)
#define REPORTS		10	/* fewer than there are places for */
#define ERC_INITIALIZED	2
#define ERC_PERMANENT	6

static void vary(struct world *w, int event)
{
	CU_ASSERT_EQUAL(host_chp_event(w->sim->host,
				       w->ccw->sch->ssd_info.chpid[0].id,
				       event), 0);
}

static void vary_task(void *arg)
{
	for (unsigned int i = 0; i < REPORTS; i++)
		vary(arg, i % 2 ? CHP_VARY_ON : CHP_VARY_OFF);
}

/* One task makes reports, another one reads them: each is seen, in order. */
static void reports_task(void *arg)
{
	struct world *w = arg;
	unsigned int seen = 0, waits = 0;
	u32 crw;

	world_idle(w);
	sched_spawn(w->sim->sched, "administrator", vary_task, w);
	while (seen < REPORTS && waits++ < 1000) {
		crw = world_crw(w);
		if (!crw) {
			world_wait(w, LONG_ENOUGH);
			continue;
		}
		CU_ASSERT_EQUAL(FIELD_GET(CRW0_ERC, crw),
				seen % 2 ? ERC_INITIALIZED : ERC_PERMANENT);
		seen++;
	}
	CU_ASSERT_EQUAL(seen, REPORTS);
	CU_ASSERT_EQUAL(world_crw(w), 0);
}

static void reports(void)
{
	bugs_race(reports_task);
}

/* Command 0 is none; but whoever asks makes the driver look at what came. */
static void ask_task(void *arg)
{
	for (unsigned int i = 0; i < 100; i++)
		CU_ASSERT_EQUAL(world_command(arg, 0), -EINVAL);
}

/* The user reads all the time, also while there is nothing to be read. */
static void results_task(void *arg)
{
	struct world *w = arg;
	unsigned int reads = 0;

	world_idle(w);
	CU_ASSERT_EQUAL(world_start(w), 0);
	sched_spawn(w->sim->sched, "monitor", ask_task, w);
	while (!(world_read(w).word[0] & cpu_to_be32(SCSW0_SC_SEC)) &&
	       reads++ < 1000)
		;
	CU_ASSERT(reads < 1000);
	world_wait(w, LONG_ENOUGH);
}

static void results(void)
{
	bugs_race(results_task);
}

static void faulting_task(void *arg)
{
	struct world *w = arg;
	u64 region;

	world_idle(w);
	vary(w, CHP_VARY_OFF);
	host_fault_arm(w->sim->host, HOST_FAULT_COPY, 1);
	CU_ASSERT_EQUAL(w->port->ops->pread(w->port, &region, sizeof(region),
					    CRW_REGION), -EFAULT);
	CU_ASSERT_EQUAL(FIELD_GET(CRW0_ERC, world_crw(w)), ERC_PERMANENT);
	CU_ASSERT_EQUAL(world_crw(w), 0);
}
TEST_IN_A_WORLD(faulting)

static void one_byte_task(void *arg)
{
	struct world *w = arg;
	u8 byte;

	world_idle(w);
	vary(w, CHP_VARY_OFF);
	CU_ASSERT_EQUAL(w->port->ops->pread(w->port, &byte, 1, CRW_REGION),
			-EINVAL);
	CU_ASSERT_EQUAL(FIELD_GET(CRW0_ERC, world_crw(w)), ERC_PERMANENT);
}
TEST_IN_A_WORLD(one_byte)

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "reports that come while others are read are seen, in order",
		  reports },
		{ "a result that comes while one is looked for is not lost",
		  results },
		{ "a report is not lost if the reader's buffer faults",
		  faulting },
		{ "a byte of the region of reports takes none", one_byte },
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "bugs_events", tests);
}
