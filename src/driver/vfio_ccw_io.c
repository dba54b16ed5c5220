// SPDX-License-Identifier: GPL-2.0-only
/*
 * The functions a user can ask of the subchannel: start, halt and clear; and
 * what their condition codes mean to him.
 */
#include <linux/bitfield.h>
#include <linux/errno.h>
#include <linux/io.h>

#include "ioasm.h"
#include "vfio_ccw_private.h"

/* What condition codes 0 to 3 of START and HALT SUBCHANNEL are to the user. */
static const int vfio_ccw_cc_errno[] = { 0, -EBUSY, -EBUSY, -ENODEV };

static int vfio_ccw_not_operational(struct subchannel *sch, u8 lpm)
{
	if (cio_update_schib(sch))
		return -ENODEV;
	return sch->lpm & ~lpm ? -EACCES : -ENODEV;
}

/* The guest's wishes, the host's addresses. */
static void vfio_ccw_host_orb(struct vfio_ccw *ccw, u8 lpm, union orb *host)
{
	struct ccw_orb *orb = (struct ccw_orb *)host;

	memset(host, 0, sizeof(*host));
	orb->word[0] = cpu_to_be32(virt_to_phys(ccw->sch));
	orb->word[1] = cpu_to_be32(vfio_ccw_cp_orb1(&ccw->cp) |
				   FIELD_PREP(ORB1_LPM, lpm));
	orb->word[2] = cpu_to_be32(vfio_ccw_cp_start(&ccw->cp));
}

/* The paths that the program may use. */
static u8 vfio_ccw_paths(struct vfio_ccw *ccw, const struct ccw_orb *guest)
{
	u8 lpm = be32_get_bits(guest->word[1], ORB1_LPM);

	return lpm ? lpm & ccw->sch->lpm : ccw->sch->lpm;
}

static int vfio_ccw_ssch(struct vfio_ccw *ccw, const struct ccw_orb *guest)
{
	struct subchannel *sch = ccw->sch;
	union orb orb;
	int cc, ret;
	u8 lpm;

	spin_lock_irq(vfio_ccw_sch_lock(sch));
	lpm = vfio_ccw_paths(ccw, guest);
	vfio_ccw_host_orb(ccw, lpm, &orb);
	cc = lpm ? ssch(sch->schid, &orb) : 3;
	if (cc == 0)
		ccw->generation++;
	if (cc == 3)
		ret = vfio_ccw_not_operational(sch, lpm);
	else
		ret = cc < 0 ? cc : vfio_ccw_cc_errno[cc];
	spin_unlock_irq(vfio_ccw_sch_lock(sch));
	return ret;
}

enum vfio_ccw_state
vfio_ccw_fsm_start(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	rq->ret = vfio_ccw_cp_translate(&ccw->cp, ccw->vdev, rq->orb);
	if (rq->ret)
		return VFIO_CCW_STATE_IDLE;

	rq->ret = vfio_ccw_ssch(ccw, rq->orb);
	if (rq->ret) {
		vfio_ccw_cp_release(&ccw->cp, ccw->vdev);
		return VFIO_CCW_STATE_IDLE;
	}
	return VFIO_CCW_STATE_BUSY;
}

enum vfio_ccw_state
vfio_ccw_fsm_halt(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	struct subchannel *sch = ccw->sch;

	spin_lock_irq(vfio_ccw_sch_lock(sch));
	rq->ret = vfio_ccw_cc_errno[hsch(sch->schid)];
	spin_unlock_irq(vfio_ccw_sch_lock(sch));
	return ccw->state;
}

enum vfio_ccw_state
vfio_ccw_fsm_clear(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	struct subchannel *sch = ccw->sch;

	spin_lock_irq(vfio_ccw_sch_lock(sch));
	rq->ret = vfio_ccw_cc_errno[csch(sch->schid)];
	spin_unlock_irq(vfio_ccw_sch_lock(sch));
	return ccw->state;
}
