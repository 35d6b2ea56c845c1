// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of samplers: who has which, and when they go.
 *
 * Who holds what. A sampler belongs to the socket that made it. While it is in
 * the table, whoever holds the table's lock may use it; it is out of the table
 * before it is destroyed, and its thread has ended before its memory goes, so
 * there is nothing to count references of. A sampler holds a reference on the
 * module, and its events hold one each on their PMU's module.
 *
 * When it goes. By SAMPLER_DEL, when its socket is released (socket.c), or when
 * SAMPLER_NEW fails half way. In each case something holds the text of this
 * module after its last reference is gone: the family's read lock in a request,
 * the chain's in a release; unregistering both, on the way out, waits for them.
 *
 * Order of locks: netlink's or the family's, table_lock, a sampler's lock.
 * The thread takes only its sampler's. perf's are taken with none of ours.
 */
#include <linux/cred.h>
#include <linux/idr.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "compat/extack.h"
#include "sampler.h"

static DEFINE_MUTEX(table_lock);
static DEFINE_IDR(table);
static unsigned int table_changes = 1;

struct tierscope_sampler *tierscope_sampler_alloc(u32 n_counters)
{
	struct tierscope_sampler *sampler;

	sampler = kvzalloc(struct_size(sampler, counters, n_counters),
			   GFP_KERNEL_ACCOUNT);
	if (!sampler)
		return NULL;
	sampler->n_counters = n_counters;
	mutex_init(&sampler->lock);
	INIT_LIST_HEAD(&sampler->subscribers);
	return sampler;
}

/* A place in the table, where it counts but is not found. */
static int table_enter(struct tierscope_sampler *sampler,
		       struct netlink_ext_ack *extack)
{
	struct tierscope_sampler *other;
	unsigned int n = 0;
	int id;

	mutex_lock(&table_lock);
	idr_for_each_entry(&table, other, id)
		n += uid_eq(other->user, sampler->user);
	if (n >= TIERSCOPE_SAMPLERS_MAX) {
		NL_SET_ERR_MSG(extack, "this user has as many samplers as one may have, 16: end another one first");
		id = -EDQUOT;
		goto unlock;
	}
	/* Cyclic: an id that was seen yesterday is not somebody else's today. */
	id = idr_alloc_cyclic(&table, sampler, 1, 0, GFP_KERNEL);
	if (id > 0)
		sampler->id = id;
unlock:
	mutex_unlock(&table_lock);
	return id < 0 ? id : 0;
}

/*
 * With the table's lock. The release of a listener's socket looks for it in the
 * table only, so whoever leaves that must have no listener any more: the thread
 * runs on for a while, and would send into a namespace that may be gone.
 */
static void table_remove(struct tierscope_sampler *sampler)
{
	idr_remove(&table, sampler->id);
	table_changes++;
	mutex_lock(&sampler->lock);
	tierscope_sampler_unsubscribe_all(sampler);
	mutex_unlock(&sampler->lock);
}

static void table_leave(struct tierscope_sampler *sampler)
{
	mutex_lock(&table_lock);
	table_remove(sampler);
	mutex_unlock(&table_lock);
}

int tierscope_sampler_open(struct tierscope_sampler *sampler,
			   struct netlink_ext_ack *extack)
{
	struct task_struct *thread;
	int err;

	BUILD_BUG_ON(TIERSCOPE_SAMPLERS_MAX != 16);	/* the sentence says so */

	if (!try_module_get(THIS_MODULE)) {
		NL_SET_ERR_MSG(extack, "the module tierscope is being unloaded");
		return -ENODEV;
	}
	sampler->user = current_uid();
	err = table_enter(sampler, extack);
	if (err)
		goto put_module;
	err = tierscope_sampler_counters_open(sampler, extack);
	if (err)
		goto leave_table;
	thread = kthread_create(tierscope_sampler_thread, sampler,
				"tierscope/%u", sampler->id);
	if (IS_ERR(thread)) {
		NL_SET_ERR_MSG(extack, "the sampler's thread cannot be made");
		err = PTR_ERR(thread);
		goto close_counters;
	}
	sampler->thread = thread;
	return 0;

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
	mutex_lock(&table_lock);
	sampler->live = true;
	table_changes++;
	wake_up_process(sampler->thread);
	mutex_unlock(&table_lock);
}

/* Out of the table, or never in it. */
static void dismantle(struct tierscope_sampler *sampler)
{
	kthread_stop(sampler->thread);
	tierscope_sampler_counters_close(sampler);
	kvfree(sampler);
	module_put(THIS_MODULE);
}

void tierscope_sampler_abandon(struct tierscope_sampler *sampler)
{
	table_leave(sampler);
	dismantle(sampler);
}

struct tierscope_sampler *tierscope_sampler_lock(u32 id,
						 struct netlink_ext_ack *extack)
{
	struct tierscope_sampler *sampler = NULL;

	mutex_lock(&table_lock);
	if (id <= INT_MAX)
		sampler = idr_find(&table, id);
	if (sampler && sampler->live)
		return sampler;
	mutex_unlock(&table_lock);
	NL_SET_ERR_MSG(extack, "there is no sampler with this ID");
	return NULL;
}

unsigned int tierscope_sampler_lock_all(void)
{
	mutex_lock(&table_lock);
	return table_changes;
}

void tierscope_sampler_unlock(void)
{
	mutex_unlock(&table_lock);
}

struct tierscope_sampler *tierscope_sampler_next(u32 id)
{
	struct tierscope_sampler *sampler;
	int next;

	if (id > INT_MAX)
		return NULL;
	for (next = id; (sampler = idr_get_next(&table, &next)); next++)
		if (sampler->live)
			return sampler;
	return NULL;
}

static bool made_by(const struct tierscope_sampler *sampler,
		    const struct net *net, u32 portid)
{
	return net_eq(sampler->net, net) && sampler->portid == portid;
}

int tierscope_sampler_delete(u32 id, const struct net *net, u32 portid,
			     struct netlink_ext_ack *extack)
{
	struct tierscope_sampler *sampler;

	sampler = tierscope_sampler_lock(id, extack);
	if (!sampler)
		return -ENOENT;
	if (!made_by(sampler, net, portid)) {
		tierscope_sampler_unlock();
		NL_SET_ERR_MSG(extack, "only the socket that made a sampler may delete it");
		return -EPERM;
	}
	table_remove(sampler);
	tierscope_sampler_unlock();
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
		mutex_lock(&table_lock);
		for (id = 0; (sampler = tierscope_sampler_next(id));
		     id = sampler->id + 1) {
			if (made_by(sampler, net, portid))
				break;
			mutex_lock(&sampler->lock);
			tierscope_sampler_unsubscribe(sampler, net, portid);
			mutex_unlock(&sampler->lock);
		}
		if (sampler)
			table_remove(sampler);
		mutex_unlock(&table_lock);
		if (!sampler)
			return;
		dismantle(sampler);
	}
}

void tierscope_sampler_exit(void)
{
	/* Each held the module: none is left. */
	idr_destroy(&table);
	tierscope_extack_exit();
}
