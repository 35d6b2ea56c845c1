// SPDX-License-Identifier: GPL-2.0-or-later
/* Inference on ciphertexts against the same on plain numbers. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include <omp.h>

#include "encrypted_network.h"
#include "naive.h"
#include "suite.h"
#include "workloads/backend_ckks.h"
#include "workloads/footprint.h"
#include "workloads/lower.h"

#define CLASSES	5
#define SLOTS_MAX	32

/* Normal errors exceed six deviations once in 5 x 10^8; the largest of the few
 * hundred here does not. */
#define DEVIATIONS	6

struct setup {
	struct network *net;
	struct weights *weights;
	struct graph *graph;
	size_t pixels;
	float images[SLOTS_MAX * 8 * 8 * 3];
	double want[SLOTS_MAX * CLASSES];
};

struct outcome {
	float logits[SLOTS_MAX * CLASSES];
	uint64_t checksum;
	struct pool_stock most;
};

static void set_up(struct setup *s, struct network *net)
{
	s->net = net;
	s->pixels = network_elements(&net->nodes[0].out);
	CU_ASSERT_EQUAL_FATAL(weights_from_seed(net, 5, &s->weights), 0);
	CU_ASSERT_EQUAL_FATAL(lower_network(net, &s->graph), 0);
	for (size_t i = 0; i < SLOTS_MAX; i++) {
		weights_fill_image(5, i, s->pixels, s->images + i * s->pixels);
		CU_ASSERT_EQUAL_FATAL(naive_run(net, s->weights,
						s->images + i * s->pixels,
						s->want + i * CLASSES), 0);
	}
}

static void tear_down(struct setup *s)
{
	graph_free(s->graph);
	weights_free(s->weights);
	network_free(s->net);
}

static struct backend_ckks_want wanted(size_t degree)
{
	struct backend_ckks_want want = { .batch = degree / 2 };

	CU_ASSERT_EQUAL_FATAL(ckks_parameters_standard(degree,
						       &want.parameters), 0);
	ckks_seed_number(9, &want.seed);
	return want;
}

static void run(const struct setup *s, const struct backend_ckks_want *want,
		int threads, struct outcome *ret)
{
	struct backend_ckks_times times;
	struct backend_ckks *b = NULL;
	char error[256] = "";

	memset(ret, 0, sizeof(*ret));
	omp_set_num_threads(threads);
	CU_ASSERT_EQUAL_FATAL(backend_ckks_new(s->net, s->weights, want, error,
					       sizeof(error), &b), 0);
	CU_ASSERT_EQUAL_FATAL(backend_ckks_run(b, s->images, error,
					       sizeof(error), ret->logits,
					       &times), 0);
	CU_ASSERT_STRING_EQUAL(error, "");
	CU_ASSERT_TRUE(times.of[GRAPH_CONVOLUTION] <= times.operations);
	ret->checksum = backend_ckks_checksum(b);
	backend_ckks_memory(b, &ret->most);
	backend_ckks_free(b);
}

/* Errors are within their bound, and there are some. */
static void check_close(const struct setup *s, size_t degree,
			const struct outcome *o)
{
	struct backend_ckks_want want = wanted(degree);
	size_t n = degree / 2 * CLASSES;
	double deviation = encrypted_network_deviation(s->graph, s->weights,
						       &want.parameters, 6);
	double largest = 0, sum = 0;

	for (size_t i = 0; i < n; i++) {
		double error = fabs((double)o->logits[i] - s->want[i]);

		largest = fmax(largest, error);
		sum += error * error;
	}
	printf("\n\t%s, N = %zu: rms error %.2g, largest %.2g, bound %.2g ",
	       s->net->name, degree, sqrt(sum / (double)n), largest,
	       DEVIATIONS * deviation);
	CU_ASSERT_TRUE(largest > 0);
	CU_ASSERT_TRUE(largest < DEVIATIONS * deviation);
	CU_ASSERT_TRUE(DEVIATIONS * deviation < 1e-3);
}

static struct network *(*const networks[])(void) = {
	encrypted_network_mobile, encrypted_network_residual,
};

static void test_close_to_plain(void)
{
	static struct setup s;
	static struct outcome o;

	for (size_t i = 0; i < 2; i++) {
		set_up(&s, networks[i]());
		for (size_t degree = 16; degree <= 64; degree *= 4) {
			struct backend_ckks_want want = wanted(degree);

			run(&s, &want, 2, &o);
			check_close(&s, degree, &o);
		}
		tear_down(&s);
	}
}

/* Every residue of the result, whatever the memory, the kernel and the number
 * of threads. */
static void test_same_ciphertexts(void)
{
	static struct setup s;
	static struct outcome first, o;

	for (size_t i = 0; i < 2; i++) {
		set_up(&s, networks[i]());
		for (unsigned int way = 0; way < 8; way++) {
			struct backend_ckks_want want = wanted(16);

			want.policy = way & 1 ? SCHEDULE_TIGHT : SCHEDULE_POOL;
			want.kernel = way & 2 ? OPERATION_CKKS_PRODUCT :
						OPERATION_CKKS_ACCUMULATE;
			run(&s, &want, way & 4 ? 2 : 1, &o);
			if (!way)
				first = o;
			CU_ASSERT_EQUAL(o.checksum, first.checksum);
			CU_ASSERT_EQUAL(memcmp(o.logits, first.logits,
					       sizeof(o.logits)), 0);
		}
		tear_down(&s);
	}
}

