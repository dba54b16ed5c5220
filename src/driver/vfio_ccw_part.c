// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory for channel programs: taken when a program needs more than any before
 * it, and kept for the next.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "vfio_ccw_cp_private.h"

#define VFIO_CCW_MIN_ARENA	1024	/* bytes */
#define VFIO_CCW_MIN_STEPS	16
#define VFIO_CCW_MIN_EXTENTS	4

/* A larger arena. CCWs keep their distance from its beginning, lists from its end. */
static int vfio_ccw_part_grow_arena(struct vfio_ccw_part *part, u32 size)
{
	void *arena;

	if (size > VFIO_CCW_MAX_ARENA)
		return -EFBIG;
	size = max_t(u32, roundup_pow_of_two(size), VFIO_CCW_MIN_ARENA);
	arena = kzalloc(size, GFP_KERNEL_ACCOUNT | GFP_DMA | __GFP_NOWARN);
	if (!arena)
		return -ENOMEM;
	if (part->arena) {
		memcpy(arena, part->arena, part->nr * sizeof(struct ccw_format1));
		memcpy(arena + size - part->used,
		       part->arena + part->size - part->used, part->used);
	}
	kfree(part->arena);
	part->arena = arena;
	part->size = size;
	return 0;
}

/* An array like @old with room for @nr of @size bytes; *max: for how many. */
static void *vfio_ccw_part_grow(void *old, unsigned int *max, unsigned int nr,
				size_t size)
{
	unsigned int room = roundup_pow_of_two(nr);
	void *array = kvcalloc(room, size, GFP_KERNEL_ACCOUNT);

	if (!array)
		return NULL;
	if (old)
		memcpy(array, old, *max * size);
	kvfree(old);
	*max = room;
	return array;
}

/* What vfio_ccw_part_reserve() does if there is no room yet. */
int vfio_ccw_part_enlarge(struct vfio_ccw_part *part, unsigned int steps,
			  u32 lists)
{
	u32 size = steps * sizeof(struct ccw_format1) + lists;

	if (steps > part->max) {
		void *step = vfio_ccw_part_grow(part->step, &part->max,
						max_t(unsigned int, steps,
						      VFIO_CCW_MIN_STEPS),
						sizeof(*part->step));

		if (!step)
			return -ENOMEM;
		part->step = step;
	}
	return size > part->size ? vfio_ccw_part_grow_arena(part, size) : 0;
}

/**
 * vfio_ccw_part_extent() - remember guest storage that the channel fetches from
 * @part: of which program
 * @start: guest address
 * @end: of the byte behind it
 * @spare: only a skip leads there
 *
 * Return: 0 or -ENOMEM.
 */
int vfio_ccw_part_extent(struct vfio_ccw_part *part, u32 start, u32 end,
			 bool spare)
{
	unsigned int room = max_t(unsigned int, part->nr_extents + 1,
				  VFIO_CCW_MIN_EXTENTS);

	if (part->nr_extents == part->max_extents) {
		void *extent = vfio_ccw_part_grow(part->extent,
						  &part->max_extents, room,
						  sizeof(*part->extent));

		if (!extent)
			return -ENOMEM;
		part->extent = extent;
	}
	part->extent[part->nr_extents++] = (struct vfio_ccw_extent){
		.start = start, .end = end, .first = part->nr,
		.spare = spare };
	return 0;
}

void vfio_ccw_part_free(struct vfio_ccw_part *part)
{
	kfree(part->arena);
	kvfree(part->step);
	kvfree(part->extent);
	kvfree(part->page);
	kvfree(part->slot);
	memset(part, 0, sizeof(*part));
}
