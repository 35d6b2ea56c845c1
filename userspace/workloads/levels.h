/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many primes and which scale every tensor of a graph has, known before
 * anything runs.
 *
 * A fresh ciphertext has three data primes and the scale s, which is the last
 * of them exactly. The first multiplication after a refresh makes it s x s,
 * and a rescale takes away the last prime and one s. The second one is not
 * rescaled: it would reach the last prime, which is never done; s x s in two
 * primes of 30 and 22 bits leaves room for values below 128. So there is no
 * room for a third. Adding needs the same scale on both sides, and the result
 * has the primes that both have: a shortcut that was just encrypted drops one
 * where it meets its branch.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "workloads/graph.h"

#define LEVELS_FRESH_PRIMES	3
#define LEVELS_MULTIPLICATIONS	2	/* between two refreshes */

/**
 * struct level - the ciphertexts of a tensor
 * @primes: that each has
 * @computed: that each had before its rescale, else the same; a buffer has to
 *	have room for it if the rescale is in place
 * @scale: the power of s
 * @multiplications: since the last refresh
 *
 * All 0 for a Constant.
 */
struct level {
	uint32_t primes;
	uint32_t computed;
	uint32_t scale;
	uint32_t multiplications;
};

/**
 * levels_of() - the level of every node of @graph
 * @error: a sentence that names the node, on failure
 * @ret: an array, one a node, to be freed
 *
 * Returns 0, -EINVAL (a multiplication too much, or an addition of two
 * different scales), -ENOMEM.
 */
int levels_of(const struct graph *graph, char *error, size_t error_bytes,
	      struct level **ret);
