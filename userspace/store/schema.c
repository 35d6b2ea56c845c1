// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/schema.h"

#include <errno.h>
#include <string.h>

#include "store/store.h"

/*
 * SQLite keeps this text, comments and all, so that a file explains itself
 * (`.schema` in sqlite3). A change of any byte of it needs a new
 * STORE_VERSION. Times: _utc_ns since the epoch, _mono_ns or time_ns
 * CLOCK_MONOTONIC of the machine that recorded. Names of roles, tiers, kinds
 * and modes are those of tierscope.h. Unsigned 64-bit numbers are kept as the
 * signed ones of the same bits.
 */
static const char schema_1[] =
"CREATE TABLE run (\n"
"  id             INTEGER PRIMARY KEY CHECK (id = 1),\n"
"  name           TEXT NOT NULL,\n"
"  state          TEXT NOT NULL, -- recording, complete, interrupted\n"
"  directory      TEXT NOT NULL,\n"
"  uid            INTEGER NOT NULL,\n"
"  user           TEXT NOT NULL, -- '' if the uid has no name\n"
"  interval_ns    INTEGER NOT NULL,\n"
"  start_utc_ns   INTEGER NOT NULL,\n"
"  start_mono_ns  INTEGER NOT NULL,\n"
"  host           TEXT NOT NULL,\n"
"  kernel         TEXT NOT NULL,\n"
"  tierscope      TEXT NOT NULL, -- version of the recorder\n"
"  mode           TEXT NOT NULL,\n"
"  mode_evidence  TEXT NOT NULL,\n"
"  near_bytes     INTEGER NOT NULL,\n"
"  near_evidence  TEXT NOT NULL,\n"
"  cpu_model      TEXT NOT NULL,\n"
"  cpu_family     INTEGER NOT NULL,\n"
"  cpu_number     INTEGER NOT NULL, -- 'model' of /proc/cpuinfo\n"
"  cpu_stepping   INTEGER NOT NULL,\n"
"  simulated      INTEGER NOT NULL, -- 1: no silicon behind the counters\n"
"  end_mono_ns    INTEGER,       -- from here on NULL until the run ended\n"
"  ending         TEXT,          -- exited, killed\n"
"  status         INTEGER,       -- exit status or signal\n"
"  peak_bytes     INTEGER,       -- NULL: not measured\n"
"  peak_method    TEXT,\n"
"  user_ns        INTEGER,       -- CPU time with children\n"
"  system_ns      INTEGER,\n"
"  note           TEXT,          -- what the record lacks, and why\n"
"  last_looks     INTEGER,       -- processes seen when they ended; NULL: none\n"
"  last_reaped    INTEGER,       -- of them, after the OOM reaper\n"
"  last_partial   INTEGER,       -- of them, not to the end\n"
"  last_missed    INTEGER        -- whose end was not seen\n"
") STRICT;\n"
"CREATE TABLE argument (\n"
"  position       INTEGER PRIMARY KEY,\n"
"  value          TEXT NOT NULL\n"
") STRICT;\n"
"CREATE TABLE label (\n"
"  position       INTEGER PRIMARY KEY,\n"
"  key            TEXT NOT NULL,\n"
"  value          TEXT NOT NULL\n"
") STRICT;\n"
"CREATE TABLE node (\n"
"  id             INTEGER PRIMARY KEY,\n"
"  socket         INTEGER NOT NULL, -- -1: nothing says\n"
"  has_cpus       INTEGER NOT NULL,\n"
"  total_bytes    INTEGER NOT NULL,\n"
"  free_bytes     INTEGER NOT NULL,\n"
"  tier           TEXT NOT NULL,\n"
"  near_bytes     INTEGER NOT NULL, -- DRAM cache in front of it\n"
"  evidence       TEXT NOT NULL\n"
") STRICT;\n"
"CREATE TABLE socket (\n"
"  id             INTEGER PRIMARY KEY,\n"
"  cpus           INTEGER NOT NULL,\n"
"  first_cpu      INTEGER NOT NULL\n"
") STRICT;\n"
"CREATE TABLE counter (\n"
"  position       INTEGER PRIMARY KEY, -- order of the readings\n"
"  role           TEXT NOT NULL,\n"
"  socket         INTEGER NOT NULL,\n"
"  unit           INTEGER NOT NULL,\n"
"  pmu            TEXT NOT NULL,\n"
"  type           INTEGER NOT NULL, -- of perf_event_attr, as config\n"
"  config         INTEGER NOT NULL,\n"
"  cpu            INTEGER NOT NULL\n"
") STRICT;\n"
"CREATE TABLE block (\n"
"  id             INTEGER PRIMARY KEY, -- ascending with time\n"
"  last_ns        INTEGER NOT NULL,    -- time of its last sample\n"
"  samples        BLOB NOT NULL        -- see block.h\n"
") STRICT;\n"
"CREATE TABLE moment (\n"
"  time_ns        INTEGER PRIMARY KEY,\n"
"  processes      INTEGER NOT NULL\n"
") STRICT;\n"
"CREATE TABLE cell ( -- only what differs from the moment before\n"
"  time_ns        INTEGER NOT NULL REFERENCES moment,\n"
"  node           INTEGER NOT NULL,\n"
"  page_bytes     INTEGER NOT NULL,\n"
"  kind           TEXT NOT NULL,\n"
"  pages          INTEGER NOT NULL, -- 0: gone\n"
"  PRIMARY KEY (time_ns, node, page_bytes, kind)\n"
") STRICT, WITHOUT ROWID;\n"
"CREATE TABLE last_cell ( -- summed over the last looks\n"
"  node           INTEGER NOT NULL,\n"
"  page_bytes     INTEGER NOT NULL,\n"
"  kind           TEXT NOT NULL,\n"
"  pages          INTEGER NOT NULL,\n"
"  PRIMARY KEY (node, page_bytes, kind)\n"
") STRICT, WITHOUT ROWID;\n";

