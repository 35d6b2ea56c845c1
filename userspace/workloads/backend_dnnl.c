// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tensors are in the order batch, row, column, channel throughout, as in
 * TensorFlow: no layout change between operations, and a footprint that does
 * not depend on the vector length of the machine. Weights are in whatever
 * order oneDNN's kernel for this machine asks for.
 */
#include "workloads/backend_dnnl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <oneapi/dnnl/dnnl.h>

#include "tierscope/phase.h"
#include "workloads/operation_dnnl.h"
#include "workloads/plan.h"

struct step {
	struct operation_dnnl operation;
	size_t inputs[NETWORK_INPUTS_MAX];	/* tensors, by node */
	size_t output;
	const char *name;			/* of the phase that it is */
};

struct backend_dnnl {
	dnnl_engine_t engine;
	dnnl_stream_t stream;
	struct plan *plan;
	struct step *steps;
	char *arena;
	char *scratch;
	uint64_t scratch_bytes;
	uint64_t weights_bytes;
};

/* Kernels read whole vectors, and large pages begin here. */
#define ARENA_ALIGNMENT	4096

static int allocate(uint64_t bytes, char **ret)
{
	uint64_t whole = (bytes + ARENA_ALIGNMENT - 1) &
			 ~(uint64_t)(ARENA_ALIGNMENT - 1);

	*ret = NULL;
	if (!bytes)
		return 0;
	*ret = aligned_alloc(ARENA_ALIGNMENT, whole);
	return *ret ? 0 : -ENOMEM;
}

static int step_new(struct backend_dnnl *b, const struct network *net,
		    const struct weights *w, uint64_t batch,
		    const struct plan_step *from, struct step *step)
{
	const struct network_node *node = &net->nodes[from->node];
	struct operation_dnnl_want want = {
		.engine = b->engine,
		.stream = b->stream,
		.node = node,
		.batch = (int64_t)batch,
		.activation = from->activation != PLAN_NONE ?
			      &net->nodes[from->activation] : NULL,
		.weights = weights_of(w, from->node),
		.biases = weights_biases_of(w, from->node),
	};

	step->name = network_op_name(node->op);
	for (size_t k = 0; k < node->n_inputs; k++)
		step->inputs[k] = node->inputs[k];
	step->output = from->activation != PLAN_NONE ? from->activation :
						       from->node;
	return operation_dnnl_new(&want, &step->operation);
}

static int new_steps(struct backend_dnnl *b, const struct network *net,
		     const struct weights *w, uint64_t batch, char *error,
		     size_t error_bytes)
{
	b->steps = calloc(b->plan->n_steps, sizeof(*b->steps));
	if (!b->steps)
		return -ENOMEM;
	for (size_t s = 0; s < b->plan->n_steps; s++) {
		struct step *step = &b->steps[s];
		int err = step_new(b, net, w, batch, &b->plan->steps[s], step);

		if (err == -EIO)
			snprintf(error, error_bytes,
				 "oneDNN cannot run %s (%s) of %s at batch %llu",
				 net->nodes[b->plan->steps[s].node].name,
				 network_op_name(net->nodes[b->plan->steps[s].node].op),
				 net->name, (unsigned long long)batch);
		if (err)
			return err;
		b->weights_bytes += step->operation.weights_bytes;
		if (step->operation.scratch_bytes > b->scratch_bytes)
			b->scratch_bytes = step->operation.scratch_bytes;
	}
	return 0;
}

int backend_dnnl_new(const struct network *net, const struct weights *w,
		     uint64_t batch, bool fuse, char *error, size_t error_bytes,
		     struct backend_dnnl **ret)
{
	struct backend_dnnl *b = calloc(1, sizeof(*b));
	char unused[1];
	int err;

