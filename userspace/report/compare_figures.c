/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What two commands took: time, memory, and what the cores counted for them.
 */
#include <stdio.h>
#include <string.h>

#include "report/compare.h"
#include "report/run_document.h"

static struct report_side measured(struct report_value value)
{
	return (struct report_side){ value, report_string("measured") };
}

/* ---- time ---------------------------------------------------------------- */

static struct report_side modelled_time(const struct report_profile *profile)
{
	return (struct report_side){
		profile->n ? report_profile_modelled(&profile->total) :
			     report_not_measured("the run has no phases"),
		report_string("modelled"),
	};
}

int report_compare_add_times(const struct report_pair *pair,
			     struct report_document *document)
{
	static const struct report_column columns[] = {
		REPORT_PAIR_COLUMNS("ns", REPORT_DURATION),
	};
	const struct report_run *runs[] = { pair->a, pair->b };
	bool simulated = report_run_simulated(pair->a) ||
			 report_run_simulated(pair->b);
	const struct report_side modelled[] = {
		modelled_time(pair->of_a), modelled_time(pair->of_b),
	};
	struct report_side wall[2], user[2], system[2];
	struct report_section *section;
	int r;

	for (int i = 0; i < 2; i++) {
		const struct report_run *run = runs[i];

		wall[i] = measured(report_run_duration(run));
		user[i] = measured(report_run_cpu_time(run, run->run->user_ns));
		system[i] = measured(report_run_cpu_time(run, run->run->system_ns));
	}
	r = report_document_section(document, "times", simulated ?
		"Time, by the clock of a machine in which Optane is as fast as DRAM" :
		"Time", false, columns, sizeof(columns) / sizeof(columns[0]), 0,
		&section);
	if (!r)
		r = report_pair_row(section, pair, "wall", "wall time", true,
				    &wall[0], &wall[1]);
	if (!r)
		r = report_pair_row(section, pair, "user_cpu", "CPU time, user",
				    true, &user[0], &user[1]);
	if (!r)
		r = report_pair_row(section, pair, "system_cpu", "CPU time, system",
				    true, &system[0], &system[1]);
	if (!r && simulated)
		r = report_pair_row(section, pair, "modelled", "modelled, of all phases",
				    true, &modelled[0], &modelled[1]);
	return r;
}

/* ---- memory -------------------------------------------------------------- */

/* The largest process alone and all of them together have no quotient. */
static int add_peak(struct report_section *section, const struct report_pair *pair)
{
	const struct report_run *a = pair->a, *b = pair->b;
	const struct report_side of_a = { report_run_peak(a),
					  report_string(a->run->peak_method) };
	const struct report_side of_b = { report_run_peak(b),
					  report_string(b->run->peak_method) };
	struct report_pair of = *pair;

	if (strcmp(a->run->peak_method, b->run->peak_method))
		of.no_quotient = "A and B were measured in different ways";
	return report_pair_row(section, &of, "peak", "peak memory", true,
			       &of_a, &of_b);
}

static struct report_side of_looks(const struct report_run *run, uint64_t bytes)
{
	return (struct report_side){ report_run_of_looks(run, bytes),
				     report_string("snapshots") };
}

static int add_resident(struct report_section *section,
			const struct report_pair *pair)
{
	const struct report_run *a = pair->a, *b = pair->b;
	struct report_side of_a = of_looks(a, a->peak_bytes);
	struct report_side of_b = of_looks(b, b->peak_bytes);
	int r;

	r = report_pair_row(section, pair, "resident_peak", "resident, highest",
			    true, &of_a, &of_b);
	for (int tier = 0; !r && tier < REPORT_TIERS; tier++) {
		const char *of = tierscope_tier_name(tier);
		char name[64], title[64];

		if (!a->tier_peak_bytes[tier] && !b->tier_peak_bytes[tier])
			continue;
		snprintf(name, sizeof(name), "resident_peak.%s", of);
		snprintf(title, sizeof(title), "  on %s", of);
		of_a = of_looks(a, a->tier_peak_bytes[tier]);
		of_b = of_looks(b, b->tier_peak_bytes[tier]);
		r = report_pair_row(section, pair, name, title, true, &of_a, &of_b);
	}
	return r;
}

int report_compare_add_memory(const struct report_pair *pair,
			      struct report_document *document)
{
	static const struct report_column columns[] = {
		REPORT_PAIR_COLUMNS("bytes", REPORT_BYTES),
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "memory", "Memory", false, columns,
		sizeof(columns) / sizeof(columns[0]), 0, &section);
	if (!r)
		r = add_peak(section, pair);
	return r ? r : add_resident(section, pair);
}

/* ---- loads --------------------------------------------------------------- */

int report_compare_add_loads(const struct report_pair *pair,
			     struct report_document *document)
{
	static const struct report_column columns[] = {
		REPORT_PAIR_COLUMNS("count", REPORT_INTEGER),
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "loads",
		"Loads of the command and its children, in user space", false,
		columns, sizeof(columns) / sizeof(columns[0]), 0, &section);
	for (int role = 0; !r && role < TIERSCOPE_TASK_ROLES; role++) {
		const char *name = tierscope_task_role_name(role);
		char of_a[REPORT_METHOD_MAX] = "", of_b[REPORT_METHOD_MAX] = "";
		struct report_side a = {
			.value = report_run_load_count(pair->a, role, of_a),
			.method = report_string(of_a),
		};
		struct report_side b = {
			.value = report_run_load_count(pair->b, role, of_b),
			.method = report_string(of_b),
		};

		r = report_pair_row(section, pair, name, name, true, &a, &b);
	}
	return r;
}
