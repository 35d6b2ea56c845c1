// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include <tierscope/tierscope.h>

#include "suite.h"

static void boxes_are_of_controllers(void)
{
	static const struct {
		const char *tree;
		unsigned int boxes;
	} machines[] = {
		{ FIXTURES "/sysfs-skylake", 3 },
		{ FIXTURES "/sysfs-cascade-lake", 3 },
		/* Two channels, three boxes. */
		{ FIXTURES "/sysfs-ice-lake", 3 },
		{ FIXTURES "/sysfs-sapphire-rapids", 2 },
	};

	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		unsigned int boxes = 0;
		struct tierscope *ts;

		CU_ASSERT_EQUAL_FATAL(tierscope_new(machines[i].tree, &ts), 0);
		CU_ASSERT_EQUAL(tierscope_controller_boxes(ts, &boxes), 0);
		CU_ASSERT_EQUAL(boxes, machines[i].boxes);
		tierscope_free(ts);
	}
}

static void an_unknown_model_has_none(void)
{
	unsigned int boxes = 7;
	struct tierscope *ts;

	CU_ASSERT_EQUAL_FATAL(tierscope_new(FIXTURES "/sysfs-granite-rapids", &ts), 0);
	CU_ASSERT_EQUAL(tierscope_controller_boxes(ts, &boxes), -EOPNOTSUPP);
	CU_ASSERT_EQUAL(boxes, 7);
	CU_ASSERT_PTR_NOT_NULL(strstr(tierscope_error(ts), "is not known"));
	tierscope_free(ts);
}

static const struct suite_test tests[] = {
	{ "boxes are of controllers", boxes_are_of_controllers },
	{ "an unknown model has none", an_unknown_model_has_none },
};

SUITE_MAIN("lib: controller", tests)
