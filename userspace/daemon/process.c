// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/scope.h"

static FILE *open_proc(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return fopen(path, "re");
}

/* Lines of process_read(), a bit each. */
enum {
	SAW_UID = 1, SAW_GID = 2, SAW_GROUPS = 4, SAW_UMASK = 8,
	SAW_PERMITTED = 16, SAW_BOUNDING = 32, SAW_ALL = 63,
};

static int read_groups(const char *text, struct process *process)
{
	char *end;

	for (process->n_groups = 0;; text = end) {
		unsigned long gid = strtoul(text, &end, 10);

		if (end == text)
			return 0;
		if (process->n_groups == PROCESS_GROUPS_MAX)
			return -E2BIG;
		process->groups[process->n_groups++] = (gid_t)gid;
	}
}

static int read_line(const char *line, struct process *p, unsigned int *saw)
{
	unsigned int flag;

	if (sscanf(line, "Uid: %u %u %u %u", &p->uids[0], &p->uids[1],
		   &p->uids[2], &p->uids[3]) == 4)
		*saw |= SAW_UID;
	else if (sscanf(line, "Gid: %u %u %u %u", &p->gids[0], &p->gids[1],
			&p->gids[2], &p->gids[3]) == 4)
		*saw |= SAW_GID;
	else if (sscanf(line, "Umask: %o", &p->umask) == 1)
		*saw |= SAW_UMASK;
	else if (sscanf(line, "CapPrm: %lx", &p->cap_permitted) == 1)
		*saw |= SAW_PERMITTED;
	else if (sscanf(line, "CapBnd: %lx", &p->cap_bounding) == 1)
		*saw |= SAW_BOUNDING;
	else if (sscanf(line, "NoNewPrivs: %u", &flag) == 1)
		p->no_new_privs = flag;
	else if (sscanf(line, "Seccomp: %u", &flag) == 1)
		p->seccomp = flag;
	else if (sscanf(line, "Seccomp_filters: %u", &flag) == 1)
		p->n_filters = flag;
	else if (!strncmp(line, "Groups:", 7)) {
		*saw |= SAW_GROUPS;
		return read_groups(line + 7, p);
	}
	return 0;
}

int process_read(pid_t pid, struct process *ret)
{
	FILE *file scope_fclose = open_proc(pid, "status");
	struct process process = { 0 };
	char *line scope_free = NULL;
	unsigned int saw = 0;
	size_t size = 0;

	if (!file)
		return errno == ENOENT ? -ESRCH : -errno;
	while (getline(&line, &size, file) > 0) {
		int err = read_line(line, &process, &saw);

		if (err)
			return err;
	}
	if (ferror(file))
		return -ESRCH;
	if (saw != SAW_ALL)
		return -EBADMSG;
	*ret = process;
	return 0;
}

int process_same_namespace(pid_t pid, const char *name)
{
	struct stat ours, theirs;
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	if (stat(path, &ours))
		return errno == ENOENT ? 1 : -errno;	/* the kernel has none */
	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, name);
	if (stat(path, &theirs))
		return -errno;
	return ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

int process_same_root(pid_t pid)
{
	/* With the mount: a bind mount of / may leave things out. */
	const unsigned int mask = STATX_INO | STATX_MNT_ID;
	struct statx ours, theirs;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/root/.", (int)pid);
	if (statx(AT_FDCWD, "/", 0, mask, &ours) ||
	    statx(AT_FDCWD, path, 0, mask, &theirs))
		return -errno;
	return ours.stx_dev_major == theirs.stx_dev_major &&
	       ours.stx_dev_minor == theirs.stx_dev_minor &&
	       ours.stx_ino == theirs.stx_ino &&
	       ours.stx_mnt_id == theirs.stx_mnt_id;
}

/* The label without its end; "" if there is no security module. */
static void read_label(FILE *file, char *label, size_t bytes)
{
	if (!file || !fgets(label, (int)bytes, file))
		label[0] = '\0';
	label[strcspn(label, "\n")] = '\0';
}

int process_confined(pid_t pid)
{
	FILE *theirs scope_fclose = open_proc(pid, "attr/current");
	FILE *ours scope_fclose = fopen("/proc/self/attr/current", "re");
	char label[512], own[512];

	read_label(theirs, label, sizeof(label));
	read_label(ours, own, sizeof(own));
	/* As AppArmor and SELinux write it. */
	return label[0] && strcmp(label, own) && strcmp(label, "unconfined") &&
	       !strstr(label, ":unconfined_t:");
}

bool process_alive(int pidfd)
{
	struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };

	return poll(&poll_fd, 1, 0) == 0;
}
