/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cgroup_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "lib/scope.h"

/* Where systemd mounts version 2, alone or beside version 1. */
static int open_root(void)
{
	static const char *const mounts[] = {
		"/sys/fs/cgroup", "/sys/fs/cgroup/unified",
	};
	struct statfs fs;

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++)
		if (!statfs(mounts[i], &fs) &&
		    (unsigned long)fs.f_type == CGROUP2_SUPER_MAGIC)
			return open(mounts[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
	errno = ENOENT;
	return -1;
}

int cgroup_open(const char *group, const char *name, int flags)
{
	int root scope_close = open_root(), fd;
	char *path scope_free = NULL;

	if (root < 0)
		return -errno;
	if (asprintf(&path, ".%s/%s", group, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = openat(root, path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int cgroup_write(const char *group, const char *name, const char *text)
{
	int fd scope_close = cgroup_open(group, name, O_WRONLY);

	if (fd < 0)
		return fd;
	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

int cgroup_read(const char *group, const char *name, char *text, size_t size)
{
	int fd scope_close = cgroup_open(group, name, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read(fd, text, size - 1);
	if (n < 0)
		return -errno;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return 0;
}

int cgroup_open_dir(const char *group)
{
	return cgroup_open(group, ".", O_RDONLY | O_DIRECTORY);
}
