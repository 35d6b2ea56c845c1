/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core-load: a program whose loads, or instructions, can be told beforehand.
 *
 *   core-load loads BYTES ROUNDS    one load of each 64-byte line of a buffer,
 *                                   in order, ROUNDS times
 *   core-load instructions NUMBER   a loop of two instructions, that often
 *
 * Prints how many of them it was. What else a program does (its start, filling
 * the buffer, whose misses are stores) is small against it.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LINE_BYTES 64

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

static uint64_t loads(uint64_t bytes, uint64_t rounds)
{
	volatile char *buffer = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (buffer == MAP_FAILED)
		err(1, "no memory for %" PRIu64 " bytes", bytes);
	for (uint64_t at = 0; at < bytes; at += LINE_BYTES)
		buffer[at] = 1;
	for (uint64_t i = 0; i < rounds; i++)
		for (uint64_t at = 0; at < bytes; at += LINE_BYTES)
			(void)buffer[at];
	return bytes / LINE_BYTES * rounds;
}

static uint64_t instructions(uint64_t wanted)
{
	uint64_t left = wanted / 2;

	__asm__ volatile("1: dec %0\n\tjnz 1b" : "+r"(left) : : "cc");
	return wanted / 2 * 2;
}

int main(int argc, char **argv)
{
	uint64_t done;

	if (argc == 4 && !strcmp(argv[1], "loads"))
		done = loads(number(argv[2]), number(argv[3]));
	else if (argc == 3 && !strcmp(argv[1], "instructions") && number(argv[2]) > 1)
		done = instructions(number(argv[2]));
	else
		errx(2, "usage: core-load loads BYTES ROUNDS | instructions NUMBER");
	printf("%" PRIu64 "\n", done);
	return fflush(stdout) ? 1 : 0;
}
