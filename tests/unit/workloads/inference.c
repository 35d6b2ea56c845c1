// SPDX-License-Identifier: GPL-2.0-or-later
/* oneDNN's logits against those of plain loops, and against each other. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <omp.h>

#include "naive.h"
#include "suite.h"
#include "workloads/backend_dnnl.h"
#include "workloads/mobilenetv2.h"
#include "workloads/resnet50.h"

#define CLASSES MOBILENETV2_CLASSES

struct setup {
	struct network *net;
	struct weights *weights;
	uint64_t batch;
	size_t pixels;
	float *images;
};

static void set_up_network(struct setup *s, struct network *net, uint64_t batch,
			   uint64_t seed)
{
	s->batch = batch;
	s->net = net;
	CU_ASSERT_EQUAL_FATAL(weights_from_seed(s->net, seed, &s->weights), 0);
	s->pixels = network_elements(&s->net->nodes[0].out);
	s->images = calloc(batch * s->pixels, sizeof(float));
	CU_ASSERT_PTR_NOT_NULL_FATAL(s->images);
	for (uint64_t i = 0; i < batch; i++)
		weights_fill_image(seed, i, s->pixels, s->images + i * s->pixels);
}

static void set_up(struct setup *s, uint32_t width, uint32_t resolution,
		   uint64_t batch, uint64_t seed)
{
	struct network *net = NULL;

	CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(width, resolution, &net), 0);
	set_up_network(s, net, batch, seed);
}

static void tear_down(struct setup *s)
{
	free(s->images);
	weights_free(s->weights);
	network_free(s->net);
}

static size_t classes_of(const struct setup *s)
{
	return network_elements(&s->net->nodes[s->net->n_nodes - 1].out);
}

/* Runs twice: a second run starts from an arena full of the first one's
 * numbers and must not see them. */
static void run(const struct setup *s, bool fuse, int threads, float *logits)
{
	size_t bytes = s->batch * classes_of(s) * sizeof(float);
	struct backend_dnnl *b = NULL;
	float *again = malloc(bytes);
	char error[256] = "";

	CU_ASSERT_PTR_NOT_NULL_FATAL(again);
	omp_set_num_threads(threads);
	CU_ASSERT_EQUAL_FATAL(backend_dnnl_new(s->net, s->weights, s->batch, fuse,
					       error, sizeof(error), &b), 0);
	CU_ASSERT_EQUAL(backend_dnnl_run(b, s->images, again), 0);
	CU_ASSERT_EQUAL(backend_dnnl_run(b, s->images, logits), 0);
	CU_ASSERT_EQUAL(memcmp(logits, again, bytes), 0);
	backend_dnnl_free(b);
	free(again);
}

/* Largest difference over the root mean square of the expected ones. */
static double difference(const float *got, const double *want, size_t n)
{
	double worst = 0, squares = 0;

	for (size_t i = 0; i < n; i++) {
		worst = fmax(worst, fabs(got[i] - want[i]));
		squares += want[i] * want[i];
		if (!isfinite(got[i]))
			return INFINITY;
	}
	return worst / sqrt(squares / (double)n);
}

/* Single precision keeps 6e-8 a step; 53 layers of sums of up to 1280 terms
 * stay below a hundredth of the bound. Any wrong tap, bias, padding or order
 * is far above it. */
#define BOUND 1e-3

static void check_against_naive(const struct setup *s)
{
	size_t n = classes_of(s);
	double *want = calloc(s->batch * n, sizeof(*want));
	float *got = calloc(s->batch * n, sizeof(*got));

	CU_ASSERT_PTR_NOT_NULL_FATAL(want);
	CU_ASSERT_PTR_NOT_NULL_FATAL(got);
	for (uint64_t i = 0; i < s->batch; i++)
		CU_ASSERT_EQUAL_FATAL(naive_run(s->net, s->weights,
						s->images + i * s->pixels,
						want + i * n), 0);
	for (int fuse = 0; fuse < 2; fuse++) {
		double d;

		run(s, fuse, 2, got);
		d = difference(got, want, s->batch * n);
		if (!(d < BOUND))
			printf("differs by %g of the mean size\n", d);
		CU_ASSERT_TRUE(d < BOUND);
	}
	free(want);
	free(got);
}

static void test_narrow(void)
{
	struct setup s;

	set_up(&s, 35, 96, 2, 11);
	check_against_naive(&s);
	tear_down(&s);
}

static void test_the_one_of_the_demo(void)
{
	struct setup s;

	set_up(&s, 75, 96, 1, 11);
	check_against_naive(&s);
	tear_down(&s);
}

/* As small as it gets: the last stage has one pixel. */
static void test_resnet50(void)
{
	struct network *net = NULL;
	struct setup s;

	CU_ASSERT_EQUAL_FATAL(resnet50_new(32, &net), 0);
	set_up_network(&s, net, 2, 6);
	check_against_naive(&s);
	tear_down(&s);
}

/* Each operation where its edges show: windows over an image that is negative
 * in part, odd sizes, both kinds of padding, a relu that is not fused. */
