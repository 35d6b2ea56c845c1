/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the memory controllers of a socket did over a stretch of time: the
 * counters of its boxes added up by role, scaled where they were multiplexed.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "report/value.h"
#include "tierscope/tierscope.h"

#define REPORT_ROLE(role) TIERSCOPE_ROLE_BIT(TIERSCOPE_ROLE_##role)
/* Tag checks of the DRAM cache, and the lines that DRAM and Optane moved. */
#define REPORT_TAGS							\
	(REPORT_ROLE(TAG_HIT) | REPORT_ROLE(TAG_MISS_CLEAN) |		\
	 REPORT_ROLE(TAG_MISS_DIRTY))
#define REPORT_DRAM (REPORT_ROLE(DRAM_READ) | REPORT_ROLE(DRAM_WRITE))
#define REPORT_PMM (REPORT_ROLE(PMM_READ) | REPORT_ROLE(PMM_WRITE))

/* The socket of a sum over all sockets; a controller or channel likewise. */
#define REPORT_ALL_SOCKETS (-1)
#define REPORT_ALL (-1)

/* What is counted has a slot: a role its own, then come events without one. */
#define REPORT_EVENTS_MAX 16
#define REPORT_SLOTS (TIERSCOPE_ROLES + REPORT_EVENTS_MAX)
#define REPORT_EVENT(i) (TIERSCOPE_ROLES + (i))
#define REPORT_SLOT_BIT(slot) (1ULL << (slot))

/**
 * struct report_traffic - counts by slot
 * @socket: physical package, or REPORT_ALL_SOCKETS
 * @controller, @channel: of the socket, or REPORT_ALL; only what
 *	report_tracker_new_of() was told
 * @asked: REPORT_SLOT_BIT()s that were to be counted; of a role it is
 *	TIERSCOPE_ROLE_BIT()
 * @roles: those that have a counter
 * @measured: those of them that counted over this stretch
 * @count: scaled to what they would have counted, had they always run
 * @enabled_ns, @running_ns: summed over the boxes
 * @span_ns: how long the counts took; longer than the stretch if the role's
 *	turn among the multiplexed counters came late
 * @intervals: how many samples they are of, 1 if its turn did not come late
 */
struct report_traffic {
	int socket;
	int controller;
	int channel;
	uint64_t asked;
	uint64_t roles;
	uint64_t measured;
	double count[REPORT_SLOTS];
	uint64_t enabled_ns[REPORT_SLOTS];
	uint64_t running_ns[REPORT_SLOTS];
	uint64_t span_ns[REPORT_SLOTS];
	uint64_t intervals[REPORT_SLOTS];
};

/* Another socket over the same stretch of time. */
void report_traffic_add_socket(struct report_traffic *into,
			       const struct report_traffic *from);
/* The same sockets over the stretch that follows. */
void report_traffic_add_time(struct report_traffic *into,
			     const struct report_traffic *from);

/* ---- figures, each with its reason if there is none --------------------- */

/**
 * report_traffic_have() - whether counts of one stretch of time are there
 * @roles: REPORT_SLOT_BIT()s that a figure is made of
 * @ret_none: why not, if false is returned
 *
 * Counts whose turns came in different intervals have no ratio.
 */
bool report_traffic_have(const struct report_traffic *traffic, uint64_t roles,
			 struct report_value *ret_none);

/* The count, as a number; with @bytes, 64 for each line. */
struct report_value report_traffic_count(const struct report_traffic *traffic,
					 unsigned int slot);
struct report_value report_traffic_bytes(const struct report_traffic *traffic,
					 unsigned int slot);
/* Bytes a second; what is counted a second. */
struct report_value report_traffic_rate(const struct report_traffic *traffic,
					unsigned int slot);
struct report_value report_traffic_frequency(const struct report_traffic *traffic,
					     unsigned int slot);
/* Running / enabled, of one slot, or the lowest of all that have a counter. */
struct report_value report_traffic_running(const struct report_traffic *traffic,
					   unsigned int slot);
struct report_value report_traffic_running_lowest(const struct report_traffic *traffic);

/* True if any count of @roles was scaled. */
bool report_traffic_estimated(const struct report_traffic *traffic,
			      uint64_t roles);

/* How the counts of @roles came about: report_method(), unless none of them was
 * measured. */
struct report_value report_traffic_method(const struct report_traffic *traffic,
					  uint64_t roles, bool simulated);
/* "measured", "estimated", "simulated" or "simulated, estimated". */
const char *report_method(bool simulated, bool estimated);

/* ---- following a sampler ----------------------------------------------- */

struct report_tracker;

/**
 * report_tracker_new() - follow the samples of these counters
 * @counters: copied
 * @asked: TIERSCOPE_ROLE_BIT()s that they were resolved from
 *
 * Returns 0, -EINVAL (a counter's role is out of range) or -ENOMEM.
 */
int report_tracker_new(const struct tierscope_counter *counters, size_t n,
		       uint32_t asked, struct report_tracker **ret);

/**
 * struct report_source - where the count of one counter goes
 * @slot: below REPORT_SLOTS
 */
struct report_source {
	int socket;
	int controller;
	int channel;
	unsigned int slot;
};

/* The same, with a sum for each place that is named in @sources; they are in
 * the order of the counters, and copied. @asked: REPORT_SLOT_BIT()s. */
int report_tracker_new_of(const struct report_source *sources, size_t n,
			  uint64_t asked, struct report_tracker **ret);
void report_tracker_free(struct report_tracker *tracker);

/**
 * report_tracker_start() - take @sample as the zero from which to count
 *
 * Without it, counting starts from when the sampler was made.
 * Returns 0 or -EINVAL (another number of readings).
 */
int report_tracker_start(struct report_tracker *tracker,
			 const struct tierscope_sample *sample);

/**
 * report_tracker_feed() - the next sample
 *
 * A role is taken when all its boxes on a socket have run since it was last
 * taken; until then its counts wait, so that none is lost or counted twice.
 * Returns 0, -EINVAL (another number of readings), or -ERANGE if a counter
 * went backwards: then nothing is taken and counting goes on from @sample.
 */
int report_tracker_feed(struct report_tracker *tracker,
			const struct tierscope_sample *sample);

/* When the sampler of @sample began to count; the moment of the sample itself
 * where its readings do not say. */
uint64_t report_sample_began_ns(const struct tierscope_sample *sample);

/* What the last sample brought, by socket, controller, channel, each
 * ascending; the tracker's. */
size_t report_tracker_sockets(const struct report_tracker *tracker,
			      const struct report_traffic **ret);
