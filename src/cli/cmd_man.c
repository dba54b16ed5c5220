// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include <version.h>

#include "cmd.h"
#include "cmd_man.h"

static void roff(FILE *out, const char *text, size_t length)
{
	if (length && (*text == '.' || *text == '\''))
		fputs("\\&", out);
	for (; length--; text++) {
		if (*text == '\\')
			fputs("\\e", out);
		else if (*text == '-')
			fputs("\\-", out);
		else if (*text == '\'')
			fputs("\\(aq", out);
		else
			fputc(*text, out);
	}
}

static void roff_text(FILE *out, const char *text)
{
	bool as_it_is = false;

	while (*text) {
		size_t length = strcspn(text, "\n");

		if (as_it_is != (*text == ' ')) {
			as_it_is = *text == ' ';
			fputs(as_it_is ? ".PP\n.nf\n" : ".fi\n", out);
		}
		if (length)
			roff(out, text, length);
		else
			fputs(".PP", out);
		fputc('\n', out);
		text += length + (text[length] == '\n');
	}
	if (as_it_is)
		fputs(".fi\n", out);
}

static void roff_option(FILE *out, const struct cmd_option *option)
{
	fputs(".TP\n\\fB", out);
	if (option->brief)
		fprintf(out, "\\-%c, ", option->key);
	roff(out, "--", 2);
	roff(out, option->name, strlen(option->name));
	fputs("\\fR", out);
	if (option->argument) {
		fputs(" \\fI", out);
		roff(out, option->argument, strlen(option->argument));
		fputs("\\fR", out);
	}
	fputc('\n', out);
	roff_text(out, option->text);
}

static void roff_command(FILE *out, const struct cmd *cmd)
{
	const struct cmd_option *option = cmd->options;

	fprintf(out, ".SS %s %s%s %s\n", cmd_program.name, cmd->name,
		option ? " [OPTION]..." : "", cmd->arguments);
	roff(out, cmd->summary, strlen(cmd->summary));
	fputs(".\n.PP\n", out);
	roff_text(out, cmd->text);
	for (; option && option->key; option++)
		roff_option(out, option);
	fputs(".PP\nTry:\n", out);
	roff_text(out, cmd->example ?: cmd_program.help_example);
}

static void man_head(FILE *out, const char *name)
{
	fprintf(out, ".\\\" Made by %s help man.\n.TH ", name);
	for (const char *letter = name; *letter; letter++)
		fputc(*letter - 'a' + 'A', out);
	fprintf(out, " 1 \"" BOOK_DATE "\" \"%s " BOOK_VERSION
		"\" \"A Channel of One\\(aqs Own\"\n"
		".SH NAME\n%s \\- ", name, name);
	roff(out, cmd_program.summary, strlen(cmd_program.summary));
	fprintf(out, "\n.SH SYNOPSIS\n"
		"\\fB%s\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]... "
		"[\\fIARGUMENT\\fR]...\n"
		".SH DESCRIPTION\n", name);
	roff_text(out, cmd_program.text);
	fprintf(out, "Each command prints its own help: "
		"\\fB%s\\fR \\fICOMMAND\\fR \\fB\\-\\-help\\fR.\n", name);
}

void man_print(FILE *out)
{
	const struct cmd *const *cmd = cmd_program.commands;
	const struct cmd_meaning *meaning = cmd_program.statuses;

	man_head(out, cmd_program.name);
	fputs(".SH COMMANDS\n", out);
	for (; *cmd; cmd++)
		roff_command(out, *cmd);
	fputs(".SH EXIT STATUS\n", out);
	for (; meaning->text; meaning++)
		fprintf(out, ".TP\n%d\n%s\n", meaning->status, meaning->text);
	fprintf(out, ".SH SEE ALSO\n"
		"The book, \\fIA Channel of One\\(aqs Own\\fR, of which the "
		"program is a part; \\fB%s help scenarios\\fR.\n",
		cmd_program.name);
}
