// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How fast the two loops are that encrypted inference is made of, each beside
 * something on the same machine that it can be compared with. Prints
 * "bench NAME VALUE UNIT".
 *
 * Measurements take turns and the best of each counts: what else runs on the
 * machine can only make them slower.
 */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "ckks/ciphertext.h"
#include "ckks/context.h"
#include "workloads/splitmix64.h"

#define DEGREE		4096

/* Products a sum: the channels of a 1x1 convolution in MobileNetV2. */
#define TERMS		144

/* For machines that do not say how large their last-level cache is. */
#define CACHE_BYTES	(32L << 20)

#define MAC_ROUNDS	9
#define NTT_ROUNDS	50
#define NTT_REPEATS	20

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void keep_shortest(double *shortest, double start)
{
	double duration = now() - start;

	if (!*shortest || duration < *shortest)
		*shortest = duration;
}

static size_t cache_bytes(void)
{
	long bytes = sysconf(_SC_LEVEL3_CACHE_SIZE);

	return (size_t)(bytes > 0 ? bytes : CACHE_BYTES);
}

/**
 * struct sources - ciphertexts, one behind the other
 * @n: a multiple of 2 x TERMS
 */
struct sources {
	uint64_t *words;
	size_t n;
	size_t words_each;
};

static void fill(const struct ckks_context *c, const struct sources *s)
{
	uint64_t state = 1;

	for (size_t row = 0; row < s->n * s->words_each / DEGREE; row++) {
		uint64_t q = c->parameters.primes[row % c->parameters.n_primes];
		uint64_t *words = s->words + row * DEGREE;

		/* below q: the upper half of a product */
		for (size_t i = 0; i < DEGREE; i++)
			words[i] = (splitmix64_next(&state) >> 32) * q >> 32;
	}
}

static struct sources sources_new(const struct ckks_context *c)
{
	struct sources s = {
		.words_each = ckks_ciphertext_words(c, c->parameters.n_primes),
	};
	size_t bytes = s.words_each * sizeof(*s.words), step = 2 * TERMS;

	s.n = (4 * cache_bytes() / bytes + step) / step * step;
	s.words = mmap(NULL, s.n * bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (s.words == MAP_FAILED)
		err(EXIT_FAILURE, "cannot map %zu bytes", s.n * bytes);
	fill(c, &s);
	return s;
}

/* All sources once, TERMS to a sum. */
static void accumulate(const struct ckks_context *c, const struct sources *s,
		       const uint64_t *scalars, uint64_t *words)
{
	struct ckks_ciphertext sum = {
		.words = words, .n_primes = c->parameters.n_primes, .scale = 1,
	};
	const uint64_t *terms[TERMS];

	for (size_t first = 0; first < s->n; first += TERMS) {
		for (size_t i = 0; i < TERMS; i++)
			terms[i] = s->words + (first + i) * s->words_each;
		if (ckks_ciphertext_accumulate(c, terms, scalars, TERMS, &sum))
			errx(EXIT_FAILURE, "cannot accumulate");
	}
}

/* Bytes of sources read a second, over bytes that memcpy copies a second: of
 * the first half of the sources to the second. */
static void bench_mac(const struct ckks_context *c)
{
	struct sources s = sources_new(c);
	size_t bytes = s.n * s.words_each * sizeof(*s.words);
	uint64_t *scalars = calloc(c->parameters.n_primes * TERMS,
				   sizeof(*scalars));
	uint64_t *sum = calloc(s.words_each, sizeof(*sum));
	double mac = 0, copy = 0;

	if (!scalars || !sum)
		err(EXIT_FAILURE, "cannot allocate");
	for (size_t i = 0; i < c->parameters.n_primes * TERMS; i++)
		scalars[i] = c->parameters.primes[i / TERMS] - 1 - i;
	for (int round = 0; round < MAC_ROUNDS; round++) {
		double start = now();

		accumulate(c, &s, scalars, sum);
		keep_shortest(&mac, start);
		start = now();
		memcpy((char *)s.words + bytes / 2, s.words, bytes / 2);
		keep_shortest(&copy, start);
	}
	printf("bench ckks.mac_vs_copy %.2f ratio\n",
	       (double)bytes / mac / ((double)(bytes / 2) / copy));
	munmap(s.words, bytes);
	free(scalars);
	free(sum);
}

/* As in a textbook: one division a product and one a sum, by a modulus that the
 * compiler cannot know. */
__attribute__((noinline))
static void textbook_forward(uint64_t *row, const uint64_t *roots, uint64_t q)
{
	for (size_t m = 1, n = DEGREE / 2; n; m *= 2, n /= 2)
		for (size_t i = 0; i < m; i++) {
			uint64_t *x = row + 2 * i * n, *y = x + n;

			for (size_t j = 0; j < n; j++) {
				uint64_t a = x[j], b = y[j] * roots[m + i] % q;

				x[j] = (a + b) % q;
				y[j] = (a + q - b) % q;
			}
		}
}

static void bench_ntt(const struct ckks_context *c)
{
	static uint64_t row[DEGREE], textbook[DEGREE];
	const struct ckks_ring *r = c->rings[0];
	double ours = 0, theirs = 0;
	uint64_t state = 1;

	for (size_t i = 0; i < DEGREE; i++)
		row[i] = splitmix64_next(&state) % r->modulus.value;
	memcpy(textbook, row, sizeof(row));
	for (int round = 0; round < NTT_ROUNDS; round++) {
		double start = now();

		for (int i = 0; i < NTT_REPEATS; i++)
			ckks_ring_forward(r, row);
		keep_shortest(&ours, start);
		start = now();
		for (int i = 0; i < NTT_REPEATS; i++)
			textbook_forward(textbook, r->roots, r->modulus.value);
		keep_shortest(&theirs, start);
	}
	if (memcmp(row, textbook, sizeof(row)))
		errx(EXIT_FAILURE, "the transforms differ");
	printf("bench ckks.ntt_vs_textbook %.2f ratio\n", theirs / ours);
}

int main(void)
{
	struct ckks_parameters p;
	struct ckks_context *c;
	int error = ckks_parameters_standard(DEGREE, &p);

	if (!error)
		error = ckks_context_new(&p, &c);
	if (error)
		errx(EXIT_FAILURE, "%s", strerror(-error));
	bench_mac(c);
	bench_ntt(c);
	ckks_context_free(c);
	return EXIT_SUCCESS;
}
