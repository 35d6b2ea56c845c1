/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the counters say about the mode of the machine, beside what sysfs and
 * firmware say of it.
 */
#pragma once

#include "report/traffic.h"

/**
 * struct report_mode - the mode by the counters
 * @mode: TIERSCOPE_MODE_UNKNOWN if they do not tell
 * @evidence: why, a sentence
 * @contradiction: a sentence, "" if there is none
 */
struct report_mode {
	enum tierscope_mode mode;
	char evidence[192];
	char contradiction[640];
};

/**
 * report_mode_find() - look at the counts of a stretch of time, all sockets
 * @topology: what it is to agree with, or NULL
 *
 * Tag checks are made in Memory Mode only. Optane traffic without any is App
 * Direct. DRAM traffic alone tells only that DRAM is no cache. A few lines
 * prove nothing: idle modules answer, too.
 */
void report_mode_find(const struct report_traffic *traffic,
		      const struct tierscope_topology *topology,
		      struct report_mode *ret);
