/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_PLACEMENT_H
#define TIERSCOPE_PLACEMENT_H

#include <linux/tierscope.h>
#include <net/netlink.h>

struct genl_info;
struct netlink_callback;
struct sk_buff;

extern const struct nla_policy
	tierscope_placement_get_policy[TIERSCOPE_PLACEMENT_SHARING + 1];

int tierscope_nl_placement_get_doit(struct sk_buff *skb,
				    struct genl_info *info);
int tierscope_nl_placement_get_start(struct netlink_callback *cb);
int tierscope_nl_placement_get_dumpit(struct sk_buff *skb,
				      struct netlink_callback *cb);
int tierscope_nl_placement_get_done(struct netlink_callback *cb);

#endif /* TIERSCOPE_PLACEMENT_H */
