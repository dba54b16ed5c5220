/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Allocation: counted, checked, and made to fail on demand.
 */
#include <stdlib.h>

#include "host_memory.h"
#include "host_private.h"

static bool inside(const struct host_block *block, const void *object)
{
	return (const char *)object >= block->memory &&
	       (const char *)object < block->memory + (block->size ?: 1);
}

struct host_block *host_block_at(const void *address)
{
	struct host_block *block;

	list_for_each_entry(block, &host_current->blocks, all)
		if (inside(block, address))
			return block;
	return NULL;
}

static char *get_memory(size_t size, gfp_t flags)
{
	size_t align = sizeof(u64);
	void *memory;

	if (size && !(size & (size - 1)))
		align = max_t(size_t, min_t(size_t, size, 4096), sizeof(u64));
	if (posix_memalign(&memory, align, size ?: 1))
		return NULL;
	memset(memory, flags & __GFP_ZERO ? 0 : 0xa5, size);
	return memory;
}

static struct host_block *new_block(size_t size, gfp_t flags,
				    const char *where)
{
	struct host_block *block = calloc(1, sizeof(*block));

	if (!block)
		return NULL;
	block->memory = get_memory(size, flags);
	block->size = size;
	block->where = where;
	block->scattered = flags & HOST_SCATTERED;
	if (!block->memory)
		goto err_block;
	if (flags & GFP_DMA && host_storage_place(block))
		goto err_memory;
	list_add_tail(&block->all, &host_current->blocks);
	return block;

err_memory:
	free(block->memory);
err_block:
	free(block);
	return NULL;
}

void *host_alloc(size_t number, size_t size, gfp_t flags, const char *where)
{
	struct host_block *block;
	size_t total;

	if (flags & GFP_KERNEL)
		host_might_sleep("an allocation", where);
	if (host_fault(HOST_FAULT_ALLOC) ||
	    __builtin_mul_overflow(number, size, &total))
		return NULL;
	block = new_block(total, flags, where);
	return block ? block->memory : NULL;
}

void *host_alloc_permanent(size_t size, gfp_t flags)
{
	struct host_block *block = new_block(size, flags | __GFP_ZERO, NULL);

	if (!block)
		return NULL;
	block->permanent = true;
	return block->memory;
}

struct freed {
	const struct host_block *block;
	const char *where;
};

static void check_task(void *ctx, struct task *task)
{
	const struct freed *freed = ctx;
	const struct host_task *known = sched_local(task);
	const struct host_lock *lock;

	if (inside(freed->block, sched_waits_in(task)))
		host_violation(freed->where, "memory is freed in which task %s "
			       "waits", sched_task_name(task));
	for (lock = known->held; lock; lock = lock->outer)
		if (inside(freed->block, lock))
			host_violation(freed->where, "memory is freed with %s "
				       "held in it", lock->name);
}

static void check_unused(const struct host_block *block, const char *where)
{
	struct freed freed = { block, where };

	host_work_freed(block->memory, block->size, where);
	sched_each(host_current->sched, check_task, &freed);
}

static void release(struct host_block *block)
{
	list_del(&block->all);
	if (block->absolute)
		host_storage_remove(block);
	free(block->memory);
	free(block);
}

static void free_block(const void *memory, const char *function, bool any,
		       const char *where)
{
	struct host_block *block;

	if (!memory)
		return;
	block = host_block_at(memory);
	if (!block || block->memory != memory)
		host_violation(where, "%s() of something that is not allocated",
			       function);
	if (block->scattered && !any)
		host_violation(where, "%s() of memory that kvcalloc() gave",
			       function);
	check_unused(block, where);
	release(block);
}

void host_free(const void *memory, const char *where)
{
	free_block(memory, "kfree", false, where);
}

void host_kvfree(const void *memory, const char *where)
{
	free_block(memory, "kvfree", true, where);
}

void host_memory_left(struct host *host, struct host_left *left)
{
	struct host_block *block;
	u64 i;

	list_for_each_entry(block, &host->blocks, all)
		if (!block->permanent)
			host_left(left, "%zu bytes allocated by %s()",
				  block->size, block->where);
	for (i = 0; i < host->pages; i++)
		if (host->page[i].references)
			host_left(left, "guest page %#llx is still held", i << PAGE_SHIFT);
}

void host_memory_destroy(struct host *host)
{
	struct host_block *block, *after;

	list_for_each_entry_safe(block, after, &host->blocks, all)
		release(block);
	host_storage_destroy(host);
}
