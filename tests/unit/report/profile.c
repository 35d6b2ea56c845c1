/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Phases of a run file, added up by name.
 */
#include <json-c/json.h>

#include "report/profile.h"
#include "run_file.h"

static const struct store_phase_counter process[] = {
	{ "load.local_dram", -1, -1 }, { "load.remote_dram", -1, -1 },
	{ "load.local_pmm", -1, -1 }, { "load.remote_pmm", -1, -1 },
	{ "instructions", -1, -1 },
};

/* Core by core, and what the memory of two sockets did. */
static const struct store_phase_counter parts[] = {
	{ "load.local_dram", 0, -1 }, { "instructions", 0, -1 },
	{ "load.local_dram", 1, -1 }, { "instructions", 1, -1 },
	{ "dram.read", -1, 0 }, { "dram.read", -1, 1 },
};

static struct report_run *with_phases(const struct store_phase_counter *read,
				      size_t n, const struct store_phase *phases,
				      size_t n_phases)
{
	struct store_run run = run_make(N);
	struct store_writer *writer;
	struct report_run *report;
	char error[256] = "";

	unlink(path);
	CU_ASSERT_EQUAL_FATAL(store_create(path, &run, &writer), 0);
	CU_ASSERT_EQUAL_FATAL(store_phase_counters(writer, read, n), 0);
	for (size_t i = 0; i < n_phases; i++) {
		int64_t id = 0;

		CU_ASSERT_EQUAL_FATAL(store_phase(writer, &phases[i], &id), 0);
		CU_ASSERT_EQUAL(id, i + 1);
	}
	CU_ASSERT_EQUAL_FATAL(store_finish(writer, &run), 0);
	CU_ASSERT_EQUAL_FATAL(report_run_load(path, 0, error, sizeof(error),
					      &report), 0);
	return report;
}

#define VALUE(n, enabled, running) { n, n, enabled, running }

static const struct store_phase_value multiply[] = {
	VALUE(300, 10, 10), VALUE(100, 10, 10), VALUE(30, 10, 10),
	VALUE(10, 10, 10), VALUE(1000, 10, 10),
};
/* Half of the time: twice as many. */
static const struct store_phase_value half[] = {
	VALUE(50, 10, 5), VALUE(50, 10, 5), VALUE(0, 10, 5), VALUE(0, 10, 5),
	VALUE(500, 10, 5),
};
static const struct store_phase_value never[] = {
	VALUE(0, 10, 0), VALUE(0, 10, 0), VALUE(0, 10, 0), VALUE(0, 10, 0),
	VALUE(0, 10, 0),
};

static const struct store_phase phases[] = {
	{ "Multiply", 1, 0, 1, 100, 50, 40, multiply },
	{ "Add", 1, 0, 1, 200, 60, 60, half },
	{ "Multiply", 2, 1, 3, 300, 100, 80, multiply },
	{ "Wait", 1, 0, 1, 400, 20, 20, never },
};

static void test_sums(void)
{
	struct report_run *run = with_phases(process, 5, phases, 4);
	struct report_profile profile;
	double n;

	CU_ASSERT_EQUAL_FATAL(report_profile_load(run, &profile), 0);
	report_profile_sort(&profile, REPORT_PROFILE_BY_TIME);
	CU_ASSERT_EQUAL_FATAL(profile.n, 3);
	CU_ASSERT_STRING_EQUAL(profile.rows[0].name, "Multiply");
	CU_ASSERT_EQUAL(profile.rows[0].calls, 4);
	CU_ASSERT_EQUAL(profile.rows[0].time_ns, 120);
	CU_ASSERT_FALSE(profile.rows[0].estimated);
	CU_ASSERT_TRUE(report_profile_dram_loads(&profile.rows[0], &n));
	CU_ASSERT_EQUAL(n, 800);
	CU_ASSERT_TRUE(report_profile_pmm_loads(&profile.rows[0], &n));
	CU_ASSERT_EQUAL(n, 80);
	CU_ASSERT_STRING_EQUAL(profile.rows[1].name, "Add");
	CU_ASSERT_TRUE(profile.rows[1].estimated);
	CU_ASSERT_TRUE(report_profile_dram_loads(&profile.rows[1], &n));
	CU_ASSERT_EQUAL(n, 200);
	CU_ASSERT_EQUAL(profile.rows[1].counts[TIERSCOPE_TASK_INSTRUCTIONS], 1000);
	CU_ASSERT_FALSE(report_profile_dram_loads(&profile.rows[2], &n));
	CU_ASSERT_EQUAL(profile.total.time_ns, 200);
	CU_ASSERT_EQUAL(profile.total.calls, 6);
	CU_ASSERT_TRUE(report_profile_dram_loads(&profile.total, &n));
	CU_ASSERT_EQUAL(n, 1000);
	/* A model is not made of less than all. */
	CU_ASSERT_FALSE(profile.rows[0].has_modelled);
	report_profile_sort(&profile, REPORT_PROFILE_BY_NAME);
	CU_ASSERT_STRING_EQUAL(profile.rows[0].name, "Add");
	report_profile_sort(&profile, REPORT_PROFILE_BY_RATIO);
	CU_ASSERT_STRING_EQUAL(profile.rows[0].name, "Add");
	CU_ASSERT_STRING_EQUAL(profile.rows[2].name, "Wait");
	report_profile_sort(&profile, REPORT_PROFILE_BY_PMM);
	CU_ASSERT_STRING_EQUAL(profile.rows[0].name, "Multiply");
	report_profile_free(&profile);
	report_run_free(run);
}

