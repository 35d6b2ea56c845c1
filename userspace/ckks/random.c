// SPDX-License-Identifier: GPL-2.0-or-later
#include "ckks/random.h"

#include <endian.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>

int ckks_seed_random(struct ckks_seed *ret)
{
	struct ckks_seed seed;
	size_t have = 0;

	while (have < sizeof(seed.key)) {
		ssize_t n = getrandom(seed.key + have, sizeof(seed.key) - have,
				      0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		have += (size_t)n;
	}
	*ret = seed;
	explicit_bzero(&seed, sizeof(seed));
	return 0;
}

void ckks_seed_number(uint64_t number, struct ckks_seed *ret)
{
	number = htole64(number);
	memset(ret->key, 0, sizeof(ret->key));
	memcpy(ret->key, &number, sizeof(number));
}

void ckks_random_init(const struct ckks_seed *seed, enum ckks_purpose purpose,
		      uint64_t number, struct ckks_random *ret)
{
	uint32_t first = htole32((uint32_t)purpose);

	ret->seed = *seed;
	number = htole64(number);
	memcpy(ret->nonce, &first, sizeof(first));
	memcpy(ret->nonce + sizeof(first), &number, sizeof(number));
	ret->counter = 0;
	ret->used = sizeof(ret->blocks);
}

void ckks_random_clear(struct ckks_random *r)
{
	explicit_bzero(r, sizeof(*r));
}

static void refill(struct ckks_random *r)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx2"))
		ckks_chacha20_avx2(r->seed.key, r->counter, r->nonce,
				   r->blocks);
	else
#endif
		ckks_chacha20_plain(r->seed.key, r->counter, r->nonce,
				    r->blocks);
	r->counter += CKKS_CHACHA20_BLOCKS;
	r->used = 0;
}

void ckks_random_bytes(struct ckks_random *r, void *ret, size_t n)
{
	uint8_t *out = ret;

	while (n) {
		size_t left = sizeof(r->blocks) - r->used;
		size_t take = n < left ? n : left;

		if (!left) {
			refill(r);
			continue;
		}
		memcpy(out, r->blocks + r->used, take);
		r->used += take;
		out += take;
		n -= take;
	}
}
