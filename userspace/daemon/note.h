/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a record lacks, and why: clauses of one sentence. */
#pragma once

struct note {
	char text[1024];
};

/* Adds a clause; what does not fit is left out. */
__attribute__((format(printf, 2, 3)))
void note_add(struct note *note, const char *format, ...);
