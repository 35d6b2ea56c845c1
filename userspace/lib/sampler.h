/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A sampler's handle, for the files that make one. */
#pragma once

#include <stddef.h>

#include "netlink.h"
#include "sample.h"

/* A sample of 512 counters takes some 64 KiB of it: half a minute at 10 Hz for
 * a small sampler, and seconds for the largest. */
#define SAMPLER_RECEIVE_BYTES (8 << 20)

struct tierscope_sampler {
	struct tierscope_link *link;
	struct tierscope_series series;
	struct tierscope_sample sample;
	uint16_t family;
	uint64_t interval_ns;
};

/* Room for @n counters, without a socket; NULL without memory. */
struct tierscope_sampler *tierscope_sampler_alloc(size_t n);

static inline void scope_free_sampler(struct tierscope_sampler **sampler)
{
	tierscope_sampler_free(*sampler);
}

#define scope_sampler	__attribute__((cleanup(scope_free_sampler)))
