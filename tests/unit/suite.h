/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The main() of a program that is one suite of tests. Its arguments, if any, are
 * the names of the tests to run.
 */
#ifndef TEST_SUITE_H
#define TEST_SUITE_H

#include <stdio.h>
#include <string.h>

#include <CUnit/Basic.h>

/* Keep of @tests those that the arguments name. Return: how many are left. */
static inline int suite_choose(int argc, char **argv, CU_TestInfo *tests)
{
	CU_TestInfo *test, *to = tests;
	int i;

	for (test = tests; test->pName; test++)
		for (i = 1; i < argc; i++)
			if (!strcmp(test->pName, argv[i]))
				*to++ = *test;
	*to = (CU_TestInfo)CU_TEST_INFO_NULL;
	return to - tests;
}

/*
 * Run the tests that the arguments name, or all, in verbose mode; a line comes
 * out when it is whole, so that a crash shows in which test it was. Return: for
 * main().
 */
static inline int suite_main(int argc, char **argv, const char *name,
			     CU_TestInfo *tests)
{
	CU_SuiteInfo suites[] = {
		{ .pName = name, .pTests = tests },
		CU_SUITE_INFO_NULL,
	};
	unsigned int failed;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1 && suite_choose(argc, argv, tests) < argc - 1) {
		fprintf(stderr, "%s: no such test among: %s...\n", name, argv[1]);
		return 2;
	}
	if (CU_initialize_registry() || CU_register_suites(suites))
		return CU_get_error();
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failed = CU_get_number_of_tests_failed();
	CU_cleanup_registry();
	return failed ? 1 : 0;
}

#endif /* TEST_SUITE_H */
