/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The benchmark on our machine: the work of work.h, then what only we have.
 *
 * usage: bench_sim MEASURE...	print a line for each: what it is, and a number
 *	  bench_sim --brief MEASURE...	one short round each, to see that it works
 */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/bitfield.h>

#include "device.h"
#include "machine.h"
#include "sim.h"
#include "vmm.h"
#include "work.h"

static unsigned int rounds = WORK_ROUNDS;

static void die(const char *what)
{
	fprintf(stderr, "bench_sim: %s\n", what);
	exit(1);
}

static u64 nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* Do it so often in each round. Print how often a second in the shortest. */
static void measure(const char *what, void (*once)(void *), void *arg,
		    unsigned int times, unsigned int each)
{
	u64 best = ~0ull;

	for (unsigned int round = 0; round < rounds; round++) {
		u64 began = nanoseconds(), took;

		for (unsigned int i = 0; i < times; i++)
			once(arg);
		took = nanoseconds() - began;
		best = took < best ? took : best;
	}
	printf("%s %llu\n", what,
	       (unsigned long long)(times * each * 1000000000ull / best));
}

/* ---- the machine alone ---- */

#define STORAGE	0x10000u
#define CHAIN	0x1000u		/* where the chain is */
#define NOOP	0x2000u		/* where the other program is */
#define AREA	0x4000u		/* where the first area is */

/* A device that has 32 bytes of sense data, as those have that it is beside. */
struct senser {
	u8 sense[WORK_BYTES];
};

static void senser_attached(void *device, struct machine *m, u32 sid)
{
}

static u8 senser_select(void *device, u8 command)
{
	return command == WORK_SENSE ? 0 : DEVICE_CHANNEL_END | DEVICE_END;
}

static u32 senser_transfer(void *device, u8 *data, u32 length)
{
	struct senser *senser = device;

	if (length < WORK_BYTES)
		die("the device is not asked for all it has");
	memcpy(data, senser->sense, WORK_BYTES);
	return WORK_BYTES;
}

static u8 senser_stop(void *device, bool *more)
{
	return DEVICE_CHANNEL_END | DEVICE_END;
}

static u8 senser_halt(void *device)
{
	return DEVICE_CHANNEL_END | DEVICE_END;
}

static void senser_clear(void *device)
{
}

static const struct machine_device_ops senser_ops = {
	.name = "senser", .attached = senser_attached,
	.select = senser_select, .transfer = senser_transfer,
	.stop = senser_stop, .halt = senser_halt, .clear = senser_clear,
};

/* A machine, its storage, and the only step that can be due. */
struct bare {
	struct machine *m;
	u32 sid;
	struct senser senser;
	struct ccw_orb orb;
	void (*step)(void *arg);
	void *arg;
	u8 storage[STORAGE];
};

static int bare_storage(void *ctx, u64 absolute, void *buf, u32 len, u8 key,
			bool write)
{
	struct bare *bare = ctx;

	if (absolute >= STORAGE || len > STORAGE - absolute)
		return -EFAULT;
	if (write)
		memcpy(bare->storage + absolute, buf, len);
	else
		memcpy(buf, bare->storage + absolute, len);
	return 0;
}

static void bare_after(void *ctx, u64 ns, void (*fn)(void *), void *arg)
{
	struct bare *bare = ctx;

	if (bare->step)
		die("two steps at once");
	bare->step = fn;
	bare->arg = arg;
}

static void bare_pending(void *ctx, u32 sid)
{
}

static const struct machine_env bare_env = {
	.storage = bare_storage, .after = bare_after, .pending = bare_pending,
};

/* Start the program, let the channel work, take the end. */
static void bare_run(void *arg)
{
	struct bare *bare = arg;
	void (*step)(void *arg);
	struct ccw_irb irb;

	if (machine_ssch(bare->m, bare->sid, &bare->orb))
		die("START SUBCHANNEL does not answer 0");
	while ((step = bare->step)) {
		bare->step = NULL;
		step(bare->arg);
	}
	if (machine_tsch(bare->m, bare->sid, &irb) ||
	    be32_get_bits(irb.scsw.word[2], SCSW2_DSTAT | SCSW2_CSTAT) !=
	    (DEVICE_CHANNEL_END | DEVICE_END) << 8)
		die("the program failed");
}

static void put_ccw(u8 *at, u8 command, u8 flags, u16 count, u32 data)
{
	__be32 ccw[2] = {
		cpu_to_be32((u32)command << 24 | (u32)flags << 16 | count),
		cpu_to_be32(data),
	};

	memcpy(at, ccw, sizeof(ccw));
}

static void put_programs(u8 *storage)
{
	for (u32 i = 0; i < WORK_CCWS; i++)
		put_ccw(storage + CHAIN + 8 * i, WORK_SENSE,
			WORK_SLI | (i < WORK_CCWS - 1 ? WORK_CHAIN : 0),
			WORK_BYTES, AREA + WORK_APART * i);
	put_ccw(storage + NOOP, WORK_NOOP, WORK_SLI, 1, 0);
}

static void bare_enable(struct bare *bare)
{
	struct ccw_schib schib;

	if (machine_stsch(bare->m, bare->sid, &schib))
		die("STORE SUBCHANNEL does not answer 0");
	schib.pmcw.word[1] |= cpu_to_be32(PMCW1_E);
	if (machine_msch(bare->m, bare->sid, &schib))
		die("MODIFY SUBCHANNEL does not answer 0");
}

