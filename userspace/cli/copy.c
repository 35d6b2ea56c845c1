/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/scope.h"

#define CHUNK_BYTES (1U << 20)

int copy_begin(const char *path, struct copy *ret)
{
	char *temporary scope_free = NULL;
	struct stat st;
	int fd;

	/* A rename would replace it. */
	if (!stat(path, &st) && !S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EEXIST;
	if (asprintf(&temporary, "%s.XXXXXX", path) < 0) {
		temporary = NULL;
		return -ENOMEM;
	}
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	*ret = (struct copy){
		.path = path,
		.temporary = scope_take(temporary),
		.fd = fd,
	};
	return 0;
}

int copy_finish(struct copy *copy, const char *source)
{
	int from scope_close = open(source, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (from < 0)
		return -errno;
	while ((n = sendfile(copy->fd, from, NULL, CHUNK_BYTES)) > 0)
		;
	if (n < 0 || fsync(copy->fd) < 0 || rename(copy->temporary, copy->path) < 0)
		return -errno;
	free(copy->temporary);
	copy->temporary = NULL;
	return 0;
}

void copy_clear(struct copy *copy)
{
	if (copy->temporary)
		unlink(copy->temporary);
	free(copy->temporary);
	if (copy->fd >= 0)
		close(copy->fd);
}
