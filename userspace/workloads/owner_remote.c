// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/owner_remote.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/clock.h"
#include "workloads/operation_ckks.h"
#include "workloads/wire.h"
#include "workloads/wire_message.h"

/* Requests that are on their way at a time: while the owner works on one, the
 * next is already there. */
#define WINDOW	4

/* Who waits for a sign of life gets some before it gives up. */
#define SIGNS	4

/**
 * struct owner_remote - an owner at the other end of a socket
 * @busy_ns: after so long without a frame from here it gets a sign of life
 * @last_ns: when the last one was sent
 */
struct owner_remote {
	struct owner_ckks base;
	struct wire wire;
	char peer[WIRE_ADDRESS_TEXT_MAX + 32];
	uint64_t busy_ns;
	uint64_t last_ns;
	const uint64_t **sources;
	size_t n_sources;
};

static struct owner_remote *remote(struct owner_ckks *owner)
{
	return (struct owner_remote *)owner;
}

/* The sentence of the connection is the owner's. */
static int failed(struct owner_remote *o, int err)
{
	snprintf(o->base.failure, sizeof(o->base.failure), "%s",
		 o->wire.failure);
	return err;
}

static int unexpected(struct owner_remote *o, const char *what)
{
	return failed(o, wire_fail(&o->wire, -EPROTO, "%s %s", o->wire.peer,
				   what));
}

/**
 * struct exchange - ciphertexts that are asked for
 * @sent: elements that were asked for; @taken: that came
 * @counts: of requests that are not answered, a ring from @first on
 */
struct exchange {
	const struct operation_ckks *op;
	size_t n;
	size_t sent;
	size_t taken;
	uint32_t counts[WINDOW];
	size_t first;
	size_t pending;
};

static int take_fresh(struct owner_remote *o, struct exchange *x,
		      const struct wire_header *h, size_t limit)
{
	const struct ckks_context *context = x->op->engine->context;
	size_t bytes = wire_cipher_bytes(context, LEVELS_FRESH_PRIMES);

	if (h->type != WIRE_FRESH)
		return unexpected(o, "answered with something else than fresh ciphertexts");
	if (!h->count || h->count > limit || h->length != h->count * bytes)
		return unexpected(o, "sent another number of ciphertexts than was asked for");
	for (uint32_t i = 0; i < h->count; i++) {
		struct pool_cipher *out = x->op->output->elements[x->taken++];
		struct ckks_ciphertext c = {
			.words = out->words,
			.n_primes = LEVELS_FRESH_PRIMES,
			.scale = x->op->engine->scale,
		};

		if (wire_cipher_get(context, wire_payload(&o->wire) + i * bytes,
				    &c))
			return unexpected(o, "sent a ciphertext that is none");
		out->primes = LEVELS_FRESH_PRIMES;
		out->scale = c.scale;
	}
	return 0;
}

/* Images come unasked, one frame after the other. */
static int encrypt(struct owner_ckks *owner, const struct operation_ckks *op)
{
	struct owner_remote *o = remote(owner);
	struct exchange x = { .op = op, .n = op->output->n };
	int err = wire_send(&o->wire, WIRE_BEGIN, 0, NULL, 0);

	while (!err && x.taken < x.n) {
		struct wire_header h;

		err = wire_receive(&o->wire, &h);
		if (!err)
			err = take_fresh(o, &x, &h, x.n - x.taken);
	}
	o->last_ns = clock_ns();
	return err ? failed(o, err) : 0;
}

/* How often a scale is in that of a ciphertext; levels have no others. */
static uint16_t scale_power(const struct engine_ckks *e, double scale)
{
	return scale > e->scale ? 2 : 1;
}

