// SPDX-License-Identifier: GPL-2.0-only
/*
 * The passes of a translation that deal with data: give each CCW a list of
 * address words, first with numbers of guest pages, in the end with the host's
 * addresses.
 */
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/vfio.h>

#include "vfio_ccw_cp_private.h"

/* The first list of every arena: as many IDAWs as the largest count can take. */
#define VFIO_CCW_NOWHERE_WORDS	DIV_ROUND_UP(0xffff, 2048)
#define VFIO_CCW_NOWHERE_LIST	((VFIO_CCW_NOWHERE_WORDS + 1) * sizeof(__be64))

/* How many IDAWs it takes if the first says @address. */
static inline unsigned int vfio_ccw_data_words(const struct vfio_ccw_scan *scan,
					       const struct vfio_ccw_area *area,
					       u64 address)
{
	u32 rest = vfio_ccw_data_rest(scan, area, address);

	return area->count <= rest ? 1 :
	       1 + DIV_ROUND_UP(area->count - rest, scan->block);
}

/*
 * A list of @words IDAWs for step @nr. If the channel might use it forward and
 * backward, there is a fence behind it. NULL: there is no room.
 */
static inline __be64 *vfio_ccw_data_list(struct vfio_ccw_part *part,
					 unsigned int nr, unsigned int words,
					 int *ret)
{
	const u8 both = VFIO_CCW_FORWARD | VFIO_CCW_BACKWARD;
	bool fence = (part->step[nr].mode & both) == both;
	u32 used = part->used + (words + fence) * sizeof(__be64);
	__be64 *list;

	*ret = vfio_ccw_part_reserve(part, part->nr + VFIO_CCW_FENCES, used);
	if (*ret)
		return NULL;
	part->used = used;
	part->step[nr].list = used;
	part->step[nr].words = words;
	list = vfio_ccw_part_list(part, used);
	if (fence)
		list[words] = cpu_to_be64(VFIO_CCW_NO_ADDRESS);
	return list;
}

/* Write @address to @word, as the number of its page and the place in it. */
static __always_inline int vfio_ccw_data_touch(struct vfio_ccw_part *part,
					       u64 address, u8 access,
					       __be64 *word)
{
	int page;

	if (address < VFIO_CCW_ADDRESSES) {
		page = vfio_ccw_pages_find(part, address >> PAGE_SHIFT);
		if (page < 0)
			return page;
		part->page[page].access |= access;
		address = VFIO_CCW_IN_PAGE | (u64)page << PAGE_SHIFT |
			  offset_in_page(address);
	}
	*word = cpu_to_be64(address);
	return 0;
}

/* A CCW's own address and count, as a list. */
static noinline int vfio_ccw_data_pieces(struct vfio_ccw_scan *scan,
					 unsigned int nr,
					 const struct vfio_ccw_area *area)
{
	unsigned int i, words = vfio_ccw_data_words(scan, area, area->cda);
	u64 address = area->cda;
	__be64 *word;
	int ret;

	word = vfio_ccw_data_list(scan->part, nr, words, &ret);
	for (i = 0; !ret && i < words; i++) {
		u64 rest = vfio_ccw_data_rest(scan, area, address);

		ret = vfio_ccw_data_touch(scan->part, address < scan->limit ?
					  address : VFIO_CCW_NO_ADDRESS,
					  area->access, &word[i]);
		address += area->backward ? -rest : rest;
	}
	return ret;
}

/*
 * Read @size bytes of a list at @guest. Return: how many of them the guest has,
 * from the first one on, the others are all ones, which is no address; or VFIO's
 * error, if the guest is not to blame for it.
 */
static int vfio_ccw_data_read(struct vfio_ccw_scan *scan, u32 guest, void *list,
			      u32 size)
{
	u32 done, piece;
	int ret;

	for (done = 0; done < size; done += piece) {
		piece = min_t(u32, size - done, PAGE_SIZE - offset_in_page(guest));
		ret = -EINVAL;
		if (guest < scan->limit)
			ret = vfio_dma_rw(scan->vdev, guest, list + done, piece,
					  false);
		if (vfio_ccw_guest_error(ret))
			break;
		if (ret)
			return ret;
		guest += piece;
	}
	memset(list + done, 0xff, size - done);
	return done;
}

