/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bugs and weaknesses of Linux's translation of channel programs. Which
 * one, and why it cannot occur here: tests/bugs/table.
 */
#include "bugs_world.h"
#include "host_fault.h"
#include "host_memory.h"

#define OTHER		(DATA + 0x3000)		/* a page far from DATA's */
#define END		PORT_GUEST_MEMORY	/* of guest memory */
#define WHOLE_ORB	(ORB1_F | ORB1_P)
#define LENGTH		7		/* of what SENSE ID gives */
#define NOOP		0x03
#define TIC		0x08

static void store(struct world *w, u32 guest, const void *bytes, size_t length)
{
	CU_ASSERT_EQUAL(w->port->ops->store(w->port, guest, bytes, length), 0);
}

static void store_ccw(struct world *w, u32 guest, struct ccw_format1 ccw)
{
	store(w, guest, &ccw, sizeof(ccw));
}

static void store_word(struct world *w, u32 guest, u32 word)
{
	const __be32 raw = cpu_to_be32(word);

	store(w, guest, &raw, sizeof(raw));
}

/* Is the first byte that SENSE ID gives at @first, are the others at @rest? */
static bool sensed(struct world *w, u32 first, u32 rest)
{
	const u8 expected[LENGTH] = { 0xff, 0x32, 0x70 };
	u8 got[LENGTH];

	w->port->ops->load(w->port, first, got, 1);
	w->port->ops->load(w->port, rest, got + 1, LENGTH - 1);
	return !memcmp(got, expected, LENGTH);
}

/* Start and wait. Return: the subchannel status, or -errno */
static int run(struct world *w, u32 cpa, u32 orb1)
{
	int ret = bugs_start_orb(w, cpa, orb1);

	if (ret)
		return ret;
	world_wait(w, 100 * LONG_ENOUGH);
	return be32_get_bits(world_read(w).word[2], SCSW2_CSTAT);
}

#define PROGRAM_CHECK	FIELD_GET(SCSW2_CSTAT, SCSW2_CSTAT_PROG)

/* A program of several segments and a list, so that much can fail. */
static void store_segments(struct world *w)
{
	u32 at, next;

	for (at = PROGRAM; at < PROGRAM + 20 * 0x20; at = next) {
		next = at + 0x20;
		store_ccw(w, at, bugs_ccw(NOOP, CCW0_CC | CCW0_SLI, 1, 0));
		store_ccw(w, at + 8, bugs_ccw(TIC, 0, 0, next));
	}
	store_ccw(w, at, bugs_ccw(SENSE_ID, CCW0_SLI | CCW0_CC, LENGTH, OTHER));
	store_ccw(w, at + 8, bugs_ccw(SENSE_ID, CCW0_SLI | CCW0_IDA, LENGTH,
				      PROGRAM + 0x800));
	store_word(w, PROGRAM + 0x800, DATA);
}

/* Make the n-th call of its kind fail in a start, for every n there is. */
static void failing(struct world *w, enum host_fault kind)
{
	unsigned int n = 0;
	bool hit;

	do {
		vfio_ccw_cp_free(&w->ccw->cp); /* so that it is made anew */
		host_fault_arm(w->sim->host, kind, ++n);
		hit = run(w, PROGRAM, WHOLE_ORB) != 0;
		CU_ASSERT_EQUAL(hit, host_fault_hit(w->sim->host, kind));
		host_fault_arm(w->sim->host, kind, 0);
		CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_IDLE);
		CU_ASSERT_FALSE(vfio_ccw_cp_pinned(&w->ccw->cp, 0, END));
		if (hit)
			CU_ASSERT_EQUAL(run(w, PROGRAM, WHOLE_ORB), 0);
	} while (hit && n < 100);
	CU_ASSERT_TRUE(n > 1);
}

static void no_memory_task(void *arg)
{
	struct world *w = arg;

	world_idle(w);
	store_segments(w);
	failing(w, HOST_FAULT_ALLOC);
}
TEST_IN_A_WORLD(no_memory)

static void no_pin_task(void *arg)
{
	struct world *w = arg;

	world_idle(w);
	store_segments(w);
	failing(w, HOST_FAULT_PIN);
}
TEST_IN_A_WORLD(no_pin)

