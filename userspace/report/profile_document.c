// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "report/derive.h"
#include "report/profile.h"
#include "report/ratio.h"
#include "report/run_document.h"

static const struct report_column columns[] = {
	{ "function", "function", REPORT_STRING, 0 },
	{ "calls", "calls", REPORT_INTEGER, 0 },
	{ "time_ns", "time", REPORT_DURATION, 0 },
	{ "time_share_ratio", "%", REPORT_RATIO, 0 },
	{ "modelled_time_ns", "modelled time", REPORT_DURATION, 0 },
	{ "modelled_time_share_ratio", "%", REPORT_RATIO, 0 },
	{ "dram_loads", "", REPORT_INTEGER, REPORT_NO_TABLE },
	{ "dram_kloads", "DRAM (K-loads)", REPORT_STRING, REPORT_TABLE_ONLY },
	{ "dram_share_ratio", "%", REPORT_RATIO, 0 },
	{ "pmm_loads", "", REPORT_INTEGER, REPORT_NO_TABLE },
	{ "pmm_kloads", "Optane (K-loads)", REPORT_STRING, REPORT_TABLE_ONLY },
	{ "pmm_share_ratio", "%", REPORT_RATIO, 0 },
	{ "dram_per_pmm_ratio", "", REPORT_RATIO, REPORT_NO_TABLE },
	{ "dram_per_pmm", "DRAM : Optane", REPORT_STRING, REPORT_TABLE_ONLY },
	{ "instructions", "", REPORT_INTEGER, REPORT_NO_TABLE },
	{ "cycles", "", REPORT_INTEGER, REPORT_NO_TABLE },
	{ "l3_miss_loads", "", REPORT_INTEGER, REPORT_NO_TABLE },
	{ "method", "", REPORT_STRING, REPORT_NO_TABLE },
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* A part of the whole; nothing of nothing is none. */
static struct report_value share(double part, double whole)
{
	double ratio;

	if (report_quotient(part, whole, &ratio))
		return report_not_measured("there is nothing in the whole run");
	return report_real(ratio);
}

static struct report_value thousands(double n, char *buffer, size_t bytes)
{
	snprintf(buffer, bytes, n < 10000 ? "%.1f" : "%.0f", n / 1000);
	return report_string(buffer);
}

static struct report_value count_of(const struct report_profile_row *row,
				    enum tierscope_task_role role)
{
	if (!row->counted[role])
		return report_not_measured("see the loads of the report");
	return report_number(report_round(row->counts[role]));
}

/* As loads add up: those that missed are in one of the sources. */
static struct report_value misses(const struct report_profile_row *row)
{
	double dram, pmm;

	if (row->counted[TIERSCOPE_TASK_LOAD_L3_MISS])
		return count_of(row, TIERSCOPE_TASK_LOAD_L3_MISS);
	if (report_profile_dram_loads(row, &dram) &&
	    report_profile_pmm_loads(row, &pmm))
		return report_number(report_round(dram + pmm));
	return count_of(row, TIERSCOPE_TASK_LOAD_L3_MISS);
}

static int add_row(struct report_section *section, const struct report_run *run,
		   const struct report_profile_row *total,
		   const struct report_profile_row *row)
{
	static const char no_loads[] = "the sources of loads were not counted";
	char dram_text[32], pmm_text[32], ratio_text[32];
	double dram = 0, pmm = 0, all_dram = 0, all_pmm = 0;
	bool has_dram = report_profile_dram_loads(row, &dram);
	bool has_pmm = report_profile_pmm_loads(row, &pmm);
	struct report_value values[COLUMNS];
	size_t at = 0;

	report_profile_dram_loads(total, &all_dram);
	report_profile_pmm_loads(total, &all_pmm);
	values[at++] = report_string(row->name);
	values[at++] = report_number(row->calls);
	values[at++] = report_number(row->time_ns);
	values[at++] = share((double)row->time_ns, (double)total->time_ns);
	if (row->has_modelled) {
		values[at++] = report_number(report_round(row->modelled_ns));
		values[at++] = total->has_modelled ?
			share(row->modelled_ns, total->modelled_ns) :
			report_not_measured("not every phase has a modelled time");
	} else {
		const char *why = report_run_simulated(run) ?
			"it takes counts core by core and socket by socket, without turns" :
			"the clock of a real machine is right";

		values[at++] = report_not_available(why);
		values[at++] = report_not_available(why);
	}
	values[at++] = has_dram ? report_number(report_round(dram)) :
				  report_not_measured(no_loads);
	values[at++] = has_dram ? thousands(dram, dram_text, sizeof(dram_text)) :
				  report_not_measured(no_loads);
	values[at++] = has_dram ? share(dram, all_dram) :
				  report_not_measured(no_loads);
	values[at++] = has_pmm ? report_number(report_round(pmm)) :
				 report_not_measured(no_loads);
	values[at++] = has_pmm ? thousands(pmm, pmm_text, sizeof(pmm_text)) :
				 report_not_measured(no_loads);
	values[at++] = has_pmm ? share(pmm, all_pmm) :
				 report_not_measured(no_loads);
	if (has_dram && has_pmm && pmm > 0) {
		snprintf(ratio_text, sizeof(ratio_text), "%.2f", dram / pmm);
		values[at++] = report_real(dram / pmm);
		values[at++] = report_string(ratio_text);
	} else {
		values[at++] = report_not_measured(has_pmm ? "no load came from Optane" : no_loads);
		values[at++] = report_not_measured(has_pmm ? "no load came from Optane" : no_loads);
	}
	values[at++] = count_of(row, TIERSCOPE_TASK_INSTRUCTIONS);
	values[at++] = count_of(row, TIERSCOPE_TASK_CYCLES);
	values[at++] = misses(row);
	values[at++] = report_string(report_method(report_run_simulated(run),
						   row->estimated));
	return report_section_row(section, values);
}

static const char *title_of(const struct report_run *run,
			    const struct report_profile *profile, char *buffer,
			    size_t bytes)
{
	bool simulated = report_run_simulated(run);

	if (!profile->n)
		return "Profile: the run has no phases";
	snprintf(buffer, bytes, "Profile by phase, each without those within it%s%s%s",
		 simulated || profile->total.estimated ? " (" : "",
		 simulated || profile->total.estimated ?
			report_method(simulated, profile->total.estimated) : "",
		 simulated || profile->total.estimated ? ")" : "");
	return buffer;
}

static int add_rows(struct report_document *document, const char *name,
		    const char *title, unsigned int flags,
		    const struct report_run *run,
		    const struct report_profile *profile, bool with_total)
{
	struct report_section *section;
	int r;

	r = report_document_section(document, name, title, false, columns,
				    COLUMNS, flags, &section);
	for (size_t i = 0; !r && i < profile->n; i++)
		r = add_row(section, run, &profile->total, &profile->rows[i]);
	if (!r && with_total)
		r = add_row(section, run, &profile->total, &profile->total);
	return r;
}

int report_profile_document(const struct report_run *run,
			    const struct report_profile *profile,
			    struct report_document **ret)
{
	struct report_document *document;
	struct report_section *total;
	char title[160];
	int r;

	r = report_document_new(REPORT_PROFILE_SCHEMA, REPORT_PROFILE_VERSION,
				&document);
	if (r < 0)
		return r;
	/* For people the total is the last row, for programs it is by itself. */
	r = add_rows(document, "profile",
		     title_of(run, profile, title, sizeof(title)),
		     REPORT_TABLE_ONLY, run, profile, true);
	if (!r)
		r = add_rows(document, "functions", NULL, REPORT_NO_TABLE, run,
			     profile, false);
	if (!r)
		r = report_document_section(document, "total", NULL, true,
					    columns, COLUMNS, REPORT_NO_TABLE,
					    &total);
	if (!r)
		r = add_row(total, run, &profile->total, &profile->total);
	if (r < 0) {
		report_document_free(document);
		return r;
	}
	*ret = document;
	return 0;
}
