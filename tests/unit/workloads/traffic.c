// SPDX-License-Identifier: GPL-2.0-or-later
/* Traffic that can be foretold, foretold. */
#include <errno.h>
#include <string.h>

#include "suite.h"
#include "workloads/splitmix64.h"
#include "workloads/traffic.h"

static const struct traffic_options small = {
	.bytes = 1000 * 64 + 17,
	.stride_bytes = 64,
	.passes = 3,
	.seed = 42,
	.threads = 1,
	.read = true,
};

static uint64_t element_of(uint64_t seed, uint64_t i)
{
	uint64_t state = seed + i * SPLITMIX64_GAMMA;

	return splitmix64_next(&state);
}

static void run(const struct traffic_options *o, struct traffic_result *r,
		struct traffic **ret)
{
	struct traffic *t = NULL;

	CU_ASSERT_EQUAL_FATAL(traffic_new(o, &t), 0);
	CU_ASSERT_EQUAL_FATAL(traffic_run(t, r), 0);
	if (ret)
		*ret = t;
	else
		traffic_free(t);
}

/* The sum over all elements of what pass @pass of @o loads or stores. */
static uint64_t foretell(const struct traffic_options *o, uint64_t n)
{
	uint64_t sum = 0;

	for (uint64_t pass = 1; pass <= o->passes; pass++)
		for (uint64_t i = 0; i < n; i++) {
			sum += element_of(o->seed, i);
			if (o->write)
				sum += o->read ? pass - 1 : pass;
		}
	return sum;
}

static void test_counts_and_sums(void)
{
	for (unsigned int variant = 0; variant < 24; variant++) {
		struct traffic_options o = small;
		struct traffic_result r;

		o.read = variant % 3 != 1;
		o.write = variant % 3 != 0;
		o.random = variant / 3 % 2;
		o.threads = (unsigned int[]){ 1, 2, 3, 7 }[variant / 6];
		run(&o, &r, NULL);
		CU_ASSERT_EQUAL(r.elements, 1000);
		CU_ASSERT_EQUAL(r.accesses, 3000);
		CU_ASSERT_EQUAL(r.loads, o.read ? 3000 : 0);
		CU_ASSERT_EQUAL(r.stores, o.write ? 3000 : 0);
		CU_ASSERT_EQUAL(r.checksum, foretell(&o, 1000));
	}
}

/* After p passes that load, add one and store, each element has p more: so
 * each pass, in whatever order, met each element exactly once. */
static void test_each_element_once_a_pass(void)
{
	static const uint64_t sizes[] = { 1, 2, 3, 63, 64, 65, 1000, 4096, 4097 };

	for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++)
		for (int random = 0; random < 2; random++) {
			struct traffic_options o = small;
			struct traffic *t = NULL;
			struct traffic_result r;
			uint64_t wrong = 0;

			o.bytes = sizes[k] * 192;
			o.stride_bytes = 192;
			o.write = true;
			o.random = random;
			o.threads = sizes[k] > 4 ? 3 : 1;
			run(&o, &r, &t);
			for (uint64_t i = 0; i < sizes[k]; i++) {
				const uint64_t *p = (const void *)
					((const char *)traffic_buffer(t) + i * 192);

				wrong += *p != element_of(42, i) + 3;
				/* between elements nothing is touched */
				wrong += p[1] || p[23];
			}
			CU_ASSERT_EQUAL(wrong, 0);
			traffic_free(t);
		}
}

/* Replayed with plain long division, thread by thread. */
static void test_uniform_is_foretold(void)
{
	for (unsigned int threads = 1; threads <= 3; threads++) {
		struct traffic_options o = small;
		struct traffic *t = NULL;
		struct traffic_result r;
		static uint64_t want[1000];
		uint64_t sum = 0, wrong = 0;

		o.uniform = true;
		o.write = true;
		o.threads = threads;
		for (uint64_t i = 0; i < 1000; i++)
			want[i] = element_of(42, i);
		for (uint64_t i = 0; i < threads; i++) {
			uint64_t first = i * 1000 / threads;
			uint64_t n = (i + 1) * 1000 / threads - first;
			uint64_t seed = element_of(42, 1000 + i);

			for (uint64_t k = 0; k < 3 * n; k++) {
				long double share = (long double)element_of(seed, k) /
						    18446744073709551616.0L;
				uint64_t at = first + (uint64_t)(share * (long double)n);

				sum += want[at]++;
			}
		}
		run(&o, &r, &t);
		CU_ASSERT_EQUAL(r.accesses, 3000);
		CU_ASSERT_EQUAL(r.loads, 3000);
		CU_ASSERT_EQUAL(r.checksum, sum);
		for (uint64_t i = 0; i < 1000; i++) {
			const uint64_t *p = (const void *)
				((const char *)traffic_buffer(t) + i * 64);

			wrong += *p != want[i];
		}
		CU_ASSERT_EQUAL(wrong, 0);
		traffic_free(t);
	}
}

