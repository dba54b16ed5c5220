// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd_sim.h"
#include "soak.h"
#include "witness.h"

struct soak {
	u64 first, stories;	/* seeds from first on */
	bool one;		/* story, unless their number is given */
	u64 told, steps;
	struct sim_config config;
	bool print;		/* the story, and do not tell it */
	bool as_found;		/* do not make it shorter */
	const char *save;	/* file for the short story, or NULL */
	FILE *out;		/* the same, open */
};

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
	interrupted = signal;
}

static bool watched(void)
{
	return isatty(STDERR_FILENO);
}

static void forget_progress(void)
{
	if (watched())
		fputs("\r\033[K", stderr);
}

static void show_progress(const struct soak *soak)
{
	if (watched() && soak->told % 1000 == 0)
		fprintf(stderr, "\r%llu of %llu stories",
			(unsigned long long)soak->told,
			(unsigned long long)soak->stories);
}

static void show_shrinking(unsigned int lines)
{
	if (watched())
		fprintf(stderr, "\r\033[K%u lines are left", lines);
}

static void print_case(FILE *out, const struct soak_case *found, u64 story,
		       const char *file)
{
	fprintf(out, "# Story %llu of ccwsim soak, without what it did not "
		"need to fail:\n# %s\n", (unsigned long long)story,
		found->end.what);
	fprintf(out, "# ccwsim run --seed %llu --trace %s\n%s",
		(unsigned long long)found->seed, file, found->text);
}

static int save_case(const struct soak *soak, const struct soak_case *found,
		     u64 story)
{
	print_case(soak->out, found, story, soak->save);
	if (!fflush(soak->out) && !ferror(soak->out))
		return CMD_FAILED;
	return cmd_wrong(&cmd_soak, "%s: %s", soak->save, strerror(errno));
}

static int report(const struct soak *soak, u64 story, struct soak_case *found)
{
	forget_progress();
	printf("story %llu: %s\n", (unsigned long long)story, found->end.what);
	printf("again: ccwsim soak --seed %llu --trace\n",
	       (unsigned long long)story);
	if (soak->as_found)
		return CMD_FAILED;
	fflush(stdout);
	if (soak_shrink(found, show_shrinking))
		return cmd_wrong(&cmd_soak, "no memory to make it shorter");
	forget_progress();
	if (soak->save)
		return save_case(soak, found, story);
	putchar('\n');
	print_case(stdout, found, story, "FILE.ccw");
	return CMD_FAILED;
}

static int tell(struct soak *soak, u64 story)
{
	struct soak_case found = { .text = soak_story(story), .seed = story };
	int status = CMD_OK;

	if (!found.text)
		return cmd_wrong(&cmd_soak, "no memory for a story");
	soak->config.seed = story;
	if (soak->print)
		fputs(found.text, stdout);
	else if (soak_tell(found.text, &soak->config, &found.end))
		status = cmd_wrong(&cmd_soak, "no memory for a simulation");
	soak->told++;
	soak->steps += found.end.steps;
	if (!status && found.end.what[0])
		status = report(soak, story, &found);
	free(found.text);
	return status;
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec * 1e-9;
}

static int tell_all(struct soak *soak)
{
	double begin = seconds(), took;
	int status = CMD_OK;

	while (!status && !interrupted && soak->told < soak->stories) {
		status = tell(soak, soak->first + soak->told);
		show_progress(soak);
	}
	took = seconds() - begin;
	forget_progress();
	if (!soak->print)
		fprintf(stderr, "%llu stories, %llu steps in %.1f s: "
			"%.0f steps/s%s\n", (unsigned long long)soak->told,
			(unsigned long long)soak->steps, took,
			soak->steps / (took > 0 ? took : 1),
			interrupted ? ", interrupted" : "");
	return status;
}

static int soak_stories(struct soak *soak)
{
	struct sigaction act = { .sa_handler = interrupt }, before;
	int status;

	sigaction(SIGINT, &act, &before);
	status = tell_all(soak);
	sigaction(SIGINT, &before, NULL);
	if (interrupted && !status) {
		fflush(stdout);
		raise(interrupted);
	}
	return status;
}

static void print_event(void *ctx, const char *text, size_t length)
{
	fwrite(text, 1, length, stdout);
}

static bool take_number(u64 least, const char *option, u64 *number)
{
	return cmd_number(&cmd_soak, option, optarg, least, UINT64_MAX,
			  number);
}

static bool take_option(struct soak *soak, int key)
{
	switch (key) {
	case 'n':
		return take_number(1, "--seeds", &soak->stories);
	case 's':
		soak->one = true;
		return take_number(0, "--seed", &soak->first);
	case 't':
	case 'j':
		soak->config.event = print_event;
		soak->config.json = key == 'j';
		return true;
	case 'p':
		return soak->print = true;
	case 'a':
		return soak->as_found = true;
	case 'o':
		soak->save = optarg;
		return true;
	}
	return false;
}

static int soak_and_save(struct soak *soak)
{
	int status;

	if (soak->as_found || soak->print)
		return cmd_wrong(&cmd_soak, "found --%s and --save, expected one "
				 "of them: no story is made shorter",
				 soak->print ? "story" : "as-found");
	soak->out = fopen(soak->save, "w");
	if (!soak->out)
		return cmd_wrong(&cmd_soak, "%s: %s", soak->save,
				 strerror(errno));
	status = soak_stories(soak);
	fclose(soak->out);
	return status;
}

static int run(int argc, char **argv)
{
	struct soak soak = { .first = 1 };
	int key;

	while ((key = cmd_option(&cmd_soak, argc, argv))) {
		if (key == 'l') {
			witness_list(stdout);
			return CMD_OK;
		}
		if (!take_option(&soak, key))
			return CMD_WRONG;
	}
	if (optind < argc)
		return cmd_wrong(&cmd_soak, "found '%s', expected options only",
				 argv[optind]);
	if (!soak.stories)
		soak.stories = soak.one ? 1 : 1000;
	return soak.save ? soak_and_save(&soak) : soak_stories(&soak);
}

static const struct cmd_option options[] = {
	{ 'n', "seeds", "N", "tell N stories; 1000, or 1 if --seed is given" },
	{ 's', "seed", "S", "begin with story S; 1 if it is not given" },
	{ 't', "trace", NULL, "print all that happens in each story" },
	{ 'j', "json", NULL, "the same, one JSON object per line" },
	{ 'p', "story", NULL, "print the story, a scenario, and do not tell it" },
	{ 'a', "as-found", NULL, "do not make a story shorter that fails" },
	{ 'o', "save", "FILE", "write the shorter story to FILE, which is "
	  "emptied first" },
	{ 'l', "list", NULL, "list what must hold after each step" },
	{ }
};

const struct cmd cmd_soak = {
	.name = "soak",
	.arguments = "",
	.summary = "tell stories made up by chance until one goes wrong",
	.text = "A story is a scenario in which two users, the owner of their "
		"VM, a device, the\nmachine, an administrator and the kernel do "
		"what they like at once. A number\ndecides what they do and who "
		"is faster. After each step it is looked at what\nmust always "
		"hold (--list). A story in which it does not is made shorter\n"
		"and printed, to be played by 'ccwsim run'.\n",
	.options = options,
	.example = "  ccwsim soak --seeds 200\n"
		   "  ccwsim soak --seed 4711 --trace | less\n"
		   "  ccwsim soak --seed 4711 --story >4711.ccw\n",
	.run = run,
};
