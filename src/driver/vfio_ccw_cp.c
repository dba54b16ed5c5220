// SPDX-License-Identifier: GPL-2.0-only
/*
 * Translation of channel programs, in two passes: scan what the guest has
 * written, then fill in where it lies in the host.
 */
#include <linux/bitfield.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vfio.h>

#include "vfio_ccw_cp.h"

#define CCW_CMD_NOOP	0x03	/* no operation: a control command without data */
#define CCW_CMD_TIC	0x08	/* transfer in channel */

static bool ccw_reads_backward(u8 cmd)
{
	return (cmd & 0x0f) == 0x0c;
}

/* What command @cmd does to storage: IOMMU_READ, IOMMU_WRITE or 0. */
static u8 ccw_access(u8 cmd)
{
	if (cmd == CCW_CMD_NOOP || cmd == CCW_CMD_TIC || !(cmd & 0x0f))
		return 0;
	if ((cmd & 0x03) == 0x02 || (cmd & 0x0f) == 0x04 ||
	    ccw_reads_backward(cmd))
		return IOMMU_WRITE;
	return IOMMU_READ;
}

/* Does the CCW have any of @flags? */
static bool ccw_has(const struct ccw_format1 *ccw, u32 flags)
{
	return ccw->word[0] & cpu_to_be32(flags);
}

/* Write down what @ccw does to guest pages, of the accesses in @access. */
static void ccw_touches(const struct ccw_format1 *ccw, u8 access,
			struct vfio_ccw_pin *pin)
{
	u32 cda = be32_get_bits(ccw->word[1], CCW1_CDA);
	u32 count = be32_get_bits(ccw->word[0], CCW0_COUNT);

	if (ccw_has(ccw, CCW0_SKIP))
		access &= ~IOMMU_WRITE;
	pin->page = cda >> PAGE_SHIFT;
	pin->access = access;
	pin->pages = 0;
	if (count && access)
		pin->pages = DIV_ROUND_UP(offset_in_page(cda) + count,
					  PAGE_SIZE);
}

/* The accesses that @ccw may make, if those of @prev were @access. */
static u8 ccw_accesses(const struct ccw_format1 *ccw,
		       const struct ccw_format1 *prev, u8 access)
{
	u8 own = ccw_access(be32_get_bits(ccw->word[0], CCW0_CMD));

	return prev && ccw_has(prev, CCW0_CD) ? own | access : own;
}

/* Point @ccw to its list of IDAWs. */
static void ccw_point(struct ccw_format1 *ccw, __be64 *idaw)
{
	ccw->word[0] |= cpu_to_be32(CCW0_IDA);
	ccw->word[1] = cpu_to_be32(virt_to_phys(idaw));
}

#define VFIO_CCW_MIN_ARENA	512	/* bytes */
#define VFIO_CCW_MIN_PINS	16	/* CCWs */

static int vfio_ccw_cp_grow_arena(struct vfio_ccw_cp *cp, size_t size)
{
	struct ccw_format1 *arena;

	size = max_t(size_t, roundup_pow_of_two(size), VFIO_CCW_MIN_ARENA);
	arena = kzalloc(size, GFP_KERNEL_ACCOUNT | GFP_DMA | __GFP_NOWARN);
	if (!arena)
		return -ENOMEM;
	if (cp->nr)
		memcpy(arena, cp->arena, cp->nr * sizeof(*arena));
	kfree(cp->arena);
	cp->arena = arena;
	cp->size = size;
	return 0;
}

static int vfio_ccw_cp_grow_pins(struct vfio_ccw_cp *cp, unsigned int max)
{
	struct vfio_ccw_pin *pin;

	max = max_t(unsigned int, roundup_pow_of_two(max), VFIO_CCW_MIN_PINS);
	pin = kcalloc(max, sizeof(*pin), GFP_KERNEL_ACCOUNT);
	if (!pin)
		return -ENOMEM;
	if (cp->nr)
		memcpy(pin, cp->pin, cp->nr * sizeof(*pin));
	kfree(cp->pin);
	cp->pin = pin;
	cp->max = max;
	return 0;
}

