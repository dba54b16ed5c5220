/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A world for one machine, for the tests of machine, channel and devices: 64
 * KiB of storage (and the same again on both sides of 2 GiB, so that a list or
 * an address that is too long is not saved by pointing nowhere), a clock, a
 * count of interruptions, and a device that does what a script says.
 */
#ifndef TEST_MACHINE_WORLD_H
#define TEST_MACHINE_WORLD_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bitfield.h>

#include "device.h"
#include "machine.h"
#include "suite.h"

#define WORLD_STORAGE	0x10000u
#define WORLD_AGAIN	0x80000000ull	/* where the same storage is, again, */
#define WORLD_BELOW	(WORLD_AGAIN - WORLD_STORAGE)	/* and once more */
#define WORLD_EVENTS	256
#define WORLD_DUE	16
#define WORLD_ORB_KEY0	(ORB1_F | 0xff00)	/* format 1, every path */

/* A number of bytes, after each "some" of which the device wants time. */
#define ACT_PAUSES(bytes, some)	((some) << 16 | (bytes))

/* What the scripted device does for one command. */
struct act {
	u8 initial;		/* status at selection; 0: accept */
	u8 ending;		/* status after the data; 0: none yet */
	u32 bytes;		/* how many it moves, if it may */
};

struct scripted {
	struct machine *m;
	u32 sid;
	const struct act *acts;	/* one per command; the last is repeated */
	unsigned int left;	/* acts left, the present one included */
	bool deaf;
	u32 moved;		/* of the present command */
	bool wants_time;	/* it has said "later" */
	u8 commands[16];
	unsigned int selected;
	u8 written[256];	/* what it got, all commands together */
	unsigned int got;
	unsigned int halts, clears, senses;
};

struct world {
	struct machine *m;
	u32 sid;
	struct scripted device;
	u8 storage[WORLD_STORAGE];
	u32 forbidden;		/* fetching or storing from here on: -EACCES */
	u32 broken;		/* the byte that cannot be read; 0: none */
	u64 now;
	struct {
		u64 at;
		void (*fn)(void *arg);
		void *arg;
	} due[WORLD_DUE];
	unsigned int dues;
	unsigned int interruptions;
	struct machine_event events[WORLD_EVENTS];
	unsigned int happened;
};

static inline int world_storage(void *ctx, u64 absolute, void *buf, u32 len,
				u8 key, bool write)
{
	struct world *w = ctx;

	absolute &= ~WORLD_AGAIN;
	if (absolute >= WORLD_BELOW)
		absolute -= WORLD_BELOW;
	if (absolute >= WORLD_STORAGE || len > WORLD_STORAGE - absolute)
		return -EFAULT;
	if (w->forbidden && absolute + len > w->forbidden && key)
		return -EACCES;
	if (w->broken && absolute <= w->broken && absolute + len > w->broken)
		return -EIO;
	if (write)
		memcpy(w->storage + absolute, buf, len);
	else
		memcpy(buf, w->storage + absolute, len);
	return 0;
}

static inline void world_after(void *ctx, u64 ns, void (*fn)(void *), void *arg)
{
	struct world *w = ctx;

	CU_ASSERT_FATAL(w->dues < WORLD_DUE);
	w->due[w->dues].at = w->now + ns;
	w->due[w->dues].fn = fn;
	w->due[w->dues++].arg = arg;
}

static inline u64 world_now(void *ctx)
{
	return ((struct world *)ctx)->now;
}

static inline void world_pending(void *ctx, u32 sid)
{
	struct world *w = ctx;

	if (sid == w->sid)
		w->interruptions++;
}

static inline void world_event(void *ctx, const struct machine_event *event)
{
	struct world *w = ctx;

	if (w->happened < WORLD_EVENTS)
		w->events[w->happened] = *event;
	w->happened++;
}

/* Let the next thing happen that is due. Return: whether there was one. */
static inline bool world_step(struct world *w)
{
	unsigned int i, first = 0;
	void (*fn)(void *arg);
	void *arg;

	if (!w->dues)
		return false;
	for (i = 1; i < w->dues; i++)
		if (w->due[i].at < w->due[first].at)
			first = i;
	fn = w->due[first].fn;
	arg = w->due[first].arg;
	w->now = w->due[first].at;
	w->dues--;
	memmove(w->due + first, w->due + first + 1,
		(w->dues - first) * sizeof(w->due[0]));
	fn(arg);
	return true;
}

/* Return: the steps until nothing more was due; at most limit. */
static inline unsigned int world_run(struct world *w, unsigned int limit)
{
	unsigned int steps = 0;

	while (steps < limit && world_step(w))
		steps++;
	return steps;
}

/* The same, and the device is given the time that it wants. */
static inline unsigned int world_run_out(struct world *w, unsigned int limit)
{
	unsigned int steps = world_run(w, limit);

	while (steps < limit && w->device.wants_time) {
		w->device.wants_time = false;
		machine_ready(w->m, w->sid);
		steps += world_run(w, limit - steps);
	}
	return steps;
}

static inline void scripted_attached(void *device, struct machine *m, u32 sid)
{
	struct scripted *dev = device;

	dev->m = m;
	dev->sid = sid;
}

