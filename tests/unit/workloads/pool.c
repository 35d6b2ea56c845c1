// SPDX-License-Identifier: GPL-2.0-or-later
/* Buffers that come back, and how many there were when there were most. */
#include <errno.h>
#include <string.h>

#include "suite.h"
#include "workloads/pool.h"

static struct pool *new_pool(enum schedule_policy policy)
{
	struct pool *pool = NULL;

	CU_ASSERT_EQUAL_FATAL(pool_new(policy, &pool), 0);
	return pool;
}

static struct pool_cipher *get(struct pool *pool, uint64_t words)
{
	struct pool_cipher *cipher = NULL;

	CU_ASSERT_EQUAL_FATAL(pool_get(pool, words, &cipher), 0);
	memset(cipher->words, 1, words * sizeof(*cipher->words));
	return cipher;
}

static void test_exact_sizes(void)
{
	struct pool *pool = new_pool(SCHEDULE_POOL);
	struct pool_cipher *a = get(pool, 96), *b, *c;

	pool_put(pool, a);
	b = get(pool, 64);
	c = get(pool, 96);
	CU_ASSERT_PTR_EQUAL(c, a);
	CU_ASSERT_PTR_NOT_EQUAL(b, a);
	CU_ASSERT_EQUAL((uintptr_t)a->words % 64, 0);
	CU_ASSERT_EQUAL(a->primes, 0);
	pool_put(pool, b);
	pool_put(pool, c);
	pool_put(pool, NULL);
	pool_free(pool);
}

static void test_references(void)
{
	struct pool *pool = new_pool(SCHEDULE_POOL);
	struct pool_cipher *a = get(pool, 8), *b;

	a->references++;
	pool_put(pool, a);
	b = get(pool, 8);
	CU_ASSERT_PTR_NOT_EQUAL(b, a);
	pool_put(pool, a);
	CU_ASSERT_PTR_EQUAL(get(pool, 8), a);
	pool_free(pool);
}

/* Two of one size, then one of another: the pool has all three, and who frees
 * had two at most. */
static void check_most(enum schedule_policy policy, uint64_t buffers)
{
	struct pool *pool = new_pool(policy);
	struct pool_cipher *a = get(pool, 96), *b = get(pool, 96);
	struct pool_stock most;

	pool_put(pool, a);
	pool_put(pool, b);
	pool_put(pool, get(pool, 64));
	pool_most(pool, &most);
	CU_ASSERT_EQUAL(most.classes[0].words, 96);
	CU_ASSERT_EQUAL(most.classes[0].buffers, 2);
	CU_ASSERT_EQUAL(most.n_classes, buffers - 1);
	CU_ASSERT_EQUAL(most.handle_bytes, buffers * sizeof(*a));
	CU_ASSERT_EQUAL(most.buffer_bytes,
			(2 * 96 + (buffers > 2 ? 64 : 0)) * sizeof(uint64_t));
	CU_ASSERT_EQUAL(most.other_bytes, 0);
	pool_note(pool, 1000000, 0);
	pool_note(pool, 0, 1000000);
	pool_most(pool, &most);
	CU_ASSERT_EQUAL(most.other_bytes, 1000000);
	CU_ASSERT_EQUAL(most.buffer_bytes, policy == SCHEDULE_POOL ?
			256 * sizeof(uint64_t) : 0);
	pool_free(pool);
}

static void test_most(void)
{
	check_most(SCHEDULE_POOL, 3);
	check_most(SCHEDULE_TIGHT, 2);
}

/* More than one slab holds, each at a place of its own. */
static void test_many(void)
{
	enum { N = 2000 };
	static struct pool_cipher *all[N];
	struct pool *pool = new_pool(SCHEDULE_POOL);

	for (size_t i = 0; i < N; i++) {
		all[i] = get(pool, 96);
		all[i]->words[0] = i;
		all[i]->words[95] = i;
	}
	for (size_t i = 0; i < N; i++) {
		CU_ASSERT_EQUAL(all[i]->words[0], i);
		CU_ASSERT_EQUAL(all[i]->words[95], i);
		pool_put(pool, all[i]);
	}
	pool_free(pool);
}

static void test_too_many_sizes(void)
{
	struct pool *pool = new_pool(SCHEDULE_POOL);
	struct pool_cipher *cipher = NULL;

	for (uint64_t i = 1; i <= POOL_CLASSES_MAX; i++)
		get(pool, 8 * i);
	CU_ASSERT_EQUAL(pool_get(pool, 1, &cipher), -E2BIG);
	CU_ASSERT_PTR_NULL(cipher);
	pool_free(pool);
}

static const struct suite_test tests[] = {
	{ "a buffer serves its exact size again", test_exact_sizes },
	{ "references", test_references },
	{ "the most there was", test_most },
	{ "many", test_many },
	{ "too many sizes", test_too_many_sizes },
};

SUITE_MAIN("workloads/pool", tests)
