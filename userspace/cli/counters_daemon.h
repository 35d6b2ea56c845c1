/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters by way of the daemon, for who may not count. */
#pragma once

#include <systemd/sd-bus.h>

#include "cli/counters.h"
#include "tierscope/tierscope.h"

/**
 * counters_by_daemon() - have the daemon make the sampler (tierscope/bus.h, Count)
 * @counters: of @options->roles alone, which the daemon must find as well
 * @why: the sentence with which we were refused ourselves
 * @ret_bus: the sampler ends with it; to be closed
 *
 * Says what failed. Returns the exit status.
 */
int counters_by_daemon(struct tierscope *ts, const struct counters_options *options,
		       const struct tierscope_counters *counters, const char *why,
		       sd_bus **ret_bus, struct tierscope_sampler **ret);
