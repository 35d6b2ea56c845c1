/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_NETLINK_H
#define TIERSCOPE_NETLINK_H

#include <net/genetlink.h>

/* The family "tierscope"; its grammar is in include/uapi/linux/tierscope.h. */
extern struct genl_family tierscope_family;

int tierscope_netlink_init(void);
void tierscope_netlink_exit(void);

/*
 * A reply to @info with room for @bytes of attributes, begun with its header,
 * which genlmsg_end() takes; NULL without memory.
 */
static inline struct sk_buff *tierscope_reply_new(struct genl_info *info,
						  size_t bytes, u8 cmd,
						  void **ret_header)
{
	struct sk_buff *reply = genlmsg_new(bytes, GFP_KERNEL);
	void *header;

	if (!reply)
		return NULL;
	header = genlmsg_put_reply(reply, info, &tierscope_family, 0, cmd);
	if (!header) {
		nlmsg_free(reply);
		return NULL;
	}
	*ret_header = header;
	return reply;
}

/* The header of one more message of a dump; NULL if @skb is full. */
static inline void *tierscope_dump_put(struct sk_buff *skb,
				       struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &tierscope_family, NLM_F_MULTI, cmd);
}

#endif
