// SPDX-License-Identifier: GPL-2.0-or-later
#include "experiment/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/scope.h"

/* Room to begin with; it is doubled. */
#define READ_BYTES 4096

static int write_all(int fd, const char *text, size_t size)
{
	while (size) {
		ssize_t n = write(fd, text, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		size -= (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

/* The name is on the disk too. Where directories cannot be synced there is
 * nothing more to do. */
static void sync_directory(const char *path)
{
	char *copy scope_free = strdup(path);
	int fd scope_close = -1;

	if (!copy)
		return;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		fsync(fd);
}

int experiment_file_write(const char *path, const char *text, size_t size)
{
	char *temporary scope_free = NULL;
	int fd, r;

	if (asprintf(&temporary, "%s.XXXXXX", path) < 0) {
		temporary = NULL;
		return -ENOMEM;
	}
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = write_all(fd, text, size);
	if (close(fd) < 0 && !r)
		r = -errno;
	if (!r && rename(temporary, path) < 0)
		r = -errno;
	if (r < 0)
		unlink(temporary);
	else
		sync_directory(path);
	return r;
}

int experiment_file_read(const char *path, size_t most, char **ret,
			 size_t *ret_size)
{
	int fd scope_close = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char *text scope_free = NULL;
	size_t size = 0, room = 0;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	/* What is read may grow meanwhile, or be a pipe, and have no size. */
	do {
		if (room < size + 2) {
			char *grown;

			room = room ? 2 * room : READ_BYTES;
			grown = realloc(text, room);
			if (!grown)
				return -ENOMEM;
			text = grown;
		}
		n = read(fd, text + size, room - 1 - size);
		if (n < 0)
			return -errno;
		size += (size_t)n;
		if (size > most)
			return -EFBIG;
	} while (n);
	text[size] = '\0';
	if (ret_size)
		*ret_size = size;
	*ret = scope_take(text);
	return 0;
}

char *experiment_file_path(const char *directory, const char *name,
			   const char *suffix)
{
	char *path;

	return asprintf(&path, "%s/%s%s", directory, name, suffix) < 0 ? NULL : path;
}
