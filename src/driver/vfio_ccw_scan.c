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
	static const u8 mode[16] = {
		[0x1] = IOMMU_READ | VFIO_CCW_FORWARD,	/* write */
		[0x2] = IOMMU_WRITE | VFIO_CCW_FORWARD,	/* read */
		[0x3] = IOMMU_READ | VFIO_CCW_FORWARD,	/* control */
		[0x4] = IOMMU_WRITE | VFIO_CCW_FORWARD,	/* sense */
		[0x5] = IOMMU_READ | VFIO_CCW_FORWARD,
		[0x6] = IOMMU_WRITE | VFIO_CCW_FORWARD,
		[0x7] = IOMMU_READ | VFIO_CCW_FORWARD,
		[0x9] = IOMMU_READ | VFIO_CCW_FORWARD,
		[0xa] = IOMMU_WRITE | VFIO_CCW_FORWARD,
		[0xb] = IOMMU_READ | VFIO_CCW_FORWARD,
		[0xc] = IOMMU_WRITE | VFIO_CCW_BACKWARD, /* read backward */
		[0xd] = IOMMU_READ | VFIO_CCW_FORWARD,
		[0xe] = IOMMU_WRITE | VFIO_CCW_FORWARD,
		[0xf] = IOMMU_READ | VFIO_CCW_FORWARD,
	};

	return cmd == CCW_CMD_NOOP ? 0 : mode[cmd & 0x0f];
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

/*
 * Have CCWs from @guest on in the window. Return: how many of them; 0: the guest
 * has none there; or VFIO's error, if the guest is not to blame for it.
 */
