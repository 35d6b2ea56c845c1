/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The data owner as an encrypted inference sees it: whoever has the images and
 * the secret key, and is asked for what cannot be done without them. It may be
 * in this process (owner_local.h, the experiment configuration) or elsewhere
 * (owner_remote.h, the real one); the inference does not know which, and this
 * type has no place for a key.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define OWNER_CKKS_FAILURE_BYTES	512

struct engine_ckks;
struct operation_ckks;
struct owner_ckks;
struct tensor;

/**
 * struct owner_ckks_ops - what it is asked for
 * @encrypt: the images, into the output of a Parameter
 * @refresh: fresh ciphertexts, into the output of BoundedRelu, Relu or MaxPool
 * @finish: here are the logits of @batch images; it decrypts them. To @logits,
 *	batch x elements, if it gives them away at all.
 * @busy: called now and then by one thread while the inference computes by
 *	itself, so that who waits elsewhere knows; or NULL
 * @free: gives back @owner
 *
 * All but @free return 0, -ENOMEM, -ERANGE (values too large for a
 * ciphertext), -EINVAL (values that are infinite or none), or any other -errno,
 * for which @failure of the owner is a sentence.
 */
struct owner_ckks_ops {
	int (*encrypt)(struct owner_ckks *owner,
		       const struct operation_ckks *op);
	int (*refresh)(struct owner_ckks *owner,
		       const struct operation_ckks *op);
	int (*finish)(struct owner_ckks *owner, struct engine_ckks *engine,
		      const struct tensor *result, uint64_t batch,
		      float *logits);
	int (*busy)(struct owner_ckks *owner);
	void (*free)(struct owner_ckks *owner);
};

/**
 * struct owner_ckks - the beginning of either kind
 * @failure: a sentence, if what failed was the owner's side; else empty
 */
struct owner_ckks {
	const struct owner_ckks_ops *ops;
	char failure[OWNER_CKKS_FAILURE_BYTES];
};

/* Accepts NULL. */
static inline void owner_ckks_free(struct owner_ckks *owner)
{
	if (owner)
		owner->ops->free(owner);
}
