// SPDX-License-Identifier: GPL-2.0-only
/* The command SAMPLER_NEW: what it takes, refuses and makes. */
#include <linux/mutex.h>
#include <linux/slab.h>
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
	BUILD_BUG_ON(TIERSCOPE_INTERVAL_MIN_NS != NSEC_PER_MSEC);
	BUILD_BUG_ON(TIERSCOPE_INTERVAL_MAX_NS != 60 * NSEC_PER_SEC);
	BUILD_BUG_ON(TIERSCOPE_COUNTERS_MAX != 512);

	switch (refusal) {
	case TIERSCOPE_SAMPLER_OK:
		return 0;
	case TIERSCOPE_SAMPLER_INTERVAL_SHORT:
		NL_SET_ERR_MSG(extack, "INTERVAL_NS is below the shortest interval, 1000000 (1 ms)");
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

static struct sk_buff *answer(struct genl_info *info,
			      struct tierscope_sampler *sampler, bool shared)
{
	struct sk_buff *skb;
	void *header;

	skb = tierscope_reply_new(info,
				  tierscope_sampler_made_bytes(sampler, shared),
				  TIERSCOPE_CMD_SAMPLER_NEW, &header);
	if (!skb)
		return NULL;
	if (tierscope_sampler_put_made(skb, sampler, shared)) {
		nlmsg_free(skb);
		return NULL;
	}
	genlmsg_end(skb, header);
	return skb;
}

/*
 * Have the user's own sampler that does what @wanted would. -ENOENT if there is
 * none: then one is to be made.
 */
static int join(struct genl_info *info, const struct tierscope_sampler *wanted)
{
	struct net *net = genl_info_net(info);
	struct tierscope_sampler *sampler;
	struct sk_buff *skb = NULL;
	u32 id;
	int held, err;

	sampler = tierscope_sampler_lock_same(wanted, net, info->snd_portid);
	if (!sampler)
		return -ENOENT;
	id = sampler->id;
	held = tierscope_sampler_hold(sampler, net, info->snd_portid);
	if (held >= 0)
		skb = answer(info, sampler, true);
	tierscope_sampler_unlock();
	if (held < 0)
		return -ENOMEM;
	err = skb ? genlmsg_reply(skb, info) : -ENOMEM;
	if (err && held)
		tierscope_sampler_delete(id, net, info->snd_portid, NULL);
	return err;
}

/* Takes @sampler. */
static int make(struct genl_info *info, struct tierscope_sampler *sampler)
{
	struct net *net = genl_info_net(info);
	struct sk_buff *skb;
	u32 id;
	int err;

	err = tierscope_sampler_open(sampler, net, info->snd_portid,
				     info->extack);
	if (err) {
		kvfree(sampler);
		return err;
	}
	id = sampler->id;
	skb = answer(info, sampler, false);
	if (!skb) {
		tierscope_sampler_abandon(sampler);
		return -ENOMEM;
	}
	/* Who reads the answer may name the sampler at once. */
	tierscope_sampler_publish(sampler);
	err = genlmsg_reply(skb, info);
	/* By its name: a thread that shares the socket may have been quicker. */
	if (err)
		tierscope_sampler_delete(id, net, info->snd_portid, NULL);
	return err;
}

/*
 * One request at a time: of two that ask for the same at once, the second is to find
 * what the first has made. The table's lock is not held for as long as that takes.
 */
static DEFINE_MUTEX(making);

/* Takes @sampler. */
static int join_or_make(struct genl_info *info,
			struct tierscope_sampler *sampler)
{
	int err;

	err = mutex_lock_killable(&making);
	if (err)
		goto free_sampler;
	err = join(info, sampler);
	if (err == -ENOENT) {
		err = make(info, sampler);
		sampler = NULL;
	}
	mutex_unlock(&making);
free_sampler:
	kvfree(sampler);
	return err;
}

int tierscope_nl_sampler_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct tierscope_sampler *sampler;
	u64 interval_ns;
	u32 n_counters;
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
	sampler->interval_ns = interval_ns;
	err = parse_counters(info, sampler);
	if (err)
		goto free_sampler;
	/* As if it were to be made: an answer does not hang on what there is. */
	err = tierscope_sampler_counters_check(sampler, info->extack);
	if (err)
		goto free_sampler;
	return join_or_make(info, sampler);

free_sampler:
	kvfree(sampler);
	return err;
}
