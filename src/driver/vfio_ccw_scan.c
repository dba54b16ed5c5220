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

/* What command @cmd may do to storage. */
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
	       (!(orb1 & ORB1_D) || ccw_has(ccw, CCW0_IDA | CCW0_SKIP));
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
	const struct vfio_ccw_extent *extent;
	unsigned int i;

	for (i = 0; i < part->nr_extents; i++) {
		extent = &part->extent[i];
		if (guest >= extent->start && guest < extent->end)
			return extent->first +
			       (guest - extent->start) / CCW_BYTES;
	}
	return -1;
}

/* Append the CCW at @guest. */
static int vfio_ccw_scan_ccw(struct vfio_ccw_scan *scan, u32 guest)
{
	struct vfio_ccw_part *part = scan->part;
	struct vfio_ccw_step *step = &part->step[part->nr];
	struct ccw_format1 *ccw = vfio_ccw_part_ccw(part, part->nr);
	int ret;

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
	step->kind = ccw_is_invalid(ccw, scan->orb1) ? VFIO_CCW_INVALID :
						       ccw_kind(ccw);
	return 0;
}

/*
 * Append a step for guest address @guest: the CCW there, or a jump if it has been
 * scanned before.
 */
static int vfio_ccw_scan_step(struct vfio_ccw_scan *scan, u32 guest)
{
	struct vfio_ccw_part *part = scan->part;
	struct vfio_ccw_step *step;
	int known, ret;

	ret = vfio_ccw_part_reserve(part, part->nr + 1 + VFIO_CCW_FENCES,
				    part->used);
	if (ret)
		return ret;
	step = &part->step[part->nr];
	*step = (struct vfio_ccw_step){ .guest = guest, .spare = true };
	known = part->nr_extents > 1 ? vfio_ccw_scan_known(part, guest) : -1;
	if (known < 0)
		return vfio_ccw_scan_ccw(scan, guest);
	step->kind = VFIO_CCW_LINK;
	step->target = known;
	part->nr++;
	return 0;
}

/* How many steps behind @nr the channel can come to without a jump: 0 to 2. */
static unsigned int vfio_ccw_scan_reach(const struct vfio_ccw_part *part,
					unsigned int nr)
{
	const struct ccw_format1 *ccw = vfio_ccw_part_ccw(part, nr);

	if (part->step[nr].kind >= VFIO_CCW_TIC)
		return 0;
	if (ccw_has(ccw, CCW0_CD))
		return 1;
	return ccw_has(ccw, CCW0_CC) ? 2 : 0;
}

/* Scan the CCWs from @guest on, as far as the channel can come without a jump. */
static int vfio_ccw_scan_run(struct vfio_ccw_scan *scan, u32 guest)
{
	struct vfio_ccw_part *part = scan->part;
	unsigned int nr, last = part->nr, own = part->nr_extents;
	bool copied = true;
	int ret;

	ret = vfio_ccw_part_extent(part, guest, guest, false);
	for (nr = part->nr; !ret && nr <= last; nr++) {
		if (nr == VFIO_CCW_MAX_CCWS)
			break;
		ret = vfio_ccw_scan_step(scan, guest);
		if (ret)
			break;
		guest += CCW_BYTES;
		copied = copied && part->step[nr].kind < VFIO_CCW_LINK;
		if (copied)
			part->extent[own].end = guest;
		last = max(last, nr + vfio_ccw_scan_reach(part, nr));
	}
	return ret;
}

/* Find out where the TIC of step @nr leads, and scan what is there. */
static int vfio_ccw_scan_follow(struct vfio_ccw_scan *scan, unsigned int nr)
{
	struct vfio_ccw_part *part = scan->part;
	u32 guest = be32_to_cpu(vfio_ccw_part_ccw(part, nr)->word[1]);
	int ret, known = vfio_ccw_scan_known(part, guest);
	unsigned int target = part->nr;

	if (!IS_ALIGNED(guest, CCW_BYTES) || guest >= scan->limit) {
		part->step[nr].kind = VFIO_CCW_INVALID;
		return 0;
	}
	if (known >= 0) {
		target = known;
	} else {
		ret = vfio_ccw_scan_run(scan, guest);
		if (ret)
			return ret;
	}
	if (target < part->nr && part->step[target].kind == VFIO_CCW_MISSING)
		part->step[nr].kind = VFIO_CCW_INVALID;
	part->step[nr].target = target;
	return 0;
}

/* The channel may come to step @nr from one that carries @mode and is @spare. */
static bool vfio_ccw_scan_enter(struct vfio_ccw_part *part, unsigned int nr,
				u8 mode, bool spare)
{
	struct vfio_ccw_step *step = &part->step[nr];

	if (nr >= part->nr)
		return false;
	if (mode & VFIO_CCW_COMMAND && step->kind < VFIO_CCW_TIC)
		mode |= ccw_mode(ccw_cmd(vfio_ccw_part_ccw(part, nr)));
	if (!(mode & ~step->mode) && spare >= step->spare)
		return false;
	step->mode |= mode;
	step->spare = step->spare && spare;
	return true;
}

/*
 * Carry to the steps that follow @nr what it may do. Return: whether that is news
 * for one that has had its turn.
 */
static bool vfio_ccw_scan_carry(struct vfio_ccw_part *part, unsigned int nr)
{
	const struct vfio_ccw_step *step = &part->step[nr];

	switch (step->kind) {
	case VFIO_CCW_TIC:
	case VFIO_CCW_LINK:
		return vfio_ccw_scan_enter(part, step->target, step->mode,
					   step->spare) && step->target <= nr;
	}
	switch (vfio_ccw_scan_reach(part, nr)) {
	case 1:
		vfio_ccw_scan_enter(part, nr + 1,
				    step->mode & ~VFIO_CCW_COMMAND, step->spare);
		break;
	case 2:
		vfio_ccw_scan_enter(part, nr + 1, VFIO_CCW_COMMAND, step->spare);
		vfio_ccw_scan_enter(part, nr + 2, VFIO_CCW_COMMAND, true);
	}
	return false;
}

/* Does the program go on behind the last step there may be? */
static bool vfio_ccw_scan_is_cut(const struct vfio_ccw_part *part)
{
	const struct vfio_ccw_step *step;
	unsigned int nr;

	for (nr = 0; nr < part->nr; nr++) {
		step = &part->step[nr];
		if (step->spare)
			continue;
		if (step->kind == VFIO_CCW_TIC ? step->target == part->nr :
		    nr + 1 == part->nr && vfio_ccw_scan_reach(part, nr))
			return true;
	}
	return false;
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
	unsigned int nr;
	bool again;
	int ret;

	ret = vfio_ccw_scan_run(scan, guest);
	for (nr = 0; !ret && nr < part->nr; nr++)
		if (part->step[nr].kind == VFIO_CCW_TIC)
			ret = vfio_ccw_scan_follow(scan, nr);
	if (ret)
		return ret;

	vfio_ccw_scan_enter(part, 0, VFIO_CCW_COMMAND, false);
	do {
		again = false;
		for (nr = 0; nr < part->nr; nr++)
			again |= vfio_ccw_scan_carry(part, nr);
		cond_resched();
	} while (again);
	if (part->nr == VFIO_CCW_MAX_CCWS && vfio_ccw_scan_is_cut(part))
		return -E2BIG;
	return 0;
}
