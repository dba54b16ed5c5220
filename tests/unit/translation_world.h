/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The oracle for the translator. A guest's channel program is run twice: as the
 * guest wrote it, on a machine whose storage is the guest's memory, and
 * translated, on a machine whose storage is the host's. Whatever the guest can
 * tell must be the same in both runs; and what the channel touches in the host
 * must be what the driver has given it for just that.
 *
 * The translator and the machine are the real ones. VFIO, the allocator and the
 * device are fakes, defined here in place of the simulated host's.
 */
#ifndef TEST_TRANSLATION_WORLD_H
#define TEST_TRANSLATION_WORLD_H

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bitfield.h>
#include <linux/io.h>
#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vfio.h>

#include "device.h"
#include "machine.h"
#include "vfio_ccw_cp.h"

/* The guest's memory: these pages, and holes everywhere else. */
#define WORLD_LOW_PAGES	16u
static const u64 world_page[] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
	0xffe, 0xfff, 0x1000,		/* CCWs of format 0 end at 16 MiB */
	0x7fffe, 0x7ffff, 0x80000,	/* those of format 1 at 2 GiB */
	0x100000, 0x100001,		/* and 32 bits at 4 GiB */
};
#define WORLD_PAGES	ARRAY_SIZE(world_page)
#define WORLD_TOP	(WORLD_LOW_PAGES * (u64)PAGE_SIZE)

/* The host's storage: the kernel's low memory, and frames for the guest. */
#define WORLD_KERNEL	0x00801000ull	/* as a MIDAW: the last, 4096 bytes */
#define WORLD_KERNEL_APART 0x01001000ull
#define WORLD_FRAMES	0x100000000ull
#define WORLD_FRAMES_APART 0x3000ull	/* backwards, and no two adjacent */
#define WORLD_NOWHERE	0xfffffffffffff000ull	/* addresses meant to be bad */

#define WORLD_BLOCKS	256
#define WORLD_ACTS	8
#define WORLD_CHANGES	4
#define WORLD_SELECTS	24	/* commands after which the device is tired */
#define WORLD_CCWS	5000	/* CCWs after which it takes no more data */
#define WORLD_RESUMES	3
#define WORLD_STEPS	20000	/* CCWs after which a program is endless */
#define WORLD_LOG	64

/** The two runs. */
enum side { NATIVE, TRANSLATED, SIDES };

/** What the device does with one command. */
struct act {
	u8 initial;		/* status at selection; 0: accept */
	u8 ending;		/* status after the data; 0: later */
	u8 later[2];		/* presented when nothing else happens; 0: none */
	u32 bytes;		/* how many it moves, if it may */
};

/** Something that the guest changes in its memory while it is suspended. */
struct change {
	u8 resume;		/* before which one: 0, 1, ... */
	u8 length;
	u64 address;
	u8 bytes[8];
};

/** What goes wrong in the host, and at which call of its kind: 1, 2, ... */
enum fault { FAULT_NONE, FAULT_ALLOC, FAULT_PIN, FAULT_FETCH };

/** What can be told of one run. */
struct run {
	struct machine *m;
	u32 sid;
	void (*due)(void *arg);
	void *due_arg;
	bool pending;
	int cc;				/* of START SUBCHANNEL */
	struct ccw_scsw log[WORLD_LOG];	/* interrupts and suspensions */
	unsigned int logged;
	u8 command[WORLD_SELECTS + 1];
	unsigned int selects;
	const struct act *act;		/* the present one */
	u32 moved;			/* by it */
	unsigned int late;		/* which of act->later comes next */
	unsigned int ccws;		/* fetched, but for jumps */
	u32 given;			/* bytes, all commands together */
	u32 taken;
	u32 taken_hash;
	u8 first_taken[16];
	unsigned int resumes;
	bool skips;			/* there was a status modifier */
};

/** A block of the kernel's memory. */
struct block {
	char *memory;
	size_t size;
	u64 absolute;			/* 0: not for the channel */
	bool program;			/* CCWs or lists are fetched from it */
};

enum verdict { SAME, REFUSED, WRONG };

struct world {
	/* What is tried. */
	struct ccw_orb orb;
	struct act act[WORLD_ACTS];
	unsigned int acts;
	struct change change[WORLD_CHANGES];
	unsigned int changes;
	bool keeps_suspending;		/* the guest does not clear S */
	bool hostile;			/* memory changes while it is read */
	u32 chance;			/* what hostility is drawn from */
	enum fault fault;
	unsigned int fault_at;
	bool used;			/* the translator has run another program */
	unsigned int patience;		/* of the device, in CCWs */

	/* The guest. */
	u8 memory[SIDES][WORLD_PAGES][PAGE_SIZE];
	u8 before[WORLD_PAGES][PAGE_SIZE]; /* the dirty ones, as they were */
	u32 dirty;			/* pages that may differ from the pattern */
	u32 dirty_before;
	bool hole[WORLD_PAGES];
	bool read_only[WORLD_PAGES];
	u8 fetched[WORLD_PAGES][PAGE_SIZE]; /* how often, by the driver */
	u8 value[WORLD_PAGES][PAGE_SIZE]; /* what it has got, the first time */
	u32 fetched_pages;
	bool fetched_again;
	bool unsure;			/* it has got two values of one byte */

	/* The host. */
	struct vfio_ccw_cp cp;
	struct vfio_device vdev;
	struct page page[WORLD_PAGES];
	bool excused;			/* the runs need not be the same */
	bool excused_if_skips;		/* if there was a status modifier */
	bool pinned[WORLD_PAGES][2];	/* for reading, for writing */
	struct block block[WORLD_BLOCKS];
	unsigned int blocks;
	unsigned int placed;		/* blocks that ever had an absolute address */
	unsigned int faults;		/* calls of the kind that shall fail */
	bool resuming;			/* there are two programs for a while */

	/* What came of it. */
	int ret;			/* of the translation, or of a resumption */
	struct run run[SIDES];
	char wrong[200];		/* the first thing that was; empty: nothing */
};

/* The fakes' functions have no argument that could lead to it. */
static struct world world;

__attribute__((format(printf, 1, 2)))
static void world_wrong(const char *format, ...)
{
	va_list args;

	if (world.wrong[0])
		return;
	va_start(args, format);
	vsnprintf(world.wrong, sizeof(world.wrong), format, args);
	va_end(args);
}

static u32 world_chance(u32 below)
{
	world.chance ^= world.chance << 13;
	world.chance ^= world.chance >> 17;
	world.chance ^= world.chance << 5;
	return world.chance % below;
}

/* The guest's memory */

