// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/stop.h"
#include "lib/scope.h"

#define GRACE_NS 30000000000ULL

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int open_output(const char *path, int *ret)
{
	*ret = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666) :
		      fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	return *ret < 0 ? -errno : 0;
}

/* In the child. What fails here is told through @report. */
static void become(const struct spawn *spawn, pid_t parent, int in, int out,
		   int err, int report)
{
	const struct experiment_pairs *environment = spawn->environment;
	/* A group of its own, to be ended with all that it started. */
	bool ok = !setpgid(0, 0) && !prctl(PR_SET_PDEATHSIG, SIGTERM) &&
		  getppid() == parent;
	int failure;

	for (size_t i = 0; ok && environment && i < environment->n; i++)
		ok = !setenv(environment->pairs[i].name, environment->pairs[i].value, 1);
	ok = ok && dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
	     dup2(err, STDERR_FILENO) >= 0 &&
	     !sigprocmask(SIG_SETMASK, spawn->let_in, NULL);
	if (ok)
		execvp(spawn->argv[0], spawn->argv);
	failure = errno ? errno : ESRCH;
	if (write(report, &failure, sizeof(failure)) < 0)
		_exit(126);
	_exit(127);
}

static int start(const struct spawn *spawn, pid_t *ret_pid)
{
	int in scope_close = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int out scope_close = -1, err scope_close = -1;
	int ends[2], failure = 0, r;
	pid_t parent = getpid(), pid;
	ssize_t n;

	if (in < 0)
		return -errno;
	r = open_output(spawn->out, &out);
	if (!r)
		r = open_output(spawn->err, &err);
	if (r < 0)
		return r;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (!pid)
		become(spawn, parent, in, out, err, ends[1]);
	r = pid < 0 ? -errno : 0;
	close(ends[1]);
	/* Closed by the exec, so this is no longer than that. */
	do
		n = r ? 0 : read(ends[0], &failure, sizeof(failure));
	while (n < 0 && errno == EINTR);
	close(ends[0]);
	if (n > 0) {
		waitpid(pid, NULL, 0);
		return -failure;
	}
	if (!r)
		*ret_pid = pid;
	return r;
}

/* Returns when it has ended, at @until_ns, or, with @let_in, when a signal
 * came. */
static bool ended(int pidfd, uint64_t until_ns, const sigset_t *let_in)
{
	struct pollfd fd = { .fd = pidfd, .events = POLLIN };
	uint64_t now = now_ns(), left = until_ns > now ? until_ns - now : 0;
	const struct timespec timeout = {
		.tv_sec = (time_t)(left / 1000000000),
		.tv_nsec = (long)(left % 1000000000),
	};

	return ppoll(&fd, 1, &timeout, let_in) > 0;
}

static bool wait_until(int pidfd, uint64_t until_ns, const sigset_t *let_in)
{
	while (!stop_wanted() && now_ns() < until_ns)
		if (ended(pidfd, until_ns, let_in))
			return true;
	return false;
}

int spawn_run(const struct spawn *spawn, struct spawn_end *ret)
{
	uint64_t began = now_ns();
	struct spawn_end end = { 0 };
	int pidfd scope_close = -1;
	bool stopped = false;
	int status = 0, r;
	pid_t pid = -1;

	r = start(spawn, &pid);
	if (r < 0)
		return r;
	pidfd = pidfd_open(pid, 0);
	if (pidfd < 0) {
		r = -errno;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return r;
	}
	if (!wait_until(pidfd, began + spawn->limit_ns, spawn->let_in)) {
		stopped = stop_wanted();
		end.limited = !stopped;
		kill(-pid, SIGTERM);
		if (!ended(pidfd, now_ns() + GRACE_NS, NULL))
			kill(-pid, SIGKILL);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (stopped)
		return -EINTR;
	end.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	end.wall_ns = now_ns() - began;
	*ret = end;
	return 0;
}
