/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two runs side by side, as a document.
 */
#pragma once

#include "report/difference.h"
#include "report/document.h"
#include "report/profile.h"

#define REPORT_COMPARE_SCHEMA "tierscope.compare"
#define REPORT_COMPARE_VERSION 1

/**
 * report_compare_document() - both runs' figures, and B's by A's
 * @differences: between them, all of which are told
 *
 * What adds up over a run (time, bytes, counts) has no quotient if one of the
 * two was not recorded to its end. Returns 0, -ENOMEM or -errno of a
 * run file; the caller frees.
 */
int report_compare_document(const struct report_run *a,
			    const struct report_run *b,
			    const struct report_differences *differences,
			    struct report_document **ret);

/* ---- the parts of it ------------------------------------------------------ */

/**
 * struct report_pair - what is compared
 * @of_a, @of_b: their phases, what takes longest first
 * @no_quotient: why sums over the runs have none, or NULL
 */
struct report_pair {
	const struct report_run *a;
	const struct report_run *b;
	const struct report_profile *of_a;
	const struct report_profile *of_b;
	const char *no_quotient;
};

/**
 * struct report_side - a figure of one run
 * @method: how it came about, if there is a value
 */
struct report_side {
	struct report_value value;
	struct report_value method;
};

/* The columns of a section of figures, which have all one unit: "a_bytes". */
#define REPORT_PAIR_COLUMNS(unit, type)						\
	{ "figure", "figure", REPORT_STRING, REPORT_NO_TABLE },			\
	{ "title", "", REPORT_STRING, REPORT_TABLE_ONLY },			\
	{ "a_" unit, "A", type, 0 },						\
	{ "b_" unit, "B", type, 0 },						\
	{ "b_per_a_ratio", "B/A", REPORT_FACTOR, 0 },				\
	{ "a_method", "A is", REPORT_STRING, 0 },				\
	{ "b_method", "B is", REPORT_STRING, 0 }

/**
 * report_pair_row() - one figure of both
 * @section: with REPORT_PAIR_COLUMNS()
 * @name: for programs
 * @title: for people
 * @sum: adds up over the run
 */
int report_pair_row(struct report_section *section, const struct report_pair *pair,
		    const char *name, const char *title, bool sum,
		    const struct report_side *a, const struct report_side *b);

/* @b by @a, of a column of @type, or why there is none. */
struct report_value report_factor(enum report_type type,
				  const struct report_value *a,
				  const struct report_value *b);

/* compare_runs.c: which runs, and in what they differ. */
int report_compare_add_runs(const struct report_pair *pair,
			    struct report_document *document);
int report_compare_add_differences(const struct report_differences *differences,
				   struct report_document *document);
/* compare_figures.c */
int report_compare_add_times(const struct report_pair *pair,
			     struct report_document *document);
int report_compare_add_memory(const struct report_pair *pair,
			      struct report_document *document);
int report_compare_add_loads(const struct report_pair *pair,
			     struct report_document *document);
/* compare_traffic.c */
int report_compare_add_traffic(const struct report_pair *pair,
			       struct report_document *document);
int report_compare_add_tag_checks(const struct report_pair *pair,
				  struct report_document *document);
int report_compare_add_ratios(const struct report_pair *pair,
			      struct report_document *document);
/* compare_profile.c */
int report_compare_add_profile(const struct report_pair *pair,
			       struct report_document *document);
