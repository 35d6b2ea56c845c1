/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Resident memory over time, to and from its tables. Only the cells that
 * differ from the moment before have a row.
 */
#pragma once

#include "store/database.h"
#include "store/store.h"

/* Nodes x sizes x kinds: 64 x 3 x 5 is more than any machine with tiers has. A
 * file with more is damaged; every cell costs a reader time in every look. */
#define STORE_CELLS_MAX 1024

/* The cells of a moment, ascending by node, size, kind. */
struct store_cells {
	struct tierscope_cell *at;
	size_t n;
};

void store_cells_free(struct store_cells *cells);

struct store_cells_writer {
	struct store_cells last;
	sqlite3_stmt *moment;
	sqlite3_stmt *cell;
};

int store_cells_writer_init(struct store_cells_writer *w,
			    struct store_database *db);
void store_cells_writer_free(struct store_cells_writer *w);

/* -EINVAL if two of @cells are the same, -ENOMEM, or of SQLite. */
int store_cells_write(struct store_cells_writer *w, struct store_database *db,
		      uint64_t time_ns, size_t n_processes,
		      const struct tierscope_cell *cells, size_t n_cells);

/* A row of node, page_bytes, kind, pages. 0, or -EBADMSG. */
int store_cell_load(sqlite3_stmt *s, struct tierscope_cell *cell);

int store_cells_read(struct store_database *db, store_placement_fn fn,
		     void *data);
