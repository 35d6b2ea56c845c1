/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Figures made of counts: differences, scaling, rates, ratios, residuals.
 * Numbers in, numbers out; nothing here knows a file, a machine or a format.
 */
#pragma once

#include <stdint.h>

#include "tierscope/tierscope.h"

/* What a counter did between two readings. */
struct report_delta {
	uint64_t value;
	uint64_t enabled_ns;
	uint64_t running_ns;
	uint64_t span_ns;	/* between the two */
};

/**
 * report_difference() - from one reading of a counter to a later one
 *
 * Totals are 64 bits wide (the kernel folds the 48 bits of the hardware) and
 * may pass through 2^64; a difference of 2^63 or more is a counter that went
 * backwards, and so is any time that did. Returns 0 or -ERANGE.
 */
int report_difference(const struct tierscope_reading *from,
		      const struct tierscope_reading *to,
		      struct report_delta *ret);

/**
 * report_scale() - what a counter would have counted, had it always run
 *
 * value * enabled / running: an estimate as soon as running < enabled.
 * Returns 0, or -ENODATA if it never ran.
 */
int report_scale(const struct report_delta *delta, double *ret);

/* @part / @whole. Returns 0, or -ENODATA if @whole is 0. */
int report_quotient(double part, double whole, double *ret);

/* @count a second. Returns 0, or -ENODATA if @span_ns is 0. */
int report_per_second(double count, uint64_t span_ns, double *ret);

/**
 * report_residual() - by how much two sides that should be equal are not
 *
 * (left - right) / the larger of the two; 0 if both are 0.
 */
double report_residual(double left, double right);

/* Nearest whole number; what a count that was scaled is shown as. */
uint64_t report_round(double count);
