// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/backend_ckks.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "ckks/ciphertext.h"
#include "tierscope/phase.h"
#include "workloads/checksum.h"
#include "workloads/clock.h"
#include "workloads/footprint.h"
#include "workloads/lower.h"
#include "workloads/owner_local.h"

struct sentence {
	char *text;
	size_t bytes;
};

struct backend_ckks {
	const struct weights *weights;
	enum operation_ckks_kernel kernel;
	uint64_t batch;
	struct graph *graph;
	struct level *levels;
	struct schedule *schedule;
	struct engine_ckks *engine;
	struct owner_ckks *owner;
	struct owner_ckks *made_owner;	/* the same, if it is here; or NULL */
	struct tensor **tensors;	/* one a node; NULL if it is not alive */
	uint64_t checksum;
	/* of the run that is under way */
	const float *images;
	struct sentence error;
	struct backend_ckks_times times;
};

__attribute__((format(printf, 3, 4)))
static int fail(struct sentence error, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (error.text)
		vsnprintf(error.text, error.bytes, format, args);
	va_end(args);
	return err;
}

static int check(const struct network *net,
		 const struct backend_ckks_want *want, struct sentence error)
{
	const struct ckks_parameters *p = &want->parameters;
	char reason[256];

	if (ckks_parameters_check(p, reason, sizeof(reason)))
		return fail(error, -EINVAL, "%s", reason);
	if (p->n_primes != LEVELS_FRESH_PRIMES)
		return fail(error, -EINVAL, "an encrypted %s wants a parameter set of %d primes, not %zu",
			    net->name, LEVELS_FRESH_PRIMES, p->n_primes);
	if (!want->batch || want->batch > ckks_parameters_slots(p))
		return fail(error, -EINVAL, "a ciphertext of ring degree %zu has slots for %zu images, not %llu; a larger ring degree has more",
			    p->degree, ckks_parameters_slots(p),
			    (unsigned long long)want->batch);
	return 0;
}

static int prepare(struct backend_ckks *b, const struct network *net,
		   const struct backend_ckks_want *want, struct sentence error)
{
	char reason[256] = "";
	int err;

	err = lower_network(net, &b->graph);
	if (!err)
		err = levels_of(b->graph, reason, sizeof(reason), &b->levels);
	if (err == -EINVAL)
		return fail(error, err, "%s", reason);
	if (!err)
		err = schedule_new(b->graph, b->levels, want->policy,
				   &b->schedule);
	if (!err)
		err = engine_ckks_new(&want->parameters, want->policy,
				      operation_ckks_taps(b->graph),
				      &b->engine);
	b->owner = want->owner;
	if (!err && !b->owner)
		err = owner_local_new(b->engine->context, &want->seed,
				      b->engine->n_workers, &b->made_owner);
	if (!b->owner)
		b->owner = b->made_owner;
	if (err)
		return err;
	b->tensors = calloc(b->graph->n_nodes, sizeof(*b->tensors));
	return b->tensors ? 0 : -ENOMEM;
}

int backend_ckks_new(const struct network *net, const struct weights *w,
		     const struct backend_ckks_want *want, char *error,
		     size_t error_bytes, struct backend_ckks **ret)
{
	struct sentence sentence = { error, error_bytes };
	struct backend_ckks *b;
	int err;

	err = check(net, want, sentence);
	if (err)
		return err;
	b = calloc(1, sizeof(*b));
	if (b) {
		b->weights = w;
		b->kernel = want->kernel;
		b->batch = want->batch;
		err = prepare(b, net, want, sentence);
	}
	if (!b || err == -ENOMEM)
		err = fail(sentence, -ENOMEM, "out of memory for the keys and operations of %s",
			   net->name);
	if (err) {
		backend_ckks_free(b);
		return err;
	}
	*ret = b;
	return 0;
}

static void forget(struct backend_ckks *b, size_t node)
{
	tensor_free(b->tensors[node]);
	b->tensors[node] = NULL;
}

static bool is_constant(const struct backend_ckks *b, size_t node)
{
	return b->graph->nodes[node].op == GRAPH_CONSTANT;
}

/* Ciphertexts go with the last tensor that refers to them, a Constant with its
 * storage. */
static void drop(void *data, size_t node)
{
	if (!is_constant(data, node))
		forget(data, node);
}

static void release(void *data, size_t storage)
{
	struct backend_ckks *b = data;
	size_t node = b->schedule->storages[storage].node;

	if (is_constant(b, node))
		forget(b, node);
}

static void release_all(struct backend_ckks *b)
{
	for (size_t i = 0; b->tensors && i < b->graph->n_nodes; i++)
		forget(b, i);
}

