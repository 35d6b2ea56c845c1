/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Following a sampler: totals in, what each socket did between two samples
 * out.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "report/derive.h"
#include "report/traffic.h"

/* A counter: which sum it goes to, and up to which reading it was taken. */
struct followed {
	size_t socket;		/* index into sockets */
	enum tierscope_role role;
	bool known;		/* base is a reading */
	struct tierscope_reading base;
	struct report_delta delta;	/* from base to the sample at hand */
};

struct report_tracker {
	size_t n;
	struct followed *counters;
	size_t n_sockets;
	struct report_traffic *sockets;
};

static int by_number(const void *a, const void *b)
{
	const struct report_traffic *x = a, *y = b;

	return (x->socket > y->socket) - (x->socket < y->socket);
}

static struct report_traffic *socket_find(struct report_tracker *tracker, int id)
{
	for (size_t i = 0; i < tracker->n_sockets; i++)
		if (tracker->sockets[i].socket == id)
			return &tracker->sockets[i];
	return NULL;
}

int report_tracker_new(const struct tierscope_counter *counters, size_t n,
		       uint32_t asked, struct report_tracker **ret)
{
	struct report_tracker *tracker = calloc(1, sizeof(*tracker));

	if (!tracker)
		return -ENOMEM;
	/* There are never more sockets than counters. */
	tracker->counters = calloc(n + 1, sizeof(*tracker->counters));
	tracker->sockets = calloc(n + 1, sizeof(*tracker->sockets));
	if (!tracker->counters || !tracker->sockets) {
		report_tracker_free(tracker);
		return -ENOMEM;
	}
	tracker->n = n;
	for (size_t i = 0; i < n; i++) {
		if ((unsigned int)counters[i].role >= TIERSCOPE_ROLES) {
			report_tracker_free(tracker);
			return -EINVAL;
		}
		if (!socket_find(tracker, counters[i].socket))
			tracker->sockets[tracker->n_sockets++].socket =
				counters[i].socket;
	}
	qsort(tracker->sockets, tracker->n_sockets, sizeof(*tracker->sockets),
	      by_number);
	for (size_t i = 0; i < n; i++) {
		struct report_traffic *socket =
			socket_find(tracker, counters[i].socket);

		socket->asked = asked;
		socket->roles |= TIERSCOPE_ROLE_BIT(counters[i].role);
		tracker->counters[i].socket = socket - tracker->sockets;
		tracker->counters[i].role = counters[i].role;
	}
	*ret = tracker;
	return 0;
}

void report_tracker_free(struct report_tracker *tracker)
{
	if (!tracker)
		return;
	free(tracker->counters);
	free(tracker->sockets);
	free(tracker);
}

int report_tracker_start(struct report_tracker *tracker,
			 const struct tierscope_sample *sample)
{
	if (sample->n_readings != tracker->n)
		return -EINVAL;
	for (size_t i = 0; i < tracker->n; i++) {
		tracker->counters[i].base = sample->readings[i];
		tracker->counters[i].known = true;
	}
	return 0;
}

/* Empties the sums and finds, by socket, the roles that can be taken now: all
 * their boxes have run. */
static int ready(struct report_tracker *tracker,
		 const struct tierscope_sample *sample)
{
	for (size_t i = 0; i < tracker->n_sockets; i++)
		tracker->sockets[i] = (struct report_traffic){
			.socket = tracker->sockets[i].socket,
			.asked = tracker->sockets[i].asked,
			.roles = tracker->sockets[i].roles,
			.measured = tracker->sockets[i].roles,
		};
	for (size_t i = 0; i < tracker->n; i++) {
		struct followed *counter = &tracker->counters[i];
		const struct tierscope_reading *now = &sample->readings[i];

		if (!counter->known) {
			/* Totals start at zero when the sampler is made. */
			counter->base = (struct tierscope_reading){
				.time_ns = now->time_ns > now->enabled_ns ?
					   now->time_ns - now->enabled_ns : 0,
			};
			counter->known = true;
		}
		if (report_difference(&counter->base, now, &counter->delta) < 0)
			return -ERANGE;
		if (!counter->delta.running_ns)
			tracker->sockets[counter->socket].measured &=
				~TIERSCOPE_ROLE_BIT(counter->role);
	}
	return 0;
}

int report_tracker_feed(struct report_tracker *tracker,
			const struct tierscope_sample *sample)
{
	if (sample->n_readings != tracker->n)
		return -EINVAL;
	if (ready(tracker, sample) < 0) {
		for (size_t i = 0; i < tracker->n_sockets; i++)
			tracker->sockets[i].measured = 0;
		report_tracker_start(tracker, sample);
		return -ERANGE;
	}
	for (size_t i = 0; i < tracker->n; i++) {
		struct followed *counter = &tracker->counters[i];
		struct report_traffic *socket = &tracker->sockets[counter->socket];
		const struct report_delta *delta = &counter->delta;
		enum tierscope_role role = counter->role;
		double count;

		if (!(socket->measured & TIERSCOPE_ROLE_BIT(role)) ||
		    report_scale(delta, &count) < 0)
			continue;
		socket->count[role] += count;
		socket->enabled_ns[role] += delta->enabled_ns;
		socket->running_ns[role] += delta->running_ns;
		if (delta->span_ns > socket->span_ns[role])
			socket->span_ns[role] = delta->span_ns;
		counter->base = sample->readings[i];
	}
	return 0;
}

uint64_t report_sample_began_ns(const struct tierscope_sample *sample)
{
	uint64_t began = sample->time_ns;

	for (size_t i = 0; i < sample->n_readings; i++) {
		const struct tierscope_reading *reading = &sample->readings[i];

		if (reading->enabled_ns < reading->time_ns &&
		    reading->time_ns - reading->enabled_ns < began)
			began = reading->time_ns - reading->enabled_ns;
	}
	return began;
}

size_t report_tracker_sockets(const struct report_tracker *tracker,
			      const struct report_traffic **ret)
{
	*ret = tracker->sockets;
	return tracker->n_sockets;
}
