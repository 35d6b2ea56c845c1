/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ticks at a fixed distance from a fixed start: no drift, and an exact count
 * of those that were missed.
 */
#ifndef TIERSCOPE_CORE_CADENCE_H
#define TIERSCOPE_CORE_CADENCE_H

#include <linux/types.h>

/**
 * struct tierscope_cadence - where we are
 * @interval_ns: distance between two ticks
 * @next_ns: when the next one is due
 * @lost: ticks that passed without anybody there
 */
struct tierscope_cadence {
	__u64 interval_ns;
	__u64 next_ns;
	__u64 lost;
};

/* The first tick is due one interval after @now_ns; @interval_ns is not 0. */
void tierscope_cadence_start(struct tierscope_cadence *cadence, __u64 now_ns,
			     __u64 interval_ns);

/*
 * Someone woke at @now_ns. Returns 1 if that is for a tick: then the latest
 * tick that is due is taken, those before it are lost, and next_ns lies ahead.
 * Returns 0, and changes nothing, if the next tick is not due yet.
 */
int tierscope_cadence_take(struct tierscope_cadence *cadence, __u64 now_ns);

#endif /* TIERSCOPE_CORE_CADENCE_H */
