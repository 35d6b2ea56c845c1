/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A figure over time as a few lines of a terminal.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "report/value.h"

/**
 * struct report_chart - what to draw
 * @n: points, one a column of the terminal
 * @points: real; a gap is '?' if it was not measured, '·' (ASCII '-') if there
 *	was nothing to tell
 * @top: what fills the height; 0 takes the largest point
 * @type: of the points, for the scale at the left
 * @rows: lines
 * @ascii: no Unicode blocks
 */
struct report_chart {
	size_t n;
	const struct report_value *points;
	double top;
	enum report_type type;
	unsigned int rows;
	bool ascii;
};

/* Lines with the scale at the left; the caller frees. Returns 0 or -ENOMEM. */
int report_chart_draw(const struct report_chart *chart, char **ret);

/* Columns that the scale at the left takes. */
#define REPORT_CHART_SCALE 13
