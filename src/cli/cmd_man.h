/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file cmd_man.h
 * The manual page, from the table of commands.
 */
#ifndef CLI_CMD_MAN_H
#define CLI_CMD_MAN_H

#include <stdio.h>

/** Write it, in roff with the man macros. */
void man_print(FILE *out);

#endif /* CLI_CMD_MAN_H */
