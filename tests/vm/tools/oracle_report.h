/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an oracle says of a mapping: a line for each difference, and for all that
 * is explained.
 */
#pragma once

#include <stdint.h>

struct kernel_mapping;

/* From here on the lines are about @mapping, which stays. */
void oracle_begin(const struct kernel_mapping *mapping);

/* How many there were in all. */
unsigned int oracle_differences(void);

__attribute__((format(printf, 3, 4)))
void oracle_must_be(uint64_t ours, uint64_t theirs, const char *what, ...);

/* Nothing if there is no page. */
__attribute__((format(printf, 2, 3)))
void oracle_explain(uint64_t pages, const char *why, ...);
