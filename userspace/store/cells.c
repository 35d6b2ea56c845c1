// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/cells.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static int order(const void *left, const void *right)
{
	const struct tierscope_cell *a = left, *b = right;

	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	if (a->page_bytes != b->page_bytes)
		return a->page_bytes < b->page_bytes ? -1 : 1;
	return (a->kind > b->kind) - (a->kind < b->kind);
}

void store_cells_free(struct store_cells *cells)
{
	free(cells->at);
	*cells = (struct store_cells){ 0 };
}

int store_cells_writer_init(struct store_cells_writer *w,
			    struct store_database *db)
{
	int err;

	err = store_database_prepare(db, "INSERT INTO moment VALUES (?, ?)",
				     &w->moment);
	if (!err)
		err = store_database_prepare(db,
			"INSERT INTO cell VALUES (?, ?, ?, ?, ?)", &w->cell);
	return err;
}

void store_cells_writer_free(struct store_cells_writer *w)
{
	sqlite3_finalize(w->moment);
	sqlite3_finalize(w->cell);
	store_cells_free(&w->last);
	*w = (struct store_cells_writer){ 0 };
}

static int write_cell(struct store_cells_writer *w, struct store_database *db,
		      uint64_t time_ns, const struct tierscope_cell *cell,
		      uint64_t pages)
{
	sqlite3_bind_int64(w->cell, 1, (int64_t)time_ns);
	sqlite3_bind_int(w->cell, 2, cell->node);
	sqlite3_bind_int64(w->cell, 3, (int64_t)cell->page_bytes);
	sqlite3_bind_text(w->cell, 4, tierscope_kind_name(cell->kind), -1,
			  SQLITE_STATIC);
	sqlite3_bind_int64(w->cell, 5, (int64_t)pages);
	return store_database_finish(db, w->cell);
}

int store_cells_write(struct store_cells_writer *w, struct store_database *db,
		      uint64_t time_ns, size_t n_processes,
		      const struct tierscope_cell *cells, size_t n_cells)
{
	struct store_cells now = { .n = n_cells };
	size_t i = 0, j = 0;
	int err = 0;

	if (n_cells > STORE_CELLS_MAX)
		return -EINVAL;
	now.at = malloc((n_cells + 1) * sizeof(*now.at));
	if (!now.at)
		return -ENOMEM;
	if (n_cells) {
		memcpy(now.at, cells, n_cells * sizeof(*cells));
		qsort(now.at, n_cells, sizeof(*now.at), order);
	}
	for (size_t k = 0; k < n_cells; k++)
		if ((k && !order(&now.at[k - 1], &now.at[k])) ||
		    !tierscope_kind_name(now.at[k].kind))
			err = -EINVAL;
	if (err)
		goto free_now;

	sqlite3_bind_int64(w->moment, 1, (int64_t)time_ns);
	sqlite3_bind_int64(w->moment, 2, (int64_t)n_processes);
	err = store_database_finish(db, w->moment);
	while (!err && (i < w->last.n || j < now.n)) {
		int which = i == w->last.n ? 1 : j == now.n ? -1 :
			    order(&w->last.at[i], &now.at[j]);

		if (which < 0)
			err = write_cell(w, db, time_ns, &w->last.at[i], 0);
		else if (which > 0 || w->last.at[i].pages != now.at[j].pages)
			err = write_cell(w, db, time_ns, &now.at[j],
					 now.at[j].pages);
		i += which <= 0;
		j += which >= 0;
	}
	if (err)
		goto free_now;
	store_cells_free(&w->last);
	w->last = now;
	return 0;

free_now:
	store_cells_free(&now);
	return err;
}

/* Puts @cell into its place. */
static int change(struct store_cells *cells, const struct tierscope_cell *cell)
{
	struct tierscope_cell *grown;
	size_t i = 0;

	while (i < cells->n && order(&cells->at[i], cell) < 0)
		i++;
	if (i < cells->n && !order(&cells->at[i], cell)) {
		if (cell->pages)
			cells->at[i] = *cell;
		else
			memmove(&cells->at[i], &cells->at[i + 1],
				(--cells->n - i) * sizeof(*cell));
		return 0;
	}
	if (!cell->pages)
		return 0;
	if (cells->n == STORE_CELLS_MAX)
		return -EBADMSG;
	/* Cells also leave: capacity cannot be told from n. */
	grown = realloc(cells->at, (cells->n + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	cells->at = grown;
	memmove(&grown[i + 1], &grown[i], (cells->n++ - i) * sizeof(*cell));
	grown[i] = *cell;
	return 0;
}

int store_cell_load(sqlite3_stmt *s, struct tierscope_cell *cell)
{
	int64_t node = sqlite3_column_int64(s, 0);

	if (node < 0 || node > INT_MAX)
		return -EBADMSG;
	cell->node = (int)node;
	cell->page_bytes = (uint64_t)sqlite3_column_int64(s, 1);
	cell->pages = (uint64_t)sqlite3_column_int64(s, 3);
	return tierscope_kind_from_name(store_column_text(s, 2), &cell->kind) ?
	       -EBADMSG : 0;
}

int store_cells_read(struct store_database *db, store_placement_fn fn,
		     void *data)
{
	struct store_cells cells = { 0 };
	STORE_STATEMENT(moments);
	STORE_STATEMENT(changes);
	int err, more;

	err = store_database_prepare(db,
		"SELECT time_ns, processes FROM moment ORDER BY time_ns", &moments);
	if (!err)
		err = store_database_prepare(db,
			"SELECT node, page_bytes, kind, pages FROM cell"
			" WHERE time_ns = ?", &changes);
	if (err)
		return err;
	while ((err = store_database_step(db, moments)) > 0) {
		int64_t time_ns = sqlite3_column_int64(moments, 0);

		sqlite3_bind_int64(changes, 1, time_ns);
		while ((more = store_database_step(db, changes)) > 0) {
			struct tierscope_cell cell = { 0 };

			err = store_cell_load(changes, &cell);
			if (!err)
				err = change(&cells, &cell);
			if (err)
				goto free_cells;
		}
		err = more;
		sqlite3_reset(changes);
		if (!err)
			err = fn((uint64_t)time_ns,
				 (size_t)sqlite3_column_int64(moments, 1),
				 cells.at, cells.n, data);
		if (err < 0)
			break;
	}
free_cells:
	store_cells_free(&cells);
	return err < 0 ? err : 0;
}
