/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

#include <netlink/msg.h>

/* PMU:CONFIG:CPU as a test writes it; PMU is its name in sysfs or its type. */
struct counter_spec {
	uint32_t type;
	uint64_t config;
	uint32_t cpu;
};

/* 0, or -EINVAL if @text is none. */
int counter_spec_parse(const char *text, struct counter_spec *ret);

void counter_spec_put(struct nl_msg *msg, const struct counter_spec *spec);
