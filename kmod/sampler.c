// SPDX-License-Identifier: GPL-2.0-only
/*
 * Samplers: who has which, and when they go.
 *
 * Who holds what. A sampler belongs to the sockets that asked for it: the one
 * that made it, and those of the same user that asked for the same afterwards
 * and got this one. While it is in the table, whoever holds the table's lock may
 * use it; it is out of the table before it is destroyed, and its threads and its
 * courier have ended before its memory goes, so there is nothing to count
 * references of. A sampler holds a reference on the module, and its events hold one
 * each on their PMU's module.
 *
 * Of the same user only, since it takes that user's allowance: nobody pays for
 * what another one has. Its network namespace does not matter: each socket is
 * known with its own, and the socket's release is what it is told of. To share
 * tells that somebody of the same user counts the same, which SAMPLER_GET tells
 * everybody who may count.
 *
 * When it goes. By SAMPLER_DEL of, or by the release (socket.c) of, the last
 * socket that holds it, or when SAMPLER_NEW fails half way. In each case
 * something holds the text of this module after its last reference is gone: the
 * family's read lock in a request, the chain's in a release; unregistering
 * both, on the way out, waits for them.
 *
 * Order of locks: netlink's or the family's, SAMPLER_NEW's, the table's, a
 * sampler's, its outbox's. The threads take the last one only, the courier's work
 * the last two. perf's are taken with SAMPLER_NEW's, which nobody asks for who holds
 * one of perf's, and with none of the others, but for reading an event (its
 * child_mutex, which nobody holds who waits for us).
 */
#include <linux/cred.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "compat/extack.h"
#include "sampler.h"

struct tierscope_sampler *tierscope_sampler_alloc(u32 n_counters)
{
	struct tierscope_sampler *sampler;

	sampler = kvzalloc(struct_size(sampler, counters, n_counters),
			   GFP_KERNEL_ACCOUNT);
	if (!sampler)
		return NULL;
	sampler->user = current_uid();
	sampler->n_counters = n_counters;
	INIT_LIST_HEAD(&sampler->readers);
	init_waitqueue_head(&sampler->turned);
	mutex_init(&sampler->lock);
	INIT_LIST_HEAD(&sampler->clients);
	tierscope_sampler_courier_init(sampler);
	return sampler;
}

static void table_leave(struct tierscope_sampler *sampler)
{
	tierscope_sampler_lock_all();
	tierscope_sampler_table_remove(sampler);
	tierscope_sampler_unlock();
}

int tierscope_sampler_open(struct tierscope_sampler *sampler, struct net *net,
			   u32 portid, struct netlink_ext_ack *extack)
{
	int err;

	if (!try_module_get(THIS_MODULE)) {
		NL_SET_ERR_MSG(extack, "the module tierscope is being unloaded");
		return -ENODEV;
	}
	err = tierscope_sampler_table_enter(sampler, extack);
	if (err)
		goto put_module;
	err = tierscope_sampler_counters_open(sampler, extack);
	if (err)
		goto leave_table;
	err = tierscope_sampler_readers_create(sampler, extack);
	if (err)
		goto close_counters;
	tierscope_sampler_lock_all();
	err = tierscope_sampler_hold(sampler, net, portid);
	tierscope_sampler_unlock();
	if (err < 0)
		goto destroy_readers;
	return 0;

destroy_readers:
	tierscope_sampler_readers_destroy(sampler);
close_counters:
	tierscope_sampler_counters_close(sampler);
leave_table:
	table_leave(sampler);
put_module:
	module_put(THIS_MODULE);
	return err;
}

void tierscope_sampler_publish(struct tierscope_sampler *sampler)
{
	tierscope_sampler_lock_all();
	tierscope_sampler_table_reveal(sampler);
	tierscope_sampler_readers_start(sampler);
	tierscope_sampler_unlock();
}

/* Out of the table, or never in it. */
static void dismantle(struct tierscope_sampler *sampler)
{
	tierscope_sampler_readers_destroy(sampler);
	tierscope_sampler_courier_stop(sampler);
	tierscope_sampler_counters_close(sampler);
	kvfree(sampler);
	module_put(THIS_MODULE);
}

void tierscope_sampler_abandon(struct tierscope_sampler *sampler)
{
	table_leave(sampler);
	dismantle(sampler);
}

int tierscope_sampler_delete(u32 id, const struct net *net, u32 portid,
			     struct netlink_ext_ack *extack)
{
	struct tierscope_sampler *sampler;
	bool last;

	sampler = tierscope_sampler_lock(id, extack);
	if (!sampler)
		return -ENOENT;
	if (!tierscope_sampler_held(sampler, net, portid)) {
		tierscope_sampler_unlock();
		NL_SET_ERR_MSG(extack, "only a socket that asked for a sampler may delete it");
		return -EPERM;
	}
	tierscope_sampler_forget(sampler, net, portid);
	last = !sampler->n_holders;
	if (last)
		tierscope_sampler_table_remove(sampler);
	tierscope_sampler_unlock();
	if (last)
		dismantle(sampler);
	return 0;
}

/*
 * A sampler that is not live yet cannot be meant: its socket is in the middle
 * of a request.
 */
void tierscope_sampler_forget_socket(const struct net *net, u32 portid)
{
	struct tierscope_sampler *sampler;
	u32 id;

	for (;;) {
		tierscope_sampler_lock_all();
		for (id = 0; (sampler = tierscope_sampler_next(id));
		     id = sampler->id + 1) {
			tierscope_sampler_forget(sampler, net, portid);
			if (!sampler->n_holders)
				break;
		}
		if (sampler)
			tierscope_sampler_table_remove(sampler);
		tierscope_sampler_unlock();
		if (!sampler)
			return;
		dismantle(sampler);
	}
}

void tierscope_sampler_exit(void)
{
	tierscope_sampler_table_exit();
	tierscope_extack_exit();
}
