// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/note.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "daemon/utf8.h"

void note_add(struct note *note, const char *format, ...)
{
	char text[2 * sizeof(note->text)];
	size_t n = strlen(note->text);
	va_list args;

	if (n)
		n += (size_t)snprintf(note->text + n, sizeof(note->text) - n, "; ");
	if (n >= sizeof(note->text))
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	snprintf(note->text + n, sizeof(note->text) - n, "%.*s",
		 (int)utf8_within(text, sizeof(note->text) - n - 1), text);
}
