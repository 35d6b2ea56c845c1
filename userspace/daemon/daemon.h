/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all runs share. */
#pragma once

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "daemon/archive.h"
#include "daemon/cgroup.h"
#include "tierscope/bus.h"
#include "tierscope/tierscope.h"

struct closing;
struct count;
struct run;

struct daemon {
	sd_event *event;
	sd_bus *bus;
	struct tierscope *ts;
	struct archive archive;
	struct cgroup_base cgroups;
	struct closing *closings;
	struct run *runs[TIERSCOPE_BUS_RUNS_MAX];
	struct count *counts[TIERSCOPE_BUS_RUNS_MAX];
	uint64_t last_id;
};

/* Offers the methods of bus.h on daemon->bus and asks for the name. */
int bus_offer(struct daemon *daemon);
