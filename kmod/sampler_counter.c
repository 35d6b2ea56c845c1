// SPDX-License-Identifier: GPL-2.0-only
/*
 * The counters of a sampler: kernel counters of perf, each on its own. perf
 * takes turns with those that do not fit, which enabled and running tell.
 */
#include <linux/compiler.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/perf_event.h>
#include <linux/timekeeping.h>

#include "compat/extack.h"
#include "sampler.h"

static int refuse(int err, u32 index, struct netlink_ext_ack *extack)
{
	if (err == -ENOENT)
		tierscope_extack_fmt(extack, "counter %u: no PMU counts this TYPE and CONFIG",
				     index);
	else if (err == -EINVAL)
		tierscope_extack_fmt(extack, "counter %u: its PMU refuses this CONFIG on this CPU",
				     index);
	else if (err == -ENODEV)
		tierscope_extack_fmt(extack, "counter %u: its PMU cannot count on this CPU",
				     index);
	else
		tierscope_extack_fmt(extack, "counter %u: its PMU refused it",
				     index);
	return err;
}

static int check_cpu(const struct tierscope_counter_request *request, u32 index,
		     struct netlink_ext_ack *extack)
{
	if (request->cpu < nr_cpu_ids && cpu_online(request->cpu))
		return 0;
	tierscope_extack_fmt(extack, "counter %u: its CPU is not online", index);
	return -ENODEV;
}

/* Neither pinned nor exclusive: who else counts here takes turns with us. */
static int open_one(struct tierscope_sampler_counter *counter, u32 index,
		    struct netlink_ext_ack *extack)
{
	const struct tierscope_counter_request *request = &counter->request;
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = request->type,
		.config = request->config,
		.config1 = request->config1,
		.config2 = request->config2,
	};
	struct perf_event *event;
	int err;

	err = check_cpu(request, index, extack);
	if (err)
		return err;
	event = perf_event_create_kernel_counter(&attr, request->cpu, NULL,
						 NULL, NULL);
	if (IS_ERR(event))
		return refuse(PTR_ERR(event), index, extack);
#ifdef CONFIG_EVENT_TRACING
	/* kprobes and uprobes have a PMU type of their own, which only perf
	 * knows: they are told by what they turn into.
	 */
	if (event->tp_event) {
		perf_event_release_kernel(event);
		tierscope_extack_fmt(extack, "counter %u: TYPE is a probe, not a counter of hardware",
				     index);
		return -EINVAL;
	}
#endif
	counter->event = event;
	return 0;
}

int tierscope_sampler_counters_check(const struct tierscope_sampler *sampler,
				     struct netlink_ext_ack *extack)
{
	int err;

	for (u32 i = 0; i < sampler->n_counters; i++) {
		err = check_cpu(&sampler->counters[i].request, i, extack);
		if (err)
			return err;
	}
	return 0;
}

int tierscope_sampler_counters_open(struct tierscope_sampler *sampler,
				    struct netlink_ext_ack *extack)
{
	int err;

	for (u32 i = 0; i < sampler->n_counters; i++) {
		err = open_one(&sampler->counters[i], i, extack);
		if (err) {
			tierscope_sampler_counters_close(sampler);
			return err;
		}
	}
	return 0;
}

void tierscope_sampler_counters_close(struct tierscope_sampler *sampler)
{
	for (u32 i = 0; i < sampler->n_counters; i++) {
		if (sampler->counters[i].event)
			perf_event_release_kernel(sampler->counters[i].event);
		sampler->counters[i].event = NULL;
	}
}

/* An event whose CPU went and that its PMU did not move is off for good. */
bool tierscope_sampler_counters_alive(const struct tierscope_sampler *sampler)
{
	for (u32 i = 0; i < sampler->n_counters; i++)
		if (READ_ONCE(sampler->counters[i].event->state) <=
		    PERF_EVENT_STATE_OFF)
			return false;
	return true;
}

void tierscope_sampler_counter_read(const struct tierscope_sampler_counter *counter,
				    struct tierscope_sampler_reading *ret)
{
	ret->value = perf_event_read_value(counter->event, &ret->enabled_ns,
					   &ret->running_ns);
	ret->time_ns = ktime_get_ns();
}
