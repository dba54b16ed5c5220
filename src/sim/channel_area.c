// SPDX-License-Identifier: GPL-2.0-only
/* Where the data of a CCW lie: directly, or through IDAWs, or MIDAWs. */
#include "machine_sch.h"

#define IDA_BLOCK_2K	2048u
#define IDA_BLOCK_4K	4096u
#define MIDA_PAGE	4096u

/* Return: bytes from the next one up to, or down to, a boundary of blocks,
 * whose size is a power of two. */
static u32 to_boundary(const struct channel *ch, u32 block)
{
	u32 offset = ch->area.next & (block - 1);

	return channel_is_backward(ch) ? offset + 1 : block - offset;
}

/* Return: 0, or the subchannel status that fetching a word ends with. */
static u32 fetch_word(struct machine_sch *sch, void *word, u32 size)
{
	struct channel *ch = &sch->channel;
	u32 address = ch->area.list;

	if (address % size || address > channel_limit(ch) - size)
		return SCSW2_CSTAT_PROG;
	ch->area.list += size;
	return sch_fetch(sch, address, word, size, ESW0_IDAW_CHECK);
}

static u64 idaw_address(const u8 *raw, u32 size)
{
	u64 address = 0;
	u32 i;

	for (i = 0; i < size; i++)
		address = (address << 8) | raw[i];
	return address;
}

static u32 next_idaw(struct machine_sch *sch)
{
	struct channel *ch = &sch->channel;
	bool format_2 = channel_orb(ch, ORB1_H);
	u32 size = format_2 ? sizeof(__be64) : sizeof(__be32);
	u32 block = format_2 && !channel_orb(ch, ORB1_T) ? IDA_BLOCK_4K
							 : IDA_BLOCK_2K;
	u8 raw[sizeof(__be64)];
	u32 cstat = fetch_word(sch, raw, size);

	if (cstat)
		return cstat;
	ch->area.next = idaw_address(raw, size);
	if (!format_2 && ch->area.next >= BIT(31))
		return SCSW2_CSTAT_PROG;
	ch->area.left = to_boundary(ch, block);
	return ch->area.left == block || ch->area.first ? 0 : SCSW2_CSTAT_PROG;
}

#define MIDAW1_REFUSED	(GENMASK(31, 24) | MIDAW1_DTI | GENMASK(20, 16))

static bool midaw_is_valid(const struct channel *ch,
			   const struct ccw_midaw *midaw)
{
	u32 count = be32_get_bits(midaw->word[1], MIDAW1_COUNT);
	bool last = be32_get_bits(midaw->word[1], MIDAW1_LAST);

	if (midaw->word[0] || be32_get_bits(midaw->word[1], MIDAW1_REFUSED))
		return false;
	return count && count <= ch->residual &&
	       last == (count == ch->residual);
}

static u32 next_midaw(struct machine_sch *sch)
{
	struct channel *ch = &sch->channel;
	struct channel_area *area = &ch->area;
	bool next_page = !area->first && area->list % MIDA_PAGE == 0;
	struct ccw_midaw midaw;
	u32 cstat;

	cstat = next_page ? SCSW2_CSTAT_PROG :
			    fetch_word(sch, &midaw, sizeof(midaw));
	if (cstat)
		return cstat;
	if (!midaw_is_valid(ch, &midaw))
		return SCSW2_CSTAT_PROG;
	area->next = be64_to_cpu(midaw.address);
	area->left = be32_get_bits(midaw.word[1], MIDAW1_COUNT);
	area->skipped = channel_is_input(ch) &&
			be32_get_bits(midaw.word[1], MIDAW1_SKIP);
	if (!area->skipped && area->left > to_boundary(ch, MIDA_PAGE))
		return SCSW2_CSTAT_PROG;
	return 0;
}

void channel_area_begin(struct machine_sch *sch)
{
	struct channel *ch = &sch->channel;
	struct channel_area *area = &ch->area;

	*area = (struct channel_area){ .list = ch->ccw[1], .first = true };
	if (channel_is_input(ch) && (ch->ccw[0] & CCW0_SKIP)) {
		area->skipped = true;
		area->left = CCW0_COUNT;
	} else if (ch->ccw[0] & CCW0_MIDA) {
		area->fetch = next_midaw;
	} else if (ch->ccw[0] & CCW0_IDA) {
		area->fetch = next_idaw;
	} else {
		area->next = ch->ccw[1];
		area->left = to_boundary(ch, channel_limit(ch));
	}
}

static u32 least(u32 a, u32 b)
{
	return a < b ? a : b;
}

u32 channel_area_take(struct machine_sch *sch, u32 *len, u64 *absolute)
{
	struct channel *ch = &sch->channel;
	struct channel_area *area = &ch->area;
	u32 cstat;

	if (!area->left) {
		cstat = area->fetch ? area->fetch(sch) : SCSW2_CSTAT_PROG;
		if (cstat)
			return cstat;
		area->first = false;
	}
	*len = least(*len, least(area->left, to_boundary(ch, CHANNEL_RUN)));
	area->left -= *len;
	if (channel_is_backward(ch)) {
		*absolute = area->next - (*len - 1);
		area->next -= *len;
	} else {
		*absolute = area->next;
		area->next += *len;
	}
	return area->skipped || sch_address_permitted(sch, *absolute) ?
	       0 : SCSW2_CSTAT_PROG;
}
