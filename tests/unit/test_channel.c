// SPDX-License-Identifier: GPL-2.0-only
/* Channel programs: how each ends, what was moved, and what the trace says. */
#include "machine_world.h"

#define END		(DEVICE_CHANNEL_END | DEVICE_END)
#define PS		(SCSW0_SC_PRIM | SCSW0_SC_SEC | SCSW0_SC_PEND)
#define APS		(PS | SCSW0_SC_ALERT)
#define CE_DE		(SCSW2_DSTAT_CE | SCSW2_DSTAT_DE)
#define IL		SCSW2_CSTAT_IL
#define PROG		SCSW2_CSTAT_PROG
#define PROT		SCSW2_CSTAT_PROT

/* CCWs: format 1, flags as the letters of the Principles of Operation */
#define CD		0x80
#define CC		0x40
#define SLI		0x20
#define SKIP		0x10
#define PCI		0x08
#define IDA		0x04
#define S		0x02
#define MIDA		0x01
#define CCW(cmd, flags, count, cda) \
	((u32)(cmd) << 24 | (flags) << 16 | (count)), (cda)
#define TIC(to)		CCW(0x08, 0, 0, to)
#define CCW_F0(cmd, flags, count, cda) \
	((u32)(cmd) << 24 | (cda)), ((u32)(flags) << 24 | (count))

#define READ		0x02
#define WRITE		0x01
#define NOOP		0x03
#define BACKWARD	0x0c

/* Acts of the device */
#define MOVES(n)	{ 0, END, n }
#define IMMEDIATE	{ END, 0, 0 }
#define MODIFIES	{ 0, END | DEVICE_STATUS_MODIFIER, 0 }
#define UNIT_CHECK	{ DEVICE_UNIT_CHECK, 0, 0 }
#define LATE_CHECK	{ 0, END | DEVICE_UNIT_CHECK, 4 }
#define SLOWLY(n, some)	{ 0, END, ACT_PAUSES(n, some) }
#define RETRIES(n)	{ 0, DEVICE_RETRY | DEVICE_END, n }

/*
 * Each section of the Principles of Operation that rows are about, with its
 * chapter, stands in front of them. Names with an asterisk go into the book.
 */
#define A_SECTION	~0u
#define SECTION(title)	{ .name = (title), .commands = A_SECTION }

