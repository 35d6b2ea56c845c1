// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/note.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void note_add(struct note *note, const char *format, ...)
{
	size_t n = strlen(note->text);
	va_list args;

	if (n)
		n += (size_t)snprintf(note->text + n, sizeof(note->text) - n, "; ");
	if (n >= sizeof(note->text))
		return;
	va_start(args, format);
	vsnprintf(note->text + n, sizeof(note->text) - n, format, args);
	va_end(args);
}
