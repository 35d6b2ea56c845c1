/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/pin_room.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/nodes.h"
#include "lib/scope.h"
#include "report/human.h"

/* Free memory that stays free: above the kernel's watermarks, which are a few
 * thousandths, so that nobody has to reclaim because of us. */
#define MARGIN_PART	64
#define MARGIN_MIN	(8ULL << 20)
#define SMALL_PAGE	4096ULL

static uint64_t pool_free(int node, uint64_t page_bytes)
{
	FILE *file scope_fclose = NULL;
	uint64_t pages = 0;
	char path[128];

	snprintf(path, sizeof(path),
		 "/sys/devices/system/node/node%d/hugepages/hugepages-%" PRIu64 "kB/free_hugepages",
		 node, page_bytes / 1024);
	file = fopen(path, "re");
	return file && fscanf(file, "%" SCNu64, &pages) == 1 ? pages : 0;
}

/*
 * Half of the clean file pages that have not been used again since they were read:
 * of all page cache what is missed least. Nothing if the kernel does not say; in
 * /sys/devices/system/node/node0/meminfo it is "Node 0 Inactive(file):  1234 kB".
 */
static uint64_t cache_room(int node)
{
	FILE *file scope_fclose = NULL;
	uint64_t kib, clean = 0, not_clean = 0;
	char path[64], line[128], name[32];

	snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/meminfo", node);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Node %*d %31[^:]: %" SCNu64, name, &kib) != 2)
			continue;
		if (!strcmp(name, "Inactive(file)"))
			clean = kib * 1024;
		else if (!strcmp(name, "Dirty") || !strcmp(name, "Writeback"))
			not_clean += kib * 1024;
	}
	return clean > not_clean ? (clean - not_clean) / 2 : 0;
}

static void read_node(const struct tierscope_node *node, struct pin_node *ret)
{
	uint64_t margin = MARGIN_MIN, available = 0;

	if (node->total_bytes != TIERSCOPE_BYTES_UNKNOWN &&
	    node->total_bytes / MARGIN_PART > margin)
		margin = node->total_bytes / MARGIN_PART;
	if (node->free_bytes != TIERSCOPE_BYTES_UNKNOWN &&
	    node->free_bytes > margin)
		available = node->free_bytes - margin;
	*ret = (struct pin_node){
		.id = node->id,
		.socket = node->socket,
		.free_bytes = available,
		.margin_bytes = margin,
		.cache_bytes = cache_room(node->id),
		.pools = { pool_free(node->id, 2ULL << 20),
			   pool_free(node->id, 1ULL << 30) },
	};
}

int pin_room_of(const struct tierscope_topology *topology,
		struct tierscope_nodes *nodes, struct pin_room *ret)
{
	struct pin_room room = { .topology = topology };

	room.at = calloc(nodes->n, sizeof(*room.at));
	if (!room.at)
		return cli_oom();
	for (size_t i = 0; i < nodes->n; i++) {
		const struct tierscope_node *node =
			tierscope_topology_node(topology, nodes->ids[i]);

		if (!node) {
			free(room.at);
			cli_error("node %d is not there any more", nodes->ids[i]);
			return CLI_FAILURE;
		}
		read_node(node, &room.at[i]);
	}
	room.nodes = *nodes;
	*nodes = (struct tierscope_nodes){ 0 };
	*ret = room;
	return CLI_OK;
}

int pin_room_read(const struct cli_machine *machine, const char *text,
		  struct pin_room *ret)
{
	struct tierscope_nodes nodes = { 0 };
	int r, status;

	r = cli_nodes(machine, text, &nodes);
	if (r < 0)
		return r == -EINVAL ? CLI_USAGE : CLI_FAILURE;
	status = pin_room_of(machine->topology, &nodes, ret);
	tierscope_nodes_clear(&nodes);
	return status;
}

void pin_room_clear(struct pin_room *room)
{
	tierscope_nodes_clear(&room->nodes);
	free(room->at);
	*room = (struct pin_room){ 0 };
}

