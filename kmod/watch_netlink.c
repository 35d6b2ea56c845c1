// SPDX-License-Identifier: GPL-2.0-only
/* The commands WATCH_NEW and WATCH_DEL. */
#include <linux/sched/mm.h>
#include <net/genetlink.h>

#include "access.h"
#include "compat/extack.h"
#include "netlink.h"
#include "process.h"
#include "watch.h"

const struct nla_policy
tierscope_watch_new_policy[TIERSCOPE_WATCH_PID + 1] = {
	[TIERSCOPE_WATCH_PID] = { .type = NLA_U32 },
};

const struct nla_policy
tierscope_watch_del_policy[TIERSCOPE_WATCH_ID + 1] = {
	[TIERSCOPE_WATCH_ID] = { .type = NLA_U32 },
};

static int answer_id(struct genl_info *info, u32 id)
{
	struct sk_buff *skb;
	void *header;

	skb = genlmsg_new(nla_total_size(sizeof(u32)), GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	header = genlmsg_put_reply(skb, info, &tierscope_family, 0,
				   TIERSCOPE_CMD_WATCH_NEW);
	if (!header || nla_put_u32(skb, TIERSCOPE_WATCH_ID, id)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

static int watch_make(struct genl_info *info,
		      const struct tierscope_process *process, struct pid *pid,
		      const struct tierscope_asker *asker)
{
	struct tierscope_watch *watch;
	int err;

	/* Its parent's memory goes on when it runs a program of its own. */
	if (in_vfork(process->task)) {
		NL_SET_ERR_MSG(info->extack, "PID has its parent's memory (vfork): watch it once it runs a program of its own");
		return -EAGAIN;
	}
	watch = tierscope_watch_open(process, pid, asker, genl_info_net(info),
				     info->snd_portid, info->extack);
	if (IS_ERR(watch)) {
		err = PTR_ERR(watch);
		if (err == -EINTR)
			NL_SET_ERR_MSG(info->extack, "a signal came while PID's mappings were locked");
		return err;
	}
	/* First the answer: nobody could name a watch that goes with it. */
	err = answer_id(info, watch->id);
	if (err)
		tierscope_watch_abandon(watch);
	else
		tierscope_watch_publish(watch);
	return err;
}

int tierscope_nl_watch_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct tierscope_process process;
	struct tierscope_asker asker;
	struct pid *pid;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, TIERSCOPE_WATCH_PID)) {
		NL_SET_ERR_MSG(info->extack, "PID, of the process, is missing");
		return -EINVAL;
	}
	err = tierscope_asker_get(&asker, skb, info->extack);
	if (err)
		return err;
	pid = tierscope_process_find(&asker,
				     nla_get_u32(info->attrs[TIERSCOPE_WATCH_PID]));
	err = tierscope_process_get(&process, pid, &asker, info->extack);
	if (!err) {
		err = watch_make(info, &process, pid, &asker);
		tierscope_process_put(&process);
	}
	if (err)
		NL_SET_BAD_ATTR(info->extack, info->attrs[TIERSCOPE_WATCH_PID]);
	put_pid(pid);
	tierscope_asker_put(&asker);
	return err;
}

int tierscope_nl_watch_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	int err;
	u32 id;

	if (!info->attrs[TIERSCOPE_WATCH_ID]) {
		NL_SET_ERR_MSG(info->extack, "ID, of the watch, is missing");
		return -EINVAL;
	}
	id = nla_get_u32(info->attrs[TIERSCOPE_WATCH_ID]);
	err = tierscope_watch_delete(id, genl_info_net(info),
				     info->snd_portid);
	if (err)
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[TIERSCOPE_WATCH_ID],
				    "this socket has no watch with this ID: it never had, or the process has ended");
	return err;
}
