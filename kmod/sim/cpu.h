/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_SIM_CPU_H
#define TIERSCOPE_SIM_CPU_H

#include <linux/compiler_types.h>
#include <linux/tierscope_sim.h>

struct attribute_group;

/* Register the PMU cpu on the counts of @region. */
int tierscope_sim_cpu_init(const struct tierscope_sim_region __iomem *region);
void tierscope_sim_cpu_exit(void);

/* What sysfs shows of it: format, events. */
extern const struct attribute_group *tierscope_sim_cpu_attr_groups[];

#endif /* TIERSCOPE_SIM_CPU_H */
