/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program as a user meets it: what it prints, where, and with which status.
 * Every function fails the test that calls it.
 */
#pragma once

#include <stdint.h>

#include <json-c/json.h>

struct outcome {
	int status;		/* of exit, or -1 */
	char out[1 << 18];
	char err[4096];
};

/* By the shell, so that a test can set limits and redirect; @program is the
 * name of the variable with the path. "timeout" is the deadline. */
void program_run(const char *program, const char *arguments,
		 struct outcome *ret);

/* It succeeds, says nothing on stderr and prints JSON, which the caller
 * puts. */
struct json_object *program_run_json(const char *program,
				     const char *arguments);

/* It fails with @status: one sentence on stderr, with @says in it, and nothing
 * on stdout. */
void program_check_refused(const char *program, const char *arguments,
			   int status, const char *says);

unsigned int program_count_lines(const char *text);

/* Fields of an object. */
const char *program_text(struct json_object *root, const char *name);
int64_t program_number(struct json_object *root, const char *name);
