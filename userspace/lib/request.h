/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Requests to the module: what is asked, answered and refused.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <netlink/genl/genl.h>

#include "netlink.h"

struct tierscope;

/* How long the module may take to answer: a walk of terabytes takes seconds. */
#define TIERSCOPE_ANSWER_MS 60000

/**
 * typedef tierscope_answer_fn - called for each message of an answer
 *
 * A negative errno ends the request and is returned by it.
 */
typedef int (*tierscope_answer_fn)(struct nlmsghdr *header, void *data);

/**
 * struct tierscope_request - one request
 * @what: what is being done, for the sentence: "placement of process 12"
 * @answer: NULL if only the ACK matters
 * @data: for @answer
 * @unasked: called for messages that are no answer (sequence number 0), which
 *	are dropped if it is NULL
 * @unasked_data: for @unasked
 * @interrupted: out: a dump that is not one moment's
 * @answered: out: the kernel said how it ended, nothing of it is left in the
 *	socket; otherwise the socket is good for nothing but closing
 */
struct tierscope_request {
	char what[96];
	tierscope_answer_fn answer;
	void *data;
	tierscope_answer_fn unasked;
	void *unasked_data;
	bool interrupted;
	bool answered;
};

/* Begins a message to the family @family, NLM_F_DUMP or 0 in @flags. NULL
 * without memory; nlmsg_free() it. */
struct nl_msg *tierscope_message(uint16_t family, uint8_t command, int flags);

/**
 * tierscope_family() - the number of the module's family
 *
 * Returns 0, -ENOENT without the module, -EPROTONOSUPPORT if it is of another
 * version.
 */
int tierscope_family(struct tierscope *ts, struct tierscope_link *link,
		     uint16_t *ret);

/* The same by a socket of its own, which is closed again. */
int tierscope_family_of_module(struct tierscope *ts, uint16_t *ret);

/**
 * tierscope_call() - send @message and see it through to its end
 * @ts: for the sentence; may be NULL
 *
 * Returns 0, what the kernel answered, what the answer function returned,
 * -ETIMEDOUT, or -errno of the socket.
 */
int tierscope_call(struct tierscope *ts, struct tierscope_link *link,
		   struct nl_msg *message, struct tierscope_request *request);

/* As tierscope_call(), to the module, on the link of @ts. The type of
 * @message is filled in. */
int tierscope_ask(struct tierscope *ts, struct nl_msg *message,
		  struct tierscope_request *request);

/* The same on a link of its own, as dumps need it: their callbacks may ask,
 * and one that is given up must not leave its rest to the next. */
int tierscope_dump(struct tierscope *ts, struct nl_msg *message,
		   struct tierscope_request *request);

/* Keeps the sentence that the answer to @what cannot be read, and returns @error. */
int tierscope_unreadable(struct tierscope *ts, const char *what, int error);
