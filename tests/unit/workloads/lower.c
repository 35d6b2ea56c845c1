// SPDX-License-Identifier: GPL-2.0-or-later
/* Networks as nGraph's operations: the same numbers, and the right operations. */
#include <math.h>
#include <string.h>

#include "naive.h"
#include "naive_graph.h"
#include "suite.h"
#include "workloads/lower.h"
#include "workloads/mobilenetv2.h"
#include "workloads/resnet50.h"
#include "workloads/unfold.h"

/* Both in double precision and in nearly the same order. */
#define BOUND 1e-9

static void check_same_numbers(struct network *net)
{
	size_t n = network_elements(&net->nodes[net->n_nodes - 1].out);
	size_t pixels = network_elements(&net->nodes[0].out);
	float *image = calloc(pixels, sizeof(*image));
	double *want = calloc(n, sizeof(*want)), *got = calloc(n, sizeof(*got));
	struct weights *w = NULL;
	struct graph *graph = NULL;

	CU_ASSERT_FATAL(image && want && got);
	CU_ASSERT_EQUAL_FATAL(weights_from_seed(net, 8, &w), 0);
	weights_fill_image(8, 0, pixels, image);
	CU_ASSERT_EQUAL_FATAL(lower_network(net, &graph), 0);
	CU_ASSERT_EQUAL_FATAL(naive_run(net, w, image, want), 0);
	CU_ASSERT_EQUAL_FATAL(naive_graph_run(graph, w, image, NULL, got), 0);
	for (size_t i = 0; i < n; i++)
		CU_ASSERT_DOUBLE_EQUAL(got[i], want[i], BOUND);
	graph_free(graph);
	weights_free(w);
	network_free(net);
	free(image);
	free(want);
	free(got);
}

static void test_same_numbers(void)
{
	struct network *net = NULL;

	CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(35, 96, &net), 0);
	check_same_numbers(net);
	CU_ASSERT_EQUAL_FATAL(resnet50_new(32, &net), 0);
	check_same_numbers(net);
}

static void count_ops(const struct graph *graph, size_t counts[GRAPH_OPS],
		      uint64_t pieces[GRAPH_OPS])
{
	memset(counts, 0, GRAPH_OPS * sizeof(*counts));
	memset(pieces, 0, GRAPH_OPS * sizeof(*pieces));
	for (size_t i = 0; i < graph->n_nodes; i++) {
		const struct graph_node *node = &graph->nodes[i];

		counts[node->op]++;
		pieces[node->op] += node->pieces;
		for (size_t k = 0; k < node->n_inputs; k++)
			CU_ASSERT_TRUE_FATAL(node->inputs[k] < i);
		CU_ASSERT_EQUAL(node->op == GRAPH_PARAMETER, !i);
		CU_ASSERT_EQUAL(node->op == GRAPH_RESULT,
				i == graph->n_nodes - 1);
	}
}

/* 17 depthwise layers, 36 others; a Slice and a Convolution a channel. */
static void test_mobilenetv2(void)
{
	size_t counts[GRAPH_OPS];
	uint64_t pieces[GRAPH_OPS], channels = 0;
	struct network *net = NULL;
	struct graph *graph = NULL;

	CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(75, 96, &net), 0);
	CU_ASSERT_EQUAL_FATAL(lower_network(net, &graph), 0);
	for (size_t i = 0; i < net->n_nodes; i++)
		if (net->nodes[i].op == NETWORK_DEPTHWISE)
			channels += net->nodes[i].out.channels;
	count_ops(graph, counts, pieces);
	CU_ASSERT_EQUAL(counts[GRAPH_SLICE], 17);
	CU_ASSERT_EQUAL(pieces[GRAPH_SLICE], channels);
	CU_ASSERT_EQUAL(counts[GRAPH_CONVOLUTION], 53);
	CU_ASSERT_EQUAL(pieces[GRAPH_CONVOLUTION], channels + 36);
	CU_ASSERT_EQUAL(pieces[GRAPH_CONCAT], 17);
	CU_ASSERT_EQUAL(counts[GRAPH_MULTIPLY], 17);
	CU_ASSERT_EQUAL(counts[GRAPH_ADD], 53 + 10);
	CU_ASSERT_EQUAL(counts[GRAPH_CONSTANT], 53 + 17);
	CU_ASSERT_EQUAL(counts[GRAPH_BOUNDED_RELU], 35);
	CU_ASSERT_EQUAL(counts[GRAPH_AVERAGE_POOL], 1);
	CU_ASSERT_EQUAL(counts[GRAPH_RELU] + counts[GRAPH_MAX_POOL], 0);
	graph_free(graph);
	network_free(net);
}

