// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers from a seed. */
#include <math.h>
#include <string.h>

#include "naive.h"
#include "suite.h"
#include "workloads/mobilenetv2.h"
#include "workloads/resnet50.h"
#include "workloads/splitmix64.h"
#include "workloads/weights.h"

/* Known answers of splitmix64 for the seed 1234567, as implementations in many
 * languages agree on them. */
static void test_splitmix64(void)
{
	static const uint64_t known[] = {
		6457827717110365317u, 3203168211198807973u, 9817491932198370423u,
		4593380528125082431u, 16408922859458223821u,
	};
	uint64_t state = 1234567, fourth;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		CU_ASSERT_EQUAL(splitmix64_next(&state), known[i]);
	fourth = 1234567 + 3 * SPLITMIX64_GAMMA;
	CU_ASSERT_EQUAL(splitmix64_next(&fourth), known[3]);
}

static void test_same_seed_same_numbers(void)
{
	struct weights *a = NULL, *b = NULL, *c = NULL;
	struct network *net = NULL;

	CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(35, 96, &net), 0);
	CU_ASSERT_EQUAL_FATAL(weights_from_seed(net, 7, &a), 0);
	CU_ASSERT_EQUAL_FATAL(weights_from_seed(net, 7, &b), 0);
	CU_ASSERT_EQUAL_FATAL(weights_from_seed(net, 8, &c), 0);
	for (size_t i = 0; i < net->n_nodes; i++) {
		const struct network_node *node = &net->nodes[i];
		size_t bytes = node->weights * sizeof(float);

		CU_ASSERT_EQUAL(weights_of(a, i) != NULL, node->weights != 0);
		if (!node->weights)
			continue;
		CU_ASSERT_EQUAL(memcmp(weights_of(a, i), weights_of(b, i), bytes), 0);
		CU_ASSERT_NOT_EQUAL(memcmp(weights_of(a, i), weights_of(c, i),
					   bytes), 0);
		CU_ASSERT_EQUAL(memcmp(weights_biases_of(a, i),
				       weights_biases_of(b, i),
				       node->biases * sizeof(float)), 0);
	}
	CU_ASSERT_PTR_NULL(weights_of(a, net->n_nodes));
	weights_free(a);
	weights_free(b);
	weights_free(c);
	network_free(net);
}

/* 2 / fan-in before an activation, a tenth of 1 / fan-in before the ten
 * shortcuts, and 1 / fan-in elsewhere. */
static double wanted_gain(const struct network *net, size_t i)
{
	if (i + 1 == net->n_nodes)
		return 1;
	switch (net->nodes[i + 1].op) {
	case NETWORK_RELU6:
		return 2;
	case NETWORK_ADD:
		return 0.1;
	case NETWORK_INPUT:
	case NETWORK_CONVOLUTION:
	case NETWORK_DEPTHWISE:
	case NETWORK_RELU:
	case NETWORK_MAX_POOL:
	case NETWORK_AVERAGE_POOL:
	case NETWORK_FULLY_CONNECTED:
		break;
	}
	return 1;
}

/* The spread of the variance of a sample of n is about sqrt(0.8 / n) of it for a uniform
 * distribution, so six of those. */
static void test_variances(void)
{
	struct network *net = NULL;
	struct weights *w = NULL;

	CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(75, 96, &net), 0);
	CU_ASSERT_EQUAL_FATAL(weights_from_seed(net, 3, &w), 0);
	for (size_t i = 0; i < net->n_nodes; i++) {
		const struct network_node *node = &net->nodes[i];
		double n = (double)node->weights, sum = 0, squares = 0;
		double want, slack;

		if (!node->weights)
			continue;
		for (size_t k = 0; k < node->weights; k++) {
			sum += weights_of(w, i)[k];
			squares += weights_of(w, i)[k] * weights_of(w, i)[k];
		}
		want = wanted_gain(net, i) * node->out.channels / n;
		slack = 6 * sqrt(0.8 / n);
		CU_ASSERT_DOUBLE_EQUAL(squares / n / want, 1.0, slack);
		CU_ASSERT_DOUBLE_EQUAL(sum / n / sqrt(want), 0.0, 6 / sqrt(n));
	}
	weights_free(w);
	network_free(net);
}

