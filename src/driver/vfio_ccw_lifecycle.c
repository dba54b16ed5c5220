// SPDX-License-Identifier: GPL-2.0-only
/*
 * Up and down: what happens when a VM opens, resets and releases a subchannel,
 * and when the device under it goes away.
 */
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/jiffies.h>

#include <asm/isc.h>

#include "chp.h"
#include "vfio_ccw_private.h"

#define VFIO_CCW_RETRIES	255	/* what cio_cancel_halt_clear() expects */
#define VFIO_CCW_WAIT		(3 * HZ) /* for the interrupt of a halt or clear */
#define VFIO_CCW_ATTEMPTS	10	/* waits before a device is given up */

/* Look at the subchannel; its spinlock is held. False: it can't be used. */
bool vfio_ccw_look(struct vfio_ccw *ccw)
{
	struct subchannel *sch = ccw->sch;
	bool gone;

	lockdep_assert_held(vfio_ccw_sch_lock(sch));
	gone = cio_update_schib(sch) || sch->schib.pmcw.dev != ccw->devno;
	if (gone != ccw->gone) {
		dev_info(&sch->dev, "the device is %s\n",
			 gone ? "gone" : "back");
		vfio_ccw_crw_changed(ccw);
	}
	ccw->gone = gone;
	sch->opm = chp_get_sch_opm(sch);
	sch->lpm = sch->schib.pmcw.pam & sch->opm;
	return !gone;
}

/* What the user is told of functions that the machine will not answer. */
static u32 vfio_ccw_lost_word(u32 owed)
{
	u32 word = owed | SCSW0_SC_PEND;

	if (owed & SCSW0_FC_START)
		word |= SCSW0_CC | SCSW0_SC_ALERT | SCSW0_SC_PRIM |
			SCSW0_SC_SEC;
	return word;
}

/* Answer what the machine will not answer any more, and end it. */
static void vfio_ccw_lost(struct vfio_ccw *ccw)
{
	u32 word = vfio_ccw_lost_word(ccw->owed);
	struct vfio_ccw_result lost = { .generation = ccw->generation };

	word |= ccw->cp.orb1 & (SCSW0_KEY | SCSW0_F);
	lost.irb.scsw.word[0] = cpu_to_be32(word);
	if (ccw->owed) {
		vfio_ccw_publish(ccw, &lost);
		vfio_ccw_signal(ccw, VFIO_CCW_IO_IRQ_INDEX);
	}
	vfio_ccw_end(ccw);
}

/* Disable the subchannel, and don't leave CIO believing we want it enabled. */
static int vfio_ccw_disable(struct subchannel *sch)
{
	int ret = cio_disable_subchannel(sch);

	sch->config.ena = 0; /* not done if there is nothing to disable */
	return ret;
}

enum vfio_ccw_state
vfio_ccw_fsm_open(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	struct subchannel *sch = ccw->sch;
	bool there;

	spin_lock_irq(vfio_ccw_sch_lock(sch));
	there = vfio_ccw_look(ccw) && !work_pending(&sch->todo_work);
	ccw->reports.tail = ccw->reports.head;
	sch->isc = VFIO_CCW_ISC;
	spin_unlock_irq(vfio_ccw_sch_lock(sch));
	if (!there) {
		rq->ret = -EINVAL;
		return VFIO_CCW_STATE_UNCONFIGURED;
	}
	ccw->vdev = rq->vdev;
	return VFIO_CCW_STATE_STANDBY;
}

enum vfio_ccw_state
vfio_ccw_fsm_online(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	struct subchannel *sch = ccw->sch;
	int ret = -ENODEV;

	spin_lock_irq(vfio_ccw_sch_lock(sch));
	if (vfio_ccw_look(ccw))
		ret = cio_enable_subchannel(sch, (u32)virt_to_phys(sch));
	if (ret)
		vfio_ccw_disable(sch);
	vfio_ccw_ring_clear(&ccw->raw);
	ccw->heard = !ret;
	spin_unlock_irq(vfio_ccw_sch_lock(sch));
	if (ret) {
		rq->ret = -EINVAL;
		return VFIO_CCW_STATE_STANDBY;
	}
	return VFIO_CCW_STATE_IDLE;
}

