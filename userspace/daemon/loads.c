// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/loads.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

static int open_one(struct tierscope_task_event *event, pid_t pid)
{
	int fd = tierscope_task_event_open(event, pid);
	char why[128];

	if (fd >= 0)
		return fd;
	snprintf(why, sizeof(why), "the kernel's core PMU refused it: %s",
		 strerror(-fd));
	refuse(event, why);
	return -1;
}

/*
 * A core has four counters for loads while its other thread is on (eight
 * otherwise), and perf takes all counters of a task in turns if one of them does
 * not fit. So misses are counted where a source is lacking only.
 */
static void prefer_sources(struct tierscope_task_event *events)
{
	for (unsigned int role = 0; role < TIERSCOPE_TASK_SOURCES; role++)
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
