/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_SIM_SYNC_H
#define TIERSCOPE_SIM_SYNC_H

#include <linux/stringify.h>
#include <linux/tierscope_sim.h>

/*
 * Have the simulator count what this CPU has done and what still waits with it
 * (TIERSCOPE_SIM_SYNC of linux/tierscope_sim.h). Everywhere else it is a no-op.
 */
static inline void tierscope_sim_sync(void)
{
	asm volatile(".byte " __stringify(TIERSCOPE_SIM_SYNC) : : : "memory");
}

#endif /* TIERSCOPE_SIM_SYNC_H */
