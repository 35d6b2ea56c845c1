/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Between a program with phases and the daemon that records it, both of one
 * version: they come from one package.
 *
 * The program finds the abstract name of a socket (unix, SOCK_SEQPACKET) in
 * PHASE_ENVIRONMENT and connects. The daemon answers with a hello and these
 * descriptors: a ring in shared memory, and perf events, each of which leads a
 * group. At an edge the program reads all groups into the next record of the
 * ring. It writes a byte into the socket when half of the ring is full. What
 * finds no room is counted. When it is gone, the daemon takes what is left.
 *
 * Nothing of it is trusted: the daemon copies a record before it looks at it,
 * and a record has no length or index of its own.
 */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "tierscope/phase.h"

#define PHASE_ENVIRONMENT	"TIERSCOPE_PHASES"

#define PHASE_MAGIC		0x54535048U	/* "TSPH" */
#define PHASE_VERSION		1

/* Groups of counters, and values in all of them. */
#define PHASE_GROUPS_MAX	64
#define PHASE_VALUES_MAX	256

#define PHASE_RING_BYTES	(1U << 20)
/* The records begin after a page of its own for head and tail. */
#define PHASE_RING_HEAD_BYTES	4096U

struct phase_hello {
	uint32_t magic;
	uint32_t version;
	uint32_t n_groups;
	uint32_t record_bytes;
	uint32_t n_records;
	uint32_t n_values[PHASE_GROUPS_MAX];
};

/* @head, @lost: the program's; @tail: the daemon's. Records are counted, and
 * never begin again at 0. */
struct phase_ring {
	_Atomic uint64_t head;
	_Atomic uint64_t lost;
	char pad[48];
	_Atomic uint64_t tail;
};

/**
 * struct phase_edge - a record
 * @time_ns: CLOCK_MONOTONIC
 * @thread: whose phases nest
 * @begin: 1: a phase begins, 0: it ends
 * @words: for each group: ns enabled, ns running, then its values; all 0 if it
 *	could not be read
 */
struct phase_edge {
	uint64_t time_ns;
	uint32_t thread;
	uint32_t begin;
	char name[TIERSCOPE_PHASE_NAME_BYTES];
	uint64_t words[];
};

static inline uint32_t phase_record_bytes(uint32_t n_groups, uint32_t n_values)
{
	return (uint32_t)(sizeof(struct phase_edge) +
			  sizeof(uint64_t) * (2 * n_groups + n_values));
}
