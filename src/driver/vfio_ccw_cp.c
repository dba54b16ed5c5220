// SPDX-License-Identifier: GPL-2.0-only
/*
 * Translation of channel programs: the passes in their order, resumption, and
 * addresses there and back.
 */
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "vfio_ccw_cp_private.h"

#define VFIO_CCW_BLOCK_2K	2048
#define VFIO_CCW_BLOCK_4K	4096

static void vfio_ccw_part_release(struct vfio_ccw_part *part,
				  struct vfio_device *vdev)
{
	vfio_ccw_pages_unpin(part, vdev);
	part->nr = 0;
	part->used = 0;
	part->nr_extents = 0;
}

/* Does the program use a page of guest pages @first to @last for data? */
static bool vfio_ccw_part_uses(const struct vfio_ccw_part *part, u64 first,
			       u64 last)
{
	unsigned int i;

	for (i = 0; i < part->nr_pages; i++)
		if (part->page[i].access && part->page[i].number >= first &&
		    part->page[i].number <= last)
			return true;
	return false;
}

static bool vfio_ccw_cp_is_barred(const struct vfio_ccw_cp *cp,
				  const struct vfio_ccw_part *part)
{
	return time_before(jiffies, cp->barred_until) &&
	       vfio_ccw_part_uses(part, cp->barred_first, cp->barred_last);
}

void vfio_ccw_cp_bar(struct vfio_ccw_cp *cp, u64 iova, u64 len)
{
	u64 first = iova >> PAGE_SHIFT, last = (iova + len - 1) >> PAGE_SHIFT;

	if (time_before(jiffies, cp->barred_until)) {
		first = min(first, cp->barred_first);
		last = max(last, cp->barred_last);
	} else {
		cp->barred_until = jiffies + HZ;
	}
	cp->barred_first = first;
	cp->barred_last = last;
}

/* Translate the guest's program that begins at @guest to @part. */
static int vfio_ccw_part_translate(struct vfio_ccw_part *part,
				   const struct vfio_ccw_cp *cp,
				   struct vfio_device *vdev, u32 guest)
{
	bool big = cp->orb1 & ORB1_H && !(cp->orb1 & ORB1_T);
	struct vfio_ccw_scan scan;
	int ret;

	scan.part = part;
	scan.vdev = vdev;
	scan.orb1 = cp->orb1;
	scan.limit = cp->orb1 & ORB1_F ? BIT(31) : BIT(24);
	scan.block = big ? VFIO_CCW_BLOCK_4K : VFIO_CCW_BLOCK_2K;
	scan.nowhere = virt_to_phys(cp->nowhere);
	scan.jumps = false;
	scan.firm = 0;
	scan.at = 0;
	scan.nr = 0;

	ret = vfio_ccw_scan_program(&scan, guest);
	if (!ret)
		ret = vfio_ccw_data_lists(&scan);
	if (!ret)
		ret = vfio_ccw_self_check(&scan);
	if (!ret && vfio_ccw_cp_is_barred(cp, part))
		ret = -EBUSY;
	if (!ret)
		ret = vfio_ccw_pages_pin(part, vdev);
	if (ret)
		vfio_ccw_part_release(part, vdev);
	else
		vfio_ccw_data_place(&scan);
	return ret;
}

int vfio_ccw_cp_translate(struct vfio_ccw_cp *cp, struct vfio_device *vdev,
			  const struct ccw_orb *orb)
{
	if (orb->word[1] & cpu_to_be32(ORB1_B))
		return -EOPNOTSUPP;
	if (!cp->nowhere)
		cp->nowhere = kzalloc(PAGE_SIZE, GFP_KERNEL_ACCOUNT | GFP_DMA);
	if (!cp->nowhere)
		return -ENOMEM;
	cp->orb1 = be32_to_cpu(orb->word[1]);
	return vfio_ccw_part_translate(&cp->part[0], cp, vdev,
				       be32_to_cpu(orb->word[2]));
}

void vfio_ccw_cp_release(struct vfio_ccw_cp *cp, struct vfio_device *vdev)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cp->part); i++)
		vfio_ccw_part_release(&cp->part[i], vdev);
}

void vfio_ccw_cp_free(struct vfio_ccw_cp *cp)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cp->part); i++)
		vfio_ccw_part_free(&cp->part[i]);
	kfree(cp->nowhere);
	cp->nowhere = NULL;
	cp->barred_until = jiffies;
}

