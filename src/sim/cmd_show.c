// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd_sim.h"
#include "cmd_decode.h"
#include "cmd_track.h"

struct digits {
	u8 bytes[DECODE_LONGEST];
	size_t count;		/* digits, not bytes */
	size_t offset;		/* of the next character, from 0 */
};

static bool wrong_digit(const struct digits *digits, int c)
{
	cmd_wrong(&cmd_show, "offset %zu: found '%c', expected a hexadecimal "
		  "digit", digits->offset - 1, isprint(c) ? c : '?');
	return false;
}

static bool take_digit(struct digits *digits, int c)
{
	const char *hex = "0123456789abcdef";
	const char *digit = strchr(hex, tolower(c));
	size_t i = digits->count / 2;

	digits->offset++;
	if (isspace(c))
		return true;
	if (!c || !digit)
		return wrong_digit(digits, c);
	if (i < DECODE_LONGEST)
		digits->bytes[i] = digits->bytes[i] << 4 | (digit - hex);
	digits->count++;
	return true;
}

static bool take_words(struct digits *digits, char **words)
{
	for (; *words; words++) {
		for (const char *c = *words; *c; c++)
			if (!take_digit(digits, (unsigned char)*c))
				return false;
		digits->offset++;
	}
	return true;
}

static bool take_stdin(struct digits *digits)
{
	int c;

	while ((c = getchar()) != EOF)
		if (!take_digit(digits, c))
			return false;
	if (!ferror(stdin))
		return true;
	cmd_wrong(&cmd_show, "standard input: %s", strerror(errno));
	return false;
}

static int wrong_size(const struct decode_format *format, const char *what,
		      size_t found, unsigned int unit)
{
	if (format->least == format->more)
		return cmd_wrong(&cmd_show, "%s: found %zu %s, expected %u",
				 format->name, found, what,
				 unit * format->least);
	return cmd_wrong(&cmd_show, "%s: found %zu %s, expected %u %s %u",
			 format->name, found, what, unit * format->least,
			 format->any ? "to" : "or", unit * format->more);
}

static long read_file(const struct decode_format *format, const char *path,
		      u64 offset, u8 *bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const long least = format->least, more = format->more;
	long size = fd < 0 ? fd : pread(fd, bytes, more, offset);

	if (size < 0)
		cmd_wrong(&cmd_show, "%s: %s", path, errno == ESPIPE ?
			  "found a pipe or a terminal, expected a file" :
			  strerror(errno));
	if (fd >= 0)
		close(fd);
	return !format->any && size < more && size > least ? least : size;
}

struct wishes {
	const char *file;
	u64 offset;
	bool json, has_offset;
};

static int take_options(struct wishes *wishes, int argc, char **argv)
{
	int key;

	while ((key = cmd_option(&cmd_show, argc, argv))) {
		if (key == 'f')
			wishes->file = optarg;
		else if (key == 'j')
			wishes->json = true;
		else if (key != 'o' || !cmd_number(&cmd_show, "--offset",
				optarg, 0, INT64_MAX, &wishes->offset))
			return CMD_WRONG;
		wishes->has_offset |= key == 'o';
	}
	if (wishes->has_offset && !wishes->file)
		return cmd_wrong(&cmd_show, "found --offset without --file, "
				 "expected both");
	return CMD_OK;
}

static int show_file(const struct decode_format *format,
		     const struct wishes *wishes)
{
	u8 bytes[DECODE_LONGEST];
	long size = read_file(format, wishes->file, wishes->offset, bytes);

	if (size < 0)
		return CMD_WRONG;
	if (!decode_fits(format, size))
		return wrong_size(format, "bytes behind the offset", size, 1);
	decode(stdout, format, bytes, size, wishes->json);
	return CMD_OK;
}

static int show_digits(const struct decode_format *format, char **words,
		       bool json)
{
	struct digits digits = { .count = 0 };

	if (!(*words ? take_words(&digits, words) : take_stdin(&digits)))
		return CMD_WRONG;
	if (digits.count % 2 || !decode_fits(format, digits.count / 2))
		return wrong_size(format, "digits", digits.count, 2);
	decode(stdout, format, digits.bytes, digits.count / 2, json);
	return CMD_OK;
}

static int wrong_format(const char *name)
{
	const struct decode_format *format;

	if (name)
		cmd_wrong(&cmd_show, "found '%s', expected one of:", name);
	else
		cmd_wrong(&cmd_show, "found no format, expected one of:");
	for (size_t i = 0; (format = decode_format(i)); i++)
		fprintf(stderr, "  %-6s %s\n", format->name, format->title);
	fputs("  track  IMAGE CYLINDER HEAD: a track of a disk.\n", stderr);
	return CMD_WRONG;
}

static int show(int argc, char **argv)
{
	const struct decode_format *format;
	struct wishes wishes = { 0 };

	if (take_options(&wishes, argc, argv))
		return CMD_WRONG;
	if (optind < argc && !strcmp(argv[optind], "track") && wishes.file)
		return cmd_wrong(&cmd_show, "found --file with track, expected "
				 "track IMAGE CYLINDER HEAD");
	if (optind < argc && !strcmp(argv[optind], "track"))
		return track_show(&cmd_show, argv + optind + 1, wishes.json);
	format = optind < argc ? decode_find(argv[optind]) : NULL;
	if (!format)
		return wrong_format(argv[optind]);
	if (!wishes.file)
		return show_digits(format, argv + optind + 1, wishes.json);
	if (optind + 1 < argc)
		return cmd_wrong(&cmd_show, "found '%s' besides --file, "
				 "expected one of them", argv[optind + 1]);
	return show_file(format, &wishes);
}

static const struct cmd_option options[] = {
	{ 'f', "file", "FILE", "take the bytes of a file, as they are" },
	{ 'o', "offset", "N", "of the file, from byte N; 0x is understood" },
	{ 'j', "json", NULL, "one JSON object" },
	{ }
};

const struct cmd cmd_show = {
	.name = "show",
	.arguments = "FORMAT [HEX]...",
	.summary = "take an ORB, a CCW, an IRB... apart, bit by bit",
	.text = "The bytes are hexadecimal digits, with blanks anywhere; without "
		"any they are\nread from standard input. FORMAT is one of\n"
		"orb, ccw, ccw0 (format 0), midaw, scsw, pmcw, schib, irb, crw, "
		"sense.\n"
		"\n"
		"'show track IMAGE CYLINDER HEAD' shows a track of a disk, a file "
		"as Hercules'\ndasdinit makes it: home address and records, with "
		"count, key and data.\n",
	.options = options,
	.example = "  ccwsim show ccw e4200007 00002000\n"
		   "  ccwsim show scsw 00c04017 00001008 0e400005\n"
		   "  echo 04060000 | ccwsim show --json crw\n",
	.run = show,
};