/* Return: the index of the guest's page, or -1: there is none. */
static int world_index(u64 address)
{
	u64 number = address >> PAGE_SHIFT;
	unsigned int i;

	if (number < WORLD_LOW_PAGES)
		return world.hole[number] ? -1 : (int)number;
	for (i = WORLD_LOW_PAGES; i < WORLD_PAGES; i++)
		if (world_page[i] == number)
			return world.hole[i] ? -1 : (int)i;
	return -1;
}

static u32 world_in_page(u64 address, u64 length)
{
	return min_t(u64, length, PAGE_SIZE - offset_in_page(address));
}

/* What is there before anything is stored: never a valid CCW, or an address. */
static u8 world_pattern(unsigned int page, unsigned int offset)
{
	u8 byte = (offset * 167 + offset / 256 + page * 59) & 0xff;

	return offset % 4 ? byte : byte & 0xf0;
}

static void world_wash(enum side side, unsigned int page)
{
	static u8 pattern[WORLD_PAGES][PAGE_SIZE];
	static bool known[WORLD_PAGES];
	unsigned int i;

	for (i = 0; !known[page] && i < PAGE_SIZE; i++)
		pattern[page][i] = world_pattern(page, i);
	known[page] = true;
	memcpy(world.memory[side][page], pattern[page], PAGE_SIZE);
}

/* Remember the guest's memory, to look at its program when it has run. */
static void world_remember(void)
{
	unsigned int i;

	for (i = 0; i < WORLD_PAGES; i++)
		if (world.dirty & BIT(i))
			memcpy(world.before[i], world.memory[NATIVE][i],
			       PAGE_SIZE);
	world.dirty_before = world.dirty;
}

static void world_recall(void)
{
	unsigned int i;

	for (i = 0; i < WORLD_PAGES; i++) {
		if (world.dirty_before & BIT(i))
			memcpy(world.memory[NATIVE][i], world.before[i],
			       PAGE_SIZE);
		else if (world.dirty & BIT(i))
			world_wash(NATIVE, i);
	}
}

/* Return: whether all of it is there. */
static bool world_has(u64 address, u32 length, bool write)
{
	u32 part;
	int i;

	for (; length; length -= part, address += part) {
		part = world_in_page(address, length);
		i = world_index(address);
		if (i < 0 || (write && world.read_only[i]))
			return false;
	}
	return true;
}

static void world_copy(enum side side, u64 address, void *buf, u32 length,
		       bool write)
{
	u8 *bytes = buf, *place;
	u32 part;
	int i;

	for (; length; length -= part, address += part, bytes += part) {
		part = world_in_page(address, length);
		i = world_index(address);
		if (i < 0)
			continue;
		place = &world.memory[side][i][offset_in_page(address)];
		if (write)
			world.dirty |= BIT(i);
		memcpy(write ? place : bytes, write ? bytes : place, part);
	}
}

/* The guest stores something, before it starts its program. */
static void world_store(u64 address, const void *bytes, u32 length)
{
	world_copy(NATIVE, address, (void *)bytes, length, true);
	world_copy(TRANSLATED, address, (void *)bytes, length, true);
}

/* The kernel's memory */

static bool world_fails(enum fault fault)
{
	return world.fault == fault && ++world.faults == world.fault_at;
}

void *host_alloc(size_t number, size_t size, gfp_t flags, const char *where)
{
	struct block *block = &world.block[world.blocks];
	size_t total = number * size;

	if (world_fails(FAULT_ALLOC) || world.blocks == WORLD_BLOCKS)
		return NULL;
	block->memory = malloc(total ?: 1);
	if (!block->memory)
		abort();
	memset(block->memory, flags & __GFP_ZERO ? 0 : 0xa5, total);
	block->size = total;
	block->absolute = 0;
	block->program = false;
	if (flags & GFP_DMA)
		block->absolute = WORLD_KERNEL +
				  world.placed++ * WORLD_KERNEL_APART;
	world.blocks++;
	return block->memory;
}

void host_free(const void *memory, const char *where)
{
	unsigned int i;

	for (i = 0; memory && i < world.blocks; i++) {
		if (world.block[i].memory != memory)
			continue;
		free(world.block[i].memory);
		world.block[i] = world.block[--world.blocks];
		return;
	}
	if (memory)
		world_wrong("%s() frees what is not allocated", where);
}

void host_kvfree(const void *memory, const char *where)
{
	host_free(memory, where);
}

void host_cond_resched(const char *where)
{
}

phys_addr_t host_virt_to_phys(const volatile void *memory, const char *where)
{
	const char *address = (const char *)memory;
	const struct block *block;

	for (block = world.block; block < &world.block[world.blocks]; block++)
		if (block->absolute && address >= block->memory &&
		    address < block->memory + block->size)
			return block->absolute + (address - block->memory);
	world_wrong("%s() asks where memory lies that is not GFP_DMA", where);
	return 0;
}

/* Return: the block that is at an absolute address, or NULL. */
static struct block *world_block(u64 absolute, u32 length)
{
	struct block *block;

	for (block = world.block; block < &world.block[world.blocks]; block++)
		if (block->absolute && absolute >= block->absolute &&
		    length <= block->size &&
		    absolute - block->absolute <= block->size - length)
			return block;
	return NULL;
}

/* The channel is led to a CCW or a list. Return: whether it may be there. */
static bool world_in_arena(u64 absolute)
{
	struct block *block = world_block(absolute, 8);

	if (block)
		block->program = true;
	return block;
}

/* Time stands still, or two runs might differ. */
u64 get_random_u64(void)
{
	static u64 random;

	return random += 0x9e3779b97f4a7c15;
}

unsigned long host_jiffies(void)
{
	return 0;
}

/* VFIO */

phys_addr_t page_to_phys(const struct page *page)
{
	u64 i = page - world.page;

	return WORLD_FRAMES + (WORLD_PAGES - 1 - i) * WORLD_FRAMES_APART;
}

/* Return: the index of the guest's page in a frame, or -1: none. */
static int world_framed(u64 absolute)
{
	u64 place = (absolute - WORLD_FRAMES) / WORLD_FRAMES_APART;
	u64 offset = (absolute - WORLD_FRAMES) % WORLD_FRAMES_APART;

	if (place >= WORLD_PAGES || offset >= PAGE_SIZE)
		return -1;
	return WORLD_PAGES - 1 - place;
}

struct page *pfn_to_online_page(unsigned long pfn)
{
	int i = world_framed((u64)pfn << PAGE_SHIFT);

	return i < 0 ? NULL : &world.page[i];
}

/* A hostile guest changes what has just been read, or what lies near. */
static void world_meddle(u64 address, u32 length)
{
	u64 place = address + world_chance(2) * (world_chance(64) & ~7u);
	unsigned int i = world_chance(length);
	u8 byte;

	if (!world_has(place + i, 1, false))
		return;
	world_copy(TRANSLATED, place + i, &byte, 1, false);
	byte ^= world_chance(4) ? BIT(world_chance(8)) : world_chance(256);
	world_copy(TRANSLATED, place + i, &byte, 1, true);
}

