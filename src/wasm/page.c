// SPDX-License-Identifier: GPL-2.0-only
/*
 * The library for a page: numbers and strings only. A page is told of each
 * event and result by module.event(page, text), if it has such a function.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <emscripten.h>

#include "ccwsim.h"

/** A simulation, or why there is none. */
struct page {
	struct sim *sim;		/**< NULL: see error */
	struct sim_error error;
	bool over;
	char words[512];		/**< what page_state() returns */
};

EM_JS(void, page_event, (void *page, const char *text), {
	if (Module.event)
		Module.event(page, UTF8ToString(text));
})

static void event(void *page, const char *text, size_t length)
{
	page_event(page, text);
}

/** @param device may be NULL. @return NULL: no memory; free with page_free() */
EMSCRIPTEN_KEEPALIVE
struct page *page_load(const char *text, double seed, const char *device)
{
	struct page *page = calloc(1, sizeof(*page));
	const struct sim_config config = {
		.seed = seed, .device = device, .json = true,
		.event = event, .result = event, .ctx = page,
	};

	if (page)
		page->sim = sim_load(&config, "scenario", text, strlen(text),
				     &page->error);
	return page;
}

EMSCRIPTEN_KEEPALIVE
void page_free(struct page *page)
{
	sim_destroy(page->sim);
	free(page);
}

/** @return why there is no simulation; "": there is one */
EMSCRIPTEN_KEEPALIVE
const char *page_error(const struct page *page)
{
	return page->error.text;
}

EMSCRIPTEN_KEEPALIVE
void page_step(struct page *page)
{
	page->over = !sim_step(page->sim);
}

/** To the end. */
EMSCRIPTEN_KEEPALIVE
void page_play(struct page *page)
{
	sim_play(page->sim);
	page->over = true;
}

EMSCRIPTEN_KEEPALIVE
bool page_over(const struct page *page)
{
	return page->over;
}

/** @return enum sim_verdict */
EMSCRIPTEN_KEEPALIVE
int page_verdict(const struct page *page)
{
	return sim_verdict(page->sim);
}

/** What an enum sim_owner holds, in words; lasts until the next call. */
EMSCRIPTEN_KEEPALIVE
const char *page_state(struct page *page, int owner)
{
	sim_describe(page->sim, owner, page->words, sizeof(page->words));
	return page->words;
}
