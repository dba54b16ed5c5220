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

	fprintf(out, ".SS ccwsim %s%s %s\n", cmd->name,
		option ? " [OPTION]..." : "", cmd->arguments);
	roff(out, cmd->summary, strlen(cmd->summary));
	fputs(".\n.PP\n", out);
	roff_text(out, cmd->text);
	for (; option && option->key; option++)
		roff_option(out, option);
	fputs(".PP\nTry:\n", out);
	roff_text(out, cmd->example);
}

void man_print(FILE *out, const struct cmd *const *commands, size_t count)
{
	fprintf(out, ".\\\" Made by ccwsim help man.\n"
		".TH CCWSIM 1 \"" CCWSIM_DATE "\" \"ccwsim " CCWSIM_VERSION
		"\" \"A Channel of One\\(aqs Own\"\n"
		".SH NAME\n"
		"ccwsim \\- try the vfio\\-ccw driver against a simulated "
		"mainframe\n"
		".SH SYNOPSIS\n"
		"\\fBccwsim\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]... "
		"[\\fIARGUMENT\\fR]...\n"
		".SH DESCRIPTION\n"
		"The driver is the one that is loaded into Linux; machine, kernel "
		"and VM round it are simulated. Each command prints its own help: "
		"\\fBccwsim\\fR \\fICOMMAND\\fR \\fB\\-\\-help\\fR.\n"
		".SH COMMANDS\n");
	for (size_t i = 0; i < count; i++)
		roff_command(out, commands[i]);
	fprintf(out, ".SH EXIT STATUS\n"
		".TP\n0\nall held\n"
		".TP\n1\nan expectation failed\n"
		".TP\n2\nwrong use, or a wrong file\n"
		".SH SEE ALSO\n"
		"The book, \\fIA Channel of One\\(aqs Own\\fR, of which the "
		"program is a part; \\fBccwsim help scenarios\\fR.\n");
}
