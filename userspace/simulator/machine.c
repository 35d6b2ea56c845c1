/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"

enum key {
	KEY_SOCKETS,
	KEY_VCPUS,
	KEY_LLC_BYTES,
	KEY_LLC_WAYS,
	KEY_NEAR_BYTES,
	KEY_FETCH_ON_WRITE_MISS,
	KEY_DDO_PERCENT,
	KEY_DCLK_HZ,

	KEYS,
};

static const struct {
	const char *name;
	uint64_t min, max;
} keys[KEYS] = {
	[KEY_SOCKETS] = { "sockets", 1, TIERSCOPE_SIM_SOCKETS_MAX },
	[KEY_VCPUS] = { "vcpus", 1, TIERSCOPE_SIM_VCPUS_MAX },
	[KEY_LLC_BYTES] = { "llc_bytes", 64, SIM_LLC_BYTES_MAX },
	[KEY_LLC_WAYS] = { "llc_ways", 1, SIM_LLC_WAYS_MAX },
	[KEY_NEAR_BYTES] = { "near_bytes", 0, SIM_ADDRESS_END },
	[KEY_FETCH_ON_WRITE_MISS] = { "fetch_on_write_miss", 0, 1 },
	[KEY_DDO_PERCENT] = { "ddo_percent", 0, 100 },
	[KEY_DCLK_HZ] = { "dclk_hz", 1, 10000000000ULL },
};

static const char *const modes[] = {
	[TIERSCOPE_SIM_DRAM_ONLY] = "dram-only",
	[TIERSCOPE_SIM_MEMORY_MODE] = "memory-mode",
	[TIERSCOPE_SIM_APP_DIRECT] = "app-direct",
};

#define MODES (sizeof(modes) / sizeof(modes[0]))

/* What is known while the file is read. */
struct reader {
	struct sim_machine machine;
	uint64_t value[KEYS];
	bool seen[KEYS];
	bool mode_seen;
	char *why;
	size_t why_bytes;
};

__attribute__((format(printf, 2, 3)))
static int refuse(struct reader *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->why, r->why_bytes, format, args);
	va_end(args);
	return -EINVAL;
}

const char *sim_mode_name(unsigned int mode)
{
	return mode < MODES ? modes[mode] : NULL;
}

/* strtoull() alone takes signs, blanks and what is too large. */
static bool to_number(const char *text, uint64_t *ret_number)
{
	unsigned long long number;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	number = strtoull(text, &end, 0);
	if (errno || *end)
		return false;
	*ret_number = number;
	return true;
}

static int read_mode(struct reader *r, const char *text)
{
	if (r->mode_seen)
		return refuse(r, "mode is given twice");
	for (size_t i = 0; i < MODES; i++) {
		if (strcmp(text, modes[i]))
			continue;
		r->machine.mode = (enum tierscope_sim_mode)i;
		r->mode_seen = true;
		return 0;
	}
	return refuse(r, "mode %s is none of memory-mode, dram-only, app-direct",
		      text);
}

static int read_key(struct reader *r, const char *name, const char *text)
{
	for (unsigned int i = 0; i < KEYS; i++) {
		if (strcmp(name, keys[i].name))
			continue;
		if (r->seen[i])
			return refuse(r, "%s is given twice", name);
		if (!to_number(text, &r->value[i]))
			return refuse(r, "%s is not a number: %s", name, text);
		if (r->value[i] < keys[i].min || r->value[i] > keys[i].max)
			return refuse(r, "%s is %s, not from %llu to %llu",
				      name, text,
				      (unsigned long long)keys[i].min,
				      (unsigned long long)keys[i].max);
		r->seen[i] = true;
		return 0;
	}
	return refuse(r, "%s is no key of a machine", name);
}

enum field {
	FIELD_NAME,
	FIELD_FILE,
	FIELD_BASE,
	FIELD_BYTES,
	FIELD_SOCKET,
	FIELD_MEDIUM,
	FIELD_OFFSET,

	FIELDS,
};

static int read_block(struct reader *r, char *text)
{
	char *field[FIELDS] = { NULL }, *rest = text;
	struct sim_block b = { .offset = 0 };
	unsigned int fields = 0;
	uint64_t socket;

	if (r->machine.blocks == SIM_BLOCKS_MAX)
		return refuse(r, "there are more than %u blocks", SIM_BLOCKS_MAX);
	while (rest && fields < FIELDS)
		field[fields++] = strsep(&rest, ":");
	if (rest || fields < FIELD_OFFSET)
		return refuse(r, "block %s is not NAME:FILE:BASE:BYTES:SOCKET:MEDIUM[:OFFSET]",
			      field[FIELD_NAME]);
	if (!field[FIELD_NAME][0] ||
	    strlen(field[FIELD_NAME]) >= sizeof(b.name))
		return refuse(r, "block name \"%s\" is empty or too long",
			      field[FIELD_NAME]);
	strcpy(b.name, field[FIELD_NAME]);
	if (field[FIELD_FILE][0] != '/' ||
	    strlen(field[FIELD_FILE]) >= sizeof(b.file))
		return refuse(r, "block %s: file \"%s\" is no absolute path or too long",
			      b.name, field[FIELD_FILE]);
	strcpy(b.file, field[FIELD_FILE]);
	if (!to_number(field[FIELD_BASE], &b.base) || b.base % SIM_PAGE_BYTES)
		return refuse(r, "block %s: base %s is no multiple of a page",
			      b.name, field[FIELD_BASE]);
	if (!to_number(field[FIELD_BYTES], &b.bytes) || !b.bytes ||
	    b.bytes % SIM_PAGE_BYTES)
		return refuse(r, "block %s: size %s is no multiple of a page",
			      b.name, field[FIELD_BYTES]);
	if (b.base >= SIM_ADDRESS_END || b.bytes > SIM_ADDRESS_END - b.base)
		return refuse(r, "block %s ends above %llu, the last address that is modelled",
			      b.name, (unsigned long long)SIM_ADDRESS_END);
	if (!to_number(field[FIELD_SOCKET], &socket) ||
	    socket >= TIERSCOPE_SIM_SOCKETS_MAX)
		return refuse(r, "block %s: socket %s is none", b.name,
			      field[FIELD_SOCKET]);
	b.socket = (unsigned int)socket;
	if (!strcmp(field[FIELD_MEDIUM], "dram"))
		b.medium = SIM_DRAM;
	else if (!strcmp(field[FIELD_MEDIUM], "pmem"))
		b.medium = SIM_PMEM;
	else
		return refuse(r, "block %s: medium %s is neither dram nor pmem",
			      b.name, field[FIELD_MEDIUM]);
	if (field[FIELD_OFFSET] &&
	    (!to_number(field[FIELD_OFFSET], &b.offset) ||
	     b.offset % SIM_PAGE_BYTES || b.offset > SIM_ADDRESS_END))
		return refuse(r, "block %s: offset %s is no multiple of a page",
			      b.name, field[FIELD_OFFSET]);
	r->machine.block[r->machine.blocks++] = b;
	return 0;
}

