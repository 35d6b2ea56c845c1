/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Modelled time against what was measured on the machine that it is of
 * (OptaneStudy, graphs/), and against sums that were worked out by hand.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "report/time_model.h"
#include "suite.h"

#define CORES 24

static struct report_time model(const struct report_time_core *cores, size_t n,
				const struct report_time_socket *socket,
				bool near_memory)
{
	struct report_time_counts counts = {
		.n_cores = n,
		.cores = cores,
		.n_sockets = socket ? 1 : 0,
		.sockets = socket,
		.near_memory = near_memory,
		.media = true,
	};
	struct report_time time;

	CU_ASSERT_EQUAL_FATAL(report_time_model(&counts, &time), 0);
	return time;
}

/* To @part of what was measured. */
static void check_near(double modelled, double measured, double part)
{
	CU_ASSERT_DOUBLE_EQUAL(modelled, measured, measured * part);
}

static void nothing_takes_no_time(void)
{
	struct report_time_core core = { 0 };
	struct report_time_socket socket = { .n_cores = 2 };
	struct report_time time = model(&core, 1, &socket, true);

	CU_ASSERT_EQUAL(time.ns, 0);
	CU_ASSERT_EQUAL(time.bound, REPORT_TIME_CORE);
	CU_ASSERT_EQUAL(time.pmm_latency_ns, 0);
	CU_ASSERT_EQUAL(model(NULL, 0, NULL, false).ns, 0);
}

