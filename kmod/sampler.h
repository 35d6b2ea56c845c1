/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Samplers: counters that are read at a fixed interval and sent to whoever
 * subscribed. What the commands say is in include/uapi/linux/tierscope.h, who
 * may hold what in sampler.c.
 */
#ifndef TIERSCOPE_SAMPLER_H
#define TIERSCOPE_SAMPLER_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/skbuff.h>
#include <linux/tierscope.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <net/netlink.h>

#include "core/cadence.h"
#include "core/sampler_request.h"

struct genl_info;
struct net;
struct netlink_callback;
struct netlink_ext_ack;
struct perf_event;
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
 * struct tierscope_sampler_reading - a counter at one moment
 * @time_ns: CLOCK_MONOTONIC
 * @value: a total since the event was opened
 * @enabled_ns: and for how long it was to count
 * @running_ns: and did
 */
struct tierscope_sampler_reading {
	u64 time_ns;
	u64 value;
	u64 enabled_ns;
	u64 running_ns;
};

/**
 * struct tierscope_sampler_counter - one counter of a sampler
 * @list: in its reader's counters
 * @request: what it counts
 * @event: perf's side of it
 * @reading: the last one
 */
struct tierscope_sampler_counter {
	struct list_head list;
	struct tierscope_counter_request request;
	struct perf_event *event;
	struct tierscope_sampler_reading reading;
};

/**
 * struct tierscope_sampler_reader - who reads the counters of one package
 * @list: in its sampler's readers
 * @sampler: the sampler
 * @package: of CPUs, which hardware calls a socket
 * @counters: at least one
 * @thread: NULL while it is being made
 * @turn: how many ticks it has read; its own
 * @began_ns: when it began with the last one; its own until the tick is full
 */
struct tierscope_sampler_reader {
	struct list_head list;
	struct tierscope_sampler *sampler;
	int package;
	struct list_head counters;
	struct task_struct *thread;
	u64 turn;
	u64 began_ns;
};

/**
 * struct tierscope_sampler_client - a socket that has to do with a sampler
 * @list: in its clients
 * @net: network namespace of the socket
 * @portid: and its port there
 * @holds: it asked for the sampler
 * @listens: it is subscribed
 * @user: whose subscription that is
 * @delivered: samples that reached it
 * @lost: and that did not
 */
struct tierscope_sampler_client {
	struct list_head list;
	struct net *net;
	u32 portid;
	bool holds;
	bool listens;
	kuid_t user;
	u64 delivered;
	u64 lost;
};

/**
 * struct tierscope_sampler_account - what has become of time at one moment
 * @ticks: samples taken
 * @lost: ticks at which none was
 */
struct tierscope_sampler_account {
	u64 ticks;
	u64 lost;
};

/**
 * struct tierscope_sampler - one of them
 * @id: its name to user space
 * @live: SAMPLER_NEW is through, others may find it
 * @user: whose allowance it takes
 * @interval_ns: distance between two ticks
 * @n_readers: how many, one a package
 * @readers: made before it is live, and then as they are until it goes
 * @unread: readers that are not done with the tick at hand (sampler_reader.c)
 * @turn: number of that tick
 * @turned: where they wait for the next
 * @outbox: samples to be sent; its lock protects what follows, to @ticks
 * @dropped: samples that found no place there
 * @cadence: when the next one is due, and how many were lost
 * @ticks: samples taken
 * @courier: sends them
 * @lock: protects @clients and what they are told, to @n_listeners
 * @clients: changed with the table's lock held, too: so either is enough to look
 * @n_clients: how many
 * @n_holders: how many of them asked for it
 * @n_listeners: and how many listen; the readers look without a lock
 * @n_counters: how many
 * @counters: set before the readers are made; the readings are theirs
 */
struct tierscope_sampler {
	u32 id;
	bool live;
	kuid_t user;
	u64 interval_ns;

