/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page frame to slot of near memory, as NEARMEM_GET assumes it, but found by
 * other means: the memory blocks of a node, as sysfs lists them.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define FRAME_SLOT_NONE	UINT64_MAX

/**
 * struct frame_slots - near memory in front of one node
 * @slots: pages of it
 * @block_pages: pages of a memory block
 * @n: blocks of the node
 * @block: their numbers, ascending
 */
struct frame_slots {
	uint64_t slots;
	uint64_t block_pages;
	size_t n;
	uint64_t *block;
};

/* "NODE:BYTES"; exits with a sentence if there is no such node. */
void frame_slots_read(const char *text, struct frame_slots *ret);

/* FRAME_SLOT_NONE if the frame is not of that node. */
uint64_t frame_slot(const struct frame_slots *slots, uint64_t frame);

/* The frames of @n pages from @address on, by a file pagemap that is open; 0
 * where there is none. */
void frames_of(int pagemap, uint64_t address, size_t n, uint64_t *ret);
