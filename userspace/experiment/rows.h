/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rows of an experiment: the matrix without what is excluded, then what is
 * included.
 */
#pragma once

#include "experiment/parse.h"

/* Sets the variables and rows of @experiment. Returns 0, -ENOMEM, or -EINVAL
 * with a sentence in file->error. */
int experiment_rows(struct yaml_file *file, const struct experiment_grid *grid,
		    struct experiment *experiment);
