// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "context.h"

int tierscope_new(const char *sysfs_root, struct tierscope **ret)
{
	struct tierscope *ts;

	ts = calloc(1, sizeof(*ts));
	if (!ts)
		return -ENOMEM;
	ts->root = open(sysfs_root ? sysfs_root : "/",
			O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (ts->root < 0) {
		int error = -errno;

		free(ts);
		return error;
	}
	ts->live = !sysfs_root;
	*ret = ts;
	return 0;
}

void tierscope_free(struct tierscope *ts)
{
	if (!ts)
		return;
	tierscope_link_close(ts->link);
	close(ts->root);
	free(ts->config);
	free(ts);
}

const char *tierscope_error(const struct tierscope *ts)
{
	return ts->sentence;
}

int tierscope_fail(struct tierscope *ts, int error, const char *format, ...)
{
	va_list arguments;

	if (!ts)
		return error;
	va_start(arguments, format);
	vsnprintf(ts->sentence, sizeof(ts->sentence), format, arguments);
	va_end(arguments);
	return error;
}