/* How often each element was met, against what a fair die of 1000 sides says:
 * chi-square with 999 degrees of freedom has mean 999 and deviation 44.7, and
 * a fixed seed makes it the same on every run. */
static void test_uniform_is_uniform(void)
{
	struct traffic_options o = small;
	struct traffic *t = NULL;
	struct traffic_result r;
	double chi_square = 0;

	o.uniform = true;
	o.write = true;
	o.passes = 200;
	run(&o, &r, &t);
	for (uint64_t i = 0; i < 1000; i++) {
		const uint64_t *p = (const void *)
			((const char *)traffic_buffer(t) + i * 64);
		double met = (double)(*p - element_of(42, i));

		chi_square += (met - 200) * (met - 200) / 200;
	}
	CU_ASSERT_TRUE(chi_square > 999 - 3 * 44.7);
	CU_ASSERT_TRUE(chi_square < 999 + 3 * 44.7);
	traffic_free(t);
}

static void test_time_limit(void)
{
	struct traffic_options o = small;
	struct traffic_result r;

	o.passes = 0;
	o.limit_ns = 20000000;
	o.threads = 2;
	run(&o, &r, NULL);
	CU_ASSERT_TRUE(r.accesses > 0);
	CU_ASSERT_TRUE(r.run_ns >= o.limit_ns);
	/* passes end it before an hour does */
	o.passes = 2;
	o.limit_ns = 3600ull * 1000000000;
	run(&o, &r, NULL);
	CU_ASSERT_EQUAL(r.accesses, 2000);
}

static void test_buffer_is_aligned(void)
{
	struct traffic_options o = small;
	struct traffic *t = NULL;
	struct traffic_result r;

	run(&o, &r, &t);
	CU_ASSERT_EQUAL((uintptr_t)traffic_buffer(t) % (2 << 20), 0);
	traffic_free(t);
}

static void check_refused(const struct traffic_options *o, int want)
{
	struct traffic *t = NULL;

	CU_ASSERT_EQUAL(traffic_new(o, &t), want);
	CU_ASSERT_PTR_NULL(t);
}

static void test_refusals(void)
{
	struct traffic_options o;

	o = small, o.bytes = 63;
	check_refused(&o, -EINVAL);
	o = small, o.stride_bytes = 0;
	check_refused(&o, -EINVAL);
	o = small, o.stride_bytes = 65;
	check_refused(&o, -EINVAL);
	o = small, o.threads = 0;
	check_refused(&o, -EINVAL);
	o = small, o.threads = 1001;
	check_refused(&o, -EINVAL);
	o = small, o.read = false;
	check_refused(&o, -EINVAL);
	o = small, o.passes = 0;
	check_refused(&o, -EINVAL);
	o = small, o.random = o.uniform = true;
	check_refused(&o, -EINVAL);
	o = small, o.bytes = TRAFFIC_BYTES_MAX + 1;
	check_refused(&o, -EINVAL);
	o = small, o.bytes = TRAFFIC_BYTES_MAX;
	check_refused(&o, -ENOMEM);
}

static const struct suite_test tests[] = {
	{ "counts and sums are as foretold", test_counts_and_sums },
	{ "each element once a pass, and nothing else", test_each_element_once_a_pass },
	{ "uniform accesses are as foretold", test_uniform_is_foretold },
	{ "and uniform", test_uniform_is_uniform },
	{ "a time limit ends it, or the passes do", test_time_limit },
	{ "the buffer begins where a huge page could", test_buffer_is_aligned },
	{ "what does not fit together is refused", test_refusals },
};

SUITE_MAIN("workloads/traffic", tests)
