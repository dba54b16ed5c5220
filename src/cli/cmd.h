/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file cmd.h
 * What commands share: their description, and help with options.
 */
#ifndef CLI_CMD_H
#define CLI_CMD_H

#include <stdbool.h>
#include <stdio.h>
#include <linux/types.h>

/** What a program exits with. */
enum cmd_status {
	CMD_OK,			/**< every expectation held */
	CMD_FAILED,		/**< one did not */
	CMD_WRONG,		/**< wrong arguments, wrong file, no memory */
	CMD_SKIPPED = 77,	/**< something is not there that it needs */
};

/** An option of a command: --name, or --name ARGUMENT. */
struct cmd_option {
	char key;		/**< what cmd_option() returns; 0 ends a list */
	const char *name;	/**< without the dashes */
	const char *argument;	/**< what its argument is called, or NULL */
	const char *text;	/**< what it does; lines of up to 60 characters */
	bool brief;		/**< the key is a short option: -k */
};

/** A command. */
struct cmd {
	const char *name;
	const char *arguments;		/**< behind options: "FILE.ccw..." */
	const char *summary;		/**< one line of up to 60 characters */
	const char *text;		/**< paragraphs, ending with '\n' */
	const struct cmd_option *options;	/**< or NULL: none */
	/** Command lines, each ending with '\n'; NULL: the program's, of help */
	const char *example;
	/** Do it. @param argv [0] is the command. @return enum cmd_status */
	int (*run)(int argc, char **argv);
};

/** What an exit status means. */
struct cmd_meaning {
	enum cmd_status status;
	const char *text;	/**< NULL ends a list */
};

/** A program that is made of commands. */
struct cmd_program {
	const char *name;		/**< "ccwsim" */
	const char *summary;		/**< one line */
	const char *text;		/**< a paragraph, wrapped */
	const struct cmd *const *commands;	/**< ending with NULL */
	const struct cmd_meaning *statuses;
	const char *example;		/**< of the program */
	const char *help_example;	/**< of its command help */
};

/** This program. */
extern const struct cmd_program cmd_program;

/** The command help, which each program has. */
extern const struct cmd cmd_help;

/** What main() is to do. */
int cmd_main(int argc, char **argv);

/**
 * Complain: print "PROGRAM NAME: ", the text and a line end to stderr.
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

#endif /* CLI_CMD_H */
