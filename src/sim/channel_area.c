// SPDX-License-Identifier: GPL-2.0-only
/* Where the data of a CCW lie: directly, or through a list of IDAWs. */
#include "machine_sch.h"

#define IDA_BLOCK_2K	2048
#define IDA_BLOCK_4K	4096

void channel_area_begin(struct machine_sch *sch)
{
	struct channel *ch = &sch->channel;
	struct channel_area *area = &ch->area;
	bool format_2 = channel_orb(ch, ORB1_H);

	*area = (struct channel_area){ .first = ch->ccw[0] & CCW0_IDA };
	if (!area->first) {
		area->next = ch->ccw[1];
		area->left = channel_limit(ch) - ch->ccw[1];
		return;
	}
	area->list = ch->ccw[1];
	area->word = format_2 ? sizeof(__be64) : sizeof(__be32);
	area->block = format_2 && !channel_orb(ch, ORB1_T) ? IDA_BLOCK_4K
							   : IDA_BLOCK_2K;
}

static u64 idaw_address(const u8 *raw, u32 word)
{
	u64 address = 0;
	u32 i;

	for (i = 0; i < word; i++)
		address = (address << 8) | raw[i];
	return address;
}

static u32 next_idaw(struct machine_sch *sch)
{
	struct channel_area *area = &sch->channel.area;
	u8 raw[sizeof(__be64)] = { 0 };
	u32 cstat, offset;

	if (!area->block || area->list % area->word)
		return SCSW2_CSTAT_PROG;
	cstat = sch_storage(sch, area->list, raw, area->word, false);
	if (cstat)
		return cstat;
	area->next = idaw_address(raw, area->word);
	offset = area->next % area->block;
	if ((area->word == sizeof(__be32) && area->next >= BIT(31)) ||
	    (offset && !area->first))
		return SCSW2_CSTAT_PROG;
	area->left = area->block - offset;
	area->list += area->word;
	area->first = false;
	return 0;
}

u32 channel_area_run(struct machine_sch *sch, u32 *len)
{
	struct channel_area *area = &sch->channel.area;
	u32 room, cstat;

	if (area->first) {
		cstat = next_idaw(sch);
		if (cstat)
			return cstat;
	}
	room = CHANNEL_RUN - area->next % CHANNEL_RUN;
	if (*len > room)
		*len = room;
	return 0;
}

u32 channel_area_take(struct machine_sch *sch, u32 len, u64 *absolute)
{
	struct channel_area *area = &sch->channel.area;
	u32 cstat;

	if (!area->left) {
		cstat = next_idaw(sch);
		if (cstat)
			return cstat;
	}
	*absolute = area->next;
	area->next += len;
	area->left -= len;
	return 0;
}
