/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A socket to the module that says exactly what it is told to, wrong or right,
 * and shows the kernel's own sentence: libtierscope says nothing wrong, so it
 * is of no use to test refusals.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <netlink/msg.h>

#define PROBE_SENTENCE_MAX 256
/* The largest sampler's description, or sample, is 31 KB. */
#define PROBE_MESSAGE_MAX (1 << 16)

struct probe {
	int fd;
	uint16_t family;
	uint32_t seq;
	char sentence[PROBE_SENTENCE_MAX];	/* of the last refusal */
	uint32_t offset;	/* of the attribute that it names, or 0 */
	size_t filled, taken;			/* of received */
	_Alignas(8) char received[PROBE_MESSAGE_MAX];
	_Alignas(8) char answer[PROBE_MESSAGE_MAX];
};

/* Ends the program with a message if it fails, as all of the probe does where
 * the kernel does not do what every kernel does.
 */
void probe_open(struct probe *probe);
void probe_close(struct probe *probe);

/* A request without attributes yet; nlmsg_free() it. */
struct nl_msg *probe_request(const struct probe *probe, uint8_t cmd,
			     uint16_t flags);

void probe_send(struct probe *probe, struct nl_msg *msg);

/*
 * The next message of the family (0), the end of a dump or an ACK (0 with
 * *ret_header NULL), a refusal (-errno, and the sentence), -EAGAIN if nothing
 * came in @timeout_ms, or -ENOBUFS if the socket has lost something. What is
 * returned is valid until the next call.
 */
int probe_receive(struct probe *probe, int timeout_ms,
		  const struct nlmsghdr **ret_header);

/* At the end of a dump: whether what was dumped is not one moment's. */
bool probe_interrupted(const struct probe *probe);

/* Send, and receive what answers it. A do command's ACK is taken, too. */
int probe_ask(struct probe *probe, struct nl_msg *msg,
	      const struct nlmsghdr **ret_answer);
