/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_PROCESS_H
#define TIERSCOPE_PROCESS_H

#include <linux/types.h>

struct mm_struct;
struct netlink_ext_ack;
struct pid;
struct sk_buff;
struct task_struct;
struct tierscope_asker;

/**
 * struct tierscope_process - a process that the asker may see
 * @task: one of its threads that has memory, its leader as a rule; referenced
 * @mm: its memory, with mm_users held
 */
struct tierscope_process {
	struct task_struct *task;
	struct mm_struct *mm;
};

/*
 * 0, or what PLACEMENT_GET says: -ESRCH, -EINVAL, -EPERM, -EINTR, -EAGAIN. @pid may
 * be NULL, which is no process.
 */
int tierscope_process_get(struct tierscope_process *process, struct pid *pid,
			  const struct tierscope_asker *asker,
			  struct netlink_ext_ack *extack);
void tierscope_process_put(struct tierscope_process *process);

/*
 * The memory of the process that the sender of @skb calls @number, with
 * mm_count held, which keeps no page of it. In the sender's context; errors as
 * tierscope_process_get().
 */
int tierscope_process_grab(struct sk_buff *skb, u32 number,
			   struct netlink_ext_ack *extack,
			   struct mm_struct **ret_mm);

/* The process that the asker calls @number, or NULL; put_pid() it. */
struct pid *tierscope_process_find(const struct tierscope_asker *asker,
				   u32 number);

#endif /* TIERSCOPE_PROCESS_H */
