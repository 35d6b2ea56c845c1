// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/argument.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int append_digit(uint64_t *value, unsigned int digit)
{
	if (__builtin_mul_overflow(*value, 10, value) ||
	    __builtin_add_overflow(*value, digit, value))
		return -ERANGE;
	return 0;
}

/* Digits from @text on; @ret_end is what follows them. */
static int parse_whole(const char *text, const char **ret_end, uint64_t *ret)
{
	uint64_t value = 0;
	int err = 0;

	if (!is_digit(*text))
		return -EINVAL;
	for (; is_digit(*text); text++)
		if (!err)
			err = append_digit(&value, (unsigned int)(*text - '0'));
	*ret_end = text;
	*ret = value;
	return err;
}

static int parse_fraction(const char *text, unsigned int decimals,
			  const char **ret_end, uint64_t *ret)
{
	const char *end;
	uint64_t value;
	int err;

	err = parse_whole(text, &end, &value);
	if (err)
		return err;
	if (*end == '.') {
		if (!is_digit(*++end))
			return -EINVAL;
		for (; is_digit(*end); end++) {
			if (!decimals && *end != '0')
				return -EINVAL;
			if (!decimals)
				continue;
			err = append_digit(&value, (unsigned int)(*end - '0'));
			if (err)
				return err;
			decimals--;
		}
	}
	for (; decimals; decimals--) {
		err = append_digit(&value, 0);
		if (err)
			return err;
	}
	*ret_end = end;
	*ret = value;
	return 0;
}

int argument_count(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
	const char *end = text;
	uint64_t value;
	int err;

	err = parse_whole(text, &end, &value);
	if (err == -EINVAL || *end)
		return -EINVAL;
	if (err || value < min || value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

int argument_fraction(const char *text, unsigned int decimals, uint64_t *ret)
{
	const char *end;
	uint64_t value;
	int err;

	err = parse_fraction(text, decimals, &end, &value);
	if (err)
		return err;
	if (*end)
		return -EINVAL;
	*ret = value;
	return 0;
}

int argument_size(const char *text, uint64_t *ret)
{
	static const char units[] = "KMGT";
	const char *end, *unit;
	uint64_t value;
	int err;

	err = parse_whole(text, &end, &value);
	if (err)
		return err;
	if (*end) {
		unit = strchr(units, *end);
		if (!unit || end[1])
			return -EINVAL;
		if (__builtin_mul_overflow(value,
					   1ull << (10 * (unit - units + 1)),
					   &value))
			return -ERANGE;
	}
	*ret = value;
	return 0;
}

int argument_duration(const char *text, uint64_t *ret)
{
	static const struct {
		const char *name;
		unsigned int decimals;	/* of a nanosecond in it */
	} units[] = {
		{ "", 9 }, { "s", 9 }, { "ms", 6 }, { "us", 3 }, { "ns", 0 },
	};
	size_t unit = strspn(text, "0123456789.");

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		const char *end;
		uint64_t value;
		int err;

		if (strcmp(text + unit, units[i].name))
			continue;
		err = parse_fraction(text, units[i].decimals, &end, &value);
		if (err)
			return err;
		if (end != text + unit)
			return -EINVAL;
		*ret = value;
		return 0;
	}
	return -EINVAL;
}
