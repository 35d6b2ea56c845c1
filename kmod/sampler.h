/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Samplers: counters that are read at a fixed interval and sent to whoever
 * subscribed. What the commands say is in include/uapi/linux/tierscope.h, who
 * may hold what in sampler.c.
 */
#ifndef TIERSCOPE_SAMPLER_H
#define TIERSCOPE_SAMPLER_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/tierscope.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <net/netlink.h>

#include "core/cadence.h"
#include "core/sampler_request.h"

struct genl_info;
struct net;
struct netlink_callback;
struct netlink_ext_ack;
struct perf_event;
struct sk_buff;
struct task_struct;

/* After the family is unregistered, and no socket's end is told any more. */
void tierscope_sampler_exit(void);

/* ---- sampler_new.c, sampler_netlink.c: for the family's table of operations ---- */

#define TIERSCOPE_SAMPLER_NEW_MAXATTR	TIERSCOPE_SAMPLER_COUNTER
#define TIERSCOPE_SAMPLER_ID_MAXATTR	TIERSCOPE_SAMPLER_ID

extern const struct nla_policy
	tierscope_sampler_new_policy[TIERSCOPE_SAMPLER_NEW_MAXATTR + 1];
/* SAMPLER_GET, _DEL and _SUBSCRIBE */
extern const struct nla_policy
	tierscope_sampler_id_policy[TIERSCOPE_SAMPLER_ID_MAXATTR + 1];

int tierscope_nl_sampler_new_doit(struct sk_buff *skb, struct genl_info *info);
int tierscope_nl_sampler_get_doit(struct sk_buff *skb, struct genl_info *info);
int tierscope_nl_sampler_get_start(struct netlink_callback *cb);
int tierscope_nl_sampler_get_dumpit(struct sk_buff *skb,
				    struct netlink_callback *cb);
int tierscope_nl_sampler_del_doit(struct sk_buff *skb, struct genl_info *info);
int tierscope_nl_sampler_subscribe_doit(struct sk_buff *skb,
					struct genl_info *info);

/**
 * struct tierscope_sampler_counter - one counter of a sampler
 * @request: what it counts
 * @event: perf's side of it
 * @time_ns: CLOCK_MONOTONIC of the last reading
 * @value: the last reading, a total since the event was opened
 * @enabled_ns: and for how long it was to count
 * @running_ns: and did
 */
struct tierscope_sampler_counter {
	struct tierscope_counter_request request;
	struct perf_event *event;
	u64 time_ns;
	u64 value;
	u64 enabled_ns;
	u64 running_ns;
};

/**
 * struct tierscope_sampler - one of them
 * @id: its name to user space
 * @live: SAMPLER_NEW is through, others may find it
 * @net: network namespace of the socket that made it
 * @portid: and its port there
 * @user: whose allowance it takes
 * @interval_ns: distance between two ticks
 * @thread: who reads, not yet running until @live
 * @lock: protects what follows, down to @ticks_lost
 * @subscribers: who listens
 * @n_subscribers: how many
 * @ticks: samples taken
 * @ticks_lost: samples that were due and not taken
 * @n_counters: how many
 * @counters: set before the thread starts; the readings are the thread's
 */
struct tierscope_sampler {
	u32 id;
	bool live;
	struct net *net;
	u32 portid;
	kuid_t user;
	u64 interval_ns;
	struct task_struct *thread;

	struct mutex lock;
	struct list_head subscribers;
	u32 n_subscribers;
	u64 ticks;
	u64 ticks_lost;

	u32 n_counters;
	struct tierscope_sampler_counter counters[];	/* n_counters of them */
};

/* ---- sampler.c: the table of them ---- */

/* Room for one with @n_counters requests, which the caller fills in. */
struct tierscope_sampler *tierscope_sampler_alloc(u32 n_counters);

/*
 * Count against the caller's allowance, open the counters, make the thread.
 * On failure the caller still has an allocated sampler.
 */
int tierscope_sampler_open(struct tierscope_sampler *sampler,
			   struct netlink_ext_ack *extack);

/* Undo open and alloc, instead of publish. */
void tierscope_sampler_abandon(struct tierscope_sampler *sampler);

/*
 * Others may find it from now on, and it samples. It is not the caller's any
 * more: the caller's socket, once released, takes it along.
 */
void tierscope_sampler_publish(struct tierscope_sampler *sampler);

/*
 * Find one and keep the whole table locked until _unlock(); NULL if there is
 * none: then @extack says so, and nothing is locked.
 */
struct tierscope_sampler *tierscope_sampler_lock(u32 id,
						 struct netlink_ext_ack *extack);
void tierscope_sampler_unlock(void);

/*
 * Lock the table; returns a number that is another one once the table has
 * changed. Until _unlock(), _next() gives the first with an id of at least
 * @id, or NULL.
 */
unsigned int tierscope_sampler_lock_all(void);
struct tierscope_sampler *tierscope_sampler_next(u32 id);

/* Take the one that @net and @portid made out of the table and destroy it. */
int tierscope_sampler_delete(u32 id, const struct net *net, u32 portid,
			     struct netlink_ext_ack *extack);

/* That socket is gone: so are its samplers and subscriptions. */
void tierscope_sampler_forget_socket(const struct net *net, u32 portid);

/* ---- sampler_counter.c: its counters ---- */

int tierscope_sampler_counters_open(struct tierscope_sampler *sampler,
				    struct netlink_ext_ack *extack);
void tierscope_sampler_counters_close(struct tierscope_sampler *sampler);
void tierscope_sampler_counters_read(struct tierscope_sampler *sampler);

/* ---- sampler_thread.c: who reads ---- */

/* A kthread's function; @data is the sampler. */
int tierscope_sampler_thread(void *data);

/* ---- sampler_subscriber.c: who listens; all with the sampler's lock held ---- */

int tierscope_sampler_subscribe(struct tierscope_sampler *sampler,
				struct net *net, u32 portid,
				struct netlink_ext_ack *extack);
void tierscope_sampler_unsubscribe(struct tierscope_sampler *sampler,
				   const struct net *net, u32 portid);
void tierscope_sampler_unsubscribe_all(struct tierscope_sampler *sampler);

/* Whether that socket listens, and how it fared. */
bool tierscope_sampler_subscriber(const struct tierscope_sampler *sampler,
				  const struct net *net, u32 portid,
				  u64 *ret_delivered, u64 *ret_lost);

/* A copy of @skb to each, without waiting. NULL: a sample that nobody gets. */
void tierscope_sampler_send(struct tierscope_sampler *sampler,
			    struct sk_buff *skb);

/* ---- sampler_message.c: what is sent ---- */

/* The readings as a SAMPLE, NULL without memory. With the lock held. */
struct sk_buff *
tierscope_sampler_sample(const struct tierscope_sampler *sampler, u64 time_ns);

/*
 * What SAMPLER_GET answers about @sampler to the socket @portid in @net, put
 * after a header that the caller began. Takes the sampler's lock.
 */
int tierscope_sampler_describe(struct sk_buff *skb,
			       struct tierscope_sampler *sampler,
			       const struct net *net, u32 portid);
size_t tierscope_sampler_describe_bytes(u32 n_counters);

#endif /* TIERSCOPE_SAMPLER_H */
