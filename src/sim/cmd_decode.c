// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <linux/bitfield.h>
#include <vfio_ccw_arch.h>

#include "cmd_arch.h"
#include "cmd_decode.h"
#include "device.h"
#include "scenario.h"

#define TITLE(structure, text) static const char structure##_title[] = text;
#define FIELD(...)
#include <fields.h>
#undef TITLE
#undef FIELD

static const struct field {
	const char *prefix;
	unsigned int word;
	u32 mask;
	const char *name;
	const char *text;
} fields[] = {
#define TITLE(...)
#define FIELD(prefix, word, mask, name, text) { prefix, word, mask, name, text },
#include <fields.h>
#undef TITLE
#undef FIELD
};

#define FIELDS	(sizeof(fields) / sizeof(fields[0]))

#define ONE(says, structure, prefix, from, to)				\
	{ .name = says, .title = structure##_title,			\
	  .parts = { { "", prefix, sizeof(struct structure) / 4 } },	\
	  .least = from, .more = to }

static const struct decode_format formats[] = {
	ONE("orb", ccw_orb, "ORB", 12, 32),
	ONE("ccw", ccw_format1, "CCW", 8, 8),
	ONE("ccw0", ccw_format0, "OLD", 8, 8),
	ONE("midaw", ccw_midaw, "MIDAW", 16, 16),
	ONE("scsw", ccw_scsw, "SCSW", 12, 12),
	ONE("pmcw", ccw_pmcw, "PMCW", 28, 28),
	{ .name = "schib", .title = ccw_schib_title,
	  .parts = { { "pmcw", "PMCW", 7 }, { "scsw", "SCSW", 3 },
		     { "model", "", 3 } }, .least = 52, .more = 52 },
	{ .name = "irb", .title = ccw_irb_title,
	  .parts = { { "scsw", "SCSW", 3 }, { "esw", "ESW", 5 },
		     { "ecw", "", 8 }, { "emw", "", 8 } },
	  .least = 64, .more = 96 },
	ONE("crw", ccw_crw, "CRW", 4, 4),
	{ .name = "sense", .title = ccw_sense_title,
	  .parts = { { "", "SENSE", 8 } },
	  .least = 1, .more = 32, .any = true },
};

static const char *const deferred[] = {
	"", "the first command was not accepted: see the status", "reserved",
	"no path to the device",
};
static const char *const sources[] = {
	[2] = "monitoring facility", [3] = "subchannel", [4] = "channel path",
	[9] = "configuration-alert facility", [11] = "channel subsystem",
};
static const char *const news[] = {
	"event information pending", "available", "initialized",
	"temporary error", "installed parameters initialized", "terminal error",
	"permanent error: not initialized", "permanent error: initialized",
	"installed parameters modified",
};
static const char *const limits[] = {
	"", "addresses at or above the limit", "addresses below the limit",
	"reserved",
};
static const char *const measurements[] = {
	"", "connect time", "measurement block", "both",
};
static const char *const types[] = {
	"I/O", "CHSC", "message", "ADM",
};

static void say_paths(char *buf, size_t size, u32 mask)
{
	const char *before = "path";
	int at = 0;

	for (unsigned int path = 0; path < 8; path++)
		if (mask & 0x80 >> path) {
			at += snprintf(buf + at, size - at, "%s %u", before,
				       path);
			before = ",";
		}
}

static void say_count(char *buf, size_t size, u32 count)
{
	snprintf(buf, size, "%u", count);
}

static const char *class_of(u32 command)
{
	static const char *const classes[] = {
		"invalid", "write", "read", "control", "sense", "write", "read",
		"control", "transfer in channel", "write", "read", "control",
		"read backward", "write", "read", "control",
	};

	return classes[command & 0xf];
}

static void say_command(char *buf, size_t size, u32 command)
{
	static const u8 everywhere[] = {
		COMMAND_NO_OPERATION, COMMAND_SENSE, COMMAND_SENSE_ID,
	};
	bool known = memchr(everywhere, command, sizeof(everywhere));

	snprintf(buf, size, "%s%s%s", class_of(command), known ? ": " : "",
		 known ? scenario_command_name(0, command) : "");
}

#define WORDS(list)	.words = list, .nr_words = sizeof(list) / sizeof(list[0])

