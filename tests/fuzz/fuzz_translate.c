// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer's target: any bytes are a trial of the translator. With
 * FUZZ_PRINT set, each trial is described, to be read by a person.
 */
/*
 * What counts is where trials lead the driver, not how they are made. (The unit
 * tests have the sanitizers look at the oracle, too.)
 */
#pragma clang attribute push( \
	__attribute__((no_sanitize("coverage", "address", "undefined"))), \
	apply_to = function)
#include "print.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
const char *__asan_default_options(void);

/* A trial allocates little, and nothing of the one before. */
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=4:malloc_context_size=1";
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	enum verdict verdict;

	trial_from_bytes(bytes, size);
	if (getenv("FUZZ_PRINT"))
		print_trial(stderr);
	verdict = world_try();
	if (getenv("FUZZ_PRINT") || verdict == WRONG)
		print_result(stderr, verdict);
	if (verdict == WRONG)
		abort();
	return 0;
}

#pragma clang attribute pop
