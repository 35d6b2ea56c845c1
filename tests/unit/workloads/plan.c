// SPDX-License-Identifier: GPL-2.0-or-later
/* Steps and the places of tensors. */
#include <errno.h>
#include <stdbool.h>

#include "suite.h"
#include "workloads/mobilenetv2.h"
#include "workloads/plan.h"

/*
 * Walks the steps with an arena of one mark a line: each step must find the
 * marks of the tensors that it reads, and then leaves its own over its result.
 * A plan that reused a place too early loses a mark that is read later.
 */
static void run_on_marks(const struct network *net, const struct plan *plan)
{
	size_t n_lines = plan->arena_bytes / PLAN_ALIGNMENT;
	size_t *marks = calloc(n_lines, sizeof(*marks));
	size_t wrong = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(marks);
	for (size_t s = 0; s < plan->n_steps; s++) {
		const struct network_node *node =
			&net->nodes[plan->steps[s].node];
		size_t out = plan->steps[s].activation != PLAN_NONE ?
			     plan->steps[s].activation : plan->steps[s].node;
		const struct plan_tensor *t = &plan->tensors[out];

		for (size_t k = 0; k < node->n_inputs; k++) {
			const struct plan_tensor *in =
				&plan->tensors[node->inputs[k]];

			if (node->inputs[k] == 0)
				continue;
			CU_ASSERT_NOT_EQUAL_FATAL(in->offset, PLAN_NONE);
			for (size_t b = 0; b < in->bytes; b += PLAN_ALIGNMENT)
				wrong += marks[(in->offset + b) / PLAN_ALIGNMENT] !=
					 node->inputs[k];
		}
		if (out == net->n_nodes - 1) {
			CU_ASSERT_EQUAL(t->offset, PLAN_NONE);
			continue;
		}
		CU_ASSERT_EQUAL(t->offset % PLAN_ALIGNMENT, 0);
		CU_ASSERT_TRUE_FATAL(t->offset + t->bytes <= plan->arena_bytes);
		for (size_t b = 0; b < t->bytes; b += PLAN_ALIGNMENT)
			marks[(t->offset + b) / PLAN_ALIGNMENT] = out;
		/* while a step runs, its result must not lie over its input */
		for (size_t k = 0; k < node->n_inputs; k++) {
			const struct plan_tensor *in =
				&plan->tensors[node->inputs[k]];

			if (node->inputs[k] == 0)
				continue;
			CU_ASSERT_TRUE(in->offset + in->bytes <= t->offset ||
				       t->offset + t->bytes <= in->offset);
		}
	}
	CU_ASSERT_EQUAL(wrong, 0);
	free(marks);
}

static void test_no_tensor_is_overwritten(void)
{
	for (size_t i = 0; i < MOBILENETV2_CONFIGURATIONS; i++)
		for (int fuse = 0; fuse < 2; fuse++) {
			const struct mobilenetv2_configuration *c =
				&mobilenetv2_configurations[i];
			struct network *net = NULL;
			struct plan *plan = NULL;

			CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(c->width_hundredths,
							      c->resolution,
							      &net), 0);
			CU_ASSERT_EQUAL_FATAL(plan_new(net, 3, fuse, &plan), 0);
			run_on_marks(net, plan);
			CU_ASSERT_TRUE(plan->arena_bytes >= plan->live_bytes);
			plan_free(plan);
			network_free(net);
		}
}

static void test_fusing(void)
{
	struct network *net = NULL;
	struct plan *fused = NULL, *plain = NULL;
	size_t relus = 0;

	CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(75, 96, &net), 0);
	CU_ASSERT_EQUAL_FATAL(plan_new(net, 1, true, &fused), 0);
	CU_ASSERT_EQUAL_FATAL(plan_new(net, 1, false, &plain), 0);
	for (size_t i = 0; i < net->n_nodes; i++)
		relus += net->nodes[i].op == NETWORK_RELU6;
	CU_ASSERT_EQUAL(relus, 35);
	CU_ASSERT_EQUAL(plain->n_steps, net->n_nodes - 1);
	CU_ASSERT_EQUAL(fused->n_steps, plain->n_steps - relus);
	for (size_t s = 0; s < fused->n_steps; s++)
		CU_ASSERT_NOT_EQUAL(net->nodes[fused->steps[s].node].op,
				    NETWORK_RELU6);
	CU_ASSERT_TRUE(fused->arena_bytes < plain->arena_bytes);
	plan_free(fused);
	plan_free(plain);
	network_free(net);
}

/* A tensor with two readers keeps what it held before the activation. */
static void test_activation_with_a_witness_is_not_fused(void)
{
	struct network *net = NULL;
	struct plan *plan = NULL;
	size_t conv, relu;

	CU_ASSERT_EQUAL_FATAL(network_new("w", (struct network_shape){ 4, 4, 8 },
					  &net), 0);
	conv = network_add_convolution(net, "conv", 0, 8, 1, 1);
	relu = network_add_relu6(net, "relu", conv);
	network_add_add(net, "add", relu, conv);
	CU_ASSERT_EQUAL_FATAL(network_finish(net), 0);
	CU_ASSERT_EQUAL_FATAL(plan_new(net, 1, true, &plan), 0);
	CU_ASSERT_EQUAL(plan->n_steps, 3);
	CU_ASSERT_EQUAL(plan->steps[0].activation, PLAN_NONE);
	/* conv and relu, 4 x 4 x 8 floats each, are alive together */
	CU_ASSERT_EQUAL(plan->live_bytes, 2 * 512);
	CU_ASSERT_EQUAL(plan->arena_bytes, 2 * 512);
	plan_free(plan);
	network_free(net);
}

/* 0.75 at 96: block1's depthwise reads 48x48x96, makes 24x24x96. */
static void test_peak(void)
{
	struct network *net = NULL;
	struct plan *plan = NULL;

	CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(75, 96, &net), 0);
	CU_ASSERT_EQUAL_FATAL(plan_new(net, 8, true, &plan), 0);
	CU_ASSERT_EQUAL(plan->live_bytes,
			8ull * 4 * (48 * 48 * 96 + 24 * 24 * 96));
	CU_ASSERT_EQUAL(plan->arena_bytes, plan->live_bytes);
	plan_free(plan);
	network_free(net);
}

static void test_batches_refused(void)
{
	struct network *net = NULL;
	struct plan *plan = NULL;

	CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(35, 96, &net), 0);
	CU_ASSERT_EQUAL(plan_new(net, 0, true, &plan), -EINVAL);
	CU_ASSERT_EQUAL(plan_new(net, UINT64_MAX, true, &plan), -EOVERFLOW);
	CU_ASSERT_PTR_NULL(plan);
	network_free(net);
}

static const struct suite_test tests[] = {
	{ "no tensor is overwritten while it is needed", test_no_tensor_is_overwritten },
	{ "activations join their producers", test_fusing },
	{ "but not where another reads the producer", test_activation_with_a_witness_is_not_fused },
	{ "the peak is the largest pair of neighbours", test_peak },
	{ "impossible batches are refused", test_batches_refused },
};

SUITE_MAIN("workloads/plan", tests)
