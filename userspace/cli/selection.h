/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which processes a command is about, as process ids that /proc has now. They
 * may have ended by the time somebody looks at them.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

enum selection_by {
	SELECTION_NONE,		/* nothing was asked for */
	SELECTION_PIDS,		/* those, and no other */
	SELECTION_ALL,		/* whatever the caller may see */
	SELECTION_TREE,		/* a process and its descendants */
	SELECTION_USER,		/* by real uid */
	SELECTION_CGROUP,	/* of a cgroup and those below it */
};

/**
 * struct selection - what was asked for
 * @by: decides which of the others counts
 * @n, @pids: given
 * @root: of the tree
 * @uid: real
 * @cgroup: below /sys/fs/cgroup, or a path that begins with it
 */
struct selection {
	enum selection_by by;
	size_t n;
	pid_t *pids;
	pid_t root;
	uid_t uid;
	const char *cgroup;
};

/* A positive process id in decimal digits; 0 or -EINVAL. */
int selection_parse_pid(const char *text, pid_t *ret);

/* A user by name or number. Returns 0, or -ENOENT if nobody has that name. */
int selection_parse_user(const char *text, uid_t *ret);

/**
 * selection_list() - the processes, ascending; not for SELECTION_ALL, which
 *	the module lists itself
 * @ret: free() it
 *
 * A thread that became a child of another process is that one's, and orphans
 * belong to whoever adopted them (init, a subreaper): /proc knows no other
 * parent. Returns 0, -ESRCH (no process @root), -ENOENT (no such cgroup),
 * -ENOTSUP (it has no list of processes: cgroup v1, or a threaded one),
 * -ENOMEM, or -errno of reading /proc.
 */
int selection_list(const struct selection *selection, pid_t **ret,
		   size_t *ret_n);
