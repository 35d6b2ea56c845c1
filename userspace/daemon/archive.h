/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The directory of run files: STATE/runs/UID/NAME.tsrun. Directories are
 * ours, 0755: users may read their own files there, and put nothing in.
 */
#pragma once

#include <limits.h>
#include <sys/types.h>

#include "store/store.h"

struct archive {
	char path[PATH_MAX - 128];	/* STATE/runs */
	unsigned int counter;		/* of names within this second */
	int lock;			/* on the directory, while we live */
};

/* Makes the directories. -errno; -EPERM if somebody else could write there,
 * -EWOULDBLOCK if another daemon keeps its files there. */
int archive_open(struct archive *archive, const char *state_dir);

/* Names and creates the file of a run that starts now: sets @run->name and
 * @path, both at least ARCHIVE_NAME_BYTES and PATH_MAX. */
#define ARCHIVE_NAME_BYTES 48
int archive_create(struct archive *archive, struct store_run *run, char *name,
		   char *path, struct store_writer **ret);

/* Makes a finished file its owner's, 0600. */
int archive_give(const char *path, uid_t uid, gid_t gid);

/* Closes the files that an earlier daemon left, and gives them to their
 * owners; removes those that no run is in yet. What cannot be closed is said on
 * stderr and left as it is. */
void archive_recover(const struct archive *archive);
