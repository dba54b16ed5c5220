// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <getopt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ccwsim.h"
#include "cmd_sim.h"
#include "cmd_draw.h"
#include "runner.h"

/* What the user wants, and how far we are. */
struct wishes {
	struct sim_config config;
	u64 seed;
	u64 first, last;	/* lines whose events are wanted; 0: all */
	int form;		/* of the trace: its option; 0: none */
	const char *form_name;
	FILE *events;		/* where they go */
	bool view;		/* what an operator sees is wanted, too */
	struct runner sums;
	u64 line;		/* the events are of this line */
	int files, done;
	bool progress;		/* is on the screen */
	u64 shown;		/* when, in milliseconds of the computer's clock */
};

static u64 milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void show_progress(struct wishes *wishes, const char *path)
{
	u64 now = milliseconds();

	if (wishes->files < 2 || !isatty(STDERR_FILENO) ||
	    now - wishes->shown < 200)
		return;
	fprintf(stderr, "\r\033[K%d of %d: %.60s", wishes->done,
		wishes->files, path);
	wishes->progress = true;
	wishes->shown = now;
}

static void forget_progress(struct wishes *wishes)
{
	if (wishes->progress)
		fputs("\r\033[K", stderr);
	wishes->progress = false;
}

static u64 line_of(const struct wishes *wishes, const char *text)
{
	unsigned long long line;

	if (wishes->config.json) {
		text = strstr(text, "\"what\":\"step\",\"line\":");
		return text ? strtoull(strchr(text, 'l') + 6, NULL, 10) :
			      wishes->line;
	}
	if (text[0] != '\n')
		return wishes->line;
	return sscanf(text, "%llu", &line) == 1 ? line : 0;
}

static void print_event(void *ctx, const char *text, size_t length)
{
	struct wishes *wishes = ctx;

	wishes->line = line_of(wishes, text);
	if (wishes->last &&
	    (wishes->line < wishes->first || wishes->line > wishes->last))
		return;
	forget_progress(wishes);
	fwrite(text, 1, length, wishes->events);
}

static void print_result(void *ctx, const char *text, size_t length)
{
	struct wishes *wishes = ctx;

	forget_progress(wishes);
	fwrite(text, 1, length, wishes->sums.out);
}

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

static void run_sim(struct wishes *wishes, struct sim *sim,
		    const struct sim_error *error)
{
	if (!sim) {
		forget_progress(wishes);
		fprintf(stderr, "ccwsim: %s\n", error->text);
		wishes->sums.broken++;
		return;
	}
	sim_play(sim);
	count(&wishes->sums, sim);
	if (wishes->view)
		cmd_view(sim, wishes->sums.out);
	sim_destroy(sim);
}

static char *read_stdin(size_t *length)
{
	char *text = NULL, buf[4096];
	FILE *out = open_memstream(&text, length);
	size_t size;

	while (out && (size = fread(buf, 1, sizeof(buf), stdin)))
		fwrite(buf, 1, size, out);
	if (out && !ferror(stdin) && !fclose(out))
		return text;
	cmd_wrong(&cmd_run, "standard input: %s", strerror(errno));
	free(text);
	return NULL;
}

static void run_file(struct wishes *wishes, const char *path)
{
	struct sim_error error;
	size_t length;
	char *text;

	if (strcmp(path, "-")) {
		run_sim(wishes, sim_load_file(&wishes->config, path, &error),
			&error);
		return;
	}
	text = read_stdin(&length);
	if (text)
		run_sim(wishes, sim_load(&wishes->config, "-", text, length,
					 &error), &error);
	else
		wishes->sums.broken++;
	free(text);
}

static int run_and_draw(struct wishes *wishes, const char *path)
{
	char *text = NULL;
	size_t length;
	int ret;

	wishes->events = open_memstream(&text, &length);
	if (!wishes->events)
		return cmd_wrong(&cmd_run, "no memory");
	run_file(wishes, path);
	ret = fclose(wishes->events) ? -ENOMEM : draw_sequence(stdout, text);
	free(text);
	if (ret == -ENODATA && wishes->sums.passed + wishes->sums.failed)
		return cmd_wrong(&cmd_run, "found no event on these lines, "
				 "expected lines of %s that do something", path);
	return ret == -ENOMEM ? cmd_wrong(&cmd_run, "no memory") : CMD_OK;
}

