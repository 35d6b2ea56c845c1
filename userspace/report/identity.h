/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must hold between the counters of a direct-mapped write-back cache in
 * front of Optane, line by line: how far it does says how far to trust them.
 */
#pragma once

#include "report/traffic.h"

/**
 * struct report_identity - a sum of counts that equals another one
 * @name: both sides, for people
 * @left, @right: how often each role's count is in the sum
 */
struct report_identity {
	const char *name;
	int left[TIERSCOPE_ROLES];
	int right[TIERSCOPE_ROLES];
};

enum {
	REPORT_IDENTITY_DRAM_READ,
	REPORT_IDENTITY_PMM_READ,
	REPORT_IDENTITY_PMM_WRITE,
	REPORT_IDENTITY_PMM,

	REPORT_IDENTITIES,
};

/* The residual of each as a struct report_column. */
#define REPORT_IDENTITY_COLUMNS(flags)						\
	{ "dram_read_residual_ratio", "DRAM read off", REPORT_RATIO, flags },	\
	{ "pmm_read_residual_ratio", "Optane read off", REPORT_RATIO, flags },	\
	{ "pmm_write_residual_ratio", "Optane write off", REPORT_RATIO, flags }, \
	{ "pmm_residual_ratio", "Optane off", REPORT_RATIO, flags }

extern const struct report_identity report_identities[REPORT_IDENTITIES];

/* The roles that it speaks of, as TIERSCOPE_ROLE_BIT()s. */
uint32_t report_identity_roles(const struct report_identity *identity);

/**
 * report_identity_sides() - both sums
 * @mode: of the machine; it holds in Memory Mode only
 * @ret_none: why there is none, if false is returned
 */
bool report_identity_sides(const struct report_identity *identity,
			   const struct report_traffic *traffic,
			   enum tierscope_mode mode, double *ret_left,
			   double *ret_right, struct report_value *ret_none);

/* report_residual() of both sides: 0 where it holds. */
struct report_value report_identity_residual(const struct report_identity *identity,
					     const struct report_traffic *traffic,
					     enum tierscope_mode mode);

/**
 * struct report_agreement - an identity over many intervals
 * @apart: the differences of both sides, added up whatever their sign
 * @larger: the larger sides, added up
 *
 * An interval in which the left side was ahead does not make up for one in
 * which the right side was, as it does in the sums of a whole run.
 */
struct report_agreement {
	double apart;
	double larger;
};

/* One more interval; nothing, if it has no sides. */
void report_agreement_add(struct report_agreement *agreement,
			  const struct report_identity *identity,
			  const struct report_traffic *traffic,
			  enum tierscope_mode mode);

/* @apart / @larger: 0 if it held in every interval. -ENODATA if there was
 * none with a count. */
int report_agreement_residual(const struct report_agreement *agreement,
			      double *ret);
