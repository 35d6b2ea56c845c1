/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report on one run, as a document.
 */
#pragma once

#include "report/document.h"
#include "report/run.h"

#define REPORT_RUN_SCHEMA "tierscope.report"
#define REPORT_RUN_VERSION 1

/**
 * struct report_run_options - how much, and for which terminal
 * @ascii: no Unicode in charts
 * @series: every interval too (not in a table)
 */
struct report_run_options {
	bool ascii;
	bool series;
};

/* Returns 0 or -errno; the caller frees, before it frees @run: the series is
 * read when it is written. Charts have one column a bin. */
int report_run_document(const struct report_run *run,
			const struct report_run_options *options,
			struct report_document **ret);

/* The parts of it. */
int report_run_add_summary(const struct report_run *run,
			   struct report_document *document);
int report_run_add_traffic(const struct report_run *run,
			   struct report_document *document);
int report_run_add_volume(const struct report_run *run,
			  struct report_document *document);
int report_run_add_loads(const struct report_run *run,
			 struct report_document *document);
int report_run_add_quality(const struct report_run *run,
			   struct report_document *document);
int report_run_add_charts(const struct report_run *run, bool ascii,
			  struct report_document *document);
int report_run_add_placement(const struct report_run *run,
			     struct report_document *document);
int report_run_add_series(const struct report_run *run,
			  struct report_document *document);

/* @title, and how its figures came about in brackets. */
const char *report_run_title(const struct report_run *run, uint32_t roles,
			     const char *title, char *buffer, size_t size);
/* What the cores counted of a role, as the loads have it; how is in @method,
 * which has REPORT_METHOD_MAX bytes and says nothing without a value. */
#define REPORT_METHOD_MAX 64
struct report_value report_run_load_count(const struct report_run *run,
					  enum tierscope_task_role role,
					  char *method);
bool report_run_simulated(const struct report_run *run);
