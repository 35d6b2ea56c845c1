// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/loads.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/perf_event.h>

void loads_init(struct loads *loads)
{
	memset(loads, 0, sizeof(*loads));
	for (unsigned int role = 0; role < TIERSCOPE_TASK_ROLES; role++)
		loads->fds[role] = -1;
}

static void refuse(struct tierscope_task_event *event, const char *why)
{
	event->available = false;
	snprintf(event->reason, sizeof(event->reason), "%s", why);
}

/* One by one: what is inherited cannot be read in groups (perf_event_open(2),
 * PERF_FORMAT_GROUP). Counters that do not fit take turns. */
static int open_one(struct tierscope_task_event *event, pid_t pid)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = event->type,
		.config = event->config,
		.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED |
			       PERF_FORMAT_TOTAL_TIME_RUNNING,
		.disabled = 1,
		.enable_on_exec = 1,
		.inherit = 1,
		.exclude_kernel = event->exclude_kernel,
		.exclude_hv = event->exclude_hv,
	};
	char why[128];
	int fd = (int)syscall(SYS_perf_event_open, &attr, pid, -1, -1,
			      PERF_FLAG_FD_CLOEXEC);

	if (fd >= 0)
		return fd;
	snprintf(why, sizeof(why), "the kernel's core PMU refused it: %s",
		 strerror(errno));
	refuse(event, why);
	return -1;
}

/*
 * A core has four counters for loads while its other thread is on (eight
 * otherwise), and perf takes all counters of a task in turns if one of them does
 * not fit: the sources are counted all the time, or the sum of them is.
 */
static void prefer_sources(struct tierscope_task_event *events)
{
	for (unsigned int role = TIERSCOPE_TASK_LOAD_LOCAL_DRAM;
	     role <= TIERSCOPE_TASK_LOAD_REMOTE_PMM; role++)
		if (!events[role].available)
			return;
	refuse(&events[TIERSCOPE_TASK_LOAD_L3_MISS],
	       "not counted, as it would take turns with the sources: see their sum");
}

void loads_open(struct loads *loads, struct tierscope *ts, pid_t pid)
{
	int err = tierscope_task_events(ts, loads->events);

	if (!err)
		prefer_sources(loads->events);
	for (unsigned int role = 0; role < TIERSCOPE_TASK_ROLES; role++) {
		if (err)
			refuse(&loads->events[role], tierscope_error(ts));
		else if (loads->events[role].available)
			loads->fds[role] = open_one(&loads->events[role], pid);
	}
}

static void read_one(int fd, struct tierscope_task_event *event,
		     struct store_task_count *count)
{
	struct { uint64_t value, enabled_ns, running_ns; } reading;

	if (fd < 0)
		return;
	if (read(fd, &reading, sizeof(reading)) != sizeof(reading)) {
		refuse(event, "the counter could not be read");
		return;
	}
	/* A program that is set-user-ID, or may not be read, loses its counters in
	 * exec(2), after a moment (begin_new_exec() in the kernel's fs/exec.c): the
	 * time that was counted is then far below its CPU time. */
	if (!reading.enabled_ns)
		refuse(event, "the program had no counters: it is set-user-ID, or nobody may read it");
	else if (!reading.running_ns)
		refuse(event, "others had the counters all the time");
	count->value = reading.value;
	count->enabled_ns = reading.enabled_ns;
	count->running_ns = reading.running_ns;
}

void loads_read(struct loads *loads)
{
	for (unsigned int role = 0; role < TIERSCOPE_TASK_ROLES; role++) {
		struct store_task_count *count = &loads->counts[role];

		count->role = (enum tierscope_task_role)role;
		count->event = loads->events[role].name;
		count->reason = loads->events[role].reason;
		read_one(loads->fds[role], &loads->events[role], count);
	}
}

void loads_close(struct loads *loads)
{
	for (unsigned int role = 0; role < TIERSCOPE_TASK_ROLES; role++) {
		if (loads->fds[role] >= 0)
			close(loads->fds[role]);
		loads->fds[role] = -1;
	}
}