/* Nothing that has been said so far is the next guest's business. */
static void vfio_ccw_hush(struct vfio_ccw *ccw)
{
	vfio_ccw_ring_clear(&ccw->results);
	memset(ccw->io.irb_area, 0, sizeof(ccw->io.irb_area));
	spin_lock_irq(vfio_ccw_sch_lock(ccw->sch));
	vfio_ccw_ring_clear(&ccw->raw);
	spin_unlock_irq(vfio_ccw_sch_lock(ccw->sch));
}

/* Let go of everything that the machine has let go of. */
static enum vfio_ccw_state vfio_ccw_silent(struct vfio_ccw *ccw)
{
	struct vfio_ccw_request rq;
	enum vfio_ccw_state next = VFIO_CCW_STATE_STANDBY;

	if (ccw->target == VFIO_CCW_STATE_IDLE) {
		vfio_ccw_lost(ccw);
		next = vfio_ccw_fsm_online(ccw, &rq);
	} else {
		vfio_ccw_end(ccw);
		vfio_ccw_hush(ccw);
	}
	complete_all(&ccw->quiet);
	return next;
}

/* One step of stopping what runs. -EBUSY: an interrupt is to be expected. */
static int vfio_ccw_stop(struct vfio_ccw *ccw)
{
	int ret;

	ret = cio_cancel_halt_clear(ccw->sch, &ccw->retries);
	if (!ret)
		ret = vfio_ccw_disable(ccw->sch);
	return ret;
}

/* Is it silent by now? If not, stop it harder. */
static int vfio_ccw_silence_or_stop(struct vfio_ccw *ccw)
{
	int ret;

	ret = vfio_ccw_disable(ccw->sch);
	if (ret == -EBUSY)
		ret = vfio_ccw_stop(ccw);
	return ret;
}

/* The state that follows an attempt which returned @ret. */
static enum vfio_ccw_state vfio_ccw_settled(struct vfio_ccw *ccw, int ret)
{
	if (ret && ret != -ENODEV)
		return VFIO_CCW_STATE_QUIESCING;
	return vfio_ccw_silent(ccw);
}

enum vfio_ccw_state
vfio_ccw_fsm_quiesce(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	int ret;

	rq->ret = -EINPROGRESS;
	spin_lock_irq(vfio_ccw_sch_lock(ccw->sch));
	if (rq->target == VFIO_CCW_STATE_IDLE && vfio_ccw_ring_used(&ccw->raw)) {
		spin_unlock_irq(vfio_ccw_sch_lock(ccw->sch));
		return ccw->state;
	}
	reinit_completion(&ccw->quiet);
	ccw->retries = VFIO_CCW_RETRIES;
	ccw->attempts = VFIO_CCW_ATTEMPTS;
	ccw->target = max_t(unsigned int, rq->target, VFIO_CCW_STATE_STANDBY);
	ccw->deadline = jiffies + VFIO_CCW_WAIT;
	ccw->heard = false;
	if (ccw->state == VFIO_CCW_STATE_BUSY)
		ret = vfio_ccw_stop(ccw);
	else
		ret = vfio_ccw_silence_or_stop(ccw);
	spin_unlock_irq(vfio_ccw_sch_lock(ccw->sch));
	return vfio_ccw_settled(ccw, ret);
}

enum vfio_ccw_state
vfio_ccw_fsm_settle(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	int ret;

	spin_lock_irq(vfio_ccw_sch_lock(ccw->sch));
	ret = vfio_ccw_silence_or_stop(ccw);
	spin_unlock_irq(vfio_ccw_sch_lock(ccw->sch));
	return vfio_ccw_settled(ccw, ret);
}

/* Nothing more can be done; the channel may use the program for ever. */
static enum vfio_ccw_state vfio_ccw_give_up(struct vfio_ccw *ccw)
{
	bool tell = ccw->target == VFIO_CCW_STATE_IDLE;
	enum vfio_ccw_state next;
	u32 owed = ccw->owed;

