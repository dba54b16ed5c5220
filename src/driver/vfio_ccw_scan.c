// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first pass of a translation: read the guest's CCWs, each once, from
 * wherever the program may lead.
 */
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/vfio.h>

#include "vfio_ccw_cp_private.h"

#define CCW_BYTES	sizeof(struct ccw_format1)

/* What command @cmd may do to storage: VFIO_CCW_MODE_ bits. */
static u8 ccw_mode(u8 cmd)
{
	if (cmd == CCW_CMD_NOOP || cmd == CCW_CMD_TIC || !(cmd & 0x0f))
		return 0;
	if ((cmd & 0x0f) == 0x0c)
		return IOMMU_WRITE | VFIO_CCW_BACKWARD;
	if ((cmd & 0x03) == 0x02 || (cmd & 0x0f) == 0x04)
		return IOMMU_WRITE | VFIO_CCW_FORWARD;
	return IOMMU_READ | VFIO_CCW_FORWARD;
}

static u8 ccw_cmd(const struct ccw_format1 *ccw)
{
	return be32_get_bits(ccw->word[0], CCW0_CMD);
}

/**
 * vfio_ccw_scan_plant() - let the channel find a fault
 * @part: the program
 * @nr: at which CCW
 */
void vfio_ccw_scan_plant(struct vfio_ccw_part *part, unsigned int nr)
{
	struct ccw_format1 *ccw = vfio_ccw_part_ccw(part, nr);

	ccw->word[0] = 0;
	ccw->word[1] = cpu_to_be32(~CCW1_CDA);
}

/* Copy the CCW at @guest. -EINVAL: there is none to be had. */
static int vfio_ccw_scan_fetch(struct vfio_ccw_scan *scan, u32 guest,
			       struct ccw_format1 *ccw)
{
	u32 size = min_t(u32, sizeof(scan->window),
			 PAGE_SIZE - offset_in_page(guest));
	int ret;

	if (!IS_ALIGNED(guest, CCW_BYTES) || guest >= scan->limit)
		return -EINVAL;
	if (guest - scan->at >= scan->nr * CCW_BYTES) {
		scan->nr = 0;
		ret = vfio_dma_rw(scan->vdev, guest, scan->window, size, false);
		if (ret)
			return ret;
		scan->at = guest;
		scan->nr = size / CCW_BYTES;
	}
	*ccw = scan->window[(guest - scan->at) / CCW_BYTES];
	return 0;
}

/* Make the format-0 CCW that was fetched one of format 1. */
static void ccw_convert(struct ccw_format1 *ccw)
{
	u32 cmd = be32_get_bits(ccw->word[0], CCW0_CMD);
	u32 cda = be32_to_cpu(ccw->word[0]) & GENMASK(23, 0);
	u32 rest = be32_to_cpu(ccw->word[1]);

	if (cmd % 16 == CCW_CMD_TIC)
		ccw->word[0] = cpu_to_be32(FIELD_PREP(CCW0_CMD, CCW_CMD_TIC));
	else
		ccw->word[0] = cpu_to_be32(FIELD_PREP(CCW0_CMD, cmd) |
					   (rest & GENMASK(31, 24)) >> 8 |
					   (rest & CCW0_COUNT));
	ccw->word[1] = cpu_to_be32(cda);
}

/* What is wrong with a CCW, whatever it is asked to do? */
static bool ccw_is_invalid(const struct ccw_format1 *ccw, u32 orb1)
{
	bool tic = ccw_cmd(ccw) == CCW_CMD_TIC;

	if (be32_to_cpu(ccw->word[1]) > CCW1_CDA)
		return true;
	if (!(orb1 & ORB1_F) && !tic && !ccw_has(ccw, CCW0_COUNT))
		return true;
	return !tic && ccw_has(ccw, CCW0_MIDA) &&
	       (!(orb1 & ORB1_D) || ccw_has(ccw, CCW0_IDA));
}

