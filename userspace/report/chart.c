/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/chart.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/human.h"

/* U+2581 to U+2588: a cell filled from below in eighths. ASCII has thirds. */
static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
static const char *const ascii_blocks[] = { " ", ".", ":", "#" };

static const char *block(const struct report_chart *chart, unsigned int row,
			 double value, double top)
{
	unsigned int steps = chart->ascii ? 3 : 8;
	double filled = top > 0 ? value / top * chart->rows - row : 0;
	unsigned int step;

	if (filled >= 1)
		step = steps;
	else if (filled <= 0)
		step = 0;
	else
		step = (unsigned int)(filled * steps + 0.5);
	/* Something is never drawn as nothing. */
	if (!step && !row && value > 0)
		step = 1;
	return chart->ascii ? ascii_blocks[step] : blocks[step];
}

static const char *gap(const struct report_chart *chart,
		       const struct report_value *point)
{
	if (point->state == REPORT_NOT_MEASURED)
		return "?";
	return chart->ascii ? "-" : "·";
}

static double largest(const struct report_chart *chart)
{
	double top = 0;

	for (size_t i = 0; i < chart->n; i++)
		if (chart->points[i].state == REPORT_VALUE &&
		    chart->points[i].real > top)
			top = chart->points[i].real;
	return top;
}

int report_chart_draw(const struct report_chart *chart, char **ret)
{
	double top = chart->top > 0 ? chart->top : largest(chart);
	char *text = NULL, buffer[REPORT_CELL_MAX];
	size_t bytes;
	FILE *file = open_memstream(&text, &bytes);

	if (!file)
		return -ENOMEM;
	for (unsigned int row = chart->rows; row-- > 0;) {
		struct report_value edge = report_real(row + 1 == chart->rows ? top : 0);
		const char *scale = "";

		if (row + 1 == chart->rows || !row)
			scale = report_human(chart->type, &edge, buffer);
		fprintf(file, "%*s %s", REPORT_CHART_SCALE - 2, scale,
			chart->ascii ? "|" : "│");
		for (size_t i = 0; i < chart->n; i++) {
			const struct report_value *point = &chart->points[i];

			if (point->state == REPORT_VALUE)
				fputs(block(chart, row, point->real, top), file);
			else
				fputs(row ? " " : gap(chart, point), file);
		}
		fputc('\n', file);
	}
	if (fclose(file)) {
		free(text);
		return -ENOMEM;
	}
	*ret = text;
	return 0;
}
