/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A command line that is being read: what its options were, for those that
 * have to fit each other. For infer_options.c and infer_check.c only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "workloads/infer_options.h"

/* A count that no option has given, where 0 is one. */
#define INFER_UNSET	UINT64_MAX

struct infer_parser {
	struct infer_options options;
	const char *width;	/* as it was written, or NULL */
	bool width_exact;
	const char *encryption;	/* an option that only encryption has, or NULL */
	const char *run_encryption;	/* and that does not go with --plan */
	bool key_option;	/* --key-seed */
	bool timeout_option;	/* --owner-timeout */
	bool backend_option;	/* --backend */
	char *error;
	size_t error_bytes;
};

/* Writes the sentence; -EINVAL. */
__attribute__((format(printf, 2, 3)))
int infer_refuse(const struct infer_parser *p, const char *format, ...);

/* What depends on more than one option, and defaults that do. 0 or -EINVAL. */
int infer_check(struct infer_parser *p);
