/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cpuset.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cgroup_file.h"
#include "cli/process.h"
#include "lib/scope.h"

#define PREFIX "tierscope-pin-"

__attribute__((format(printf, 3, 4)))
static int failed(struct cpuset *cpuset, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(cpuset->why, sizeof(cpuset->why), format, args);
	va_end(args);
	return error;
}

/* Ours whose process has ended; one that has a process cannot be removed. */
static void remove_abandoned(int parent)
{
	int fd = fcntl(parent, F_DUPFD_CLOEXEC, 0);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(dir)))
		if (!strncmp(entry->d_name, PREFIX, strlen(PREFIX)))
			unlinkat(parent, entry->d_name, AT_REMOVEDIR);
	closedir(dir);
}

static int make_group(const char *parent, const char *group)
{
	int fd scope_close = cgroup_open_dir(parent);

	if (fd < 0)
		return fd;
	remove_abandoned(fd);
	return mkdirat(fd, strrchr(group, '/') + 1, 0755) ? -errno : 0;
}

static void remove_group(const char *parent, const char *group)
{
	int fd scope_close = cgroup_open_dir(parent);

	if (fd >= 0)
		unlinkat(fd, strrchr(group, '/') + 1, AT_REMOVEDIR);
}

/* ---- which cgroup ------------------------------------------------------------ */

static char *cgroup_of(pid_t pid)
{
	FILE *file scope_fclose = NULL;
	char line[4096];

	snprintf(line, sizeof(line), "/proc/%d/cgroup", pid);
	file = fopen(line, "re");
	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, "0::", 3))
			continue;
		line[strcspn(line, "\n")] = '\0';
		return strdup(strcmp(line, "0::/") ? line + 3 : "");
	}
	return NULL;
}

/* The cgroup that ours are made below: not in another one of ours. */
static char *above(const char *cgroup)
{
	const char *slash = strrchr(cgroup, '/');
	bool ours = slash && !strncmp(slash + 1, PREFIX, strlen(PREFIX));

	return ours ? strndup(cgroup, (size_t)(slash - cgroup)) : strdup(cgroup);
}

static bool has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at += n)
		if ((at == text || at[-1] == ' ') && (!at[n] || at[n] == ' '))
			return true;
	return false;
}

int cpuset_prepare(pid_t pid, struct cpuset *ret)
{
	char *parent scope_free = NULL;
	char text[4096];
	int r;

	*ret = (struct cpuset){ .cgroup = cgroup_of(pid) };
	if (!ret->cgroup)
		return failed(ret, -ENOENT, "there is no cgroup v2");
	parent = above(ret->cgroup);
	if (!parent)
		return failed(ret, -ENOMEM, "out of memory");
	r = cgroup_read(parent, "cgroup.controllers", text, sizeof(text));
	if (r < 0)
		return failed(ret, r, "cgroup '%s/' cannot be read: %s", parent,
			      strerror(-r));
	if (!has_word(text, "cpuset"))
		return failed(ret, -ENOTSUP, "cgroup '%s/' has no cpuset controller",
			      parent);
	if (asprintf(&ret->group, "%s/" PREFIX "%d", parent, pid) < 0) {
		ret->group = NULL;
		return failed(ret, -ENOMEM, "out of memory");
	}
	if (strcmp(ret->group, ret->cgroup))
		return 0;
	r = cgroup_read(ret->group, "cpuset.mems", text, sizeof(text));
	ret->mems = r < 0 ? NULL : strdup(text);
	return ret->mems ? 0 : failed(ret, r < 0 ? r : -ENOMEM,
				      "cgroup '%s' cannot be read: %s",
				      ret->group, strerror(r < 0 ? -r : ENOMEM));
}

void cpuset_clear(struct cpuset *cpuset)
{
	free(cpuset->cgroup);
	free(cpuset->group);
	free(cpuset->mems);
	*cpuset = (struct cpuset){ 0 };
}

/* ---- in and out ---------------------------------------------------------------- */

