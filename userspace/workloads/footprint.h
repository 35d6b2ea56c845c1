/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory that an encrypted inference takes, without running it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "workloads/graph.h"
#include "workloads/levels.h"
#include "workloads/schedule.h"

#define FOOTPRINT_DEGREE_MIN	4
#define FOOTPRINT_DEGREE_MAX	16384
#define FOOTPRINT_DEGREE	4096	/* the experiment's */

/* What is kept for a ciphertext beside its coefficients (where they are, its
 * primes, its scale, how many refer to it), and for each element of a tensor
 * that is alive. In a small ring they are a twentieth of it all. */
#define FOOTPRINT_HANDLE_BYTES		32
#define FOOTPRINT_REFERENCE_BYTES	8

/* The ring has a special prime beside the data primes, which keys have. */
#define FOOTPRINT_KEY_PRIMES	(LEVELS_FRESH_PRIMES + 1)

/* Images that ciphertexts of ring degree @degree hold. */
static inline uint64_t footprint_slots(uint32_t degree)
{
	return degree / 2;
}

/**
 * struct footprint_class - the ciphertexts of one size
 * @primes: that their buffers have room for
 * @bytes: of a buffer
 * @ciphertexts: that are held when the run needs most
 */
struct footprint_class {
	uint32_t primes;
	uint64_t bytes;
	uint64_t ciphertexts;
};

/**
 * struct footprint - what is held when a run needs most
 * @classes: by falling size; none is empty
 * @input_bytes: encrypted images, which are in @classes too
 * @constant_bytes: Constants that are there by then
 * @handle_bytes: of all ciphertexts, and the references of all tensors
 * @weight_bytes: weights and biases in single precision
 * @total_bytes: all of it, input once
 * @node: the operation of the graph that takes the last of these ciphertexts;
 *	later ones add Constants at most
 */
struct footprint {
	struct footprint_class classes[LEVELS_FRESH_PRIMES];
	size_t n_classes;
	uint64_t ciphertext_bytes;
	uint64_t input_bytes;
	uint64_t constant_bytes;
	uint64_t handle_bytes;
	uint64_t secret_key_bytes;
	uint64_t public_key_bytes;
	uint64_t weight_bytes;
	uint64_t total_bytes;
	size_t node;
};

/**
 * footprint_of() - walk through a run and add up
 * @degree: of the ring, a power of two from FOOTPRINT_DEGREE_MIN to _MAX
 * @batch: images; no more than footprint_slots()
 *
 * With SCHEDULE_POOL a buffer that is given back serves the next of exactly
 * its size and no other, and none leaves: each size holds the most it ever
 * had. With SCHEDULE_TIGHT what is given back is gone.
 *
 * Returns 0, -EINVAL (such a degree or batch), -ENOMEM.
 */
int footprint_of(const struct graph *graph, const struct level *levels,
		 enum schedule_policy policy, uint32_t degree, uint64_t batch,
		 struct footprint *ret);