static int by_base(const void *a, const void *b)
{
	const struct sim_block *x = a, *y = b;

	return (x->base > y->base) - (x->base < y->base);
}

static int check_blocks(struct reader *r)
{
	struct sim_machine *m = &r->machine;
	bool has[TIERSCOPE_SIM_SOCKETS_MAX] = { false };

	qsort(m->block, m->blocks, sizeof(m->block[0]), by_base);
	for (unsigned int i = 0; i < m->blocks; i++) {
		const struct sim_block *b = &m->block[i];

		if (b->socket >= m->sockets)
			return refuse(r, "block %s is on socket %u of %u",
				      b->name, b->socket, m->sockets);
		has[b->socket] = true;
		if (i && b[-1].base + b[-1].bytes > b->base)
			return refuse(r, "blocks %s and %s overlap",
				      b[-1].name, b->name);
		if (m->mode == TIERSCOPE_SIM_DRAM_ONLY && b->medium != SIM_DRAM)
			return refuse(r, "block %s is pmem, but the machine has DRAM only",
				      b->name);
	}
	for (unsigned int s = 0; s < m->sockets; s++)
		if (!has[s])
			return refuse(r, "socket %u has no block of memory", s);
	return 0;
}

/* What no key says alone. */
static int check(struct reader *r)
{
	struct sim_machine *m = &r->machine;
	bool near = m->mode == TIERSCOPE_SIM_MEMORY_MODE;

	if (!r->mode_seen)
		return refuse(r, "mode is missing");
	for (unsigned int i = 0; i < KEYS; i++)
		if (!r->seen[i] && (i != KEY_NEAR_BYTES || near))
			return refuse(r, "%s is missing", keys[i].name);
	m->sockets = (unsigned int)r->value[KEY_SOCKETS];
	m->vcpus = (unsigned int)r->value[KEY_VCPUS];
	m->llc_bytes = r->value[KEY_LLC_BYTES];
	m->llc_ways = (unsigned int)r->value[KEY_LLC_WAYS];
	m->near_bytes = r->value[KEY_NEAR_BYTES];
	m->fetch_on_write_miss = r->value[KEY_FETCH_ON_WRITE_MISS];
	m->ddo_percent = (unsigned int)r->value[KEY_DDO_PERCENT];
	m->dclk_hz = r->value[KEY_DCLK_HZ];

	if (m->vcpus % m->sockets)
		return refuse(r, "%u vCPUs do not fill %u sockets evenly",
			      m->vcpus, m->sockets);
	if (m->llc_bytes % ((uint64_t)m->llc_ways << SIM_LINE_SHIFT))
		return refuse(r, "llc_bytes is no multiple of %u ways of 64 bytes",
			      m->llc_ways);
	if (near && (!m->near_bytes || m->near_bytes % (1 << SIM_LINE_SHIFT)))
		return refuse(r, "near_bytes is no multiple of 64");
	if (!near && m->near_bytes)
		return refuse(r, "near_bytes is given, but only Memory Mode has near memory");
	return check_blocks(r);
}

static int read_line(struct reader *r, char *line)
{
	char *value = strchr(line, '=');

	if (!value)
		return refuse(r, "\"%s\" is not key=value", line);
	*value++ = '\0';
	if (!strcmp(line, "mode"))
		return read_mode(r, value);
	if (!strcmp(line, "block"))
		return read_block(r, value);
	return read_key(r, line, value);
}

int sim_machine_read(FILE *file, struct sim_machine *ret_machine,
		     char *ret_why, size_t why_bytes)
{
	struct reader *r = calloc(1, sizeof(*r));
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int err = 0;

	if (!r)
		return -ENOMEM;
	r->why = ret_why;
	r->why_bytes = why_bytes;
	while (!err && (n = getline(&line, &room, file)) >= 0) {
		if (strlen(line) != (size_t)n) {
			err = refuse(r, "a line has a NUL in it");
			break;
		}
		line[strcspn(line, "\n")] = '\0';
		if (line[0] && line[0] != '#')
			err = read_line(r, line);
	}
	if (!err && ferror(file)) {
		refuse(r, "it cannot be read");
		err = -EIO;
	}
	if (!err)
		err = check(r);
	if (!err)
		*ret_machine = r->machine;
	free(line);
	free(r);
	return err;
}
