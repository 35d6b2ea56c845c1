/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/counters_sources.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/message.h"
#include "tierscope/events.h"

void counters_sources_clear(struct counters_sources *sources)
{
	free(sources->counters.counters);
	free(sources->of);
	*sources = (struct counters_sources){ 0 };
}

/* Takes @resolved apart; @slot, or each one's role. Returns 0 or -ENOMEM. */
static int take(struct counters_sources *into, struct tierscope_counters *resolved,
		unsigned int slot)
{
	struct tierscope_counters *all = &into->counters;
	size_t n = all->n + resolved->n + 1;
	struct tierscope_counter *counters;
	struct report_source *of;

	counters = reallocarray(all->counters, n, sizeof(*counters));
	if (counters)
		all->counters = counters;
	of = reallocarray(into->of, n, sizeof(*of));
	if (of)
		into->of = of;
	for (size_t i = 0; counters && of && i < resolved->n; i++) {
		of[all->n] = (struct report_source){
			.slot = slot < REPORT_SLOTS ? slot : resolved->counters[i].role,
		};
		counters[all->n++] = resolved->counters[i];
	}
	tierscope_counters_free(resolved);
	return counters && of ? 0 : -ENOMEM;
}

static int resolve(struct tierscope *ts, const struct counters_options *options,
		   struct counters_sources *into)
{
	struct tierscope_counters *resolved;
	uint32_t roles = options->roles;

	if (roles) {
		if (tierscope_counters_resolve_fitting(ts, &roles, &resolved) < 0) {
			cli_error("%s", tierscope_error(ts));
			return CLI_FAILURE;
		}
		if (roles != options->roles)
			cli_error("the M2M boxes are left out: with them there are more counters than the %u that one sampler may have",
				  TIERSCOPE_COUNTERS_MAX);
		if (take(into, resolved, REPORT_SLOTS) < 0)
			return cli_oom();
	}
	for (unsigned int i = 0; i < options->n_events; i++) {
		if (tierscope_counters_resolve_event(ts, options->events[i],
						     &resolved) < 0) {
			cli_error("%s", tierscope_error(ts));
			return CLI_FAILURE;
		}
		if (take(into, resolved, REPORT_EVENT(i)) < 0)
			return cli_oom();
	}
	return CLI_OK;
}

/* Returns false for what has no such place. */
static bool place(const struct tierscope_counter *counter, enum counters_per per,
		  unsigned int boxes, struct report_source *ret)
{
	enum tierscope_box box;
	bool is_box = !tierscope_counter_box(counter, &box);
	bool is_channel = is_box && box == TIERSCOPE_BOX_IMC;

	ret->socket = per == COUNTERS_PER_SYSTEM ? REPORT_ALL_SOCKETS : counter->socket;
	ret->controller = REPORT_ALL;
	ret->channel = REPORT_ALL;
	switch (per) {
	case COUNTERS_PER_DEFAULT:
	case COUNTERS_PER_SYSTEM:
	case COUNTERS_PER_SOCKET:
		return true;
	case COUNTERS_PER_CONTROLLER:
		ret->controller = (int)(is_channel ? counter->unit / boxes :
						     counter->unit);
		return is_box;
	case COUNTERS_PER_CHANNEL:
		if (boxes)
			ret->controller = (int)(counter->unit / boxes);
		ret->channel = (int)counter->unit;
		return is_channel;
	}
	return false;
}

/* What is of no such place is taken out. */
static int place_all(struct tierscope *ts, enum counters_per per,
		     struct counters_sources *sources)
{
	struct tierscope_counters *counters = &sources->counters;
	unsigned int boxes = 0;
	size_t n = 0;

	/* Only a model that nobody knows has no controllers that we know. */
	if (tierscope_controller_boxes(ts, &boxes) < 0 &&
	    per == COUNTERS_PER_CONTROLLER) {
		cli_error("%s", tierscope_error(ts));
		return CLI_FAILURE;
	}
	for (size_t i = 0; i < counters->n; i++) {
		sources->of[n].slot = sources->of[i].slot;
		if (!place(&counters->counters[i], per, boxes, &sources->of[n]))
			continue;
		counters->counters[n++] = counters->counters[i];
	}
	counters->n = n;
	if (n)
		return CLI_OK;
	cli_error("nothing of what was asked for is counted for each %s",
		  per == COUNTERS_PER_CHANNEL ? "channel: ask for --per controller" :
						"controller: ask for --per socket");
	return CLI_FAILURE;
}

/* Four general counters a core and a fixed one, so that nothing takes turns. */
static const enum tierscope_task_role loads[] = {
	TIERSCOPE_TASK_LOAD_LOCAL_DRAM,
	TIERSCOPE_TASK_LOAD_REMOTE_DRAM,
	TIERSCOPE_TASK_LOAD_LOCAL_PMM,
	TIERSCOPE_TASK_LOAD_REMOTE_PMM,
	TIERSCOPE_TASK_INSTRUCTIONS,
};

static bool has_event(const struct counters_options *options, const char *event)
{
	for (size_t i = 0; i < options->n_events; i++)
		if (!strcmp(options->events[i], event))
			return true;
	return false;
}

int counters_loads_find(struct tierscope *ts, struct counters_options *options)
{
	struct tierscope_task_event events[TIERSCOPE_TASK_ROLES];
	const char *reason = "";
	size_t found = 0;

	if (tierscope_task_events(ts, events) < 0) {
		cli_error("%s", tierscope_error(ts));
		return CLI_FAILURE;
	}
	for (size_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
		const char *name = tierscope_task_role_name(loads[i]);

		if (!events[loads[i]].available) {
			reason = events[loads[i]].reason;
			continue;
		}
		found += loads[i] < TIERSCOPE_TASK_SOURCES;
		if (has_event(options, name))
			continue;
		if (options->n_events == REPORT_EVENTS_MAX) {
			cli_error("more than %d events: '%s' of the group loads is one too many",
				  REPORT_EVENTS_MAX, name);
			return CLI_USAGE;
		}
		options->events[options->n_events++] = name;
	}
	if (found)
		return CLI_OK;
	cli_error("cannot count loads: %s", reason);
	return CLI_FAILURE;
}

int counters_sources_find(struct tierscope *ts,
			  const struct counters_options *options,
			  struct counters_sources *ret)
{
	int status = resolve(ts, options, ret);

	if (!status)
		status = place_all(ts, options->per, ret);
	if (!status && ret->counters.n > TIERSCOPE_COUNTERS_MAX) {
		cli_error("%zu counters are more than the %u that one sampler may have: ask for fewer events",
			  ret->counters.n, TIERSCOPE_COUNTERS_MAX);
		status = CLI_FAILURE;
	}
	return status;
}
