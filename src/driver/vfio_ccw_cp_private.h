/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the translator's own files know of each other: steps, extents, pages,
 * and the scan in which they are found.
 */
#ifndef VFIO_CCW_CP_PRIVATE_H
#define VFIO_CCW_CP_PRIVATE_H

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/types.h>

#include "vfio_ccw_cp.h"

#define CCW_CMD_NOOP	0x03	/* no operation: a control command without data */
#define CCW_CMD_TIC	0x08	/* transfer in channel */

/*
 * What a CCW may do: fetch from storage, store into it, forward or backward; and
 * whether it may be a command of its own, or only more data of the one before.
 * The first two are VFIO's words.
 */
#define VFIO_CCW_FORWARD	BIT(2)
#define VFIO_CCW_BACKWARD	BIT(3)
#define VFIO_CCW_COMMAND	BIT(4)
#define VFIO_CCW_ACCESS		(IOMMU_READ | IOMMU_WRITE)

static_assert(!(VFIO_CCW_ACCESS &
		(VFIO_CCW_FORWARD | VFIO_CCW_BACKWARD | VFIO_CCW_COMMAND)));

/* How a CCW of the guest is translated. */
enum vfio_ccw_kind {
	VFIO_CCW_DIRECT,	/* data at the CCW's address */
	VFIO_CCW_IDA,		/* data in the blocks of a list of IDAWs */
	VFIO_CCW_MIDA,		/* data in the pieces of a list of MIDAWs */
	VFIO_CCW_TIC,		/* a transfer in channel */
	VFIO_CCW_INVALID,	/* the channel is to find a fault here */
	VFIO_CCW_MISSING,	/* the same, and the guest has no memory there */
	VFIO_CCW_LINK		/* goes on in CCWs that were scanned before */
};

/**
 * struct vfio_ccw_step - one CCW of a program
 * @guest: address of the guest's CCW
 * @list: its list of address words, in bytes before the end of the arena
 * @words: how many words the list has
 * @target: TIC and LINK: number of the step that follows
 * @kind: enum vfio_ccw_kind
 * @mode: what it may do, as a command of its own or in a data chain it is in
 * @spare: only a skip leads here, so the guest may not mean it to be a CCW
 */
struct vfio_ccw_step {
	u32 guest;
	u32 list;
	u16 words;
	u16 target;
	u8 kind;
	u8 mode;
	bool spare;
};

/**
 * struct vfio_ccw_extent - guest storage that the channel fetches from
 * @start: guest address
 * @end: of the first byte behind it
 * @first: CCWs: number of the step for the first of them
 * @spare: only steps that are spare lead here
 */
struct vfio_ccw_extent {
	u32 start;
	u32 end;
	u16 first;
	bool spare;
};

/**
 * struct vfio_ccw_page - a guest page that a program touches
 * @number: guest address divided by the page size
 * @place: absolute address in the host; VFIO_CCW_NO_ADDRESS: it is not pinned
 * @slot: where the hash table has it
 * @access: IOMMU_READ, IOMMU_WRITE; once it is pinned, what for; 0: not at all
 * @program: holds CCWs, IDAWs or MIDAWs
 * @run: with how many that follow, itself included; 0: with one before
 */
struct vfio_ccw_page {
	u64 number;
	u64 place;
	u32 slot;
	u8 access;
	bool program;
	u8 run;
};

/*
 * What the words of a list hold while it is made: the number of a page and a
 * place in it; or what is not to be translated: one address that no channel
 * accepts, neither as that of storage nor as that of a block, and one for bytes
 * that are to go nowhere. The guest's own addresses are below 2^63.
 */
#define VFIO_CCW_IN_PAGE	BIT_ULL(62)
#define VFIO_CCW_NO_ADDRESS	0xfffffffffffff001ULL
#define VFIO_CCW_TO_NOWHERE	0xffffffffffffe000ULL
#define VFIO_CCW_ADDRESSES	BIT_ULL(63)

#define VFIO_CCW_FENCES		2	/* CCWs behind a program's last, planted */
#define VFIO_CCW_WINDOW		64	/* CCWs that are read at once */

/**
 * struct vfio_ccw_scan - a translation under way
 * @part: where it is made
 * @vdev: gives access to guest memory
 * @orb1: word 1 of the guest's operation-request block
 * @limit: first address that neither CCWs nor lists can have
 * @block: how many bytes an IDAW stands for
 * @nowhere: absolute address of the page that belongs to nobody
 * @jumps: there are TICs in the program
 * @runs: how many extents of CCWs it has
 * @firm: how many extents are not spare, once they are sorted
 * @own: how many there are in all; behind them is what the program stores into
 * @at: guest address of the first CCW in @window
 * @nr: how many CCWs are in it
 * @window: read from the guest, once
 */
struct vfio_ccw_scan {
	struct vfio_ccw_part *part;
	struct vfio_device *vdev;
	u32 orb1;
	u32 limit;
	u32 block;
	u64 nowhere;
	bool jumps;
	unsigned int runs;
	unsigned int firm;
	unsigned int own;
	u32 at;
	u32 nr;
	struct ccw_format1 window[VFIO_CCW_WINDOW];
};

static inline struct ccw_format1 *vfio_ccw_part_ccw(const struct vfio_ccw_part *part,
						    unsigned int nr)
{
	return (struct ccw_format1 *)part->arena + nr;
}

