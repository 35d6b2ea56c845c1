/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Probes: counters of a process and its children, read where they enter and
 * leave functions. What the commands say is in include/uapi/linux/tierscope.h,
 * who may hold what and what waits for what in probe.c, who is probed in
 * probe_counter.c.
 */
#ifndef TIERSCOPE_PROBE_H
#define TIERSCOPE_PROBE_H

#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/tierscope.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <net/netlink.h>

#include "compat/uprobe.h"

struct genl_info;
struct mm_struct;
struct net;
struct netlink_ext_ack;
struct perf_event;
struct pid_namespace;
struct sk_buff;
struct task_struct;
struct tierscope_probes;

/**
 * struct tierscope_probe - a function
 * @uprobe: where its first instruction is
 * @file: a reference, which keeps @uprobe's inode
 * @probes: whose it is
 * @registered: @uprobe is
 */
struct tierscope_probe {
	struct tierscope_uprobe uprobe;
	struct file *file;
	struct tierscope_probes *probes;
	bool registered;
};

/**
 * struct tierscope_probes - those of a socket
 * @list: in the table
 * @net: network namespace of the socket
 * @portid: and its port there
 * @user: whose allowance they take
 * @pid_ns: how threads are numbered
 * @live: all are registered; until then nothing is probed
 * @edges: how many there were
 * @lost: those that the socket did not get
 * @n_counters: of @counters
 * @counters: references to files of perf events; the first one marks who is
 *	probed
 * @n_functions: of @functions
 * @functions: by their index
 */
struct tierscope_probes {
	struct list_head list;
	struct net *net;
	u32 portid;
	kuid_t user;
	struct pid_namespace *pid_ns;
	bool live;
	atomic64_t edges;
	atomic64_t lost;
	u32 n_counters;
	struct file *counters[TIERSCOPE_PROBE_COUNTERS_MAX];
	u32 n_functions;
	struct tierscope_probe functions[TIERSCOPE_FUNCTIONS_MAX];
};

/* ---- probe_netlink.c: for the family's table of operations ---- */

extern const struct nla_policy
	tierscope_probe_new_policy[TIERSCOPE_PROBE_COUNTER + 1];
extern const struct nla_policy
	tierscope_probe_del_policy[TIERSCOPE_PROBE_PAD + 1];

int tierscope_nl_probe_new_doit(struct sk_buff *skb, struct genl_info *info);
int tierscope_nl_probe_del_doit(struct sk_buff *skb, struct genl_info *info);

/* ---- probe.c: the table of them ---- */

/* None, for the socket @portid in @net. NULL without memory, or if the module is
 * being unloaded. */
struct tierscope_probes *tierscope_probes_alloc(struct net *net, u32 portid);
/* What is not open. */
void tierscope_probes_free(struct tierscope_probes *probes);

/* From now on edges are sent. 0, or -errno with a sentence. */
int tierscope_probes_open(struct tierscope_probes *probes,
			  struct netlink_ext_ack *extack);

/* Those of that socket, out of the table and with no handler that runs; NULL if
 * it has none. To be freed. */
struct tierscope_probes *tierscope_probes_close(const struct net *net,
						u32 portid);

/* That socket is gone: so are its probes. */
void tierscope_probes_forget_socket(const struct net *net, u32 portid);

/* ---- probe_counter.c: what is counted, and of whom ---- */

/* The perf event of @file, which counts a task and all that it starts; NULL if
 * it does not. */
struct perf_event *tierscope_probe_counter(struct file *file);

/* Does @task count for the perf event of @mark? */
bool tierscope_probe_counts(struct task_struct *task, struct file *mark);

/* Does any task that has the memory @mm? */
bool tierscope_probe_counts_memory(struct mm_struct *mm, struct file *mark);

/* ---- probe_message.c: what is sent ---- */

/* Read the counters at an edge of the current thread, and send them. May sleep. */
void tierscope_probe_edge(struct tierscope_probes *probes, u32 index,
			  bool begin);

/* The answer to PROBE_DEL. */
int tierscope_probe_put_account(struct sk_buff *skb,
				const struct tierscope_probes *probes);

#endif /* TIERSCOPE_PROBE_H */
