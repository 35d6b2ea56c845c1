/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the operations of an encrypted inference share: parameters and the
 * pool; and for each thread a worker with the memory that it works in. None of
 * it has a key: those are the data owner's (owner_ckks.h).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "ckks/ciphertext.h"
#include "ckks/context.h"
#include "workloads/pool.h"

#define WORKER_NO_CHANNEL	SIZE_MAX

/**
 * struct worker_ckks - what one thread works in
 * @words: of a fresh ciphertext
 * @row: N words
 * @channel: whose taps are in @scalars, or WORKER_NO_CHANNEL
 * @scalars: [primes][taps], encoded
 * @inside: those of them that are not over an edge
 * @sources: the words of as many ciphertexts
 */
struct worker_ckks {
	uint64_t *words;
	uint64_t *row;
	size_t channel;
	uint64_t *scalars;
	uint64_t *inside;
	const uint64_t **sources;
};

/**
 * struct engine_ckks - what is shared
 * @scale: of everything that is encoded
 */
struct engine_ckks {
	struct ckks_context *context;
	double scale;
	enum schedule_policy policy;
	struct pool *pool;
	struct worker_ckks *workers;
	size_t n_workers;
};

/**
 * engine_ckks_new() - make workers for as many threads as OpenMP is set to
 * @taps: that the largest window has
 *
 * 0, -EINVAL (parameters that do not fit together), -ENOMEM.
 */
int engine_ckks_new(const struct ckks_parameters *parameters,
		    enum schedule_policy policy, size_t taps,
		    struct engine_ckks **ret);
void engine_ckks_free(struct engine_ckks *e);

/* A ciphertext of the pool as the library wants it. */
static inline struct ckks_ciphertext
engine_ckks_ciphertext(const struct pool_cipher *cipher)
{
	return (struct ckks_ciphertext){
		.words = cipher->words,
		.n_primes = cipher->primes,
		.scale = cipher->scale,
	};
}