/* Make everything in the arena of @part something that a channel refuses. */
static void vfio_ccw_part_spoil(struct vfio_ccw_part *part)
{
	__be64 *word = part->arena;

	for (; word < (__be64 *)(part->arena + part->size); word++)
		WRITE_ONCE(*word, cpu_to_be64(VFIO_CCW_NO_ADDRESS));
}

void vfio_ccw_cp_abandon(struct vfio_ccw_cp *cp)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cp->part); i++) {
		vfio_ccw_pages_keep(&cp->part[i]);
		vfio_ccw_part_spoil(&cp->part[i]);
		cp->part[i].arena = NULL;
		cp->part[i].size = 0;
	}
	cp->nowhere = NULL;
}

u32 vfio_ccw_cp_start(const struct vfio_ccw_cp *cp)
{
	return virt_to_phys(cp->part[0].arena);
}

u32 vfio_ccw_cp_orb1(const struct vfio_ccw_cp *cp)
{
	u32 orb1 = cp->orb1 & ~(ORB1_A | ORB1_X | ORB1_LPM);

	if (!(orb1 & ORB1_H))
		orb1 |= ORB1_T;
	if (!(orb1 & ORB1_F))
		orb1 |= ORB1_L;
	return orb1 | ORB1_F | ORB1_H;
}

/* The step before host CCW address @cpa; -1: none of @part. */
static int vfio_ccw_part_step(const struct vfio_ccw_part *part, u32 cpa)
{
	u32 offset;

	if (!part->nr)
		return -1;
	offset = cpa - virt_to_phys(part->arena);
	if (!offset || !IS_ALIGNED(offset, sizeof(struct ccw_format1)) ||
	    offset > (part->nr + VFIO_CCW_FENCES) * sizeof(struct ccw_format1))
		return -1;
	return offset / sizeof(struct ccw_format1) - 1;
}

u32 vfio_ccw_cp_guest(const struct vfio_ccw_cp *cp, u32 cpa)
{
	const struct vfio_ccw_part *part;
	int nr;

	for (part = cp->part; part < cp->part + ARRAY_SIZE(cp->part); part++) {
		nr = vfio_ccw_part_step(part, cpa);
		if (nr >= 0)
			return part->step[nr].guest + sizeof(struct ccw_format1);
	}
	return 0;
}

/*
 * Let what begins with step @nr of @part go on as the program in @next. What the
 * channel can come to from there without a jump are two CCWs more.
 */
static void vfio_ccw_part_graft(struct vfio_ccw_part *part, unsigned int nr,
				const struct vfio_ccw_part *next)
{
	unsigned int i;

	for (i = 0; i < 3; i++) {
		struct ccw_format1 *ccw = vfio_ccw_part_ccw(part, nr + i);
		struct ccw_format1 *new = vfio_ccw_part_ccw(next, i);

		part->step[nr + i].guest = next->step[i].guest;
		if (!i || next->step[i].kind >= VFIO_CCW_TIC) {
			*ccw = *new;
			continue;
		}
		ccw->word[0] = cpu_to_be32(FIELD_PREP(CCW0_CMD, CCW_CMD_TIC));
		ccw->word[1] = cpu_to_be32(virt_to_phys(new));
	}
}

int vfio_ccw_cp_resume(struct vfio_ccw_cp *cp, struct vfio_device *vdev,
		       u32 cpa)
{
	struct vfio_ccw_part *part = cp->part, *next = cp->part + 1;
	int ret, nr = vfio_ccw_part_step(part, cpa);

	if (nr < 0) {
		swap(part, next);
		nr = vfio_ccw_part_step(part, cpa);
	}
	if (nr < 0 || part->step[nr].kind >= VFIO_CCW_TIC)
		return -EINVAL;
	vfio_ccw_part_release(next, vdev);
	ret = vfio_ccw_part_translate(next, cp, vdev, part->step[nr].guest);
	if (ret)
		return ret;
	vfio_ccw_part_graft(part, nr, next);
	vfio_ccw_pages_unpin(part, vdev);
	return ccw_has(vfio_ccw_part_ccw(part, nr), CCW0_S);
}

bool vfio_ccw_cp_pinned(const struct vfio_ccw_cp *cp, u64 iova, u64 len)
{
	u64 first = iova >> PAGE_SHIFT, last = (iova + len - 1) >> PAGE_SHIFT;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cp->part); i++)
		if (vfio_ccw_part_uses(&cp->part[i], first, last))
			return true;
	return false;
}
