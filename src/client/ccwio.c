// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "ccwio.h"

volatile sig_atomic_t ccwio_stop;

static void stop(int signal)
{
	ccwio_stop = signal;
}

int ccwio_failed(const struct vfio_port *vp, const char *what, int ret)
{
	const char *story = vp->admin.complaint.text;

	if (*story)
		fprintf(stderr, "ccwio: %s\n", story);
	else
		fprintf(stderr, "ccwio: %s %s: %s\n", what, vp->admin.id,
			strerror(-ret));
	return CMD_FAILED;
}

int ccwio_with(const struct cmd *cmd, const char *device,
	       int (*work)(struct vfio_port *vp, void *arg), void *arg)
{
	const struct sigaction action = { .sa_handler = stop };
	struct vfio_port vp;
	int ret, status;

	if (!device)
		return cmd_wrong(cmd, "found no --device, expected one, like "
				 "--device 0.0.0001; 'ccwio info' lists them");
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	ret = vfio_port_init(&vp, device);
	if (!ret && cmd != &cmd_info)
		ret = css_admin_take(&vp.admin);
	status = ret == -EINVAL ? CMD_WRONG : CMD_FAILED;
	if (ret)
		ccwio_failed(&vp, "preparing for", ret);
	else
		status = work(&vp, arg);
	vfio_port_destroy(&vp);
	return status;
}

static const struct cmd *const commands[] = {
	&cmd_info, &cmd_sense_id, &cmd_run, &cmd_stress, &cmd_bench, &cmd_help,
	NULL
};

static const struct cmd_meaning statuses[] = {
	{ CMD_OK, "all is well" },
	{ CMD_FAILED, "something failed, and it was said what" },
	{ CMD_WRONG, "wrong use or wrong file" },
	{ CMD_SKIPPED, "all scenarios need something this machine has not" },
	{ 0 }
};

const struct cmd_program cmd_program = {
	.name = "ccwio",
	.summary = "try out a subchannel with vfio_ccw before a VM gets it",
	.text = "All commands but info take the subchannel from its driver, bind "
		"it to vfio_ccw\nand give it back at the end; a device that is "
		"online is not touched. They need\nroot and the modules vfio_ccw "
		"and vfio_iommu_type1.\n",
	.commands = commands,
	.statuses = statuses,
	.example = "  ccwio info\n"
		   "  ccwio sense-id --device 0.0.0001\n",
	.help_example = "  ccwio help info\n"
			"  ccwio help scenarios\n"
			"  ccwio help man | man -l -\n",
};

int main(int argc, char **argv)
{
	return cmd_main(argc, argv);
}
