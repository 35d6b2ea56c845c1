// SPDX-License-Identifier: GPL-2.0-or-later
/* Values to polynomials and back. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "ckks/encoder.h"
#include "suite.h"
#include "workloads/splitmix64.h"

struct fixture {
	struct ckks_context *context;
	struct ckks_encoder *encoder;
};

static struct fixture setup(size_t degree)
{
	struct ckks_parameters p;
	struct fixture f = { 0 };

	CU_ASSERT_EQUAL_FATAL(ckks_parameters_standard(degree, &p), 0);
	CU_ASSERT_EQUAL_FATAL(ckks_context_new(&p, &f.context), 0);
	CU_ASSERT_EQUAL_FATAL(ckks_encoder_new(f.context, &f.encoder), 0);
	return f;
}

static void teardown(struct fixture *f)
{
	ckks_encoder_free(f->encoder);
	ckks_context_free(f->context);
}

/* Cheon, Kim, Kim and Song 2017, section 3.2: 5/2 + sqrt(2) X + 5/2 X^2 +
 * sqrt(1/2) X^3, times 64. */
static void test_example_of_the_paper(void)
{
	static const double complex values[] = { CMPLX(3, 4), CMPLX(2, -1) };
	static const int64_t want[] = { 160, 91, 160, 45 };
	struct fixture f = setup(4);
	double complex decoded[2];
	double coefficients[4];
	int64_t got[4];

	CU_ASSERT_EQUAL(ckks_encoder_encode_complex(f.encoder, values, 2, 64, got), 0);
	for (size_t i = 0; i < 4; i++) {
		CU_ASSERT_EQUAL(got[i], want[i]);
		coefficients[i] = (double)got[i];
	}
	/* what is left of 3 + 4i and 2 - i */
	CU_ASSERT_EQUAL(ckks_encoder_decode_complex(f.encoder, coefficients, 64,
						    2, decoded), 0);
	CU_ASSERT_DOUBLE_EQUAL(creal(decoded[0]), 3.0082, 0.0001);
	CU_ASSERT_DOUBLE_EQUAL(cimag(decoded[0]), 4.0026, 0.0001);
	CU_ASSERT_DOUBLE_EQUAL(creal(decoded[1]), 1.9918, 0.0001);
	CU_ASSERT_DOUBLE_EQUAL(cimag(decoded[1]), -0.9974, 0.0001);
	teardown(&f);
}

static double uniform(uint64_t *state)
{
	return (double)(int64_t)splitmix64_next(state) * 0x1p-63;
}

/* By the definition: the polynomial at zeta^(2j + 1). */
static void test_slots_are_values(void)
{
	for (size_t degree = 4; degree <= 256; degree *= 2) {
		struct fixture f = setup(degree);
		double coefficients[256];
		double complex slots[128];
		uint64_t state = degree;
		double worst = 0;

		for (size_t i = 0; i < degree; i++)
			coefficients[i] = uniform(&state);
		CU_ASSERT_EQUAL(ckks_encoder_decode_complex(f.encoder,
				coefficients, 0.5, degree / 2, slots), 0);
		for (size_t j = 0; j < degree / 2; j++) {
			double complex sum = 0;

			for (size_t k = 0; k < degree; k++)
				sum += coefficients[k] *
				       cexp(I * M_PI * (double)((2 * j + 1) * k) /
					    (double)degree);
			worst = fmax(worst, cabs(slots[j] - sum / 0.5));
		}
		CU_ASSERT_TRUE(worst < 1e-12);
		teardown(&f);
	}
}

