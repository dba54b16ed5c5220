/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The benchmark of channel subsystems as a program without an operating
 * system, for QEMU and Hercules: enables the first subchannel that has the
 * device asked for, starts a long chain of SENSE CCWs over and over, then
 * NO OPERATION by itself, and prints by SCLP how long the best round took.
 *
 * The image is loaded at 0. It is entered in either architecture mode, at
 * start, by the PSW in its first doubleword or by the address in it.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#include "work.h"

#define SUBCHANNELS	64	/* that are asked whether they have a device */
#define SID_ONE		0x00010000u

struct schib {
	u32 word[13];
};

struct orb {
	u32 parameter, how, program;
};

struct ccw {
	u8 command, flags;
	u16 count;
	u32 data;
};

/* The operand of an I/O instruction is in general register 1. */
static int stsch(u32 sid, struct schib *schib)
{
	register u32 one asm("1") = sid;
	int cc;

	asm volatile("stsch %1\n\tipm %0\n\tsrl %0,28"
		     : "=d" (cc), "=Q" (*schib) : "d" (one) : "cc");
	return cc;
}

static int msch(u32 sid, const struct schib *schib)
{
	register u32 one asm("1") = sid;
	int cc;

	asm volatile("msch %1\n\tipm %0\n\tsrl %0,28"
		     : "=d" (cc) : "Q" (*schib), "d" (one) : "cc");
	return cc;
}

static int ssch(u32 sid, const struct orb *orb)
{
	register u32 one asm("1") = sid;
	int cc;

	asm volatile("ssch %1\n\tipm %0\n\tsrl %0,28"
		     : "=d" (cc) : "Q" (*orb), "d" (one) : "cc", "memory");
	return cc;
}

static int tsch(u32 sid, u32 irb[24])
{
	register u32 one asm("1") = sid;
	int cc;

	asm volatile("tsch %1\n\tipm %0\n\tsrl %0,28"
		     : "=d" (cc), "=Q" (*(u32 (*)[24])irb)
		     : "d" (one) : "cc", "memory");
	return cc;
}

/* Microseconds times 4096, by the TOD clock. */
static u64 clock(void)
{
	u64 tod;

	asm volatile("stck %0" : "=Q" (tod) : : "cc");
	return tod;
}

/* ---- a line of text for the operator ---- */

/* Read by the service processor: an event, a message in it, a line in that. */
static struct {
	u16 length;
	u8 function, control[3];
	u16 response;
	struct {
		u16 length;
		u8 type, flags;
		u16 reserved;
	} event;
	struct {
		u16 length, type, tag[2], revision[2];
	} message;
	struct {
		u16 length, type;
		u8 origin[52];
	} general;
	struct {
		u16 length, type, flags;
		u8 reserved[4], text[64];
	} line;
} sccb __attribute__((aligned(4096))) = {
	.event = { .type = 2 },			/* a message */
	.message = { .type = 1, .tag = { 0xd4c4, 0xc240 }, .revision = { 0, 1 } },
	.general = { .length = sizeof(sccb.general), .type = 1 },
	.line = { .type = 4, .flags = 0x1000 },	/* text, which ends here */
};

#define SCLP_WRITE		0x00760005u
#define SCLP_WRITE_MASK		0x00780005u
extern void wait_for_service(void);	/* start.S */

static void service(u32 command, void *block)
{
	int cc;

	do
		asm volatile(".insn rre,0xb2200000,%1,%2\n\tipm %0\n\tsrl %0,28"
			     : "=d" (cc) : "d" (command), "a" (block)
			     : "cc", "memory");
	while (cc == 2);
	if (!cc)
		wait_for_service();
}

/* Letters and digits, in EBCDIC. */
static u8 ebcdic(char c)
{
	if (c >= '0' && c <= '9')
		return 0xf0 + c - '0';
	if (c >= 'a' && c <= 'i')
		return 0x81 + c - 'a';
	if (c >= 'j' && c <= 'r')
		return 0x91 + c - 'j';
	if (c >= 's' && c <= 'z')
		return 0xa2 + c - 's';
	return 0x40;
}

