// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * An event by its name, in perf's notation (tools/perf/Documentation/
 * perf-list.txt, "PARAMETERIZED EVENTS"): the PMU, then fields of its format
 * files between slashes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tierscope/events.h>

#include "boxes.h"
#include "context.h"
#include "counter_list.h"
#include "scope.h"

#define DEVICES		"sys/bus/event_source/devices"
#define TERMS_MAX	16

struct term {
	char name[32];
	bool has_value;
	uint64_t value;
};

struct spec {
	char pmu[32];
	size_t n;
	struct term terms[TERMS_MAX];
};

/* ---- reading ----------------------------------------------------------- */

static int malformed(struct tierscope *ts, const char *text, const char *why)
{
	return tierscope_fail(ts, -EINVAL,
			      "'%.100s' is no event: %s, such as uncore_imc/event=0xd3,umask=0x01/",
			      text, why);
}

/* What names of PMUs, fields and events are made of. */
static size_t word(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
}

static int parse_value(struct tierscope *ts, const char *text,
		       const char **at, struct term *term)
{
	/* Decimal unless it begins with 0x: nobody means 010 to be 8. */
	bool hex = strncmp(*at, "0x", 2) == 0;
	const char *digits = *at + (hex ? 2 : 0);
	size_t length = strspn(digits, hex ? "0123456789abcdefABCDEF" :
					     "0123456789");
	char *end;

	errno = 0;
	term->value = strtoull(digits, &end, hex ? 16 : 10);
	/* It would take a sign, and 0x once more. */
	if (!length || end != digits + length)
		return malformed(ts, text, "a value is a number");
	if (errno)
		return malformed(ts, text, "a value is a number of up to 64 bits");
	term->has_value = true;
	*at = end;
	return 0;
}

static int add_term(struct tierscope *ts, const char *text,
		    const struct term *term, struct spec *spec)
{
	if (spec->n == TERMS_MAX)
		return malformed(ts, text, "it has too many fields");
	for (size_t i = 0; i < spec->n; i++)
		if (strcmp(spec->terms[i].name, term->name) == 0)
			return malformed(ts, text, "a field is given twice");
	spec->terms[spec->n++] = *term;
	return 0;
}

/* Terms up to @end, which is '/' or NUL; adds them to @spec. */
static int parse_terms(struct tierscope *ts, const char *text, const char *at,
		       char end, struct spec *spec)
{
	for (;;) {
		size_t length = word(at);
		struct term term = { 0 };
		int error = 0;

		if (!length || length >= sizeof(term.name))
			return malformed(ts, text, "fields are words, with commas between them");
		memcpy(term.name, at, length);
		at += length;
		if (*at == '=') {
			at++;
			error = parse_value(ts, text, &at, &term);
		}
		if (!error)
			error = add_term(ts, text, &term, spec);
		if (error)
			return error;
		if (*at == end)
			break;
		if (*at++ != ',')
			return malformed(ts, text, "fields are words, with commas between them");
	}
	if (end && at[1])
		return malformed(ts, text, "it ends with the second slash");
	return 0;
}

static int parse(struct tierscope *ts, const char *text, struct spec *spec)
{
	size_t length = word(text);

	if (!length || length >= sizeof(spec->pmu) || text[length] != '/')
		return malformed(ts, text, "it begins with a PMU and a slash");
	*spec = (struct spec){ 0 };
	memcpy(spec->pmu, text, length);
	return parse_terms(ts, text, text + length + 1, '/', spec);
}

/* ---- encoding ---------------------------------------------------------- */

/* Names what there is instead. */
static int no_field(struct tierscope *ts, const char *pmu, const char *field)
{
	scope_names struct tierscope_names fields = { 0 };
	struct tierscope_path path;
	char list[128] = "nothing";
	size_t used = 0;

	if (!tierscope_sysfs_list(ts->root, tierscope_path(&path,
				  DEVICES "/%s/format", pmu), "", &fields))
		for (size_t i = 0; i < fields.n && used < sizeof(list); i++)
			used += snprintf(list + used, sizeof(list) - used,
					 "%s%s", used ? ", " : "",
					 fields.name[i]);
	return tierscope_fail(ts, -ENOENT,
			      "%s has no field '%s': /sys/bus/event_source/devices/%s/format has %s",
			      pmu, field, pmu, list);
}