static enum vfio_ccw_kind ccw_kind(const struct ccw_format1 *ccw)
{
	if (ccw_cmd(ccw) == CCW_CMD_TIC)
		return VFIO_CCW_TIC;
	if (ccw_has(ccw, CCW0_MIDA))
		return VFIO_CCW_MIDA;
	return ccw_has(ccw, CCW0_IDA) ? VFIO_CCW_IDA : VFIO_CCW_DIRECT;
}

/* The step for the CCW at @guest; -1: it has not been scanned. */
static int vfio_ccw_scan_known(const struct vfio_ccw_part *part, u32 guest)
{
	const struct vfio_ccw_extent *extent = part->extent;

	for (; extent < part->extent + part->nr_extents; extent++)
		if (guest >= extent->start && guest < extent->end)
			return extent->first +
			       (guest - extent->start) / CCW_BYTES;
	return -1;
}

/* Append the CCW at @guest; @in: what a data chain that leads here may do. */
static int vfio_ccw_scan_one(struct vfio_ccw_scan *scan, u32 guest, u8 in,
			     bool spare)
{
	struct vfio_ccw_part *part = scan->part;
	unsigned int nr = part->nr;
	struct vfio_ccw_step *step;
	struct ccw_format1 *ccw;
	int ret;

	ret = vfio_ccw_part_reserve(part, nr + 1 + VFIO_CCW_FENCES, part->used);
	if (ret)
		return ret;
	step = &part->step[nr];
	*step = (struct vfio_ccw_step){ .guest = guest, .spare = spare };
	ccw = vfio_ccw_part_ccw(part, nr);
	ret = vfio_ccw_scan_fetch(scan, guest, ccw);
	if (ret && !vfio_ccw_guest_error(ret))
		return ret;
	part->nr++;
	if (ret) {
		step->kind = VFIO_CCW_MISSING;
		return 0;
	}
	if (!(scan->orb1 & ORB1_F))
		ccw_convert(ccw);
	step->mode = in | ccw_mode(ccw_cmd(ccw));
	step->kind = ccw_kind(ccw);
	if (ccw_is_invalid(ccw, scan->orb1) ||
	    (spare && !in && !(ccw_cmd(ccw) & 0x0f)))
		step->kind = VFIO_CCW_INVALID;
	return 0;
}

/* Append a jump to step @known, whose guest CCW comes next. */
static int vfio_ccw_scan_link(struct vfio_ccw_part *part, unsigned int known,
			      u8 in)
{
	int ret;

	ret = vfio_ccw_part_reserve(part, part->nr + 1 + VFIO_CCW_FENCES, part->used);
	if (ret)
		return ret;
	part->step[part->nr++] = (struct vfio_ccw_step){
		.guest = part->step[known].guest, .kind = VFIO_CCW_LINK,
		.target = known, .mode = in };
	return 0;
}

/*
 * Scan the CCWs from @guest on, as far as they chain and two further: after
 * status modifier the channel skips one.
 */
static int vfio_ccw_scan_run(struct vfio_ccw_scan *scan, u32 guest, u8 in,
			     bool spare)
{
	struct vfio_ccw_part *part = scan->part;
	unsigned int nr, next = part->nr, skip = part->nr;
	unsigned int own = part->nr_extents;
	struct vfio_ccw_step *step;
	bool linked = false;
	int known, ret;

	ret = vfio_ccw_part_extent(part, guest, guest);
	for (nr = part->nr; !ret && nr <= max(next, skip); nr++) {
		bool aside = spare || nr > next;

		if (nr == VFIO_CCW_MAX_CCWS)
			return aside ? 0 : -E2BIG;
		known = own ? vfio_ccw_scan_known(part, guest) : -1;
		if (known >= 0) {
			linked = true;
			ret = vfio_ccw_scan_link(part, known, in);
			in = 0;
			guest += CCW_BYTES;
			continue;
		}
		ret = vfio_ccw_scan_one(scan, guest, in, aside);
		if (ret)
			return ret;
		guest += CCW_BYTES;
		if (!linked)
			part->extent[own].end = guest;
		step = &part->step[nr];
		in = 0;
		if (step->kind >= VFIO_CCW_TIC)
			continue;
		if (ccw_has(vfio_ccw_part_ccw(part, nr), CCW0_CD)) {
			in = step->mode;
			skip = max(skip, nr + 1);
		} else if (ccw_has(vfio_ccw_part_ccw(part, nr), CCW0_CC)) {
			skip = max(skip, nr + 2);
		} else {
			continue;
		}
		if (nr <= next)
			next = nr + 1;
	}
	return ret;
}