static const struct explanation {
	const char *prefix;
	unsigned int word;
	u32 mask;
	const char *const *words;
	size_t nr_words;
	void (*say)(char *buf, size_t size, u32 value);
} explanations[] = {
	{ "ORB", 1, ORB1_LPM, .say = say_paths },
	{ "CCW", 0, CCW0_CMD, .say = say_command },
	{ "CCW", 0, CCW0_COUNT, .say = say_count },
	{ "OLD", 0, OLD0_CMD, .say = say_command },
	{ "OLD", 1, OLD1_COUNT, .say = say_count },
	{ "MIDAW", 1, MIDAW1_COUNT, .say = say_count },
	{ "SCSW", 0, SCSW0_CC, WORDS(deferred) },
	{ "SCSW", 2, SCSW2_COUNT, .say = say_count },
	{ "PMCW", 1, PMCW1_LM, WORDS(limits) },
	{ "PMCW", 1, PMCW1_MM, WORDS(measurements) },
	{ "PMCW", 2, PMCW2_LPM, .say = say_paths },
	{ "PMCW", 2, PMCW2_PNOM, .say = say_paths },
	{ "PMCW", 2, PMCW2_LPUM, .say = say_paths },
	{ "PMCW", 2, PMCW2_PIM, .say = say_paths },
	{ "PMCW", 3, PMCW3_POM, .say = say_paths },
	{ "PMCW", 3, PMCW3_PAM, .say = say_paths },
	{ "PMCW", 6, PMCW6_ST, WORDS(types) },
	{ "ESW", 1, ESW1_SCNT, .say = say_count },
	{ "CRW", 0, CRW0_RSC, WORDS(sources) },
	{ "CRW", 0, CRW0_ERC, WORDS(news) },
};

static void explain(char *buf, size_t size, const struct field *field,
		    u32 value)
{
	const struct explanation *e = explanations;
	const struct explanation *end = e + sizeof(explanations) / sizeof(*e);

	buf[0] = '\0';
	while (e < end && (strcmp(e->prefix, field->prefix) ||
			   e->word != field->word || e->mask != field->mask))
		e++;
	if (e == end)
		return;
	if (e->say)
		e->say(buf, size, value);
	else if (value >= e->nr_words || !e->words[value])
		snprintf(buf, size, "no meaning is known");
	else
		snprintf(buf, size, "%s", e->words[value]);
}

const struct decode_format *decode_format(size_t i)
{
	return i < sizeof(formats) / sizeof(formats[0]) ? &formats[i] : NULL;
}

const struct decode_format *decode_find(const char *name)
{
	const struct decode_format *format;

	for (size_t i = 0; (format = decode_format(i)); i++)
		if (!strcmp(format->name, name))
			return format;
	return NULL;
}

bool decode_fits(const struct decode_format *format, size_t size)
{
	if (format->any)
		return size >= format->least && size <= format->more;
	return size == format->least || size == format->more;
}

/* A word of a structure. */
struct word {
	const struct decode_part *part;
	const char *prefix;	/* of its masks */
	unsigned int number;	/* in the part */
	unsigned int bytes;	/* how many of it there are, 1..4 */
	u32 value;
};

/* Where it is printed to. */
struct view {
	FILE *out;
	unsigned int fields;	/* printed so far */
};

typedef void visit(struct view *view, const struct word *word,
		   const struct field *field, const struct field *outer);

static bool has(const struct word *word, const struct field *field)
{
	u32 there = ~0u << 8 * (4 - word->bytes);

	return field->word == word->number && field->mask & there &&
	       !strcmp(field->prefix, word->prefix);
}

static bool lies_in(const struct field *inner, const struct field *outer)
{
	return inner != outer && (inner->mask & outer->mask) == inner->mask;
}

static bool is_inner(const struct word *word, const struct field *field)
{
	for (const struct field *f = fields; f < fields + FIELDS; f++)
		if (has(word, f) && lies_in(field, f))
			return true;
	return false;
}

static u32 visit_fields(struct view *view, const struct word *word,
			visit *visit)
{
	u32 seen = 0;

	for (const struct field *f = fields; f < fields + FIELDS; f++) {
		if (!has(word, f) || is_inner(word, f))
			continue;
		seen |= f->mask;
		visit(view, word, f, NULL);
		for (const struct field *i = fields; i < fields + FIELDS; i++)
			if (has(word, i) && lies_in(i, f))
				visit(view, word, i, f);
	}
	return seen;
}

static void format_bits(char buf[8], u32 mask)
{
	unsigned int first = __builtin_clz(mask);
	unsigned int last = 31 - __builtin_ctz(mask);

	if (first == last)
		snprintf(buf, 8, "%u", first);
	else
		snprintf(buf, 8, "%u-%u", first, last);
}

static u32 value_of(const struct word *word, const struct field *field)
{
	return (word->value & field->mask) >> __builtin_ctz(field->mask);
}

static const char *inner_name(const struct field *field,
			      const struct field *outer)
{
	return field->name + (outer ? strlen(outer->name) + 1 : 0);
}

