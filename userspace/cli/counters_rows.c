/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/counters_rows.h"

#include <stdio.h>
#include <stdlib.h>

#include "report/identity.h"
#include "report/ratio.h"
#include "report/run_text.h"

struct counters_row {
	const struct counters_view *view;
	const struct counters_moment *at;
	const struct report_traffic *traffic;
	char utc[REPORT_UTC_MAX];
	char clock[16];
	char socket[16];
	char controller[16];
	char channel[16];
};

/* ---- values ---------------------------------------------------------------- */

#define VALUE(name) \
	static struct report_value name(const struct counters_row *row, \
					unsigned int slot __attribute__((unused)))

VALUE(time_utc) { return report_string(row->utc); }
VALUE(time_of_day) { return report_string(row->clock); }
VALUE(mono_ns) { return report_number(row->at->mono_ns); }
VALUE(interval_ns) { return report_number(row->at->interval_ns); }
VALUE(socket_id) { return report_string(row->socket); }
VALUE(controller_id) { return report_string(row->controller); }
VALUE(channel_id) { return report_string(row->channel); }
VALUE(ticks_lost) { return report_number(row->at->ticks_lost); }
VALUE(samples_lost) { return report_number(row->at->samples_lost); }

VALUE(count_of) { return report_traffic_count(row->traffic, slot); }
VALUE(rate_of) { return report_traffic_rate(row->traffic, slot); }
VALUE(frequency_of) { return report_traffic_frequency(row->traffic, slot); }
VALUE(running_of) { return report_traffic_running(row->traffic, slot); }

VALUE(hit_ratio) { return report_hit_ratio(row->traffic); }
VALUE(miss_clean) { return report_miss_clean_ratio(row->traffic); }
VALUE(miss_dirty) { return report_miss_dirty_ratio(row->traffic); }
VALUE(dram_share) { return report_dram_share(row->traffic); }

VALUE(read_hit)
{
	return report_read_hit_ratio(row->traffic, row->at->mode);
}

VALUE(pcm_read_hit)
{
	return report_pcm_read_hit_ratio(row->traffic, row->at->mode);
}

VALUE(residual)
{
	return report_identity_residual(&report_identities[slot], row->traffic,
					row->at->mode);
}

VALUE(running_lowest)
{
	return report_traffic_running_lowest(row->traffic);
}

VALUE(method)
{
	return report_traffic_method(row->traffic, row->view->slots,
				     row->at->simulated);
}

/* ---- columns ------------------------------------------------------------- */

/* Lines for what has a bandwidth; the others are requests. */
static const struct {
	const char *count, *rate, *running, *title;
	bool lines;
} of_role[TIERSCOPE_ROLES] = {
#define LINES(role, name, title) \
	[TIERSCOPE_ROLE_##role] = { name "_lines", name "_bytes_per_second", \
				    name "_running_ratio", title, true }
#define COUNT(role, name, title) \
	[TIERSCOPE_ROLE_##role] = { name "_count", name "_per_second", \
				    name "_running_ratio", title, false }
	LINES(DRAM_READ, "dram_read", "DRAM read"),
	LINES(DRAM_WRITE, "dram_write", "DRAM write"),
	LINES(PMM_READ, "pmm_read", "Optane read"),
	LINES(PMM_WRITE, "pmm_write", "Optane write"),
	COUNT(TAG_HIT, "tag_hit", "hits"),
	COUNT(TAG_MISS_CLEAN, "tag_miss_clean", "clean misses"),
	COUNT(TAG_MISS_DIRTY, "tag_miss_dirty", "dirty misses"),
	COUNT(M2M_READ_HIT, "m2m_read_hit", "read hits"),
	COUNT(M2M_WRITE_NI, "m2m_write_ni", "checked writes"),
	LINES(M2M_READ_PMM, "m2m_read_pmm", "M2M Optane read"),
	LINES(M2M_WRITE_PMM, "m2m_write_pmm", "M2M Optane write"),
};

