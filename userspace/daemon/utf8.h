/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cutting text: a bus disconnects who sends it half a character. */
#pragma once

#include <stddef.h>

/* The bytes of the first characters of @text that fit into @max bytes. */
static inline size_t utf8_within(const char *text, size_t max)
{
	size_t n = 0;

	while (n < max && text[n])
		n++;
	/* 10xxxxxx goes on with a character: RFC 3629, section 3. */
	if (text[n])
		while (n && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
	return n;
}

/* What a sentence shows of a text that may be long, for "%.*s". */
#define UTF8_SHOWN_BYTES	64
#define UTF8_SHOWN(text)	(int)utf8_within(text, UTF8_SHOWN_BYTES), text
