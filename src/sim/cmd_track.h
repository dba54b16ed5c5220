/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file cmd_track.h
 * Show a track of a disk image.
 */
#ifndef SIM_CMD_TRACK_H
#define SIM_CMD_TRACK_H

#include <stdbool.h>

struct cmd;

/**
 * Show the track that the words IMAGE CYLINDER HEAD name, or complain.
 * @param words ends with NULL
 * @return enum cmd_status
 */
int track_show(const struct cmd *cmd, char **words, bool json);

#endif /* SIM_CMD_TRACK_H */