/* The address in word @i of a list in the guest's form. */
static u64 vfio_ccw_data_address(const struct vfio_ccw_scan *scan,
				 const struct vfio_ccw_area *area,
				 const void *list, unsigned int i)
{
	u64 address, start;

	if (vfio_ccw_scan_idaw(scan) == sizeof(__be64))
		address = be64_to_cpup((const __be64 *)list + i);
	else
		address = be32_to_cpup((const __be32 *)list + i);
	if (address >= (scan->orb1 & ORB1_H ? BIT_ULL(63) : BIT_ULL(31)))
		return VFIO_CCW_NO_ADDRESS;
	start = area->backward ? address + 1 : address;
	return i && start & (scan->block - 1) ? VFIO_CCW_NO_ADDRESS : address;
}

/* A list of IDAWs; what is read is made longer in place, where it must be. */
static int vfio_ccw_data_ida(struct vfio_ccw_scan *scan, unsigned int nr,
			     const struct vfio_ccw_area *area)
{
	u32 size = vfio_ccw_scan_idaw(scan);
	unsigned int i, words = 1;
	u64 address = VFIO_CCW_NO_ADDRESS;
	__be64 *word, first;
	int ret, there;
	void *raw;

	there = vfio_ccw_data_read(scan, area->cda, &first, size);
	if (there < 0)
		return there;
	if (IS_ALIGNED(area->cda, size))
		address = vfio_ccw_data_address(scan, area, &first, 0);
	if (address != VFIO_CCW_NO_ADDRESS)
		words = vfio_ccw_data_words(scan, area, address);

	word = vfio_ccw_data_list(scan->part, nr, words, &ret);
	if (ret)
		return ret;
	raw = (void *)word + words * (sizeof(*word) - size);
	ret = vfio_ccw_data_read(scan, area->cda + size, raw + size,
				 (words - 1) * size);
	if (ret < 0)
		return ret;
	there += ret;
	for (i = 0, ret = 0; !ret && i < words; i++) {
		if (i)
			address = vfio_ccw_data_address(scan, area, raw, i);
		ret = vfio_ccw_data_touch(scan->part, address, area->access,
					  &word[i]);
	}
	if (!ret && there)
		ret = vfio_ccw_part_extent(scan->part, area->cda,
					   area->cda + there,
					   scan->part->step[nr].spare);
	return ret;
}

/* Is the piece that a MIDAW describes one that a channel moves? */
static u64 vfio_ccw_data_piece(const struct ccw_midaw *midaw, u8 mode)
{
	bool skip = midaw->word[1] & cpu_to_be32(MIDAW1_SKIP);
	u64 address = be64_to_cpu(midaw->address);
	u32 count = be32_get_bits(midaw->word[1], MIDAW1_COUNT);
	u32 offset = offset_in_page(address);

	/* Only what is stored can be skipped. */
	if (skip && !(mode & IOMMU_READ))
		return VFIO_CCW_TO_NOWHERE;
	if (address >= BIT_ULL(63) ||
	    (mode & VFIO_CCW_FORWARD && offset + count > PAGE_SIZE) ||
	    (mode & VFIO_CCW_BACKWARD && count > offset + 1))
		return VFIO_CCW_NO_ADDRESS;
	return address;
}

/* How many MIDAWs a channel uses to move the data of @area: up to @max. */
static unsigned int vfio_ccw_data_midaws(const struct vfio_ccw_area *area,
					 const struct ccw_midaw *midaw,
					 unsigned int max)
{
	u32 left = area->count;
	unsigned int words;

	for (words = 0; left && words < max; words++, midaw++) {
		left -= min_t(u32, left,
			      be32_get_bits(midaw->word[1], MIDAW1_COUNT));
		if (midaw->word[1] & cpu_to_be32(MIDAW1_LAST))
			left = 0;
	}
	return words;
}

