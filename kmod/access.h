/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_ACCESS_H
#define TIERSCOPE_ACCESS_H

#include <linux/types.h>

struct cred;
struct mm_struct;
struct netlink_ext_ack;
struct pid;
struct pid_namespace;
struct sk_buff;
struct task_struct;

/*
 * May whoever sent this request count in the whole machine, change it, or see
 * which pages conflict in near memory?
 * Both the opener and the sender of the socket are asked, in the initial user
 * namespace. Call them in the sender's context: from doit, or from the start
 * of a dump. 0, or -EPERM with a sentence that names the capability.
 */
int tierscope_may_count(struct sk_buff *skb, struct netlink_ext_ack *extack);
int tierscope_may_change(struct sk_buff *skb, struct netlink_ext_ack *extack);
int tierscope_may_see_conflicts(struct sk_buff *skb,
				struct netlink_ext_ack *extack);

/* May he know which frames of memory somebody's pages are in? As above. */
int tierscope_may_see_frames(struct sk_buff *skb,
			     struct netlink_ext_ack *extack);

/**
 * struct tierscope_asker - who asks, as of when he asked
 * @sender: credentials of who sent the request
 * @opener: and of who opened the socket
 * @tgid: the sender's process
 * @pid_ns: how the sender numbers processes
 *
 * Only the first message of a dump is made in the sender's context; whoever
 * reads on may be somebody else.
 */
struct tierscope_asker {
	const struct cred *sender;
	const struct cred *opener;
	struct pid *tgid;
	struct pid_namespace *pid_ns;
};

/*
 * In the sender's context; 0, or -EPERM with a sentence if nobody can be held
 * to have opened the socket.
 */
int tierscope_asker_get(struct tierscope_asker *asker, struct sk_buff *skb,
			struct netlink_ext_ack *extack);
void tierscope_asker_put(struct tierscope_asker *asker);

/*
 * May he look into @task, whose memory is @mm? The caller holds references to
 * both, and exec_update_lock, so that the two belong together. 0, or -EPERM
 * with a sentence; without @extack the refusal is not audited either.
 */
int tierscope_may_see(const struct tierscope_asker *asker,
		      struct task_struct *task, struct mm_struct *mm,
		      struct netlink_ext_ack *extack);

#endif /* TIERSCOPE_ACCESS_H */
