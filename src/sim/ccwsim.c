// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"
#include "scenario.h"
#include "sim.h"
#include "sim_devices.h"

enum {
	STATUS_OK,		/* every expectation held */
	STATUS_FAILED,		/* one did not */
	STATUS_USAGE,		/* wrong arguments, wrong file, no memory */
};

static const char usage[] =
"ccwsim: try the vfio-ccw driver against a simulated mainframe\n"
"\n"
"  ccwsim run [--seed N] [--device TYPE] [--trace | --json] FILE.ccw...\n"
"  ccwsim help [scenarios]\n"
"\n"
"run plays scenarios: who does what, and what must follow. The driver is the\n"
"one that is loaded into Linux; machine, kernel and VM round it are simulated.\n"
"\n"
"  --seed N   decide every race by N; the same seed gives the same run.\n"
"             0, the default, lets everybody finish what he has begun\n"
"  --device TYPE  stand it behind the subchannel, as 3270; a scenario that\n"
"             needs another is refused\n"
"  --trace    tell the story: each step, and all that follows from it\n"
"  --json     the same, one JSON object per line; results go to stderr\n"
"\n"
"Exit status: 0 all held, 1 an expectation failed, 2 wrong use or wrong file.\n"
"\n"
"Try:  ccwsim run --trace tests/scenarios/sense-id.ccw\n"
"      ccwsim help scenarios\n";

static const char example[] =
"A scenario is a text file. Each line says who does what => what must follow.\n"
"A '#' begins a comment. Numbers are decimal, or hexadecimal with 0x.\n"
"\n"
"    scenario  SENSE ID: who are you?\n"
"    needs     3270\n"
"\n"
"    vmm:    open           => ok\n"
"    vmm:    reset          => ok\n"
"    guest:  ccw 0x1000 sense-id to 0x2000 count 7 sli\n"
"    vmm:    start 0x1000   => ok\n"
"    vmm:    interrupt      => channel-end device-end cpa 0x1008 residual 0\n"
"    guest:  memory 0x2000  => ff 32 70\n"
"\n"
"The subchannel is bound and the device created before the first line; after\n"
"the last, whatever is left is closed, removed and unbound.\n"
"\n";

static int help(int argc, char **argv)
{
	if (argc == 1) {
		fputs(usage, stdout);
		return STATUS_OK;
	}
	if (strcmp(argv[1], "scenarios")) {
		fprintf(stderr, "ccwsim help: found '%s', expected "
			"'scenarios' or nothing\n", argv[1]);
		return STATUS_USAGE;
	}
	if (argc > 2) {
		fprintf(stderr, "ccwsim help: found '%s' behind 'scenarios', "
			"expected nothing\n", argv[2]);
		return STATUS_USAGE;
	}
	fputs(example, stdout);
	scenario_reference(stdout);
	return STATUS_OK;
}

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
		fprintf(stderr, "ccwsim: %s\n", error.text);
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

static bool read_seed(const char *text, u64 *seed)
{
	char *end;

	errno = 0;
	*seed = strtoull(text, &end, 0);
	if (!errno && *end == '\0' && text[0] >= '0' && text[0] <= '9')
		return true;
	fprintf(stderr, "ccwsim run: --seed: found '%s', expected a number "
		"from 0 to 18446744073709551615\n", text);
	return false;
}

static bool read_device(const char *text, struct sim_config *config)
{
	struct sim_device_error error;

	config->device = sim_device_parse(text, &config->argument, &error);
	if (!config->device)
		fprintf(stderr, "ccwsim run: --device: %s\n", error.text);
	return config->device;
}

static const struct option options[] = {
	{ "seed", required_argument, NULL, 's' },
	{ "trace", no_argument, NULL, 't' },
	{ "json", no_argument, NULL, 'j' },
	{ "device", required_argument, NULL, 'd' },
	{ }
};

static int parse_options(int argc, char **argv, struct sim_config *config)
{
	int option;

	argv[0] = "ccwsim run";
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?') {
			fputs("ccwsim run: expected --seed N, --device TYPE, "
			      "--trace, --json or FILE.ccw...\n", stderr);
			return STATUS_USAGE;
		}
		if (option == 's' && !read_seed(optarg, &config->seed))
			return STATUS_USAGE;
		if (option == 'd' && !read_device(optarg, config))
			return STATUS_USAGE;
		if (option == 't' || option == 'j')
			config->trace = stdout;
		config->json |= option == 'j';
	}
	if (optind < argc)
		return STATUS_OK;
	fputs("ccwsim run: found no file, expected FILE.ccw...\n", stderr);
	return STATUS_USAGE;
}

static int run(int argc, char **argv)
{
	struct sim_config config = { 0 };
	struct runner runner = { 0 };
	int status = parse_options(argc, argv, &config);

	runner.out = config.json ? stderr : stdout;
	for (; !status && optind < argc; optind++)
		run_file(&runner, &config, argv[optind]);
	return status ?: runner_finish(&runner);
}

static int arrived(int status)
{
	if (!fflush(stdout) && !ferror(stdout) && !ferror(stderr))
		return status;
	perror("ccwsim: cannot write");
	return STATUS_USAGE;
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "run", run }, { "help", help }, { "--help", help }, { "-h", help },
};

int main(int argc, char **argv)
{
	if (argc < 2) {
		fputs(usage, stderr);
		return STATUS_USAGE;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(argv[1], commands[i].name))
			return arrived(commands[i].run(argc - 1, argv + 1));
	fprintf(stderr, "ccwsim: found '%s', expected 'run' or 'help'; "
		"'ccwsim --help' tells more\n", argv[1]);
	return STATUS_USAGE;
}
