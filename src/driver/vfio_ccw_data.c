// SPDX-License-Identifier: GPL-2.0-only
/*
 * The passes of a translation that deal with data: give each CCW a list of
 * address words, first with the guest's addresses, then with numbers of pages,
 * in the end with the host's addresses.
 */
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/vfio.h>

#include "vfio_ccw_cp_private.h"

/* The first list of every arena: as many IDAWs as the largest count can take. */
#define VFIO_CCW_NOWHERE_WORDS	DIV_ROUND_UP(0xffff, 2048)
#define VFIO_CCW_NOWHERE_LIST	((VFIO_CCW_NOWHERE_WORDS + 1) * sizeof(__be64))

/*
 * Address words that are not to be translated: one no channel accepts, neither
 * as the address of storage nor as that of a block; and one for bytes that are
 * to go nowhere. The guest's own are below 2^63.
 */
#define VFIO_CCW_NO_ADDRESS	0xfffffffffffff001ULL
#define VFIO_CCW_TO_NOWHERE	0xffffffffffffe000ULL

/* How the data of a CCW are to be found. */
struct vfio_ccw_area {
	u32 count;	/* bytes; 0: it moves none */
	u32 cda;	/* its data address */
	u8 access;	/* IOMMU_READ, IOMMU_WRITE */
	bool backward;
};

static struct vfio_ccw_area vfio_ccw_data_area(const struct vfio_ccw_part *part,
					       unsigned int nr)
{
	const struct ccw_format1 *ccw = vfio_ccw_part_ccw(part, nr);
	u8 mode = part->step[nr].mode;
	struct vfio_ccw_area area = {
		.count = be32_get_bits(ccw->word[0], CCW0_COUNT),
		.cda = be32_to_cpu(ccw->word[1]),
		.access = mode & VFIO_CCW_ACCESS,
		.backward = mode & VFIO_CCW_BACKWARD &&
			    !(mode & VFIO_CCW_FORWARD),
	};

	if (ccw_has(ccw, CCW0_SKIP))
		area.access &= ~IOMMU_WRITE;
	if (!area.access)
		area.count = 0;
	return area;
}

/* Bytes from @address to the end of its block, in the direction of @area. */
static u32 vfio_ccw_data_rest(const struct vfio_ccw_scan *scan,
			      const struct vfio_ccw_area *area, u64 address)
{
	u32 offset = address & (scan->block - 1);

	return area->backward ? offset + 1 : scan->block - offset;
}

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

