/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_TARGETS_H
#define TIERSCOPE_TARGETS_H

#include <linux/list.h>

struct pid;
struct tierscope_asker;

/**
 * struct tierscope_targets - the processes that a dump has still to visit
 * @chunks: of them, by ascending number of the asker's pid namespace
 *
 * They are struct pids and not numbers, so that a number that is used again is
 * not taken for the process that had it.
 */
struct tierscope_targets {
	struct list_head chunks;
};

void tierscope_targets_init(struct tierscope_targets *targets);

/*
 * All processes that there are now, in the asker's pid namespace. -ENOMEM or
 * -EINTR; what was taken until then is in @targets.
 */
int tierscope_targets_take(struct tierscope_targets *targets,
			   const struct tierscope_asker *asker);

/* The next one, still @targets'; NULL after the last. */
struct pid *tierscope_targets_first(struct tierscope_targets *targets);
/* Done with it. */
void tierscope_targets_pop(struct tierscope_targets *targets);

void tierscope_targets_free(struct tierscope_targets *targets);

#endif /* TIERSCOPE_TARGETS_H */