/* Where a list of @bytes of MIDAWs ends: it may not cross a page boundary. */
static u32 vfio_ccw_data_gap(const struct vfio_ccw_part *part, u32 bytes)
{
	u32 used = round_up(part->used, sizeof(struct ccw_midaw));

	if (used / PAGE_SIZE != (used + bytes - 1) / PAGE_SIZE)
		used = round_up(used, PAGE_SIZE);
	return used;
}

/* Room for a list of @words MIDAWs for step @nr, with a fence behind it. */
static struct ccw_midaw *vfio_ccw_data_midaw_list(struct vfio_ccw_part *part,
						  unsigned int nr,
						  unsigned int words)
{
	struct ccw_midaw *list;
	/* Where a list takes a page, the end of the page is the fence. */
	u32 bytes = min_t(u32, PAGE_SIZE, (words + 1) * sizeof(*list));
	u32 used = vfio_ccw_data_gap(part, bytes);

	memset(vfio_ccw_part_list(part, used), 0, used - part->used);
	part->used = used + bytes;
	part->step[nr].list = part->used;
	part->step[nr].words = words;
	list = (void *)vfio_ccw_part_list(part, part->used);
	if (bytes > words * sizeof(*list))
		list[words] = (struct ccw_midaw){
			.address = cpu_to_be64(VFIO_CCW_NO_ADDRESS) };
	return list;
}

/* A list of @words MIDAWs for step @nr: copies of those at @midaw. */
static int vfio_ccw_data_copy(struct vfio_ccw_part *part, unsigned int nr,
			      const struct ccw_midaw *midaw, unsigned int words,
			      u8 access)
{
	struct ccw_midaw *list = vfio_ccw_data_midaw_list(part, nr, words);
	unsigned int i;
	u64 address;
	int ret = 0;

	for (i = 0; !ret && i < words; i++) {
		list[i] = midaw[i];
		/* Reserved bits are a program check, as a count of zero is. */
		if (list[i].word[0])
			memset(list[i].word, 0, sizeof(list[i].word));
		address = vfio_ccw_data_piece(&midaw[i], part->step[nr].mode);
		ret = vfio_ccw_data_touch(part, address, access,
					  &list[i].address);
	}
	return ret;
}

/*
 * A list of MIDAWs: up to the count, the last, or the end of its page. It is read
 * to where the arena is free, until its length is known.
 */
static int vfio_ccw_data_mida(struct vfio_ccw_scan *scan, unsigned int nr,
			      const struct vfio_ccw_area *area)
{
	u32 room = PAGE_SIZE - offset_in_page(area->cda);
	struct vfio_ccw_part *part = scan->part;
	unsigned int words = 0;
	struct ccw_midaw *midaw;
	int ret;

	ret = vfio_ccw_part_reserve(part, part->nr + VFIO_CCW_FENCES,
				    part->used + 3 * PAGE_SIZE);
	if (ret)
		return ret;
	midaw = (void *)vfio_ccw_part_ccw(part, part->nr + VFIO_CCW_FENCES);
	ret = vfio_ccw_data_read(scan, area->cda, midaw, room);
	if (ret < 0)
		return ret;
	if (IS_ALIGNED(area->cda, sizeof(*midaw)))
		words = vfio_ccw_data_midaws(area, midaw, ret / sizeof(*midaw));
	ret = vfio_ccw_data_copy(part, nr, midaw, words, area->access);
	if (!ret && words)
		ret = vfio_ccw_part_extent(part, area->cda,
					   area->cda + words * sizeof(*midaw),
					   part->step[nr].spare);
	return ret;
}

/* Any list but the simplest. */
static noinline int vfio_ccw_data_several(struct vfio_ccw_scan *scan,
					  unsigned int nr)
{
	const struct vfio_ccw_area area = vfio_ccw_data_area(scan->part, nr);

	if (!area.count)
		return 0;
	switch (scan->part->step[nr].kind) {
	case VFIO_CCW_IDA:
		return vfio_ccw_data_ida(scan, nr, &area);
	case VFIO_CCW_MIDA:
		return vfio_ccw_data_mida(scan, nr, &area);
	default:
		return vfio_ccw_data_pieces(scan, nr, &area);
	}
}

