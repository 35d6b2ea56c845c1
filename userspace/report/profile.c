// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/derive.h"
#include "report/profile_time.h"

/* Names of phases in one run: the daemon keeps fewer (daemon/phase_pairs.h). */
#define NAMES_MAX 65536

struct loading {
	const struct report_run *run;
	struct report_profile profile;
};

static struct report_profile_row *row_of(struct report_profile *profile,
					 const char *name)
{
	struct report_profile_row *grown, *row;

	for (size_t i = 0; i < profile->n; i++)
		if (!strncmp(profile->rows[i].name, name, sizeof(row->name) - 1))
			return &profile->rows[i];
	if (profile->n == NAMES_MAX)
		return NULL;
	grown = reallocarray(profile->rows, profile->n + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	profile->rows = grown;
	row = &grown[profile->n++];
	*row = (struct report_profile_row){ .has_modelled = true };
	memcpy(row->name, name, strnlen(name, sizeof(row->name) - 1));
	return row;
}

static void add(struct report_profile_row *row, const struct store_phase *phase,
		const struct report_phase_counts *counts, double modelled_ns)
{
	row->calls += phase->calls;
	row->time_ns += phase->self_ns;
	if (modelled_ns < 0)
		row->has_modelled = false;
	else
		row->modelled_ns += modelled_ns;
	for (unsigned int role = 0; role < TIERSCOPE_TASK_ROLES; role++) {
		row->counts[role] += counts->tasks[role];
		row->counted[role] |= counts->counted[role];
	}
	row->estimated |= counts->estimated;
}

static int load_phase(const struct store_phase *phase, void *data)
{
	struct loading *loading = data;
	struct report_phase_counts counts;
	struct report_profile_row *row;
	double modelled_ns;
	int err;

	row = row_of(&loading->profile, phase->name);
	if (!row)
		return -ENOMEM;
	report_phase_count(loading->run->run, phase, &counts);
	err = report_phase_time(loading->run, phase, &counts, &modelled_ns);
	if (err)
		modelled_ns = -1;
	add(row, phase, &counts, modelled_ns);
	add(&loading->profile.total, phase, &counts, modelled_ns);
	return 0;
}

int report_profile_load(const struct report_run *run, struct report_profile *ret)
{
	struct loading loading = { .run = run };
	int err;

	strcpy(loading.profile.total.name, "Total");
	loading.profile.total.has_modelled = true;
	err = store_read_phases(run->reader, load_phase, &loading);
	if (err) {
		report_profile_free(&loading.profile);
		return err;
	}
	*ret = loading.profile;
	return 0;
}

void report_profile_free(struct report_profile *profile)
{
	free(profile->rows);
	*profile = (struct report_profile){ 0 };
}

static bool sum(const struct report_profile_row *row, enum tierscope_task_role a,
		enum tierscope_task_role b, double *ret)
{
	*ret = row->counts[a] + row->counts[b];
	return row->counted[a] && row->counted[b];
}

bool report_profile_dram_loads(const struct report_profile_row *row, double *ret)
{
	return sum(row, TIERSCOPE_TASK_LOAD_LOCAL_DRAM,
		   TIERSCOPE_TASK_LOAD_REMOTE_DRAM, ret);
}

bool report_profile_pmm_loads(const struct report_profile_row *row, double *ret)
{
	return sum(row, TIERSCOPE_TASK_LOAD_LOCAL_PMM,
		   TIERSCOPE_TASK_LOAD_REMOTE_PMM, ret);
}

struct report_value report_profile_modelled(const struct report_profile_row *row)
{
	if (!row)
		return report_not_measured("the run has no such phase");
	return row->has_modelled ?
		report_number(report_round(row->modelled_ns)) :
		report_not_available("it takes a simulated machine, and counts core by core and socket by socket, without turns");
}

/* ---- order ----------------------------------------------------------------- */

static const char *const orders[] = {
	[REPORT_PROFILE_BY_TIME] = "time",
	[REPORT_PROFILE_BY_DRAM] = "dram",
	[REPORT_PROFILE_BY_PMM] = "pmm",
	[REPORT_PROFILE_BY_RATIO] = "ratio",
	[REPORT_PROFILE_BY_CALLS] = "calls",
	[REPORT_PROFILE_BY_NAME] = "name",
};

int report_profile_order_from_name(const char *name,
				   enum report_profile_order *ret)
{
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		if (!strcmp(name, orders[i])) {
			*ret = (enum report_profile_order)i;
			return 0;
		}
	}
	return -EINVAL;
}

static double key(const struct report_profile_row *row,
		  enum report_profile_order order)
{
	double dram = 0, pmm = 0;

	report_profile_dram_loads(row, &dram);
	report_profile_pmm_loads(row, &pmm);
	switch (order) {
	case REPORT_PROFILE_BY_DRAM:
		return dram;
	case REPORT_PROFILE_BY_PMM:
		return pmm;
	case REPORT_PROFILE_BY_RATIO:
		/* Nothing from Optane is the best of all. */
		return pmm > 0 ? dram / pmm : dram > 0 ? 1e300 : -1;
	case REPORT_PROFILE_BY_CALLS:
		return (double)row->calls;
	case REPORT_PROFILE_BY_TIME:
	case REPORT_PROFILE_BY_NAME:
		break;
	}
	return row->has_modelled ? row->modelled_ns : (double)row->time_ns;
}

static int compare(const void *left, const void *right, void *data)
{
	const struct report_profile_row *a = left, *b = right;
	enum report_profile_order order = *(enum report_profile_order *)data;

	if (order != REPORT_PROFILE_BY_NAME) {
		double from = key(a, order), to = key(b, order);

		if (from != to)
			return from < to ? 1 : -1;
	}
	return strcmp(a->name, b->name);
}

void report_profile_sort(struct report_profile *profile,
			 enum report_profile_order order)
{
	if (profile->n)
		qsort_r(profile->rows, profile->n, sizeof(*profile->rows),
			compare, &order);
}