/* Rounding moves each coefficient by at most a half. */
static void test_there_and_back(void)
{
	const double scale = 4120577;

	for (size_t degree = 4; degree <= 4096; degree *= 4) {
		struct fixture f = setup(degree);
		static double values[2048], decoded[2048], coefficients[4096];
		static int64_t encoded[4096];
		uint64_t state = degree;
		double worst = 0;
		size_t n = degree / 2 - 1;

		for (size_t i = 0; i < n; i++)
			values[i] = 10 * uniform(&state);
		CU_ASSERT_EQUAL(ckks_encoder_encode(f.encoder, values, n, scale,
						    encoded), 0);
		for (size_t i = 0; i < degree; i++)
			coefficients[i] = (double)encoded[i];
		CU_ASSERT_EQUAL(ckks_encoder_decode(f.encoder, coefficients,
						    scale, degree / 2, decoded), 0);
		for (size_t i = 0; i < degree / 2; i++)
			worst = fmax(worst, fabs(decoded[i] -
						 (i < n ? values[i] : 0)));
		CU_ASSERT_TRUE(worst < 0.5 * (double)degree / scale);
		teardown(&f);
	}
}

/* The same as a vector of that number; signs and halves included. */
static void test_scalars(void)
{
	static const double numbers[] = { 0, 1, -1, 0.3, -2.75, 123.456, -1e-9 };
	struct fixture f = setup(16);
	const double scale = ckks_parameters_scale(&f.context->parameters);

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		uint64_t residues[9] = { 0 };
		int64_t encoded[16];
		double vector[8];

		for (size_t k = 0; k < 8; k++)
			vector[k] = numbers[i];
		CU_ASSERT_EQUAL(ckks_encoder_encode(f.encoder, vector, 8, scale,
						    encoded), 0);
		CU_ASSERT_EQUAL(encoded[0], llrint(numbers[i] * scale));
		CU_ASSERT_EQUAL(ckks_scalar_encode(f.context, numbers[i], scale,
						   3, 4, residues), 0);
		for (size_t k = 0; k < 3; k++)
			CU_ASSERT_EQUAL(residues[4 * k],
				ckks_modulus_reduce_signed(
					&f.context->rings[k]->modulus, encoded[0]));
		for (size_t k = 1; k < 16; k++)
			CU_ASSERT_EQUAL(encoded[k], 0);
	}
	teardown(&f);
}

static void test_refusals(void)
{
	struct fixture f = setup(16);
	double values[9] = { 1 }, decoded[9];
	int64_t encoded[16] = { 77 };
	uint64_t residues[4] = { 77 };

	CU_ASSERT_EQUAL(ckks_encoder_encode(f.encoder, values, 9, 1, encoded), -EINVAL);
	values[3] = NAN;
	CU_ASSERT_EQUAL(ckks_encoder_encode(f.encoder, values, 8, 1, encoded), -EINVAL);
	values[3] = INFINITY;
	CU_ASSERT_EQUAL(ckks_encoder_encode(f.encoder, values, 8, 1, encoded), -EINVAL);
	values[3] = 0x1p66;
	CU_ASSERT_EQUAL(ckks_encoder_encode(f.encoder, values, 8, 1, encoded), -ERANGE);
	CU_ASSERT_EQUAL(encoded[0], 77);
	CU_ASSERT_EQUAL(ckks_encoder_decode(f.encoder, decoded, 1, 9, decoded), -EINVAL);
	CU_ASSERT_EQUAL(ckks_scalar_encode(f.context, NAN, 1, 3, 1, residues), -EINVAL);
	CU_ASSERT_EQUAL(ckks_scalar_encode(f.context, 1, 1, 4, 1, residues), -EINVAL);
	CU_ASSERT_EQUAL(ckks_scalar_encode(f.context, 0x1p29, 1, 1, 1, residues), -ERANGE);
	CU_ASSERT_EQUAL(ckks_scalar_encode(f.context, -0x1p62, 1, 3, 1, residues), -ERANGE);
	CU_ASSERT_EQUAL(residues[0], 77);
	CU_ASSERT_EQUAL(ckks_scalar_encode(f.context, 0x1p28, 1, 1, 1, residues), 0);
	teardown(&f);
}

static const struct suite_test tests[] = {
	{ "the example of the CKKS paper", test_example_of_the_paper },
	{ "slots are values of the polynomial", test_slots_are_values },
	{ "there and back", test_there_and_back },
	{ "a scalar is a constant polynomial", test_scalars },
	{ "what cannot be encoded is refused", test_refusals },
};

SUITE_MAIN("ckks/encoder", tests)