static void world_note_fetch(u64 address, u32 length)
{
	u32 offset = offset_in_page(address), i;
	int page = world_index(address);
	const u8 *byte = &world.memory[TRANSLATED][page][offset];
	u8 *count = &world.fetched[page][offset];
	u8 *value = &world.value[page][offset];
	u8 again = 0, differs = 0;

	for (i = 0; i < length; i++) {
		u8 had = count[i] ? 0xff : 0;

		again |= had;
		differs |= had & (value[i] ^ byte[i]);
		value[i] = (had & value[i]) | (~had & byte[i]);
		count[i] += count[i] != 255;
	}
	world.fetched_again |= !!again;
	world.unsure |= !!differs;
	world.fetched_pages |= BIT(page);
}

int vfio_dma_rw(struct vfio_device *vdev, dma_addr_t iova, void *data,
		size_t len, bool write)
{
	u64 address = iova;
	char *bytes = data;
	u32 part;

	if (vdev != &world.vdev || write || !len)
		world_wrong("vfio_dma_rw() for something else than to read");
	if (world_fails(FAULT_FETCH))
		return -EFAULT;
	for (; len; len -= part, address += part, bytes += part) {
		part = world_in_page(address, len);
		if (!world_has(address, part, false))
			return -EINVAL;
		world_copy(TRANSLATED, address, bytes, part, false);
		world_note_fetch(address, part);
		if (world.hostile && world_chance(3) == 0)
			world_meddle(address, part);
	}
	return 0;
}

static int world_pin(u64 iova, int prot, struct page **page)
{
	int i = world_index(iova);

	if (i < 0)
		return -EINVAL;
	if ((prot & IOMMU_WRITE) && world.read_only[i])
		return -EPERM;
	if (world_fails(FAULT_PIN))
		return -ENOMEM;
	if (world.page[i].references && !world.resuming)
		world_wrong("page %#llx is pinned twice", (u64)iova);
	world.page[i].references++;
	world.pinned[i][0] |= !!(prot & IOMMU_READ);
	world.pinned[i][1] |= !!(prot & IOMMU_WRITE);
	*page = &world.page[i];
	return 0;
}

int vfio_pin_pages(struct vfio_device *vdev, dma_addr_t iova, int npage,
		   int prot, struct page **pages)
{
	int i, ret = 0;

	if (vdev != &world.vdev || npage <= 0 || offset_in_page(iova) || !prot)
		world_wrong("vfio_pin_pages(%#llx, %d)", (u64)iova, npage);
	if (npage > VFIO_PIN_PAGES_MAX_ENTRIES)
		return -E2BIG;
	for (i = 0; !ret && i < npage; i++)
		ret = world_pin(iova + i * PAGE_SIZE, prot, &pages[i]);
	if (ret && i > 1)
		vfio_unpin_pages(vdev, iova, i - 1);
	if (world.hostile && world_chance(8) == 0)
		world_meddle(be32_get_bits(world.orb.word[2], ORB2_CPA), 64);
	return ret ?: npage;
}

void vfio_unpin_pages(struct vfio_device *vdev, dma_addr_t iova, int npage)
{
	int i;

	for (; npage > 0; npage--, iova += PAGE_SIZE) {
		i = world_index(iova);
		if (i < 0 || !world.page[i].references) {
			world_wrong("page %#llx is unpinned, but not pinned",
				    (u64)iova);
			return;
		}
		if (--world.page[i].references)
			continue;
		world.pinned[i][0] = world.pinned[i][1] = false;
	}
}

/* Pages are pinned once, and the driver says the same of them as VFIO. */
static void world_check_pinned(void)
{
	unsigned int i;

	for (i = 0; i < WORLD_PAGES; i++)
		if (world.page[i].references > 1 ||
		    vfio_ccw_cp_pinned(&world.cp, world_page[i] << PAGE_SHIFT,
				       PAGE_SIZE) != world.page[i].references)
			world_wrong("page %#llx is pinned %u times",
				    world_page[i] << PAGE_SHIFT,
				    world.page[i].references);
}

static void world_check_unpinned(const char *when)
{
	unsigned int i;

	for (i = 0; i < WORLD_PAGES; i++)
		if (world.page[i].references)
			world_wrong("page %#llx is pinned %s",
				    world_page[i] << PAGE_SHIFT, when);
}

/* The device */

static struct run *run_of(void *device)
{
	return device;
}

/* Return: dstat, which the device presents. */
static u8 dev_present(struct run *run, u8 dstat)
{
	run->skips |= !!(dstat & DEVICE_STATUS_MODIFIER);
	return dstat;
}

static void dev_attached(void *device, struct machine *m, u32 sid)
{
}

static u8 dev_select(void *device, u8 command)
{
	static const struct act tired = { .initial = DEVICE_UNIT_CHECK };
	static const struct act noop = {
		.initial = DEVICE_CHANNEL_END | DEVICE_END };
	struct run *run = run_of(device);

	run->act = &world.act[run->selects % world.acts];
	if (command == 0x03)
		run->act = &noop;
	if (run->selects >= WORLD_SELECTS)
		run->act = &tired;
	if (run->selects <= WORLD_SELECTS)
		run->command[run->selects++] = command;
	run->moved = 0;
	run->late = 0;
	return dev_present(run, run->act->initial);
}

/* Input is numbered; output is remembered by a sum, and the first of it. */
static u32 dev_transfer(void *device, u8 *data, u32 length)
{
	struct run *run = run_of(device);
	u8 command = run->command[run->selects - 1];
	u32 i;

	if (run->ccws > world.patience)
		return 0;
	for (i = 0; i < length && run->moved < run->act->bytes; i++) {
		run->moved++;
		if (!(command & 1)) {
			data[i] = run->given++ * 13 + 7;
			continue;
		}
		if (run->taken < sizeof(run->first_taken))
			run->first_taken[run->taken] = data[i];
		run->taken++;
		run->taken_hash = (run->taken_hash ^ data[i]) * 16777619u;
	}
	return i;
}

static u8 dev_stop(void *device, bool *more)
{
	struct run *run = run_of(device);

	*more = run->moved < run->act->bytes;
	return dev_present(run, run->act->ending);
}

static u8 dev_halt(void *device)
{
	return DEVICE_CHANNEL_END | DEVICE_END;
}

static void dev_clear(void *device)
{
}

static const struct machine_device_ops world_device = {
	.name = "world",
	.attached = dev_attached,
	.select = dev_select,
	.transfer = dev_transfer,
	.stop = dev_stop,
	.halt = dev_halt,
	.clear = dev_clear,
};

