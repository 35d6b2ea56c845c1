/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Phases: a program names its parts, and a recorded run says of each how long
 * it took and what the whole process did meanwhile: loads from DRAM and Optane,
 * instructions, cycles, of all its threads.
 *
 *	tierscope_phase_begin("Convolution");
 *	...
 *	tierscope_phase_end("Convolution");
 *
 * Link with -ltierscope-phase. Under `tierscope run` each of the two reads the
 * counters of the process, which takes a few microseconds; otherwise they test
 * one word in memory.
 *
 * A program that cannot be changed has phases by `tierscope run --phase-symbol`.
 *
 * From any thread. Phases nest within a thread, and what is within another one
 * is in both, and in the other's "self" not. Phases of two threads at one time
 * both have all that the process did. Not from a signal handler.
 */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/* Longer names are cut. In bytes, with the NUL. */
#define TIERSCOPE_PHASE_NAME_BYTES 64

/* Read it, never write it: not 0 while phases are recorded. */
extern int tierscope_phase_recorded;

/* What the two below call if phases are recorded. */
void tierscope_phase_mark(int begin, const char *name);

/**
 * tierscope_phase_begin() - a part of the program begins
 * @name: "Convolution"; copied
 *
 * Cannot fail: what could not be recorded is counted, and the report of the run
 * says so.
 */
static inline void tierscope_phase_begin(const char *name)
{
	if (__builtin_expect(tierscope_phase_recorded, 0))
		tierscope_phase_mark(1, name);
}

/**
 * tierscope_phase_end() - and ends, in the thread in which it began
 * @name: of the innermost of that name that is open; those within it end too
 */
static inline void tierscope_phase_end(const char *name)
{
	if (__builtin_expect(tierscope_phase_recorded, 0))
		tierscope_phase_mark(0, name);
}

#ifdef __cplusplus
}
#endif
