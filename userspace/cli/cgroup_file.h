/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of cgroups (version 2). A cgroup is named from the root of the
 * hierarchy: "" is the root, others begin with a slash.
 */
#pragma once

#include <stddef.h>

/* A descriptor, or -errno: -ENOENT also without cgroups. */
int cgroup_open(const char *group, const char *name, int flags);
int cgroup_open_dir(const char *group);

/* Return 0 or -errno. Of what is read the first line. */
int cgroup_write(const char *group, const char *name, const char *text);
int cgroup_read(const char *group, const char *name, char *text, size_t size);
