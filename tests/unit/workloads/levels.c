// SPDX-License-Identifier: GPL-2.0-or-later
/* Primes and scales along networks, and the network that is too deep. */
#include <errno.h>
#include <string.h>

#include "suite.h"
#include "workloads/levels.h"
#include "workloads/lower.h"
#include "workloads/mobilenetv2.h"
#include "workloads/resnet50.h"

struct setup {
	struct network *net;
	struct graph *graph;
	struct level *levels;
	char error[256];
};

static int levels_for(struct setup *s, struct network *net)
{
	*s = (struct setup){ .net = net };
	CU_ASSERT_EQUAL_FATAL(lower_network(net, &s->graph), 0);
	return levels_of(s->graph, s->error, sizeof(s->error), &s->levels);
}

static void tear_down(struct setup *s)
{
	free(s->levels);
	graph_free(s->graph);
	network_free(s->net);
}

static void check_level(const struct setup *s, const char *name,
			uint32_t computed, uint32_t primes, uint32_t scale)
{
	for (size_t i = 0; i < s->graph->n_nodes; i++) {
		const struct level *level = &s->levels[i];

		if (strcmp(s->graph->nodes[i].name, name))
			continue;
		CU_ASSERT_EQUAL(level->computed, computed);
		CU_ASSERT_EQUAL(level->primes, primes);
		CU_ASSERT_EQUAL(level->scale, scale);
		if (level->computed != computed || level->primes != primes ||
		    level->scale != scale)
			printf("%s: %u %u %u\n", name, level->computed,
			       level->primes, level->scale);
		return;
	}
	CU_FAIL("there is such a node");
}

static void test_mobilenetv2(void)
{
	struct network *net = NULL;
	struct setup s;

	CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(75, 96, &net), 0);
	CU_ASSERT_EQUAL_FATAL(levels_for(&s, net), 0);
	check_level(&s, "input", 3, 3, 1);
	check_level(&s, "input/channels-first", 3, 3, 1);
	check_level(&s, "stem", 3, 2, 1);
	check_level(&s, "stem/biases", 0, 0, 0);
	check_level(&s, "stem/bias", 2, 2, 1);
	check_level(&s, "stem/relu6", 3, 3, 1);
	check_level(&s, "block0/depthwise/slice", 3, 3, 1);
	check_level(&s, "block0/depthwise", 3, 2, 1);
	check_level(&s, "block0/depthwise/concat", 2, 2, 1);
	check_level(&s, "block0/depthwise/scale", 2, 2, 2);
	check_level(&s, "block0/depthwise/bias", 2, 2, 2);
	check_level(&s, "block0/project", 3, 2, 1);
	/* the second since the last activation */
	check_level(&s, "block1/expand", 2, 2, 2);
	check_level(&s, "block2/add", 2, 2, 1);
	check_level(&s, "block3/expand", 2, 2, 2);
	check_level(&s, "head/relu6", 3, 3, 1);
	check_level(&s, "pool", 3, 2, 1);
	check_level(&s, "logits", 2, 2, 2);
	check_level(&s, "logits/result", 2, 2, 2);
	tear_down(&s);
}

/* An identity shortcut was just encrypted; a projected one was not. */
static void test_resnet50(void)
{
	struct network *net = NULL;
	struct setup s;

	CU_ASSERT_EQUAL_FATAL(resnet50_new(224, &net), 0);
	CU_ASSERT_EQUAL_FATAL(levels_for(&s, net), 0);
	check_level(&s, "stem/pool", 3, 3, 1);
	check_level(&s, "stage0/block0/project", 3, 2, 1);
	check_level(&s, "stage0/block0/add", 2, 2, 1);
	check_level(&s, "stage0/block0/add/relu", 3, 3, 1);
	check_level(&s, "stage0/block1/add", 2, 2, 1);
	check_level(&s, "logits", 2, 2, 2);
	tear_down(&s);
}

static void test_all_published_fit(void)
{
	for (size_t i = 0; i < MOBILENETV2_CONFIGURATIONS; i++) {
		struct network *net = NULL;
		struct setup s;

		CU_ASSERT_EQUAL_FATAL(
			mobilenetv2_new(mobilenetv2_configurations[i].width_hundredths,
					mobilenetv2_configurations[i].resolution,
					&net), 0);
		CU_ASSERT_EQUAL(levels_for(&s, net), 0);
		tear_down(&s);
	}
}

static struct network *new_network(void)
{
	struct network *net = NULL;

	CU_ASSERT_EQUAL_FATAL(network_new("deep", (struct network_shape){ 8, 8, 3 },
					  &net), 0);
	return net;
}

static void test_too_deep(void)
{
	struct network *net = new_network();
	struct setup s;
	size_t node;

	node = network_add_convolution(net, "one", 0, 4, 3, 1);
	node = network_add_depthwise(net, "two", node, 3, 1);
	CU_ASSERT_EQUAL_FATAL(network_finish(net), 0);
	/* a depthwise layer multiplies twice */
	CU_ASSERT_EQUAL(levels_for(&s, net), -EINVAL);
	CU_ASSERT_PTR_NULL(s.levels);
	CU_ASSERT_PTR_NOT_NULL(strstr(s.error, "two/scale (Multiply) is multiplication 3"));
	tear_down(&s);

	net = new_network();
	node = network_add_convolution(net, "one", 0, 4, 3, 1);
	node = network_add_relu(net, "relu", node);
	node = network_add_depthwise(net, "two", node, 3, 1);
	network_add_relu6(net, "relu6", node);
	CU_ASSERT_EQUAL_FATAL(network_finish(net), 0);
	CU_ASSERT_EQUAL(levels_for(&s, net), 0);
	tear_down(&s);
}

static void test_scales_differ(void)
{
	struct network *net = new_network();
	size_t one, two, three;
	struct setup s;

	one = network_add_convolution(net, "one", 0, 4, 1, 1);
	two = network_add_convolution(net, "two", one, 4, 1, 1);
	three = network_add_convolution(net, "three", 0, 4, 1, 1);
	network_add_add(net, "sum", two, three);
	CU_ASSERT_EQUAL_FATAL(network_finish(net), 0);
	CU_ASSERT_EQUAL(levels_for(&s, net), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(s.error, "sum (Add) would add values after 2 and 1 multiplications"));
	tear_down(&s);
}

static const struct suite_test tests[] = {
	{ "MobileNetV2", test_mobilenetv2 },
	{ "ResNet-50, whose identities drop a prime", test_resnet50 },
	{ "every published network fits", test_all_published_fit },
	{ "a third multiplication is refused", test_too_deep },
	{ "scales that differ are refused", test_scales_differ },
};

SUITE_MAIN("workloads/levels", tests)
