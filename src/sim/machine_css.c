// SPDX-License-Identifier: GPL-2.0-only
/* The channel subsystem as a whole: interruptions, reports, resets, limits. */
#include <string.h>
#include <linux/kernel.h>

#include "machine_sch.h"

static unsigned int isc_of(const struct machine_sch *sch)
{
	return be32_get_bits(sch->schib.pmcw.word[1], PMCW1_ISC);
}

/* Return: whether a's interruption comes before b's, which may be missing. */
static bool precedes(const struct machine_sch *a, const struct machine_sch *b)
{
	if (!b || isc_of(a) != isc_of(b))
		return !b || isc_of(a) < isc_of(b);
	return a->turn < b->turn;
}

static struct machine_sch *first_pending(const struct machine *m, u8 iscs)
{
	struct machine_sch *sch, *first = NULL;
	unsigned int i;

	for (i = 0; i < MACHINE_SETS * MACHINE_SUBCHANNELS; i++) {
		sch = machine_sch_at(m, i);
		if (sch && !sch->taken && sch_bits(sch, SCSW0_SC_PEND) &&
		    iscs & 0x80 >> isc_of(sch) && precedes(sch, first))
			first = sch;
	}
	return first;
}

/* Take the first pending interruption. Return: whether there was one. */
static bool take_first(struct machine *m, u8 iscs,
		       struct machine_interruption *code)
{
	struct machine_sch *sch = first_pending(m, iscs);

	if (!sch)
		return false;
	sch->taken = true;
	code->word[0] = cpu_to_be32(sch->sid);
	code->word[1] = sch->schib.pmcw.word[0];
	code->word[2] = be32_encode_bits(isc_of(sch), INTERRUPTION2_ISC);
	return true;
}

bool machine_interrupt(struct machine *m, u8 iscs,
		       struct machine_interruption *code)
{
	if (!take_first(m, iscs, code))
		return false;
	machine_event(m, (struct machine_event){
		.kind = MACHINE_EV_INTERRUPT,
		.sid = be32_to_cpu(code->word[0]), .code = *code });
	return true;
}

int machine_tpi(struct machine *m, u8 iscs, struct machine_interruption *code)
{
	bool some = take_first(m, iscs, code);

	return insn_end(m, 0, MACHINE_TPI, some, some ? code->word : NULL,
			some ? ARRAY_SIZE(code->word) : 0);
}

static void queue_word(struct machine *m, u32 word)
{
	bool lost = m->reports == MACHINE_REPORTS;
	struct ccw_crw crw = { { cpu_to_be32(word) } };

	if (lost)
		m->report[m->reports - 1].word[0] |= cpu_to_be32(CRW0_R);
	else
		m->report[m->reports++] = crw;
	machine_event(m, (struct machine_event){
		.kind = MACHINE_EV_REPORT, .report = { crw, lost } });
}

#define RSID_SET	GENMASK(5, 4)	/* in the second word of a report */

/** Queue a report: something about the subchannel has changed, see STSCH. */
void sch_report(const struct machine_sch *sch)
{
	u32 what = FIELD_PREP(CRW0_RSC, CRW_RSC_SUBCHANNEL) |
		   FIELD_PREP(CRW0_ERC, CRW_ERC_PARAMETERS);
	u32 set = FIELD_PREP(RSID_SET, sch->sid >> 17);

	queue_word(sch->m, what | CRW0_C |
		   FIELD_PREP(CRW0_RSID, sch->sid & CRW0_RSID));
	queue_word(sch->m, what | FIELD_PREP(CRW0_RSID, set));
}

static void report_path(struct machine *m, u8 chpid, u32 what)
{
	queue_word(m, FIELD_PREP(CRW0_RSC, CRW_RSC_PATH) |
		   FIELD_PREP(CRW0_RSID, chpid) | what);
}

void machine_set_channel(struct machine *m, u8 chpid, bool on)
{
	struct machine_sch *sch;
	unsigned int i;

	if (m->channel_off[chpid] == !on)
		return;
	m->channel_off[chpid] = !on;
	for (i = 0; i < MACHINE_SETS * MACHINE_SUBCHANNELS; i++) {
		sch = machine_sch_at(m, i);
		if (sch)
			be32p_replace_bits(&sch->schib.pmcw.word[3],
					   sch_available(sch), PMCW3_PAM);
	}
	report_path(m, chpid, FIELD_PREP(CRW0_ERC, on ? CRW_ERC_INITIALIZED :
						    CRW_ERC_PERMANENT));
}

int machine_stcrw(struct machine *m, struct ccw_crw *crw)
{
	bool some = m->reports;

	*crw = some ? m->report[0] : (struct ccw_crw){ 0 };
	if (some)
		memmove(m->report, m->report + 1,
			--m->reports * sizeof(*crw));
	return insn_end(m, 0, MACHINE_STCRW, !some, crw->word, 1);
}

#define RESET_NS	1000000	/* what a reset takes, about */

