/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * splitmix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
 * Generators", OOPSLA 2014): integers only, so the same numbers on every
 * machine, and cheap where floating point is emulated. Any state may be
 * jumped to: number n of a stream has state seed + n x the gamma.
 */
#pragma once

#include <stdint.h>

#define SPLITMIX64_GAMMA	0x9e3779b97f4a7c15

/* The next number of the stream whose state is @state. */
static inline uint64_t splitmix64_next(uint64_t *state)
{
	uint64_t z = *state += SPLITMIX64_GAMMA;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}
