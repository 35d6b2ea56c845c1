// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tierscope-sim-tsc: the rate of this host's time-stamp counter, in kHz.
 *
 * An emulated CPU hands its guest the counter of the host. The guest's kernel
 * finds the rate at boot by timing it against emulated timers in a loop of a
 * few milliseconds; on a busy host it is held up in that loop and may come out
 * wrong by a factor of ten, and then every clock of the guest is. Measured
 * here instead, over a time in which being held up does not matter: counter
 * and clock are read next to each other, and the closest of several pairs is
 * taken at each end.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <x86intrin.h>

#define MEASURE_NS	50000000
#define PAIRS		32

struct moment {
	uint64_t tsc;
	int64_t ns;
};

static int64_t clock_ns(void)
{
	struct timespec now;

	/* RAW: not slewed by anybody who disciplines the clock. */
	clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* The pair of readings between which the least time went by. */
static struct moment moment_take(void)
{
	struct moment best = { 0, 0 };
	uint64_t shortest = UINT64_MAX;

	for (int i = 0; i < PAIRS; i++) {
		uint64_t before = __rdtsc();
		int64_t ns = clock_ns();
		uint64_t after = __rdtsc();

		if (after - before >= shortest)
			continue;
		shortest = after - before;
		best.tsc = before + (after - before) / 2;
		best.ns = ns;
	}
	return best;
}

int main(void)
{
	const struct timespec pause = { .tv_nsec = MEASURE_NS };
	struct moment start = moment_take(), end;
	double khz;

	nanosleep(&pause, NULL);
	end = moment_take();
	if (end.ns <= start.ns || end.tsc <= start.tsc) {
		fprintf(stderr, "tierscope-sim-tsc: the time-stamp counter does not go forward with the clock\n");
		return EXIT_FAILURE;
	}
	khz = (double)(end.tsc - start.tsc) * 1e6 / (double)(end.ns - start.ns);
	printf("%.0f\n", khz);
	return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