	dev_err(&ccw->sch->dev, "does not answer halt and clear; given up\n");
	ccw->target = VFIO_CCW_STATE_STANDBY;
	vfio_ccw_cp_abandon(&ccw->cp);
	next = vfio_ccw_silent(ccw);
	if (tell) {
		ccw->owed = owed;
		vfio_ccw_lost(ccw);
	}
	return next;
}

enum vfio_ccw_state
vfio_ccw_fsm_retry(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	rq->ret = -EINPROGRESS;
	if (rq->target != VFIO_CCW_STATE_IDLE)
		ccw->target = VFIO_CCW_STATE_STANDBY;
	if (time_before(jiffies, ccw->deadline))
		return VFIO_CCW_STATE_QUIESCING;
	ccw->deadline = jiffies + VFIO_CCW_WAIT;
	if (ccw->attempts--)
		return vfio_ccw_fsm_settle(ccw, rq);
	return vfio_ccw_give_up(ccw);
}

enum vfio_ccw_state
vfio_ccw_fsm_offline(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	vfio_ccw_hush(ccw);
	if (rq->target == VFIO_CCW_STATE_UNCONFIGURED) {
		vfio_ccw_fsm_silence(ccw, rq);
		vfio_ccw_cp_free(&ccw->cp);
		ccw->vdev = NULL;
		vfio_ccw_fsm_note(ccw, rq);
	}
	return rq->target;
}

enum vfio_ccw_state
vfio_ccw_fsm_note(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	spin_lock_irq(vfio_ccw_sch_lock(ccw->sch));
	if (!vfio_ccw_look(ccw) && !ccw->vdev && cio_update_schib(ccw->sch))
		css_sched_sch_todo(ccw->sch, SCH_TODO_UNREG);
	spin_unlock_irq(vfio_ccw_sch_lock(ccw->sch));
	return ccw->state;
}

enum vfio_ccw_state
vfio_ccw_fsm_lose(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	bool lost;

	spin_lock_irq(vfio_ccw_sch_lock(ccw->sch));
	vfio_ccw_look(ccw);
	lost = cio_update_schib(ccw->sch) || !ccw->sch->schib.pmcw.ena;
	if (lost && vfio_ccw_ring_used(&ccw->raw)) {
		vfio_ccw_event_store(ccw, VFIO_CCW_EVENT_SCH_EVENT);
		lost = false;
	}
	spin_unlock_irq(vfio_ccw_sch_lock(ccw->sch));
	if (!lost)
		return ccw->state;
	vfio_ccw_lost(ccw);
	return VFIO_CCW_STATE_IDLE;
}

static bool vfio_ccw_active(const struct subchannel *sch)
{
	const struct ccw_scsw *scsw = (const void *)&sch->schib.scsw;

	return scsw->word[0] & cpu_to_be32(SCSW0_AC_SCH | SCSW0_AC_DEV);
}

enum vfio_ccw_state
vfio_ccw_fsm_reroute(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	struct subchannel *sch = ccw->sch;
	int ret = -EBUSY;

	spin_lock_irq(vfio_ccw_sch_lock(sch));
	ccw->retries = VFIO_CCW_RETRIES;
	if (vfio_ccw_look(ccw) && !vfio_ccw_ring_used(&ccw->raw) &&
	    vfio_ccw_active(sch) && sch->schib.pmcw.lpum & ~sch->lpm)
		ret = cio_cancel_halt_clear(sch, &ccw->retries);
	spin_unlock_irq(vfio_ccw_sch_lock(sch));
	if (ret)
		return VFIO_CCW_STATE_BUSY;
	vfio_ccw_lost(ccw);
	return VFIO_CCW_STATE_IDLE;
}

enum vfio_ccw_state
vfio_ccw_fsm_silence(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	spin_lock_irq(vfio_ccw_sch_lock(ccw->sch));
	vfio_ccw_disable(ccw->sch);
	spin_unlock_irq(vfio_ccw_sch_lock(ccw->sch));
	return ccw->state;
}