static const struct program {
	const char *name;
	u32 orb1;		/* added to format 1, or given with FORMAT_0 */
	u32 ccws[16];		/* at 0x1000 */
	struct act acts[4];
	unsigned int commands;	/* how many the device gets */
	u32 sc, cpa, word2;
} programs[] = {
	SECTION("16, Incorrect Length"),
	{ "*exact length", 0, { CCW(READ, 0, 8, 0x2000) }, { MOVES(8) }, 1,
	  PS, 0x1008, CE_DE },
	{ "*short, SLI", 0, { CCW(READ, SLI, 8, 0x2000) }, { MOVES(5) }, 1,
	  PS, 0x1008, CE_DE | 3 },
	{ "*short", 0, { CCW(READ, 0, 8, 0x2000) }, { MOVES(5) }, 1,
	  APS, 0x1008, CE_DE | IL | 3 },
	{ "*long", 0, { CCW(READ, 0, 8, 0x2000) }, { MOVES(9) }, 1,
	  APS, 0x1008, CE_DE | IL },
	{ "long, SLI", 0, { CCW(READ, SLI, 8, 0x2000) }, { MOVES(9) }, 1,
	  PS, 0x1008, CE_DE },
	{ "*incorrect length ends the chain", 0,
	  { CCW(READ, CC, 8, 0x2000), CCW(READ, 0, 8, 0x2000) }, { MOVES(5) },
	  1, APS, 0x1008, CE_DE | IL | 3 },
	{ "short, ORB L is about immediate commands only", ORB1_L,
	  { CCW(READ, 0, 8, 0x2000) }, { MOVES(5) }, 1,
	  APS, 0x1008, CE_DE | IL | 3 },
	{ "*suppressed, the chain goes on", 0,
	  { CCW(READ, CC | SLI, 8, 0x2000), CCW(READ, 0, 8, 0x2000) },
	  { MOVES(5), MOVES(8) }, 2, PS, 0x1010, CE_DE },
	{ "no bytes, format 1", 0, { CCW(READ, SLI, 0, 0) }, { MOVES(8) }, 1,
	  PS, 0x1008, CE_DE },
	{ "no bytes, format 1, device has some", 0, { CCW(READ, 0, 0, 0) },
	  { MOVES(8) }, 1, APS, 0x1008, CE_DE | IL },
	{ "*immediate, count 1", 0, { CCW(NOOP, 0, 1, 0) }, { IMMEDIATE }, 1,
	  APS, 0x1008, CE_DE | IL | 1 },
	{ "*immediate, count 1, SLI", 0, { CCW(NOOP, SLI, 1, 0) },
	  { IMMEDIATE }, 1, PS, 0x1008, CE_DE | 1 },
	{ "immediate, count 1, ORB L", ORB1_L, { CCW(NOOP, 0, 1, 0) },
	  { IMMEDIATE }, 1, PS, 0x1008, CE_DE | 1 },
	{ "immediate, count 0", 0, { CCW(NOOP, 0, 0, 0) }, { IMMEDIATE }, 1,
	  PS, 0x1008, CE_DE },
	{ "immediate, format 0", ORB1_F, { CCW_F0(NOOP, 0, 1, 0) },
	  { IMMEDIATE }, 1, PS, 0x1008, CE_DE | 1 },

	SECTION("15, Data Chaining, and Command Chaining"),
	{ "three commands", 0,
	  { CCW(READ, CC, 4, 0x2000), CCW(NOOP, CC | SLI, 1, 0),
	    CCW(WRITE, 0, 4, 0x2000) },
	  { MOVES(4), IMMEDIATE, MOVES(4) }, 3, PS, 0x1018, CE_DE },
	{ "data chained over three areas", 0,
	  { CCW(READ, CD, 3, 0x2000), CCW(0, CD, 2, 0x2100),
	    CCW(0, 0, 4, 0x2200) },
	  { MOVES(9) }, 1, PS, 0x1018, CE_DE },
	{ "*data chained, device ends early", 0,
	  { CCW(READ, CD | SLI, 8, 0x2000), CCW(0, SLI, 8, 0x2100) },
	  { MOVES(5) }, 1, APS, 0x1008, CE_DE | IL | 3 },
	{ "*data chained, device ends with the first area", 0,
	  { CCW(READ, CD, 5, 0x2000), CCW(0, SLI, 8, 0x2100) },
	  { MOVES(5) }, 1, PS, 0x1010, CE_DE | 8 },
	{ "data chained, then command chained", 0,
	  { CCW(READ, CD, 3, 0x2000), CCW(0, CC, 2, 0x2100),
	    CCW(NOOP, 0, 0, 0) },
	  { MOVES(5), IMMEDIATE }, 2, PS, 0x1018, CE_DE },
	{ "both chaining flags mean data", 0,
	  { CCW(READ, CD | CC, 3, 0x2000), CCW(0, 0, 2, 0x2100) },
	  { MOVES(5) }, 1, PS, 0x1010, CE_DE },
	{ "data chained through a TIC", 0,
	  { CCW(READ, CD, 3, 0x2000), TIC(0x1018), 0, 0,
	    CCW(0, 0, 2, 0x2100) },
	  { MOVES(5) }, 1, PS, 0x1020, CE_DE },
	{ "*data chained, no bytes in the link", 0,
	  { CCW(READ, CD, 3, 0x2000), CCW(0, 0, 0, 0x2100) },
	  { MOVES(5) }, 1, APS, 0x1010, CE_DE | PROG },
	{ "*status modifier skips one", 0,
	  { CCW(NOOP, CC, 0, 0), CCW(0, 0, 0, 0), CCW(READ, 0, 4, 0x2000) },
	  { MODIFIES, MOVES(4) }, 2, PS, 0x1018, CE_DE },
	{ "status modifier skips a jump, and its rules", 0,
	  { CCW(NOOP, CC, 0, 0), TIC(0x1004), CCW(READ, 0, 4, 0x2000) },
	  { MODIFIES, MOVES(4) }, 2, PS, 0x1018, CE_DE },
	{ "status modifier skips to a jump", 0,
	  { CCW(NOOP, CC, 0, 0), CCW(0, 0, 0, 0), TIC(0x1020), 0, 0,
	    CCW(READ, 0, 4, 0x2000) },
	  { MODIFIES, MOVES(4) }, 2, PS, 0x1028, CE_DE },
	{ "search, jump back, found", 0,
	  { CCW(NOOP, CC, 0, 0), TIC(0x1000), CCW(READ, 0, 4, 0x2000) },
	  { MOVES(0), MODIFIES, MOVES(4) }, 3, PS, 0x1018, CE_DE },

	SECTION("15, Conclusion of I/O Operations"),
	{ "*unit check at once", 0,
	  { CCW(0xff, CC, 4, 0x2000), CCW(NOOP, 0, 0, 0) }, { UNIT_CHECK }, 1,
	  APS, 0x1008, SCSW2_DSTAT_UC | 4 },
	{ "unit check at the end", 0,
	  { CCW(READ, CC, 4, 0x2000), CCW(NOOP, 0, 0, 0) }, { LATE_CHECK }, 1,
	  APS, 0x1008, CE_DE | SCSW2_DSTAT_UC },
	{ "*unit check in the second command", 0,
	  { CCW(READ, CC, 4, 0x2000), CCW(0xff, 0, 9, 0) },
	  { MOVES(4), UNIT_CHECK }, 2, APS, 0x1010, SCSW2_DSTAT_UC | 9 },
	{ "busy in the second command", 0,
	  { CCW(READ, CC, 4, 0x2000), CCW(NOOP, 0, 0, 0) },
	  { MOVES(4), { DEVICE_BUSY, 0, 0 } }, 2, APS, 0x1010,
	  SCSW2_DSTAT_BUSY },

	SECTION("15, Conclusion during Data Transfer"),
	{ "*some now, some later", 0, { CCW(READ, 0, 8, 0x2000) },
	  { SLOWLY(8, 3) }, 1, PS, 0x1008, CE_DE },
	{ "some now, some later, outwards", 0, { CCW(WRITE, 0, 8, 0x2000) },
	  { SLOWLY(8, 3) }, 1, PS, 0x1008, CE_DE },
	{ "*later and less", 0, { CCW(READ, 0, 8, 0x2000) },
	  { SLOWLY(5, 3) }, 1, APS, 0x1008, CE_DE | IL | 3 },
	{ "later, through a list", ORB1_H, { CCW(READ, IDA, 20, 0x3000) },
	  { SLOWLY(20, 7) }, 1, PS, 0x1008, CE_DE },
	{ "later, through a list, outwards", ORB1_H,
	  { CCW(WRITE, IDA, 20, 0x3000) }, { SLOWLY(20, 7) }, 1,
	  PS, 0x1008, CE_DE },
	{ "later, and data chained", 0,
	  { CCW(READ, CD, 4, 0x2000), CCW(0, 0, 4, 0x2100) },
	  { SLOWLY(8, 3) }, 1, PS, 0x1010, CE_DE },
	{ "later, and commands chained", 0,
	  { CCW(READ, CC, 4, 0x2000), CCW(NOOP, 0, 0, 0) },
	  { SLOWLY(4, 1), IMMEDIATE }, 2, PS, 0x1010, CE_DE },
	{ "later, but no storage there", 0,
	  { CCW(READ, 0, 16, WORLD_STORAGE - 8) }, { SLOWLY(16, 6) }, 1,
	  APS, 0x1008, CE_DE | PROG | 8 },

	SECTION("15, Command Retry"),
	{ "retry", 0, { CCW(READ, 0, 8, 0x2000) },
	  { RETRIES(8), MOVES(8) }, 2, PS, 0x1008, CE_DE },
	{ "*retry, short at the first attempt", 0, { CCW(READ, 0, 8, 0x2000) },
	  { RETRIES(3), MOVES(8) }, 2, PS, 0x1008, CE_DE },
	{ "retry, short at the last attempt", 0,
	  { CCW(READ, CC, 8, 0x2000), CCW(NOOP, 0, 0, 0) },
	  { RETRIES(8), MOVES(3) }, 2, APS, 0x1008, CE_DE | IL | 5 },
	{ "*retry goes back to the first link", 0,
	  { CCW(READ, CD, 3, 0x2000), TIC(0x1018), 0, 0,
	    CCW(0, 0, 2, 0x2100) },
	  { RETRIES(5), MOVES(5) }, 2, PS, 0x1020, CE_DE },
	{ "retry in a chain, behind a jump", 0,
	  { CCW(NOOP, CC, 0, 0), TIC(0x1018), 0, 0,
	    CCW(READ, CC, 4, 0x2000), CCW(NOOP, 0, 0, 0) },
	  { IMMEDIATE, RETRIES(4), MOVES(4), IMMEDIATE }, 4,
	  PS, 0x1028, CE_DE },
	{ "retry of an immediate command", 0, { CCW(NOOP, 0, 1, 0) },
	  { { DEVICE_RETRY | DEVICE_END, 0, 0 }, IMMEDIATE }, 2,
	  APS, 0x1008, CE_DE | IL | 1 },
	{ "*no retry after a program check", 0, { CCW(READ, 0, 4, 0x20000) },
	  { RETRIES(4), MOVES(4) }, 1, APS, 0x1008, CE_DE | PROG | 4 |
	  SCSW2_DSTAT_UC | SCSW2_DSTAT_SM },
	{ "no retry with unit exception", 0, { CCW(READ, 0, 4, 0x2000) },
	  { { 0, END | DEVICE_RETRY | DEVICE_UNIT_EXCEPTION, 4 }, MOVES(4) },
	  1, APS, 0x1008, CE_DE | SCSW2_DSTAT_UC | SCSW2_DSTAT_SM |
	  SCSW2_DSTAT_UX },

	SECTION("15, Skipping"),
	{ "skip looks at no address", 0, { CCW(READ, SKIP, 4, 0x7fffff00) },
	  { MOVES(4) }, 1, PS, 0x1008, CE_DE },
	{ "skip is nothing to a write", 0, { CCW(WRITE, SKIP, 4, 0x2000) },
	  { MOVES(4) }, 1, PS, 0x1008, CE_DE },

	SECTION("15, Transfer in Channel"),
	{ "TIC", 0, { CCW(NOOP, CC, 0, 0), TIC(0x1018), 0, 0,
		      CCW(READ, 0, 4, 0x2000) },
	  { MOVES(0), MOVES(4) }, 2, PS, 0x1020, CE_DE },
	{ "TIC first", 0, { TIC(0x1008), CCW(NOOP, 0, 0, 0) }, { MOVES(0) },
	  0, APS, 0x1008, PROG },
	{ "TIC first, format 0", ORB1_F,
	  { CCW_F0(8, 0, 1, 0x1008), CCW_F0(NOOP, 0, 1, 0) }, { MOVES(0) },
	  0, APS, 0x1008, PROG },
	{ "TIC to TIC", 0, { CCW(NOOP, CC, 0, 0), TIC(0x1010), TIC(0x1000) },
	  { MOVES(0) }, 1, APS, 0x1018, PROG },
	{ "TIC with a count", 0, { CCW(NOOP, CC, 0, 0), CCW(8, 0, 1, 0x1000) },
	  { MOVES(0) }, 1, APS, 0x1010, PROG },
	{ "TIC with a flag", 0, { CCW(NOOP, CC, 0, 0), CCW(8, SLI, 0, 0x1000) },
	  { MOVES(0) }, 1, APS, 0x1010, PROG },
	{ "TIC with bit 0 of the address", 0,
	  { CCW(NOOP, CC, 0, 0), TIC(0x80001000) },
	  { MOVES(0) }, 1, APS, 0x1010, PROG },
	{ "*TIC to no doubleword: the TIC is to blame", 0,
	  { CCW(NOOP, CC, 0, 0), TIC(0x1004) }, { MOVES(0) }, 1,
	  APS, 0x1010, PROG },
	{ "TIC out of storage: the TIC is to blame", 0,
	  { CCW(NOOP, CC, 0, 0), TIC(0x20000) }, { MOVES(0) }, 1,
	  APS, 0x1010, PROG },
	{ "*TIC into protected storage: the CCW there is to blame", 0x50000000,
	  { CCW(NOOP, CC, 0, 0), TIC(0x8000) }, { MOVES(0) }, 1,
	  APS, 0x8008, PROT },
	{ "TIC while data are chained, to no doubleword", 0,
	  { CCW(READ, CD, 3, 0x2000), TIC(0x1004) }, { MOVES(5) }, 1,
	  APS, 0x1010, CE_DE | PROG },
	{ "two TICs while data are chained", 0,
	  { CCW(READ, CD, 3, 0x2000), TIC(0x1010), TIC(0x1018),
	    CCW(0, 0, 2, 0x2100) }, { MOVES(5) }, 1,
	  APS, 0x1018, CE_DE | PROG },
	{ "78 is no TIC in format 1", 0,
	  { CCW(NOOP, CC, 0, 0), CCW(0x78, 0, 0, 0x1000) }, { MOVES(0) }, 1,
	  APS, 0x1010, PROG },
	{ "78 is one in format 0, whatever else it says", ORB1_F,
	  { CCW_F0(NOOP, CC, 1, 0), CCW_F0(0x78, 0xff, 9, 0x1018), 0, 0,
	    CCW_F0(READ, 0, 4, 0x2000) },
	  { IMMEDIATE, MOVES(4) }, 2, PS, 0x1020, CE_DE },

	SECTION("16, Program Check"),
	{ "command 0", 0, { CCW(0x00, 0, 4, 0x2000) }, { MOVES(4) }, 0,
	  APS, 0x1008, PROG },
	{ "command f0", 0, { CCW(0xf0, 0, 4, 0x2000) }, { MOVES(4) }, 0,
	  APS, 0x1008, PROG },
	{ "second CCW invalid", 0,
	  { CCW(READ, CC, 4, 0x2000), CCW(0, 0, 4, 0x2000) }, { MOVES(4) },
	  1, APS, 0x1010, PROG },
	{ "second CCW invalid, first one short", 0,
	  { CCW(READ, CC | SLI, 8, 0x2000), CCW(0, 0, 4, 0x2000) },
	  { MOVES(5) }, 1, APS, 0x1010, PROG },
	{ "no bytes in format 0", ORB1_F, { CCW_F0(READ, 0, 0, 0x2000) },
	  { MOVES(4) }, 0, APS, 0x1008, PROG },
	{ "no bytes, to be chained", 0, { CCW(READ, CD, 0, 0x2000) },
	  { MOVES(4) }, 0, APS, 0x1008, PROG },
	{ "bit 0 of the data address", 0, { CCW(READ, 0, 4, 0x80002000) },
	  { MOVES(4) }, 0, APS, 0x1008, PROG },
	{ "MIDA without leave", 0, { CCW(READ, MIDA, 4, 0x3100) },
	  { MOVES(4) }, 0, APS, 0x1008, PROG },
	{ "MIDA and IDA", ORB1_D, { CCW(READ, MIDA | IDA, 4, 0x3100) },
	  { MOVES(4) }, 0, APS, 0x1008, PROG },
	{ "MIDA and skip", ORB1_D, { CCW(READ, MIDA | SKIP, 4, 0x3100) },
	  { MOVES(4) }, 0, APS, 0x1008, PROG },
	{ "suspend without leave", 0, { CCW(READ, S, 4, 0x2000) },
	  { MOVES(4) }, 0, APS, 0x1008, PROG },
	{ "*suspend while data are chained", ORB1_S,
	  { CCW(READ, CD, 3, 0x2000), CCW(0, S, 2, 0x2100) }, { MOVES(5) },
	  1, APS, 0x1010, CE_DE | PROG },

	SECTION("16, Program Check, and Protection Check"),
	{ "*data outside storage", 0, { CCW(READ, 0, 4, 0x20000) },
	  { MOVES(4) }, 1, APS, 0x1008, CE_DE | PROG | 4 },
	{ "*data across the end of storage", 0,
	  { CCW(READ, 0, 16, WORLD_STORAGE - 8) }, { MOVES(16) }, 1,
	  APS, 0x1008, CE_DE | PROG | 8 },
	{ "the same, outwards", 0, { CCW(WRITE, 0, 16, WORLD_STORAGE - 8) },
	  { MOVES(16) }, 1, APS, 0x1008, CE_DE | PROG | 8 },
	{ "data across the end of 31-bit addresses", 0,
	  { CCW(READ, 0, 16, 0x7ffffff8) }, { MOVES(16) }, 1,
	  APS, 0x1008, CE_DE | PROG | 8 },
	{ "data outside storage, and chained", 0,
	  { CCW(READ, CD, 8, 0x20000), CCW(0, 0, 8, 0x2000) },
	  { MOVES(16) }, 1, APS, 0x1008, CE_DE | PROG | 8 },
	{ "the same, outwards and chained", 0,
	  { CCW(WRITE, CD, 8, 0x20000), CCW(0, 0, 8, 0x2000) },
	  { MOVES(16) }, 1, APS, 0x1008, CE_DE | PROG | 8 },
	{ "protected, wrong key", 0x50000000, { CCW(READ, 0, 4, 0x8000) },
	  { MOVES(4) }, 1, APS, 0x1008, CE_DE | PROT | 4 },
	{ "protected, key 0", 0, { CCW(READ, 0, 4, 0x8000) },
	  { MOVES(4) }, 1, PS, 0x1008, CE_DE },
	{ "*an address never reached is no error", 0,
	  { CCW(READ, SLI, 16, WORLD_STORAGE - 8) }, { MOVES(8) }, 1,
	  PS, 0x1008, CE_DE | 8 },

	SECTION("15, Indirect Data Addressing"), /* see lists[] */
	{ "4K blocks", ORB1_H, { CCW(READ, IDA, 20, 0x3000) }, { MOVES(20) },
	  1, PS, 0x1008, CE_DE },
	{ "2K blocks, format 2", ORB1_H | ORB1_T,
	  { CCW(READ, IDA, 20, 0x3020) }, { MOVES(20) }, 1,
	  PS, 0x1008, CE_DE },
	{ "format 1", 0, { CCW(READ, IDA, 20, 0x3040) }, { MOVES(20) }, 1,
	  PS, 0x1008, CE_DE },
	{ "format 1, list at a word", 0, { CCW(READ, IDA, 4, 0x3044) },
	  { MOVES(4) }, 1, PS, 0x1008, CE_DE },
	{ "format 1, list at a halfword", 0, { CCW(READ, IDA, 4, 0x3052) },
	  { MOVES(4) }, 1, APS, 0x1008, CE_DE | PROG | 4 },
	{ "format 2, list at a word", ORB1_H, { CCW(READ, IDA, 4, 0x3014) },
	  { MOVES(4) }, 1, APS, 0x1008, CE_DE | PROG | 4 },
	{ "second block not at a boundary", ORB1_H,
	  { CCW(READ, IDA, 20, 0x3060) }, { MOVES(20) }, 1,
	  APS, 0x1008, CE_DE | PROG | 12 },
	{ "second block not reached", ORB1_H,
	  { CCW(READ, IDA | SLI, 20, 0x3060) }, { MOVES(8) }, 1,
	  PS, 0x1008, CE_DE | 12 },
	{ "IDAW of 32 bits", 0, { CCW(READ, IDA, 4, 0x3080) }, { MOVES(4) },
	  1, APS, 0x1008, CE_DE | PROG | 4 },
	{ "IDAW above 2 GiB", ORB1_H, { CCW(READ, IDA, 4, 0x3090) },
	  { MOVES(4) }, 1, PS, 0x1008, CE_DE },
	{ "IDAW above 4 GiB, no storage", ORB1_H,
	  { CCW(READ, IDA, 4, 0x3088) }, { MOVES(4) }, 1,
	  APS, 0x1008, CE_DE | PROG | 4 },
	{ "list outside storage", ORB1_H, { CCW(READ, IDA, 4, 0x20000) },
	  { MOVES(4) }, 1, APS, 0x1008, CE_DE | PROG | 4 },
	{ "list ends with storage", ORB1_H,
	  { CCW(READ, IDA, 20, WORLD_STORAGE - 8) }, { MOVES(20) }, 1,
	  APS, 0x1008, CE_DE | PROG | 12 },
	{ "list across the end of 31-bit addresses", ORB1_H,
	  { CCW(READ, IDA, 20, 0x7ffffff8) }, { MOVES(20) }, 1,
	  APS, 0x1008, CE_DE | PROG | 12 },
	{ "list looked at by none: no bytes", ORB1_H,
	  { CCW(NOOP, IDA, 0, 0x3004) }, { IMMEDIATE }, 1,
	  PS, 0x1008, CE_DE },
	{ "list looked at by none: nothing comes", ORB1_H,
	  { CCW(READ, IDA | SLI, 4, 0x3004) }, { MOVES(0) }, 1,
	  PS, 0x1008, CE_DE | 4 },
	{ "no second block", ORB1_H, { CCW(READ, IDA, 20, 0x30a0) },
	  { MOVES(20) }, 1, APS, 0x1008, CE_DE | PROG | 12 },
	{ "no second block, outwards", ORB1_H,
	  { CCW(WRITE, IDA, 20, 0x30a0) }, { MOVES(20) }, 1,
	  APS, 0x1008, CE_DE | PROG | 12 },
	{ "second block out of storage", ORB1_H,
	  { CCW(READ, IDA, 20, 0x30b0) }, { MOVES(20) }, 1,
	  APS, 0x1008, CE_DE | PROG | 12 },
	{ "second block protected", 0x50000000 | ORB1_H,
	  { CCW(READ, IDA, 20, 0x30c0) }, { MOVES(20) }, 1,
	  APS, 0x1008, CE_DE | PROT | 12 },

	SECTION("15, Modified Indirect Data Addressing"), /* lists[] */
	{ "MIDA", ORB1_D, { CCW(READ, MIDA, 12, 0x3100) }, { MOVES(12) }, 1,
	  PS, 0x1008, CE_DE },
	{ "MIDA, outwards", ORB1_D, { CCW(WRITE, MIDA, 12, 0x3100) },
	  { MOVES(12) }, 1, PS, 0x1008, CE_DE },
	{ "MIDA, short", ORB1_D, { CCW(READ, MIDA | SLI, 12, 0x3100) },
	  { MOVES(5) }, 1, PS, 0x1008, CE_DE | 7 },
	{ "*MIDA, counts too small", ORB1_D, { CCW(READ, MIDA, 13, 0x3100) },
	  { MOVES(13) }, 1, APS, 0x1008, CE_DE | PROG | 6 },
	{ "MIDA, counts too large", ORB1_D, { CCW(READ, MIDA, 11, 0x3100) },
	  { MOVES(11) }, 1, APS, 0x1008, CE_DE | PROG | 4 },
	{ "MIDA, first count too large", ORB1_D,
	  { CCW(READ, MIDA, 3, 0x3100) }, { MOVES(3) }, 1,
	  APS, 0x1008, CE_DE | PROG | 3 },
	{ "MIDA, right sum, no last one", ORB1_D,
	  { CCW(READ, MIDA, 4, 0x3100) }, { MOVES(4) }, 1,
	  APS, 0x1008, CE_DE | PROG | 4 },
	{ "MIDA, counts too large, not reached", ORB1_D,
	  { CCW(READ, MIDA | SLI, 11, 0x3100) }, { MOVES(7) }, 1,
	  PS, 0x1008, CE_DE | 4 },
	{ "MIDA list at a doubleword", ORB1_D,
	  { CCW(READ, MIDA, 4, 0x3108) }, { MOVES(4) }, 1,
	  APS, 0x1008, CE_DE | PROG | 4 },
	{ "MIDA list out of storage", ORB1_D,
	  { CCW(READ, MIDA, 4, 0x20000) }, { MOVES(4) }, 1,
	  APS, 0x1008, CE_DE | PROG | 4 },
	{ "MIDA list up to the end of its page", ORB1_D,
	  { CCW(READ, MIDA, 4, 0x9fe0) }, { MOVES(4) }, 1,
	  PS, 0x1008, CE_DE },
	{ "MIDA list beyond its page", ORB1_D,
	  { CCW(READ, MIDA, 4, 0xaff0) }, { MOVES(4) }, 1,
	  APS, 0x1008, CE_DE | PROG | 2 },
	{ "MIDA list begins with a page", ORB1_D,
	  { CCW(READ, MIDA, 2, 0xb000) }, { MOVES(2) }, 1,
	  PS, 0x1008, CE_DE },
	{ "MIDAW up to the end of a page", ORB1_D,
	  { CCW(READ, MIDA, 8, 0x3140) }, { MOVES(8) }, 1,
	  PS, 0x1008, CE_DE },
	{ "MIDAW across pages", ORB1_D, { CCW(READ, MIDA, 9, 0x3150) },
	  { MOVES(9) }, 1, APS, 0x1008, CE_DE | PROG | 9 },
	{ "MIDAW across pages, skipped", ORB1_D,
	  { CCW(READ, MIDA, 9, 0x3160) }, { MOVES(9) }, 1,
	  PS, 0x1008, CE_DE },
	{ "MIDAW across pages, skip is nothing to a write", ORB1_D,
	  { CCW(WRITE, MIDA, 9, 0x3160) }, { MOVES(9) }, 1,
	  APS, 0x1008, CE_DE | PROG | 9 },
	{ "MIDAW of a page", ORB1_D, { CCW(READ, MIDA, 4096, 0x3170) },
	  { MOVES(4096) }, 1, PS, 0x1008, CE_DE },
	{ "MIDAW of no bytes", ORB1_D, { CCW(READ, MIDA, 8, 0x3130) },
	  { MOVES(8) }, 1, APS, 0x1008, CE_DE | PROG | 8 },
	{ "MIDAW with data-transfer interruption", ORB1_D,
	  { CCW(READ, MIDA, 4, 0x3190) }, { MOVES(4) }, 1,
	  APS, 0x1008, CE_DE | PROG | 4 },
	{ "MIDAW with a flag that is none", ORB1_D,
	  { CCW(READ, MIDA, 4, 0x31a0) }, { MOVES(4) }, 1,
	  APS, 0x1008, CE_DE | PROG | 4 },
	{ "MIDAW with a one in the first word", ORB1_D,
	  { CCW(READ, MIDA, 4, 0x31b0) }, { MOVES(4) }, 1,
	  APS, 0x1008, CE_DE | PROG | 4 },
	{ "MIDAW with a one before the flags", ORB1_D,
	  { CCW(READ, MIDA, 4, 0x31c0) }, { MOVES(4) }, 1,
	  APS, 0x1008, CE_DE | PROG | 4 },
	{ "MIDAW out of storage", ORB1_D, { CCW(READ, MIDA, 4, 0x31d0) },
	  { MOVES(4) }, 1, APS, 0x1008, CE_DE | PROG | 4 },
	{ "MIDA backward, down to the beginning of a page", ORB1_D,
	  { CCW(BACKWARD, MIDA, 9, 0x31f0) }, { MOVES(9) }, 1,
	  PS, 0x1008, CE_DE },
	{ "MIDA backward, across pages", ORB1_D,
	  { CCW(BACKWARD, MIDA, 9, 0x31e0) }, { MOVES(9) }, 1,
	  APS, 0x1008, CE_DE | PROG | 9 },

	SECTION("15, Read Backward"),
	{ "backward down to 0", 0, { CCW(BACKWARD, SLI, 4, 1) },
	  { MOVES(2) }, 1, PS, 0x1008, CE_DE | 2 },
	{ "*backward beyond 0", 0, { CCW(BACKWARD, 0, 4, 1) }, { MOVES(4) },
	  1, APS, 0x1008, CE_DE | PROG | 2 },
	{ "backward, skipped", 0, { CCW(BACKWARD, SKIP, 4, 0x7fffff00) },
	  { MOVES(4) }, 1, PS, 0x1008, CE_DE },
	{ "backward, second block at its last byte", ORB1_H,
	  { CCW(BACKWARD, IDA, 20, 0x3220) }, { MOVES(20) }, 1,
	  PS, 0x1008, CE_DE },
	{ "backward, a list that is for reading forward", ORB1_H,
	  { CCW(BACKWARD, IDA, 20, 0x3200) }, { MOVES(20) }, 1,
	  APS, 0x1008, CE_DE | PROG | 12 },
	{ "forward, a list that is for reading backward", ORB1_H,
	  { CCW(READ, IDA, 20, 0x3210) }, { MOVES(20) }, 1,
	  APS, 0x1008, CE_DE | PROG | 12 },
};

