/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file cmd_man.h
 * The manual page, from the table of commands.
 */
#ifndef SIM_CMD_MAN_H
#define SIM_CMD_MAN_H

#include <stdio.h>

struct cmd;

/** Write it, in roff with the man macros. */
void man_print(FILE *out, const struct cmd *const *commands, size_t count);

#endif /* SIM_CMD_MAN_H */