static void print_field(struct view *view, const struct word *word,
			const struct field *field, const struct field *outer)
{
	unsigned int width = __builtin_popcount(field->mask);
	u32 value = value_of(word, field);
	char bits[8], says[80], number[16];

	format_bits(bits, field->mask);
	explain(says, sizeof(says), field, value);
	if (width == 1)
		snprintf(number, sizeof(number), "%c", value ? '1' : '.');
	else
		snprintf(number, sizeof(number), "0x%0*x", (width + 3) / 4,
			 value);
	fprintf(view->out, "  %5s  %s%-*s %-10s %s%s%s\n", bits,
		outer ? "  " : "", outer ? 6 : 8, inner_name(field, outer),
		number, field->text, *says ? ": " : "", says);
}

static bool is_bare(const struct word *word)
{
	for (const struct field *f = fields; f < fields + FIELDS; f++)
		if (has(word, f))
			return false;
	return true;
}

static void print_word(struct view *view, const struct word *word)
{
	const char *name = word->part->name;
	u32 rest;

	if (!is_bare(word) || !word->number)
		fputc('\n', view->out);
	fprintf(view->out, "%s%sword %u  %0*x\n", name, *name ? " " : "",
		word->number, 2 * word->bytes,
		word->value >> 8 * (4 - word->bytes));
	rest = word->value & ~visit_fields(view, word, print_field);
	if (rest && !is_bare(word) && strcmp(word->prefix, "SENSE"))
		fprintf(view->out, "  outside all fields, where zeros should "
			"be: %08x\n", rest);
}

static void json_field(struct view *view, const struct word *word,
		       const struct field *field, const struct field *outer)
{
	char says[80];

	explain(says, sizeof(says), field, value_of(word, field));
	fprintf(view->out, "%s{\"part\":\"%s\",\"word\":%u,\"first\":%d,"
		"\"last\":%d,\"name\":\"%s\",\"value\":%u,"
		"\"text\":\"%s\",\"says\":\"%s\"}",
		view->fields++ ? "," : "", word->part->name, word->number,
		__builtin_clz(field->mask), 31 - __builtin_ctz(field->mask),
		field->name, value_of(word, field), field->text, says);
}

static void json_word(struct view *view, const struct word *word)
{
	visit_fields(view, word, json_field);
}

static bool has_sense(const struct decode_format *format, const u8 *bytes)
{
	struct ccw_irb irb;

	if (strcmp(format->name, "irb"))
		return false;
	memcpy(&irb, bytes, sizeof(irb.scsw) + sizeof(irb.esw));
	return be32_get_bits(irb.esw[1], ESW1_CONS);
}

static u32 load(const u8 *bytes, unsigned int count)
{
	u8 word[4] = { 0 };

	memcpy(word, bytes, count);
	return (u32)word[0] << 24 | word[1] << 16 | word[2] << 8 | word[3];
}

static void walk(struct view *view, const struct decode_format *format,
		 const u8 *bytes, size_t size,
		 void (*show)(struct view *view, const struct word *word))
{
	const struct decode_part *part = format->parts;
	bool sense = has_sense(format, bytes);
	size_t at = 0;

	for (; part->words; part++)
		for (unsigned int n = 0; n < part->words && at < size; n++) {
			struct word word = { .part = part, .number = n,
				.prefix = part->prefix };

			if (sense && !strcmp(part->name, "ecw"))
				word.prefix = "SENSE";
			word.bytes = size - at < 4 ? size - at : 4;
			word.value = load(bytes + at, word.bytes);
			show(view, &word);
			at += 4;
		}
}

void decode(FILE *out, const struct decode_format *format, const u8 *bytes,
	    size_t size, bool json)
{
	struct view view = { .out = out };

	if (!json) {
		fprintf(out, "%s: %s\n", format->name, format->title);
		walk(&view, format, bytes, size, print_word);
		return;
	}
	fprintf(out, "{\"format\":\"%s\",\"bytes\":\"", format->name);
	for (size_t i = 0; i < size; i++)
		fprintf(out, "%02x", bytes[i]);
	fputs("\",\"fields\":[", out);
	walk(&view, format, bytes, size, json_word);
	fputs("]}\n", out);
}

void decode_bits(char *buf, size_t size, const char *prefix, unsigned int word,
		 u32 mask, u32 value)
{
	const struct field *outer = NULL;
	size_t at = 0;

	snprintf(buf, size, "-");
	for (const struct field *f = fields; f < fields + FIELDS; f++) {
		if (strcmp(f->prefix, prefix) || f->word != word)
			continue;
		if (f->mask == mask)
			outer = f;
		else if (outer && lies_in(f, outer) && value & f->mask)
			at += snprintf(buf + at, at < size ? size - at : 0,
				       "%s%s", at ? " " : "",
				       inner_name(f, outer));
	}
}
