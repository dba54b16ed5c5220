// SPDX-License-Identifier: GPL-2.0-only
/*
 * The passes of a translation that deal with data: give each CCW a list of
 * address words, first with numbers of guest pages, in the end with the host's
 * addresses.
 */
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/vfio.h>

#include "vfio_ccw_cp_private.h"

/* The first list of every arena: as many IDAWs as the largest count can take. */
#define VFIO_CCW_NOWHERE_WORDS	DIV_ROUND_UP(0xffff, 2048)
#define VFIO_CCW_NOWHERE_LIST	((VFIO_CCW_NOWHERE_WORDS + 1) * sizeof(__be64))

/* How many IDAWs it takes if the first says @address. */
static unsigned int vfio_ccw_data_words(const struct vfio_ccw_scan *scan,
					const struct vfio_ccw_area *area,
					u64 address)
{
	u32 rest = vfio_ccw_data_rest(scan, area, address);

	return area->count <= rest ? 1 :
	       1 + DIV_ROUND_UP(area->count - rest, scan->block);
}

/* Room at the end of the arena for a list of @bytes, which begins at an @align. */
static int vfio_ccw_data_room(struct vfio_ccw_part *part, u32 bytes, u32 align)
{
	u32 used = round_up(part->used, align);
	int ret;

	/* A list of MIDAWs may not cross a page boundary. */
	if (align == sizeof(struct ccw_midaw) &&
	    used / PAGE_SIZE != (used + bytes - 1) / PAGE_SIZE)
		used = round_up(used, PAGE_SIZE);
	ret = vfio_ccw_part_reserve(part, part->nr + VFIO_CCW_FENCES,
				    used + bytes);
	if (!ret)
		part->used = used + bytes;
	return ret;
}

/*
 * A list of @words IDAWs for step @nr, and a fence behind it. NULL in *list: the
 * step does without.
 */
static int vfio_ccw_data_list(struct vfio_ccw_part *part, unsigned int nr,
			      unsigned int words, __be64 **list)
{
	struct vfio_ccw_step *step = &part->step[nr];
	int ret;

	*list = NULL;
	ret = vfio_ccw_data_room(part, (words + 1) * sizeof(**list),
				 sizeof(**list));
	if (ret == -EFBIG && step->spare) {
		step->kind = VFIO_CCW_INVALID;
		return 0;
	}
	if (ret)
		return ret;
	step->list = part->used;
	step->words = words;
	*list = vfio_ccw_part_list(part, step->list);
	(*list)[words] = cpu_to_be64(VFIO_CCW_NO_ADDRESS);
	return 0;
}

/* Write @address to @word, as the number of its page and the place in it. */
static int vfio_ccw_data_touch(struct vfio_ccw_part *part, u64 address,
			       u8 access, __be64 *word)
{
	int page;

	if (address < VFIO_CCW_ADDRESSES) {
		page = vfio_ccw_pages_find(part, address >> PAGE_SHIFT);
		if (page < 0)
			return page;
		part->page[page].access |= access;
		address = (u64)page << PAGE_SHIFT | offset_in_page(address);
	}
	*word = cpu_to_be64(address);
	return 0;
}

/* A CCW's own address and count, as a list. */
static int vfio_ccw_data_direct(struct vfio_ccw_scan *scan, unsigned int nr,
				const struct vfio_ccw_area *area)
{
	unsigned int i, words = vfio_ccw_data_words(scan, area, area->cda);
	u64 address = area->cda;
	__be64 *word;
	int ret;

	ret = vfio_ccw_data_list(scan->part, nr, words, &word);
	for (i = 0; word && !ret && i < words; i++) {
		u64 rest = vfio_ccw_data_rest(scan, area, address);

		ret = vfio_ccw_data_touch(scan->part, address < scan->limit ?
					  address : VFIO_CCW_NO_ADDRESS,
					  area->access, &word[i]);
		address += area->backward ? -rest : rest;
	}
	return ret;
}

/*
 * Read @size bytes of a list at @guest. What the guest does not have is all
 * ones, which is no address.
 */
