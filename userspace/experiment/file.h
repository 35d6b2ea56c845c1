/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that are there whole or not at all.
 */
#pragma once

#include <stddef.h>

/**
 * experiment_file_write() - put a file in place
 *
 * Under another name first, to the disk, then renamed; a reader sees the old or
 * the new one. Returns 0 or -errno, after which nothing of it is left.
 */
int experiment_file_write(const char *path, const char *text, size_t size);

/**
 * experiment_file_read() - all of a file
 * @most: bytes
 * @ret: the caller's to free, with a NUL behind
 * @ret_size: unless NULL, bytes without that NUL
 *
 * Returns 0, -EFBIG, -EISDIR, -ENOMEM or what open(2) and read(2) say.
 */
int experiment_file_read(const char *path, size_t most, char **ret,
			 size_t *ret_size);

/* DIR/NAME and a suffix; free() it. NULL if there is no memory. */
char *experiment_file_path(const char *directory, const char *name,
			   const char *suffix);