static int join(struct cpuset *cpuset, const char *group, pid_t pid)
{
	char text[16];
	int r;

	snprintf(text, sizeof(text), "%d", pid);
	r = cgroup_write(group, "cgroup.procs", text);
	return r < 0 ? failed(cpuset, r, "process %d cannot be put into cgroup '%s/': %s",
			      pid, group, strerror(-r)) : 0;
}

static int set_up(struct cpuset *cpuset, const char *parent, pid_t pid)
{
	const char *what = "made";
	int r = make_group(parent, cpuset->group);

	if (!r) {
		what = "threaded";
		r = cgroup_write(cpuset->group, "cgroup.type", "threaded");
	}
	if (!r) {
		what = "a cpuset";
		r = cgroup_write(parent, "cgroup.subtree_control", "+cpuset");
	}
	if (r < 0)
		return failed(cpuset, r, "cgroup '%s' cannot be %s: %s",
			      cpuset->group, what, strerror(-r));
	return join(cpuset, cpuset->group, pid);
}

int cpuset_enter(pid_t pid, struct cpuset *cpuset)
{
	char *parent scope_free = above(cpuset->group);
	int r;

	if (!parent)
		return failed(cpuset, -ENOMEM, "out of memory");
	if (cpuset->mems)
		return cpuset_widen(pid, cpuset);
	r = set_up(cpuset, parent, pid);
	if (r < 0)
		remove_group(parent, cpuset->group);
	return r;
}

int cpuset_narrow(struct cpuset *cpuset, const char *nodes)
{
	int r = cgroup_write(cpuset->group, "cpuset.mems", nodes);

	return r < 0 ? failed(cpuset, r, "cgroup '%s' cannot have nodes %s: %s",
			      cpuset->group, nodes, strerror(-r)) : 0;
}

static bool is_in(pid_t pid, const char *group)
{
	char *now scope_free = cgroup_of(pid);

	return now && group && !strcmp(now, group);
}

int cpuset_widen(pid_t pid, struct cpuset *cpuset)
{
	char *parent scope_free = NULL;
	char all[4096];
	int r;

	if (!is_in(pid, cpuset->group))
		return 0;
	parent = above(cpuset->group);
	r = parent ? cgroup_read(parent, "cpuset.mems.effective", all, sizeof(all)) :
		     -ENOMEM;
	if (r < 0)
		return failed(cpuset, r, "cgroup '%s/' does not say its nodes: %s",
			      parent ? parent : "", strerror(-r));
	return cpuset_narrow(cpuset, all);
}

/* Children that were born in it go along. */
static int empty(struct cpuset *cpuset)
{
	int fd scope_close = cgroup_open(cpuset->group, "cgroup.threads", O_RDONLY);
	FILE *file scope_fclose = NULL;
	char line[32], leader[32];
	int r = 0;

	if (fd < 0)
		return fd;
	file = fdopen(fd, "r");
	if (!file)
		return -errno;
	fd = -1;
	while (!r && fgets(line, sizeof(line), file))
		if (!process_status(atoi(line), "Tgid", leader, sizeof(leader)))
			r = join(cpuset, cpuset->cgroup, atoi(leader));
	return r == -ESRCH ? 0 : r;
}

int cpuset_restore(pid_t pid, struct cpuset *cpuset)
{
	char *parent scope_free = above(cpuset->group);
	int r;

	if (!parent)
		return failed(cpuset, -ENOMEM, "out of memory");
	if (!is_in(pid, cpuset->group)) {
		remove_group(parent, cpuset->group);
		return 0;
	}
	/* One that has a process must keep saying something. */
	if (cpuset->mems)
		return *cpuset->mems ? cpuset_narrow(cpuset, cpuset->mems) :
				       cpuset_widen(pid, cpuset);
	r = join(cpuset, cpuset->cgroup, pid);
	if (!r)
		r = empty(cpuset);
	if (!r)
		remove_group(parent, cpuset->group);
	return r;
}

int cpuset_granted(pid_t pid, char *nodes, size_t size)
{
	char *cgroup scope_free = cgroup_of(pid);
	char *parent scope_free = cgroup ? above(cgroup) : NULL;

	return parent && strcmp(parent, cgroup) ?
	       cgroup_read(parent, "cpuset.mems.effective", nodes, size) : -ENOENT;
}
