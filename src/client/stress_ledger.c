// SPDX-License-Identifier: GPL-2.0-only
#include <limits.h>
#include <string.h>
#include <linux/bitfield.h>

#include "port.h"
#include "stress_ledger.h"

#define NOP		0x03
#define TIC		0x08
#define SENSE_ID	0xe4
#define CCWS		4
#define IDAW		48	/* of the slot's bytes */

/* Commands in a row; the CCW behind a TIC is jumped over. */
static const u8 recipes[][CCWS] = {
	{ SENSE_ID },
	{ NOP, SENSE_ID },
	{ NOP, NOP, NOP, SENSE_ID },
	{ NOP, TIC, 0, SENSE_ID },
};

/* What can be said in different ways. */
#define RECIPE		0x03
#define FORMAT_1	0x04
#define INDIRECT	0x08

static void put_ccw(u8 *at, unsigned int choice, u8 command, u8 flags,
		    u32 address)
{
	const u8 count = sizeof(((struct sense_id *)0)->bytes);
	const u8 format_1[] = {
		command, flags, 0, count,
		address >> 24, address >> 16, address >> 8, address,
	};
	const u8 format_0[] = {
		command, address >> 16, address >> 8, address,
		flags, 0, 0, count,
	};
	const u8 tic[] = { TIC, 0, 0, 0, address >> 24, address >> 16,
			   address >> 8, address };

	if (!(choice & FORMAT_1))
		memcpy(at, format_0, sizeof(format_0));
	else
		memcpy(at, command == TIC ? tic : format_1, sizeof(format_1));
}

/* Write a slot's CCWs. Return the address behind the last one executed. */
static u32 write_ccws(u8 *bytes, unsigned int choice, u32 program, u32 buffer)
{
	const u8 *recipe = recipes[choice & RECIPE];
	const u32 list = program + IDAW;
	unsigned int i;

	for (i = 0; recipe[i] != SENSE_ID; i++) {
		if (recipe[i])
			put_ccw(bytes + 8 * i, choice, recipe[i],
				(CCW0_CC | CCW0_SLI) >> 16,
				recipe[i] == TIC ? program + 8 * (i + 2) :
				buffer);
	}
	if (choice & INDIRECT)
		put_ccw(bytes + 8 * i, choice, SENSE_ID,
			(CCW0_SLI | CCW0_IDA) >> 16, list);
	else
		put_ccw(bytes + 8 * i, choice, SENSE_ID, CCW0_SLI >> 16,
			buffer);
	return program + 8 * (i + 1);
}

struct ccw_orb ledger_program(struct ledger *ledger, struct port *port,
			      unsigned int slot, unsigned int choice)
{
	const u32 program = LEDGER_PROGRAMS + slot * LEDGER_SLOT;
	const u32 buffer = LEDGER_BUFFERS + slot * LEDGER_SLOT;
	u8 bytes[LEDGER_SLOT] = { 0 };
	__be64 idaw = cpu_to_be64(buffer);

	ledger->slot[slot].end = write_ccws(bytes, choice, program, buffer);
	memcpy(bytes + IDAW, &idaw, sizeof(idaw));
	port->ops->store(port, program, bytes, sizeof(bytes));
	memset(bytes, ~slot, sizeof(bytes));
	port->ops->store(port, buffer, bytes, sizeof(bytes));
	return (struct ccw_orb){ {
		cpu_to_be32(slot),
		cpu_to_be32((choice & FORMAT_1 ? ORB1_F : 0) |
			    ORB1_P | ORB1_H | ORB1_LPM),
		cpu_to_be32(program),
	} };
}

void ledger_begin(struct ledger *ledger, bool steady)
{
	ledger->steady = steady;
	ledger->horizon = 0;
	ledger->ahead = 0;
	for (unsigned int i = 0; i < LEDGER_SLOTS; i++)
		ledger->slot[i].state = SLOT_FREE;
}

u64 ledger_now(struct ledger *ledger)
{
	return atomic_fetch_add(&ledger->clock, 1);
}

bool ledger_start(struct ledger *ledger, unsigned int slot)
{
	if (ledger->steady &&
	    atomic_fetch_add(&ledger->ahead, 1) >= LEDGER_AHEAD) {
		ledger->ahead--;
		return false;
	}
	ledger->slot[slot].accepted = ULLONG_MAX;
	ledger->slot[slot].state = SLOT_STARTED;
	return true;
}