/* Where an ORB is for format 0, programs[] say so by ORB1_F. */
static u32 orb_of(const struct program *p)
{
	return (WORLD_ORB_KEY0 | p->orb1) ^ (p->orb1 & ORB1_F);
}

/* The first 8 bytes at the end of one block, the rest in the next. */
static const u32 lists[] = {
	/* 3000 */ 0, 0x5ff8, 0, 0x7000, 0, 0, 0, 0,
	/* 3020 */ 0, 0x57f8, 0, 0x7000, 0, 0, 0, 0,
	/* 3040 */ 0x57f8, 0x7000, 0, 0, 0, 0, 0, 0,
	/* 3060 */ 0, 0x5ff8, 0, 0x7008, 0, 0, 0, 0,
	/* 3080 */ 0x80002000, 0, 1, 0x2000, 0, 0x80002000, 0, 0,
	/* 30a0 */ 0, 0x5ff8, 0xffffffff, 0xfffff001, 0, 0x5ff8, 0, 0x20000,
	/* 30c0 */ 0, 0x5ff8, 0, 0x8000, 0, 0, 0, 0,
	/* 30e0 */ 0, 0, 0, 0, 0, 0, 0, 0,

	/* MIDAWs: 4 bytes, 3 skipped, 5; then one each */
	/* 3100 */ 0, 0x000004, 0, 0x2503, 0, 0x400003, 0, 0x2ff0,
	/* 3120 */ 0, 0x800005, 0, 0x2601, 0, 0, 0, 0,
	/* 3140 */ 0, 0x800008, 0, 0x5ff8, 0, 0x800009, 0, 0x5ff8,
	/* 3160 */ 0, 0xc00009, 0, 0x5ff8, 0, 0x801000, 0, 0x6000,
	/* 3180 */ 0, 0, 0, 0, 0, 0xa00004, 0, 0x2500,
	/* 31a0 */ 0, 0x900004, 0, 0x2500, 1, 0x800004, 0, 0x2500,
	/* 31c0 */ 0, 0x1800004, 0, 0x2500, 0, 0x800004, 0, 0x20000,
	/* 31e0 */ 0, 0x800009, 0, 0x6007, 0, 0x800009, 0, 0x6008,

	/* Backward, forward and backward */
	/* 3200 */ 0, 0x6007, 0, 0x7000, 0, 0x5ff8, 0, 0x7fff,
	/* 3220 */ 0, 0x6007, 0, 0x7fff,
};
static const u32 last_idaw[] = { 0, 0x5ff8 };
static const u32 midaws_to_page_end[] = {
	0, 0x000002, 0, 0x2500, 0, 0x800002, 0, 0x2600,
};

