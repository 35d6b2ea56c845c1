/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * phase-load: a program with phases whose loads and instructions can be told
 * beforehand.
 *
 *   phase-load THREADS BYTES ROUNDS
 *
 * Each thread loads each 64-byte line of a buffer of its own, ROUNDS times, in
 * the phase "loads", of which the last half of the rounds is in "later" as well;
 * then goes through a loop in the phase "loop". Phases are the first thread's.
 * Prints how many loads and how many instructions these are, of all threads.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "tierscope/phase.h"

#define LINE_BYTES	64
#define THREADS_MAX	64
#define LOOP		UINT64_C(50000000)

static uint64_t threads, bytes, rounds;
static pthread_barrier_t barrier;

static uint64_t number(const char *text)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || *end || end == text)
		errx(2, "not a number: %s", text);
	return value;
}

static void load(const volatile char *buffer, uint64_t times)
{
	for (uint64_t i = 0; i < times; i++)
		for (uint64_t at = 0; at < bytes; at += LINE_BYTES)
			(void)buffer[at];
}

/* All begin when the phase has begun, and it ends when all have ended. */
static void edge(int first, void (*mark)(const char *), const char *name)
{
	pthread_barrier_wait(&barrier);
	if (first)
		mark(name);
	pthread_barrier_wait(&barrier);
}

static void *work(void *is_other)
{
	volatile char *buffer = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t left = LOOP / 2;
	int first = !is_other;

	if (buffer == MAP_FAILED)
		err(1, "no memory for %" PRIu64 " bytes", bytes);
	for (uint64_t at = 0; at < bytes; at += LINE_BYTES)
		buffer[at] = 1;
	edge(first, tierscope_phase_begin, "loads");
	load(buffer, rounds - rounds / 2);
	edge(first, tierscope_phase_begin, "later");
	load(buffer, rounds / 2);
	edge(first, tierscope_phase_end, "later");
	edge(first, tierscope_phase_end, "loads");
	edge(first, tierscope_phase_begin, "loop");
	__asm__ volatile("1: dec %0\n\tjnz 1b" : "+r"(left) : : "cc");
	edge(first, tierscope_phase_end, "loop");
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t others[THREADS_MAX];

	if (argc != 4)
		errx(2, "usage: phase-load THREADS BYTES ROUNDS");
	threads = number(argv[1]);
	bytes = number(argv[2]);
	rounds = number(argv[3]);
	if (!threads || threads > THREADS_MAX)
		errx(2, "from 1 to %d threads", THREADS_MAX);
	pthread_barrier_init(&barrier, NULL, (unsigned int)threads);
	for (uint64_t i = 1; i < threads; i++)
		if (pthread_create(&others[i], NULL, work, &barrier))
			errx(1, "no thread");
	work(NULL);
	for (uint64_t i = 1; i < threads; i++)
		pthread_join(others[i], NULL);
	printf("%" PRIu64 " %" PRIu64 "\n",
	       threads * rounds * (bytes / LINE_BYTES), threads * LOOP);
	return fflush(stdout) ? 1 : 0;
}
