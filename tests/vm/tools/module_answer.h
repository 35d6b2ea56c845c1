/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the module says of a process, as placement-probe prints it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CELLS_MAX	64

/* enum tierscope_kind is the wire's; these are its numbers. */
#define KIND_ANON	0
#define KIND_DAX	3

/* @pages entries of 1 << @shift bytes, @shared of them mapped more than once. */
struct module_cell {
	uint32_t node, shift, kind;
	uint64_t pages, shared;
};

/**
 * struct module_answer - of a mapping, or (with @start and @end 0) a process
 * @sharing: its cells say what is mapped more than once
 */
struct module_answer {
	uint64_t start, end;
	uint64_t swap, migrating, special, hinted;
	bool sharing;
	size_t n;
	struct module_cell cells[CELLS_MAX];
};

/*
 * Adds the answers in a file to the mappings, free() them, or sets the process.
 * Exits with a sentence if there is any other line than these and "done".
 */
void module_answers_read(const char *path, struct module_answer *ret_process,
			 struct module_answer **ret_mappings, size_t *ret_n);

/* @cell's pages in pages of 4 KiB. */
uint64_t module_cell_base(const struct module_cell *cell, uint64_t pages);

/* The cell of that node, size and kind, made if there is none. */
struct module_cell *module_cell_of(struct module_answer *answer, uint32_t node,
				   uint32_t shift, uint32_t kind);
