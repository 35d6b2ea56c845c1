// SPDX-License-Identifier: LGPL-2.1-or-later
/* Sets of CPUs as users write them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "scope.h"
#include "sysfs.h"

#define ONLINE "sys/devices/system/cpu/online"

/* Unlike in sysfs, in any order: each term is a list of its own. */
static int choose(struct tierscope *ts, const char *text, bool *chosen)
{
	scope_free char *list = strdup(text);
	char *rest = list, *term;

	if (!list)
		return tierscope_fail(ts, -ENOMEM, "reading a list of CPUs: out of memory");
	while ((term = strsep(&rest, ","))) {
		struct tierscope_ids ids;

		if (!*term || tierscope_ids_parse(term, &ids))
			return tierscope_fail(ts, -EINVAL,
					      "'%s' is no list of CPUs such as 0-3,8",
					      text);
		for (size_t i = 0; i < ids.n; i++)
			chosen[ids.id[i]] = true;
	}
	return 0;
}

int tierscope_cpus_parse(struct tierscope *ts, const char *text,
			 struct tierscope_cpus *ret)
{
	scope_free bool *chosen = calloc(TIERSCOPE_IDS_MAX, sizeof(*chosen));
	scope_free int *ids = calloc(TIERSCOPE_IDS_MAX, sizeof(*ids));
	struct tierscope_ids online;
	size_t n = 0;
	int error;

	if (!chosen || !ids)
		return tierscope_fail(ts, -ENOMEM, "reading a list of CPUs: out of memory");
	error = choose(ts, text, chosen);
	if (error)
		return error;
	error = tierscope_sysfs_read_ids(ts->root, ONLINE, &online);
	if (error)
		return tierscope_fail(ts, error, "cannot read /" ONLINE ": %s",
				      strerror(-error));
	for (int id = 0; id < TIERSCOPE_IDS_MAX; id++) {
		if (!chosen[id])
			continue;
		if (!tierscope_ids_have(&online, (unsigned int)id))
			return tierscope_fail(ts, -ENODEV,
					      "CPU %d is not there or offline (see /" ONLINE ")",
					      id);
		ids[n++] = id;
	}
	*ret = (struct tierscope_cpus){ n, scope_take(ids) };
	return 0;
}

void tierscope_cpus_clear(struct tierscope_cpus *cpus)
{
	free(cpus->ids);
	*cpus = (struct tierscope_cpus){ 0 };
}
