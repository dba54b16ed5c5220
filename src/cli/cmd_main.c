// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <version.h>

#include "cmd.h"
#include "cmd_man.h"
#include "scenario.h"

static const struct cmd *find_command(const char *name)
{
	const struct cmd *const *cmd = cmd_program.commands;

	while (*cmd && strcmp((*cmd)->name, name))
		cmd++;
	return *cmd;
}

static void list_commands(FILE *out)
{
	const struct cmd *const *cmd = cmd_program.commands;

	for (; *cmd; cmd++)
		fprintf(out, "  %-9s %s\n", (*cmd)->name, (*cmd)->summary);
}

static void print_overview(FILE *out)
{
	const struct cmd_meaning *meaning = cmd_program.statuses;
	const char *name = cmd_program.name;

	fprintf(out, "%s: %s\n\n%s\n", name, cmd_program.summary,
		cmd_program.text);
	fprintf(out, "usage: %s COMMAND [OPTION]... [ARGUMENT]...\n\n", name);
	list_commands(out);
	fprintf(out, "\n'%s help COMMAND' or '%s COMMAND --help' tells more;\n"
		"'%s --version' says which version this is.\n\n"
		"Exit status:\n", name, name, name);
	for (; meaning->text; meaning++)
		fprintf(out, "  %-9d %s\n", meaning->status, meaning->text);
	fprintf(out, "\nTry:\n%s", cmd_program.example);
}

static void print_option(FILE *out, const struct cmd_option *option)
{
	const char brief[] = { '-', option->key, ',', ' ', '\0' };
	const char *argument = option->argument, *text = option->text;
	int width = fprintf(out, "  %s--%s%s%s", option->brief ? brief : "",
			    option->name, argument ? " " : "", argument ?: "");

	if (width > 16)
		width = fprintf(out, "\n") - 1;
	while (*text) {
		int length = strcspn(text, "\n");

		fprintf(out, "%*s%.*s\n", 18 - width, "", length, text);
		text += length + (text[length] == '\n');
		width = 0;
	}
}

static const struct cmd_option help_option = {
	.name = "help", .text = "print this",
};

static void print_command(FILE *out, const struct cmd *cmd)
{
	const struct cmd_option *option = cmd->options;

	fprintf(out, "%s %s: %s\n\n", cmd_program.name, cmd->name,
		cmd->summary);
	fprintf(out, "usage: %s %s%s%s%s\n\n", cmd_program.name, cmd->name,
		option ? " [OPTION]..." : "", *cmd->arguments ? " " : "",
		cmd->arguments);
	fprintf(out, "%s\n", cmd->text);
	for (; option && option->key; option++)
		print_option(out, option);
	print_option(out, &help_option);
	fprintf(out, "\nTry:\n%s", cmd->example ?: cmd_program.help_example);
}

static int wrong_command(void)
{
	list_commands(stderr);
	return CMD_WRONG;
}

static const char scenarios[] =
"A scenario is a text file. Each line says who does what => what must follow.\n"
"A '#' begins a comment. Numbers are decimal, or hexadecimal with 0x.\n"
"\n"
"    scenario  SENSE ID: who are you?\n"
"    needs     3270\n"
"\n"
"    vmm:    open           => ok\n"
"    vmm:    reset          => ok\n"
"    guest:  ccw 0x1000 sense-id to 0x2000 count 7 sli\n"
"    vmm:    start 0x1000   => ok\n"
"    vmm:    interrupt      => channel-end device-end cpa 0x1008 residual 0\n"
"    guest:  memory 0x2000  => ff 32 70\n"
"\n"
"The subchannel is bound and the device created before the first line; after\n"
"the last, whatever is left is closed, removed and unbound.\n"
"\n";

static int help_on(const char *topic)
{
	const struct cmd *cmd = find_command(topic);

	if (cmd) {
		print_command(stdout, cmd);
		return CMD_OK;
	}
	if (!strcmp(topic, "man")) {
		man_print(stdout);
		return CMD_OK;
	}
	if (!strcmp(topic, "scenarios")) {
		fputs(scenarios, stdout);
		scenario_reference(stdout);
		return CMD_OK;
	}
	cmd_wrong(&cmd_help, "found '%s', expected 'scenarios', 'man' or a "
		  "command:", topic);
	return wrong_command();
}

static int help(int argc, char **argv)
{
	if (argc == 1) {
		print_overview(stdout);
		return CMD_OK;
	}
	if (argc > 2)
		return cmd_wrong(&cmd_help, "found '%s' behind '%s', expected "
				 "nothing", argv[2], argv[1]);
	return help_on(argv[1]);
}

const struct cmd cmd_help = {
	.name = "help",
	.arguments = "[COMMAND | scenarios | man]",
	.summary = "what a command does; how scenarios are written",
	.text = "Without an argument, list the commands. 'scenarios' is the "
		"reference of the\nlanguage that 'run' plays, 'man' the manual "
		"page, to be read by man -l.\n",
	.run = help,
};

static int arrived(int status)
{
	if (!fflush(stdout) && !ferror(stdout) && !ferror(stderr))
		return status;
	fprintf(stderr, "%s: cannot write: %s\n", cmd_program.name,
		strerror(errno));
	return CMD_WRONG;
}

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return true;
	return false;
}

static int run_command(const struct cmd *cmd, int argc, char **argv)
{
	if (!asks_for_help(argc, argv))
		return cmd->run(argc, argv);
	print_command(stdout, cmd);
	return CMD_OK;
}

static int version(void)
{
	printf("%s " BOOK_VERSION " (A Channel of One's Own)\n"
	       "Licence: GPL-2.0-only. There is no warranty.\n",
	       cmd_program.name);
	return CMD_OK;
}

static bool is(const char *word, const char *name, const char *letter)
{
	return !strcmp(word, name) || !strcmp(word, letter);
}

int cmd_main(int argc, char **argv)
{
	const struct cmd *cmd;

	if (argc < 2) {
		print_overview(stderr);
		return CMD_WRONG;
	}
	if (is(argv[1], "--help", "-h"))
		return arrived(help(argc - 1, argv + 1));
	if (is(argv[1], "--version", "-V"))
		return arrived(version());
	cmd = find_command(argv[1]);
	if (cmd)
		return arrived(run_command(cmd, argc - 1, argv + 1));
	fprintf(stderr, "%s: found '%s', expected a command:\n",
		cmd_program.name, argv[1]);
	return wrong_command();
}
