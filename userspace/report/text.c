/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/text.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* RFC 3629: bytes of the character at @s, 0 if it is none. Overlong forms,
 * surrogates and what lies above U+10FFFF are none. */
static size_t character(const unsigned char *s, uint32_t *ret_code)
{
	static const uint32_t lowest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t code;
	size_t n;

	if (s[0] < 0x80) {
		*ret_code = s[0];
		return 1;
	}
	if ((s[0] & 0xe0) == 0xc0)
		n = 2;
	else if ((s[0] & 0xf0) == 0xe0)
		n = 3;
	else if ((s[0] & 0xf8) == 0xf0)
		n = 4;
	else
		return 0;
	code = s[0] & (0xff >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	if (code < lowest[n] || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret_code = code;
	return n;
}

static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

static int clean(const char *text, bool printable, char **ret)
{
	static const char replacement[] = "\xef\xbf\xbd";
	const unsigned char *s = (const unsigned char *)text;
	char *out, *p;

	/* The replacement is three bytes for one. */
	p = out = malloc(3 * strlen(text) + 1);
	if (!out)
		return -ENOMEM;
	while (*s) {
		uint32_t code;
		size_t n = character(s, &code);

		if (!n) {
			p = stpcpy(p, replacement);
			s++;
		} else if (printable && is_control(code)) {
			*p++ = '?';
			s += n;
		} else {
			p = mempcpy(p, s, n);
			s += n;
		}
	}
	*p = '\0';
	*ret = out;
	return 0;
}

int report_text_utf8(const char *text, char **ret)
{
	return clean(text, false, ret);
}

int report_text_printable(const char *text, char **ret)
{
	return clean(text, true, ret);
}

bool report_text_for_bus(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	while (*s) {
		uint32_t code;
		size_t n = character(s, &code);

		if (!n || (code >= 0xfdd0 && code <= 0xfdef) ||
		    (code & 0xfffe) == 0xfffe)
			return false;
		s += n;
	}
	return true;
}

void report_text_trim(char *text)
{
	size_t start = strlen(text);
	uint32_t code;

	while (start && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
		start--;
	if (start && !character((unsigned char *)text + start - 1, &code))
		text[start - 1] = '\0';
}

size_t report_text_width(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		if (((unsigned char)*text & 0xc0) != 0x80)
			width++;
	return width;
}
