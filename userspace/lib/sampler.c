// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "pmu.h"
#include "request.h"
#include "sampler.h"
#include "scope.h"

/* Somebody reloads drivers meanwhile: not for ever. */
#define TRIES	3

struct tierscope_sampler *tierscope_sampler_alloc(size_t n)
{
	scope_sampler struct tierscope_sampler *sampler = calloc(1, sizeof(*sampler));

	if (!sampler)
		return NULL;
	sampler->series.n = n;
	sampler->series.readings = calloc(n, sizeof(struct tierscope_reading));
	sampler->series.base = calloc(n, sizeof(struct tierscope_reading));
	if (!sampler->series.readings || !sampler->series.base)
		return NULL;
	return scope_take(sampler);
}

void tierscope_sampler_free(struct tierscope_sampler *sampler)
{
	if (!sampler)
		return;
	/* The sampler in the kernel dies with the last socket that has it. */
	tierscope_link_close(sampler->link);
	free(sampler->series.readings);
	free(sampler->series.base);
	free(sampler);
}

int tierscope_sampler_fd(const struct tierscope_sampler *sampler)
{
	return tierscope_link_fd(sampler->link);
}

static int put_counters(struct nl_msg *message,
			const struct tierscope_counters *counters,
			const uint32_t *types)
{
	for (size_t i = 0; i < counters->n; i++) {
		const struct tierscope_counter *counter = &counters->counters[i];
		struct nlattr *nest =
			nla_nest_start(message, TIERSCOPE_SAMPLER_COUNTER);

		if (!nest ||
		    nla_put_u32(message, TIERSCOPE_COUNTER_TYPE, types[i]) ||
		    nla_put_u64(message, TIERSCOPE_COUNTER_CONFIG,
				counter->config) ||
		    nla_put_u32(message, TIERSCOPE_COUNTER_CPU, counter->cpu))
			return -ENOMEM;
		nla_nest_end(message, nest);
	}
	return 0;
}

struct made {
	struct tierscope_series *series;
	bool found;
};

static int read_made(struct nlmsghdr *header, void *data)
{
	struct made *made = data;

	made->found = true;
	return tierscope_series_join(made->series, header);
}

static int make(struct tierscope *ts, struct tierscope_sampler *sampler,
		const struct tierscope_counters *counters, const uint32_t *types)
{
	struct made made = { .series = &sampler->series };
	struct tierscope_request request = {
		.what = "starting a sampler",
		.answer = read_made,
		.data = &made,
	};
	scope_message struct nl_msg *message = NULL;
	int error;

	message = tierscope_message(sampler->family,
				    TIERSCOPE_CMD_SAMPLER_NEW, 0);
	if (!message ||
	    nla_put_u64(message, TIERSCOPE_SAMPLER_INTERVAL_NS,
			sampler->interval_ns) ||
	    put_counters(message, counters, types))
		return tierscope_fail(ts, -ENOMEM, "%s: out of memory",
				      request.what);
	error = tierscope_call(ts, sampler->link, message, &request);
	if (error == -EBADMSG || (!error && !made.found))
		return tierscope_fail(ts, -EBADMSG,
				      "%s: cannot read the module's answer",
				      request.what);
	return error;
}

static int subscribe(struct tierscope *ts, struct tierscope_sampler *sampler)
{
	struct tierscope_request request = { .what = "listening to a sampler" };
	scope_message struct nl_msg *message = NULL;

	message = tierscope_message(sampler->family,
				    TIERSCOPE_CMD_SAMPLER_SUBSCRIBE, 0);
	if (!message || nla_put_u32(message, TIERSCOPE_SAMPLER_ID,
				    sampler->series.sampler))
		return tierscope_fail(ts, -ENOMEM, "%s: out of memory",
				      request.what);
	return tierscope_call(ts, sampler->link, message, &request);
}

/*
 * The PMUs are known by name; their numbers may be others by now. Changes
 * @types, one a counter, to what they are, and tells whether that is new.
 */