static int vfio_ccw_scan_read(struct vfio_ccw_scan *scan, u32 guest)
{
	u32 size = min_t(u32, sizeof(scan->window),
			 PAGE_SIZE - offset_in_page(guest));
	int ret;

	if (guest - scan->at < scan->nr * CCW_BYTES)
		return scan->nr - (guest - scan->at) / CCW_BYTES;
	scan->nr = 0;
	if (!IS_ALIGNED(guest, CCW_BYTES) || guest >= scan->limit)
		return 0;
	ret = vfio_dma_rw(scan->vdev, guest, scan->window, size, false);
	if (ret)
		return vfio_ccw_guest_error(ret) ? 0 : ret;
	scan->at = guest;
	scan->nr = size / CCW_BYTES;
	return scan->nr;
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

/* How a CCW is to be translated; if it is invalid, whatever it is asked to do. */
static enum vfio_ccw_kind ccw_kind(const struct ccw_format1 *ccw, u32 orb1)
{
	u32 word = be32_to_cpu(ccw->word[0]);

	if (be32_to_cpu(ccw->word[1]) > CCW1_CDA)
		return VFIO_CCW_INVALID;
	if (word >> 24 == CCW_CMD_TIC)
		return VFIO_CCW_TIC;
	if (!(orb1 & ORB1_F) && !(word & CCW0_COUNT))
		return VFIO_CCW_INVALID;
	if (!(word & (CCW0_IDA | CCW0_MIDA)))
		return VFIO_CCW_DIRECT;
	if (!(word & CCW0_MIDA))
		return VFIO_CCW_IDA;
	return orb1 & ORB1_D && !(word & (CCW0_IDA | CCW0_SKIP)) ?
	       VFIO_CCW_MIDA : VFIO_CCW_INVALID;
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

/* How many CCWs behind @ccw the channel can come to without a jump: 0 to 2. */
static unsigned int vfio_ccw_scan_reach(const struct vfio_ccw_step *step,
					const struct ccw_format1 *ccw)
{
	u32 word = be32_to_cpu(ccw->word[0]);

	if (step->kind >= VFIO_CCW_TIC)
		return 0;
	if (word & CCW0_CD)
		return 1;
	return word & CCW0_CC ? 2 : 0;
}

/* What @step, which reaches so far, carries to the one behind it. */
static u8 vfio_ccw_scan_next(const struct vfio_ccw_step *step,
			     unsigned int reach)
{
	if (reach == 1)
		return step->mode & ~VFIO_CCW_COMMAND;
	return reach ? VFIO_CCW_COMMAND : 0;
}

/* The channel may come to @step from one that carries @mode and is @spare. */
static __always_inline bool
vfio_ccw_scan_enter(struct vfio_ccw_step *step, const struct ccw_format1 *ccw,
		    u8 mode, bool spare)
{
	if (mode & VFIO_CCW_COMMAND && step->kind < VFIO_CCW_TIC)
		mode |= ccw_mode(ccw_cmd(ccw));
	if (!(mode & ~step->mode) && spare >= step->spare)
		return false;
	step->mode |= mode;
	step->spare &= spare;
	return true;
}

/* How far a run has come. */
struct vfio_ccw_run {
	u32 guest;		/* address of the next CCW */
	unsigned int last;	/* number of the last step that is needed */
	u8 mode, skip;		/* with what the channel comes to the next two */
	bool spare;		/* by a skip only */
};

/* Append the CCWs of the window that the run needs, @nr at most. */
static int vfio_ccw_scan_window(struct vfio_ccw_scan *scan,
				struct vfio_ccw_run *run, unsigned int nr)
{
	const struct ccw_format1 *window;
	struct vfio_ccw_part *part = scan->part;
	struct vfio_ccw_step *step, *end;
	struct ccw_format1 *ccw;
	unsigned int reach;
	int ret;

	ret = vfio_ccw_part_reserve(part, part->nr + nr + VFIO_CCW_FENCES, 0);
	if (!ret && part->extent[part->nr_extents - 1].end != run->guest)
		ret = vfio_ccw_part_extent(part, run->guest, run->guest, false);
	if (ret)
		return ret;
	window = &scan->window[(run->guest - scan->at) / CCW_BYTES];
	ccw = vfio_ccw_part_ccw(part, part->nr);
	step = &part->step[part->nr];
	end = step + min(nr, VFIO_CCW_MAX_CCWS - part->nr);
	for (; step < end && part->nr <= run->last; step++, ccw++) {
		*ccw = *window++;
		if (!(scan->orb1 & ORB1_F))
			ccw_convert(ccw);
		*step = (struct vfio_ccw_step){ .guest = run->guest,
						.spare = true };
		step->kind = ccw_kind(ccw, scan->orb1);
		scan->jumps |= step->kind == VFIO_CCW_TIC;
		vfio_ccw_scan_enter(step, ccw, run->mode, run->spare);
		reach = vfio_ccw_scan_reach(step, ccw);
		run->last = max(run->last, part->nr + reach);
		run->mode = vfio_ccw_scan_next(step, reach) | run->skip;
		run->skip = reach == 2 ? VFIO_CCW_COMMAND : 0;
		run->spare |= !reach;
		part->nr++;
		run->guest += CCW_BYTES;
	}
	part->extent[part->nr_extents - 1].end = run->guest;
	return 0;
}

/* Append what has no CCW of its own to copy: a link to step @known, or nothing. */
static int vfio_ccw_scan_other(struct vfio_ccw_part *part,
			       struct vfio_ccw_run *run, int known)
{
	struct vfio_ccw_step *step;
	int ret;

	ret = vfio_ccw_part_reserve(part, part->nr + 1 + VFIO_CCW_FENCES, 0);
	if (ret)
		return ret;
	step = &part->step[part->nr++];
	*step = (struct vfio_ccw_step){
		.guest = run->guest, .mode = run->mode, .spare = run->spare,
		.kind = known < 0 ? VFIO_CCW_MISSING : VFIO_CCW_LINK,
		.target = max(known, 0) };
	run->guest += CCW_BYTES;
	run->mode = run->skip;
	run->skip = 0;
	run->spare = true;
	return 0;
}

/*
 * Scan the CCWs from @guest on, as far as the channel can come without a jump.
 * It comes to the first one with @mode; 0: how, will be seen.
 */
static int vfio_ccw_scan_run(struct vfio_ccw_scan *scan, u32 guest, u8 mode)
{
	struct vfio_ccw_part *part = scan->part;
	struct vfio_ccw_run run = { .guest = guest, .last = part->nr,
				    .mode = mode, .spare = !mode };
	bool later = part->nr_extents;
	int known = -1, ret;

	ret = vfio_ccw_part_extent(part, guest, guest, false);
	while (!ret && part->nr <= run.last && part->nr < VFIO_CCW_MAX_CCWS) {
		if (later)
			known = vfio_ccw_scan_known(part, run.guest);
		ret = known < 0 ? vfio_ccw_scan_read(scan, run.guest) : 0;
		if (ret < 0)
			break;
		if (!ret) {
			ret = vfio_ccw_scan_other(part, &run, known);
			continue;
		}
		ret = vfio_ccw_scan_window(scan, &run, later ? 1 : ret);
	}
	return ret;
}

/* Find out where the TIC of step @nr leads, and scan what is there. */
static int vfio_ccw_scan_follow(struct vfio_ccw_scan *scan, unsigned int nr)
{
	struct vfio_ccw_part *part = scan->part;
	u32 guest = be32_to_cpu(vfio_ccw_part_ccw(part, nr)->word[1]);
	unsigned int target = part->nr;
	int known, ret;

	if (!IS_ALIGNED(guest, CCW_BYTES) || guest >= scan->limit) {
		part->step[nr].kind = VFIO_CCW_INVALID;
		return 0;
	}
	known = vfio_ccw_scan_known(part, guest);
	if (known >= 0) {
		target = known;
	} else {
		ret = vfio_ccw_scan_run(scan, guest, 0);
		if (ret)
			return ret;
	}
	if (target < part->nr && part->step[target].kind == VFIO_CCW_MISSING)
		part->step[nr].kind = VFIO_CCW_INVALID;
	part->step[nr].target = target;
	return 0;
}

/*
 * Carry to the steps that follow @nr what it may do. Return: whether that is news
 * for one that has had its turn.
 */
static bool vfio_ccw_scan_carry(struct vfio_ccw_part *part, unsigned int nr)
{
	const struct ccw_format1 *ccw = vfio_ccw_part_ccw(part, nr);
	struct vfio_ccw_step *step = &part->step[nr], *target;
	unsigned int reach = vfio_ccw_scan_reach(step, ccw);

	if (reach && nr + 1 < part->nr)
		vfio_ccw_scan_enter(step + 1, ccw + 1,
				    vfio_ccw_scan_next(step, reach),
				    step->spare);
	if (reach == 2 && nr + 2 < part->nr)
		vfio_ccw_scan_enter(step + 2, ccw + 2, VFIO_CCW_COMMAND, true);
	if (step->kind != VFIO_CCW_TIC && step->kind != VFIO_CCW_LINK)
		return false;
	if (step->target >= part->nr)
		return false;
	target = &part->step[step->target];
	return vfio_ccw_scan_enter(target, vfio_ccw_part_ccw(part, step->target),
				   step->mode, step->spare) && target <= step;
}

/* Follow the jumps, and carry modes along them until nothing changes. */
static int vfio_ccw_scan_jumps(struct vfio_ccw_scan *scan)
{
	struct vfio_ccw_part *part = scan->part;
	unsigned int nr;
	bool again;
	int ret = 0;

	for (nr = 0; !ret && nr < part->nr; nr++)
		if (part->step[nr].kind == VFIO_CCW_TIC)
			ret = vfio_ccw_scan_follow(scan, nr);
	do {
		again = false;
		for (nr = 0; !ret && nr < part->nr; nr++)
			again |= vfio_ccw_scan_carry(part, nr);
		cond_resched();
	} while (again);
	return ret;
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
		    nr + 1 == part->nr &&
		    vfio_ccw_scan_reach(step, vfio_ccw_part_ccw(part, nr)))
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
	int ret;

	ret = vfio_ccw_scan_run(scan, guest, VFIO_CCW_COMMAND);
	if (!ret && scan->jumps)
		ret = vfio_ccw_scan_jumps(scan);
	if (!ret && part->nr == VFIO_CCW_MAX_CCWS && vfio_ccw_scan_is_cut(part))
		ret = -E2BIG;
	scan->runs = part->nr_extents;
	return ret;
}
