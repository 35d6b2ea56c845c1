// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where a run's memory was: at its peak, which is the highest of the snapshots
 * that were taken, and when its processes ended, which is exact.
 */
#include <inttypes.h>
#include <stdio.h>

#include "report/run_document.h"

static struct report_value at_exit(const struct report_run *run, uint64_t bytes)
{
	const char *note = run->run->note;

	if (run->run->last_looks.n_processes)
		return report_number(bytes);
	return report_not_measured(*note ? note :
				   "no process was watched to its end");
}

static int add_tiers(const struct report_run *run, struct report_document *document)
{
	static const struct report_column columns[] = {
		{ "tier", "tier", REPORT_STRING, 0 },
		{ "peak_bytes", "its highest", REPORT_BYTES, 0 },
		{ "last_bytes", "in the last snapshot", REPORT_BYTES, 0 },
		{ "exit_bytes", "at exit", REPORT_BYTES, 0 },
	};
	struct report_section *section;
	char title[96];
	int r;

	snprintf(title, sizeof(title),
		 "Resident memory by tier, highest of %" PRIu64 " snapshots each",
		 run->n_looks);
	r = report_document_section(document, "tiers", title, false, columns, 4,
				    0, &section);
	for (int tier = 0; !r && tier < REPORT_TIERS; tier++) {
		struct report_value values[] = {
			report_string(tierscope_tier_name(tier)),
			report_run_of_looks(run, run->tier_peak_bytes[tier]),
			report_run_of_looks(run, run->tier_last_bytes[tier]),
			at_exit(run, run->tier_exit_bytes[tier]),
		};

		if (run->tier_peak_bytes[tier] || run->tier_exit_bytes[tier])
			r = report_section_row(section, values);
	}
	return r;
}

static int add_residents(const struct report_run *run,
			 struct report_document *document)
{
	static const struct report_column columns[] = {
		{ "node", "node", REPORT_INTEGER, 0 },
		{ "tier", "tier", REPORT_STRING, 0 },
		{ "page_bytes", "page", REPORT_BYTES, 0 },
		{ "kind", "kind", REPORT_STRING, 0 },
		{ "peak_bytes", "at the peak", REPORT_BYTES, 0 },
		{ "last_bytes", "in the last snapshot", REPORT_BYTES, 0 },
		{ "exit_bytes", "at exit", REPORT_BYTES, 0 },
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "placement",
		"Resident memory by node, page size and kind", false, columns,
		sizeof(columns) / sizeof(columns[0]), 0, &section);
	for (size_t i = 0; !r && i < run->n_residents; i++) {
		const struct report_resident *at = &run->residents[i];
		const struct tierscope_cell cell = {
			.node = at->node, .page_bytes = at->page_bytes,
			.kind = at->kind,
		};
		struct report_value values[] = {
			report_number(at->node),
			report_string(tierscope_tier_name(report_run_tier(run, &cell))),
			report_number(at->page_bytes),
			report_string(tierscope_kind_name(at->kind)),
			report_run_of_looks(run, at->peak_bytes),
			report_run_of_looks(run, at->last_bytes),
			at_exit(run, at->exit_bytes),
		};

		if (at->node < 0)
			values[0] = report_not_measured("no node is known");
		/* A cell that was empty at all of these says nothing. */
		if (at->peak_bytes || at->last_bytes || at->exit_bytes)
			r = report_section_row(section, values);
	}
	return r;
}

int report_run_add_placement(const struct report_run *run,
			     struct report_document *document)
{
	static const struct report_column columns[] = {
		{ "looks", "snapshots", REPORT_INTEGER, 0 },
		{ "peak_resident_bytes", "highest of them", REPORT_BYTES, 0 },
		{ "peak_since_start_ns", "  after", REPORT_DURATION, 0 },
		{ "exit_resident_bytes", "at exit, added up", REPORT_BYTES, 0 },
		{ "exit_processes", "  processes", REPORT_INTEGER, 0 },
		{ "exit_reaped", "  OOM-reaped before", REPORT_INTEGER, 0 },
		{ "exit_partial", "  not counted to the end", REPORT_INTEGER, 0 },
		{ "exit_missed", "  end not seen", REPORT_INTEGER, 0 },
	};
	const struct store_last_looks *looks = &run->run->last_looks;
	uint64_t start = run->run->start_mono_ns;
	bool watched = looks->n_processes || looks->n_missed;
	const struct report_value values[] = {
		report_number(run->n_looks),
		report_run_of_looks(run, run->peak_bytes),
		report_run_of_looks(run, run->peak_mono_ns > start ?
			      run->peak_mono_ns - start : 0),
		at_exit(run, run->exit_bytes),
		watched ? report_number(looks->n_processes) : at_exit(run, 0),
		at_exit(run, looks->n_reaped),
		at_exit(run, looks->n_partial),
		watched ? report_number(looks->n_missed) : at_exit(run, 0),
	};
	struct report_section *section;
	int r;

	_Static_assert(sizeof(values) / sizeof(values[0]) ==
		       sizeof(columns) / sizeof(columns[0]), "a value a column");
	r = report_document_section(document, "resident", "Resident memory", true,
				    columns, sizeof(columns) / sizeof(columns[0]),
				    0, &section);
	if (!r)
		r = report_section_row(section, values);
	if (!r)
		r = add_tiers(run, document);
	return r ? r : add_residents(run, document);
}