static int place(struct tierscope *ts, const char *pmu,
		 const struct term *term, uint64_t *config)
{
	struct tierscope_path path;
	char format[128];
	int error;

	if (strcmp(term->name, "config") == 0 && term->has_value) {
		*config |= term->value;
		return 0;
	}
	error = tierscope_sysfs_read(ts->root, tierscope_path(&path,
				     DEVICES "/%s/format/%s", pmu, term->name),
				     sizeof(format), format);
	if (error == -ENOENT)
		return no_field(ts, pmu, term->name);
	if (!error)
		/* perf takes a field alone for 1. */
		error = tierscope_format_place(format, term->has_value ?
					       term->value : 1, config);
	if (error == -ERANGE)
		return tierscope_fail(ts, error,
				      "%s=0x%llx has more bits than %s of %s, which is %s",
				      term->name,
				      (unsigned long long)term->value,
				      term->name, pmu, format);
	if (error == -EOPNOTSUPP)
		return tierscope_fail(ts, error,
				      "field '%s' of %s is %s, and a sampler takes config alone",
				      term->name, pmu, format);
	if (error)
		return tierscope_fail(ts, error,
				      "cannot read /sys/bus/event_source/devices/%s/format/%s: %s",
				      pmu, term->name, strerror(-error));
	return 0;
}

/* Adds to @all what stands for @term on @pmu: itself, or the fields of a named
 * event. */
static int expand(struct tierscope *ts, const char *pmu,
		  const struct term *term, struct spec *all)
{
	struct tierscope_path path;
	char event[128];

	if (!term->has_value &&
	    !tierscope_sysfs_exists(ts->root, tierscope_path(&path,
				    DEVICES "/%s/format/%s", pmu, term->name)) &&
	    !tierscope_sysfs_read(ts->root, tierscope_path(&path,
				  DEVICES "/%s/events/%s", pmu, term->name),
				  sizeof(event), event))
		return parse_terms(ts, event, event, '\0', all);
	return add_term(ts, pmu, term, all);
}

static int encode(struct tierscope *ts, const char *pmu,
		  const struct spec *spec, uint64_t *ret)
{
	struct spec all = { 0 };
	uint64_t config = 0;
	int error = 0;

	for (size_t i = 0; !error && i < spec->n; i++)
		error = expand(ts, pmu, &spec->terms[i], &all);
	for (size_t i = 0; !error && i < all.n; i++)
		error = place(ts, pmu, &all.terms[i], &config);
	if (!error)
		*ret = config;
	return error;
}

/* ---- finding ----------------------------------------------------------- */

static int add_pmu(struct tierscope *ts, const char *name, unsigned int unit,
		   const struct spec *spec, struct tierscope_counters *counters)
{
	struct tierscope_path path;
	struct tierscope_pmu pmu;
	uint64_t config;
	int error;

	if (strcmp(name, "cpu") == 0)
		error = tierscope_pmu_of_cores(ts->root, &pmu);
	else if (tierscope_sysfs_exists(ts->root, tierscope_path(&path,
					DEVICES "/%s/cpumask", name)))
		error = tierscope_pmu_read(ts->root, name, unit, &pmu);
	else
		return tierscope_fail(ts, -EOPNOTSUPP,
				      "%s is neither of the cores nor of a box of a socket: it has no cpumask",
				      name);
	if (error)
		return tierscope_fail(ts, error,
				      "cannot read type and CPUs in /sys/bus/event_source/devices/%s: %s",
				      name, strerror(-error));
	error = encode(ts, name, spec, &config);
	return error ? error : tierscope_counters_add(ts, counters, &pmu,
						      TIERSCOPE_ROLE_NONE,
						      config);
}

