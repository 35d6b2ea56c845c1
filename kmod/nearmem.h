/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_NEARMEM_H
#define TIERSCOPE_NEARMEM_H

#include <linux/tierscope.h>
#include <net/netlink.h>

struct genl_info;
struct sk_buff;

extern const struct nla_policy
tierscope_nearmem_get_policy[TIERSCOPE_NEARMEM_CACHE + 1];

int tierscope_nl_nearmem_get_doit(struct sk_buff *skb, struct genl_info *info);

#endif /* TIERSCOPE_NEARMEM_H */
