// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the interrupt to the user: status is stored and stamped in interrupt
 * context, raised as an event by a worker, and published to the user.
 */
#include <linux/bitfield.h>
#include <linux/string.h>

#include "vfio_ccw_private.h"
#include "vfio_ccw_trace.h"

#define VFIO_CCW_PATIENCE	1	/* jiffies, for a user to read a result */

/**
 * vfio_ccw_irq_store() - keep status for the worker
 * @ccw: the subchannel; its spinlock is held
 * @irb: what TEST SUBCHANNEL has stored
 *
 * For interrupt context.
 */
void vfio_ccw_irq_store(struct vfio_ccw *ccw, const struct irb *irb)
{
	struct vfio_ccw_result result = { .generation = ccw->generation };

	lockdep_assert_held(vfio_ccw_sch_lock(ccw->sch));
	static_assert(sizeof(*irb) <= sizeof(result.irb));
	memcpy(&result.irb, irb, sizeof(*irb));
	vfio_ccw_ring_push(&ccw->raw, &result);
	if (ccw->heard) {
		vfio_ccw_signal_locked(ccw, VFIO_CCW_IO_IRQ_INDEX);
		queue_delayed_work(vfio_ccw_workqueue, &ccw->work,
				   VFIO_CCW_PATIENCE);
	} else {
		mod_delayed_work(vfio_ccw_workqueue, &ccw->work, 0);
	}
}

/**
 * vfio_ccw_event_store() - keep a machine event for the worker
 * @ccw: the subchannel; its spinlock is held
 * @event: SCH_EVENT or CHP_EVENT
 */
void vfio_ccw_event_store(struct vfio_ccw *ccw, enum vfio_ccw_event event)
{
	lockdep_assert_held(vfio_ccw_sch_lock(ccw->sch));
	ccw->happened |= BIT(event);
	mod_delayed_work(vfio_ccw_workqueue, &ccw->work, 0);
}

static bool vfio_ccw_irq_take(struct vfio_ccw *ccw,
			      struct vfio_ccw_result *result)
{
	bool taken;

	spin_lock_irq(vfio_ccw_sch_lock(ccw->sch));
	taken = vfio_ccw_ring_look(&ccw->raw, result);
	vfio_ccw_ring_take(&ccw->raw, ccw->raw.tail);
	spin_unlock_irq(vfio_ccw_sch_lock(ccw->sch));
	return taken;
}

static unsigned long vfio_ccw_events_take(struct vfio_ccw *ccw)
{
	unsigned long happened;

	spin_lock_irq(vfio_ccw_sch_lock(ccw->sch));
	happened = ccw->happened;
	ccw->happened = 0;
	spin_unlock_irq(vfio_ccw_sch_lock(ccw->sch));
	return happened;
}

/**
 * vfio_ccw_catch_up() - raise what the machine has to say so far
 * @ccw: the subchannel; its mutex is held
 */
void vfio_ccw_catch_up(struct vfio_ccw *ccw)
{
	struct vfio_ccw_result result;
	struct vfio_ccw_request rq = { .result = &result };
	unsigned long happened;

	while (vfio_ccw_irq_take(ccw, &result))
		vfio_ccw_fsm_event(ccw, VFIO_CCW_EVENT_INTERRUPT, &rq);
	happened = vfio_ccw_events_take(ccw);
	if (happened & BIT(VFIO_CCW_EVENT_SCH_EVENT))
		vfio_ccw_fsm_event(ccw, VFIO_CCW_EVENT_SCH_EVENT, &rq);
	if (happened & BIT(VFIO_CCW_EVENT_CHP_EVENT))
		vfio_ccw_fsm_event(ccw, VFIO_CCW_EVENT_CHP_EVENT, &rq);
	if (ccw->state == VFIO_CCW_STATE_BUSY)
		vfio_ccw_go_on(ccw);
}

void vfio_ccw_work(struct work_struct *work)
{
	struct vfio_ccw *ccw = container_of(to_delayed_work(work),
					    struct vfio_ccw, work);

	mutex_lock(&ccw->lock);
	vfio_ccw_catch_up(ccw);
	mutex_unlock(&ccw->lock);
}

