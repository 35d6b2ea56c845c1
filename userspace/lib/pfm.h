/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What libpfm4 knows of the events of a core.
 */
#pragma once

#include <stdint.h>

/**
 * tierscope_pfm_find() - an event as PERF_TYPE_RAW takes it
 * @pmu: libpfm4's name of a core: "clx"
 * @event, @umask: in Intel's list, "MEM_LOAD_RETIRED" and "LOCAL_PMM"; the
 *	umask of an event that has none is not looked at
 *
 * By libpfm4's tables, not by the machine: nothing is to be set in the
 * environment for another one's. Returns 0, -ENOENT if it has no such event,
 * -ENODEV no such PMU, -EIO if it is not installed or cannot be initialized.
 */
int tierscope_pfm_find(const char *pmu, const char *event, const char *umask,
		       uint64_t *ret);
