/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Marking phases for others, for `tierscope phase`. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/**
 * phase_client_mark() - an edge of a phase
 * @thread: within which phases nest
 *
 * Connects the first time. Returns 0, -ENOENT (nothing records phases: the
 * environment does not say where), -errno of the socket, -EPROTO (the daemon is
 * of another version), -ENOBUFS (no room: it is counted as lost).
 */
int phase_client_mark(bool begin, const char *name, uint32_t thread);

/* Ends the connection and waits, for so long at most, until the daemon has taken
 * all that was marked. -ETIMEDOUT, -errno. */
int phase_client_close(int timeout_ms);
