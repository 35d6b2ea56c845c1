/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was counted over one phase, and how long that would have taken. */
#pragma once

#include "report/run.h"

/**
 * struct report_phase_counts - of a phase without those within it
 * @tasks: by role, of the whole process; scaled if counters took turns
 * @counted: whether it was
 * @estimated: some of them did
 */
struct report_phase_counts {
	double tasks[TIERSCOPE_TASK_ROLES];
	bool counted[TIERSCOPE_TASK_ROLES];
	bool estimated;
};

void report_phase_count(const struct store_run *run,
			const struct store_phase *phase,
			struct report_phase_counts *ret);

/**
 * report_phase_time() - modelled time of a phase
 * @ret: in ns
 *
 * Returns 0, -EOPNOTSUPP (a real machine, whose clock is right), -ENODATA (core
 * by core and socket by socket were not counted), or what report_time_model()
 * does.
 */
int report_phase_time(const struct report_run *run,
		      const struct store_phase *phase,
		      const struct report_phase_counts *counts, double *ret);