static struct world *world_for(const struct program *p)
{
	struct world *w = world_create(p->acts, 4);

	world_put(w, 0x1000, p->ccws, 16);
	world_put(w, 0x3000, lists, sizeof(lists) / 4);
	world_put(w, WORLD_STORAGE - 8, last_idaw, 2);
	world_put(w, 0x9fe0, midaws_to_page_end, 8);
	world_put(w, 0xaff0, midaws_to_page_end, 8);
	w->forbidden = 0x8000;
	return w;
}

static void test_programs(void)
{
	unsigned int i;

	for (i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		const struct program *p = &programs[i];
		struct world *w;
		u32 word0 = (orb_of(p) & (ORB1_KEY | ORB1_S | ORB1_F)) |
			    SCSW0_FC_START | p->sc;

		if (p->commands == A_SECTION)
			continue;
		w = world_for(p);
		CU_ASSERT_EQUAL(world_ssch(w, orb_of(p), 0x1000), 0);
		CU_ASSERT(world_run_out(w, 100) < 100);
		world_expect(w, p->name, word0, p->cpa, p->word2);
		if (w->device.selected != p->commands)
			printf("\n%s: %u commands, expected %u\n", p->name,
			       w->device.selected, p->commands);
		CU_ASSERT_EQUAL(w->device.selected, p->commands);
		CU_ASSERT_EQUAL(w->interruptions, 1);
		world_destroy(w);
	}
}

static void test_channel_program_address(void)
{
	static const struct {
		u32 format, cpa, reported;
	} bad[] = {
		{ ORB1_F, 0x1004, 0x100c },	/* no doubleword */
		{ ORB1_F, 0x20000, 0x20008 },	/* no storage */
		{ 0, 0x01001000, 0x01001008 },	/* more than 24 bits */
	};
	static const struct act act = MOVES(4);
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct world *w = world_create(&act, 1);

		CU_ASSERT_EQUAL(world_ssch(w, bad[i].format | 0x8000,
					   bad[i].cpa), 0);
		world_run(w, 10);
		world_expect(w, "channel-program address",
			     bad[i].format | SCSW0_FC_START | APS,
			     bad[i].reported, PROG);
		world_destroy(w);
	}
}

/* The counting address, not a jump, runs out of storage: blame the next CCW. */
static void test_chain_runs_out_of_storage(void)
{
	static const u32 last[] = { CCW(NOOP, CC, 0, 0) };
	static const struct act act = IMMEDIATE;
	struct world *w = world_create(&act, 1);

	world_put(w, WORLD_STORAGE - 8, last, 2);
	CU_ASSERT_EQUAL(world_ssch(w, WORLD_ORB_KEY0, WORLD_STORAGE - 8), 0);
	world_run(w, 10);
	world_expect(w, "out of storage", SCSW0_F | SCSW0_FC_START | APS,
		     WORLD_STORAGE + 8, PROG);
	world_destroy(w);
}

/* Where each byte of an area is, in the order of the device. */
static void test_data_arrive_where_they_belong(void)
{
	static const struct {
		const char *name;
		u32 orb1, ccws[8];
		u32 first, rest;	/* addresses of byte 1, and of byte 9 */
		int step;
	} cases[] = {
		{ "direct", 0, { CCW(READ, 0, 20, 0x57f8) }, 0x57f8, 0x5800, 1 },
		{ "4K", ORB1_H, { CCW(READ, IDA, 20, 0x3000) }, 0x5ff8, 0x7000,
		  1 },
		{ "2K", ORB1_H | ORB1_T, { CCW(READ, IDA, 20, 0x3020) },
		  0x57f8, 0x7000, 1 },
		{ "format 1", 0, { CCW(READ, IDA, 20, 0x3040) }, 0x57f8,
		  0x7000, 1 },
		{ "data chaining", 0,
		  { CCW(READ, CD, 8, 0x2001), CCW(0, 0, 12, 0x2203) }, 0x2001,
		  0x2203, 1 },
		{ "backward", 0, { CCW(BACKWARD, 0, 20, 0x5805) }, 0x5805,
		  0x57fd, -1 },
		{ "backward, 4K", ORB1_H, { CCW(BACKWARD, IDA, 20, 0x3220) },
		  0x6007, 0x7fff, -1 },
		{ "backward, data chaining", 0,
		  { CCW(BACKWARD, CD, 8, 0x2108), CCW(0, 0, 12, 0x220e) },
		  0x2108, 0x220e, -1 },
		{ "backward, skip and store", 0,
		  { CCW(BACKWARD, CD | SKIP, 8, 0), CCW(0, 0, 12, 0x220e) },
		  0, 0x220e, -1 },
	};
	static const struct act act = MOVES(20);
	unsigned int i, b;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *w = world_create(&act, 1);
		int step = cases[i].step;
		bool same = true;

		world_put(w, 0x1000, cases[i].ccws, 8);
		world_put(w, 0x3000, lists, sizeof(lists) / 4);
		world_ssch(w, WORLD_ORB_KEY0 | cases[i].orb1, 0x1000);
		world_run(w, 10);
		for (b = cases[i].first ? 0 : 8; b < 20; b++)
			same &= w->storage[b < 8 ? cases[i].first + step * b :
					   cases[i].rest + step * (b - 8)] ==
				b + 1;
		same &= w->storage[cases[i].rest + step * 12] == 0;
		if (!same)
			printf("\n%s: data in the wrong place\n",
			       cases[i].name);
		CU_ASSERT(same);
		world_destroy(w);
	}
}

/* Four bytes, three dropped, five bytes; and all of it backwards. */
static void test_midaws_take_records_apart(void)
{
	static const u8 forward[] = { 0, 1, 2, 3, 4, 0 };
	static const u8 upwards[] = { 0, 8, 9, 10, 11, 12, 0 };
	static const u8 downwards[] = { 12, 11, 10, 9, 8, 0 };
	static const u8 backward[] = { 4, 3, 2, 1, 0 };
	static const struct act act = MOVES(12);
	u32 read[] = { CCW(READ, MIDA, 12, 0x3100) };
	struct world *w = world_create(&act, 1);

	world_put(w, 0x1000, read, 2);
	world_put(w, 0x3000, lists, sizeof(lists) / 4);
	w->storage[0x2ff0] = 0xee;
	world_ssch(w, WORLD_ORB_KEY0 | ORB1_D, 0x1000);
	world_run(w, 10);
	CU_ASSERT_EQUAL(memcmp(w->storage + 0x2502, forward, 6), 0);
	CU_ASSERT_EQUAL(memcmp(w->storage + 0x2600, upwards, 7), 0);
	CU_ASSERT_EQUAL(w->storage[0x2ff0], 0xee);
	world_destroy(w);

	w = world_create(&act, 1);
	read[0] ^= (READ ^ BACKWARD) << 24;
	world_put(w, 0x1000, read, 2);
	world_put(w, 0x3000, lists, sizeof(lists) / 4);
	world_ssch(w, WORLD_ORB_KEY0 | ORB1_D, 0x1000);
	world_run(w, 10);
	CU_ASSERT_EQUAL(memcmp(w->storage + 0x2500, backward, 5), 0);
	CU_ASSERT_EQUAL(memcmp(w->storage + 0x25fd, downwards, 6), 0);
	world_destroy(w);
}

/* Each case: 8 bytes of 20 have a place, and arrive; the rest has none. */
static void test_bytes_before_a_bad_address_arrive(void)
{
	static const struct {
		u32 orb1, ccw[2], first;
	} cases[] = {
		{ 0, { CCW(READ, 0, 20, WORLD_STORAGE - 8) },
		  WORLD_STORAGE - 8 },
		{ ORB1_H, { CCW(READ, IDA, 20, 0x3060) }, 0x5ff8 },
		{ ORB1_H, { CCW(READ, IDA, 20, 0x30a0) }, 0x5ff8 },
		{ ORB1_H, { CCW(READ, IDA, 20, 0x30b0) }, 0x5ff8 },
	};
	static const u8 arrived[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	static const struct act act = MOVES(20);
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *w = world_create(&act, 1);

		world_put(w, 0x1000, cases[i].ccw, 2);
		world_put(w, 0x3000, lists, sizeof(lists) / 4);
		world_ssch(w, WORLD_ORB_KEY0 | cases[i].orb1, 0x1000);
		world_run(w, 10);
		CU_ASSERT_EQUAL(memcmp(w->storage + cases[i].first, arrived, 8),
				0);
		CU_ASSERT_EQUAL(world_scsw(w, 2), CE_DE | PROG | 12);
		world_destroy(w);
	}
}

/* Output comes from the same places, in the same order. */
static void test_output_is_gathered(void)
{
	static const u32 ccws[] = { CCW(WRITE, IDA | CD, 20, 0x3000),
				    CCW(0, 0, 2, 0x2000) };
	static const struct act act = MOVES(22);
	struct world *w = world_create(&act, 1);
	unsigned int b;

	world_put(w, 0x1000, ccws, 4);
	world_put(w, 0x3000, lists, sizeof(lists) / 4);
	for (b = 0; b < 22; b++)
		w->storage[b < 8 ? 0x5ff8 + b : b < 20 ? 0x7000 + b - 8 :
			   0x2000 + b - 20] = 0x80 + b;
	world_ssch(w, WORLD_ORB_KEY0 | ORB1_H, 0x1000);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->device.got, 22);
	for (b = 0; b < 22; b++)
		CU_ASSERT_EQUAL(w->device.written[b], 0x80 + b);
	CU_ASSERT_EQUAL(w->events[3].kind, MACHINE_EV_DATA);
	CU_ASSERT_EQUAL(w->events[3].data.absolute, 0x5ff8);
	CU_ASSERT_EQUAL(w->events[3].data.length, 8);
	CU_ASSERT(!w->events[3].data.to_storage);
	world_destroy(w);
}

static void test_skip_stores_nothing(void)
{
	static const u32 ccws[] = { CCW(READ, SKIP | CD, 4, 0x2000),
				    CCW(0, 0, 4, 0x2100) };
	static const struct act act = MOVES(8);
	struct world *w = world_create(&act, 1);

	world_put(w, 0x1000, ccws, 4);
	world_ssch(w, WORLD_ORB_KEY0, 0x1000);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->storage[0x2000], 0);
	CU_ASSERT_EQUAL(w->storage[0x2100], 5);
	CU_ASSERT_EQUAL(w->storage[0x2103], 8);
	world_destroy(w);
}

static void test_skip_is_nothing_to_a_write(void)
{
	static const u32 ccws[] = { CCW(WRITE, SKIP, 4, 0x2000) };
	static const struct act act = MOVES(4);
	struct world *w = world_create(&act, 1);

	world_put(w, 0x1000, ccws, 2);
	memcpy(w->storage + 0x2000, "sent", 4);
	world_ssch(w, WORLD_ORB_KEY0, 0x1000);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->device.got, 4);
	CU_ASSERT_EQUAL(memcmp(w->device.written, "sent", 4), 0);
	world_destroy(w);
}

