/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/pid_list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/selection.h"
#include "lib/scope.h"

/* What /proc says of one process. */
struct process {
	pid_t pid;
	pid_t parent;
	bool in;
};

/* A file of /proc/PID, cut at @size; false if the process has gone. */
static bool read_file(int proc, pid_t pid, const char *name, char *text,
		      size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%d/%s", pid, name);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, size - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	return true;
}

/* proc(5): the name is in parentheses and may hold any character. */
static bool read_parent(int proc, pid_t pid, pid_t *ret)
{
	char text[512];
	const char *end;

	if (!read_file(proc, pid, "stat", text, sizeof(text)))
		return false;
	end = strrchr(text, ')');
	return end && sscanf(end + 1, " %*c %d", ret) == 1;
}

static bool read_uid(int proc, pid_t pid, uid_t *ret)
{
	char text[1024];
	const char *line;

	if (!read_file(proc, pid, "status", text, sizeof(text)))
		return false;
	line = strstr(text, "\nUid:");
	return line && sscanf(line, "\nUid: %u", ret) == 1;
}

/* Every process that /proc shows, as it comes. */
static int read_all(DIR *proc, struct pid_list *ret)
{
	struct dirent *entry;
	pid_t pid;
	int r = 0;

	while (!r) {
		errno = 0;
		entry = readdir(proc);
		if (!entry)
			return -errno;
		if (!selection_parse_pid(entry->d_name, &pid))
			r = pid_list_add(ret, pid);
	}
	return r;
}

static int select_user(DIR *proc, struct pid_list *ret, uid_t wanted)
{
	struct pid_list all = { 0 };
	uid_t uid;
	int r;

	r = read_all(proc, &all);
	for (size_t i = 0; !r && i < all.n; i++)
		if (read_uid(dirfd(proc), all.pids[i], &uid) && uid == wanted)
			r = pid_list_add(ret, all.pids[i]);
	free(all.pids);
	return r;
}

static int by_pid(const void *a, const void *b)
{
	const struct process *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static bool parent_is_in(const struct process *processes, size_t n,
			 const struct process *child)
{
	const struct process key = { .pid = child->parent };
	const struct process *parent =
		bsearch(&key, processes, n, sizeof(*processes), by_pid);

	return parent && parent->in;
}

/* A child may have a lower number than its parent, so go on until nothing is
 * added: at most as often as the tree is deep. */
static void spread(struct process *processes, size_t n)
{
	bool added = true;

	while (added) {
		added = false;
		for (size_t i = 0; i < n; i++) {
			if (processes[i].in ||
			    !parent_is_in(processes, n, &processes[i]))
				continue;
			processes[i].in = true;
			added = true;
		}
	}
}

static int select_tree(DIR *proc, struct pid_list *ret, pid_t root)
{
	struct process *processes scope_free = NULL;
	struct pid_list all = { 0 };
	size_t n = 0;
	bool found = false;
	int r;

	r = read_all(proc, &all);
	if (!r && all.n) {
		processes = calloc(all.n, sizeof(*processes));
		if (!processes)
			r = -ENOMEM;
	}
	for (size_t i = 0; !r && i < all.n; i++) {
		struct process *at = &processes[n];

		at->pid = all.pids[i];
		if (!read_parent(dirfd(proc), at->pid, &at->parent))
			continue;
		at->in = at->pid == root;
		found |= at->in;
		n++;
	}
	free(all.pids);
	if (r)
		return r;
	if (!found)
		return -ESRCH;
	qsort(processes, n, sizeof(*processes), by_pid);
	spread(processes, n);
	for (size_t i = 0; !r && i < n; i++)
		if (processes[i].in)
			r = pid_list_add(ret, processes[i].pid);
	return r;
}

int pid_list_add_tree(struct pid_list *ret, pid_t root)
{
	DIR *proc = opendir("/proc");
	int r;

	if (!proc)
		return -errno;
	r = select_tree(proc, ret, root);
	closedir(proc);
	return r;
}

int pid_list_add_user(struct pid_list *ret, uid_t uid)
{
	DIR *proc = opendir("/proc");
	int r;

	if (!proc)
		return -errno;
	r = select_user(proc, ret, uid);
	closedir(proc);
	return r;
}
