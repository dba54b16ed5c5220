// SPDX-License-Identifier: GPL-2.0-only
#include <getopt.h>
#include <stdint.h>

#include "ccwsim.h"
#include "cmd.h"
#include "runner.h"

static void count(struct runner *sums, const struct sim *sim)
{
	switch (sim_verdict(sim)) {
	case SIM_PASSED:
		sums->passed++;
		break;
	case SIM_SKIPPED:
		sums->skipped++;
		break;
	case SIM_FAILED:
	case SIM_UNDECIDED:
		sums->failed++;
	}
}

static void run_file(struct runner *sums, const struct sim_config *config,
		     const char *path)
{
	struct sim_error error;
	struct sim *sim = sim_load_file(config, path, &error);

	if (!sim) {
		fprintf(stderr, "ccwsim: %s\n", error.text);
		sums->broken++;
		return;
	}
	sim_play(sim);
	count(sums, sim);
	sim_destroy(sim);
}

struct wishes {
	struct sim_config config;
	u64 seed;
	bool text;		/* --trace */
};

static void print_event(void *ctx, const char *text, size_t length)
{
	fwrite(text, 1, length, stdout);
}

static void print_result(void *ctx, const char *text, size_t length)
{
	struct runner *sums = ctx;

	fwrite(text, 1, length, sums->out);
}

static bool take_option(struct wishes *wishes, int key)
{
	switch (key) {
	case 's':
		return cmd_number(&cmd_run, "--seed", optarg, 0, UINT64_MAX,
				  &wishes->seed);
	case 'd':
		return cmd_device(&cmd_run, optarg, &wishes->config);
	case 't':
		wishes->text = true;
		break;
	case 'j':
		wishes->config.json = true;
		break;
	default:
		return false;
	}
	wishes->config.event = print_event;
	return true;
}

static int take_options(struct wishes *wishes, int argc, char **argv)
{
	int key;

	while ((key = cmd_option(&cmd_run, argc, argv)))
		if (!take_option(wishes, key))
			return CMD_WRONG;
	if (wishes->text && wishes->config.json)
		return cmd_wrong(&cmd_run, "found --trace and --json, expected "
				 "one of them: --json is the trace as JSON");
	if (optind == argc)
		return cmd_wrong(&cmd_run, "found no file, expected "
				 "FILE.ccw...");
	return CMD_OK;
}

static int run(int argc, char **argv)
{
	struct wishes wishes = { 0 };
	struct runner sums = { 0 };
	int status = take_options(&wishes, argc, argv);

	wishes.config.seed = wishes.seed;
	wishes.config.result = print_result;
	wishes.config.ctx = &sums;
	sums.out = wishes.config.json ? stderr : stdout;
	for (; !status && optind < argc; optind++)
		run_file(&sums, &wishes.config, argv[optind]);
	return status ?: runner_finish(&sums);
}

static const struct cmd_option options[] = {
	{ 's', "seed", "N", "decide every race by N; the same seed gives the "
	  "same run.\n0, the default, lets everybody finish what he has begun" },
	{ 'd', "device", "TYPE[=ARGUMENT]", "stand this behind the subchannel; "
	  "'ccwsim devices' lists them" },
	{ 't', "trace", NULL, "tell the story: each step, and all that follows "
	  "from it" },
	{ 'j', "json", NULL, "the same, one JSON object per line; results go to "
	  "stderr" },
	{ }
};

const struct cmd cmd_run = {
	.name = "run",
	.arguments = "FILE.ccw...",
	.summary = "play scenarios: who does what, and what must follow",
	.text = "Each file is played on a simulation of its own. A line says "
		"what was expected\nand what came for each expectation that "
		"failed; the last line counts.\n",
	.options = options,
	.example = "  ccwsim run --trace tests/scenarios/sense-id.ccw\n"
		   "  ccwsim run --seed 7 tests/scenarios/*.ccw\n",
	.run = run,
};
