// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/wire_message.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct wire_hello wire_hello_of(const struct network *net,
				const struct ckks_parameters *p, uint64_t batch,
				uint64_t inferences)
{
	struct wire_hello h = {
		.degree = (uint32_t)p->degree,
		.n_primes = (uint32_t)p->n_primes,
		.special = p->special,
		.input = net->nodes[0].out,
		.logits = network_elements(&net->nodes[net->n_nodes - 1].out),
		.batch = batch,
		.inferences = inferences,
	};

	for (size_t i = 0; i < LEVELS_FRESH_PRIMES; i++)
		h.primes[i] = p->primes[i];
	snprintf(h.name, sizeof(h.name), "%s", net->name);
	return h;
}

static void put32(uint8_t **to, uint32_t value)
{
	wire_u32_put(value, *to);
	*to += 4;
}

static void put64(uint8_t **to, uint64_t value)
{
	value = htole64(value);
	memcpy(*to, &value, 8);
	*to += 8;
}

static uint32_t get32(const uint8_t **from)
{
	*from += 4;
	return wire_u32_get(*from - 4);
}

static uint64_t get64(const uint8_t **from)
{
	uint64_t value;

	memcpy(&value, *from, 8);
	*from += 8;
	return le64toh(value);
}

void wire_u32_put(uint32_t value, uint8_t ret[4])
{
	value = htole32(value);
	memcpy(ret, &value, 4);
}

uint32_t wire_u32_get(const uint8_t bytes[4])
{
	uint32_t value;

	memcpy(&value, bytes, 4);
	return le32toh(value);
}

void wire_hello_put(const struct wire_hello *h, uint8_t ret[WIRE_HELLO_BYTES])
{
	put32(&ret, h->degree);
	put32(&ret, h->n_primes);
	for (size_t i = 0; i < LEVELS_FRESH_PRIMES; i++)
		put64(&ret, h->primes[i]);
	put64(&ret, h->special);
	memcpy(ret, h->name, sizeof(h->name));
	ret += sizeof(h->name);
	put32(&ret, h->input.height);
	put32(&ret, h->input.width);
	put32(&ret, h->input.channels);
	put64(&ret, h->logits);
	put64(&ret, h->batch);
	put64(&ret, h->inferences);
}

/* The name goes into sentences. */
static int check_name(const char name[NETWORK_NAME_MAX])
{
	if (!memchr(name, '\0', NETWORK_NAME_MAX))
		return -EPROTO;
	for (; *name; name++)
		if (*name < ' ' || *name > '~')
			return -EPROTO;
	return 0;
}

int wire_hello_get(const uint8_t *bytes, size_t n, struct wire_hello *ret)
{
	struct wire_hello h;

	if (n != WIRE_HELLO_BYTES)
		return -EPROTO;
	h.degree = get32(&bytes);
	h.n_primes = get32(&bytes);
	for (size_t i = 0; i < LEVELS_FRESH_PRIMES; i++)
		h.primes[i] = get64(&bytes);
	h.special = get64(&bytes);
	memcpy(h.name, bytes, sizeof(h.name));
	bytes += sizeof(h.name);
	h.input.height = get32(&bytes);
	h.input.width = get32(&bytes);
	h.input.channels = get32(&bytes);
	h.logits = get64(&bytes);
	h.batch = get64(&bytes);
	h.inferences = get64(&bytes);
	if (check_name(h.name) || !h.inferences)
		return -EPROTO;
	*ret = h;
	return 0;
}

static bool same_primes(const struct wire_hello *a, const struct wire_hello *b)
{
	return a->n_primes == b->n_primes && a->special == b->special &&
	       !memcmp(a->primes, b->primes, sizeof(a->primes));
}

static bool same_shapes(const struct wire_hello *a, const struct wire_hello *b)
{
	return a->input.height == b->input.height &&
	       a->input.width == b->input.width &&
	       a->input.channels == b->input.channels &&
	       a->logits == b->logits;
}

