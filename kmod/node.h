/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_NODE_H
#define TIERSCOPE_NODE_H

#include <linux/tierscope.h>
#include <net/netlink.h>

struct genl_info;
struct netlink_callback;
struct sk_buff;

extern const struct nla_policy tierscope_node_get_policy[TIERSCOPE_NODE_ID + 1];
extern const struct nla_policy tierscope_node_set_policy[TIERSCOPE_NODE_TIER + 1];

int tierscope_nl_node_get_doit(struct sk_buff *skb, struct genl_info *info);
int tierscope_nl_node_get_start(struct netlink_callback *cb);
int tierscope_nl_node_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int tierscope_nl_node_set_doit(struct sk_buff *skb, struct genl_info *info);

#endif /* TIERSCOPE_NODE_H */
