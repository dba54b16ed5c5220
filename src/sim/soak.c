// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stories made up by chance: written, played, and made shorter.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>
#include "sim.h"
#include "soak.h"

#define PROGRAMS	0x1000	/* four of them, 0x100 bytes apart */
#define LISTS		0x4000	/* of indirect data addresses */
#define MIDAWS		0x5000	/* of those that have a count as well */
#define BUFFERS		0x8000	/* what programs read into, 0x9000 included */

#define DEEDS	24	/* of each party, in one story */

/* Whoever waits for something may have it, and time to go on. */
#define THE_END \
	"then\n" \
	"device: release => anything\n" \
	"machine: path on => anything\n" \
	"machine: back => anything\n" \
	"admin: vary on => anything\n" \
	"vmm: wait 20 => anything\n"

#define MOST_STEPS	30000000

#define SEEDS	10	/* orders in which a text is tried, and more if short */

struct pen {
	FILE *out;
	u32 chance;
};

static u32 draw(struct pen *pen, u32 below)
{
	pen->chance ^= pen->chance << 13;
	pen->chance ^= pen->chance >> 17;
	pen->chance ^= pen->chance << 5;
	return pen->chance % below;
}

static u32 first_chance(u64 seed)
{
	u64 mixed = (seed + 1) * 0x9e3779b97f4a7c15;

	return (u32)(mixed >> 32 ^ mixed) | 1;
}

static void write_wait(struct pen *pen)
{
	u32 ms = draw(pen, 2) ? draw(pen, 3) : draw(pen, 20);

	fprintf(pen->out, "vmm: wait %u => anything\n", ms);
}

static void write_ccw(struct pen *pen, u32 program, unsigned int i)
{
	static const char * const commands[] = {
		"sense-id", "noop", "sense", "read-buffer", "write", "0",
	};
	static const char * const flags[] = {
		"sli cc", "sli cc", "sli cc", "sli cd", "sli cc suspend",
		"sli cc pci", "sli", "sli cc ida", "ida", "cd", "",
		"sli cc mida",
	};
	const char *command = commands[draw(pen, ARRAY_SIZE(commands))];
	const char *flag = flags[draw(pen, ARRAY_SIZE(flags))];
	u32 count = 1 + draw(pen, 0x3000);
	u32 data = BUFFERS + draw(pen, 0x3000);

	if (strstr(flag, "ida"))
		data = strstr(flag, "mida") ? MIDAWS : LISTS;
	fprintf(pen->out, "guest: ccw %#x %s to %#x count %u %s => anything\n",
		program + 8 * i, command, data, count, flag);
}

static void write_tic(struct pen *pen, u32 program, unsigned int i)
{
	u32 where = draw(pen, 4) ? i + 1 + draw(pen, 3) : draw(pen, 6);
	u32 target = program + 8 * where;

	fprintf(pen->out, "guest: ccw %#x tic to %#x => anything\n",
		program + 8 * i, target);
}

static void write_list(struct pen *pen)
{
	u32 first = BUFFERS + draw(pen, 0x1000);

	fprintf(pen->out, "guest: idaws %#x format 2 to %#x %#x %#x %#x"
		" => anything\n", LISTS, first, BUFFERS + 0x1000,
		BUFFERS + 0x3000, BUFFERS + 0x2000);
	fprintf(pen->out, "guest: midaw %#x to %#x count %u => anything\n",
		MIDAWS, first, 1 + first % 0x1000);
	fprintf(pen->out, "guest: midaw %#x to %#x count 4096 last"
		" => anything\n", MIDAWS + 16, BUFFERS + 0x1000);
}

static void write_start(struct pen *pen)
{
	static const char * const orbs[] = {
		"prefetch format-2-idaws", "suspend",
		"prefetch suspend format-2-idaws", "plain",
		"prefetch suspend format-2-idaws 2k-idaws", "transport",
		"prefetch mida format-2-idaws",
	};
	u32 program = PROGRAMS + 0x100 * draw(pen, 4);
	unsigned int i, ccws = 1 + draw(pen, 6);

	fprintf(pen->out, "guest: orb %s => anything\n",
		orbs[draw(pen, ARRAY_SIZE(orbs))]);
	for (i = 0; i < ccws; i++) {
		if (draw(pen, 8))
			write_ccw(pen, program, i);
		else
			write_tic(pen, program, i);
	}
	if (!draw(pen, 4))
		write_list(pen);
	fprintf(pen->out, "vmm: start %#x => anything\n", program);
}