/* The machine */

static int native_storage(void *ctx, u64 absolute, void *buf, u32 len, u8 key,
			  bool write)
{
	if (!world_has(absolute, len, write))
		return -EFAULT;
	world_copy(NATIVE, absolute, buf, len, write);
	return 0;
}

/* Return: where the channel finds these bytes, or NULL. */
static u8 *world_frame(u64 absolute, u32 len, bool write)
{
	struct block *block = world_block(absolute, len);
	int i = world_framed(absolute);

	if (block) {
		if (write && block->program)
			world_wrong("the channel stores into the arena");
		return (u8 *)block->memory + (absolute - block->absolute);
	}
	if (i >= 0 && world.page[i].references && world.pinned[i][write]) {
		if (write)
			world.dirty |= BIT(i);
		return &world.memory[TRANSLATED][i][offset_in_page(absolute)];
	}
	if (i >= 0)
		world_wrong("the channel %s page %#llx, not pinned for that",
			    write ? "stores into" : "fetches from",
			    world_page[i] << PAGE_SHIFT);
	else if (absolute < WORLD_NOWHERE)
		world_wrong("the channel reaches for %#llx", absolute);
	return NULL;
}

static int host_storage(void *ctx, u64 absolute, void *buf, u32 len, u8 key,
			bool write)
{
	u8 *bytes = buf, *place;
	u64 at = absolute;
	u32 left, part;

	if (key)
		world_wrong("the channel uses the guest's key");
	for (left = len; left; left -= part, at += part) {
		part = world_in_page(at, left);
		if (at >= -(u64)PAGE_SIZE || !world_frame(at, part, write))
			return -EFAULT;
	}
	for (left = len; left; left -= part, absolute += part, bytes += part) {
		part = world_in_page(absolute, left);
		place = world_frame(absolute, part, write);
		memcpy(write ? place : bytes, write ? bytes : place, part);
	}
	return 0;
}

static void world_after(void *ctx, u64 ns, void (*fn)(void *), void *arg)
{
	struct run *run = ctx;

	run->due = fn;
	run->due_arg = arg;
}

static void world_pending(void *ctx, u32 sid)
{
	struct run *run = ctx;

	run->pending = true;
}

static void native_event(void *ctx, const struct machine_event *event)
{
	struct run *run = ctx;

	if (event->kind == MACHINE_EV_CCW && event->ccw.command != 0x08)
		run->ccws++;
}

/* Each CCW of the arena leads into the arena, unless it is meant to be bad. */
static void host_event(void *ctx, const struct machine_event *event)
{
	const u32 lists = (CCW0_IDA | CCW0_MIDA) >> 16;

	const struct block *block;

	native_event(ctx, event);
	if (event->kind == MACHINE_EV_DATA) {
		block = world_block(event->data.absolute, event->data.length);
		if (block && (block->program || block->size != PAGE_SIZE))
			world_wrong("data are moved in the arena");
	}
	if (event->kind != MACHINE_EV_CCW)
		return;
	if (!event->ccw.format || !world_in_arena(event->ccw.address))
		world_wrong("a CCW is fetched at %#x", event->ccw.address);
	if (event->ccw.cda & ~CCW1_CDA)
		return;
	if (event->ccw.command != 0x08 && !(event->ccw.flags & lists))
		world_wrong("the CCW at %#x is direct", event->ccw.address);
	if (!world_in_arena(event->ccw.cda))
		world_wrong("the CCW at %#x leads to %#x", event->ccw.address,
			    event->ccw.cda);
}

static const struct machine_env world_env[SIDES] = {
	[NATIVE] = {
		.storage = native_storage,
		.after = world_after,
		.pending = world_pending,
		.event = native_event,
	},
	[TRANSLATED] = {
		.storage = host_storage,
		.after = world_after,
		.pending = world_pending,
		.event = host_event,
	},
};

/* These bits of the status are the ORB's, and the driver's to put right. */
#define WORLD_SCSW0_ORB	(SCSW0_KEY | SCSW0_F | SCSW0_A)

static void world_log(struct run *run, const struct ccw_scsw *scsw)
{
	struct ccw_scsw *entry = &run->log[run->logged++ % WORLD_LOG];
	u32 cpa = be32_to_cpu(scsw->word[1]);

	*entry = *scsw;
	entry->word[0] &= ~cpu_to_be32(WORLD_SCSW0_ORB);
	if (run == &world.run[TRANSLATED])
		entry->word[1] = cpu_to_be32(vfio_ccw_cp_guest(&world.cp, cpa));
}

static void world_take(struct run *run)
{
	struct ccw_irb irb;

	if (!run->pending)
		return;
	run->pending = false;
	if (machine_tsch(run->m, run->sid, &irb) == 0)
		world_log(run, &irb.scsw);
}

static void world_steps(struct run *run)
{
	unsigned int steps = 0;
	void (*fn)(void *arg);

	for (world_take(run); run->due && steps < WORLD_STEPS; steps++) {
		fn = run->due;
		run->due = NULL;
		fn(run->due_arg);
		world_take(run);
	}
	if (run->due)
		world_wrong("the program is endless");
}

/* Return: whether the device had something left to say. */
static bool world_present(struct run *run)
{
	u8 dstat = 0;

	if (run->act && run->late < ARRAY_SIZE(run->act->later))
		dstat = run->act->later[run->late++];
	if (dstat)
		machine_present(run->m, run->sid, dev_present(run, dstat));
	return dstat;
}

static void world_change(enum side side, u64 suspended)
{
	u64 flags = suspended +
		    (be32_get_bits(world.orb.word[1], ORB1_F) ? 1 : 4);
	const struct change *change = world.change;
	u8 byte;

	for (; change < &world.change[world.changes]; change++)
		if (change->resume == world.run[side].resumes)
			world_copy(side, change->address, (u8 *)change->bytes,
				   change->length, true);
	if (world.keeps_suspending || !world_has(flags, 1, false))
		return;
	world_copy(side, flags, &byte, 1, false);
	byte &= ~(CCW0_S >> 16);
	world_copy(side, flags, &byte, 1, true);
}

static void world_forget_fetches(void)
{
	unsigned int i;

	for (i = 0; i < WORLD_PAGES; i++)
		if (world.fetched_pages & BIT(i))
			memset(world.fetched[i], 0, PAGE_SIZE);
	world.fetched_pages = 0;
	world.fetched_again = false;
}

