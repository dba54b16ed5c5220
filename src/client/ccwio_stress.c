// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE 1	/* strsep() */
#include <getopt.h>
#include <limits.h>
#include <string.h>
#include <linux/bits.h>

#include "ccwio.h"
#include "stress.h"

/* Read "irq,reset" as bits. Return false if there is a wrong one. */
static bool read_groups(char *list, unsigned long *groups)
{
	int group;

	*groups = 0;
	for (char *name; (name = strsep(&list, ",")); *groups |= BIT(group)) {
		group = stress_group(name);
		if (group >= 0)
			continue;
		cmd_wrong(&cmd_stress, "found '%s', expected start, async, "
			  "region, irq, reset, memory, pull or life", name);
		return false;
	}
	return true;
}

static bool number(const char *what, u64 least, u64 most, u64 *result)
{
	return cmd_number(&cmd_stress, what, optarg, least, most, result);
}

static bool take_option(struct stress_options *options, int key)
{
	switch (key) {
	case 's':
		return number("--seconds", 0, INT_MAX, &options->seconds);
	case 'c':
		return number("--calls", 1, LLONG_MAX, &options->calls);
	case 'S':
		return number("--seed", 0, ULLONG_MAX, &options->seed);
	case 't':
		return number("--threads", 2, STRESS_THREADS,
			      &options->threads);
	case 'o':
		return read_groups(optarg, &options->groups);
	case 'e':
		return read_groups(optarg, &options->except);
	case 'f':
		options->faults = true;
		return true;
	}
	return false;
}

static int do_stress(struct vfio_port *vp, void *options)
{
	return stress(vp, options, stdout) ? CMD_OK : CMD_FAILED;
}

static int run_stress(int argc, char **argv)
{
	struct stress_options options = {
		.seconds = 10, .threads = 4, .groups = ~0UL,
		.progress = stderr, .stop = &ccwio_stop,
	};
	const char *device = NULL;
	int key;

	optind = 0;
	while ((key = cmd_option(&cmd_stress, argc, argv))) {
		if (key == 'd')
			device = optarg;
		else if (!take_option(&options, key))
			return CMD_WRONG;
	}
	if (optind < argc)
		return cmd_wrong(&cmd_stress, "found '%s', expected no "
				 "argument", argv[optind]);
	return ccwio_with(&cmd_stress, device, do_stress, &options);
}

static const struct cmd_option stress_options[] = {
	OPTION_DEVICE,
	{ .key = 's', .name = "seconds", .argument = "N",
	  .text = "for how long (10); 0: until --calls are made, or Ctrl-C\n" },
	{ .key = 'c', .name = "calls", .argument = "N",
	  .text = "end after so many calls\n" },
	{ .key = 'S', .name = "seed", .argument = "N",
	  .text = "of all choices (0); in which order the threads get to act\n"
		  "is the kernel's choice\n" },
	{ .key = 't', .name = "threads", .argument = "N",
	  .text = "how many (4); one of them reads results\n" },
	{ .key = 'o', .name = "only", .argument = "GROUP,...",
	  .text = "of all calls only those that have to do with: async, region,\n"
		  "irq, reset, memory, pull (memory that is in use), life\n" },
	{ .key = 'e', .name = "except", .argument = "GROUP,...",
	  .text = "all calls but those\n" },
	{ .key = 'f', .name = "faults",
	  .text = "the kernel is made to fail allocations; -ENOMEM is an\n"
		  "answer to anything\n" },
	{ 0 }
};

const struct cmd cmd_stress = {
	.name = "stress",
	.summary = "call everything from many threads, and check the answers",
	.arguments = "",
	.text = "What a VMM can do that is buggy or means harm: start, halt, "
		"clear, reset, map\nand unmap, arm and disarm, open and close, "
		"and all that in wrong ways, too. Only\nSENSE ID and "
		"NO-OPERATION are ever given to the device. Each answer is "
		"compared\nwith what the driver may answer, and results and "
		"data with what was started.\nProgress goes to standard error. "
		"Ctrl-C ends it, and everything is given back.\n",
	.options = stress_options,
	.example = "  ccwio stress -d 0.0.0001 --seconds 60 --seed 7\n"
		   "  ccwio stress -d 0.0.0001 --only reset,irq --threads 16\n",
	.run = run_stress,
};
