/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_COMPAT_FILE_H
#define TIERSCOPE_COMPAT_FILE_H

#include <linux/dcache.h>
#include <linux/fs.h>

/*
 * The path of a mapped file as /proc/PID/maps has it, in @buffer, or an error
 * pointer. On overlayfs what is mapped is the file below. Kernels that have
 * file_user_path() leave it its own path, the others give it that of the file
 * above.
 */
static inline const char *tierscope_file_user_path(struct file *file,
						   char *buffer, int size)
{
#ifdef TIERSCOPE_HAVE_FILE_USER_PATH
	return d_path(file_user_path(file), buffer, size);
#else
	return file_path(file, buffer, size);
#endif
}

#endif /* TIERSCOPE_COMPAT_FILE_H */
