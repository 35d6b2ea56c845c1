// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/owner_session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <omp.h>

#include "workloads/checksum.h"
#include "workloads/clock.h"
#include "workloads/infer_result.h"
#include "workloads/wire.h"
#include "workloads/wire_message.h"

/**
 * struct serving - a session that is under way
 * @allowed: inferences that were agreed on; @begun: those that have begun
 * @n_logits: elements of the result; @decrypted: of this inference
 * @words: room for ciphertexts that came, one piece a thread
 * @groups: where each group of a request begins
 */
struct serving {
	struct owner_session *s;
	const struct ckks_context *context;
	struct wire wire;
	uint64_t allowed;
	uint64_t begun;
	size_t n_logits;
	size_t decrypted;
	struct owner_result now;
	uint64_t *fresh;
	size_t fresh_words;
	const uint8_t **groups;
	size_t n_groups;
};

static int protocol(struct serving *v, const char *what)
{
	return wire_fail(&v->wire, -EPROTO, "%s %s", v->wire.peer, what);
}

static int agree(struct serving *v)
{
	struct owner_session *s = v->s;
	struct wire_hello mine = wire_hello_of(s->net, &v->context->parameters,
					       s->batch, 1), theirs;
	uint8_t patience[4];
	char reason[WIRE_SENTENCE_MAX];
	struct wire_header h;
	int err = wire_receive(&v->wire, &h);

	if (err)
		return err;
	if (h.type != WIRE_HELLO ||
	    wire_hello_get(wire_payload(&v->wire), h.length, &theirs))
		return protocol(v, "did not begin with a greeting");
	err = wire_hello_compare(&theirs, &mine, reason, sizeof(reason));
	if (err)
		return wire_fail(&v->wire, err, "%s", reason);
	wire_u32_put((uint32_t)(s->timeout_ns / 1000000), patience);
	err = wire_send(&v->wire, WIRE_WELCOME, 0, patience, 4);
	if (err)
		return err;
	v->allowed = theirs.inferences;
	v->n_logits = (size_t)theirs.logits;
	v->wire.payload_max = wire_payload_of_server(v->context);
	s->agreed = true;
	return 0;
}

static int reserve_fresh(struct serving *v, size_t n)
{
	size_t words = n * ckks_ciphertext_words(v->context,
						 LEVELS_FRESH_PRIMES);
	uint64_t *more;

	if (words <= v->fresh_words)
		return 0;
	more = realloc(v->fresh, words * sizeof(*more));
	if (!more)
		return wire_fail(&v->wire, -ENOMEM, "out of memory for %zu ciphertexts",
				 n);
	v->fresh = more;
	v->fresh_words = words;
	return 0;
}

static struct ckks_ciphertext fresh_at(const struct serving *v, size_t i)
{
	return (struct ckks_ciphertext){
		.words = v->fresh + i * ckks_ciphertext_words(v->context,
						LEVELS_FRESH_PRIMES),
	};
}

static int send_fresh(struct serving *v, size_t n)
{
	size_t bytes = n * wire_cipher_bytes(v->context, LEVELS_FRESH_PRIMES);
	uint8_t *to = wire_begin(&v->wire, WIRE_FRESH, (uint32_t)n,
				 (uint32_t)bytes);

	if (!to)
		return -ENOMEM;
	wire_words_put(v->fresh, bytes, to);
	return wire_flush(&v->wire);
}

static int too_large(struct serving *v, int err)
{
	return wire_fail(&v->wire, err, "values are too large for a ciphertext, or none: these weights or images do not suit encrypted inference");
}

static int encrypt_pixels(struct serving *v, size_t first, size_t n)
{
	struct owner_session *s = v->s;
	size_t pixels = network_elements(&s->net->nodes[0].out);
	uint64_t stream = s->keys->next_stream;
	int failure = 0;

	s->keys->next_stream += n;
#pragma omp parallel for schedule(static) num_threads((int)s->keys->n_workers)
	for (size_t i = 0; i < n; i++) {
		struct keys_ckks_worker *w =
			&s->keys->workers[omp_get_thread_num()];
		struct ckks_ciphertext c = fresh_at(v, i);
		int err;

		for (uint64_t k = 0; k < s->batch; k++)
			w->values[k] = (double)s->images[k * pixels + first + i];
		err = keys_ckks_encrypt(s->keys, w, stream + i, w->values,
					s->batch, &c);
		if (err) {
#pragma omp atomic write
			failure = err;
		}
	}
	return failure ? too_large(v, failure) : 0;
}

