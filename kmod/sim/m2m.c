// SPDX-License-Identifier: GPL-2.0-only
/*
 * Between the mesh and the memory controllers: uncore_m2m_0 and 1, one a
 * controller. As the kernel's own on Cascade Lake (arch/x86/events/intel/
 * uncore_snbep.c, skx_uncore_m2m) they have no events with a name.
 */
#include <linux/io.h>
#include <linux/sysfs.h>

#include "clock.h"
#include "core/clx_m2m.h"
#include "uncore.h"

static const struct attribute_group *attr_groups[] = {
	&tierscope_sim_uncore_format_group,
	&tierscope_sim_uncore_cpumask_group,
	NULL,
};

static u64 channel_value(const struct tierscope_sim_channel __iomem *channel,
			 unsigned int counter)
{
	switch (counter) {
	case TIERSCOPE_CLX_M2M_PMM_READ:
		return readq(&channel->imc[TIERSCOPE_SIM_PMM_READ]);
	case TIERSCOPE_CLX_M2M_PMM_WRITE:
		return readq(&channel->imc[TIERSCOPE_SIM_PMM_WRITE]);
	}
	return readq(&channel->m2m[counter]);
}

static u64 m2m_value(const struct tierscope_sim_region __iomem *region,
		     unsigned int socket, unsigned int box,
		     unsigned int counter)
{
	const struct tierscope_sim_channel __iomem *channel =
		&region->channel[socket][box * TIERSCOPE_SIM_CONTROLLER_CHANNELS];
	u64 value = 0;

	if (counter == TIERSCOPE_CLX_M2M_CLOCKTICKS)
		return tierscope_sim_clock_ticks(TIERSCOPE_SIM_UCLK_HZ);
	for (unsigned int c = 0; c < TIERSCOPE_SIM_CONTROLLER_CHANNELS; c++)
		value += channel_value(&channel[c], counter);
	return value;
}

static struct tierscope_sim_uncore_box boxes[TIERSCOPE_SIM_CONTROLLERS];

const struct tierscope_sim_uncore_type tierscope_sim_m2m = {
	.name = "uncore_m2m",
	.boxes = TIERSCOPE_SIM_CONTROLLERS,
	.counters = TIERSCOPE_SIM_BOX_COUNTERS,
	.box = boxes,
	.attr_groups = attr_groups,
	.decode = tierscope_clx_m2m_decode,
	.value = m2m_value,
};
