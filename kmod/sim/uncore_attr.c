// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sysfs files that all boxes have, the same as the kernel's own on Cascade
 * Lake (arch/x86/events/intel/uncore_snbep.c, skx_uncore_format_group).
 */
#include <linux/perf_event.h>
#include <linux/sysfs.h>

#include "collector.h"
#include "uncore.h"

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

const struct attribute_group tierscope_sim_uncore_format_group = {
	.name = "format",
	.attrs = format_attrs,
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

const struct attribute_group tierscope_sim_uncore_cpumask_group = {
	.attrs = cpumask_attrs,
};
