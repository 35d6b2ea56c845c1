/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two run files side by side.
 */
#include <json-c/json.h>

#include "report/compare.h"
#include "run_file.h"

/* The other run's file. */
static char other[80];

static struct report_run *written(const char *to, const struct store_run *run)
{
	return reread(to, run, 100, 0, 0);
}

static void make_files(void)
{
	make_directory();
	snprintf(other, sizeof(other), "%s/other.tsrun", directory);
}

static struct store_run went_well(size_t n_counters)
{
	struct store_run run = run_make(n_counters);

	run.status = 0;
	return run;
}

static struct json_object *as_json(const struct report_run *a,
				   const struct report_run *b)
{
	struct report_differences differences;
	struct report_document *document;
	struct json_object *root;
	char *text = NULL;
	size_t bytes;
	FILE *file = open_memstream(&text, &bytes);

	CU_ASSERT_EQUAL_FATAL(report_differences_find(a, b, &differences), 0);
	CU_ASSERT_EQUAL_FATAL(report_compare_document(a, b, &differences, &document), 0);
	CU_ASSERT_EQUAL(report_document_write(document, REPORT_JSON, file), 0);
	fclose(file);
	report_document_free(document);
	report_differences_clear(&differences);
	root = json_tokener_parse(text);
	free(text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	return root;
}

static struct json_object *row_of(struct json_object *root, const char *section,
				  const char *key, const char *name)
{
	struct json_object *rows, *value;

	CU_ASSERT_TRUE_FATAL(json_object_object_get_ex(root, section, &rows));
	for (size_t i = 0; i < json_object_array_length(rows); i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);

		CU_ASSERT_TRUE_FATAL(json_object_object_get_ex(row, key, &value));
		if (!strcmp(json_object_get_string(value), name))
			return row;
	}
	return NULL;
}

/* NULL is null. */
static struct json_object *field(struct json_object *root, const char *section,
				 const char *figure, const char *name)
{
	struct json_object *row, *value = NULL;

	row = row_of(root, section, strcmp(section, "runs") ? "figure" : "run", figure);
	CU_ASSERT_PTR_NOT_NULL_FATAL(row);
	CU_ASSERT_TRUE(json_object_object_get_ex(row, name, &value));
	return value;
}

static double number(struct json_object *root, const char *section,
		     const char *figure, const char *name)
{
	struct json_object *value = field(root, section, figure, name);

	CU_ASSERT_PTR_NOT_NULL(value);
	return json_object_get_double(value);
}

static const char *why(struct json_object *root, const char *section,
		       const char *figure, const char *name)
{
	struct json_object *reason = field(root, section, figure, "reason");

	CU_ASSERT_PTR_NULL(field(root, section, figure, name));
	reason = json_object_object_get(reason, name);
	return reason ? json_object_get_string(reason) : "";
}

static const char *text_of(struct json_object *root, const char *section,
			   const char *figure, const char *name)
{
	const char *text = json_object_get_string(field(root, section, figure, name));

	return text ? text : "";
}

#define RATIO "b_per_a_ratio"

