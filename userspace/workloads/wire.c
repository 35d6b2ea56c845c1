// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/wire.h"

#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "workloads/clock.h"

#define FIRST_PAYLOAD_MAX	1024	/* of greetings */
#define REFUSAL_NS		1000000000ull
#define LIMIT_ONE_POLL_MS	(3600 * 1000)

static const uint8_t magic[4] = { 'T', 'S', 'C', 'K' };

int wire_poll(int fd, short events, uint64_t deadline_ns)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = events };
		uint64_t now = clock_ns(), ms;
		int n;

		if (now >= deadline_ns)
			return -ETIMEDOUT;
		/* rounded up, or the last millisecond would spin */
		ms = (deadline_ns - now + 999999) / 1000000;
		n = poll(&p, 1, ms < LIMIT_ONE_POLL_MS ? (int)ms :
							 LIMIT_ONE_POLL_MS);
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -errno;
	}
}

void wire_header_put(const struct wire_header *h,
		     uint8_t ret[WIRE_HEADER_BYTES])
{
	uint16_t version = htole16(WIRE_VERSION);
	uint16_t type = htole16((uint16_t)h->type);
	uint32_t count = htole32(h->count), length = htole32(h->length);

	memcpy(ret, magic, 4);
	memcpy(ret + 4, &version, 2);
	memcpy(ret + 6, &type, 2);
	memcpy(ret + 8, &count, 4);
	memcpy(ret + 12, &length, 4);
}

int wire_header_get(const uint8_t bytes[WIRE_HEADER_BYTES], size_t payload_max,
		    char *error, size_t error_bytes, struct wire_header *ret)
{
	uint16_t version, type;
	uint32_t count, length;

	memcpy(&version, bytes + 4, 2);
	memcpy(&type, bytes + 6, 2);
	memcpy(&count, bytes + 8, 4);
	memcpy(&length, bytes + 12, 4);
	version = le16toh(version);
	type = le16toh(type);
	count = le32toh(count);
	length = le32toh(length);
	if (memcmp(bytes, magic, 4))
		snprintf(error, error_bytes,
			 "sent what is no frame of this protocol");
	else if (version != WIRE_VERSION)
		snprintf(error, error_bytes,
			 "speaks version %u of the protocol and this program version %d",
			 version, WIRE_VERSION);
	else if (!type || type >= WIRE_TYPES)
		snprintf(error, error_bytes,
			 "sent a frame of type %u, which there is not", type);
	else if (length > payload_max)
		snprintf(error, error_bytes,
			 "sent a frame of %u bytes where at most %zu are expected",
			 length, payload_max);
	else {
		*ret = (struct wire_header){ (enum wire_type)type, count,
					     length };
		return 0;
	}
	return -EPROTO;
}

int wire_fail(struct wire *w, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(w->failure, sizeof(w->failure), format, args);
	va_end(args);
	return err;
}

void wire_init(struct wire *w, int fd, uint64_t timeout_ns, const char *peer)
{
	*w = (struct wire){
		.fd = fd,
		.timeout_ns = timeout_ns,
		.payload_max = FIRST_PAYLOAD_MAX,
		.peer = peer,
	};
}

void wire_close(struct wire *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
	free(w->in.bytes);
	free(w->out.bytes);
	w->in = w->out = (struct wire_buffer){ 0 };
}

static int reserve(struct wire *w, struct wire_buffer *b, size_t bytes)
{
	uint8_t *more;

	if (bytes <= b->capacity)
		return 0;
	more = realloc(b->bytes, bytes);
	if (!more)
		return wire_fail(w, -ENOMEM, "out of memory for a frame of %zu bytes",
				 bytes);
	b->bytes = more;
	b->capacity = bytes;
	return 0;
}

uint8_t *wire_begin(struct wire *w, enum wire_type type, uint32_t count,
		    uint32_t length)
{
	struct wire_header h = { type, count, length };

	if (reserve(w, &w->out, WIRE_HEADER_BYTES + (size_t)length))
		return NULL;
	wire_header_put(&h, w->out.bytes);
	w->out.length = WIRE_HEADER_BYTES + (size_t)length;
	w->out.done = 0;
	return w->out.bytes + WIRE_HEADER_BYTES;
}

static int gone(struct wire *w, int err)
{
	if (err == -ECONNRESET || err == -EPIPE)
		return wire_fail(w, -ECONNRESET, "%s is gone: the connection was closed before the end",
				 w->peer);
	return wire_fail(w, err, "the connection to %s failed: %s", w->peer,
			 strerror(-err));
}

/* What the socket takes now. Who is gone may have said why: that is read
 * first, and found gone then. */
