/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes a second.
 */
#pragma once

#include <stdint.h>

/**
 * rate_parse() - "500MB/s", "2GiB/s", "64M"
 *
 * Decimal digits and a unit: kB, MB, GB, TB (powers of 1000), KiB, MiB, GiB, TiB
 * or K, M, G, T (powers of 1024), B or nothing; "/s" after it or not. Returns 0,
 * -EINVAL (not a rate, or none at all) or -ERANGE.
 */
int rate_parse(const char *text, uint64_t *ret_bytes_per_second);

/* How long after the start @bytes may have gone at @rate. */
uint64_t rate_due_ns(uint64_t rate, uint64_t bytes);

/* How much is to go at once, so that it comes to about twenty times a second;
 * 0 for whatever goes best. */
uint64_t rate_batch_bytes(uint64_t rate);