static int vfio_ccw_data_read(struct vfio_ccw_scan *scan, u32 guest, void *list,
			      u32 size)
{
	int ret;

	while (size) {
		u32 piece = min_t(u32, size, PAGE_SIZE - offset_in_page(guest));

		ret = -EINVAL;
		if (guest < scan->limit)
			ret = vfio_dma_rw(scan->vdev, guest, list, piece, false);
		if (vfio_ccw_guest_error(ret))
			memset(list, 0xff, piece);
		else if (ret)
			return ret;
		guest += piece;
		list += piece;
		size -= piece;
	}
	return 0;
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
	__be64 *word, first;
	u64 address;
	void *raw;
	int ret;

	ret = vfio_ccw_data_read(scan, area->cda, &first, size);
	if (ret)
		return ret;
	address = VFIO_CCW_NO_ADDRESS;
	if (IS_ALIGNED(area->cda, size))
		address = vfio_ccw_data_address(scan, area, &first, 0);
	if (address != VFIO_CCW_NO_ADDRESS)
		words = vfio_ccw_data_words(scan, area, address);

	ret = vfio_ccw_data_list(scan->part, nr, words, &word);
	if (!word)
		return ret;
	raw = (void *)word + words * (sizeof(*word) - size);
	ret = vfio_ccw_data_read(scan, area->cda + size, raw + size,
				 (words - 1) * size);
	for (i = 0; !ret && i < words; i++) {
		if (i)
			address = vfio_ccw_data_address(scan, area, raw, i);
		ret = vfio_ccw_data_touch(scan->part, address, area->access,
					  &word[i]);
	}
	return ret ?: vfio_ccw_part_extent(scan->part, area->cda,
				    area->cda + words * size,
				    scan->part->step[nr].spare);
}