/* A hostile guest hides its traces: what was fetched is there again. */
static void world_calm_down(void)
{
	unsigned int i, j;

	for (i = 0; i < WORLD_PAGES; i++) {
		u8 *memory = world.memory[TRANSLATED][i];

		for (j = 0; world.fetched_pages & BIT(i) && j < PAGE_SIZE; j++)
			if (world.fetched[i][j])
				memory[j] = world.value[i][j];
		if (world.dirty & BIT(i))
			memcpy(world.memory[NATIVE][i], memory, PAGE_SIZE);
	}
	world.hostile = false;
}

static void world_check_fetches(u32 cpa);
static void world_check_refusal(u32 cpa);
static void world_excuse(u32 cpa);

/* The host's part of RESUME SUBCHANNEL. Return: whether to go on with it. */
static bool world_resume_host(u32 cpa)
{
	u32 suspended = vfio_ccw_cp_guest(&world.cp, cpa) - 8;

	world_forget_fetches();
	world.resuming = true;
	world.ret = vfio_ccw_cp_resume(&world.cp, &world.vdev, cpa);
	world.resuming = false;
	if (world.ret > 0)	/* it will be suspended again, at once */
		world.ret = 0;
	if (world.ret) {
		world_check_refusal(suspended);
		return false;
	}
	world_check_fetches(suspended);
	world_check_pinned();
	return true;
}

/* Return: whether the program was suspended and goes on. */
static bool world_resume(enum side side)
{
	struct run *run = &world.run[side];
	unsigned int limit = side == NATIVE ? world.run[TRANSLATED].resumes :
					      WORLD_RESUMES;
	struct ccw_schib schib;
	u32 cpa;

	machine_stsch(run->m, run->sid, &schib);
	if (!be32_get_bits(schib.scsw.word[0], SCSW0_AC_SUSP))
		return false;
	world_log(run, &schib.scsw);
	if (run->resumes == limit && !(side == NATIVE && world.ret))
		return false;
	cpa = be32_to_cpu(schib.scsw.word[1]);
	world_change(side, (side == NATIVE ? cpa :
			    vfio_ccw_cp_guest(&world.cp, cpa)) - 8);
	if (side == NATIVE)
		world_excuse(cpa - 8);
	if (side == NATIVE ? run->resumes == limit : !world_resume_host(cpa))
		return false;
	run->resumes++;
	return machine_rsch(run->m, run->sid) == 0;
}

static void world_run(enum side side, const struct ccw_orb *orb)
{
	struct run *run = &world.run[side];
	struct ccw_schib schib;

	run->m = machine_create(&world_env[side], run);
	if (!run->m)
		abort();
	run->sid = machine_attach(run->m, 0x0815, &world_device, run);
	machine_stsch(run->m, run->sid, &schib);
	schib.pmcw.word[1] |= cpu_to_be32(PMCW1_E);
	machine_msch(run->m, run->sid, &schib);
	run->cc = machine_ssch(run->m, run->sid, orb);
	do
		world_steps(run);
	while (world_present(run) || world_resume(side));
	machine_destroy(run->m);
}

/* What the guest can tell must be the same. */

static bool same_log(const struct run *a, const struct run *b)
{
	unsigned int i;

	for (i = 0; i < min_t(unsigned int, a->logged, WORLD_LOG); i++)
		if (memcmp(&a->log[i], &b->log[i], sizeof(a->log[i]))) {
			world_wrong("interrupt %u is different", i);
			return false;
		}
	return a->logged == b->logged;
}

static void world_compare_memory(void)
{
	unsigned int i, j;

	for (i = 0; i < WORLD_PAGES; i++) {
		const u8 *a = world.memory[NATIVE][i];
		const u8 *b = world.memory[TRANSLATED][i];

		if (!(world.dirty & BIT(i)) || !memcmp(a, b, PAGE_SIZE))
			continue;
		for (j = 0; a[j] == b[j]; j++)
			;
		world_wrong("memory at %#llx is %02x, should be %02x",
			    (world_page[i] << PAGE_SHIFT) + j, b[j], a[j]);
	}
}

static void world_compare(void)
{
	const struct run *a = &world.run[NATIVE], *b = &world.run[TRANSLATED];

	if (a->cc != b->cc)
		world_wrong("cc is %d, should be %d", b->cc, a->cc);
	if (a->selects != b->selects ||
	    memcmp(a->command, b->command, sizeof(a->command)))
		world_wrong("the device has seen other commands");
	if (a->taken != b->taken || a->taken_hash != b->taken_hash)
		world_wrong("the device has got %u bytes, should have %u%s",
			    b->taken, a->taken,
			    a->taken == b->taken ? ", others" : "");
	if (a->given != b->given)
		world_wrong("the device has given %u bytes, should have %u",
			    b->given, a->given);
	if (!same_log(a, b))
		world_wrong("there are %u interrupts, should be %u", b->logged,
			    a->logged);
	world_compare_memory();
}

/* Which bytes belong to the program, and which may its reads store into? */

#define REACH_USES	0xff	/* how many CCWs use the byte, if not more */
#define REACH_CCW	BIT(8)	/* one of the uses is that it is in a CCW */
#define REACH_AHEAD	BIT(9)	/* it is fetched along with a CCW before it */
#define REACH_TAIL	BIT(10)	/* or with a list of MIDAWs */
#define REACH_INPUT	BIT(11)	/* a CCW may store into it */
#define REACH_FIRM	BIT(12)	/* it is used by a CCW that no skip leads to */
#define REACH_FIRM_INPUT BIT(13) /* and such a CCW may store into it */
#define REACH_FORWARD	BIT(14)	/* its CCW moves data upwards */
#define REACH_BACKWARD	BIT(15)	/* and downwards */
#define REACH_WINDOW	512	/* bytes that are fetched at once */

/** All that a channel may come to, whatever the device says. */
struct reach {
	enum side side;
	bool areas;		/* are wanted */
	bool strict;		/* behind an invalid CCW all is spare */
	bool again;		/* this CCW is known, in another direction */
	bool spare;		/* only a skip leads to it */
	bool both;		/* a CCW may fetch or store */
	unsigned int ccws, words, jumps;
	u32 pages;		/* of which something is known */
	u16 byte[WORLD_PAGES][PAGE_SIZE];
	u8 seen[WORLD_PAGES][PAGE_SIZE / 8]; /* with which directions */
	unsigned int nr;
	struct reach_step {
		u32 address;
		u8 direction;
		bool spare, again;
	} to_do[WORLD_PAGES * 512 * 8];
};

/** Of data. OWN: as the command code of the CCW says. */
enum direction { OWN, OUTPUT, INPUT, BACKWARD };

/* What is known of a byte of page i. */
static u16 *reach_byte(struct reach *r, int i, u32 offset)
{
	if (!(r->pages & BIT(i))) {
		r->pages |= BIT(i);
		memset(r->byte[i], 0, sizeof(r->byte[i]));
		memset(r->seen[i], 0, sizeof(r->seen[i]));
	}
	return &r->byte[i][offset];
}

