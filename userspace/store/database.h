/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * SQLite as the store needs it: -errno instead of result codes, a sentence for
 * every failure, statements that are freed by scope.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

struct store_database {
	sqlite3 *sqlite;
	char error[512];	/* why the last call failed, without what */
};

enum store_access {
	STORE_READ,
	STORE_READ_UNCHANGING,	/* nobody writes it: no lock and no journal */
	STORE_WRITE,
};

/* Opens a file that exists. */
int store_database_open(struct store_database *db, const char *path,
			enum store_access access);
void store_database_close(struct store_database *db);

/* Keeps the sentence and returns @err. */
__attribute__((format(printf, 3, 4)))
int store_database_fail(struct store_database *db, int err, const char *format,
			...);

/* Statements without results; constants only. */
int store_database_run(struct store_database *db, const char *sql);
/* Folds the journal in and removes it. That takes every reader to be gone, for
 * which SQLite does not wait of itself: @wait says whether we do, as long as for
 * any other lock. -EBUSY if one is left. */
int store_database_leave_wal(struct store_database *db, bool wait);
/* The first column of the first row. */
int store_database_number(struct store_database *db, const char *sql,
			  int64_t *ret);

int store_database_prepare(struct store_database *db, const char *sql,
			   sqlite3_stmt **ret);
/* 1: there is a row, 0: there is none (any more), -errno. */
int store_database_step(struct store_database *db, sqlite3_stmt *statement);
/* Runs a statement without rows to its end and makes it ready for the next. */
int store_database_finish(struct store_database *db, sqlite3_stmt *statement);

/* Never NULL. */
const char *store_column_text(sqlite3_stmt *statement, int column);

static inline void store_statement_free(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
}

#define STORE_STATEMENT(name)						\
	__attribute__((cleanup(store_statement_free))) sqlite3_stmt *name = NULL