/* 4.8 instructions a nanosecond; the slowest core counts, not their sum. */
static void instructions_by_the_slowest_core(void)
{
	struct report_time_core cores[] = {
		{ .instructions = 480 }, { .instructions = 4800 },
		{ .instructions = 2400 },
	};
	struct report_time time = model(cores, 3, NULL, false);

	CU_ASSERT_DOUBLE_EQUAL(time.ns, 1000, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(time.compute_ns, 1000, 1e-9);
	CU_ASSERT_EQUAL(time.latency_ns, 0);
}

/* 91.45 ns, and 305 by default, as no request says otherwise; 8.5 at a time. */
static void loads_by_source(void)
{
	static const struct {
		struct report_time_core core;
		double ns;
	} one[] = {
		{ { .local_dram = 1 }, 91.45 },
		{ { .remote_dram = 1 }, 91.45 * 1.9 },
		{ { .local_pmm = 1 }, 305 },
		{ { .remote_pmm = 1 }, 305 * 1.32 },
	};
	struct report_time_core all = { 480, 1, 1, 1, 1 };
	struct report_time time;
	double sum = 0;

	for (size_t i = 0; i < 4; i++) {
		time = model(&one[i].core, 1, NULL, false);
		CU_ASSERT_DOUBLE_EQUAL(time.ns, one[i].ns / 8.5, 1e-9);
		sum += one[i].ns;
	}
	time = model(&all, 1, NULL, false);
	CU_ASSERT_DOUBLE_EQUAL(time.compute_ns, 100, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(time.latency_ns, sum / 8.5, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(time.ns, 100 + sum / 8.5, 1e-9);
}

static void a_near_miss_checks_a_tag_first(void)
{
	struct report_time_core core = { .local_pmm = 85, .remote_pmm = 85,
					 .local_dram = 850 };
	double without = model(&core, 1, NULL, false).ns;
	struct report_time time = model(&core, 1, NULL, true);

	CU_ASSERT_DOUBLE_EQUAL(time.ns - without, 2 * 10 * 70, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(time.pmm_latency_ns, 375, 1e-9);
}

/* A quarter of a media line a request is reading in sequence. */
static void optane_latency_by_media_lines(void)
{
	static const struct {
		double media, ns;
	} step[] = {
		{ 250, 169.4 }, { 1000, 305 }, { 625, (169.4 + 305) / 2 },
		{ 10, 169.4 },	/* what the buffers held from before */
		{ 1500, 305 },	/* filling up partial writes */
	};
	struct report_time_core core = { .local_pmm = 1 };
	struct report_time_socket socket = { .n_cores = CORES,
					     .pmm_read_lines = 1000 };

	for (size_t i = 0; i < 5; i++) {
		socket.media_read_lines = step[i].media;
		CU_ASSERT_DOUBLE_EQUAL(model(&core, 1, &socket, false).pmm_latency_ns,
				       step[i].ns, 1e-9);
	}
}

/* One thread that reads 64 MB in sequence: 7.38 GB/s, and 2.88 of Optane. The
 * latency of DRAM is that of no order, so it is the slower here. */
static void one_core_as_measured(void)
{
	struct report_time_core dram = { .local_dram = 1e6 };
	struct report_time_core pmm = { .local_pmm = 1e6 };
	struct report_time_socket socket = {
		.n_cores = CORES,
		.pmm_read_lines = 1e6,
		.media_read_lines = 0.25e6,
	};
	struct report_time time = model(&dram, 1, NULL, false);

	check_near(64e6 / time.ns, 7.38, 0.20);
	time = model(&pmm, 1, &socket, false);
	CU_ASSERT_EQUAL(time.bound, REPORT_TIME_CORE);
	check_near(64e6 / time.ns, 2.88, 0.12);
}

/* All cores of a socket, GB/s. A random read of 64 bytes takes a media line. */
static void ceilings_as_measured(void)
{
	struct report_time_socket dram = { .n_cores = CORES,
					   .dram_read_lines = 1e6 };
	struct report_time_socket random = { .n_cores = CORES,
		.pmm_read_lines = 1e6, .media_read_lines = 1e6 };
	struct report_time_socket writes = { .n_cores = CORES,
		.pmm_write_lines = 1e6, .media_write_lines = 0.25e6 };
	struct report_time_socket random_writes = { .n_cores = CORES,
		.pmm_write_lines = 1e6, .media_write_lines = 1e6,
		.media_read_lines = 1e6 };
	struct report_time time = model(NULL, 0, &dram, false);

	CU_ASSERT_EQUAL(time.bound, REPORT_TIME_DRAM);
	check_near(64e6 / time.ns, 105.6, 0.01);
	time = model(NULL, 0, &random, false);
	CU_ASSERT_EQUAL(time.bound, REPORT_TIME_PMM_READ);
	check_near(64e6 / time.ns, 9.67, 0.03);
	time = model(NULL, 0, &writes, false);
	CU_ASSERT_EQUAL(time.bound, REPORT_TIME_PMM_WRITE);
	check_near(64e6 / time.ns, 12.65, 0.01);
	/* Here it is too slow: not all of the reading delays the writing. */
	check_near(64e6 / model(NULL, 0, &random_writes, false).ns, 3.17, 0.26);
}

/* 16 threads, half of them writing: 75.0 GB/s, by 84.6 and 67.9 alone. */
static void reads_and_writes_add_up(void)
{
	struct report_time_socket reads = { .n_cores = CORES,
					    .dram_read_lines = 1000 };
	struct report_time_socket writes = { .n_cores = CORES,
					     .dram_write_lines = 1000 };
	struct report_time_socket both = { .n_cores = CORES,
		.dram_read_lines = 1000, .dram_write_lines = 1000 };
	struct report_time_socket optane = { .n_cores = CORES,
		.media_read_lines = 3793, .media_write_lines = 1265 };
	struct report_time time;

	CU_ASSERT_DOUBLE_EQUAL(model(NULL, 0, &both, false).ns,
			       model(NULL, 0, &reads, false).ns +
			       model(NULL, 0, &writes, false).ns, 1e-9);
	time = model(NULL, 0, &optane, false);
	CU_ASSERT_DOUBLE_EQUAL(time.pmm_read_ns, 25600, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(time.pmm_write_ns, 25600, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(time.ns, 51200, 1e-6);
}

/* Two cores of 24 have a twelfth of the bandwidth; sockets work side by side. */
static void ceilings_are_of_the_cores_there_are(void)
{
	struct report_time_socket sockets[] = {
		{ .n_cores = 2, .dram_read_lines = 1000 },
		{ .n_cores = 2, .dram_read_lines = 3000, .media_read_lines = 7 },
	};
	struct report_time_counts counts = { .n_sockets = 2, .sockets = sockets,
					     .media = true };
	struct report_time_socket full = { .n_cores = CORES,
					   .dram_read_lines = 3000 };
	struct report_time time;

	CU_ASSERT_EQUAL(report_time_model(&counts, &time), 0);
	CU_ASSERT_DOUBLE_EQUAL(time.dram_ns,
			       12 * model(NULL, 0, &full, false).ns, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(time.ns, time.dram_ns, 0);
	CU_ASSERT_DOUBLE_EQUAL(time.pmm_read_ns, 12 * 7 * 256 / 37.93, 1e-6);
}

/* The parts are there whichever was the largest. */
static void the_largest_decides(void)
{
	struct report_time_core core = { .instructions = 4800 };
	struct report_time_socket socket = { .n_cores = CORES,
		.dram_read_lines = 1000 };
	struct report_time time = model(&core, 1, &socket, false);

	CU_ASSERT_EQUAL(time.bound, REPORT_TIME_CORE);
	CU_ASSERT(time.dram_ns > 0 && time.dram_ns < time.ns);
	socket.dram_read_lines = 10000;
	time = model(&core, 1, &socket, false);
	CU_ASSERT_EQUAL(time.bound, REPORT_TIME_DRAM);
	CU_ASSERT_DOUBLE_EQUAL(time.compute_ns, 1000, 1e-9);
	socket.media_write_lines = 1000;
	time = model(&core, 1, &socket, false);
	CU_ASSERT_EQUAL(time.bound, REPORT_TIME_PMM_WRITE);
	CU_ASSERT(time.dram_ns > 6000);
}

static void what_makes_no_sense_is_refused(void)
{
	struct report_time_core core = { .instructions = 1 };
	struct report_time_socket socket = { .n_cores = 2 };
	struct report_time_counts counts = { 1, &core, 1, &socket, false, false };
	struct report_time time;
	double *of_core = (double *)&core;

	memset(&time, 0x5a, sizeof(time));
	for (size_t i = 0; i < sizeof(core) / sizeof(double); i++) {
		double kept = of_core[i];

		of_core[i] = -1;
		CU_ASSERT_EQUAL(report_time_model(&counts, &time), -EINVAL);
		of_core[i] = NAN;
		CU_ASSERT_EQUAL(report_time_model(&counts, &time), -EINVAL);
		of_core[i] = kept;
	}
	socket.dram_write_lines = INFINITY;
	CU_ASSERT_EQUAL(report_time_model(&counts, &time), -EINVAL);
	socket.dram_write_lines = 1;
	socket.n_cores = 0;
	CU_ASSERT_EQUAL(report_time_model(&counts, &time), -EINVAL);
	socket = (struct report_time_socket){ .n_cores = 2, .pmm_write_lines = 1 };
	CU_ASSERT_EQUAL(report_time_model(&counts, &time), -ENODATA);
	/* Outputs are untouched on failure. */
	CU_ASSERT_EQUAL(((unsigned char *)&time)[0], 0x5a);
	/* Without Optane nobody misses them. */
	socket.pmm_write_lines = 0;
	CU_ASSERT_EQUAL(report_time_model(&counts, &time), 0);
}

static void bounds_have_names(void)
{
	CU_ASSERT_STRING_EQUAL(report_time_bound_name(REPORT_TIME_CORE), "core");
	CU_ASSERT_STRING_EQUAL(report_time_bound_name(REPORT_TIME_DRAM), "dram");
	CU_ASSERT_STRING_EQUAL(report_time_bound_name(REPORT_TIME_PMM_READ),
			       "pmm read");
	CU_ASSERT_STRING_EQUAL(report_time_bound_name(REPORT_TIME_PMM_WRITE),
			       "pmm write");
}

static const struct suite_test tests[] = {
	{ "nothing takes no time", nothing_takes_no_time },
	{ "instructions, by the slowest core", instructions_by_the_slowest_core },
	{ "loads by their source", loads_by_source },
	{ "a miss of near memory checks a tag first", a_near_miss_checks_a_tag_first },
	{ "Optane's latency by media lines a request", optane_latency_by_media_lines },
	{ "one core, as it was measured", one_core_as_measured },
	{ "ceilings, as they were measured", ceilings_as_measured },
	{ "reads and writes add up", reads_and_writes_add_up },
	{ "ceilings are of the cores there are", ceilings_are_of_the_cores_there_are },
	{ "the largest decides", the_largest_decides },
	{ "what makes no sense is refused", what_makes_no_sense_is_refused },
	{ "bounds have names", bounds_have_names },
};

SUITE_MAIN("report time model", tests)
