// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>

#include "store/files.h"
#include "store/run.h"
#include "store/schema.h"

/* The journal itself is recovered by SQLite when the file is opened. */
static int close_run(struct store_database *db)
{
	STORE_STATEMENT(s);
	uint64_t last;
	int err;

	err = store_run_last_ns(db, &last);
	if (!err)
		err = store_database_prepare(db,
			"UPDATE run SET state = 'interrupted', end_mono_ns = ?,"
			"  note = ?"
			" WHERE state = 'recording'", &s);
	if (err)
		return err;
	sqlite3_bind_int64(s, 1, (int64_t)last);
	sqlite3_bind_text(s, 2, "the recorder was stopped before the command "
			  "ended, so its end is not in the record", -1,
			  SQLITE_STATIC);
	return store_database_finish(db, s);
}

/* -ENODATA if there are no tables: they are made in one transaction, together
 * with the row of the run. */
static int check(struct store_database *db)
{
	int64_t n;
	int err;

	err = store_database_number(db, "SELECT count(*) FROM sqlite_schema", &n);
	if (err)
		return err;
	return n ? store_schema_check(db) : -ENODATA;
}

int store_recover(const char *path)
{
	struct store_database db;
	int err;

	err = store_database_open(&db, path, STORE_WRITE);
	if (err)
		return err;
	err = check(&db);
	if (!err)
		err = store_database_run(&db, "PRAGMA synchronous = FULL");
	if (!err)
		err = close_run(&db);
	if (!err)
		err = store_database_leave_wal(&db, false);
	store_database_close(&db);
	if (err == -ENODATA)
		store_files_remove(path);
	return err;
}