/* B ran twice as long, with a quarter of the memory. */
static void figures_stand_side_by_side(void)
{
	struct store_run first = went_well(N), second = went_well(N);
	struct report_run *a, *b;
	struct json_object *root;

	second.end_mono_ns = START_NS + 2 * SAMPLES * INTERVAL_NS;
	second.user_ns = 2 * first.user_ns;
	second.peak_bytes = first.peak_bytes / 4;
	a = written(path, &first);
	b = written(other, &second);
	root = as_json(a, b);
	CU_ASSERT_EQUAL(number(root, "times", "wall", "a_ns"), SAMPLES * INTERVAL_NS);
	CU_ASSERT_EQUAL(number(root, "times", "wall", RATIO), 2);
	CU_ASSERT_EQUAL(number(root, "times", "user_cpu", RATIO), 2);
	CU_ASSERT_EQUAL(number(root, "times", "system_cpu", RATIO), 1);
	CU_ASSERT_EQUAL(number(root, "memory", "peak", "a_bytes"), 99 * MIB);
	CU_ASSERT_EQUAL(number(root, "memory", "peak", RATIO), 0.25);
	CU_ASSERT_STRING_EQUAL(text_of(root, "memory", "peak", "b_method"),
			       "cgroup memory.peak");
	CU_ASSERT_EQUAL(number(root, "memory", "resident_peak", "b_bytes"), 19 * MIB);
	CU_ASSERT_EQUAL(number(root, "memory", "resident_peak.pmem", "a_bytes"), 2 * MIB);
	CU_ASSERT_EQUAL(number(root, "traffic", "pmm_read", "a_bytes"),
			20. * 100 * SAMPLES * SOCKETS * TIERSCOPE_LINE_BYTES);
	CU_ASSERT_EQUAL(number(root, "traffic", "pmm_read", RATIO), 1);
	CU_ASSERT_STRING_EQUAL(text_of(root, "traffic", "pmm_read", "a_method"),
			       "simulated");
	CU_ASSERT_EQUAL(number(root, "tag_checks", "tag_miss_clean", "b_count"),
			15. * 100 * SAMPLES * SOCKETS);
	CU_ASSERT_DOUBLE_EQUAL(number(root, "ratios", "hit", "a_ratio"), 0.8, 1e-9);
	CU_ASSERT_EQUAL(number(root, "loads", "load.local_dram", "b_count"), 70);
	CU_ASSERT_EQUAL(number(root, "loads", "load.l3_miss", "a_count"), 100);
	/* A measured zero is one, and has no quotient. */
	CU_ASSERT_EQUAL(number(root, "loads", "load.remote_pmm", "a_count"), 0);
	CU_ASSERT_STRING_EQUAL(why(root, "loads", "load.remote_pmm", RATIO),
			       "not available: it is 0 in A");
	CU_ASSERT_STRING_EQUAL(why(root, "loads", "instructions", "a_count"),
			       "not available: no core PMU");
	CU_ASSERT_STRING_EQUAL(why(root, "loads", "instructions", RATIO),
			       "not measured: neither run has the figure");
	CU_ASSERT_STRING_EQUAL(why(root, "loads", "cycles", "a_count"),
			       "not measured: the run file has no such count");
	CU_ASSERT_STRING_EQUAL(text_of(root, "runs", "B", "problem"), "");
	CU_ASSERT_EQUAL(json_object_array_length(
		json_object_object_get(root, "differences")), 0);
	json_object_put(root);
	report_run_free(a);
	report_run_free(b);
}

static void what_one_side_lacks_is_null(void)
{
	struct store_run first = went_well(N), second = went_well(0);
	struct report_run *a, *b;
	struct json_object *root;

	second.has_cpu_time = false;
	second.peak_method = "rusage maxrss";
	a = written(path, &first);
	b = written(other, &second);
	root = as_json(a, b);
	CU_ASSERT_STRING_EQUAL(why(root, "traffic", "dram_read", "b_bytes"),
			       "not measured: no counters: no module");
	CU_ASSERT_STRING_EQUAL(why(root, "traffic", "dram_read", RATIO),
			       "not measured: B does not have the figure");
	CU_ASSERT(number(root, "traffic", "dram_read", "a_bytes") > 0);
	CU_ASSERT_STRING_EQUAL(why(root, "ratios", "hit", "b_ratio"),
			       "not measured: no counters: no module");
	CU_ASSERT_STRING_EQUAL(why(root, "loads", "load.local_dram", "b_count"),
			       "not measured: no counters: no module");
	CU_ASSERT_STRING_EQUAL(why(root, "times", "user_cpu", "b_ns"),
			       "not measured: no method was at hand");
	/* One process is not all of them. */
	CU_ASSERT_EQUAL(number(root, "memory", "peak", "b_bytes"), 99 * MIB);
	CU_ASSERT_STRING_EQUAL(why(root, "memory", "peak", RATIO),
			       "not available: A and B were measured in different ways");
	json_object_put(root);
	report_run_free(a);
	report_run_free(b);
}

