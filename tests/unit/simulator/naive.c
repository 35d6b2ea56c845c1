/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "naive.h"

#define LINES_MAX 4096

struct entry {
	uint64_t line;
	uint64_t used;		/* when, counted in accesses */
	bool dirty;
};

struct list {
	struct entry entry[LINES_MAX];
	unsigned int n;
};

/* A line that a DIMM's buffer has, or parts of it. */
struct buffered {
	uint64_t line;
	bool part[4];
	bool written;
};

/* In the order of their coming. */
struct buffer {
	struct buffered entry[64];
	unsigned int n;
};

struct naive {
	struct sim_machine machine;
	struct tierscope_sim_region *counts;
	struct list llc[2];	/* lines are physical */
	struct list near[2];	/* lines are the socket's */
	struct buffer dimm[2][6];
	uint64_t resident_writes[2];
	uint64_t clock;
};

/* Requests by what they find, as in the cost table: CAS and PMM, read, write. */
enum { HIT, CLEAN, DIRTY };

static const int read_cost[3][4] = {
	[HIT] = { 1, 0, 0, 0 },
	[CLEAN] = { 1, 1, 1, 0 },
	[DIRTY] = { 1, 1, 1, 1 },
};

static const int write_cost_a[3][4] = {
	[HIT] = { 1, 1, 0, 0 },
	[CLEAN] = { 1, 2, 1, 0 },
	[DIRTY] = { 1, 2, 1, 1 },
};

static const int write_cost_b[3][4] = {
	[HIT] = { 1, 1, 0, 0 },
	[CLEAN] = { 1, 1, 0, 0 },
	[DIRTY] = { 1, 1, 0, 1 },
};

struct naive *naive_new(const struct sim_machine *machine,
			struct tierscope_sim_region *counts)
{
	struct naive *n = calloc(1, sizeof(*n));

	if (n) {
		n->machine = *machine;
		n->counts = counts;
	}
	return n;
}

void naive_free(struct naive *naive)
{
	free(naive);
}

static const struct sim_block *block_of(const struct naive *n, uint64_t address)
{
	for (unsigned int i = 0; i < n->machine.blocks; i++) {
		const struct sim_block *b = &n->machine.block[i];

		if (address >= b->base && address < b->base + b->bytes)
			return b;
	}
	return NULL;
}

/* How many lines of this socket's memory lie below? */
static uint64_t line_in_socket(const struct naive *n, uint64_t address)
{
	unsigned int socket = block_of(n, address)->socket;
	uint64_t lines = 0;

	for (unsigned int i = 0; i < n->machine.blocks; i++) {
		const struct sim_block *b = &n->machine.block[i];

		for (uint64_t at = b->base; at < b->base + b->bytes; at += 64)
			lines += b->socket == socket && at + 64 <= address;
	}
	return lines;
}

static void add(struct naive *n, unsigned int socket, uint64_t channel_line,
		const int cost[4])
{
	__u64 *count = n->counts->channel[socket][channel_line / 4 % 6].imc;

	count[TIERSCOPE_SIM_CAS_READ] += (unsigned int)cost[0];
	count[TIERSCOPE_SIM_CAS_WRITE] += (unsigned int)cost[1];
	count[TIERSCOPE_SIM_PMM_READ] += (unsigned int)cost[2];
	count[TIERSCOPE_SIM_PMM_WRITE] += (unsigned int)cost[3];
}

static bool is_whole(const struct buffered *b)
{
	return b->part[0] && b->part[1] && b->part[2] && b->part[3];
}

/* What Optane's medium does for a request to the DIMM of a channel. */
static void optane(struct naive *n, unsigned int socket, uint64_t channel_line,
		   uint64_t line, bool write)
{
	unsigned int channel = channel_line / 4 % 6;
	__u64 *count = n->counts->channel[socket][channel].media;
	struct buffer *buffer = &n->dimm[socket][channel];
	struct buffered *b = NULL;

	for (unsigned int i = 0; i < buffer->n; i++)
		if (buffer->entry[i].line == line / 4)
			b = &buffer->entry[i];
	if (!b && buffer->n == 64) {
		struct buffered first = buffer->entry[0];

		buffer->n--;
		memmove(&buffer->entry[0], &buffer->entry[1],
			buffer->n * sizeof(first));
		if (first.written) {
			count[TIERSCOPE_SIM_MEDIA_WRITE]++;
			count[TIERSCOPE_SIM_MEDIA_READ] += !is_whole(&first);
		}
	}
	if (!b) {
		b = &buffer->entry[buffer->n++];
		*b = (struct buffered){ .line = line / 4 };
	}
	if (write) {
		b->part[line % 4] = true;
		b->written = true;
	} else if (!b->part[line % 4]) {
		count[TIERSCOPE_SIM_MEDIA_READ]++;
		for (unsigned int i = 0; i < 4; i++)
			b->part[i] = true;
	}
}

static void add_m2m(struct naive *n, unsigned int socket,
		    uint64_t channel_line, enum tierscope_sim_m2m what)
{
	n->counts->channel[socket][channel_line / 4 % 6].m2m[what]++;
}

/* The one line that lies in a slot of near memory, if any. */
static struct entry *in_slot(struct naive *n, unsigned int socket, uint64_t slot)
{
	uint64_t slots = n->machine.near_bytes / 64;

	for (unsigned int i = 0; i < n->near[socket].n; i++)
		if (n->near[socket].entry[i].line % slots == slot)
			return &n->near[socket].entry[i];
	return NULL;
}

