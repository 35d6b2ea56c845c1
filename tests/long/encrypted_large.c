// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A whole MobileNetV2 0.35 in the ring of the experiment, N = 4096 with 2048
 * images: the error of its logits is at most a hundredth of their deviation. On
 * images of 32x32, which take 8 GB instead of 70; check-long runs it.
 */
#include <math.h>
#include <stdlib.h>

#include "naive.h"
#include "suite.h"
#include "workloads/backend_ckks.h"
#include "workloads/mobilenetv2.h"

#define DEGREE		4096
#define BATCH		(DEGREE / 2)
#define CLASSES		MOBILENETV2_CLASSES
#define SIDE		32
#define PIXELS		(SIDE * SIDE * 3)
/* The images that are computed on plain numbers too: all slots are alike. */
#define COMPARED	64

static double deviation(const double *x, size_t n)
{
	double sum = 0, squares = 0;

	for (size_t i = 0; i < n; i++)
		sum += x[i];
	for (size_t i = 0; i < n; i++)
		squares += (x[i] - sum / (double)n) * (x[i] - sum / (double)n);
	return sqrt(squares / (double)n);
}

static void test_experiment_ring(void)
{
	struct backend_ckks_want want = { .batch = BATCH };
	float *images = malloc(sizeof(*images) * BATCH * PIXELS);
	float *logits = malloc(sizeof(*logits) * BATCH * CLASSES);
	double *plain = malloc(sizeof(*plain) * COMPARED * CLASSES);
	struct backend_ckks *b = NULL;
	struct network *net = NULL;
	struct weights *weights = NULL;
	double squares = 0, error_rms, spread;
	char error[256] = "";

	CU_ASSERT_FATAL(images && logits && plain);
	CU_ASSERT_EQUAL_FATAL(ckks_parameters_standard(DEGREE, &want.parameters), 0);
	ckks_seed_number(1, &want.seed);
	CU_ASSERT_EQUAL_FATAL(mobilenetv2_of_size(35, SIDE, &net), 0);
	CU_ASSERT_EQUAL_FATAL(weights_from_seed(net, 1, &weights), 0);
	for (size_t i = 0; i < BATCH; i++)
		weights_fill_image(1, i, PIXELS, images + i * PIXELS);
	CU_ASSERT_EQUAL_FATAL(backend_ckks_new(net, weights, &want, error,
					       sizeof(error), &b), 0);
	if (backend_ckks_run(b, images, error, sizeof(error), logits, NULL)) {
		fprintf(stderr, "%s\n", error);
		CU_FAIL_FATAL("it did not run");
	}
	for (size_t i = 0; i < COMPARED; i++) {
		/* From all over the slots. */
		size_t image = i * (BATCH / COMPARED) + i % (BATCH / COMPARED);

		CU_ASSERT_EQUAL_FATAL(naive_run(net, weights, images + image * PIXELS,
						plain + i * CLASSES), 0);
		for (size_t j = 0; j < CLASSES; j++) {
			double difference = (double)logits[image * CLASSES + j] -
					    plain[i * CLASSES + j];

			squares += difference * difference;
		}
	}
	error_rms = sqrt(squares / (COMPARED * CLASSES));
	spread = deviation(plain, COMPARED * CLASSES);
	printf("\n\tN = %d: rms error %.3g, deviation of the logits %.3g, 1/%.0f ",
	       DEGREE, error_rms, spread, spread / error_rms);
	CU_ASSERT_TRUE(error_rms > 0);
	CU_ASSERT_TRUE(error_rms <= 1e-2 * spread);
	backend_ckks_free(b);
	weights_free(weights);
	network_free(net);
	free(images);
	free(logits);
	free(plain);
}

static const struct suite_test tests[] = {
	{ "MobileNetV2 0.35 at 32x32 in the ring of 4096", test_experiment_ring },
};

SUITE_MAIN("workloads/encrypted_large", tests)
