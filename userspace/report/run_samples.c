/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The samples of a run file, followed and added up.
 */
#include <errno.h>
#include <stdlib.h>

#include "lib/scope.h"
#include "report/run.h"

static void scope_tracker(struct report_tracker *const *tracker)
{
	report_tracker_free(*tracker);
}

struct walk {
	const struct store_run *run;
	struct report_tracker *tracker;
	bool started;
	uint64_t last_ns;
	uint64_t n_samples;
	uint64_t n_broken;
	uint64_t ticks_lost, ticks_lost_before;
	uint64_t samples_lost, samples_lost_before;
	report_interval_fn fn;
	void *data;
};

static int walk_sample(const struct tierscope_sample *sample, void *data)
{
	struct walk *walk = data;
	const struct report_traffic *sockets;
	uint64_t from_ns;
	size_t n;
	int r;

	walk->n_samples++;
	if (!walk->started) {
		walk->started = true;
		walk->last_ns = report_sample_began_ns(sample);
		/* What was counted before the command ran is not its own: a
		 * sample from before is our zero, and so is the first of a
		 * sampler that had counted for longer than an interval. */
		if (sample->time_ns <= walk->run->start_mono_ns ||
		    walk->last_ns + walk->run->interval_ns <
		    walk->run->start_mono_ns) {
			walk->last_ns = sample->time_ns;
			walk->ticks_lost_before = sample->ticks_lost;
			walk->samples_lost_before = sample->samples_lost;
			return report_tracker_start(walk->tracker, sample);
		}
	}
	walk->ticks_lost = sample->ticks_lost - walk->ticks_lost_before;
	walk->samples_lost = sample->samples_lost - walk->samples_lost_before;
	from_ns = walk->last_ns;
	walk->last_ns = sample->time_ns;
	r = report_tracker_feed(walk->tracker, sample);
	if (r == -ERANGE)
		walk->n_broken++;
	else if (r < 0)
		return r;
	n = report_tracker_sockets(walk->tracker, &sockets);
	for (size_t i = 0; i < n; i++) {
		r = walk->fn(sample->time_ns, sample->time_ns > from_ns ?
			     sample->time_ns - from_ns : 0, &sockets[i], walk->data);
		if (r < 0)
			return r;
	}
	return 0;
}

static int walk_samples(const struct report_run *run, struct walk *walk)
{
	struct report_tracker *tracker __attribute__((cleanup(scope_tracker))) = NULL;
	int r;

	r = report_tracker_new(run->run->counters, run->run->n_counters,
			       STORE_ROLES, &tracker);
	if (r < 0)
		return r;
	walk->run = run->run;
	walk->tracker = tracker;
	return store_read_samples(run->reader, walk_sample, walk);
}

int report_run_intervals(const struct report_run *run, report_interval_fn fn,
			 void *data)
{
	struct walk walk = { .fn = fn, .data = data };

	return walk_samples(run, &walk);
}

/* Spreads a role's count over the parts of the run's time in which it was
 * counted: longer than an interval where its turn came late. */
static void spread(struct report_run *run, uint64_t mono_ns,
		   const struct report_traffic *socket, enum tierscope_role role)
{
	uint64_t span = socket->span_ns[role], start = run->run->start_mono_ns;
	uint64_t from = mono_ns > span ? mono_ns - span : 0;
	size_t first = from > start ? (from - start) / run->bin_ns : 0;

	for (size_t i = first; i < run->n_bins; i++) {
		uint64_t low = start + i * run->bin_ns, high = low + run->bin_ns;
		struct report_traffic *bin = &run->bins[i];

		if (low >= mono_ns)
			break;
		low = low > from ? low : from;
		high = high < mono_ns ? high : mono_ns;
		if (high <= low)
			continue;
		/* Measured in a part of the bin is measured: a gap is drawn
		 * where nothing was. */
		bin->measured |= TIERSCOPE_ROLE_BIT(role);
		bin->count[role] += socket->count[role] * (double)(high - low) /
				    (double)span;
		bin->span_ns[role] = run->bin_ns;
	}
}

static int add_interval(uint64_t mono_ns, uint64_t interval_ns,
			const struct report_traffic *socket, void *data)
{
	struct report_run *run = data;

	(void)interval_ns;
	for (size_t i = 0; i < REPORT_IDENTITIES; i++)
		report_agreement_add(&run->agreements[i], &report_identities[i],
				     socket, report_run_mode(run));
	for (size_t i = 0; i < run->n_sockets; i++)
		if (run->sockets[i].socket == socket->socket)
			report_traffic_add_time(&run->sockets[i], socket);
	for (int role = 0; run->bin_ns && role < TIERSCOPE_ROLES; role++)
		if (socket->measured & TIERSCOPE_ROLE_BIT(role) &&
		    socket->span_ns[role])
			spread(run, mono_ns, socket, role);
	return 0;
}

static int sockets_make(struct report_run *run)
{
	struct report_tracker *tracker __attribute__((cleanup(scope_tracker))) = NULL;
	const struct report_traffic *sockets;
	size_t n;
	int r;

	r = report_tracker_new(run->run->counters, run->run->n_counters,
			       STORE_ROLES, &tracker);
	if (r < 0)
		return r;
	n = report_tracker_sockets(tracker, &sockets);
	run->sockets = calloc(n + 1, sizeof(*run->sockets));
	if (!run->sockets)
		return -ENOMEM;
	run->n_sockets = n;
	for (size_t i = 0; i < n; i++) {
		run->sockets[i].socket = sockets[i].socket;
		run->sockets[i].roles = sockets[i].roles;
		run->sockets[i].asked = sockets[i].asked;
	}
	return 0;
}

int report_run_load_samples(struct report_run *run)
{
	struct walk walk = { .fn = add_interval, .data = run };
	int r;

	r = sockets_make(run);
	if (r < 0)
		return r;
	run->total.socket = REPORT_ALL_SOCKETS;
	r = walk_samples(run, &walk);
	if (r < 0)
		return r;
	for (size_t i = 0; i < run->n_sockets; i++)
		report_traffic_add_socket(&run->total, &run->sockets[i]);
	for (size_t i = 0; i < run->n_bins; i++) {
		run->bins[i].roles = run->total.roles;
		run->bins[i].asked = run->total.asked;
	}
	run->n_samples = walk.n_samples;
	run->n_broken = walk.n_broken;
	run->ticks_lost = walk.ticks_lost;
	run->samples_lost = walk.samples_lost;
	return 0;
}
