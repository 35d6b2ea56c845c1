// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/seqlock.h>
#include <linux/timekeeping.h>

#include "clock.h"

static DEFINE_SEQLOCK(lock);	/* innermost: nothing is taken under it */
static u64 base_ticks;		/* what the counters were set to */
static u64 run_ns;		/* how long it has run since, until started_ns */
static u64 started_ns;		/* when it was started, 0 while it stands */

void tierscope_sim_clock_init(void)
{
	base_ticks = 0;
	run_ns = 0;
	started_ns = 0;
}

void tierscope_sim_clock_start(void)
{
	unsigned long flags;

	write_seqlock_irqsave(&lock, flags);
	if (!started_ns)
		started_ns = ktime_get_ns();
	write_sequnlock_irqrestore(&lock, flags);
}

void tierscope_sim_clock_stop(void)
{
	unsigned long flags;

	write_seqlock_irqsave(&lock, flags);
	if (started_ns)
		run_ns += ktime_get_ns() - started_ns;
	started_ns = 0;
	write_sequnlock_irqrestore(&lock, flags);
}

void tierscope_sim_clock_set(u64 ticks)
{
	unsigned long flags;

	write_seqlock_irqsave(&lock, flags);
	base_ticks = ticks;
	run_ns = 0;
	if (started_ns)
		started_ns = ktime_get_ns();
	write_sequnlock_irqrestore(&lock, flags);
}

u64 tierscope_sim_clock_ticks(u64 hz)
{
	u64 ns, ticks;
	unsigned int seq;

	do {
		seq = read_seqbegin(&lock);
		ns = run_ns;
		if (started_ns)
			ns += ktime_get_ns() - started_ns;
		ticks = base_ticks;
	} while (read_seqretry(&lock, seq));

	return ticks + mul_u64_u64_div_u64(ns, hz, NSEC_PER_SEC);
}
