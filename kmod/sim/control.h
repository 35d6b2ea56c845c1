/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_SIM_CONTROL_H
#define TIERSCOPE_SIM_CONTROL_H

#include <linux/compiler_types.h>
#include <linux/tierscope_sim.h>

/* Start the model, unless the module was loaded with freeze=Y. */
void tierscope_sim_control_start(struct tierscope_sim_region __iomem *region);

/* Stop the model for good: the region is about to be unmapped. */
void tierscope_sim_control_stop(void);

/*
 * An event exists, from now on until _put: reset and preset would make it
 * count what nobody did, so they are refused meanwhile. May sleep.
 */
void tierscope_sim_control_event_get(void);
void tierscope_sim_control_event_put(void);

#endif /* TIERSCOPE_SIM_CONTROL_H */
