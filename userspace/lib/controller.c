// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Which boxes are of one memory controller.
 */
#include <tierscope/tierscope.h>

#include "generation.h"

int tierscope_controller_boxes(struct tierscope *ts, unsigned int *ret)
{
	enum tierscope_generation generation;
	int error = tierscope_generation_here(ts, &generation);

	if (error)
		return error;
	*ret = tierscope_generation_facts(generation)->slots;
	return 0;
}