void backend_ckks_free(struct backend_ckks *b)
{
	if (!b)
		return;
	release_all(b);
	free(b->tensors);
	owner_ckks_free(b->made_owner);
	engine_ckks_free(b->engine);
	schedule_free(b->schedule);
	free(b->levels);
	graph_free(b->graph);
	free(b);
}

void backend_ckks_freep(struct backend_ckks **b)
{
	backend_ckks_free(*b);
}

static int acquire(void *data, size_t index)
{
	struct backend_ckks *b = data;
	const struct schedule_storage *s = &b->schedule->storages[index];
	const struct graph_node *node = &b->graph->nodes[s->node];
	struct pool *pool = b->engine->pool;
	int err;

	if (node->op == GRAPH_CONSTANT)
		err = tensor_new_numbers(pool, node, b->batch,
					 &b->tensors[s->node]);
	else
		err = tensor_new_ciphers(pool, node,
					 ckks_ciphertext_words(b->engine->context,
							       s->primes),
					 &b->tensors[s->node]);
	if (err)
		return fail(b->error, err, "out of memory: %s (%s) needs %llu more ciphertexts; a smaller ring degree takes less, --plan says how much",
			    node->name, graph_op_name(node->op),
			    (unsigned long long)s->elements);
	return 0;
}

static int compute(struct backend_ckks *b, size_t i)
{
	const struct graph_node *node = &b->graph->nodes[i];
	struct operation_ckks op = {
		.engine = b->engine,
		.owner = b->owner,
		.graph = b->graph,
		.node = node,
		.level = &b->levels[i],
		.weights = b->weights,
		.kernel = b->kernel,
		.batch = b->batch,
		.images = b->images,
		.output = b->tensors[i],
	};

	for (size_t k = 0; k < node->n_inputs; k++)
		op.inputs[k] = b->tensors[node->inputs[k]];
	if (graph_shares(node->op))
		return tensor_share(op.inputs[0], node, &b->tensors[i]);
	return operation_ckks_run(&op);
}

static int run(void *data, size_t i)
{
	struct backend_ckks *b = data;
	const struct graph_node *node = &b->graph->nodes[i];
	const char *name = graph_op_name(node->op);
	uint64_t start = clock_ns();
	int err;

	tierscope_phase_begin(name);
	err = compute(b, i);
	tierscope_phase_end(name);
	b->times.of[node->op] += clock_ns() - start;
	if (!err)
		return 0;
	if (b->owner->failure[0])
		return fail(b->error, err, "%s", b->owner->failure);
	return fail(b->error, err, err == -ENOMEM ?
		    "out of memory in %s (%s)" :
		    "%s (%s) meets values that a ciphertext has no room for: these weights do not suit encrypted inference",
		    node->name, name);
}

static uint64_t checksum_of(const struct backend_ckks *b,
			    const struct tensor *result)
{
	uint64_t parts[2] = { 0 };

	for (size_t i = 0; i < result->n; i++) {
		const struct pool_cipher *c = result->elements[i];

		parts[1] = checksum_bytes(c->words,
					  ckks_ciphertext_words(b->engine->context,
								c->primes) *
					  sizeof(*c->words));
		parts[0] = checksum_bytes(parts, sizeof(parts));
	}
	return parts[0];
}

static int finish(struct backend_ckks *b, float *logits)
{
	const struct tensor *result = b->tensors[b->graph->n_nodes - 1];
	int err = b->owner->ops->finish(b->owner, b->engine, result, b->batch,
					logits);

	if (err)
		return fail(b->error, err, "%s", b->owner->failure);
	b->checksum = checksum_of(b, result);
	return 0;
}

int backend_ckks_run(struct backend_ckks *b, const float *images, char *error,
		     size_t error_bytes, float *logits,
		     struct backend_ckks_times *times)
{
	static const struct schedule_visitor visitor = {
		.acquire = acquire,
		.run = run,
		.drop = drop,
		.release = release,
	};
	uint64_t start = clock_ns(), computed;
	int err;

	b->images = images;
	b->owner->failure[0] = '\0';
	b->error = (struct sentence){ error, error_bytes };
	b->times = (struct backend_ckks_times){ 0 };
	err = schedule_walk(b->schedule, &visitor, b);
	computed = clock_ns();
	b->times.encryption = b->times.of[GRAPH_PARAMETER];
	b->times.operations = computed - start - b->times.encryption;
	if (!err)
		err = finish(b, logits);
	b->times.decryption = clock_ns() - computed;
	release_all(b);
	if (!err && times)
		*times = b->times;
	return err;
}

void backend_ckks_memory(const struct backend_ckks *b, struct pool_stock *ret)
{
	pool_most(b->engine->pool, ret);
}

uint64_t backend_ckks_checksum(const struct backend_ckks *b)
{
	return b->checksum;
}