/* The next request, of as many elements as fit. */
static int ask(struct owner_remote *o, struct exchange *x)
{
	const struct operation_ckks *op = x->op;
	const struct pool_cipher *like = op->inputs[0]->elements[0];
	size_t each = wire_cipher_bytes(op->engine->context, like->primes);
	struct wire_batch batch = {
		.op = op->node->op,
		.primes = like->primes,
		.scale = scale_power(op->engine, like->scale),
	};
	size_t fresh = wire_cipher_bytes(op->engine->context,
					 LEVELS_FRESH_PRIMES);
	size_t bytes = WIRE_BATCH_BYTES, end = x->sent;
	uint8_t *to;

	/* neither the question nor the answer is longer */
	while (end < x->n && (end == x->sent ||
			      (bytes < WIRE_FRAME_TARGET &&
			       (end - x->sent) * fresh < WIRE_FRAME_TARGET)))
		bytes += 4 + each * operation_ckks_sources(op, end++,
							   o->sources);
	to = wire_begin(&o->wire, WIRE_REFRESH, (uint32_t)(end - x->sent),
			(uint32_t)bytes);
	if (!to)
		return failed(o, -ENOMEM);
	wire_batch_put(&batch, to);
	to += WIRE_BATCH_BYTES;
	x->counts[(x->first + x->pending++) % WINDOW] =
		(uint32_t)(end - x->sent);
	for (; x->sent < end; x->sent++) {
		size_t n = operation_ckks_sources(op, x->sent, o->sources);

		wire_u32_put((uint32_t)n, to);
		to += 4;
		for (size_t i = 0; i < n; i++, to += each)
			wire_words_put(o->sources[i], each, to);
	}
	return 0;
}

static int take_answer(struct owner_remote *o, struct exchange *x,
		       const struct wire_header *h)
{
	int err = wire_refused(&o->wire, h);

	if (err)
		return failed(o, err);
	if (!x->pending)
		return unexpected(o, "answered what was not asked");
	if (h->count != x->counts[x->first])
		return unexpected(o, "sent another number of ciphertexts than was asked for");
	err = take_fresh(o, x, h, x->counts[x->first]);
	x->first = (x->first + 1) % WINDOW;
	x->pending--;
	return err;
}

static int reserve_sources(struct owner_remote *o,
			   const struct operation_ckks *op)
{
	size_t n = op->node->op == GRAPH_MAX_POOL ?
		   (size_t)op->node->window.height * op->node->window.width : 1;
	const uint64_t **more;

	if (n > WIRE_GROUP_MAX) {
		wire_fail(&o->wire, -EINVAL, "%s has a window of %zu elements, and a data owner takes %d at most",
			  op->node->name, n, WIRE_GROUP_MAX);
		return failed(o, -EINVAL);
	}
	if (n <= o->n_sources)
		return 0;
	more = realloc(o->sources, n * sizeof(*more));
	if (!more)
		return -ENOMEM;
	o->sources = more;
	o->n_sources = n;
	return 0;
}

static int refresh(struct owner_ckks *owner, const struct operation_ckks *op)
{
	struct owner_remote *o = remote(owner);
	struct exchange x = { .op = op, .n = op->output->n };
	uint64_t deadline = clock_ns() + o->wire.timeout_ns;
	int err = reserve_sources(o, op);

	while (!err && x.taken < x.n) {
		struct wire_header h;
		bool received;

		if (!o->wire.out.length && x.sent < x.n && x.pending < WINDOW)
			err = ask(o, &x);
		if (err)
			return err;
		err = wire_step(&o->wire, deadline, &h, &received);
		if (err)
			return failed(o, err);
		if (!received)
			continue;
		err = take_answer(o, &x, &h);
		deadline = clock_ns() + o->wire.timeout_ns;
	}
	o->last_ns = clock_ns();
	return err;
}

/* The next ciphertexts of the result. */
static int send_result(struct owner_remote *o, struct engine_ckks *engine,
		       const struct tensor *result, size_t *done)
{
	const struct pool_cipher *like = result->elements[0];
	size_t each = wire_cipher_bytes(engine->context, like->primes);
	struct wire_batch batch = {
		.op = GRAPH_RESULT,
		.primes = like->primes,
		.scale = scale_power(engine, like->scale),
	};
	size_t n = WIRE_FRAME_TARGET / each;
	uint8_t *to;

	n = n > result->n - *done ? result->n - *done : n ? n : 1;
	to = wire_begin(&o->wire, WIRE_RESULT, (uint32_t)n,
			(uint32_t)(WIRE_BATCH_BYTES + n * each));
	if (!to)
		return -ENOMEM;
	wire_batch_put(&batch, to);
	to += WIRE_BATCH_BYTES;
	for (size_t i = 0; i < n; i++, to += each)
		wire_words_put(result->elements[(*done)++]->words, each, to);
	return wire_flush(&o->wire);
}

