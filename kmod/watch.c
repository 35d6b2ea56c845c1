// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of watches: who has which, and when they go.
 *
 * Who holds what. A watch belongs to the socket that made it and is on an
 * address space (watch_memory.c), of which it is one use. Whoever takes it out
 * of the table, under the table's lock, ends it: there is nothing to count
 * references of. It holds the module.
 *
 * When it goes. By its event, by WATCH_DEL, or when its socket is released
 * (socket.c). In each case something holds the text of this module after the
 * watch's reference on it is gone: the SRCU of mmu notifiers, the family's read
 * lock, the chain's. The way out waits for all of them.
 *
 * Order of locks: exec_update_lock (of an exec that drops its old memory),
 * SRCU of mmu notifiers, the mmap lock and what walk.c takes; these but the
 * SRCU are dropped again; table_lock, netlink's. WATCH_NEW takes the mmap lock
 * for writing by itself. Nothing is allocated under table_lock or within the
 * SRCU: whoever is to free memory may be waiting for it.
 */
#include <linux/cred.h>
#include <linux/hashtable.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "access.h"
#include "core/tally.h"
#include "process.h"
#include "watch.h"

/**
 * struct watch_account - a user who has watches
 * @node: in @accounts
 * @user: who
 * @watches: how many, never 0
 */
struct watch_account {
	struct hlist_node node;
	kuid_t user;
	unsigned int watches;
};

static DEFINE_SPINLOCK(table_lock);	/* protects all of these */
static DEFINE_IDR(table);
static DEFINE_HASHTABLE(sockets, 8);
static DEFINE_HASHTABLE(accounts, 8);

static struct watch_account *account_find(kuid_t user)
{
	struct watch_account *account;

	hash_for_each_possible(accounts, account, node, __kuid_val(user))
		if (uid_eq(account->user, user))
			return account;
	return NULL;
}

static void account_drop(struct watch_account *account)
{
	if (--account->watches)
		return;
	hash_del(&account->node);
	kfree(account);
}

/* A place in the table, where it counts but is not found. */
static int table_enter(struct tierscope_watch *watch,
		       struct netlink_ext_ack *extack)
{
	struct watch_account *account, *fresh;
	int id;

	BUILD_BUG_ON(TIERSCOPE_WATCHES_MAX != 1024);	/* the sentence says so */

	fresh = kzalloc(sizeof(*fresh), GFP_KERNEL_ACCOUNT);
	if (!fresh)
		return -ENOMEM;
	idr_preload(GFP_KERNEL);
	spin_lock(&table_lock);
	account = account_find(current_uid());
	if (!account) {
		account = fresh;
		fresh = NULL;
		account->user = current_uid();
		hash_add(accounts, &account->node, __kuid_val(account->user));
	}
	account->watches++;
	if (account->watches > TIERSCOPE_WATCHES_MAX) {
		NL_SET_ERR_MSG(extack, "this user has as many watches as one may have, 1024: end another one first");
		id = -EDQUOT;
	} else {
		/* Cyclic: an id that was seen yesterday is not another's today. */
		id = idr_alloc_cyclic(&table, NULL, 1, 0, GFP_NOWAIT);
	}
	if (id > 0) {
		watch->id = id;
		watch->account = account;
	} else {
		account_drop(account);
	}
	spin_unlock(&table_lock);
	idr_preload_end();
	kfree(fresh);
	return id < 0 ? id : 0;
}

/* With the lock held. */
static void table_leave(struct tierscope_watch *watch)
{
	idr_remove(&table, watch->id);
	hash_del(&watch->of_socket);
	list_del_init(&watch->of_watched);
	account_drop(watch->account);
}

/* Out of the table. */
static void dismantle(struct tierscope_watch *watch)
{
	tierscope_watched_put(watch->watched);
	nlmsg_free(watch->event);
	put_pid(watch->pid);
	kfree(watch);
	module_put(THIS_MODULE);
}

static void describe(struct tierscope_watch *watch,
		     const struct tierscope_process *process, struct pid *pid,
		     const struct tierscope_asker *asker)
{
	watch->pid = get_pid(pid);
	watch->exec_id = READ_ONCE(process->task->self_exec_id);
	watch->number = pid_nr_ns(pid, asker->pid_ns);
	watch->uid = from_kuid_munged(asker->sender->user_ns,
				      task_uid(process->task));
	get_task_comm(watch->comm, process->task);
}

