/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An array that grows by one element at a time. */
#pragma once

#include <stdint.h>
#include <stdlib.h>

/* Room for one element after the first @n; capacity is always the next power
 * of two. NULL if there is no memory, then @array is as it was. */
static inline void *store_array_grow(void *array, size_t n, size_t bytes)
{
	if (n & (n - 1))
		return array;
	if (n > SIZE_MAX / 2 / bytes)
		return NULL;
	return realloc(array, (n ? 2 * n : 1) * bytes);
}
