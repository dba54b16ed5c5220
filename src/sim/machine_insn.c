// SPDX-License-Identifier: GPL-2.0-only
/* The I/O instructions, as the Principles of Operation's chapter 14 has them. */
#include <errno.h>
#include <string.h>

#include "machine_sch.h"

static const struct {
	const char *name;
	bool operational;	/* cc 3 unless the subchannel is */
} insns[MACHINE_INSNS] = {
	[MACHINE_SSCH] = { "SSCH", true },
	[MACHINE_TSCH] = { "TSCH", true },
	[MACHINE_STSCH] = { "STSCH", false },
	[MACHINE_MSCH] = { "MSCH", false },
	[MACHINE_HSCH] = { "HSCH", true },
	[MACHINE_CSCH] = { "CSCH", true },
	[MACHINE_RSCH] = { "RSCH", true },
	[MACHINE_XSCH] = { "XSCH", true },
	[MACHINE_TPI] = { "TPI", false },
	[MACHINE_STCRW] = { "STCRW", false },
	[MACHINE_RCHP] = { "RCHP", false },
	[MACHINE_SCHM] = { "SCHM", false },
	[MACHINE_SAL] = { "SAL", false },
	[MACHINE_CHSC] = { "CHSC", false },
};

const char *machine_insn_name(enum machine_insn insn)
{
	return insns[insn].name;
}

/* Return: 0: go on with *sch; else what the instruction ends with. */
static int insn_begin(struct machine *m, u32 sid, enum machine_insn insn,
		      struct machine_sch **sch)
{
	int cc;

	if (!sid_is_valid(sid))
		return MACHINE_OPERAND;
	*sch = sch_find(m, sid);
	if (!*sch)
		return 3;
	cc = (*sch)->next_cc[insn];
	(*sch)->next_cc[insn] = 0;
	if (cc)
		return cc;
	return insns[insn].operational && !sch_operational(*sch) ? 3 : 0;
}

int insn_end(struct machine *m, u32 sid, enum machine_insn insn, int cc,
	     const __be32 *operand, unsigned int words)
{
	machine_event(m, (struct machine_event){
		.kind = MACHINE_EV_INSN, .sid = sid,
		.insn = { insn, cc, operand, words },
	});
	return cc;
}

#define ESW0_LPUM	GENMASK(23, 16)	/* last-path-used mask */

static void store_irb(const struct machine_sch *sch, struct ccw_irb *irb)
{
	u32 used = be32_get_bits(sch->schib.pmcw.word[2], PMCW2_LPUM);

	memset(irb, 0, sizeof(*irb));
	irb->scsw = sch->schib.scsw;
	irb->esw[0] = be32_encode_bits(used, ESW0_LPUM);
	if (sch_bits(sch, SCSW0_L)) {
		irb->esw[0] |= cpu_to_be32(sch->logout);
		if (sch->failed != SCH_NOWHERE) {
			irb->esw[1] |= cpu_to_be32(ESW1_FSAV | ESW1_FSAF);
			irb->esw[2] = cpu_to_be32(sch->failed >> 32);
			irb->esw[3] = cpu_to_be32(sch->failed);
		}
	}
	if (sch_bits(sch, SCSW0_E)) {
		irb->esw[1] |= cpu_to_be32(ESW1_CONS) |
			       be32_encode_bits(sch->sensed, ESW1_SCNT);
		memcpy(irb->ecw, sch->sense, sizeof(irb->ecw));
	}
}

static void take_status(struct machine_sch *sch)
{
	u32 news = SCSW0_SC_INTER | SCSW0_SC_PEND;

	if (sch_bits(sch, SCSW0_SC) == news)
		sch->schib.scsw.word[2] &= ~cpu_to_be32(SCSW2_CSTAT_PCI);
	else
		sch_clear(sch, SCSW0_N | SCSW0_FC | SCSW0_AC_HALT |
			       SCH_WAITING);
	sch_clear(sch, SCSW0_SC | SCSW0_Z | SCSW0_L | SCSW0_E);
	if (sch->unsolicited)
		sch_kick(sch);
}

/* Take the bits of the mask, and only these, from another word. */
static void take_bits(__be32 *to, __be32 from, u32 mask)
{
	*to = (*to & ~cpu_to_be32(mask)) | (from & cpu_to_be32(mask));
}

