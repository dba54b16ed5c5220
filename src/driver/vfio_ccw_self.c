// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that store into themselves: what the channel fetches of a program is
 * known before it runs, and so is where the program stores.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sort.h>

#include "vfio_ccw_cp_private.h"

#define CCW_BYTES	sizeof(struct ccw_format1)

/**
 * vfio_ccw_self_extents() - where the CCWs are that were scanned
 * @part: the program
 *
 * Those that only a skip leads to are kept apart. Return: 0 or -ENOMEM.
 */
int vfio_ccw_self_extents(struct vfio_ccw_part *part)
{
	struct vfio_ccw_extent *last = NULL;
	const struct vfio_ccw_step *step;
	unsigned int nr;
	int ret = 0;

	part->nr_extents = 0;
	for (nr = 0; !ret && nr < part->nr; nr++) {
		step = &part->step[nr];
		if (step->kind >= VFIO_CCW_MISSING)
			continue;
		if (last && last->end == step->guest &&
		    last->spare == step->spare) {
			last->end += CCW_BYTES;
			continue;
		}
		ret = vfio_ccw_part_extent(part, step->guest,
					   step->guest + CCW_BYTES,
					   step->spare);
		last = &part->extent[part->nr_extents - 1];
	}
	return ret;
}

static int vfio_ccw_self_order(const void *one, const void *other)
{
	const struct vfio_ccw_extent *a = one, *b = other;

	if (a->spare != b->spare)
		return a->spare ? 1 : -1;
	return a->start < b->start ? -1 : a->start > b->start;
}

/* Put the extents in order, and make one of those that overlap or touch. */
static void vfio_ccw_self_sort(struct vfio_ccw_part *part)
{
	struct vfio_ccw_extent *last = part->extent, *extent = last;
	unsigned int i;

	sort(part->extent, part->nr_extents, sizeof(*extent),
	     vfio_ccw_self_order, NULL);
	for (i = 1; i < part->nr_extents; i++) {
		extent = &part->extent[i];
		if (extent->spare == last->spare && extent->start <= last->end)
			last->end = max(last->end, extent->end);
		else
			*++last = *extent;
	}
	part->nr_extents = last + 1 - part->extent;
	for (i = 0; i < part->nr_extents && !part->extent[i].spare; i++)
		;
	part->sorted = i;
}

/* The first of extents @low to @high that ends behind @start; @high: none. */
static unsigned int vfio_ccw_self_search(const struct vfio_ccw_part *part,
					 unsigned int low, unsigned int high,
					 u64 start)
{
	unsigned int middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (part->extent[middle].end <= start)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/**
 * vfio_ccw_self_store() - the program stores into guest [@start, @end)
 * @part: the program; its CCWs and lists are known
 * @start: guest address
 * @end: of the byte behind
 *
 * Return: -ETXTBSY if the program is there, or else 0.
 */
int vfio_ccw_self_store(struct vfio_ccw_part *part, u64 start, u64 end)
{
	unsigned int i;

	if (!part->sorted)
		vfio_ccw_self_sort(part);
	i = vfio_ccw_self_search(part, 0, part->sorted, start);
	if (i < part->sorted && part->extent[i].start < end)
		return -ETXTBSY;
	i = vfio_ccw_self_search(part, part->sorted, part->nr_extents, start);
	for (; i < part->nr_extents && part->extent[i].start < end; i++)
		part->extent[i].hit = true;
	return 0;
}

/* Does the program store into guest [@start, @end), where it may be spare? */
static bool vfio_ccw_self_is_hit(const struct vfio_ccw_part *part, u64 start,
				 u64 end)
{
	unsigned int i = vfio_ccw_self_search(part, part->sorted,
					      part->nr_extents, start);

	return i < part->nr_extents && part->extent[i].start < end &&
	       part->extent[i].hit;
}

/**
 * vfio_ccw_self_plant() - what the program overwrites behind itself is invalid
 * @scan: the translation; it is known where the program stores
 */
void vfio_ccw_self_plant(struct vfio_ccw_scan *scan)
{
	struct vfio_ccw_part *part = scan->part;
	struct vfio_ccw_step *step;
	unsigned int nr;
	u32 list, size;

	if (!part->sorted || part->sorted == part->nr_extents)
		return;
	for (nr = 0; nr < part->nr; nr++) {
		step = &part->step[nr];
		if (!step->spare || step->kind >= VFIO_CCW_INVALID)
			continue;
		list = be32_to_cpu(vfio_ccw_part_ccw(part, nr)->word[1]);
		size = 0;
		if (step->kind == VFIO_CCW_IDA)
			size = step->words * vfio_ccw_scan_idaw(scan);
		if (step->kind == VFIO_CCW_MIDA)
			size = step->words * sizeof(struct ccw_midaw);
		if (vfio_ccw_self_is_hit(part, step->guest,
					 step->guest + CCW_BYTES) ||
		    (size && vfio_ccw_self_is_hit(part, list, list + size)))
			step->kind = VFIO_CCW_INVALID;
	}
}
