/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file cmd_sim.h
 * The commands of ccwsim, and what they share.
 */
#ifndef SIM_CMD_SIM_H
#define SIM_CMD_SIM_H

#include <cmd.h>

struct sim;
struct sim_config;

extern const struct cmd cmd_run;
extern const struct cmd cmd_devices;
extern const struct cmd cmd_show;
extern const struct cmd cmd_step;
extern const struct cmd cmd_soak;

/** Print what an operator sees at the device, in a frame; perhaps nothing. */
void cmd_view(const struct sim *sim, FILE *out);

/**
 * Read TYPE[=ARGUMENT], or complain. @a text must live as long as @a config.
 */
bool cmd_device(const struct cmd *cmd, const char *text,
		struct sim_config *config);

#endif /* SIM_CMD_SIM_H */
