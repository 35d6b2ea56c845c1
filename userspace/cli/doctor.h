/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What doctor looks at. A check says one thing or several, each with what works
 * now and what would make the rest work.
 */
#pragma once

#include "report/document.h"
#include "tierscope/events.h"

enum doctor_state {
	DOCTOR_WORKS,
	DOCTOR_PARTLY,
	DOCTOR_FAILS,
};

/**
 * struct doctor - the examination
 * @ts: a handle on this machine
 * @topology: NULL if it cannot be read
 * @events: NULL if they cannot be listed
 * @bus_address: NULL for the system bus
 * @section: where findings go
 * @worst: of all that was said
 * @error: -ENOMEM, once something could not be said
 */
struct doctor {
	struct tierscope *ts;
	struct tierscope_topology *topology;
	struct tierscope_events *events;
	const char *bus_address;
	struct report_section *section;
	enum doctor_state worst;
	int error;
};

/**
 * doctor_say() - a finding
 * @check: what was looked at
 * @remedy: what would make the rest work; "" if all of it does
 * @format: what works now
 */
__attribute__((format(printf, 5, 6)))
void doctor_say(struct doctor *doctor, const char *check,
		enum doctor_state state, const char *remedy,
		const char *format, ...);

/* doctor_machine.c: kernel, module, mode. */
void doctor_kernel(struct doctor *doctor);
void doctor_module(struct doctor *doctor);
void doctor_mode(struct doctor *doctor);

/* doctor_counters.c: the memory controllers, tried; the cores, tried. */
void doctor_controllers(struct doctor *doctor);
void doctor_sampler(struct doctor *doctor);
void doctor_cores(struct doctor *doctor);

/* doctor_access.c: capabilities, limits, others. */
void doctor_capabilities(struct doctor *doctor);
void doctor_files(struct doctor *doctor);
void doctor_others(struct doctor *doctor);

/* doctor_daemon.c */
void doctor_daemon(struct doctor *doctor);
