/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "report/chart.h"
#include "suite.h"

static void expect(const struct report_chart *chart, const char *golden)
{
	char *text;

	CU_ASSERT_EQUAL_FATAL(report_chart_draw(chart, &text), 0);
	CU_ASSERT_STRING_EQUAL(text, golden);
	if (strcmp(text, golden))
		fprintf(stderr, "got:\n%s\nnot:\n%s\n", text, golden);
	free(text);
}

static void blocks_fill_from_below(void)
{
	struct report_value points[7];

	points[0] = report_real(0);
	points[1] = report_real(0.001);
	points[2] = report_real(0.25);
	points[3] = report_real(0.5);
	points[4] = report_not_measured(NULL);
	points[5] = report_real(1);
	points[6] = report_not_available("none");
	expect(&(struct report_chart){ .n = 7, .points = points, .top = 1,
				       .type = REPORT_RATIO, .rows = 2 },
	       "   100.00 % │     █ \n"
	       "     0.00 % │ ▁▄█?█·\n");
	expect(&(struct report_chart){ .n = 7, .points = points, .top = 1,
				       .type = REPORT_RATIO, .rows = 2, .ascii = true },
	       "   100.00 % |     # \n"
	       "     0.00 % | .:#?#-\n");
}

static void the_top_is_the_largest(void)
{
	struct report_value points[2];

	points[0] = report_real(2e9);
	points[1] = report_real(1e9);
	expect(&(struct report_chart){ .n = 2, .points = points,
				       .type = REPORT_RATE, .rows = 1 },
	       "  2.00 GB/s │█▄\n");
}

static const struct suite_test tests[] = {
	{ "blocks fill from below", blocks_fill_from_below },
	{ "the top is the largest", the_top_is_the_largest },
};

SUITE_MAIN("report chart", tests)