/* A list for step @nr: of one word if its data lie in one block, as they mostly do. */
static inline int vfio_ccw_data_step(struct vfio_ccw_scan *scan, unsigned int nr)
{
	struct vfio_ccw_part *part = scan->part;
	struct vfio_ccw_step *step = &part->step[nr];
	struct vfio_ccw_area area;
	u32 used = part->used + sizeof(__be64);

	if (step->kind != VFIO_CCW_DIRECT || step->mode & VFIO_CCW_BACKWARD ||
	    (part->nr + VFIO_CCW_FENCES) * sizeof(struct ccw_format1) + used >
	    part->size)
		return vfio_ccw_data_several(scan, nr);
	area = vfio_ccw_data_area(part, nr);
	if (!area.count)
		return 0;
	if ((area.cda & (scan->block - 1)) + area.count > scan->block)
		return vfio_ccw_data_several(scan, nr);
	part->used = used;
	step->list = used;
	step->words = 1;
	return vfio_ccw_data_touch(part, area.cda, area.access,
				   vfio_ccw_part_list(part, used));
}

/* Make lists for the CCWs that are @spare, or for those that are not. */
static int vfio_ccw_data_steps(struct vfio_ccw_scan *scan, bool spare)
{
	struct vfio_ccw_step *step;
	unsigned int nr;
	int ret = 0;

	for (nr = 0; !ret && nr < scan->part->nr; nr++) {
		step = &scan->part->step[nr];
		if (step->kind >= VFIO_CCW_TIC || step->spare != spare)
			continue;
		ret = vfio_ccw_data_step(scan, nr);
		if (ret == -EFBIG && spare) {
			step->kind = VFIO_CCW_INVALID;
			ret = 0;
		}
		if (!(nr % VFIO_CCW_WINDOW))
			cond_resched();
	}
	return ret;
}

/**
 * vfio_ccw_data_lists() - the second pass: lists of guest pages
 * @scan: the translation; its CCWs are known
 *
 * Return: 0; -EFBIG; -ENOMEM; or VFIO's, if the guest is not to blame.
 */
int vfio_ccw_data_lists(struct vfio_ccw_scan *scan)
{
	struct vfio_ccw_part *part = scan->part;
	int ret;

	part->used = VFIO_CCW_NOWHERE_LIST;
	ret = vfio_ccw_part_reserve(part, part->nr + VFIO_CCW_FENCES,
				    part->used);
	if (!ret)
		ret = vfio_ccw_data_steps(scan, false);
	if (!ret)
		ret = vfio_ccw_data_steps(scan, true);
	return ret;
}

/* Not all pages could be had for all that is done to them: look at each word. */
static void vfio_ccw_data_deny(struct vfio_ccw_part *part)
{
	const struct vfio_ccw_page *page;
	struct vfio_ccw_area area;
	unsigned int i, nr, stride;
	__be64 *word;

	for (nr = 0; nr < part->nr; nr++) {
		if (!part->step[nr].words)
			continue;
		area = vfio_ccw_data_area(part, nr);
		stride = vfio_ccw_data_stride(&part->step[nr]);
		word = vfio_ccw_part_list(part, part->step[nr].list) + stride - 1;
		for (i = 0; i < part->step[nr].words; i++, word += stride) {
			page = vfio_ccw_data_page(part, be64_to_cpup(word));
			if (page && area.access & ~page->access)
				*word = cpu_to_be64(VFIO_CCW_NO_ADDRESS);
		}
	}
}

