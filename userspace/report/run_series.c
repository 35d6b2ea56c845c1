/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run over time: charts for people, every interval for programs.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/scope.h"
#include "report/chart.h"
#include "report/human.h"
#include "report/ratio.h"
#include "report/run_document.h"

#define CHART_ROWS 4

static struct report_value sum_of_rates(const struct report_traffic *bin,
					enum tierscope_role a, enum tierscope_role b)
{
	struct report_value x = report_traffic_rate(bin, a);
	struct report_value y = report_traffic_rate(bin, b);

	if (x.state != REPORT_VALUE || y.state != REPORT_VALUE)
		return report_not_measured(NULL);
	return report_real(x.real + y.real);
}

static struct report_value dram_rate(const struct report_traffic *bin)
{
	return sum_of_rates(bin, TIERSCOPE_ROLE_DRAM_READ, TIERSCOPE_ROLE_DRAM_WRITE);
}

static struct report_value pmm_rate(const struct report_traffic *bin)
{
	return sum_of_rates(bin, TIERSCOPE_ROLE_PMM_READ, TIERSCOPE_ROLE_PMM_WRITE);
}

/* The time axis under a chart, appended to it, and what its gaps mean. */
static int with_axis(const struct report_run *run, const char *chart,
		     const char *gaps, char **ret)
{
	struct report_value end = report_run_duration(run);
	char buffer[REPORT_CELL_MAX];
	const char *duration = report_human(REPORT_DURATION, &end, buffer);
	int width = (int)run->n_bins - (int)strlen(duration);

	if (asprintf(ret, "%s%*s%-*s%s\n%s", chart, REPORT_CHART_SCALE, "", width,
		     "0", duration, gaps) < 0)
		return -ENOMEM;
	return 0;
}

static int add_chart(const struct report_run *run, bool ascii,
		     struct report_value (*figure)(const struct report_traffic *),
		     enum report_type type, double top, uint32_t roles,
		     const char *title, struct report_document *document)
{
	struct report_value *points scope_free =
		calloc(run->n_bins + 1, sizeof(*points));
	char *chart scope_free = NULL, *text scope_free = NULL;
	bool any = false, unmeasured = false, nothing = false;
	char heading[128], gaps[96] = "";
	int r;

	if (!points)
		return -ENOMEM;
	for (size_t i = 0; i < run->n_bins; i++) {
		points[i] = figure(&run->bins[i]);
		any |= points[i].state == REPORT_VALUE &&
		       (points[i].real > 0 || top > 0);
		unmeasured |= points[i].state == REPORT_NOT_MEASURED;
		nothing |= points[i].state == REPORT_NOT_AVAILABLE;
	}
	/* Nothing at all needs no picture; the totals say so. */
	if (!any)
		return 0;
	if (unmeasured || nothing)
		snprintf(gaps, sizeof(gaps), "%*s%s%s\n", REPORT_CHART_SCALE, "",
			 unmeasured ? "? not measured  " : "",
			 !nothing ? "" : ascii ? "- no tag check" : "· no tag check");
	r = report_chart_draw(&(struct report_chart){
			.n = run->n_bins, .points = points, .top = top,
			.type = type, .rows = CHART_ROWS, .ascii = ascii,
		}, &chart);
	if (!r)
		r = with_axis(run, chart, gaps, &text);
	if (!r)
		r = report_document_text(document,
			report_run_title(run, roles, title, heading,
					 sizeof(heading)), text);
	return r;
}

int report_run_add_charts(const struct report_run *run, bool ascii,
			  struct report_document *document)
{
	int r;

	r = add_chart(run, ascii, report_hit_ratio, REPORT_RATIO, 1,
		      REPORT_TAGS,
		      "Hit ratio (hits / all tag checks) over time", document);
	if (!r)
		r = add_chart(run, ascii, dram_rate, REPORT_RATE, 0,
			      REPORT_DRAM,
			      "DRAM bandwidth (read + write) over time", document);
	if (!r)
		r = add_chart(run, ascii, pmm_rate, REPORT_RATE, 0,
			      REPORT_PMM,
			      "Optane bandwidth (read + write) over time", document);
	return r;
}

/* ---- every interval -------------------------------------------------------- */

#define SERIES_COLUMNS 27

struct series {
	const struct report_run *run;
	report_row_fn emit;
	void *emit_data;
};

