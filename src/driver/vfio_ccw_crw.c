// SPDX-License-Identifier: GPL-2.0-only
/*
 * Channel report words for the user: what has happened to the subchannel and
 * its paths.
 */
#include <linux/bitfield.h>
#include <linux/uaccess.h>

#include "vfio_ccw_private.h"
#include "vfio_ccw_trace.h"

static void vfio_ccw_crw_queue(struct vfio_ccw *ccw, u32 word)
{
	struct vfio_ccw_reports *reports = &ccw->reports;

	lockdep_assert_held(vfio_ccw_sch_lock(ccw->sch));
	trace_vfio_ccw_crw(vfio_ccw_schid(ccw), word);
	if (reports->head - reports->tail == VFIO_CCW_MAX_REPORTS)
		reports->word[(reports->head - 1) % VFIO_CCW_MAX_REPORTS] |= CRW0_R;
	else
		reports->word[reports->head++ % VFIO_CCW_MAX_REPORTS] = word;
	vfio_ccw_signal_locked(ccw, VFIO_CCW_CRW_IRQ_INDEX);
}

/**
 * vfio_ccw_crw_path() - report a channel path
 * @ccw: the subchannel; its spinlock is held
 * @chpid: the path
 * @available: whether it can be used now
 */
void vfio_ccw_crw_path(struct vfio_ccw *ccw, u8 chpid, bool available)
{
	u32 erc = available ? CRW_ERC_INITIALIZED : CRW_ERC_PERMANENT;

	vfio_ccw_crw_queue(ccw, FIELD_PREP(CRW0_RSC, CRW_RSC_PATH) |
			   FIELD_PREP(CRW0_ERC, erc) |
			   FIELD_PREP(CRW0_RSID, chpid));
}

/**
 * vfio_ccw_crw_changed() - report that the device is gone, or back
 * @ccw: the subchannel; its spinlock is held
 */
void vfio_ccw_crw_changed(struct vfio_ccw *ccw)
{
	vfio_ccw_crw_queue(ccw, CRW0_R |
			   FIELD_PREP(CRW0_RSC, CRW_RSC_SUBCHANNEL) |
			   FIELD_PREP(CRW0_ERC, CRW_ERC_PARAMETERS));
}

static u32 vfio_ccw_crw_look(struct vfio_ccw *ccw, u32 *ticket)
{
	const struct vfio_ccw_reports *reports = &ccw->reports;
	u32 word = 0;

	spin_lock_irq(vfio_ccw_sch_lock(ccw->sch));
	*ticket = reports->tail;
	if (reports->head != reports->tail)
		word = reports->word[reports->tail % VFIO_CCW_MAX_REPORTS];
	spin_unlock_irq(vfio_ccw_sch_lock(ccw->sch));
	return word;
}

/* Take the report that @ticket is for; signal again if more are waiting. */
static void vfio_ccw_crw_take(struct vfio_ccw *ccw, u32 ticket)
{
	struct vfio_ccw_reports *reports = &ccw->reports;

	spin_lock_irq(vfio_ccw_sch_lock(ccw->sch));
	if (reports->head != reports->tail && reports->tail == ticket)
		reports->tail++;
	if (reports->head != reports->tail)
		vfio_ccw_signal_locked(ccw, VFIO_CCW_CRW_IRQ_INDEX);
	spin_unlock_irq(vfio_ccw_sch_lock(ccw->sch));
}

/**
 * vfio_ccw_crw_read() - read the CRW region
 * @ccw: the subchannel
 * @buf: user's buffer
 *
 * Return: the region's size; -EFAULT, and no report is lost.
 */
ssize_t vfio_ccw_crw_read(struct vfio_ccw *ccw, char __user *buf)
{
	u32 ticket, word = vfio_ccw_crw_look(ccw, &ticket);
	struct ccw_crw crw[2] = { { .word[0] = cpu_to_be32(word) } };

	static_assert(sizeof(crw) == sizeof(struct ccw_crw_region));
	if (copy_to_user(buf, crw, sizeof(crw)))
		return -EFAULT;
	if (word)
		vfio_ccw_crw_take(ccw, ticket);
	return sizeof(crw);
}
