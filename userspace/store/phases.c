// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/phases.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int write_counters(struct store_database *db,
			  const struct store_phase_counter *counters, size_t n)
{
	STORE_STATEMENT(s);
	int err;

	err = store_database_prepare(db,
		"INSERT INTO phase_counter VALUES (?, ?, ?, ?)", &s);
	for (size_t i = 0; !err && i < n; i++) {
		sqlite3_bind_int64(s, 1, (int64_t)i);
		sqlite3_bind_text(s, 2, counters[i].name, -1, SQLITE_STATIC);
		sqlite3_bind_int(s, 3, counters[i].cpu);
		sqlite3_bind_int(s, 4, counters[i].socket);
		err = store_database_finish(db, s);
	}
	return err;
}

int store_phases_begin(struct store_phases_writer *w, struct store_database *db,
		       const struct store_phase_counter *counters, size_t n)
{
	int err;

	if (w->phase || n > STORE_PHASE_COUNTERS_MAX)
		return -EINVAL;
	err = write_counters(db, counters, n);
	if (!err)
		err = store_database_prepare(db,
			"INSERT OR REPLACE INTO phase VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			&w->phase);
	if (!err)
		err = store_database_prepare(db,
			"INSERT OR REPLACE INTO phase_value VALUES (?, ?, ?, ?, ?, ?)",
			&w->value);
	if (err)
		return err;
	w->n = n;
	return 0;
}

static int write_values(struct store_phases_writer *w,
			struct store_database *db, int64_t id,
			const struct store_phase_value *values)
{
	int err = 0;

	for (size_t i = 0; !err && i < w->n; i++) {
		sqlite3_bind_int64(w->value, 1, id);
		sqlite3_bind_int64(w->value, 2, (int64_t)i);
		sqlite3_bind_int64(w->value, 3, (int64_t)values[i].total);
		sqlite3_bind_int64(w->value, 4, (int64_t)values[i].self);
		sqlite3_bind_int64(w->value, 5, (int64_t)values[i].enabled_ns);
		sqlite3_bind_int64(w->value, 6, (int64_t)values[i].running_ns);
		err = store_database_finish(db, w->value);
	}
	return err;
}

int store_phases_write(struct store_phases_writer *w, struct store_database *db,
		       const struct store_phase *phase, int64_t *id)
{
	int64_t row = *id;
	int err;

	if (!w->phase)
		return -EINVAL;
	if (row)
		sqlite3_bind_int64(w->phase, 1, row);
	else
		sqlite3_bind_null(w->phase, 1);
	sqlite3_bind_text(w->phase, 2, phase->name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(w->phase, 3, phase->thread);
	sqlite3_bind_int64(w->phase, 4, phase->depth);
	sqlite3_bind_int64(w->phase, 5, (int64_t)phase->calls);
	sqlite3_bind_int64(w->phase, 6, (int64_t)phase->begin_mono_ns);
	sqlite3_bind_int64(w->phase, 7, (int64_t)phase->time_ns);
	sqlite3_bind_int64(w->phase, 8, (int64_t)phase->self_ns);
	err = store_database_finish(db, w->phase);
	if (err)
		return err;
	if (!row)
		row = sqlite3_last_insert_rowid(db->sqlite);
	err = write_values(w, db, row, phase->values);
	if (!err)
		*id = row;
	return err;
}

void store_phases_writer_free(struct store_phases_writer *w)
{
	sqlite3_finalize(w->phase);
	sqlite3_finalize(w->value);
	*w = (struct store_phases_writer){ 0 };
}

/* Those of one phase; a counter without a row did nothing. */
static int read_values(struct store_database *db, sqlite3_stmt *s, int64_t id,
		       struct store_phase_value *values, size_t n)
{
	int err;

	memset(values, 0, n * sizeof(*values));
	sqlite3_bind_int64(s, 1, id);
	while ((err = store_database_step(db, s)) > 0) {
		int64_t at = sqlite3_column_int64(s, 0);

		if (at < 0 || (uint64_t)at >= n)
			return -EBADMSG;
		values[at] = (struct store_phase_value){
			.total = (uint64_t)sqlite3_column_int64(s, 1),
			.self = (uint64_t)sqlite3_column_int64(s, 2),
			.enabled_ns = (uint64_t)sqlite3_column_int64(s, 3),
			.running_ns = (uint64_t)sqlite3_column_int64(s, 4),
		};
	}
	sqlite3_reset(s);
	return err;
}

int store_phases_read(struct store_database *db, size_t n_counters,
		      store_phase_fn fn, void *data)
{
	struct store_phase_value values[STORE_PHASE_COUNTERS_MAX];
	STORE_STATEMENT(phases);
	STORE_STATEMENT(values_of);
	int err;

	err = store_database_prepare(db,
		"SELECT id, name, thread, depth, calls, begin_ns, time_ns, self_ns"
		" FROM phase ORDER BY id", &phases);
	if (!err)
		err = store_database_prepare(db,
			"SELECT position, total, self, enabled_ns, running_ns"
			" FROM phase_value WHERE phase = ?", &values_of);
	if (err)
		return err;
	while ((err = store_database_step(db, phases)) > 0) {
		struct store_phase phase = {
			.name = store_column_text(phases, 1),
			.thread = (uint32_t)sqlite3_column_int64(phases, 2),
			.depth = (uint32_t)sqlite3_column_int64(phases, 3),
			.calls = (uint64_t)sqlite3_column_int64(phases, 4),
			.begin_mono_ns = (uint64_t)sqlite3_column_int64(phases, 5),
			.time_ns = (uint64_t)sqlite3_column_int64(phases, 6),
			.self_ns = (uint64_t)sqlite3_column_int64(phases, 7),
			.values = values,
		};

		err = read_values(db, values_of, sqlite3_column_int64(phases, 0),
				  values, n_counters);
		if (!err)
			err = fn(&phase, data);
		if (err < 0)
			break;
	}
	return err < 0 ? err : 0;
}