static bool take_lines(struct wishes *wishes, char *text)
{
	char *last = strchr(text, '-');
	bool good;

	if (last)
		*last++ = '\0';
	good = cmd_number(&cmd_run, "--lines", text, 1, UINT32_MAX,
			  &wishes->first) &&
	       cmd_number(&cmd_run, "--lines", last ?: text, 1, UINT32_MAX,
			  &wishes->last);
	if (good && wishes->last < wishes->first) {
		cmd_wrong(&cmd_run, "--lines: found %s-%s, expected the first "
			  "line first", text, last);
		return false;
	}
	return good;
}

static bool take_form(struct wishes *wishes, int key, const char *name)
{
	if (wishes->form && wishes->form != key) {
		cmd_wrong(&cmd_run, "found --%s and --%s, expected one of them: "
			  "each is the trace, in another form",
			  wishes->form_name, name);
		return false;
	}
	wishes->form = key;
	wishes->form_name = name;
	wishes->config.event = print_event;
	wishes->config.json = key == 'j';
	return true;
}

static bool take_option(struct wishes *wishes, int key)
{
	switch (key) {
	case 's':
		return cmd_number(&cmd_run, "--seed", optarg, 0, UINT64_MAX,
				  &wishes->seed);
	case 'd':
		return cmd_device(&cmd_run, optarg, &wishes->config);
	case 'v':
		return wishes->view = true;
	case 'l':
		return take_lines(wishes, optarg);
	case 't':
		return take_form(wishes, key, "trace");
	case 'j':
		return take_form(wishes, key, "json");
	case 'g':
		return take_form(wishes, key, "svg");
	}
	return false;
}

static int take_options(struct wishes *wishes, int argc, char **argv)
{
	int key;

	while ((key = cmd_option(&cmd_run, argc, argv)))
		if (!take_option(wishes, key))
			return CMD_WRONG;
	wishes->files = argc - optind;
	if (wishes->last && !wishes->form)
		return cmd_wrong(&cmd_run, "found --lines, expected --trace, "
				 "--json or --svg with it");
	if (!wishes->files)
		return cmd_wrong(&cmd_run, "found no file, expected "
				 "FILE.ccw...");
	if (wishes->form == 'g' && wishes->files > 1)
		return cmd_wrong(&cmd_run, "found %d files, expected one: a "
				 "picture shows one run", wishes->files);
	return CMD_OK;
}

static int run(int argc, char **argv)
{
	struct wishes wishes = { .events = stdout, .config.watched = true };
	int status = take_options(&wishes, argc, argv);

	wishes.config.seed = wishes.seed;
	wishes.config.result = print_result;
	wishes.config.ctx = &wishes;
	wishes.sums.out = wishes.form && wishes.form != 't' ? stderr : stdout;
	wishes.shown = milliseconds();
	if (!status && wishes.form == 'g')
		status = run_and_draw(&wishes, argv[optind++]);
	for (; !status && optind < argc; optind++) {
		show_progress(&wishes, argv[optind]);
		run_file(&wishes, argv[optind]);
		wishes.done++;
	}
	forget_progress(&wishes);
	return status ?: runner_finish(&wishes.sums);
}

static const struct cmd_option options[] = {
	{ 's', "seed", "N", "decide every race by N; the same seed gives the "
	  "same run.\n0, the default, lets everybody finish what he has begun" },
	{ 'd', "device", "TYPE[=ARGUMENT]", "stand this behind the subchannel; "
	  "'ccwsim devices' lists them" },
	{ 'v', "view", NULL, "show at the end what an operator sees at the "
	  "device" },
	{ 't', "trace", NULL, "tell the story: each step, and all that follows "
	  "from it" },
	{ 'j', "json", NULL, "the same, one JSON object per line; results go to "
	  "stderr" },
	{ 'g', "svg", NULL, "the same as a picture, a sequence diagram; results "
	  "go to\nstderr" },
	{ 'l', "lines", "N[-M]", "of the trace only what belongs to these lines "
	  "of the\nscenario" },
	{ }
};

const struct cmd cmd_run = {
	.name = "run",
	.arguments = "FILE.ccw...",
	.summary = "play scenarios: who does what, and what must follow",
	.text = "Each file is played on a simulation of its own; - is standard "
		"input. A line says\nwhat was expected and what came for each "
		"expectation that failed; the last line\ncounts.\n",
	.options = options,
	.example = "  ccwsim run --trace tests/scenarios/sense-id.ccw\n"
		   "  ccwsim run --seed 7 tests/scenarios/*.ccw\n"
		   "  ccwsim run --svg --lines 13-14 "
		   "tests/scenarios/sense-id.ccw >trip.svg\n",
	.run = run,
};