static void write_unmap(struct pen *pen)
{
	fputs("vmm: unmap 0x9000 size 0x1000 => anything\n", pen->out);
	if (draw(pen, 2))
		write_wait(pen);
	fprintf(pen->out, "vmm: map 0x9000 size 0x1000 %s=> anything\n",
		draw(pen, 3) ? "" : "read-only ");
}

static void write_cc(struct pen *pen)
{
	static const char * const instructions[] = {
		"ssch", "hsch", "msch", "rsch", "xsch",
	};
	u32 which = draw(pen, ARRAY_SIZE(instructions));
	u32 cc = 1 + draw(pen, 2);

	fprintf(pen->out, "machine: next %s cc %u => anything\n",
		instructions[which], cc);
}

static void write_failure(struct pen *pen)
{
	static const char * const calls[] = {
		"allocation", "pin", "copy", "fetch",
	};
	u32 which = draw(pen, ARRAY_SIZE(calls));
	u32 nth = 1 + draw(pen, 8);

	fprintf(pen->out, "host: fail %s nth %u => anything\n", calls[which],
		nth);
}

#define KINDS	18	/* of deeds, at most */

struct party {
	const char *name;
	struct deed {
		unsigned int weight;
		const char *lines;	/* or NULL: */
		void (*write)(struct pen *pen);
	} deed[KINDS];
	const char *last;		/* what it does in the end */
};

#define USER { \
	{ 6, NULL, write_start }, { 4, NULL, write_wait }, \
	{ 4, "vmm: interrupt => anything\n", NULL }, \
	{ 2, "vmm: read io => anything\n", NULL }, \
	{ 1, "vmm: schib => anything\n", NULL }, \
	{ 1, "vmm: crw => anything\n", NULL }, \
	{ 2, "vmm: halt => anything\n", NULL }, \
	{ 2, "vmm: clear => anything\n", NULL }, \
	{ 2, "vmm: resume => anything\n", NULL }, \
	{ 1, "vmm: cancel => anything\n", NULL }, \
	{ 1, "vmm: reset => anything\n", NULL }, \
	{ 1, "vmm: disarm io => anything\nvmm: arm io => anything\n", NULL }, \
	{ 1, NULL, write_unmap }, \
}

#define OPEN \
	"vmm: open => anything\n" \
	"vmm: unmap 0 size 0x100000 => anything\n" \
	"vmm: map 0 size 0x9000 => anything\n" \
	"vmm: map 0x9000 size 0x1000 => anything\n" \
	"vmm: map 0xa000 size 0xf6000 => anything\n" \
	"vmm: reset => anything\n"

#define OWNER { \
	{ 1, "vmm: close => anything\n", NULL }, \
	{ 1, "vmm: die => anything\n", NULL }, \
	{ 4, OPEN, NULL }, { 12, NULL, write_wait }, \
}

#define DEVICE { \
	{ 3, "device: hold => anything\n", NULL }, \
	{ 1, "device: deaf => anything\n", NULL }, \
	{ 1, "device: silent => anything\n", NULL }, \
	{ 1, "device: modify => anything\n", NULL }, \
	{ 8, "device: release => anything\n", NULL }, \
	{ 2, "device: attention => anything\n", NULL }, \
	{ 2, "device: double => anything\n", NULL }, \
	{ 1, "device: presents device-end => anything\n", NULL }, \
	{ 1, "device: presents channel-end unit-check => anything\n", NULL }, \
	{ 1, "device: unit-check 80 => anything\n", NULL }, \
	{ 1, "device: retry => anything\n", NULL }, \
	{ 1, "device: busy 1 => anything\n", NULL }, \
	{ 1, "device: busy 1 control-unit => anything\n", NULL }, \
	{ 1, "device: delay 2 => anything\n", NULL }, \
	{ 1, "device: length 5 => anything\n", NULL }, \
	{ 1, "device: data-check 5 => anything\n", NULL }, \
	{ 14, NULL, write_wait }, \
}

