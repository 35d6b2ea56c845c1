/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The buffer of an Optane DIMM. That it is asked by the right DIMM of the right
 * line is what the comparison with the naive model shows (model.c). */
#include <string.h>

#include "media.h"
#include "suite.h"

struct bench {
	struct sim_media media;
	__u64 count[TIERSCOPE_SIM_MEDIA_COUNTERS];
};

static void read_line(struct bench *b, uint32_t line)
{
	sim_media_access(&b->media, line, false, b->count);
}

static void write_line(struct bench *b, uint32_t line)
{
	sim_media_access(&b->media, line, true, b->count);
}

/* What was counted since the last look. */
static void check(struct bench *b, __u64 reads, __u64 writes)
{
	CU_ASSERT_EQUAL(b->count[TIERSCOPE_SIM_MEDIA_READ], reads);
	CU_ASSERT_EQUAL(b->count[TIERSCOPE_SIM_MEDIA_WRITE], writes);
	memset(b->count, 0, sizeof(b->count));
}

/* Reads of other lines, until all that was there is gone. */
static void push_out(struct bench *b, __u64 reads, __u64 writes)
{
	for (uint32_t i = 0; i < SIM_MEDIA_LINES; i++)
		read_line(b, 1000000 + i * SIM_MEDIA_PARTS);
	check(b, SIM_MEDIA_LINES + reads, writes);
}

static void reads_in_sequence(void)
{
	struct bench b = { 0 };

	for (uint32_t i = 0; i < 4000; i++)
		read_line(&b, i);
	check(&b, 1000, 0);
}

static void reads_far_apart(void)
{
	struct bench b = { 0 };

	for (uint32_t i = 0; i < 4000; i++)
		read_line(&b, i * 4 + i % 4);
	check(&b, 4000, 0);
}

/* Line 0 is told from an empty place. */
static void the_first_line_is_a_line(void)
{
	struct bench b = { 0 };

	read_line(&b, 0);
	check(&b, 1, 0);
	read_line(&b, 3);
	check(&b, 0, 0);
	read_line(&b, 4);
	check(&b, 1, 0);
}

static void sixty_four_lines_stay(void)
{
	struct bench b = { 0 };

	for (uint32_t i = 0; i < 64; i++)
		read_line(&b, i * 4);
	check(&b, 64, 0);
	for (uint32_t i = 0; i < 64; i++)
		read_line(&b, i * 4 + 1);
	check(&b, 0, 0);
	/* The one that came first leaves, though it was used last. */
	read_line(&b, 2);
	read_line(&b, 64 * 4);
	check(&b, 1, 0);
	read_line(&b, 63 * 4);
	read_line(&b, 4);
	check(&b, 0, 0);
	read_line(&b, 3);
	check(&b, 1, 0);
}

static void whole_lines_are_written(void)
{
	struct bench b = { 0 };

	for (uint32_t i = 0; i < 4000; i++)
		write_line(&b, i);
	/* The last 64 wait. */
	check(&b, 0, 1000 - 64);
	push_out(&b, 0, 64);
}

/* Three parts of a line do not make it whole, the fourth does, in any order. */
static void parts_are_filled_up(void)
{
	struct bench b = { 0 };

	write_line(&b, 8);
	write_line(&b, 11);
	write_line(&b, 9);
	write_line(&b, 9);
	check(&b, 0, 0);
	push_out(&b, 1, 1);

	memset(&b, 0, sizeof(b));
	write_line(&b, 8);
	write_line(&b, 11);
	write_line(&b, 9);
	write_line(&b, 10);
	push_out(&b, 0, 1);
}

static void random_writes_read_and_write(void)
{
	struct bench b = { 0 };

	for (uint32_t i = 0; i < 1000; i++)
		write_line(&b, i * 4);
	check(&b, 1000 - 64, 1000 - 64);
}

/* What was read whole has no need to be filled up. */
static void a_line_that_was_read_is_whole(void)
{
	struct bench b = { 0 };

	read_line(&b, 8);
	write_line(&b, 9);
	check(&b, 1, 0);
	push_out(&b, 0, 1);
}

static void reading_what_was_written(void)
{
	struct bench b = { 0 };

	write_line(&b, 8);
	read_line(&b, 8);
	check(&b, 0, 0);	/* the buffer has it */
	read_line(&b, 9);
	check(&b, 1, 0);	/* and this it has not */
	read_line(&b, 10);
	check(&b, 0, 0);
	push_out(&b, 0, 1);
}

static const struct suite_test tests[] = {
	{ "reads in sequence: a line for four", reads_in_sequence },
	{ "reads far apart: a line for each", reads_far_apart },
	{ "the first line is a line", the_first_line_is_a_line },
	{ "64 lines stay, the first leaves first", sixty_four_lines_stay },
	{ "whole lines are written, not read", whole_lines_are_written },
	{ "of lines written in part the rest is read", parts_are_filled_up },
	{ "random writes read and write", random_writes_read_and_write },
	{ "a line that was read is whole", a_line_that_was_read_is_whole },
	{ "reading what was written", reading_what_was_written },
};

SUITE_MAIN("simulator: media", tests)
