// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include <version.h>

#include "cmd.h"
#include "cmd_man.h"
#include "scenario.h"

static const struct cmd cmd_help;

static const struct cmd *const commands[] = {
	&cmd_run,
	&cmd_devices,
	&cmd_show,
	&cmd_step,
	&cmd_soak,
	&cmd_help,
};

#define COMMANDS	(sizeof(commands) / sizeof(commands[0]))

static const struct cmd *find_command(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static void print_overview(FILE *out)
{
	fputs("ccwsim: try the vfio-ccw driver against a simulated mainframe\n"
	      "\n"
	      "The driver is the one that is loaded into Linux; machine, kernel "
	      "and VM round\nit are simulated.\n"
	      "\n"
	      "usage: ccwsim COMMAND [OPTION]... [ARGUMENT]...\n\n", out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-9s %s\n", commands[i]->name,
			commands[i]->summary);
	fputs("\n"
	      "'ccwsim help COMMAND' or 'ccwsim COMMAND --help' tells more;\n"
	      "'ccwsim --version' says which version this is.\n"
	      "\n"
	      "Exit status: 0 all held, 1 an expectation failed, 2 wrong use or "
	      "wrong file.\n"
	      "\n"
	      "Try:  ccwsim run --trace tests/scenarios/sense-id.ccw\n"
	      "      ccwsim help scenarios\n", out);
}

static void print_option(FILE *out, const char *name, const char *argument,
			 const char *text)
{
	int width = fprintf(out, "  --%s%s%s", name, argument ? " " : "",
			    argument ?: "");

	if (width > 16)
		width = fprintf(out, "\n") - 1;
	while (*text) {
		int length = strcspn(text, "\n");

		fprintf(out, "%*s%.*s\n", 18 - width, "", length, text);
		text += length + (text[length] == '\n');
		width = 0;
	}
}

static void print_command(FILE *out, const struct cmd *cmd)
{
	const struct cmd_option *option = cmd->options;

	fprintf(out, "ccwsim %s: %s\n\n", cmd->name, cmd->summary);
	fprintf(out, "usage: ccwsim %s%s%s%s\n\n", cmd->name,
		option ? " [OPTION]..." : "", *cmd->arguments ? " " : "",
		cmd->arguments);
	fprintf(out, "%s\n", cmd->text);
	for (; option && option->key; option++)
		print_option(out, option->name, option->argument, option->text);
	print_option(out, "help", NULL, "print this");
	fprintf(out, "\nTry:\n%s", cmd->example);
}

static int wrong_command(void)
{
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(stderr, "  %-9s %s\n", commands[i]->name,
			commands[i]->summary);
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
		man_print(stdout, commands, COMMANDS);
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

static const struct cmd cmd_help = {
	.name = "help",
	.arguments = "[COMMAND | scenarios | man]",
	.summary = "what a command does; how scenarios are written",
	.text = "Without an argument, list the commands. 'scenarios' is the "
		"reference of the\nlanguage that 'run' plays, 'man' the manual "
		"page, to be read by man -l.\n",
	.example = "  ccwsim help run\n"
		   "  ccwsim help scenarios\n"
		   "  ccwsim help man | man -l -\n",
	.run = help,
};

static int arrived(int status)
{
	if (!fflush(stdout) && !ferror(stdout) && !ferror(stderr))
		return status;
	perror("ccwsim: cannot write");
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
	puts("ccwsim " CCWSIM_VERSION " (A Channel of One's Own)\n"
	     "Licence: GPL-2.0-only. There is no warranty.");
	return CMD_OK;
}

static bool is(const char *word, const char *name, const char *letter)
{
	return !strcmp(word, name) || !strcmp(word, letter);
}

int main(int argc, char **argv)
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
	fprintf(stderr, "ccwsim: found '%s', expected a command:\n", argv[1]);
	return wrong_command();
}
