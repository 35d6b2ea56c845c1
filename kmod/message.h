/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_MESSAGE_H
#define TIERSCOPE_MESSAGE_H

#include <linux/types.h>

struct netlink_ext_ack;
struct nlattr;
struct sk_buff;
struct tierscope_tally;

/**
 * struct tierscope_tally_attrs - where a command's replies have a tally
 * @pad: type of each attribute in the enclosing set
 * @cell: and so on
 * @swap_pages: and so on
 * @migrating_pages: and so on
 * @special_pages: and so on
 * @hinted_pages: and so on
 */
struct tierscope_tally_attrs {
	int pad;
	int cell;
	int swap_pages;
	int migrating_pages;
	int special_pages;
	int hinted_pages;
};

/* Room for a tally's attributes with @cells cells. */
size_t tierscope_tally_message_bytes(u32 cells);

/* 0, or -EMSGSIZE. */
int tierscope_tally_put(struct sk_buff *skb, const struct tierscope_tally *tally,
			const struct tierscope_tally_attrs *attrs);

/* A tally that a machine like this never fills, or NULL; kvfree() it. */
struct tierscope_tally *tierscope_tally_alloc(void);

/* The sentence for what a walk returned, if it has none yet. */
int tierscope_walk_refuse(int err, struct netlink_ext_ack *extack);

#endif /* TIERSCOPE_MESSAGE_H */
