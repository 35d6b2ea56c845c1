/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/rate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	uint64_t bytes;
} units[] = {
	{ "", 1 }, { "B", 1 },
	{ "K", 1ULL << 10 }, { "KiB", 1ULL << 10 }, { "kB", 1000 },
	{ "M", 1ULL << 20 }, { "MiB", 1ULL << 20 }, { "MB", 1000000 },
	{ "G", 1ULL << 30 }, { "GiB", 1ULL << 30 }, { "GB", 1000000000 },
	{ "T", 1ULL << 40 }, { "TiB", 1ULL << 40 }, { "TB", 1000000000000 },
};

int rate_parse(const char *text, uint64_t *ret_bytes_per_second)
{
	size_t digits = strspn(text, "0123456789"), length;
	const char *unit = text + digits;
	unsigned long long value;

	length = strlen(unit);
	if (length >= 2 && !strcmp(unit + length - 2, "/s"))
		length -= 2;
	if (!digits)
		return -EINVAL;
	errno = 0;
	value = strtoull(text, NULL, 10);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strlen(units[i].name) != length ||
		    strncmp(units[i].name, unit, length))
			continue;
		if (errno || value > INT64_MAX / units[i].bytes)
			return -ERANGE;
		if (!value)
			return -EINVAL;
		*ret_bytes_per_second = value * units[i].bytes;
		return 0;
	}
	return -EINVAL;
}

uint64_t rate_due_ns(uint64_t rate, uint64_t bytes)
{
	unsigned __int128 ns = (unsigned __int128)bytes * 1000000000 / rate;

	return ns > INT64_MAX ? INT64_MAX : (uint64_t)ns;
}

uint64_t rate_batch_bytes(uint64_t rate)
{
	uint64_t bytes = rate / 20;

	return !rate ? 0 : bytes > 4096 ? bytes : 4096;
}
