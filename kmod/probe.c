// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of probes: which socket has which, and when they go.
 *
 * Who holds what. Probes belong to the socket that made them and hold the module
 * and their files. Whoever takes them out of the table, by PROBE_DEL or because
 * the socket is released (socket.c), takes them back and frees them: the kernel
 * waits for handlers that run, and nothing else has a pointer to them.
 *
 * Whom they touch. A breakpoint is put into a mapping if the filter says yes of
 * its memory, which is asked when a file is mapped, by the process that maps it,
 * and of all who have it mapped when anybody's probe there is set or taken back.
 * While ours are being set the answer is no: whoever is to be probed runs its
 * program later. Memory that fork(2) copies has the breakpoints of the original;
 * so a handler asks once more, of the thread that it runs in. A thread that does
 * not count goes on at once.
 *
 * What is bounded. Sets of a user, functions of a set, counters: the header. A
 * handler reads each counter once, of as many tasks as have inherited it, and
 * sends one message without waiting. It takes no more room than that: what the
 * socket does not take is counted and dropped.
 *
 * Order of locks. A handler has register_rwsem for reading (6.1) or is within
 * SRCU (6.12), then takes, one after the other, perf's ctx->mutex and
 * child_mutex (perf_event_read_value()), and netlink's. The filter has an mmap
 * lock and consumer_rwsem, then takes RCU and perf's ctx->lock. Setting and
 * taking back has register_rwsem for writing, mmap locks, consumer_rwsem. So
 * table_lock, which is taken by neither handler nor filter, is dropped before
 * either is waited for.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "compat/extack.h"
#include "probe.h"

static DEFINE_MUTEX(table_lock);
static LIST_HEAD(table);

struct tierscope_probes *tierscope_probes_alloc(struct net *net, u32 portid)
{
	struct tierscope_probes *probes;

	if (!try_module_get(THIS_MODULE))
		return NULL;
	probes = kvzalloc(sizeof(*probes), GFP_KERNEL_ACCOUNT);
	if (!probes) {
		module_put(THIS_MODULE);
		return NULL;
	}
	probes->net = net;
	probes->portid = portid;
	probes->user = current_uid();
	probes->pid_ns = get_pid_ns(task_active_pid_ns(current));
	return probes;
}

void tierscope_probes_free(struct tierscope_probes *probes)
{
	for (u32 i = 0; i < probes->n_functions; i++)
		fput(probes->functions[i].file);
	for (u32 i = 0; i < probes->n_counters; i++)
		fput(probes->counters[i]);
	put_pid_ns(probes->pid_ns);
	kvfree(probes);
	module_put(THIS_MODULE);
}

/* ---- uprobes ---- */

static struct tierscope_probe *probe_of(struct uprobe_consumer *consumer)
{
	return container_of(consumer, struct tierscope_probe, uprobe.consumer);
}

/*
 * perf leaves a set-user-ID program its counters if fs.suid_dumpable is 1. But a
 * breakpoint in the middle of an instruction makes another one of it, and where
 * it goes is said by somebody who may not be the program's user: so none goes
 * into what has more rights than who started it.
 */
static bool has_rights_of_its_own(void)
{
	const struct cred *cred = current_cred();

	if (!uid_eq(cred->uid, cred->euid) || !gid_eq(cred->gid, cred->egid))
		return true;
	return cred->user_ns == &init_user_ns &&
	       !uid_eq(cred->uid, GLOBAL_ROOT_UID) &&
	       !cap_isclear(cred->cap_permitted);
}

static TIERSCOPE_UPROBE_FILTER(probe_filter, consumer, mm)
{
	struct tierscope_probes *probes = probe_of(consumer)->probes;

	if (!READ_ONCE(probes->live))
		return false;
	if (mm == current->mm)
		return !has_rights_of_its_own() &&
		       tierscope_probe_counts(current, probes->counters[0]);
	return tierscope_probe_counts_memory(mm, probes->counters[0]);
}

