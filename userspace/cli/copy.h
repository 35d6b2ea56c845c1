/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file that is put in place as a whole, or not at all.
 */
#pragma once

/**
 * struct copy - a destination that was found writable beforehand
 * @path: where the file shall be
 * @temporary: beside it, until then
 * @fd: of the temporary file
 */
struct copy {
	const char *path;
	char *temporary;
	int fd;
};

#define COPY_NONE { .fd = -1 }

/* Makes the temporary file, mode 0600. Returns 0, -ENOMEM or -errno. */
int copy_begin(const char *path, struct copy *ret);
/* Fills it from @source and renames it. Returns 0 or -errno. */
int copy_finish(struct copy *copy, const char *source);
/* Removes the temporary file if there still is one. */
void copy_clear(struct copy *copy);
