// SPDX-License-Identifier: GPL-2.0-only
/* What a watch says: the last look, and why it was the last. */
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <net/genetlink.h>

#include "message.h"
#include "netlink.h"
#include "watch.h"

static const struct tierscope_tally_attrs event_attrs = {
	.pad = TIERSCOPE_WATCH_PAD,
	.cell = TIERSCOPE_WATCH_CELL,
	.swap_pages = TIERSCOPE_WATCH_SWAP_PAGES,
	.migrating_pages = TIERSCOPE_WATCH_MIGRATING_PAGES,
	.special_pages = TIERSCOPE_WATCH_SPECIAL_PAGES,
	.hinted_pages = TIERSCOPE_WATCH_HINTED_PAGES,
};

struct sk_buff *tierscope_watch_event_alloc(u32 cells)
{
	return genlmsg_new(4 * nla_total_size(sizeof(u32)) + /* ID, PID, REASON, UID */
			   nla_total_size(TIERSCOPE_COMM_MAX) +
			   tierscope_tally_message_bytes(cells) +
			   2 * nla_total_size_64bit(sizeof(u64)) + /* TIME, DURATION */
			   nla_total_size(0),	/* PARTIAL */
			   GFP_KERNEL_ACCOUNT);
}

/*
 * Whether the process runs another program. In the middle of exec its task has
 * other memory already and still its old name and count; later (somebody else
 * held the old memory) both have changed, and the name is the other program's.
 */
static bool event_is_exec(struct tierscope_watch *watch,
			  const struct mm_struct *mm)
{
	struct task_struct *task;
	bool exec = false;

	rcu_read_lock();
	task = pid_task(watch->pid, PIDTYPE_TGID);
	if (task) {
		const struct mm_struct *now = READ_ONCE(task->mm);
		bool later = READ_ONCE(task->self_exec_id) != watch->exec_id;

		exec = later || (now && now != mm);
		if (!later)
			get_task_comm(watch->comm, task);
	}
	rcu_read_unlock();
	return exec;
}

static int event_put(struct sk_buff *skb, const struct tierscope_watch *watch,
		     const struct tierscope_last_look *look,
		     enum tierscope_watch_reason reason)
{
	if (nla_put_u32(skb, TIERSCOPE_WATCH_ID, watch->id) ||
	    nla_put_u32(skb, TIERSCOPE_WATCH_PID, watch->number) ||
	    nla_put_u32(skb, TIERSCOPE_WATCH_REASON, reason) ||
	    nla_put_string(skb, TIERSCOPE_WATCH_COMM, watch->comm) ||
	    nla_put_u32(skb, TIERSCOPE_WATCH_UID, watch->uid) ||
	    tierscope_tally_put(skb, look->tally, &event_attrs) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_WATCH_TIME_NS, look->time_ns,
			      TIERSCOPE_WATCH_PAD) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_WATCH_DURATION_NS,
			      look->duration_ns, TIERSCOPE_WATCH_PAD) ||
	    (look->partial && nla_put_flag(skb, TIERSCOPE_WATCH_PARTIAL)))
		return -EMSGSIZE;
	return 0;
}

void tierscope_watch_event_send(struct tierscope_watch *watch,
				const struct tierscope_last_look *look)
{
	bool exec = event_is_exec(watch, look->mm);
	enum tierscope_watch_reason reason = TIERSCOPE_WATCH_REASON_EXIT;
	struct sk_buff *skb = watch->event;
	void *header;

	if (look->reaped)
		reason = TIERSCOPE_WATCH_REASON_REAPED;
	else if (exec)
		reason = TIERSCOPE_WATCH_REASON_EXEC;
	header = genlmsg_put(skb, 0, 0, &tierscope_family, 0,
			     TIERSCOPE_CMD_WATCH_EVENT);
	/* There is room for it, or it stays and goes with the watch. */
	if (WARN_ON_ONCE(!header || event_put(skb, watch, look, reason)))
		return;
	genlmsg_end(skb, header);
	watch->event = NULL;
	/* A socket that is full or gone loses it. */
	genlmsg_unicast(watch->net, skb, watch->portid);
}
