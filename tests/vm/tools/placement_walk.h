/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walks, asked of the module over and over, and what is in their records: for
 * tests that judge it themselves. An answer that cannot be parsed ends the
 * program.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "probe_socket.h"

#define PLACEMENT_NODES	2	/* of the machine */

/*
 * PLACEMENT_GET, MAPPING_GET or PAGE_GET of a process, or of everybody for PID
 * 0, each record given to @record. 0, or why it was refused, -errno, and then
 * the probe has the sentence.
 */
int placement_walk(struct probe *probe, uint8_t cmd, pid_t pid, bool sharing,
		   void (*record)(const struct nlmsghdr *header, void *context),
		   void *context);

void placement_parse(const struct nlmsghdr *header, struct nlattr **tb, int max);

/* u32 or u64, which must be there. */
uint64_t placement_number(struct nlattr **tb, int type);

/* Adds what the record's cells, attributes of that type, have on each node, in
 * pages of 4096 bytes.
 */
void placement_add_cells(const struct nlmsghdr *header, int type,
			 uint64_t pages[PLACEMENT_NODES]);
