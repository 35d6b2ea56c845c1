// SPDX-License-Identifier: GPL-2.0-or-later
#include "naive_graph.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/splitmix64.h"
#include "workloads/unfold.h"

struct state {
	const struct graph *graph;
	const struct weights *w;
	const float *image;
	struct naive_graph_errors *errors;	/* or NULL */
	double **tensors;
};

/* What stands at a place depends on the layout, as in memory. */
static double *at(const struct state *s, size_t node, uint32_t y, uint32_t x,
		  uint32_t c)
{
	const struct graph_node *n = &s->graph->nodes[node];
	size_t index = n->layout == GRAPH_CHANNELS_FIRST ?
		       ((size_t)c * n->shape.height + y) * n->shape.width + x :
		       ((size_t)y * n->shape.width + x) * n->shape.channels + c;

	return &s->tensors[node][index];
}

static size_t taps_per_output(const struct network_node *source)
{
	return source->weights / source->out.channels;
}

static double scale_of(const struct state *s, const struct graph_node *node,
		       uint32_t c)
{
	size_t n = taps_per_output(&s->graph->net->nodes[node->source]);

	return unfold_scale(weights_of(s->w, node->source) + c * n, n);
}

/* A number that ciphertexts are multiplied by. */
static double factor(const struct state *s, double x)
{
	return s->errors ? round(x * s->errors->scale) / s->errors->scale : x;
}

/* Zero where the window hangs over an edge; *@inside says whether. */
static double seen(const struct state *s, const struct graph_node *node,
		   uint32_t y, uint32_t x, uint32_t ky, uint32_t kx, uint32_t c,
		   bool *inside)
{
	const struct network_shape *in = &s->graph->nodes[node->inputs[0]].shape;
	int64_t iy = (int64_t)y * node->window.stride + ky -
		     node->window.pad_before;
	int64_t ix = (int64_t)x * node->window.stride + kx -
		     node->window.pad_before;

	*inside = iy >= 0 && iy < in->height && ix >= 0 && ix < in->width;
	return *inside ? *at(s, node->inputs[0], (uint32_t)iy, (uint32_t)ix, c) :
			 0;
}

static double convolved(const struct state *s, const struct graph_node *node,
			uint32_t y, uint32_t x, uint32_t c)
{
	const struct network_node *source = &s->graph->net->nodes[node->source];
	const float *taps = weights_of(s->w, node->source) +
			    c * taps_per_output(source);
	bool depthwise = node->pieces > 1, inside;
	uint32_t first = depthwise ? c : 0;
	uint32_t last = depthwise ? c : source->in.channels - 1;
	double scale = depthwise ? scale_of(s, node, c) : 1, sum = 0;

	for (uint32_t ky = 0; ky < node->window.height; ky++)
		for (uint32_t kx = 0; kx < node->window.width; kx++)
			for (uint32_t ic = first; ic <= last; ic++)
				sum += factor(s, *taps++ / scale) *
				       seen(s, node, y, x, ky, kx, ic, &inside);
	return sum;
}

static double pooled(const struct state *s, const struct graph_node *node,
		     uint32_t y, uint32_t x, uint32_t c)
{
	double sum = 0, largest = -INFINITY;
	bool inside;

	for (uint32_t ky = 0; ky < node->window.height; ky++)
		for (uint32_t kx = 0; kx < node->window.width; kx++) {
			double v = seen(s, node, y, x, ky, kx, c, &inside);

			sum += v;
			if (inside && v > largest)
				largest = v;
		}
	return node->op == GRAPH_MAX_POOL ? largest :
	       sum * factor(s, 1.0 / (node->window.height * node->window.width));
}

static double element(const struct state *s, const struct graph_node *node,
		      uint32_t y, uint32_t x, uint32_t c)
{
	double a = 0, b = 0;

	if (node->op != GRAPH_CONVOLUTION && node->op != GRAPH_AVERAGE_POOL &&
	    node->op != GRAPH_MAX_POOL) {
		a = node->n_inputs ? *at(s, node->inputs[0], y, x, c) : 0;
		b = node->n_inputs > 1 ? *at(s, node->inputs[1], y, x, c) : 0;
	}
	switch (node->op) {
	case GRAPH_PARAMETER:
		return s->image[((size_t)y * node->shape.width + x) *
				node->shape.channels + c];
	case GRAPH_CONSTANT:
		return node->constant == GRAPH_SCALES ? scale_of(s, node, c) :
		       weights_biases_of(s->w, node->source)[c];
	case GRAPH_ADD:
		return a + b;
	case GRAPH_MULTIPLY:
		return a * factor(s, b);
	case GRAPH_CONVOLUTION:
		return convolved(s, node, y, x, c);
	case GRAPH_AVERAGE_POOL:
	case GRAPH_MAX_POOL:
		return pooled(s, node, y, x, c);
	case GRAPH_BOUNDED_RELU:
		return a < 0 ? 0 : a > 6 ? 6 : a;
	case GRAPH_RELU:
		return a < 0 ? 0 : a;
	case GRAPH_SLICE:
	case GRAPH_CONCAT:
	case GRAPH_RESHAPE:
	case GRAPH_RESULT:
		return a;
	}
	return NAN;
}

/* Box and Muller, "A Note on the Generation of Random Normal Deviates", Annals
 * of Mathematical Statistics 29 (1958). */
static double normal(uint64_t *state)
{
	double u = (double)((splitmix64_next(state) >> 11) + 1) * 0x1p-53;
	double v = (double)(splitmix64_next(state) >> 11) * 0x1p-53;

	return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

static void add_errors(struct state *s, size_t i)
{
	const struct graph_node *node = &s->graph->nodes[i];
	struct naive_graph_errors *e = s->errors;
	double deviation = 0;

	if (!e)
		return;
	if (graph_refreshes(node->op))
		deviation = e->fresh;
	else if (e->levels[i].computed != e->levels[i].primes)
		deviation = e->rescale;
	for (size_t k = 0; k < network_elements(&node->shape) && deviation > 0;
	     k++)
		s->tensors[i][k] += deviation * normal(&e->state);
}

static int run_node(struct state *s, size_t i)
{
	const struct graph_node *node = &s->graph->nodes[i];

	s->tensors[i] = calloc(network_elements(&node->shape),
			       sizeof(**s->tensors));
	if (!s->tensors[i])
		return -ENOMEM;
	for (uint32_t y = 0; y < node->shape.height; y++)
		for (uint32_t x = 0; x < node->shape.width; x++)
			for (uint32_t c = 0; c < node->shape.channels; c++)
				*at(s, i, y, x, c) = element(s, node, y, x, c);
	add_errors(s, i);
	return 0;
}

int naive_graph_run(const struct graph *graph, const struct weights *w,
		    const float *image, struct naive_graph_errors *errors,
		    double *logits)
{
	struct state s = {
		.graph = graph, .w = w, .image = image, .errors = errors,
	};
	size_t last = graph->n_nodes - 1;
	int err;

	s.tensors = calloc(graph->n_nodes, sizeof(*s.tensors));
	err = s.tensors ? 0 : -ENOMEM;
	for (size_t i = 0; i < graph->n_nodes && !err; i++)
		err = run_node(&s, i);
	if (!err)
		memcpy(logits, s.tensors[last],
		       network_elements(&graph->nodes[last].shape) *
		       sizeof(*logits));
	for (size_t i = 0; i < graph->n_nodes && s.tensors; i++)
		free(s.tensors[i]);
	free(s.tensors);
	return err;
}
