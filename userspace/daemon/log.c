// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/log.h"

#include <stdarg.h>
#include <stdio.h>

void log_error(const char *format, ...)
{
	va_list args;

	fputs("tierscoped: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}