static void transfer_task(void *arg)
{
	struct world *w = arg;

	world_idle(w);
	store_segments(w);
	CU_ASSERT_EQUAL(run(w, PROGRAM, WHOLE_ORB), 0);
}
TEST_IN_A_WORLD(transfer)

/* Segments of two CCWs, @apart bytes from each other, without an end. */
static void refuses_segments(struct world *w, u32 apart)
{
	u32 nr, at = PROGRAM;

	for (nr = 0; nr < VFIO_CCW_MAX_CCWS; nr++, at += apart) {
		store_ccw(w, at, bugs_ccw(NOOP, CCW0_CC | CCW0_SLI, 1, 0));
		store_ccw(w, at + 8, bugs_ccw(TIC, 0, 0, at + apart));
	}
	CU_ASSERT_EQUAL(run(w, PROGRAM, WHOLE_ORB), -E2BIG);
	CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_IDLE);
}

static void endless_task(void *arg)
{
	struct world *w = arg;

	world_idle(w);
	refuses_segments(w, 32);
	refuses_segments(w, 16);
}
TEST_IN_A_WORLD(endless)

/* Store a chain of @nr NOOPs. */
static void store_chain(struct world *w, u32 at, unsigned int nr)
{
	for (; nr; nr--, at += 8)
		store_ccw(w, at, bugs_ccw(NOOP, CCW0_SLI |
					  (nr > 1 ? CCW0_CC : 0), 1, 0));
}

static void long_chain_task(void *arg)
{
	struct world *w = arg;

	world_idle(w);
	for (unsigned int nr = 60; nr < 70; nr++) {
		store_chain(w, PROGRAM, nr);
		CU_ASSERT_EQUAL(run(w, PROGRAM, WHOLE_ORB), 0);
	}
}
TEST_IN_A_WORLD(long_chain)

static void limit_task(void *arg)
{
	struct world *w = arg;

	world_idle(w);
	store_chain(w, PROGRAM, VFIO_CCW_MAX_CCWS);
	CU_ASSERT_EQUAL(run(w, PROGRAM, WHOLE_ORB), 0);
	store_chain(w, PROGRAM, VFIO_CCW_MAX_CCWS + 1);
	CU_ASSERT_EQUAL(run(w, PROGRAM, WHOLE_ORB), -E2BIG);
}
TEST_IN_A_WORLD(limit)

/*
 * A guest that changes the first word of its list, again and again. With one of
 * its values the data take one block, with the other two; all is well in both.
 */
static void list_guest(void *arg)
{
	struct world *w = arg;

	for (unsigned int i = 0; i < 200; i++) {
		store_word(w, PROGRAM + 0x800, i % 2 ? DATA : DATA + 0x7fc);
		sched_yield_point(w->sim->sched, __func__);
	}
}

static void list_task(void *arg)
{
	struct world *w = arg;
	unsigned int waits = 0;

	world_idle(w);
	store_ccw(w, PROGRAM, bugs_ccw(SENSE_ID, CCW0_SLI | CCW0_IDA, LENGTH,
				       PROGRAM + 0x800));
	store_word(w, PROGRAM + 0x800, DATA);
	store_word(w, PROGRAM + 0x804, OTHER);
	sched_spawn(w->sim->sched, "guest", list_guest, w);
	CU_ASSERT_EQUAL(world_start_at(w, PROGRAM), 0);
	while (w->ccw->state == VFIO_CCW_STATE_BUSY && waits++ < 1000)
		world_wait(w, LONG_ENOUGH);
	CU_ASSERT_EQUAL(be32_get_bits(world_read(w).word[2], SCSW2_CSTAT), 0);
}

static void changing(void)
{
	bugs_race(list_task);
}

/* Behind the list there is no memory, before its CCW one with a list, too. */
static void short_words_task(void *arg)
{
	struct world *w = arg;

	world_idle(w);
	store_ccw(w, PROGRAM, bugs_ccw(SENSE_ID, CCW0_SLI | CCW0_CC, LENGTH,
				       DATA));
	store_ccw(w, PROGRAM + 8, bugs_ccw(SENSE_ID, CCW0_SLI | CCW0_IDA,
					   4 * 2048, END - 16));
	for (u32 i = 0; i < 4; i++)
		store_word(w, END - 16 + 4 * i, OTHER + 2048 * i);
	CU_ASSERT_EQUAL(run(w, PROGRAM, WHOLE_ORB), 0);
	CU_ASSERT_TRUE(sensed(w, DATA, DATA + 1));
	CU_ASSERT_TRUE(sensed(w, OTHER, OTHER + 1));
}
TEST_IN_A_WORLD(short_words)

