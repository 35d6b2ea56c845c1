// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/database.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/scope.h"

/* No blob or text of a run file comes near it: a block has 2 MB at most. */
#define LENGTH_MAX	(16 << 20)
/* A reader may meet the writer's checkpoint. */
#define BUSY_MS		2000
#define BUSY_STEP_MS	20

int store_database_fail(struct store_database *db, int err, const char *format,
			...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(db->error, sizeof(db->error), format, args);
	va_end(args);
	return err;
}

/* What SQLite's last failure means. */
static int failure(struct store_database *db, int code)
{
	int err = db->sqlite ? sqlite3_system_errno(db->sqlite) : 0;

	switch (code & 0xff) {
	case SQLITE_NOMEM:
		return store_database_fail(db, -ENOMEM, "no memory left");
	case SQLITE_FULL:
		return store_database_fail(db, -ENOSPC, "the disk is full");
	case SQLITE_CORRUPT:
	case SQLITE_FORMAT:
		return store_database_fail(db, -EBADMSG, "it is damaged");
	case SQLITE_NOTADB:
		return store_database_fail(db, -EBADMSG, "it is not a run file");
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return store_database_fail(db, -EBUSY, "another process keeps it locked");
	case SQLITE_IOERR:
		if (code == SQLITE_IOERR_SHORT_READ)
			return store_database_fail(db, -EBADMSG, "it is damaged: it ends too early");
		if (err == ENOSPC || err == EDQUOT)
			return store_database_fail(db, -ENOSPC, "%s", strerror(err));
		return store_database_fail(db, -EIO, "%s",
					   err ? strerror(err) : sqlite3_errstr(code));
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_READONLY:
		return store_database_fail(db, -EACCES, "it may not be opened: its journal (-wal) needs to be read by its owner first");
	case SQLITE_CANTOPEN:
		return store_database_fail(db, err ? -err : -EIO, "%s",
					   err ? strerror(err) : sqlite3_errstr(code));
	}
	/* A value of another type than a strict table holds, for one: only a
	 * damaged file gets here. */
	return store_database_fail(db, -EIO, "%s", db->sqlite ?
				   sqlite3_errmsg(db->sqlite) :
				   sqlite3_errstr(code));
}

/* @path as https://www.sqlite.org/uri.html wants it, with immutable=1. */
static char *unchanging(const char *path)
{
	static const char after[] = "?immutable=1";
	char *uri = malloc(sizeof("file://") + 3 * strlen(path) + sizeof(after));
	char *to = uri;

	if (!uri)
		return NULL;
	/* An absolute path may begin with two slashes: not a host's name. */
	to += sprintf(to, *path == '/' ? "file://" : "file:");
	for (; *path; path++)
		if (*path == '%' || *path == '?' || *path == '#')
			to += sprintf(to, "%%%02x", *path);
		else
			*to++ = *path;
	strcpy(to, after);
	return uri;
}

int store_database_open(struct store_database *db, const char *path,
			enum store_access access)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
		    (access == STORE_WRITE ? SQLITE_OPEN_READWRITE :
					     SQLITE_OPEN_READONLY);
	char *uri scope_free = NULL;
	int code, err;

	*db = (struct store_database){ 0 };
	if (access == STORE_READ_UNCHANGING) {
		path = uri = unchanging(path);
		flags |= SQLITE_OPEN_URI;
		if (!uri)
			return store_database_fail(db, -ENOMEM, "no memory left");
	}
	code = sqlite3_open_v2(path, &db->sqlite, flags, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_extended_result_codes(db->sqlite, 1);
	if (code == SQLITE_OK)
		code = sqlite3_busy_timeout(db->sqlite, BUSY_MS);
	if (code != SQLITE_OK) {
		err = failure(db, code);
		store_database_close(db);
		return err;
	}
	sqlite3_limit(db->sqlite, SQLITE_LIMIT_LENGTH, LENGTH_MAX);
	/* What a file's schema says must not run code, nor be rewritten. */
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	err = store_database_run(db, "PRAGMA cell_size_check = ON");
	/* A run file is read and written once, front to back: a large cache
	 * would only make the daemon large. In KiB. */
	if (!err)
		err = store_database_run(db, "PRAGMA cache_size = -256");
	if (err)
		store_database_close(db);
	return err;
}

void store_database_close(struct store_database *db)
{
	sqlite3_close(db->sqlite);
	db->sqlite = NULL;
}

int store_database_run(struct store_database *db, const char *sql)
{
	int code = sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? 0 : failure(db, code);
}

int store_database_leave_wal(struct store_database *db, bool wait)
{
	const struct timespec step = { .tv_nsec = BUSY_STEP_MS * 1000000 };
	int err;

	for (int left = wait ? BUSY_MS : 0;; left -= BUSY_STEP_MS) {
		err = store_database_run(db, "PRAGMA journal_mode = DELETE");
		if (err != -EBUSY || left <= 0)
			return err;
		nanosleep(&step, NULL);
	}
}

int store_database_number(struct store_database *db, const char *sql,
			  int64_t *ret)
{
	STORE_STATEMENT(statement);
	int err;

	err = store_database_prepare(db, sql, &statement);
	if (err)
		return err;
	err = store_database_step(db, statement);
	if (err < 0)
		return err;
	*ret = err ? sqlite3_column_int64(statement, 0) : 0;
	return 0;
}

int store_database_prepare(struct store_database *db, const char *sql,
			   sqlite3_stmt **ret)
{
	int code = sqlite3_prepare_v2(db->sqlite, sql, -1, ret, NULL);

	return code == SQLITE_OK ? 0 : failure(db, code);
}

int store_database_step(struct store_database *db, sqlite3_stmt *statement)
{
	int code = sqlite3_step(statement);

	if (code == SQLITE_ROW)
		return 1;
	return code == SQLITE_DONE ? 0 : failure(db, code);
}

int store_database_finish(struct store_database *db, sqlite3_stmt *statement)
{
	int err = store_database_step(db, statement);

	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return err < 0 ? err : 0;
}

const char *store_column_text(sqlite3_stmt *statement, int column)
{
	const unsigned char *text = sqlite3_column_text(statement, column);

	return text ? (const char *)text : "";
}