/* Room for @ccws CCWs and @idaws IDAWs; what is there is kept. */
static int vfio_ccw_cp_reserve(struct vfio_ccw_cp *cp, unsigned int ccws,
			       unsigned int idaws)
{
	size_t size = ccws * sizeof(*cp->arena) + idaws * sizeof(__be64);
	int ret = 0;

	if (!cp->nowhere)
		cp->nowhere = kzalloc(PAGE_SIZE, GFP_KERNEL_ACCOUNT | GFP_DMA);
	if (!cp->nowhere)
		return -ENOMEM;
	if (ccws > cp->max)
		ret = vfio_ccw_cp_grow_pins(cp, ccws);
	if (!ret && size > cp->size)
		ret = vfio_ccw_cp_grow_arena(cp, size);
	return ret;
}

/* Let the channel find a fault at @ccw. */
static void ccw_plant(struct ccw_format1 *ccw)
{
	ccw->word[0] = 0;
	ccw->word[1] = cpu_to_be32(~CCW1_CDA);
}

/* Did VFIO say @ret because the guest named what it has not? */
static bool guest_error(int ret)
{
	return ret == -EINVAL || ret == -EPERM;
}

/* Fetch the guest's CCW at @guest. -EINVAL: there is none to be had. */
static int ccw_fetch(struct vfio_device *vdev, u32 guest,
		     struct ccw_format1 *ccw)
{
	if (!IS_ALIGNED(guest, sizeof(*ccw)) || guest > ORB2_CPA)
		return -EINVAL;
	return vfio_dma_rw(vdev, guest, ccw, sizeof(*ccw), false);
}

static bool ccw_supported(const struct ccw_format1 *ccw)
{
	u8 cmd = be32_get_bits(ccw->word[0], CCW0_CMD);

	return !ccw_has(ccw, CCW0_IDA | CCW0_MIDA | CCW0_S) &&
	       cmd != CCW_CMD_TIC && !ccw_reads_backward(cmd);
}

static bool ccw_valid(const struct ccw_format1 *ccw)
{
	return be32_to_cpu(ccw->word[1]) <= CCW1_CDA;
}

/* Copy the guest's program to the arena; count the IDAWs it will need. */
static int vfio_ccw_cp_scan(struct vfio_ccw_cp *cp, struct vfio_device *vdev,
			    u32 guest, unsigned int *idaws)
{
	struct ccw_format1 *ccw, *prev;
	struct vfio_ccw_pin *pin;
	u8 access = 0;
	int ret;

	cp->guest = guest;
	do {
		if (cp->nr == VFIO_CCW_MAX_CCWS)
			return -E2BIG;
		ret = vfio_ccw_cp_reserve(cp, cp->nr + 2, 0);
		if (ret)
			return ret;
		ccw = &cp->arena[cp->nr];
		prev = cp->nr ? ccw - 1 : NULL;
		pin = &cp->pin[cp->nr++];
		memset(pin, 0, sizeof(*pin));
		ret = ccw_fetch(vdev, guest, ccw);
		if (ret && !guest_error(ret))
			return ret;
		if (ret || !ccw_valid(ccw)) {
			ccw_plant(ccw);
			break;
		}
		if (!ccw_supported(ccw))
			return -EOPNOTSUPP;
		access = ccw_accesses(ccw, prev, access);
		ccw_touches(ccw, access, pin);
		*idaws += pin->pages;
		guest += sizeof(*ccw);
	} while (ccw_has(ccw, CCW0_CC | CCW0_CD));
	return 0;
}

/* Pin what @ccw touches and point it to @idaw. */
static int vfio_ccw_cp_fill_one(struct ccw_format1 *ccw,
				struct vfio_ccw_pin *pin,
				struct vfio_device *vdev, __be64 *idaw)
{
	u32 offset = offset_in_page(be32_to_cpu(ccw->word[1]));
	struct page *page[VFIO_CCW_MAX_PAGES];
	unsigned int i;
	int ret;

	ret = vfio_pin_pages(vdev, (dma_addr_t)pin->page << PAGE_SHIFT,
			     pin->pages, pin->access, page);
	if (ret < 0)
		return ret;
	pin->pinned = true;

	for (i = 0; i < pin->pages; i++)
		idaw[i] = cpu_to_be64(page_to_phys(page[i]));
	idaw[0] = cpu_to_be64(page_to_phys(page[0]) + offset);
	ccw_point(ccw, idaw);
	return 0;
}

