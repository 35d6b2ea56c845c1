// SPDX-License-Identifier: GPL-2.0-or-later
/* The networks' descriptions against what was published of them. */
#include <errno.h>
#include <string.h>

#include "network_check.h"
#include "suite.h"
#include "workloads/mobilenetv2.h"

/*
 * TensorFlow model garden, research/slim/nets/mobilenet/README.md, as printed:
 * millions of multiply-adds, millions of parameters in hundredths. Its MACs
 * are cut, not rounded (300.78 is printed as 300, 153.94 as 153); for the
 * parameters cutting and rounding give the same.
 */
static const struct {
	uint32_t width_hundredths, resolution;
	uint64_t macs_millions, parameters_hundredths;
} published[] = {
	{ 140, 224, 582, 606 },
	{ 130, 224, 509, 534 },
	{ 100, 224, 300, 347 },
	{ 100, 192, 221, 347 },
	{ 100, 160, 154, 347 },
	{ 100, 128, 99, 347 },
	{ 100, 96, 56, 347 },
	{ 75, 224, 209, 261 },
	{ 75, 192, 153, 261 },
	{ 75, 160, 107, 261 },
	{ 75, 128, 69, 261 },
	{ 75, 96, 39, 261 },
	{ 50, 224, 97, 195 },
	{ 50, 192, 71, 195 },
	{ 50, 160, 50, 195 },
	{ 50, 128, 32, 195 },
	{ 50, 96, 18, 195 },
	{ 35, 224, 59, 166 },
	{ 35, 192, 43, 166 },
	{ 35, 160, 30, 166 },
	{ 35, 128, 20, 166 },
	{ 35, 96, 11, 166 },
};
#define N_PUBLISHED (sizeof(published) / sizeof(published[0]))

static void test_published_counts(void)
{
	CU_ASSERT_EQUAL_FATAL(N_PUBLISHED, MOBILENETV2_CONFIGURATIONS);
	for (size_t i = 0; i < N_PUBLISHED; i++) {
		struct network *net = NULL;
		int err = mobilenetv2_new(published[i].width_hundredths,
					  published[i].resolution, &net);

		CU_ASSERT_EQUAL_FATAL(err, 0);
		CU_ASSERT_EQUAL(network_macs(net) / 1000000,
				published[i].macs_millions);
		CU_ASSERT_EQUAL(network_parameters(net) / 10000,
				published[i].parameters_hundredths);
		CU_ASSERT_EQUAL((network_parameters(net) + 5000) / 10000,
				published[i].parameters_hundredths);
		network_free(net);
	}
}

static void test_list_is_the_published_one(void)
{
	for (size_t i = 0; i < N_PUBLISHED; i++) {
		CU_ASSERT_EQUAL(mobilenetv2_configurations[i].width_hundredths,
				published[i].width_hundredths);
		CU_ASSERT_EQUAL(mobilenetv2_configurations[i].resolution,
				published[i].resolution);
	}
}

/* Table 2 of the paper, and what eight-channel rounding makes of it. */
static void test_shapes(void)
{
	struct network *net = NULL;

	CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(100, 224, &net), 0);
	check_shape(net, "stem", 112, 32);
	check_shape(net, "block0/project", 112, 16);
	check_shape(net, "block1/expand", 112, 96);
	check_shape(net, "block1/depthwise", 56, 96);
	check_shape(net, "block2/add", 56, 24);
	check_shape(net, "block16/project", 7, 320);
	check_shape(net, "head", 7, 1280);
	check_shape(net, "pool", 1, 1280);
	check_shape(net, "logits", 1, 1001);
	CU_ASSERT_PTR_NULL(find(net, "block17/expand"));
	network_free(net);

	CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(35, 96, &net), 0);
	check_shape(net, "stem", 48, 16);	/* 11.2: 8 would lose a tenth */
	check_shape(net, "block0/project", 48, 8);
	check_shape(net, "head", 3, 1280);	/* not scaled below 1 */
	network_free(net);

	CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(140, 224, &net), 0);
	check_shape(net, "head", 7, 1792);
	network_free(net);
}

/* Stride 2 over an even size: nothing before, one after. */
static void test_padding_is_same(void)
{
	struct network *net = NULL;
	const struct network_node *node;

	CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(75, 96, &net), 0);
	node = find(net, "stem");
	CU_ASSERT_EQUAL(node->pad_before, 0);
	CU_ASSERT_EQUAL(node->pad_after, 1);
	node = find(net, "block0/depthwise");
	CU_ASSERT_EQUAL(node->pad_before, 1);
	CU_ASSERT_EQUAL(node->pad_after, 1);
	network_free(net);

	CU_ASSERT_EQUAL_FATAL(network_new("odd", (struct network_shape){ 5, 5, 1 },
					  &net), 0);
	network_add_depthwise(net, "d", 0, 3, 2);
	CU_ASSERT_EQUAL(network_finish(net), 0);
	CU_ASSERT_EQUAL(net->nodes[1].out.height, 3);
	CU_ASSERT_EQUAL(net->nodes[1].pad_before, 1);
	CU_ASSERT_EQUAL(net->nodes[1].pad_after, 1);
	network_free(net);
}

