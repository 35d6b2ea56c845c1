// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cores of the simulated machine as the perf PMU cpu, of type
 * PERF_TYPE_RAW: it answers PERF_TYPE_HARDWARE, too, and counts for each CPU or
 * for each task.
 *
 * What it counts is what the simulator sees, which is user space. Kernel code
 * has neither instructions nor loads here, so that an event counts the same
 * with exclude_kernel and without, and one of the kernel alone is refused.
 * Cycles are modelled: the time that the event ran, in the kernel too, by the
 * nominal clock of a core.
 *
 * A CPU has the counters of a Skylake core with hyper-threading: four general
 * ones, and one each for instructions and cycles alone (Intel 64 and IA-32
 * Architectures Software Developer's Manual, volume 3B, performance monitoring
 * of Skylake; events/intel/core.c, intel_skl_event_constraints). They are read
 * as 64 bits, as the interrupt makes of silicon's 48.
 *
 * An event lives on the CPU that it counts on. Before its counts are read, the
 * simulator is made to count what waits, so that nothing goes to the next task.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bits.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/perf_event.h>
#include <linux/smp.h>

#include "clock.h"
#include "compat/task_pmu.h"
#include "control.h"
#include "core/clx_cpu.h"
#include "cpu.h"
#include "sync.h"

enum counter {
	COUNTER_GENERAL,
	COUNTER_INSTRUCTIONS = COUNTER_GENERAL + 4,
	COUNTER_CYCLES,
};

static const struct tierscope_sim_region __iomem *counts;
static struct pmu *cpu_pmu;

/* One bit for each counter in use. Only its CPU touches it, interrupts off. */
static DEFINE_PER_CPU(unsigned long, counters_used);

/* In an event of ours, hw.config is the set of enum tierscope_clx_cpu that it
 * adds up, and hw.idx its counter.
 */
static u64 cpu_value(const struct perf_event *event)
{
	const struct tierscope_sim_vcpu __iomem *vcpu =
		&counts->vcpu[smp_processor_id()];
	u64 value = 0;

	tierscope_sim_sync();
	for (u32 set = event->hw.config; set; set &= set - 1) {
		u32 counter = __ffs(set);

		if (counter == TIERSCOPE_CLX_CPU_CYCLES)
			value += tierscope_sim_clock_ticks(TIERSCOPE_SIM_CORE_HZ);
		else
			value += readq(&vcpu->core[counter]);
	}
	return value;
}

static void cpu_read(struct perf_event *event)
{
	u64 previous, now;

	do {
		previous = local64_read(&event->hw.prev_count);
		now = cpu_value(event);
	} while (local64_cmpxchg(&event->hw.prev_count, previous, now) !=
		 previous);
	local64_add(now - previous, &event->count);
}

static void cpu_start(struct perf_event *event, int flags)
{
	event->hw.state = 0;
	local64_set(&event->hw.prev_count, cpu_value(event));
}

static void cpu_stop(struct perf_event *event, int flags)
{
	if (event->hw.state & PERF_HES_STOPPED)
		return;
	cpu_read(event);
	event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
}

/* A counter that is free for an event, or -EAGAIN. */
static int free_counter(const struct perf_event *event, unsigned long used)
{
	unsigned long set = event->hw.config;
	int general;

	if (set == BIT(TIERSCOPE_SIM_INSTRUCTIONS) &&
	    !(used & BIT(COUNTER_INSTRUCTIONS)))
		return COUNTER_INSTRUCTIONS;
	if (set == BIT(TIERSCOPE_CLX_CPU_CYCLES) && !(used & BIT(COUNTER_CYCLES)))
		return COUNTER_CYCLES;
	general = find_first_zero_bit(&used, COUNTER_INSTRUCTIONS);
	return general < COUNTER_INSTRUCTIONS ? general : -EAGAIN;
}

static int cpu_add(struct perf_event *event, int flags)
{
	unsigned long *used = this_cpu_ptr(&counters_used);
	int counter = free_counter(event, *used);

	if (counter < 0)
		return counter;
	*used |= BIT(counter);
	event->hw.idx = counter;
	event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
	if (flags & PERF_EF_START)
		cpu_start(event, flags);
	return 0;
}

