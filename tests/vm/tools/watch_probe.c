// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Watches for tests in the machine:
 *
 *	watch-probe follow PID...	watches them, prints their last looks
 *	watch-probe hold N PID		N watches of one, read when stdin ends
 *	watch-probe remove PID		ends its watch; it is gone for good then
 *	watch-probe foreign PID		another socket's watch is nobody's
 *	watch-probe vfork		a child that has its parent's memory
 *	watch-probe reaped		a child whose memory is reaped before it ends
 *	watch-probe race N		N processes that end while they are watched
 *
 * Says "ready N" once it watches, or "refused ERRNO: sentence", and each last
 * look as "event id=.. pid=.. comm=.. uid=.. reason=.. partial=.. cell=
 * NODE:SHIFT:KIND:PAGES .. swap=.. special=.. hinted=..", sizes in bytes.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <tierscope/tierscope.h>

#define WAIT_MS	60000

static struct tierscope *ts;
static struct tierscope_watcher *watcher;

static unsigned int shift_of(uint64_t bytes)
{
	return (unsigned int)__builtin_ctzll(bytes);
}

static void print(const struct tierscope_last_look *look)
{
	const struct tierscope_placement *at = &look->placement;

	printf("event id=%u pid=%d comm=%s uid=%u reason=%s partial=%d",
	       look->watch, at->pid, at->comm, at->uid,
	       tierscope_watch_reason_name(look->reason), look->partial);
	for (size_t i = 0; i < at->n_cells; i++)
		printf(" cell=%d:%u:%d:%llu", at->cells[i].node,
		       shift_of(at->cells[i].page_bytes), at->cells[i].kind,
		       (unsigned long long)at->cells[i].pages);
	printf(" swap=%llu special=%llu hinted=%llu took=%llu\n",
	       (unsigned long long)at->swap_bytes,
	       (unsigned long long)at->special_bytes,
	       (unsigned long long)at->hinted_bytes,
	       (unsigned long long)at->duration_ns);
	fflush(stdout);
}

static void refused(int error)
{
	printf("refused %s: %s\n", strerrorname_np(-error), tierscope_error(ts));
	fflush(stdout);
}

static int add(pid_t pid, uint32_t *ret)
{
	int error;

	do
		error = tierscope_watcher_add(ts, watcher, pid, ret);
	while (error == -EINTR);
	return error;
}

/* Until @wanted have come, or none comes for @timeout_ms. */
static size_t read_events(size_t wanted, int timeout_ms)
{
	size_t n = 0;

	while (n < wanted) {
		const struct tierscope_last_look *look;
		int error = tierscope_watcher_read(watcher, timeout_ms, &look);

		if (error == -EINTR)
			continue;
		if (error == -EAGAIN)
			break;
		if (error)
			errx(1, "reading: %s", strerrorname_np(-error));
		print(look);
		n++;
	}
	return n;
}

static int follow(char **pids)
{
	size_t n = 0;
	uint32_t id;

	for (; *pids; pids++) {
		int error = add(atoi(*pids), &id);

		if (error) {
			refused(error);
			return 1;
		}
		n++;
	}
	printf("ready %zu\n", n);
	fflush(stdout);
	return read_events(n, WAIT_MS) != n;
}

static int hold(size_t wanted, pid_t pid)
{
	uint32_t *ids = calloc(wanted, sizeof(*ids));
	size_t n, got, gone = 0;
	char c;

	for (n = 0; ids && n < wanted; n++) {
		int error = add(pid, &ids[n]);

		if (error) {
			refused(error);
			break;
		}
	}
	printf("ready %zu\n", n);
	fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	got = read_events(n, 0);
	/* Those that were lost are gone all the same. */
	for (size_t i = 0; i < n; i++)
		gone += tierscope_watcher_remove(ts, watcher, ids[i]) == -ENOENT;
	printf("read %zu gone %zu\n", got, gone);
	free(ids);
	return 0;
}

static int remove_one(pid_t pid)
{
	uint32_t id;
	int error = add(pid, &id);

	if (!error)
		error = tierscope_watcher_remove(ts, watcher, id);
	if (error) {
		refused(error);
		return 1;
	}
	error = tierscope_watcher_remove(ts, watcher, id);
	refused(error);
	return error != -ENOENT;
}

static int foreign(pid_t pid)
{
	struct tierscope_watcher *other;
	uint32_t id;
	int error = tierscope_watcher_new(ts, &other);

	if (!error)
		error = add(pid, &id);
	if (error)
		errx(1, "%s", tierscope_error(ts));
	error = tierscope_watcher_remove(ts, other, id);
	refused(error);
	tierscope_watcher_free(other);
	/* It is still there. */
	return error != -ENOENT || tierscope_watcher_remove(ts, watcher, id);
}