/* Return: the paths of the subchannel that belong to the channel. */
static u8 paths_of(const struct machine_sch *sch, u8 chpid)
{
	u8 paths = sch ? sch_available(sch) : 0;
	int i;

	for (i = 0; i < 8; i++)
		if (sch && sch->chpid[i] != chpid)
			paths &= ~(0x80 >> i);
	return paths;
}

static void reset_device(struct machine_sch *sch, u8 paths)
{
	u8 used = be32_get_bits(sch->schib.pmcw.word[2], PMCW2_LPUM);
	u32 at_work = sch_bits(sch, SCSW0_AC_SCH | SCSW0_AC_DEV);

	if (!(sch->responds & paths) || (at_work && !(used & paths)))
		return;
	sch->ops->clear(sch->device);
	sch->unsolicited = 0;
	if (at_work & SCSW0_AC_SCH && !sch_bits(sch, SCSW0_AC_CLEAR))
		channel_fail(sch, SCSW2_CSTAT_ICC);
}

static void perform_reset(void *arg)
{
	struct machine *m = arg;
	unsigned int i;

	for (i = 0; i < MACHINE_SETS * MACHINE_SUBCHANNELS; i++) {
		struct machine_sch *sch = machine_sch_at(m, i);
		u8 paths = paths_of(sch, m->reset_chpid);

		if (paths)
			reset_device(sch, paths);
	}
	m->resetting = false;
	report_path(m, m->reset_chpid, CRW0_S |
		    FIELD_PREP(CRW0_ERC, CRW_ERC_INITIALIZED));
}

static int rchp(struct machine *m, u32 chpid)
{
	u8 paths = 0;
	unsigned int i;

	if (chpid > 0xff)
		return MACHINE_OPERAND;
	for (i = 0; i < MACHINE_SETS * MACHINE_SUBCHANNELS; i++)
		paths |= paths_of(machine_sch_at(m, i), chpid);
	if (!paths)
		return 3;
	if (m->resetting)
		return 2;
	m->resetting = true;
	m->reset_chpid = chpid;
	m->env.after(m->ctx, RESET_NS, perform_reset, m);
	return 0;
}

int machine_rchp(struct machine *m, u32 reg1)
{
	__be32 word = cpu_to_be32(reg1);

	return insn_end(m, 0, MACHINE_RCHP, rchp(m, reg1), &word, 1);
}

#define SAL_REFUSED	(BIT(31) | GENMASK(15, 0))

int machine_sal(struct machine *m, u32 reg1)
{
	__be32 word = cpu_to_be32(reg1);
	int cc = reg1 & SAL_REFUSED ? MACHINE_OPERAND : 0;

	if (!cc)
		m->address_limit = reg1;
	return insn_end(m, 0, MACHINE_SAL, cc, &word, 1);
}

/** The same if the program's addresses are compared with the limit. */
bool sch_address_compared(const struct machine_sch *sch, u64 absolute)
{
	u32 mode = be32_get_bits(sch->schib.pmcw.word[1], PMCW1_LM);

	return !mode || (absolute >= sch->m->address_limit) == (mode == 1);
}

/* A length and a code: the head of a request, and of a response. */
struct chsc_head {
	__be16 length, code;
	__be32 word;
};

#define CHSC_LEAST	16	/* bytes of any request */
#define CHSC_SCSC	0x0010	/* store channel-subsystem characteristics */
#define CHSC_DONE	1	/* response codes */
#define CHSC_INVALID	3
#define CHSC_UNKNOWN	4

#define GENERAL_BLOCK_1	48	/* characteristic: measurement block format 1 */

/* Perform it, with so much room for an answer. Return: the response code. */
static u16 perform_call(u16 code, u32 word, u8 *answer, size_t room)
{
	if (code != CHSC_SCSC)
		return CHSC_UNKNOWN;
	if (word || room < MACHINE_CHSC_BYTES - CHSC_LEAST -
			   sizeof(struct chsc_head))
		return CHSC_INVALID;
	memset(answer, 0, room);
	answer[GENERAL_BLOCK_1 / 8] |= 0x80 >> GENERAL_BLOCK_1 % 8;
	return CHSC_DONE;
}

int machine_chsc(struct machine *m, void *block)
{
	struct chsc_head *request = block, *response;
	u16 length = be16_to_cpu(request->length), code;
	size_t room = MACHINE_CHSC_BYTES - length - sizeof(*response);

	if (length < CHSC_LEAST || length % 8 ||
	    length > MACHINE_CHSC_BYTES - sizeof(*response))
		return insn_end(m, 0, MACHINE_CHSC, MACHINE_OPERAND, block, 1);
	response = (struct chsc_head *)((u8 *)block + length);
	code = perform_call(be16_to_cpu(request->code),
			    be32_to_cpu(request->word), (u8 *)(response + 1),
			    room);
	response->length = cpu_to_be16(sizeof(*response) +
				       (code == CHSC_DONE ? room : 0));
	response->code = cpu_to_be16(code);
	response->word = 0;
	return insn_end(m, 0, MACHINE_CHSC, 0, block, 1);
}
