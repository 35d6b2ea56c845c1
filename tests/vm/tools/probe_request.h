/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "probe_socket.h"

/* A sampler of @n counters (specs as text); ends the program on a bad spec.
 * 0 and its id, or the kernel's -errno.
 */
int probe_new(struct probe *probe, uint64_t interval_ms, char **specs, int n,
	      uint32_t *ret_id);

/* The request for that. */
struct nl_msg *probe_new_message(const struct probe *probe,
				 uint64_t interval_ms, char **specs, int n);

int probe_subscribe(struct probe *probe, uint32_t id);

/* The next sample; ends the program if none comes in PROBE_SAMPLE_MS. What was
 * lost before it shows in its number.
 */
#define PROBE_SAMPLE_MS	10000
const struct nlmsghdr *probe_next_sample(struct probe *probe);

/* Ends the program with the kernel's sentence if @error is not 0. */
void probe_require(const struct probe *probe, int error);

/* What the kernel says about that sampler; ends the program if nothing. */
const struct nlmsghdr *probe_describe(struct probe *probe, uint32_t id);

/* The number, of four or eight bytes, that @header has in attribute @type; ends
 * the program if it has none.
 */
uint64_t probe_value(const struct nlmsghdr *header, int type);

/*
 * A request put together from words: new, get, del, subscribe or dump, then
 *	interval=NS id=N counter=PMU:CONFIG:CPU	what it says
 *	bare-counter	a COUNTER without anything in it
 *	short-interval	INTERVAL_NS with 4 bytes
 *	unknown		an attribute that the family does not have
 *	unknown-in-counter	and one that a COUNTER does not have
 *	truncated	the message ends in the middle of its last attribute
 * Prints "done", "id N", "id N shared" or "refused ERRNO: SENTENCE"; if the last word is
 * "where", "ERRNO at OFFSET": in the request, of the attribute that is blamed.
 */
int probe_words(struct probe *probe, char **words, int n);

/* Sends the same, and does not wait for what comes of it. */
void probe_words_send(struct probe *probe, char **words, int n);
