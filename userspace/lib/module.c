// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "context.h"
#include "request.h"

int tierscope_module_check(struct tierscope *ts)
{
	scope_link struct tierscope_link *link = NULL;
	uint16_t family;
	int error;

	error = tierscope_link_open(&link);
	if (error)
		return tierscope_fail(ts, error,
				      "cannot open a generic netlink socket: %s",
				      strerror(-error));
	return tierscope_family(ts, link, &family);
}
