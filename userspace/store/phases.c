// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What was counted during a phase is one value of its row. With a row for each
 * counter all that phases cost was four times as much (make bench,
 * run.overhead_percent.phases): a program may mark a thousand a second, and there
 * are a dozen counters and more.
 *
 * For each counter, in their order, as store/pack.h has it:
 *	varint	self, the count without the phases within
 *	signed	total - self
 *	signed	enabled_ns - that of the counter before, which shares its group
 *	signed	enabled_ns - running_ns
 */
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
			"INSERT OR REPLACE INTO phase VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			&w->phase);
	if (err)
		return err;
	w->n = n;
	return 0;
}

static int pack_counts(struct store_pack *pack,
		       const struct store_phase_value *values, size_t n)
{
	uint64_t enabled_ns = 0;

	pack->n = 0;
	for (size_t i = 0; i < n; i++) {
		const struct store_phase_value *value = &values[i];

		store_pack_varint(pack, value->self);
		store_pack_signed(pack, value->total - value->self);
		store_pack_signed(pack, value->enabled_ns - enabled_ns);
		store_pack_signed(pack, value->enabled_ns - value->running_ns);
		enabled_ns = value->enabled_ns;
	}
	return pack->failed ? -ENOMEM : 0;
}

int store_phases_write(struct store_phases_writer *w, struct store_database *db,
		       const struct store_phase *phase, int64_t *id)
{
	int64_t row = *id;
	int err;

	if (!w->phase)
		return -EINVAL;
	err = pack_counts(&w->counts, phase->values, w->n);
	if (err)
		return err;
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
	/* Without counters there is no memory, and no pointer would be NULL. */
	sqlite3_bind_blob64(w->phase, 9, w->counts.n ? w->counts.data : (void *)"",
			    w->counts.n, SQLITE_STATIC);
	err = store_database_finish(db, w->phase);
	if (err)
		return err;
	*id = row ? row : sqlite3_last_insert_rowid(db->sqlite);
	return 0;
}

void store_phases_writer_free(struct store_phases_writer *w)
{
	sqlite3_finalize(w->phase);
	store_pack_free(&w->counts);
	*w = (struct store_phases_writer){ 0 };
}

static int unpack_counts(sqlite3_stmt *s, int column,
			 struct store_phase_value *values, size_t n)
{
	const uint8_t *data = sqlite3_column_blob(s, column);
	struct store_unpack unpack = {
		.at = data, .end = data + sqlite3_column_bytes(s, column),
	};
	uint64_t enabled_ns = 0;

	for (size_t i = 0; i < n; i++) {
		struct store_phase_value *value = &values[i];

		value->self = store_unpack_varint(&unpack);
		value->total = value->self + store_unpack_signed(&unpack);
		enabled_ns += store_unpack_signed(&unpack);
		value->enabled_ns = enabled_ns;
		value->running_ns = enabled_ns - store_unpack_signed(&unpack);
	}
	return unpack.failed || unpack.at != unpack.end ? -EBADMSG : 0;
}

int store_phases_read(struct store_database *db, size_t n_counters,
		      store_phase_fn fn, void *data)
{
	struct store_phase_value values[STORE_PHASE_COUNTERS_MAX];
	STORE_STATEMENT(phases);
	int err;

	err = store_database_prepare(db,
		"SELECT name, thread, depth, calls, begin_ns, time_ns, self_ns, counts"
		" FROM phase ORDER BY id", &phases);
	if (err)
		return err;
	while ((err = store_database_step(db, phases)) > 0) {
		struct store_phase phase = {
			.name = store_column_text(phases, 0),
			.thread = (uint32_t)sqlite3_column_int64(phases, 1),
			.depth = (uint32_t)sqlite3_column_int64(phases, 2),
			.calls = (uint64_t)sqlite3_column_int64(phases, 3),
			.begin_mono_ns = (uint64_t)sqlite3_column_int64(phases, 4),
			.time_ns = (uint64_t)sqlite3_column_int64(phases, 5),
			.self_ns = (uint64_t)sqlite3_column_int64(phases, 6),
			.values = values,
		};

		err = unpack_counts(phases, 7, values, n_counters);
		if (!err)
			err = fn(&phase, data);
		if (err < 0)
			break;
	}
	return err < 0 ? err : 0;
}