static void midaw_task(void *arg)
{
	const __be32 list[8] = {
		0, cpu_to_be32(1), 0, cpu_to_be32(DATA + 0xfff),
		0, cpu_to_be32(MIDAW1_LAST | (LENGTH - 1)),
		0, cpu_to_be32(OTHER + 5),
	};
	struct world *w = arg;

	world_idle(w);
	store_ccw(w, PROGRAM, bugs_ccw(SENSE_ID, CCW0_SLI | CCW0_MIDA, LENGTH,
				       PROGRAM + 0x800));
	store(w, PROGRAM + 0x800, list, sizeof(list));
	CU_ASSERT_EQUAL(run(w, PROGRAM, WHOLE_ORB | ORB1_D), 0);
	CU_ASSERT_TRUE(sensed(w, DATA + 0xfff, OTHER + 5));
	CU_ASSERT_EQUAL(run(w, PROGRAM, WHOLE_ORB), PROGRAM_CHECK);
}
TEST_IN_A_WORLD(midaw)

static void suspended_task(void *arg)
{
	struct world *w = arg;

	world_idle(w);
	store_ccw(w, PROGRAM, bugs_ccw(SENSE_ID, CCW0_SLI | CCW0_CC, LENGTH,
				       DATA));
	store_ccw(w, PROGRAM + 8, bugs_ccw(SENSE_ID, CCW0_SLI | CCW0_S, LENGTH,
					   OTHER));
	CU_ASSERT_EQUAL(run(w, PROGRAM, WHOLE_ORB | ORB1_S), 0);
	CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_BUSY);
	CU_ASSERT_TRUE(bugs_program_lives(w));
	CU_ASSERT_EQUAL(world_command(w, VFIO_CCW_ASYNC_CMD_CSCH), 0);
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT_FALSE(bugs_program_lives(w));
}
TEST_IN_A_WORLD(suspended)

static void end_of_memory_task(void *arg)
{
	struct world *w = arg;

	world_idle(w);
	store_ccw(w, END - 8, bugs_ccw(SENSE_ID, CCW0_SLI, LENGTH, DATA));
	CU_ASSERT_EQUAL(run(w, END - 8, WHOLE_ORB), 0);
	CU_ASSERT_TRUE(sensed(w, DATA, DATA + 1));
}
TEST_IN_A_WORLD(end_of_memory)

static void answers_task(void *arg)
{
	struct world *w = arg;
	u32 at;

	world_idle(w);
	store_chain(w, PROGRAM, VFIO_CCW_MAX_CCWS + 1);
	CU_ASSERT_EQUAL(run(w, PROGRAM, WHOLE_ORB), -E2BIG);
	for (at = PROGRAM; at < PROGRAM + 4090 * 8; at += 8)
		store_ccw(w, at, bugs_ccw(0x01, CCW0_CC | CCW0_SLI, 65535,
					  0x20000));
	store_ccw(w, at, bugs_ccw(NOOP, CCW0_SLI, 1, 0));
	CU_ASSERT_EQUAL(run(w, PROGRAM, WHOLE_ORB), -EFBIG);
	store_ccw(w, PROGRAM, bugs_ccw(SENSE_ID, CCW0_SLI, LENGTH, PROGRAM));
	CU_ASSERT_EQUAL(run(w, PROGRAM, ORB1_F), -ETXTBSY);
	CU_ASSERT_EQUAL(run(w, PROGRAM, WHOLE_ORB | ORB1_B), -EOPNOTSUPP);
	CU_ASSERT_EQUAL(run(w, END, WHOLE_ORB), PROGRAM_CHECK);
}
TEST_IN_A_WORLD(answers)