static struct json_object *as_json(const struct report_run *run)
{
	struct report_document *document;
	struct report_profile profile;
	struct json_object *root;
	char *text = NULL;
	size_t bytes;
	FILE *file = open_memstream(&text, &bytes);

	CU_ASSERT_EQUAL_FATAL(report_profile_load(run, &profile), 0);
	CU_ASSERT_EQUAL_FATAL(report_profile_document(run, &profile, &document), 0);
	CU_ASSERT_EQUAL(report_document_write(document, REPORT_JSON, file), 0);
	fclose(file);
	report_document_free(document);
	report_profile_free(&profile);
	root = json_tokener_parse(text);
	free(text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	return root;
}

static void test_json(void)
{
	struct report_run *run = with_phases(process, 5, phases, 4);
	struct json_object *root = as_json(run), *rows, *row, *value;

	CU_ASSERT_TRUE_FATAL(json_object_object_get_ex(root, "functions", &rows));
	CU_ASSERT_EQUAL(json_object_array_length(rows), 3);
	row = json_object_array_get_idx(rows, 0);
	json_object_object_get_ex(row, "dram_per_pmm_ratio", &value);
	CU_ASSERT_EQUAL(json_object_get_double(value), 10);
	json_object_object_get_ex(row, "dram_share_ratio", &value);
	CU_ASSERT_EQUAL(json_object_get_double(value), 0.8);
	json_object_object_get_ex(row, "l3_miss_loads", &value);
	CU_ASSERT_EQUAL(json_object_get_int(value), 880);
	/* Nothing from Optane: no ratio, and no infinity. */
	row = json_object_array_get_idx(rows, 1);
	CU_ASSERT_TRUE(json_object_object_get_ex(row, "dram_per_pmm_ratio", &value));
	CU_ASSERT_PTR_NULL(value);
	/* Not counted is not 0. */
	row = json_object_array_get_idx(rows, 2);
	CU_ASSERT_TRUE(json_object_object_get_ex(row, "dram_loads", &value));
	CU_ASSERT_PTR_NULL(value);
	CU_ASSERT_FALSE(json_object_object_get_ex(root, "profile", &value));
	json_object_put(root);
	report_run_free(run);
}

/* 24e8 instructions on one core, 12e8 on the other: the first takes longer, and
 * what the second does costs nothing. */
static void test_modelled(void)
{
	static const struct store_phase_value one[] = {
		VALUE(0, 20, 10), VALUE(2400000000, 20, 10), VALUE(0, 20, 10),
		VALUE(1200000000, 20, 10), VALUE(0, 9, 9), VALUE(0, 9, 9),
	};
	static const struct store_phase_value both[] = {
		VALUE(0, 20, 10), VALUE(2400000000, 20, 10), VALUE(0, 20, 10),
		VALUE(2400000000, 20, 10), VALUE(0, 9, 9), VALUE(0, 9, 9),
	};
	const struct store_phase two[] = {
		{ "one", 1, 0, 1, 0, 20, 20, one },
		{ "both", 1, 0, 1, 0, 20, 20, both },
	};
	struct report_run *run = with_phases(parts, 6, two, 2);
	struct report_profile profile;

	CU_ASSERT_EQUAL_FATAL(report_profile_load(run, &profile), 0);
	CU_ASSERT_TRUE_FATAL(profile.rows[0].has_modelled);
	CU_ASSERT_TRUE(profile.rows[0].modelled_ns > 0);
	CU_ASSERT_EQUAL(profile.rows[0].modelled_ns, profile.rows[1].modelled_ns);
	CU_ASSERT_EQUAL(profile.total.modelled_ns, 2 * profile.rows[0].modelled_ns);
	CU_ASSERT_EQUAL(profile.rows[1].counts[TIERSCOPE_TASK_INSTRUCTIONS], 4800000000);
	CU_ASSERT_FALSE(profile.rows[1].estimated);
	report_profile_free(&profile);
	report_run_free(run);

	/* A real machine has a clock. */
	topology.simulated = false;
	run = with_phases(parts, 6, two, 2);
	CU_ASSERT_EQUAL_FATAL(report_profile_load(run, &profile), 0);
	CU_ASSERT_FALSE(profile.rows[0].has_modelled);
	report_profile_free(&profile);
	report_run_free(run);
	topology.simulated = true;
}

static void test_none(void)
{
	struct report_run *run = loaded(N, 100, 0, 0);
	struct json_object *root = as_json(run), *rows;

	CU_ASSERT_TRUE_FATAL(json_object_object_get_ex(root, "functions", &rows));
	CU_ASSERT_EQUAL(json_object_array_length(rows), 0);
	json_object_put(root);
	report_run_free(run);
}

static const struct suite_test tests[] = {
	{ "make a directory", make_directory },
	{ "sums and orders", test_sums },
	{ "json", test_json },
	{ "modelled time", test_modelled },
	{ "a run without phases", test_none },
	{ "remove the directory", remove_directory },
};

SUITE_MAIN("report: profile", tests)
