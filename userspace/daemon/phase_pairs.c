// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/phase_pairs.h"

#include <stdlib.h>
#include <string.h>

struct phase_open {
	char name[TIERSCOPE_PHASE_NAME_BYTES];
	uint32_t thread;
	uint32_t depth;
	uint64_t begin_ns;
	uint64_t within_ns;		/* in phases within this one */
	struct {
		struct phase_reading begin;
		uint64_t within;
	} counters[];
};

struct phase_sum {
	int64_t id;
	bool changed;
	struct store_phase phase;
	char name[TIERSCOPE_PHASE_NAME_BYTES];
	struct store_phase_value values[];
};

void phase_pairs_init(struct phase_pairs *pairs, size_t n_counters,
		      phase_keep_fn keep, void *data)
{
	*pairs = (struct phase_pairs){
		.n_counters = n_counters, .keep = keep, .data = data,
	};
}

void phase_pairs_free(struct phase_pairs *pairs)
{
	for (size_t i = 0; i < pairs->n_open; i++)
		free(pairs->open[i]);
	for (size_t i = 0; i < pairs->n_sums; i++)
		free(pairs->sums[i]);
	free(pairs->open);
	free(pairs->sums);
	*pairs = (struct phase_pairs){ 0 };
}

/* The innermost phase of @thread, of @name if there is one. */
static struct phase_open *innermost(struct phase_pairs *pairs, uint32_t thread,
				    const char *name)
{
	for (size_t i = pairs->n_open; i-- > 0;)
		if (pairs->open[i]->thread == thread &&
		    (!name || !strncmp(pairs->open[i]->name, name,
				       TIERSCOPE_PHASE_NAME_BYTES - 1)))
			return pairs->open[i];
	return NULL;
}

static void begin(struct phase_pairs *pairs, const char *name, uint32_t thread,
		  uint64_t time_ns, const struct phase_reading *readings)
{
	const struct phase_open *around = innermost(pairs, thread, NULL);
	uint32_t depth = around ? around->depth + 1 : 0;
	struct phase_open *open, **grown;

	if (pairs->n_open == PHASE_OPEN_MAX || depth == PHASE_DEPTH_MAX) {
		pairs->n_dropped++;
		return;
	}
	open = calloc(1, sizeof(*open) +
			 pairs->n_counters * sizeof(open->counters[0]));
	grown = reallocarray(pairs->open, pairs->n_open + 1, sizeof(*grown));
	if (grown)
		pairs->open = grown;
	if (!open || !grown) {
		free(open);
		pairs->n_dropped++;
		return;
	}
	memcpy(open->name, name, strnlen(name, sizeof(open->name) - 1));
	open->thread = thread;
	open->depth = depth;
	open->begin_ns = time_ns;
	for (size_t i = 0; i < pairs->n_counters; i++)
		open->counters[i].begin = readings[i];
	pairs->open[pairs->n_open++] = open;
}

static uint64_t since(uint64_t from, uint64_t to)
{
	return to > from ? to - from : 0;
}

static struct phase_sum *sum_of(struct phase_pairs *pairs, const char *name)
{
	struct phase_sum *sum, **grown;

	for (size_t i = 0; i < pairs->n_sums; i++)
		if (!strcmp(pairs->sums[i]->name, name))
			return pairs->sums[i];
	if (pairs->n_sums == PHASE_NAMES_MAX)
		return NULL;
	sum = calloc(1, sizeof(*sum) +
			pairs->n_counters * sizeof(sum->values[0]));
	grown = reallocarray(pairs->sums, pairs->n_sums + 1, sizeof(*grown));
	if (grown)
		pairs->sums = grown;
	if (!sum || !grown) {
		free(sum);
		return NULL;
	}
	memcpy(sum->name, name, strlen(name));
	sum->phase.name = sum->name;
	sum->phase.values = sum->values;
	return pairs->sums[pairs->n_sums++] = sum;
}