static void edge(struct uprobe_consumer *consumer, bool begin)
{
	struct tierscope_probe *probe = probe_of(consumer);
	struct tierscope_probes *probes = probe->probes;

	if (tierscope_probe_counts(current, probes->counters[0]))
		tierscope_probe_edge(probes, probe - probes->functions, begin);
}

static int on_entry(struct uprobe_consumer *consumer, struct pt_regs *regs)
{
	edge(consumer, true);
	return 0;
}

static int on_return(struct uprobe_consumer *consumer, unsigned long func,
		     struct pt_regs *regs)
{
	edge(consumer, false);
	return 0;
}

static void unregister_all(struct tierscope_probes *probes)
{
	for (u32 i = 0; i < probes->n_functions; i++)
		if (probes->functions[i].registered)
			tierscope_uprobe_unregister(&probes->functions[i].uprobe);
	tierscope_uprobe_synchronize();
}

static int register_all(struct tierscope_probes *probes,
			struct netlink_ext_ack *extack)
{
	for (u32 i = 0; i < probes->n_functions; i++) {
		struct tierscope_probe *probe = &probes->functions[i];
		struct uprobe_consumer *consumer = &probe->uprobe.consumer;
		int err;

		consumer->handler = on_entry;
		consumer->ret_handler = on_return;
		consumer->filter = probe_filter;
		err = tierscope_uprobe_register(&probe->uprobe);
		if (err) {
			tierscope_extack_fmt(extack, "function %u: the kernel's uprobes cannot be put into its FILE",
					     i);
			return err;
		}
		probe->registered = true;
	}
	return 0;
}

/* ---- the table ---- */

static bool made_by(const struct tierscope_probes *probes,
		    const struct net *net, u32 portid)
{
	return net_eq(probes->net, net) && probes->portid == portid;
}

static int table_enter(struct tierscope_probes *probes,
		       struct netlink_ext_ack *extack)
{
	struct tierscope_probes *other;
	unsigned int n = 0;
	int err = 0;

	BUILD_BUG_ON(TIERSCOPE_PROBES_MAX != 16);	/* the sentence says so */

	mutex_lock(&table_lock);
	list_for_each_entry(other, &table, list) {
		n += uid_eq(other->user, probes->user);
		if (made_by(other, probes->net, probes->portid))
			err = -EEXIST;
	}
	if (err) {
		NL_SET_ERR_MSG(extack, "this socket has probes already: end them first");
	} else if (n >= TIERSCOPE_PROBES_MAX) {
		NL_SET_ERR_MSG(extack, "as many sockets of this user have probes as may, 16: end another one first");
		err = -EDQUOT;
	} else {
		list_add_tail(&probes->list, &table);
	}
	mutex_unlock(&table_lock);
	return err;
}

int tierscope_probes_open(struct tierscope_probes *probes,
			  struct netlink_ext_ack *extack)
{
	int err;

	err = table_enter(probes, extack);
	if (err)
		return err;
	err = register_all(probes, extack);
	if (!err) {
		/* Whoever shares the socket may have them deleted from here on. */
		mutex_lock(&table_lock);
		WRITE_ONCE(probes->live, true);
		mutex_unlock(&table_lock);
		return 0;
	}
	unregister_all(probes);
	mutex_lock(&table_lock);
	list_del(&probes->list);
	mutex_unlock(&table_lock);
	return err;
}

struct tierscope_probes *tierscope_probes_close(const struct net *net,
						u32 portid)
{
	struct tierscope_probes *probes, *found = NULL;

	mutex_lock(&table_lock);
	list_for_each_entry(probes, &table, list) {
		if (probes->live && made_by(probes, net, portid)) {
			found = probes;
			list_del(&probes->list);
			break;
		}
	}
	mutex_unlock(&table_lock);
	if (found)
		unregister_all(found);
	return found;
}

/*
 * Probes that are not live cannot be meant: their socket is in the middle of a
 * request.
 */
void tierscope_probes_forget_socket(const struct net *net, u32 portid)
{
	struct tierscope_probes *probes = tierscope_probes_close(net, portid);

	if (probes)
		tierscope_probes_free(probes);
}
