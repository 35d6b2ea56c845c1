/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of ciphertexts: buffers with a free list for each exact size, as
 * in SEAL's memory pool, or given back one by one; and how much of it all was
 * there when there was most.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "workloads/schedule.h"

/**
 * struct pool_cipher - a ciphertext in a buffer of the pool
 * @next: in the free list, for the pool only
 * @references: tensors that have it among their elements
 * @primes: of the ciphertext, 0 before it is one; those that the buffer has
 *	room for may be more
 * @size: which class the buffer is of, for the pool only
 */
struct pool_cipher {
	uint64_t *words;
	struct pool_cipher *next;
	double scale;
	uint32_t references;
	uint16_t primes;
	uint16_t size;
};

#define POOL_CLASSES_MAX	8

/* Buffers of one size: those in use, and those that wait for the next use. */
struct pool_class {
	uint64_t words;
	uint64_t buffers;
};

/**
 * struct pool_stock - what is held at one time
 * @classes: in the order in which they were first asked for
 * @buffer_bytes: of all buffers
 * @handle_bytes: of the struct pool_cipher that belongs to each
 * @other_bytes: what pool_note() was told of
 */
struct pool_stock {
	struct pool_class classes[POOL_CLASSES_MAX];
	size_t n_classes;
	uint64_t buffer_bytes;
	uint64_t handle_bytes;
	uint64_t other_bytes;
};

struct pool;

/* With SCHEDULE_POOL nothing leaves the pool before it is freed; with
 * SCHEDULE_TIGHT a buffer that nobody refers to is freed. 0 or -ENOMEM. */
int pool_new(enum schedule_policy policy, struct pool **ret);

/* With SCHEDULE_TIGHT all buffers must have been put before. */
void pool_free(struct pool *pool);
void pool_freep(struct pool **pool);

/* A buffer of @words words with one reference. Threads may call it together.
 * 0, -ENOMEM, or -E2BIG for a size too many. */
int pool_get(struct pool *pool, uint64_t words, struct pool_cipher **ret);

/* Gives up one reference; with the last one the buffer goes back. Accepts
 * NULL. Threads may call it together on different ciphertexts. */
void pool_put(struct pool *pool, struct pool_cipher *cipher);

/* Counts memory that is no buffer: @more bytes came, @less went. */
void pool_note(struct pool *pool, uint64_t more, uint64_t less);

/* What was held when the bytes of everything together were most. */
void pool_most(const struct pool *pool, struct pool_stock *ret);

static inline uint64_t pool_stock_bytes(const struct pool_stock *s)
{
	return s->buffer_bytes + s->handle_bytes + s->other_bytes;
}
