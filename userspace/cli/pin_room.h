/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The nodes that are the target, and what they have room for.
 */
#pragma once

#include "cli/machine.h"
#include "tierscope/move.h"

/* Two sizes of the pool. */
#define PIN_POOLS 2

/**
 * struct pin_node - one of them
 * @free_bytes: what may be taken: free memory less a margin
 * @cache_bytes: page cache that the kernel gives up for small pages, once no
 *	node of the target has free memory
 * @wanted_bytes: what the plan takes of both
 * @whole_bytes: of that in huge pages, which cache makes no room for
 * @pools: free huge pages, 2 MiB and 1 GiB
 */
struct pin_node {
	int id;
	int socket;
	uint64_t free_bytes;
	uint64_t margin_bytes;
	uint64_t cache_bytes;
	uint64_t wanted_bytes;
	uint64_t whole_bytes;
	uint64_t pools[PIN_POOLS];
};

struct pin_room {
	const struct tierscope_topology *topology;
	struct tierscope_nodes nodes;
	struct pin_node *at;		/* as many as @nodes */
};

/* @text as tierscope_nodes_parse() has it. Says what a name became, or what is
 * wrong; returns the exit status. */
int pin_room_read(const struct cli_machine *machine, const char *text,
		  struct pin_room *ret);
/* The same for nodes that are known by number. */
int pin_room_of(const struct tierscope_topology *topology,
		struct tierscope_nodes *nodes, struct pin_room *ret);
void pin_room_clear(struct pin_room *room);

/* A part of a range that goes to one node, or, with @fits false, nowhere. */
typedef int (*pin_part_fn)(const struct tierscope_range *part, bool fits,
			   void *data);

/**
 * pin_room_give() - shares a range out
 *
 * To the target on its own socket first, then to the others in turn, and to both
 * once more where cache would have to go. What no node has room for goes to the first one all the same, so that
 * pin_room_check() knows it; of the pool it does not fit. Returns what @fn
 * returned.
 */
int pin_room_give(struct pin_room *room, const struct tierscope_range *range,
		  bool hugetlb, pin_part_fn fn, void *data);

/* Adds to what a node of the target is to take. */
void pin_room_want(struct pin_room *room, int node, uint64_t page_bytes,
		   uint64_t pages);

/* Whether there is room for everything; says on which node there is none, and
 * returns the exit status. */
int pin_room_check(const struct pin_room *room);
