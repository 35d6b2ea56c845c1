/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The region as text. Three kinds of lines, told apart by their words:
 *
 *   KEY VALUE                      the description of the machine, and run
 *   vcpu NUMBER COUNTER VALUE      what a vCPU counted
 *   SOCKET CHANNEL COUNTER VALUE   what a channel counted
 */
#pragma once

#include <stdio.h>

#include <linux/tierscope_sim.h>

/** sim_print - write a region's description and counts; nothing is stopped */
void sim_print(FILE *out, const struct tierscope_sim_region *region);
