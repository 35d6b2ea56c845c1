/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Figures as people read them, and as programs do.
 */
#pragma once

#include <stddef.h>

#include "report/value.h"

/* Room for any number either way. */
#define REPORT_CELL_MAX 64

/**
 * report_human() - a value for a table: "1.5 MiB", "2.31 GB/s", "87.5 %"
 * @buffer: at least REPORT_CELL_MAX bytes, for what is not a string
 *
 * Not measured is "-", not available "n/a". Returns @buffer or the string of
 * the value itself.
 */
const char *report_human(enum report_type type,
			 const struct report_value *value, char *buffer);

/**
 * report_raw() - a value for a program, in base units
 * @buffer: at least REPORT_CELL_MAX bytes, for what is not a string
 *
 * Returns NULL if there is no value, else as report_human().
 */
const char *report_raw(enum report_type type, const struct report_value *value,
		       char *buffer);

/**
 * report_reason() - "not measured: ..." or "not available: ..."
 *
 * Never longer than @size - 1. Returns @buffer.
 */
const char *report_reason(const struct report_value *value, char *buffer,
			  size_t size);