const char *ledger_started(struct ledger *ledger, unsigned int slot, int ret)
{
	struct ledger_slot *of = &ledger->slot[slot];

	if (!ret) {
		of->accepted = ledger_now(ledger);
		return NULL;
	}
	if (ledger->steady)
		ledger->ahead--;
	if (atomic_exchange(&of->state, SLOT_FREE) == SLOT_ENDED)
		return "it was refused, but it has had a result";
	return NULL;
}

void ledger_reset(struct ledger *ledger, u64 began)
{
	unsigned long long horizon = ledger->horizon;

	while (horizon < began &&
	       !atomic_compare_exchange_weak(&ledger->horizon, &horizon,
					     began))
		;
}

static bool data_is_right(const struct ledger *ledger, struct port *port,
			  unsigned int slot)
{
	u8 expected[LEDGER_SLOT], found[LEDGER_SLOT];

	memset(expected, ~slot, sizeof(expected));
	memcpy(expected, ledger->id.bytes, ledger->id.len);
	return !port->ops->load(port, LEDGER_BUFFERS + slot * LEDGER_SLOT,
				found, sizeof(found)) &&
	       !memcmp(found, expected, sizeof(found));
}

static const char *judge_status(struct ledger *ledger, struct port *port,
				const struct ccw_irb *irb, u32 slot)
{
	const u32 status = be32_to_cpu(irb->scsw.word[2]);
	const u32 both = SCSW2_DSTAT_CE | SCSW2_DSTAT_DE;
	const u32 end = be32_to_cpu(irb->scsw.word[1]);

	ledger->ended++;
	if ((status & (SCSW2_DSTAT | SCSW2_CSTAT)) != both) {
		ledger->unusual++;
		return ledger->steady && status & SCSW2_CSTAT ?
		       "the channel has found a fault in it" : NULL;
	}
	if (be32_to_cpu(irb->scsw.word[0]) & (SCSW0_FC_HALT | SCSW0_FC_CLEAR))
		return NULL;
	if (end != ledger->slot[slot].end)
		return "it has ended at another CCW";
	if ((status & SCSW2_COUNT) !=
	    (be32_to_cpu(ledger->id.scsw.word[2]) & SCSW2_COUNT))
		return "the residual count is wrong";
	return data_is_right(ledger, port, slot) ? NULL : "wrong data";
}

static const char *judge_end(struct ledger *ledger, struct port *port,
			     const struct ccw_irb *irb, u32 slot, u64 horizon)
{
	struct ledger_slot *of = &ledger->slot[slot];
	const char *wrong;

	if (of->state == SLOT_FREE)
		return "its start was refused, or never made";
	if (of->state == SLOT_ENDED)
		return ledger->steady ? "it has had a result" : NULL;
	if (of->accepted < horizon)
		return "it was started before a reset, and the reset is over";
	wrong = judge_status(ledger, port, irb, slot);
	of->state = SLOT_ENDED;
	if (ledger->steady)
		ledger->ahead--;
	return wrong;
}

const char *ledger_result(struct ledger *ledger, struct port *port,
			  const struct ccw_irb *irb, u64 horizon)
{
	const u32 word = be32_to_cpu(irb->scsw.word[0]);
	const u32 active = SCSW0_AC_SCH | SCSW0_AC_DEV | SCSW0_AC_START;
	const u32 behind = be32_to_cpu(irb->scsw.word[1]);
	const u32 slot = (behind - 8 - LEDGER_PROGRAMS) / LEDGER_SLOT;

	if (!(word & SCSW0_SC_PEND))
		return ledger->steady ? "signalled, but there is none" : NULL;
	if (!(word & SCSW0_FC))
		return NULL;	/* the device has something to say */
	if (word & SCSW0_FC_START && word & active)
		return NULL;	/* and more is to come */
	if (!behind || !(word & SCSW0_FC_START))
		return ledger->steady ? "nobody has ended a program" : NULL;
	if (slot >= LEDGER_SLOTS)
		return "no program of ours is there";
	return judge_end(ledger, port, irb, slot, horizon);
}
