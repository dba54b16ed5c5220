/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Channel programs: from a guest's to one the host's channel subsystem can run,
 * and back with the addresses in the answer. The owner serialises all calls (the
 * driver by struct vfio_ccw's mutex); all may sleep, except where noted.
 */
#ifndef VFIO_CCW_CP_H
#define VFIO_CCW_CP_H

#include <linux/types.h>

#include "vfio_ccw_arch.h"

struct vfio_device;

#define VFIO_CCW_MAX_CCWS	4096	/* of a channel program */
#define VFIO_CCW_MAX_PAGES	17	/* that one CCW can touch */

/**
 * struct vfio_ccw_pin - the guest pages that the data of one CCW touch
 * @page: number of the first, guest address divided by the page size
 * @pages: how many; 0: the CCW moves no data
 * @access: what is done to them, IOMMU_READ, IOMMU_WRITE or both
 * @pinned: whether they are pinned
 */
struct vfio_ccw_pin {
	u32 page;
	u8 pages;
	u8 access;
	bool pinned;
};

/**
 * struct vfio_ccw_cp - a translated channel program and the memory it uses
 * @arena: host CCWs and behind them their IDAWs, below 2 GiB; kept for the next
 * @size: of the arena, in bytes
 * @nowhere: a page that belongs to nobody, below 2 GiB; kept likewise
 * @pin: for each CCW the guest pages it touches; kept likewise
 * @max: how many CCWs @pin has room for
 * @nr: how many CCWs the program has; 0: there is no program
 * @guest: guest address of the first of them
 *
 * All zero is a valid structure without program or memory.
 */
struct vfio_ccw_cp {
	struct ccw_format1 *arena;
	size_t size;
	void *nowhere;
	struct vfio_ccw_pin *pin;
	unsigned int max;
	unsigned int nr;
	u32 guest;
};

/**
 * vfio_ccw_cp_translate() - make a program that the host's channel can run
 * @cp: structure without a program
 * @vdev: gives access to guest memory
 * @orb: the guest's operation-request block
 *
 * What is wrong with the guest's program is not an error here: it is translated
 * so that the channel finds the fault, at the right CCW (see the book's chapter).
 *
 * Return: 0; -E2BIG: too many CCWs; -EOPNOTSUPP: a facility that is not there
 * yet; -ENOMEM; or what VFIO answered, if the guest is not to blame for it. On
 * error nothing is pinned.
 */
int vfio_ccw_cp_translate(struct vfio_ccw_cp *cp, struct vfio_device *vdev,
			  const struct ccw_orb *orb);

/* End the program: unpin its pages. Does nothing if there is none. */
void vfio_ccw_cp_release(struct vfio_ccw_cp *cp, struct vfio_device *vdev);

/* Give the memory back; there must be no program. */
void vfio_ccw_cp_free(struct vfio_ccw_cp *cp);

/* Never use this memory again, and don't give it back: a channel may use it. */
void vfio_ccw_cp_abandon(struct vfio_ccw_cp *cp);

/* Absolute address of the translated program's first CCW. */
u32 vfio_ccw_cp_start(const struct vfio_ccw_cp *cp);

/*
 * The guest's address for the host's CCW address @cpa of an SCSW, which names
 * the CCW after the one meant. 0 if @cpa is not one the program could have.
 */
u32 vfio_ccw_cp_guest(const struct vfio_ccw_cp *cp, u32 cpa);

/* Does the program have a page pinned that overlaps guest [iova, iova + len)? */
bool vfio_ccw_cp_pinned(const struct vfio_ccw_cp *cp, u64 iova, u64 len);

#endif /* VFIO_CCW_CP_H */
