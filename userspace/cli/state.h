/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where run files are: STATE/runs/UID/NAME.tsrun.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* --state-dir if given, else TIERSCOPE_STATE_DIR, else the daemon's. */
const char *cli_state_dir(const char *option);

/**
 * cli_state_find() - the file of a run that was given by name or path
 * @state: as cli_state_dir() says
 * @run: what has a '/' in it is a path; else the name of one of the caller's
 *	runs, or, for root, of anybody's; else a file in the current directory
 * @ret: the caller frees
 *
 * Returns 0, -ENOENT, -ENOMEM, or -errno with *@ret_unreadable, which the caller
 * frees, set to the directory that could not be searched.
 */
int cli_state_find(const char *state, const char *run, char **ret,
		   char **ret_unreadable);

/* What to say of a run file that may not be read. */
#define CLI_STATE_DAEMONS "it is the daemon's until the run has ended"

/* Whether @path is a run file that the daemon has not handed over: root's, and
 * we are not. */
bool cli_state_is_daemons(const char *path);

/* One run file. A negative errno ends the walk and is returned. */
typedef int (*cli_state_fn)(uid_t uid, const char *name, const char *path,
			    void *data);

/**
 * cli_state_walk() - every run file of the caller, or, for root, of everybody
 *
 * Ascending by uid and name. A directory that is not there has no runs.
 * Returns 0, -ENOMEM, what @fn returned, or -errno with *@ret_path, which the
 * caller frees, set to what could not be read.
 */
int cli_state_walk(const char *state, cli_state_fn fn, void *data,
		   char **ret_path);