static void test_resnet50(void)
{
	size_t counts[GRAPH_OPS];
	uint64_t pieces[GRAPH_OPS];
	struct network *net = NULL;
	struct graph *graph = NULL;

	CU_ASSERT_EQUAL_FATAL(resnet50_new(224, &net), 0);
	CU_ASSERT_EQUAL_FATAL(lower_network(net, &graph), 0);
	count_ops(graph, counts, pieces);
	CU_ASSERT_EQUAL(counts[GRAPH_CONVOLUTION], 54);
	CU_ASSERT_EQUAL(counts[GRAPH_ADD], 54 + 16);
	CU_ASSERT_EQUAL(counts[GRAPH_CONSTANT], 54);
	CU_ASSERT_EQUAL(counts[GRAPH_RELU], 49);
	CU_ASSERT_EQUAL(counts[GRAPH_MAX_POOL], 1);
	CU_ASSERT_EQUAL(counts[GRAPH_MULTIPLY] + counts[GRAPH_SLICE] +
			counts[GRAPH_CONCAT] + counts[GRAPH_BOUNDED_RELU], 0);
	graph_free(graph);
	network_free(net);
}

/* Every operation has its operands in the layout that it wants; a Reshape
 * changes it and undoes no other. */
static void test_layouts(void)
{
	struct network *net = NULL;
	struct graph *graph = NULL;

	CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(35, 96, &net), 0);
	CU_ASSERT_EQUAL_FATAL(lower_network(net, &graph), 0);
	for (size_t i = 0; i < graph->n_nodes; i++) {
		const struct graph_node *node = &graph->nodes[i];

		for (size_t k = 0; k < node->n_inputs; k++) {
			const struct graph_node *in =
				&graph->nodes[node->inputs[k]];

			CU_ASSERT_EQUAL(in->layout != node->layout,
					node->op == GRAPH_RESHAPE);
			CU_ASSERT_FALSE(node->op == GRAPH_RESHAPE &&
					in->op == GRAPH_RESHAPE);
		}
		if (node->op == GRAPH_CONVOLUTION || node->op == GRAPH_SLICE)
			CU_ASSERT_EQUAL(node->layout, GRAPH_CHANNELS_FIRST);
		if (node->op == GRAPH_BOUNDED_RELU || node->op == GRAPH_RESULT)
			CU_ASSERT_EQUAL(node->layout, GRAPH_CHANNELS_LAST);
	}
	graph_free(graph);
	network_free(net);
}

/* A phase has the name of its operation: no two nodes may share one. */
static void test_names(void)
{
	struct network *net = NULL;
	struct graph *graph = NULL;

	CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(35, 96, &net), 0);
	CU_ASSERT_EQUAL_FATAL(lower_network(net, &graph), 0);
	for (size_t i = 0; i < graph->n_nodes; i++)
		for (size_t j = 0; j < i; j++)
			CU_ASSERT_STRING_NOT_EQUAL(graph->nodes[i].name,
						   graph->nodes[j].name);
	graph_free(graph);
	network_free(net);
}

static void test_unfolded_scale(void)
{
	static const float taps[] = { 0.5f, -2.0f, 1.0f };
	static const float zeros[3];

	CU_ASSERT_EQUAL(unfold_scale(taps, 3), 2.0f);
	CU_ASSERT_EQUAL(unfold_scale(zeros, 3), 1.0f);
}

static const struct suite_test tests[] = {
	{ "the graph computes what the network computes", test_same_numbers },
	{ "MobileNetV2's operations", test_mobilenetv2 },
	{ "ResNet-50's operations", test_resnet50 },
	{ "layouts", test_layouts },
	{ "names", test_names },
	{ "the scale that is taken out again", test_unfolded_scale },
};

SUITE_MAIN("workloads/lower", tests)
