/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A terminal on standard output on which the cursor can go back up.
 */
#pragma once

#include <stddef.h>

/* Returns 0, or -ENOTTY if standard output is none that can do that. */
int terminal_open(void);
/* As it is now; 24 by 80 where it does not say. */
void terminal_size(size_t *ret_rows, size_t *ret_columns);
/* To the start of the line that is @up lines higher, and erases from there on. */
void terminal_back(size_t up);
