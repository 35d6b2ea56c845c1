// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/reserve.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The journal is folded in at 1 MiB, and is that large at most beside what one
 * second adds to it. */
#define RESERVE_BYTES	(4 << 20)

int store_reserve_take(const char *path, int *ret)
{
	char *copy = strdup(path);
	int fd, err;

	if (!copy)
		return -ENOMEM;
	fd = open(dirname(copy), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	free(copy);
	/* Blocks for real, or none: writing them would take as long as the
	 * file system that cannot reserve is slow. */
	if (fd >= 0 && fallocate(fd, 0, 0, RESERVE_BYTES)) {
		err = errno;
		close(fd);
		fd = -1;
		if (err == ENOSPC || err == EDQUOT)
			return -ENOSPC;
	}
	*ret = fd;
	return 0;
}

void store_reserve_give_up(int *reserve)
{
	if (*reserve >= 0)
		close(*reserve);
	*reserve = -1;
}
