// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/session.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <unistd.h>

ssize_t session_pids(pid_t leader, pid_t *pids, size_t max)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	size_t n = 0;

	if (!dir)
		return -errno;
	while (n < max && (entry = readdir(dir))) {
		pid_t pid = 0;

		for (const char *c = entry->d_name; isdigit(*c); c++)
			pid = pid * 10 + (*c - '0');
		if (pid && getsid(pid) == leader)
			pids[n++] = pid;
	}
	closedir(dir);
	return (ssize_t)n;
}