static void a_run_that_went_wrong_says_so(void)
{
	struct store_run first = went_well(N), second = went_well(N);
	struct report_run *a, *b;
	struct json_object *root;

	first.ending = STORE_KILLED;
	first.status = 9;
	second.state = STORE_INTERRUPTED;
	second.ending = STORE_ENDING_UNKNOWN;
	a = written(path, &first);
	b = written(other, &second);
	root = as_json(a, b);
	CU_ASSERT_STRING_EQUAL(text_of(root, "runs", "A", "problem"),
			       "it failed: killed by SIGKILL");
	CU_ASSERT_STRING_EQUAL(text_of(root, "runs", "B", "problem"),
			       "incomplete (interrupted): its end was lost");
	CU_ASSERT_PTR_NULL(field(root, "runs", "B", "status"));
	CU_ASSERT_STRING_EQUAL(why(root, "times", "wall", RATIO),
			       "not available: B was not recorded to its end");
	CU_ASSERT_STRING_EQUAL(why(root, "traffic", "dram_read", RATIO),
			       "not available: B was not recorded to its end");
	/* Ratios of a part are ratios. */
	CU_ASSERT_DOUBLE_EQUAL(number(root, "ratios", "hit", RATIO), 1, 1e-9);
	json_object_put(root);
	report_run_free(a);
	report_run_free(b);
}

static struct report_run *with_phases(const char *to, const char *name,
				      uint64_t self_ns, uint64_t loads)
{
	static const struct store_phase_counter counts[] = {
		{ "load.local_dram", -1, -1 }, { "load.remote_dram", -1, -1 },
	};
	const struct store_phase_value values[] = {
		{ loads, loads, 10, 10 }, { 0, 0, 10, 10 },
	};
	const struct store_phase common = {
		"common", 1, 0, 1, 100, self_ns, self_ns, values,
	};
	const struct store_phase own = { name, 1, 0, 1, 100, 5, 5, values };
	struct store_run run = went_well(N);
	struct store_writer *writer;
	struct report_run *report;
	int64_t id = 0, second = 0;

	unlink(to);
	CU_ASSERT_EQUAL_FATAL(store_create(to, &run, &writer), 0);
	CU_ASSERT_EQUAL(store_phase_counters(writer, counts, 2), 0);
	CU_ASSERT_EQUAL(store_phase(writer, &common, &id), 0);
	CU_ASSERT_EQUAL(store_phase(writer, &own, &second), 0);
	CU_ASSERT_EQUAL_FATAL(store_finish(writer, &run), 0);
	CU_ASSERT_EQUAL_FATAL(report_run_load(to, 0, NULL, 0, &report), 0);
	return report;
}

static void phases_stand_side_by_side(void)
{
	struct report_run *a = with_phases(path, "only A", 100, 1000);
	struct report_run *b = with_phases(other, "only B", 150, 0);
	struct json_object *root = as_json(a, b), *rows, *row, *value;

	CU_ASSERT_TRUE_FATAL(json_object_object_get_ex(root, "profile", &rows));
	CU_ASSERT_EQUAL_FATAL(json_object_array_length(rows), 3);
	row = json_object_array_get_idx(rows, 0);
	json_object_object_get_ex(row, "b_per_a_time_ratio", &value);
	CU_ASSERT_DOUBLE_EQUAL(json_object_get_double(value), 1.5, 1e-9);
	json_object_object_get_ex(row, "a_dram_loads", &value);
	CU_ASSERT_EQUAL(json_object_get_int(value), 1000);
	/* Measured, and nothing; and not measured. */
	json_object_object_get_ex(row, "b_dram_loads", &value);
	CU_ASSERT_TRUE(json_object_is_type(value, json_type_int));
	CU_ASSERT_TRUE(json_object_object_get_ex(row, "b_pmm_loads", &value));
	CU_ASSERT_PTR_NULL(value);
	row = json_object_array_get_idx(rows, 1);
	CU_ASSERT_TRUE(json_object_object_get_ex(row, "b_time_ns", &value));
	CU_ASSERT_PTR_NULL(value);
	row = json_object_array_get_idx(rows, 2);
	json_object_object_get_ex(row, "function", &value);
	CU_ASSERT_STRING_EQUAL(json_object_get_string(value), "only B");
	json_object_put(root);
	report_run_free(a);
	report_run_free(b);
}

static const struct suite_test tests[] = {
	{ "make a directory", make_files },
	{ "figures stand side by side", figures_stand_side_by_side },
	{ "what one side lacks is null", what_one_side_lacks_is_null },
	{ "a run that went wrong says so", a_run_that_went_wrong_says_so },
	{ "phases stand side by side", phases_stand_side_by_side },
	{ "remove the directory", remove_directory },
};

SUITE_MAIN("report compare", tests)
