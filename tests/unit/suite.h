/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every unit test shares: one suite, its tests in a table, and an exit
 * status that comes from the failures and not from the runner's return value.
 */
#pragma once

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <CUnit/Basic.h>

struct suite_test {
	const char *name;
	void (*run)(void);
};

/* Tests know a descriptor by its being above 2, whoever started them with some
 * of the streams closed. */
static inline int take_standard_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	return fd < 0 ? -1 : close(fd);
}

static inline int suite_run(const char *name, const struct suite_test *tests,
			    size_t n)
{
	unsigned int failed;
	CU_pSuite suite;

	/* A test that aborts must not lose what it printed before. */
	setvbuf(stdout, NULL, _IONBF, 0);
	if (take_standard_streams() || CU_initialize_registry() != CUE_SUCCESS)
		return EXIT_FAILURE;
	suite = CU_add_suite(name, NULL, NULL);
	if (!suite)
		return EXIT_FAILURE;
	for (size_t i = 0; i < n; i++)
		if (!CU_add_test(suite, tests[i].name, tests[i].run))
			return EXIT_FAILURE;
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failed = CU_get_number_of_failures() + CU_get_number_of_tests_failed();
	if (CU_get_number_of_tests_run() != n)
		failed++;
	CU_cleanup_registry();
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#define SUITE_MAIN(name, tests)						\
	int main(void)							\
	{								\
		return suite_run(name, tests,				\
				 sizeof(tests) / sizeof((tests)[0]));	\
	}
