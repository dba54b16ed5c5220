// SPDX-License-Identifier: GPL-2.0-only
/* The unruly device round a scripted one: what reaches whom, and when. */
#include "dev_unruly.h"
#include "machine_world.h"
#include "sched.h"

#define CE_DE		(SCSW2_DSTAT_CE | SCSW2_DSTAT_DE)
#define WRITE		0x01
#define READ		0x02
#define SENSE		0x04
#define MS		1000000ull

struct desk {
	struct world *w;
	struct scripted inside;
	struct sched *sched;
	struct dev_unruly *unruly;
};

static const struct act good = { .ending = 0x0c, .bytes = 8 };

static void desk_create(struct desk *d, const struct act *acts)
{
	*d = (struct desk){ .inside = { .acts = acts, .left = 1 } };
	d->sched = sched_create(0, NULL);
	d->unruly = dev_unruly_create(&scripted_ops, &d->inside, d->sched);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d->unruly);
	d->w = world_create_with(&dev_unruly_ops, d->unruly);
}

static void desk_destroy(struct desk *d)
{
	world_destroy(d->w);
	dev_unruly_destroy(d->unruly);
	sched_destroy(d->sched);
}

static void behave(struct desk *d, struct port_manner manner)
{
	CU_ASSERT_EQUAL(dev_unruly_behave(d->unruly, &manner), 0);
}
#define BEHAVE(d, f, ...) \
	behave(d, (struct port_manner){ .fault = f, __VA_ARGS__ })

static void start(struct desk *d, u8 command, u32 flags, u32 count)
{
	u32 ccw[] = { (u32)command << 24 | flags | count, 0x2000 };

	world_put(d->w, 0x1000, ccw, 2);
	CU_ASSERT_EQUAL(world_ssch(d->w, WORLD_ORB_KEY0, 0x1000), 0);
	world_run(d->w, 10);
}

/* Return: word 2 of the SCSW, which is cleared. */
static u32 take(struct desk *d)
{
	struct ccw_irb irb;

	CU_ASSERT_EQUAL(machine_tsch(d->w->m, d->w->sid, &irb), 0);
	return be32_to_cpu(irb.scsw.word[2]);
}

static u32 command(struct desk *d, u8 code, u32 count)
{
	start(d, code, 0, count);
	return take(d);
}

static void test_passes_everything_on(void)
{
	struct desk d;

	desk_create(&d, &good);
	CU_ASSERT_EQUAL(command(&d, READ, 8), CE_DE);
	CU_ASSERT_EQUAL(d.w->storage[0x2007], 8);
	CU_ASSERT_EQUAL(command(&d, WRITE, 9), CE_DE | SCSW2_CSTAT_IL | 1);
	CU_ASSERT_EQUAL(d.inside.got, 8);
	CU_ASSERT_EQUAL(command(&d, READ, 7), CE_DE | SCSW2_CSTAT_IL);
	CU_ASSERT_EQUAL(machine_hsch(d.w->m, d.w->sid), 0);
	world_run(d.w, 10);
	take(&d);
	CU_ASSERT_EQUAL(machine_csch(d.w->m, d.w->sid), 0);
	world_run(d.w, 10);
	CU_ASSERT_EQUAL(d.inside.halts, 1);
	CU_ASSERT_EQUAL(d.inside.clears, 1);
	CU_ASSERT_EQUAL(dev_unruly_behave(d.unruly, &(struct port_manner){
				.fault = PORT_PATH_OFF }), -EOPNOTSUPP);
	desk_destroy(&d);
}

/* What a write pretends to take does not change what the program has written. */
static void test_length_of_output(void)
{
	struct desk d;

	desk_create(&d, &good);
	memset(d.w->storage + 0x2000, 0x55, 16);
	BEHAVE(&d, PORT_DEVICE_LENGTH, .bytes = 12);
	CU_ASSERT_EQUAL(command(&d, WRITE, 12), CE_DE);
	CU_ASSERT_EQUAL(d.inside.got, 8);
	CU_ASSERT_EQUAL(d.w->storage[0x200b], 0x55);
	BEHAVE(&d, PORT_DEVICE_LENGTH, .bytes = 3);
	CU_ASSERT_EQUAL(command(&d, WRITE, 12), CE_DE | SCSW2_CSTAT_IL | 9);
	CU_ASSERT_EQUAL(d.inside.got, 11);
	CU_ASSERT_EQUAL(command(&d, WRITE, 8), CE_DE);	/* only that one */
	desk_destroy(&d);
}

