// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "experiment/template.h"
#include "suite.h"

static struct experiment_pair pairs[] = {
	{ (char *)"width", (char *)"0.35", { 0 } },
	{ (char *)"x", (char *)"${width}", { 0 } },
	{ (char *)"none", (char *)"", { 0 } },
};
static const struct experiment_pairs variables = { 3, pairs };

static void values_take_the_place_of_variables(void)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "${width}", "0.35" },
		{ "-w${width}${width}.", "-w0.350.35." },
		{ "${none}", "" },
		/* Once only. */
		{ "${x}", "${width}" },
		{ "$${width}", "${width}" },
		{ "$$$${width}", "$${width}" },
		{ "$width $ $", "$width $ $" },
		{ "{width}", "{width}" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *unknown = NULL, *got = NULL;

		CU_ASSERT_EQUAL_FATAL(experiment_template(cases[i].text, &variables,
							  &unknown, &got), 0);
		CU_ASSERT_STRING_EQUAL(got, cases[i].want);
		CU_ASSERT_PTR_NULL(unknown);
		free(got);
	}
}

static void an_unknown_variable_is_named(void)
{
	char *unknown = NULL, *got = NULL;

	CU_ASSERT_EQUAL(experiment_template("a ${width} ${hight}", &variables,
					    &unknown, &got), -ENOENT);
	CU_ASSERT_STRING_EQUAL(unknown, "hight");
	CU_ASSERT_PTR_NULL(got);
	free(unknown);
}

static void half_a_variable_is_refused(void)
{
	static const char *const bad[] = {
		"${", "${}", "${width", "x${ width}", "${wid-th}", "${1}", "${wi${width}}",
		"${aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *unknown = NULL, *got = NULL;

		CU_ASSERT_EQUAL(experiment_template(bad[i], &variables, &unknown, &got),
				-EINVAL);
		CU_ASSERT_PTR_NULL(unknown);
		CU_ASSERT_PTR_NULL(got);
	}
}

static const struct suite_test tests[] = {
	{ "values take the place of variables", values_take_the_place_of_variables },
	{ "an unknown variable is named", an_unknown_variable_is_named },
	{ "half a variable is refused", half_a_variable_is_refused },
};

SUITE_MAIN("experiment template", tests)
