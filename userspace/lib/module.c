// SPDX-License-Identifier: LGPL-2.1-or-later
#include "context.h"
#include "request.h"

int tierscope_module_check(struct tierscope *ts)
{
	uint16_t family;

	return tierscope_family_of_module(ts, &family);
}
