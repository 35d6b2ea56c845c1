/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the phases of two runs took, by name.
 */
#include <string.h>

#include "report/compare.h"
#include "report/derive.h"
#include "report/run_document.h"

/* Time by a clock says little of a simulated machine, and a real one has no
 * other. */
#define COLUMNS_WITH(clock, model)						\
	{ "function", "function", REPORT_STRING, 0 },				\
	{ "a_time_ns", "time A", REPORT_DURATION, clock },			\
	{ "b_time_ns", "B", REPORT_DURATION, clock },				\
	{ "b_per_a_time_ratio", "B/A", REPORT_FACTOR, clock },			\
	{ "a_modelled_time_ns", "modelled time A", REPORT_DURATION, model },	\
	{ "b_modelled_time_ns", "B", REPORT_DURATION, model },			\
	{ "b_per_a_modelled_time_ratio", "B/A", REPORT_FACTOR, model },		\
	{ "a_dram_loads", "loads from DRAM A", REPORT_INTEGER, 0 },		\
	{ "b_dram_loads", "B", REPORT_INTEGER, 0 },				\
	{ "a_pmm_loads", "from Optane A", REPORT_INTEGER, 0 },			\
	{ "b_pmm_loads", "B", REPORT_INTEGER, 0 }

static const struct report_column of_simulated[] = {
	COLUMNS_WITH(REPORT_NO_TABLE, 0),
};

static const struct report_column of_silicon[] = {
	COLUMNS_WITH(0, REPORT_NO_TABLE),
};

#define COLUMNS (sizeof(of_silicon) / sizeof(of_silicon[0]))

static const struct report_profile_row *find(const struct report_profile *profile,
					     const char *name)
{
	for (size_t i = 0; i < profile->n; i++)
		if (!strcmp(profile->rows[i].name, name))
			return &profile->rows[i];
	return NULL;
}

static struct report_value time_of(const struct report_profile_row *row)
{
	return row ? report_number(row->time_ns) :
		     report_not_measured("the run has no such phase");
}

static struct report_value loads_of(const struct report_profile_row *row,
				    bool (*loads)(const struct report_profile_row *, double *))
{
	double n;

	if (!row)
		return report_not_measured("the run has no such phase");
	return loads(row, &n) ? report_number(report_round(n)) :
				report_not_measured("the sources of loads were not counted");
}

static struct report_value factor_of(const struct report_pair *pair,
				     struct report_value a, struct report_value b)
{
	if (pair->no_quotient)
		return report_not_available(pair->no_quotient);
	return report_factor(REPORT_DURATION, &a, &b);
}

static int add_row(struct report_section *section, const struct report_pair *pair,
		   const char *name, const struct report_profile_row *a,
		   const struct report_profile_row *b)
{
	const struct report_value values[COLUMNS] = {
		report_string(name),
		time_of(a),
		time_of(b),
		factor_of(pair, time_of(a), time_of(b)),
		report_profile_modelled(a),
		report_profile_modelled(b),
		factor_of(pair, report_profile_modelled(a),
			  report_profile_modelled(b)),
		loads_of(a, report_profile_dram_loads),
		loads_of(b, report_profile_dram_loads),
		loads_of(a, report_profile_pmm_loads),
		loads_of(b, report_profile_pmm_loads),
	};

	return report_section_row(section, values);
}

static int add_rows(const struct report_pair *pair, struct report_section *section)
{
	const struct report_profile *a = pair->of_a, *b = pair->of_b;
	int r = 0;

	for (size_t i = 0; !r && i < a->n; i++)
		r = add_row(section, pair, a->rows[i].name, &a->rows[i],
			    find(b, a->rows[i].name));
	for (size_t i = 0; !r && i < b->n; i++)
		if (!find(a, b->rows[i].name))
			r = add_row(section, pair, b->rows[i].name, NULL,
				    &b->rows[i]);
	return r;
}

int report_compare_add_profile(const struct report_pair *pair,
			       struct report_document *document)
{
	bool simulated = report_run_simulated(pair->a) &&
			 report_run_simulated(pair->b);
	bool shown = pair->of_a->n || pair->of_b->n;
	struct report_section *section;
	int r;

	r = report_document_section(document, "profile",
		"Phases, each without those within it", false,
		simulated ? of_simulated : of_silicon, COLUMNS,
		shown ? 0 : REPORT_NO_TABLE, &section);
	return r ? r : add_rows(pair, section);
}
