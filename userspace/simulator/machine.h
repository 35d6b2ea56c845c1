/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine that the plugin models, as scripts/vm describes it to the plugin
 * in a file of lines `key=value`. Empty lines and lines that start with # are
 * skipped. Every key but near_bytes must be there, once:
 *
 *   mode                 memory-mode, dram-only, app-direct
 *   sockets, vcpus       vcpus is a multiple of sockets
 *   llc_bytes, llc_ways  last-level cache of a socket
 *   near_bytes           near memory of a socket; in Memory Mode only
 *   fetch_on_write_miss  1 for model A of the cost table, 0 for model B
 *   ddo_percent          share of write-backs to a resident line that skip
 *                        the tag check
 *   dclk_hz              rate of the DRAM clock
 *   block                NAME:FILE:BASE:BYTES:SOCKET:MEDIUM[:OFFSET], once for
 *                        each piece of guest memory: FILE at OFFSET stands at
 *                        guest-physical BASE; MEDIUM is dram or pmem, which
 *                        only App Direct asks for
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/tierscope_sim.h>

#define SIM_LINE_SHIFT		6	/* a cache line: 64 bytes */
#define SIM_PAGE_BYTES		4096

#define SIM_BLOCKS_MAX		16
#define SIM_LLC_WAYS_MAX	32
#define SIM_LLC_BYTES_MAX	(1ULL << 30)

/*
 * Guest-physical addresses end here: a line's number, one more and a dirty
 * bit must fit into the 32 bits of an entry of a cache.
 */
#define SIM_ADDRESS_END		((1ULL << 37) - SIM_PAGE_BYTES)

enum sim_medium {
	SIM_DRAM,
	SIM_PMEM,
};

/**
 * struct sim_block - a piece of guest memory behind one socket
 * @name: for people
 * @file: the file that QEMU maps for it, as /proc/self/maps names it
 * @base: guest-physical address
 * @bytes: size
 * @offset: where it starts in the file
 * @socket: whose memory it is
 * @medium: what it is made of in App Direct
 */
struct sim_block {
	char name[32];
	char file[512];
	uint64_t base;
	uint64_t bytes;
	uint64_t offset;
	unsigned int socket;
	enum sim_medium medium;
};

/** struct sim_machine - see the top of this file */
struct sim_machine {
	enum tierscope_sim_mode mode;
	unsigned int sockets;
	unsigned int vcpus;
	uint64_t llc_bytes;
	unsigned int llc_ways;
	uint64_t near_bytes;
	bool fetch_on_write_miss;
	unsigned int ddo_percent;
	uint64_t dclk_hz;
	unsigned int blocks;
	struct sim_block block[SIM_BLOCKS_MAX];	/* ascending by base */
};

/**
 * sim_machine_read - read a machine's description
 * @file: to be read to its end
 * @ret_machine: the machine, untouched on failure
 * @ret_why: on failure, a sentence that says what is wrong with what
 * @why_bytes: room in @ret_why
 *
 * Return: 0, -EINVAL for a bad description, or what reading ended with.
 */
int sim_machine_read(FILE *file, struct sim_machine *ret_machine,
		     char *ret_why, size_t why_bytes);

/** sim_mode_name - the name of a mode as the machine file spells it, or NULL */
const char *sim_mode_name(unsigned int mode);