/* The same shapes, other padding: what a kernel lacks is the same on any size. */
static void test_padding_centred(void)
{
	struct network *net = NULL;

	CU_ASSERT_EQUAL_FATAL(network_new("even", (struct network_shape){ 8, 8, 3 },
					  &net), 0);
	net->padding = NETWORK_PADDING_CENTRED;
	network_add_convolution(net, "seven", 0, 4, 7, 2);
	network_add_max_pool(net, "pool", 1, 3, 2);
	network_add_convolution(net, "one", 2, 4, 1, 2);
	CU_ASSERT_EQUAL(network_finish(net), 0);
	CU_ASSERT_EQUAL(net->nodes[1].out.height, 4);
	CU_ASSERT_EQUAL(net->nodes[1].pad_before, 3);
	CU_ASSERT_EQUAL(net->nodes[1].pad_after, 3);
	CU_ASSERT_EQUAL(net->nodes[2].out.height, 2);
	CU_ASSERT_EQUAL(net->nodes[2].out.channels, 4);
	CU_ASSERT_EQUAL(net->nodes[2].pad_before, 1);
	CU_ASSERT_EQUAL(net->nodes[2].pad_after, 1);
	CU_ASSERT_EQUAL(net->nodes[3].out.height, 1);
	CU_ASSERT_EQUAL(net->nodes[3].pad_before, 0);
	CU_ASSERT_EQUAL(net->nodes[3].pad_after, 0);
	network_free(net);
}

/* Ten of the seventeen blocks keep their shape. */
static void test_shortcuts(void)
{
	struct network *net = NULL;
	unsigned int n = 0;

	CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(75, 128, &net), 0);
	for (size_t i = 0; i < net->n_nodes; i++) {
		const struct network_node *node = &net->nodes[i];

		for (size_t k = 0; k < node->n_inputs; k++)
			CU_ASSERT_TRUE(node->inputs[k] < i);
		if (node->op != NETWORK_ADD)
			continue;
		n++;
		CU_ASSERT_EQUAL(node->n_inputs, 2);
		CU_ASSERT_EQUAL(net->nodes[node->inputs[0]].op,
				NETWORK_CONVOLUTION);
	}
	CU_ASSERT_EQUAL(n, 10);
	network_free(net);
}

static void test_unpublished_refused(void)
{
	static const uint32_t wrong[][2] = {
		{ 0, 96 }, { 75, 0 }, { 75, 97 }, { 76, 96 }, { 140, 96 },
		{ 100, 225 }, { UINT32_MAX, UINT32_MAX },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct network *net = NULL;

		CU_ASSERT_EQUAL(mobilenetv2_new(wrong[i][0], wrong[i][1], &net),
				-ENOENT);
		CU_ASSERT_PTR_NULL(net);
	}
}

static void check_nearest(uint32_t width, uint32_t resolution,
			  uint32_t want_width, uint32_t want_resolution)
{
	const struct mobilenetv2_configuration *c =
		mobilenetv2_nearest(width, resolution);

	CU_ASSERT_EQUAL(c->width_hundredths, want_width);
	CU_ASSERT_EQUAL(c->resolution, want_resolution);
}

static void test_nearest(void)
{
	for (size_t i = 0; i < N_PUBLISHED; i++)
		check_nearest(published[i].width_hundredths,
			      published[i].resolution,
			      published[i].width_hundredths,
			      published[i].resolution);
	check_nearest(80, 100, 75, 96);
	check_nearest(1, 1, 35, 96);
	check_nearest(1000, 1000, 140, 224);
	check_nearest(140, 192, 140, 224);
}

static void test_builder_refuses(void)
{
	const struct network_shape image = { 8, 8, 3 };
	struct network *net = NULL;
	size_t a, b;

	CU_ASSERT_EQUAL(network_new("none", (struct network_shape){ 8, 0, 3 },
				    &net), -EINVAL);
	CU_ASSERT_PTR_NULL(net);

	/* an input that is not there yet; what follows does nothing */
	CU_ASSERT_EQUAL_FATAL(network_new("a", image, &net), 0);
	network_add_relu6(net, "r", 7);
	network_add_relu6(net, "r", 0);
	CU_ASSERT_EQUAL(net->n_nodes, 1);
	CU_ASSERT_EQUAL(network_finish(net), -EINVAL);
	network_free(net);

	/* shapes that differ */
	CU_ASSERT_EQUAL_FATAL(network_new("b", image, &net), 0);
	a = network_add_convolution(net, "c", 0, 4, 3, 1);
	network_add_add(net, "add", a, 0);
	CU_ASSERT_EQUAL(network_finish(net), -EINVAL);
	network_free(net);

	/* a result that nobody reads */
	CU_ASSERT_EQUAL_FATAL(network_new("c", image, &net), 0);
	a = network_add_convolution(net, "c", 0, 4, 3, 1);
	b = network_add_relu6(net, "lost", a);
	network_add_relu6(net, "r", a);
	CU_ASSERT_EQUAL(b, 2);
	CU_ASSERT_EQUAL(network_finish(net), -EINVAL);
	network_free(net);

	/* no kernel, no stride, no channels */
	for (int i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL_FATAL(network_new("d", image, &net), 0);
		network_add_convolution(net, "c", 0, i == 0 ? 0 : 4,
					i == 1 ? 0 : 3, i == 2 ? 0 : 1);
		CU_ASSERT_EQUAL(network_finish(net), -EINVAL);
		network_free(net);
	}
}

static const struct suite_test tests[] = {
	{ "MACs and parameters are the published ones", test_published_counts },
	{ "the list is the published one", test_list_is_the_published_one },
	{ "shapes are those of the paper", test_shapes },
	{ "padding puts the odd row at the end", test_padding_is_same },
	{ "centred padding is the same on every size", test_padding_centred },
	{ "ten shortcuts, inputs before outputs", test_shortcuts },
	{ "what was not published is refused", test_unpublished_refused },
	{ "nearest configuration", test_nearest },
	{ "a network that does not fit together is refused", test_builder_refuses },
};

SUITE_MAIN("workloads/network", tests)