/* Is the piece that a MIDAW describes one that a channel moves? */
static u64 vfio_ccw_data_piece(const struct ccw_midaw *midaw, u8 mode)
{
	u64 address = be64_to_cpu(midaw->address);
	u32 count = be32_get_bits(midaw->word[1], MIDAW1_COUNT);
	u32 offset = offset_in_page(address);

	if (midaw->word[1] & cpu_to_be32(MIDAW1_SKIP))
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

/*
 * A list of MIDAWs: up to the count, the last, or the end of its page. It is read
 * to where the arena is free, until its length is known.
 */
static int vfio_ccw_data_mida(struct vfio_ccw_scan *scan, unsigned int nr,
			      const struct vfio_ccw_area *area)
{
	u32 room = PAGE_SIZE - offset_in_page(area->cda);
	struct vfio_ccw_part *part = scan->part;
	unsigned int i, words;
	struct ccw_midaw *midaw, *list;
	int ret;

	ret = vfio_ccw_part_reserve(part, part->nr + VFIO_CCW_FENCES,
				    part->used + 3 * PAGE_SIZE);
	if (ret)
		return ret;
	midaw = (void *)vfio_ccw_part_ccw(part, part->nr + VFIO_CCW_FENCES);
	room = round_down(room, sizeof(*midaw));
	ret = vfio_ccw_data_read(scan, area->cda, midaw, room);
	if (ret)
		return ret;
	words = 0;
	if (IS_ALIGNED(area->cda, sizeof(*midaw)))
		words = vfio_ccw_data_midaws(area, midaw, room / sizeof(*midaw));

	ret = vfio_ccw_data_room(part, min_t(u32, PAGE_SIZE,
					     (words + 1) * sizeof(*midaw)),
				 sizeof(*midaw));
	if (ret)
		return ret;
	part->step[nr].list = part->used;
	part->step[nr].words = words;
	list = (void *)vfio_ccw_part_list(part, part->used);
	for (i = 0; !ret && i < words; i++) {
		list[i] = midaw[i];
		ret = vfio_ccw_data_touch(part,
					  vfio_ccw_data_piece(&midaw[i],
							      part->step[nr].mode),
					  area->access, &list[i].address);
	}
	/* Where a list takes a page, the end of the page is the fence. */
	if (words < PAGE_SIZE / sizeof(*midaw))
		list[i] = (struct ccw_midaw){
			.address = cpu_to_be64(VFIO_CCW_NO_ADDRESS) };
	return ret ?: vfio_ccw_part_extent(part, area->cda,
				    area->cda + words * sizeof(*midaw),
				    part->step[nr].spare);
}

/**
 * vfio_ccw_data_lists() - the second pass: lists of guest pages
 * @scan: the translation; its CCWs are known
 *
 * Return: 0; -EFBIG; -ENOMEM; or VFIO's, if the guest is not to blame.
 */
int vfio_ccw_data_lists(struct vfio_ccw_scan *scan)
{
	static int (* const list[])(struct vfio_ccw_scan *scan, unsigned int nr,
				    const struct vfio_ccw_area *area) = {
		[VFIO_CCW_DIRECT] = vfio_ccw_data_direct,
		[VFIO_CCW_IDA] = vfio_ccw_data_ida,
		[VFIO_CCW_MIDA] = vfio_ccw_data_mida,
	};
	struct vfio_ccw_part *part = scan->part;
	struct vfio_ccw_area area;
	unsigned int nr;
	int ret;

	ret = vfio_ccw_self_extents(part);
	if (!ret)
		ret = vfio_ccw_data_room(part, VFIO_CCW_NOWHERE_LIST,
					 sizeof(__be64));
	for (nr = 0; !ret && nr < part->nr; nr++) {
		if (part->step[nr].kind >= ARRAY_SIZE(list))
			continue;
		area = vfio_ccw_data_area(part, nr);
		if (area.count)
			ret = list[part->step[nr].kind](scan, nr, &area);
	}
	return ret;
}

/* The host's address for a word that names a page, for @access to it. */
static u64 vfio_ccw_data_host(const struct vfio_ccw_scan *scan, u64 address,
			      u8 access)
{
	const struct vfio_ccw_page *page;

	if (address == VFIO_CCW_TO_NOWHERE)
		return scan->nowhere;
	if (address == VFIO_CCW_NO_ADDRESS)
		return address;
	page = &scan->part->page[address >> PAGE_SHIFT];
	if (!page->pinned || access & ~page->access)
		return VFIO_CCW_NO_ADDRESS;
	return page->place | offset_in_page(address);
}

/* Point the CCW of step @nr to its list, and the list to the host's pages. */
static void vfio_ccw_data_place_list(struct vfio_ccw_scan *scan, unsigned int nr)
{
	struct vfio_ccw_part *part = scan->part;
	const struct vfio_ccw_step *step = &part->step[nr];
	const struct vfio_ccw_area area = vfio_ccw_data_area(part, nr);
	struct ccw_format1 *ccw = vfio_ccw_part_ccw(part, nr);
	unsigned int i, stride = vfio_ccw_data_stride(step);
	u32 flag = stride > 1 ? CCW0_MIDA : CCW0_IDA;
	__be64 *list = vfio_ccw_part_list(part, step->list);
	__be64 *word = list + stride - 1;

	for (i = 0; i < step->words; i++, word += stride)
		*word = cpu_to_be64(vfio_ccw_data_host(scan, be64_to_cpup(word),
						       area.access));
	ccw->word[0] &= ~cpu_to_be32(CCW0_IDA | CCW0_MIDA);
	ccw->word[0] |= cpu_to_be32(flag);
	ccw->word[1] = cpu_to_be32(virt_to_phys(list));
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

/* Point @ccw, which moves no data, to @list. */
static void vfio_ccw_data_place_nowhere(struct ccw_format1 *ccw, __be64 *list)
{
	ccw->word[0] &= ~cpu_to_be32(CCW0_MIDA);
	ccw->word[0] |= cpu_to_be32(CCW0_IDA);
	ccw->word[1] = cpu_to_be32(virt_to_phys(list));
}

/* A jump: the guest's own, or one to CCWs that are there already. */
static void vfio_ccw_data_place_jump(struct vfio_ccw_part *part,
				     unsigned int nr)
{
	const struct vfio_ccw_step *step = &part->step[nr], *target;
	struct ccw_format1 *ccw = vfio_ccw_part_ccw(part, nr);

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

	for (nr = 0; nr < part->nr; nr++, step++) {
		if (step->kind >= VFIO_CCW_INVALID && step->kind < VFIO_CCW_LINK) {
			vfio_ccw_scan_plant(part, nr);
		} else if (step->kind >= VFIO_CCW_TIC) {
			vfio_ccw_data_place_jump(part, nr);
		} else if (step->list) {
			vfio_ccw_data_place_list(scan, nr);
		} else {
			nowhere = nowhere ?: vfio_ccw_data_nowhere(scan);
			vfio_ccw_data_place_nowhere(vfio_ccw_part_ccw(part, nr),
						    nowhere);
		}
	}
	for (i = 0; i < VFIO_CCW_FENCES; i++, nr++, step++) {
		vfio_ccw_scan_plant(part, nr);
		*step = (struct vfio_ccw_step){
			.guest = step[-1].guest + sizeof(struct ccw_format1),
			.kind = VFIO_CCW_INVALID };
	}
}
