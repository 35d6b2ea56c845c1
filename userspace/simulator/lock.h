/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A lock for a few nanoseconds of work, taken once or twice for every access
 * that misses. A pthread mutex would do, at twice the price of everything
 * that it protects; a pthread spin lock burns the rest of the time slice when
 * the host has taken the CPU from the vCPU that holds it, and promises no
 * more than acquire. Taking this one is a full barrier, which the stop
 * protocol of <linux/tierscope_sim.h> needs anyway.
 */
#pragma once

#include <sched.h>
#include <stdatomic.h>

struct sim_lock {
	atomic_int taken;
};

#define SIM_LOCK_SPINS 64	/* then the holder is not running: let it */

static inline void sim_lock(struct sim_lock *lock)
{
	for (int spins = 0; atomic_exchange(&lock->taken, 1); spins++)
		while (atomic_load_explicit(&lock->taken, memory_order_relaxed))
			if (++spins > SIM_LOCK_SPINS)
				sched_yield();
}

static inline void sim_unlock(struct sim_lock *lock)
{
	atomic_store_explicit(&lock->taken, 0, memory_order_release);
}
