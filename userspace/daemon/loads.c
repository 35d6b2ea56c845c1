// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/loads.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/scope.h"

#define WATCHDOG "/proc/sys/kernel/nmi_watchdog"

void loads_init(struct loads *loads)
{
	memset(loads, 0, sizeof(*loads));
}

static void refuse(struct tierscope_task_event *event, const char *why)
{
	event->available = false;
	snprintf(event->reason, sizeof(event->reason), "%s", why);
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

/* The kernel's watchdog holds the counter that cycles have to themselves. Cycles
 * then want one of the four, so a group of all would never be on. */
static bool cycles_are_taken(void)
{
	int fd scope_close = open(WATCHDOG, O_RDONLY | O_CLOEXEC);
	char on = '0';

	return fd >= 0 && read(fd, &on, 1) == 1 && on == '1';
}

static void close_group(struct loads_group *group)
{
	for (size_t i = 0; i < group->n; i++)
		close(group->fds[i]);
	group->n = 0;
}

/* 0, or what the kernel said of the role *@ret_role. */
static int open_group(struct loads_group *group,
		      const struct tierscope_task_event *events, uint32_t roles,
		      pid_t pid, int cpu, enum tierscope_task_role *ret_role)
{
	*group = (struct loads_group){ .cpu = cpu };
	for (unsigned int role = 0; role < TIERSCOPE_TASK_ROLES; role++) {
		int fd;

		if (!(roles & 1U << role))
			continue;
		fd = tierscope_task_event_join(&events[role], pid, cpu,
					       group->n ? group->fds[0] : -1);
		if (fd < 0) {
			close_group(group);
			*ret_role = (enum tierscope_task_role)role;
			return fd;
		}
		group->roles[group->n] = (enum tierscope_task_role)role;
		group->fds[group->n++] = fd;
	}
	return 0;
}

/* Together, or if the PMU does not take that, each by itself. */
static void open_roles(struct loads *loads, uint32_t roles, pid_t pid, int cpu)
{
	struct loads_group *group = &loads->groups[loads->n_groups];
	enum tierscope_task_role refused;
	char why[128];
	int err;

	if (!roles)
		return;
	err = open_group(group, loads->events, roles, pid, cpu, &refused);
	if (!err) {
		loads->n_groups++;
		return;
	}
	for (unsigned int role = 0; role < TIERSCOPE_TASK_ROLES; role++) {
		group = &loads->groups[loads->n_groups];
		if (!(roles & 1U << role) || !loads->events[role].available)
			continue;
		err = open_group(group, loads->events, 1U << role, pid, cpu,
				 &refused);
		if (!err) {
			loads->n_groups++;
			continue;
		}
		snprintf(why, sizeof(why), "the kernel's core PMU refused it: %s",
			 strerror(-err));
		refuse(&loads->events[role], why);
	}
}

void loads_open(struct loads *loads, struct tierscope *ts, pid_t pid,
		unsigned int n_cpus)
{
	uint32_t roles = 0, cycles = 1U << TIERSCOPE_TASK_CYCLES;
	int err = tierscope_task_events(ts, loads->events);
	int first = 0, last = (int)n_cpus - 1;
	bool apart = cycles_are_taken();

	if (!err)
		prefer_sources(loads->events);
	for (unsigned int role = 0; role < TIERSCOPE_TASK_ROLES; role++) {
		if (err)
			refuse(&loads->events[role], tierscope_error(ts));
		roles |= (uint32_t)loads->events[role].available << role;
	}
	if (!n_cpus || n_cpus * TIERSCOPE_TASK_ROLES > LOADS_GROUPS_MAX)
		first = last = -1;
	for (int cpu = first; cpu <= last; cpu++) {
		if (apart) {
			open_roles(loads, roles & ~cycles, pid, cpu);
			open_roles(loads, roles & cycles, pid, cpu);
		} else {
			open_roles(loads, roles, pid, cpu);
		}
	}
}

static void read_group(struct loads *loads, const struct loads_group *group)
{
	struct {
		uint64_t n, enabled_ns, running_ns;
		uint64_t values[TIERSCOPE_TASK_ROLES];
	} reading;
	ssize_t bytes = (ssize_t)((3 + group->n) * sizeof(uint64_t));
	bool good = read(group->fds[0], &reading, sizeof(reading)) == bytes;

	for (size_t i = 0; i < group->n; i++) {
		struct store_task_count *count = &loads->counts[group->roles[i]];

		if (!good) {
			refuse(&loads->events[group->roles[i]],
			       "the counter could not be read");
			continue;
		}
		count->value += reading.values[i];
		count->running_ns += reading.running_ns;
		/* That of one CPU goes on while the command is on another. */
		if (count->enabled_ns < reading.enabled_ns)
			count->enabled_ns = reading.enabled_ns;
	}
}

/* What a thread spends between two CPUs is no turn of others. */
#define BETWEEN_CPUS_SHARE 20

static void close_gap(const struct loads *loads, struct store_task_count *count)
{
	uint64_t gap = count->enabled_ns - count->running_ns;

	if (loads->n_groups && loads->groups[0].cpu >= 0 &&
	    count->running_ns < count->enabled_ns &&
	    gap < count->enabled_ns / BETWEEN_CPUS_SHARE)
		count->enabled_ns = count->running_ns;
}

/* A program that is set-user-ID, or may not be read, loses its counters in
 * exec(2), after a moment (begin_new_exec() in the kernel's fs/exec.c): the
 * time that was counted is then far below its CPU time. */
static void explain(struct tierscope_task_event *event,
		    const struct store_task_count *count)
{
	if (!event->available)
		return;
	if (!count->enabled_ns)
		refuse(event, "the program had no counters: it is set-user-ID, or nobody may read it");
	else if (!count->running_ns)
		refuse(event, "others had the counters all the time");
}

void loads_read(struct loads *loads)
{
	memset(loads->counts, 0, sizeof(loads->counts));
	for (size_t i = 0; i < loads->n_groups; i++)
		read_group(loads, &loads->groups[i]);
	for (unsigned int role = 0; role < TIERSCOPE_TASK_ROLES; role++) {
		struct store_task_count *count = &loads->counts[role];

		close_gap(loads, count);
		explain(&loads->events[role], count);
		count->role = (enum tierscope_task_role)role;
		count->event = loads->events[role].name;
		count->reason = loads->events[role].reason;
	}
}

void loads_close(struct loads *loads)
{
	for (size_t i = 0; i < loads->n_groups; i++)
		close_group(&loads->groups[i]);
	loads->n_groups = 0;
}
