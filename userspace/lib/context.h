/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The handle, and the sentence for the last failure on it. */
#pragma once

#include <tierscope/tierscope.h>

#include "netlink.h"

/* The kernel's own sentences end at 80 characters, paths make ours longer. */
#define TIERSCOPE_SENTENCE_MAX 512

/**
 * struct tierscope - the handle
 * @root: directory that stands for "/" when sysfs and procfs are read
 * @live: it is "/" itself, and so of the machine that the module is on
 * @config: instead of TIERSCOPE_CONFIG, or NULL
 * @link: for requests with one answer; opened at the first of them. Dumps
 *	have a link each, so that a callback may ask something else
 * @sentence: tierscope_error()
 */
struct tierscope {
	int root;
	bool live;
	char *config;
	struct tierscope_link *link;
	char sentence[TIERSCOPE_SENTENCE_MAX];
};

/**
 * tierscope_fail() - keep the sentence for a failure
 * @ts: NULL if nobody will ask
 * @error: -errno
 *
 * Returns @error, so that a caller can return what it says.
 */
int tierscope_fail(struct tierscope *ts, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