	if (!error) {
		error = unused;
		error_bytes = sizeof(unused);
	}
	error[0] = '\0';
	if (!b) {
		err = -ENOMEM;
		goto free_backend;
	}
	err = plan_new(net, batch, fuse, &b->plan);
	if (err) {
		if (err != -ENOMEM)
			snprintf(error, error_bytes,
				 "no memory could hold %s at batch %llu",
				 net->name, (unsigned long long)batch);
		goto free_backend;
	}
	if (dnnl_engine_create(&b->engine, dnnl_cpu, 0) ||
	    dnnl_stream_create(&b->stream, b->engine,
			       dnnl_stream_default_flags)) {
		snprintf(error, error_bytes,
			 "oneDNN has no engine for this processor");
		err = -EIO;
		goto free_backend;
	}
	err = new_steps(b, net, w, batch, error, error_bytes);
	if (err)
		goto free_backend;
	err = allocate(b->plan->arena_bytes, &b->arena);
	if (!err)
		err = allocate(b->scratch_bytes, &b->scratch);
	if (err) {
		snprintf(error, error_bytes,
			 "out of memory: %s at batch %llu needs %llu MiB for its activations, a smaller --batch needs less",
			 net->name, (unsigned long long)batch,
			 (unsigned long long)((b->plan->arena_bytes +
					       b->scratch_bytes) >> 20));
		goto free_backend;
	}
	*ret = b;
	return 0;

free_backend:
	if (!error[0])
		snprintf(error, error_bytes,
			 "out of memory for the weights of %s", net->name);
	backend_dnnl_free(b);
	return err;
}

void backend_dnnl_free(struct backend_dnnl *b)
{
	if (!b)
		return;
	for (size_t s = 0; b->steps && s < b->plan->n_steps; s++)
		operation_dnnl_release(&b->steps[s].operation);
	free(b->steps);
	free(b->arena);
	free(b->scratch);
	if (b->stream)
		dnnl_stream_destroy(b->stream);
	if (b->engine)
		dnnl_engine_destroy(b->engine);
	plan_free(b->plan);
	free(b);
}

void backend_dnnl_freep(struct backend_dnnl **b)
{
	backend_dnnl_free(*b);
}

/* To its end: a CPU's stream of oneDNN runs in order, so waiting costs nothing. */
static int run_step(struct backend_dnnl *b, struct step *step,
		    const void **inputs, void *output)
{
	int err;

	tierscope_phase_begin(step->name);
	err = operation_dnnl_run(&step->operation, b->stream, inputs, output,
				 b->scratch);
	if (!err && dnnl_stream_wait(b->stream))
		err = -EIO;
	tierscope_phase_end(step->name);
	return err;
}

int backend_dnnl_run(struct backend_dnnl *b, const float *images, float *logits)
{
	const struct plan *plan = b->plan;

	for (size_t s = 0; s < plan->n_steps; s++) {
		struct step *step = &b->steps[s];
		const void *inputs[NETWORK_INPUTS_MAX] = { 0 };
		void *output = logits;

		for (size_t k = 0; k < step->operation.n_inputs; k++)
			inputs[k] = step->inputs[k] ?
				    b->arena + plan->tensors[step->inputs[k]].offset :
				    (const void *)images;
		if (step->output != plan->n_tensors - 1)
			output = b->arena + plan->tensors[step->output].offset;
		if (run_step(b, step, inputs, output))
			return -EIO;
	}
	return 0;
}

void backend_dnnl_memory(const struct backend_dnnl *b,
			 struct backend_dnnl_memory *ret)
{
	*ret = (struct backend_dnnl_memory){
		.activations = b->plan->arena_bytes,
		.weights = b->weights_bytes,
		.scratch = b->scratch_bytes,
	};
}

/* dnnl_cpu_isa_t is oneDNN's and may grow. */
const char *backend_dnnl_instructions(void)
{
	static const struct {
		dnnl_cpu_isa_t isa;
		const char *name;
	} names[] = {
		{ dnnl_cpu_isa_sse41, "SSE4.1" },
		{ dnnl_cpu_isa_avx, "AVX" },
		{ dnnl_cpu_isa_avx2, "AVX2" },
		{ dnnl_cpu_isa_avx2_vnni, "AVX2+VNNI" },
		{ dnnl_cpu_isa_avx512_core, "AVX512" },
		{ dnnl_cpu_isa_avx512_core_vnni, "AVX512+VNNI" },
		{ dnnl_cpu_isa_avx512_core_bf16, "AVX512+BF16" },
		{ dnnl_cpu_isa_avx512_core_amx, "AVX512+AMX" },
	};
	dnnl_cpu_isa_t isa = dnnl_get_effective_cpu_isa();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].isa == isa)
			return names[i].name;
	return "other";
}
