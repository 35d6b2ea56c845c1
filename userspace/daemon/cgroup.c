// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/scope.h"

static FILE *open_at(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	FILE *file;

	if (fd < 0)
		return NULL;
	file = fdopen(fd, "r");
	if (!file)
		close(fd);
	return file;
}

int cgroup_make(struct cgroup_base *base, struct cgroup *ret)
{
	struct cgroup cgroup = CGROUP_NONE;
	int err;

	if (base->fd < 0)
		return -ENODEV;
	/* Names of an earlier daemon may still be in use. */
	do {
		snprintf(cgroup.name, sizeof(cgroup.name), "run-%lu",
			 base->next++);
		err = mkdirat(base->fd, cgroup.name, 0755) ? -errno : 0;
	} while (err == -EEXIST);
	if (err)
		return err;
	cgroup.fd = openat(base->fd, cgroup.name,
			   O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cgroup.fd < 0) {
		err = -errno;
		unlinkat(base->fd, cgroup.name, AT_REMOVEDIR);
		return err;
	}
	*ret = cgroup;
	return 0;
}

int cgroup_enter(const struct cgroup *cgroup, pid_t pid)
{
	int fd scope_close = openat(cgroup->fd, "cgroup.procs",
				    O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return dprintf(fd, "%d", (int)pid) < 0 ? -errno : 0;
}

void cgroup_leave(const struct cgroup_base *base, struct cgroup *cgroup)
{
	if (cgroup->fd >= 0) {
		close(cgroup->fd);
		unlinkat(base->fd, cgroup->name, AT_REMOVEDIR);
	}
	*cgroup = CGROUP_NONE;
}

int cgroup_peak_bytes(const struct cgroup *cgroup, uint64_t *ret)
{
	FILE *file scope_fclose = cgroup->fd < 0 ? NULL :
		open_at(cgroup->fd, "memory.peak");

	if (!file)
		return -ENOENT;
	return fscanf(file, "%lu", ret) == 1 ? 0 : -EIO;
}

int cgroup_cpu_ns(const struct cgroup *cgroup, uint64_t *ret_user,
		  uint64_t *ret_system)
{
	FILE *file scope_fclose = cgroup->fd < 0 ? NULL :
		open_at(cgroup->fd, "cpu.stat");
	uint64_t user = 0, system = 0, value;
	unsigned int found = 0;
	char key[32];

	if (!file)
		return -ENOENT;
	while (fscanf(file, "%31s %lu", key, &value) == 2) {
		if (!strcmp(key, "user_usec")) {
			user = value * 1000;
			found |= 1;
		} else if (!strcmp(key, "system_usec")) {
			system = value * 1000;
			found |= 2;
		}
	}
	if (found != 3)
		return -ENOENT;
	*ret_user = user;
	*ret_system = system;
	return 0;
}

ssize_t cgroup_pids(const struct cgroup *cgroup, pid_t *pids, size_t max)
{
	FILE *file scope_fclose =
		open_at(cgroup->fd, "cgroup.procs");
	size_t n = 0;
	int pid;

	if (!file)
		return -errno;
	/* 0 is a process outside of our pid namespace. */
	while (n < max && fscanf(file, "%d", &pid) == 1)
		if (pid > 0)
			pids[n++] = pid;
	return (ssize_t)n;
}
