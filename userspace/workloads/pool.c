// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Small rings have small ciphertexts, of a few hundred bytes, to which malloc
 * would add a tenth. So the pool cuts them from slabs, with each buffer on a
 * cache line; what is freed one by one cannot be cut from anything.
 */
#include "workloads/pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "workloads/footprint.h"

_Static_assert(sizeof(struct pool_cipher) == FOOTPRINT_HANDLE_BYTES,
	       "the plan counts what is kept beside each ciphertext");

#define LINE		64
#define SLAB_BYTES	(256 * 1024)

struct slab {
	struct slab *next;
	struct pool_cipher *ciphers;
	uint64_t *words;
};

struct pool {
	enum schedule_policy policy;
	pthread_mutex_t lock;
	struct slab *slabs;
	struct pool_cipher *free[POOL_CLASSES_MAX];
	struct pool_cipher *fresh[POOL_CLASSES_MAX];	/* of the last slab */
	size_t n_fresh[POOL_CLASSES_MAX];
	struct pool_stock now;
	struct pool_stock most;
};

int pool_new(enum schedule_policy policy, struct pool **ret)
{
	struct pool *pool = calloc(1, sizeof(*pool));

	if (!pool)
		return -ENOMEM;
	if (pthread_mutex_init(&pool->lock, NULL)) {
		free(pool);
		return -ENOMEM;
	}
	pool->policy = policy;
	*ret = pool;
	return 0;
}

void pool_free(struct pool *pool)
{
	struct slab *next;

	if (!pool)
		return;
	for (struct slab *slab = pool->slabs; slab; slab = next) {
		next = slab->next;
		free(slab->ciphers);
		free(slab->words);
		free(slab);
	}
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

void pool_freep(struct pool **pool)
{
	pool_free(*pool);
}

static int class_of(struct pool *pool, uint64_t words, uint16_t *ret)
{
	struct pool_stock *now = &pool->now;
	size_t i = 0;

	while (i < now->n_classes && now->classes[i].words != words)
		i++;
	if (i == POOL_CLASSES_MAX)
		return -E2BIG;
	if (i == now->n_classes)
		now->classes[now->n_classes++] = (struct pool_class){ words, 0 };
	*ret = (uint16_t)i;
	return 0;
}

static int add_slab(struct pool *pool, uint16_t size)
{
	uint64_t bytes = pool->now.classes[size].words * sizeof(uint64_t);
	size_t n = bytes < SLAB_BYTES ? SLAB_BYTES / bytes : 1;
	uint64_t whole = (n * bytes + LINE - 1) & ~(uint64_t)(LINE - 1);
	struct slab *slab = calloc(1, sizeof(*slab));

	if (!slab)
		return -ENOMEM;
	slab->ciphers = calloc(n, sizeof(*slab->ciphers));
	slab->words = aligned_alloc(LINE, whole);
	if (!slab->ciphers || !slab->words) {
		free(slab->ciphers);
		free(slab->words);
		free(slab);
		return -ENOMEM;
	}
	for (size_t i = 0; i < n; i++)
		slab->ciphers[i].words = slab->words +
					 i * pool->now.classes[size].words;
	slab->next = pool->slabs;
	pool->slabs = slab;
	pool->fresh[size] = slab->ciphers;
	pool->n_fresh[size] = n;
	return 0;
}

static int cut(struct pool *pool, uint16_t size, struct pool_cipher **ret)
{
	int err;

	if (!pool->n_fresh[size]) {
		err = add_slab(pool, size);
		if (err)
			return err;
	}
	pool->n_fresh[size]--;
	*ret = pool->fresh[size]++;
	return 0;
}

static int allocate(uint64_t words, struct pool_cipher **ret)
{
	struct pool_cipher *cipher = malloc(sizeof(*cipher));

	if (!cipher)
		return -ENOMEM;
	cipher->words = malloc(words * sizeof(*cipher->words));
	if (!cipher->words) {
		free(cipher);
		return -ENOMEM;
	}
	*ret = cipher;
	return 0;
}

static void take_stock(struct pool *pool)
{
	if (pool_stock_bytes(&pool->now) > pool_stock_bytes(&pool->most))
		pool->most = pool->now;
}

/* Buffers of a class that came, or went if it is negative. */
static void count(struct pool *pool, uint16_t size, int64_t n)
{
	struct pool_class *c = &pool->now.classes[size];

	c->buffers += (uint64_t)n;
	pool->now.buffer_bytes += (uint64_t)n * c->words * sizeof(uint64_t);
	pool->now.handle_bytes += (uint64_t)n * sizeof(struct pool_cipher);
	take_stock(pool);
}

static int get(struct pool *pool, uint64_t words, struct pool_cipher **ret)
{
	struct pool_cipher *cipher = NULL;
	uint16_t size;
	int err;

	err = class_of(pool, words, &size);
	if (err)
		return err;
	if (pool->free[size]) {
		cipher = pool->free[size];
		pool->free[size] = cipher->next;
	} else {
		err = pool->policy == SCHEDULE_POOL ? cut(pool, size, &cipher) :
						      allocate(words, &cipher);
		if (err)
			return err;
		count(pool, size, 1);
	}
	*cipher = (struct pool_cipher){
		.words = cipher->words,
		.references = 1,
		.size = size,
	};
	*ret = cipher;
	return 0;
}

int pool_get(struct pool *pool, uint64_t words, struct pool_cipher **ret)
{
	int err;

	pthread_mutex_lock(&pool->lock);
	err = get(pool, words, ret);
	pthread_mutex_unlock(&pool->lock);
	return err;
}

void pool_put(struct pool *pool, struct pool_cipher *cipher)
{
	if (!cipher || --cipher->references)
		return;
	pthread_mutex_lock(&pool->lock);
	if (pool->policy == SCHEDULE_POOL) {
		cipher->next = pool->free[cipher->size];
		pool->free[cipher->size] = cipher;
		cipher = NULL;
	} else {
		count(pool, cipher->size, -1);
	}
	pthread_mutex_unlock(&pool->lock);
	if (cipher)
		free(cipher->words);
	free(cipher);
}

void pool_note(struct pool *pool, uint64_t more, uint64_t less)
{
	pthread_mutex_lock(&pool->lock);
	pool->now.other_bytes += more - less;
	take_stock(pool);
	pthread_mutex_unlock(&pool->lock);
}

void pool_most(const struct pool *pool, struct pool_stock *ret)
{
	*ret = pool->most;
}