/* What version 2 has more than version 1. */
static const char schema_2[] =
"CREATE TABLE policy ( -- where memory and threads were to be; no row: anywhere\n"
"  id             INTEGER PRIMARY KEY CHECK (id = 1),\n"
"  mode           TEXT NOT NULL, -- bind, prefer, interleave,\n"
"                                -- weighted-interleave; '' for CPUs alone\n"
"  tier           TEXT NOT NULL, -- as it was asked for\n"
"  rule           TEXT NOT NULL, -- of the configuration; '' by command line\n"
"  nodes          TEXT NOT NULL, -- what it became: 0-1,3\n"
"  weights        TEXT NOT NULL, -- one a node: 3,3,1\n"
"  cpus           TEXT NOT NULL  -- 0-3,8; '' for the caller's\n"
") STRICT;\n";

/* What version 3 has more than version 2. */
static const char schema_3[] =
"CREATE TABLE task_count ( -- of the command and its children, in user space\n"
"  role           TEXT PRIMARY KEY,\n"
"  event          TEXT NOT NULL,    -- '' if there is none\n"
"  value          INTEGER NOT NULL, -- not scaled\n"
"  enabled_ns     INTEGER NOT NULL,\n"
"  running_ns     INTEGER NOT NULL, -- 0: not measured\n"
"  reason         TEXT NOT NULL     -- why not; '' if it was\n"
") STRICT;\n";

/* What version 4 has more than version 3. */
static const char schema_4[] =
"CREATE TABLE phase_counter ( -- read at the edges of phases\n"
"  position       INTEGER PRIMARY KEY,\n"
"  name           TEXT NOT NULL,    -- of a role\n"
"  cpu            INTEGER NOT NULL, -- -1: of all CPUs together\n"
"  socket         INTEGER NOT NULL  -- -1: what cores count for the command\n"
") STRICT;\n"
"CREATE TABLE phase (\n"
"  id             INTEGER PRIMARY KEY,\n"
"  name           TEXT NOT NULL,\n"
"  thread         INTEGER NOT NULL,\n"
"  depth          INTEGER NOT NULL, -- phases of the thread around it\n"
"  calls          INTEGER NOT NULL, -- above 1: so many, added up\n"
"  begin_ns       INTEGER NOT NULL, -- of the first\n"
"  time_ns        INTEGER NOT NULL,\n"
"  self_ns        INTEGER NOT NULL, -- without the phases within\n"
"  counts         BLOB NOT NULL     -- see phases.c\n"
") STRICT;\n";

#define STRING(x)	#x
#define NUMBER(x)	STRING(x)

static int make_tables(struct store_database *db, int64_t version)
{
	int err = store_database_run(db, schema_1);

	if (!err && version >= 2)
		err = store_database_run(db, schema_2);
	if (!err && version >= 3)
		err = store_database_run(db, schema_3);
	if (!err && version >= 4)
		err = store_database_run(db, schema_4);
	return err;
}

int store_schema_make(struct store_database *db)
{
	int err;

	err = store_database_run(db, "PRAGMA application_id = "
				 NUMBER(STORE_APPLICATION_ID));
	if (!err)
		err = store_database_run(db, "PRAGMA user_version = "
					 NUMBER(STORE_VERSION));
	if (!err)
		err = make_tables(db, STORE_VERSION);
	return err;
}

/* 0 if both hold the same tables. */
static int compare(struct store_database *db, struct store_database *ours)
{
	static const char list[] = "SELECT type, name, sql FROM sqlite_schema "
				   "WHERE substr(name, 1, 7) <> 'sqlite_' ORDER BY name";
	STORE_STATEMENT(theirs);
	STORE_STATEMENT(wanted);
	int err, more, want;

	err = store_database_prepare(db, list, &theirs);
	if (!err)
		err = store_database_prepare(ours, list, &wanted);
	if (err)
		return err;
	do {
		more = store_database_step(db, theirs);
		want = store_database_step(ours, wanted);
		if (more < 0 || want < 0)
			return more < 0 ? more : want;
		if (more != want)
			return -EBADMSG;
		for (int i = 0; more && i < 3; i++)
			if (strcmp(store_column_text(theirs, i),
				   store_column_text(wanted, i)))
				return -EBADMSG;
	} while (more);
	return 0;
}

int store_schema_version(struct store_database *db, int64_t *ret)
{
	return store_database_number(db, "PRAGMA user_version", ret);
}

int store_schema_check(struct store_database *db)
{
	struct store_database ours = { 0 };
	int64_t id, version;
	int err;

	err = store_database_number(db, "PRAGMA application_id", &id);
	if (!err)
		err = store_schema_version(db, &version);
	if (err)
		return err;
	if (id != STORE_APPLICATION_ID || version < 1)
		return store_database_fail(db, -EBADMSG, "it is not a run file");
	if (version > STORE_VERSION)
		return store_database_fail(db, -EPROTONOSUPPORT,
			"it has format %lld and this tierscope reads up to %d: a newer tierscope wrote it and can read it",
			(long long)version, STORE_VERSION);
	err = store_database_open(&ours, ":memory:", STORE_WRITE);
	if (!err)
		err = make_tables(&ours, version);
	if (!err)
		err = compare(db, &ours);
	if (err == -EBADMSG)
		store_database_fail(db, err, "it is damaged: its tables are not those of a run file");
	store_database_close(&ours);
	return err;
}