static void print(const char *text)
{
	u32 length = 0;

	for (; text[length]; length++)
		sccb.line.text[length] = ebcdic(text[length]);
	sccb.line.length = sizeof(sccb.line) - sizeof(sccb.line.text) + length;
	sccb.message.length = sizeof(sccb.message) + sizeof(sccb.general) +
			      sccb.line.length;
	sccb.event.length = sizeof(sccb.event) + sccb.message.length;
	sccb.event.flags = 0;
	sccb.length = 8 + sccb.event.length;
	sccb.response = 0;
	service(SCLP_WRITE, &sccb);
}

/* Tell the service processor that we send messages and receive nothing. */
static void announce(void)
{
	static struct {
		u16 length;
		u8 function, control[3];
		u16 response;
		u16 reserved, mask_length;
		u32 receive, send, may_send, may_receive;
	} masks __attribute__((aligned(4096)));

	masks.length = sizeof(masks);
	masks.mask_length = sizeof(masks.send);
	masks.send = 1u << (32 - sccb.event.type);
	service(SCLP_WRITE_MASK, &masks);
}

static char *put_word(char *to, const char *word)
{
	while (*word)
		*to++ = *word++;
	*to++ = ' ';
	*to = 0;
	return to;
}

static char *put_number(char *to, u64 number)
{
	char digits[20];
	int n = 0;

	do
		digits[n++] = '0' + number % 10;
	while (number /= 10);
	while (n)
		*to++ = digits[--n];
	*to++ = ' ';
	*to = 0;
	return to;
}

/* ---- the work ---- */

static struct ccw chain[WORK_CCWS] __attribute__((aligned(4096)));
static struct ccw noop __attribute__((aligned(8))) = {
	WORK_NOOP, WORK_SLI, 1, 0
};
static u8 area[WORK_CCWS][WORK_APART] __attribute__((aligned(4096)));
static struct orb orb = { 0, WORK_ORB, 0 };
static u32 irb[24];

static void make_chain(void)
{
	for (u32 i = 0; i < WORK_CCWS; i++)
		chain[i] = (struct ccw){ WORK_SENSE,
			WORK_SLI | (i < WORK_CCWS - 1 ? WORK_CHAIN : 0),
			WORK_BYTES, (u32)(u64)area[i] };
}

/* The first subchannel with this device, enabled; 0: none. */
static u32 find(u16 device)
{
	struct schib schib;

	for (u32 sid = SID_ONE; sid < SID_ONE + SUBCHANNELS; sid++) {
		if (stsch(sid, &schib) == 3)
			return 0;
		if ((schib.word[1] & 0x1ffff) != (0x10000u | device))
			continue;
		schib.word[1] |= 0x00800000;	/* enabled */
		return msch(sid, &schib) ? 0 : sid;
	}
	return 0;
}

/* Start the program and take its end. Return: whether all went well. */
static int run(u32 sid, const struct ccw *program)
{
	orb.program = (u32)(u64)program;
	if (ssch(sid, &orb))
		return 0;
	while (tsch(sid, irb))
		;
	return (irb[2] & 0xffff0000) == 0x0c000000;
}

/* Print in how little time so many programs have been run, of many rounds. */
static int measure(const char *what, u32 sid, const struct ccw *program,
		   u32 programs, u32 each)
{
	char text[64], *to = put_word(text, what);
	u64 best = ~0ull, began;

	for (u32 round = 0; round < WORK_ROUNDS; round++) {
		began = clock();
		for (u32 i = 0; i < programs; i++)
			if (!run(sid, program))
				return 0;
		began = clock() - began;
		best = began < best ? began : best;
	}
	to = put_number(to, (u64)programs * each);
	put_number(to, best * 1000 / 4096);
	print(text);
	return 1;
}

void benchmark(void)
{
	u32 sid = find(WORK_DEVICE);

	announce();
	make_chain();
	if (!sid)
		print("no such device");
	else if (!measure("ccws", sid, chain, WORK_CHAINS, WORK_CCWS) ||
		 !measure("pairs", sid, &noop, WORK_PAIRS, 1))
		print("a program failed");
	print("benchmark over");
}
