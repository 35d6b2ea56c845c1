// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/kill.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "daemon/process.h"
#include "daemon/run.h"
#include "daemon/session.h"
#include "lib/scope.h"
#include "tierscope/bus.h"

#define GROUP_MAX 4096

static bool may_signal(pid_t pid, uid_t uid)
{
	struct process process;

	return !uid || (!process_read(pid, &process) &&
			(process.uids[0] == uid || process.uids[2] == uid));
}

static void signal_member(pid_t pid, pid_t group, uid_t uid, int signal)
{
	/* What is asked below may be about another one that has got the number
	 * since; then this one has ended, and nobody gets the signal. */
	int fd scope_close = pidfd_open(pid, 0);

	if (fd >= 0 && getpgid(pid) == group && may_signal(pid, uid))
		pidfd_send_signal(fd, signal, NULL, 0);
}

int kill_command(const struct run *run, uid_t uid, int signal,
		 sd_bus_error *error)
{
	pid_t leader = run->launch.pid, pids[GROUP_MAX];
	ssize_t n;

	if (!may_signal(leader, uid))
		return sd_bus_error_setf(error, TIERSCOPE_BUS_ERROR_REFUSED,
			"process %d of run '%s' is not user %u's any more",
			(int)leader, run->name, uid);
	n = run->cgroup.fd >= 0 ? cgroup_pids(&run->cgroup, pids, GROUP_MAX) :
				  session_pids(run->session, pids, GROUP_MAX);
	/* The leader first, or a script would go on with what comes after the one
	 * that it waits for. */
	if (pidfd_send_signal(run->launch.pidfd, signal, NULL, 0) &&
	    errno != ESRCH)
		return sd_bus_error_setf(error, TIERSCOPE_BUS_ERROR_FAILED,
			"cannot send signal %d to run '%s': %s", signal,
			run->name, strerror(errno));
	for (ssize_t i = 0; i < n; i++)
		if (pids[i] != leader)
			signal_member(pids[i], leader, uid, signal);
	return 0;
}