/* 65,535 bytes, the most a CCW can ask for, through 17 blocks. */
static void test_largest_count(void)
{
	static const u32 ccws[] = { CCW(READ, IDA, 0xffff, 0x3000) };
	static const struct act act = MOVES(0xffff);
	struct world *w = world_create(&act, 1);
	unsigned int i;

	world_put(w, 0x1000, ccws, 2);
	for (i = 0; i < 17; i++) {
		u32 idaw[] = { 0, i ? 0x8000 : 0x8fff };

		world_put(w, 0x3000 + 8 * i, idaw, 2);
	}
	world_ssch(w, WORLD_ORB_KEY0 | ORB1_H, 0x1000);
	world_run(w, 10);
	world_expect(w, "largest count", SCSW0_F | SCSW0_FC_START | PS, 0x1008,
		     CE_DE);
	world_destroy(w);
}

/* A circle of jumps: every step is one CCW, and clear ends it. */
static void test_endless_program(void)
{
	static const u32 ccws[] = { CCW(NOOP, CC, 0, 0), TIC(0x1000) };
	static const struct act act = IMMEDIATE;
	struct world *w = world_create(&act, 1);

	world_put(w, 0x1000, ccws, 4);
	world_ssch(w, WORLD_ORB_KEY0, 0x1000);
	CU_ASSERT_EQUAL(world_run(w, 1000), 1000);
	CU_ASSERT_EQUAL(w->device.selected, 500);
	CU_ASSERT_EQUAL(w->dues, 1);
	CU_ASSERT_EQUAL(machine_csch(w->m, w->sid), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->dues, 0);
	world_expect(w, "cleared", SCSW0_FC_CLEAR | SCSW0_SC_PEND, 0, 0);
	world_destroy(w);
}

static void test_halt_between_commands(void)
{
	static const u32 ccws[] = { CCW(READ, CC, 4, 0x2000),
				    CCW(NOOP, CC, 0, 0) };
	static const struct act act = MOVES(4);
	struct world *w = world_create(&act, 1);

	world_put(w, 0x1000, ccws, 4);
	world_ssch(w, WORLD_ORB_KEY0, 0x1000);
	world_run(w, 1);
	CU_ASSERT_EQUAL(machine_hsch(w->m, w->sid), 0);
	world_run(w, 10);
	world_expect(w, "halted", SCSW0_F | SCSW0_FC_START | SCSW0_FC_HALT | PS,
		     0x1008, CE_DE);
	CU_ASSERT_EQUAL(w->device.selected, 1);
	world_destroy(w);
}

/* A device that takes its time keeps the subchannel active, then chains. */
static void test_late_status_goes_on(void)
{
	static const u32 ccws[] = { CCW(READ, CC, 4, 0x2000),
				    CCW(NOOP, 0, 0, 0) };
	static const struct act acts[] = { { 0, 0, 4 }, IMMEDIATE };
	struct world *w = world_create(acts, 2);
	struct ccw_irb irb;

	world_put(w, 0x1000, ccws, 4);
	world_ssch(w, WORLD_ORB_KEY0, 0x1000);
	world_run(w, 10);
	world_expect(w, "active", SCSW0_F | SCSW0_FC_START | SCSW0_AC_SCH |
		     SCSW0_AC_DEV, 0, 0);
	machine_present(w->m, w->sid, DEVICE_CHANNEL_END);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->device.selected, 1);
	CU_ASSERT_EQUAL(w->interruptions, 0);
	machine_present(w->m, w->sid, DEVICE_END);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->device.selected, 2);
	world_expect(w, "ended", SCSW0_F | SCSW0_FC_START | PS, 0x1010, CE_DE);
	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->interruptions, 1);
	world_destroy(w);
}

/* The same for a command without data, which ends badly. */
static void test_late_unit_check(void)
{
	static const u32 ccws[] = { CCW(NOOP, CC, 0, 0), CCW(NOOP, 0, 0, 0) };
	static const struct act acts[] = { { DEVICE_CHANNEL_END, 0, 0 } };
	struct world *w = world_create(acts, 1);
	struct ccw_irb irb;

	world_put(w, 0x1000, ccws, 4);
	world_ssch(w, WORLD_ORB_KEY0, 0x1000);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->interruptions, 0);
	machine_present(w->m, w->sid, DEVICE_END | DEVICE_UNIT_CHECK);
	world_run(w, 10);
	world_expect(w, "ended", SCSW0_F | SCSW0_FC_START | APS, 0x1008,
		     CE_DE | SCSW2_DSTAT_UC);
	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->interruptions, 1);
	world_destroy(w);
}

/* Bytes come where they belong though the device stops between any two. */
static void test_pauses_leave_no_gap(void)
{
	static const u32 ccws[] = { CCW(READ, IDA | CC, 20, 0x3000),
				    CCW(WRITE, IDA, 20, 0x3000) };
	static const struct act acts[] = { SLOWLY(20, 1), SLOWLY(20, 3) };
	struct world *w = world_create(acts, 2);
	unsigned int b;

	world_put(w, 0x1000, ccws, 4);
	world_put(w, 0x3000, lists, sizeof(lists) / 4);
	world_ssch(w, WORLD_ORB_KEY0 | ORB1_H, 0x1000);
	CU_ASSERT(world_run_out(w, 100) < 100);
	CU_ASSERT_EQUAL(w->device.got, 20);
	for (b = 0; b < 20; b++)
		CU_ASSERT_EQUAL(w->device.written[b], b + 1);
	CU_ASSERT_EQUAL(w->storage[0x5fff], 8);
	CU_ASSERT_EQUAL(w->storage[0x7000], 9);
	world_destroy(w);
}

/* Three of eight bytes have moved, and the device wants time. */
static struct world *pausing_world(void)
{
	static const u32 ccws[] = { CCW(READ, CC, 8, 0x2000),
				    CCW(NOOP, 0, 0, 0) };
	static const struct act acts[] = { SLOWLY(8, 3), IMMEDIATE };
	struct world *w = world_create(acts, 2);

	world_put(w, 0x1000, ccws, 4);
	world_ssch(w, WORLD_ORB_KEY0, 0x1000);
	world_run(w, 10);
	CU_ASSERT(w->device.wants_time);
	world_expect(w, "active", SCSW0_F | SCSW0_FC_START | SCSW0_AC_SCH |
		     SCSW0_AC_DEV, 0, 0);
	return w;
}

static void test_halt_in_a_pause(void)
{
	struct world *w = pausing_world();

	CU_ASSERT_EQUAL(machine_hsch(w->m, w->sid), 0);
	world_run(w, 10);
	world_expect(w, "halted", SCSW0_F | SCSW0_FC_START | SCSW0_FC_HALT | PS,
		     0x1008, CE_DE | 5);
	machine_ready(w->m, w->sid);
	CU_ASSERT_EQUAL(world_run(w, 10), 0);
	world_destroy(w);
}

static void test_clear_in_a_pause(void)
{
	struct world *w = pausing_world();

	CU_ASSERT_EQUAL(machine_csch(w->m, w->sid), 0);
	machine_ready(w->m, w->sid);
	world_run(w, 10);
	world_expect(w, "cleared", SCSW0_FC_CLEAR | SCSW0_SC_PEND, 0, 0);
	CU_ASSERT_EQUAL(w->device.clears, 1);
	world_destroy(w);
}

/* A resume that nobody needs does not make the device ready. */
static void test_status_in_a_pause(void)
{
	struct world *w = pausing_world();

	CU_ASSERT_EQUAL(machine_rsch(w->m, w->sid), 2);
	machine_present(w->m, w->sid, END | DEVICE_UNIT_CHECK);
	world_run(w, 10);
	world_expect(w, "ended", SCSW0_F | SCSW0_FC_START | APS, 0x1008,
		     CE_DE | SCSW2_DSTAT_UC | IL | 5);
	world_destroy(w);
}

/* The device asks for a retry, and says later that it is ready for it. */
static void test_retry_waits_for_device_end(void)
{
	static const u32 ccws[] = { CCW(READ, 0, 8, 0x2000) };
	static const struct act acts[] = { { 0, DEVICE_RETRY, 8 }, MOVES(8) };
	struct world *w = world_create(acts, 2);

	world_put(w, 0x1000, ccws, 2);
	world_ssch(w, WORLD_ORB_KEY0, 0x1000);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->interruptions, 0);
	CU_ASSERT_EQUAL(w->device.selected, 1);
	machine_present(w->m, w->sid, DEVICE_END);
	world_run(w, 10);
	world_expect(w, "retried", SCSW0_F | SCSW0_FC_START | PS, 0x1008,
		     CE_DE);
	CU_ASSERT_EQUAL(w->device.selected, 2);
	world_destroy(w);
}

/* A device that never has enough can be halted between two attempts. */
static void test_endless_retry(void)
{
	static const u32 ccws[] = { CCW(READ, 0, 8, 0x2000) };
	static const struct act act = RETRIES(8);
	struct world *w = world_create(&act, 1);

	world_put(w, 0x1000, ccws, 2);
	world_ssch(w, WORLD_ORB_KEY0, 0x1000);
	CU_ASSERT_EQUAL(world_run(w, 1000), 1000);
	CU_ASSERT_EQUAL(w->device.selected, 1000);
	CU_ASSERT_EQUAL(machine_hsch(w->m, w->sid), 0);
	CU_ASSERT(world_run(w, 10) < 10);
	CU_ASSERT_EQUAL(w->interruptions, 1);
	world_destroy(w);
}

/* Busy at the first command, with what may come beside it. */
static void test_busy(void)
{
	static const struct {
		const char *name;
		u8 initial, then;	/* what ends the wait; 0: nothing need */
		u32 deferred;
		u8 shown;
	} cases[] = {
		{ "device busy", DEVICE_BUSY, DEVICE_END, 0, 0 },
		{ "control unit busy", DEVICE_BUSY | DEVICE_STATUS_MODIFIER,
		  DEVICE_CONTROL_UNIT_END, 0, 0 },
		{ "busy, with attention", DEVICE_BUSY | DEVICE_ATTENTION, 0, 1,
		  DEVICE_BUSY | DEVICE_ATTENTION },
		{ "busy, then ready with attention", DEVICE_BUSY,
		  DEVICE_END | DEVICE_ATTENTION, 1,
		  DEVICE_END | DEVICE_ATTENTION },
	};
	static const u32 ccws[] = { CCW(READ, 0, 8, 0x2000) };
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct act acts[] = { { cases[i].initial, 0, 0 },
					    MOVES(8) };
		struct world *w = world_create(acts, 2);

		world_put(w, 0x1000, ccws, 2);
		world_ssch(w, WORLD_ORB_KEY0, 0x1000);
		world_run(w, 10);
		CU_ASSERT_EQUAL(w->interruptions, !cases[i].then);
		if (cases[i].then)
			machine_present(w->m, w->sid, cases[i].then);
		world_run(w, 10);
		if (cases[i].deferred)
			world_expect(w, cases[i].name, SCSW0_F |
				     1 << 24 | SCSW0_FC_START | SCSW0_AC_START |
				     SCSW0_SC_ALERT | SCSW0_SC_PEND, 0,
				     (u32)cases[i].shown << 24);
		else
			world_expect(w, cases[i].name, SCSW0_F |
				     SCSW0_FC_START | PS, 0x1008, CE_DE);
		world_destroy(w);
	}
}

#define Z_NEWS	(SCSW0_F | SCSW0_I | SCSW0_Z | SCSW0_FC_START | \
		 SCSW0_SC_INTER | SCSW0_SC_PEND)
#define ACTIVE	(SCSW0_AC_SCH | SCSW0_AC_DEV)

