/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a run of a graph needs of its allocator, and when: the same walk for
 * the one that runs it and for the one that only adds up.
 *
 * Every operation makes a tensor, which is references to ciphertexts. One that
 * makes ciphertexts or plain numbers has a storage for them too; one that
 * shares them has none. A tensor lives to the last operation that reads it, a
 * storage to the last one that reads it under whatever name. A result has its
 * buffers before its operation starts, and inputs keep theirs until it has
 * ended. Encrypted images and the result live to the end of the run.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/graph.h"
#include "workloads/levels.h"

enum schedule_policy {
	/* As SEAL's pool does under HE-Transformer: a buffer keeps its size
	 * when its ciphertext is rescaled, Constants stay to the end. */
	SCHEDULE_POOL,
	/* A buffer is as large as what stays in it, and Constants are given back
	 * after their last use. */
	SCHEDULE_TIGHT,
};

/**
 * struct schedule_storage - what one operation makes
 * @node: that makes it
 * @last: the node after which it is given back; n_nodes: it lives to the end
 * @elements: ciphertexts; of a Constant numbers an image
 * @primes: that a buffer has room for, each with two polynomials; 0 for a
 *	Constant
 */
struct schedule_storage {
	size_t node;
	size_t last;
	uint64_t elements;
	uint32_t primes;
};

#define SCHEDULE_NONE	SIZE_MAX

struct schedule {
	const struct graph *graph;	/* must live as long */
	struct schedule_storage *storages;	/* in the order of their nodes */
	size_t n_storages;
	size_t *storage_of;	/* of a node: the storage that it refers to */
	size_t *last_read;	/* of a node: by which; n_nodes: to the end */
};

/* @levels as levels_of() made them, no longer needed afterwards. 0 or
 * -ENOMEM. */
int schedule_new(const struct graph *graph, const struct level *levels,
		 enum schedule_policy policy, struct schedule **ret);
void schedule_free(struct schedule *schedule);
void schedule_freep(struct schedule **schedule);

/**
 * struct schedule_visitor - what happens at each node, in this order
 * @acquire: the buffers of the storage that it makes, if it makes one
 * @run: the operation; its tensor comes to life
 * @drop: a tensor that is read no more
 * @release: a storage that is read no more
 *
 * A storage is named by its index, and any of these may be NULL.
 */
struct schedule_visitor {
	int (*acquire)(void *data, size_t storage);
	int (*run)(void *data, size_t node);
	void (*drop)(void *data, size_t node);
	void (*release)(void *data, size_t storage);
};

/* What lives to the end is there after the walk; it is the caller's to give
 * back. A failure ends the walk, and then all that is alive is the caller's.
 * Returns 0 or what failed returned. */
int schedule_walk(const struct schedule *schedule,
		  const struct schedule_visitor *visitor, void *data);