int machine_refuse(struct machine *m, u32 sid, enum machine_insn insn,
		   enum machine_exception exception)
{
	return insn_end(m, insn < MACHINE_SCH_INSNS ? sid : 0, insn, exception,
			NULL, 0);
}

int machine_stsch(struct machine *m, u32 sid, struct ccw_schib *schib)
{
	struct machine_sch *sch;
	int cc = insn_begin(m, sid, MACHINE_STSCH, &sch);

	if (cc)
		return insn_end(m, sid, MACHINE_STSCH, cc, NULL, 0);
	*schib = sch->schib;
	return insn_end(m, sid, MACHINE_STSCH, 0, schib->pmcw.word,
			sizeof(*schib) / sizeof(__be32));
}

int machine_tsch(struct machine *m, u32 sid, struct ccw_irb *irb)
{
	struct machine_sch *sch;
	int cc = insn_begin(m, sid, MACHINE_TSCH, &sch);

	if (cc)
		return insn_end(m, sid, MACHINE_TSCH, cc, NULL, 0);
	store_irb(sch, irb);
	if (sch_bits(sch, SCSW0_SC_PEND))
		take_status(sch);
	else
		cc = 1;
	return insn_end(m, sid, MACHINE_TSCH, cc, irb->scsw.word,
			sizeof(*irb) / sizeof(__be32));
}

#define PMCW1_RESERVED	(GENMASK(31, 30) | GENMASK(25, 24))
#define PMCW1_PROGRAM	(PMCW1_ISC | PMCW1_E | PMCW1_LM | PMCW1_MM | PMCW1_D)
#define PMCW6_RESERVED	(GENMASK(31, 24) | GENMASK(20, 3) | PMCW6_X)
#define PMCW6_PROGRAM	(PMCW6_F | PMCW6_S)

#define SCHIB_BLOCK_LOW	1		/* model-dependent word of its address */
#define BLOCK_REFUSED	GENMASK(5, 0)	/* it lies on a boundary of 64 */

static bool schib_is_valid(const struct ccw_schib *schib)
{
	const struct ccw_pmcw *pmcw = &schib->pmcw;
	u32 block = be32_to_cpu(schib->model[SCHIB_BLOCK_LOW]);

	return !be32_get_bits(pmcw->word[1], PMCW1_RESERVED) &&
	       be32_get_bits(pmcw->word[1], PMCW1_LM) != 3 &&
	       !(be32_to_cpu(pmcw->word[6]) & PMCW6_RESERVED) &&
	       !(be32_get_bits(pmcw->word[6], PMCW6_F) &&
		 block & BLOCK_REFUSED);
}

static int msch(struct machine_sch *sch, const struct ccw_schib *schib)
{
	const __be32 *from = schib->pmcw.word;
	__be32 *to = sch->schib.pmcw.word;

	if (!be32_get_bits(to[1], PMCW1_V))
		return 0;
	if (sch_bits(sch, SCSW0_SC_PEND))
		return 1;
	if (sch_bits(sch, SCSW0_FC))
		return 2;
	to[0] = from[0];
	take_bits(&to[1], from[1], PMCW1_PROGRAM);
	take_bits(&to[2], from[2], PMCW2_LPM);
	take_bits(&to[3], from[3], PMCW3_MBI | PMCW3_POM);
	take_bits(&to[6], from[6], PMCW6_PROGRAM);
	if (be32_get_bits(from[6], PMCW6_F))
		memcpy(sch->schib.model, schib->model, sizeof(__be64));
	return 0;
}

int machine_msch(struct machine *m, u32 sid, const struct ccw_schib *schib)
{
	struct machine_sch *sch;
	int cc = insn_begin(m, sid, MACHINE_MSCH, &sch);

	if (!schib_is_valid(schib))
		cc = MACHINE_OPERAND;
	if (!cc)
		cc = msch(sch, schib);
	return insn_end(m, sid, MACHINE_MSCH, cc, schib->pmcw.word,
			sizeof(*schib) / sizeof(__be32));
}

#define ORB1_REFUSED	(GENMASK(5, 1) | ORB1_B | ORB1_X)

static bool orb_is_valid(const struct ccw_orb *orb)
{
	return !(be32_to_cpu(orb->word[1]) & ORB1_REFUSED) &&
	       !(be32_to_cpu(orb->word[2]) & ~ORB2_CPA);
}

#define ORB1_TO_SCSW	(ORB1_KEY | ORB1_S | ORB1_F | ORB1_P | ORB1_I | \
			 ORB1_A | ORB1_U)

