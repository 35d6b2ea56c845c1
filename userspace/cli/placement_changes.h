/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has changed since a snapshot that was saved: `tierscope placement --by
 * process --format json` makes one.
 */
#pragma once

#include "cli/placement_snapshot.h"
#include "report/document.h"

struct placement_saved;

/**
 * placement_saved_read() - read a saved snapshot
 * @path: "-" for standard input
 * @ret: placement_saved_free() it
 *
 * Says what is wrong with the file. Returns the exit status.
 */
int placement_saved_read(const char *path, struct placement_saved **ret);
void placement_saved_free(struct placement_saved *saved);

/**
 * placement_changes_add() - a section with a row for each process that is in
 * either snapshot
 * @selection: processes that were named by number are the only ones that count
 *	as gone; of the others all that were saved and are not there any more
 *
 * A process is the same if number, user and name are. Most change on Optane
 * first. Returns 0, -EINVAL if the saved snapshot is from later than @now (of
 * another boot, then), or -ENOMEM.
 */
int placement_changes_add(struct report_document *document,
			  const struct tierscope_topology *topology,
			  const struct selection *selection,
			  const struct placement_saved *saved,
			  const struct placement_snapshot *now);
