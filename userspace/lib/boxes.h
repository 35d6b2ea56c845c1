/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The memory controllers' boxes that this machine shows as PMUs.
 */
#pragma once

#include <tierscope/tierscope.h>

#include "generation.h"
#include "pmu.h"

#define TIERSCOPE_BOX_BIT(box)	(1U << (box))
#define TIERSCOPE_BOXES_ALL	(TIERSCOPE_BOX_BIT(TIERSCOPE_BOXES) - 1)

struct tierscope_box_pmu {
	enum tierscope_box box;
	unsigned int unit;
	char name[32];
};

/**
 * struct tierscope_boxes - what /sys/bus/event_source/devices has
 * @kinds: TIERSCOPE_BOX_BIT()s that there is at least one of
 * @pmus: in the order of their names
 */
struct tierscope_boxes {
	uint32_t kinds;
	size_t n;
	struct tierscope_box_pmu *pmus;
};

#define scope_boxes __attribute__((cleanup(tierscope_boxes_clear)))

int tierscope_boxes_find(struct tierscope *ts, struct tierscope_boxes *ret);
void tierscope_boxes_clear(struct tierscope_boxes *boxes);

/* "uncore_imc_3" is number 3 of TIERSCOPE_BOX_IMC. -EINVAL for other PMUs. */
int tierscope_box_of(const char *pmu, enum tierscope_box *ret_box,
		     unsigned int *ret_unit);

/* Whether there can be DIMMs behind it. */
bool tierscope_box_is_populated(const struct tierscope_box_pmu *pmu,
				enum tierscope_generation generation);
