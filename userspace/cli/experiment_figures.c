// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/experiment_figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/scope.h"
#include "report/derive.h"
#include "report/profile.h"
#include "report/ratio.h"
#include "report/run_document.h"

/* ---- what there is -------------------------------------------------------- */

/* As in the report on the run. */
static struct report_value bytes(const struct report_run *run, unsigned int role)
{
	if (!run->run->n_counters)
		return report_not_measured(*run->run->note ? run->run->note :
					   "no counter was recorded");
	return report_traffic_bytes(&run->total, role);
}

static struct report_value dram_read(const struct report_run *run)
{
	return bytes(run, TIERSCOPE_ROLE_DRAM_READ);
}

static struct report_value dram_write(const struct report_run *run)
{
	return bytes(run, TIERSCOPE_ROLE_DRAM_WRITE);
}

static struct report_value pmm_read(const struct report_run *run)
{
	return bytes(run, TIERSCOPE_ROLE_PMM_READ);
}

static struct report_value pmm_write(const struct report_run *run)
{
	return bytes(run, TIERSCOPE_ROLE_PMM_WRITE);
}

/* Local and remote. */
static struct report_value both(const struct report_run *run,
				enum tierscope_task_role local,
				enum tierscope_task_role remote)
{
	char method[REPORT_METHOD_MAX];
	struct report_value a = report_run_load_count(run, local, method);
	struct report_value b = report_run_load_count(run, remote, method);

	if (a.state != REPORT_VALUE)
		return a;
	return b.state != REPORT_VALUE ? b : report_number(a.number + b.number);
}

static struct report_value dram_loads(const struct report_run *run)
{
	return both(run, TIERSCOPE_TASK_LOAD_LOCAL_DRAM,
		    TIERSCOPE_TASK_LOAD_REMOTE_DRAM);
}

static struct report_value pmm_loads(const struct report_run *run)
{
	return both(run, TIERSCOPE_TASK_LOAD_LOCAL_PMM,
		    TIERSCOPE_TASK_LOAD_REMOTE_PMM);
}

/* Of a simulated machine; a real one has wall time. */
static struct report_value modelled(const struct report_run *run)
{
	struct report_profile profile;
	struct report_value value;

	if (report_profile_load(run, &profile))
		return report_not_measured("the phases cannot be read");
	value = profile.n ? report_profile_modelled(&profile.total) :
			    report_not_measured("the run has no phases");
	report_profile_free(&profile);
	return value;
}

const struct experiment_figure experiment_figures[] = {
	{ "wall", "_ns", "wall time", REPORT_DURATION, report_run_duration, 0, 0 },
	{ "modelled", "_ns", "modelled time", REPORT_DURATION, modelled, 0, 0 },
	{ "peak", "_bytes", "peak memory", REPORT_BYTES, report_run_peak, 0, REPORT_NO_TABLE },
	{ "dram_read", "_bytes", "DRAM read", REPORT_BYTES, dram_read, 0, REPORT_NO_TABLE },
	{ "dram_write", "_bytes", "DRAM written", REPORT_BYTES, dram_write, 0, REPORT_NO_TABLE },
	{ "pmm_read", "_bytes", "Optane read", REPORT_BYTES, pmm_read, 0, REPORT_NO_TABLE },
	{ "pmm_write", "_bytes", "Optane written", REPORT_BYTES, pmm_write, 0, REPORT_NO_TABLE },
	{ "hit", "_ratio", "hit ratio (tag check)", REPORT_RATIO, report_run_hit_ratio, 0, 0 },
	{ "dram_load", "_count", "loads from DRAM", REPORT_INTEGER, dram_loads, 0, REPORT_NO_TABLE },
	{ "pmm_load", "_count", "from Optane", REPORT_INTEGER, pmm_loads, 0, REPORT_NO_TABLE },
};

const size_t experiment_n_figures =
	sizeof(experiment_figures) / sizeof(experiment_figures[0]);

