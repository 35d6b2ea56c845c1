// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/footprint.h"

#include <errno.h>
#include <stdbool.h>

/* By primes, of which there is at least one. */
struct counts {
	uint64_t ciphertexts[LEVELS_FRESH_PRIMES + 1];
};

struct walk {
	const struct schedule *schedule;
	enum schedule_policy policy;
	uint32_t degree;
	uint64_t batch;
	struct counts used;
	struct counts held;	/* used, and what the pool keeps free */
	uint64_t constant_bytes;
	uint64_t references;
	struct footprint most;
};

static uint64_t buffer_bytes(uint32_t degree, uint32_t primes)
{
	return 2 * (uint64_t)primes * degree * sizeof(uint64_t);
}

/* If more is held than ever before, that is what the run needs so far. */
static void take_stock(struct walk *w, size_t node)
{
	struct footprint now = {
		.constant_bytes = w->constant_bytes,
		.handle_bytes = w->references * FOOTPRINT_REFERENCE_BYTES,
		.node = node,
	};

	for (uint32_t p = LEVELS_FRESH_PRIMES; p; p--) {
		uint64_t n = w->held.ciphertexts[p];

		if (!n)
			continue;
		now.classes[now.n_classes++] = (struct footprint_class){
			.primes = p,
			.bytes = buffer_bytes(w->degree, p),
			.ciphertexts = n,
		};
		now.ciphertext_bytes += n * buffer_bytes(w->degree, p);
		now.handle_bytes += n * FOOTPRINT_HANDLE_BYTES;
	}
	now.total_bytes = now.ciphertext_bytes + now.handle_bytes +
			  now.constant_bytes;
	if (now.total_bytes <= w->most.total_bytes)
		return;
	if (now.ciphertext_bytes == w->most.ciphertext_bytes)
		now.node = w->most.node;
	w->most = now;
}

static uint64_t plain_bytes(const struct walk *w,
			    const struct schedule_storage *storage)
{
	return storage->elements * w->batch * sizeof(float);
}

static int acquire(void *data, size_t index)
{
	struct walk *w = data;
	const struct schedule_storage *storage = &w->schedule->storages[index];
	uint32_t primes = storage->primes;

	if (!primes) {
		w->constant_bytes += plain_bytes(w, storage);
	} else {
		w->used.ciphertexts[primes] += storage->elements;
		if (w->policy == SCHEDULE_TIGHT ||
		    w->held.ciphertexts[primes] < w->used.ciphertexts[primes])
			w->held.ciphertexts[primes] =
				w->used.ciphertexts[primes];
	}
	return 0;
}

/* A Constant is numbers; every other tensor is references. */
static uint64_t references(const struct walk *w, size_t node)
{
	const struct graph_node *n = &w->schedule->graph->nodes[node];

	return n->op == GRAPH_CONSTANT ? 0 : network_elements(&n->shape);
}

static int run(void *data, size_t node)
{
	struct walk *w = data;

	w->references += references(w, node);
	take_stock(w, node);
	return 0;
}

static void drop(void *data, size_t node)
{
	struct walk *w = data;

	w->references -= references(w, node);
}

static void release(void *data, size_t index)
{
	struct walk *w = data;
	const struct schedule_storage *storage = &w->schedule->storages[index];
	uint32_t primes = storage->primes;

	if (!primes) {
		w->constant_bytes -= plain_bytes(w, storage);
		return;
	}
	w->used.ciphertexts[primes] -= storage->elements;
	if (w->policy == SCHEDULE_TIGHT)
		w->held.ciphertexts[primes] = w->used.ciphertexts[primes];
}

static void add_what_stays(const struct graph *graph, uint32_t degree,
			   struct footprint *f)
{
	f->input_bytes = network_elements(&graph->nodes[0].shape) *
			 buffer_bytes(degree, LEVELS_FRESH_PRIMES);
	f->public_key_bytes = buffer_bytes(degree, FOOTPRINT_KEY_PRIMES);
	f->secret_key_bytes = f->public_key_bytes / 2;
	f->weight_bytes = network_stored(graph->net) * sizeof(float);
	f->total_bytes += f->public_key_bytes + f->secret_key_bytes +
			  f->weight_bytes;
}

static bool degree_fits(uint32_t degree)
{
	return degree >= FOOTPRINT_DEGREE_MIN &&
	       degree <= FOOTPRINT_DEGREE_MAX && !(degree & (degree - 1));
}

int footprint_of(const struct graph *graph, const struct level *levels,
		 enum schedule_policy policy, uint32_t degree, uint64_t batch,
		 struct footprint *ret)
{
	static const struct schedule_visitor visitor = {
		.acquire = acquire,
		.run = run,
		.drop = drop,
		.release = release,
	};
	__attribute__((cleanup(schedule_freep))) struct schedule *s = NULL;
	struct walk w = { .policy = policy, .degree = degree, .batch = batch };
	int err;

	if (!degree_fits(degree) || !batch || batch > footprint_slots(degree))
		return -EINVAL;
	err = schedule_new(graph, levels, policy, &s);
	if (err)
		return err;
	w.schedule = s;
	schedule_walk(s, &visitor, &w);
	add_what_stays(graph, degree, &w.most);
	*ret = w.most;
	return 0;
}
