// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory controllers of the simulated machine as perf PMUs.
 *
 * One PMU is one box, on all sockets; each socket's instance of it has four
 * counters if it is one of silicon, so the fifth event gets -EAGAIN and perf
 * takes turns. The counters are 48 bits wide, as on silicon. No timer folds
 * them: the fastest, the clock of the mesh, turns over after 32 hours, and an
 * event that nobody reads for that long loses whole turns of it.
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

#include "collector.h"
#include "control.h"
#include "core/counter_width.h"
#include "uncore.h"

static const struct tierscope_sim_uncore_type *const types[] = {
	&tierscope_sim_imc,
	&tierscope_sim_m2m,
	&tierscope_sim_media,
};
static const struct tierscope_sim_region __iomem *counts;

static struct tierscope_sim_uncore_box *box_of(const struct perf_event *event)
{
	return container_of(event->pmu, struct tierscope_sim_uncore_box, pmu);
}

/* In an event of ours, hw.config is the set of the counters that it adds up,
 * hw.event_base its socket and hw.idx its counter.
 */
static u64 uncore_value(const struct perf_event *event)
{
	const struct tierscope_sim_uncore_box *box = box_of(event);
	u64 value = 0;

	for (u32 set = event->hw.config; set; set &= set - 1)
		value += box->type->value(counts, event->hw.event_base,
					  box->index, __ffs(set));
	return value & GENMASK_ULL(TIERSCOPE_SIM_COUNTER_BITS - 1, 0);
}

static void uncore_read(struct perf_event *event)
{
	u64 previous, now;

	do {
		previous = local64_read(&event->hw.prev_count);
		now = uncore_value(event);
	} while (local64_cmpxchg(&event->hw.prev_count, previous, now) !=
		 previous);
	local64_add(tierscope_counter_delta(previous, now,
					    TIERSCOPE_SIM_COUNTER_BITS),
		    &event->count);
}

static void uncore_start(struct perf_event *event, int flags)
{
	event->hw.state = 0;
	local64_set(&event->hw.prev_count, uncore_value(event));
}

static void uncore_stop(struct perf_event *event, int flags)
{
	if (event->hw.state & PERF_HES_STOPPED)
		return;
	uncore_read(event);
	event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
}

static int uncore_add(struct perf_event *event, int flags)
{
	struct tierscope_sim_uncore_box *box = box_of(event);
	unsigned long *used = &box->used[event->hw.event_base];

	for (int i = 0; i < box->type->counters; i++) {
		if (test_and_set_bit(i, used))
			continue;
		event->hw.idx = i;
		event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
		if (flags & PERF_EF_START)
			uncore_start(event, flags);
		return 0;
	}
	return -EAGAIN;
}

static void uncore_del(struct perf_event *event, int flags)
{
	uncore_stop(event, PERF_EF_UPDATE);
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
	return n <= box_of(event)->type->counters;
}

static void uncore_event_destroy(struct perf_event *event)
{
	tierscope_sim_control_event_put();
}

static int uncore_event_init(struct perf_event *event)
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
	err = box_of(event)->type->decode(event->attr.config, &set);
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
	event->destroy = uncore_event_destroy;
	return 0;
}

static void uncore_migrate(unsigned int from, unsigned int to)
{
	for (unsigned int t = 0; t < ARRAY_SIZE(types); t++)
		for (unsigned int i = 0; i < types[t]->boxes; i++)
			perf_pmu_migrate_context(&types[t]->box[i].pmu, from, to);
}

static int box_register(const struct tierscope_sim_uncore_type *type,
			unsigned int index)
{
	struct tierscope_sim_uncore_box *box = &type->box[index];
	int err;

	box->type = type;
	box->index = index;
	box->pmu = (struct pmu){
		.module = THIS_MODULE,
		.attr_groups = type->attr_groups,
		.capabilities = PERF_PMU_CAP_NO_EXCLUDE |
				PERF_PMU_CAP_NO_INTERRUPT,
		.task_ctx_nr = perf_invalid_context,
		.event_init = uncore_event_init,
		.add = uncore_add,
		.del = uncore_del,
		.start = uncore_start,
		.stop = uncore_stop,
		.read = uncore_read,
	};
	/* As the kernel's uncore drivers name them. */
	if (type->boxes == 1)
		snprintf(box->name, sizeof(box->name), "%s", type->name);
	else
		snprintf(box->name, sizeof(box->name), "%s_%u", type->name,
			 index);
	err = perf_pmu_register(&box->pmu, box->name, -1);
	if (err)
		pr_err("cannot register the PMU %s: error %d; intel_uncore must not be loaded beside this module\n",
		       box->name, err);
	return err;
}

static void type_unregister(const struct tierscope_sim_uncore_type *type,
			    unsigned int boxes)
{
	while (boxes--)
		perf_pmu_unregister(&type->box[boxes].pmu);
}

static int type_register(const struct tierscope_sim_uncore_type *type)
{
	for (unsigned int i = 0; i < type->boxes; i++) {
		int err = box_register(type, i);

		if (err) {
			type_unregister(type, i);
			return err;
		}
	}
	return 0;
}

/*
 * The PMUs come before the collectors, and go after them: without a collector
 * none of them takes an event, and no CPU is kept from coming or going while
 * sysfs is waited for, whose readers and writers may wait for CPU hotplug.
 */
int tierscope_sim_uncore_init(const struct tierscope_sim_region __iomem *region)
{
	unsigned int t;
	int err;

	counts = region;
	tierscope_sim_collector_init(readl(&region->sockets));
	for (t = 0; t < ARRAY_SIZE(types); t++) {
		err = type_register(types[t]);
		if (err)
			goto unregister_types;
	}
	err = tierscope_sim_collector_start(uncore_migrate);
	if (err)
		goto unregister_types;
	return 0;

unregister_types:
	while (t--)
		type_unregister(types[t], types[t]->boxes);
	return err;
}

void tierscope_sim_uncore_exit(void)
{
	tierscope_sim_collector_stop();
	for (unsigned int t = 0; t < ARRAY_SIZE(types); t++)
		type_unregister(types[t], types[t]->boxes);
}
