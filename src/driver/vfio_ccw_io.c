// SPDX-License-Identifier: GPL-2.0-only
/*
 * The functions a user can ask of the subchannel: start, halt, clear, resume and
 * cancel; and what their condition codes mean to him.
 */
#include <linux/bitfield.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/jiffies.h>

#include "ioasm.h"
#include "vfio_ccw_private.h"
#include "vfio_ccw_trace.h"

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

/**
 * vfio_ccw_end() - the machine is done with the program, if there is one
 * @ccw: the subchannel; its mutex is held
 */
void vfio_ccw_end(struct vfio_ccw *ccw)
{
	vfio_ccw_cp_release(&ccw->cp, ccw->vdev);
	ccw->owed = 0;
	ccw->early = false;
}

enum vfio_ccw_state
vfio_ccw_fsm_start(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	const struct vfio_ccw_part *part = &ccw->cp.part[0];

	rq->ret = vfio_ccw_cp_translate(&ccw->cp, ccw->vdev, rq->orb);
	if (!rq->ret)
		rq->ret = vfio_ccw_ssch(ccw, rq->orb);
	trace_vfio_ccw_start(vfio_ccw_schid(ccw),
			     be32_to_cpu(rq->orb->word[2]), part->nr,
			     part->nr_pages, rq->ret);
	if (rq->ret) {
		vfio_ccw_cp_release(&ccw->cp, ccw->vdev);
		return VFIO_CCW_STATE_IDLE;
	}
	ccw->owed = SCSW0_FC_START;
	return VFIO_CCW_STATE_BUSY;
}

enum vfio_ccw_state
vfio_ccw_fsm_halt(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	struct subchannel *sch = ccw->sch;

	spin_lock_irq(vfio_ccw_sch_lock(sch));
	rq->ret = vfio_ccw_cc_errno[hsch(sch->schid)];
	spin_unlock_irq(vfio_ccw_sch_lock(sch));
	if (!rq->ret)
		ccw->owed |= SCSW0_FC_HALT;
	return ccw->state;
}

enum vfio_ccw_state
vfio_ccw_fsm_clear(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	struct subchannel *sch = ccw->sch;

	spin_lock_irq(vfio_ccw_sch_lock(sch));
	rq->ret = vfio_ccw_cc_errno[csch(sch->schid)];
	spin_unlock_irq(vfio_ccw_sch_lock(sch));
	if (!rq->ret)
		ccw->owed = SCSW0_FC_CLEAR;
	return ccw->state;
}

#define VFIO_CCW_MOVES	(SCSW0_AC_RESUME | SCSW0_FC_HALT | SCSW0_FC_CLEAR)

/*
 * Where the program is suspended: 0: nowhere; -EINVAL: it is about to be resumed,
 * halted or cleared; -ENODEV.
 */
static s64 vfio_ccw_suspended(struct subchannel *sch)
{
	const struct ccw_scsw *scsw = (const void *)&sch->schib.scsw;
	s64 cpa = -ENODEV;
	u32 word;

	spin_lock_irq(vfio_ccw_sch_lock(sch));
	if (!cio_update_schib(sch)) {
		word = be32_to_cpu(scsw->word[0]);
		cpa = word & SCSW0_AC_SUSP ? be32_to_cpu(scsw->word[1]) : 0;
		if (cpa && word & VFIO_CCW_MOVES)
			cpa = -EINVAL;
	}
	spin_unlock_irq(vfio_ccw_sch_lock(sch));
	return cpa;
}

static int vfio_ccw_rsch(struct vfio_ccw *ccw)
{
	int ret;

	spin_lock_irq(vfio_ccw_sch_lock(ccw->sch));
	ret = cio_resume(ccw->sch);
	spin_unlock_irq(vfio_ccw_sch_lock(ccw->sch));
	return ret;
}

enum vfio_ccw_state
vfio_ccw_fsm_resume(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	s64 cpa = vfio_ccw_suspended(ccw->sch);

	rq->ret = min_t(s64, cpa, 0);
	if (cpa > 0)
		rq->ret = vfio_ccw_cp_resume(&ccw->cp, ccw->vdev, cpa);
	if (rq->ret < 0)
		return ccw->state;
	rq->ret = vfio_ccw_rsch(ccw);
	if (!rq->ret)
		ccw->early = !cpa;
	return ccw->state;
}

/* If the program is suspended by now and its author was early: let it go on. */
void vfio_ccw_go_on(struct vfio_ccw *ccw)
{
	s64 cpa = ccw->early ? vfio_ccw_suspended(ccw->sch) : 0;
	int ret;

	if (cpa <= 0)
		return;
	ret = vfio_ccw_cp_resume(&ccw->cp, ccw->vdev, cpa);
	ccw->early = ret == -EBUSY || ret == -ENOMEM;
	if (ccw->early)
		vfio_ccw_look_again(ccw);
	else if (!ret)
		vfio_ccw_rsch(ccw);
}

enum vfio_ccw_state
vfio_ccw_fsm_cancel(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	spin_lock_irq(vfio_ccw_sch_lock(ccw->sch));
	rq->ret = cio_cancel(ccw->sch);
	spin_unlock_irq(vfio_ccw_sch_lock(ccw->sch));
	if (rq->ret)
		return ccw->state;
	vfio_ccw_end(ccw);
	return VFIO_CCW_STATE_IDLE;
}
