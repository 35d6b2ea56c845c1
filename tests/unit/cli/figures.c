// SPDX-License-Identifier: GPL-2.0-or-later
/* Mean and spread, and figures that a program printed. */
#include <math.h>
#include <string.h>

#include "cli/experiment_figures.h"
#include "suite.h"

static void add(struct experiment_mean *mean, uint64_t number)
{
	experiment_mean_add(mean, REPORT_BYTES, report_number(number));
}

static void a_mean_needs_one_value_and_a_spread_two(void)
{
	struct experiment_mean mean = { 0 };
	struct report_value value = experiment_mean_value(&mean, REPORT_BYTES);

	CU_ASSERT_EQUAL(value.state, REPORT_NOT_MEASURED);
	CU_ASSERT_STRING_EQUAL(value.reason, "no run is done");
	add(&mean, 7);
	CU_ASSERT_EQUAL(experiment_mean_value(&mean, REPORT_BYTES).number, 7);
	value = experiment_mean_spread(&mean, REPORT_BYTES);
	CU_ASSERT_EQUAL(value.state, REPORT_NOT_MEASURED);
	CU_ASSERT_STRING_EQUAL(value.reason, "one value has no spread");
	add(&mean, 7);
	/* Measured, and zero. */
	value = experiment_mean_spread(&mean, REPORT_BYTES);
	CU_ASSERT_EQUAL(value.state, REPORT_VALUE);
	CU_ASSERT_EQUAL(value.number, 0);
}

/* 2, 4, 4, 4, 5, 5, 7, 9: mean 5, sum of squared differences 32. */
static void the_spread_is_the_samples_standard_deviation(void)
{
	static const double values[] = { 2, 4, 4, 4, 5, 5, 7, 9 };
	struct experiment_mean reals = { 0 }, large = { 0 };

	for (size_t i = 0; i < 8; i++) {
		experiment_mean_add(&reals, REPORT_RATIO, report_real(values[i]));
		/* By sums of squares this would be nothing but rounding. */
		add(&large, 1000000000000000 + (uint64_t)(1000 * values[i]));
	}
	CU_ASSERT_DOUBLE_EQUAL(experiment_mean_value(&reals, REPORT_RATIO).real, 5, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(experiment_mean_spread(&reals, REPORT_RATIO).real,
			       sqrt(32.0 / 7), 1e-12);
	CU_ASSERT_EQUAL(experiment_mean_value(&large, REPORT_BYTES).number, 1000000000005000);
	CU_ASSERT_EQUAL(experiment_mean_spread(&large, REPORT_BYTES).number, 2138);
}

static void what_was_not_measured_is_left_out(void)
{
	char reason[] = "there is no such event here";
	struct experiment_mean mean = { 0 };

	experiment_mean_add(&mean, REPORT_BYTES, report_not_available(reason));
	/* It was the run's, and that is gone. */
	memset(reason, 'x', sizeof(reason) - 1);
	CU_ASSERT_EQUAL(experiment_mean_value(&mean, REPORT_BYTES).state, REPORT_NOT_AVAILABLE);
	CU_ASSERT_STRING_EQUAL(experiment_mean_spread(&mean, REPORT_BYTES).reason,
			       "there is no such event here");
	add(&mean, 4);
	CU_ASSERT_EQUAL(experiment_mean_value(&mean, REPORT_BYTES).number, 4);
	CU_ASSERT_EQUAL(mean.n, 1);
	CU_ASSERT_EQUAL(mean.of, 2);
	experiment_mean_clear(&mean);
}

static void a_path_leads_to_a_figure(void)
{
	json_object *object = json_tokener_parse(
		"{\"a_ns\": 18446744073709551615, \"b\": {\"c\": [1.5, {\"d\": \"text\"}]},"
		" \"e\": null, \"f\": -1, \"g\": 2.6, \"h\": 1e30}");
	static const struct {
		const char *path;
		enum report_type type;
	} none[] = {
		{ "x", REPORT_STRING }, { "b.x", REPORT_STRING }, { "b.c.2", REPORT_STRING },
		{ "b.c.-1", REPORT_STRING }, { "b.c.x", REPORT_STRING }, { "a_ns.x", REPORT_STRING },
		{ "", REPORT_STRING }, { "e", REPORT_BYTES }, { "f", REPORT_BYTES },
		{ "h", REPORT_BYTES }, { "b.c.1.d", REPORT_BYTES }, { "b", REPORT_RATIO },
		{ "b.c.99999999999999999999", REPORT_STRING },
	};

	CU_ASSERT_PTR_NOT_NULL_FATAL(object);
	CU_ASSERT_EQUAL(experiment_json_find(object, "a_ns", REPORT_DURATION).state,
			REPORT_NOT_MEASURED);
	CU_ASSERT_EQUAL(experiment_json_find(object, "b.c.0", REPORT_RATIO).real, 1.5);
	CU_ASSERT_STRING_EQUAL(experiment_json_find(object, "b.c.1.d", REPORT_STRING).string, "text");
	CU_ASSERT_EQUAL(experiment_json_find(object, "g", REPORT_BYTES).number, 3);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		struct report_value value = experiment_json_find(object, none[i].path, none[i].type);

		CU_ASSERT_EQUAL(value.state, REPORT_NOT_MEASURED);
		CU_ASSERT_PTR_NOT_NULL(value.reason);
	}
	json_object_put(object);
}

static void a_name_tells_the_unit(void)
{
	CU_ASSERT_EQUAL(experiment_type_of("median_ns"), REPORT_DURATION);
	CU_ASSERT_EQUAL(experiment_type_of("a.0.total_bytes"), REPORT_BYTES);
	CU_ASSERT_EQUAL(experiment_type_of("hit_ratio"), REPORT_RATIO);
	CU_ASSERT_EQUAL(experiment_type_of("_ns"), REPORT_STRING);
	CU_ASSERT_EQUAL(experiment_type_of("bytes"), REPORT_STRING);
}

/* Names are fields of programs: one each, with its unit at the end. */
static void figures_have_names_of_their_own(void)
{
	for (size_t i = 0; i < experiment_n_figures; i++) {
		CU_ASSERT_EQUAL(experiment_figures[i].unit[0], '_');
		CU_ASSERT_NOT_EQUAL(experiment_figures[i].type, REPORT_STRING);
		for (size_t j = 0; j < i; j++)
			CU_ASSERT_STRING_NOT_EQUAL(experiment_figures[i].name,
						   experiment_figures[j].name);
	}
}

static const struct suite_test tests[] = {
	{ "a mean needs one value and a spread two", a_mean_needs_one_value_and_a_spread_two },
	{ "the spread is the sample's standard deviation",
	  the_spread_is_the_samples_standard_deviation },
	{ "what was not measured is left out", what_was_not_measured_is_left_out },
	{ "a path leads to a figure", a_path_leads_to_a_figure },
	{ "a name tells the unit", a_name_tells_the_unit },
	{ "figures have names of their own", figures_have_names_of_their_own },
};

SUITE_MAIN("cli figures", tests)
