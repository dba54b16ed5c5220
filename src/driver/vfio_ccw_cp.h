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

struct vfio_ccw_extent;
struct vfio_ccw_page;
struct vfio_ccw_step;
struct vfio_device;

#define VFIO_CCW_MAX_CCWS	4096	/* of a channel program */
#define VFIO_CCW_MAX_ARENA	0x100000 /* bytes for them and their lists */

/**
 * struct vfio_ccw_part - memory that a channel program is translated in
 * @arena: host CCWs from its beginning, lists of address words from its end;
 *	below 2 GiB
 * @size: of the arena, in bytes
 * @used: bytes at the end of the arena that lists take
 * @nr: how many CCWs there are; 0: there is no program
 * @max: how many CCWs @step has room for
 * @step: what is known of each CCW
 * @extent: where the guest has its CCWs and lists
 * @nr_extents: how many of these there are
 * @max_extents: room for how many
 * @page: the guest pages that the program touches, each once
 * @nr_pages: how many
 * @last: the one that was found last
 * @denied: some could not be had for all that the program does to them
 * @page_bits: there is room for half of 1 << @page_bits
 * @slot: hash table of indices into @page
 * @key: of the hash function; odd
 *
 * All zero is a valid structure without program or memory. The memory is kept
 * from one program to the next.
 */
struct vfio_ccw_part {
	void *arena;
	u32 size;
	u32 used;
	unsigned int nr;
	unsigned int max;
	struct vfio_ccw_step *step;
	struct vfio_ccw_extent *extent;
	unsigned int nr_extents;
	unsigned int max_extents;
	struct vfio_ccw_page *page;
	unsigned int nr_pages;
	unsigned int last;
	bool denied;
	unsigned int page_bits;
	u32 *slot;
	u64 key;
};

/**
 * struct vfio_ccw_cp - a translated channel program and the memory it uses
 * @part: where it is translated; the second one is for what a resumption reads
 * @nowhere: a page that belongs to nobody, below 2 GiB; kept likewise
 * @orb1: word 1 of the guest's operation-request block
 * @barred_first: number of the first guest page that is not to be pinned
 * @barred_last: and of the last
 * @barred_until: and until when not, in jiffies
 *
 * All zero is a valid structure without program or memory.
 */
struct vfio_ccw_cp {
	struct vfio_ccw_part part[2];
	void *nowhere;
	u32 orb1;
	u64 barred_first;
	u64 barred_last;
	unsigned long barred_until;
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
 * Return: 0; -E2BIG: too many CCWs; -EFBIG: too much data; -ETXTBSY: the program
 * would overwrite itself; -EBUSY: it uses memory that is being unmapped;
 * -EOPNOTSUPP: transport mode; -ENOMEM; or what VFIO answered, if the guest is
 * not to blame for it. On error nothing is pinned.
 */
int vfio_ccw_cp_translate(struct vfio_ccw_cp *cp, struct vfio_device *vdev,
			  const struct ccw_orb *orb);

/**
 * vfio_ccw_cp_resume() - read a suspended program again, from where it is on
 * @cp: the program; the channel does not execute it now
 * @vdev: gives access to guest memory
 * @cpa: address in the SCSW, of the host's CCW after the one that is suspended
 *
 * Return: as vfio_ccw_cp_translate(), but 1 if it is to be suspended there still;
 * or -EINVAL if @cpa is not in the program.
 * On error the program cannot go on until another call has succeeded.
 */
int vfio_ccw_cp_resume(struct vfio_ccw_cp *cp, struct vfio_device *vdev,
		       u32 cpa);

/* End the program: unpin its pages. Does nothing if there is none. */
void vfio_ccw_cp_release(struct vfio_ccw_cp *cp, struct vfio_device *vdev);

/* Give the memory back; there must be no program. */
void vfio_ccw_cp_free(struct vfio_ccw_cp *cp);

/*
 * Never use this memory again, and don't give it back: a channel may use it. The
 * program's pages are still to be unpinned, but nobody else gets them.
 */
void vfio_ccw_cp_abandon(struct vfio_ccw_cp *cp);

/* Absolute address of the translated program's first CCW. */
u32 vfio_ccw_cp_start(const struct vfio_ccw_cp *cp);

/* Word 1 of the ORB that starts the translated program, but for its paths. */
u32 vfio_ccw_cp_orb1(const struct vfio_ccw_cp *cp);

/*
 * The guest's address for the host's CCW address @cpa of an SCSW, which names
 * the CCW after the one meant. 0 if @cpa is not one the program could have.
 */
u32 vfio_ccw_cp_guest(const struct vfio_ccw_cp *cp, u32 cpa);

/* Does the program have a page pinned that overlaps guest [iova, iova + len)? */
bool vfio_ccw_cp_pinned(const struct vfio_ccw_cp *cp, u64 iova, u64 len);

/* Guest [iova, iova + len) is going: pin nothing of it, for a second at most. */
void vfio_ccw_cp_bar(struct vfio_ccw_cp *cp, u64 iova, u64 len);

#endif /* VFIO_CCW_CP_H */
