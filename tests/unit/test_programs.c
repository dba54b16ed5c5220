/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A hostile guest: random channel programs, on a terminal that sometimes ends a
 * command with status modifier, so that the channel skips a CCW. Whatever the
 * program, the start is answered or refused, and the channel touches nothing but
 * the driver's arena and pages pinned for just that; the host sees to this.
 */
#include <errno.h>
#include <stdio.h>

#include "driver_world.h"

#define PROGRAMS	20000
#define CCWS		8	/* of a program, at most */
#define FOREVER		100	/* waits after which a program hangs */

/* One simulation and a source of numbers that are the same in every run. */
struct guest {
	struct world world;
	u32 random;
	unsigned int accepted, refused;
};

/* Marsaglia's xorshift; its quality is not what is tested here. */
static u32 draw(struct guest *g, u32 below)
{
	g->random ^= g->random << 13;
	g->random ^= g->random >> 17;
	g->random ^= g->random << 5;
	return g->random % below;
}

static u32 pick(struct guest *g, const u32 *from, u32 count)
{
	return from[draw(g, count)];
}

/* A CCW that is often right and sometimes wrong in an interesting way. */
static struct ccw_format1 random_ccw(struct guest *g)
{
	static const u32 commands[] = {
		0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x08, 0x0c, 0x11, 0xe4, 0xe4,
	};
	static const u32 flags[] = {
		0, CCW0_CC, CCW0_CC, CCW0_CC, CCW0_CD, CCW0_CD,
		CCW0_CC | CCW0_CD,
	};
	static const u32 more_flags[] = {
		0, CCW0_SLI, CCW0_SLI, CCW0_SLI | CCW0_SKIP, CCW0_PCI,
	};
	static const u32 counts[] = { 0, 1, 7, 7, 4096, 65535 };
	static const u32 places[] = {
		0x2000, 0x2ffe, 0x8000, 0xffffe, 0x100000, 0x40000000,
		0x7ffffff8, 0x80000000, 0,
	};
	u32 word = FIELD_PREP(CCW0_CMD, pick(g, commands, ARRAY_SIZE(commands)));

	word |= pick(g, flags, ARRAY_SIZE(flags));
	word |= pick(g, more_flags, ARRAY_SIZE(more_flags));
	word |= FIELD_PREP(CCW0_COUNT, pick(g, counts, ARRAY_SIZE(counts)));
	return (struct ccw_format1){
		.word = { cpu_to_be32(word),
			  cpu_to_be32(pick(g, places, ARRAY_SIZE(places))) },
	};
}

/* Start a random program; the last CCW does not chain, most of the time. */
static int start_random(struct guest *g)
{
	struct ccw_format1 ccw[CCWS];
	struct world *w = &g->world;
	unsigned int i, nr = 1 + draw(g, CCWS);
	u32 place = draw(g, 50) ? PROGRAM : 0x100000 - 16;
	struct ccw_orb orb;

	for (i = 0; i < nr; i++)
		ccw[i] = random_ccw(g);
	if (draw(g, 10))
		ccw[nr - 1].word[0] &= ~cpu_to_be32(CCW0_CC | CCW0_CD);
	w->port->ops->store(w->port, PROGRAM, ccw, nr * sizeof(*ccw));
	orb = world_orb(place);
	if (draw(g, 2))
		orb.word[1] &= ~cpu_to_be32(ORB1_P);
	return world_start_orb(w, &orb);
}

static void guest_task(void *arg)
{
	struct guest *g = arg;
	struct world *w = &g->world;
	unsigned int waits;

	world_idle(w);
	for (unsigned int n = 0; n < PROGRAMS; n++) {
		int ret;

		world_behave(w, draw(g, 2) ?
				PORT_DEVICE_RELEASE : PORT_DEVICE_MODIFY);
		ret = start_random(g);
		if (ret) {
			CU_ASSERT_EQUAL(ret, -ETXTBSY);
			CU_ASSERT_EQUAL(w->ccw->cp.part[0].nr, 0);
			g->refused++;
			continue;
		}
		g->accepted++;
		for (waits = 0; w->ccw->state == VFIO_CCW_STATE_BUSY &&
		     waits < FOREVER; waits++)
			world_wait(w, LONG_ENOUGH);
		CU_ASSERT_EQUAL_FATAL(w->ccw->state, VFIO_CCW_STATE_IDLE);
		while (vfio_ccw_ring_used(&w->ccw->results))
			world_read(w);
	}
}

static void a_hostile_guest_reaches_nothing_but_its_own(void)
{
	struct guest g = { .random = 0x12345678 };

	world_run(guest_task, &g);
	/* Both kinds must be there, or this tests nothing. */
	CU_ASSERT(g.accepted > PROGRAMS / 4);
	CU_ASSERT(g.refused > PROGRAMS / 100);
}

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "a hostile guest reaches nothing but its own",
		  a_hostile_guest_reaches_nothing_but_its_own },
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "programs", tests);
}
