/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `tierscope events` says of a machine of every generation, to the letter.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

#define OUTPUT_MAX 65536

static void read_all(FILE *file, char *text)
{
	size_t n = fread(text, 1, OUTPUT_MAX - 1, file);

	text[n] = '\0';
	CU_ASSERT_TRUE(n > 0 && n < OUTPUT_MAX - 1);
}

static void check_machine(const char *name)
{
	static char said[OUTPUT_MAX], expected[OUTPUT_MAX];
	char line[512];
	FILE *file;

	snprintf(line, sizeof(line),
		 "'%s' events --sysfs-root '%s/sysfs-%s' --format csv 2>&1",
		 TIERSCOPE_PROGRAM, FIXTURES, name);
	file = popen(line, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	read_all(file, said);
	CU_ASSERT_EQUAL(pclose(file), 0);
	snprintf(line, sizeof(line), "%s/events/%s.csv", FIXTURES, name);
	file = fopen(line, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	read_all(file, expected);
	fclose(file);
	if (strcmp(said, expected))
		fprintf(stderr, "of %s it is said:\n%s", name, said);
	CU_ASSERT_STRING_EQUAL(said, expected);
}

static void skylake(void)
{
	check_machine("skylake");
}

static void cascade_lake(void)
{
	check_machine("cascade-lake");
}

static void cooper_lake(void)
{
	check_machine("cooper-lake");
}

static void ice_lake(void)
{
	check_machine("ice-lake");
}

static void sapphire_rapids(void)
{
	check_machine("sapphire-rapids");
}

static void emerald_rapids(void)
{
	check_machine("emerald-rapids");
}

static void a_model_that_is_not_known(void)
{
	check_machine("granite-rapids");
}

static void no_pmu_at_all(void)
{
	check_machine("dram-only");
}

static const struct suite_test tests[] = {
	{ "Skylake-SP", skylake },
	{ "Cascade Lake", cascade_lake },
	{ "Cooper Lake", cooper_lake },
	{ "Ice Lake-SP", ice_lake },
	{ "Sapphire Rapids", sapphire_rapids },
	{ "Emerald Rapids", emerald_rapids },
	{ "a model that is not known", a_model_that_is_not_known },
	{ "no PMU at all", no_pmu_at_all },
};

SUITE_MAIN("cli events", tests)