static volatile pid_t child;

static void *make_child(void *unused)
{
	const struct timespec while_it_is_watched = { .tv_sec = 1 };

	(void)unused;
	/* NOLINTNEXTLINE: that it shares its parent's memory is the point. */
	if (vfork() == 0) {
		child = getpid();
		nanosleep(&while_it_is_watched, NULL);
		_exit(0);
	}
	return NULL;
}

static int of_vfork(void)
{
	const struct timespec moment = { .tv_nsec = 10000000 };
	pthread_t thread;
	uint32_t id;
	int error;

	if (pthread_create(&thread, NULL, make_child, NULL))
		errx(1, "no thread");
	while (!child)
		nanosleep(&moment, NULL);
	error = add(child, &id);
	refused(error);
	pthread_join(thread, NULL);
	return error != -EAGAIN;
}

#define REAPED_BYTES	(8UL << 20)

/* Full of memory, and as good as ended once its tracer lets it go on. */
static pid_t make_victim(void)
{
	pid_t pid = fork();
	char *memory;

	if (pid < 0)
		err(1, "fork");
	if (pid)
		return pid;
	memory = malloc(REAPED_BYTES);
	if (!memory || ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		_exit(1);
	memset(memory, 1, REAPED_BYTES);
	raise(SIGSTOP);
	_exit(0);
}

/* What the OOM reaper does, by process_mrelease(2). A tracer keeps whoever ends
 * from letting go of its memory for so long. */
static int reaped(void)
{
	pid_t pid = make_victim();
	int status, fd = pidfd_open(pid, 0), error;
	uint32_t id;

	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACEEXIT) ||
	    ptrace(PTRACE_CONT, pid, NULL, NULL) ||
	    waitpid(pid, &status, 0) != pid ||
	    status >> 8 != (SIGTRAP | PTRACE_EVENT_EXIT << 8))
		errx(1, "the child does not stop at its exit");
	error = add(pid, &id);
	if (error)
		refused(error);
	if (fd < 0 || syscall(SYS_process_mrelease, fd, 0))
		err(1, "process_mrelease");
	if (ptrace(PTRACE_CONT, pid, NULL, NULL) ||
	    waitpid(pid, &status, 0) != pid)
		err(1, "the child does not end");
	close(fd);
	return error || read_events(1, WAIT_MS) != 1;
}

static int race(size_t n)
{
	size_t watched = 0, events;

	for (size_t i = 0; i < n; i++) {
		pid_t pid = fork();
		uint32_t id;
		int error;

		if (pid < 0)
			err(1, "fork");
		if (!pid) {
			/* A little later each time. */
			for (volatile size_t spin = 0; spin < i * 2000; spin++)
				;
			_exit(0);
		}
		error = add(pid, &id);
		if (error && error != -ESRCH)
			errx(1, "%s", tierscope_error(ts));
		if (!error && i % 2) {
			error = tierscope_watcher_remove(ts, watcher, id);
			if (error && error != -ENOENT)
				errx(1, "%s", tierscope_error(ts));
			watched += error == -ENOENT;
		} else if (!error) {
			watched++;
		}
		waitpid(pid, NULL, 0);
	}
	events = 0;
	for (const struct tierscope_last_look *look;
	     tierscope_watcher_read(watcher, 0, &look) == 0;)
		events++;
	printf("watched %zu events %zu\n", watched, events);
	return events != watched;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (tierscope_new(NULL, &ts))
		errx(1, "no handle");
	if (tierscope_watcher_new(ts, &watcher))
		errx(1, "%s", tierscope_error(ts));
	if (!strcmp(what, "follow") && argc > 2)
		return follow(argv + 2);
	if (!strcmp(what, "hold") && argc == 4)
		return hold(strtoul(argv[2], NULL, 10), atoi(argv[3]));
	if (!strcmp(what, "remove") && argc == 3)
		return remove_one(atoi(argv[2]));
	if (!strcmp(what, "foreign") && argc == 3)
		return foreign(atoi(argv[2]));
	if (!strcmp(what, "vfork"))
		return of_vfork();
	if (!strcmp(what, "reaped"))
		return reaped();
	if (!strcmp(what, "race") && argc == 3)
		return race(strtoul(argv[2], NULL, 10));
	errx(2, "usage: see the head of watch_probe.c");
}
