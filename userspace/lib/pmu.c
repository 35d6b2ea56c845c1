// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Documentation/ABI/testing/sysfs-bus-event_source-devices-format.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pmu.h"

#define DEVICES "sys/bus/event_source/devices"

bool tierscope_pmu_is_of(const char *name, const char *family,
			 unsigned int *ret_unit)
{
	size_t length = strlen(family);
	unsigned long unit;
	const char *digits;
	char *end;

	if (strncmp(name, family, length) != 0)
		return false;
	if (name[length] == '\0') {
		*ret_unit = 0;
		return true;
	}
	/* uncore_imc_free_running_0 is another family. */
	digits = name + length + 1;
	if (name[length] != '_' || *digits < '0' || *digits > '9')
		return false;
	unit = strtoul(digits, &end, 10);
	if (*end || unit > UINT16_MAX)
		return false;
	*ret_unit = unit;
	return true;
}

int tierscope_pmu_type(int root, const char *name, uint32_t *ret)
{
	struct tierscope_path path;
	uint64_t type;
	int error;

	error = tierscope_sysfs_read_u64(root, tierscope_path(&path,
					 DEVICES "/%s/type", name), &type);
	if (!error && type > UINT32_MAX)
		error = -EBADMSG;
	if (!error)
		*ret = type;
	return error;
}

int tierscope_pmu_read(int root, const char *name, unsigned int unit,
		       struct tierscope_pmu *ret)
{
	struct tierscope_path path;
	uint32_t type;
	int error;

	if (strlen(name) >= sizeof(ret->name))
		return -EBADMSG;
	error = tierscope_pmu_type(root, name, &type);
	if (!error)
		error = tierscope_sysfs_read_ids(root, tierscope_path(&path,
						 DEVICES "/%s/cpumask", name),
						 &ret->cpus);
	if (error)
		return error;
	snprintf(ret->name, sizeof(ret->name), "%s", name);
	ret->unit = unit;
	ret->type = type;
	return 0;
}

int tierscope_pmu_of_cores(int root, struct tierscope_pmu *ret)
{
	struct tierscope_pmu pmu = { .name = "cpu" };
	int error;

	error = tierscope_pmu_type(root, pmu.name, &pmu.type);
	if (!error)
		error = tierscope_sysfs_read_ids(root,
						 "sys/devices/system/cpu/online",
						 &pmu.cpus);
	if (!error)
		*ret = pmu;
	return error;
}

/* A bit number; digits only. */
static int parse_bit(const char **text, unsigned int *ret)
{
	unsigned long bit;
	char *end;

	if (**text < '0' || **text > '9')
		return -EBADMSG;
	bit = strtoul(*text, &end, 10);
	if (bit > 63)
		return -EBADMSG;
	*text = end;
	*ret = bit;
	return 0;
}

int tierscope_format_place(const char *format, uint64_t value,
			   uint64_t *config)
{
	static const char word[] = "config:";
	uint64_t placed = *config;
	unsigned int first, last;

	if (strncmp(format, word, strlen(word)) != 0)
		return strncmp(format, "config", strlen("config")) == 0 ?
			-EOPNOTSUPP : -EBADMSG;
	format += strlen(word);
	for (;;) {
		if (parse_bit(&format, &first))
			return -EBADMSG;
		last = first;
		if (*format == '-') {
			format++;
			if (parse_bit(&format, &last) || last < first)
				return -EBADMSG;
		}
		for (unsigned int bit = first; bit <= last; bit++) {
			placed |= (value & 1) << bit;
			value >>= 1;
		}
		if (*format == '\0')
			break;
		if (*format++ != ',')
			return -EBADMSG;
	}
	if (value)
		return -ERANGE;
	*config = placed;
	return 0;
}

static int place(int root, const struct tierscope_pmu *pmu, const char *field,
		 uint64_t value, uint64_t *config)
{
	struct tierscope_path path;
	char format[128];
	int error;

	error = tierscope_sysfs_read(root, tierscope_path(&path,
				     DEVICES "/%s/format/%s", pmu->name, field),
				     sizeof(format), format);
	return error ? error : tierscope_format_place(format, value, config);
}

int tierscope_pmu_config(int root, const struct tierscope_pmu *pmu,
			 uint64_t event, uint64_t umask, uint64_t *ret)
{
	uint64_t config = 0;
	int error;

	error = place(root, pmu, "event", event, &config);
	if (!error)
		error = place(root, pmu, "umask", umask, &config);
	if (!error)
		*ret = config;
	return error;
}
