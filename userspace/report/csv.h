/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CSV by RFC 4180: commas, CRLF, a field in quotes where it must be.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "report/document.h"

/* One field, with a comma before it unless @first. NULL is empty. */
void report_csv_field(FILE *file, const char *text, bool first);
void report_csv_end(FILE *file);

/* The header row and one row of a wide table, "reason" as the last column. */
void report_csv_header(FILE *file, const struct report_column *columns,
		       size_t n);
void report_csv_row(FILE *file, const struct report_column *columns, size_t n,
		    const struct report_value *values);
