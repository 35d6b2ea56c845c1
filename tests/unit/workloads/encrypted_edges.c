// SPDX-License-Identifier: GPL-2.0-or-later
/* Inference on ciphertexts without errors, and what is refused. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "encrypted_network.h"
#include "suite.h"
#include "workloads/backend_ckks.h"

/* Without errors whole numbers come out as such: nothing is left to round. */
static void test_exact_without_errors(void)
{
	struct backend_ckks_want want = encrypted_network_want(16);
	struct backend_ckks *b = NULL;
	struct network *net = NULL;
	struct weights *w = NULL;
	float images[8 * 4 * 3], logits[8 * 2];
	const float *biases;

	want.parameters.errors = CKKS_ERRORS_NONE;
	CU_ASSERT_EQUAL_FATAL(network_new("linear", (struct network_shape){
						2, 2, 3 }, &net), 0);
	network_add_fully_connected(net, "logits", 0, 2);
	CU_ASSERT_EQUAL_FATAL(weights_new(net, &w), 0);
	biases = weights_biases_of(w, 1);
	for (int i = 0; i < 2 * 12; i++)
		weights_at(w, 1)[i] = (float)(i % 5 - 2);
	weights_biases_at(w, 1)[0] = 3;
	weights_biases_at(w, 1)[1] = -7;
	for (int i = 0; i < 8 * 12; i++)
		images[i] = (float)(i % 12 % 7 - 3);
	CU_ASSERT_EQUAL_FATAL(backend_ckks_new(net, w, &want, NULL, 0, &b), 0);
	CU_ASSERT_EQUAL(backend_ckks_run(b, images, NULL, 0, logits, NULL), 0);
	for (size_t c = 0; c < 2; c++) {
		float sum = biases[c];

		for (size_t i = 0; i < 12; i++)
			sum += weights_of(w, 1)[c * 12 + i] * images[i];
		for (size_t image = 0; image < 8; image++)
			CU_ASSERT_EQUAL(logits[image * 2 + c], sum);
	}
	backend_ckks_free(b);
	weights_free(w);
	network_free(net);
}

static void check_refused(const struct network *net,
			  const struct backend_ckks_want *want,
			  const char *says)
{
	struct backend_ckks *b = NULL;
	struct weights *w = NULL;
	char error[256] = "";

	CU_ASSERT_EQUAL_FATAL(weights_from_seed(net, 1, &w), 0);
	CU_ASSERT_EQUAL(backend_ckks_new(net, w, want, error, sizeof(error),
					 &b), -EINVAL);
	CU_ASSERT_PTR_NULL(b);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, says));
	weights_free(w);
}

static void test_refusals(void)
{
	struct network *net = encrypted_network_mobile(), *deep = NULL;
	struct backend_ckks_want want = encrypted_network_want(16);
	size_t node;

	want.batch = 9;
	check_refused(net, &want, "slots for 8 images, not 9");
	want.batch = 0;
	check_refused(net, &want, "slots for 8 images, not 0");
	want = encrypted_network_want(16);
	want.parameters.n_primes = 2;
	check_refused(net, &want, "3 primes, not 2");
	want.parameters.degree = 12;
	check_refused(net, &want, "12");
	want = encrypted_network_want(16);
	CU_ASSERT_EQUAL_FATAL(network_new("deep", (struct network_shape){
						2, 2, 1 }, &deep), 0);
	node = network_add_convolution(deep, "one", 0, 1, 1, 1);
	node = network_add_convolution(deep, "two", node, 1, 1, 1);
	network_add_convolution(deep, "three", node, 1, 1, 1);
	check_refused(deep, &want, "three (Convolution) is multiplication 3");
	network_free(deep);
	network_free(net);
}

/* Weights beyond what a scalar may be are an error and not another number; what
 * was made until then is given back. */
static void check_too_large(enum schedule_policy policy)
{
	struct network *net = encrypted_network_mobile();
	struct backend_ckks_want want = encrypted_network_want(16);
	struct backend_ckks *b = NULL;
	struct weights *w = NULL;
	float images[8 * 6 * 6 * 3] = { 0 }, logits[8 * 5], *tap;
	char error[256] = "";

	want.policy = policy;
	CU_ASSERT_EQUAL_FATAL(weights_from_seed(net, 1, &w), 0);
	CU_ASSERT_EQUAL_FATAL(backend_ckks_new(net, w, &want, NULL, 0, &b), 0);
	tap = weights_at(w, net->n_nodes - 1);
	*tap = INFINITY;
	CU_ASSERT_EQUAL(backend_ckks_run(b, images, error, sizeof(error),
					 logits, NULL), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, "logits (Convolution)"));
	*tap = 1e30f;
	CU_ASSERT_EQUAL(backend_ckks_run(b, images, error, sizeof(error),
					 logits, NULL), -ERANGE);
	*tap = 1;
	CU_ASSERT_EQUAL(backend_ckks_run(b, images, error, sizeof(error),
					 logits, NULL), 0);
	backend_ckks_free(b);
	weights_free(w);
	network_free(net);
}

static void test_values_too_large(void)
{
	check_too_large(SCHEDULE_POOL);
	check_too_large(SCHEDULE_TIGHT);
}

static const struct suite_test tests[] = {
	{ "exact without errors", test_exact_without_errors },
	{ "refusals", test_refusals },
	{ "values that are too large", test_values_too_large },
};

SUITE_MAIN("workloads/encrypted_edges", tests)
