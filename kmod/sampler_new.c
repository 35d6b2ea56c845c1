// SPDX-License-Identifier: GPL-2.0-only
/* The command SAMPLER_NEW: what it takes, refuses and makes. */
#include <linux/time64.h>
#include <net/genetlink.h>

#include "access.h"
#include "compat/extack.h"
#include "netlink.h"
#include "sampler.h"

/* A PAD has no payload, like a flag. */
static const struct nla_policy counter_policy[TIERSCOPE_COUNTER_MAX + 1] = {
	[TIERSCOPE_COUNTER_PAD] = { .type = NLA_FLAG },
	[TIERSCOPE_COUNTER_TYPE] = { .type = NLA_U32 },
	[TIERSCOPE_COUNTER_CONFIG] = { .type = NLA_U64 },
	[TIERSCOPE_COUNTER_CONFIG1] = { .type = NLA_U64 },
	[TIERSCOPE_COUNTER_CONFIG2] = { .type = NLA_U64 },
	[TIERSCOPE_COUNTER_CPU] = { .type = NLA_U32 },
};

/* INTERVAL_NS has no range here: the refusal should name the attribute. */
const struct nla_policy
tierscope_sampler_new_policy[TIERSCOPE_SAMPLER_NEW_MAXATTR + 1] = {
	[TIERSCOPE_SAMPLER_PAD] = { .type = NLA_FLAG },
	[TIERSCOPE_SAMPLER_INTERVAL_NS] = { .type = NLA_U64 },
	[TIERSCOPE_SAMPLER_COUNTER] = NLA_POLICY_NESTED(counter_policy),
};

static int refuse(enum tierscope_sampler_refusal refusal, u32 index,
		  struct netlink_ext_ack *extack)
{
	BUILD_BUG_ON(TIERSCOPE_INTERVAL_MIN_NS != 10 * NSEC_PER_MSEC);
	BUILD_BUG_ON(TIERSCOPE_INTERVAL_MAX_NS != 60 * NSEC_PER_SEC);
	BUILD_BUG_ON(TIERSCOPE_COUNTERS_MAX != 512);

	switch (refusal) {
	case TIERSCOPE_SAMPLER_OK:
		return 0;
	case TIERSCOPE_SAMPLER_INTERVAL_SHORT:
		NL_SET_ERR_MSG(extack, "INTERVAL_NS is below the shortest interval, 10000000 (10 ms)");
		return -ERANGE;
	case TIERSCOPE_SAMPLER_INTERVAL_LONG:
		NL_SET_ERR_MSG(extack, "INTERVAL_NS is above the longest interval, 60000000000 (60 s)");
		return -ERANGE;
	case TIERSCOPE_SAMPLER_NO_COUNTER:
		NL_SET_ERR_MSG(extack, "there is no COUNTER, so nothing to sample");
		return -ERANGE;
	case TIERSCOPE_SAMPLER_MANY_COUNTERS:
		NL_SET_ERR_MSG(extack, "there are more COUNTERs than a sampler may have, 512");
		return -ERANGE;
	case TIERSCOPE_SAMPLER_TRACEPOINT:
		tierscope_extack_fmt(extack, "counter %u: TYPE is a tracepoint, not a counter of hardware",
				     index);
		return -EINVAL;
	case TIERSCOPE_SAMPLER_BREAKPOINT:
		tierscope_extack_fmt(extack, "counter %u: TYPE is a breakpoint, not a counter of hardware",
				     index);
		return -EINVAL;
	}
	return -EINVAL;
}

