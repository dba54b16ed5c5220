// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest pages of a program: each is there once, whatever the number of CCWs
 * that touch it, and is pinned for what they do and for nothing else.
 */
#include <linux/errno.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vfio.h>

#include "vfio_ccw_cp_private.h"

#define VFIO_CCW_MIN_PAGE_BITS	5
#define VFIO_CCW_RUN		32	/* pages that are pinned at once */

/*
 * The slot that a page belongs in: multiplied by a number that the guest does not
 * know, or it could choose pages that all want the same one.
 */
static u32 vfio_ccw_pages_slot(const struct vfio_ccw_part *part, u64 number)
{
	return number * part->key >> (64 - part->page_bits);
}

/* Give @nr a slot: the first free one from where its number belongs. */
static void vfio_ccw_pages_hash(struct vfio_ccw_part *part, u32 nr)
{
	const u32 mask = (1 << part->page_bits) - 1;
	u32 slot = vfio_ccw_pages_slot(part, part->page[nr].number);

	while (part->slot[slot] < nr &&
	       part->page[part->slot[slot]].slot == slot)
		slot = (slot + 1) & mask;
	part->slot[slot] = nr;
	part->page[nr].slot = slot;
}

static int vfio_ccw_pages_grow(struct vfio_ccw_part *part)
{
	unsigned int bits = max_t(unsigned int, part->page_bits + 1,
				  VFIO_CCW_MIN_PAGE_BITS);
	struct vfio_ccw_page *page;
	u32 *slot, i;

	page = kvcalloc(1 << (bits - 1), sizeof(*page), GFP_KERNEL_ACCOUNT);
	slot = kvcalloc(1 << bits, sizeof(*slot), GFP_KERNEL_ACCOUNT);
	if (!page || !slot) {
		kvfree(page);
		kvfree(slot);
		return -ENOMEM;
	}
	if (part->page)
		memcpy(page, part->page, part->nr_pages * sizeof(*page));
	kvfree(part->page);
	kvfree(part->slot);
	part->page = page;
	part->slot = slot;
	part->page_bits = bits;
	part->key = get_random_u64() | 1;
	for (i = 0; i < part->nr_pages; i++)
		vfio_ccw_pages_hash(part, i);
	return 0;
}

/* What vfio_ccw_pages_find() does if the page is not the last one again. */
int vfio_ccw_pages_seek(struct vfio_ccw_part *part, u64 number)
{
	u32 mask, slot, nr = part->nr_pages;
	int ret;

	if (!part->page_bits || nr == 1U << (part->page_bits - 1)) {
		ret = vfio_ccw_pages_grow(part);
		if (ret)
			return ret;
	}
	mask = (1 << part->page_bits) - 1;
	slot = vfio_ccw_pages_slot(part, number);
	for (;; slot = (slot + 1) & mask) {
		u32 i = part->slot[slot];

		if (i >= nr || part->page[i].slot != slot)
			break;
		if (part->page[i].number == number) {
			part->last = i;
			return i;
		}
	}
	part->slot[slot] = nr;
	part->page[nr] = (struct vfio_ccw_page){ .number = number, .slot = slot,
						 .place = VFIO_CCW_NO_ADDRESS };
	part->last = nr;
	return part->nr_pages++;
}

/* How many pages from @nr on are neighbours, and used alike. */
static unsigned int vfio_ccw_pages_run(const struct vfio_ccw_part *part,
				       unsigned int nr)
{
	const struct vfio_ccw_page *first = &part->page[nr], *page = first + 1;
	const struct vfio_ccw_page *end = part->page + part->nr_pages;

	end = min(end, first + VFIO_CCW_RUN);
	while (page < end && page->number == page[-1].number + 1 &&
	       page->access == first->access)
		page++;
	return page - first;
}

static int vfio_ccw_pages_pin_run(struct vfio_ccw_page *first, int nr,
				  struct vfio_device *vdev)
{
	struct page *page[VFIO_CCW_RUN];
	int i, ret;

	ret = vfio_pin_pages(vdev, first->number << PAGE_SHIFT, nr,
			     first->access, page);
	if (ret >= 0 && ret != nr) {
		vfio_unpin_pages(vdev, first->number << PAGE_SHIFT, ret);
		ret = -EINVAL;
	}
	if (ret < 0)
		return ret;
	for (i = 0; i < nr; i++)
		first[i].place = page_to_phys(page[i]);
	first->run = nr;
	return 0;
}

/* Pin one page for what it can be had for; that may be nothing. */
static int vfio_ccw_pages_pin_one(struct vfio_ccw_part *part,
				  struct vfio_ccw_page *page,
				  struct vfio_device *vdev)
{
	int ret;

	ret = vfio_ccw_pages_pin_run(page, 1, vdev);
	if (vfio_ccw_guest_error(ret) && page->access == VFIO_CCW_ACCESS) {
		part->denied = true;
		page->access = IOMMU_READ;
		ret = vfio_ccw_pages_pin_run(page, 1, vdev);
	}
	if (!vfio_ccw_guest_error(ret))
		return ret;
	page->access = 0;
	return 0;
}

/**
 * vfio_ccw_pages_pin() - pin the pages of a program
 * @part: the program
 * @vdev: gives access to guest memory
 *
 * A page that the guest does not have, or not for what is done to it, is left
 * out. Return: 0, or what VFIO answered if the guest is not to blame for it.
 */
int vfio_ccw_pages_pin(struct vfio_ccw_part *part, struct vfio_device *vdev)
{
	unsigned int i, nr, end;
	int ret;

	for (i = 0; i < part->nr_pages; i += nr) {
		nr = vfio_ccw_pages_run(part, i);
		if (!part->page[i].access)
			continue;
		ret = vfio_ccw_pages_pin_run(&part->page[i], nr, vdev);
		if (vfio_ccw_guest_error(ret)) {
			ret = 0;
			for (end = i + nr; i < end && !ret; i++)
				ret = vfio_ccw_pages_pin_one(part,
							     &part->page[i],
							     vdev);
			nr = 0;
		}
		if (ret < 0)
			return ret;
		cond_resched();
	}
	return 0;
}

/**
 * vfio_ccw_pages_unpin() - unpin the pages of a program, and forget them
 * @part: the program
 * @vdev: gives access to guest memory
 *
 * In the very runs in which they were pinned, as iommufd wants it.
 */
void vfio_ccw_pages_unpin(struct vfio_ccw_part *part, struct vfio_device *vdev)
{
	unsigned int i;

	for (i = 0; i < part->nr_pages; i++)
		if (part->page[i].run)
			vfio_unpin_pages(vdev, part->page[i].number << PAGE_SHIFT,
					 part->page[i].run);
	part->nr_pages = 0;
	part->denied = false;
}

/**
 * vfio_ccw_pages_keep() - see to it that nobody else ever gets the pages
 * @part: the program, whose channel may still use them
 *
 * Unpinned they must be all the same.
 */
void vfio_ccw_pages_keep(const struct vfio_ccw_part *part)
{
	struct page *page;
	unsigned int i;

	for (i = 0; i < part->nr_pages; i++) {
		if (part->page[i].place == VFIO_CCW_NO_ADDRESS)
			continue;
		page = pfn_to_online_page(part->page[i].place >> PAGE_SHIFT);
		if (page)
			get_page(page);
	}
}