/* What the last convolution of a branch is made smaller by. */
static double branch_factor(const struct network *net, size_t i)
{
	bool branch = false;
	double additions = 0;

	for (size_t j = 0; j < net->n_nodes; j++) {
		if (net->nodes[j].op != NETWORK_ADD)
			continue;
		additions++;
		branch |= net->nodes[j].inputs[0] == i;
	}
	return branch ? sqrt(additions) : 1;
}

/* From the image to the logits no tensor is lost in noise or grows away: by
 * root mean square, all are within a factor of five of 1, and no value comes
 * near the 128 that a ciphertext has room for. */
static void check_band(struct network *net)
{
	double **tensors = calloc(net->n_nodes, sizeof(*tensors));
	float *image = calloc(network_elements(&net->nodes[0].out), sizeof(*image));
	struct weights *w = NULL;

	CU_ASSERT_PTR_NOT_NULL_FATAL(tensors);
	CU_ASSERT_PTR_NOT_NULL_FATAL(image);
	CU_ASSERT_EQUAL_FATAL(weights_from_seed(net, 1, &w), 0);
	weights_fill_image(1, 0, network_elements(&net->nodes[0].out), image);
	CU_ASSERT_EQUAL_FATAL(naive_tensors(net, w, image, tensors), 0);
	for (size_t i = 0; i < net->n_nodes; i++) {
		size_t n = network_elements(&net->nodes[i].out);
		double squares = 0, largest = 0, rms;

		for (size_t k = 0; k < n; k++) {
			squares += tensors[i][k] * tensors[i][k];
			largest = fmax(largest, fabs(tensors[i][k]));
		}
		CU_ASSERT_TRUE(largest < 32);
		rms = sqrt(squares / (double)n) * branch_factor(net, i);
		if (!(rms > 0.2 && rms < 5))
			printf("%s of %s: %g\n", net->nodes[i].name, net->name,
			       rms);
		CU_ASSERT_TRUE(rms > 0.2 && rms < 5);
		free(tensors[i]);
	}
	free(tensors);
	free(image);
	weights_free(w);
	network_free(net);
}

static void test_values_stay_in_range(void)
{
	struct network *net = NULL;

	CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(35, 96, &net), 0);
	check_band(net);
	CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(100, 96, &net), 0);
	check_band(net);
	CU_ASSERT_EQUAL_FATAL(resnet50_new(64, &net), 0);
	check_band(net);
}

static void test_images(void)
{
	enum { N = 4096 };
	float a[N], b[N], other[N];
	double sum = 0;

	weights_fill_image(5, 3, N, a);
	weights_fill_image(5, 3, N, b);
	weights_fill_image(5, 4, N, other);
	CU_ASSERT_EQUAL(memcmp(a, b, sizeof(a)), 0);
	CU_ASSERT_NOT_EQUAL(memcmp(a, other, sizeof(a)), 0);
	for (size_t i = 0; i < N; i++) {
		CU_ASSERT_TRUE(a[i] >= -1.0f && a[i] < 1.0f);
		sum += a[i];
	}
	CU_ASSERT_DOUBLE_EQUAL(sum / N, 0.0, 0.06);
}

static const struct suite_test tests[] = {
	{ "splitmix64 gives the known numbers", test_splitmix64 },
	{ "same seed, same numbers", test_same_seed_same_numbers },
	{ "variances keep values alive", test_variances },
	{ "values stay in range through a network", test_values_stay_in_range },
	{ "images do not depend on the batch", test_images },
};

SUITE_MAIN("workloads/weights", tests)