static uint64_t pages_left(const struct pin_node *node, uint64_t page_bytes,
			   bool hugetlb, bool cached)
{
	uint64_t bytes = node->free_bytes;

	if (hugetlb)
		return node->pools[page_bytes > 2ULL << 20];
	if (cached && page_bytes == SMALL_PAGE)
		bytes += node->cache_bytes;
	return bytes > node->wanted_bytes ?
	       (bytes - node->wanted_bytes) / page_bytes : 0;
}

static void want(struct pin_node *node, uint64_t page_bytes, uint64_t pages)
{
	node->wanted_bytes += pages * page_bytes;
	if (page_bytes > SMALL_PAGE)
		node->whole_bytes += pages * page_bytes;
}

/* As much of @range as fits, with @cached in place of cache, or all of it. */
static int give(struct pin_node *node, struct tierscope_range *range,
		bool hugetlb, bool cached, bool all, pin_part_fn fn, void *data)
{
	struct tierscope_range part = *range;
	uint64_t left = pages_left(node, range->page_bytes, hugetlb, cached);

	if (!all && left < part.pages)
		part.pages = left;
	if (!part.pages)
		return 0;
	part.to = node->id;
	if (!hugetlb)
		want(node, part.page_bytes, part.pages);
	else if (!all)
		node->pools[part.page_bytes > 2ULL << 20] -= part.pages;
	range->address += part.pages * part.page_bytes;
	range->pages -= part.pages;
	return fn(&part, !all || !hugetlb, data);
}

int pin_room_give(struct pin_room *room, const struct tierscope_range *range,
		  bool hugetlb, pin_part_fn fn, void *data)
{
	const struct tierscope_node *source =
		tierscope_topology_node(room->topology, range->from);
	struct tierscope_range rest = *range;
	int socket = source ? source->socket : -1, r = 0;
	struct pin_node *first = &room->at[0];

	/* Near, far, and both once more in place of cache. */
	for (int turn = 0; turn < 4; turn++)
		for (size_t i = 0; !r && i < room->nodes.n; i++) {
			struct pin_node *node = &room->at[i];
			bool near = turn % 2 == 0;

			if ((node->socket == socket) != near)
				continue;
			if (near && first->socket != socket)
				first = node;
			r = give(node, &rest, hugetlb, turn >= 2, false, fn, data);
		}
	return r ? r : give(first, &rest, hugetlb, true, true, fn, data);
}

void pin_room_want(struct pin_room *room, int node, uint64_t page_bytes,
		   uint64_t pages)
{
	for (size_t i = 0; i < room->nodes.n; i++)
		if (room->at[i].id == node)
			want(&room->at[i], page_bytes, pages);
}

static const char *human(uint64_t bytes, char buffer[static REPORT_CELL_MAX])
{
	const struct report_value value = report_number(bytes);

	return report_human(REPORT_BYTES, &value, buffer);
}

int pin_room_check(const struct pin_room *room)
{
	char wanted[REPORT_CELL_MAX], whole[REPORT_CELL_MAX], available[REPORT_CELL_MAX];
	char margin[REPORT_CELL_MAX], cache[REPORT_CELL_MAX];

	for (size_t i = 0; i < room->nodes.n; i++) {
		const struct pin_node *node = &room->at[i];

		if (node->wanted_bytes <= node->free_bytes + node->cache_bytes &&
		    node->whole_bytes <= node->free_bytes)
			continue;
		cli_error("there is no room on node %d: %s would go there, %s of it in huge pages; %s is free besides a margin of %s, and small pages may take the place of %s of page cache",
			  node->id, human(node->wanted_bytes, wanted),
			  human(node->whole_bytes, whole),
			  human(node->free_bytes, available),
			  human(node->margin_bytes, margin),
			  human(node->cache_bytes, cache));
		return CLI_FAILURE;
	}
	return CLI_OK;
}
