/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The region of <linux/tierscope_sim.h> as a program in the guest sees it. */
#pragma once

#include <linux/tierscope_sim.h>

/**
 * sim_device_map - find the ivshmem device and map its BAR
 * @ret_region: the mapping; the caller unmaps it with sim_device_unmap()
 *
 * Return: 0, -ENODEV if there is no such device, -EPROTO if its memory is not
 * a region of this version, or what the system said.
 */
int sim_device_map(struct tierscope_sim_region **ret_region);

/** sim_device_unmap - unmap a region; NULL is fine */
void sim_device_unmap(struct tierscope_sim_region *region);
