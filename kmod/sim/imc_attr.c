// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sysfs files of uncore_imc, the same as the kernel's own on Cascade Lake
 * (arch/x86/events/intel/uncore_snbep.c, skx_uncore_imc).
 */
#include <linux/perf_event.h>
#include <linux/sysfs.h>

#include "collector.h"
#include "imc.h"

PMU_FORMAT_ATTR(event, "config:0-7");
PMU_FORMAT_ATTR(umask, "config:8-15");
PMU_FORMAT_ATTR(edge, "config:18");
PMU_FORMAT_ATTR(inv, "config:23");
PMU_FORMAT_ATTR(thresh, "config:24-31");

static struct attribute *format_attrs[] = {
	&format_attr_event.attr,
	&format_attr_umask.attr,
	&format_attr_edge.attr,
	&format_attr_inv.attr,
	&format_attr_thresh.attr,
	NULL,
};

static const struct attribute_group format_group = {
	.name = "format",
	.attrs = format_attrs,
};

/* One count is 64 bytes: the scale is 64 / 2^20. */
PMU_EVENT_ATTR_STRING(clockticks, clockticks, "event=0x00,umask=0x00");
PMU_EVENT_ATTR_STRING(cas_count_read, cas_read, "event=0x04,umask=0x03");
PMU_EVENT_ATTR_STRING(cas_count_read.scale, cas_read_scale, "6.103515625e-5");
PMU_EVENT_ATTR_STRING(cas_count_read.unit, cas_read_unit, "MiB");
PMU_EVENT_ATTR_STRING(cas_count_write, cas_write, "event=0x04,umask=0x0c");
PMU_EVENT_ATTR_STRING(cas_count_write.scale, cas_write_scale, "6.103515625e-5");
PMU_EVENT_ATTR_STRING(cas_count_write.unit, cas_write_unit, "MiB");

static struct attribute *events_attrs[] = {
	&clockticks.attr.attr,
	&cas_read.attr.attr,
	&cas_read_scale.attr.attr,
	&cas_read_unit.attr.attr,
	&cas_write.attr.attr,
	&cas_write_scale.attr.attr,
	&cas_write_unit.attr.attr,
	NULL,
};

static const struct attribute_group events_group = {
	.name = "events",
	.attrs = events_attrs,
};

static ssize_t cpumask_show(struct device *dev, struct device_attribute *attr,
			    char *page)
{
	return cpumap_print_to_pagebuf(true, page,
				       tierscope_sim_collector_mask());
}
static DEVICE_ATTR_RO(cpumask);

static struct attribute *cpumask_attrs[] = {
	&dev_attr_cpumask.attr,
	NULL,
};

static const struct attribute_group cpumask_group = {
	.attrs = cpumask_attrs,
};

const struct attribute_group *tierscope_sim_imc_attr_groups[] = {
	&format_group,
	&events_group,
	&cpumask_group,
	NULL,
};
