// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stories made up by chance: that they end well, that the same seed tells the
 * same one, and that one that fails is made short.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "soak.h"
#include "suite.h"

#define STORIES	300

static void print_event(void *ctx, const char *text, size_t length)
{
	fwrite(text, 1, length, ctx);
}

static struct soak_end told(const char *text, u64 seed, FILE *trace)
{
	const struct sim_config config = {
		.seed = seed, .event = trace ? print_event : NULL, .ctx = trace,
	};
	struct soak_end end;

	CU_ASSERT_EQUAL_FATAL(soak_tell(text, &config, &end), 0);
	return end;
}

static void all_stories_end_well(void)
{
	u64 seed;

	for (seed = 1; seed <= STORIES; seed++) {
		char *text = soak_story(seed);
		struct soak_end end;

		CU_ASSERT_PTR_NOT_NULL_FATAL(text);
		end = told(text, seed, NULL);
		CU_ASSERT_STRING_EQUAL(end.what, "");
		if (end.what[0])
			printf("\n  seed %u: %s", (unsigned int)seed, end.what);
		free(text);
	}
}

/* A story and all that happens in it. */
static char *whole(u64 seed)
{
	char *text = soak_story(seed), *trace = NULL;
	size_t size;
	FILE *out = open_memstream(&trace, &size);

	CU_ASSERT_FATAL(text && out);
	fputs(text, out);
	told(text, seed, out);
	fclose(out);
	free(text);
	return trace;
}

static void the_same_seed_tells_the_same_story(void)
{
	char *one = whole(4711), *again = whole(4711), *other = whole(4712);

	CU_ASSERT_STRING_EQUAL(one, again);
	CU_ASSERT_STRING_NOT_EQUAL(one, other);
	free(one);
	free(again);
	free(other);
}

static void what_is_no_scenario_is_refused(void)
{
	struct soak_end end;

	CU_ASSERT_EQUAL(soak_tell("vmm: opne", &(struct sim_config){ 0 },
				  &end), -EINVAL);
}

/* What fails is a line that expects what does not come: no bug is needed. */
#define SHORT \
	"scenario t\n" \
	"vmm: open => anything\n" \
	"vmm: reset => EIO\n"

static void a_story_that_fails_is_made_short(void)
{
	struct soak_case found = { .seed = 7, .text = strdup(
		"scenario t\nneeds 3270\n"
		"guest: ccw 0x1000 noop\nvmm: open => anything\n"
		"meanwhile a\nvmm: start 0x1000 => anything\nvmm: wait 1\n"
		"meanwhile b\nvmm: halt => anything\nvmm: clear => anything\n"
		"then\nvmm: wait 2\nvmm: reset => EIO\nvmm: close => ok\n") };

	CU_ASSERT_PTR_NOT_NULL_FATAL(found.text);
	found.end = told(found.text, found.seed, NULL);
	CU_ASSERT_STRING_EQUAL(found.end.what,
			       "vmm: reset: expected EIO, got ok");
	CU_ASSERT_EQUAL(soak_shrink(&found, NULL), 0);
	CU_ASSERT_STRING_EQUAL(found.text, SHORT);
	CU_ASSERT_EQUAL(found.seed, 0);
	CU_ASSERT_STRING_EQUAL(told(found.text, found.seed, NULL).what,
			       found.end.what);
	free(found.text);
}

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "all stories end well", all_stories_end_well },
		{ "the same seed tells the same story",
		  the_same_seed_tells_the_same_story },
		{ "what is no scenario is refused",
		  what_is_no_scenario_is_refused },
		{ "a story that fails is made short",
		  a_story_that_fails_is_made_short },
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "soak", tests);
}
