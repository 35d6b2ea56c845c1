/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Columns that line up.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "report/document.h"

/* Figures stand on the right, names on the left. */
bool report_table_right(enum report_type type);

/* One cell, padded to @width; the last of a line is not padded. */
void report_table_cell(FILE *file, const char *text, size_t width, bool right,
		       bool last);
