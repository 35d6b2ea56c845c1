/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables of a run file. */
#pragma once

#include "store/database.h"

/* Makes the tables in an empty database, version included. */
int store_schema_make(struct store_database *db);

/* Of the tables that it has, once they are checked. */
int store_schema_version(struct store_database *db, int64_t *ret);

/* Whether @db is a run file that this version reads, with exactly the tables
 * of its version: a file is somebody else's, and a view or a trigger in the
 * place of a table would run what they wrote. Returns 0, -EBADMSG,
 * -EPROTONOSUPPORT, or as store_database_step(). */
int store_schema_check(struct store_database *db);
