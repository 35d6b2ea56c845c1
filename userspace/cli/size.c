/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/size.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int cli_size(const char *text, uint64_t *ret_bytes)
{
	static const char units[] = "KMGT";
	size_t digits = strspn(text, "0123456789");
	const char *unit = text + digits;
	unsigned int shift = 0;
	unsigned long long value;

	if (!digits)
		return -EINVAL;
	if (*unit) {
		const char *at = strchr(units, *unit);

		if (!at || unit[1])
			return -EINVAL;
		shift = 10 * (unsigned int)(at - units + 1);
	}
	errno = 0;
	value = strtoull(text, NULL, 10);
	if (errno || value > UINT64_MAX >> shift)
		return -ERANGE;
	*ret_bytes = value << shift;
	return 0;
}
