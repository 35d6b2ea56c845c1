/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/pid_list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/scope.h"

#define CGROUPS "/sys/fs/cgroup"

static int read_procs(int cgroup, struct pid_list *ret)
{
	FILE *file;
	int fd, pid, r = 0;

	fd = openat(cgroup, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	file = fd < 0 ? NULL : fdopen(fd, "r");
	if (!file) {
		r = -errno;
		if (fd >= 0)
			close(fd);
		return r == -ENOENT ? -ENOTSUP : r;
	}
	/* 0 is a process of another pid namespace. */
	while (!r && fscanf(file, "%d", &pid) == 1)
		if (pid > 0)
			r = pid_list_add(ret, pid);
	if (!r && ferror(file))
		r = -ENOTSUP;	/* EOPNOTSUPP: a threaded cgroup */
	fclose(file);
	return r;
}

/* Takes @fd. A cgroup that goes away meanwhile has no processes any more. */
static int select_below(int fd, struct pid_list *ret)
{
	DIR *cgroup = fdopendir(fd);
	struct dirent *entry;
	int child, r;

	if (!cgroup) {
		r = -errno;
		close(fd);
		return r;
	}
	r = read_procs(fd, ret);
	while (!r && (entry = readdir(cgroup))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		child = openat(fd, entry->d_name,
			       O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (child < 0)
			continue;
		r = select_below(child, ret);
		if (r == -ENODEV || r == -ENOTSUP)
			r = 0;
	}
	closedir(cgroup);
	return r;
}

int pid_list_add_cgroup(struct pid_list *ret, const char *name)
{
	char *path scope_free = NULL;
	size_t prefix = strlen(CGROUPS);
	int fd;

	if (!strncmp(name, CGROUPS, prefix) &&
	    (!name[prefix] || name[prefix] == '/'))
		name += prefix;
	if (asprintf(&path, CGROUPS "/%s", name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : select_below(fd, ret);
}
