// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may see and do what. All of it is here.
 *
 * ptrace_may_access() is not for modules. What follows is its rule for
 * PTRACE_MODE_READ_FSCREDS, as ptrace(2) describes it, with two differences:
 * the rules of security modules on ptrace (Yama has none on reading, SELinux
 * and AppArmor may) cannot be asked; and both the sender of the request and
 * the opener of the socket must pass, since a socket may be handed to a
 * program with more rights than its opener.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/netlink.h>
#include <linux/pid_namespace.h>
#include <linux/sched/coredump.h>
#include <linux/sched/mm.h>
#include <net/sock.h>

#include "access.h"
#include "core/owner.h"

/*
 * netlink_capable() leaves the opener out when the sender has given an address:
 * a set-uid program that is tricked into writing to a socket does not. We have
 * no use for that exception.
 */
static bool access_capable_here(struct sk_buff *skb, int capability)
{
	const struct socket *socket = NETLINK_CB(skb).sk->sk_socket;

	return socket && socket->file && netlink_capable(skb, capability) &&
	       file_ns_capable(socket->file, &init_user_ns, capability);
}

int tierscope_may_count(struct sk_buff *skb, struct netlink_ext_ack *extack)
{
	if (access_capable_here(skb, CAP_PERFMON) ||
	    access_capable_here(skb, CAP_SYS_ADMIN))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "counters of the whole machine need CAP_PERFMON or CAP_SYS_ADMIN in the initial user namespace");
	return -EPERM;
}

int tierscope_may_change(struct sk_buff *skb, struct netlink_ext_ack *extack)
{
	if (access_capable_here(skb, CAP_SYS_ADMIN))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "a change needs CAP_SYS_ADMIN in the initial user namespace");
	return -EPERM;
}

int tierscope_may_see_frames(struct sk_buff *skb,
			     struct netlink_ext_ack *extack)
{
	if (access_capable_here(skb, CAP_SYS_ADMIN))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "page frames need CAP_SYS_ADMIN in the initial user namespace");
	return -EPERM;
}

int tierscope_may_see_conflicts(struct sk_buff *skb,
				struct netlink_ext_ack *extack)
{
	if (access_capable_here(skb, CAP_SYS_ADMIN))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "which pages conflict in near memory tells of physical addresses, which needs CAP_SYS_ADMIN in the initial user namespace");
	return -EPERM;
}

int tierscope_asker_get(struct tierscope_asker *asker, struct sk_buff *skb,
			struct netlink_ext_ack *extack)
{
	const struct socket *socket = NETLINK_CB(skb).sk->sk_socket;

	/* In the middle of sendmsg(2) there is one; the kernel's have none. */
	if (!socket || !socket->file) {
		NL_SET_ERR_MSG(extack, "the socket has no file, and so no opener");
		return -EPERM;
	}
	asker->sender = get_current_cred();
	asker->opener = get_cred(socket->file->f_cred);
	asker->tgid = get_pid(task_tgid(current));
	asker->pid_ns = get_pid_ns(task_active_pid_ns(current));
	return 0;
}

void tierscope_asker_put(struct tierscope_asker *asker)
{
	put_pid_ns(asker->pid_ns);
	put_pid(asker->tgid);
	put_cred(asker->opener);
	put_cred(asker->sender);
}

/*
 * Would @cred be capable, whoever runs this? Security modules are asked about
 * the capability, as always.
 */
static bool access_capable(const struct cred *cred, struct user_namespace *ns,
			   bool audit)
{
	const struct cred *before = override_creds(cred);
	bool capable = audit ? ns_capable(ns, CAP_SYS_PTRACE) :
			       ns_capable_noaudit(ns, CAP_SYS_PTRACE);

	revert_creds(before);
	return capable;
}

static bool access_owns(const struct cred *cred, const struct cred *target)
{
	const struct tierscope_owner_ids uids = {
		.real = __kuid_val(target->uid),
		.effective = __kuid_val(target->euid),
		.saved = __kuid_val(target->suid),
	};
	const struct tierscope_owner_ids gids = {
		.real = __kgid_val(target->gid),
		.effective = __kgid_val(target->egid),
		.saved = __kgid_val(target->sgid),
	};

	return tierscope_owner_match(__kuid_val(cred->fsuid), &uids) &&
	       tierscope_owner_match(__kgid_val(cred->fsgid), &gids);
}

static int access_check(const struct cred *cred, struct task_struct *task,
			struct mm_struct *mm, struct netlink_ext_ack *extack)
{
	const struct cred *target = get_task_cred(task);
	bool passes = access_owns(cred, target) ||
		      access_capable(cred, target->user_ns, extack);

	put_cred(target);
	if (!passes) {
		NL_SET_ERR_MSG(extack,
			       "PID is somebody else's process, which needs CAP_SYS_PTRACE in its user namespace");
		return -EPERM;
	}
	/* Whoever changes its credentials makes it undumpable first. */
	smp_rmb();
	if (get_dumpable(mm) != SUID_DUMP_USER &&
	    !access_capable(cred, mm->user_ns, extack)) {
		NL_SET_ERR_MSG(extack,
			       "PID runs a program that is set-uid, unreadable or undumpable, which needs CAP_SYS_PTRACE");
		return -EPERM;
	}
	return 0;
}

int tierscope_may_see(const struct tierscope_asker *asker,
		      struct task_struct *task, struct mm_struct *mm,
		      struct netlink_ext_ack *extack)
{
	bool same_person = asker->opener == asker->sender ||
			   (uid_eq(asker->opener->fsuid, asker->sender->fsuid) &&
			    gid_eq(asker->opener->fsgid, asker->sender->fsgid));
	int ret;

	/* A process may always look into itself. */
	if (task_tgid(task) == asker->tgid && same_person)
		return 0;
	ret = access_check(asker->sender, task, mm, extack);
	if (ret || asker->opener == asker->sender)
		return ret;
	return access_check(asker->opener, task, mm, extack);
}
