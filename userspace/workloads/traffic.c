// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/traffic.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "workloads/splitmix64.h"

struct traffic {
	struct traffic_options options;
	char *mapping;
	uint64_t mapping_bytes;
	char *buffer;		/* in the mapping, at a huge page's edge */
	uint64_t elements;
	uint64_t fill_ns;
};

struct worker {
	const struct traffic *traffic;
	pthread_t thread;
	uint64_t first;
	uint64_t n;
	uint64_t deadline_ns;	/* 0: none */
	uint64_t draws;		/* state of the stream of uniform accesses */
	uint64_t accesses;
	uint64_t checksum;
};

#define HUGE_PAGE_BYTES	(2ull << 20)

/* Accesses between two looks at the clock. */
#define CLOCK_INTERVAL	4096

/* Knuth's MMIX generator: full period for every power of two, as the
 * multiplier is 1 modulo 4 and the increment is odd. */
#define LCG_MULTIPLIER	6364136223846793005u
#define LCG_INCREMENT	1442695040888963407u

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Volatile, so that the compiler makes exactly the accesses that are asked. */
static volatile uint64_t *element(const struct traffic *t, uint64_t i)
{
	return (volatile uint64_t *)(void *)(t->buffer +
					     i * t->options.stride_bytes);
}

static void *fill(void *data)
{
	struct worker *w = data;
	uint64_t state = w->traffic->options.seed + w->first * SPLITMIX64_GAMMA;

	for (uint64_t i = 0; i < w->n; i++)
		*element(w->traffic, w->first + i) = splitmix64_next(&state);
	return NULL;
}

/* Any position of a slice: the upper half of n times a 64-bit number, which is
 * biased by less than n / 2^64 (Lemire, "Fast Random Integer Generation in an
 * Interval", ACM TOMACS 29, 2019). */
static uint64_t draw_position(struct worker *w)
{
	return (uint64_t)((unsigned __int128)splitmix64_next(&w->draws) *
			  w->n >> 64);
}

/* The next position of a slice, in whose @mask + 1 >= n places the generator
 * walks; what lies beyond the slice is passed over. */
static uint64_t next_position(struct worker *w, uint64_t at, uint64_t mask)
{
	if (w->traffic->options.uniform)
		return draw_position(w);
	if (!w->traffic->options.random)
		return at + 1 < w->n ? at + 1 : 0;
	do
		at = (at * LCG_MULTIPLIER + LCG_INCREMENT) & mask;
	while (at >= w->n);
	return at;
}

static uint64_t access_element(const struct traffic *t, uint64_t i,
			       uint64_t pass)
{
	volatile uint64_t *p = element(t, i);
	uint64_t state, value;

	if (t->options.read) {
		value = *p;
		if (t->options.write)
			*p = value + 1;
		return value;
	}
	state = t->options.seed + i * SPLITMIX64_GAMMA;
	value = splitmix64_next(&state) + pass;
	*p = value;
	return value;
}

static void *run(void *data)
{
	struct worker *w = data;
	const struct traffic *t = w->traffic;
	uint64_t mask = 1, at, until_clock = CLOCK_INTERVAL;

	while (mask < w->n)
		mask *= 2;
	mask--;
	at = t->options.uniform ? draw_position(w) : 0;
	for (uint64_t pass = 1; !t->options.passes || pass <= t->options.passes;
	     pass++)
		for (uint64_t i = 0; i < w->n; i++) {
			w->checksum += access_element(t, w->first + at, pass);
			w->accesses++;
			at = next_position(w, at, mask);
			if (!w->deadline_ns || --until_clock)
				continue;
			if (now_ns() >= w->deadline_ns)
				return NULL;
			until_clock = CLOCK_INTERVAL;
		}
	return NULL;
}

static void share_out(const struct traffic *t, struct worker *workers,
		      uint64_t deadline_ns)
{
	uint64_t n = t->options.threads;

	for (uint64_t i = 0; i < n; i++) {
		struct worker *w = &workers[i];
		uint64_t seeds = t->options.seed +
				 (t->elements + i) * SPLITMIX64_GAMMA;

		/* elements < 2^40 and threads <= 2^10: no overflow */
		w->first = i * t->elements / n;
		w->n = (i + 1) * t->elements / n - w->first;
		w->traffic = t;
		w->deadline_ns = deadline_ns;
		w->draws = splitmix64_next(&seeds);
	}
}

