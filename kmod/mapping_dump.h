/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_MAPPING_DUMP_H
#define TIERSCOPE_MAPPING_DUMP_H

#include <linux/tierscope.h>
#include <net/netlink.h>

struct genl_info;
struct netlink_callback;
struct sk_buff;

extern const struct nla_policy
	tierscope_mapping_get_policy[TIERSCOPE_MAPPING_SHARING + 1];

/* Refuses: there is no single mapping to ask for. */
int tierscope_nl_mapping_get_doit(struct sk_buff *skb, struct genl_info *info);
int tierscope_nl_mapping_get_start(struct netlink_callback *cb);
int tierscope_nl_mapping_get_dumpit(struct sk_buff *skb,
				    struct netlink_callback *cb);
int tierscope_nl_mapping_get_done(struct netlink_callback *cb);

#endif /* TIERSCOPE_MAPPING_DUMP_H */