/* Bring the subchannel down to @target, however long that takes. */
static void vfio_ccw_down(struct vfio_ccw *ccw, enum vfio_ccw_state target)
{
	struct vfio_ccw_request rq = { .target = target };
	int ret;

	do {
		wait_for_completion_timeout(&ccw->quiet, VFIO_CCW_WAIT);
		mutex_lock(&ccw->lock);
		ret = vfio_ccw_fsm_event(ccw, VFIO_CCW_EVENT_OFFLINE, &rq);
		mutex_unlock(&ccw->lock);
	} while (ret == -EINPROGRESS);
}

/**
 * vfio_ccw_reset() - bring the subchannel down to STANDBY and up to IDLE
 * @ccw: the subchannel, opened by a VM
 *
 * May sleep for as long as the device takes to let go. Return: 0; -EINVAL: the
 * subchannel cannot be enabled, the state is STANDBY; -EBUSY: somebody else is
 * bringing it down again.
 */
int vfio_ccw_reset(struct vfio_ccw *ccw)
{
	struct vfio_ccw_request rq = {};
	int ret;

	vfio_ccw_down(ccw, VFIO_CCW_STATE_STANDBY);
	mutex_lock(&ccw->lock);
	ret = vfio_ccw_fsm_event(ccw, VFIO_CCW_EVENT_ONLINE, &rq);
	mutex_unlock(&ccw->lock);
	return ret;
}

/**
 * vfio_ccw_unmap() - guest memory is about to go
 * @ccw: the subchannel, opened by a VM
 * @iova: guest address of the first byte
 * @length: bytes
 *
 * Ends the program if it has a page of that memory pinned; its owner hears that
 * it is lost. May sleep for as long as the device takes to let go.
 */
void vfio_ccw_unmap(struct vfio_ccw *ccw, u64 iova, u64 length)
{
	struct vfio_ccw_request rq = { .target = VFIO_CCW_STATE_IDLE };
	int ret;

	do {
		wait_for_completion_timeout(&ccw->quiet, VFIO_CCW_WAIT);
		mutex_lock(&ccw->lock);
		vfio_ccw_catch_up(ccw);
		if (ccw->vdev)
			vfio_ccw_cp_bar(&ccw->cp, iova, length);
		ret = 0;
		if (vfio_ccw_cp_pinned(&ccw->cp, iova, length))
			ret = vfio_ccw_fsm_event(ccw, VFIO_CCW_EVENT_OFFLINE,
						 &rq);
		mutex_unlock(&ccw->lock);
	} while (ret == -EINPROGRESS);
}

/**
 * vfio_ccw_open() - a VM takes hold of the subchannel
 * @ccw: the subchannel
 * @vdev: the VFIO device through which it does
 *
 * Return: 0, or -EINVAL if another VM holds it or it does not answer.
 */
int vfio_ccw_open(struct vfio_ccw *ccw, struct vfio_device *vdev)
{
	struct vfio_ccw_request rq = { .vdev = vdev };
	int ret;

	mutex_lock(&ccw->lock);
	ret = vfio_ccw_fsm_event(ccw, VFIO_CCW_EVENT_INIT, &rq);
	mutex_unlock(&ccw->lock);
	return ret;
}

/**
 * vfio_ccw_close() - the VM has let go, by its own will or not
 * @ccw: the subchannel
 *
 * Afterwards nothing is running, pinned or armed on its account, and nothing is
 * allocated but what a device that was given up may still use.
 */
void vfio_ccw_close(struct vfio_ccw *ccw)
{
	struct eventfd_ctx *trigger[VFIO_CCW_NUM_IRQS];
	unsigned int i;

	vfio_ccw_down(ccw, VFIO_CCW_STATE_UNCONFIGURED);

	spin_lock_irq(vfio_ccw_sch_lock(ccw->sch));
	memcpy(trigger, ccw->trigger, sizeof(trigger));
	memset(ccw->trigger, 0, sizeof(ccw->trigger));
	spin_unlock_irq(vfio_ccw_sch_lock(ccw->sch));
	for (i = 0; i < VFIO_CCW_NUM_IRQS; i++)
		if (trigger[i])
			eventfd_ctx_put(trigger[i]);

	mutex_lock(&ccw->lock);
	memset(&ccw->io, 0, sizeof(ccw->io));
	memset(&ccw->cmd, 0, sizeof(ccw->cmd));
	mutex_unlock(&ccw->lock);
}
