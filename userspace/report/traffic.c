/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/traffic.h"

#include <errno.h>

#include "report/derive.h"

static void add_counts(struct report_traffic *into,
		       const struct report_traffic *from)
{
	for (int role = 0; role < TIERSCOPE_ROLES; role++) {
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
	for (int role = 0; role < TIERSCOPE_ROLES; role++)
		if (from->span_ns[role] > into->span_ns[role])
			into->span_ns[role] = from->span_ns[role];
}

void report_traffic_add_time(struct report_traffic *into,
			     const struct report_traffic *from)
{
	add_counts(into, from);
	into->measured |= from->measured;
	into->roles |= from->roles;
	into->asked |= from->asked;
	for (int role = 0; role < TIERSCOPE_ROLES; role++)
		into->span_ns[role] += from->span_ns[role];
}

/* Whether all of @roles were measured; else *@ret says why not. */
static bool have(const struct report_traffic *traffic, uint32_t roles,
		 struct report_value *ret)
{
	uint32_t without = roles & ~traffic->roles;

	if ((traffic->measured & roles) == roles)
		return true;
	if (!without)
		*ret = report_not_measured("the counters had no turn to run");
	else if (without & traffic->asked)
		*ret = report_not_available("this memory controller has no such event");
	else
		*ret = report_not_measured("it was not asked for");
	return false;
}

struct report_value report_traffic_count(const struct report_traffic *traffic,
					 enum tierscope_role role)
{
	struct report_value value;

	if (!have(traffic, TIERSCOPE_ROLE_BIT(role), &value))
		return value;
	return report_number(report_round(traffic->count[role]));
}

struct report_value report_traffic_bytes(const struct report_traffic *traffic,
					 enum tierscope_role role)
{
	struct report_value value = report_traffic_count(traffic, role);

	if (value.state == REPORT_VALUE)
		value.number *= TIERSCOPE_LINE_BYTES;
	return value;
}

struct report_value report_traffic_rate(const struct report_traffic *traffic,
					enum tierscope_role role)
{
	struct report_value value;
	double rate;

	if (!have(traffic, TIERSCOPE_ROLE_BIT(role), &value))
		return value;
	if (report_per_second(traffic->count[role] * TIERSCOPE_LINE_BYTES,
			      traffic->span_ns[role], &rate) < 0)
		return report_not_measured("no time went by");
	return report_real(rate);
}

struct report_value report_traffic_hit_ratio(const struct report_traffic *traffic)
{
	const double *count = traffic->count;
	struct report_value value;
	double ratio;

	if (!have(traffic, REPORT_TAGS, &value))
		return value;
	if (report_quotient(count[TIERSCOPE_ROLE_TAG_HIT],
			    count[TIERSCOPE_ROLE_TAG_HIT] +
			    count[TIERSCOPE_ROLE_TAG_MISS_CLEAN] +
			    count[TIERSCOPE_ROLE_TAG_MISS_DIRTY], &ratio) < 0)
		return report_not_available("no tag check was counted");
	return report_real(ratio);
}

struct report_value report_traffic_dram_share(const struct report_traffic *traffic)
{
	const double *count = traffic->count;
	struct report_value value;
	double dram, pmm, share;

	if (!have(traffic, REPORT_DRAM | REPORT_PMM, &value))
		return value;
	dram = count[TIERSCOPE_ROLE_DRAM_READ] + count[TIERSCOPE_ROLE_DRAM_WRITE];
	pmm = count[TIERSCOPE_ROLE_PMM_READ] + count[TIERSCOPE_ROLE_PMM_WRITE];
	if (report_quotient(dram, dram + pmm, &share) < 0)
		return report_not_available("no traffic was counted");
	return report_real(share);
}

struct report_value report_traffic_running(const struct report_traffic *traffic,
					   enum tierscope_role role)
{
	struct report_value value;
	double share;

	if (!have(traffic, TIERSCOPE_ROLE_BIT(role), &value))
		return value;
	if (report_quotient((double)traffic->running_ns[role],
			    (double)traffic->enabled_ns[role], &share) < 0)
		return report_not_measured("the counter was never enabled");
	return report_real(share > 1 ? 1 : share);
}

struct report_value report_traffic_running_lowest(const struct report_traffic *traffic)
{
	struct report_value lowest = report_not_measured("no counter ran");

	for (int role = 0; role < TIERSCOPE_ROLES; role++) {
		struct report_value value = report_traffic_running(traffic, role);

		if (value.state == REPORT_VALUE &&
		    (lowest.state != REPORT_VALUE || value.real < lowest.real))
			lowest = value;
	}
	return lowest;
}

bool report_traffic_estimated(const struct report_traffic *traffic,
			      uint32_t roles)
{
	for (int role = 0; role < TIERSCOPE_ROLES; role++)
		if (roles & TIERSCOPE_ROLE_BIT(role) &&
		    traffic->running_ns[role] < traffic->enabled_ns[role])
			return true;
	return false;
}

struct report_value report_traffic_method(const struct report_traffic *traffic,
					  uint32_t roles, bool simulated)
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
