/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/selection.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "cli/pid_list.h"

int selection_parse_pid(const char *text, pid_t *ret)
{
	long value;

	if (!*text || text[strspn(text, "0123456789")])
		return -EINVAL;
	errno = 0;
	value = strtol(text, NULL, 10);
	if (errno || value < 1 || value > INT_MAX)
		return -EINVAL;
	*ret = (pid_t)value;
	return 0;
}

int selection_parse_user(const char *text, uid_t *ret)
{
	const struct passwd *user = getpwnam(text);
	unsigned long long value;

	if (user) {
		*ret = user->pw_uid;
		return 0;
	}
	if (!*text || text[strspn(text, "0123456789")])
		return -ENOENT;
	errno = 0;
	value = strtoull(text, NULL, 10);
	/* (uid_t)-1 is nobody's. */
	if (errno || value >= UINT_MAX)
		return -ENOENT;
	*ret = (uid_t)value;
	return 0;
}

static int ascending(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return (x > y) - (x < y);
}

static int select_given(const struct selection *selection, struct pid_list *ret)
{
	int r = 0;

	for (size_t i = 0; !r && i < selection->n; i++)
		r = pid_list_add(ret, selection->pids[i]);
	return r;
}

int selection_list(const struct selection *selection, pid_t **ret,
		   size_t *ret_n)
{
	struct pid_list list = { 0 };
	int r = -EINVAL;

	switch (selection->by) {
	case SELECTION_NONE:
	case SELECTION_ALL:
		break;
	case SELECTION_PIDS:
		r = select_given(selection, &list);
		break;
	case SELECTION_TREE:
		r = pid_list_add_tree(&list, selection->root);
		break;
	case SELECTION_USER:
		r = pid_list_add_user(&list, selection->uid);
		break;
	case SELECTION_CGROUP:
		r = pid_list_add_cgroup(&list, selection->cgroup);
		break;
	}
	if (r) {
		free(list.pids);
		return r;
	}
	/* Given ones are shown in the order in which they were given. */
	if (list.n && selection->by != SELECTION_PIDS)
		qsort(list.pids, list.n, sizeof(*list.pids), ascending);
	*ret = list.pids;
	*ret_n = list.n;
	return 0;
}
