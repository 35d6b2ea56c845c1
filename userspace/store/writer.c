// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes a run file. While recording it is in WAL mode with synchronous=FULL:
 * with NORMAL a commit would not reach the disk before the next checkpoint, and
 * a machine that crashes would lose more than its last second
 * (https://www.sqlite.org/pragma.html#pragma_synchronous).
 *
 * The block that is being filled is written again at each commit, so that a
 * finished file has few, long blocks.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store/block.h"
#include "store/cells.h"
#include "store/files.h"
#include "store/phases.h"
#include "store/reserve.h"
#include "store/run.h"
#include "store/schema.h"

/* The caller comes by once a second, and not to the nanosecond: with a whole
 * second, every other time would be too early. */
#define COMMIT_NS	900000000ULL

struct store_writer {
	struct store_database db;
	char *path;
	uint64_t interval_ns;
	sqlite3_stmt *save;

	struct store_block block;	/* being filled */
	int64_t block_id;
	size_t n_saved;			/* of its samples */
	unsigned int shift;
	struct store_pack pack;
	uint64_t sample_ns;		/* of the last one */

	struct store_cells_writer cells;
	uint64_t moment_ns;
	struct store_phases_writer phases;

	int reserve;			/* for closing on a full disk */
	uint64_t commit_ns;		/* of the last one */
	int failed;			/* nothing more is recorded */
	char error[640];
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

/* Remembers why @what failed. A transaction is lost as a whole, and with it
 * what later rows would be differences to: nothing can follow. */
static int fail(struct store_writer *w, const char *what, int err)
{
	if (err == -ENOMEM)
		store_database_fail(&w->db, err, "no memory left");
	snprintf(w->error, sizeof(w->error), "cannot %s %s: %s", what, w->path,
		 w->db.error);
	w->failed = err;
	if (!sqlite3_get_autocommit(w->db.sqlite))
		sqlite3_exec(w->db.sqlite, "ROLLBACK", NULL, NULL, NULL);
	/* The reserve is kept: it is for closing, and others fill the disk. */
	return err;
}

static int begin(struct store_writer *w)
{
	if (!sqlite3_get_autocommit(w->db.sqlite))
		return 0;
	return store_database_run(&w->db, "BEGIN IMMEDIATE");
}

/* A new file, empty, nobody else's. */
static int make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		      0600);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int make_tables(struct store_writer *w, const struct store_run *run)
{
	int err;

	err = store_database_run(&w->db, "PRAGMA journal_mode = WAL");
	if (!err)
		err = store_database_run(&w->db, "PRAGMA synchronous = FULL");
	if (!err)
		err = store_database_run(&w->db, "PRAGMA foreign_keys = ON");
	/* Pages: 1 MiB of journal, then it is folded in and used again. */
	if (!err)
		err = store_database_run(&w->db, "PRAGMA wal_autocheckpoint = 256");
	if (!err)
		err = begin(w);
	if (!err)
		err = store_schema_make(&w->db);
	if (!err)
		err = store_run_save(&w->db, run);
	if (!err)
		err = store_database_run(&w->db, "COMMIT");
	return err;
}

static void free_writer(struct store_writer *w)
{
	sqlite3_finalize(w->save);
	store_cells_writer_free(&w->cells);
	store_phases_writer_free(&w->phases);
	store_block_free(&w->block);
	store_pack_free(&w->pack);
	store_reserve_give_up(&w->reserve);
	store_database_close(&w->db);
	free(w->path);
	free(w);
}

int store_create(const char *path, const struct store_run *run,
		 struct store_writer **ret)
{
	struct store_writer *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return -ENOMEM;
	w->reserve = -1;
	w->path = strdup(path);
	err = w->path ? make_file(path) : -ENOMEM;
	if (err) {
		free_writer(w);
		return err;
	}
	w->interval_ns = run->interval_ns;
	err = store_reserve_take(path, &w->reserve);
	if (!err)
		err = store_database_open(&w->db, path, STORE_WRITE);
	if (!err)
		err = make_tables(w, run);
	if (!err)
		err = store_cells_writer_init(&w->cells, &w->db);
	if (!err)
		err = store_database_prepare(&w->db,
			"INSERT OR REPLACE INTO block VALUES (?, ?, ?)", &w->save);
	if (!err)
		err = store_block_init(&w->block, run->n_counters);
	if (err) {
		free_writer(w);
		store_files_remove(path);
		return err;
	}
	w->commit_ns = now_ns();
	*ret = w;
	return 0;
}

int store_started(struct store_writer *w, uint64_t utc_ns, uint64_t mono_ns)
{
	STORE_STATEMENT(s);
	int err;

	if (w->failed)
		return w->failed;
	err = begin(w);
	if (!err)
		err = store_database_prepare(&w->db,
			"UPDATE run SET start_utc_ns = ?, start_mono_ns = ?", &s);
	if (!err) {
		sqlite3_bind_int64(s, 1, (int64_t)utc_ns);
		sqlite3_bind_int64(s, 2, (int64_t)mono_ns);
		err = store_database_finish(&w->db, s);
	}
	return err ? fail(w, "write the start to", err) : 0;
}

/* Puts the block as it is now into the transaction. */
static int save_block(struct store_writer *w)
{
	int err;

	if (w->n_saved == w->block.n)
		return 0;
	err = begin(w);
	if (err)
		return err;
	store_block_encode_within(&w->block, w->interval_ns, &w->shift, &w->pack);
	if (w->pack.failed)
		return -ENOMEM;
	sqlite3_bind_int64(w->save, 1, w->block_id);
	sqlite3_bind_int64(w->save, 2, (int64_t)w->sample_ns);
	sqlite3_bind_blob64(w->save, 3, w->pack.data, w->pack.n, SQLITE_STATIC);
	err = store_database_finish(&w->db, w->save);
	if (!err)
		w->n_saved = w->block.n;
	return err;
}

int store_sample(struct store_writer *w, const struct tierscope_sample *sample)
{
	int err;

	if (w->failed)
		return w->failed;
	if (sample->n_readings != w->block.n_readings ||
	    sample->time_ns < w->sample_ns)
		return -EINVAL;
	if (w->block.n == w->block.capacity) {
		err = save_block(w);
		if (err)
			return fail(w, "write samples to", err);
		w->block_id++;
		w->block.n = w->n_saved = 0;
		w->shift = 0;	/* the machine may have calmed down */
	}
	store_block_add(&w->block, sample);
	w->sample_ns = sample->time_ns;
	return 0;
}

int store_placement(struct store_writer *w, uint64_t mono_ns,
		    size_t n_processes, const struct tierscope_cell *cells,
		    size_t n_cells)
{
	int err;

	if (w->failed)
		return w->failed;
	if (mono_ns <= w->moment_ns)
		return -EINVAL;
	err = begin(w);
	if (!err)
		err = store_cells_write(&w->cells, &w->db, mono_ns, n_processes,
					cells, n_cells);
	if (err == -EINVAL)
		return err;
	if (err)
		return fail(w, "write placement to", err);
	w->moment_ns = mono_ns;
	return 0;
}

int store_phase_counters(struct store_writer *w,
			 const struct store_phase_counter *counters, size_t n)
{
	int err;

	if (w->failed)
		return w->failed;
	err = begin(w);
	if (!err)
		err = store_phases_begin(&w->phases, &w->db, counters, n);
	if (err == -EINVAL)
		return err;
	return err ? fail(w, "write phases to", err) : 0;
}

int store_phase(struct store_writer *w, const struct store_phase *phase,
		int64_t *id)
{
	int err;

	if (w->failed)
		return w->failed;
	err = begin(w);
	if (!err)
		err = store_phases_write(&w->phases, &w->db, phase, id);
	if (err == -EINVAL)
		return err;
	return err ? fail(w, "write phases to", err) : 0;
}

int store_commit(struct store_writer *w, bool force)
{
	uint64_t now = now_ns();
	int err;

	if (w->failed)
		return w->failed;
	if (!force && now - w->commit_ns < COMMIT_NS)
		return 0;
	w->commit_ns = now;
	err = save_block(w);
	if (!err && !sqlite3_get_autocommit(w->db.sqlite))
		err = store_database_run(&w->db, "COMMIT");
	return err ? fail(w, "write", err) : 0;
}

int store_finish(struct store_writer *w, const struct store_run *run)
{
	int err;

	/* What could be recorded is kept even if the rest is lost. */
	store_commit(w, true);
	store_reserve_give_up(&w->reserve);
	err = begin(w);
	if (!err)
		err = store_run_save_end(&w->db, run);
	if (!err)
		err = store_database_run(&w->db, "COMMIT");
	/* With a prepared statement alive the journal mode cannot change. */
	sqlite3_finalize(w->save);
	w->save = NULL;
	store_cells_writer_free(&w->cells);
	store_phases_writer_free(&w->phases);
	if (!err)
		err = store_database_leave_wal(&w->db, true);
	free_writer(w);
	return err;
}

void store_discard(struct store_writer *w)
{
	char *path;

	if (!w)
		return;
	path = w->path;
	w->path = NULL;
	free_writer(w);
	store_files_remove(path);
	free(path);
}

const char *store_writer_error(const struct store_writer *w)
{
	return w->error;
}
