/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which rule of the configuration holds for whom: the first, in the order of
 * the file, whose program and cgroup (those that it has) are theirs. A cgroup
 * has those below it.
 */
#pragma once

#include <sys/types.h>

#include "tierscope/tierscope.h"

/**
 * rule_of_pid() - the rule for a process that runs
 * @ret: of @config, or NULL if there is none
 *
 * Nothing is printed. Returns 0, -ESRCH if there is no such process, -EACCES if
 * its program may not be known and a rule asks for it, -ENOMEM, -errno.
 */
int rule_of_pid(const struct tierscope_config *config, pid_t pid,
		const struct tierscope_rule **ret);

/* The same for a command that we are about to run: its program is looked up by
 * PATH, its cgroup is ours. A program that is not found has no rule. */
int rule_of_command(const struct tierscope_config *config, const char *command,
		    const struct tierscope_rule **ret);
