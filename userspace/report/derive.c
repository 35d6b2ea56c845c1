/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/derive.h"

#include <errno.h>
#include <math.h>

int report_difference(const struct tierscope_reading *from,
		      const struct tierscope_reading *to,
		      struct report_delta *ret)
{
	struct report_delta delta = {
		.value = to->value - from->value,
		.enabled_ns = to->enabled_ns - from->enabled_ns,
		.running_ns = to->running_ns - from->running_ns,
		.span_ns = to->time_ns - from->time_ns,
	};

	if (delta.value >> 63 || to->time_ns < from->time_ns ||
	    to->enabled_ns < from->enabled_ns ||
	    to->running_ns < from->running_ns)
		return -ERANGE;
	*ret = delta;
	return 0;
}

int report_scale(const struct report_delta *delta, double *ret)
{
	if (!delta->running_ns)
		return -ENODATA;
	/* The two clocks are read one after the other: running may be ahead of
	 * enabled by that much, and then nothing is to be scaled. */
	if (delta->running_ns >= delta->enabled_ns)
		*ret = (double)delta->value;
	else
		*ret = (double)delta->value * (double)delta->enabled_ns /
		       (double)delta->running_ns;
	return 0;
}

int report_quotient(double part, double whole, double *ret)
{
	if (whole == 0)
		return -ENODATA;
	*ret = part / whole;
	return 0;
}

int report_per_second(double count, uint64_t span_ns, double *ret)
{
	return report_quotient(count * 1e9, (double)span_ns, ret);
}

double report_residual(double left, double right)
{
	double larger = fmax(left, right);

	return larger > 0 ? (left - right) / larger : 0;
}

uint64_t report_round(double count)
{
	if (!(count > 0))
		return 0;
	/* 2^64 and above have no place in the result. */
	if (count >= 18446744073709551615.0)
		return UINT64_MAX;
	return (uint64_t)(count + 0.5);
}