static int renew_types(struct tierscope *ts,
		       const struct tierscope_counters *counters,
		       uint32_t *types, bool *ret_changed)
{
	const char *last = "";
	uint32_t type = 0;
	bool changed = false;

	for (size_t i = 0; i < counters->n; i++) {
		const char *pmu = counters->counters[i].pmu;
		int error = 0;

		if (!pmu[0])
			type = counters->counters[i].type;
		else if (strcmp(pmu, last) != 0)
			error = tierscope_pmu_type(ts->root, pmu, &type);
		if (error)
			return tierscope_fail(ts, error,
					      "the PMU %s is gone (/sys/bus/event_source/devices): was its driver unloaded?",
					      pmu);
		last = pmu;
		changed |= types[i] != type;
		types[i] = type;
	}
	*ret_changed = changed;
	return 0;
}

static int try_new(struct tierscope *ts,
		   const struct tierscope_counters *counters,
		   const uint32_t *types, uint64_t interval_ns,
		   struct tierscope_sampler **ret)
{
	scope_sampler struct tierscope_sampler *sampler = tierscope_sampler_alloc(counters->n);
	int error;

	if (!sampler)
		return tierscope_fail(ts, -ENOMEM,
				      "starting a sampler: out of memory");
	sampler->interval_ns = interval_ns;
	error = tierscope_link_open(&sampler->link);
	if (error)
		return tierscope_fail(ts, error,
				      "cannot open a generic netlink socket: %s",
				      strerror(-error));
	tierscope_link_widen(sampler->link, SAMPLER_RECEIVE_BYTES);
	error = tierscope_family(ts, sampler->link, &sampler->family);
	if (!error)
		error = make(ts, sampler, counters, types);
	if (!error)
		error = subscribe(ts, sampler);
	if (error)
		return error;
	*ret = scope_take(sampler);
	return 0;
}

int tierscope_sampler_new(struct tierscope *ts,
			  const struct tierscope_counters *counters,
			  uint64_t interval_ns,
			  struct tierscope_sampler **ret)
{
	struct tierscope_sampler *sampler = NULL;
	scope_free uint32_t *types = NULL;
	bool changed;
	int error;

	/* The module would refuse it too; this keeps the message small. */
	if (counters->n == 0 || counters->n > TIERSCOPE_COUNTERS_MAX)
		return tierscope_fail(ts, -ERANGE,
				      "a sampler takes 1 to %d counters, not %zu",
				      TIERSCOPE_COUNTERS_MAX, counters->n);
	types = calloc(counters->n, sizeof(*types));
	if (!types)
		return tierscope_fail(ts, -ENOMEM,
				      "starting a sampler: out of memory");
	error = renew_types(ts, counters, types, &changed);
	/* Open counters keep their drivers loaded: what the numbers mean once
	 * they are open, they meant when they were opened. */
	for (int i = 0; !error && i < TRIES; i++) {
		int failed = try_new(ts, counters, types, interval_ns, &sampler);

		error = renew_types(ts, counters, types, &changed);
		if (!error && !changed) {
			if (failed)
				return failed;
			*ret = sampler;
			return 0;
		}
		tierscope_sampler_free(sampler);
		sampler = NULL;
	}
	return error ? error :
	       tierscope_fail(ts, -EAGAIN,
			      "starting a sampler: the numbers of the PMUs keep changing");
}

int tierscope_sampler_read(struct tierscope_sampler *sampler, int timeout_ms,
			   const struct tierscope_sample **ret)
{
	uint64_t deadline_ns = tierscope_now_ns();
	struct nlmsghdr *header;
	int error;

	if (timeout_ms > 0)
		deadline_ns += timeout_ms * 1000000ULL;
	for (;;) {
		uint64_t now = tierscope_now_ns();
		int left_ms = now < deadline_ns ?
			(deadline_ns - now + 999999) / 1000000 : 0;

		error = tierscope_link_next(sampler->link, left_ms, &header);
		/* What was dropped shows as a gap in the next sample. */
		if (error == -ENOBUFS)
			continue;
		if (error)
			return error;
		/* Unasked messages carry 0. */
		if (header->nlmsg_type != sampler->family ||
		    header->nlmsg_seq != 0)
			continue;
		error = tierscope_sample_parse(&sampler->series, header,
					       &sampler->sample);
		if (error == -ENOMSG)
			continue;
		if (error)
			return error;
		*ret = &sampler->sample;
		return 0;
	}
}