	unsigned int n_readers;
	struct list_head readers;
	atomic_t unread;
	u64 turn;
	wait_queue_head_t turned;

	struct sk_buff_head outbox;
	u64 dropped;
	struct tierscope_cadence cadence;
	u64 ticks;
	struct work_struct courier;

	struct mutex lock;
	struct list_head clients;
	u32 n_clients;
	u32 n_holders;
	u32 n_listeners;

	u32 n_counters;
	struct tierscope_sampler_counter counters[];	/* n_counters of them */
};

/* ---- sampler.c: how they come and go ---- */

/* Room for one of the caller's with @n_counters requests, which it fills in. */
struct tierscope_sampler *tierscope_sampler_alloc(u32 n_counters);

/*
 * Count against the user's allowance, open the counters, make the readers; that
 * socket will hold it. On failure the caller still has an allocated sampler.
 */
int tierscope_sampler_open(struct tierscope_sampler *sampler, struct net *net,
			   u32 portid, struct netlink_ext_ack *extack);

/* Undo open and alloc, instead of publish. */
void tierscope_sampler_abandon(struct tierscope_sampler *sampler);

/*
 * Others may find it from now on, and it samples. It is not the caller's any
 * more: the last socket that holds it, once released, takes it along.
 */
void tierscope_sampler_publish(struct tierscope_sampler *sampler);

/*
 * That socket does not hold it any more, nor listen. The last one that held it
 * takes it out of the table and destroys it.
 */
int tierscope_sampler_delete(u32 id, const struct net *net, u32 portid,
			     struct netlink_ext_ack *extack);

/* That socket is gone: so is what it alone held, and its subscriptions. */
void tierscope_sampler_forget_socket(const struct net *net, u32 portid);

/* ---- sampler_table.c: the table of them, and limits ---- */

/* A place in the table, where it counts but is not found. */
int tierscope_sampler_table_enter(struct tierscope_sampler *sampler,
				  struct netlink_ext_ack *extack);

/* With the table locked: from now on it is found. */
void tierscope_sampler_table_reveal(struct tierscope_sampler *sampler);

/* With the table locked: out of it, without any client. */
void tierscope_sampler_table_remove(struct tierscope_sampler *sampler);

void tierscope_sampler_table_exit(void);

/*
 * Find one and keep the whole table locked until _unlock(); NULL if there is
 * none: then @extack says so, and nothing is locked.
 */
struct tierscope_sampler *tierscope_sampler_lock(u32 id,
						 struct netlink_ext_ack *extack);
void tierscope_sampler_unlock(void);

/*
 * The same for one that does for the same user what @wanted would do, and has
 * a place for that socket.
 */
struct tierscope_sampler *
tierscope_sampler_lock_same(const struct tierscope_sampler *wanted,
			    const struct net *net, u32 portid);

/*
 * Lock the table; returns a number that is another one once the table has
 * changed. Until _unlock(), _next() gives the first with an id of at least
 * @id, or NULL.
 */
unsigned int tierscope_sampler_lock_all(void);
struct tierscope_sampler *tierscope_sampler_next(u32 id);

/* With the table locked: have that socket listen, at the caller's expense. */
int tierscope_sampler_subscribe(struct tierscope_sampler *sampler,
				struct net *net, u32 portid,
				struct netlink_ext_ack *extack);

/* ---- sampler_counter.c: its counters ---- */

/* Whether each names a CPU that is there. */
int tierscope_sampler_counters_check(const struct tierscope_sampler *sampler,
				     struct netlink_ext_ack *extack);
int tierscope_sampler_counters_open(struct tierscope_sampler *sampler,
				    struct netlink_ext_ack *extack);
void tierscope_sampler_counters_close(struct tierscope_sampler *sampler);

/* Whether all of them still count: false once a package has lost all CPUs. */
bool tierscope_sampler_counters_alive(const struct tierscope_sampler *sampler);

