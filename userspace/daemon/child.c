// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The launched process, from fork to exec. It starts with the daemon's rights
 * and gives them away step by step; from LAUNCH_USER on, and so for the
 * directory, PATH and the command itself, the kernel asks for the caller's.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>
#include <linux/keyctl.h>

#include "daemon/launch.h"

/* _NSIG of the kernel; that of glibc counts from 0. */
#define KERNEL_SIGNALS	64

/* The daemon blocks the signals that it reads; the command starts plain. Not
 * by sigaction(), which refuses the two that glibc keeps for itself (32 and
 * 33): whoever started the daemon may have had them ignored. */
static void reset_signals(void)
{
	/* rt_sigaction(2): handler, flags, restorer, mask; all plain. */
	static const unsigned long plain[4];
	sigset_t none;

	for (int i = 1; i <= KERNEL_SIGNALS; i++)	/* KILL and STOP refuse */
		syscall(SYS_rt_sigaction, i, plain, NULL, sizeof(plain[3]));
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Closes all above 2 but @a and @b, which exec closes. Close-on-exec is not
 * enough: a child that waits must not keep the daemon's connection to the bus,
 * its files, other callers' streams and the other end of the channel open, all
 * of which are to end with the daemon. */
static int close_others(int a, int b)
{
	unsigned int low = (unsigned int)(a < b ? a : b);
	unsigned int high = (unsigned int)(a < b ? b : a);

	if ((low > 3 && close_range(3, low - 1, 0)) ||
	    (high > low + 1 && close_range(low + 1, high - 1, 0)) ||
	    close_range(high + 1, ~0U, 0) ||
	    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC))
		return -errno;
	return 0;
}

/* The descriptors are all above 2: main() saw to it that 0 to 2 are taken. */
static int take_streams(const int streams[3])
{
	for (int i = 0; i < 3; i++)
		if (dup2(streams[i], i) < 0)
			return -errno;
	return 0;
}

static int set_limits(const struct client *client)
{
	for (int i = 0; i < RLIM_NLIMITS; i++)
		if (setrlimit((__rlimit_resource_t)i, &client->limits[i]))
			return -errno;
	/* That needs a right which an ordinary daemon lacks, and does not keep
	 * a command from running. */
	setpriority(PRIO_PROCESS, 0, client->nice);
	return 0;
}

/* What the daemon may hand on to a file with inheritable capabilities is not the
 * caller's to have. By capset(2) itself: libcap would be one more library. */
static int clear_inheritable(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, data))
		return -errno;
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		data[i].inheritable = 0;
	return syscall(SYS_capset, &header, data) ? -errno : 0;
}

static int drop_capabilities(const struct client *client)
{
	if (client->no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) &&
	    errno != EINVAL)
		return -errno;
	for (int cap = 0; cap < 64; cap++) {
		if (prctl(PR_CAPBSET_READ, cap, 0, 0, 0) != 1 ||
		    client->cap_bounding & 1ULL << cap)
			continue;
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0))
			return -errno;
	}
	return clear_inheritable();
}

/* A new one, or all commands would have the daemon's in common, and read there
 * what others keep in theirs. Kernels may be without keys (ENOSYS), and
 * containers without the right to have them (EPERM). */
static int join_session_keyring(void)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 &&
	    errno != ENOSYS && errno != EPERM)
		return -errno;
	return 0;
}

static int become_user(const struct client *client)
{
	if (geteuid())
		return 0;	/* an ordinary user's daemon, for that user */
	/* With KEEP_CAPS or NO_SETUID_FIXUP of the daemon's the next step would
	 * leave the caller root's capabilities. */
	if (prctl(PR_GET_SECUREBITS, 0, 0, 0, 0) &&
	    prctl(PR_SET_SECUREBITS, 0, 0, 0, 0))
		return -errno;
	if (setgroups(client->n_groups, client->groups) ||
	    setresgid(client->gid, client->gid, client->gid) ||
	    setresuid(client->uid, client->uid, client->uid))
		return -errno;
	return join_session_keyring();
}

/* What was asked for must be had. Else the caller's CPUs, which may have gone
 * since: that does not keep a command from running. */
static int take_cpus(const struct client *client, const struct policy *policy)
{
	if (policy->n_cpus)
		return policy_set_cpus(policy);
	if (client->has_cpus)
		sched_setaffinity(0, sizeof(client->cpus), &client->cpus);
	return 0;
}

static void run(char **argv, char **environment)
{
	static char *nothing[] = { NULL };

	/* execvp() looks PATH up there. */
	environ = environment ? environment : nothing;
	execvp(argv[0], argv);
}

static _Noreturn void fail(int channel, enum launch_stage stage, int err)
{
	const struct launch_failure failure = { stage, -err };

	send(channel, &failure, sizeof(failure), MSG_NOSIGNAL);
	_exit(127);
}

_Noreturn void launch_child(const struct client *client,
			    const struct request *request, int channel)
{
	char go;
	int err;

	reset_signals();
	if (setsid() < 0)
		fail(channel, LAUNCH_SESSION, -errno);
	err = take_streams(request->streams);
	if (!err)
		err = close_others(channel, request->directory);
	if (err)
		fail(channel, LAUNCH_STREAMS, err);
	err = set_limits(client);
	if (err)
		fail(channel, LAUNCH_LIMITS, err);
	err = drop_capabilities(client);
	if (err)
		fail(channel, LAUNCH_CAPABILITIES, err);
	err = become_user(client);
	if (err)
		fail(channel, LAUNCH_USER, err);
	umask(client->umask);
	if (fchdir(request->directory))
		fail(channel, LAUNCH_DIRECTORY, -errno);
	/* Nothing to read: the daemon gave up or is gone. */
	if (recv(channel, &go, 1, 0) != 1)
		_exit(127);
	/* In its cgroup by now, which moves a process to the CPUs of its cpuset. */
	err = take_cpus(client, &request->policy);
	if (err)
		fail(channel, LAUNCH_CPUS, err);
	err = policy_set_memory(&request->policy);
	if (err)
		fail(channel, LAUNCH_POLICY, err);
	run(request->argv, request->environment);
	err = -errno;
	/* Either of the two is what does not exist: execve(2). */
	if (err == -ENOENT && strchr(request->argv[0], '/') &&
	    !faccessat(AT_FDCWD, request->argv[0], F_OK, AT_EACCESS))
		fail(channel, LAUNCH_INTERPRETER, err);
	fail(channel, LAUNCH_EXEC, err);
}
