// SPDX-License-Identifier: GPL-2.0-only
#include "cmd_sim.h"

static const struct cmd *const commands[] = {
	&cmd_run,
	&cmd_devices,
	&cmd_show,
	&cmd_step,
	&cmd_soak,
	&cmd_help,
	NULL
};

static const struct cmd_meaning statuses[] = {
	{ CMD_OK, "all held" },
	{ CMD_FAILED, "an expectation failed" },
	{ CMD_WRONG, "wrong use or wrong file" },
	{ 0 }
};

const struct cmd_program cmd_program = {
	.name = "ccwsim",
	.summary = "try the vfio-ccw driver against a simulated mainframe",
	.text = "The driver is the one that is loaded into Linux; machine, "
		"kernel and VM round\nit are simulated.\n",
	.commands = commands,
	.statuses = statuses,
	.example = "  ccwsim run --trace tests/scenarios/sense-id.ccw\n"
		   "  ccwsim help scenarios\n",
	.help_example = "  ccwsim help run\n"
			"  ccwsim help scenarios\n"
			"  ccwsim help man | man -l -\n",
};

int main(int argc, char **argv)
{
	return cmd_main(argc, argv);
}
