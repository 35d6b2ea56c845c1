/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the memory of each socket does meanwhile, everybody's, on a simulated
 * machine: phases have modelled times by it.
 */
#pragma once

#include "tierscope/events.h"

#define MEDIA_SOCKETS_MAX 8

/**
 * struct media - groups of counters, one a socket
 * @n: sockets, by their numbers
 */
struct media {
	size_t n;
	int fds[MEDIA_SOCKETS_MAX][TIERSCOPE_MEDIA_EVENTS];
};

/* All there are; a real machine has none. */
void media_open(struct media *media, struct tierscope *ts);
void media_close(struct media *media);
