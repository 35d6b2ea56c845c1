// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/archive.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/log.h"
#include "lib/scope.h"
#include "tierscope/bus.h"

static int make_directory(const char *path)
{
	struct stat st;

	if (mkdir(path, 0755) && errno != EEXIST)
		return -errno;
	if (lstat(path, &st))
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	/* Whoever could put links there would have us write through them. */
	if (st.st_uid != geteuid() || st.st_mode & (S_IWGRP | S_IWOTH))
		return -EPERM;
	return 0;
}

/* A name on a bus is not enough: two daemons may be on different ones, and the
 * second would close what the first still writes. */
static int lock_directory(struct archive *archive)
{
	int fd = open(archive->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		err = -errno;
		close(fd);
		return err;
	}
	archive->lock = fd;
	return 0;
}

int archive_open(struct archive *archive, const char *state_dir)
{
	char real[PATH_MAX];
	int err;

	if (mkdir(state_dir, 0755) && errno != EEXIST)
		return -errno;
	if (!realpath(state_dir, real))
		return -errno;
	err = make_directory(real);
	if (err)
		return err;
	if ((size_t)snprintf(archive->path, sizeof(archive->path), "%s/runs",
			     real) >= sizeof(archive->path))
		return -ENAMETOOLONG;
	err = make_directory(archive->path);
	return err ? err : lock_directory(archive);
}

/* UTC to the second, then a number: sorts by time, and is one word. */
static void make_name(char *name, uint64_t utc_ns, unsigned int number)
{
	time_t seconds = (time_t)(utc_ns / NS_PER_SECOND);
	struct tm utc;
	size_t n;

	gmtime_r(&seconds, &utc);
	n = strftime(name, ARCHIVE_NAME_BYTES, "%Y%m%dT%H%M%SZ", &utc);
	snprintf(name + n, ARCHIVE_NAME_BYTES - n, "-%u", number);
}

int archive_create(struct archive *archive, struct store_run *run, char *name,
		   char *path, struct store_writer **ret)
{
	char directory[PATH_MAX - 64];
	int err;

	snprintf(directory, sizeof(directory), "%s/%u", archive->path, run->uid);
	err = make_directory(directory);
	if (err)
		return err;
	run->name = name;
	/* Every clash is a run of this second that an earlier daemon began. */
	do {
		make_name(name, run->start_utc_ns, ++archive->counter);
		snprintf(path, PATH_MAX, "%s/%s%s", directory, name,
			 TIERSCOPE_RUN_SUFFIX);
		err = store_create(path, run, ret);
	} while (err == -EEXIST && archive->counter < 1000000);
	return err;
}

int archive_give(const char *path, uid_t uid, gid_t gid)
{
	int fd scope_close = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (fchmod(fd, 0600))
		return -errno;
	/* An ordinary user's daemon has none but that user's. */
	if (geteuid() == 0 && fchown(fd, uid, gid))
		return -errno;
	return 0;
}

static void recover_file(const char *path, uid_t uid)
{
	struct passwd *entry;
	struct stat st;
	int err;

	/* Given away: finished, and not ours to open any more. */
	if (lstat(path, &st) || !S_ISREG(st.st_mode) || st.st_uid != geteuid())
		return;
	err = store_recover(path);
	if (err == -ENODATA)
		return;		/* no run was in it, and it is gone */
	if (err)
		log_error("cannot recover '%s': %s", path, strerror(-err));
	/* What is damaged stays so. Otherwise (a full disk) the next start has
	 * another try, if the file is still ours. */
	if (err && err != -EBADMSG)
		return;
	entry = getpwuid(uid);
	err = archive_give(path, uid, entry ? entry->pw_gid : (gid_t)uid);
	if (err)
		log_error("cannot give '%s' to user %u: %s", path, uid,
			  strerror(-err));
}

static void recover_user(const char *directory, uid_t uid)
{
	DIR *dir = opendir(directory);
	size_t suffix = strlen(TIERSCOPE_RUN_SUFFIX);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		size_t n = strlen(entry->d_name);
		char path[PATH_MAX];

		if (n <= suffix ||
		    strcmp(entry->d_name + n - suffix, TIERSCOPE_RUN_SUFFIX))
			continue;
		if ((size_t)snprintf(path, sizeof(path), "%s/%s", directory,
				     entry->d_name) < sizeof(path))
			recover_file(path, uid);
	}
	closedir(dir);
}

void archive_recover(const struct archive *archive)
{
	DIR *dir = opendir(archive->path);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		char directory[PATH_MAX], *end;
		unsigned long uid = strtoul(entry->d_name, &end, 10);

		if (end == entry->d_name || *end || uid >= UINT_MAX)
			continue;
		snprintf(directory, sizeof(directory), "%s/%lu", archive->path,
			 uid);
		recover_user(directory, (uid_t)uid);
	}
	closedir(dir);
}
