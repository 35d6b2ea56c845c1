/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/traffic.h"

#include <errno.h>

#include "report/derive.h"

static void add_counts(struct report_traffic *into,
		       const struct report_traffic *from)
{
	for (unsigned int role = 0; role < REPORT_SLOTS; role++) {
		into->count[role] += from->count[role];
		into->enabled_ns[role] += from->enabled_ns[role];
		into->running_ns[role] += from->running_ns[role];
	}
}

void report_traffic_add_socket(struct report_traffic *into,
			       const struct report_traffic *from)
{
	add_counts(into, from);
	/* A role that one socket lacks at the moment is lacking in the sum. */
	into->measured = (into->measured | ~into->roles) &
			 (from->measured | ~from->roles) &
			 (into->roles | from->roles);
	into->roles |= from->roles;
	into->asked |= from->asked;
	for (unsigned int role = 0; role < REPORT_SLOTS; role++) {
		if (from->span_ns[role] > into->span_ns[role])
			into->span_ns[role] = from->span_ns[role];
		if (from->intervals[role] > into->intervals[role])
			into->intervals[role] = from->intervals[role];
	}
}

void report_traffic_add_time(struct report_traffic *into,
			     const struct report_traffic *from)
{
	add_counts(into, from);
	into->measured |= from->measured;
	into->roles |= from->roles;
	into->asked |= from->asked;
	for (unsigned int role = 0; role < REPORT_SLOTS; role++) {
		into->span_ns[role] += from->span_ns[role];
		into->intervals[role] += from->intervals[role];
	}
}

/* Whether their turns came in the same intervals. Over a long time some are an
 * interval behind others, which makes no difference. */
static bool together(const struct report_traffic *traffic, uint64_t roles)
{
	uint64_t fewest = UINT64_MAX, most = 0;

	for (unsigned int slot = 0; slot < REPORT_SLOTS; slot++) {
		uint64_t n = traffic->intervals[slot];

		if (!(roles & REPORT_SLOT_BIT(slot)))
			continue;
		if (n < fewest)
			fewest = n;
		if (n > most)
			most = n;
	}
	return !most || most - fewest <= most / 4;
}

bool report_traffic_have(const struct report_traffic *traffic, uint64_t roles,
			 struct report_value *ret_none)
{
	uint64_t without = roles & ~traffic->roles;

	if ((traffic->measured & roles) == roles) {
		if (together(traffic, roles))
			return true;
		*ret_none = report_not_measured("its counters had their turns at different times");
		return false;
	}
	if (!without)
		*ret_none = report_not_measured("the counters had no turn to run");
	else if (without & traffic->asked)
		*ret_none = report_not_available("there is no such event here");
	else
		*ret_none = report_not_measured("it was not asked for");
	return false;
}

struct report_value report_traffic_count(const struct report_traffic *traffic,
					 unsigned int slot)
{
	struct report_value value;

	if (!report_traffic_have(traffic, REPORT_SLOT_BIT(slot), &value))
		return value;
	return report_number(report_round(traffic->count[slot]));
}

struct report_value report_traffic_bytes(const struct report_traffic *traffic,
					 unsigned int slot)
{
	struct report_value value = report_traffic_count(traffic, slot);

	if (value.state == REPORT_VALUE)
		value.number *= TIERSCOPE_LINE_BYTES;
	return value;
}

/* The count beside it has said why. */
static struct report_value without_reason(struct report_value value)
{
	value.reason = NULL;
	return value;
}

struct report_value report_traffic_frequency(const struct report_traffic *traffic,
					     unsigned int slot)
{
	struct report_value value;
	double frequency;

	if (!report_traffic_have(traffic, REPORT_SLOT_BIT(slot), &value))
		return without_reason(value);
	if (report_per_second(traffic->count[slot], traffic->span_ns[slot],
			      &frequency) < 0)
		return report_not_measured("no time went by");
	return report_real(frequency);
}

struct report_value report_traffic_rate(const struct report_traffic *traffic,
					unsigned int slot)
{
	struct report_value value = report_traffic_frequency(traffic, slot);

	if (value.state == REPORT_VALUE)
		value.real *= TIERSCOPE_LINE_BYTES;
	return value;
}

struct report_value report_traffic_running(const struct report_traffic *traffic,
					   unsigned int slot)
{
	struct report_value value;
	double share;

	if (!report_traffic_have(traffic, REPORT_SLOT_BIT(slot), &value))
		return without_reason(value);
	if (report_quotient((double)traffic->running_ns[slot],
			    (double)traffic->enabled_ns[slot], &share) < 0)
		return report_not_measured("the counter was never enabled");
	return report_real(share > 1 ? 1 : share);
}

struct report_value report_traffic_running_lowest(const struct report_traffic *traffic)
{
	struct report_value lowest = report_not_measured("no counter ran");

	for (unsigned int role = 0; role < REPORT_SLOTS; role++) {
		struct report_value value = report_traffic_running(traffic, role);

		if (value.state == REPORT_VALUE &&
		    (lowest.state != REPORT_VALUE || value.real < lowest.real))
			lowest = value;
	}
	return lowest;
}

bool report_traffic_estimated(const struct report_traffic *traffic,
			      uint64_t roles)
{
	for (unsigned int role = 0; role < REPORT_SLOTS; role++)
		if (roles & REPORT_SLOT_BIT(role) &&
		    traffic->running_ns[role] < traffic->enabled_ns[role])
			return true;
	return false;
}

struct report_value report_traffic_method(const struct report_traffic *traffic,
					  uint64_t roles, bool simulated)
{
	if (!(traffic->measured & roles))
		return report_not_measured("nothing was counted");
	return report_string(report_method(simulated,
		report_traffic_estimated(traffic, roles)));
}

const char *report_method(bool simulated, bool estimated)
{
	if (simulated)
		return estimated ? "simulated, estimated" : "simulated";
	return estimated ? "estimated" : "measured";
}