static int parse_counter(const struct nlattr *attr, u32 index,
			 struct tierscope_counter_request *ret,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[TIERSCOPE_COUNTER_MAX + 1];
	int err;

	err = nla_parse_nested(tb, TIERSCOPE_COUNTER_MAX, attr, counter_policy,
			       extack);
	if (err)
		return err;
	if (!tb[TIERSCOPE_COUNTER_TYPE] || !tb[TIERSCOPE_COUNTER_CONFIG] ||
	    !tb[TIERSCOPE_COUNTER_CPU]) {
		NL_SET_BAD_ATTR(extack, attr);
		tierscope_extack_fmt(extack, "counter %u lacks TYPE, CONFIG or CPU",
				     index);
		return -EINVAL;
	}
	ret->type = nla_get_u32(tb[TIERSCOPE_COUNTER_TYPE]);
	ret->cpu = nla_get_u32(tb[TIERSCOPE_COUNTER_CPU]);
	ret->config = nla_get_u64(tb[TIERSCOPE_COUNTER_CONFIG]);
	if (tb[TIERSCOPE_COUNTER_CONFIG1])
		ret->config1 = nla_get_u64(tb[TIERSCOPE_COUNTER_CONFIG1]);
	if (tb[TIERSCOPE_COUNTER_CONFIG2])
		ret->config2 = nla_get_u64(tb[TIERSCOPE_COUNTER_CONFIG2]);
	err = refuse(tierscope_counter_request_check(ret), index, extack);
	if (err)
		NL_SET_BAD_ATTR(extack, attr);
	return err;
}

static int parse_counters(struct genl_info *info,
			  struct tierscope_sampler *sampler)
{
	const struct nlattr *attr;
	u32 index = 0;
	int err, rest;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rest) {
		if (nla_type(attr) != TIERSCOPE_SAMPLER_COUNTER)
			continue;
		err = parse_counter(attr, index,
				    &sampler->counters[index].request,
				    info->extack);
		if (err)
			return err;
		index++;
	}
	return 0;
}

static u32 count_counters(const struct genl_info *info)
{
	const struct nlattr *attr;
	u32 n = 0;
	int rest;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rest)
		n += nla_type(attr) == TIERSCOPE_SAMPLER_COUNTER;
	return n;
}

static struct sk_buff *answer_id(struct genl_info *info, u32 id)
{
	struct sk_buff *skb;
	void *header;

	skb = tierscope_reply_new(info, nla_total_size(sizeof(u32)),
				  TIERSCOPE_CMD_SAMPLER_NEW, &header);
	if (!skb)
		return NULL;
	if (nla_put_u32(skb, TIERSCOPE_SAMPLER_ID, id)) {
		nlmsg_free(skb);
		return NULL;
	}
	genlmsg_end(skb, header);
	return skb;
}

int tierscope_nl_sampler_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct tierscope_sampler *sampler;
	struct sk_buff *answer;
	u64 interval_ns;
	u32 n_counters, id;
	int err;

	err = tierscope_may_count(skb, info->extack);
	if (err)
		return err;
	if (!info->attrs[TIERSCOPE_SAMPLER_INTERVAL_NS]) {
		NL_SET_ERR_MSG(info->extack, "INTERVAL_NS is missing");
		return -EINVAL;
	}
	interval_ns = nla_get_u64(info->attrs[TIERSCOPE_SAMPLER_INTERVAL_NS]);
	n_counters = count_counters(info);
	err = refuse(tierscope_sampler_request_check(interval_ns, n_counters),
		     0, info->extack);
	if (err)
		return err;

	sampler = tierscope_sampler_alloc(n_counters);
	if (!sampler)
		return -ENOMEM;
	sampler->net = genl_info_net(info);
	sampler->portid = info->snd_portid;
	sampler->interval_ns = interval_ns;
	err = parse_counters(info, sampler);
	if (err)
		goto free_sampler;
	err = tierscope_sampler_open(sampler, info->extack);
	if (err)
		goto free_sampler;
	id = sampler->id;
	answer = answer_id(info, id);
	if (!answer) {
		tierscope_sampler_abandon(sampler);
		return -ENOMEM;
	}
	/* Who reads the answer may name the sampler at once. */
	tierscope_sampler_publish(sampler);
	err = genlmsg_reply(answer, info);
	/* By its name: a thread that shares the socket may have been quicker. */
	if (err)
		tierscope_sampler_delete(id, genl_info_net(info),
					 info->snd_portid, NULL);
	return err;

free_sampler:
	kvfree(sampler);
	return err;
}