static void reach_go_so(struct reach *r, u64 address, u8 *seen,
			enum direction direction, bool spare)
{
	u8 how = BIT(2 * direction + spare);

	if (*seen & how)
		return;
	r->to_do[r->nr++] = (struct reach_step){
		.address = address, .direction = direction, .spare = spare,
		.again = *seen };
	*seen |= how;
}

#define REACH_SEEN_FIRM	0x55	/* in which directions, without a skip */

/* The driver does not tell in which of its directions a CCW is spare. */
static void reach_go(struct reach *r, u64 address, enum direction direction,
		     bool spare)
{
	int i = world_index(address);
	unsigned int known;
	u8 *seen;

	if (i < 0 || address % 8 || address > ORB2_CPA)
		return;
	reach_byte(r, i, 0);
	seen = &r->seen[i][offset_in_page(address) / 8];
	if (!r->strict && *seen & REACH_SEEN_FIRM)
		spare = false;
	for (known = OWN; !r->strict && !spare && known <= BACKWARD; known++)
		if (*seen & BIT(2 * known + 1))
			reach_go_so(r, address, seen, known, false);
	reach_go_so(r, address, seen, direction, spare);
}

static void reach_mark(struct reach *r, u64 address, u32 length, u16 mark)
{
	int i = world_index(address);
	u16 *byte;

	if (i < 0)
		return;
	byte = reach_byte(r, i, offset_in_page(address));
	for (length = world_in_page(address, length); length; length--)
		*byte++ |= mark;
}

static void reach_use(struct reach *r, u64 address, u32 length)
{
	int i;

	for (; length; length--, address++) {
		u16 *byte;

		i = world_index(address);
		if (i < 0)
			continue;
		byte = reach_byte(r, i, offset_in_page(address));
		*byte |= r->spare ? 0 : REACH_FIRM;
		if ((*byte & REACH_USES) < REACH_USES)
			(*byte)++;
	}
}

static void reach_area(struct reach *r, u64 address, u32 length, bool backward)
{
	u16 mark = REACH_INPUT | (r->spare ? 0 : REACH_FIRM_INPUT);
	u32 part;

	if (backward) {
		length = min_t(u64, length, address + 1);
		address -= length - 1;
	}
	for (; r->areas && length; length -= part, address += part) {
		part = world_in_page(address, length);
		reach_mark(r, address, part, mark);
	}
}

static u64 reach_word(struct reach *r, u64 address, u32 size)
{
	u8 raw[8] = { 0 };
	u64 word = 0;
	u32 i;

	world_copy(r->side, address, raw, size, false);
	reach_use(r, address, size);
	for (i = 0; i < size; i++)
		word = word << 8 | raw[i];
	r->words++;
	return word;
}

/* One CCW, made format 1, with what it depends on. */
struct reached {
	u32 word[2];
	u32 orb;
};

static bool reached_stores(const struct reached *ccw, enum direction direction)
{
	return direction != OUTPUT && !(ccw->word[0] & CCW0_SKIP);
}

static void reach_idaws(struct reach *r, const struct reached *ccw,
			enum direction direction)
{
	u32 size = ccw->orb & ORB1_H ? 8 : 4;
	u32 block = ccw->orb & ORB1_H && !(ccw->orb & ORB1_T) ? 4096 : 2048;
	u32 left = ccw->word[0] & CCW0_COUNT, part;
	bool refused = false;		/* the channel comes no further */
	u64 list = ccw->word[1], at;

	for (; left; list += size, left -= part) {
		bool first = list == ccw->word[1];

		at = reach_word(r, list, size);
		if (!world_has(list, size, false))
			return;
		refused |= list % size ||
			   (!first && (at + (direction == BACKWARD)) % block);
		part = !first ? block : direction == BACKWARD ?
		       at % block + 1 : block - at % block;
		part = min_t(u32, part, left);
		if (reached_stores(ccw, direction) && !(r->strict && refused))
			reach_area(r, at, part, direction == BACKWARD);
		if (r->strict && list % size)
			return;
	}
}

static void reach_midaws(struct reach *r, const struct reached *ccw,
			 enum direction direction)
{
	u32 left = ccw->word[0] & CCW0_COUNT, part;
	u64 list = ccw->word[1], how, at;

	reach_mark(r, list, PAGE_SIZE, REACH_TAIL);
	if (list % sizeof(struct ccw_midaw))
		return;
	do {
		how = reach_word(r, list, 8);
		at = reach_word(r, list + 8, 8);
		if (!world_has(list, 16, false))
			return;
		part = min_t(u32, how & MIDAW1_COUNT, left);
		if (part && reached_stores(ccw, direction))
			reach_area(r, at, part, direction == BACKWARD);
		left -= part;
		list += 16;
	} while (left && !(how & MIDAW1_LAST) && list % PAGE_SIZE);
}

static void reach_direct(struct reach *r, const struct reached *ccw,
			 enum direction direction)
{
	u32 count = ccw->word[0] & CCW0_COUNT;

	r->words += count / 2048 + 2;
	if (reached_stores(ccw, direction))
		reach_area(r, ccw->word[1], count, direction == BACKWARD);
}

static void reach_data(struct reach *r, const struct reached *ccw,
		       enum direction direction)
{
	u32 count = ccw->word[0] & CCW0_COUNT;

	if (!count)
		return;
	if (ccw->word[0] & CCW0_MIDA && ccw->orb & ORB1_D)
		reach_midaws(r, ccw, direction);
	else if (ccw->word[0] & CCW0_IDA)
		reach_idaws(r, ccw, direction);
	else
		reach_direct(r, ccw, direction);
}

static enum direction reach_direction(u8 command)
{
	if (command & 1 || !(command % 16))
		return OUTPUT;
	return command % 16 == 0x0c ? BACKWARD : INPUT;
}

static void reach_decode(struct reached *ccw, const struct ccw_format1 *raw)
{
	u32 first = be32_to_cpu(raw->word[0]), second = be32_to_cpu(raw->word[1]);

	ccw->word[0] = first;
	ccw->word[1] = second;
	if (ccw->orb & ORB1_F)
		return;
	ccw->word[1] = first & GENMASK(23, 0);
	ccw->word[0] = (first & CCW0_CMD) | (second >> 24 << 16 & 0xff0000) |
		       (second & CCW0_COUNT);
	if (FIELD_GET(CCW0_CMD, first) % 16 == 8)
		ccw->word[0] = FIELD_PREP(CCW0_CMD, 8);
}

/* Does the channel find this invalid, as far as that depends on nothing else? */
static bool reached_is_invalid(const struct reached *ccw,
			       enum direction direction)
{
	u32 kind = FIELD_GET(CCW0_CMD, ccw->word[0]) % 16;
	u32 flags = ccw->word[0];

