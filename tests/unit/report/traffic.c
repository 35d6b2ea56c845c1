/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "report/ratio.h"
#include "report/traffic.h"
#include "suite.h"

/* Two sockets of two boxes; hit and both misses on each. */
#define SOCKETS 2
#define UNITS 2
#define N (SOCKETS * UNITS * 3)

static const uint32_t asked = REPORT_TAGS | REPORT_PMM;

static struct tierscope_counter counters[N];
static struct tierscope_reading readings[N];

static struct report_tracker *tracker_make(void)
{
	struct report_tracker *tracker;
	size_t i = 0;

	memset(counters, 0, sizeof(counters));
	memset(readings, 0, sizeof(readings));
	for (int socket = 0; socket < SOCKETS; socket++)
		for (unsigned int unit = 0; unit < UNITS; unit++)
			for (int role = TIERSCOPE_ROLE_TAG_HIT;
			     role <= TIERSCOPE_ROLE_TAG_MISS_DIRTY; role++) {
				counters[i].socket = socket;
				counters[i].unit = unit;
				counters[i++].role = role;
			}
	CU_ASSERT_EQUAL_FATAL(report_tracker_new(counters, N, asked, &tracker), 0);
	return tracker;
}

/* All counters ran half of 100 ns and counted @by. */
static void step(uint64_t by)
{
	for (size_t i = 0; i < N; i++) {
		readings[i].time_ns = (readings[i].time_ns ? readings[i].time_ns : 1000) + 100;
		readings[i].value += by;
		readings[i].enabled_ns += 100;
		readings[i].running_ns += 50;
	}
}

static int feed(struct report_tracker *tracker)
{
	const struct tierscope_sample sample = {
		.time_ns = readings[0].time_ns, .n_readings = N, .readings = readings,
	};

	return report_tracker_feed(tracker, &sample);
}

static const struct report_traffic *socket_of(struct report_tracker *tracker,
					      size_t i)
{
	const struct report_traffic *sockets;

	CU_ASSERT_FATAL(i < report_tracker_sockets(tracker, &sockets));
	return &sockets[i];
}

