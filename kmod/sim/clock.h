/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_SIM_CLOCK_H
#define TIERSCOPE_SIM_CLOCK_H

#include <linux/types.h>

/*
 * The clocks of the machine. The plugin cannot know the guest's time, so their
 * ticks are made here, from CLOCK_MONOTONIC and the rate of each. Like every
 * other counter they stand still while the model does.
 *
 * start, stop and set are for one caller at a time; ticks is for any context
 * but NMI.
 */
void tierscope_sim_clock_init(void);
void tierscope_sim_clock_start(void);
void tierscope_sim_clock_stop(void);
void tierscope_sim_clock_set(u64 ticks);
u64 tierscope_sim_clock_ticks(u64 hz);

#endif /* TIERSCOPE_SIM_CLOCK_H */
