/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a network on encrypted images, as HE-Transformer does: every element of
 * a tensor is a ciphertext that holds it for the whole batch, the weights are
 * plain numbers, and the operations are nGraph's in the order of schedule.h.
 *
 * What ciphertexts cannot do the data owner does, who has the keys. In the
 * experiment configuration it is in this process, and nothing is hidden from
 * that; in the real one it is in another one. Runs on the threads that OpenMP is set to when the backend is
 * made; their number does not change what comes out.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "ckks/parameters.h"
#include "ckks/random.h"
#include "workloads/network.h"
#include "workloads/operation_ckks.h"
#include "workloads/owner_ckks.h"
#include "workloads/pool.h"
#include "workloads/schedule.h"
#include "workloads/weights.h"

struct backend_ckks;

/**
 * struct backend_ckks_want - how to run
 * @parameters: with LEVELS_FRESH_PRIMES primes
 * @owner: who has keys and images, and must live as long as the backend; or
 *	NULL: the experiment configuration
 * @seed: of keys and encryption, without an owner; copied
 * @batch: no more than there are slots
 */
struct backend_ckks_want {
	struct ckks_parameters parameters;
	struct owner_ckks *owner;
	struct ckks_seed seed;
	enum schedule_policy policy;
	enum operation_ckks_kernel kernel;
	uint64_t batch;
};

/**
 * struct backend_ckks_times - of one inference, in ns
 * @encryption: of the images; from an owner elsewhere, until they had come
 * @operations: all others, Constants and Result too
 * @of: each operation's, in all its nodes
 * @decryption: of the logits; elsewhere, until the owner had them
 */
struct backend_ckks_times {
	uint64_t encryption;
	uint64_t operations;
	uint64_t of[GRAPH_OPS];
	uint64_t decryption;
};

/**
 * backend_ckks_new() - prepare a network, and keys if there is no owner
 * @net, @w: must live as long as the backend
 * @error: buffer for a sentence on failure, or NULL
 *
 * Returns 0, -EINVAL (parameters, a batch above the slots, a network too deep
 * for its primes), -ENOMEM.
 */
int backend_ckks_new(const struct network *net, const struct weights *w,
		     const struct backend_ckks_want *want, char *error,
		     size_t error_bytes, struct backend_ckks **ret);
void backend_ckks_free(struct backend_ckks *b);
void backend_ckks_freep(struct backend_ckks **b);

/**
 * backend_ckks_run() - encrypt a batch, run the network on it, decrypt
 * @images: batch x row x column x channel, left as they are; NULL if an owner
 *	has them
 * @error: buffer for a sentence on failure, or NULL
 * @logits: batch x channel of the last node; NULL if an owner keeps them
 * @times: or NULL
 *
 * No randomness is used twice: a second run on the same images gives logits
 * with other errors. With the same seed, the first run of every backend gives
 * the same.
 *
 * Returns 0, -ENOMEM, -ERANGE (values too large for a ciphertext), -EINVAL
 * (values that are infinite or none), or what an owner failed by.
 */
int backend_ckks_run(struct backend_ckks *b, const float *images, char *error,
		     size_t error_bytes, float *logits,
		     struct backend_ckks_times *times);

/* What all runs so far took when they took most. */
void backend_ckks_memory(const struct backend_ckks *b, struct pool_stock *ret);

/* FNV-1a over the ciphertexts of the last run's logits. */
uint64_t backend_ckks_checksum(const struct backend_ckks *b);