/**
 * vfio_ccw_look_again() - catch up once more, a moment later
 * @ccw: the subchannel, BUSY; its mutex is held
 */
void vfio_ccw_look_again(struct vfio_ccw *ccw)
{
	queue_delayed_work(vfio_ccw_workqueue, &ccw->work, VFIO_CCW_PATIENCE);
}

/**
 * vfio_ccw_publish() - give a result to the user, who has been told of it
 * @ccw: the subchannel; its mutex is held
 * @result: with the guest's addresses
 */
void vfio_ccw_publish(struct vfio_ccw *ccw,
		      const struct vfio_ccw_result *result)
{
	const struct ccw_scsw *scsw = &result->irb.scsw;

	trace_vfio_ccw_result(vfio_ccw_schid(ccw), be32_to_cpu(scsw->word[0]),
			      be32_to_cpu(scsw->word[1]),
			      be32_to_cpu(scsw->word[2]),
			      vfio_ccw_final(&result->irb));
	vfio_ccw_ring_push(&ccw->results, result);
}

/**
 * vfio_ccw_signal_locked() - signal an eventfd, if it is armed
 * @ccw: the subchannel; its spinlock is held
 * @index: of the VFIO interrupt
 *
 * For any context. Return: whether it is armed.
 */
bool vfio_ccw_signal_locked(struct vfio_ccw *ccw, unsigned int index)
{
	lockdep_assert_held(vfio_ccw_sch_lock(ccw->sch));
	if (!ccw->trigger[index])
		return false;
	vfio_ccw_eventfd_signal(ccw->trigger[index]);
	return true;
}

/* The same for who does not hold the lock. */
bool vfio_ccw_signal(struct vfio_ccw *ccw, unsigned int index)
{
	bool armed;

	spin_lock_irq(vfio_ccw_sch_lock(ccw->sch));
	armed = vfio_ccw_signal_locked(ccw, index);
	spin_unlock_irq(vfio_ccw_sch_lock(ccw->sch));
	return armed;
}

static void vfio_ccw_translate_back(struct vfio_ccw *ccw,
				    struct vfio_ccw_result *result)
{
	struct ccw_scsw *scsw = &result->irb.scsw;
	u32 address = 0, word = be32_to_cpu(scsw->word[0]);

	if (result->generation == ccw->generation && word & SCSW0_FC_START) {
		address = vfio_ccw_cp_guest(&ccw->cp,
					    be32_to_cpu(scsw->word[1]));
		word &= ~(SCSW0_KEY | SCSW0_F | SCSW0_A);
		word |= ccw->cp.orb1 & (SCSW0_KEY | SCSW0_F | SCSW0_A);
		scsw->word[0] = cpu_to_be32(word);
	}
	scsw->word[1] = cpu_to_be32(address);
	if (scsw->word[0] & cpu_to_be32(SCSW0_L)) {
		result->irb.esw[1] &= ~cpu_to_be32(ESW1_FSAV | ESW1_SCAV |
						   ESW1_FSAF);
		memset(&result->irb.esw[2], 0, 3 * sizeof(__be32));
	}
}

enum vfio_ccw_state
vfio_ccw_fsm_deliver(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	vfio_ccw_translate_back(ccw, rq->result);
	vfio_ccw_publish(ccw, rq->result);
	if (vfio_ccw_final(&rq->result->irb))
		ccw->owed = 0;
	return ccw->state;
}

enum vfio_ccw_state
vfio_ccw_fsm_complete(struct vfio_ccw *ccw, struct vfio_ccw_request *rq)
{
	vfio_ccw_translate_back(ccw, rq->result);
	vfio_ccw_publish(ccw, rq->result);
	if (rq->result->generation != ccw->generation)
		return VFIO_CCW_STATE_BUSY;
	if (!vfio_ccw_final(&rq->result->irb))
		return VFIO_CCW_STATE_BUSY;
	vfio_ccw_end(ccw);
	return VFIO_CCW_STATE_IDLE;
}
