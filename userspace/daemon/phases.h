/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon's end of the phases of a run: who of its programs connects gets a
 * ring and the counters that it reads at the edges (phase/wire.h), and the ring
 * is emptied now and then.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include <systemd/sd-event.h>

#include "daemon/phase_pairs.h"
#include "phase/wire.h"

/* Programs of a run that mark phases at one time: each has a ring of memory
 * that we pay for. Further ones are turned away. */
#define PHASES_CONNECTIONS_MAX	16

struct phases_connection;

/**
 * struct phases_group - counters that are read at once
 * @fd: of their leader; not ours
 * @n: values that a read gives
 */
struct phases_group {
	int fd;
	uint32_t n;
};

/**
 * struct phases - of one run
 * @name: of the socket, as the environment has it; "" if there is none
 * @uid: whose programs may connect
 * @n_lost: edges that found no room
 * @n_refused: programs that were turned away
 */
struct phases {
	sd_event *event;
	sd_event_source *source;
	int fd;
	char name[32];
	uid_t uid;
	struct phases_group groups[PHASE_GROUPS_MAX];
	size_t n_groups;
	struct phase_pairs pairs;
	struct phases_connection *connections[PHASES_CONNECTIONS_MAX];
	uint64_t n_lost;
	uint64_t n_refused;
};

/* Before anything else. */
void phases_init(struct phases *phases);

/* Makes the socket, which nobody is served at before phases_serve(). -errno. */
int phases_listen(struct phases *phases, sd_event *event, uid_t uid);

/* From now on. @groups: counters in the order of what @keep gets. */
int phases_serve(struct phases *phases, const struct phases_group *groups,
		 size_t n, phase_keep_fn keep, void *data);

/* Takes what has come. */
void phases_drain(struct phases *phases);
/* The run is over: takes the last and closes all. The figures stay. */
void phases_end(struct phases *phases);
