/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an Optane DIMM does behind the requests to it: its medium is read and
 * written in lines of 256 bytes, through a small buffer of such lines. Yang et
 * al. ("An Empirical Guide to the Behavior and Use of Scalable Persistent
 * Memory", FAST 2020) measure 16 KiB: writing half a line at a time is merged
 * in regions of up to 18 KiB and ever less above (their data, graphs/
 * 09-infer_xpbuffer.csv in github.com/NVSL/OptaneStudy).
 *
 *   read, line in the buffer		nothing
 *   read, else				the line is read, whole
 *   write				goes into the buffer
 *   line leaves the buffer, written	it is written; what of it is in the
 *					buffer neither by reading nor by
 *					writing is read first
 *
 * The line that came first leaves first.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <linux/tierscope_sim.h>

/* 64-byte lines of a line of the medium, and lines of the buffer. */
#define SIM_MEDIA_PARTS	4
#define SIM_MEDIA_LINES	64

/**
 * struct sim_media - the buffer of one DIMM; all zeros is an empty one
 * @line: lines of the medium plus one; 0 is an empty place
 * @present: of each, one bit for a part that the buffer has
 * @dirty: of each, whether it was written
 * @last: place that was used last
 * @next: place that is taken next
 */
struct sim_media {
	_Alignas(64) uint32_t line[SIM_MEDIA_LINES];
	uint8_t present[SIM_MEDIA_LINES];
	bool dirty[SIM_MEDIA_LINES];
	uint8_t last;
	uint8_t next;
};

/**
 * sim_media_access - serve a request
 * @media: the buffer
 * @line: 64-byte line; four that begin at a multiple of four are one line of
 *	the medium
 * @write: it is written whole, else read
 * @count: by enum tierscope_sim_media, added to
 */
void sim_media_access(struct sim_media *media, uint32_t line, bool write,
		      __u64 count[TIERSCOPE_SIM_MEDIA_COUNTERS]);