static void test_refusal_is_not_seen_inside(void)
{
	struct desk d;

	desk_create(&d, &good);
	BEHAVE(&d, PORT_DEVICE_CHECK, .sense = { 0x10, 0x20 });
	CU_ASSERT_EQUAL(command(&d, READ, 8), SCSW2_DSTAT_UC | 8);
	CU_ASSERT_EQUAL(d.inside.selected, 0);
	CU_ASSERT_EQUAL(command(&d, SENSE, 33), CE_DE | SCSW2_CSTAT_IL | 1);
	CU_ASSERT_EQUAL(d.inside.selected, 0);
	CU_ASSERT_EQUAL(d.w->storage[0x2001], 0x20);
	CU_ASSERT_EQUAL(d.w->storage[0x2002], 0);
	command(&d, SENSE, 8);
	CU_ASSERT_EQUAL(d.inside.selected, 1);
	desk_destroy(&d);
}

static void test_clear_forgets_what_is_owed(void)
{
	struct desk d;

	desk_create(&d, &good);
	BEHAVE(&d, PORT_DEVICE_DELAY, .ns = 5 * MS);
	start(&d, READ, 0, 8);
	CU_ASSERT_EQUAL(machine_csch(d.w->m, d.w->sid), 0);
	world_run(d.w, 10);
	take(&d);
	while (sched_step(d.sched))
		;
	CU_ASSERT_EQUAL(d.w->interruptions, 1);
	start(&d, READ, 0, 8);
	CU_ASSERT_EQUAL(d.w->interruptions, 1);
	while (sched_step(d.sched))
		;
	CU_ASSERT_EQUAL(d.w->interruptions, 2);
	CU_ASSERT_EQUAL(take(&d), CE_DE);
	desk_destroy(&d);
}

/* A release comes before the appointment, and there is no second status. */
static void test_release_of_a_delayed_end(void)
{
	struct desk d;

	desk_create(&d, &good);
	BEHAVE(&d, PORT_DEVICE_DELAY, .ns = 5 * MS);
	start(&d, READ, 0, 8);
	BEHAVE(&d, PORT_DEVICE_RELEASE);
	CU_ASSERT_EQUAL(take(&d), CE_DE);
	while (sched_step(d.sched))
		;
	CU_ASSERT_EQUAL(d.w->interruptions, 1);
	desk_destroy(&d);
}

static void test_busy_tells_only_whom_it_has_refused(void)
{
	struct desk d;

	desk_create(&d, &good);
	BEHAVE(&d, PORT_DEVICE_BUSY, .ns = MS);
	while (sched_step(d.sched))
		;
	world_run(d.w, 10);
	CU_ASSERT_EQUAL(d.w->interruptions, 0);
	BEHAVE(&d, PORT_DEVICE_BUSY, .ns = MS);
	start(&d, READ, 0, 8);
	CU_ASSERT_EQUAL(d.w->interruptions, 0);
	CU_ASSERT_EQUAL(d.inside.selected, 0);
	while (sched_step(d.sched))
		;
	world_run(d.w, 10);
	CU_ASSERT_EQUAL(take(&d), CE_DE);
	desk_destroy(&d);
}

/* Silence is until the release; a halt then ends what nobody has executed. */
static void test_silence(void)
{
	struct desk d;

	desk_create(&d, &good);
	BEHAVE(&d, PORT_DEVICE_SILENT);
	start(&d, READ, 0, 8);
	CU_ASSERT_EQUAL(machine_hsch(d.w->m, d.w->sid), 0);
	world_run(d.w, 10);
	CU_ASSERT_EQUAL(d.w->interruptions, 0);
	CU_ASSERT_EQUAL(machine_csch(d.w->m, d.w->sid), 0);
	world_run(d.w, 10);
	take(&d);
	start(&d, READ, 0, 8);
	BEHAVE(&d, PORT_DEVICE_RELEASE);
	world_run(d.w, 10);
	CU_ASSERT_EQUAL(d.w->interruptions, 1);
	CU_ASSERT_EQUAL(machine_hsch(d.w->m, d.w->sid), 0);
	world_run(d.w, 10);
	CU_ASSERT_EQUAL(take(&d) & CE_DE, CE_DE);
	CU_ASSERT_EQUAL(command(&d, READ, 8), CE_DE);
	desk_destroy(&d);
}

/* Destroyed with appointments open: nothing comes of them. */
static void test_destroyed_while_it_owes(void)
{
	struct desk d;

	desk_create(&d, &good);
	BEHAVE(&d, PORT_DEVICE_DELAY, .ns = MS);
	BEHAVE(&d, PORT_DEVICE_DOUBLE);
	start(&d, READ, 0, 8);
	BEHAVE(&d, PORT_DEVICE_BUSY, .ns = MS);
	desk_destroy(&d);
}

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "passes everything on", test_passes_everything_on },
		{ "length of output", test_length_of_output },
		{ "refusal is not seen inside",
		  test_refusal_is_not_seen_inside },
		{ "clear forgets what is owed",
		  test_clear_forgets_what_is_owed },
		{ "release of a delayed end", test_release_of_a_delayed_end },
		{ "busy tells only whom it has refused",
		  test_busy_tells_only_whom_it_has_refused },
		{ "silence", test_silence },
		{ "destroyed while it owes", test_destroyed_while_it_owes },
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "unruly", tests);
}
