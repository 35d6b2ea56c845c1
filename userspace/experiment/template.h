/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "${width}" in the words of an experiment.
 */
#pragma once

#include "experiment/text.h"

/**
 * experiment_template() - put values in place of the variables
 * @text: "${NAME}" becomes the value of NAME, "$$" becomes "$", a "$" before
 *	anything else stays
 * @variables: what there is
 * @ret_unknown: on -ENOENT the name that none of them has, on -EINVAL NULL;
 *	free() it
 * @ret: free() it
 *
 * Returns 0, -ENOENT, -EINVAL (a "${" without a "}", or with what is no name in
 * between) or -ENOMEM. Values are not looked at again: a "${" in one is text.
 */
int experiment_template(const char *text, const struct experiment_pairs *variables,
			char **ret_unknown, char **ret);

/* A letter or "_", then digits too; at most 63 bytes. */
bool experiment_is_variable(const char *name);
