/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tiers that an administrator has said, over those that sysfs says. */
#pragma once

#include <netlink/genl/genl.h>

#include <tierscope/tierscope.h>

/* Returns 0, or as tierscope_config_read(). */
int tierscope_override_by_config(struct tierscope *ts,
				 struct tierscope_topology *topology);

/* Nothing without the module. Returns 0, or -errno of asking it. */
int tierscope_override_by_module(struct tierscope *ts,
				 struct tierscope_topology *topology);

/* One answer of NODE_GET. */
int tierscope_override_parse(struct nlmsghdr *header,
			     struct tierscope_topology *topology);
