// SPDX-License-Identifier: GPL-2.0-or-later
/* ResNet-50 against what was published of it. */
#include <errno.h>
#include <string.h>

#include "network_check.h"
#include "suite.h"
#include "workloads/resnet50.h"

/*
 * torchvision's page of resnet50: 25,557,032 parameters and 4.09 GFLOPS, which
 * it counts as multiplications with an addition. Its parameters have two
 * numbers a channel of batch normalisation (scale and shift; the two running
 * ones are not parameters there), ours have none and keep one bias in their
 * place.
 */
static void test_published_counts(void)
{
	struct network *net = NULL;
	uint64_t normalised = 0;

	CU_ASSERT_EQUAL_FATAL(resnet50_new(224, &net), 0);
	for (size_t i = 0; i < net->n_nodes; i++)
		if (net->nodes[i].normalised)
			normalised += net->nodes[i].out.channels;
	CU_ASSERT_EQUAL(network_parameters(net) + 2 * normalised, 25557032);
	CU_ASSERT_EQUAL(network_stored(net) + normalised, 25557032);
	CU_ASSERT_EQUAL((network_macs(net) + 5000000) / 10000000, 409);
	network_free(net);
}

/* v1 has its strides in the 1x1 convolutions, and 3.86 G: the paper's "3.8 x
 * 10^9 FLOPs" (table 1). What differs is what those see four times as often. */
static void test_variant(void)
{
	struct network *net = NULL;
	uint64_t v1;

	CU_ASSERT_EQUAL_FATAL(resnet50_new(224, &net), 0);
	v1 = network_macs(net);
	for (size_t i = 0; i < net->n_nodes; i++) {
		const struct network_node *node = &net->nodes[i];

		if (node->kernel == 3 && node->stride == 2 &&
		    node->op == NETWORK_CONVOLUTION) {
			const struct network_node *reduce =
				&net->nodes[net->nodes[node->inputs[0]].inputs[0]];

			CU_ASSERT_EQUAL(reduce->kernel, 1);
			CU_ASSERT_EQUAL(reduce->stride, 1);
			v1 -= reduce->macs - reduce->macs / 4;
		}
	}
	CU_ASSERT_EQUAL(v1 / 10000000, 385);
	network_free(net);
}

/* Table 1 of the paper. */
static void test_shapes(void)
{
	struct network *net = NULL;
	size_t projections = 0, adds = 0;

	CU_ASSERT_EQUAL_FATAL(resnet50_new(224, &net), 0);
	check_shape(net, "stem", 112, 64);
	check_shape(net, "stem/pool", 56, 64);
	check_shape(net, "stage0/block0/reduce", 56, 64);
	check_shape(net, "stage0/block2/add", 56, 256);
	check_shape(net, "stage1/block0/reduce", 56, 128);
	check_shape(net, "stage1/block0/filter", 28, 128);
	check_shape(net, "stage1/block0/project", 28, 512);
	check_shape(net, "stage2/block5/add", 14, 1024);
	check_shape(net, "stage3/block2/add", 7, 2048);
	check_shape(net, "pool", 1, 2048);
	check_shape(net, "logits", 1, 1000);
	CU_ASSERT_EQUAL(find(net, "stem")->pad_before, 3);
	CU_ASSERT_EQUAL(find(net, "stem/pool")->pad_before, 1);
	CU_ASSERT_EQUAL(find(net, "stem/pool")->pad_after, 1);
	for (size_t i = 0; i < net->n_nodes; i++) {
		projections += !!strstr(net->nodes[i].name, "/project");
		adds += net->nodes[i].op == NETWORK_ADD;
	}
	CU_ASSERT_EQUAL(projections, 4);
	CU_ASSERT_EQUAL(adds, 16);
	network_free(net);
}

static void test_resolutions(void)
{
	static const uint32_t good[] = { 32, 33, 225, 1024 };
	static const uint32_t wrong[] = { 0, 31, 1025, UINT32_MAX };
	struct network *net = NULL;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CU_ASSERT_EQUAL_FATAL(resnet50_new(good[i], &net), 0);
		check_shape(net, "stage3/block2/add", (good[i] + 31) / 32, 2048);
		network_free(net);
	}
	net = NULL;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CU_ASSERT_EQUAL(resnet50_new(wrong[i], &net), -ENOENT);
	CU_ASSERT_PTR_NULL(net);
}

static const struct suite_test tests[] = {
	{ "MACs and parameters are the published ones", test_published_counts },
	{ "the strides are in the 3x3 convolutions", test_variant },
	{ "shapes are those of the paper", test_shapes },
	{ "resolutions within the limits", test_resolutions },
};

SUITE_MAIN("workloads/resnet50", tests)