/* The number at the end of a name: 3 of "uncore_imc_3". */
static unsigned int unit_of(const char *name)
{
	const char *digits = strrchr(name, '_');

	return digits && digits[1] && !digits[1 + strspn(digits + 1, "0123456789")] ?
		strtoul(digits + 1, NULL, 10) : 0;
}

/* Whether it is a box of @generation that nothing is behind. */
static bool is_empty(const char *name, bool known,
		     enum tierscope_generation generation)
{
	struct tierscope_box_pmu pmu;

	return known && !tierscope_box_of(name, &pmu.box, &pmu.unit) &&
	       !tierscope_box_is_populated(&pmu, generation);
}

static int add_family(struct tierscope *ts, const struct tierscope_names *pmus,
		      const char *family, const struct spec *spec,
		      struct tierscope_counters *counters)
{
	enum tierscope_generation generation;
	bool known = !tierscope_generation_here(ts, &generation);
	unsigned int unit;

	for (size_t i = 0; i < pmus->n; i++) {
		const char *name = pmus->name[i];
		bool exact = strcmp(name, family) == 0;
		int error;

		if (!exact && (!tierscope_pmu_is_of(name, family, &unit) ||
			       is_empty(name, known, generation)))
			continue;
		error = add_pmu(ts, name, unit_of(name), spec, counters);
		if (error)
			return error;
	}
	return 0;
}

/* What cores count for tasks, of all that runs on them. */
static int add_cores(struct tierscope *ts, enum tierscope_task_role role,
		     struct tierscope_counters *counters)
{
	struct tierscope_task_event events[TIERSCOPE_TASK_ROLES];
	struct tierscope_pmu pmu;
	int error;

	error = tierscope_task_events(ts, events);
	if (error)
		return error;
	if (!events[role].available)
		return tierscope_fail(ts, -ENODEV, "cannot count %s: %s",
				      tierscope_task_role_name(role),
				      events[role].reason);
	error = tierscope_pmu_of_cores(ts->root, &pmu);
	if (error)
		return tierscope_fail(ts, error,
				      "cannot read which CPUs are online: %s",
				      strerror(-error));
	/* The kernel's own names of events are of no PMU. */
	if (events[role].type != pmu.type)
		pmu.name[0] = '\0';
	pmu.type = events[role].type;
	return tierscope_counters_add(ts, counters, &pmu, TIERSCOPE_ROLE_NONE,
				      events[role].config);
}

static int add_spec(struct tierscope *ts, const char *text,
		    struct tierscope_counters *counters)
{
	scope_names struct tierscope_names pmus = { 0 };
	char family[sizeof("uncore_") + sizeof(((struct spec *)0)->pmu)];
	struct spec spec;
	int error;

	error = parse(ts, text, &spec);
	if (error)
		return error;
	error = tierscope_sysfs_list(ts->root, DEVICES, "", &pmus);
	if (error)
		return tierscope_fail(ts, error,
				      "cannot read /sys/bus/event_source/devices: %s",
				      strerror(-error));
	error = add_family(ts, &pmus, spec.pmu, &spec, counters);
	if (!error && !counters->n) {
		snprintf(family, sizeof(family), "uncore_%s", spec.pmu);
		error = add_family(ts, &pmus, family, &spec, counters);
	}
	if (!error && !counters->n)
		return tierscope_fail(ts, -ENODEV,
				      "this machine has no PMU '%s' (/sys/bus/event_source/devices): tierscope events lists what it can count",
				      spec.pmu);
	return error;
}

int tierscope_counters_resolve_event(struct tierscope *ts, const char *text,
				     struct tierscope_counters **ret)
{
	scope_counters struct tierscope_counters *counters = tierscope_counters_new();
	enum tierscope_task_role role;
	int error;

	if (!counters)
		return tierscope_fail(ts, -ENOMEM,
				      "resolving counters: out of memory");
	error = tierscope_task_role_from_name(text, &role) ?
		add_spec(ts, text, counters) : add_cores(ts, role, counters);
	if (error)
		return error;
	tierscope_counters_sort(counters);
	*ret = scope_take(counters);
	return 0;
}