static inline u8 scripted_select(void *device, u8 command)
{
	struct scripted *dev = device;
	u8 initial;

	if (dev->selected && dev->left > 1) {
		dev->acts++;
		dev->left--;
	}
	initial = dev->acts->initial;
	dev->commands[dev->selected++ % sizeof(dev->commands)] = command;
	dev->moved = 0;
	return initial;
}

static inline u32 scripted_bytes(const struct scripted *dev)
{
	return dev->acts->bytes & 0xffff;
}

static inline u32 scripted_limit(const struct scripted *dev)
{
	u32 pause = dev->moved + (dev->acts->bytes >> 16);

	return pause > dev->moved && pause < scripted_bytes(dev) ?
		       pause : scripted_bytes(dev);
}

/* Input is the bytes 1, 2, 3, ... of each command. */
static inline u32 scripted_transfer(void *device, u8 *data, u32 length)
{
	struct scripted *dev = device;
	u8 command = dev->commands[(dev->selected - 1) % sizeof(dev->commands)];
	u32 limit = scripted_limit(dev);
	u32 i;

	for (i = 0; i < length && dev->moved < limit; i++) {
		dev->moved++;
		if (!(command & 1))
			data[i] = dev->moved;
		else if (dev->got < sizeof(dev->written))
			dev->written[dev->got++] = data[i];
	}
	dev->wants_time = i < length && dev->moved < scripted_bytes(dev);
	return dev->wants_time ? i | DEVICE_LATER : i;
}

static inline u8 scripted_stop(void *device, bool *more)
{
	struct scripted *dev = device;

	if (dev->moved < scripted_bytes(dev))
		*more = true;
	return dev->acts->ending;
}

static inline u8 scripted_halt(void *device)
{
	struct scripted *dev = device;

	dev->halts++;
	return dev->deaf ? 0 : DEVICE_CHANNEL_END | DEVICE_END;
}

static inline void scripted_clear(void *device)
{
	struct scripted *dev = device;

	dev->clears++;
}

/* Its reason is 24 bytes long, and comes once. */
static inline u8 scripted_sense(void *device, u8 bytes[32])
{
	struct scripted *dev = device;

	if (dev->senses++)
		return 0;
	memset(bytes, 0x5e, 24);
	return 24;
}

static const struct machine_device_ops scripted_ops = {
	.name = "scripted",
	.attached = scripted_attached,
	.select = scripted_select,
	.transfer = scripted_transfer,
	.stop = scripted_stop,
	.halt = scripted_halt,
	.clear = scripted_clear,
	.sense = scripted_sense,
};

/* A machine with one device, which is enabled. */
static inline struct world *
world_create_with(const struct machine_device_ops *ops, void *device)
{
	static const struct machine_env env = {
		.storage = world_storage,
		.after = world_after,
		.pending = world_pending,
		.now = world_now,
		.event = world_event,
	};
	struct world *w = calloc(1, sizeof(*w));
	struct ccw_schib schib;

	CU_ASSERT_PTR_NOT_NULL_FATAL(w);
	w->m = machine_create(&env, w);
	CU_ASSERT_PTR_NOT_NULL_FATAL(w->m);
	w->sid = machine_attach(w->m, 0x0815, ops, device ? device : &w->device);
	CU_ASSERT_EQUAL_FATAL(machine_stsch(w->m, w->sid, &schib), 0);
	schib.pmcw.word[1] |= cpu_to_be32(PMCW1_E);
	CU_ASSERT_EQUAL_FATAL(machine_msch(w->m, w->sid, &schib), 0);
	w->happened = 0;
	return w;
}

static inline struct world *world_create(const struct act *acts,
					 unsigned int count)
{
	struct world *w = world_create_with(&scripted_ops, NULL);

	w->device.acts = acts;
	w->device.left = count;
	return w;
}

static inline void world_destroy(struct world *w)
{
	world_run(w, 1000);
	machine_destroy(w->m);
	free(w);
}

/* Put big-endian words into storage. */
static inline void world_put(struct world *w, u32 address, const u32 *words,
			     unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		__be32 word = cpu_to_be32(words[i]);

		memcpy(w->storage + address + 4 * i, &word, sizeof(word));
	}
}

static inline int world_ssch(struct world *w, u32 orb1, u32 cpa)
{
	struct ccw_orb orb = { { cpu_to_be32(0xcafe), cpu_to_be32(orb1),
				 cpu_to_be32(cpa) } };

	return machine_ssch(w->m, w->sid, &orb);
}

/* Return: word 0, 1 or 2 of the SCSW, as STORE SUBCHANNEL shows it. */
static inline u32 world_scsw(struct world *w, unsigned int word)
{
	struct ccw_schib schib;

	CU_ASSERT_EQUAL_FATAL(machine_stsch(w->m, w->sid, &schib), 0);
	return be32_to_cpu(schib.scsw.word[word]);
}

/* Fail, and say how, unless the SCSW has these three words. */
static inline void world_expect(struct world *w, const char *what, u32 word0,
				u32 word1, u32 word2)
{
	u32 got0 = world_scsw(w, 0), got1 = world_scsw(w, 1);
	u32 got2 = world_scsw(w, 2);
	bool same = got0 == word0 && got1 == word1 && got2 == word2;

	if (!same)
		printf("\n%s: SCSW is %08x %08x %08x, expected %08x %08x %08x\n",
		       what, got0, got1, got2, word0, word1, word2);
	CU_ASSERT(same);
}

#endif /* TEST_MACHINE_WORLD_H */
