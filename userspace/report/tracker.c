/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Following a sampler: totals in, what each place did between two samples
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
	size_t place;		/* index into places */
	unsigned int slot;
	bool known;		/* base is a reading */
	struct tierscope_reading base;
	struct report_delta delta;	/* from base to the sample at hand */
	uint64_t intervals;		/* and how many samples that are */
};

struct report_tracker {
	size_t n;
	struct followed *counters;
	size_t n_places;
	struct report_traffic *places;
};

static int by_place(const void *a, const void *b)
{
	const struct report_traffic *x = a, *y = b;

	if (x->socket != y->socket)
		return x->socket < y->socket ? -1 : 1;
	if (x->controller != y->controller)
		return x->controller < y->controller ? -1 : 1;
	return (x->channel > y->channel) - (x->channel < y->channel);
}

static struct report_traffic *place_find(struct report_tracker *tracker,
					 const struct report_source *source)
{
	for (size_t i = 0; i < tracker->n_places; i++) {
		struct report_traffic *at = &tracker->places[i];

		if (at->socket == source->socket &&
		    at->controller == source->controller &&
		    at->channel == source->channel)
			return at;
	}
	return NULL;
}

int report_tracker_new_of(const struct report_source *sources, size_t n,
			  uint64_t asked, struct report_tracker **ret)
{
	struct report_tracker *tracker = calloc(1, sizeof(*tracker));

	if (!tracker)
		return -ENOMEM;
	/* There are never more places than counters. */
	tracker->counters = calloc(n + 1, sizeof(*tracker->counters));
	tracker->places = calloc(n + 1, sizeof(*tracker->places));
	if (!tracker->counters || !tracker->places) {
		report_tracker_free(tracker);
		return -ENOMEM;
	}
	tracker->n = n;
	for (size_t i = 0; i < n; i++) {
		if (sources[i].slot >= REPORT_SLOTS) {
			report_tracker_free(tracker);
			return -EINVAL;
		}
		if (!place_find(tracker, &sources[i]))
			tracker->places[tracker->n_places++] = (struct report_traffic){
				.socket = sources[i].socket,
				.controller = sources[i].controller,
				.channel = sources[i].channel,
				.asked = asked,
			};
	}
	qsort(tracker->places, tracker->n_places, sizeof(*tracker->places), by_place);
	for (size_t i = 0; i < n; i++) {
		struct report_traffic *place = place_find(tracker, &sources[i]);

		place->roles |= REPORT_SLOT_BIT(sources[i].slot);
		tracker->counters[i].place = place - tracker->places;
		tracker->counters[i].slot = sources[i].slot;
	}
	*ret = tracker;
	return 0;
}

int report_tracker_new(const struct tierscope_counter *counters, size_t n,
		       uint32_t asked, struct report_tracker **ret)
{
	struct report_source *sources = calloc(n + 1, sizeof(*sources));
	int r = 0;

	if (!sources)
		return -ENOMEM;
	for (size_t i = 0; !r && i < n; i++) {
		if ((unsigned int)counters[i].role >= TIERSCOPE_ROLES)
			r = -EINVAL;
		sources[i] = (struct report_source){
			.socket = counters[i].socket,
			.controller = REPORT_ALL,
			.channel = REPORT_ALL,
			.slot = counters[i].role,
		};
	}
	if (!r)
		r = report_tracker_new_of(sources, n, asked, ret);
	free(sources);
	return r;
}

void report_tracker_free(struct report_tracker *tracker)
{
	if (!tracker)
		return;
	free(tracker->counters);
	free(tracker->places);
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
		tracker->counters[i].intervals = 0;
	}
	return 0;
}

/* Empties the sums and finds, by place, the slots that can be taken now: all
 * their boxes have run. */
static int ready(struct report_tracker *tracker,
		 const struct tierscope_sample *sample)
{
	for (size_t i = 0; i < tracker->n_places; i++)
		tracker->places[i] = (struct report_traffic){
			.socket = tracker->places[i].socket,
			.controller = tracker->places[i].controller,
			.channel = tracker->places[i].channel,
			.asked = tracker->places[i].asked,
			.roles = tracker->places[i].roles,
			.measured = tracker->places[i].roles,
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
		counter->intervals++;
		if (!counter->delta.running_ns)
			tracker->places[counter->place].measured &=
				~REPORT_SLOT_BIT(counter->slot);
	}
	return 0;
}

int report_tracker_feed(struct report_tracker *tracker,
			const struct tierscope_sample *sample)
{
	if (sample->n_readings != tracker->n)
		return -EINVAL;
	if (ready(tracker, sample) < 0) {
		for (size_t i = 0; i < tracker->n_places; i++)
			tracker->places[i].measured = 0;
		report_tracker_start(tracker, sample);
		return -ERANGE;
	}
	for (size_t i = 0; i < tracker->n; i++) {
		struct followed *counter = &tracker->counters[i];
		struct report_traffic *place = &tracker->places[counter->place];
		const struct report_delta *delta = &counter->delta;
		unsigned int slot = counter->slot;
		double count;

		if (!(place->measured & REPORT_SLOT_BIT(slot)) ||
		    report_scale(delta, &count) < 0)
			continue;
		place->count[slot] += count;
		place->enabled_ns[slot] += delta->enabled_ns;
		place->running_ns[slot] += delta->running_ns;
		if (delta->span_ns > place->span_ns[slot])
			place->span_ns[slot] = delta->span_ns;
		if (counter->intervals > place->intervals[slot])
			place->intervals[slot] = counter->intervals;
		counter->intervals = 0;
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
	*ret = tracker->places;
	return tracker->n_places;
}