	if ((direction == OWN && (kind == 0 || kind == 8)) ||
	    ccw->word[1] & ~CCW1_CDA)
		return true;
	if (flags & CCW0_S && (direction != OWN || !(ccw->orb & ORB1_S)))
		return true;
	if (flags & CCW0_MIDA &&
	    (!(ccw->orb & ORB1_D) || flags & (CCW0_IDA | CCW0_SKIP)))
		return true;
	return !(flags & CCW0_COUNT) &&
	       (direction != OWN || flags & CCW0_CD || !(ccw->orb & ORB1_F));
}

static void reach_ccw(struct reach *r, u32 address, enum direction direction)
{
	struct reached ccw = { .orb = be32_to_cpu(world.orb.word[1]) };
	struct ccw_format1 raw;
	enum direction own;
	bool is_noop;
	u8 command;

	world_copy(r->side, address, &raw, sizeof(raw), false);
	reach_use(r, address, sizeof(raw));
	reach_mark(r, address, sizeof(raw), REACH_CCW);
	reach_mark(r, address, REACH_WINDOW, REACH_AHEAD);
	r->ccws += !r->again;
	reach_decode(&ccw, &raw);
	command = FIELD_GET(CCW0_CMD, ccw.word[0]);
	if (command == 0x08) {
		r->jumps++;
		reach_go(r, ccw.word[1], direction, r->spare);
		return;
	}
	if (r->strict && reached_is_invalid(&ccw, direction))
		r->spare = true;
	is_noop = direction == OWN && command == 0x03;
	own = reach_direction(command);
	if (direction == OWN)
		direction = own;
	reach_mark(r, address, 1, direction == BACKWARD ? REACH_BACKWARD :
							  REACH_FORWARD);
	if (!is_noop)
		reach_data(r, &ccw, direction);
	/* In a data chain the code means nothing, but the driver heeds it. */
	if (own != direction) {
		r->both = true;
		reach_data(r, &ccw, own);
		reach_data(r, &ccw, INPUT);
	}
	if (ccw.word[0] & CCW0_CD) {
		reach_go(r, address + 8, direction, r->spare);
	} else if (ccw.word[0] & CCW0_CC) {
		reach_go(r, address + 8, OWN, r->spare);
		reach_go(r, address + 16, OWN, true);
	}
}

static struct reach *world_reach(enum side side, u32 cpa, bool areas,
				 bool strict)
{
	static struct reach reach;
	struct reach *r = &reach;

	memset(r, 0, offsetof(struct reach, byte));
	r->nr = 0;
	r->side = side;
	r->areas = areas;
	r->strict = strict;
	reach_go(r, cpa, OWN, false);
	while (r->nr) {
		r->nr--;
		r->again = r->to_do[r->nr].again;
		r->spare = r->to_do[r->nr].spare;
		reach_ccw(r, r->to_do[r->nr].address, r->to_do[r->nr].direction);
	}
	return r;
}

/* Is there a byte of the program that has all these marks, and is used? */
static bool reach_has(const struct reach *r, u16 marks, u16 but_not)
{
	unsigned int i, j, has = 0;

	for (i = 0; i < WORLD_PAGES; i++)
		for (j = 0; r->pages & BIT(i) && j < PAGE_SIZE; j++)
			has |= ((r->byte[i][j] & (marks | but_not)) == marks) &
			       !!(r->byte[i][j] & REACH_USES);
	return has;
}

/* May a CCW store into memory that is not to be stored into? */
static bool reach_stores_read_only(const struct reach *r)
{
	unsigned int i, j;
	u16 marks = 0;

	for (i = 0; i < WORLD_PAGES; i++)
		for (j = 0; world.read_only[i] && r->pages & BIT(i) &&
			    j < PAGE_SIZE; j++)
			marks |= r->byte[i][j];
	return marks & REACH_INPUT;
}

/*
 * What only a skip leads to need not be part of the program; if the program
 * stores there, or it into the program, the driver has made it invalid. And a
 * CCW that a skip or a jump leads to in the middle of a data chain has one list,
 * though it may have two directions, or store what it otherwise fetches. Nor is anything promised of a program that
 * stores into itself and permits that it be fetched before.
 */
static void world_excuse(u32 cpa)
{
	const struct reach *r = world_reach(NATIVE, cpa, true, true);

	if (reach_has(r, REACH_FORWARD | REACH_BACKWARD, 0) ||
	    (r->both && reach_stores_read_only(r)))
		world.excused = true;
	if (be32_get_bits(world.orb.word[1], ORB1_P) &&
	    reach_has(r, REACH_INPUT, 0))
		world.excused = true;
	if (reach_has(r, REACH_INPUT, REACH_FIRM) ||
	    reach_has(r, REACH_INPUT | REACH_FIRM, REACH_FIRM_INPUT))
		world.excused_if_skips = true;
}

/* How often may the driver fetch this byte of a program without jumps? */
static unsigned int world_fetches(u16 byte)
{
	unsigned int uses = byte & REACH_USES;

	if (byte & REACH_TAIL)
		return 255;
	if (byte & REACH_AHEAD && !(byte & REACH_CCW))
		uses++;
	return uses ?: 1;
}

static void world_check_fetches(u32 cpa)
{
	struct reach *r;
	unsigned int i, j;

	if (!world.fetched_again || world.hostile)
		return;
	r = world_reach(TRANSLATED, cpa, false, false);
	for (i = 0; i < WORLD_PAGES && !r->jumps; i++)
		for (j = 0; world.fetched_pages & BIT(i) && j < PAGE_SIZE; j++)
			if (world.fetched[i][j] > 1 && world.fetched[i][j] >
			    world_fetches(*reach_byte(r, i, j)))
				world_wrong("%#llx is fetched %u times",
					    (world_page[i] << PAGE_SHIFT) + j,
					    world.fetched[i][j]);
}

/*
 * Are CCWs and words, each CCW's with one behind them, more than 1 MiB? Lists of
 * MIDAWs may not cross a page, and take up to twice the room.
 */
static bool world_is_big(const struct reach *r)
{
	u32 lists = be32_get_bits(world.orb.word[1], ORB1_D) ? 2 * r->words :
							       r->words;

	return (2 * r->ccws + lists + 64) * 8 > VFIO_CCW_MAX_ARENA;
}

