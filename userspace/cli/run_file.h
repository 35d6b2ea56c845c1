/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file of a run that was named on the command line.
 */
#pragma once

#include "report/run.h"

/**
 * cli_run_file_load() - find a run by name or path, and read it
 * @state_dir: as --state-dir gave it, or NULL
 * @n_bins: as for report_run_load()
 * @ret: report_run_free() it
 *
 * Says what went wrong; returns the exit status.
 */
int cli_run_file_load(const char *state_dir, const char *name, size_t n_bins,
		      struct report_run **ret);
