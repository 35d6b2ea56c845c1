/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The region of <linux/tierscope_sim.h> as the plugin sees it: a file that it
 * maps, and that QEMU shows to the guest as an ivshmem device.
 */
#pragma once

#include "machine.h"

/**
 * sim_region_open - map the file of a region, filled with zeros
 * @path: a file of TIERSCOPE_SIM_REGION_BYTES; made, or brought to that size,
 *	if it is missing or empty
 * @ret_region: the mapping; the caller unmaps it with sim_region_close()
 *
 * Return: 0, -EINVAL for a file of another size, or what the system said.
 */
int sim_region_open(const char *path, struct tierscope_sim_region **ret_region);

/** sim_region_close - unmap a region; NULL is fine */
void sim_region_close(struct tierscope_sim_region *region);

/** sim_region_describe - write a machine's description, the magic last */
void sim_region_describe(struct tierscope_sim_region *region,
			 const struct sim_machine *machine);
