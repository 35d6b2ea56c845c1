// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Everything that can be counted, and everything that cannot, with the reason.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/perf_event.h>

#include "boxes.h"
#include "context.h"
#include "counter_tables.h"
#include "scope.h"
#include "task_events.h"

/* The machine, and the list as far as it is. */
struct listing {
	struct tierscope *ts;
	struct tierscope_boxes boxes;
	const struct tierscope_generation_facts *facts;	/* NULL: not known */
	enum tierscope_generation generation;
	struct tierscope_events *events;
};

void tierscope_events_free(struct tierscope_events *events)
{
	if (!events)
		return;
	free(events->events);
	free(events);
}

static void __attribute__((format(printf, 2, 3)))
note(struct tierscope_event *event, const char *format, ...)
{
	size_t used = strlen(event->note);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(event->note + used, sizeof(event->note) - used, format,
		  arguments);
	va_end(arguments);
}

/* ---- boxes ------------------------------------------------------------- */

static void format_cpus(const struct tierscope_ids *cpus, size_t size,
			char *text)
{
	size_t used = 0;

	for (size_t i = 0; i < cpus->n && used < size; i++)
		used += snprintf(text + used, size - used, "%s%u",
				 i ? "," : "", cpus->id[i]);
	/* More dies than anybody has seen: say that it is cut. */
	if (used >= size)
		strcpy(text + size - sizeof("..."), "...");
}

static void note_left_out(const struct listing *list, enum tierscope_box box,
			  struct tierscope_event *event)
{
	bool first = true;

	for (size_t i = 0; i < list->boxes.n; i++) {
		const struct tierscope_box_pmu *pmu = &list->boxes.pmus[i];

		if (pmu->box != box ||
		    tierscope_box_is_populated(pmu, list->generation))
			continue;
		if (first)
			note(event, "without %s", pmu->name);
		else
			note(event, ", %u", pmu->unit);
		first = false;
	}
	if (!first)
		note(event, ", which have no channel");
}

/* Whether @pmu can be told @encoding; otherwise a note says why not. */
static bool check_box(const struct listing *list,
		      const struct tierscope_encoding *encoding,
		      const struct tierscope_box_pmu *box,
		      struct tierscope_event *event)
{
	struct tierscope_pmu pmu;
	uint64_t config;
	int error;

	error = tierscope_pmu_read(list->ts->root, box->name, box->unit, &pmu);
	if (error) {
		note(event, "cannot read type and cpumask in /sys/bus/event_source/devices/%s: %s",
		     box->name, strerror(-error));
		return false;
	}
	format_cpus(&pmu.cpus, sizeof(event->cpus), event->cpus);
	error = tierscope_pmu_config(list->ts->root, &pmu, encoding->event,
				     encoding->umask, &config);
	if (error == -ERANGE)
		note(event, "this kernel's driver has no room for it (/sys/bus/event_source/devices/%s/format): a newer one has",
		     box->name);
	else if (error)
		note(event, "cannot encode it by /sys/bus/event_source/devices/%s/format: %s",
		     box->name, strerror(-error));
	return !error;
}

static void fill_boxes(const struct listing *list,
		       const struct tierscope_encoding *encoding,
		       struct tierscope_event *event)
{
	const struct tierscope_box_pmu *first = NULL;

	for (size_t i = 0; i < list->boxes.n; i++) {
		const struct tierscope_box_pmu *pmu = &list->boxes.pmus[i];

		if (pmu->box != encoding->box ||
		    !tierscope_box_is_populated(pmu, list->generation))
			continue;
		if (!first)
			first = pmu;
		event->n_boxes++;
	}
	if (!first) {
		note(event, "this machine shows no uncore_%s in /sys/bus/event_source/devices: intel_uncore, which virtual machines do not have, makes it",
		     event->box);
		return;
	}
	event->supported = check_box(list, encoding, first, event);
	if (event->supported)
		note_left_out(list, encoding->box, event);
}

static void fill_source(const struct listing *list,
			const struct tierscope_encoding *encoding,
			struct tierscope_event *event)
{
	event->listing = list->facts->assumed ? TIERSCOPE_LISTING_ASSUMED :
						encoding->listing;
	if (encoding->listing == TIERSCOPE_LISTING_KERNEL)
		snprintf(event->source, sizeof(event->source),
			 "linux arch/x86/events/intel/uncore_snbep.c");
	else
		snprintf(event->source, sizeof(event->source),
			 "perfmon %s_uncore%s.json", list->facts->list,
			 encoding->listing == TIERSCOPE_LISTING_EXPERIMENTAL ?
			 "_experimental" : "");
}

static struct tierscope_event *add(struct listing *list, const char *role)
{
	struct tierscope_event *event =
		&list->events->events[list->events->n++];

	*event = (struct tierscope_event){
		.role = role,
		.box = "",
		.listing = TIERSCOPE_LISTING_NONE,
	};
	return event;
}

