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
		r = report_run_add_volume(run, document);
	if (!r)
		r = report_run_add_loads(run, document);
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
