// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that store into themselves: what the channel fetches of a program is
 * known before it runs, and so is where the program stores.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "vfio_ccw_cp_private.h"

#define CCW_BYTES	sizeof(struct ccw_format1)

/* Put extents of single CCWs in the place of runs: spare ones are kept apart. */
static int vfio_ccw_self_extents(struct vfio_ccw_scan *scan)
{
	struct vfio_ccw_part *part = scan->part;
	const struct vfio_ccw_step *step;
	unsigned int nr;
	int ret = 0;

	memset(part->extent, 0, scan->runs * sizeof(*part->extent));
	for (nr = 0; !ret && nr < part->nr; nr++) {
		step = &part->step[nr];
		if (step->kind < VFIO_CCW_MISSING)
			ret = vfio_ccw_part_extent(part, step->guest,
						   step->guest + CCW_BYTES,
						   step->spare);
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

/* Put extents from @nr on in order; make one of those that overlap or touch. */
static void vfio_ccw_self_sort(struct vfio_ccw_part *part, unsigned int nr)
{
	struct vfio_ccw_extent *extent = part->extent + nr, *last = extent;
	struct vfio_ccw_extent *end = part->extent + part->nr_extents;

	if (extent == end)
		return;
	sort(extent, end - extent, sizeof(*extent), vfio_ccw_self_order, NULL);
	while (++extent < end) {
		if (extent->spare == last->spare && extent->start <= last->end)
			last->end = max(last->end, extent->end);
		else
			*++last = *extent;
	}
	part->nr_extents = last + 1 - part->extent;
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

/* Is one of extents @low to @high in guest [@start, @end)? */
static bool vfio_ccw_self_overlaps(const struct vfio_ccw_part *part,
				   unsigned int low, unsigned int high,
				   u64 start, u64 end)
{
	low = vfio_ccw_self_search(part, low, high, start);
	return low < high && part->extent[low].start < end;
}

/* The program stores into guest [@start, @end): -ETXTBSY if it is there itself. */
static int vfio_ccw_self_store(struct vfio_ccw_scan *scan, u64 start, u64 end)
{
	struct vfio_ccw_part *part = scan->part;
	struct vfio_ccw_extent *last = &part->extent[part->nr_extents - 1];

	if (vfio_ccw_self_overlaps(part, 0, scan->firm, start, end))
		return -ETXTBSY;
	if (!vfio_ccw_self_overlaps(part, scan->firm, scan->own, start, end))
		return 0;
	if (part->nr_extents == scan->own || last->end != start)
		return vfio_ccw_part_extent(part, start, end, true);
	last->end = end;
	return 0;
}

/* Does the program store into guest [@start, @start + @size)? */
static bool vfio_ccw_self_is_hit(const struct vfio_ccw_scan *scan, u64 start,
				 u32 size)
{
	return size && vfio_ccw_self_overlaps(scan->part, scan->own,
					      scan->part->nr_extents, start,
					      start + size);
}

/* What the program overwrites behind itself is invalid. */
static void vfio_ccw_self_plant(struct vfio_ccw_scan *scan)
{
	struct vfio_ccw_part *part = scan->part;
	struct vfio_ccw_step *step;
	unsigned int nr;
	u32 list, size;

	vfio_ccw_self_sort(part, scan->own);
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
		if (vfio_ccw_self_is_hit(scan, step->guest, CCW_BYTES) ||
		    vfio_ccw_self_is_hit(scan, list, size))
			step->kind = VFIO_CCW_INVALID;
	}
}

/* Bytes of @area, with @left to go, that the word at @word stands for. */
static u32 vfio_ccw_self_length(const struct vfio_ccw_scan *scan,
				const struct vfio_ccw_area *area,
				const __be64 *word, bool mida, u32 left)
{
	const struct ccw_midaw *midaw = (const void *)(word - 1);

	if (mida)
		return min_t(u32, left, be32_get_bits(midaw->word[1],
						      MIDAW1_COUNT));
	return min(left, vfio_ccw_data_rest(scan, area, be64_to_cpup(word)));
}

/* Look where the data of step @nr go. */
static int vfio_ccw_self_step(struct vfio_ccw_scan *scan, unsigned int nr)
{
	struct vfio_ccw_part *part = scan->part;
	struct vfio_ccw_step *step = &part->step[nr];
	const struct vfio_ccw_area area = vfio_ccw_data_area(part, nr);
	unsigned int i, stride = vfio_ccw_data_stride(step);
	__be64 *word = vfio_ccw_part_list(part, step->list) + stride - 1;
	const struct vfio_ccw_page *page;
	u32 length, left = area.count;
	u64 start;
	int ret = 0;

	if (!(area.access & IOMMU_WRITE))
		return 0;
	for (i = 0; !ret && i < step->words; i++, word += stride) {
		length = vfio_ccw_self_length(scan, &area, word, stride > 1,
					      left);
		left -= length;
		page = vfio_ccw_data_page(part, be64_to_cpup(word));
		if (!page || !page->program || !length)
			continue;
		start = page->number << PAGE_SHIFT |
			offset_in_page(be64_to_cpup(word));
		if (area.backward)
			start -= length - 1;
		ret = vfio_ccw_self_store(scan, start, start + length);
	}
	if (ret == -ETXTBSY && step->spare) {
		step->kind = VFIO_CCW_INVALID;
		return 0;
	}
	return ret;
}

/* Mark the pages that hold the program. Return: does it store into one? */
static int vfio_ccw_self_mark(struct vfio_ccw_part *part)
{
	const struct vfio_ccw_extent *extent;
	bool stores = false;
	unsigned int i;
	int page;
	u32 nr;

	for (i = 0; i < part->nr_extents; i++) {
		extent = &part->extent[i];
		for (nr = extent->start >> PAGE_SHIFT;
		     (u64)nr << PAGE_SHIFT < extent->end; nr++) {
			page = vfio_ccw_pages_find(part, nr);
			if (page < 0)
				return page;
			part->page[page].program = true;
			stores |= part->page[page].access & IOMMU_WRITE;
		}
	}
	return stores;
}

/**
 * vfio_ccw_self_check() - the third pass: does the program store into itself?
 * @scan: the translation; its lists name pages
 *
 * If the ORB permits prefetching nobody can tell. Return: 0; -ETXTBSY: it does, and
 * may not be prefetched; -ENOMEM.
 */
int vfio_ccw_self_check(struct vfio_ccw_scan *scan)
{
	struct vfio_ccw_part *part = scan->part;
	unsigned int nr;
	int ret;

	if (scan->orb1 & ORB1_P)
		return 0;
	ret = vfio_ccw_self_mark(part);
	if (ret > 0)
		ret = vfio_ccw_self_extents(scan) ?: 1;
	if (ret <= 0)
		return ret;
	vfio_ccw_self_sort(part, 0);
	scan->own = part->nr_extents;
	while (scan->firm < scan->own && !part->extent[scan->firm].spare)
		scan->firm++;
	for (nr = 0, ret = 0; !ret && nr < part->nr; nr++) {
		if (part->step[nr].words)
			ret = vfio_ccw_self_step(scan, nr);
		cond_resched();
	}
	if (!ret)
		vfio_ccw_self_plant(scan);
	return ret;
}
