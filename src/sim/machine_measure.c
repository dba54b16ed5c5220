// SPDX-License-Identifier: GPL-2.0-only
/* Measurement: where programs spend their time, added up in storage. */
#include "machine_sch.h"

#define UNIT_NS		128000u		/* of the times in a block */
#define BLOCK_0_BYTES	32u
#define BLOCK_1_BYTES	64u

#define SCHM_KEY	GENMASK(31, 28)
#define SCHM_RESERVED	GENMASK(27, 2)
#define SCHM_M		BIT(1)		/* update measurement blocks */

int machine_schm(struct machine *m, u32 reg1, u64 origin)
{
	bool update = reg1 & SCHM_M;
	__be32 word = cpu_to_be32(reg1);

	if (reg1 & SCHM_RESERVED || (update && origin % BLOCK_0_BYTES))
		return insn_end(m, 0, MACHINE_SCHM, MACHINE_OPERAND, &word, 1);
	m->monitor.update = update;
	m->monitor.key = FIELD_GET(SCHM_KEY, reg1);
	m->monitor.origin = origin;
	return insn_end(m, 0, MACHINE_SCHM, 0, &word, 1);
}

static void add(u8 *at, unsigned int bytes, u64 amount)
{
	while (bytes--) {
		amount += at[bytes];
		at[bytes] = amount;
		amount >>= 8;
	}
}

/* Add all that is in no block yet. counts: bytes of each of the two. */
static void add_to_block(struct machine_sch *sch, u8 *block,
			 unsigned int counts)
{
	unsigned int i;

	add(block, counts, sch->starts);
	add(block + counts, counts, 1);
	for (i = 0; i < SPENT_ON_NOTHING; i++) {
		add(block + 2 * counts + 4 * i, 4, sch->spent[i] / UNIT_NS);
		sch->spent[i] %= UNIT_NS;
	}
	sch->starts = 0;
}

static u64 block_address(const struct machine_sch *sch, bool format_1)
{
	const __be32 *word = sch->schib.model;

	if (format_1)
		return (u64)be32_to_cpu(word[0]) << 32 | be32_to_cpu(word[1]);
	return sch->m->monitor.origin + BLOCK_0_BYTES *
	       be32_get_bits(sch->schib.pmcw.word[3], PMCW3_MBI);
}

static void measure_no_more(struct machine_sch *sch)
{
	__be32 *word = &sch->schib.pmcw.word[1];

	be32p_replace_bits(word, be32_get_bits(*word, PMCW1_MM) & ~MM_UPDATE,
			   PMCW1_MM);
	sch->measured = false;
}

/** The program has ended or is suspended: bring its block up to date. */
void sch_account(struct machine_sch *sch)
{
	bool format_1 = be32_get_bits(sch->schib.pmcw.word[6], PMCW6_F);
	u32 bytes = format_1 ? BLOCK_1_BYTES : BLOCK_0_BYTES;
	u64 address = block_address(sch, format_1);
	struct machine *m = sch->m;
	u8 block[BLOCK_1_BYTES], key = m->monitor.key;

	if (!sch->measured)
		return;
	sch_spend_on(sch, sch_bits(sch, SCSW0_AC_DEV) ? SPENT_ACTIVE :
							SPENT_ON_NOTHING);
	if (m->env.storage(m->ctx, address, block, bytes, key, false)) {
		measure_no_more(sch);
		return;
	}
	add_to_block(sch, block, format_1 ? 4 : 2);
	if (m->env.storage(m->ctx, address, block, bytes, key, true))
		measure_no_more(sch);
}

void sch_spend_on(struct machine_sch *sch, enum sch_spent what)
{
	struct machine *m = sch->m;
	u64 now = m->env.now ? m->env.now(m->ctx) : 0;

	if (sch->spending != SPENT_ON_NOTHING)
		sch->spent[sch->spending] += now - sch->since;
	sch->spending = what;
	sch->since = now;
}

/** A program is started or resumed: measure it, if that is wanted. */
void sch_measure(struct machine_sch *sch)
{
	u32 mode = be32_get_bits(sch->schib.pmcw.word[1], PMCW1_MM);

	if (sch->measured && sch->spending == SPENT_ACTIVE)
		sch_spend_on(sch, SPENT_ON_NOTHING);
	sch->measured = sch->m->monitor.update && mode & MM_UPDATE;
	sch->spending = SPENT_ON_NOTHING;
	if (!sch->measured)
		return;
	sch->starts++;
	sch_spend_on(sch, SPENT_PENDING);
}
