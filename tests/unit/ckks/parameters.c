// SPDX-License-Identifier: GPL-2.0-or-later
/* Parameter sets: which fit, and which are secure. */
#include <errno.h>
#include <string.h>

#include "ckks/parameters.h"
#include "suite.h"

static struct ckks_parameters standard(size_t degree)
{
	struct ckks_parameters p = { 0 };

	CU_ASSERT_EQUAL_FATAL(ckks_parameters_standard(degree, &p), 0);
	return p;
}

static void test_standard_sets(void)
{
	struct ckks_parameters p = { .n_primes = 77 };

	for (size_t degree = 4; degree <= 4096; degree *= 2) {
		p = standard(degree);
		CU_ASSERT_EQUAL(p.degree, degree);
		CU_ASSERT_EQUAL(ckks_parameters_slots(&p), degree / 2);
		CU_ASSERT_EQUAL(ckks_parameters_scale(&p), 4120577.0);
		CU_ASSERT_EQUAL(p.errors, CKKS_ERRORS_SAMPLED);
	}
	p.n_primes = 77;
	CU_ASSERT_EQUAL(ckks_parameters_standard(8192, &p), -EINVAL);
	CU_ASSERT_EQUAL(ckks_parameters_standard(0, &p), -EINVAL);
	CU_ASSERT_EQUAL(p.n_primes, 77);
}

static void check_refused(const struct ckks_parameters *p, const char *want)
{
	char error[128] = "";

	CU_ASSERT_EQUAL(ckks_parameters_check(p, error, sizeof(error)), -EINVAL);
	CU_ASSERT_STRING_EQUAL(error, want);
	CU_ASSERT_EQUAL(ckks_parameters_check(p, NULL, 0), -EINVAL);
}

static void test_refusals(void)
{
	struct ckks_parameters p;

	p = standard(16), p.degree = 2;
	check_refused(&p, "N = 2 is not a power of two from 4 to 16384");
	p = standard(16), p.degree = 24;
	check_refused(&p, "N = 24 is not a power of two from 4 to 16384");
	p = standard(16), p.degree = 32768;
	check_refused(&p, "N = 32768 is not a power of two from 4 to 16384");
	p = standard(16), p.n_primes = 0;
	check_refused(&p, "0 primes are not 1 to 16");
	p = standard(16), p.n_primes = 17;
	check_refused(&p, "17 primes are not 1 to 16");
	p = standard(4096), p.degree = 8192;
	check_refused(&p, "prime 1073668097 is not 1 modulo 2N = 16384");
	p = standard(16), p.primes[1] = 0;
	check_refused(&p, "0 is no prime of 1 to 61 bits");
	p = standard(16), p.primes[1] = (1ull << 61) + 1;
	check_refused(&p, "2305843009213693953 is no prime of 1 to 61 bits");
	p = standard(16), p.primes[1] = 1;
	check_refused(&p, "1 is not a prime");
	p = standard(16), p.primes[1] = 4169729 + 32;
	check_refused(&p, "4169761 is not a prime");
	p = standard(16), p.primes[2] = 4169729;
	check_refused(&p, "prime 4169729 is there twice");
	p = standard(16), p.special = 4169729;
	check_refused(&p, "prime 4169729 is there twice");
}

static void check_security(const struct ckks_parameters *p, bool want,
			   const char *sentence)
{
	char text[128] = "";

	CU_ASSERT_EQUAL(ckks_parameters_secure(p, text, sizeof(text)), want);
	CU_ASSERT_STRING_EQUAL(text, sentence);
	CU_ASSERT_EQUAL(ckks_parameters_secure(p, NULL, 0), want);
}

static void test_security(void)
{
	struct ckks_parameters p = standard(4096);

	check_security(&p, true, "at least 128-bit security: primes of 104.0 bits together, the standard allows 109 at N = 4096");
	p.errors = CKKS_ERRORS_NONE;
	check_security(&p, false, "no security: errors are switched off");
	p = standard(2048);
	check_security(&p, false, "less than 128-bit security: primes of 104.0 bits together, the standard allows 54 at N = 2048");
	p.n_primes = 1;
	p.primes[0] = 4169729;
	check_security(&p, true, "at least 128-bit security: primes of 52.0 bits together, the standard allows 54 at N = 2048");
	p = standard(16);
	check_security(&p, false, "no security: the standard has no N = 16");
}

static const struct suite_test tests[] = {
	{ "the standard sets", test_standard_sets },
	{ "what does not fit is refused with a sentence", test_refusals },
	{ "security is said, and why", test_security },
};

SUITE_MAIN("ckks/parameters", tests)
