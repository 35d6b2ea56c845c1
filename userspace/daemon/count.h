/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Live counters for who may not count: a sampler of ours whose socket the caller
 * reads. It ends with the caller's connection.
 */
#pragma once

#include "daemon/daemon.h"

/* The method Count of bus.h. */
int count_answer(sd_bus_message *message, struct daemon *daemon,
		 sd_bus_error *error);

/* How many there are, of one user or of all. */
size_t count_active(const struct daemon *daemon, uid_t uid, bool all);

/* The daemon stops. */
void count_stop_all(struct daemon *daemon);