static int begin(struct serving *v)
{
	size_t pixels = network_elements(&v->s->net->nodes[0].out);
	size_t most = WIRE_FRAME_TARGET /
		      wire_cipher_bytes(v->context, LEVELS_FRESH_PRIMES) + 1;
	int err = 0;

	if (v->begun == v->allowed)
		return protocol(v, "begins more inferences than it said");
	v->begun++;
	v->decrypted = 0;
	v->now = (struct owner_result){ 0 };
	for (size_t i = 0; i < pixels && !err; i += most) {
		size_t n = pixels - i < most ? pixels - i : most;
		uint64_t start = clock_ns();

		err = reserve_fresh(v, n);
		if (!err)
			err = encrypt_pixels(v, i, n);
		v->now.encryption_ns += clock_ns() - start;
		if (!err)
			err = send_fresh(v, n);
	}
	return err;
}

/* Where the groups of a request are; they have to fill it exactly. */
static int find_groups(struct serving *v, const struct wire_header *h,
		       const struct wire_batch *batch)
{
	size_t each = wire_cipher_bytes(v->context, batch->primes);
	const uint8_t *at = wire_payload(&v->wire) + WIRE_BATCH_BYTES;
	size_t left = h->length - WIRE_BATCH_BYTES;

	/* a group is a number and a ciphertext at least */
	if (!h->count || h->count > left / (4 + each) ||
	    h->count > wire_payload_of_owner(v->context) /
		       wire_cipher_bytes(v->context, LEVELS_FRESH_PRIMES))
		return protocol(v, "sent a request that is not whole");
	if (h->count > v->n_groups) {
		const uint8_t **more = realloc(v->groups,
					       h->count * sizeof(*more));

		if (!more)
			return wire_fail(&v->wire, -ENOMEM, "out of memory for %u ciphertexts",
					 h->count);
		v->groups = more;
		v->n_groups = h->count;
	}
	for (uint32_t i = 0; i < h->count; i++) {
		size_t n = left >= 4 ? wire_u32_get(at) : 0;

		if (!n || n > WIRE_GROUP_MAX || n > (left - 4) / each ||
		    (n > 1 && batch->op != GRAPH_MAX_POOL))
			return protocol(v, "sent a request that is not whole");
		v->groups[i] = at;
		at += 4 + n * each;
		left -= 4 + n * each;
	}
	return left ? protocol(v, "sent a request with something behind it") : 0;
}

/* One group; its ciphertexts are copied, for the payload is not aligned. */
static int refresh_group(struct serving *v, const struct wire_batch *batch,
			 size_t i, uint64_t stream)
{
	struct keys_ckks *keys = v->s->keys;
	size_t words = ckks_ciphertext_words(v->context, batch->primes);
	size_t n = wire_u32_get(v->groups[i]);
	uint64_t *copy = malloc(n * words * sizeof(*copy));
	const uint64_t *sources[WIRE_GROUP_MAX];
	struct ckks_ciphertext fresh = fresh_at(v, i), like = {
		.n_primes = batch->primes,
		.scale = batch->scale == 2 ? keys->scale * keys->scale :
					     keys->scale,
	};
	int err = copy ? 0 : -ENOMEM;

	for (size_t k = 0; k < n && !err; k++) {
		like.words = copy + k * words;
		sources[k] = like.words;
		err = wire_cipher_get(v->context, v->groups[i] + 4 +
				      k * words * sizeof(*copy), &like);
	}
	if (!err)
		err = keys_ckks_refresh(keys,
					&keys->workers[omp_get_thread_num()],
					batch->op, sources, n, &like,
					v->s->batch, stream, &fresh);
	free(copy);
	return err;
}

static int explain(struct serving *v, int err)
{
	if (err == -EPROTO)
		return protocol(v, "sent a ciphertext that is none");
	if (err == -ENOMEM)
		return wire_fail(&v->wire, err, "out of memory for a refresh");
	return too_large(v, err);
}

/* The owner counts the random streams itself: a server that could choose them
 * could have two ciphertexts with one mask. */
static int refresh(struct serving *v, const struct wire_header *h)
{
	struct keys_ckks *keys = v->s->keys;
	uint64_t start = clock_ns(), stream = keys->next_stream;
	struct wire_batch batch;
	int failure = 0, err;

	if (wire_batch_get(wire_payload(&v->wire), h->length, &batch) ||
	    batch.op == GRAPH_RESULT)
		return protocol(v, "asked for an operation that there is not");
	err = find_groups(v, h, &batch);
	if (!err)
		err = reserve_fresh(v, h->count);
	if (err)
		return err;
	keys->next_stream += h->count;
#pragma omp parallel for schedule(static) num_threads((int)keys->n_workers)
	for (uint32_t i = 0; i < h->count; i++) {
		int failed = refresh_group(v, &batch, i, stream + i);

		if (failed) {
#pragma omp atomic write
			failure = failed;
		}
	}
	if (failure)
		return explain(v, failure);
	v->now.refresh_ns += clock_ns() - start;
	v->now.refreshed += h->count;
	return send_fresh(v, h->count);
}

