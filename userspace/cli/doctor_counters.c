/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters, by trying them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/perf_event.h>

#include "cli/counters.h"
#include "cli/doctor.h"
#include "lib/scope.h"

#define CORE "core"

static bool has_event(const struct tierscope_event *event)
{
	return event->listing != TIERSCOPE_LISTING_NONE;
}

/* Roles that are counted, out of those that this generation has; and why one
 * of the others is not. Of a role's ways one is enough. */
struct tally {
	unsigned int counted, known;
	const char *note;
};

static struct tally tally(const struct tierscope_events *events)
{
	struct tally tally = { .note = "" };
	const char *role = "";
	bool counted = true;

	for (size_t i = 0; i < events->n; i++) {
		const struct tierscope_event *event = &events->events[i];

		if (!strcmp(event->box, CORE) || !has_event(event))
			continue;
		if (strcmp(event->role, role)) {
			tally.known++;
			counted = false;
		}
		role = event->role;
		if (event->supported && !counted)
			tally.counted++;
		else if (!event->supported)
			tally.note = event->note;
		counted |= event->supported;
	}
	return tally;
}

static void controllers_found(struct doctor *doctor)
{
	const struct tierscope_events *events = doctor->events;
	struct tally found = tally(events);
	bool simulated = doctor->topology && doctor->topology->simulated;

	if (!*events->generation)
		doctor_say(doctor, "controllers", DOCTOR_FAILS,
			   "an event by its name can be counted all the same",
			   "this model of CPU is not known");
	else if (!found.counted)
		doctor_say(doctor, "controllers", DOCTOR_FAILS,
			   "modprobe intel_uncore, on a machine that is no virtual one",
			   "%s: none of %u roles can be counted: %s",
			   events->generation, found.known, found.note);
	else if (found.counted < found.known)
		doctor_say(doctor, "controllers", DOCTOR_PARTLY,
			   "tierscope events says what is lacking, and why",
			   "%s: %u of %u roles can be counted: %s",
			   events->generation, found.counted, found.known,
			   found.note);
	else
		doctor_say(doctor, "controllers", DOCTOR_WORKS, "",
			   "%s: all %u roles can be counted%s",
			   events->generation, found.known,
			   simulated ? ", and are simulated: no silicon is behind them" : "");
}

void doctor_controllers(struct doctor *doctor)
{
	if (tierscope_events_list(doctor->ts, &doctor->events) < 0)
		doctor_say(doctor, "controllers", DOCTOR_FAILS, "", "%s",
			   tierscope_error(doctor->ts));
	else
		controllers_found(doctor);
}

/* As `tierscope counters` would. */
void doctor_sampler(struct doctor *doctor)
{
	struct tierscope_counters *counters = NULL;
	struct tierscope_sampler *sampler = NULL;
	const char *remedy = "";
	int r;

	r = tierscope_counters_resolve(doctor->ts, COUNTERS_ROLES, &counters);
	if (!r)
		r = tierscope_sampler_new(doctor->ts, counters, 1000000000,
					  &sampler);
	if (r == -EPERM)
		remedy = "CAP_PERFMON, or tierscope run, for which the daemon counts";
	else if (r == -ENOENT)
		remedy = "modprobe tierscope, as root";
	else if (r == -EDQUOT)
		remedy = "samplers of yours that end";
	else if (r == -ERANGE)
		remedy = "tierscope counters --roles";
	else if (r == -ENODEV || r == -EOPNOTSUPP)
		remedy = "what helps the controllers";
	if (r < 0)
		doctor_say(doctor, "sampler", DOCTOR_FAILS, remedy, "%s",
			   tierscope_error(doctor->ts));
	else
		doctor_say(doctor, "sampler", DOCTOR_WORKS, "",
			   "one of %zu counters was opened; a user may have %d, of %d counters each",
			   counters->n, TIERSCOPE_SAMPLERS_MAX,
			   TIERSCOPE_COUNTERS_MAX);
	tierscope_sampler_free(sampler);
	tierscope_counters_free(counters);
}

/* Opens and closes an event of our own task. Returns 0 or -errno. */
static int try_task(const struct tierscope_task_event *event)
{
	int fd = tierscope_task_event_open(event, 0);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

/* perf_event_open(2): EACCES of paranoid, EPERM of a security module or a
 * container. */
static const char *task_remedy(int error)
{
	switch (error) {
	case -EACCES:
	case -EPERM:
		return "sysctl kernel.perf_event_paranoid=2, or CAP_PERFMON";
	case -EMFILE:
	case -ENFILE:
		return "a higher limit of open files (ulimit -n)";
	}
	return "a virtual machine whose host passes its core PMU on has more";
}

/* Whether it is one of this CPU's at all. Cycles by the kernel are number 0. */
static bool is_known(const struct tierscope_task_event *event)
{
	return *event->name &&
	       (event->config || event->type == PERF_TYPE_HARDWARE);
}

/* 3 is Debian's, which keeps everybody else out. */
static int paranoid(void)
{
	FILE *file scope_fclose = fopen("/proc/sys/kernel/perf_event_paranoid", "re");
	int value;

	return file && fscanf(file, "%d", &value) == 1 ? value : -1;
}

void doctor_cores(struct doctor *doctor)
{
	struct tierscope_task_event events[TIERSCOPE_TASK_ROLES];
	unsigned int opened = 0, known = 0;
	const char *why = "";
	int refusal = 0;

	if (tierscope_task_events(doctor->ts, events) < 0) {
		doctor_say(doctor, "tasks", DOCTOR_FAILS, "", "%s",
			   tierscope_error(doctor->ts));
		return;
	}
	for (unsigned int i = 0; i < TIERSCOPE_TASK_ROLES; i++) {
		int r = events[i].available ? try_task(&events[i]) : 0;

		/* What the generation does not have is no failure. */
		known += is_known(&events[i]);
		opened += events[i].available && !r;
		if (r)
			refusal = r;
		else if (!events[i].available && is_known(&events[i]))
			why = events[i].reason;
	}
	if (opened < known)
		doctor_say(doctor, "tasks", opened ? DOCTOR_PARTLY : DOCTOR_FAILS,
			   task_remedy(refusal),
			   "%u of %u events of a task can be opened: %s (perf_event_paranoid is %d)",
			   opened, known, refusal ? strerror(-refusal) : why,
			   paranoid());
	else if (doctor->events && !*doctor->events->generation)
		doctor_say(doctor, "tasks", DOCTOR_PARTLY,
			   "an event by its name can be counted by perf",
			   "instructions and cycles of a task can be opened; the loads of this model of CPU are not known");
	else
		doctor_say(doctor, "tasks", DOCTOR_WORKS, "",
			   "all %u events of a task can be opened", known);
}
