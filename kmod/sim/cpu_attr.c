// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sysfs files of cpu, of the names that the kernel's own has on Intel cores
 * (arch/x86/events/core.c, events/intel/core.c), for the events that there are.
 */
#include <linux/perf_event.h>
#include <linux/sysfs.h>

#include "cpu.h"

PMU_FORMAT_ATTR(event, "config:0-7");
PMU_FORMAT_ATTR(umask, "config:8-15");
PMU_FORMAT_ATTR(edge, "config:18");
PMU_FORMAT_ATTR(any, "config:21");
PMU_FORMAT_ATTR(inv, "config:23");
PMU_FORMAT_ATTR(cmask, "config:24-31");

static struct attribute *format_attrs[] = {
	&format_attr_event.attr,
	&format_attr_umask.attr,
	&format_attr_edge.attr,
	&format_attr_any.attr,
	&format_attr_inv.attr,
	&format_attr_cmask.attr,
	NULL,
};

static const struct attribute_group format_group = {
	.name = "format",
	.attrs = format_attrs,
};

PMU_EVENT_ATTR_STRING(cpu-cycles, cpu_cycles, "event=0x3c");
PMU_EVENT_ATTR_STRING(instructions, instructions, "event=0xc0");
PMU_EVENT_ATTR_STRING(cache-references, cache_references, "event=0x2e,umask=0x4f");
PMU_EVENT_ATTR_STRING(cache-misses, cache_misses, "event=0x2e,umask=0x41");

static struct attribute *events_attrs[] = {
	&cpu_cycles.attr.attr,
	&instructions.attr.attr,
	&cache_references.attr.attr,
	&cache_misses.attr.attr,
	NULL,
};

static const struct attribute_group events_group = {
	.name = "events",
	.attrs = events_attrs,
};

const struct attribute_group *tierscope_sim_cpu_attr_groups[] = {
	&format_group,
	&events_group,
	NULL,
};