/* Anybody may, at any time that the counters are open. */
void tierscope_sampler_counter_read(const struct tierscope_sampler_counter *counter,
				    struct tierscope_sampler_reading *ret);

/* ---- sampler_reader.c: who reads them ---- */

int tierscope_sampler_readers_create(struct tierscope_sampler *sampler,
				     struct netlink_ext_ack *extack);
void tierscope_sampler_readers_start(struct tierscope_sampler *sampler);
void tierscope_sampler_readers_destroy(struct tierscope_sampler *sampler);

/* ---- sampler_client.c: who asked for it and who listens; table locked ---- */

/*
 * That socket asked for it. Returns 1, 0 if it did so before, -EDQUOT without a
 * place, -ENOMEM.
 */
int tierscope_sampler_hold(struct tierscope_sampler *sampler, struct net *net,
			   u32 portid);
bool tierscope_sampler_held(const struct tierscope_sampler *sampler,
			    const struct net *net, u32 portid);

/* Whether that socket has a place or would get one. */
bool tierscope_sampler_has_place(const struct tierscope_sampler *sampler,
				 const struct net *net, u32 portid);

int tierscope_sampler_listen(struct tierscope_sampler *sampler,
			     struct net *net, u32 portid, kuid_t user,
			     struct netlink_ext_ack *extack);

/* How many sockets listen for that user. */
unsigned int
tierscope_sampler_subscriptions(const struct tierscope_sampler *sampler,
				kuid_t user);

/* It neither holds nor listens any more, if it did. */
void tierscope_sampler_forget(struct tierscope_sampler *sampler,
			      const struct net *net, u32 portid);
void tierscope_sampler_forget_all(struct tierscope_sampler *sampler);

/* Whether that socket listens, and how it fared. With the sampler's lock. */
bool tierscope_sampler_fate(const struct tierscope_sampler *sampler,
			    const struct net *net, u32 portid,
			    u64 *ret_delivered, u64 *ret_lost);

/* A copy of @skb to each who listens, without waiting. With the sampler's lock. */
void tierscope_sampler_send(struct tierscope_sampler *sampler,
			    struct sk_buff *skb);

/* @n samples that each who listens does not get. With the sampler's lock. */
void tierscope_sampler_lose(struct tierscope_sampler *sampler, u64 n);

/* ---- sampler_courier.c: from who reads to who listens ---- */

void tierscope_sampler_courier_init(struct tierscope_sampler *sampler);

/* Once the readers have ended. */
void tierscope_sampler_courier_stop(struct tierscope_sampler *sampler);

/* A tick is full, its first reader began at @began_ns: by its last one. */
void tierscope_sampler_post(struct tierscope_sampler *sampler, u64 began_ns);

/*
 * Send all that was posted, and tell what fits to that (unless NULL). With the
 * sampler's lock.
 */
void tierscope_sampler_carry(struct tierscope_sampler *sampler,
			     struct tierscope_sampler_account *ret);

/* ---- sampler_message.c: what is sent ---- */

/* The readings as a SAMPLE, with ticks @lost so far; NULL without memory. By the
 * last reader of a tick. */
struct sk_buff *
tierscope_sampler_sample(const struct tierscope_sampler *sampler, u64 time_ns,
			 u64 lost);

/* What SAMPLER_NEW answers: room for it, and its attributes. */
size_t tierscope_sampler_made_bytes(const struct tierscope_sampler *sampler,
				    bool shared);
int tierscope_sampler_put_made(struct sk_buff *skb,
			       struct tierscope_sampler *sampler, bool shared);

/*
 * What SAMPLER_GET answers about @sampler to the socket @portid in @net, put
 * after a header that the caller began. Takes the sampler's lock.
 */
int tierscope_sampler_describe(struct sk_buff *skb,
			       struct tierscope_sampler *sampler,
			       const struct net *net, u32 portid);
size_t tierscope_sampler_describe_bytes(u32 n_counters);

#endif /* TIERSCOPE_SAMPLER_H */
