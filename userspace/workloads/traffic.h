/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory accesses that can be foretold: a buffer divided into elements of a
 * whole number of 64-byte lines, of which each pass touches the first eight
 * bytes, each element once (or as often as chance has it).
 *
 * Thread number t of n has the elements from t * elements / n to
 * (t + 1) * elements / n, both rounded down, and fills them before the first
 * pass with one store each, in order. A pass runs over them in order, or in
 * that of a linear congruential generator with full period (Knuth, The Art of
 * Computer Programming 2, 3.2.1.2), which is the same in every pass. Such a
 * cycle never meets in a direct-mapped cache what it left there, if two of its
 * lines compete; so there are uniform passes, too: as many accesses, each to
 * any element of the thread, equally likely and independent of the others.
 * They are drawn from a splitmix64 stream whose seed is number elements + t of
 * the stream of the seed.
 *
 * Element i holds number i of the splitmix64 stream of the seed. A reading
 * pass loads it, a writing pass stores it plus the number of the pass (from
 * 1), one that does both loads, adds one and stores.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRAFFIC_LINE_BYTES	64
#define TRAFFIC_BYTES_MAX	(1ull << 46)
#define TRAFFIC_THREADS_MAX	1024

/**
 * struct traffic_options - what to do
 * @bytes: size of the buffer, at least one element a thread
 * @stride_bytes: size of an element, a multiple of TRAFFIC_LINE_BYTES
 * @passes: 0 for no limit, and then @limit_ns is one
 * @limit_ns: end after this time, in the middle of a pass; 0 for no limit
 * @random: the same disorder in every pass
 * @uniform: independent accesses instead; not with @random
 * @huge: ask for huge pages; else they are refused, so that pages are small
 */
struct traffic_options {
	uint64_t bytes;
	uint64_t stride_bytes;
	uint64_t passes;
	uint64_t limit_ns;
	uint64_t seed;
	unsigned int threads;
	bool read;
	bool write;
	bool random;
	bool uniform;
	bool huge;
};

/**
 * struct traffic_result - what was done, without the filling
 * @checksum: sum modulo 2^64 of all that was loaded, or without reading of all
 *	that was stored
 */
struct traffic_result {
	uint64_t elements;
	uint64_t accesses;	/* elements x passes, if no time limit cut in */
	uint64_t loads;
	uint64_t stores;
	uint64_t checksum;
	uint64_t fill_ns;
	uint64_t run_ns;
};

struct traffic;

/**
 * traffic_new() - map and fill the buffer
 * Returns 0, -EINVAL (options that do not fit together), -ENOMEM, -EAGAIN (a
 * thread was refused).
 */
int traffic_new(const struct traffic_options *o, struct traffic **ret);
void traffic_free(struct traffic *t);
void traffic_freep(struct traffic **t);

/* Runs the passes. 0, -ENOMEM or -EAGAIN. */
int traffic_run(struct traffic *t, struct traffic_result *ret);

const void *traffic_buffer(const struct traffic *t);
