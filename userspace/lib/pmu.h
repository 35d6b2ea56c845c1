/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * PMUs in /sys/bus/event_source/devices.
 */
#pragma once

#include "sysfs.h"

/**
 * struct tierscope_pmu - one PMU
 * @name: "uncore_imc_3"
 * @unit: 3
 * @type: for perf_event_attr
 * @cpus: one for each die: where its events are opened
 */
struct tierscope_pmu {
	char name[32];
	unsigned int unit;
	uint32_t type;
	struct tierscope_ids cpus;
};

/* Whether @name is @family ("uncore_imc") alone or followed by "_<number>". */
bool tierscope_pmu_is_of(const char *name, const char *family,
			 unsigned int *ret_unit);

/* Its number for perf_event_attr, which a reload of its driver may change.
 * Returns 0, -ENOENT if there is no such PMU, or -EBADMSG. */
int tierscope_pmu_type(int root, const char *name, uint32_t *ret);

/* Returns 0, -ENOENT if a file is missing, or -EBADMSG. */
int tierscope_pmu_read(int root, const char *name, unsigned int unit,
		       struct tierscope_pmu *ret);

/* "cpu", whose events are opened on each CPU that is online. Returns as above. */
int tierscope_pmu_of_cores(int root, struct tierscope_pmu *ret);

/**
 * tierscope_format_place() - put a value where a format file says
 * @format: "config:0-7" or "config:8-15,32-55", low bits first
 * @config: gets the bits
 *
 * Returns 0, -EOPNOTSUPP if the bits belong into config1 or config2, -ERANGE
 * if @value has more bits than there is room, -EBADMSG.
 */
int tierscope_format_place(const char *format, uint64_t value,
			   uint64_t *config);

/* An event and umask as config, by the files format/event and format/umask. */
int tierscope_pmu_config(int root, const struct tierscope_pmu *pmu,
			 uint64_t event, uint64_t umask, uint64_t *ret);
