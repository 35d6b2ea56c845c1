// SPDX-License-Identifier: GPL-2.0-or-later
#include "ckks/kernels.h"

size_t ckks_kernels_list(const struct ckks_kernels *ret[3])
{
	size_t n = 0;

#ifdef __x86_64__
	if (__builtin_cpu_supports("avx2"))
		ret[n++] = &ckks_kernels_narrow_avx2;
#endif
	ret[n++] = &ckks_kernels_narrow;
	ret[n++] = &ckks_kernels_wide;
	return n;
}

bool ckks_kernels_fit(const struct ckks_kernels *k, uint64_t prime,
		      size_t degree)
{
	return prime >> k->prime_bits == 0 && degree >= k->degree_min;
}
