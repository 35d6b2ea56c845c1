/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sizes as people give them.
 */
#pragma once

#include <stdint.h>

/**
 * cli_size() - "4096", "64M", "96G"
 *
 * Decimal digits, then K, M, G, T (powers of 1024) or nothing, which is bytes.
 * No sign, no space, no fraction. Returns 0, -EINVAL (not a size) or -ERANGE
 * (2^64 bytes or more).
 */
int cli_size(const char *text, uint64_t *ret_bytes);
