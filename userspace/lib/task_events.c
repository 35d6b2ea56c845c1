// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a core counts for a task. Intel's names are the same on every
 * generation (perfmon, <generation>/events/<name>_core.json); how they are
 * encoded is libpfm4's to know.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/perf_event.h>

#include "context.h"
#include "pfm.h"
#include "sysfs.h"
#include "task_events.h"

#define CORE	"sys/bus/event_source/devices/cpu"

struct name {
	const char *event;
	const char *umask;
	bool optane;
};

static const struct name names[] = {
	[TIERSCOPE_TASK_LOAD_LOCAL_DRAM] =
		{ "MEM_LOAD_L3_MISS_RETIRED", "LOCAL_DRAM", false },
	[TIERSCOPE_TASK_LOAD_REMOTE_DRAM] =
		{ "MEM_LOAD_L3_MISS_RETIRED", "REMOTE_DRAM", false },
	[TIERSCOPE_TASK_LOAD_LOCAL_PMM] =
		{ "MEM_LOAD_RETIRED", "LOCAL_PMM", true },
	[TIERSCOPE_TASK_LOAD_REMOTE_PMM] =
		{ "MEM_LOAD_L3_MISS_RETIRED", "REMOTE_PMM", true },
	[TIERSCOPE_TASK_LOAD_L3_MISS] =
		{ "MEM_LOAD_RETIRED", "L3_MISS", false },
	/* Architectural events, which Linux puts on the fixed counters. */
	[TIERSCOPE_TASK_INSTRUCTIONS] = { "INST_RETIRED", "ANY_P", false },
	[TIERSCOPE_TASK_CYCLES] = { "CPU_CLK_UNHALTED", "THREAD_P", false },
};

static void __attribute__((format(printf, 2, 3)))
refuse(struct tierscope_task_event *event, const char *format, ...)
{
	va_list arguments;

	event->available = false;
	va_start(arguments, format);
	vsnprintf(event->reason, sizeof(event->reason), format, arguments);
	va_end(arguments);
}

static void by_libpfm(const struct tierscope_generation_facts *facts,
		      const struct name *name,
		      struct tierscope_task_event *event)
{
	int error;

	event->type = PERF_TYPE_RAW;
	snprintf(event->name, sizeof(event->name), "%s.%s", name->event,
		 name->umask);
	event->assumed = facts->assumed;
	if (name->optane && !facts->has_optane) {
		refuse(event, "%s takes no Optane",
		       facts->name);
		return;
	}
	error = tierscope_pfm_find(facts->core, name->event, name->umask,
				   &event->config);
	if (error == -EIO)
		refuse(event, "libpfm4 is not installed or cannot be initialized");
	else if (error)
		refuse(event, "libpfm4 has no %s of '%s'", event->name,
		       facts->core);
}

/* The kernel knows these two of every CPU whose counters it drives. */
static void by_kernel(enum tierscope_task_role role,
		      struct tierscope_task_event *event)
{
	event->type = PERF_TYPE_HARDWARE;
	if (role == TIERSCOPE_TASK_INSTRUCTIONS)
		event->config = PERF_COUNT_HW_INSTRUCTIONS;
	else if (role == TIERSCOPE_TASK_CYCLES)
		event->config = PERF_COUNT_HW_CPU_CYCLES;
	else
		refuse(event, "the loads of this model of CPU are not known: those of Skylake-SP to Emerald Rapids are");
	if (event->available)
		snprintf(event->name, sizeof(event->name), "%s",
			 tierscope_task_role_name(role));
}

void tierscope_task_events_of(int root,
			      const struct tierscope_generation_facts *facts,
			      struct tierscope_task_event *ret)
{
	uint64_t type = 0;
	int error = tierscope_sysfs_read_u64(root, CORE "/type", &type);

	for (unsigned int role = 0; role < TIERSCOPE_TASK_ROLES; role++) {
		struct tierscope_task_event *event = &ret[role];

		*event = (struct tierscope_task_event){
			.available = true,
			.exclude_kernel = true,
			.exclude_hv = true,
		};
		if (facts)
			by_libpfm(facts, &names[role], event);
		else
			by_kernel(role, event);
		if (!event->available)
			continue;
		if (error == -ENOENT)
			refuse(event, "this machine shows no core PMU (no /" CORE "): a virtual machine has one if its host passes it on");
		else if (error)
			refuse(event, "cannot read /" CORE "/type: %s",
			       strerror(-error));
		else if (type != PERF_TYPE_RAW)
			refuse(event, "/" CORE "/type is %llu, and not %d as the kernel's own core PMU is",
			       (unsigned long long)type, PERF_TYPE_RAW);
	}
}

int tierscope_task_events(struct tierscope *ts,
			  struct tierscope_task_event ret[TIERSCOPE_TASK_ROLES])
{
	const struct tierscope_generation_facts *facts = NULL;
	enum tierscope_generation generation;
	int error;

	error = tierscope_generation_here(ts, &generation);
	if (!error)
		facts = tierscope_generation_facts(generation);
	else if (error != -EOPNOTSUPP)
		return error;
	tierscope_task_events_of(ts->root, facts, ret);
	return 0;
}

static int open_event(const struct tierscope_task_event *event, pid_t pid,
		      int cpu, int leader, uint64_t format)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = event->type,
		.config = event->config,
		.read_format = format | PERF_FORMAT_TOTAL_TIME_ENABLED |
			       PERF_FORMAT_TOTAL_TIME_RUNNING,
		/* What follows a leader is on when its leader is. */
		.disabled = leader < 0,
		.enable_on_exec = leader < 0,
		.inherit = 1,
		.exclude_kernel = event->exclude_kernel,
		.exclude_hv = event->exclude_hv,
	};
	long fd = syscall(SYS_perf_event_open, &attr, pid, cpu, leader,
			  PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : (int)fd;
}

int tierscope_task_event_open(const struct tierscope_task_event *event,
			      pid_t pid)
{
	return open_event(event, pid, -1, -1, 0);
}

int tierscope_task_event_join(const struct tierscope_task_event *event,
			      pid_t pid, int cpu, int leader)
{
	return open_event(event, pid, cpu, leader, PERF_FORMAT_GROUP);
}