/* Turn every word that names a page into the host's address. */
static void vfio_ccw_data_place_words(const struct vfio_ccw_scan *scan)
{
	const struct vfio_ccw_part *part = scan->part;
	const struct vfio_ccw_page *page;
	__be64 *word = vfio_ccw_part_list(part, part->used);
	__be64 *end = vfio_ccw_part_list(part, VFIO_CCW_NOWHERE_LIST);
	u64 address;

	for (; word < end; word++) {
		address = be64_to_cpup(word);
		page = vfio_ccw_data_page(part, address);
		if (page) {
			*word = cpu_to_be64(page->place |
					    offset_in_page(address));
		} else if (address == VFIO_CCW_TO_NOWHERE) {
			*word = cpu_to_be64(scan->nowhere);
		}
	}
}

/* A list of words that lead to a page that is nobody's. */
static __be64 *vfio_ccw_data_nowhere(const struct vfio_ccw_scan *scan)
{
	__be64 *list = vfio_ccw_part_list(scan->part, VFIO_CCW_NOWHERE_LIST);
	unsigned int i;

	for (i = 0; i < VFIO_CCW_NOWHERE_WORDS; i++)
		list[i] = cpu_to_be64(scan->nowhere);
	list[i] = cpu_to_be64(VFIO_CCW_NO_ADDRESS);
	return list;
}

/* Point @ccw to a list of words: @flag says of which kind. */
static inline void vfio_ccw_data_point(struct ccw_format1 *ccw, void *list,
				       u32 flag)
{
	ccw->word[0] &= cpu_to_be32(~(CCW0_IDA | CCW0_MIDA));
	ccw->word[0] |= cpu_to_be32(flag);
	ccw->word[1] = cpu_to_be32(virt_to_phys(list));
}

/* What is no data: a jump, or what the channel is to find invalid. */
static void vfio_ccw_data_place_jump(struct vfio_ccw_part *part,
				     unsigned int nr)
{
	const struct vfio_ccw_step *step = &part->step[nr], *target;
	struct ccw_format1 *ccw = vfio_ccw_part_ccw(part, nr);

	if (step->kind == VFIO_CCW_INVALID || step->kind == VFIO_CCW_MISSING) {
		vfio_ccw_scan_plant(part, nr);
		return;
	}
	if (step->kind == VFIO_CCW_LINK) {
		/* No TIC may lead to a TIC: do what that one does. */
		target = &part->step[step->target];
		ccw->word[0] = cpu_to_be32(FIELD_PREP(CCW0_CMD, CCW_CMD_TIC));
		if (target->kind == VFIO_CCW_TIC) {
			ccw->word[0] = vfio_ccw_part_ccw(part, step->target)->word[0];
			step = target;
		}
	}
	ccw->word[1] = cpu_to_be32(virt_to_phys(vfio_ccw_part_ccw(part,
								  step->target)));
}

/**
 * vfio_ccw_data_place() - the last pass: write the host's addresses
 * @scan: the translation; its pages are pinned
 */
void vfio_ccw_data_place(struct vfio_ccw_scan *scan)
{
	struct vfio_ccw_part *part = scan->part;
	struct vfio_ccw_step *step = part->step;
	__be64 *nowhere = NULL;
	unsigned int i, nr;

	if (part->denied)
		vfio_ccw_data_deny(part);
	vfio_ccw_data_place_words(scan);
	for (nr = 0; nr < part->nr; nr++, step++) {
		struct ccw_format1 *ccw = vfio_ccw_part_ccw(part, nr);

		if (step->kind >= VFIO_CCW_TIC) {
			vfio_ccw_data_place_jump(part, nr);
		} else if (step->list) {
			vfio_ccw_data_point(ccw, vfio_ccw_part_list(part, step->list),
					    step->kind == VFIO_CCW_MIDA ?
					    CCW0_MIDA : CCW0_IDA);
		} else {
			nowhere = nowhere ?: vfio_ccw_data_nowhere(scan);
			vfio_ccw_data_point(ccw, nowhere, CCW0_IDA);
		}
	}
	for (i = 0; i < VFIO_CCW_FENCES; i++, nr++, step++) {
		vfio_ccw_scan_plant(part, nr);
		*step = (struct vfio_ccw_step){
			.guest = step[-1].guest + sizeof(struct ccw_format1),
			.kind = VFIO_CCW_INVALID };
	}
}
