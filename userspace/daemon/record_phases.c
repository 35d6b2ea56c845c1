// SPDX-License-Identifier: GPL-2.0-or-later
/* The phases of a run: what is read at their edges, and where they are kept. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/count.h"
#include "daemon/log.h"
#include "daemon/run.h"

#define VARIABLE_BYTES (sizeof(PHASE_ENVIRONMENT) + sizeof(((struct phases *)0)->name))

/* NAME=VALUE into the command's environment, once. */
static int set_variable(char ***environment, const char *text)
{
	size_t name = strcspn(text, "=") + 1, n = 0, kept = 0;
	char **grown, *copy = strdup(text);

	if (!copy)
		return -ENOMEM;
	while (*environment && (*environment)[n])
		n++;
	grown = reallocarray(*environment, n + 2, sizeof(*grown));
	if (!grown) {
		free(copy);
		return -ENOMEM;
	}
	*environment = grown;
	/* Of a run around this one. */
	for (size_t i = 0; i < n; i++) {
		if (strncmp(grown[i], text, name))
			grown[kept++] = grown[i];
		else
			free(grown[i]);
	}
	grown[kept++] = copy;
	grown[kept] = NULL;
	return 0;
}

static void go_without(struct run *run, int err)
{
	phases_end(&run->phases);
	note_add(&run->note, "phases were not recorded: %s", strerror(-err));
}

void record_phases_listen(struct run *run)
{
	char variable[VARIABLE_BYTES + 1];
	int err;

	err = phases_listen(&run->phases, run->daemon->event, run->client.uid);
	if (!err) {
		snprintf(variable, sizeof(variable), PHASE_ENVIRONMENT "=%s",
			 run->phases.name);
		err = set_variable(&run->request.environment, variable);
	}
	if (err)
		go_without(run, err);
}

static void keep(const struct store_phase *phase, int64_t *id, void *data)
{
	struct run *run = data;

	if (!run->recording)
		return;
	record_check(run, store_phase(run->writer, phase, id));
}

/**
 * struct edge - what is read at an edge
 * @counters: in the order of the groups and their values
 */
struct edge {
	size_t n_groups;
	struct phases_group groups[PHASE_GROUPS_MAX];
	size_t n_counters;
	struct store_phase_counter counters[PHASE_VALUES_MAX];
};

static void add_loads(struct edge *edge, const struct loads *loads)
{
	for (size_t i = 0; i < loads->n_groups; i++) {
		const struct loads_group *group = &loads->groups[i];

		edge->groups[edge->n_groups++] = (struct phases_group){
			group->fds[0], (uint32_t)group->n,
		};
		for (size_t j = 0; j < group->n; j++)
			edge->counters[edge->n_counters++] = (struct store_phase_counter){
				.name = tierscope_task_role_name(group->roles[j]),
				.cpu = group->cpu,
				.socket = -1,
			};
	}
}

static void add_media(struct edge *edge, const struct media *media)
{
	for (size_t i = 0; i < media->n; i++) {
		edge->groups[edge->n_groups++] = (struct phases_group){
			media->fds[i][0], TIERSCOPE_MEDIA_EVENTS,
		};
		for (unsigned int j = 0; j < TIERSCOPE_MEDIA_EVENTS; j++)
			edge->counters[edge->n_counters++] = (struct store_phase_counter){
				.name = tierscope_media_event_name(j),
				.cpu = -1,
				.socket = (int)i,
			};
	}
}

_Static_assert(LOADS_GROUPS_MAX + MEDIA_SOCKETS_MAX <= PHASE_GROUPS_MAX &&
	       LOADS_GROUPS_MAX + MEDIA_SOCKETS_MAX * TIERSCOPE_MEDIA_EVENTS <=
	       PHASE_VALUES_MAX, "what can be opened can be read");

void record_phases_serve(struct run *run)
{
	struct edge edge = { 0 };
	int err;

	if (run->phases.fd < 0 && !run->request.functions.n)
		return;
	/* What everybody's memory does is not for everybody. */
	if (run->simulated && count_is_for(run->client.uid, run->client.groups,
					   run->client.n_groups))
		media_open(&run->media, run->daemon->ts);
	add_loads(&edge, &run->loads);
	add_media(&edge, &run->media);
	err = store_phase_counters(run->writer, edge.counters, edge.n_counters);
	if (!err && run->phases.fd >= 0)
		err = phases_serve(&run->phases, edge.groups, edge.n_groups,
				   keep, run);
	if (err)
		go_without(run, err);
}

int record_functions_start(struct run *run, sd_bus_error *error)
{
	const struct loads *loads = &run->loads;
	int counters[PHASE_VALUES_MAX];
	size_t n = 0;
	int err;

	for (size_t i = 0; i < loads->n_groups; i++)
		for (size_t j = 0; j < loads->groups[i].n; j++)
			counters[n++] = loads->groups[i].fds[j];
	err = functions_start(&run->functions, run->daemon->ts,
			      run->daemon->event, run->launch.pid,
			      &run->request.functions, counters, n,
			      n + run->media.n * TIERSCOPE_MEDIA_EVENTS, keep,
			      run);
	return err ? sd_bus_error_setf(error, TIERSCOPE_BUS_ERROR_FAILED,
		"functions cannot be phases of the run: %s", err == -ENOMEM ?
		strerror(ENOMEM) : tierscope_error(run->daemon->ts)) : 0;
}

void record_phases_flush(struct run *run)
{
	phases_drain(&run->phases);
	functions_flush(&run->functions);
}

static void note_functions(struct run *run)
{
	const struct functions *functions = &run->functions;

	for (size_t i = 0; i < functions->n; i++)
		if (!functions->entered[i])
			note_add(&run->note, "function '%s' was never entered",
				 functions->names[i]);
	if (functions->n_lost)
		note_add(&run->note, "%llu edges of functions were lost: they came faster than they could be taken",
			 (unsigned long long)functions->n_lost);
	if (functions->err)
		note_add(&run->note, "how many edges of functions were lost is not known: %s",
			 strerror(-functions->err));
}

static void note_pairs(struct run *run, const struct phase_pairs *pairs)
{
	if (pairs->n_dropped)
		note_add(&run->note, "%llu phases were left out: more than %d were open at one time, or had different names",
			 (unsigned long long)pairs->n_dropped, PHASE_OPEN_MAX);
	if (pairs->n_unended)
		note_add(&run->note, "%llu phases did not end of themselves",
			 (unsigned long long)pairs->n_unended);
	if (pairs->n_stray)
		note_add(&run->note, "%llu ends of phases that had not begun",
			 (unsigned long long)pairs->n_stray);
}

void record_phases_end(struct run *run)
{
	phases_end(&run->phases);
	functions_end(&run->functions);
	note_functions(run);
	if (run->phases.n_lost)
		note_add(&run->note, "%llu edges of phases were lost: they came faster than they could be taken",
			 (unsigned long long)run->phases.n_lost);
	note_pairs(run, &run->phases.pairs);
	note_pairs(run, &run->functions.pairs);
	if (run->phases.n_refused)
		note_add(&run->note, "%llu programs could not record phases, %d at one time can",
			 (unsigned long long)run->phases.n_refused,
			 PHASES_CONNECTIONS_MAX);
}
