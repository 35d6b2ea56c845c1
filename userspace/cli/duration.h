/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Durations as people give them.
 */
#pragma once

#include <stdint.h>

/**
 * cli_duration() - "250ms", "1s", "0.5", "2m"
 *
 * Decimal digits, at most one point with digits on both sides and at most
 * nine after it, then ns, us, ms, s, m, h or nothing, which is seconds. No
 * sign, no space, no exponent. What is below a nanosecond is cut off. Returns
 * 0, -EINVAL (not a duration) or -ERANGE (more than 2^64 - 1 ns).
 */
int cli_duration(const char *text, uint64_t *ret_ns);
