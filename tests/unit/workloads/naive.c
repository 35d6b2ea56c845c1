// SPDX-License-Identifier: GPL-2.0-or-later
#include "naive.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t at(const struct network_shape *s, uint32_t y, uint32_t x,
		 uint32_t c)
{
	return ((size_t)y * s->width + x) * s->channels + c;
}

/* One output element of a convolution: @first to @last are the input channels
 * that it sees, @taps its weights. */
static double window(const struct network_node *node, const double *in,
		     const float *taps, uint32_t y, uint32_t x, uint32_t first,
		     uint32_t last)
{
	double sum = 0;

	for (uint32_t ky = 0; ky < node->kernel; ky++)
		for (uint32_t kx = 0; kx < node->kernel; kx++) {
			int64_t iy = (int64_t)y * node->stride + ky -
				     node->pad_before;
			int64_t ix = (int64_t)x * node->stride + kx -
				     node->pad_before;

			for (uint32_t c = first; c <= last; c++, taps++)
				if (iy >= 0 && iy < node->in.height &&
				    ix >= 0 && ix < node->in.width)
					sum += *taps * in[at(&node->in,
							     (uint32_t)iy,
							     (uint32_t)ix, c)];
		}
	return sum;
}

static void convolve(const struct network_node *node, const float *weights,
		     const float *biases, const double *in, double *out)
{
	size_t per_output = node->weights / node->out.channels;
	bool depthwise = node->op == NETWORK_DEPTHWISE;

	for (uint32_t y = 0; y < node->out.height; y++)
		for (uint32_t x = 0; x < node->out.width; x++)
			for (uint32_t c = 0; c < node->out.channels; c++)
				out[at(&node->out, y, x, c)] = biases[c] +
					window(node, in, weights + c * per_output,
					       y, x, depthwise ? c : 0,
					       depthwise ? c :
					       node->in.channels - 1);
}

static void connect(const struct network_node *node, const float *weights,
		    const float *biases, const double *in, double *out)
{
	size_t n = network_elements(&node->in);

	for (uint32_t c = 0; c < node->out.channels; c++) {
		out[c] = biases[c];
		for (size_t i = 0; i < n; i++)
			out[c] += weights[c * n + i] * in[i];
	}
}

static void average(const struct network_node *node, const double *in,
		    double *out)
{
	double n = (double)node->in.height * node->in.width;

	for (uint32_t c = 0; c < node->out.channels; c++) {
		out[c] = 0;
		for (uint32_t y = 0; y < node->in.height; y++)
			for (uint32_t x = 0; x < node->in.width; x++)
				out[c] += in[at(&node->in, y, x, c)];
		out[c] /= n;
	}
}

static double largest(const struct network_node *node, const double *in,
		      uint32_t y, uint32_t x, uint32_t c)
{
	double best = -INFINITY;

	for (uint32_t ky = 0; ky < node->kernel; ky++)
		for (uint32_t kx = 0; kx < node->kernel; kx++) {
			int64_t iy = (int64_t)y * node->stride + ky -
				     node->pad_before;
			int64_t ix = (int64_t)x * node->stride + kx -
				     node->pad_before;

			if (iy >= 0 && iy < node->in.height &&
			    ix >= 0 && ix < node->in.width)
				best = fmax(best, in[at(&node->in, (uint32_t)iy,
							(uint32_t)ix, c)]);
		}
	return best;
}

static void pool_largest(const struct network_node *node, const double *in,
			 double *out)
{
	for (uint32_t y = 0; y < node->out.height; y++)
		for (uint32_t x = 0; x < node->out.width; x++)
			for (uint32_t c = 0; c < node->out.channels; c++)
				out[at(&node->out, y, x, c)] =
					largest(node, in, y, x, c);
}

static void run_node(const struct network *net, const struct weights *w,
		     size_t i, const float *image, double **tensors)
{
	const struct network_node *node = &net->nodes[i];
	const double *in = tensors[node->inputs[0]];
	size_t n = network_elements(&node->out);
	double *out = tensors[i];

	switch (node->op) {
	case NETWORK_INPUT:
		for (size_t k = 0; k < n; k++)
			out[k] = image[k];
		return;
	case NETWORK_CONVOLUTION:
	case NETWORK_DEPTHWISE:
		convolve(node, weights_of(w, i), weights_biases_of(w, i), in, out);
		return;
	case NETWORK_ADD:
		for (size_t k = 0; k < n; k++)
			out[k] = in[k] + tensors[node->inputs[1]][k];
		return;
	case NETWORK_RELU:
		for (size_t k = 0; k < n; k++)
			out[k] = in[k] < 0 ? 0 : in[k];
		return;
	case NETWORK_RELU6:
		for (size_t k = 0; k < n; k++)
			out[k] = in[k] < 0 ? 0 : in[k] > 6 ? 6 : in[k];
		return;
	case NETWORK_MAX_POOL:
		pool_largest(node, in, out);
		return;
	case NETWORK_AVERAGE_POOL:
		average(node, in, out);
		return;
	case NETWORK_FULLY_CONNECTED:
		connect(node, weights_of(w, i), weights_biases_of(w, i), in, out);
		return;
	}
}

int naive_tensors(const struct network *net, const struct weights *w,
		  const float *image, double **tensors)
{
	for (size_t i = 0; i < net->n_nodes; i++) {
		tensors[i] = calloc(network_elements(&net->nodes[i].out),
				    sizeof(**tensors));
		if (!tensors[i])
			return -ENOMEM;
		run_node(net, w, i, image, tensors);
	}
	return 0;
}

int naive_run(const struct network *net, const struct weights *w,
	      const float *image, double *logits)
{
	size_t last = net->n_nodes - 1;
	double **tensors = calloc(net->n_nodes, sizeof(*tensors));
	int err = tensors ? naive_tensors(net, w, image, tensors) : -ENOMEM;

	if (!err)
		memcpy(logits, tensors[last],
		       network_elements(&net->nodes[last].out) * sizeof(*logits));
	for (size_t i = 0; i < net->n_nodes && tensors; i++)
		free(tensors[i]);
	free(tensors);
	return err;
}
