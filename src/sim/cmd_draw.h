/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file cmd_draw.h
 * Draw a trace as a sequence diagram.
 */
#ifndef SIM_CMD_DRAW_H
#define SIM_CMD_DRAW_H

#include <stdio.h>

/**
 * Write an SVG picture.
 * @param trace the trace as text, as ccwsim run --trace prints it; it is
 *	changed
 * @return 0; -ENODATA: there is nothing to draw; -ENOMEM. Nothing is written
 *	unless 0 is returned.
 */
int draw_sequence(FILE *out, char *trace);

#endif /* SIM_CMD_DRAW_H */
