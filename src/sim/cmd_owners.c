// SPDX-License-Identifier: GPL-2.0-only
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <linux/bitfield.h>

#include "cmd_decode.h"
#include "cmd_owners.h"
#include "host_cio.h"
#include "host_private.h"
#include "scenario.h"
#include "sim.h"
#include "vfio_ccw_private.h"

static void note(struct owner_view *view, const char *name,
		 const char *format, ...) __printf(3, 4);

static void note(struct owner_view *view, const char *name,
		 const char *format, ...)
{
	struct owner_fact *fact = &view->fact[view->count++];
	va_list args;

	assert(view->count <= OWNER_FACTS);
	fact->name = name;
	va_start(args, format);
	vsnprintf(fact->value, sizeof(fact->value), format, args);
	va_end(args);
}

static void note_bits(struct owner_view *view, const char *name,
		      unsigned int word, u32 mask, u32 value)
{
	char bits[40];

	decode_bits(bits, sizeof(bits), "SCSW", word, mask, value);
	note(view, name, "%s", bits);
}

static void note_scsw(struct owner_view *view, const struct ccw_scsw *scsw)
{
	u32 word0 = be32_to_cpu(scsw->word[0]);
	u32 word2 = be32_to_cpu(scsw->word[2]);

	note_bits(view, "fc", 0, SCSW0_FC, word0);
	note_bits(view, "ac", 0, SCSW0_AC, word0);
	note_bits(view, "sc", 0, SCSW0_SC, word0);
	note_bits(view, "dstat", 2, SCSW2_DSTAT, word2);
	note_bits(view, "cstat", 2, SCSW2_CSTAT, word2);
	note(view, "cc", "%u", be32_get_bits(scsw->word[0], SCSW0_CC));
	note(view, "cpa", "%#x", be32_get_bits(scsw->word[1], SCSW1_CPA));
	note(view, "count", "%u", be32_get_bits(scsw->word[2], SCSW2_COUNT));
}

static void look_at_schib(struct owner_view *view, const uint8_t *bytes)
{
	struct ccw_schib schib;
	u32 word1;

	memcpy(&schib, bytes, sizeof(schib));
	word1 = be32_to_cpu(schib.pmcw.word[1]);
	note(view, "on", "%s", !(word1 & PMCW1_V) ? "no device" :
	     word1 & PMCW1_E ? "yes" : "no");
	note(view, "paths", "%02x of %02x",
	     be32_get_bits(schib.pmcw.word[2], PMCW2_LPM) &
	     be32_get_bits(schib.pmcw.word[3], PMCW3_PAM),
	     be32_get_bits(schib.pmcw.word[2], PMCW2_PIM));
	note_scsw(view, &schib.scsw);
}

static void look_at_irb(struct owner_view *view, const uint8_t *bytes)
{
	struct ccw_irb irb;

	memcpy(&irb, bytes, sizeof(irb));
	note_scsw(view, &irb.scsw);
}

static u64 pinned(const struct host *host)
{
	u64 pages = 0;

	for (u64 i = 0; i < host->pages; i++)
		pages += host->page[i].references > 0;
	return pages;
}

static unsigned int armed(const struct vfio_ccw *ccw)
{
	unsigned int count = 0;

	for (int i = 0; i < VFIO_CCW_NUM_IRQS; i++)
		count += ccw->trigger[i] != NULL;
	return count;
}

static void look_into(struct owner_view *view, const struct vfio_ccw *ccw)
{
	note(view, "dev", "%s", ccw->gone ? "gone" : "there");
	note(view, "start", "%u", ccw->generation);
	note_bits(view, "owed", 0, SCSW0_FC, ccw->owed);
	note(view, "raw", "%u", vfio_ccw_ring_used(&ccw->raw));
	note(view, "done", "%u", vfio_ccw_ring_used(&ccw->results));
	note(view, "crws", "%u", ccw->reports.head - ccw->reports.tail);
	note(view, "armed", "%u", armed(ccw));
}

static void look_at_driver(struct owner_view *view, const struct sim *sim,
			   const char *state)
{
	struct subchannel *sch = host_subchannel(sim->host, sim->sid);

	note(view, "state", "%s", state);
	note(view, "pins", "%llu", (unsigned long long)pinned(sim->host));
	if (sch && sch->driver && vfio_ccw_of(sch))
		look_into(view, vfio_ccw_of(sch));
}

void owners_look(const struct sim *sim, struct owner_view owners[SIM_OWNERS])
{
	static const char *const titles[SIM_OWNERS][2] = {
		{ "MACHINE", "real subchannel" }, { "HOST", "the driver" },
		{ "VMM", "virtual subchannel" }, { "GUEST", "last status" },
	};
	struct sim_states states;

	sim_states(sim, &states);
	for (int i = 0; i < SIM_OWNERS; i++)
		owners[i] = (struct owner_view){ .title = titles[i][0],
						 .what = titles[i][1] };
	look_at_schib(&owners[SIM_MACHINE], states.machine);
	look_at_driver(&owners[SIM_DRIVER], sim, states.driver);
	look_at_schib(&owners[SIM_VMM], states.vmm);
	look_at_irb(&owners[SIM_GUEST], states.guest);
}