/* Runs @job in as many threads as asked, the caller's among them. */
static int in_threads(const struct traffic *t, struct worker *workers,
		      void *(*job)(void *))
{
	unsigned int n = t->options.threads, started = 1;
	int err = 0;

	for (; started < n && !err; started++)
		err = -pthread_create(&workers[started].thread, NULL, job,
				      &workers[started]);
	if (err)
		started--;
	else
		job(&workers[0]);
	for (unsigned int i = 1; i < started; i++)
		pthread_join(workers[i].thread, NULL);
	return err;
}

static int map(struct traffic *t)
{
	uint64_t whole = (t->options.bytes + HUGE_PAGE_BYTES - 1) &
			 ~(HUGE_PAGE_BYTES - 1);
	uintptr_t start;
	void *p;

	t->mapping_bytes = whole + HUGE_PAGE_BYTES;
	p = mmap(NULL, t->mapping_bytes, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return -ENOMEM;
	t->mapping = p;
	start = ((uintptr_t)p + HUGE_PAGE_BYTES - 1) &
		~(uintptr_t)(HUGE_PAGE_BYTES - 1);
	t->buffer = t->mapping + (start - (uintptr_t)p);
	/* A kernel without huge pages refuses the advice; then none come. */
	madvise(p, t->mapping_bytes,
		t->options.huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	return 0;
}

static bool options_fit(const struct traffic_options *o)
{
	return o->bytes <= TRAFFIC_BYTES_MAX && o->stride_bytes &&
	       o->stride_bytes % TRAFFIC_LINE_BYTES == 0 && o->threads &&
	       o->threads <= TRAFFIC_THREADS_MAX &&
	       o->bytes / o->stride_bytes >= o->threads &&
	       (o->read || o->write) && !(o->random && o->uniform) &&
	       (o->passes || o->limit_ns);
}

int traffic_new(const struct traffic_options *o, struct traffic **ret)
{
	struct worker *workers;
	struct traffic *t;
	uint64_t start;
	int err;

	if (!options_fit(o))
		return -EINVAL;
	t = calloc(1, sizeof(*t));
	workers = calloc(o->threads, sizeof(*workers));
	if (!t || !workers) {
		err = -ENOMEM;
		goto free_traffic;
	}
	t->options = *o;
	t->elements = o->bytes / o->stride_bytes;
	err = map(t);
	if (err)
		goto free_traffic;
	share_out(t, workers, 0);
	start = now_ns();
	err = in_threads(t, workers, fill);
	t->fill_ns = now_ns() - start;
	if (err)
		goto free_traffic;
	free(workers);
	*ret = t;
	return 0;

free_traffic:
	free(workers);
	traffic_free(t);
	return err;
}

void traffic_free(struct traffic *t)
{
	if (!t)
		return;
	if (t->mapping)
		munmap(t->mapping, t->mapping_bytes);
	free(t);
}

void traffic_freep(struct traffic **t)
{
	traffic_free(*t);
}

int traffic_run(struct traffic *t, struct traffic_result *ret)
{
	const struct traffic_options *o = &t->options;
	struct traffic_result r = {
		.elements = t->elements,
		.fill_ns = t->fill_ns,
	};
	struct worker *workers = calloc(o->threads, sizeof(*workers));
	uint64_t start = now_ns();
	int err;

	if (!workers)
		return -ENOMEM;
	share_out(t, workers, o->limit_ns ? start + o->limit_ns : 0);
	err = in_threads(t, workers, run);
	r.run_ns = now_ns() - start;
	for (unsigned int i = 0; i < o->threads; i++) {
		r.accesses += workers[i].accesses;
		r.checksum += workers[i].checksum;
	}
	free(workers);
	if (err)
		return err;
	r.loads = o->read ? r.accesses : 0;
	r.stores = o->write ? r.accesses : 0;
	*ret = r;
	return 0;
}

const void *traffic_buffer(const struct traffic *t)
{
	return t->buffer;
}