/* Of p in 100, the k-th skips if that makes one more than before. */
static bool skips(struct naive *n, unsigned int socket)
{
	uint64_t k = ++n->resident_writes[socket];

	return k * n->machine.ddo_percent / 100 >
	       (k - 1) * n->machine.ddo_percent / 100;
}

/* Returns true if the data came from Optane. */
static bool memory_mode(struct naive *n, unsigned int socket, uint64_t line,
			bool write)
{
	static const int skipped[4] = { 0, 1, 0, 0 };
	static const enum tierscope_sim_imc tags[] = {
		[HIT] = TIERSCOPE_SIM_TAG_HIT,
		[CLEAN] = TIERSCOPE_SIM_TAG_MISS_CLEAN,
		[DIRTY] = TIERSCOPE_SIM_TAG_MISS_DIRTY,
	};
	uint64_t slot = line % (n->machine.near_bytes / 64);
	struct entry *e = in_slot(n, socket, slot);
	bool dirty = e && e->dirty;
	uint64_t old = e ? e->line : 0;
	int found;

	if (!e) {
		found = CLEAN;
		e = &n->near[socket].entry[n->near[socket].n++];
		e->dirty = false;
	} else if (e->line == line) {
		found = HIT;
	} else {
		found = e->dirty ? DIRTY : CLEAN;
		e->dirty = false;
	}
	if (found == DIRTY)
		optane(n, socket, slot, old, true);
	if (found != HIT && (!write || n->machine.fetch_on_write_miss))
		optane(n, socket, slot, line, false);
	e->line = line;
	if (write)
		e->dirty = true;
	if (write && found == HIT && skips(n, socket)) {
		add(n, socket, slot, skipped);
		add_m2m(n, socket, slot, TIERSCOPE_SIM_WRITE_NO_TAG);
		return false;
	}
	n->counts->channel[socket][slot / 4 % 6].imc[tags[found]]++;
	if (!write)
		add(n, socket, slot, read_cost[found]);
	else if (n->machine.fetch_on_write_miss)
		add(n, socket, slot, write_cost_a[found]);
	else
		add(n, socket, slot, write_cost_b[found]);
	if (write)
		add_m2m(n, socket, slot, TIERSCOPE_SIM_WRITE_TAG);
	else if (found != HIT)
		add_m2m(n, socket, slot, TIERSCOPE_SIM_READ_MISS);
	else
		add_m2m(n, socket, slot, dirty ? TIERSCOPE_SIM_READ_HIT_DIRTY :
						 TIERSCOPE_SIM_READ_HIT_CLEAN);
	return found != HIT;
}

static bool request(struct naive *n, uint64_t address, bool write)
{
	const struct sim_block *b = block_of(n, address);
	uint64_t line = line_in_socket(n, address);
	bool pmem = n->machine.mode == TIERSCOPE_SIM_APP_DIRECT &&
		    b->medium == SIM_PMEM;
	const int cost[4] = { !pmem && !write, !pmem && write,
			      pmem && !write, pmem && write };

	if (n->machine.mode == TIERSCOPE_SIM_MEMORY_MODE)
		return memory_mode(n, b->socket, line, write);
	add(n, b->socket, line, cost);
	if (pmem)
		optane(n, b->socket, line, line, write);
	if (write)
		add_m2m(n, b->socket, line, TIERSCOPE_SIM_WRITE_NO_TAG);
	else
		add_m2m(n, b->socket, line, pmem ? TIERSCOPE_SIM_READ_MISS :
						   TIERSCOPE_SIM_READ_HIT_CLEAN);
	return pmem;
}

void naive_access(struct naive *n, unsigned int vcpu, uint64_t address,
		  bool store)
{
	unsigned int ways = n->machine.llc_ways, in_set = 0;
	uint64_t sets = n->machine.llc_bytes / 64 / ways, line = address / 64;
	unsigned int here = vcpu / (n->machine.vcpus / n->machine.sockets);
	struct tierscope_sim_vcpu *count = &n->counts->vcpu[vcpu];
	struct list *llc = &n->llc[here];
	struct entry *oldest = NULL;
	bool local, pmem;

	if (!block_of(n, address)) {
		count->unplaced++;
		return;
	}
	n->clock++;
	count->core[TIERSCOPE_SIM_LLC_READ]++;
	for (unsigned int i = 0; i < llc->n; i++) {
		struct entry *e = &llc->entry[i];

		if (e->line == line) {
			e->used = n->clock;
			e->dirty |= store;
			return;
		}
		if (e->line % sets != line % sets)
			continue;
		in_set++;
		if (!oldest || e->used < oldest->used)
			oldest = e;
	}
	count->core[TIERSCOPE_SIM_LLC_MISS]++;
	if (in_set == ways) {
		if (oldest->dirty)
			request(n, oldest->line * 64, true);
	} else {
		oldest = &llc->entry[llc->n++];
	}
	*oldest = (struct entry){ line, n->clock, store };
	pmem = request(n, line * 64, false);
	local = block_of(n, address)->socket == here;
	if (!store && pmem)
		count->core[local ? TIERSCOPE_SIM_LOAD_LOCAL_PMM :
				    TIERSCOPE_SIM_LOAD_REMOTE_PMM]++;
	else if (!store)
		count->core[local ? TIERSCOPE_SIM_LOAD_LOCAL_DRAM :
				    TIERSCOPE_SIM_LOAD_REMOTE_DRAM]++;
}
