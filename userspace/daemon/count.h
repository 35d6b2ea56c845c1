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

/* 0, or sets @error: whether one more of runs and of these may be. */
int count_check_room(const struct daemon *daemon, sd_bus_error *error);

/* Whether what all processes do is for a caller of that user and groups. */
bool count_is_for(uid_t uid, const gid_t *groups, size_t n_groups);

/* The daemon stops. */
void count_stop_all(struct daemon *daemon);
