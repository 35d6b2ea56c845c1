// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/functions.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

/* Other runs wait. */
#define EDGES_AT_ONCE	256

static void take(const struct tierscope_edge *edge, void *data)
{
	struct phase_reading readings[STORE_PHASE_COUNTERS_MAX] = { 0 };
	struct functions *functions = data;

	/* What was lost may have been the end of anything that is open. */
	if (edge->lost != functions->n_lost)
		phase_pairs_forget(&functions->pairs);
	functions->n_lost = edge->lost;
	functions->entered[edge->function] = true;
	for (size_t i = 0; i < functions->n_counters; i++)
		readings[i] = (struct phase_reading){
			edge->readings[i].value,
			edge->readings[i].enabled_ns,
			edge->readings[i].running_ns,
		};
	phase_pairs_edge(&functions->pairs, edge->begin,
			 functions->names[edge->function], edge->thread,
			 edge->time_ns, readings);
}

static int on_edge(sd_event_source *source, int fd, uint32_t events, void *data)
{
	struct functions *functions = data;
	const struct tierscope_edge *edge;

	(void)source;
	(void)fd;
	(void)events;
	for (int i = 0; i < EDGES_AT_ONCE; i++) {
		int err = tierscope_prober_read(functions->prober, &edge);

		if (!err)
			take(edge, functions);
		else if (err != -EINTR)
			break;
	}
	return 0;
}

int functions_start(struct functions *functions, struct tierscope *ts,
		    sd_event *event, pid_t pid,
		    const struct functions_request *request,
		    const int *counters, size_t n_counters, size_t n_all,
		    phase_keep_fn keep, void *data)
{
	struct tierscope_function places[TIERSCOPE_BUS_PHASE_SYMBOLS_MAX];
	int err;

	if (!request->n)
		return 0;
	for (size_t i = 0; i < request->n; i++) {
		places[i] = (struct tierscope_function){
			.file = request->files[request->functions[i].file],
			.offset = request->functions[i].offset,
		};
		memcpy(functions->names[i], request->functions[i].name,
		       sizeof(functions->names[i]));
	}
	functions->ts = ts;
	functions->n = request->n;
	functions->n_counters = n_counters;
	phase_pairs_init(&functions->pairs, n_all, keep, data);
	err = tierscope_prober_new(ts, pid, places, request->n, counters,
				   n_counters, &functions->prober);
	if (err)
		return err;
	err = sd_event_add_io(event, &functions->source,
			      tierscope_prober_fd(functions->prober), EPOLLIN,
			      on_edge, functions);
	return err < 0 ? -ENOMEM : 0;
}

void functions_flush(struct functions *functions)
{
	if (functions->prober)
		phase_pairs_flush(&functions->pairs);
}

void functions_end(struct functions *functions)
{
	uint64_t lost;

	if (!functions->prober)
		return;
	functions->source = sd_event_source_disable_unref(functions->source);
	functions->err = tierscope_prober_stop(functions->ts, functions->prober,
					       take, functions, &lost);
	if (!functions->err)
		functions->n_lost = lost;
	tierscope_prober_free(functions->prober);
	functions->prober = NULL;
	phase_pairs_end(&functions->pairs);
}
