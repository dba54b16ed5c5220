// SPDX-License-Identifier: GPL-2.0-only
/* owners STATE FILE.ccw: who holds what when the driver first is in STATE */
#include <stdio.h>
#include <string.h>

#include "ccwsim.h"

static int is_in(const struct sim *sim, const char *state)
{
	struct sim_states states;

	sim_states(sim, &states);
	return !strcmp(states.driver, state);
}

static void show(const struct sim *sim)
{
	static const char *const who[SIM_OWNERS] = {
		"machine", "driver", "VMM", "guest",
	};
	char words[512];

	for (int owner = 0; owner < SIM_OWNERS; owner++) {
		sim_describe(sim, owner, words, sizeof(words));
		printf("%-8s %s\n", who[owner], words);
	}
}

int main(int argc, char **argv)
{
	struct sim_error error;
	struct sim *sim;
	int status;

	if (argc != 3) {
		fputs("usage: owners STATE FILE.ccw\n", stderr);
		return 2;
	}
	sim = sim_load_file(NULL, argv[2], &error);
	if (!sim) {
		fprintf(stderr, "owners: %s\n", error.text);
		return 2;
	}
	while (sim_step(sim))
		if (is_in(sim, argv[1])) {
			show(sim);
			break;
		}
	sim_play(sim);
	fputs(sim_report(sim), stdout);
	status = sim_verdict(sim) == SIM_PASSED ? 0 : 1;
	sim_destroy(sim);
	return status;
}
