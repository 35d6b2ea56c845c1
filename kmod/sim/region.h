/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_SIM_REGION_H
#define TIERSCOPE_SIM_REGION_H

#include <linux/compiler_types.h>
#include <linux/tierscope_sim.h>

/*
 * Find the simulator's device and map its counts, which stay where they are
 * until tierscope_sim_region_unmap(). Returns the region, or ERR_PTR(-ENODEV)
 * and a line in the log if there is no such device or it speaks another
 * version.
 */
struct tierscope_sim_region __iomem *tierscope_sim_region_map(void);
void tierscope_sim_region_unmap(struct tierscope_sim_region __iomem *region);

#endif /* TIERSCOPE_SIM_REGION_H */
