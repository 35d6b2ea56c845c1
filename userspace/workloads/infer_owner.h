/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tierscope-infer as the data owner of an encrypted inference that runs
 * elsewhere.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "workloads/infer_options.h"
#include "workloads/network.h"

/* Waits for a server that fits, serves it, prints what came out. @error is a
 * sentence on a failure that is not of writing. 0 or -errno. */
int infer_owner(const struct infer_options *o, const struct network *net,
		char *error, size_t error_bytes);
