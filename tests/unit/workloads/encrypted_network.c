// SPDX-License-Identifier: GPL-2.0-or-later
#include "encrypted_network.h"

#include <math.h>

#include "suite.h"
#include "ckks/noise.h"
#include "workloads/unfold.h"

static struct network *begin(const char *name, uint32_t size)
{
	struct network *net = NULL;

	CU_ASSERT_EQUAL_FATAL(network_new(name, (struct network_shape){
						size, size, 3 }, &net), 0);
	return net;
}

static size_t bottleneck(struct network *net, size_t in, uint32_t wide,
			 uint32_t narrow)
{
	size_t node;

	node = network_add_convolution(net, "expand", in, wide, 1, 1);
	node = network_add_relu6(net, "expand/relu", node);
	node = network_add_depthwise(net, "depthwise", node, 3, 1);
	node = network_add_relu6(net, "depthwise/relu", node);
	return network_add_convolution(net, "project", node, narrow, 1, 1);
}

struct network *encrypted_network_mobile(void)
{
	struct network *net = begin("small-mobile", 6);
	size_t node, first;

	node = network_add_convolution(net, "first", 0, 4, 3, 2);
	first = network_add_relu6(net, "first/relu", node);
	node = network_add_convolution(net, "narrow", first, 3, 1, 1);
	first = node;
	node = bottleneck(net, first, 6, 3);
	node = network_add_add(net, "add", node, first);
	node = network_add_convolution(net, "last", node, 8, 1, 1);
	node = network_add_relu6(net, "last/relu", node);
	node = network_add_average_pool(net, "pool", node);
	network_add_fully_connected(net, "logits", node, 5);
	CU_ASSERT_EQUAL_FATAL(network_finish(net), 0);
	return net;
}

struct network *encrypted_network_residual(void)
{
	struct network *net = begin("small-residual", 8);
	size_t node, shortcut;

	node = network_add_convolution(net, "first", 0, 4, 3, 1);
	node = network_add_relu(net, "first/relu", node);
	shortcut = network_add_max_pool(net, "max", node, 3, 2);
	node = network_add_convolution(net, "branch", shortcut, 4, 3, 1);
	node = network_add_add(net, "add", node, shortcut);
	node = network_add_relu(net, "add/relu", node);
	node = network_add_average_pool(net, "pool", node);
	network_add_fully_connected(net, "logits", node, 5);
	CU_ASSERT_EQUAL_FATAL(network_finish(net), 0);
	return net;
}

struct backend_ckks_want encrypted_network_want(size_t degree)
{
	struct backend_ckks_want want = { .batch = degree / 2 };

	CU_ASSERT_EQUAL_FATAL(ckks_parameters_standard(degree,
						       &want.parameters), 0);
	ckks_seed_number(9, &want.seed);
	return want;
}

static double square(double x)
{
	return x * x;
}

/* The variance of a linear operation's result: that of its input, through the
 * output channel with the largest taps, and what encoding these adds. */
static double linear(const struct graph *graph, const struct weights *w,
		     const struct graph_node *node, double variance,
		     double scale, double largest)
{
	const struct network_node *source = &graph->net->nodes[node->source];
	double most = 0, rounding = square(largest / scale) / 12;
	size_t n;

	if (node->op == GRAPH_AVERAGE_POOL) {
		n = (size_t)node->window.height * node->window.width;
		/* all have the same residue and are off by the same */
		return variance / (double)n +
		       square(((double)n * round(scale / (double)n) / scale -
			       1) * largest);
	}
	n = source->weights / source->out.channels;
	for (uint32_t c = 0; c < source->out.channels; c++) {
		const float *taps = weights_of(w, node->source) + c * n;
		double unfolded = (double)unfold_scale(taps, n), sum = 0;

		for (size_t i = 0; i < n; i++)
			sum += square((double)taps[i] /
				      (node->pieces > 1 ? unfolded : 1));
		if (node->op == GRAPH_MULTIPLY)
			sum = square(unfolded);
		most = fmax(most, sum);
	}
	if (node->op == GRAPH_MULTIPLY)
		n = 1;
	return most * variance + (double)n * rounding;
}

double encrypted_network_deviation(const struct graph *graph,
				   const struct weights *w,
				   const struct ckks_parameters *p,
				   double largest)
{
	double scale = ckks_parameters_scale(p);
	double fresh = square(ckks_noise_slot(p, ckks_noise_encryption(p),
					      scale)) +
		       square(ckks_noise_slot(p, sqrt(1 / 12.0), scale));
	double rescale = square(ckks_noise_slot(p, ckks_noise_rounding(p),
						scale));
	double *v = calloc(graph->n_nodes, sizeof(*v)), result;
	unsigned int *done = calloc(graph->n_nodes, sizeof(*done));

	CU_ASSERT_FATAL(v && done);
	for (size_t i = 0; i < graph->n_nodes; i++) {
		const struct graph_node *node = &graph->nodes[i];
		size_t in = node->inputs[0];

		v[i] = node->n_inputs ? v[in] : 0;
		done[i] = node->n_inputs ? done[in] : 0;
		if (node->n_inputs > 1)
			v[i] += v[node->inputs[1]];
		if (graph_refreshes(node->op)) {
			v[i] += fresh;
			done[i] = 0;
		}
		if (graph_multiplies(node->op)) {
			v[i] = linear(graph, w, node, v[in], scale, largest);
			if (!done[i]++)
				v[i] += rescale;
		}
		if (node->op == GRAPH_MAX_POOL)
			v[i] *= 2;	/* the largest of several has more */
	}
	result = sqrt(v[graph->n_nodes - 1]);
	free(v);
	free(done);
	return result;
}
