// SPDX-License-Identifier: GPL-2.0-only
/*
 * PLACEMENT_GET: where the memory of a process is, or of all of them.
 */
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/user_namespace.h>

#include "access.h"
#include "compat/genetlink.h"
#include "core/tally.h"
#include "message.h"
#include "netlink.h"
#include "placement.h"
#include "process.h"
#include "targets.h"
#include "walk.h"

const struct nla_policy
tierscope_placement_get_policy[TIERSCOPE_PLACEMENT_SHARING + 1] = {
	[TIERSCOPE_PLACEMENT_PID] = { .type = NLA_U32 },
	[TIERSCOPE_PLACEMENT_SHARING] = { .type = NLA_FLAG },
};

/*
 * How long a message is filled. The first is made while generic netlink holds
 * off whoever registers a family.
 */
#define PLACEMENT_MESSAGE_JIFFIES	HZ

static const struct tierscope_tally_attrs placement_attrs = {
	.pad = TIERSCOPE_PLACEMENT_PAD,
	.cell = TIERSCOPE_PLACEMENT_CELL,
	.swap_pages = TIERSCOPE_PLACEMENT_SWAP_PAGES,
	.migrating_pages = TIERSCOPE_PLACEMENT_MIGRATING_PAGES,
	.special_pages = TIERSCOPE_PLACEMENT_SPECIAL_PAGES,
	.hinted_pages = TIERSCOPE_PLACEMENT_HINTED_PAGES,
};

/**
 * struct placement - what one message says
 * @pid: in the asker's pid namespace
 * @uid: real uid, in the asker's user namespace
 * @comm: name
 * @time_ns: when the walk began
 * @duration_ns: and how long it took
 * @error: 0, or errno: nothing was counted
 * @tally: what was
 */
struct placement {
	u32 pid;
	u32 uid;
	char comm[TIERSCOPE_COMM_MAX];
	u64 time_ns;
	u64 duration_ns;
	u32 error;
	struct tierscope_tally *tally;
};

static_assert(TIERSCOPE_COMM_MAX == TASK_COMM_LEN);

static int placement_take(struct placement *placement, struct pid *pid,
			  const struct tierscope_asker *asker,
			  struct netlink_ext_ack *extack)
{
	struct tierscope_process process;
	int ret;

	ret = tierscope_process_get(&process, pid, asker, extack);
	if (ret)
		return ret;
	placement->pid = pid_nr_ns(pid, asker->pid_ns);
	placement->uid = from_kuid_munged(asker->sender->user_ns,
					  task_uid(process.task));
	get_task_comm(placement->comm, process.task);
	tierscope_tally_reset(placement->tally);
	placement->time_ns = ktime_get_ns();
	ret = tierscope_walk_mm(process.mm, placement->tally);
	placement->duration_ns = ktime_get_ns() - placement->time_ns;
	tierscope_process_put(&process);
	return tierscope_walk_refuse(ret, extack);
}

static size_t placement_bytes(u32 cells)
{
	return 3 * nla_total_size(sizeof(u32)) +	/* PID, UID, ERROR */
	       nla_total_size(TIERSCOPE_COMM_MAX) +
	       tierscope_tally_message_bytes(cells) +
	       2 * nla_total_size_64bit(sizeof(u64));	/* TIME, DURATION */
}

static int placement_put(struct sk_buff *skb, const struct placement *placement)
{
	if (nla_put_u32(skb, TIERSCOPE_PLACEMENT_PID, placement->pid) ||
	    nla_put_string(skb, TIERSCOPE_PLACEMENT_COMM, placement->comm) ||
	    nla_put_u32(skb, TIERSCOPE_PLACEMENT_UID, placement->uid) ||
	    tierscope_tally_put(skb, placement->tally, &placement_attrs) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_PLACEMENT_TIME_NS,
			      placement->time_ns, TIERSCOPE_PLACEMENT_PAD) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_PLACEMENT_DURATION_NS,
			      placement->duration_ns, TIERSCOPE_PLACEMENT_PAD))
		return -EMSGSIZE;
	if (placement->error &&
	    nla_put_u32(skb, TIERSCOPE_PLACEMENT_ERROR, placement->error))
		return -EMSGSIZE;
	return 0;
}

/* ---- one process -------------------------------------------------------- */

static int placement_reply(struct genl_info *info,
			   const struct placement *placement)
{
	struct sk_buff *reply;
	void *header;

	reply = tierscope_reply_new(info, placement_bytes(placement->tally->n),
				    TIERSCOPE_CMD_PLACEMENT_GET, &header);
	if (!reply)
		return -ENOMEM;
	if (placement_put(reply, placement)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, header);
	return genlmsg_reply(reply, info);
}

int tierscope_nl_placement_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct placement placement = {};
	struct tierscope_asker asker;
	struct pid *pid;
	int ret;

	if (GENL_REQ_ATTR_CHECK(info, TIERSCOPE_PLACEMENT_PID)) {
		NL_SET_ERR_MSG(info->extack, "PID, of the process, is missing");
		return -EINVAL;
	}
	ret = tierscope_asker_get(&asker, skb, info->extack);
	if (ret)
		return ret;
	placement.tally = tierscope_tally_alloc();
	if (!placement.tally) {
		ret = -ENOMEM;
		goto put_asker;
	}
	placement.tally->sharing =
		nla_get_flag(info->attrs[TIERSCOPE_PLACEMENT_SHARING]);
	pid = tierscope_process_find(&asker,
				     nla_get_u32(info->attrs[TIERSCOPE_PLACEMENT_PID]));
	ret = placement_take(&placement, pid, &asker, info->extack);
	if (ret)
		NL_SET_BAD_ATTR(info->extack,
				info->attrs[TIERSCOPE_PLACEMENT_PID]);
	else
		ret = placement_reply(info, &placement);
	put_pid(pid);
	kvfree(placement.tally);