/* ---- mean and spread ------------------------------------------------------ */

static bool is_real(enum report_type type)
{
	return type == REPORT_RATIO || type == REPORT_RATE || type == REPORT_FREQUENCY;
}

void experiment_mean_clear(struct experiment_mean *mean)
{
	free(mean->reason);
	*mean = (struct experiment_mean){ 0 };
}

/* Welford's: sums of squares would lose the spread of large numbers (Technometrics
 * 4, 1962). */
void experiment_mean_add(struct experiment_mean *mean, enum report_type type,
			 struct report_value value)
{
	double x, before;

	mean->of++;
	if (value.state != REPORT_VALUE) {
		mean->none = value.state;
		free(mean->reason);
		mean->reason = value.reason ? strdup(value.reason) : NULL;
		return;
	}
	x = is_real(type) ? value.real : (double)value.number;
	before = mean->n ? x - mean->sum / (double)mean->n : 0;
	mean->sum += x;
	mean->n++;
	mean->squares += before * (x - mean->sum / (double)mean->n);
}

static struct report_value in_type(double x, enum report_type type)
{
	return is_real(type) ? report_real(x) : report_number(report_round(x));
}

struct report_value experiment_mean_value(const struct experiment_mean *mean,
					  enum report_type type)
{
	if (!mean->of)
		return report_not_measured("no run is done");
	if (!mean->n)
		return (struct report_value){ .state = mean->none,
					      .reason = mean->reason };
	return in_type(mean->sum / (double)mean->n, type);
}

struct report_value experiment_mean_spread(const struct experiment_mean *mean,
					   enum report_type type)
{
	if (!mean->n)
		return experiment_mean_value(mean, type);
	if (mean->n == 1)
		return report_not_measured("one value has no spread");
	return in_type(sqrt(mean->squares / (double)(mean->n - 1)), type);
}

/* ---- figures that a program printed itself -------------------------------- */

enum report_type experiment_type_of(const char *name)
{
	static const struct {
		const char *end;
		enum report_type type;
	} types[] = {
		{ "_bytes", REPORT_BYTES },
		{ "_ns", REPORT_DURATION },
		{ "_ratio", REPORT_RATIO },
	};
	size_t n = strlen(name);

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		size_t m = strlen(types[i].end);

		if (n > m && !strcmp(name + n - m, types[i].end))
			return types[i].type;
	}
	return REPORT_STRING;
}

static json_object *step(json_object *object, const char *key)
{
	json_object *found;

	if (json_object_is_type(object, json_type_array)) {
		size_t n = strspn(key, "0123456789");

		if (!n || n > 9 || key[n])
			return NULL;
		return json_object_array_get_idx(object, strtoul(key, NULL, 10));
	}
	return json_object_is_type(object, json_type_object) &&
	       json_object_object_get_ex(object, key, &found) ? found : NULL;
}

struct report_value experiment_json_find(json_object *object, const char *path,
					 enum report_type type)
{
	char *copy scope_free = strdup(path), *rest = copy;
	const char *key;
	double x;

	if (!copy)
		return report_not_measured("out of memory");
	while (object && (key = strsep(&rest, ".")))
		object = step(object, key);
	if (!object)
		return report_not_measured("it printed nothing of that name");
	if (type == REPORT_STRING)
		return report_string(json_object_get_string(object));
	if (!json_object_is_type(object, json_type_int) &&
	    !json_object_is_type(object, json_type_double))
		return report_not_measured("what it printed is no number");
	x = json_object_get_double(object);
	if (is_real(type))
		return isfinite(x) ? report_real(x) :
				     report_not_measured("what it printed is no number");
	if (!(x >= 0 && x < 0x1p63))
		return report_not_measured("what it printed is out of range");
	return report_number(json_object_is_type(object, json_type_int) ?
			     json_object_get_uint64(object) : report_round(x));
}
