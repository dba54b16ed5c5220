/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Absolute storage: what lies where, and the guest's memory in it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <linux/io.h>
#include <linux/memory_hotplug.h>

#include "host_memory.h"
#include "host_private.h"

static u64 frames_of(const struct host_block *block)
{
	return DIV_ROUND_UP(max_t(size_t, block->size, 1), PAGE_SIZE);
}

/* Frames [first, first + number] are empty, where they exist. */
static bool empty(const struct host *host, u64 first, u64 number)
{
	u64 i;

	for (i = first; i <= first + number && i < host->frames; i++)
		if (host->frame[i])
			return false;
	return true;
}

static int grow_frames(struct host *host, u64 frames)
{
	struct host_block **frame;

	if (frames <= host->frames)
		return 0;
	if (STORAGE_LOW + frames * PAGE_SIZE > STORAGE_DMA_END)
		return -ENOMEM;
	frames = max_t(u64, frames, 2 * host->frames);
	frame = realloc(host->frame, frames * sizeof(*frame));
	if (!frame)
		return -ENOMEM;
	memset(frame + host->frames, 0,
	       (frames - host->frames) * sizeof(*frame));
	host->frame = frame;
	host->frames = frames;
	return 0;
}

int host_storage_place(struct host_block *block)
{
	struct host *host = host_current;
	u64 first = 0, number = frames_of(block), i;

	while (!empty(host, first, number))
		first++;
	if (grow_frames(host, first + number + 1))
		return -ENOMEM;
	for (i = 0; i < number; i++)
		host->frame[first + i] = block;
	block->absolute = STORAGE_LOW + first * PAGE_SIZE;
	return 0;
}

void host_storage_remove(struct host_block *block)
{
	struct host *host = host_current;
	u64 first = (block->absolute - STORAGE_LOW) / PAGE_SIZE, i;

	for (i = 0; i < frames_of(block); i++)
		host->frame[first + i] = NULL;
}

phys_addr_t host_virt_to_phys(const volatile void *memory, const char *where)
{
	const char *address = (const char *)memory;
	const struct host_block *block = host_block_at(address);

	if (block && block->absolute)
		return block->absolute + (address - block->memory);
	host_violation(where, "virt_to_phys() of memory that is not GFP_DMA");
}

int host_guest_memory(struct host *host, u64 size)
{
	host_enter(host);
	if (!size || size % PAGE_SIZE)
		return -EINVAL;
	if (host->guest)
		return -EEXIST;
	host->page = calloc(size / PAGE_SIZE, sizeof(*host->page));
	if (!host->page)
		return -ENOMEM;
	host->guest = mmap(NULL, size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (host->guest == MAP_FAILED) {
		host->guest = NULL;
		return -ENOMEM;
	}
	host->pages = size / PAGE_SIZE;
	return 0;
}

void *host_guest_pointer(struct host *host, u64 guest, size_t len)
{
	u64 size = host->pages * PAGE_SIZE;

	return guest <= size && len <= size - guest ? host->guest + guest : NULL;
}

phys_addr_t page_to_phys(const struct page *page)
{
	struct host *host = host_current;
	u64 number = page - host->page;

	return STORAGE_GUEST + (host->pages - 1 - number) * STORAGE_APART;
}

/* The page at an absolute address; NULL: none. */
static struct page *phys_to_page(struct host *host, u64 absolute)
{
	u64 place = (absolute - STORAGE_GUEST) / STORAGE_APART;
	u64 offset = (absolute - STORAGE_GUEST) % STORAGE_APART;

	if (place >= host->pages || offset >= PAGE_SIZE)
		return NULL;
	return &host->page[host->pages - 1 - place];
}

struct page *pfn_to_online_page(unsigned long pfn)
{
	return phys_to_page(host_current, (u64)pfn << PAGE_SHIFT);
}

void host_storage_destroy(struct host *host)
{
	if (host->guest)
		munmap(host->guest, host->pages * PAGE_SIZE);
	free(host->page);
	free(host->frame);
}

static char *nothing_at(u64 absolute)
{
	host_violation_noted("the channel", "it reaches for %#llx, where there "
			     "is no storage of ours", absolute);
	return NULL;
}

static char *guest_at(struct host *host, u64 absolute, bool write)
{
	struct page *page = phys_to_page(host, absolute);

	if (!page)
		return nothing_at(absolute);
	if (!page->references || (write && !page->writable)) {
		host_violation_noted("the channel", "it %s guest page %#lx, which "
				     "is not pinned for that",
				     write ? "stores into" : "fetches from",
				     (page - host->page) << PAGE_SHIFT);
		return NULL;
	}
	return host->guest + ((page - host->page) << PAGE_SHIFT) +
	       absolute % PAGE_SIZE;
}

static char *kernel_at(struct host *host, u64 absolute, u32 len)
{
	u64 index = (absolute - STORAGE_LOW) / PAGE_SIZE;
	struct host_block *block;
	u64 offset;

	block = index < host->frames ? host->frame[index] : NULL;
	if (!block)
		return nothing_at(absolute);
	offset = absolute - block->absolute;
	if (offset + len > block->size)
		return nothing_at(block->absolute + block->size);
	return block->memory + offset;
}

/* Bytes [absolute, absolute + len), all in one frame; NULL: not there. */
static char *storage_at(struct host *host, u64 absolute, u32 len, bool write)
{
	if (absolute >= -(u64)PAGE_SIZE)
		return NULL;
	if (absolute >= STORAGE_GUEST)
		return guest_at(host, absolute, write);
	if (absolute >= STORAGE_LOW && absolute < STORAGE_DMA_END)
		return kernel_at(host, absolute, len);
	return nothing_at(absolute);
}

void host_set_key(struct host *host, u64 guest, u8 key)
{
	host->page[guest / PAGE_SIZE].key = key;
}

static u32 in_frame(u64 absolute, u32 len)
{
	return min_t(u64, len, PAGE_SIZE - absolute % PAGE_SIZE);
}

static bool key_opens(struct host *host, u64 absolute, u32 len, u8 key,
		      bool write)
{
	u64 end = absolute + len;
	const struct page *page;
	u8 storage_key;

	for (; absolute < end; absolute += in_frame(absolute, PAGE_SIZE)) {
		page = phys_to_page(host, absolute);
		storage_key = page ? page->key : PAGE_DEFAULT_KEY;
		if (storage_key >> 4 != key &&
		    (write || storage_key & PAGE_FETCH_PROTECTED))
			return false;
	}
	return true;
}

int host_storage(struct host *host, u64 absolute, void *buf, u32 len, u8 key,
		 bool write)
{
	char *bytes = buf, *place;
	u32 done, part;

	host_enter(host);
	for (done = 0; done < len; done += in_frame(absolute + done, len - done))
		if (!storage_at(host, absolute + done,
				in_frame(absolute + done, len - done), write))
			return -EFAULT;
	if (key && !key_opens(host, absolute, len, key, write))
		return -EACCES;
	for (done = 0; done < len; done += part) {
		part = in_frame(absolute + done, len - done);
		place = storage_at(host, absolute + done, part, write);
		memcpy(write ? place : bytes + done,
		       write ? bytes + done : place, part);
	}
	return 0;
}