static void measure_bare(const char *what, u32 program, unsigned int times,
			 unsigned int each)
{
	struct bare *bare = calloc(1, sizeof(*bare));
	int sid;

	bare->m = bare ? machine_create(&bare_env, bare) : NULL;
	if (!bare->m)
		die("no memory");
	sid = machine_attach(bare->m, WORK_DEVICE, &senser_ops, &bare->senser);
	if (sid < 0)
		die("no subchannel");
	bare->sid = sid;
	bare_enable(bare);
	put_programs(bare->storage);
	bare->orb.word[1] = cpu_to_be32(WORK_ORB);
	bare->orb.word[2] = cpu_to_be32(program);
	measure(what, bare_run, bare, times, each);
	machine_destroy(bare->m);
	free(bare);
}

static void measure_ccws(void)
{
	measure_bare("ccws", CHAIN, WORK_CHAINS, WORK_CCWS);
}

static void measure_pairs(void)
{
	measure_bare("pairs", NOOP, WORK_PAIRS, 1);
}

/* ---- whole trips ---- */

#define TRIPS	1000	/* in a round */

static void trip(void *arg)
{
	struct vmm *vmm = arg;
	struct ccw_orb orb = { .word = { 0, cpu_to_be32(WORK_ORB),
					 cpu_to_be32(NOOP) } };
	struct ccw_irb irb;

	if (vmm_start(vmm, &orb) || vmm_interrupt(vmm, 1000, &irb) != 1)
		die("a trip failed");
}

/* Bind, create and open the simulation's device. */
static void begin_trips(struct port *port, struct vmm *vmm)
{
	u8 ccw[8];

	put_ccw(ccw, WORK_NOOP, WORK_SLI, 1, 0);
	vmm_init(vmm, port);
	if (port->ops->bind(port) || port->ops->create(port) ||
	    vmm_open(vmm) || vmm_reset(vmm) ||
	    port->ops->store(port, NOOP, ccw, sizeof(ccw)))
		die("the device cannot be opened");
}

static void end_trips(struct port *port, struct vmm *vmm)
{
	if (vmm_close(vmm) || port->ops->remove(port) ||
	    port->ops->unbind(port))
		die("the device cannot be closed");
}

static void trips(void *arg)
{
	struct port *port = sim_port(arg);
	struct vmm vmm;

	begin_trips(port, &vmm);
	measure("trips", trip, &vmm, TRIPS, 1);
	end_trips(port, &vmm);
}

static void simulate(void (*story)(void *sim))
{
	const struct sim_config config = { .seed = 0 };
	struct sim *sim = sim_create(&config, NULL, NULL);

	if (!sim || sim_run(sim, story, sim))
		die("the simulation failed");
	sim_destroy(sim);
}

static void measure_trips(void)
{
	simulate(trips);
}

/* ---- whole lives of a simulation, with one trip in each ---- */

#define LIVES	50	/* in a round */

static void one_trip(void *arg)
{
	struct port *port = sim_port(arg);
	struct vmm vmm;

	begin_trips(port, &vmm);
	trip(&vmm);
	end_trips(port, &vmm);
}

static void life(void *arg)
{
	simulate(one_trip);
}

static void measure_lives(void)
{
	measure("lives", life, NULL, LIVES, 1);
}

/* ---- memory ---- */

static size_t allocated(void)
{
	return mallinfo2().uordblks;
}

/* What the machine adds for a subchannel, the device's own memory apart. */
static void measure_subchannel(void)
{
	struct bare *bare = calloc(1, sizeof(*bare));
	size_t before;

	bare->m = bare ? machine_create(&bare_env, bare) : NULL;
	if (!bare->m)
		die("no memory");
	before = allocated();
	if (machine_attach(bare->m, WORK_DEVICE, &senser_ops, &bare->senser) < 0)
		die("no subchannel");
	printf("subchannel %zu\n", allocated() - before);
	machine_destroy(bare->m);
	free(bare);
}

/* What host and driver add for a device that is open and has done something. */
static void opened(void *arg)
{
	struct port *port = sim_port(arg);
	size_t before = allocated();
	struct vmm vmm;

	begin_trips(port, &vmm);
	trip(&vmm);
	printf("device %zu\n", allocated() - before);
	end_trips(port, &vmm);
}

static void measure_memory(void)
{
	measure_subchannel();
	simulate(opened);
}

static const struct {
	const char *name;
	void (*measure)(void);
} measures[] = {
	{ "ccws", measure_ccws },
	{ "pairs", measure_pairs },
	{ "trips", measure_trips },
	{ "lives", measure_lives },
	{ "memory", measure_memory },
};

int main(int argc, char **argv)
{
	unsigned int i;

	for (argv++; *argv; argv++) {
		if (!strcmp(*argv, "--brief")) {
			rounds = 1;
			continue;
		}
		for (i = 0; i < ARRAY_SIZE(measures); i++)
			if (!strcmp(*argv, measures[i].name))
				break;
		if (i == ARRAY_SIZE(measures)) {
			fprintf(stderr, "bench_sim: no measure '%s'\n", *argv);
			return 2;
		}
		measures[i].measure();
	}
	return 0;
}