static void vfio_ccw_cp_fill_nowhere(struct vfio_ccw_cp *cp, __be64 *idaw)
{
	unsigned int i;

	for (i = 0; i < VFIO_CCW_MAX_PAGES; i++)
		idaw[i] = cpu_to_be64(virt_to_phys(cp->nowhere));
}

static int vfio_ccw_cp_fill(struct vfio_ccw_cp *cp, struct vfio_device *vdev,
			    unsigned int idaws)
{
	__be64 *idaw = (__be64 *)&cp->arena[cp->nr + 1];
	__be64 *nowhere = idaw + idaws;
	struct ccw_format1 *ccw = cp->arena;
	struct vfio_ccw_pin *pin;
	int ret;

	ccw_plant(&cp->arena[cp->nr]);
	vfio_ccw_cp_fill_nowhere(cp, nowhere);
	for (pin = cp->pin; pin < &cp->pin[cp->nr]; pin++, ccw++) {
		if (!ccw_valid(ccw))
			continue;
		if (!pin->pages) {
			ccw_point(ccw, nowhere);
			continue;
		}
		ret = vfio_ccw_cp_fill_one(ccw, pin, vdev, idaw);
		if (guest_error(ret)) {
			ccw_plant(ccw);
			continue;
		}
		if (ret < 0)
			return ret;
		idaw += pin->pages;
	}
	return 0;
}

int vfio_ccw_cp_translate(struct vfio_ccw_cp *cp, struct vfio_device *vdev,
			  const struct ccw_orb *orb)
{
	unsigned int idaws = 0;
	int ret;

	if (orb->word[1] & cpu_to_be32(ORB1_B | ORB1_S | ORB1_D) ||
	    !(orb->word[1] & cpu_to_be32(ORB1_F)))
		return -EOPNOTSUPP;

	ret = vfio_ccw_cp_scan(cp, vdev, be32_to_cpu(orb->word[2]), &idaws);
	if (!ret)
		ret = vfio_ccw_cp_reserve(cp, cp->nr + 1,
					  idaws + VFIO_CCW_MAX_PAGES);
	if (!ret)
		ret = vfio_ccw_cp_fill(cp, vdev, idaws);
	if (ret)
		vfio_ccw_cp_release(cp, vdev);
	return ret;
}

void vfio_ccw_cp_release(struct vfio_ccw_cp *cp, struct vfio_device *vdev)
{
	struct vfio_ccw_pin *pin;

	for (pin = cp->pin; pin < &cp->pin[cp->nr]; pin++)
		if (pin->pinned)
			vfio_unpin_pages(vdev,
					 (dma_addr_t)pin->page << PAGE_SHIFT,
					 pin->pages);
	cp->nr = 0;
}

void vfio_ccw_cp_free(struct vfio_ccw_cp *cp)
{
	kfree(cp->arena);
	kfree(cp->nowhere);
	kfree(cp->pin);
	memset(cp, 0, sizeof(*cp));
}

void vfio_ccw_cp_abandon(struct vfio_ccw_cp *cp)
{
	cp->arena = NULL;
	cp->size = 0;
	cp->nowhere = NULL;
}

u32 vfio_ccw_cp_start(const struct vfio_ccw_cp *cp)
{
	return virt_to_phys(cp->arena);
}

u32 vfio_ccw_cp_guest(const struct vfio_ccw_cp *cp, u32 cpa)
{
	u32 offset = cpa - vfio_ccw_cp_start(cp);

	if (!offset || offset > (cp->nr + 1) * sizeof(*cp->arena))
		return 0;
	return cp->guest + offset;
}

bool vfio_ccw_cp_pinned(const struct vfio_ccw_cp *cp, u64 iova, u64 len)
{
	u64 first = iova >> PAGE_SHIFT;
	u64 last = (iova + len - 1) >> PAGE_SHIFT;
	const struct vfio_ccw_pin *pin;

	for (pin = cp->pin; pin < &cp->pin[cp->nr]; pin++)
		if (pin->pinned && pin->page <= last &&
		    pin->page + pin->pages > first)
			return true;
	return false;
}