struct tierscope_watch *
tierscope_watch_open(const struct tierscope_process *process, struct pid *pid,
		     const struct tierscope_asker *asker, struct net *net,
		     u32 portid, struct netlink_ext_ack *extack)
{
	struct tierscope_watch *watch;
	int err;

	if (!try_module_get(THIS_MODULE)) {
		NL_SET_ERR_MSG(extack, "the module tierscope is being unloaded");
		return ERR_PTR(-ENODEV);
	}
	watch = kzalloc(sizeof(*watch), GFP_KERNEL_ACCOUNT);
	if (!watch) {
		err = -ENOMEM;
		goto put_module;
	}
	watch->net = net;
	watch->portid = portid;
	INIT_LIST_HEAD(&watch->of_watched);
	describe(watch, process, pid, asker);
	err = table_enter(watch, extack);
	if (err)
		goto free_watch;
	watch->watched = tierscope_watched_get(process->mm);
	if (IS_ERR(watch->watched)) {
		err = PTR_ERR(watch->watched);
		goto leave_table;
	}
	watch->event = tierscope_watch_event_alloc(watch->watched->tally->room);
	if (!watch->event) {
		err = -ENOMEM;
		goto put_watched;
	}
	return watch;

put_watched:
	tierscope_watched_put(watch->watched);
leave_table:
	spin_lock(&table_lock);
	table_leave(watch);
	spin_unlock(&table_lock);
free_watch:
	put_pid(watch->pid);
	kfree(watch);
put_module:
	module_put(THIS_MODULE);
	return ERR_PTR(err);
}

void tierscope_watch_abandon(struct tierscope_watch *watch)
{
	spin_lock(&table_lock);
	table_leave(watch);
	spin_unlock(&table_lock);
	dismantle(watch);
}

void tierscope_watch_publish(struct tierscope_watch *watch)
{
	spin_lock(&table_lock);
	idr_replace(&table, watch, watch->id);
	hash_add(sockets, &watch->of_socket, watch->portid);
	list_add_tail(&watch->of_watched, &watch->watched->watches);
	spin_unlock(&table_lock);
}

static bool made_by(const struct tierscope_watch *watch, const struct net *net,
		    u32 portid)
{
	return net_eq(watch->net, net) && watch->portid == portid;
}

int tierscope_watch_delete(u32 id, const struct net *net, u32 portid)
{
	struct tierscope_watch *watch = NULL;

	spin_lock(&table_lock);
	if (id <= INT_MAX)
		watch = idr_find(&table, id);
	if (watch && !made_by(watch, net, portid))
		watch = NULL;
	if (watch)
		table_leave(watch);
	spin_unlock(&table_lock);
	if (!watch)
		return -ENOENT;
	dismantle(watch);
	return 0;
}

/*
 * A watch that is not published cannot be meant: its socket is in the middle of
 * a request.
 */
void tierscope_watch_forget_socket(const struct net *net, u32 portid)
{
	struct tierscope_watch *watch;
	bool found;

	do {
		found = false;
		spin_lock(&table_lock);
		hash_for_each_possible(sockets, watch, of_socket, portid) {
			found = made_by(watch, net, portid);
			if (found) {
				table_leave(watch);
				break;
			}
		}
		spin_unlock(&table_lock);
		if (found)
			dismantle(watch);
	} while (found);
}

bool tierscope_watch_tell(struct tierscope_watched *watched,
			  const struct tierscope_last_look *look)
{
	struct tierscope_watch *watch;

	spin_lock(&table_lock);
	watch = list_first_entry_or_null(&watched->watches,
					 struct tierscope_watch, of_watched);
	if (watch) {
		table_leave(watch);
		/* With the lock: its socket's end, and so its net's, waits. */
		tierscope_watch_event_send(watch, look);
	}
	spin_unlock(&table_lock);
	if (!watch)
		return false;
	dismantle(watch);
	return true;
}

void tierscope_watch_exit(void)
{
	tierscope_watched_exit();
	/* Each held the module: none is left. */
	idr_destroy(&table);
}
