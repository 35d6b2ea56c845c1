/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Process ids, as many as come; and where a selection takes them from.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

struct pid_list {
	size_t n, room;
	pid_t *pids;		/* free() them */
};

/* 0 or -ENOMEM. */
int pid_list_add(struct pid_list *list, pid_t pid);

/* What selection_list() says of each, added to @ret in any order. */
int pid_list_add_tree(struct pid_list *ret, pid_t root);
int pid_list_add_user(struct pid_list *ret, uid_t uid);
int pid_list_add_cgroup(struct pid_list *ret, const char *name);
