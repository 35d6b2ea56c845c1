/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report on a run file, as a document.
 */
#include <json-c/json.h>

#include "report/run_document.h"
#include "run_file.h"

static struct json_object *as_json(const struct report_run *report)
{
	const struct report_run_options options = { .series = true };
	struct report_document *document;
	struct json_object *root;
	char *text = NULL;
	size_t bytes;
	FILE *file = open_memstream(&text, &bytes);

	CU_ASSERT_EQUAL_FATAL(report_run_document(report, &options, &document), 0);
	CU_ASSERT_EQUAL(report_document_write(document, REPORT_JSON, file), 0);
	fclose(file);
	report_document_free(document);
	root = json_tokener_parse(text);
	free(text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	return root;
}

/* root.section[row].field, or root.section.field with row -1. */
static struct json_object *field(struct json_object *root, const char *section,
				 int row, const char *name)
{
	struct json_object *at, *value = NULL;

	CU_ASSERT_TRUE_FATAL(json_object_object_get_ex(root, section, &at));
	if (row >= 0)
		at = json_object_array_get_idx(at, row);
	CU_ASSERT_TRUE(json_object_object_get_ex(at, name, &value));
	return value;
}

static const char *text_of(struct json_object *root, const char *section, int row,
			   const char *name)
{
	const char *text = json_object_get_string(field(root, section, row, name));

	return text ? text : "";
}

static void json_says_everything(void)
{
	struct report_run *report = loaded(N, 50, 0, 0);
	struct json_object *root = as_json(report);

	CU_ASSERT_STRING_EQUAL(text_of(root, "run", -1, "command"),
			       "infer --width '0.75 x'");
	CU_ASSERT_STRING_EQUAL(text_of(root, "run", -1, "ending"), "exited");
	CU_ASSERT_EQUAL(json_object_get_int(field(root, "run", -1, "status")), 3);
	CU_ASSERT_EQUAL(json_object_get_uint64(field(root, "run", -1, "peak_bytes")),
			99 * MIB);
	CU_ASSERT_STRING_EQUAL(text_of(root, "run", -1, "peak_method"),
			       "cgroup memory.peak");
	CU_ASSERT_STRING_EQUAL(text_of(root, "arguments", 2, "argument"), "0.75 x");
	CU_ASSERT_STRING_EQUAL(text_of(root, "labels", 0, "value"), "mobilenetv2");
	CU_ASSERT_STRING_EQUAL(text_of(root, "machine", -1, "mode"), "memory-mode");
	CU_ASSERT_TRUE(json_object_get_boolean(field(root, "machine", -1, "simulated")));
	CU_ASSERT_EQUAL(json_object_get_uint64(field(root, "traffic", 0, "pmm_read_bytes")),
			20 * 100 * SAMPLES * SOCKETS * 64);
	CU_ASSERT_STRING_EQUAL(text_of(root, "traffic", 0, "socket"), "all");
	CU_ASSERT_STRING_EQUAL(text_of(root, "traffic", 0, "method"),
			       "simulated, estimated");
	CU_ASSERT_DOUBLE_EQUAL(json_object_get_double(field(root, "tag_checks", 0,
							    "hit_ratio")), 0.8, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(json_object_get_double(field(root, "tag_checks", 0,
				"miss_clean_ratio")), 0.15, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(json_object_get_double(field(root, "tag_checks", 1,
				"miss_dirty_ratio")), 0.05, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(json_object_get_double(field(root, "tag_checks", 0,
				"read_hit_ratio")), 0.8, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(json_object_get_double(field(root, "tag_checks", 0,
				"pcm_read_hit_ratio")), 0.72, 1e-9);
	CU_ASSERT_EQUAL(json_object_get_uint64(field(root, "volume", -1,
				"pmm_write_bytes")), 5 * 100 * SAMPLES * SOCKETS * 64);
	CU_ASSERT_PTR_NULL(field(root, "volume", -1, "pmm_write_media_bytes"));
	CU_ASSERT_STRING_EQUAL(text_of(root, "machine", -1, "counters_mode"), "memory-mode");
	CU_ASSERT_STRING_EQUAL(text_of(root, "machine", -1, "mode_contradiction"), "");
	CU_ASSERT_DOUBLE_EQUAL(json_object_get_double(field(root, "traffic", 0,
				"dram_traffic_share_ratio")), 130. / 155, 1e-9);
	for (int i = 0; i < REPORT_IDENTITIES; i++) {
		CU_ASSERT_DOUBLE_EQUAL(json_object_get_double(
			field(root, "identities", i, "residual_ratio")), 0, 1e-9);
		CU_ASSERT_DOUBLE_EQUAL(json_object_get_double(
			field(root, "identities", i, "interval_residual_ratio")), 0, 1e-9);
	}
	CU_ASSERT_DOUBLE_EQUAL(json_object_get_double(
		field(root, "series", 3, "pmm_residual_ratio")), 0, 1e-9);
	CU_ASSERT_STRING_EQUAL(text_of(root, "identities", 3, "method"),
			       "simulated, estimated");
	CU_ASSERT_STRING_EQUAL(text_of(root, "run", -1, "peak_of"),
			       "all its processes together");
	/* 100 lines a sample and counter, scaled, in 100 ms. */
	CU_ASSERT_DOUBLE_EQUAL(json_object_get_double(field(root, "series", 0,
		"dram_read_bytes_per_second")), 100 * 100 * 64 * 10., 1);
	CU_ASSERT_EQUAL(json_object_get_int(field(root, "quality", -1, "samples_lost")), 1);
	CU_ASSERT_STRING_EQUAL(text_of(root, "placement", 0, "tier"), "memory-mode");
	CU_ASSERT_EQUAL(json_object_get_uint64(field(root, "placement", 0,
						     "exit_bytes")), 3 * MIB);
	CU_ASSERT_EQUAL(json_object_get_uint64(field(root, "resident", -1,
						     "exit_missed")), 1);
	CU_ASSERT_EQUAL(json_object_array_length(
		json_object_object_get(root, "series")), SAMPLES * SOCKETS);
	CU_ASSERT_EQUAL(json_object_get_uint64(field(root, "series", 3,
						     "since_start_ns")), 2 * INTERVAL_NS);
	json_object_put(root);
	report_run_free(report);
}

/* In the order of struct store_task_count's array. */
static void loads_say_how_they_came_about(void)
{
	struct report_run *report = loaded(N, 50, 0, 0);
	struct json_object *root = as_json(report);

	CU_ASSERT_EQUAL(json_object_get_int(field(root, "loads", 0, "count")), 70);
	CU_ASSERT_STRING_EQUAL(text_of(root, "loads", 0, "role"), "load.local_dram");
	CU_ASSERT_STRING_EQUAL(text_of(root, "loads", 0, "method"), "simulated");
	CU_ASSERT_EQUAL(json_object_get_int(field(root, "loads", 2, "count")), 10);
	CU_ASSERT_STRING_EQUAL(text_of(root, "loads", 2, "method"), "simulated, estimated");
	CU_ASSERT_DOUBLE_EQUAL(json_object_get_double(field(root, "loads", 2,
				"running_share_ratio")), 0.5, 1e-9);
	/* A measured zero. */
	CU_ASSERT_PTR_NOT_NULL(field(root, "loads", 3, "count"));
	CU_ASSERT_EQUAL(json_object_get_int(field(root, "loads", 3, "count")), 0);
	CU_ASSERT_EQUAL(json_object_get_int(field(root, "loads", 4, "count")), 100);
	CU_ASSERT_STRING_EQUAL(text_of(root, "loads", 4, "method"),
			       "simulated, estimated, sum of the sources");
	CU_ASSERT_PTR_NULL(field(root, "loads", 4, "running_share_ratio"));
	CU_ASSERT_PTR_NULL(field(root, "loads", 5, "count"));
	json_object_put(root);
	report_run_free(report);

	/* One source is missing: no sum. */
	task_counts[3].running_ns = 0;
	task_counts[3].reason = "others had the counters";
	report = loaded(N, 50, 0, 0);
	root = as_json(report);
	CU_ASSERT_PTR_NULL(field(root, "loads", 3, "count"));
	CU_ASSERT_PTR_NULL(field(root, "loads", 4, "count"));
	json_object_put(root);
	report_run_free(report);
}

static void no_counters_is_not_measured(void)
{
	struct report_run *report = loaded(0, 100, 0, 10);
	struct json_object *root = as_json(report), *reason;

	CU_ASSERT_EQUAL(report_run_hit_ratio(report).state, REPORT_NOT_MEASURED);
	CU_ASSERT_PTR_NULL(field(root, "traffic", 0, "dram_read_bytes"));
	reason = field(root, "traffic", 0, "reason");
	CU_ASSERT_STRING_EQUAL(json_object_get_string(
		json_object_object_get(reason, "dram_read_bytes")),
		"not measured: no counters: no module");
	CU_ASSERT_PTR_NULL(field(root, "tiers", 0, "exit_bytes"));
	reason = field(root, "tiers", 0, "reason");
	CU_ASSERT_STRING_EQUAL(json_object_get_string(
		json_object_object_get(reason, "exit_bytes")),
		"not measured: no counters: no module");
	json_object_put(root);
	report_run_free(report);
}

/* Counters, and not a single sample of them, nor a snapshot. */
static void no_sample_is_not_measured(void)
{
	struct store_run run = run_make(N);
	struct store_writer *writer;
	struct report_run *report;
	struct json_object *root;
	char error[256] = "";

	run.peak_method = "rusage maxrss";
	run.topology = NULL;
	unlink(path);
	CU_ASSERT_EQUAL_FATAL(store_create(path, &run, &writer), 0);
	CU_ASSERT_EQUAL_FATAL(store_finish(writer, &run), 0);
	CU_ASSERT_EQUAL_FATAL(report_run_load(path, 0, error, sizeof(error), &report), 0);
	root = as_json(report);
	CU_ASSERT_PTR_NULL(field(root, "machine", -1, "mode"));
	CU_ASSERT_PTR_NULL(field(root, "quality", -1, "scaling"));
	CU_ASSERT_PTR_NULL(field(root, "identities", 0, "method"));
	CU_ASSERT_STRING_EQUAL(text_of(root, "run", -1, "peak_of"),
			       "its largest process alone");
	CU_ASSERT_PTR_NULL(field(root, "resident", -1, "peak_resident_bytes"));
	CU_ASSERT_PTR_NULL(field(root, "tiers", 0, "peak_bytes"));
	CU_ASSERT_STRING_EQUAL(json_object_get_string(
		json_object_object_get(field(root, "placement", 0, "reason"),
				       "last_bytes")),
		"not measured: the command ended before its first snapshot");
	CU_ASSERT_EQUAL(json_object_get_uint64(field(root, "placement", 0,
						     "exit_bytes")), 3 * MIB);
	json_object_put(root);
	report_run_free(report);
}

static void dram_only_has_no_hit_ratio(void)
{
	struct report_run *report;
	struct json_object *root;

	topology.mode = TIERSCOPE_MODE_DRAM_ONLY;
	/* Only the clock and DRAM count there: the other roles stay at 0. */
	for (size_t i = 0; i < N; i++)
		if (counters[i].role >= TIERSCOPE_ROLE_PMM_READ)
			counters[i].role = TIERSCOPE_ROLE_CLOCKTICKS;
	report = loaded(N, 100, 0, 0);
	CU_ASSERT_EQUAL(report_run_hit_ratio(report).state, REPORT_NOT_AVAILABLE);
	CU_ASSERT_PTR_NOT_NULL(strstr(report_run_hit_ratio(report).reason, "no such event"));
	/* With the counters there, and at 0, it is the mode that lacks them. */
	report->total.roles = report->total.measured = TIERSCOPE_ROLES_ALL;
	CU_ASSERT_EQUAL(report_run_hit_ratio(report).state, REPORT_NOT_AVAILABLE);
	CU_ASSERT_PTR_NOT_NULL(strstr(report_run_hit_ratio(report).reason, "DRAM Only"));
	root = as_json(report);
	CU_ASSERT_PTR_NULL(field(root, "identities", 0, "residual_ratio"));
	CU_ASSERT_EQUAL(json_object_get_int(field(root, "traffic", 0, "pmm_read_bytes")), 0);
	CU_ASSERT_PTR_NULL(field(root, "tag_checks", 0, "read_hit_ratio"));
	CU_ASSERT_PTR_NULL(field(root, "series", 0, "dram_read_residual_ratio"));
	CU_ASSERT_STRING_EQUAL(text_of(root, "machine", -1, "counters_mode"), "");
	json_object_put(root);
	report_run_free(report);
	counters_make();
	topology.mode = TIERSCOPE_MODE_MEMORY_MODE;
}

/* Sysfs says that DRAM is no cache, and tags are checked all the same. */
static void a_contradiction_is_said(void)
{
	struct report_run *report;
	struct json_object *root;

	topology.mode = TIERSCOPE_MODE_APP_DIRECT;
	report = loaded(N, 100, 0, 0);
	root = as_json(report);
	CU_ASSERT_STRING_EQUAL(text_of(root, "machine", -1, "counters_mode"), "memory-mode");
	CU_ASSERT_PTR_NOT_NULL(strstr(text_of(root, "machine", -1, "mode_contradiction"),
				      "contradict the mode 'app-direct' (a memory-side cache)"));
	CU_ASSERT_PTR_NULL(field(root, "tag_checks", 0, "read_hit_ratio"));
	CU_ASSERT_FALSE(strncmp(json_object_get_string(json_object_object_get(
		field(root, "tag_checks", 0, "reason"), "read_hit_ratio")),
		"not available: outside Memory Mode", 34));
	json_object_put(root);
	report_run_free(report);
	topology.mode = TIERSCOPE_MODE_MEMORY_MODE;
}

static void table_shows_charts(void)
{
	struct report_run *report = loaded(N, 50, 0, 30);
	const struct report_run_options options = { .ascii = true };
	struct report_document *document;
	char *text = NULL;
	size_t bytes;
	FILE *file = open_memstream(&text, &bytes);

	CU_ASSERT_EQUAL_FATAL(report_run_document(report, &options, &document), 0);
	CU_ASSERT_EQUAL(report_document_write(document, REPORT_TABLE, file), 0);
	fclose(file);
	report_document_free(document);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "(simulated, estimated)"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "|##############################\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "exited with 3"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "80.00 %"));
	free(text);
	report_run_free(report);
}

static void an_unfinished_run_says_so(void)
{
	struct store_run run = run_make(N);
	struct store_writer *writer;
	struct report_run *report;
	struct json_object *root;
	char error[256] = "";

	unlink(path);
	CU_ASSERT_EQUAL_FATAL(store_create(path, &run, &writer), 0);
	samples_write(writer, 100, 0);
	CU_ASSERT_EQUAL_FATAL(store_commit(writer, true), 0);
	CU_ASSERT_EQUAL_FATAL(report_run_load(path, 0, error, sizeof(error), &report), 0);
	root = as_json(report);
	CU_ASSERT_STRING_EQUAL(text_of(root, "run", -1, "state"), "recording");
	CU_ASSERT_PTR_NULL(field(root, "run", -1, "status"));
	CU_ASSERT_PTR_NULL(field(root, "run", -1, "peak_bytes"));
	CU_ASSERT_EQUAL(report->n_samples, SAMPLES);
	json_object_put(root);
	report_run_free(report);
	store_discard(writer);
}

static const struct suite_test tests[] = {
	{ "make a directory", make_directory },
	{ "json says everything", json_says_everything },
	{ "loads say how they came about", loads_say_how_they_came_about },
	{ "no counters is not measured", no_counters_is_not_measured },
	{ "no sample is not measured", no_sample_is_not_measured },
	{ "DRAM Only has no hit ratio", dram_only_has_no_hit_ratio },
	{ "a contradiction is said", a_contradiction_is_said },
	{ "table shows charts", table_shows_charts },
	{ "an unfinished run says so", an_unfinished_run_says_so },
	{ "remove the directory", remove_directory },
};

SUITE_MAIN("report run document", tests)
