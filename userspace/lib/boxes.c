// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boxes.h"
#include "context.h"

int tierscope_box_of(const char *pmu, enum tierscope_box *ret_box,
		     unsigned int *ret_unit)
{
	for (unsigned int box = 0; box < TIERSCOPE_BOXES; box++) {
		char family[32];

		snprintf(family, sizeof(family), "uncore_%s",
			 tierscope_box_name(box));
		if (!tierscope_pmu_is_of(pmu, family, ret_unit))
			continue;
		*ret_box = box;
		return 0;
	}
	return -EINVAL;
}

int tierscope_counter_box(const struct tierscope_counter *counter,
			  enum tierscope_box *ret)
{
	unsigned int unit;

	return tierscope_box_of(counter->pmu, ret, &unit);
}

void tierscope_boxes_clear(struct tierscope_boxes *boxes)
{
	free(boxes->pmus);
	*boxes = (struct tierscope_boxes){ 0 };
}

int tierscope_boxes_find(struct tierscope *ts, struct tierscope_boxes *ret)
{
	scope_names struct tierscope_names names = { 0 };
	struct tierscope_boxes boxes = { 0 };
	int error;

	error = tierscope_sysfs_list(ts->root, "sys/bus/event_source/devices",
				     "uncore_", &names);
	if (error)
		return tierscope_fail(ts, error,
				      "cannot read /sys/bus/event_source/devices: %s",
				      strerror(-error));
	boxes.pmus = calloc(names.n + 1, sizeof(*boxes.pmus));
	if (!boxes.pmus)
		return tierscope_fail(ts, -ENOMEM,
				      "resolving counters: out of memory");
	for (size_t i = 0; i < names.n; i++) {
		struct tierscope_box_pmu *pmu = &boxes.pmus[boxes.n];

		if (strlen(names.name[i]) >= sizeof(pmu->name) ||
		    tierscope_box_of(names.name[i], &pmu->box, &pmu->unit))
			continue;
		strcpy(pmu->name, names.name[i]);
		boxes.kinds |= TIERSCOPE_BOX_BIT(pmu->box);
		boxes.n++;
	}
	*ret = boxes;
	return 0;
}

bool tierscope_box_is_populated(const struct tierscope_box_pmu *pmu,
				enum tierscope_generation generation)
{
	return pmu->box != TIERSCOPE_BOX_IMC ||
	       tierscope_generation_has_channel(generation, pmu->unit);
}