/* The owner answers nothing before it has all; but what it says then may be a
 * refusal, which is why a failure to send is not the last word. */
static int finish(struct owner_ckks *owner, struct engine_ckks *engine,
		  const struct tensor *result, uint64_t batch, float *logits)
{
	struct owner_remote *o = remote(owner);
	struct wire_header h;
	size_t done = 0;
	int err = 0;

	(void)batch;
	(void)logits;
	while (!err && done < result->n)
		err = send_result(o, engine, result, &done);
	if (!err || err == -ECONNRESET)
		err = wire_receive(&o->wire, &h);
	if (err)
		return failed(o, err);
	if (h.type != WIRE_FINISHED)
		return unexpected(o, "did not say that it has the logits");
	o->last_ns = clock_ns();
	return 0;
}

static int busy(struct owner_ckks *owner)
{
	struct owner_remote *o = remote(owner);
	uint64_t now = clock_ns();
	int err;

	if (now - o->last_ns < o->busy_ns)
		return 0;
	o->last_ns = now;
	err = wire_send(&o->wire, WIRE_BUSY, 0, NULL, 0);
	return err ? failed(o, err) : 0;
}

static void free_remote(struct owner_ckks *owner)
{
	struct owner_remote *o = remote(owner);

	wire_close(&o->wire);
	free(o->sources);
	free(o);
}

static const struct owner_ckks_ops ops = {
	.encrypt = encrypt,
	.refresh = refresh,
	.finish = finish,
	.busy = busy,
	.free = free_remote,
};

static int agree(struct owner_remote *o, const struct network *net,
		 const struct owner_remote_want *want)
{
	struct wire_hello hello = wire_hello_of(net, &want->parameters,
						want->batch, want->inferences);
	uint8_t bytes[WIRE_HELLO_BYTES];
	struct wire_header h;
	int err;

	wire_hello_put(&hello, bytes);
	err = wire_send(&o->wire, WIRE_HELLO, 0, bytes, sizeof(bytes));
	if (!err || err == -ECONNRESET)
		err = wire_receive(&o->wire, &h);
	if (err)
		return failed(o, err);
	if (h.type != WIRE_WELCOME || h.length != 4)
		return unexpected(o, "did not answer the greeting of a server");
	o->busy_ns = (uint64_t)wire_u32_get(wire_payload(&o->wire)) * 1000000 /
		     SIGNS;
	o->last_ns = clock_ns();
	return 0;
}

int owner_remote_new(const struct network *net,
		     const struct owner_remote_want *want, char *error,
		     size_t error_bytes, struct owner_ckks **ret)
{
	struct owner_remote *o = calloc(1, sizeof(*o));
	uint64_t deadline = clock_ns() + want->timeout_ns;
	struct ckks_context context = { .parameters = want->parameters };
	int fd, err;

	if (!o) {
		snprintf(error, error_bytes, "out of memory");
		return -ENOMEM;
	}
	o->base.ops = &ops;
	snprintf(o->peer, sizeof(o->peer), "the data owner at %s", want->text);
	err = wire_connect(&want->address, want->text, deadline, error,
			   error_bytes, &fd);
	if (err) {
		free(o);
		return err;
	}
	wire_init(&o->wire, fd, want->timeout_ns, o->peer);
	err = agree(o, net, want);
	if (err) {
		snprintf(error, error_bytes, "%s", o->base.failure);
		free_remote(&o->base);
		return err;
	}
	/* only its parameters are looked at */
	o->wire.payload_max = wire_payload_of_owner(&context);
	*ret = &o->base;
	return 0;
}

int owner_remote_end(struct owner_ckks *owner)
{
	struct owner_remote *o = remote(owner);
	int err = wire_send(&o->wire, WIRE_END, 0, NULL, 0);

	return err ? failed(o, err) : 0;
}

void owner_remote_traffic(const struct owner_ckks *owner, uint64_t *ret_sent,
			  uint64_t *ret_received)
{
	const struct owner_remote *o = (const struct owner_remote *)owner;

	*ret_sent = o->wire.sent;
	*ret_received = o->wire.received;
}
