// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/sampling.h"

#include <errno.h>
#include <sys/epoll.h>

#include "daemon/clock.h"

/* Passes on what the kernel has, but not for ever: other runs wait. */
#define SAMPLES_AT_ONCE 64

static int on_sample(sd_event_source *source, int fd, uint32_t events,
		     void *data)
{
	struct sampling *sampling = data;

	(void)source;
	(void)fd;
	(void)events;
	for (int i = 0; i < SAMPLES_AT_ONCE; i++) {
		const struct tierscope_sample *sample;
		int err = tierscope_sampler_read(sampling->sampler, 0, &sample);
		bool keep;

		if (err == -EAGAIN || err == -EINTR)
			break;
		if (err) {
			sampling->fn(NULL, false, sampling->data);
			break;
		}
		keep = sample->seq >= sampling->next;
		if (keep)
			sampling->next = sample->seq - sample->seq %
					 sampling->every + sampling->every;
		if (!sampling->fn(sample, keep, sampling->data))
			break;
	}
	return 0;
}

int sampling_start(struct sampling *sampling, struct tierscope *ts,
		   sd_event *event, uint32_t roles, uint64_t interval_ns,
		   sampling_fn fn, void *data)
{
	int err;

	*sampling = (struct sampling){ .fn = fn, .data = data };
	sampling->every = (unsigned int)((interval_ns + NS_PER_SECOND - 1) /
					 NS_PER_SECOND);
	sampling->step_ns = interval_ns / sampling->every;
	err = tierscope_counters_resolve_fitting(ts, &roles,
						 &sampling->counters);
	if (!err)
		err = tierscope_sampler_new(ts, sampling->counters,
					    sampling->step_ns,
					    &sampling->sampler);
	if (!err)
		err = sd_event_add_io(event, &sampling->source,
				      tierscope_sampler_fd(sampling->sampler),
				      EPOLLIN, on_sample, sampling);
	if (err >= 0)
		return 0;
	sampling_stop(sampling);
	return err;
}

void sampling_stop(struct sampling *sampling)
{
	sd_event_source_disable_unref(sampling->source);
	tierscope_sampler_free(sampling->sampler);
	tierscope_counters_free(sampling->counters);
	sampling->source = NULL;
	sampling->sampler = NULL;
	sampling->counters = NULL;
}