static void own_ccws_task(void *arg)
{
	struct world *w = arg;

	world_idle(w);
	store_ccw(w, PROGRAM, bugs_ccw(SENSE_ID, CCW0_SLI | CCW0_CC, LENGTH,
				       PROGRAM + 8));
	store_ccw(w, PROGRAM + 8, bugs_ccw(NOOP, CCW0_SLI, 1, 0));
	CU_ASSERT_EQUAL(run(w, PROGRAM, ORB1_F), -ETXTBSY);
	CU_ASSERT_FALSE(vfio_ccw_cp_pinned(&w->ccw->cp, 0, END));
}
TEST_IN_A_WORLD(own_ccws)

static void three_lists_task(void *arg)
{
	static const struct {
		u32 orb1, block;
	} kinds[] = {
		{ 0, 2048 }, { ORB1_H | ORB1_T, 2048 }, { ORB1_H, 4096 },
	};
	struct world *w = arg;

	world_idle(w);
	store_ccw(w, PROGRAM, bugs_ccw(SENSE_ID, CCW0_SLI | CCW0_IDA, LENGTH,
				       PROGRAM + 0x800));
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
		u32 first = DATA + kinds[i].block - 1, size = 4;

		if (kinds[i].orb1)
			size = 8;
		store(w, PROGRAM + 0x800, (__be64[2]){ 0 }, 16);
		store_word(w, PROGRAM + 0x800 + size - 4, first);
		store_word(w, PROGRAM + 0x800 + 2 * size - 4, OTHER);
		store(w, OTHER, (u8[2]){ 0 }, 2);
		CU_ASSERT_EQUAL(run(w, PROGRAM, WHOLE_ORB | kinds[i].orb1), 0);
		CU_ASSERT_TRUE(sensed(w, first, OTHER));
	}
}
TEST_IN_A_WORLD(three_lists)

static void crooked_list_task(void *arg)
{
	struct world *w = arg;

	world_idle(w);
	store_ccw(w, PROGRAM, bugs_ccw(SENSE_ID, CCW0_SLI | CCW0_IDA, LENGTH,
				       PROGRAM + 0x800));
	store_word(w, PROGRAM + 0x800, DATA + 0x7fc);
	store_word(w, PROGRAM + 0x804, OTHER + 8);
	CU_ASSERT_EQUAL(run(w, PROGRAM, WHOLE_ORB), PROGRAM_CHECK);
}
TEST_IN_A_WORLD(crooked_list)

static void crooked_address_task(void *arg)
{
	struct world *w = arg;

	world_idle(w);
	store_ccw(w, PROGRAM, bugs_ccw(SENSE_ID, CCW0_SLI, LENGTH, DATA));
	store_ccw(w, PROGRAM + 8, bugs_ccw(SENSE_ID, CCW0_SLI, LENGTH, DATA));
	CU_ASSERT_EQUAL(run(w, PROGRAM + 4, WHOLE_ORB), PROGRAM_CHECK);
	CU_ASSERT_EQUAL(run(w, BIT(31), WHOLE_ORB), PROGRAM_CHECK);
	store_ccw(w, PROGRAM, bugs_ccw(SENSE_ID, CCW0_SLI, LENGTH,
				       BIT(31) | DATA));
	CU_ASSERT_EQUAL(run(w, PROGRAM, WHOLE_ORB), PROGRAM_CHECK);
}
TEST_IN_A_WORLD(crooked_address)

/* A channel may look at a list even if no data move: it must be our own. */
static void no_data_task(void *arg)
{
	static const struct {
		u8 cmd;
		u32 flags;
		u16 count;
	} cases[] = {
		{ NOOP, 0, 8 }, { SENSE_ID, CCW0_SKIP, LENGTH }, { NOOP, 0, 0 },
	};
	struct world *w = arg;
	struct ccw_format1 ccw;
	__be64 word;
	u8 byte;

	world_idle(w);
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		store_ccw(w, PROGRAM, bugs_ccw(cases[i].cmd, cases[i].flags |
					       CCW0_SLI | CCW0_IDA,
					       cases[i].count, END));
		world_behave(w, PORT_DEVICE_HOLD);
		CU_ASSERT_EQUAL(world_start_at(w, PROGRAM), 0);
		CU_ASSERT_EQUAL(host_storage(w->sim->host,
					     vfio_ccw_cp_start(&w->ccw->cp),
					     &ccw, sizeof(ccw), 0, false), 0);
		CU_ASSERT_EQUAL(host_storage(w->sim->host,
					     be32_to_cpu(ccw.word[1]), &word,
					     sizeof(word), 0, false), 0);
		CU_ASSERT_EQUAL(host_storage(w->sim->host, be64_to_cpu(word),
					     &byte, 1, 0, false), 0);
		world_behave(w, PORT_DEVICE_RELEASE);
		world_wait(w, LONG_ENOUGH);
		CU_ASSERT_EQUAL(w->ccw->state, VFIO_CCW_STATE_IDLE);
		CU_ASSERT_EQUAL(be32_get_bits(world_read(w).word[2],
					      SCSW2_CSTAT), 0);
	}
}
TEST_IN_A_WORLD(no_data)

