/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "cli/counters.h"
#include "report/ratio.h"
#include "report/run_text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct report_column counters_columns[] = {
	{ "time_utc", "time", REPORT_STRING, REPORT_NO_TABLE },
	{ "time", "time (UTC)", REPORT_STRING, REPORT_TABLE_ONLY },
	{ "mono_ns", "monotonic", REPORT_DURATION, REPORT_NO_TABLE },
	{ "socket", "socket", REPORT_STRING, 0 },
	{ "interval_ns", "interval", REPORT_DURATION, REPORT_NO_TABLE },
	{ "dram_read_lines", "DRAM read", REPORT_INTEGER, REPORT_NO_TABLE },
	{ "dram_write_lines", "DRAM write", REPORT_INTEGER, REPORT_NO_TABLE },
	{ "pmm_read_lines", "Optane read", REPORT_INTEGER, REPORT_NO_TABLE },
	{ "pmm_write_lines", "Optane write", REPORT_INTEGER, REPORT_NO_TABLE },
	{ "tag_hit_count", "hits", REPORT_INTEGER, REPORT_NO_TABLE },
	{ "tag_miss_clean_count", "clean misses", REPORT_INTEGER, REPORT_NO_TABLE },
	{ "tag_miss_dirty_count", "dirty misses", REPORT_INTEGER, REPORT_NO_TABLE },
	{ "dram_read_bytes_per_second", "DRAM read", REPORT_RATE, 0 },
	{ "dram_write_bytes_per_second", "DRAM write", REPORT_RATE, 0 },
	{ "pmm_read_bytes_per_second", "Optane read", REPORT_RATE, 0 },
	{ "pmm_write_bytes_per_second", "Optane write", REPORT_RATE, 0 },
	{ "hit_ratio", "hit ratio (tag check)", REPORT_RATIO, 0 },
	{ "running_share_ratio", "counters ran", REPORT_RATIO, 0 },
	{ "ticks_lost", "late", REPORT_INTEGER, 0 },
	{ "samples_lost", "lost", REPORT_INTEGER, 0 },
	{ "method", "method", REPORT_STRING, 0 },
};

const size_t counters_n_columns = COUNT(counters_columns);

static int add_row(const struct report_stream *stream, const struct counters_moment *at,
		   const struct report_traffic *traffic)
{
	char utc[REPORT_UTC_MAX], clock[16], socket[16] = "all";

	report_utc(at->utc_ns, utc);
	/* hh:mm:ss.mmm out of 2026-01-01Thh:mm:ss.mmmnnnnnnZ */
	snprintf(clock, sizeof(clock), "%.12s", utc + 11);
	if (traffic->socket != REPORT_ALL_SOCKETS)
		snprintf(socket, sizeof(socket), "%d", traffic->socket);
	const struct report_value values[] = {
		report_string(utc),
		report_string(clock),
		report_number(at->mono_ns),
		report_string(socket),
		report_number(at->interval_ns),
		report_traffic_count(traffic, TIERSCOPE_ROLE_DRAM_READ),
		report_traffic_count(traffic, TIERSCOPE_ROLE_DRAM_WRITE),
		report_traffic_count(traffic, TIERSCOPE_ROLE_PMM_READ),
		report_traffic_count(traffic, TIERSCOPE_ROLE_PMM_WRITE),
		report_traffic_count(traffic, TIERSCOPE_ROLE_TAG_HIT),
		report_traffic_count(traffic, TIERSCOPE_ROLE_TAG_MISS_CLEAN),
		report_traffic_count(traffic, TIERSCOPE_ROLE_TAG_MISS_DIRTY),
		report_traffic_rate(traffic, TIERSCOPE_ROLE_DRAM_READ),
		report_traffic_rate(traffic, TIERSCOPE_ROLE_DRAM_WRITE),
		report_traffic_rate(traffic, TIERSCOPE_ROLE_PMM_READ),
		report_traffic_rate(traffic, TIERSCOPE_ROLE_PMM_WRITE),
		report_hit_ratio(traffic),
		report_traffic_running_lowest(traffic),
		report_number(at->ticks_lost),
		report_number(at->samples_lost),
		report_traffic_method(traffic, TIERSCOPE_ROLES_ALL, at->simulated),
	};

	_Static_assert(COUNT(values) == COUNT(counters_columns), "a value a column");
	return report_stream_row(stream, values);
}

int counters_add(const struct report_stream *stream,
		 struct report_tracker *tracker, const struct counters_moment *at)
{
	struct report_traffic total = { .socket = REPORT_ALL_SOCKETS };
	const struct report_traffic *sockets;
	size_t n = report_tracker_sockets(tracker, &sockets);
	int r = 0;

	for (size_t i = 0; !r && i < n; i++) {
		report_traffic_add_socket(&total, &sockets[i]);
		r = add_row(stream, at, &sockets[i]);
	}
	return r ? r : add_row(stream, at, &total);
}