/* Bit I of the ORB: told when the first command is accepted, and only then. */
static void test_initial_status_interruption(void)
{
	static const struct {
		const char *name;
		u32 ccws[4];
		struct act acts[2];
		u32 word0, cpa, word2;	/* at the first interruption */
	} cases[] = {
		{ "accepted", { CCW(READ, 0, 8, 0x2000) }, { { 0, 0, 8 } },
		  Z_NEWS | ACTIVE, 0x1008, 0 },
		{ "immediate, and chained",
		  { CCW(NOOP, CC, 0, 0), CCW(READ, 0, 8, 0x2000) },
		  { { DEVICE_CHANNEL_END, 0, 0 } }, Z_NEWS | ACTIVE, 0x1008,
		  0 },
		{ "immediate, and the end", { CCW(NOOP, 0, 0, 0) },
		  { IMMEDIATE }, SCSW0_F | SCSW0_I | SCSW0_FC_START | PS,
		  0x1008, CE_DE },
		{ "immediate, of the wrong length",
		  { CCW(NOOP, CC, 1, 0), CCW(READ, 0, 8, 0x2000) },
		  { IMMEDIATE }, SCSW0_F | SCSW0_I | SCSW0_FC_START | APS,
		  0x1008, CE_DE | IL | 1 },
		{ "refused", { CCW(READ, 0, 8, 0x2000) }, { UNIT_CHECK },
		  SCSW0_F | SCSW0_I | SCSW0_FC_START | APS, 0x1008,
		  SCSW2_DSTAT_UC | 8 },
		{ "to be retried", { CCW(READ, 0, 8, 0x2000) },
		  { { DEVICE_RETRY, 0, 0 } }, Z_NEWS | ACTIVE, 0x1008, 0 },
		{ "accepted, with PCI", { CCW(READ, PCI, 8, 0x2000) },
		  { { 0, 0, 8 } }, Z_NEWS | ACTIVE, 0x1008, SCSW2_CSTAT_PCI },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *w = world_create(cases[i].acts, 1);

		world_put(w, 0x1000, cases[i].ccws, 4);
		world_ssch(w, WORLD_ORB_KEY0 | ORB1_I, 0x1000);
		world_run(w, 10);
		CU_ASSERT_EQUAL(w->interruptions, 1);
		world_expect(w, cases[i].name, cases[i].word0, cases[i].cpa,
			     cases[i].word2);
		world_destroy(w);
	}
}

/* Fetched, the bit Z is gone; after a resume it comes again. */
static void test_initial_status_after_a_resume(void)
{
	static const u32 ccws[] = { CCW(READ, CC, 4, 0x2000),
				    CCW(READ, CC | S, 4, 0x2000),
				    CCW(NOOP, 0, 0, 0) };
	static const u32 resumed[] = { CCW(READ, CC, 4, 0x2000) };
	static const struct act acts[] = { MOVES(4), MOVES(4), IMMEDIATE };
	u32 mine = SCSW0_F | SCSW0_S | SCSW0_I | SCSW0_FC_START;
	struct world *w = world_create(acts, 3);
	struct ccw_irb irb;

	world_put(w, 0x1000, ccws, 6);
	world_ssch(w, WORLD_ORB_KEY0 | ORB1_I | ORB1_S, 0x1000);
	world_run(w, 1);
	CU_ASSERT(world_scsw(w, 0) & SCSW0_Z);
	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
	world_expect(w, "fetched", mine | ACTIVE, 0x1008, 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
	world_expect(w, "suspended", mine | SCSW0_AC_SUSP, 0x1010, 0);
	world_put(w, 0x1008, resumed, 2);
	CU_ASSERT_EQUAL(machine_rsch(w->m, w->sid), 0);
	world_run(w, 1);
	world_expect(w, "resumed", mine | ACTIVE | SCSW0_Z | SCSW0_SC_INTER |
		     SCSW0_SC_PEND, 0x1010, 0);
	world_run(w, 10);
	world_expect(w, "ended", mine | SCSW0_Z | PS | SCSW0_SC_INTER, 0x1018,
		     CE_DE);
	world_destroy(w);
}

/* PCI in the first CCW: not before the device has answered. */
static void test_first_pci_waits_for_the_device(void)
{
	static const u32 ccws[] = { CCW(READ, PCI, 8, 0x2000) };
	static const struct act acts[] = { { DEVICE_BUSY, 0, 0 }, UNIT_CHECK };
	struct world *w = world_create(acts, 2);

	world_put(w, 0x1000, ccws, 2);
	world_ssch(w, WORLD_ORB_KEY0, 0x1000);
	world_run(w, 10);
	world_expect(w, "busy", SCSW0_F | SCSW0_FC_START | SCSW0_AC_START, 0,
		     0);
	machine_present(w->m, w->sid, DEVICE_END);
	world_run(w, 10);
	world_expect(w, "refused", SCSW0_F | SCSW0_FC_START | APS |
		     SCSW0_SC_INTER, 0x1008,
		     SCSW2_DSTAT_UC | SCSW2_CSTAT_PCI | 8);
	CU_ASSERT_EQUAL(w->interruptions, 1);
	world_destroy(w);
}

/* Broken storage, and checks that somebody provokes. */
static const struct check {
	const char *name;
	u32 orb1, ccws[8];
	u32 provoked;
	u32 broken;		/* address of a byte; 0: none */
	unsigned int commands;
	u32 cpa, word2;
	u32 logout;		/* ESW word 0, the paths left out; 0: none */
} checks[] = {
	/* Data: to the end, and no further */
	{ "broken where data are stored", 0,
	  { CCW(READ, CC, 8, 0x2000), CCW(NOOP, 0, 0, 0) }, 0, 0x2004, 1,
	  0x1008, CE_DE | SCSW2_CSTAT_CDC, 0x7c43 },
	{ "broken where data are fetched", 0, { CCW(WRITE, 0, 8, 0x2000) },
	  0, 0x2004, 1, 0x1008, CE_DE | SCSW2_CSTAT_CDC, 0x7c43 },
	{ "broken, and data chained", 0,
	  { CCW(READ, CD, 4, 0x2000), CCW(0, 0, 4, 0x2100) }, 0, 0x2000, 1,
	  0x1010, CE_DE | SCSW2_CSTAT_CDC, 0x7c43 },
	{ "broken, and of the wrong length", 0, { CCW(READ, 0, 9, 0x2000) },
	  0, 0x2004, 1, 0x1008, CE_DE | SCSW2_CSTAT_CDC | IL | 1, 0x7c43 },
	{ "broken, and no storage in the next link", 0,
	  { CCW(READ, CD, 4, 0x2000), CCW(0, 0, 4, 0x20000) }, 0, 0x2000, 1,
	  0x1010, CE_DE | SCSW2_CSTAT_CDC | PROG | 4, 0x7c42 },
	{ "damaged on the way", 0, { CCW(READ, 0, 8, 0x2000) },
	  SCSW2_CSTAT_CDC, 0, 1, 0x1008, CE_DE | SCSW2_CSTAT_CDC, 0x7c43 },
	{ "nothing is damaged where nothing moves", 0,
	  { CCW(NOOP, SLI, 0, 0) }, SCSW2_CSTAT_CDC, 0, 1, 0x1008, CE_DE, 0 },

	/* CCWs and lists: the end */
	{ "broken where a CCW is", 0,
	  { CCW(READ, CC, 8, 0x2000), CCW(NOOP, 0, 0, 0) }, 0, 0x100f, 1,
	  0x1010, SCSW2_CSTAT_CCC, 0x4007c44 },
	{ "broken where the first CCW is", 0, { CCW(READ, 0, 8, 0x2000) },
	  0, 0x1000, 0, 0x1008, SCSW2_CSTAT_CCC, 0x4007c44 },
	{ "broken where the next link is", 0,
	  { CCW(READ, CD, 4, 0x2000), CCW(0, 0, 4, 0x2100) }, 0, 0x1008, 1,
	  0x1010, CE_DE | SCSW2_CSTAT_CCC, 0x4007c43 },
	{ "broken where an IDAW is", ORB1_H, { CCW(READ, IDA, 8, 0x3000) },
	  0, 0x3000, 1, 0x1008, CE_DE | SCSW2_CSTAT_CCC | 8, 0x2007c42 },
	{ "channel-control check", 0,
	  { CCW(READ, CC, 8, 0x2000), CCW(NOOP, 0, 0, 0) }, SCSW2_CSTAT_CCC,
	  0, 0, 0x1008, SCSW2_CSTAT_CCC, 0x4007c44 },

	/* The cable, and a channel that is too slow */
	{ "interface-control check", 0,
	  { CCW(READ, CC, 8, 0x2000), CCW(NOOP, 0, 0, 0) }, SCSW2_CSTAT_ICC,
	  0, 1, 0x1008, SCSW2_CSTAT_ICC | 8, 0x7481 },
	{ "chaining check", 0,
	  { CCW(READ, CD, 4, 0x2000), CCW(0, 0, 4, 0x2100) },
	  SCSW2_CSTAT_CHC, 0, 1, 0x1008, CE_DE | SCSW2_CSTAT_CHC, 0 },
	{ "no chaining check on output", 0,
	  { CCW(WRITE, CD, 4, 0x2000), CCW(0, 0, 4, 0x2100) },
	  SCSW2_CSTAT_CHC, 0, 1, 0x1010, CE_DE, 0 },
};

static bool logged_out(struct world *w, const struct check *c,
		       const struct ccw_irb *irb)
{
	bool log = c->logout, address = log && c->broken;
	u64 failed = (u64)be32_to_cpu(irb->esw[2]) << 32 |
		     be32_to_cpu(irb->esw[3]);

	return be32_get_bits(irb->scsw.word[0], SCSW0_L) == log &&
	       (be32_to_cpu(irb->esw[0]) & ~0x00ff0000u) == c->logout &&
	       be32_to_cpu(irb->esw[1]) ==
			(address ? ESW1_FSAV | ESW1_FSAF : 0) &&
	       (address ? failed <= c->broken && c->broken < failed + 16 :
			  !failed) && !be32_to_cpu(irb->esw[4]);
}

static void test_checks(void)
{
	static const struct act act = MOVES(8);
	struct ccw_irb irb;
	unsigned int i;

	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		const struct check *c = &checks[i];
		struct world *w = world_create(&act, 1);
		u32 alert = c->word2 & (0xffu << 16) ? SCSW0_SC_ALERT : 0;
		bool same;

		world_put(w, 0x1000, c->ccws, 8);
		world_put(w, 0x3000, lists, sizeof(lists) / 4);
		w->broken = c->broken;
		if (c->provoked)
			CU_ASSERT_EQUAL(machine_next_check(w->m, w->sid,
							   c->provoked), 0);
		world_ssch(w, WORLD_ORB_KEY0 | c->orb1, 0x1000);
		CU_ASSERT(world_run(w, 10) < 10);
		world_expect(w, c->name, SCSW0_F | SCSW0_FC_START | PS | alert |
			     (c->logout ? SCSW0_L : 0), c->cpa, c->word2);
		CU_ASSERT_EQUAL(w->device.selected, c->commands);
		CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
		same = logged_out(w, c, &irb);
		if (!same)
			printf("\n%s: ESW is %08x %08x %08x %08x\n", c->name,
			       be32_to_cpu(irb.esw[0]), be32_to_cpu(irb.esw[1]),
			       be32_to_cpu(irb.esw[2]),
			       be32_to_cpu(irb.esw[3]));
		CU_ASSERT(same);
		CU_ASSERT(!(world_scsw(w, 0) & SCSW0_L));
		world_destroy(w);
	}
}