static void cpu_del(struct perf_event *event, int flags)
{
	cpu_stop(event, PERF_EF_UPDATE);
	*this_cpu_ptr(&counters_used) &= ~BIT(event->hw.idx);
}

static bool take_counter(const struct perf_event *event, const struct pmu *pmu,
			 unsigned long *used)
{
	int counter;

	if (event->pmu != pmu)
		return true;
	counter = free_counter(event, *used);
	if (counter < 0)
		return false;
	*used |= BIT(counter);
	return true;
}

/* A group is counted together or not at all. */
static bool group_fits(const struct perf_event *event)
{
	struct perf_event *leader = event->group_leader;
	struct perf_event *sibling;
	unsigned long used = 0;

	if (leader == event)
		return true;
	if (!take_counter(leader, event->pmu, &used))
		return false;
	for_each_sibling_event(sibling, leader)
		if (!take_counter(sibling, event->pmu, &used))
			return false;
	return take_counter(event, event->pmu, &used);
}

static int decode(const struct perf_event_attr *attr, u32 *ret_set)
{
	switch (attr->type) {
	case PERF_TYPE_HARDWARE:
		return tierscope_clx_cpu_generic(attr->config &
						 PERF_HW_EVENT_MASK, ret_set);
	case PERF_TYPE_RAW:
		return tierscope_clx_cpu_decode(attr->config, ret_set);
	}
	return -ENOENT;
}

static void cpu_event_destroy(struct perf_event *event)
{
	tierscope_sim_control_event_put();
}

static int cpu_event_init(struct perf_event *event)
{
	u32 set;
	int err;

	err = decode(&event->attr, &set);
	if (err)
		return err;
	if (is_sampling_event(event) || event->attr.precise_ip ||
	    has_branch_stack(event))
		return -EOPNOTSUPP;
	/* What is left would be of the kernel, or of guests of this guest. */
	if (event->attr.exclude_user || event->attr.exclude_host)
		return -EINVAL;
	event->hw.config = set;
	event->hw.idx = -1;
	if (!group_fits(event))
		return -EINVAL;

	tierscope_sim_control_event_get();
	event->destroy = cpu_event_destroy;
	return 0;
}

/* Does the simulator answer on this CPU, as the vCPU of that number? */
static void check_sync(void *data)
{
	const __u64 __iomem *syncs = &counts->vcpu[smp_processor_id()].syncs;
	u64 before = readq(syncs);

	tierscope_sim_sync();
	if (readq(syncs) != before + 1)
		WRITE_ONCE(*(bool *)data, false);
}

static int check_simulator(void)
{
	bool answers = true;

	if (nr_cpu_ids > readl(&counts->vcpus)) {
		pr_err("there may be %u CPUs, the simulator knows %u\n",
		       nr_cpu_ids, readl(&counts->vcpus));
		return -ENODEV;
	}
	on_each_cpu(check_sync, &answers, 1);
	if (!answers) {
		pr_err("the simulator does not count when it is told to, or takes CPUs for other ones\n");
		return -ENODEV;
	}
	return 0;
}

int tierscope_sim_cpu_init(const struct tierscope_sim_region __iomem *region)
{
	static const struct pmu pattern = {
		.module = THIS_MODULE,
		.attr_groups = tierscope_sim_cpu_attr_groups,
		.capabilities = PERF_PMU_CAP_NO_INTERRUPT,
		.task_ctx_nr = perf_hw_context,
		.event_init = cpu_event_init,
		.add = cpu_add,
		.del = cpu_del,
		.start = cpu_start,
		.stop = cpu_stop,
		.read = cpu_read,
	};
	int err;

	counts = region;
	err = check_simulator();
	if (err)
		return err;
	cpu_pmu = tierscope_task_pmu_register(&pattern, "cpu", PERF_TYPE_RAW);
	if (IS_ERR(cpu_pmu)) {
		err = PTR_ERR(cpu_pmu);
		pr_err("cannot register the PMU cpu: error %d\n", err);
		return err;
	}
	return 0;
}

void tierscope_sim_cpu_exit(void)
{
	tierscope_task_pmu_unregister(cpu_pmu);
}