#define MACHINE { \
	{ 1, "machine: gone => anything\n", NULL }, \
	{ 3, "machine: back => anything\n", NULL }, \
	{ 1, "machine: path off => anything\n", NULL }, \
	{ 3, "machine: path on => anything\n", NULL }, \
	{ 2, NULL, write_cc }, { 10, NULL, write_wait }, \
}

#define BIND \
	"admin: bind => anything\n" \
	"admin: create => anything\n"

#define ADMINISTRATOR { \
	{ 2, "admin: vary off => anything\n", NULL }, \
	{ 3, "admin: vary on => anything\n", NULL }, \
	{ 1, "admin: unbind => anything\n", NULL }, \
	{ 1, "admin: remove => anything\n", NULL }, \
	{ 3, BIND, NULL }, \
	{ 1, "admin: shutdown => anything\n", NULL }, \
	{ 14, NULL, write_wait }, \
}

#define KERNEL { { 1, NULL, write_failure }, { 2, NULL, write_wait } }

static const struct party cast[] = {
	{ "a user", USER, "" },
	{ "another user", USER, "" },
	{ "the owner", OWNER, "vmm: die => anything\n" },
	{ "the device", DEVICE, "" },
	{ "the machine", MACHINE, "" },
	{ "the administrator", ADMINISTRATOR, "" },
	{ "the kernel", KERNEL, "" },
};

static const struct deed *choose(struct pen *pen, const struct party *party)
{
	const struct deed *deed;
	unsigned int which, all = 0;

	for (deed = party->deed; deed < party->deed + KINDS; deed++)
		all += deed->weight;
	which = draw(pen, all);
	for (deed = party->deed; which >= deed->weight; deed++)
		which -= deed->weight;
	return deed;
}

static void write_part(struct pen *pen, const struct party *party)
{
	const struct deed *deed;
	unsigned int i;

	fprintf(pen->out, "meanwhile %s\n", party->name);
	for (i = 0; i < DEEDS; i++) {
		deed = choose(pen, party);
		if (deed->write)
			deed->write(pen);
		else
			fputs(deed->lines, pen->out);
	}
	fputs(party->last, pen->out);
}

char *soak_story(u64 seed)
{
	struct pen pen = { .chance = first_chance(seed) };
	char *text = NULL;
	size_t size, i;

	pen.out = open_memstream(&text, &size);
	if (!pen.out)
		return NULL;
	fprintf(pen.out, "scenario story %llu\nneeds 3270 hold faults\n" OPEN,
		(unsigned long long)seed);
	for (i = 0; i < ARRAY_SIZE(cast); i++)
		write_part(&pen, &cast[i]);
	fputs(THE_END, pen.out);
	if (!fclose(pen.out))
		return text;
	free(text);
	return NULL;
}

static void take_failure(const char *said, struct soak_end *end)
{
	const char *line = strstr(said, "FAIL "), *colon;

	if (!line)
		return;
	colon = strstr(line, ": ");
	snprintf(end->what, sizeof(end->what), "%.*s",
		 (int)strcspn(colon + 2, "\n"), colon + 2);
	end->kind = isdigit((unsigned char)colon[-1]) ? strlen(end->what) :
							strcspn(end->what, ":(");
}

int soak_tell(const char *text, const struct sim_config *config,
	      struct soak_end *end)
{
	struct sim_config mine = *config;
	struct sim *sim;

	*end = (struct soak_end){ 0 };
	mine.watched = true;
	mine.most_steps = config->most_steps ?: MOST_STEPS;
	sim = sim_load(&mine, "story", text, strlen(text), NULL);
	if (!sim)
		return -EINVAL;
	sim_play(sim);
	end->steps = sim->steps;
	take_failure(sim_report(sim), end);
	sim_destroy(sim);
	return 0;
}

