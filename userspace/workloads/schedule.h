/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a run of a graph needs of its allocator, and when: the same walk for
 * the one that runs it and for the one that only adds up.
 *
 * Every operation that makes ciphertexts or plain numbers has a storage for
 * them. One that shares ciphertexts has none: a storage lives from the
 * operation that makes it to the last one that reads it under whatever name.
 * A result has its buffers before its operation starts, and inputs keep theirs
 * until it has ended.
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
	/* A buffer is as large as what stays in it, and everything but the
	 * input is given back after its last use. */
	SCHEDULE_TIGHT,
};

/**
 * struct schedule_storage - what one operation makes
 * @node: that makes it
 * @last: the node after which it is given back; n_nodes: the end of the run
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
	size_t *storage_of;	/* a node: the storage that it refers to */
};

/* @levels as levels_of() made them, no longer needed afterwards. 0 or
 * -ENOMEM. */
int schedule_new(const struct graph *graph, const struct level *levels,
		 enum schedule_policy policy, struct schedule **ret);
void schedule_free(struct schedule *schedule);
void schedule_freep(struct schedule **schedule);

/* Any may be NULL. The storage is named by its index in @storages. A failure,
 * not 0, ends the walk; then nothing more is given back. */
struct schedule_visitor {
	int (*acquire)(void *data, size_t storage);
	int (*run)(void *data, size_t node);
	void (*release)(void *data, size_t storage);
};

/* 0 or what the visitor returned. */
int schedule_walk(const struct schedule *schedule,
		  const struct schedule_visitor *visitor, void *data);
