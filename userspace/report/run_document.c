/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/run_document.h"

#include <stdio.h>

bool report_run_simulated(const struct report_run *run)
{
	return run->run->topology && run->run->topology->simulated;
}

const char *report_run_title(const struct report_run *run, uint32_t roles,
			     const char *title, char *buffer, size_t size)
{
	bool estimated = report_traffic_estimated(&run->total, roles);

	if (!estimated && !report_run_simulated(run))
		return title;
	snprintf(buffer, size, "%s (%s)", title,
		 report_method(report_run_simulated(run), estimated));
	return buffer;
}

static int add_tiers(const struct report_run *run, struct report_document *document)
{
	static const struct report_column columns[] = {
		{ "tier", "tier", REPORT_STRING, 0 },
		{ "peak_bytes", "its highest", REPORT_BYTES, 0 },
		{ "last_bytes", "at the end", REPORT_BYTES, 0 },
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "tiers",
		"Resident memory by tier, highest look of each", false, columns, 3,
		0, &section);
	for (int tier = 0; !r && tier < REPORT_TIERS; tier++) {
		struct report_value values[] = {
			report_string(tierscope_tier_name(tier)),
			report_number(run->tier_peak_bytes[tier]),
			report_number(run->tier_last_bytes[tier]),
		};

		if (run->tier_peak_bytes[tier])
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
		{ "last_bytes", "at the end", REPORT_BYTES, 0 },
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
			report_number(at->peak_bytes),
			report_number(at->last_bytes),
		};

		if (at->node < 0)
			values[0] = report_not_measured("no node is known");
		/* A cell that was empty at both moments says nothing. */
		if (at->peak_bytes || at->last_bytes)
			r = report_section_row(section, values);
	}
	return r;
}

int report_run_add_placement(const struct report_run *run,
			     struct report_document *document)
{
	static const struct report_column columns[] = {
		{ "looks", "looks at the page tables", REPORT_INTEGER, 0 },
		{ "peak_resident_bytes", "highest that a look found", REPORT_BYTES, 0 },
		{ "peak_since_start_ns", "  after", REPORT_DURATION, 0 },
	};
	uint64_t start = run->run->start_mono_ns;
	struct report_value none = report_not_measured(*run->run->note ?
		run->run->note : "no look was recorded");
	const struct report_value values[] = {
		report_number(run->n_looks),
		run->n_looks ? report_number(run->peak_bytes) : none,
		run->n_looks ? report_number(run->peak_mono_ns > start ?
					     run->peak_mono_ns - start : 0) : none,
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "resident", "Resident memory", true,
				    columns, 3, 0, &section);
	if (!r)
		r = report_section_row(section, values);
	if (!r)
		r = add_tiers(run, document);
	return r ? r : add_residents(run, document);
}

int report_run_document(const struct report_run *run,
			const struct report_run_options *options,
			struct report_document **ret)
{
	struct report_document *document;
	int r;

	r = report_document_new(REPORT_RUN_SCHEMA, REPORT_RUN_VERSION, &document);
	if (r < 0)
		return r;
	r = report_run_add_summary(run, document);
	if (!r)
		r = report_run_add_traffic(run, document);
	if (!r)
		r = report_run_add_charts(run, options->ascii, document);
	if (!r)
		r = report_run_add_placement(run, document);
	if (!r)
		r = report_run_add_quality(run, document);
	if (!r && options->series)
		r = report_run_add_series(run, document);
	if (r < 0) {
		report_document_free(document);
		return r;
	}
	*ret = document;
	return 0;
}