static void boxes_are_added_and_scaled(void)
{
	struct report_tracker *tracker = tracker_make();
	const struct report_traffic *at;

	step(10);
	CU_ASSERT_EQUAL(feed(tracker), 0);
	at = socket_of(tracker, 1);
	CU_ASSERT_EQUAL(at->socket, 1);
	/* Two boxes, each 10 in half of the time. */
	CU_ASSERT_EQUAL(report_traffic_count(at, TIERSCOPE_ROLE_TAG_HIT).number, 40);
	CU_ASSERT_EQUAL(report_traffic_bytes(at, TIERSCOPE_ROLE_TAG_HIT).number, 2560);
	CU_ASSERT_DOUBLE_EQUAL(report_traffic_running_lowest(at).real, 0.5, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(report_hit_ratio(at).real, 1. / 3, 1e-12);
	CU_ASSERT_TRUE(report_traffic_estimated(at, TIERSCOPE_ROLES_ALL));
	step(0);
	CU_ASSERT_EQUAL(feed(tracker), 0);
	at = socket_of(tracker, 0);
	/* A measured zero is a value, a quotient of zeros is none. */
	CU_ASSERT_EQUAL(report_traffic_count(at, TIERSCOPE_ROLE_TAG_HIT).state, REPORT_VALUE);
	CU_ASSERT_EQUAL(report_traffic_count(at, TIERSCOPE_ROLE_TAG_HIT).number, 0);
	CU_ASSERT_EQUAL(report_hit_ratio(at).state, REPORT_NOT_AVAILABLE);
	report_tracker_free(tracker);
}

static void a_role_without_a_turn_waits(void)
{
	struct report_tracker *tracker = tracker_make();
	const struct report_traffic *at;

	step(10);
	/* The first box's hits on socket 0 had no turn. */
	readings[0].running_ns = 0;
	readings[0].value = 0;
	CU_ASSERT_EQUAL(feed(tracker), 0);
	at = socket_of(tracker, 0);
	CU_ASSERT_EQUAL(report_traffic_count(at, TIERSCOPE_ROLE_TAG_HIT).state,
			REPORT_NOT_MEASURED);
	CU_ASSERT_PTR_NOT_NULL(report_hit_ratio(at).reason);
	CU_ASSERT_EQUAL(report_traffic_count(at, TIERSCOPE_ROLE_TAG_MISS_CLEAN).number, 40);
	step(10);
	CU_ASSERT_EQUAL(feed(tracker), 0);
	at = socket_of(tracker, 0);
	/* Box 0: 10 in 50 of 200 ns is 40; box 1: 20 in 100 of 200 ns is 40. */
	CU_ASSERT_EQUAL(report_traffic_count(at, TIERSCOPE_ROLE_TAG_HIT).number, 80);
	CU_ASSERT_EQUAL(at->span_ns[TIERSCOPE_ROLE_TAG_HIT], 200);
	CU_ASSERT_EQUAL(at->span_ns[TIERSCOPE_ROLE_TAG_MISS_CLEAN], 100);
	report_tracker_free(tracker);
}

static void a_start_is_a_zero(void)
{
	struct report_tracker *tracker = tracker_make();
	struct tierscope_sample sample = { .n_readings = N, .readings = readings };

	step(1000);
	CU_ASSERT_EQUAL(report_tracker_start(tracker, &sample), 0);
	step(1);
	CU_ASSERT_EQUAL(feed(tracker), 0);
	CU_ASSERT_EQUAL(report_traffic_count(socket_of(tracker, 0),
					     TIERSCOPE_ROLE_TAG_HIT).number, 4);
	report_tracker_free(tracker);
}

static void going_back_leaves_one_sample_out(void)
{
	struct report_tracker *tracker = tracker_make();

	step(10);
	CU_ASSERT_EQUAL(feed(tracker), 0);
	readings[3].value = 2;
	CU_ASSERT_EQUAL(feed(tracker), -ERANGE);
	CU_ASSERT_EQUAL(socket_of(tracker, 0)->measured, 0);
	step(5);
	CU_ASSERT_EQUAL(feed(tracker), 0);
	CU_ASSERT_EQUAL(report_traffic_count(socket_of(tracker, 0),
					     TIERSCOPE_ROLE_TAG_HIT).number, 20);
	report_tracker_free(tracker);
}

static void wrong_samples_are_refused(void)
{
	struct tierscope_sample sample = { .n_readings = N - 1, .readings = readings };
	struct report_tracker *tracker = tracker_make();

	CU_ASSERT_EQUAL(report_tracker_feed(tracker, &sample), -EINVAL);
	CU_ASSERT_EQUAL(report_tracker_start(tracker, &sample), -EINVAL);
	report_tracker_free(tracker);
	counters[0].role = TIERSCOPE_ROLES;
	CU_ASSERT_EQUAL(report_tracker_new(counters, N, asked, &tracker), -EINVAL);
}

static void a_sum_lacks_what_a_socket_lacks(void)
{
	const uint32_t hit = TIERSCOPE_ROLE_BIT(TIERSCOPE_ROLE_TAG_HIT);
	struct report_traffic sum = { .socket = REPORT_ALL_SOCKETS };
	struct report_traffic one = { .roles = hit, .measured = hit };
	struct report_traffic other = { .roles = hit };

	report_traffic_add_socket(&sum, &one);
	CU_ASSERT_EQUAL(sum.measured, hit);
	report_traffic_add_socket(&sum, &other);
	CU_ASSERT_EQUAL(sum.measured, 0);
	report_traffic_add_socket(&sum, &one);
	CU_ASSERT_EQUAL(sum.measured, 0);
	CU_ASSERT_EQUAL(sum.roles, hit);
}

static void a_missing_role_has_its_reason(void)
{
	struct report_tracker *tracker = tracker_make();
	struct report_traffic none = { 0 };
	struct report_value value;

	step(10);
	CU_ASSERT_EQUAL(feed(tracker), 0);
	value = report_traffic_count(socket_of(tracker, 0), TIERSCOPE_ROLE_PMM_READ);
	CU_ASSERT_EQUAL(value.state, REPORT_NOT_AVAILABLE);
	value = report_traffic_count(socket_of(tracker, 0), TIERSCOPE_ROLE_DRAM_READ);
	CU_ASSERT_EQUAL(value.state, REPORT_NOT_MEASURED);
	CU_ASSERT_STRING_EQUAL(value.reason, "it was not asked for");
	CU_ASSERT_STRING_EQUAL(report_traffic_method(socket_of(tracker, 0), REPORT_TAGS,
						     false).string, "estimated");
	/* Nothing was counted, so nothing was measured. */
	CU_ASSERT_EQUAL(report_traffic_method(&none, REPORT_TAGS, false).state,
			REPORT_NOT_MEASURED);
	report_tracker_free(tracker);
}

static void a_sampler_began_when_its_counters_did(void)
{
	struct report_tracker *tracker = tracker_make();
	struct tierscope_sample sample = { .n_readings = N, .readings = readings };

	step(1);
	step(1);
	sample.time_ns = readings[0].time_ns;
	CU_ASSERT_EQUAL(report_sample_began_ns(&sample), 1000);
	sample.n_readings = 0;
	CU_ASSERT_EQUAL(report_sample_began_ns(&sample), 1200);
	report_tracker_free(tracker);
}

static void methods_have_names(void)
{
	CU_ASSERT_STRING_EQUAL(report_method(false, false), "measured");
	CU_ASSERT_STRING_EQUAL(report_method(true, true), "simulated, estimated");
}

/* One box counts hits, the other clean misses in the interval after. */
static void turns_at_different_times_have_no_ratio(void)
{
	struct report_tracker *tracker = tracker_make();
	const struct report_traffic *at;
	struct report_value value;

	step(10);
	for (size_t i = 0; i < N; i++)
		if (counters[i].role == TIERSCOPE_ROLE_TAG_HIT) {
			readings[i].running_ns = 0;
			readings[i].value = 0;
		}
	CU_ASSERT_EQUAL(feed(tracker), 0);
	step(10);
	CU_ASSERT_EQUAL(feed(tracker), 0);
	at = socket_of(tracker, 0);
	value = report_hit_ratio(at);
	CU_ASSERT_EQUAL(value.state, REPORT_NOT_MEASURED);
	CU_ASSERT_PTR_NOT_NULL(strstr(value.reason, "different times"));
	CU_ASSERT_EQUAL(report_traffic_count(at, TIERSCOPE_ROLE_TAG_HIT).state,
			REPORT_VALUE);
	step(10);
	CU_ASSERT_EQUAL(feed(tracker), 0);
	CU_ASSERT_EQUAL(report_hit_ratio(socket_of(tracker, 0)).state, REPORT_VALUE);
	report_tracker_free(tracker);
}

/* Two channels of two sockets, an event without a role on each, and one that
 * is counted for all of them. */
static void places_are_added_by_themselves(void)
{
	static const struct report_source sources[] = {
		{ 1, REPORT_ALL, 1, REPORT_EVENT(0) }, { 0, REPORT_ALL, 1, REPORT_EVENT(0) },
		{ 0, REPORT_ALL, 0, REPORT_EVENT(0) }, { 1, REPORT_ALL, 0, REPORT_EVENT(0) },
		{ 1, REPORT_ALL, 0, REPORT_EVENT(15) },
	};
	struct tierscope_reading of[5];
	const struct tierscope_sample sample = { .n_readings = 5, .readings = of };
	const struct report_traffic *places;
	struct report_source wrong = { .slot = REPORT_SLOTS };
	struct report_tracker *tracker;

	for (size_t i = 0; i < 5; i++)
		of[i] = (struct tierscope_reading){ 1000, i + 1, 100, 50 };
	CU_ASSERT_EQUAL(report_tracker_new_of(&wrong, 1, 0, &tracker), -EINVAL);
	CU_ASSERT_EQUAL_FATAL(report_tracker_new_of(sources, 5,
		REPORT_SLOT_BIT(REPORT_EVENT(0)) | REPORT_SLOT_BIT(REPORT_EVENT(15)),
		&tracker), 0);
	CU_ASSERT_EQUAL(report_tracker_feed(tracker, &sample), 0);
	CU_ASSERT_EQUAL_FATAL(report_tracker_sockets(tracker, &places), 4);
	for (int i = 0; i < 4; i++) {
		static const uint64_t counts[] = { 6, 4, 8, 2 };

		CU_ASSERT_EQUAL(places[i].socket, i / 2);
		CU_ASSERT_EQUAL(places[i].channel, i % 2);
		CU_ASSERT_EQUAL(report_traffic_count(&places[i], REPORT_EVENT(0)).number,
				counts[i]);
	}
	CU_ASSERT_EQUAL(report_traffic_count(&places[2], REPORT_EVENT(15)).number, 10);
	CU_ASSERT_EQUAL(report_traffic_count(&places[3], REPORT_EVENT(15)).state,
			REPORT_NOT_AVAILABLE);
	/* 8 in 100 ns. */
	CU_ASSERT_DOUBLE_EQUAL(report_traffic_frequency(&places[2], REPORT_EVENT(0)).real,
			       8e7, 1);
	CU_ASSERT_DOUBLE_EQUAL(report_traffic_running_lowest(&places[2]).real, 0.5, 1e-12);
	CU_ASSERT_TRUE(report_traffic_estimated(&places[2],
						REPORT_SLOT_BIT(REPORT_EVENT(15))));
	report_tracker_free(tracker);
}

static const struct suite_test tests[] = {
	{ "boxes are added and scaled", boxes_are_added_and_scaled },
	{ "a role without a turn waits", a_role_without_a_turn_waits },
	{ "a start is a zero", a_start_is_a_zero },
	{ "going back leaves one sample out", going_back_leaves_one_sample_out },
	{ "wrong samples are refused", wrong_samples_are_refused },
	{ "a sum lacks what a socket lacks", a_sum_lacks_what_a_socket_lacks },
	{ "a missing role has its reason", a_missing_role_has_its_reason },
	{ "a sampler began when its counters did", a_sampler_began_when_its_counters_did },
	{ "methods have names", methods_have_names },
	{ "turns at different times have no ratio", turns_at_different_times_have_no_ratio },
	{ "places are added by themselves", places_are_added_by_themselves },
};

SUITE_MAIN("report traffic", tests)