static int add_interval(uint64_t mono_ns, uint64_t interval_ns,
			const struct report_traffic *socket, void *data)
{
	struct series *series = data;
	uint64_t start = series->run->run->start_mono_ns;
	enum tierscope_mode mode = report_run_mode(series->run);
	const struct report_value values[] = {
		report_number(mono_ns),
		report_number(mono_ns > start ? mono_ns - start : 0),
		report_number(interval_ns),
		report_number(socket->socket < 0 ? 0 : (uint64_t)socket->socket),
		report_traffic_bytes(socket, TIERSCOPE_ROLE_DRAM_READ),
		report_traffic_bytes(socket, TIERSCOPE_ROLE_DRAM_WRITE),
		report_traffic_bytes(socket, TIERSCOPE_ROLE_PMM_READ),
		report_traffic_bytes(socket, TIERSCOPE_ROLE_PMM_WRITE),
		report_traffic_count(socket, TIERSCOPE_ROLE_TAG_HIT),
		report_traffic_count(socket, TIERSCOPE_ROLE_TAG_MISS_CLEAN),
		report_traffic_count(socket, TIERSCOPE_ROLE_TAG_MISS_DIRTY),
		report_traffic_rate(socket, TIERSCOPE_ROLE_DRAM_READ),
		report_traffic_rate(socket, TIERSCOPE_ROLE_DRAM_WRITE),
		report_traffic_rate(socket, TIERSCOPE_ROLE_PMM_READ),
		report_traffic_rate(socket, TIERSCOPE_ROLE_PMM_WRITE),
		report_traffic_count(socket, TIERSCOPE_ROLE_M2M_READ_HIT),
		report_traffic_count(socket, TIERSCOPE_ROLE_M2M_WRITE_NI),
		report_hit_ratio(socket),
		report_read_hit_ratio(socket, mode),
		report_pcm_read_hit_ratio(socket, mode),
		report_dram_share(socket),
		report_identity_residual(&report_identities[REPORT_IDENTITY_DRAM_READ], socket, mode),
		report_identity_residual(&report_identities[REPORT_IDENTITY_PMM_READ], socket, mode),
		report_identity_residual(&report_identities[REPORT_IDENTITY_PMM_WRITE], socket, mode),
		report_identity_residual(&report_identities[REPORT_IDENTITY_PMM], socket, mode),
		report_traffic_running_lowest(socket),
		report_traffic_method(socket, TIERSCOPE_ROLES_ALL,
				      report_run_simulated(series->run)),
	};

	_Static_assert(sizeof(values) / sizeof(values[0]) == SERIES_COLUMNS,
		       "a value a column");
	return series->emit(values, series->emit_data);
}

static int generate(report_row_fn emit, void *emit_data, void *data)
{
	struct series series = { data, emit, emit_data };

	return report_run_intervals(data, add_interval, &series);
}

int report_run_add_series(const struct report_run *run,
			  struct report_document *document)
{
	static const struct report_column columns[] = {
		{ "mono_ns", "time", REPORT_DURATION, 0 },
		{ "since_start_ns", "since start", REPORT_DURATION, 0 },
		{ "interval_ns", "interval", REPORT_DURATION, 0 },
		{ "socket", "socket", REPORT_INTEGER, 0 },
		{ "dram_read_bytes", "DRAM read", REPORT_BYTES, 0 },
		{ "dram_write_bytes", "DRAM written", REPORT_BYTES, 0 },
		{ "pmm_read_bytes", "Optane read", REPORT_BYTES, 0 },
		{ "pmm_write_bytes", "Optane written", REPORT_BYTES, 0 },
		{ "tag_hit_count", "hits", REPORT_INTEGER, 0 },
		{ "tag_miss_clean_count", "clean misses", REPORT_INTEGER, 0 },
		{ "tag_miss_dirty_count", "dirty misses", REPORT_INTEGER, 0 },
		{ "dram_read_bytes_per_second", "DRAM read", REPORT_RATE, 0 },
		{ "dram_write_bytes_per_second", "DRAM written", REPORT_RATE, 0 },
		{ "pmm_read_bytes_per_second", "Optane read", REPORT_RATE, 0 },
		{ "pmm_write_bytes_per_second", "Optane written", REPORT_RATE, 0 },
		{ "m2m_read_hit_count", "read hits", REPORT_INTEGER, 0 },
		{ "m2m_write_ni_count", "checked writes", REPORT_INTEGER, 0 },
		{ "hit_ratio", "hit ratio", REPORT_RATIO, 0 },
		{ "read_hit_ratio", "read hit ratio", REPORT_RATIO, 0 },
		{ "pcm_read_hit_ratio", "as PCM has it", REPORT_RATIO, 0 },
		{ "dram_traffic_share_ratio", "DRAM share", REPORT_RATIO, 0 },
		REPORT_IDENTITY_COLUMNS(0),
		{ "running_share_ratio", "ran", REPORT_RATIO, 0 },
		{ "method", "method", REPORT_STRING, 0 },
	};
	struct report_section *section;
	int r;

	_Static_assert(sizeof(columns) / sizeof(columns[0]) == SERIES_COLUMNS,
		       "a value a column");
	r = report_document_section(document, "series", NULL, false, columns,
		sizeof(columns) / sizeof(columns[0]), REPORT_NO_TABLE,
		&section);
	if (!r)
		report_section_generate(section, generate, (void *)run);
	return r;
}
