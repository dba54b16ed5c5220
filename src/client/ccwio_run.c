// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <linux/bits.h>

#include <runner.h>

#include "ccwio.h"
#include "sense_id.h"

static void play_scenario(struct runner *runner, struct vfio_port *vp,
			  const char *file)
{
	struct complaint *complaint = &vp->admin.complaint;
	const unsigned int failed = runner->failed;

	*complaint->text = '\0';
	memset(vp->memory, 0, PORT_GUEST_MEMORY);
	runner_file(runner, &vp->port, file);
	if (runner->failed > failed && *complaint->text)
		printf("      %s\n", complaint->text);
}

struct play {
	char **files;
	bool answers;
	bool scratch;		/* nobody needs what is on the disk */
};

static int play_scenarios(struct vfio_port *vp, void *arg)
{
	const struct play *play = arg;
	struct runner runner = { .out = stdout, .answers = play->answers };
	struct sense_id id;
	int ret, status;

	ret = sense_id(&vp->port, &id);
	if (ret && ret != -ENODATA)
		return ccwio_failed(vp, "asking the device behind", ret);
	if (id.control_unit == 0x3270)
		vp->port.offers |= BIT(PORT_3270);
	if (id.device == 0x3390 && play->scratch)
		vp->port.offers |= BIT(PORT_3390);
	for (char **file = play->files; *file && !ccwio_stop; file++)
		play_scenario(&runner, vp, *file);
	status = runner_finish(&runner);
	if (!status && !runner.passed && runner.skipped)
		return CMD_SKIPPED;
	return ccwio_stop ? CMD_FAILED : status;
}

static int run(int argc, char **argv)
{
	const char *device = NULL;
	struct play play = { 0 };
	int key;

	optind = 0;
	while ((key = cmd_option(&cmd_run, argc, argv))) {
		if (key == '?')
			return CMD_WRONG;
		if (key == 'a')
			play.answers = true;
		else if (key == 'w')
			play.scratch = true;
		else
			device = optarg;
	}
	if (optind == argc)
		return cmd_wrong(&cmd_run, "found no file, expected the name "
				 "of a scenario file");
	play.files = argv + optind;
	return ccwio_with(&cmd_run, device, play_scenarios, &play);
}

static const struct cmd_option run_options[] = {
	OPTION_DEVICE,
	{ .key = 'a', .name = "answers", .brief = true,
	  .text = "print what each step got, too\n" },
	{ .key = 'w', .name = "scratch",
	  .text = "nobody needs what is on the disk: play what writes to a\n"
		  "3390, too\n" },
	{ 0 }
};

const struct cmd cmd_run = {
	.name = "run",
	.summary = "play scenarios on a subchannel",
	.arguments = "FILE.ccw...",
	.text = "A scenario says who does what, and what must follow. The files "
		"are those of\nccwsim; what needs a simulated machine is "
		"skipped. Ends with a line\n'N passed, N failed, N skipped'.\n",
	.options = run_options,
	.example = "  ccwio run -d 0.0.0001 tests/scenarios/*.ccw\n",
	.run = run,
};