static void test_pool_and_relu(void)
{
	for (int padding = 0; padding < 2; padding++) {
		struct network *net = NULL;
		struct setup s;
		size_t node, shortcut;

		CU_ASSERT_EQUAL_FATAL(network_new("pools",
					(struct network_shape){ 13, 13, 3 },
					&net), 0);
		net->padding = (enum network_padding)padding;
		node = network_add_max_pool(net, "pool", 0, 3, 2);
		node = network_add_convolution(net, "c", node, 8, 3, 2);
		shortcut = network_add_relu(net, "relu", node);
		node = network_add_convolution(net, "d", shortcut, 8, 3, 1);
		node = network_add_add(net, "add", node, shortcut);
		node = network_add_relu(net, "add/relu", node);
		node = network_add_max_pool(net, "even", node, 2, 2);
		network_add_fully_connected(net, "logits", node, 10);
		CU_ASSERT_EQUAL_FATAL(network_finish(net), 0);
		set_up_network(&s, net, 3, 4);
		check_against_naive(&s);
		tear_down(&s);
	}
}

/* Every configuration runs, fused or not gives the same bits, and the logits
 * neither vanish nor explode. Without the plain loops, which would take minutes
 * for the large ones. */
static void test_all_configurations(void)
{
	for (size_t i = 0; i < MOBILENETV2_CONFIGURATIONS; i++) {
		const struct mobilenetv2_configuration *c =
			&mobilenetv2_configurations[i];
		float fused[CLASSES], plain[CLASSES];
		double squares = 0;
		struct setup s;

		set_up(&s, c->width_hundredths, c->resolution, 1, 5);
		run(&s, true, 2, fused);
		run(&s, false, 2, plain);
		CU_ASSERT_EQUAL(memcmp(fused, plain, sizeof(fused)), 0);
		for (size_t k = 0; k < CLASSES; k++)
			squares += (double)fused[k] * fused[k];
		CU_ASSERT_TRUE(sqrt(squares / CLASSES) > 0.1);
		CU_ASSERT_TRUE(sqrt(squares / CLASSES) < 10);
		tear_down(&s);
	}
}

/* The same bits on any number of threads, and an image's logits do not depend
 * on what else is in the batch. */
static void check_threads(struct setup *s)
{
	size_t row = classes_of(s), bytes = s->batch * row * sizeof(float);
	float *one = malloc(bytes), *many = malloc(bytes);

	CU_ASSERT_FATAL(one && many);
	run(s, true, 1, one);
	for (int threads = 2; threads <= 4; threads++) {
		run(s, true, threads, many);
		CU_ASSERT_EQUAL(memcmp(one, many, bytes), 0);
	}
	s->batch = 1;
	run(s, true, 2, many);
	CU_ASSERT_EQUAL(memcmp(one, many, row * sizeof(float)), 0);
	tear_down(s);
	free(one);
	free(many);
}

static void test_threads_do_not_matter(void)
{
	struct network *net = NULL;
	struct setup s;

	set_up(&s, 75, 96, 5, 2);
	check_threads(&s);
	CU_ASSERT_EQUAL_FATAL(resnet50_new(32, &net), 0);
	set_up_network(&s, net, 5, 2);
	check_threads(&s);
}

static void test_seeds_differ(void)
{
	float a[CLASSES], b[CLASSES];
	struct setup s;

	set_up(&s, 35, 96, 1, 1);
	run(&s, true, 1, a);
	tear_down(&s);
	set_up(&s, 35, 96, 1, 2);
	run(&s, true, 1, b);
	tear_down(&s);
	CU_ASSERT_NOT_EQUAL(memcmp(a, b, sizeof(a)), 0);
}

static void test_memory(void)
{
	struct backend_dnnl_memory m;
	struct backend_dnnl *b = NULL;
	struct setup s;

	set_up(&s, 75, 96, 1, 1);
	CU_ASSERT_EQUAL_FATAL(backend_dnnl_new(s.net, s.weights, 4, true, NULL, 0,
					       &b), 0);
	backend_dnnl_memory(b, &m);
	CU_ASSERT_EQUAL(m.activations, 4ull * 4 * (48 * 48 * 96 + 24 * 24 * 96));
	/* kernels pad channels to whole vectors, so at least what they hold */
	CU_ASSERT_TRUE(m.weights >= 4 * network_stored(s.net));
	CU_ASSERT_TRUE(m.weights < 5 * network_stored(s.net));
	backend_dnnl_free(b);
	tear_down(&s);
}

static void test_refusals(void)
{
	struct backend_dnnl *b = NULL;
	char error[256] = "";
	struct setup s;

	set_up(&s, 35, 96, 1, 1);
	CU_ASSERT_EQUAL(backend_dnnl_new(s.net, s.weights, 0, true, error,
					 sizeof(error), &b), -EINVAL);
	CU_ASSERT_EQUAL(backend_dnnl_new(s.net, s.weights, UINT64_MAX, true,
					 error, sizeof(error), &b), -EOVERFLOW);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, "mobilenetv2-0.35-96"));
	CU_ASSERT_PTR_NULL(b);
	tear_down(&s);
}

static const struct suite_test tests[] = {
	{ "width 0.35 at 96 agrees with plain loops", test_narrow },
	{ "width 0.75 at 96 agrees with plain loops", test_the_one_of_the_demo },
	{ "ResNet-50 at 32 agrees with plain loops", test_resnet50 },
	{ "pools, relu and both paddings agree with plain loops", test_pool_and_relu },
	{ "all configurations run and stay in range", test_all_configurations },
	{ "threads and the rest of the batch do not matter", test_threads_do_not_matter },
	{ "another seed gives other logits", test_seeds_differ },
	{ "memory is what the plan says", test_memory },
	{ "impossible batches are refused", test_refusals },
};

SUITE_MAIN("workloads/inference", tests)
