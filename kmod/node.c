// SPDX-License-Identifier: GPL-2.0-only
/*
 * NODE_GET, NODE_SET: the nodes of the machine, and what stands behind them.
 */
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/spinlock.h>

#include "access.h"
#include "compat/genetlink.h"
#include "core/tier.h"
#include "netlink.h"
#include "node.h"

const struct nla_policy tierscope_node_get_policy[TIERSCOPE_NODE_ID + 1] = {
	[TIERSCOPE_NODE_ID] = { .type = NLA_U32 },
};

const struct nla_policy tierscope_node_set_policy[TIERSCOPE_NODE_TIER + 1] = {
	[TIERSCOPE_NODE_ID] = { .type = NLA_U32 },
	[TIERSCOPE_NODE_TIER] = { .type = NLA_U32 },
};

/* What NODE_SET said, by node; "unknown" where nobody said anything. */
static DEFINE_SPINLOCK(node_lock);
static u8 node_tier_set[MAX_NUMNODES];

static enum tierscope_tier node_tier(int node,
				     enum tierscope_tier_source *ret_source)
{
	enum tierscope_tier tier;

	spin_lock(&node_lock);
	tier = node_tier_set[node];
	spin_unlock(&node_lock);

	*ret_source = TIERSCOPE_TIER_SOURCE_SET;
	if (tier != TIERSCOPE_TIER_UNKNOWN)
		return tier;
	*ret_source = TIERSCOPE_TIER_SOURCE_INFERRED;
	return tierscope_tier_infer(node_state(node, N_CPU),
				    node_state(node, N_MEMORY));
}

static size_t node_bytes(void)
{
	return 3 * nla_total_size(sizeof(u32)) +	/* ID, TIER, SOURCE */
	       nla_total_size(0) +			/* HAS_CPUS */
	       nla_total_size_64bit(sizeof(u64));	/* PRESENT_PAGES */
}

static int node_put(struct sk_buff *skb, int node)
{
	enum tierscope_tier_source source;
	enum tierscope_tier tier = node_tier(node, &source);

	if (nla_put_u32(skb, TIERSCOPE_NODE_ID, node) ||
	    nla_put_u32(skb, TIERSCOPE_NODE_TIER, tier) ||
	    nla_put_u32(skb, TIERSCOPE_NODE_TIER_SOURCE, source) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_NODE_PRESENT_PAGES,
			      node_present_pages(node), TIERSCOPE_NODE_PAD))
		return -EMSGSIZE;
	if (node_state(node, N_CPU) &&
	    nla_put_flag(skb, TIERSCOPE_NODE_HAS_CPUS))
		return -EMSGSIZE;
	return 0;
}

/* The node that a request names. */
static int node_named(struct genl_info *info, int *ret)
{
	struct nlattr *id = info->attrs[TIERSCOPE_NODE_ID];

	if (GENL_REQ_ATTR_CHECK(info, TIERSCOPE_NODE_ID)) {
		NL_SET_ERR_MSG(info->extack, "ID, of the node, is missing");
		return -EINVAL;
	}
	if (nla_get_u32(id) >= MAX_NUMNODES || !node_online(nla_get_u32(id))) {
		NL_SET_ERR_MSG_ATTR(info->extack, id,
				    "ID is no node of this machine, or one that is offline");
		return -ENODEV;
	}
	*ret = nla_get_u32(id);
	return 0;
}

int tierscope_nl_node_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	void *header;
	int node, ret;

	ret = node_named(info, &node);
	if (ret)
		return ret;
	reply = tierscope_reply_new(info, node_bytes(), TIERSCOPE_CMD_NODE_GET,
				    &header);
	if (!reply)
		return -ENOMEM;
	if (node_put(reply, node)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, header);
	return genlmsg_reply(reply, info);
}

int tierscope_nl_node_get_start(struct netlink_callback *cb)
{
	struct nlattr *id = tierscope_dump_attrs(cb)[TIERSCOPE_NODE_ID];
	struct netlink_ext_ack own = {}, *extack;

	if (!id)
		return 0;
	extack = tierscope_dump_extack(cb, &own);
	NL_SET_ERR_MSG_ATTR(extack, id,
			    "ID asks for one node, a dump is of all");
	return tierscope_dump_refuse(cb, extack, -EINVAL);
}

/* The state is the node to go on with. */
int tierscope_nl_node_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	unsigned long node = (unsigned long)tierscope_dump(cb)->state;
	void *header;
	int ret;

	ret = tierscope_dump_refused(cb);
	if (ret)
		return ret;
	for (; node < MAX_NUMNODES; node++) {
		if (!node_online(node))
			continue;
		header = tierscope_dump_put(skb, cb, TIERSCOPE_CMD_NODE_GET);
		if (!header)
			break;
		if (node_put(skb, node)) {
			genlmsg_cancel(skb, header);
			break;
		}
		genlmsg_end(skb, header);
	}
	tierscope_dump(cb)->state = (void *)node;
	return skb->len;
}

int tierscope_nl_node_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tier = info->attrs[TIERSCOPE_NODE_TIER];
	int node, ret;

	ret = tierscope_may_change(skb, info->extack);
	if (ret)
		return ret;
	ret = node_named(info, &node);
	if (ret)
		return ret;
	if (GENL_REQ_ATTR_CHECK(info, TIERSCOPE_NODE_TIER)) {
		NL_SET_ERR_MSG(info->extack, "TIER, of the node, is missing");
		return -EINVAL;
	}
	if (nla_get_u32(tier) > TIERSCOPE_TIER_MAX) {
		NL_SET_ERR_MSG_ATTR(info->extack, tier, "TIER is not a tier");
		return -ERANGE;
	}
	spin_lock(&node_lock);
	node_tier_set[node] = nla_get_u32(tier);
	spin_unlock(&node_lock);
	return 0;
}
