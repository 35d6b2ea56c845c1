/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watches: a last look at the memory of a process, when it goes. What the
 * commands say is in include/uapi/linux/tierscope.h, who may hold what in
 * watch.c, when the look is taken in watch_memory.c.
 */
#ifndef TIERSCOPE_WATCH_H
#define TIERSCOPE_WATCH_H

#include <linux/list.h>
#include <linux/mmu_notifier.h>
#include <linux/tierscope.h>
#include <linux/types.h>
#include <net/netlink.h>

struct genl_info;
struct mm_struct;
struct net;
struct netlink_ext_ack;
struct pid;
struct sk_buff;
struct tierscope_asker;
struct tierscope_process;
struct tierscope_tally;
struct watch_account;

/* After the family is unregistered, and no socket's end is told any more. */
void tierscope_watch_exit(void);

/* ---- watch_netlink.c: for the family's table of operations ---- */

extern const struct nla_policy
	tierscope_watch_new_policy[TIERSCOPE_WATCH_PID + 1];
extern const struct nla_policy
	tierscope_watch_del_policy[TIERSCOPE_WATCH_ID + 1];

int tierscope_nl_watch_new_doit(struct sk_buff *skb, struct genl_info *info);
int tierscope_nl_watch_del_doit(struct sk_buff *skb, struct genl_info *info);

/**
 * struct tierscope_watched - an address space with watches on it
 * @notifier: tells when it goes; one use a watch
 * @watches: on it; the table's lock protects them
 * @tally: for the last look, made beforehand: memory may be short then
 */
struct tierscope_watched {
	struct mmu_notifier notifier;
	struct list_head watches;
	struct tierscope_tally *tally;
};

/**
 * struct tierscope_watch - one of them
 * @id: its name to user space
 * @net: network namespace of the socket that made it
 * @portid: and its port there
 * @of_socket: in the table, by @portid
 * @account: whose allowance it takes
 * @watched: what it is on
 * @of_watched: and its place there
 * @pid: the process
 * @exec_id: its count of execs
 * @number: its pid, as the maker calls it
 * @uid: its real uid, as the maker calls it
 * @comm: its name when the watch was made
 * @event: the message, made beforehand; NULL once it is sent
 */
struct tierscope_watch {
	u32 id;
	struct net *net;
	u32 portid;
	struct hlist_node of_socket;
	struct watch_account *account;
	struct tierscope_watched *watched;
	struct list_head of_watched;
	struct pid *pid;
	u64 exec_id;
	u32 number;
	u32 uid;
	char comm[TIERSCOPE_COMM_MAX];
	struct sk_buff *event;
};

/**
 * struct tierscope_last_look - what was seen
 * @mm: where
 * @tally: the counts
 * @time_ns: when the walk began
 * @duration_ns: how long it took
 * @partial: it did not come to the end
 * @reaped: part of the memory had been taken before
 */
struct tierscope_last_look {
	const struct mm_struct *mm;
	const struct tierscope_tally *tally;
	u64 time_ns;
	u64 duration_ns;
	bool partial;
	bool reaped;
};

/* ---- watch.c: the table of them ---- */

/*
 * A watch of @process for the socket @portid in @net, which nobody can find
 * yet. ERR_PTR with a sentence.
 */
struct tierscope_watch *
tierscope_watch_open(const struct tierscope_process *process, struct pid *pid,
		     const struct tierscope_asker *asker, struct net *net,
		     u32 portid, struct netlink_ext_ack *extack);

/* Undo open, instead of publish. */
void tierscope_watch_abandon(struct tierscope_watch *watch);

/*
 * It is found, and gets its event, from now on. It is not the caller's any
 * more; the caller still holds mm_users of what is watched.
 */
void tierscope_watch_publish(struct tierscope_watch *watch);

/* -ENOENT if that socket has no such watch. */
int tierscope_watch_delete(u32 id, const struct net *net, u32 portid);

/* That socket is gone: so are its watches. */
void tierscope_watch_forget_socket(const struct net *net, u32 portid);

/* Ends one watch of @watched with its event; false if there is none left. */
bool tierscope_watch_tell(struct tierscope_watched *watched,
			  const struct tierscope_last_look *look);

/* ---- watch_memory.c: what they are on ---- */

/*
 * One more use of @mm's, whose mm_users the caller holds. ERR_PTR(-EINTR) if a
 * signal came, or -ENOMEM.
 */
struct tierscope_watched *tierscope_watched_get(struct mm_struct *mm);
void tierscope_watched_put(struct tierscope_watched *watched);

/* With no watch left: waits until nothing of it can run any more. */
void tierscope_watched_exit(void);

/* ---- watch_message.c: what is sent ---- */

/* Room for any last look at a machine like this, or NULL. */
struct sk_buff *tierscope_watch_event_alloc(u32 cells);

/* Fill in the event of @watch and send it, without waiting. */
void tierscope_watch_event_send(struct tierscope_watch *watch,
				const struct tierscope_last_look *look);

#endif /* TIERSCOPE_WATCH_H */
