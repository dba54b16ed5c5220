/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file vmm.h
 * QEMU's part: drives the driver through a port, and offers the guest a
 * virtual subchannel with condition codes.
 */
#ifndef VMM_H
#define VMM_H

#include <stdbool.h>
#include <linux/types.h>
#include <linux/vfio.h>
#include <vfio_ccw_arch.h>
#include "port.h"

/** The regions a VMM knows. */
enum vmm_region_kind {
	VMM_IO,		/**< start a program, read an interrupt back */
	VMM_ASYNC,	/**< halt and clear */
	VMM_SCHIB,	/**< store the real subchannel */
	VMM_CRW,	/**< channel reports */
	VMM_REGIONS
};

/** Where a region is in the device file. */
struct vmm_region {
	u64 offset;
	u64 size;		/**< 0: the driver has no such region */
};

/** One device of one virtual machine. */
struct vmm {
	struct port *port;
	bool opened;
	struct vmm_region region[VMM_REGIONS];
	int event[VFIO_CCW_NUM_IRQS];	/**< eventfds; -1: none */
	bool reports;			/**< the CRW region may hold more */

	struct ccw_schib schib;		/**< as STORE SUBCHANNEL shows it */
	struct ccw_irb irb;		/**< what TEST SUBCHANNEL will store */
	bool interrupt;			/**< an interruption is pending */
	u32 cpa;			/**< where the last started program begins */
};

/** Prepare a monitor for @a port; opens nothing. */
void vmm_init(struct vmm *vmm, struct port *port);

/**
 * Open the device, find its regions, arm its interrupts. If it is open
 * already, try as a second VMM would. @return 0 or -errno, nothing held
 */
int vmm_open(struct vmm *vmm);

/**
 * Describe a region of an open device. @return its subtype of channel I/O;
 * -ENOENT: it has none; or the -errno of the question. @a info is filled unless
 * it is the last.
 */
int vmm_describe(struct vmm *vmm, u32 index, struct vfio_region_info *info);

/** Disarm all interrupts and close, in QEMU's order. */
int vmm_close(struct vmm *vmm);

/** Close as a killed process does: nothing is disarmed first. */
int vmm_die(struct vmm *vmm);

/** Arm or disarm interrupt @a index with an eventfd of its own. */
int vmm_irq(struct vmm *vmm, unsigned int index, bool arm);

/** VFIO_DEVICE_RESET; the virtual subchannel returns to its first state. */
int vmm_reset(struct vmm *vmm);

/**
 * Write the I/O region: start @a orb. @return 0 when the driver has taken the
 * program and an interrupt will follow, otherwise -errno
 */
int vmm_start(struct vmm *vmm, const struct ccw_orb *orb);

/**
 * Write the command region. @a command: VFIO_CCW_ASYNC_CMD_HSCH or _CSCH, or
 * one of VFIO_CCW_CMD_RSCH and _XSCH, which this book's driver knows.
 */
int vmm_async(struct vmm *vmm, u32 command);

/**
 * Wait for an I/O interrupt and read what it brought.
 * @return 1 with @a irb filled, 0 if none came in time, -errno
 */
int vmm_interrupt(struct vmm *vmm, unsigned int timeout_ms,
		  struct ccw_irb *irb);

/** Read the SCHIB region: the real subchannel. @return 0 or -errno */
int vmm_schib(struct vmm *vmm, struct ccw_schib *schib);

/**
 * Take the next channel report, waiting for one if the region is empty.
 * @return 1 with @a crw filled, 0 if none came in time, -errno
 */
int vmm_crw(struct vmm *vmm, unsigned int timeout_ms, struct ccw_crw *crw);

/** Read or write a region as it stands; beyond the known ones by arithmetic. */
ssize_t vmm_read(struct vmm *vmm, unsigned int region, void *buf,
		 size_t count, u64 offset);
ssize_t vmm_write(struct vmm *vmm, unsigned int region, const void *buf,
		  size_t count, u64 offset);

/** START SUBCHANNEL. @return condition code 0..3 */
int vmm_ssch(struct vmm *vmm, const struct ccw_orb *orb);
/** HALT SUBCHANNEL. @return condition code 0..3 */
int vmm_hsch(struct vmm *vmm);
/** CLEAR SUBCHANNEL. @return condition code 0 or 3 */
int vmm_csch(struct vmm *vmm);
/** TEST SUBCHANNEL. @return condition code 0, 1 or 3; @a irb stored if not 3 */
int vmm_tsch(struct vmm *vmm, struct ccw_irb *irb);
/** STORE SUBCHANNEL. @return condition code 0 */
int vmm_stsch(struct vmm *vmm, struct ccw_schib *schib);
/** MODIFY SUBCHANNEL: intparm, ISC, enabled. @return condition code 0..2 */
int vmm_msch(struct vmm *vmm, const struct ccw_schib *schib);

/**
 * Wait for the driver and bring the virtual subchannel up to date.
 * @return true when an interruption is pending for the guest
 */
bool vmm_serve(struct vmm *vmm, unsigned int timeout_ms);

#endif /* VMM_H */