static void add(struct counters_view *view, struct report_column column,
		counters_value_fn value, unsigned int slot)
{
	/* What there are of them does not depend on the user. */
	if (view->n == COUNTERS_COLUMNS_MAX)
		abort();
	view->columns[view->n] = column;
	view->value[view->n] = value;
	view->slot[view->n++] = slot;
}

static void add_figure(struct counters_view *view, uint64_t needs,
		       struct report_column column, counters_value_fn value)
{
	if ((view->slots & needs) == needs)
		add(view, column, value, 0);
}

/* A table leaves out what it shows as part of a ratio, or by another box. */
static unsigned int rate_flags(const struct counters_view *view, unsigned int role)
{
	static const struct {
		uint64_t part, whole;
	} shown[] = {
		{ REPORT_TAGS, REPORT_TAGS },
		{ REPORT_ROLE(M2M_READ_HIT) | REPORT_ROLE(M2M_WRITE_NI), REPORT_READ_HITS },
		{ REPORT_ROLE(M2M_READ_PMM), REPORT_ROLE(PMM_READ) },
		{ REPORT_ROLE(M2M_WRITE_PMM), REPORT_ROLE(PMM_WRITE) },
	};

	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		if (REPORT_SLOT_BIT(role) & shown[i].part &&
		    (view->slots & shown[i].whole) == shown[i].whole)
			return REPORT_NO_TABLE;
	return 0;
}

static void add_roles(struct counters_view *view)
{
	for (unsigned int role = 0; role < TIERSCOPE_ROLES; role++)
		if (view->slots & REPORT_SLOT_BIT(role))
			add(view, (struct report_column){ of_role[role].count,
				of_role[role].title, REPORT_INTEGER, REPORT_NO_TABLE },
			    count_of, role);
	for (unsigned int role = 0; role < TIERSCOPE_ROLES; role++) {
		bool lines = of_role[role].lines;

		if (view->slots & REPORT_SLOT_BIT(role))
			add(view, (struct report_column){ of_role[role].rate,
				of_role[role].title,
				lines ? REPORT_RATE : REPORT_FREQUENCY,
				rate_flags(view, role) },
			    lines ? rate_of : frequency_of, role);
	}
}

static void add_events(struct counters_view *view,
		       const struct counters_options *options)
{
	static const char *const units[] = { "count", "per_second", "running_ratio" };

	for (unsigned int i = 0; i < options->n_events; i++) {
		const char *event = options->events[i];

		for (size_t k = 0; k < 3; k++)
			snprintf(view->names[i][k], COUNTERS_NAME_MAX, "%.*s_%s",
				 COUNTERS_EVENT_MAX, event, units[k]);
		add(view, (struct report_column){ view->names[i][0], event,
			REPORT_INTEGER, REPORT_NO_TABLE }, count_of, REPORT_EVENT(i));
		add(view, (struct report_column){ view->names[i][1], event,
			REPORT_FREQUENCY, 0 }, frequency_of, REPORT_EVENT(i));
	}
}

static void add_figures(struct counters_view *view)
{
	static const struct report_column residuals[REPORT_IDENTITIES] = {
		REPORT_IDENTITY_COLUMNS(REPORT_NO_TABLE),
	};

	add_figure(view, REPORT_TAGS, (struct report_column){
		"hit_ratio", "hit ratio", REPORT_RATIO, 0 }, hit_ratio);
	add_figure(view, REPORT_TAGS, (struct report_column){
		"miss_clean_ratio", "clean", REPORT_RATIO, 0 }, miss_clean);
	add_figure(view, REPORT_TAGS, (struct report_column){
		"miss_dirty_ratio", "dirty", REPORT_RATIO, 0 }, miss_dirty);
	add_figure(view, REPORT_READ_HITS, (struct report_column){
		"read_hit_ratio", "read hits", REPORT_RATIO, 0 }, read_hit);
	add_figure(view, REPORT_PCM_READ_HITS, (struct report_column){
		"pcm_read_hit_ratio", "as in PCM", REPORT_RATIO, REPORT_NO_TABLE },
		pcm_read_hit);
	add_figure(view, REPORT_DRAM | REPORT_PMM, (struct report_column){
		"dram_traffic_share_ratio", "DRAM share", REPORT_RATIO, 0 }, dram_share);
	for (unsigned int i = 0; i < REPORT_IDENTITIES; i++) {
		uint64_t needs = report_identity_roles(&report_identities[i]);

		if ((view->slots & needs) == needs)
			add(view, residuals[i], residual, i);
	}
}

