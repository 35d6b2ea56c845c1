// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/launch.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tierscope/bus.h"

int launch_start(const struct client *client, const struct request *request,
		 struct launch *ret)
{
	struct launch launch = LAUNCH_NONE;
	int channel[2], err;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel))
		return -errno;
	launch.channel = channel[0];
	launch.pid = fork();
	if (launch.pid < 0) {
		err = -errno;
		close(channel[0]);
		close(channel[1]);
		return err;
	}
	if (!launch.pid)
		launch_child(client, request, channel[1]);
	close(channel[1]);
	/* Our own child, not collected yet: the number is still its own. */
	launch.pidfd = pidfd_open(launch.pid, 0);
	if (launch.pidfd < 0) {
		/* Not for want of a descriptor: one was closed just now. */
		err = -errno;
		launch_kill(&launch);
		launch_collect(&launch);
		launch_close(&launch);
		return err;
	}
	*ret = launch;
	return 0;
}

int launch_release(struct launch *launch)
{
	/* It may have failed meanwhile: the result will tell. */
	if (send(launch->channel, "", 1, MSG_NOSIGNAL) < 0 && errno != EPIPE &&
	    errno != ECONNRESET)
		return -errno;
	return 0;
}

int launch_result(struct launch *launch, struct launch_failure *ret)
{
	struct launch_failure failure;
	ssize_t n;
	int err;

	/* Reset, once: it ended with our release unread. What it said before
	 * comes next, or nothing if somebody killed it. */
	do {
		n = recv(launch->channel, &failure, sizeof(failure),
			 MSG_DONTWAIT);
		err = errno;
	} while (n < 0 && err == ECONNRESET);
	close(launch->channel);
	launch->channel = -1;
	if (n < 0)
		return -err;
	if (!n)
		return 0;
	if (n != sizeof(failure))
		return -EIO;
	*ret = failure;
	return 1;
}

int launch_explain(const struct launch_failure *failure, const char *command,
		   sd_bus_error *error)
{
	static const char *const doing[] = {
		[LAUNCH_SESSION] = "make a session",
		[LAUNCH_STREAMS] = "take over the standard streams",
		[LAUNCH_LIMITS] = "set the caller's resource limits",
		[LAUNCH_CAPABILITIES] = "drop the capabilities that the caller lacks",
		[LAUNCH_USER] = "become the caller's user",
		[LAUNCH_DIRECTORY] = "enter the caller's directory",
		[LAUNCH_POLICY] = "have its memory on the nodes that were asked for",
		[LAUNCH_CPUS] = "run on the CPUs that were asked for",
	};
	const char *why = strerror(failure->error);

	if (failure->error == ENODEV && failure->stage == LAUNCH_POLICY)
		why = "not all of them have memory that it may use";
	else if (failure->error == ENODEV && failure->stage == LAUNCH_CPUS)
		why = "not all of them are online and in its cpuset";

	switch (failure->stage) {
	case LAUNCH_EXEC:
		if (failure->error == ENOENT)
			return sd_bus_error_setf(error,
				TIERSCOPE_BUS_ERROR_NOT_FOUND,
				strchr(command, '/') ?
				"'%s' does not exist" :
				"'%s' is in none of the directories of PATH",
				command);
		return sd_bus_error_setf(error, TIERSCOPE_BUS_ERROR_NOT_EXEC,
					 "'%s' cannot be executed: %s", command,
					 why);
	case LAUNCH_INTERPRETER:
		return sd_bus_error_setf(error, TIERSCOPE_BUS_ERROR_NOT_EXEC,
			"'%s' cannot be executed: its interpreter does not exist",
			command);
	case LAUNCH_SESSION:
	case LAUNCH_STREAMS:
	case LAUNCH_LIMITS:
	case LAUNCH_CAPABILITIES:
	case LAUNCH_USER:
	case LAUNCH_DIRECTORY:
	case LAUNCH_POLICY:
	case LAUNCH_CPUS:
		return sd_bus_error_setf(error, TIERSCOPE_BUS_ERROR_FAILED,
					 "the process for '%s' cannot %s: %s",
					 command, doing[failure->stage], why);
	}
	return sd_bus_error_setf(error, TIERSCOPE_BUS_ERROR_FAILED,
				 "'%s' cannot be launched: %s", command, why);
}

void launch_kill(struct launch *launch)
{
	if (launch->pid > 0)
		kill(launch->pid, SIGKILL);
}

bool launch_collect(struct launch *launch)
{
	if (launch->pid > 0 && !waitpid(launch->pid, NULL, WNOHANG))
		return false;
	launch->pid = 0;
	return true;
}

void launch_close(struct launch *launch)
{
	if (launch->pidfd >= 0)
		close(launch->pidfd);
	if (launch->channel >= 0)
		close(launch->channel);
	launch->pidfd = launch->channel = -1;
}