/* Was there a reason to refuse? */
static void world_check_refusal(u32 cpa)
{
	bool reason = world.hostile;
	const struct reach *r;

	switch (world.ret) {
	case -E2BIG:
		r = world_reach(TRANSLATED, cpa, false, false);
		reason |= r->ccws + 2 * r->jumps >= VFIO_CCW_MAX_CCWS;
		break;
	case -EFBIG:
		reason |= world_is_big(world_reach(TRANSLATED, cpa, false, false));
		break;
	case -ETXTBSY:
		reason |= reach_has(world_reach(TRANSLATED, cpa, true, false),
				    REACH_FIRM | REACH_FIRM_INPUT, 0) &&
			  !be32_get_bits(world.orb.word[1], ORB1_P);
		break;
	case -EOPNOTSUPP:
		reason = be32_get_bits(world.orb.word[1], ORB1_B);
		break;
	case -ENOMEM:
		reason = world.fault == FAULT_ALLOC || world.fault == FAULT_PIN;
		break;
	case -EFAULT:
		reason = world.fault == FAULT_FETCH;
		break;
	default:
		reason = false;
	}
	if (!reason)
		world_wrong("refused with %d for no reason", world.ret);
}

/* The ORB for the host: the translator says how, the rest is ours to say. */
static void world_host_orb(struct ccw_orb *host)
{
	u32 ctl = vfio_ccw_cp_orb1(&world.cp) & ~ORB1_KEY;

	host->word[1] = cpu_to_be32(ctl | ORB1_LPM);
	host->word[2] = cpu_to_be32(vfio_ccw_cp_start(&world.cp));
}

/* Leave in the arena what another program would have left there. */
static void world_use(void)
{
	static const u32 words[] = {
		0x02600fff, 0x00002800, 0x01600fff, 0x00000000,
		0x02a00fff, 0x00003001, 0x08000000, 0x00001000,
		0x01200fff, 0x00004000,
	};
	struct ccw_orb orb = { { 0, cpu_to_be32(ORB1_F | 0xff00),
				 cpu_to_be32(0x8000) } };
	u8 kept[sizeof(words)];
	unsigned int i;
	__be32 word;

	world_copy(TRANSLATED, 0x8000, kept, sizeof(kept), false);
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		word = cpu_to_be32(words[i]);
		world_copy(TRANSLATED, 0x8000 + 4 * i, &word, 4, true);
	}
	if (vfio_ccw_cp_translate(&world.cp, &world.vdev, &orb) == 0)
		vfio_ccw_cp_release(&world.cp, &world.vdev);
	world_copy(TRANSLATED, 0x8000, kept, sizeof(kept), true);
	world_forget_fetches();
	world.unsure = false;
}

/** Forget the last trial: memory without holes, a willing device. */
static void world_reset(void)
{
	static bool washed;
	unsigned int i;

	for (i = 0; i < WORLD_PAGES; i++) {
		if (washed && !(world.dirty & BIT(i)))
			continue;
		world_wash(NATIVE, i);
		world_wash(TRANSLATED, i);
	}
	washed = true;
	world_forget_fetches();
	memset(&world, 0, offsetof(struct world, memory));
	memset(world.hole, 0, sizeof(world.hole));
	memset(world.read_only, 0, sizeof(world.read_only));
	memset(&world.cp, 0, sizeof(world) - offsetof(struct world, cp));
	world.dirty = 0;
	world.unsure = false;
	world.chance = 1;
	world.patience = WORLD_CCWS;
	world.acts = 1;
	world.act[0] = (struct act){
		.bytes = 70000, .ending = DEVICE_CHANNEL_END | DEVICE_END };
	world.orb.word[1] = cpu_to_be32(ORB1_F | 0xff00);
	world.orb.word[2] = cpu_to_be32(0x1000);
}

static void world_run_translated(void)
{
	struct ccw_orb orb = { 0 };

	if (!world_block(vfio_ccw_cp_start(&world.cp), 8))
		world_wrong("the program starts outside of the kernel's memory");
	world_check_pinned();
	world_host_orb(&orb);
	world_run(TRANSLATED, &orb);
}

/*
 * May the driver have made the CCW invalid that the translated program ended at,
 * because something is stored into it, or by it into the program? A list is not
 * looked into.
 */
static bool world_ended_in_dispute(u32 cpa)
{
	const struct run *run = &world.run[TRANSLATED];
	struct reach *r = world_reach(NATIVE, cpa, true, true);
	struct reached ccw = { .orb = be32_to_cpu(world.orb.word[1]) };
	struct ccw_format1 raw;
	u32 address = 0, i;

	if (run->resumes || run->logged > WORLD_LOG)
		return true;
	for (i = 0; i < run->logged; i++)
		if (be32_get_bits(run->log[i].word[2], SCSW2_CSTAT_PROG))
			address = be32_to_cpu(run->log[i].word[1]);
	address -= sizeof(raw);
	if (world_index(address) < 0)
		return false;
	for (i = 0; i < sizeof(raw); i++)
		if (*reach_byte(r, world_index(address),
				offset_in_page(address) + i) & REACH_INPUT)
			return true;
	world_copy(NATIVE, address, &raw, sizeof(raw), false);
	reach_decode(&ccw, &raw);
	return ccw.word[0] & (CCW0_IDA | CCW0_MIDA) ||
	       reach_has(r, REACH_INPUT | REACH_FIRM, REACH_FIRM_INPUT);
}

static void world_compare_or_excuse(u32 cpa)
{
	world_compare();
	if (!world.wrong[0])
		return;
	world_recall();
	world_excuse(cpa);
	if (world.excused_if_skips && world.run[TRANSLATED].skips &&
	    world_ended_in_dispute(cpa))
		world.excused = true;
	if (world.excused)
		world.wrong[0] = 0;
}

/** Try it. Return: what came of it; if WRONG, world.wrong says what. */
static enum verdict world_try(void)
{
	u32 cpa = be32_to_cpu(world.orb.word[2]);
	bool started;

	if (world.used)
		world_use();
	world.ret = vfio_ccw_cp_translate(&world.cp, &world.vdev, &world.orb);
	started = !world.ret;
	if (started) {
		if (world.hostile)
			world_calm_down();
		else
			world_check_fetches(cpa);
		world_run_translated();
		vfio_ccw_cp_release(&world.cp, &world.vdev);
		world_check_unpinned("after the release");
	} else {
		world_check_refusal(cpa);
		world_check_unpinned("though the start was refused");
	}
	vfio_ccw_cp_release(&world.cp, &world.vdev);
	vfio_ccw_cp_free(&world.cp);
	if (world.blocks)
		world_wrong("%u blocks are not freed", world.blocks);
	if (started && !world.unsure) {
		world_remember();
		world_run(NATIVE, &world.orb);
		if (!world.wrong[0])
			world_compare_or_excuse(cpa);
	}
	if (world.wrong[0])
		return WRONG;
	return world.ret ? REFUSED : SAME;
}

#endif /* TEST_TRANSLATION_WORLD_H */