static void add_running(struct counters_view *view,
			const struct counters_options *options)
{
	for (unsigned int role = 0; role < TIERSCOPE_ROLES; role++)
		if (view->slots & REPORT_SLOT_BIT(role))
			add(view, (struct report_column){ of_role[role].running,
				of_role[role].title, REPORT_RATIO, REPORT_NO_TABLE },
			    running_of, role);
	for (unsigned int i = 0; i < options->n_events; i++)
		add(view, (struct report_column){ view->names[i][2],
			options->events[i], REPORT_RATIO, REPORT_NO_TABLE },
		    running_of, REPORT_EVENT(i));
}

void counters_view_init(struct counters_view *view,
			const struct counters_options *options, bool in_place)
{
	bool controllers = options->per == COUNTERS_PER_CONTROLLER;
	bool channels = options->per == COUNTERS_PER_CHANNEL;
	unsigned int once = in_place ? REPORT_NO_TABLE : 0;

	*view = (struct counters_view){ .slots = counters_slots(options) };
	add(view, (struct report_column){ "time_utc", "time", REPORT_STRING,
		REPORT_NO_TABLE }, time_utc, 0);
	if (!in_place)
		add(view, (struct report_column){ "time", "time (UTC)", REPORT_STRING,
			REPORT_TABLE_ONLY }, time_of_day, 0);
	add(view, (struct report_column){ "mono_ns", "monotonic", REPORT_DURATION,
		REPORT_NO_TABLE }, mono_ns, 0);
	add(view, (struct report_column){ "socket", "socket", REPORT_STRING, 0 },
	    socket_id, 0);
	add(view, (struct report_column){ "channel", "channel", REPORT_STRING,
		channels ? 0 : REPORT_NO_TABLE }, channel_id, 0);
	add(view, (struct report_column){ "controller", "controller", REPORT_STRING,
		controllers || channels ? 0 : REPORT_NO_TABLE }, controller_id, 0);
	add(view, (struct report_column){ "interval_ns", "interval", REPORT_DURATION,
		REPORT_NO_TABLE }, interval_ns, 0);
	add_roles(view);
	add_events(view, options);
	add_figures(view);
	add_running(view, options);
	add(view, (struct report_column){ "running_share_ratio", "ran", REPORT_RATIO,
		0 }, running_lowest, 0);
	add(view, (struct report_column){ "ticks_lost", "late", REPORT_INTEGER, once },
	    ticks_lost, 0);
	add(view, (struct report_column){ "samples_lost", "lost", REPORT_INTEGER, once },
	    samples_lost, 0);
	add(view, (struct report_column){ "method", "method", REPORT_STRING, 0 },
	    method, 0);
}

/* ---- rows ---------------------------------------------------------------- */

static void number_or_all(int number, char *buffer, size_t size)
{
	if (number == REPORT_ALL)
		snprintf(buffer, size, "all");
	else
		snprintf(buffer, size, "%d", number);
}

int counters_view_row(const struct counters_view *view,
		      const struct report_stream *stream,
		      const struct counters_moment *at,
		      const struct report_traffic *traffic)
{
	struct counters_row row = { .view = view, .at = at, .traffic = traffic };
	struct report_value values[COUNTERS_COLUMNS_MAX];

	report_utc(at->utc_ns, row.utc);
	/* hh:mm:ss.mmm out of 2026-01-01Thh:mm:ss.mmmnnnnnnZ */
	snprintf(row.clock, sizeof(row.clock), "%.12s", row.utc + 11);
	number_or_all(traffic->socket, row.socket, sizeof(row.socket));
	number_or_all(traffic->controller, row.controller, sizeof(row.controller));
	number_or_all(traffic->channel, row.channel, sizeof(row.channel));
	for (size_t i = 0; i < view->n; i++)
		values[i] = view->value[i](&row, view->slot[i]);
	return report_stream_row(stream, values);
}
