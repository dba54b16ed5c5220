// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer's target: any bytes are a trial of the translator. With
 * FUZZ_PRINT set, each trial is described, to be read by a person.
 */
/* What counts is where trials lead the driver, not how they are made. */
#pragma clang attribute push(__attribute__((no_sanitize("coverage"))), \
			     apply_to = function)
#include "print.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

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
