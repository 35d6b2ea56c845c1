/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is in the frames of wire.h: the agreement, and ciphertexts.
 *
 * A ciphertext is its words, 8 bytes each, [2][primes][N]. Whoever takes one
 * checks that all are residues.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ckks/ciphertext.h"
#include "workloads/graph.h"
#include "workloads/levels.h"
#include "workloads/network.h"

/**
 * struct wire_hello - what both sides must have alike
 * @name: of the network
 * @input: shape of an image
 * @logits: elements of the result
 * @inferences: that the server will run
 */
struct wire_hello {
	uint32_t degree;
	uint32_t n_primes;
	uint64_t primes[LEVELS_FRESH_PRIMES];
	uint64_t special;
	char name[NETWORK_NAME_MAX];
	struct network_shape input;
	uint64_t logits;
	uint64_t batch;
	uint64_t inferences;
};
#define WIRE_HELLO_BYTES	(8 + 8 * LEVELS_FRESH_PRIMES + 8 +	\
				 NETWORK_NAME_MAX + 12 + 24)

/**
 * struct wire_batch - what the ciphertexts of a frame have in common
 * @op: of a WIRE_REFRESH
 * @primes: of each ciphertext
 * @scale: the power of the scale that fresh ones have
 */
struct wire_batch {
	enum graph_op op;
	uint16_t primes;
	uint16_t scale;
};
#define WIRE_BATCH_BYTES	8

/* Ciphertexts are sent by as many as have about so many bytes, but at least
 * one: small enough for several to be on their way, large enough not to matter
 * as frames. */
#define WIRE_FRAME_TARGET	(1u << 20)

/* No group of a WIRE_REFRESH has more: the window of a MaxPool. */
#define WIRE_GROUP_MAX		256

/* What a server of @net with @p has to say. */
struct wire_hello wire_hello_of(const struct network *net,
				const struct ckks_parameters *p, uint64_t batch,
				uint64_t inferences);

void wire_hello_put(const struct wire_hello *h, uint8_t ret[WIRE_HELLO_BYTES]);

/* 0, or -EPROTO for a payload that is none. */
int wire_hello_get(const uint8_t *bytes, size_t n, struct wire_hello *ret);

/* Whether the server's and the owner's are alike; inferences are the server's.
 * 0, or -EINVAL with a sentence that says what differs. */
int wire_hello_compare(const struct wire_hello *server,
		       const struct wire_hello *owner, char *error,
		       size_t error_bytes);

void wire_batch_put(const struct wire_batch *b, uint8_t ret[WIRE_BATCH_BYTES]);

/* 0, or -EPROTO for what no graph and no level has. */
int wire_batch_get(const uint8_t *bytes, size_t n, struct wire_batch *ret);

void wire_u32_put(uint32_t value, uint8_t ret[4]);
uint32_t wire_u32_get(const uint8_t bytes[4]);

/* Bytes of a ciphertext. */
static inline size_t wire_cipher_bytes(const struct ckks_context *c,
				       size_t n_primes)
{
	return ckks_ciphertext_words(c, n_primes) * sizeof(uint64_t);
}

/* The largest payloads that each side has to take. */
size_t wire_payload_of_server(const struct ckks_context *c);
size_t wire_payload_of_owner(const struct ckks_context *c);

/* @words, of as many as the bytes are. */
void wire_words_put(const uint64_t *words, size_t bytes, uint8_t *ret);

/* A ciphertext of @c's primes and scale, into its words. 0, or -EPROTO for
 * words that are no residues. */
int wire_cipher_get(const struct ckks_context *context, const uint8_t *bytes,
		    const struct ckks_ciphertext *c);
