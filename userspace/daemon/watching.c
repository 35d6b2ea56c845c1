// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/watching.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "daemon/clock.h"

/* Other runs wait. */
#define LOOKS_AT_ONCE	64

/* A program that was replaced is torn down with exec_update_lock held, which a
 * new watch waits for: not at once, then. */
#define AGAIN_NS	(NS_PER_SECOND / 50)
#define AGAIN_ACCURACY_US 1000

/**
 * struct watching_process - one that runs
 * @watched: @watch is its watch; otherwise it is tried again
 * @ended: its last look has come. Its cgroup lists it until its memory has been
 *   given back, and longer, so it is kept until it is not: it is no new process
 * @there: in the list that is gone through
 */
struct watching_process {
	pid_t pid;
	uint32_t watch;
	bool watched;
	bool ended;
	bool there;
};

static struct watching_process *find(struct watching *watching, pid_t pid)
{
	for (size_t i = 0; i < watching->n_processes; i++)
		if (watching->processes[i].pid == pid)
			return &watching->processes[i];
	return NULL;
}

/* -EAGAIN, -EDQUOT, -EINTR: it may be watched later. */
static void try(struct watching *watching, struct watching_process *process)
{
	process->watched = !tierscope_watcher_add(watching->ts,
						  watching->watcher,
						  process->pid, &process->watch);
	/* A number that is in use again. */
	if (process->watched)
		process->ended = false;
}

/* Not there any more, or the run is over. */
static void forget(struct watching *watching, struct watching_process *process)
{
	watching->n_missed += !process->ended;
	*process = watching->processes[--watching->n_processes];
}

static int on_again(sd_event_source *source, uint64_t usec, void *data)
{
	struct watching *watching = data;

	(void)source;
	(void)usec;
	for (size_t i = 0; i < watching->n_processes; i++)
		if (!watching->processes[i].watched &&
		    !watching->processes[i].ended)
			try(watching, &watching->processes[i]);
	return 0;
}

static void later(struct watching *watching)
{
	watching->again = sd_event_source_disable_unref(watching->again);
	/* Without it the next look at the run tries again. */
	sd_event_add_time_relative(watching->event, &watching->again,
				   CLOCK_MONOTONIC, AGAIN_NS / 1000,
				   AGAIN_ACCURACY_US, on_again, watching);
}

static void take(struct watching *watching,
		 const struct tierscope_last_look *look)
{
	struct watching_process *process = find(watching, look->placement.pid);

	if (!process || !process->watched || process->watch != look->watch)
		return;
	if (look->reason == TIERSCOPE_WATCH_REASON_EXEC) {
		process->watched = false;
		later(watching);
		return;
	}
	process->watched = false;
	process->ended = true;
	if (residence_add(&watching->seen, &look->placement)) {
		watching->n_missed++;
		return;
	}
	watching->n_reaped += look->reason == TIERSCOPE_WATCH_REASON_REAPED;
	watching->n_partial += look->partial;
}

/* What has come. False if there may be more. */
static bool drain(struct watching *watching)
{
	for (int i = 0; i < LOOKS_AT_ONCE; i++) {
		const struct tierscope_last_look *look;
		int err = tierscope_watcher_read(watching->watcher, 0, &look);

		if (err == -EINTR)
			continue;
		if (err)
			return true;
		take(watching, look);
	}
	return false;
}

static int on_look(sd_event_source *source, int fd, uint32_t events, void *data)
{
	(void)source;
	(void)fd;
	(void)events;
	drain(data);
	return 0;
}

int watching_start(struct watching *watching, struct tierscope *ts,
		   sd_event *event)
{
	int err;

	*watching = (struct watching){ .ts = ts, .event = event };
	err = tierscope_watcher_new(ts, &watching->watcher);
	if (!err)
		err = sd_event_add_io(event, &watching->source,
				      tierscope_watcher_fd(watching->watcher),
				      EPOLLIN, on_look, watching);
	if (err >= 0)
		return 0;
	watching_stop(watching);
	return err;
}

static void see(struct watching *watching, pid_t pid)
{
	struct watching_process *process = find(watching, pid), *grown;

	if (!process) {
		grown = reallocarray(watching->processes,
				     watching->n_processes + 1, sizeof(*grown));
		if (!grown) {
			watching->n_missed++;
			return;
		}
		watching->processes = grown;
		process = &grown[watching->n_processes++];
		*process = (struct watching_process){ .pid = pid };
	}
	process->there = true;
	if (!process->watched)
		try(watching, process);
}

void watching_see(struct watching *watching, const pid_t *pids, size_t n)
{
	if (!watching->watcher)
		return;
	/* First what ended: a number may be in use again. */
	while (!drain(watching))
		;
	for (size_t i = 0; i < watching->n_processes; i++)
		watching->processes[i].there = false;
	for (size_t i = 0; i < n; i++)
		see(watching, pids[i]);
	for (size_t i = watching->n_processes; i-- > 0;) {
		struct watching_process *process = &watching->processes[i];

		if (process->there || process->watched)
			continue;
		forget(watching, process);
	}
	/* Adding may have put some aside, which the socket does not show. */
	while (!drain(watching))
		;
}

bool watching_waits(struct watching *watching, pid_t pid)
{
	const struct watching_process *process;

	if (!watching->watcher)
		return false;
	while (!drain(watching))
		;
	process = find(watching, pid);
	return process && process->watched;
}

void watching_end(struct watching *watching)
{
	if (!watching->watcher)
		return;
	while (!drain(watching))
		;
	while (watching->n_processes)
		forget(watching, watching->processes);
}

void watching_stop(struct watching *watching)
{
	sd_event_source_disable_unref(watching->source);
	sd_event_source_disable_unref(watching->again);
	tierscope_watcher_free(watching->watcher);
	residence_free(&watching->seen);
	free(watching->processes);
	*watching = (struct watching){ 0 };
}
