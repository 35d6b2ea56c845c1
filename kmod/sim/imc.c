// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory controllers of the simulated machine as perf PMUs.
 *
 * One box is one channel, on all sockets; each socket's instance of it has
 * four counters, so the fifth event gets -EAGAIN and perf takes turns. The
 * counters are 48 bits wide, as on silicon. No timer folds them: the fastest,
 * the clock, turns over after 58 hours, and an event that nobody reads for
 * that long loses whole turns of it.
 *
 * Events of a socket live on its collector CPU, but may be read on any of its
 * CPUs: what is read is memory.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bits.h>
#include <linux/cpumask.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/perf_event.h>

#include "clock.h"
#include "collector.h"
#include "control.h"
#include "core/clx_imc.h"
#include "core/counter_width.h"
#include "imc.h"

#define IMC_COUNTERS 4

/**
 * struct imc_box - one channel
 * @pmu: its PMU
 * @name: and its name
 * @channel: its number
 * @used: by socket, one bit for each counter in use. Atomic, because for a
 *	moment of CPU hotplug the old and the new collector both write here.
 */
struct imc_box {
	struct pmu pmu;
	char name[16];
	unsigned int channel;
	unsigned long used[TIERSCOPE_SIM_SOCKETS_MAX];
};

static struct imc_box boxes[TIERSCOPE_SIM_CHANNELS];
static const struct tierscope_sim_region __iomem *counts;

static struct imc_box *box_of(const struct perf_event *event)
{
	return container_of(event->pmu, struct imc_box, pmu);
}

/* In an event of ours, hw.config is the set of enum tierscope_sim_imc that it
 * adds up, hw.event_base its socket and hw.idx its counter.
 */
static u64 imc_value(const struct perf_event *event)
{
	const struct tierscope_sim_channel __iomem *channel =
		&counts->channel[event->hw.event_base][box_of(event)->channel];
	u64 value = 0;

	for (unsigned int i = 0; i < TIERSCOPE_SIM_IMC_COUNTERS; i++) {
		if (!(event->hw.config & BIT(i)))
			continue;
		if (i == TIERSCOPE_SIM_CLOCKTICKS)
			value += tierscope_sim_clock_ticks();
		else
			value += readq(&channel->imc[i]);
	}
	return value & GENMASK_ULL(TIERSCOPE_SIM_COUNTER_BITS - 1, 0);
}

static void imc_read(struct perf_event *event)
{
	u64 previous, now;

	do {
		previous = local64_read(&event->hw.prev_count);
		now = imc_value(event);
	} while (local64_cmpxchg(&event->hw.prev_count, previous, now) !=
		 previous);
	local64_add(tierscope_counter_delta(previous, now,
					    TIERSCOPE_SIM_COUNTER_BITS),
		    &event->count);
}

static void imc_start(struct perf_event *event, int flags)
{
	event->hw.state = 0;
	local64_set(&event->hw.prev_count, imc_value(event));
}

static void imc_stop(struct perf_event *event, int flags)
{
	if (event->hw.state & PERF_HES_STOPPED)
		return;
	imc_read(event);
	event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
}

static int imc_add(struct perf_event *event, int flags)
{
	unsigned long *used = &box_of(event)->used[event->hw.event_base];

	for (int i = 0; i < IMC_COUNTERS; i++) {
		if (test_and_set_bit(i, used))
			continue;
		event->hw.idx = i;
		event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
		if (flags & PERF_EF_START)
			imc_start(event, flags);
		return 0;
	}
	return -EAGAIN;
}

static void imc_del(struct perf_event *event, int flags)
{
	imc_stop(event, PERF_EF_UPDATE);
	clear_bit(event->hw.idx, &box_of(event)->used[event->hw.event_base]);
}

/* A group is counted together or not at all, so it must fit into one box. */
static bool group_fits(const struct perf_event *event)
{
	struct perf_event *leader = event->group_leader;
	struct perf_event *sibling;
	unsigned int n = 1;

	if (leader == event)
		return true;
	n += leader->pmu == event->pmu;
	for_each_sibling_event(sibling, leader)
		n += sibling->pmu == event->pmu;
	return n <= IMC_COUNTERS;
}

static void imc_event_destroy(struct perf_event *event)
{
	tierscope_sim_control_event_put();
}

static int imc_event_init(struct perf_event *event)
{
	unsigned int collector;
	int err, socket;
	u32 set;

	if (event->attr.type != event->pmu->type)
		return -ENOENT;
	if (is_sampling_event(event) || event->attach_state & PERF_ATTACH_TASK ||
	    event->cpu < 0)
		return -EINVAL;
	if (!cpu_online(event->cpu))
		return -ENODEV;
	socket = tierscope_sim_collector_socket(event->cpu);
	if (socket < 0)
		return -EINVAL;
	collector = tierscope_sim_collector_cpu(socket);
	if (collector >= nr_cpu_ids)
		return -ENODEV;
	err = tierscope_clx_imc_decode(event->attr.config, &set);
	if (err)
		return err;
	if (!group_fits(event))
		return -EINVAL;

	event->cpu = collector;
	event->hw.config = set;
	event->hw.event_base = socket;
	event->hw.idx = -1;
	event->event_caps |= PERF_EV_CAP_READ_ACTIVE_PKG;
	tierscope_sim_control_event_get();
	event->destroy = imc_event_destroy;
	return 0;
}

static void imc_migrate(unsigned int from, unsigned int to)
{
	for (unsigned int c = 0; c < TIERSCOPE_SIM_CHANNELS; c++)
		perf_pmu_migrate_context(&boxes[c].pmu, from, to);
}

static int box_register(struct imc_box *box, unsigned int channel)
{
	box->channel = channel;
	box->pmu = (struct pmu){
		.module = THIS_MODULE,
		.attr_groups = tierscope_sim_imc_attr_groups,
		.capabilities = PERF_PMU_CAP_NO_EXCLUDE |
				PERF_PMU_CAP_NO_INTERRUPT,
		.task_ctx_nr = perf_invalid_context,
		.event_init = imc_event_init,
		.add = imc_add,
		.del = imc_del,
		.start = imc_start,
		.stop = imc_stop,
		.read = imc_read,
	};
	snprintf(box->name, sizeof(box->name), "uncore_imc_%u", channel);
	return perf_pmu_register(&box->pmu, box->name, -1);
}

/*
 * The PMUs come before the collectors, and go after them: without a collector
 * none of them takes an event, and no CPU is kept from coming or going while
 * sysfs is waited for, whose readers and writers may wait for CPU hotplug.
 */
int tierscope_sim_imc_init(const struct tierscope_sim_region __iomem *region)
{
	unsigned int c;
	int err;

	counts = region;
	tierscope_sim_collector_init(readl(&region->sockets));
	for (c = 0; c < TIERSCOPE_SIM_CHANNELS; c++) {
		err = box_register(&boxes[c], c);
		if (err) {
			pr_err("cannot register the PMU uncore_imc_%u: error %d; intel_uncore must not be loaded beside this module\n",
			       c, err);
			goto unregister_boxes;
		}
	}
	err = tierscope_sim_collector_start(imc_migrate);
	if (err)
		goto unregister_boxes;
	return 0;

unregister_boxes:
	while (c--)
		perf_pmu_unregister(&boxes[c].pmu);
	return err;
}

void tierscope_sim_imc_exit(void)
{
	tierscope_sim_collector_stop();
	for (unsigned int c = 0; c < TIERSCOPE_SIM_CHANNELS; c++)
		perf_pmu_unregister(&boxes[c].pmu);
}