int wire_hello_compare(const struct wire_hello *server,
		       const struct wire_hello *owner, char *error,
		       size_t error_bytes)
{
	if (strcmp(server->name, owner->name))
		snprintf(error, error_bytes,
			 "the server runs %s and the data owner has images for %s: both want the same --network, --width and --resolution",
			 server->name, owner->name);
	else if (!same_shapes(server, owner))
		snprintf(error, error_bytes,
			 "the server's %s takes images of %ux%ux%u to %" PRIu64 " logits and the data owner's %ux%ux%u to %" PRIu64,
			 server->name, server->input.height,
			 server->input.width, server->input.channels,
			 server->logits, owner->input.height,
			 owner->input.width, owner->input.channels,
			 owner->logits);
	else if (server->degree != owner->degree)
		snprintf(error, error_bytes,
			 "the server has ring degree %u and the data owner %u: both want the same --ring-degree",
			 server->degree, owner->degree);
	else if (!same_primes(server, owner))
		snprintf(error, error_bytes,
			 "the server's primes are not the data owner's: they are of different versions of this program");
	else if (server->batch != owner->batch)
		snprintf(error, error_bytes,
			 "the server wants %" PRIu64 " images at a time and the data owner has %" PRIu64 ": both want the same --batch",
			 server->batch, owner->batch);
	else
		return 0;
	return -EINVAL;
}

static void put16(uint8_t *to, uint16_t value)
{
	value = htole16(value);
	memcpy(to, &value, 2);
}

static uint16_t get16(const uint8_t *from)
{
	uint16_t value;

	memcpy(&value, from, 2);
	return le16toh(value);
}

/* Names in the protocol do not change when the graph gets another operation. */
static const struct {
	uint16_t code;
	enum graph_op op;
} codes[] = {
	{ 0, GRAPH_RESULT },
	{ 1, GRAPH_BOUNDED_RELU },
	{ 2, GRAPH_RELU },
	{ 3, GRAPH_MAX_POOL },
};
#define N_CODES	(sizeof(codes) / sizeof(codes[0]))

void wire_batch_put(const struct wire_batch *b, uint8_t ret[WIRE_BATCH_BYTES])
{
	uint16_t code = 0;

	for (size_t i = 0; i < N_CODES; i++)
		if (codes[i].op == b->op)
			code = codes[i].code;
	put16(ret, code);
	put16(ret + 2, b->primes);
	put16(ret + 4, b->scale);
	put16(ret + 6, 0);
}

int wire_batch_get(const uint8_t *bytes, size_t n, struct wire_batch *ret)
{
	struct wire_batch b = { 0 };
	uint16_t code;

	if (n < WIRE_BATCH_BYTES)
		return -EPROTO;
	code = get16(bytes);
	b.primes = get16(bytes + 2);
	b.scale = get16(bytes + 4);
	if (code >= N_CODES || get16(bytes + 6) || !b.primes ||
	    b.primes > LEVELS_FRESH_PRIMES || !b.scale || b.scale > 2)
		return -EPROTO;
	b.op = codes[code].op;
	*ret = b;
	return 0;
}

/* A whole group, however large, or as many small ones as make the target. */
size_t wire_payload_of_server(const struct ckks_context *c)
{
	size_t group = 4 + WIRE_GROUP_MAX *
		       wire_cipher_bytes(c, LEVELS_FRESH_PRIMES);

	return WIRE_BATCH_BYTES + WIRE_FRAME_TARGET + group;
}

size_t wire_payload_of_owner(const struct ckks_context *c)
{
	return WIRE_FRAME_TARGET + wire_cipher_bytes(c, LEVELS_FRESH_PRIMES);
}

void wire_words_put(const uint64_t *words, size_t bytes, uint8_t *ret)
{
	for (size_t i = 0; i < bytes / 8; i++) {
		uint64_t word = htole64(words[i]);

		memcpy(ret + 8 * i, &word, 8);
	}
}

int wire_cipher_get(const struct ckks_context *context, const uint8_t *bytes,
		    const struct ckks_ciphertext *c)
{
	size_t n = ckks_ciphertext_words(context, c->n_primes);

	for (size_t i = 0; i < n; i++) {
		uint64_t word;

		memcpy(&word, bytes + 8 * i, 8);
		c->words[i] = le64toh(word);
	}
	return ckks_ciphertext_valid(context, c) ? 0 : -EPROTO;
}
