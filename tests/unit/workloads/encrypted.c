// SPDX-License-Identifier: GPL-2.0-or-later
/* Inference on ciphertexts against the same on plain numbers. */
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
#define SLOTS_MAX	2048

/*
 * Normal errors exceed six deviations once in 5 x 10^8. But most of an error
 * is one times the secret key, whose value is the same for all ciphertexts in
 * one slot and differs between slots: a sum of many independent ones, so its
 * square is distributed exponentially, and the largest of n is ln(n) times the
 * mean.
 */
#define DEVIATIONS(slots)	(6 * sqrt(log(slots)))

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

static double deviation_of(const double *x, size_t n)
{
	double mean = 0, squares = 0;

	for (size_t i = 0; i < n; i++)
		mean += x[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		squares += (x[i] - mean) * (x[i] - mean) / (double)n;
	return sqrt(squares);
}

/* Errors are within their bound, there are some, and they do not matter. */
static void check_close(const struct setup *s, size_t degree,
			const struct outcome *o)
{
	struct backend_ckks_want want = encrypted_network_want(degree);
	size_t n = degree / 2 * CLASSES;
	double deviation = encrypted_network_deviation(s->graph, s->weights,
						       &want.parameters, 6);
	double bound = DEVIATIONS((double)degree / 2) * deviation;
	double largest = 0, squares = 0;

	for (size_t i = 0; i < n; i++) {
		double error = fabs((double)o->logits[i] - s->want[i]);

		largest = fmax(largest, error);
		squares += error * error / (double)n;
	}
	printf("\n\t%s, N = %zu: rms error %.2g, at most %.2g; largest %.2g, at most %.2g ",
	       s->net->name, degree, sqrt(squares), 2 * deviation, largest,
	       bound);
	CU_ASSERT_TRUE(largest > 0);
	CU_ASSERT_TRUE(largest < bound);
	CU_ASSERT_TRUE(sqrt(squares) < 2 * deviation);
	CU_ASSERT_TRUE(sqrt(squares) < 1e-2 * deviation_of(s->want, n));
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
		for (size_t k = 0; k < 3; k++) {
			static const size_t degrees[] = { 16, 64, 4096 };
			size_t degree = degrees[k];
			struct backend_ckks_want want = encrypted_network_want(degree);

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
			struct backend_ckks_want want = encrypted_network_want(16);

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
	struct backend_ckks_want want = encrypted_network_want(16);
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
		struct backend_ckks_want want = encrypted_network_want(way & 2 ? 64 : 16);
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

static const struct suite_test tests[] = {
	{ "encrypted logits are the plain ones within their errors",
	  test_close_to_plain },
	{ "memory, kernel and threads change no residue", test_same_ciphertexts },
	{ "no randomness is used twice", test_fresh_randomness },
	{ "a run takes what was planned", test_planned_memory },
};

SUITE_MAIN("workloads/encrypted", tests)
