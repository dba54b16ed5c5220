/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file cmd.h
 * What the commands of ccwsim share: their description, and help with options.
 */
#ifndef SIM_CMD_H
#define SIM_CMD_H

#include <stdbool.h>
#include <stdio.h>
#include <linux/types.h>

struct sim;
struct sim_config;

/** What ccwsim exits with. */
enum cmd_status {
	CMD_OK,			/**< every expectation held */
	CMD_FAILED,		/**< one did not */
	CMD_WRONG,		/**< wrong arguments, wrong file, no memory */
};

/** An option of a command: --name, or --name ARGUMENT. */
struct cmd_option {
	char key;		/**< what cmd_option() returns; 0 ends a list */
	const char *name;	/**< without the dashes */
	const char *argument;	/**< what its argument is called, or NULL */
	const char *text;	/**< what it does; lines of up to 60 characters */
};

/** A command. */
struct cmd {
	const char *name;
	const char *arguments;		/**< behind options: "FILE.ccw..." */
	const char *summary;		/**< one line of up to 60 characters */
	const char *text;		/**< paragraphs, ending with '\n' */
	const struct cmd_option *options;	/**< or NULL: none */
	const char *example;		/**< command lines, each ending with '\n' */
	/** Do it. @param argv [0] is the command. @return enum cmd_status */
	int (*run)(int argc, char **argv);
};

extern const struct cmd cmd_run;
extern const struct cmd cmd_devices;
extern const struct cmd cmd_show;
extern const struct cmd cmd_step;
extern const struct cmd cmd_soak;

/**
 * Complain: print "ccwsim NAME: ", the text and a line end to stderr.
 * @return CMD_WRONG, so that one can complain and return in one line
 */
int cmd_wrong(const struct cmd *cmd, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * Read the next option; its argument is in optarg. Begin with optind 0.
 * @return its key; 0: no more, the arguments begin at argv[optind]; '?': there
 *	was a wrong one, and it has been complained about
 */
int cmd_option(const struct cmd *cmd, int argc, char **argv);

/** Read a number, decimal or with 0x. @return whether it is one */
bool cmd_parse(const char *text, u64 *number);

/**
 * Read a number as cmd_parse() does, and complain if it is none or not between
 * @a least and @a most.
 * @param what the option or argument, as it is to be called in a complaint
 */
bool cmd_number(const struct cmd *cmd, const char *what, const char *text,
		u64 least, u64 most, u64 *number);

/** Print what an operator sees at the device, in a frame; perhaps nothing. */
void cmd_view(const struct sim *sim, FILE *out);

/**
 * Read TYPE[=ARGUMENT], or complain. @a text must live as long as @a config.
 */
bool cmd_device(const struct cmd *cmd, const char *text,
		struct sim_config *config);

#endif /* SIM_CMD_H */
