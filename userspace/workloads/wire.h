/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames between a server and its data owner, on a stream socket that does not
 * block. A frame is a header of 16 bytes and a payload; all numbers are little
 * endian:
 *
 *	0	"TSCK"
 *	4	u16	version, WIRE_VERSION
 *	6	u16	enum wire_type
 *	8	u32	count: what the type says
 *	12	u32	bytes of the payload
 *
 * A header is checked, and its length against what this side is ready to take,
 * before anything is allocated for the payload. Each wait is for a whole frame
 * and has a deadline, so who sends a byte now and then gains no time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_VERSION		1
#define WIRE_HEADER_BYTES	16
#define WIRE_SENTENCE_MAX	400	/* of a WIRE_REFUSED */
#define WIRE_FAILURE_BYTES	512

/**
 * enum wire_type - what a frame is
 * @WIRE_HELLO: server, first: struct wire_hello
 * @WIRE_WELCOME: owner: it agrees; the payload is a u32: the milliseconds
 *	after which it gives up a server that says nothing
 * @WIRE_BEGIN: server: an inference begins; the images, please
 * @WIRE_FRESH: owner: @count fresh ciphertexts, the next ones of what was asked
 * @WIRE_REFRESH: server: struct wire_batch, then @count groups: of each a u32,
 *	the number of its ciphertexts, and those
 * @WIRE_RESULT: server: struct wire_batch and @count ciphertexts, the next ones
 *	of the logits
 * @WIRE_FINISHED: owner: it has decrypted all logits
 * @WIRE_BUSY: server: nothing, but it is still there
 * @WIRE_END: server: that was all
 * @WIRE_REFUSED: either: a sentence, and then the connection ends
 */
enum wire_type {
	WIRE_HELLO = 1,
	WIRE_WELCOME,
	WIRE_BEGIN,
	WIRE_FRESH,
	WIRE_REFRESH,
	WIRE_RESULT,
	WIRE_FINISHED,
	WIRE_BUSY,
	WIRE_END,
	WIRE_REFUSED,
};
#define WIRE_TYPES (WIRE_REFUSED + 1)

struct wire_header {
	enum wire_type type;
	uint32_t count;
	uint32_t length;
};

/* A header, and its payload if there is one, on its way. */
struct wire_buffer {
	uint8_t *bytes;
	size_t capacity;
	size_t length;		/* of the frame, header included; 0: idle */
	size_t done;
};

/**
 * struct wire - one side of a connection
 * @fd: closed by wire_close()
 * @timeout_ns: of each wait
 * @payload_max: of frames that come; a connection begins with little
 * @peer: who the other side is, for sentences
 * @failure: a sentence, when a function here has failed
 * @received, @sent: bytes, headers included
 */
struct wire {
	int fd;
	uint64_t timeout_ns;
	size_t payload_max;
	const char *peer;
	struct wire_buffer in;
	struct wire_buffer out;
	char failure[WIRE_FAILURE_BYTES];
	uint64_t received;
	uint64_t sent;
};

/* 0, -ETIMEDOUT, or another -errno; @events as of poll(2). */
int wire_poll(int fd, short events, uint64_t deadline_ns);

void wire_header_put(const struct wire_header *h,
		     uint8_t ret[WIRE_HEADER_BYTES]);

/* 0, or -EPROTO with a sentence, which continues "the data owner ". */
int wire_header_get(const uint8_t bytes[WIRE_HEADER_BYTES], size_t payload_max,
		    char *error, size_t error_bytes, struct wire_header *ret);

/* Takes over @fd. */
void wire_init(struct wire *w, int fd, uint64_t timeout_ns, const char *peer);
void wire_close(struct wire *w);

/* Begins a frame in @w->out, which must be idle: room for @length bytes of
 * payload, to be filled by the caller. NULL if memory is out. */
uint8_t *wire_begin(struct wire *w, enum wire_type type, uint32_t count,
		    uint32_t length);

/**
 * wire_step() - let pass what passes, until what was begun is sent or a frame
 * has come
 * @deadline_ns: of clock_ns()
 * @ret: a frame has come, whole: wire_payload() has it
 *
 * Both directions at once, so that two sides that send much to each other do
 * not wait for each other. All but this are one direction.
 *
 * Returns 0 or -errno and a failure: -ETIMEDOUT, -ECONNRESET (the other side
 * is gone), -EPROTO, -ENOMEM.
 */
int wire_step(struct wire *w, uint64_t deadline_ns, struct wire_header *ret,
	      bool *ret_received);

/* Sends all of what was begun. As wire_step(). */
int wire_flush(struct wire *w);

/* The next frame; one of WIRE_REFUSED is -ECONNREFUSED, and its sentence the
 * failure. As wire_step(). */
int wire_receive(struct wire *w, struct wire_header *ret);

/* A frame without a payload, or with a small one. As wire_step(). */
int wire_send(struct wire *w, enum wire_type type, uint32_t count,
	      const void *payload, uint32_t length);

/* Tells the other side why it ends, as far as it still listens. */
void wire_refuse(struct wire *w, const char *sentence);

/* Turns a WIRE_REFUSED that came into a failure: -ECONNREFUSED. */
int wire_refused(struct wire *w, const struct wire_header *h);

/* The payload of the frame that came last; gone with the next one. */
static inline const uint8_t *wire_payload(const struct wire *w)
{
	return w->in.bytes + WIRE_HEADER_BYTES;
}

/* Writes the failure; @err. */
__attribute__((format(printf, 3, 4)))
int wire_fail(struct wire *w, int err, const char *format, ...);
