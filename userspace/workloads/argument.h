/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands behind an option of a workload program, turned into a number.
 * Strict: no sign, no blank, nothing left over. 0, -EINVAL (not such a number),
 * -ERANGE (too large or too small); outputs untouched on failure.
 */
#pragma once

#include <stdint.h>

/* A whole decimal number in [min, max]. */
int argument_count(const char *text, uint64_t min, uint64_t max, uint64_t *ret);

/* A decimal fraction in units of 10^-@decimals: "0.75" with 2 is 75. More
 * digits than that are -EINVAL unless they are zeros. */
int argument_fraction(const char *text, unsigned int decimals, uint64_t *ret);

/* Bytes: a whole number and nothing, K, M, G or T (powers of 1024). */
int argument_size(const char *text, uint64_t *ret);

/* Nanoseconds: a decimal fraction and ns, us, ms or s; seconds if there is no
 * unit. */
int argument_duration(const char *text, uint64_t *ret);
