/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/duration.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static const struct {
	const char *suffix;
	uint64_t ns;
} units[] = {
	{ "", 1000000000 },
	{ "ns", 1 },
	{ "us", 1000 },
	{ "ms", 1000000 },
	{ "s", 1000000000 },
	{ "m", 60000000000 },
	{ "h", 3600000000000 },
};

static int unit_of(const char *suffix, uint64_t *ret)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!strcmp(suffix, units[i].suffix)) {
			*ret = units[i].ns;
			return 0;
		}
	}
	return -EINVAL;
}

/* Independent of the locale, unlike isdigit(). */
static size_t digits(const char *text)
{
	return strspn(text, "0123456789");
}

int cli_duration(const char *text, uint64_t *ret_ns)
{
	size_t n = digits(text), n_fraction = 0;
	unsigned __int128 mantissa = 0, scale = 1;
	uint64_t unit;

	/* 2^64 has 20 digits, and nine more still fit 128 bits. */
	if (!n)
		return -EINVAL;
	if (n > 20)
		return -ERANGE;
	for (size_t i = 0; i < n; i++)
		mantissa = mantissa * 10 + (unsigned int)(text[i] - '0');
	text += n;
	if (*text == '.') {
		n_fraction = digits(++text);
		if (!n_fraction || n_fraction > 9)
			return -EINVAL;
		for (size_t i = 0; i < n_fraction; i++) {
			mantissa = mantissa * 10 + (unsigned int)(text[i] - '0');
			scale *= 10;
		}
		text += n_fraction;
	}
	if (unit_of(text, &unit) < 0)
		return -EINVAL;
	/* Before the product: 10^29 hours would not fit 128 bits. */
	if (mantissa / scale > UINT64_MAX / unit)
		return -ERANGE;
	mantissa = mantissa * unit / scale;
	if (mantissa > UINT64_MAX)
		return -ERANGE;
	*ret_ns = (uint64_t)mantissa;
	return 0;
}