/* Another seed and a second run have other errors, and hardly other logits. */
static void test_fresh_randomness(void)
{
	static struct setup s;
	static struct outcome first, other;
	struct backend_ckks_want want = wanted(16);
	struct backend_ckks *b = NULL;

	set_up(&s, encrypted_network_mobile());
	run(&s, &want, 1, &first);
	CU_ASSERT_EQUAL_FATAL(backend_ckks_new(s.net, s.weights, &want, NULL, 0,
					       &b), 0);
	for (size_t i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(backend_ckks_run(b, s.images, NULL, 0,
						 other.logits, NULL), 0);
		CU_ASSERT_EQUAL(backend_ckks_checksum(b) == first.checksum, !i);
		check_close(&s, 16, &other);
	}
	backend_ckks_free(b);
	CU_ASSERT_EQUAL(ckks_seed_random(&want.seed), 0);
	run(&s, &want, 1, &other);
	CU_ASSERT_NOT_EQUAL(other.checksum, first.checksum);
	check_close(&s, 16, &other);
	tear_down(&s);
}

/* The plan and the run walk the same schedule; what the run has beside are the
 * temporary ciphertexts of --kernel product. */
static void test_planned_memory(void)
{
	static struct setup s;
	static struct outcome o;

	set_up(&s, encrypted_network_mobile());
	for (unsigned int way = 0; way < 4; way++) {
		struct backend_ckks_want want = wanted(way & 2 ? 64 : 16);
		struct level *levels = NULL;
		struct footprint plan;
		char error[256];

		want.policy = way & 1 ? SCHEDULE_TIGHT : SCHEDULE_POOL;
		run(&s, &want, 2, &o);
		CU_ASSERT_EQUAL_FATAL(levels_of(s.graph, error, sizeof(error),
						&levels), 0);
		CU_ASSERT_EQUAL_FATAL(footprint_of(s.graph, levels, want.policy,
						   (uint32_t)want.parameters.degree,
						   want.batch, &plan), 0);
		CU_ASSERT_EQUAL(o.most.buffer_bytes, plan.ciphertext_bytes);
		CU_ASSERT_EQUAL(pool_stock_bytes(&o.most),
				plan.ciphertext_bytes + plan.handle_bytes +
				plan.constant_bytes);
		for (size_t i = 0; i < plan.n_classes; i++)
			for (size_t k = 0; k < o.most.n_classes; k++)
				if (o.most.classes[k].words * 8 ==
				    plan.classes[i].bytes)
					CU_ASSERT_EQUAL(o.most.classes[k].buffers,
							plan.classes[i].ciphertexts);
		free(levels);
	}
	tear_down(&s);
}

/* Without errors whole numbers come out as such: nothing is left to round. */
static void test_exact_without_errors(void)
{
	struct backend_ckks_want want = wanted(16);
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
	struct backend_ckks_want want = wanted(16);
	size_t node;

	want.batch = 9;
	check_refused(net, &want, "slots for 8 images, not 9");
	want.batch = 0;
	check_refused(net, &want, "slots for 8 images, not 0");
	want = wanted(16);
	want.parameters.n_primes = 2;
	check_refused(net, &want, "3 primes, not 2");
	want.parameters.degree = 12;
	check_refused(net, &want, "12");
	want = wanted(16);
	CU_ASSERT_EQUAL_FATAL(network_new("deep", (struct network_shape){
						2, 2, 1 }, &deep), 0);
	node = network_add_convolution(deep, "one", 0, 1, 1, 1);
	node = network_add_convolution(deep, "two", node, 1, 1, 1);
	network_add_convolution(deep, "three", node, 1, 1, 1);
	check_refused(deep, &want, "three (Convolution) is multiplication 3");
	network_free(deep);
	network_free(net);
}

/* Weights beyond what a scalar may be are an error and not another number. */
static void test_values_too_large(void)
{
	struct network *net = encrypted_network_mobile();
	struct backend_ckks_want want = wanted(16);
	struct backend_ckks *b = NULL;
	struct weights *w = NULL;
	static struct setup s;
	float logits[SLOTS_MAX * CLASSES];
	char error[256] = "";

	CU_ASSERT_EQUAL_FATAL(weights_from_seed(net, 1, &w), 0);
	weights_at(w, 1)[0] = INFINITY;
	CU_ASSERT_EQUAL_FATAL(backend_ckks_new(net, w, &want, NULL, 0, &b), 0);
	CU_ASSERT_EQUAL(backend_ckks_run(b, s.images, error, sizeof(error),
					 logits, NULL), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, "first (Convolution)"));
	weights_at(w, 1)[0] = 1e30f;
	CU_ASSERT_EQUAL(backend_ckks_run(b, s.images, error, sizeof(error),
					 logits, NULL), -ERANGE);
	backend_ckks_free(b);
	weights_free(w);
	network_free(net);
}

static const struct suite_test tests[] = {
	{ "encrypted logits are the plain ones within their errors",
	  test_close_to_plain },
	{ "memory, kernel and threads change no residue", test_same_ciphertexts },
	{ "no randomness is used twice", test_fresh_randomness },
	{ "a run takes what was planned", test_planned_memory },
	{ "exact without errors", test_exact_without_errors },
	{ "refusals", test_refusals },
	{ "values that are too large", test_values_too_large },
};

SUITE_MAIN("workloads/encrypted", tests)
