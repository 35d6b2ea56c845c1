// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The whole MobileNetV2 on ciphertexts, in the smallest ring that there is:
 * all its operations, at a 1024th of the experiment's memory.
 */
#include <math.h>
#include <stdlib.h>

#include <omp.h>

#include "ckks/noise.h"
#include "naive.h"
#include "naive_graph.h"
#include "suite.h"
#include "workloads/backend_ckks.h"
#include "workloads/footprint.h"
#include "workloads/lower.h"
#include "workloads/mobilenetv2.h"

#define DEGREE		4
#define BATCH		(DEGREE / 2)
#define CLASSES		MOBILENETV2_CLASSES
#define PIXELS		(96 * 96 * 3)
#define PLAIN_RUNS	16

struct setup {
	struct network *net;
	struct weights *weights;
	struct graph *graph;
	struct level *levels;
	struct backend_ckks_want want;
	float images[BATCH * PIXELS];
	float logits[BATCH * CLASSES];
	double plain[BATCH * CLASSES];
};

static struct naive_graph_errors errors_of(const struct setup *s)
{
	const struct ckks_parameters *p = &s->want.parameters;
	double scale = ckks_parameters_scale(p);
	/* the message is rounded, too */
	double fresh = hypot(ckks_noise_encryption(p), sqrt(1 / 12.0));

	return (struct naive_graph_errors){
		.levels = s->levels,
		.scale = scale,
		.fresh = ckks_noise_slot(p, fresh, scale),
		.rescale = ckks_noise_slot(p, ckks_noise_rounding(p), scale),
		.state = 11,
	};
}

static double rms(const double *a, const double *b, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (a[i] - b[i]) * (a[i] - b[i]);
	return sqrt(sum / (double)n);
}

/*
 * Errors go through too many layers for a formula to say what comes out, so
 * plain runs with errors of the size that the formulas give say it. All logits
 * of an image share what happened to it, so its error is nearly one draw.
 */
static void check_errors(const struct setup *s)
{
	struct naive_graph_errors errors = errors_of(s);
	static double logits[BATCH * CLASSES];
	double least = INFINITY, most = 0, got;

	for (size_t i = 0; i < PLAIN_RUNS; i++) {
		const double *want = s->plain + i % BATCH * CLASSES;
		double error;

		CU_ASSERT_EQUAL_FATAL(naive_graph_run(s->graph, s->weights,
						      s->images + i % BATCH * PIXELS,
						      &errors, logits), 0);
		error = rms(logits, want, CLASSES);
		least = fmin(least, error);
		most = fmax(most, error);
	}
	for (size_t i = 0; i < BATCH * CLASSES; i++)
		logits[i] = (double)s->logits[i];
	got = rms(logits, s->plain, BATCH * CLASSES);
	printf("\n\tN = %d: rms error %.3g, of plain runs with errors %.3g to %.3g ",
	       DEGREE, got, least, most);
	CU_ASSERT_TRUE(got < 2 * most);
	CU_ASSERT_TRUE(got > least / 2);
}

static void check_memory(const struct setup *s, const struct pool_stock *most)
{
	struct footprint plan;

	CU_ASSERT_EQUAL_FATAL(footprint_of(s->graph, s->levels, s->want.policy,
					   DEGREE, BATCH, &plan), 0);
	CU_ASSERT_EQUAL(most->buffer_bytes, plan.ciphertext_bytes);
	CU_ASSERT_EQUAL(pool_stock_bytes(most),
			plan.ciphertext_bytes + plan.handle_bytes +
			plan.constant_bytes);
}

static void test_whole_network(void)
{
	static struct setup s;
	struct backend_ckks *b = NULL;
	struct pool_stock most;
	char error[256] = "";

	s.want = (struct backend_ckks_want){ .batch = BATCH };
	CU_ASSERT_EQUAL_FATAL(ckks_parameters_standard(DEGREE,
						       &s.want.parameters), 0);
	ckks_seed_number(1, &s.want.seed);
	CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(35, 96, &s.net), 0);
	CU_ASSERT_EQUAL_FATAL(weights_from_seed(s.net, 1, &s.weights), 0);
	CU_ASSERT_EQUAL_FATAL(lower_network(s.net, &s.graph), 0);
	CU_ASSERT_EQUAL_FATAL(levels_of(s.graph, error, sizeof(error),
					&s.levels), 0);
	for (size_t i = 0; i < BATCH; i++) {
		weights_fill_image(1, i, PIXELS, s.images + i * PIXELS);
		CU_ASSERT_EQUAL_FATAL(naive_run(s.net, s.weights,
						s.images + i * PIXELS,
						s.plain + i * CLASSES), 0);
	}
	omp_set_num_threads(2);
	CU_ASSERT_EQUAL_FATAL(backend_ckks_new(s.net, s.weights, &s.want, error,
					       sizeof(error), &b), 0);
	CU_ASSERT_EQUAL_FATAL(backend_ckks_run(b, s.images, error,
					       sizeof(error), s.logits, NULL),
			      0);
	backend_ckks_memory(b, &most);
	check_errors(&s);
	check_memory(&s, &most);
	backend_ckks_free(b);
	free(s.levels);
	graph_free(s.graph);
	weights_free(s.weights);
	network_free(s.net);
}

static const struct suite_test tests[] = {
	{ "MobileNetV2 0.35 at 96x96", test_whole_network },
};

SUITE_MAIN("workloads/encrypted_mobilenetv2", tests)
