/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The experiment configuration: the data owner is in the server's process, and
 * nothing is hidden from it.
 */
#pragma once

#include <stddef.h>

#include "ckks/context.h"
#include "ckks/random.h"
#include "workloads/owner_ckks.h"

/* Makes keys. @n_workers: as many as the engine has that it will work for,
 * whose context @context is. 0 or -ENOMEM. */
int owner_local_new(const struct ckks_context *context,
		    const struct ckks_seed *seed, size_t n_workers,
		    struct owner_ckks **ret);
