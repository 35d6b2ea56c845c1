// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What the memory of a socket does, lines of Optane's medium included, which only
 * the simulated machine counts, by its PMU sim_media (kmod/sim/media.c).
 */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/perf_event.h>

#include <tierscope/events.h>

#include "context.h"
#include "counter_list.h"
#include "scope.h"
#include "sysfs.h"

#define PMU	"sim_media"
#define DEVICE	"sys/bus/event_source/devices/" PMU

/* What read(2) gives: PERF_FORMAT_GROUP with both times. */
struct group {
	uint64_t n;
	uint64_t enabled_ns;
	uint64_t running_ns;
	uint64_t values[TIERSCOPE_MEDIA_EVENTS];
};

static const struct {
	const char *name;
	const char *event;
} events[] = {
	[TIERSCOPE_MEDIA_READ] = { "media.read", PMU "/media_read/" },
	[TIERSCOPE_MEDIA_WRITE] = { "media.write", PMU "/media_write/" },
	[TIERSCOPE_MEDIA_DRAM_READ] = { "dram.read", PMU "/dram_read/" },
	[TIERSCOPE_MEDIA_DRAM_WRITE] = { "dram.write", PMU "/dram_write/" },
	[TIERSCOPE_MEDIA_PMM_READ] = { "pmm.read", PMU "/pmm_read/" },
	[TIERSCOPE_MEDIA_PMM_WRITE] = { "pmm.write", PMU "/pmm_write/" },
};

const char *tierscope_media_event_name(enum tierscope_media_event event)
{
	return event < TIERSCOPE_MEDIA_EVENTS ? events[event].name : NULL;
}

/* The counter of @event that is of @socket. */
static int find(struct tierscope *ts, const char *event, unsigned int socket,
		struct tierscope_counter *ret)
{
	scope_counters struct tierscope_counters *counters = NULL;
	int error = tierscope_counters_resolve_event(ts, event, &counters);

	if (error)
		return error;
	for (size_t i = 0; i < counters->n; i++) {
		if (counters->counters[i].socket != (int)socket)
			continue;
		*ret = counters->counters[i];
		return 0;
	}
	return tierscope_fail(ts, -ENODEV,
			      "%s counts on no CPU of socket %u (see /" DEVICE "/cpumask)",
			      event, socket);
}

static int open_event(struct tierscope *ts, const char *event,
		      unsigned int socket, int leader)
{
	struct tierscope_counter counter = { 0 };
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.read_format = PERF_FORMAT_GROUP |
			       PERF_FORMAT_TOTAL_TIME_ENABLED |
			       PERF_FORMAT_TOTAL_TIME_RUNNING,
	};
	int error = find(ts, event, socket, &counter);
	long fd;

	if (error)
		return error;
	/* Its numbers would be those of other PMUs here. */
	if (!ts->live)
		return tierscope_fail(ts, -ENODEV,
				      "cannot count %s: what is described is not this machine",
				      event);
	attr.type = counter.type;
	attr.config = counter.config;
	fd = syscall(SYS_perf_event_open, &attr, -1, (int)counter.cpu, leader,
		     PERF_FLAG_FD_CLOEXEC);
	if (fd >= 0)
		return (int)fd;
	error = -errno;
	return tierscope_fail(ts, error,
			      "cannot count %s on CPU %u: %s%s", event,
			      counter.cpu, strerror(-error),
			      error == -EACCES || error == -EPERM ?
			      " (counting what all processes do takes CAP_PERFMON)" : "");
}

int tierscope_media_open(struct tierscope *ts, unsigned int socket,
			 int ret_fds[TIERSCOPE_MEDIA_EVENTS])
{
	int fds[TIERSCOPE_MEDIA_EVENTS];

	if (!tierscope_sysfs_exists(ts->root, DEVICE))
		return tierscope_fail(ts, -ENOENT,
				      "lines of Optane's medium are counted on the simulated machine only: there is no /" DEVICE);
	for (int i = 0; i < TIERSCOPE_MEDIA_EVENTS; i++) {
		int error;

		fds[i] = open_event(ts, events[i].event, socket,
				    i ? fds[0] : -1);
		if (fds[i] >= 0)
			continue;
		error = fds[i];
		while (i-- > 0)
			close(fds[i]);
		return error;
	}
	memcpy(ret_fds, fds, sizeof(fds));
	return 0;
}

int tierscope_media_read(const int fds[TIERSCOPE_MEDIA_EVENTS],
			 struct tierscope_media *ret)
{
	struct group group;
	ssize_t got = read(fds[TIERSCOPE_MEDIA_READ], &group, sizeof(group));

	if (got < 0)
		return -errno;
	/* perf_event_open(2): nothing of an event that is in an error state, as
	 * one whose CPU went away may be. */
	if (got != sizeof(group) || group.n != TIERSCOPE_MEDIA_EVENTS)
		return -ENODATA;
	memcpy(ret->lines, group.values, sizeof(ret->lines));
	ret->enabled_ns = group.enabled_ns;
	ret->running_ns = group.running_ns;
	return 0;
}