/* The second way is for machines that lack the first. */
static void add_encodings(struct listing *list, enum tierscope_role role)
{
	const struct tierscope_encoding *encoding;
	const char *used_box = NULL;

	encoding = tierscope_encoding_find(list->generation, role,
					   TIERSCOPE_BOXES_ALL);
	for (; encoding; encoding = tierscope_encoding_next(encoding,
							    list->generation)) {
		struct tierscope_event *event =
			add(list, tierscope_role_name(role));

		event->box = tierscope_box_name(encoding->box);
		snprintf(event->name, sizeof(event->name), "%s", encoding->name);
		snprintf(event->encoding, sizeof(event->encoding),
			 "uncore_%s/event=0x%02llx,umask=0x%02llx/", event->box,
			 (unsigned long long)encoding->event,
			 (unsigned long long)encoding->umask);
		fill_source(list, encoding, event);
		fill_boxes(list, encoding, event);
		if (event->supported && used_box)
			note(event, "%suncore_%s counts it and takes no turns",
			     *event->note ? "; " : "", used_box);
		event->used = event->supported && !used_box;
		if (event->used)
			used_box = event->box;
	}
}

static void add_role(struct listing *list, enum tierscope_role role)
{
	struct tierscope_event *event;

	if (list->facts && tierscope_encoding_find(list->generation, role,
						   TIERSCOPE_BOXES_ALL)) {
		add_encodings(list, role);
		return;
	}
	event = add(list, tierscope_role_name(role));
	if (list->facts && !list->facts->has_optane)
		note(event, "%s takes no Optane", list->facts->name);
	else if (list->facts)
		note(event, "%s has no such event", list->facts->name);
	else
		note(event, "the memory controller of this model of CPU is not known: those of Skylake-SP to Emerald Rapids are; what its PMUs count can be asked for by event");
}

/* ---- tasks ------------------------------------------------------------- */

static void add_tasks(struct listing *list)
{
	struct tierscope_task_event tasks[TIERSCOPE_TASK_ROLES];

	tierscope_task_events_of(list->ts->root, list->facts, tasks);
	for (unsigned int role = 0; role < TIERSCOPE_TASK_ROLES; role++) {
		const struct tierscope_task_event *task = &tasks[role];
		struct tierscope_event *event =
			add(list, tierscope_task_role_name(role));

		event->box = "core";
		event->supported = event->used = task->available;
		snprintf(event->name, sizeof(event->name), "%s", task->name);
		note(event, "%s", task->reason);
		if (!list->facts && !task->available)
			continue;
		if (task->type == PERF_TYPE_HARDWARE) {
			event->listing = TIERSCOPE_LISTING_KERNEL;
			snprintf(event->source, sizeof(event->source),
				 "linux include/uapi/linux/perf_event.h");
			snprintf(event->encoding, sizeof(event->encoding),
				 "%s:u", task->name);
			continue;
		}
		if (!task->config)
			continue;
		event->listing = task->assumed ? TIERSCOPE_LISTING_ASSUMED :
						 TIERSCOPE_LISTING_LIBPFM;
		snprintf(event->source, sizeof(event->source), "libpfm4 %s",
			 list->facts->core);
		snprintf(event->encoding, sizeof(event->encoding),
			 "cpu/event=0x%02llx,umask=0x%02llx/u",
			 (unsigned long long)(task->config & 0xff),
			 (unsigned long long)(task->config >> 8));
	}
}

/* ---- all --------------------------------------------------------------- */

static void clear_listing(struct listing *list)
{
	tierscope_boxes_clear(&list->boxes);
	tierscope_events_free(list->events);
}

int tierscope_events_list(struct tierscope *ts, struct tierscope_events **ret)
{
	__attribute__((cleanup(clear_listing))) struct listing list = { .ts = ts };
	/* A role can be counted in one way a kind of box. */
	const size_t most = TIERSCOPE_ROLES * TIERSCOPE_BOXES +
			    TIERSCOPE_TASK_ROLES;
	int error;

	error = tierscope_generation_here(ts, &list.generation);
	if (!error)
		list.facts = tierscope_generation_facts(list.generation);
	else if (error != -EOPNOTSUPP)
		return error;
	error = tierscope_boxes_find(ts, &list.boxes);
	if (error)
		return error;
	list.events = calloc(1, sizeof(*list.events));
	if (list.events)
		list.events->events = calloc(most, sizeof(*list.events->events));
	if (!list.events || !list.events->events)
		return tierscope_fail(ts, -ENOMEM,
				      "listing events: out of memory");
	list.events->generation = list.facts ? list.facts->name : "";
	for (unsigned int role = 0; role < TIERSCOPE_ROLES; role++)
		add_role(&list, role);
	add_tasks(&list);
	*ret = scope_take(list.events);
	return 0;
}
