// SPDX-License-Identifier: GPL-2.0-only
/* The commands SAMPLER_GET, _DEL and _SUBSCRIBE: those that name a sampler. */
#include <net/genetlink.h>
#include <net/sock.h>

#include "access.h"
#include "compat/genetlink.h"
#include "netlink.h"
#include "sampler.h"

const struct nla_policy
tierscope_sampler_id_policy[TIERSCOPE_SAMPLER_ID_MAXATTR + 1] = {
	[TIERSCOPE_SAMPLER_ID] = { .type = NLA_U32 },
};

static int need_id(struct genl_info *info, u32 *ret)
{
	if (!info->attrs[TIERSCOPE_SAMPLER_ID]) {
		NL_SET_ERR_MSG(info->extack, "ID, of the sampler, is missing");
		return -EINVAL;
	}
	*ret = nla_get_u32(info->attrs[TIERSCOPE_SAMPLER_ID]);
	return 0;
}

/* The sampler that the request names, with the table locked. */
static int lock_named(struct genl_info *info, struct tierscope_sampler **ret)
{
	struct tierscope_sampler *sampler;
	u32 id;
	int err;

	err = need_id(info, &id);
	if (err)
		return err;
	sampler = tierscope_sampler_lock(id, info->extack);
	if (!sampler) {
		NL_SET_BAD_ATTR(info->extack, info->attrs[TIERSCOPE_SAMPLER_ID]);
		return -ENOENT;
	}
	*ret = sampler;
	return 0;
}

int tierscope_nl_sampler_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct tierscope_sampler *sampler;
	struct sk_buff *answer;
	void *header;
	int err;

	err = tierscope_may_count(skb, info->extack);
	if (err)
		return err;
	err = lock_named(info, &sampler);
	if (err)
		return err;

	answer = tierscope_reply_new(info,
				     tierscope_sampler_describe_bytes(sampler->n_counters),
				     TIERSCOPE_CMD_SAMPLER_GET, &header);
	if (!answer) {
		err = -ENOMEM;
		goto unlock;
	}
	err = tierscope_sampler_describe(answer, sampler, genl_info_net(info),
					 info->snd_portid);
	if (err)
		goto free_answer;
	tierscope_sampler_unlock();
	genlmsg_end(answer, header);
	return genlmsg_reply(answer, info);

free_answer:
	nlmsg_free(answer);
unlock:
	tierscope_sampler_unlock();
	return err;
}

int tierscope_nl_sampler_get_start(struct netlink_callback *cb)
{
	struct nlattr *id = tierscope_dump_attrs(cb)[TIERSCOPE_SAMPLER_ID];
	struct netlink_ext_ack own = {}, *extack;
	int err;

	extack = tierscope_dump_extack(cb, &own);
	err = tierscope_may_count(cb->skb, extack);
	if (err)
		return tierscope_dump_refuse(cb, extack, err);
	if (id) {
		NL_SET_ERR_MSG_ATTR(extack, id,
				    "ID asks for one sampler, a dump is of all");
		return tierscope_dump_refuse(cb, extack, -EINVAL);
	}
	/* The largest sampler fits into one message. */
	cb->min_dump_alloc = nlmsg_total_size(GENL_HDRLEN) +
		tierscope_sampler_describe_bytes(TIERSCOPE_COUNTERS_MAX);
	return 0;
}

static int dump_one(struct sk_buff *skb, struct netlink_callback *cb,
		    struct tierscope_sampler *sampler)
{
	void *header;
	int err;

	header = tierscope_dump_put(skb, cb, TIERSCOPE_CMD_SAMPLER_GET);
	if (!header)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, header);
	err = tierscope_sampler_describe(skb, sampler, sock_net(cb->skb->sk),
					 NETLINK_CB(cb->skb).portid);
	if (err) {
		genlmsg_cancel(skb, header);
		return err;
	}
	genlmsg_end(skb, header);
	return 0;
}

/* The dump's state is the id to go on with. */
int tierscope_nl_sampler_get_dumpit(struct sk_buff *skb,
				    struct netlink_callback *cb)
{
	struct tierscope_dump *dump = tierscope_dump(cb);
	struct tierscope_sampler *sampler;
	uintptr_t id = (uintptr_t)dump->state;
	int err;

	err = tierscope_dump_refused(cb);
	if (err)
		return err;
	cb->seq = tierscope_sampler_lock_all();
	while ((sampler = tierscope_sampler_next(id))) {
		err = dump_one(skb, cb, sampler);
		if (err)
			break;
		id = sampler->id + 1;
	}
	tierscope_sampler_unlock();
	dump->state = (void *)id;
	return skb->len ? skb->len : err;
}

int tierscope_nl_sampler_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	u32 id;
	int err;

	err = need_id(info, &id);
	if (err)
		return err;
	err = tierscope_sampler_delete(id, genl_info_net(info),
				       info->snd_portid, info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack, info->attrs[TIERSCOPE_SAMPLER_ID]);
	return err;
}

int tierscope_nl_sampler_subscribe_doit(struct sk_buff *skb,
					struct genl_info *info)
{
	struct tierscope_sampler *sampler;
	int err;

	err = tierscope_may_count(skb, info->extack);
	if (err)
		return err;
	err = lock_named(info, &sampler);
	if (err)
		return err;
	err = tierscope_sampler_subscribe(sampler, genl_info_net(info),
					  info->snd_portid, info->extack);
	tierscope_sampler_unlock();
	return err;
}