static int keep(struct serving *v)
{
	struct owner_session *s = v->s;
	struct owner_result *more = realloc(s->results, (s->n_results + 1) *
					    sizeof(*more));

	if (!more)
		return wire_fail(&v->wire, -ENOMEM, "out of memory for results");
	s->results = more;
	v->now.logits_checksum = checksum_bytes(s->logits, s->batch *
						v->n_logits *
						sizeof(*s->logits));
	v->now.classes_checksum = infer_classes_checksum(s->logits, s->batch,
							 v->n_logits);
	s->results[s->n_results++] = v->now;
	return wire_send(&v->wire, WIRE_FINISHED, 0, NULL, 0);
}

static int decrypt(struct serving *v, const struct wire_header *h)
{
	struct owner_session *s = v->s;
	struct keys_ckks_worker *w = &s->keys->workers[0];
	uint64_t start = clock_ns();
	struct wire_batch batch;
	size_t each;
	int err;

	if (wire_batch_get(wire_payload(&v->wire), h->length, &batch) ||
	    batch.op != GRAPH_RESULT)
		return protocol(v, "sent no result where one was announced");
	each = wire_cipher_bytes(v->context, batch.primes);
	if (!h->count || h->count > v->n_logits - v->decrypted ||
	    h->length - WIRE_BATCH_BYTES != h->count * each)
		return protocol(v, "sent a result that is not whole");
	err = reserve_fresh(v, 1);
	for (uint32_t i = 0; i < h->count && !err; i++) {
		struct ckks_ciphertext c = {
			.words = v->fresh,
			.n_primes = batch.primes,
			.scale = batch.scale == 2 ?
				 s->keys->scale * s->keys->scale :
				 s->keys->scale,
		};
		size_t at = v->decrypted + i;

		err = wire_cipher_get(v->context, wire_payload(&v->wire) +
				      WIRE_BATCH_BYTES + i * each, &c);
		if (!err)
			err = keys_ckks_decrypt(w, &c, s->batch, w->values);
		if (err)
			return explain(v, err);
		for (uint64_t k = 0; k < s->batch; k++)
			s->logits[k * v->n_logits + at] = (float)w->values[k];
	}
	if (err)
		return err;
	v->decrypted += h->count;
	v->now.decryption_ns += clock_ns() - start;
	return v->decrypted == v->n_logits ? keep(v) : 0;
}

/* @ret_ended: the server has said so, with nothing left undone. */
static int answer(struct serving *v, const struct wire_header *h,
		  bool *ret_ended)
{
	bool open = v->begun > v->s->n_results;

	switch (h->type) {
	case WIRE_BUSY:
		return 0;
	case WIRE_BEGIN:
		return open ? protocol(v, "begins an inference before the last is done") :
			      begin(v);
	case WIRE_REFRESH:
		return open ? refresh(v, h) :
			      protocol(v, "asks outside of an inference");
	case WIRE_RESULT:
		return open ? decrypt(v, h) :
			      protocol(v, "asks outside of an inference");
	case WIRE_END:
		if (open || !v->begun)
			return protocol(v, "ends before the inference is done");
		*ret_ended = true;
		return 0;
	case WIRE_HELLO:
	case WIRE_WELCOME:
	case WIRE_FRESH:
	case WIRE_FINISHED:
	case WIRE_REFUSED:
		break;
	}
	return protocol(v, "sent a frame that only a data owner sends");
}

int owner_session_run(struct owner_session *s, int fd, char *error,
		      size_t error_bytes)
{
	struct serving v = { .s = s, .context = s->keys->context };
	bool ended = false;
	int err;

	s->agreed = false;
	s->n_results = 0;
	wire_init(&v.wire, fd, s->timeout_ns, "the server");
	err = agree(&v);
	while (!err && !ended) {
		struct wire_header h;

		err = wire_receive(&v.wire, &h);
		if (!err)
			err = answer(&v, &h, &ended);
	}
	if (err) {
		snprintf(error, error_bytes, "%s", v.wire.failure);
		if (err != -ECONNRESET && err != -ECONNREFUSED)
			wire_refuse(&v.wire, v.wire.failure);
	}
	s->sent = v.wire.sent;
	s->received = v.wire.received;
	wire_close(&v.wire);
	free(v.fresh);
	free(v.groups);
	return err;
}
