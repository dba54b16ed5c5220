/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the driver know of each other.
 *
 * Locks: struct vfio_ccw's mutex, then the subchannel's spinlock; never the
 * other way round. The common I/O layer calls irq() and chp_event() with the
 * spinlock held.
 */
#ifndef VFIO_CCW_PRIVATE_H
#define VFIO_CCW_PRIVATE_H

#include <linux/bitfield.h>
#include <linux/completion.h>
#include <linux/eventfd.h>
#include <linux/mdev.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/vfio.h>
#include <linux/vfio_ccw.h>
#include <linux/workqueue.h>

#include <asm/debug.h>

#include "cio.h"
#include "css.h"

#include "vfio_ccw_arch.h"
#include "vfio_ccw_compat.h"
#include "vfio_ccw_cp.h"
#include "vfio_ccw_fsm.h"

/**
 * struct vfio_ccw_result - status of the subchannel, with the time it is of
 * @irb: as TEST SUBCHANNEL stored it
 * @generation: how many starts the machine had accepted when it was stored
 */
struct vfio_ccw_result {
	struct ccw_irb irb;
	u32 generation;
};

#define VFIO_CCW_RING_SIZE	8

/**
 * struct vfio_ccw_ring - results in the order they came
 * @head: how many have ever been put in
 * @tail: how many have ever been taken out
 * @entry: the ones between; number n is in entry[n % VFIO_CCW_RING_SIZE]
 *
 * A ring has no lock of its own; it belongs to whoever guards its owner.
 */
struct vfio_ccw_ring {
	u32 head;
	u32 tail;
	struct vfio_ccw_result entry[VFIO_CCW_RING_SIZE];
};

static inline u32 vfio_ccw_ring_used(const struct vfio_ccw_ring *ring)
{
	return ring->head - ring->tail;
}

/* The oldest entry, which stays in the ring; false: there is none. */
static inline bool vfio_ccw_ring_look(const struct vfio_ccw_ring *ring,
				      struct vfio_ccw_result *result)
{
	if (ring->head == ring->tail)
		return false;
	*result = ring->entry[ring->tail % VFIO_CCW_RING_SIZE];
	return true;
}

/* Take the oldest entry out. False: it is not number @tail any more. */
static inline bool vfio_ccw_ring_take(struct vfio_ccw_ring *ring, u32 tail)
{
	if (ring->head == ring->tail || ring->tail != tail)
		return false;
	ring->tail++;
	return true;
}

/* Does this status end what START, HALT or CLEAR SUBCHANNEL began? */
static inline bool vfio_ccw_final(const struct ccw_irb *irb)
{
	u32 word = be32_to_cpu(irb->scsw.word[0]);
	u32 kind = word & SCSW0_SC, active = SCSW0_AC_SCH | SCSW0_AC_DEV;
	bool asked = word & SCSW0_CC ||
		     kind != (SCSW0_SC_ALERT | SCSW0_SC_PEND);

	/* TEST SUBCHANNEL has taken back everything, whatever is shown. */
	if (kind == SCSW0_SC_PEND)
		return true;
	/* With any other status it takes these two back. */
	if (kind == (SCSW0_SC_INTER | SCSW0_SC_PEND))
		active |= SCSW0_AC_START | SCSW0_AC_SUSP;
	return asked && !(word & active);
}

/* Does nothing come after this status, unless somebody does something? */
static inline bool vfio_ccw_last_word(const struct ccw_irb *irb)
{
	return vfio_ccw_final(irb) ||
	       irb->scsw.word[0] & cpu_to_be32(SCSW0_AC_SUSP);
}

static inline void vfio_ccw_ring_push(struct vfio_ccw_ring *ring,
				      const struct vfio_ccw_result *result)
{
	if (vfio_ccw_ring_used(ring) == VFIO_CCW_RING_SIZE) {
		if (!vfio_ccw_last_word(&result->irb))
			return;
		ring->head--;
	}
	ring->entry[ring->head++ % VFIO_CCW_RING_SIZE] = *result;
}

static inline void vfio_ccw_ring_clear(struct vfio_ccw_ring *ring)
{
	ring->tail = ring->head;
}

#define VFIO_CCW_MAX_REPORTS	16

/**
 * struct vfio_ccw_reports - channel report words in the order they came
 * @head: how many have ever been put in
 * @tail: how many have ever been taken out
 * @word: number n is in word[n % VFIO_CCW_MAX_REPORTS]; as struct ccw_crw, but
 *	in the processor's order
 */
struct vfio_ccw_reports {
	u32 head;
	u32 tail;
	u32 word[VFIO_CCW_MAX_REPORTS];
};