static int push(struct wire *w, bool *ret_gone)
{
	struct wire_buffer *b = &w->out;

	while (b->done < b->length) {
		ssize_t n = send(w->fd, b->bytes + b->done,
				 b->length - b->done, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return 0;
		if (n < 0 && (errno == EPIPE || errno == ECONNRESET)) {
			*ret_gone = true;
			return 0;
		}
		if (n < 0)
			return gone(w, -errno);
		b->done += (size_t)n;
		w->sent += (uint64_t)n;
	}
	b->length = b->done = 0;
	return 0;
}

/* The header has come: how much follows, and room for it. */
static int take_header(struct wire *w, struct wire_header *ret)
{
	char reason[WIRE_FAILURE_BYTES / 2];

	if (wire_header_get(w->in.bytes, w->payload_max, reason,
			    sizeof(reason), ret))
		return wire_fail(w, -EPROTO, "%s %s", w->peer, reason);
	w->in.length = WIRE_HEADER_BYTES + ret->length;
	return reserve(w, &w->in, w->in.length);
}

/* What the socket has now, but nothing of the next frame. */
static int pull(struct wire *w, struct wire_header *ret, bool *ret_received)
{
	struct wire_buffer *b = &w->in;

	if (!b->length) {
		int err = reserve(w, b, WIRE_HEADER_BYTES);

		if (err)
			return err;
		b->length = WIRE_HEADER_BYTES;
		b->done = 0;
	}
	for (;;) {
		ssize_t n = recv(w->fd, b->bytes + b->done,
				 b->length - b->done, 0);
		int err;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return 0;
		if (n <= 0)
			return gone(w, n ? -errno : -ECONNRESET);
		b->done += (size_t)n;
		w->received += (uint64_t)n;
		if (b->done < b->length)
			continue;
		err = take_header(w, ret);
		if (err)
			return err;
		if (b->done == b->length) {
			b->length = 0;
			*ret_received = true;
			return 0;
		}
	}
}

static int late(struct wire *w)
{
	return wire_fail(w, -ETIMEDOUT, "%s was not heard of in %.3g s; --owner-timeout waits longer",
			 w->peer, (double)w->timeout_ns / 1e9);
}

int wire_step(struct wire *w, uint64_t deadline_ns, struct wire_header *ret,
	      bool *ret_received)
{
	bool sends = w->out.length, dead = false;

	*ret_received = false;
	for (;;) {
		int err = push(w, &dead);

		if (!err)
			err = pull(w, ret, ret_received);
		if (err || *ret_received || (sends && !w->out.length))
			return err;
		if (dead)
			return gone(w, -EPIPE);
		err = wire_poll(w->fd, (short)(POLLIN |
					       (w->out.length ? POLLOUT : 0)),
				deadline_ns);
		if (err == -ETIMEDOUT)
			return late(w);
		if (err)
			return gone(w, err);
	}
}

int wire_flush(struct wire *w)
{
	uint64_t deadline = clock_ns() + w->timeout_ns;
	bool dead = false;

	for (;;) {
		int err = push(w, &dead);

		if (err || !w->out.length)
			return err;
		if (dead)
			return gone(w, -EPIPE);
		err = wire_poll(w->fd, POLLOUT, deadline);
		if (err == -ETIMEDOUT)
			return late(w);
		if (err)
			return gone(w, err);
	}
}

int wire_receive(struct wire *w, struct wire_header *ret)
{
	uint64_t deadline = clock_ns() + w->timeout_ns;
	bool received = false;

	for (;;) {
		int err = pull(w, ret, &received);

		if (err)
			return err;
		if (received)
			return wire_refused(w, ret);
		err = wire_poll(w->fd, POLLIN, deadline);
		if (err == -ETIMEDOUT)
			return late(w);
		if (err)
			return gone(w, err);
	}
}

int wire_send(struct wire *w, enum wire_type type, uint32_t count,
	      const void *payload, uint32_t length)
{
	uint8_t *to = wire_begin(w, type, count, length);

	if (!to)
		return -ENOMEM;
	if (length)
		memcpy(to, payload, length);
	return wire_flush(w);
}

void wire_refuse(struct wire *w, const char *sentence)
{
	char kept[WIRE_FAILURE_BYTES];
	size_t n = strlen(sentence);

	/* not into the middle of another frame, and not for long */
	if (w->out.length)
		return;
	memcpy(kept, w->failure, sizeof(kept));
	if (w->timeout_ns > REFUSAL_NS)
		w->timeout_ns = REFUSAL_NS;
	wire_send(w, WIRE_REFUSED, 0, sentence,
		  (uint32_t)(n < WIRE_SENTENCE_MAX ? n : WIRE_SENTENCE_MAX));
	memcpy(w->failure, kept, sizeof(kept));
}

/* What others write may reach a terminal. */
int wire_refused(struct wire *w, const struct wire_header *h)
{
	char text[WIRE_SENTENCE_MAX + 1];
	size_t n = h->length < WIRE_SENTENCE_MAX ? h->length :
						   WIRE_SENTENCE_MAX;

	if (h->type != WIRE_REFUSED)
		return 0;
	for (size_t i = 0; i < n; i++) {
		uint8_t c = wire_payload(w)[i];

		text[i] = c >= ' ' && c < 0x7f ? (char)c : '?';
	}
	text[n] = '\0';
	return wire_fail(w, -ECONNREFUSED, "%s refuses: %s", w->peer, text);
}