put_asker:
	tierscope_asker_put(&asker);
	return ret;
}

/* ---- all processes ------------------------------------------------------ */

/**
 * struct placement_dump - from start to done
 * @asker: who began it
 * @targets: whom it has not visited yet
 * @placement: of the first of @targets, if @taken
 * @taken: and still to be sent, because the last message was full
 */
struct placement_dump {
	struct tierscope_asker asker;
	struct tierscope_targets targets;
	struct placement placement;
	bool taken;
};

static void placement_dump_free(struct placement_dump *dump)
{
	tierscope_targets_free(&dump->targets);
	kvfree(dump->placement.tally);
	tierscope_asker_put(&dump->asker);
	kfree(dump);
}

/* Who asks, whom about, and room to count. */
static int placement_dump_begin(struct placement_dump *dump,
				struct netlink_callback *cb,
				struct netlink_ext_ack *extack)
{
	int ret;

	tierscope_targets_init(&dump->targets);
	ret = tierscope_asker_get(&dump->asker, cb->skb, extack);
	if (ret)
		return ret;
	ret = -ENOMEM;
	dump->placement.tally = tierscope_tally_alloc();
	if (!dump->placement.tally)
		goto put_asker;
	ret = tierscope_targets_take(&dump->targets, &dump->asker);
	if (ret)
		goto free_targets;
	return 0;

free_targets:
	tierscope_targets_free(&dump->targets);
	kvfree(dump->placement.tally);
put_asker:
	tierscope_asker_put(&dump->asker);
	return ret;
}

int tierscope_nl_placement_get_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = tierscope_dump_attrs(cb);
	struct nlattr *pid = attrs[TIERSCOPE_PLACEMENT_PID];
	struct netlink_ext_ack own = {}, *extack;
	struct placement_dump *dump;
	int ret;

	extack = tierscope_dump_extack(cb, &own);
	if (pid) {
		NL_SET_ERR_MSG_ATTR(extack, pid,
				    "PID asks for one process, a dump is of all");
		return tierscope_dump_refuse(cb, extack, -EINVAL);
	}
	dump = kzalloc(sizeof(*dump), GFP_KERNEL_ACCOUNT);
	if (!dump)
		return -ENOMEM;
	ret = placement_dump_begin(dump, cb, extack);
	if (ret) {
		kfree(dump);
		return tierscope_dump_refuse(cb, extack, ret);
	}
	dump->placement.tally->sharing =
		nla_get_flag(attrs[TIERSCOPE_PLACEMENT_SHARING]);
	/* The largest record fits an empty message. */
	cb->min_dump_alloc = max_t(u32, cb->min_dump_alloc,
				   nlmsg_total_size(GENL_HDRLEN +
						    placement_bytes(dump->placement.tally->room)));
	tierscope_dump(cb)->state = dump;
	return 0;
}

static int placement_dump_send(struct sk_buff *skb, struct netlink_callback *cb,
			       const struct placement *placement)
{
	void *header;

	header = tierscope_dump_put(skb, cb, TIERSCOPE_CMD_PLACEMENT_GET);
	if (!header)
		return -EMSGSIZE;
	if (placement_put(skb, placement)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

/*
 * The first of the targets. 0 if there is something to say of it, -ENOENT if
 * not, or what ends the dump.
 */
static int placement_dump_take(struct placement_dump *dump, struct pid *pid,
			       struct netlink_callback *cb)
{
	int ret = placement_take(&dump->placement, pid, &dump->asker, NULL);

	dump->placement.error = 0;
	switch (ret) {
	case 0:
		return 0;
	case -ETIME:
	case -EBUSY:
		/* One that cannot be counted is no reason to tell of no other. */
		tierscope_tally_reset(dump->placement.tally);
		dump->placement.error = -ret;
		return 0;
	case -EINTR:
	case -EOVERFLOW:
		return tierscope_walk_refuse(ret, cb->extack);
	default:
		/* Not his to see, or gone. */
		return -ENOENT;
	}
}

int tierscope_nl_placement_get_dumpit(struct sk_buff *skb,
				      struct netlink_callback *cb)
{
	struct placement_dump *dump = tierscope_dump(cb)->state;
	unsigned long enough = jiffies + PLACEMENT_MESSAGE_JIFFIES;
	struct pid *pid;
	int ret;

	ret = tierscope_dump_refused(cb);
	if (ret)
		return ret;
	while ((pid = tierscope_targets_first(&dump->targets))) {
		if (skb->len && time_after_eq(jiffies, enough))
			break;
		if (!dump->taken) {
			ret = placement_dump_take(dump, pid, cb);
			if (ret == -ENOENT) {
				tierscope_targets_pop(&dump->targets);
				continue;
			}
			if (ret)
				return ret;
			dump->taken = true;
		}
		ret = placement_dump_send(skb, cb, &dump->placement);
		if (ret)
			return skb->len ? skb->len : ret;
		dump->taken = false;
		tierscope_targets_pop(&dump->targets);
	}
	return skb->len;
}

int tierscope_nl_placement_get_done(struct netlink_callback *cb)
{
	struct placement_dump *dump = tierscope_dump(cb)->state;

	if (dump)
		placement_dump_free(dump);
	return 0;
}