static inline __be64 *vfio_ccw_part_list(const struct vfio_ccw_part *part,
					 u32 list)
{
	return part->arena + part->size - list;
}

/* How long an IDAW of the guest's is. */
static inline u32 vfio_ccw_scan_idaw(const struct vfio_ccw_scan *scan)
{
	return scan->orb1 & ORB1_H ? sizeof(__be64) : sizeof(__be32);
}

/* Did VFIO say @ret because the guest named what it has not? */
static inline bool vfio_ccw_guest_error(int ret)
{
	return ret == -EINVAL || ret == -EPERM ||
	       ret == -ENOENT || ret == -EOVERFLOW;
}

/* Does the CCW have any of @flags? */
static inline bool ccw_has(const struct ccw_format1 *ccw, u32 flags)
{
	return ccw->word[0] & cpu_to_be32(flags);
}

/* vfio_ccw_part.c: memory */
int vfio_ccw_part_enlarge(struct vfio_ccw_part *part, unsigned int steps,
			  u32 lists);
int vfio_ccw_part_extent(struct vfio_ccw_part *part, u32 start, u32 end,
			 bool spare);
void vfio_ccw_part_free(struct vfio_ccw_part *part);

/* vfio_ccw_scan.c: CCWs */
int vfio_ccw_scan_program(struct vfio_ccw_scan *scan, u32 guest);
void vfio_ccw_scan_plant(struct vfio_ccw_part *part, unsigned int nr);

/* vfio_ccw_data.c: what they do to data */
int vfio_ccw_data_lists(struct vfio_ccw_scan *scan);
void vfio_ccw_data_place(struct vfio_ccw_scan *scan);

/* vfio_ccw_self.c: programs that store into themselves */
int vfio_ccw_self_check(struct vfio_ccw_scan *scan);

/* vfio_ccw_pages.c: the pages they lie in */
int vfio_ccw_pages_seek(struct vfio_ccw_part *part, u64 number);
int vfio_ccw_pages_pin(struct vfio_ccw_part *part, struct vfio_device *vdev);
void vfio_ccw_pages_unpin(struct vfio_ccw_part *part, struct vfio_device *vdev);
void vfio_ccw_pages_keep(const struct vfio_ccw_part *part);

/**
 * vfio_ccw_part_reserve() - make room; what is there is kept
 * @part: where
 * @steps: for how many CCWs in all
 * @lists: for how many bytes of lists in all
 *
 * Return: 0; -EFBIG: more than an arena may have; -ENOMEM.
 */
static inline int vfio_ccw_part_reserve(struct vfio_ccw_part *part,
					unsigned int steps, u32 lists)
{
	u32 size = steps * sizeof(struct ccw_format1) + lists;

	if (steps <= part->max && size <= part->size)
		return 0;
	return vfio_ccw_part_enlarge(part, steps, lists);
}

/**
 * vfio_ccw_pages_find() - find a page of the program, or add it
 * @part: the program
 * @number: guest address divided by the page size
 *
 * Return: its index in @part's pages; -ENOMEM.
 */
static inline int vfio_ccw_pages_find(struct vfio_ccw_part *part, u64 number)
{
	if (part->last < part->nr_pages &&
	    part->page[part->last].number == number)
		return part->last;
	return vfio_ccw_pages_seek(part, number);
}

/* How the data of a CCW are to be found. */
struct vfio_ccw_area {
	u32 count;	/* bytes; 0: it moves none */
	u32 cda;	/* its data address */
	u8 access;	/* IOMMU_READ, IOMMU_WRITE */
	bool backward;
};

static __always_inline struct vfio_ccw_area
vfio_ccw_data_area(const struct vfio_ccw_part *part, unsigned int nr)
{
	const struct ccw_format1 *ccw = vfio_ccw_part_ccw(part, nr);
	u32 word = be32_to_cpu(ccw->word[0]);
	u8 mode = part->step[nr].mode;
	struct vfio_ccw_area area = {
		.count = word & CCW0_COUNT,
		.cda = be32_to_cpu(ccw->word[1]),
		.access = mode & VFIO_CCW_ACCESS,
		.backward = (mode & (VFIO_CCW_FORWARD | VFIO_CCW_BACKWARD)) ==
			    VFIO_CCW_BACKWARD,
	};

	if (word & CCW0_SKIP)
		area.access &= ~IOMMU_WRITE;
	if (!area.access)
		area.count = 0;
	return area;
}

/* Bytes from @address to the end of its block, in the direction of @area. */
static inline u32 vfio_ccw_data_rest(const struct vfio_ccw_scan *scan,
				     const struct vfio_ccw_area *area,
				     u64 address)
{
	u32 offset = address & (scan->block - 1);

	return area->backward ? offset + 1 : scan->block - offset;
}

/* The page that @word of a list names; NULL: none. */
static inline struct vfio_ccw_page *
vfio_ccw_data_page(const struct vfio_ccw_part *part, u64 word)
{
	if (word >> 62 != 1)
		return NULL;
	return &part->page[(word - VFIO_CCW_IN_PAGE) >> PAGE_SHIFT];
}

/* Where a list has its addresses: every word, or every other. */
static inline unsigned int vfio_ccw_data_stride(const struct vfio_ccw_step *step)
{
	return step->kind == VFIO_CCW_MIDA ? 2 : 1;
}

#endif /* VFIO_CCW_CP_PRIVATE_H */
