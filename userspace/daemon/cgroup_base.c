// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <linux/magic.h>

#include "daemon/cgroup.h"
#include "lib/scope.h"

/* Where systemd mounts version 2, alone or beside version 1. */
static const char *const mounts[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };

#define LEAF	"daemon"

static const char *find_mount(void)
{
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		struct statfs fs;

		if (!statfs(mounts[i], &fs) &&
		    (unsigned long)fs.f_type == CGROUP2_SUPER_MAGIC)
			return mounts[i];
	}
	return NULL;
}

/* Our place in the hierarchy, from the "0::" line of /proc/self/cgroup. */
static int own_path(char *path, size_t bytes)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[512];
	int err = -ENOENT;

	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		if (strncmp(line, "0::", 3))
			continue;
		line[strcspn(line, "\n")] = '\0';
		err = (size_t)snprintf(path, bytes, "%s", line + 3) < bytes ?
		      0 : -ENAMETOOLONG;
	}
	fclose(file);
	return err;
}

static int write_at(int dir, const char *name, const char *text)
{
	int fd scope_close = openat(dir, name, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

/* systemd (251 and later) marks what it gives away. */
static bool is_delegated(const char *path)
{
	char value[8];

	return lgetxattr(path, "trusted.delegate", value, sizeof(value)) > 0 ||
	       lgetxattr(path, "user.delegate", value, sizeof(value)) > 0;
}

/* One by one: without memory there is no memory.peak, without cpuset a pin is the
 * processes' own to change, and all else works. Once and for all: as it comes,
 * a cpuset puts every process below it back onto all CPUs. */
static void enable(int dir)
{
	write_at(dir, "cgroup.subtree_control", "+memory");
	write_at(dir, "cgroup.subtree_control", "+cpuset");
}

static int disable(int dir)
{
	int err = write_at(dir, "cgroup.subtree_control", "-memory");

	/* EINVAL: there is none. */
	write_at(dir, "cgroup.subtree_control", "-cpuset");
	return err;
}

static int open_dir(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* The service's cgroup, with ourselves moved into a leaf. Children of runs of
 * an earlier daemon are in leaves of their own. */
static int open_delegated(struct cgroup_base *base, const char *mount,
			  const char *own)
{
	int err;

	snprintf(base->path, sizeof(base->path), "%s%s", mount, own);
	if (!is_delegated(base->path))
		return -EPERM;
	base->fd = open_dir(base->path);
	if (base->fd < 0)
		return -errno;
	err = mkdirat(base->fd, LEAF, 0755) && errno != EEXIST ? -errno : 0;
	if (!err)
		err = write_at(base->fd, LEAF "/cgroup.procs", "0");
	if (err) {
		close(base->fd);
		base->fd = -1;
		return err;
	}
	base->delegated = true;
	return 0;
}

static int open_own(struct cgroup_base *base, const char *mount)
{
	int root scope_close = open_dir(mount);

	if (root < 0)
		return -errno;
	snprintf(base->path, sizeof(base->path), "%s/tierscope", mount);
	if (mkdir(base->path, 0755) && errno != EEXIST)
		return -errno;
	enable(root);
	base->fd = open_dir(base->path);
	return base->fd < 0 ? -errno : 0;
}

void cgroup_base_open(struct cgroup_base *base)
{
	const char *mount = find_mount();
	char own[256];

	*base = CGROUP_BASE_NONE;
	if (!mount || geteuid() || own_path(own, sizeof(own)))
		return;
	if (open_delegated(base, mount, own) && open_own(base, mount)) {
		*base = CGROUP_BASE_NONE;
		return;
	}
	base->next = 1;
	enable(base->fd);
	cgroup_base_sweep(base);
}

void cgroup_base_close(struct cgroup_base *base)
{
	char top[sizeof(base->path) + 32];

	if (base->fd < 0)
		return;
	cgroup_base_sweep(base);
	if (base->delegated) {
		disable(base->fd);
		snprintf(top, sizeof(top), "%s/cgroup.procs", base->path);
		write_at(AT_FDCWD, top, "0");
		unlinkat(base->fd, LEAF, AT_REMOVEDIR);
	} else {
		rmdir(base->path);
	}
	close(base->fd);
	*base = CGROUP_BASE_NONE;
}

int cgroup_base_release(void)
{
	static const char control[] = "/.control";
	struct cgroup_base base = CGROUP_BASE_NONE;
	const char *mount = find_mount();
	char own[256];
	size_t n;
	int err;

	if (!mount || own_path(own, sizeof(own)))
		return -ENOENT;
	n = strlen(own);
	if (n < sizeof(control) ||
	    strcmp(own + n - (sizeof(control) - 1), control))
		return -ENOENT;
	own[n - (sizeof(control) - 1)] = '\0';
	snprintf(base.path, sizeof(base.path), "%s%s", mount, own);
	base.fd = open_dir(base.path);
	if (base.fd < 0)
		return -errno;
	cgroup_base_sweep(&base);
	err = disable(base.fd);
	close(base.fd);
	return err;
}

void cgroup_base_sweep(const struct cgroup_base *base)
{
	struct dirent *entry;
	DIR *dir;
	int fd;

	if (base->fd < 0)
		return;
	fd = openat(base->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(dir)))
		if (!strncmp(entry->d_name, "run-", 4))
			unlinkat(base->fd, entry->d_name, AT_REMOVEDIR);
	closedir(dir);
}
