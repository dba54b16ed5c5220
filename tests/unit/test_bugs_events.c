/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What Linux's driver gets wrong with channel reports and with devices and paths
 * that come and go. Which bug, and why it cannot occur here: tests/bugs/table.
 */
#include "bugs_world.h"
#include "chp.h"
#include "host_fault.h"

#define CRW_REGION	(3 << 10)
#define ERC_PERMANENT	6

static void vary(struct world *w, int event)
{
	CU_ASSERT_EQUAL(host_chp_event(w->sim->host,
				       w->ccw->sch->ssd_info.chpid[0].id,
				       event), 0);
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
		{ "a report is not lost if the reader's buffer faults",
		  faulting },
		{ "a byte of the region of reports takes none", one_byte },
		CU_TEST_INFO_NULL,
	};

	return world_main(argc, argv, "bugs_events", tests);
}