/* Search, transfer, read: with status modifier the transfer is skipped. */
static void skip_task(void *arg)
{
	struct world *w = arg;

	world_idle(w);
	store_ccw(w, PROGRAM, bugs_ccw(NOOP, CCW0_CC | CCW0_SLI, 1, 0));
	store_ccw(w, PROGRAM + 8, bugs_ccw(TIC, 0, 0, PROGRAM + 0x800));
	store_ccw(w, PROGRAM + 16, bugs_ccw(SENSE_ID, CCW0_SLI, LENGTH, DATA));
	store_ccw(w, PROGRAM + 0x800, bugs_ccw(NOOP, CCW0_SLI, 1, 0));
	CU_ASSERT_EQUAL(run(w, PROGRAM, WHOLE_ORB), 0);
	CU_ASSERT_FALSE(sensed(w, DATA, DATA + 1));
	world_behave(w, PORT_DEVICE_MODIFY);
	CU_ASSERT_EQUAL(run(w, PROGRAM, WHOLE_ORB), 0);
	CU_ASSERT_TRUE(sensed(w, DATA, DATA + 1));
}
TEST_IN_A_WORLD(skip)

static void read_only_task(void *arg)
{
	struct world *w = arg;
	struct host_file *file;

	world_idle(w);
	file = w->sim->port.file;
	CU_ASSERT(host_vfio_unmap(file, 0, END) > 0);
	CU_ASSERT_EQUAL(host_vfio_map(file, 0, 0, END, VFIO_DMA_MAP_FLAG_READ),
			0);
	CU_ASSERT_EQUAL(bugs_start(w, bugs_ccw(0x01, CCW0_SLI, 1, DATA)), 0);
	world_wait(w, LONG_ENOUGH);
	CU_ASSERT_EQUAL(be32_get_bits(world_read(w).word[2], SCSW2_CSTAT), 0);
	store_ccw(w, PROGRAM, bugs_ccw(SENSE_ID, CCW0_SLI, LENGTH, DATA));
	CU_ASSERT_EQUAL(run(w, PROGRAM, WHOLE_ORB), PROGRAM_CHECK);
}
TEST_IN_A_WORLD(read_only)

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "a translation out of memory leaves nothing behind",
		  no_memory },
		{ "a translation that cannot pin unpins what it has pinned",
		  no_pin },
		{ "a transfer leads to where its target was translated to",
		  transfer },
		{ "a program of endless segments is refused", endless },
		{ "a chain longer than what is read at once is translated",
		  long_chain },
		{ "a program may have as many CCWs as the limit says", limit },
		{ "a list that the guest changes is one list or the other",
		  changing },
		{ "a list of 31-bit addresses is read no further than it goes",
		  short_words },
		{ "a list of MIDAWs is translated, or a program check", midaw },
		{ "a program that is suspended is not finished", suspended },
		{ "a program at the end of memory is translated",
		  end_of_memory },
		{ "each limit has an answer of its own", answers },
		{ "a program that reads into its own CCWs is refused",
		  own_ccws },
		{ "all three kinds of address lists are translated",
		  three_lists },
		{ "a crooked address in a list is a program check",
		  crooked_list },
		{ "a crooked address of a CCW or of data is a program check",
		  crooked_address },
		{ "a CCW that moves no data may have any list", no_data },
		{ "a skip leads to the CCW behind the transfer", skip },
		{ "output from read-only memory works, input does not",
		  read_only },
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "bugs_translation", tests);
}