static void add(struct phase_pairs *pairs, const struct store_phase *phase)
{
	struct phase_sum *sum = sum_of(pairs, phase->name);

	if (!sum) {
		pairs->n_dropped++;
		return;
	}
	if (!sum->phase.calls) {
		sum->phase.thread = phase->thread;
		sum->phase.depth = phase->depth;
		sum->phase.begin_mono_ns = phase->begin_mono_ns;
	}
	sum->phase.calls++;
	sum->phase.time_ns += phase->time_ns;
	sum->phase.self_ns += phase->self_ns;
	for (size_t i = 0; i < pairs->n_counters; i++) {
		sum->values[i].total += phase->values[i].total;
		sum->values[i].self += phase->values[i].self;
		sum->values[i].enabled_ns += phase->values[i].enabled_ns;
		sum->values[i].running_ns += phase->values[i].running_ns;
	}
	sum->changed = true;
}

static void keep(struct phase_pairs *pairs, const struct store_phase *phase)
{
	int64_t id = 0;

	if (pairs->n_rows == PHASE_ROWS_MAX) {
		add(pairs, phase);
		return;
	}
	pairs->n_rows++;
	pairs->keep(phase, &id, pairs->data);
}

/* @open ends and leaves the list. */
static void end(struct phase_pairs *pairs, struct phase_open *open,
		uint64_t time_ns, const struct phase_reading *readings)
{
	struct store_phase_value values[STORE_PHASE_COUNTERS_MAX];
	struct phase_open *around;
	size_t at = 0;
	struct store_phase phase = {
		.name = open->name,
		.thread = open->thread,
		.depth = open->depth,
		.calls = 1,
		.begin_mono_ns = open->begin_ns,
		.time_ns = since(open->begin_ns, time_ns),
		.values = values,
	};

	while (pairs->open[at] != open)
		at++;
	pairs->n_open--;
	memmove(&pairs->open[at], &pairs->open[at + 1],
		(pairs->n_open - at) * sizeof(*pairs->open));
	around = innermost(pairs, open->thread, NULL);

	phase.self_ns = since(open->within_ns, phase.time_ns);
	if (around)
		around->within_ns += phase.time_ns;
	for (size_t i = 0; i < pairs->n_counters; i++) {
		const struct phase_reading *from = &open->counters[i].begin;
		struct store_phase_value *value = &values[i];

		*value = (struct store_phase_value){
			.total = since(from->value, readings[i].value),
			.enabled_ns = since(from->enabled_ns,
					    readings[i].enabled_ns),
			.running_ns = since(from->running_ns,
					    readings[i].running_ns),
		};
		value->self = since(open->counters[i].within, value->total);
		if (around)
			around->counters[i].within += value->total;
	}
	keep(pairs, &phase);
	free(open);
}

void phase_pairs_edge(struct phase_pairs *pairs, bool begins, const char *name,
		      uint32_t thread, uint64_t time_ns,
		      const struct phase_reading *readings)
{
	struct phase_open *open, *inner;

	if (begins) {
		begin(pairs, name, thread, time_ns, readings);
		return;
	}
	open = innermost(pairs, thread, name);
	if (!open) {
		pairs->n_stray++;
		return;
	}
	while ((inner = innermost(pairs, thread, NULL)) != open) {
		pairs->n_unended++;
		end(pairs, inner, time_ns, readings);
	}
	end(pairs, open, time_ns, readings);
}

void phase_pairs_flush(struct phase_pairs *pairs)
{
	for (size_t i = 0; i < pairs->n_sums; i++) {
		struct phase_sum *sum = pairs->sums[i];

		if (sum->changed)
			pairs->keep(&sum->phase, &sum->id, pairs->data);
		sum->changed = false;
	}
}

void phase_pairs_forget(struct phase_pairs *pairs)
{
	pairs->n_unended += pairs->n_open;
	for (size_t i = 0; i < pairs->n_open; i++)
		free(pairs->open[i]);
	pairs->n_open = 0;
}

void phase_pairs_end(struct phase_pairs *pairs)
{
	phase_pairs_flush(pairs);
	phase_pairs_forget(pairs);
}
