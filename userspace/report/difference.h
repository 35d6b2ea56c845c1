/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In what two runs differ besides their figures, and which of it says that the
 * figures are not of the same thing.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "report/run.h"

/**
 * struct report_difference - one of them
 * @what: "argument 2", "label batch", "CPU model"
 * @a, @b: of each run, NULL for what it does not have
 * @refused: the runs are of different programs, labels or machines for it
 */
struct report_difference {
	char *what;
	char *a;
	char *b;
	bool refused;
};

struct report_differences {
	size_t n;
	struct report_difference *at;
	size_t n_refused;	/* these come first */
};

/**
 * report_differences_find() - compare what two runs were of
 *
 * Refused: the words of the command (and, if its first is a relative path, the
 * directory that it starts from), the labels, and the machine. That is its
 * host name, kernel, CPU (name, family, model, stepping), sockets with their
 * CPUs, nodes with CPUs, and whether it is simulated. What a machine has for
 * the taking is not: mode, near memory and the memory of its nodes are what a
 * setting of the firmware changes, and where memory was to be is what one
 * compares. They are only told, as are directory, user, recorder and interval.
 *
 * Returns 0 or -ENOMEM; the caller clears.
 */
int report_differences_find(const struct report_run *a,
			    const struct report_run *b,
			    struct report_differences *ret);
void report_differences_clear(struct report_differences *differences);

/**
 * report_differences_text() - the refused ones, for a sentence
 * @ret: "argument 2 ('0.5' against '1') and kernel ('6.1.0' against '6.12.0')",
 *	of many only the first ones; the caller frees
 *
 * Returns 0 or -ENOMEM.
 */
int report_differences_text(const struct report_differences *differences,
			    char **ret);
