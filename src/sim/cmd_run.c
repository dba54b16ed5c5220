// SPDX-License-Identifier: GPL-2.0-only
#include <getopt.h>
#include <stdint.h>

#include "cmd.h"
#include "runner.h"
#include "scenario.h"
#include "sim.h"
#include "sim_devices.h"

static void run_scenario(struct runner *runner, struct sim_config config,
			 const struct scenario *scenario)
{
	struct sim_device_error error;
	struct sim *sim = NULL;

	config.error = &error;
	if (!sim_choose_device(&config, scenario))
		sim = sim_create(&config);
	if (sim) {
		sim_play(sim, runner, scenario);
	} else {
		fprintf(stderr, "ccwsim: %s: %s\n", scenario->file, error.text);
		runner->broken++;
	}
	sim_destroy(sim);
}

static void run_file(struct runner *runner, const struct sim_config *config,
		     const char *path)
{
	struct scenario_error error;
	struct scenario *scenario;

	if (scenario_load(path, &scenario, &error)) {
		fprintf(stderr, "ccwsim: %s\n", error.text);
		runner->broken++;
		return;
	}
	run_scenario(runner, *config, scenario);
	scenario_free(scenario);
}

struct wishes {
	struct sim_config config;
	bool text;		/* --trace */
};


static bool take_option(struct wishes *wishes, int key)
{
	switch (key) {
	case 's':
		return cmd_number(&cmd_run, "--seed", optarg, 0, UINT64_MAX,
				  &wishes->config.seed);
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
	wishes->config.trace = stdout;
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
	struct wishes wishes = { .config.watched = true };
	struct runner runner = { 0 };
	int status = take_options(&wishes, argc, argv);

	runner.out = wishes.config.json ? stderr : stdout;
	for (; !status && optind < argc; optind++)
		run_file(&runner, &wishes.config, argv[optind]);
	return status ?: runner_finish(&runner);
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
