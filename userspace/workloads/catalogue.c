// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/catalogue.h"

#include <errno.h>
#include <string.h>

#include "workloads/mobilenetv2.h"
#include "workloads/resnet50.h"

const char *catalogue_name(enum catalogue_network network)
{
	switch (network) {
	case CATALOGUE_MOBILENETV2:
		return "mobilenetv2";
	case CATALOGUE_RESNET50:
		return "resnet50";
	}
	return "unknown";
}

int catalogue_parse(const char *name, enum catalogue_network *ret)
{
	static const enum catalogue_network all[] = {
		CATALOGUE_MOBILENETV2, CATALOGUE_RESNET50,
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(name, catalogue_name(all[i]))) {
			*ret = all[i];
			return 0;
		}
	return -ENOENT;
}

int catalogue_entry_at(size_t i, struct catalogue_entry *ret)
{
	if (i < MOBILENETV2_CONFIGURATIONS) {
		*ret = (struct catalogue_entry){
			.network = CATALOGUE_MOBILENETV2,
			.width_hundredths =
				mobilenetv2_configurations[i].width_hundredths,
			.resolution = mobilenetv2_configurations[i].resolution,
		};
		return 0;
	}
	if (i > MOBILENETV2_CONFIGURATIONS)
		return -ENOENT;
	*ret = (struct catalogue_entry){
		.network = CATALOGUE_RESNET50,
		.width_hundredths = 100,
		.resolution = RESNET50_RESOLUTION,
	};
	return 0;
}

int catalogue_new(const struct catalogue_entry *entry, struct network **ret)
{
	switch (entry->network) {
	case CATALOGUE_MOBILENETV2:
		return mobilenetv2_new(entry->width_hundredths,
				       entry->resolution, ret);
	case CATALOGUE_RESNET50:
		if (entry->width_hundredths != 100)
			return -ENOENT;
		return resnet50_new(entry->resolution, ret);
	}
	return -ENOENT;
}
