/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <err.h>
#include <errno.h>
#include <linux/tierscope.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/attr.h>

#include "counter_spec.h"

static int number(const char *text, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, 0);
	return errno || *end || end == text ? -EINVAL : 0;
}

static int type_of(const char *pmu, uint64_t *ret)
{
	char path[128];
	unsigned int type;
	FILE *file;
	int found;

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type",
		 pmu);
	file = fopen(path, "re");
	if (!file)
		return -EINVAL;
	found = fscanf(file, "%u", &type);
	fclose(file);
	if (found != 1)
		return -EINVAL;
	*ret = type;
	return 0;
}

int counter_spec_parse(const char *text, struct counter_spec *ret)
{
	char copy[128], *config, *cpu;
	uint64_t type, value, number_cpu;

	if (strlen(text) >= sizeof(copy))
		return -EINVAL;
	strcpy(copy, text);
	config = strchr(copy, ':');
	cpu = config ? strchr(config + 1, ':') : NULL;
	if (!cpu)
		return -EINVAL;
	*config++ = '\0';
	*cpu++ = '\0';
	if ((number(copy, &type) && type_of(copy, &type)) ||
	    number(config, &value) || number(cpu, &number_cpu))
		return -EINVAL;
	ret->type = type;
	ret->config = value;
	ret->cpu = number_cpu;
	return 0;
}

void counter_spec_put(struct nl_msg *msg, const struct counter_spec *spec)
{
	struct nlattr *nest = nla_nest_start(msg, TIERSCOPE_SAMPLER_COUNTER |
						  NLA_F_NESTED);

	if (!nest || nla_put_u32(msg, TIERSCOPE_COUNTER_TYPE, spec->type) ||
	    nla_put_u64(msg, TIERSCOPE_COUNTER_CONFIG, spec->config) ||
	    nla_put_u32(msg, TIERSCOPE_COUNTER_CPU, spec->cpu))
		errx(1, "too many counters for a message");
	nla_nest_end(msg, nest);
}
