// SPDX-License-Identifier: GPL-2.0-only
/*
 * The channels of the memory controllers: uncore_imc_0 to 5, with the sysfs
 * files of the kernel's own on Cascade Lake (arch/x86/events/intel/
 * uncore_snbep.c, skx_uncore_imc).
 */
#include <linux/io.h>
#include <linux/sysfs.h>

#include "clock.h"
#include "core/clx_imc.h"
#include "uncore.h"

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

static const struct attribute_group *attr_groups[] = {
	&tierscope_sim_uncore_format_group,
	&events_group,
	&tierscope_sim_uncore_cpumask_group,
	NULL,
};

static u64 imc_value(const struct tierscope_sim_region __iomem *region,
		     unsigned int socket, unsigned int box,
		     unsigned int counter)
{
	if (counter == TIERSCOPE_SIM_CLOCKTICKS)
		return tierscope_sim_clock_ticks(readq(&region->dclk_hz));
	return readq(&region->channel[socket][box].imc[counter]);
}

static struct tierscope_sim_uncore_box boxes[TIERSCOPE_SIM_CHANNELS];

const struct tierscope_sim_uncore_type tierscope_sim_imc = {
	.name = "uncore_imc",
	.boxes = TIERSCOPE_SIM_CHANNELS,
	.counters = TIERSCOPE_SIM_BOX_COUNTERS,
	.box = boxes,
	.attr_groups = attr_groups,
	.decode = tierscope_clx_imc_decode,
	.value = imc_value,
};
