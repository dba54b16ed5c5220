// SPDX-License-Identifier: GPL-2.0-only
#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

int cmd_wrong(const struct cmd *cmd, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s %s: ", cmd_program.name, cmd->name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return CMD_WRONG;
}

static int wrong_option(const struct cmd *cmd)
{
	const struct cmd_option *option = cmd->options;

	fprintf(stderr, "%s %s: expected ", cmd_program.name, cmd->name);
	for (; option && option->key; option++)
		fprintf(stderr, "--%s%s%s, ", option->name,
			option->argument ? " " : "", option->argument ?: "");
	fprintf(stderr, "--help%s%s\n", *cmd->arguments ? " or " : "",
		cmd->arguments);
	return '?';
}

#define OPTIONS	16	/* that a command can have */

static void fill(struct option *options, const struct cmd_option *from)
{
	size_t i;

	for (i = 0; from && from[i].key; i++) {
		assert(i < OPTIONS);
		options[i] = (struct option){ .name = from[i].name,
			.has_arg = from[i].argument ? required_argument :
						      no_argument,
			.val = from[i].key };
	}
	options[i] = (struct option){ 0 };
}

/* The short options as getopt() wants them: "d:a". */
static void fill_brief(char *brief, const struct cmd_option *from)
{
	for (; from && from->key; from++) {
		if (!from->brief)
			continue;
		*brief++ = from->key;
		if (from->argument)
			*brief++ = ':';
	}
	*brief = '\0';
}

int cmd_option(const struct cmd *cmd, int argc, char **argv)
{
	struct option options[OPTIONS + 1];
	char name[64], brief[2 * OPTIONS + 1];
	int key;

	fill(options, cmd->options);
	fill_brief(brief, cmd->options);
	snprintf(name, sizeof(name), "%s %s", cmd_program.name, cmd->name);
	argv[0] = name;
	key = getopt_long(argc, argv, brief, options, NULL);
	argv[0] = (char *)cmd->name;
	if (key == '?')
		return wrong_option(cmd);
	return key == -1 ? 0 : key;
}

bool cmd_parse(const char *text, u64 *number)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const char *digits = hex ? "0123456789abcdefABCDEF" : "0123456789";
	const char *first = text + (hex ? 2 : 0);

	errno = 0;
	*number = strtoull(text, NULL, hex ? 16 : 10);
	return !errno && *first && !first[strspn(first, digits)];
}

bool cmd_number(const struct cmd *cmd, const char *what, const char *text,
		u64 least, u64 most, u64 *number)
{
	if (cmd_parse(text, number) && *number >= least && *number <= most)
		return true;
	cmd_wrong(cmd, "%s: found '%s', expected a number from %llu to %llu",
		  what, text, (unsigned long long)least,
		  (unsigned long long)most);
	return false;
}
