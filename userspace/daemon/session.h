/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/* The processes of the session that @leader leads or led, from /proc, at most
 * @max; how many, or -errno. Orphans stay in their session, unlike in their
 * parent's list of children. */
ssize_t session_pids(pid_t leader, pid_t *pids, size_t max);