/* What is broken is lost; what stands beside it is not. */
static void test_broken_storage_keeps_its_bytes(void)
{
	static const u32 ccws[] = { CCW(READ, IDA, 20, 0x3000) };
	static const struct act act = MOVES(20);
	struct world *w = world_create(&act, 1);

	world_put(w, 0x1000, ccws, 2);
	world_put(w, 0x3000, lists, sizeof(lists) / 4);
	w->broken = 0x5ffa;
	w->storage[0x5ff8] = 0xee;
	world_ssch(w, WORLD_ORB_KEY0 | ORB1_H, 0x1000);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->storage[0x5ff8], 0xee);
	CU_ASSERT_EQUAL(w->storage[0x7000], 9);
	world_destroy(w);
}

static void test_check_of_the_next_program_is_used_up(void)
{
	static const u32 ccws[] = { CCW(READ, 0, 8, 0x2000) };
	static const struct act act = MOVES(8);
	struct world *w = world_create(&act, 1);
	struct ccw_irb irb;

	CU_ASSERT_EQUAL(machine_next_check(w->m, w->sid, PROG), -EINVAL);
	CU_ASSERT_EQUAL(machine_next_check(w->m, w->sid + 1, SCSW2_CSTAT_CHC),
			-ENODEV);
	world_put(w, 0x1000, ccws, 2);
	machine_next_check(w->m, w->sid, SCSW2_CSTAT_ICC);
	world_ssch(w, WORLD_ORB_KEY0, 0x1000);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->device.clears, 1);
	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
	world_ssch(w, WORLD_ORB_KEY0, 0x1000);
	world_run(w, 10);
	world_expect(w, "the second", SCSW0_F | SCSW0_FC_START | PS, 0x1008,
		     CE_DE);
	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
	CU_ASSERT_EQUAL(be32_to_cpu(irb.esw[0]), 0x00800000);
	CU_ASSERT_EQUAL(be32_to_cpu(irb.esw[3]), 0);
	world_destroy(w);
}

/* Return: whether there is concurrent sense, of the scripted 24 bytes. */
static bool sensed(const struct ccw_irb *irb)
{
	const u8 *bytes = (const u8 *)irb->ecw;
	bool cons = be32_get_bits(irb->esw[1], ESW1_CONS);

	CU_ASSERT_EQUAL(be32_get_bits(irb->scsw.word[0], SCSW0_E), cons);
	CU_ASSERT_EQUAL(be32_get_bits(irb->esw[1], ESW1_SCNT), cons ? 24 : 0);
	CU_ASSERT_EQUAL(bytes[0], cons ? 0x5e : 0);
	CU_ASSERT_EQUAL(bytes[23], bytes[0]);
	CU_ASSERT_EQUAL(bytes[24], 0);
	return cons;
}

static struct world *sensing_world(const struct act *act, bool concurrent)
{
	static const u32 ccws[] = { CCW(READ, 0, 4, 0x2000) };
	struct world *w = world_create(act, 1);
	struct ccw_schib schib;

	world_put(w, 0x1000, ccws, 2);
	machine_stsch(w->m, w->sid, &schib);
	if (concurrent)
		schib.pmcw.word[6] |= cpu_to_be32(PMCW6_S);
	CU_ASSERT_EQUAL(machine_msch(w->m, w->sid, &schib), 0);
	return w;
}

static void test_concurrent_sense(void)
{
	static const struct {
		const char *name;
		bool concurrent;
		struct act act;
		bool sensed;
	} cases[] = {
		{ "refused", true, UNIT_CHECK, true },
		{ "failed", true, LATE_CHECK, true },
		{ "not wanted", false, LATE_CHECK, false },
		{ "nothing to ask for", true, MOVES(3), false },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *w = sensing_world(&cases[i].act,
						cases[i].concurrent);
		struct ccw_irb irb;

		world_ssch(w, WORLD_ORB_KEY0, 0x1000);
		world_run(w, 10);
		CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
		if (sensed(&irb) != cases[i].sensed)
			printf("\n%s: concurrent sense\n", cases[i].name);
		CU_ASSERT_EQUAL(sensed(&irb), cases[i].sensed);
		CU_ASSERT_EQUAL(w->device.senses, cases[i].sensed);
		CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 1);
		CU_ASSERT(!sensed(&irb));
		world_destroy(w);
	}
}

/* The device end that follows fails: alert, and sense is fetched then. */
static void test_concurrent_sense_of_the_device_end(void)
{
	static const struct act act = { 0, DEVICE_CHANNEL_END, 4 };
	struct world *w = sensing_world(&act, true);
	struct ccw_irb irb;

	world_ssch(w, WORLD_ORB_KEY0, 0x1000);
	world_run(w, 10);
	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
	CU_ASSERT(!sensed(&irb));
	machine_present(w->m, w->sid, DEVICE_END | DEVICE_UNIT_CHECK);
	world_run(w, 10);
	world_expect(w, "failed later", SCSW0_F | SCSW0_E | SCSW0_SC_SEC |
		     SCSW0_SC_ALERT | SCSW0_SC_PEND, 0x1008,
		     SCSW2_DSTAT_DE | SCSW2_DSTAT_UC);
	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
	CU_ASSERT(sensed(&irb));
	world_destroy(w);
}

static void test_concurrent_sense_unasked(void)
{
	static const struct act act = MOVES(4);
	struct world *w = sensing_world(&act, true);
	struct ccw_irb irb;

	machine_present(w->m, w->sid, DEVICE_ATTENTION | DEVICE_UNIT_CHECK);
	world_run(w, 10);
	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
	CU_ASSERT(sensed(&irb));
	world_destroy(w);
}

#define SUSPENDED	(SCSW0_F | SCSW0_S | SCSW0_FC_START | SCSW0_AC_SUSP)
#define NEWS		(SCSW0_SC_INTER | SCSW0_SC_PEND)

static void world_take(struct world *w)
{
	struct ccw_irb irb;

	CU_ASSERT_EQUAL(machine_tsch(w->m, w->sid, &irb), 0);
}

/* READ at 0x1000, then whatever is at 0x1008 with the flag; the news taken. */
static struct world *suspended_world(const struct act *acts, u32 flags)
{
	u32 ccws[] = { CCW(READ, CC, 4, 0x2000), CCW(NOOP, S, 0, 0) };
	struct world *w = world_create(acts, 2);

	ccws[2] |= flags << 16;
	world_put(w, 0x1000, ccws, 4);
	world_ssch(w, WORLD_ORB_KEY0 | ORB1_S, 0x1000);
	world_run(w, 10);
	world_expect(w, "suspended", SUSPENDED | NEWS, 0x1010,
		     flags ? SCSW2_CSTAT_PCI : 0);
	world_take(w);
	return w;
}

static void test_suspend_and_resume(void)
{
	static const u32 resumed[] = { CCW(NOOP, 0, 0, 0) };
	static const struct act acts[] = { MOVES(4), IMMEDIATE };
	struct world *w = suspended_world(acts, 0);

	CU_ASSERT_EQUAL(w->device.selected, 1);
	world_put(w, 0x1008, resumed, 2);
	CU_ASSERT_EQUAL(machine_rsch(w->m, w->sid), 0);
	world_expect(w, "resume pending", SUSPENDED | SCSW0_AC_RESUME, 0x1010,
		     0);
	world_run(w, 10);
	world_expect(w, "ended", SCSW0_F | SCSW0_S | SCSW0_FC_START | PS,
		     0x1010, CE_DE);
	CU_ASSERT_EQUAL(w->device.selected, 2);
	CU_ASSERT_EQUAL(w->interruptions, 2);
	world_destroy(w);
}

/* Resumed with the flag still on, it stays suspended, and nobody is told. */
static void test_resumed_too_early(void)
{
	static const struct act acts[] = { MOVES(4), IMMEDIATE };
	static const u32 flags[] = { 0, PCI };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		struct world *w = suspended_world(acts, flags[i]);

		CU_ASSERT_EQUAL(machine_rsch(w->m, w->sid), 0);
		CU_ASSERT_EQUAL(machine_rsch(w->m, w->sid), 2);
		world_run(w, 10);
		world_expect(w, "suspended still", SUSPENDED, 0x1010, 0);
		CU_ASSERT_EQUAL(w->interruptions, 1);
		CU_ASSERT_EQUAL(w->device.selected, 1);
		CU_ASSERT_EQUAL(machine_rsch(w->m, w->sid), 0);
		world_destroy(w);
	}
}

/* The CCW that suspended may come back as anything. */
static void test_resumed_with_another_ccw(void)
{
	static const struct {
		const char *name;
		u32 ccws[8];		/* from 0x1008 on */
		u32 word0, cpa, word2;
		unsigned int selected;
	} cases[] = {
		{ "a jump", { TIC(0x1018), 0, 0, CCW(NOOP, 0, 0, 0) },
		  SCSW0_SC_PRIM | SCSW0_SC_SEC | SCSW0_SC_PEND, 0x1020, CE_DE,
		  2 },
		{ "a jump to a jump", { TIC(0x1018), 0, 0, TIC(0x1000) },
		  APS, 0x1020, PROG, 1 },
		{ "a jump to another one that suspends",
		  { TIC(0x1018), 0, 0, CCW(NOOP, S, 0, 0) },
		  SCSW0_AC_SUSP | NEWS, 0x1020, 0, 1 },
		{ "no command", { 0, 0 }, APS, 0x1010, PROG, 1 },
		{ "a jump to itself", { TIC(0x1008) }, APS, 0x1010, PROG, 1 },
	};
	static const struct act acts[] = { MOVES(4), IMMEDIATE };
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *w = suspended_world(acts, 0);

		world_put(w, 0x1008, cases[i].ccws, 8);
		CU_ASSERT_EQUAL(machine_rsch(w->m, w->sid), 0);
		CU_ASSERT(world_run(w, 10) < 10);
		world_expect(w, cases[i].name, SCSW0_F | SCSW0_S |
			     SCSW0_FC_START | cases[i].word0, cases[i].cpa,
			     cases[i].word2);
		CU_ASSERT_EQUAL(w->device.selected, cases[i].selected);
		CU_ASSERT_EQUAL(w->interruptions, 2);
		world_destroy(w);
	}
}

/* The first CCW suspends, and becomes a jump, as no first CCW may be. */
static void test_resumed_at_the_first_ccw(void)
{
	static const u32 ccws[] = { CCW(NOOP, S, 0, 0), CCW(NOOP, 0, 0, 0) };
	static const u32 tic[] = { TIC(0x1008) };
	static const struct act act = IMMEDIATE;
	struct world *w = world_create(&act, 1);

	world_put(w, 0x1000, ccws, 4);
	world_ssch(w, WORLD_ORB_KEY0 | ORB1_S, 0x1000);
	world_run(w, 10);
	world_expect(w, "suspended", SUSPENDED | NEWS, 0x1008, 0);
	world_take(w);
	world_put(w, 0x1000, tic, 2);
	CU_ASSERT_EQUAL(machine_rsch(w->m, w->sid), 0);
	world_run(w, 10);
	world_expect(w, "ended", SCSW0_F | SCSW0_S | SCSW0_FC_START | PS,
		     0x1010, CE_DE);
	world_destroy(w);
}

/* A jump led to the CCW that suspends; it becomes a jump, as the first one. */
static void test_resumed_behind_a_jump(void)
{
	static const u32 ccws[] = {
		CCW(READ, CC, 4, 0x2000), TIC(0x1018), 0, 0,
		CCW(NOOP, S, 0, 0), CCW(NOOP, 0, 0, 0),
	};
	static const u32 tic[] = { TIC(0x1020) };
	static const struct act acts[] = { MOVES(4), IMMEDIATE };
	struct world *w = world_create(acts, 2);

	world_put(w, 0x1000, ccws, 10);
	world_ssch(w, WORLD_ORB_KEY0 | ORB1_S, 0x1000);
	world_run(w, 10);
	world_expect(w, "suspended", SUSPENDED | NEWS, 0x1020, 0);
	world_take(w);
	CU_ASSERT_EQUAL(machine_rsch(w->m, w->sid), 0);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->interruptions, 1);
	world_put(w, 0x1018, tic, 2);
	CU_ASSERT_EQUAL(machine_rsch(w->m, w->sid), 0);
	world_run(w, 10);
	world_expect(w, "ended", SCSW0_F | SCSW0_S | SCSW0_FC_START | PS,
		     0x1028, CE_DE);
	world_destroy(w);
}

