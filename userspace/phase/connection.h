/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "phase/wire.h"

/**
 * struct phase_connection - to the daemon that records this process
 * @socket: -1: there is none
 * @ring: of so many bytes as @ring_bytes
 * @groups: as many as the hello says
 */
struct phase_connection {
	int socket;
	struct phase_ring *ring;
	uint64_t ring_bytes;
	struct phase_hello hello;
	int groups[PHASE_GROUPS_MAX];
};

#define PHASE_CONNECTION_NONE ((struct phase_connection){ .socket = -1 })

/* -ENOENT: the environment does not say where. Other errors as
 * phase_client_mark(). */
int phase_connection_open(struct phase_connection *ret);
void phase_connection_close(struct phase_connection *connection);

/* Puts an edge into the ring. 0 or -ENOBUFS. */
int phase_connection_mark(struct phase_connection *connection, bool begin,
			  const char *name, uint32_t thread);
