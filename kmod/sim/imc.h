/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_SIM_IMC_H
#define TIERSCOPE_SIM_IMC_H

#include <linux/compiler_types.h>
#include <linux/tierscope_sim.h>

struct attribute_group;

/* Register the PMUs uncore_imc_0..5 on the counts of @region. */
int tierscope_sim_imc_init(const struct tierscope_sim_region __iomem *region);
void tierscope_sim_imc_exit(void);

/* What sysfs shows of them: format, events, cpumask. */
extern const struct attribute_group *tierscope_sim_imc_attr_groups[];

#endif /* TIERSCOPE_SIM_IMC_H */