static void test_suspend_in_silence(void)
{
	static const u32 ccws[] = { CCW(NOOP, S, 0, 0) };
	static const u32 with_pci[] = { CCW(NOOP, S | PCI, 0, 0) };
	static const struct act act = IMMEDIATE;
	struct world *w = world_create(&act, 1);

	world_put(w, 0x1000, ccws, 2);
	world_ssch(w, WORLD_ORB_KEY0 | ORB1_S | ORB1_U, 0x1000);
	world_run(w, 10);
	world_expect(w, "suspended", SCSW0_F | SCSW0_S | SCSW0_U |
		     SCSW0_FC_START | SCSW0_AC_SUSP, 0x1008, 0);
	CU_ASSERT_EQUAL(w->interruptions, 0);
	CU_ASSERT_EQUAL(machine_rsch(w->m, w->sid), 0);
	world_destroy(w);

	/* PCI is a wish of its own */
	w = world_create(&act, 1);
	world_put(w, 0x1000, with_pci, 2);
	world_ssch(w, WORLD_ORB_KEY0 | ORB1_S | ORB1_U, 0x1000);
	world_run(w, 10);
	world_expect(w, "suspended, PCI", SUSPENDED | SCSW0_U | NEWS, 0x1008,
		     SCSW2_CSTAT_PCI);
	CU_ASSERT_EQUAL(w->interruptions, 1);
	world_destroy(w);
}

/* PCI in each link of a chain: of data, then of commands. */
static void test_interruptions_in_passing(void)
{
	static const u32 ccws[] = {
		CCW(READ, CD | PCI, 4, 0x2000), CCW(0, CC | PCI, 4, 0x2100),
		CCW(NOOP, PCI, 0, 0),
	};
	static const struct act acts[] = { MOVES(8), IMMEDIATE };
	u32 running = SCSW0_F | SCSW0_FC_START | NEWS;
	struct world *w = world_create(acts, 2);

	world_put(w, 0x1000, ccws, 6);
	world_ssch(w, WORLD_ORB_KEY0, 0x1000);
	world_run(w, 1);
	world_expect(w, "first", running | SCSW0_AC_SCH | SCSW0_AC_DEV, 0x1008,
		     SCSW2_CSTAT_PCI);
	world_take(w);
	world_run(w, 1);
	world_expect(w, "second", running | SCSW0_AC_SCH | SCSW0_AC_DEV,
		     0x1010, SCSW2_CSTAT_PCI);
	world_run(w, 1);
	world_expect(w, "third joins the second, and the end",
		     SCSW0_F | SCSW0_FC_START | PS | SCSW0_SC_INTER, 0x1018,
		     CE_DE | SCSW2_CSTAT_PCI);
	CU_ASSERT_EQUAL(w->interruptions, 2);
	world_destroy(w);
}

/* What a trace can say of a program of two CCWs, event by event. */
static void test_events(void)
{
	static const u32 ccws[] = { CCW(READ, CC | SLI, 8, 0x2000),
				    CCW(NOOP, SLI, 1, 0) };
	static const struct act acts[] = { MOVES(5), IMMEDIATE };
	static const enum machine_event_kind expected[] = {
		MACHINE_EV_INSN, MACHINE_EV_FUNCTION, MACHINE_EV_CCW,
		MACHINE_EV_DATA, MACHINE_EV_DEVICE, MACHINE_EV_CCW,
		MACHINE_EV_DEVICE, MACHINE_EV_PENDING,
	};
	struct world *w = world_create(acts, 2);
	unsigned int i;

	world_put(w, 0x1000, ccws, 4);
	world_ssch(w, WORLD_ORB_KEY0, 0x1000);
	world_run(w, 10);
	CU_ASSERT_EQUAL(w->happened, 8);
	for (i = 0; i < 8; i++) {
		CU_ASSERT_EQUAL(w->events[i].kind, expected[i]);
		CU_ASSERT_EQUAL(w->events[i].sid, w->sid);
	}
	CU_ASSERT_EQUAL(w->events[1].function, SCSW0_FC_START);
	CU_ASSERT_EQUAL(w->events[2].ccw.address, 0x1000);
	CU_ASSERT_EQUAL(w->events[2].ccw.format, 1);
	CU_ASSERT_EQUAL(w->events[2].ccw.command, READ);
	CU_ASSERT_EQUAL(w->events[2].ccw.flags, CC | SLI);
	CU_ASSERT_EQUAL(w->events[2].ccw.count, 8);
	CU_ASSERT_EQUAL(w->events[2].ccw.cda, 0x2000);
	CU_ASSERT_EQUAL(be32_to_cpu(w->events[2].ccw.raw.word[0]), ccws[0]);
	CU_ASSERT_EQUAL(w->events[3].data.absolute, 0x2000);
	CU_ASSERT_EQUAL(w->events[3].data.length, 5);
	CU_ASSERT(w->events[3].data.to_storage);
	CU_ASSERT_EQUAL(w->events[6].dstat, END);
	CU_ASSERT_EQUAL(be32_to_cpu(w->events[7].scsw.word[1]), 0x1010);
	world_destroy(w);
}

/* What the book shows of programs[], as a table. */

static const char *command_name(u8 command)
{
	static char other[3];

	switch (command) {
	case READ:
		return "READ";
	case WRITE:
		return "WRITE";
	case NOOP:
		return "NOOP";
	case BACKWARD:
		return "READ BACKWARD";
	}
	snprintf(other, sizeof(other), "%02X", command);
	return command ? other : "";
}

/* A CCW of format 1. Places that say nothing are left out. */
static void print_ccw(const u32 *ccw, bool continues)
{
	static const char *const flags[] = { "MIDA", "S", "IDA", "PCI", "skip",
					     "SLI", "CC", "CD" };
	bool telling = ccw[1] > 0x2200 && !(ccw[0] & SKIP << 16);
	int bit;

	if (ccw[0] >> 24 == 8) {
		printf("TIC to `%x`", ccw[1]);
		return;
	}
	if (!continues)
		printf("%s ", command_name(ccw[0] >> 24));
	for (bit = 7; bit >= 0; bit--)
		if (ccw[0] & BIT(16 + bit))
			printf("%s ", flags[bit]);
	printf("%u", (u16)ccw[0]);
	if (telling || ccw[0] >> 24 == BACKWARD)
		printf(" at `%x`", ccw[1]);
}

/* From the first one to the last that does not chain; gaps are named. */
static void print_ccws(const struct program *p)
{
	bool continues = false, gap = false;
	unsigned int i;

	if (p->orb1 & ORB1_KEY)
		printf("key %u: ", p->orb1 >> 28);
	for (i = 0; i < 16; i += 2) {
		if (!p->ccws[i] && !p->ccws[i + 1] && !continues) {
			gap = true;
			continue;
		}
		if (i)
			printf(gap ? "; at `%x`: " : ", ", 0x1000 + 4 * i);
		print_ccw(&p->ccws[i], continues);
		gap = false;
		continues = p->ccws[i] & (u32)CD << 16;
	}
}

static void print_act(const struct act *act)
{
	u32 bytes = act->bytes & 0xffff;

	if (act->initial == DEVICE_UNIT_CHECK)
		printf("refuses");
	else if (act->initial)
		printf("at once");
	else
		printf("%u bytes", bytes);
	if (act->bytes >> 16)
		printf(", %u at a time", act->bytes >> 16);
	if ((act->ending & DEVICE_RETRY) == DEVICE_RETRY)
		printf(", and wants it again");
	else if (act->ending & DEVICE_STATUS_MODIFIER)
		printf(", with status modifier");
}

static void print_status(u32 word2)
{
	static const struct {
		u32 bit;
		const char *name;
	} names[] = {
		{ SCSW2_DSTAT_UC, "unit check" }, { IL, "incorrect length" },
		{ PROG, "program check" }, { PROT, "protection check" },
	};
	const char *comma = "";
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(word2 & names[i].bit))
			continue;
		printf("%s%s", comma, names[i].name);
		comma = ", ";
	}
	printf("%s", *comma ? "" : "good");
}

static int print_endings(void)
{
	const struct program *p, *end = programs + sizeof(programs) /
						   sizeof(programs[0]);
	unsigned int i;

	printf("| program | device | status | address | left |\n"
	       "| --- | --- | --- | --- | --: |\n");
	for (p = programs; p < end; p++) {
		if (*p->name != '*')
			continue;
		printf("| ");
		print_ccws(p);
		printf(" | ");
		for (i = 0; i < (p->commands ?: 1); i++) {
			printf("%s", i ? ", then " : "");
			print_act(&p->acts[i]);
		}
		printf(" | ");
		print_status(p->word2);
		printf(" | `%x` | %u |\n", p->cpa, (u16)p->word2);
	}
	return 0;
}

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "programs", test_programs },
		{ "channel-program address", test_channel_program_address },
		{ "chain runs out of storage", test_chain_runs_out_of_storage },
		{ "data arrive where they belong",
		  test_data_arrive_where_they_belong },
		{ "output is gathered", test_output_is_gathered },
		{ "skip stores nothing", test_skip_stores_nothing },
		{ "skip is nothing to a write",
		  test_skip_is_nothing_to_a_write },
		{ "largest count", test_largest_count },
		{ "endless program", test_endless_program },
		{ "halt between commands", test_halt_between_commands },
		{ "late status goes on", test_late_status_goes_on },
		{ "late unit check", test_late_unit_check },
		{ "checks", test_checks },
		{ "broken storage keeps its bytes",
		  test_broken_storage_keeps_its_bytes },
		{ "check of the next program is used up",
		  test_check_of_the_next_program_is_used_up },
		{ "concurrent sense", test_concurrent_sense },
		{ "concurrent sense of the device end",
		  test_concurrent_sense_of_the_device_end },
		{ "concurrent sense unasked", test_concurrent_sense_unasked },
		{ "pauses leave no gap", test_pauses_leave_no_gap },
		{ "halt in a pause", test_halt_in_a_pause },
		{ "clear in a pause", test_clear_in_a_pause },
		{ "status in a pause", test_status_in_a_pause },
		{ "retry waits for device end",
		  test_retry_waits_for_device_end },
		{ "endless retry", test_endless_retry },
		{ "busy", test_busy },
		{ "initial-status interruption",
		  test_initial_status_interruption },
		{ "initial status after a resume",
		  test_initial_status_after_a_resume },
		{ "first PCI waits for the device",
		  test_first_pci_waits_for_the_device },
		{ "MIDAWs take records apart", test_midaws_take_records_apart },
		{ "bytes before a bad address arrive",
		  test_bytes_before_a_bad_address_arrive },
		{ "suspend and resume", test_suspend_and_resume },
		{ "resumed too early", test_resumed_too_early },
		{ "resumed with another CCW", test_resumed_with_another_ccw },
		{ "resumed at the first CCW", test_resumed_at_the_first_ccw },
		{ "resumed behind a jump", test_resumed_behind_a_jump },
		{ "interruptions in passing", test_interruptions_in_passing },
		{ "suspend in silence", test_suspend_in_silence },
		{ "events", test_events },
		CU_TEST_INFO_NULL,
	};

	if (argc == 2 && !strcmp(argv[1], "--endings"))
		return print_endings();
	return suite_main(argc, argv, "channel", tests);
}
