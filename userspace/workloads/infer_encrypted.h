/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tierscope-infer on encrypted images.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/backend_ckks.h"
#include "workloads/footprint.h"
#include "workloads/infer_options.h"
#include "workloads/network.h"
#include "workloads/weights.h"

/**
 * struct infer_encrypted_result - what is printed of it
 * @times_ns: of the @n inferences that were timed, of all operations together
 * @times: of the same, in detail
 * @security: a sentence
 * @most: memory of all runs
 * @planned: what it should have been
 * @logits_checksum, @classes_checksum: of the first inference, as later ones
 *	have other errors; nothing if an owner elsewhere keeps them
 * @sent_bytes, @received_bytes: to and from it
 */
struct infer_encrypted_result {
	uint64_t *times_ns;
	struct backend_ckks_times *times;
	size_t n;
	uint64_t threads;
	char security[160];
	struct pool_stock most;
	struct footprint planned;
	uint64_t logits_checksum;
	uint64_t classes_checksum;
	uint64_t sent_bytes;
	uint64_t received_bytes;
};

/* Keys and weights, which a pool knows nothing of, with it. */
static inline uint64_t
infer_encrypted_bytes(const struct infer_encrypted_result *r)
{
	return pool_stock_bytes(&r->most) + r->planned.secret_key_bytes +
	       r->planned.public_key_bytes + r->planned.weight_bytes;
}

/* Runs and prints. @error is a sentence on a failure that is not of writing.
 * 0 or -errno. */
int infer_encrypted(const struct infer_options *o, const struct network *net,
		    const struct weights *w, bool chatty, char *error,
		    size_t error_bytes);

/* 0 or -errno of writing. */
int infer_print_encrypted(const struct infer_options *o,
			  const struct network *net,
			  const struct infer_encrypted_result *r);

/* The memory that a run with these options takes. @error is a sentence on
 * failure. 0, -EINVAL, -ENOMEM. */
int infer_planned(const struct infer_options *o, const struct network *net,
		  char *error, size_t error_bytes, struct footprint *ret);
