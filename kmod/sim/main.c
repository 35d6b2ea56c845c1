// SPDX-License-Identifier: GPL-2.0-only
/*
 * tierscope_sim: PMUs of the simulated machine, with the names and encodings
 * of a Cascade Lake with Optane. Their counts come from the simulator, by a
 * region of memory that it shares with the guest (linux/tierscope_sim.h).
 *
 * The model counts from the moment this module is loaded, so that a machine
 * boots at full speed.
 */
#include <linux/err.h>
#include <linux/module.h>

#include "control.h"
#include "region.h"
#include "uncore.h"

static struct tierscope_sim_region __iomem *region;

static int __init tierscope_sim_init(void)
{
	int err;

	region = tierscope_sim_region_map();
	if (IS_ERR(region))
		return PTR_ERR(region);
	tierscope_sim_control_start(region);
	err = tierscope_sim_uncore_init(region);
	if (err)
		goto stop_model;
	return 0;

stop_model:
	tierscope_sim_control_stop();
	tierscope_sim_region_unmap(region);
	return err;
}

static void __exit tierscope_sim_exit(void)
{
	tierscope_sim_uncore_exit();
	tierscope_sim_control_stop();
	tierscope_sim_region_unmap(region);
}

module_init(tierscope_sim_init);
module_exit(tierscope_sim_exit);

MODULE_AUTHOR("Tierscope");
MODULE_DESCRIPTION("Memory-controller PMUs of the simulated Optane machine");
MODULE_LICENSE("GPL");
