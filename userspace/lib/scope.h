/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a variable owns is given back when it goes out of scope. Every helper
 * leaves errno alone, so that it may stand between a failure and its return.
 */
#pragma once

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define scope_free	__attribute__((cleanup(scope_free_pointer)))
#define scope_close	__attribute__((cleanup(scope_close_fd)))
#define scope_fclose	__attribute__((cleanup(scope_close_file)))

static inline void scope_free_pointer(void *pointer)
{
	free(*(void **)pointer);
}

static inline void scope_close_fd(int *fd)
{
	int kept = errno;

	if (*fd >= 0)
		close(*fd);
	errno = kept;
}

static inline void scope_close_file(FILE **file)
{
	int kept = errno;

	if (*file)
		fclose(*file);
	errno = kept;
}

/* Hands a pointer over to whoever returns it. */
#define scope_take(pointer)			\
	({					\
		__typeof__(pointer) taken_ = (pointer);	\
		(pointer) = NULL;		\
		taken_;				\
	})
