/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The profile of a run: its phases added up by name, without what was within
 * them, so that the parts make the whole.
 */
#pragma once

#include "report/document.h"
#include "report/run.h"

#define REPORT_PROFILE_SCHEMA "tierscope.profile"
#define REPORT_PROFILE_VERSION 1

/* By which column, largest first; a name smallest first. */
enum report_profile_order {
	REPORT_PROFILE_BY_TIME,		/* modelled, if there is that */
	REPORT_PROFILE_BY_DRAM,
	REPORT_PROFILE_BY_PMM,
	REPORT_PROFILE_BY_RATIO,
	REPORT_PROFILE_BY_CALLS,
	REPORT_PROFILE_BY_NAME,
};

/**
 * struct report_profile_row - the phases of one name
 * @time_ns: as a clock had it; of a simulated machine that says little
 * @modelled_ns: report_time_model() of each phase, added up
 * @has_modelled: of every one
 * @counts: by role, scaled if counters took turns
 * @counted: whether it was
 * @estimated: some was counted part of the time
 */
struct report_profile_row {
	char name[64];
	uint64_t calls;
	uint64_t time_ns;
	double modelled_ns;
	bool has_modelled;
	double counts[TIERSCOPE_TASK_ROLES];
	bool counted[TIERSCOPE_TASK_ROLES];
	bool estimated;
};

struct report_profile {
	size_t n;
	struct report_profile_row *rows;
	struct report_profile_row total;
};

/* Returns 0, -ENOMEM, or what store_read_phases() does. */
int report_profile_load(const struct report_run *run, struct report_profile *ret);
void report_profile_free(struct report_profile *profile);

/* "time", "dram", "pmm", "ratio", "calls", "name". 0 or -EINVAL. */
int report_profile_order_from_name(const char *name,
				   enum report_profile_order *ret);
void report_profile_sort(struct report_profile *profile,
			 enum report_profile_order order);

/* Loads by where they came from. False if not all of them were counted. */
bool report_profile_dram_loads(const struct report_profile_row *row, double *ret);
bool report_profile_pmm_loads(const struct report_profile_row *row, double *ret);

/* Modelled time of @row, which may be NULL, or why there is none. */
struct report_value report_profile_modelled(const struct report_profile_row *row);

/* Returns 0 or -ENOMEM. */
int report_profile_document(const struct report_run *run,
			    const struct report_profile *profile,
			    struct report_document **ret);