static int ssch(struct machine_sch *sch, const struct ccw_orb *orb)
{
	u32 how = be32_to_cpu(orb->word[1]) & ORB1_TO_SCSW;
	u32 lpm = be32_get_bits(orb->word[1], ORB1_LPM);

	if (sch_bits(sch, SCSW0_SC_PEND))
		return 1;
	if (sch_bits(sch, SCSW0_FC))
		return 2;
	how |= sch_bits(sch, SCSW0_AC_DEV);
	memset(&sch->schib.scsw, 0, sizeof(sch->schib.scsw));
	sch_set(sch, how | SCSW0_FC_START | SCSW0_AC_START);
	sch->schib.pmcw.word[0] = orb->word[0];
	be32p_replace_bits(&sch->schib.pmcw.word[2], lpm, PMCW2_LPM);
	be32p_replace_bits(&sch->schib.pmcw.word[2], 0, PMCW2_PNOM);
	sch_measure(sch);
	channel_start(sch, orb);
	return 0;
}

int machine_ssch(struct machine *m, u32 sid, const struct ccw_orb *orb)
{
	struct machine_sch *sch;
	int cc = insn_begin(m, sid, MACHINE_SSCH, &sch);

	if (!orb_is_valid(orb))
		cc = MACHINE_OPERAND;
	if (!cc)
		cc = ssch(sch, orb);
	return insn_end(m, sid, MACHINE_SSCH, cc, orb->word,
			sizeof(*orb) / sizeof(__be32));
}

static int hsch(struct machine_sch *sch)
{
	u32 sc = sch_bits(sch, SCSW0_SC);

	if ((sc & SCSW0_SC_PEND) && sc != (SCSW0_SC_INTER | SCSW0_SC_PEND))
		return 1;
	if (sch_bits(sch, SCSW0_FC_HALT | SCSW0_FC_CLEAR))
		return 2;
	sch_clear(sch, SCSW0_SC);
	sch_set(sch, SCSW0_FC_HALT | SCSW0_AC_HALT);
	sch_kick(sch);
	return 0;
}

static int csch(struct machine_sch *sch)
{
	memset(&sch->schib.scsw, 0, sizeof(sch->schib.scsw));
	sch_set(sch, SCSW0_FC_CLEAR | SCSW0_AC_CLEAR);
	be32p_replace_bits(&sch->schib.pmcw.word[2], 0, PMCW2_PNOM);
	sch_kick(sch);
	return 0;
}

static int xsch(struct machine_sch *sch)
{
	if (sch_bits(sch, SCSW0_SC_PEND))
		return 1;
	if (sch_bits(sch, SCSW0_FC) != SCSW0_FC_START ||
	    sch_bits(sch, SCSW0_AC_SCH) || !sch_bits(sch, SCH_WAITING))
		return 2;
	sch_clear(sch, SCSW0_FC | SCH_WAITING);
	sch->channel.phase = CHANNEL_IDLE;
	return 0;
}

static int rsch(struct machine_sch *sch)
{
	if (sch_bits(sch, SCSW0_SC_PEND))
		return 1;
	if (sch_bits(sch, SCSW0_FC) != SCSW0_FC_START ||
	    sch_bits(sch, SCSW0_AC_RESUME) || !sch_bits(sch, SCSW0_S))
		return 2;
	if (sch_bits(sch, SCSW0_AC_SUSP))
		sch_measure(sch);
	sch_set(sch, SCSW0_AC_RESUME);
	sch_kick(sch);
	return 0;
}

static int without_operand(struct machine *m, u32 sid, enum machine_insn insn,
			   int (*execute)(struct machine_sch *sch))
{
	struct machine_sch *sch;
	int cc = insn_begin(m, sid, insn, &sch);

	if (!cc)
		cc = execute(sch);
	return insn_end(m, sid, insn, cc, NULL, 0);
}

int machine_hsch(struct machine *m, u32 sid)
{
	return without_operand(m, sid, MACHINE_HSCH, hsch);
}

int machine_csch(struct machine *m, u32 sid)
{
	return without_operand(m, sid, MACHINE_CSCH, csch);
}

int machine_rsch(struct machine *m, u32 sid)
{
	return without_operand(m, sid, MACHINE_RSCH, rsch);
}

int machine_xsch(struct machine *m, u32 sid)
{
	return without_operand(m, sid, MACHINE_XSCH, xsch);
}
