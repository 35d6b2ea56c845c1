/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What may be asked of a sampler, apart from what only the machine knows.
 */
#ifndef TIERSCOPE_CORE_SAMPLER_REQUEST_H
#define TIERSCOPE_CORE_SAMPLER_REQUEST_H

#include "types.h"

/**
 * struct tierscope_counter_request - one counter, as perf would be asked for it
 * @type: perf_event_attr.type
 * @cpu: CPU, any of the socket for a PMU of the uncore
 * @config: perf_event_attr.config
 * @config1: perf_event_attr.config1, 0 if not given
 * @config2: perf_event_attr.config2, 0 if not given
 */
struct tierscope_counter_request {
	__u32 type;
	__u32 cpu;
	__u64 config;
	__u64 config1;
	__u64 config2;
};

enum tierscope_sampler_refusal {
	TIERSCOPE_SAMPLER_OK,
	TIERSCOPE_SAMPLER_INTERVAL_SHORT,
	TIERSCOPE_SAMPLER_INTERVAL_LONG,
	TIERSCOPE_SAMPLER_NO_COUNTER,
	TIERSCOPE_SAMPLER_MANY_COUNTERS,
	TIERSCOPE_SAMPLER_TRACEPOINT,
	TIERSCOPE_SAMPLER_BREAKPOINT,
};

enum tierscope_sampler_refusal
tierscope_sampler_request_check(__u64 interval_ns, __u32 counters);

enum tierscope_sampler_refusal
tierscope_counter_request_check(const struct tierscope_counter_request *request);

/* Whether both ask for the same, every bit of it. */
bool tierscope_counter_request_same(const struct tierscope_counter_request *a,
				    const struct tierscope_counter_request *b);

/* How many readings a second that is, rounded up; @interval_ns is not 0. */
__u64 tierscope_sampler_request_readings(__u64 interval_ns, __u32 counters);

#endif /* TIERSCOPE_CORE_SAMPLER_REQUEST_H */
