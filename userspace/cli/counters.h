/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `tierscope counters` was asked for.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "report/document.h"
#include "report/traffic.h"

/* A clock would only take a turn from those that have a column. */
#define COUNTERS_ROLES TIERSCOPE_ROLES_TRAFFIC

/* Names of columns are made of it. */
#define COUNTERS_EVENT_MAX 128

/* What has a row. */
enum counters_per {
	COUNTERS_PER_DEFAULT,	/* each socket, and one for all */
	COUNTERS_PER_SYSTEM,
	COUNTERS_PER_SOCKET,
	COUNTERS_PER_CONTROLLER,
	COUNTERS_PER_CHANNEL,
};

/**
 * struct counters_options - the command line
 * @count, @duration_ns: 0 for no end
 * @roles: TIERSCOPE_ROLE_BIT()s
 * @loads: what the cores count of all that runs on them, by where it came from
 * @events: as they were given; their columns have their names
 */
struct counters_options {
	uint64_t interval_ns;
	uint64_t count;
	uint64_t duration_ns;
	uint32_t roles;
	bool loads;
	const char *bus_address;	/* NULL for the system bus */
	size_t n_events;
	const char *events[REPORT_EVENTS_MAX];
	enum counters_per per;
	enum report_format format;
};

/* What is counted, as REPORT_SLOT_BIT()s. */
uint64_t counters_slots(const struct counters_options *options);

/* Counts, and shows it, to the end. Returns the exit status. */
int counters_show(const struct counters_options *options);
