/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages as the module sends them, made by hand, and the ways to spoil them.
 */
#pragma once

#include <stdlib.h>
#include <string.h>

#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include <linux/tierscope.h>

/* A value that is left out. */
#define ABSENT UINT64_MAX

static inline struct nl_msg *message_begin(uint8_t command)
{
	struct nl_msg *message = nlmsg_alloc_size(65536);

	if (!message || !genlmsg_put(message, 0, 1, 0x20, 0, 0, command,
				     TIERSCOPE_FAMILY_VERSION))
		abort();
	return message;
}

static inline void put_u32(struct nl_msg *message, int type, uint64_t value)
{
	if (value != ABSENT && nla_put_u32(message, type, value))
		abort();
}

static inline void put_u64(struct nl_msg *message, int type, uint64_t value)
{
	if (value != ABSENT && nla_put_u64(message, type, value))
		abort();
}

static inline void put_shared_cell(struct nl_msg *message, int type,
				   uint64_t node, uint64_t shift, uint64_t kind,
				   uint64_t pages, uint64_t shared_pages)
{
	struct nlattr *nest = nla_nest_start(message, type);

	put_u32(message, TIERSCOPE_CELL_NODE, node);
	put_u32(message, TIERSCOPE_CELL_PAGE_SHIFT, shift);
	put_u32(message, TIERSCOPE_CELL_KIND, kind);
	put_u64(message, TIERSCOPE_CELL_PAGES, pages);
	put_u64(message, TIERSCOPE_CELL_SHARED_PAGES, shared_pages);
	nla_nest_end(message, nest);
}

static inline void put_cell(struct nl_msg *message, int type, uint64_t node,
			    uint64_t shift, uint64_t kind, uint64_t pages)
{
	put_shared_cell(message, type, node, shift, kind, pages, ABSENT);
}

/* The first @length bytes, in memory of exactly that size, so that a sanitizer
 * sees whoever reads on. free() it. */
static inline struct nlmsghdr *message_cut(struct nl_msg *message,
					   size_t length)
{
	struct nlmsghdr *cut = malloc(length);

	if (!cut)
		abort();
	memcpy(cut, nlmsg_hdr(message), length);
	cut->nlmsg_len = length;
	return cut;
}

/* Calls @parse with every shorter message, and with some that have bytes
 * changed, the same ones in every run. The header stays: the receiver checks
 * it. */
static inline void message_spoil(struct nl_msg *message,
				 void (*parse)(struct nlmsghdr *header))
{
	size_t length = nlmsg_hdr(message)->nlmsg_len;
	unsigned int seed = 1;

	for (size_t cut = NLMSG_HDRLEN; cut < length; cut++) {
		struct nlmsghdr *header = message_cut(message, cut);

		parse(header);
		free(header);
	}
	for (int i = 0; i < 20000; i++) {
		struct nlmsghdr *header = message_cut(message, length);

		for (int changes = rand_r(&seed) % 4; changes >= 0; changes--) {
			size_t at = NLMSG_HDRLEN +
				    rand_r(&seed) % (length - NLMSG_HDRLEN);

			((uint8_t *)header)[at] = rand_r(&seed);
		}
		parse(header);
		free(header);
	}
}
