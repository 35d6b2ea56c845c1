/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run file, read back and added up.
 */
#include "report/ratio.h"
#include "run_file.h"

static void sums_are_exact_without_turns(void)
{
	struct report_run *report = loaded(N, 100, 0, 5);

	CU_ASSERT_EQUAL(report->n_samples, SAMPLES);
	CU_ASSERT_EQUAL(report->n_sockets, 2);
	for (int role = 0; role < TIERSCOPE_ROLES; role++) {
		CU_ASSERT_EQUAL(report_traffic_count(&report->total, role).number,
				truth[role] * 100 * SAMPLES * SOCKETS);
		CU_ASSERT_EQUAL(report_traffic_count(&report->sockets[1], role).number,
				truth[role] * 100 * SAMPLES);
	}
	CU_ASSERT_DOUBLE_EQUAL(report_run_hit_ratio(report).real, 0.8, 1e-12);
	CU_ASSERT_FALSE(report_traffic_estimated(&report->total, TIERSCOPE_ROLES_ALL));
	CU_ASSERT_EQUAL(report->ticks_lost, 2);
	CU_ASSERT_EQUAL(report->samples_lost, 1);
	CU_ASSERT_EQUAL(report_run_duration(report).number, SAMPLES * INTERVAL_NS);
	report_run_free(report);
}

static void turns_are_made_up_for(void)
{
	struct report_run *report = loaded(N, 50, 0, 5);

	CU_ASSERT_TRUE(report_traffic_estimated(&report->total, TIERSCOPE_ROLES_ALL));
	CU_ASSERT_EQUAL(report_traffic_count(&report->total,
					     TIERSCOPE_ROLE_DRAM_READ).number,
			100 * 100 * SAMPLES * SOCKETS);
	CU_ASSERT_DOUBLE_EQUAL(report_traffic_running_lowest(&report->total).real,
			       0.5, 1e-9);
	report_run_free(report);
}

static void a_shared_sampler_counts_from_our_start(void)
{
	struct report_run *report = loaded(N, 100, 20, 5);

	CU_ASSERT_EQUAL(report_traffic_count(&report->total,
					     TIERSCOPE_ROLE_DRAM_READ).number,
			100 * 100 * SAMPLES * SOCKETS);
	/* Lost before us is not lost by us. */
	CU_ASSERT_EQUAL(report->ticks_lost, 0);
	CU_ASSERT_EQUAL(report->samples_lost, 0);
	report_run_free(report);
}

/* The daemon samples in steps of a second where more is asked for, so that the
 * sample from before the command is younger than an interval. */
static void what_was_before_a_slow_run_is_not_its_own(void)
{
	struct report_run *report;

	asked_interval_ns = 10 * INTERVAL_NS;
	report = loaded(N, 100, 1, 0);
	CU_ASSERT_EQUAL(report->n_samples, SAMPLES + 1);
	CU_ASSERT_EQUAL(report_traffic_count(&report->total,
					     TIERSCOPE_ROLE_DRAM_READ).number,
			100 * 100 * SAMPLES * SOCKETS);
	report_run_free(report);
	asked_interval_ns = INTERVAL_NS;
}

static void bins_hold_the_same_sum(void)
{
	struct report_run *report = loaded(N, 100, 0, 7);
	double sum = 0;

	for (size_t i = 0; i < report->n_bins; i++) {
		sum += report->bins[i].count[TIERSCOPE_ROLE_PMM_READ];
		CU_ASSERT_DOUBLE_EQUAL(report_hit_ratio(&report->bins[i]).real,
				       0.8, 1e-9);
	}
	CU_ASSERT_DOUBLE_EQUAL(sum, 20. * 100 * SAMPLES * SOCKETS, 1);
	report_run_free(report);
}

static void placement_has_peak_and_last(void)
{
	struct report_run *report = loaded(N, 100, 0, 0);

	CU_ASSERT_EQUAL(report->n_looks, 3);
	CU_ASSERT_EQUAL(report->peak_bytes, 19 * MIB);
	CU_ASSERT_EQUAL(report->peak_mono_ns, START_NS + INTERVAL_NS);
	/* Node 2's own peak was in another look than the run's. */
	CU_ASSERT_EQUAL(report->tier_peak_bytes[TIERSCOPE_TIER_PMEM], 2 * MIB);
	CU_ASSERT_EQUAL(report->tier_peak_bytes[TIERSCOPE_TIER_CACHED], 18 * MIB);
	CU_ASSERT_EQUAL(report->tier_last_bytes[TIERSCOPE_TIER_CACHED], 2 * MIB);
	CU_ASSERT_EQUAL(report->tier_last_bytes[TIERSCOPE_TIER_PMEM], 0);
	CU_ASSERT_EQUAL(report->residents[0].peak_bytes, 10 * MIB);
	CU_ASSERT_EQUAL(report->residents[0].last_bytes, 2 * MIB);
	report_run_free(report);
}

static void placement_has_exit(void)
{
	struct report_run *report = loaded(N, 100, 0, 0);

	CU_ASSERT_EQUAL(report->exit_bytes, 4 * MIB);
	CU_ASSERT_EQUAL(report->tier_exit_bytes[TIERSCOPE_TIER_CACHED], 4 * MIB);
	CU_ASSERT_EQUAL(report->tier_exit_bytes[TIERSCOPE_TIER_PMEM], 0);
	CU_ASSERT_EQUAL(report->residents[0].exit_bytes, 3 * MIB);
	/* What no snapshot had is a row all the same. */
	CU_ASSERT_EQUAL(report->residents[2].kind, TIERSCOPE_KIND_SHMEM);
	CU_ASSERT_EQUAL(report->residents[2].exit_bytes, MIB);
	CU_ASSERT_EQUAL(report->residents[2].peak_bytes, 0);
	report_run_free(report);
}

static void other_files_are_refused(void)
{
	struct report_run *report = NULL;
	char error[256] = "";
	int fd = open(path, O_WRONLY | O_TRUNC);

	CU_ASSERT_EQUAL(write(fd, "nonsense", 8), 8);
	close(fd);
	CU_ASSERT_EQUAL(report_run_load(path, 0, error, sizeof(error), &report), -EBADMSG);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, path));
	CU_ASSERT_EQUAL(report_run_load("/nonexistent", 0, error, sizeof(error),
					&report), -ENOENT);
	CU_ASSERT_PTR_NULL(report);
}

static const struct suite_test tests[] = {
	{ "make a directory", make_directory },
	{ "sums are exact without turns", sums_are_exact_without_turns },
	{ "turns are made up for", turns_are_made_up_for },
	{ "a shared sampler counts from our start", a_shared_sampler_counts_from_our_start },
	{ "what was before a slow run is not its own", what_was_before_a_slow_run_is_not_its_own },
	{ "bins hold the same sum", bins_hold_the_same_sum },
	{ "placement has peak and last", placement_has_peak_and_last },
	{ "placement has exit", placement_has_exit },
	{ "other files are refused", other_files_are_refused },
	{ "remove the directory", remove_directory },
};

SUITE_MAIN("report run", tests)
