// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/weights.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "workloads/splitmix64.h"

struct weights {
	size_t n_nodes;
	float **weights;		/* into numbers, or NULL */
	float **biases;
	float *numbers;
};

#define BIAS_LIMIT	0.1f

/* What a stream is for, so that node 3 and image 3 differ. */
enum stream {
	STREAM_WEIGHTS = 1,
	STREAM_BIASES,
	STREAM_IMAGE,
};

/* A state far from those of its neighbours: each part goes through the mixer. */
static uint64_t stream_state(uint64_t seed, enum stream stream, uint64_t index)
{
	uint64_t state = seed;

	state = splitmix64_next(&state) + (uint64_t)stream;
	state = splitmix64_next(&state) + index;
	return splitmix64_next(&state);
}

/* Uniform in [-limit, limit): 24 bits, all that a float holds exactly. */
static void fill_uniform(uint64_t state, float limit, size_t n, float *out)
{
	for (size_t i = 0; i < n; i++) {
		int32_t draw = (int32_t)(splitmix64_next(&state) >> 40) -
			       (1 << 23);

		out[i] = (float)draw * (limit / (1 << 23));
	}
}

/* Whether node @i's values meet an activation next. */
static bool activated(const struct network *net, size_t i)
{
	for (size_t j = i + 1; j < net->n_nodes; j++)
		if (network_is_activation(net->nodes[j].op) &&
		    net->nodes[j].inputs[0] == i)
			return true;
	return false;
}

/* The variance of node @i's weights times its fan-in, as the header has it. */
static double gain(const struct network *net, size_t i)
{
	double additions = 0;
	bool branch = false, clamped = activated(net, i);

	for (size_t j = 1; j < net->n_nodes; j++) {
		const struct network_node *node = &net->nodes[j];

		if (node->op != NETWORK_ADD)
			continue;
		additions++;
		branch |= node->inputs[0] == i;
		clamped |= node->inputs[1] == i && activated(net, j);
	}
	if (branch)
		return 1.0 / additions;
	return clamped ? 2.0 : 1.0;
}

/* Half the width of the uniform distribution of that variance: its variance
 * is a third of the square of that. */
static float weight_limit(const struct network *net, size_t i)
{
	const struct network_node *node = &net->nodes[i];
	double fan_in = (double)node->weights / node->out.channels;

	return (float)sqrt(3.0 * gain(net, i) / fan_in);
}

int weights_new(const struct network *net, struct weights **ret)
{
	struct weights *w = calloc(1, sizeof(*w));
	float *next;

	if (!w)
		return -ENOMEM;
	w->n_nodes = net->n_nodes;
	w->weights = calloc(net->n_nodes, sizeof(*w->weights));
	w->biases = calloc(net->n_nodes, sizeof(*w->biases));
	w->numbers = calloc(network_stored(net), sizeof(*w->numbers));
	if (!w->weights || !w->biases || !w->numbers) {
		weights_free(w);
		return -ENOMEM;
	}
	next = w->numbers;
	for (size_t i = 0; i < net->n_nodes; i++) {
		const struct network_node *node = &net->nodes[i];

		if (!node->weights)
			continue;
		w->weights[i] = next;
		next += node->weights;
		w->biases[i] = next;
		next += node->biases;
	}
	*ret = w;
	return 0;
}

int weights_from_seed(const struct network *net, uint64_t seed,
		      struct weights **ret)
{
	struct weights *w;
	int err;

	err = weights_new(net, &w);
	if (err)
		return err;
	for (size_t i = 0; i < net->n_nodes; i++) {
		const struct network_node *node = &net->nodes[i];

		if (!node->weights)
			continue;
		fill_uniform(stream_state(seed, STREAM_WEIGHTS, i),
			     weight_limit(net, i), node->weights,
			     w->weights[i]);
		fill_uniform(stream_state(seed, STREAM_BIASES, i), BIAS_LIMIT,
			     node->biases, w->biases[i]);
	}
	*ret = w;
	return 0;
}

void weights_free(struct weights *w)
{
	if (!w)
		return;
	free(w->weights);
	free(w->biases);
	free(w->numbers);
	free(w);
}

void weights_freep(struct weights **w)
{
	weights_free(*w);
}

const float *weights_of(const struct weights *w, size_t node)
{
	return node < w->n_nodes ? w->weights[node] : NULL;
}

const float *weights_biases_of(const struct weights *w, size_t node)
{
	return node < w->n_nodes ? w->biases[node] : NULL;
}

float *weights_at(struct weights *w, size_t node)
{
	return node < w->n_nodes ? w->weights[node] : NULL;
}

float *weights_biases_at(struct weights *w, size_t node)
{
	return node < w->n_nodes ? w->biases[node] : NULL;
}

void weights_fill_image(uint64_t seed, uint64_t image, size_t n, float *pixels)
{
	fill_uniform(stream_state(seed, STREAM_IMAGE, image), 1.0f, n, pixels);
}
