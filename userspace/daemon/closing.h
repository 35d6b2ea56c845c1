/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Run files that are written but cannot be closed yet, because somebody has them
 * open: tried again until they are, then given to their owner. */
#pragma once

#include <sys/types.h>

#include "daemon/daemon.h"

/* -errno if there is no room to remember it. */
int closing_later(struct daemon *daemon, const char *path, uid_t uid, gid_t gid);

/* Forgets them: the next start closes them. */
void closing_stop(struct daemon *daemon);