/* A CCW's own address and count, as a list. */
static int vfio_ccw_data_direct(struct vfio_ccw_scan *scan, unsigned int nr,
				const struct vfio_ccw_area *area)
{
	unsigned int i, words = vfio_ccw_data_words(scan, area, area->cda);
	u64 address = area->cda;
	__be64 *word;
	int ret;

	ret = vfio_ccw_data_list(scan->part, nr, words, &word);
	for (i = 0; word && i < words; i++) {
		u64 rest = vfio_ccw_data_rest(scan, area, address);

		word[i] = cpu_to_be64(address < scan->limit ? address :
				      VFIO_CCW_NO_ADDRESS);
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
	if (ret)
		return ret;
	for (i = 1; i < words; i++)
		word[i] = cpu_to_be64(vfio_ccw_data_address(scan, area, raw, i));
	word[0] = cpu_to_be64(address);
	return vfio_ccw_part_extent(scan->part, area->cda,
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
	for (i = 0; i < words; i++) {
		u64 piece = vfio_ccw_data_piece(&midaw[i], part->step[nr].mode);

		list[i] = midaw[i];
		list[i].address = cpu_to_be64(piece);
	}
	/* Where a list takes a page, the end of the page is the fence. */
	if (words < PAGE_SIZE / sizeof(*midaw))
		list[i] = (struct ccw_midaw){
			.address = cpu_to_be64(VFIO_CCW_NO_ADDRESS) };
	return vfio_ccw_part_extent(part, area->cda,
				    area->cda + words * sizeof(*midaw),
				    part->step[nr].spare);
}

/**
 * vfio_ccw_data_lists() - the second pass: lists of guest addresses
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

/* Where a list has its addresses: every word, or every other. */
static unsigned int vfio_ccw_data_stride(const struct vfio_ccw_step *step)
{
	return step->kind == VFIO_CCW_MIDA ? 2 : 1;
}

/* Bytes of @area, with @left to go, that the word at @word stands for. */
static u32 vfio_ccw_data_length(const struct vfio_ccw_scan *scan,
				const struct vfio_ccw_area *area,
				const __be64 *word, bool mida, u32 left)
{
	const struct ccw_midaw *midaw = (const void *)(word - 1);

	if (mida)
		return be32_get_bits(midaw->word[1], MIDAW1_COUNT);
	return min(left, vfio_ccw_data_rest(scan, area, be64_to_cpup(word)));
}

/* Replace the addresses in the list of step @nr by numbers of pages. */
static int vfio_ccw_data_touch_step(struct vfio_ccw_scan *scan, unsigned int nr)
{
	struct vfio_ccw_part *part = scan->part;
	const struct vfio_ccw_step *step = &part->step[nr];
	const struct vfio_ccw_area area = vfio_ccw_data_area(part, nr);
	unsigned int i, stride = vfio_ccw_data_stride(step);
	__be64 *word = vfio_ccw_part_list(part, step->list) + stride - 1;
	u32 length, left = area.count;
	int page, ret;

	for (i = 0; i < step->words; i++, word += stride, left -= length) {
		u64 start, address = be64_to_cpup(word);

		length = vfio_ccw_data_length(scan, &area, word, stride > 1,
					      left);
		if (address >= BIT_ULL(63))
			continue;
		page = vfio_ccw_pages_find(part, address >> PAGE_SHIFT);
		if (page < 0)
			return page;
		part->page[page].access |= area.access;
		*word = cpu_to_be64((u64)page << PAGE_SHIFT |
				    offset_in_page(address));
		if (!part->page[page].program || !(area.access & IOMMU_WRITE))
			continue;
		start = area.backward ? address + 1 - length : address;
		ret = vfio_ccw_self_store(part, start, start + length);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * vfio_ccw_data_touch() - the third pass: find the pages
 * @scan: the translation; its lists have guest addresses
 *
 * Return: 0; -ETXTBSY: the program would overwrite itself; -ENOMEM.
 */
int vfio_ccw_data_touch(struct vfio_ccw_scan *scan)
{
	struct vfio_ccw_part *part = scan->part;
	const struct vfio_ccw_extent *extent;
	unsigned int nr;
	int ret = 0;
	u32 page;

	for (nr = 0; nr < part->nr_extents; nr++) {
		extent = &part->extent[nr];
		for (page = extent->start >> PAGE_SHIFT;
		     (u64)page << PAGE_SHIFT < extent->end; page++) {
			ret = vfio_ccw_pages_find(part, page);
			if (ret < 0)
				return ret;
			part->page[ret].program = true;
		}
	}
	for (nr = 0, ret = 0; !ret && nr < part->nr; nr++)
		if (part->step[nr].words)
			ret = vfio_ccw_data_touch_step(scan, nr);
	if (!ret)
		vfio_ccw_self_plant(scan);
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

/* A CCW that moves no data: its address leads to a page that is nobody's. */
static void vfio_ccw_data_place_nowhere(struct vfio_ccw_scan *scan,
					unsigned int nr)
{
	struct ccw_format1 *ccw = vfio_ccw_part_ccw(scan->part, nr);
	__be64 *list = vfio_ccw_part_list(scan->part, VFIO_CCW_NOWHERE_LIST);

	ccw->word[0] &= ~cpu_to_be32(CCW0_IDA | CCW0_MIDA);
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
	__be64 *nowhere = vfio_ccw_part_list(part, VFIO_CCW_NOWHERE_LIST);
	unsigned int i, nr;

	for (i = 0; i < VFIO_CCW_NOWHERE_WORDS; i++)
		nowhere[i] = cpu_to_be64(scan->nowhere);
	nowhere[i] = cpu_to_be64(VFIO_CCW_NO_ADDRESS);

	for (nr = 0; nr < part->nr; nr++) {
		switch (part->step[nr].kind) {
		case VFIO_CCW_TIC:
		case VFIO_CCW_LINK:
			vfio_ccw_data_place_jump(part, nr);
			break;
		case VFIO_CCW_INVALID:
		case VFIO_CCW_MISSING:
			vfio_ccw_scan_plant(part, nr);
			break;
		default:
			if (part->step[nr].list)
				vfio_ccw_data_place_list(scan, nr);
			else
				vfio_ccw_data_place_nowhere(scan, nr);
		}
	}
	for (i = 0; i < VFIO_CCW_FENCES; i++, nr++) {
		vfio_ccw_scan_plant(part, nr);
		part->step[nr] = (struct vfio_ccw_step){
			.guest = part->step[nr - 1].guest + sizeof(struct ccw_format1),
			.kind = VFIO_CCW_INVALID };
	}
}