struct lines {
	const char **line;	/* each ends with '\n' */
	bool *out;		/* it has been taken out */
	unsigned int nr;
	char *text;		/* of those that are in */
};

static const char *past_digits(const char *s)
{
	return s + strspn(s, "0123456789");
}

static bool alike(const struct soak_end *one, const struct soak_end *other)
{
	const char *a = past_digits(one->what);
	const char *b = past_digits(other->what);

	while (a < one->what + one->kind && *a == *b) {
		a = past_digits(a + 1);
		b = past_digits(b + 1);
	}
	return one->kind && a >= one->what + one->kind &&
	       b >= other->what + other->kind;
}

static unsigned int count_lines(const char *text)
{
	unsigned int nr = 0;

	for (; (text = strchr(text, '\n')); text++)
		nr++;
	return nr;
}

static int cut(struct lines *lines, const char *text)
{
	unsigned int i;

	*lines = (struct lines){ .nr = count_lines(text) };
	lines->line = calloc(lines->nr, sizeof(*lines->line));
	lines->out = calloc(lines->nr, sizeof(*lines->out));
	lines->text = malloc(strlen(text) + 1);
	if (!lines->line || !lines->out || !lines->text)
		return -ENOMEM;
	for (i = 0; i < lines->nr; i++) {
		lines->line[i] = text;
		text = strchr(text, '\n') + 1;
	}
	return 0;
}

static unsigned int join(struct lines *lines)
{
	unsigned int i, left = 0;
	char *end = lines->text;

	for (i = 0; i < lines->nr; i++) {
		size_t size = strcspn(lines->line[i], "\n") + 1;

		if (lines->out[i])
			continue;
		memcpy(end, lines->line[i], size);
		end += size;
		left++;
	}
	*end = '\0';
	return left;
}

static void drop_lines(struct lines *lines)
{
	free(lines->line);
	free(lines->out);
	free(lines->text);
}

static bool fails(struct lines *lines, struct soak_case *found)
{
	struct sim_config config = {
		.most_steps = 2 * found->end.steps + 1000,
	};
	const u64 last = found->seed;
	struct soak_end end;
	u64 i, seeds;

	seeds = SEEDS + 1000 / (1 + join(lines));
	for (i = 0; i < seeds; i++) {
		config.seed = i == 0 ? 0 : i == 1 ? last : i - 1;
		if (soak_tell(lines->text, &config, &end))
			return false;
		if (!alike(&end, &found->end))
			continue;
		found->seed = config.seed;
		found->end = end;
		return true;
	}
	return false;
}

static bool take_out(struct lines *lines, struct soak_case *found,
		     unsigned int first, unsigned int size)
{
	bool before[size], any = false;
	unsigned int i;

	for (i = 0; i < size && first + i < lines->nr; i++) {
		before[i] = lines->out[first + i];
		lines->out[first + i] = true;
		any |= !before[i];
	}
	if (any && fails(lines, found))
		return true;
	while (i--)
		lines->out[first + i] = before[i];
	return false;
}

static bool round_of(struct lines *lines, struct soak_case *found,
		     unsigned int size)
{
	unsigned int first = (lines->nr - 1) / size * size;
	bool any = false;

	for (;; first -= size) {
		any |= take_out(lines, found, first, size);
		if (!first)
			return any;
	}
}

static void reduce(struct lines *lines, struct soak_case *found,
		   void (*progress)(unsigned int lines))
{
	unsigned int size = lines->nr;
	bool any;

	do {
		size = size > 1 ? size / 2 : 1;
		any = round_of(lines, found, size);
		if (progress)
			progress(join(lines));
	} while (any || size > 1);
}

int soak_shrink(struct soak_case *found,
		void (*progress)(unsigned int lines))
{
	struct lines lines;
	int ret = cut(&lines, found->text);

	if (!ret) {
		reduce(&lines, found, progress);
		join(&lines);
		free(found->text);
		found->text = lines.text;
		lines.text = NULL;
	}
	drop_lines(&lines);
	return ret;
}