/**
 * struct vfio_ccw - the driver's view of one bound subchannel
 * @sch: the subchannel; holds a pointer back to us as its driver data
 * @parent: the subchannel as a parent of mediated devices
 * @type: the one type of mediated device it offers
 * @types: the same as the list that the mdev layer asks for
 * @devno: number of the device that was there when we were bound
 * @lock: guards whatever is not said to be guarded otherwise; may be held
 *	while sleeping, so never taken in interrupt context
 * @state: written by vfio_ccw_fsm_event() alone
 * @vdev: the VFIO device, from INIT until UNCONFIGURED; else NULL
 * @cp: the channel program and the memory it is translated in
 * @io: what the I/O region shows: the last request and the last result
 * @results: status that waits for the user to read it
 * @retries: for cio_cancel_halt_clear(), across calls
 * @attempts: how many more waits QUIESCING is worth
 * @target: QUIESCING: where it leads to, STANDBY or IDLE
 * @owed: functions, as SCSW0_FC_ bits, that the user waits to hear the end of
 * @gone: the subchannel does not answer, has no device or another one; under the
 *	subchannel's lock
 * @reports: channel report words that wait for the user; under the
 *	subchannel's lock
 * @trigger: eventfds, one for each VFIO interrupt; NULL: not armed; under the
 *	subchannel's lock
 * @heard: status is for the user to hear of: in IDLE and BUSY; under the
 *	subchannel's lock
 * @raw: status as the interrupt handler found it; under the subchannel's lock
 * @generation: counts the starts the machine has accepted; under the
 *	subchannel's lock, so that status can be stamped with it
 * @happened: machine events to be raised, a bit each; under the subchannel's
 *	lock
 * @work: raises INTERRUPT for everything in @raw, then what has @happened
 * @quiet: complete, except in QUIESCING
 * @deadline: QUIESCING: when to take the next step, in jiffies
 * @early: a resumption was asked for before the program was suspended
 * @cmd: what the command region shows: the last command and its answer
 */
struct vfio_ccw {
	struct subchannel *sch;
	struct mdev_parent parent;
	struct mdev_type type;
	struct mdev_type *types[1];
	u16 devno;
	struct mutex lock; /* the group's */
	enum vfio_ccw_state state;
	struct vfio_device *vdev;
	struct vfio_ccw_cp cp;
	struct ccw_io_region io;
	struct vfio_ccw_ring results;
	int retries;
	int attempts;
	enum vfio_ccw_state target;
	u32 owed;
	unsigned long deadline;
	bool early;
	struct ccw_cmd_region cmd;
	bool gone;
	struct vfio_ccw_ring raw;
	struct vfio_ccw_reports reports;
	struct eventfd_ctx *trigger[VFIO_CCW_NUM_IRQS];
	bool heard;
	u32 generation;
	unsigned long happened;
	struct delayed_work work;
	struct completion quiet;
};

/**
 * struct vfio_ccw_mdev - the mediated device; VFIO decides when it is freed
 * @vdev: VFIO's part, which callbacks are given
 * @ccw: the subchannel; outlives every call that VFIO makes on @vdev
 */
struct vfio_ccw_mdev {
	struct vfio_device vdev;
	struct vfio_ccw *ccw;
};

static inline u32 vfio_ccw_schid(const struct vfio_ccw *ccw)
{
	return ccw->sch->schid.ssid << 17 | 1 << 16 | ccw->sch->schid.sch_no;
}

static inline struct vfio_ccw *vfio_ccw_of(struct subchannel *sch)
{
	return dev_get_drvdata(&sch->dev);
}

/* vfio_ccw_lifecycle.c: all may sleep, none is called with the mutex held */
int vfio_ccw_open(struct vfio_ccw *ccw, struct vfio_device *vdev);
int vfio_ccw_reset(struct vfio_ccw *ccw);
void vfio_ccw_unmap(struct vfio_ccw *ccw, u64 iova, u64 length);
void vfio_ccw_close(struct vfio_ccw *ccw);

/* vfio_ccw_lifecycle.c too; the subchannel's spinlock is held */
bool vfio_ccw_look(struct vfio_ccw *ccw);

/* vfio_ccw_io.c */
void vfio_ccw_end(struct vfio_ccw *ccw);
void vfio_ccw_go_on(struct vfio_ccw *ccw);

/* vfio_ccw_irq.c */
void vfio_ccw_irq_store(struct vfio_ccw *ccw, const struct irb *irb);
void vfio_ccw_event_store(struct vfio_ccw *ccw, enum vfio_ccw_event event);
void vfio_ccw_work(struct work_struct *work);
void vfio_ccw_catch_up(struct vfio_ccw *ccw);
void vfio_ccw_look_again(struct vfio_ccw *ccw);
void vfio_ccw_publish(struct vfio_ccw *ccw,
		      const struct vfio_ccw_result *result);
bool vfio_ccw_signal(struct vfio_ccw *ccw, unsigned int index);
bool vfio_ccw_signal_locked(struct vfio_ccw *ccw, unsigned int index);

/* vfio_ccw_regions.c */
ssize_t vfio_ccw_region_read(struct vfio_ccw *ccw, char __user *buf,
			     size_t count, loff_t pos);
ssize_t vfio_ccw_region_write(struct vfio_ccw *ccw, const char __user *buf,
			      size_t count, loff_t pos);
long vfio_ccw_region_info(unsigned long arg);
unsigned int vfio_ccw_nr_regions(void);

/* vfio_ccw_crw.c */
void vfio_ccw_crw_path(struct vfio_ccw *ccw, u8 chpid, bool available);
void vfio_ccw_crw_changed(struct vfio_ccw *ccw);
ssize_t vfio_ccw_crw_read(struct vfio_ccw *ccw, char __user *buf);

/* vfio_ccw_mdev.c */
extern struct mdev_driver vfio_ccw_mdev_driver;

/* vfio_ccw_drv.c */
extern struct workqueue_struct *vfio_ccw_workqueue;
extern debug_info_t *vfio_ccw_log;

#endif /* VFIO_CCW_PRIVATE_H */