/* Find out where the TIC of step @nr leads, and scan what is there. */
static int vfio_ccw_scan_follow(struct vfio_ccw_scan *scan, unsigned int nr)
{
	struct vfio_ccw_part *part = scan->part;
	u32 guest = be32_to_cpu(vfio_ccw_part_ccw(part, nr)->word[1]);
	struct vfio_ccw_step *step = &part->step[nr];
	int target, ret;

	step->kind = VFIO_CCW_INVALID;
	if (!IS_ALIGNED(guest, CCW_BYTES) || guest >= scan->limit)
		return 0;
	target = vfio_ccw_scan_known(part, guest);
	if (target < 0) {
		target = part->nr;
		ret = vfio_ccw_scan_run(scan, guest, step->mode, step->spare);
		if (ret)
			return ret;
		step = &part->step[nr];
	}
	if (target == VFIO_CCW_MAX_CCWS ||
	    part->step[target].kind == VFIO_CCW_MISSING)
		return 0;
	step->kind = VFIO_CCW_TIC;
	step->target = target;
	return 0;
}

/* The step that data chaining goes on with after @nr; NULL: none. */
static struct vfio_ccw_step *vfio_ccw_scan_chained(struct vfio_ccw_part *part,
						   unsigned int nr)
{
	const struct vfio_ccw_step *step = &part->step[nr];

	if (step->kind == VFIO_CCW_TIC || step->kind == VFIO_CCW_LINK)
		return &part->step[step->target];
	if (step->kind < VFIO_CCW_TIC && nr + 1 < part->nr &&
	    ccw_has(vfio_ccw_part_ccw(part, nr), CCW0_CD))
		return &part->step[nr + 1];
	return NULL;
}

/* Carry along data chains what their CCWs may do, until nothing changes. */
static void vfio_ccw_scan_spread(struct vfio_ccw_part *part)
{
	struct vfio_ccw_step *next;
	bool again;
	unsigned int nr;

	do {
		again = false;
		for (nr = 0; nr < part->nr; nr++) {
			next = vfio_ccw_scan_chained(part, nr);
			if (!next || !(part->step[nr].mode & ~next->mode))
				continue;
			next->mode |= part->step[nr].mode;
			again = true;
		}
		cond_resched();
	} while (again);
}

/**
 * vfio_ccw_scan_program() - the first pass
 * @scan: the translation
 * @guest: address of the first CCW
 *
 * Return: 0; -E2BIG; -EFBIG; -ENOMEM; or VFIO's, if the guest is not to blame.
 */
int vfio_ccw_scan_program(struct vfio_ccw_scan *scan, u32 guest)
{
	struct vfio_ccw_part *part = scan->part;
	bool jumps = false;
	unsigned int nr;
	int ret;

	ret = vfio_ccw_scan_run(scan, guest, 0, false);
	for (nr = 0; !ret && nr < part->nr; nr++) {
		if (part->step[nr].kind == VFIO_CCW_LINK)
			jumps = true;
		if (part->step[nr].kind != VFIO_CCW_TIC)
			continue;
		jumps = true;
		ret = vfio_ccw_scan_follow(scan, nr);
	}
	if (!ret && jumps)
		vfio_ccw_scan_spread(part);
	return ret;
}
