/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_PAGE_DUMP_H
#define TIERSCOPE_PAGE_DUMP_H

#include <linux/tierscope.h>
#include <net/netlink.h>

struct genl_info;
struct netlink_callback;
struct sk_buff;

extern const struct nla_policy
	tierscope_page_get_policy[TIERSCOPE_PAGE_END + 1];

/* Refuses: there is no single page to ask for. */
int tierscope_nl_page_get_doit(struct sk_buff *skb, struct genl_info *info);
int tierscope_nl_page_get_start(struct netlink_callback *cb);
int tierscope_nl_page_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int tierscope_nl_page_get_done(struct netlink_callback *cb);

#endif /* TIERSCOPE_PAGE_DUMP_H */
