// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/scope.h"
#include "store/block.h"
#include "store/cells.h"
#include "store/phases.h"
#include "store/run.h"
#include "store/schema.h"

struct store_reader {
	struct store_database db;
	struct store_loaded_run loaded;
};

/* SQLite would wait on a pipe and says little about a directory. */
static int check_file(struct store_database *db, const char *path)
{
	struct stat st;

	if (stat(path, &st) || access(path, R_OK)) {
		int err = -errno;

		return store_database_fail(db, err, "%s", strerror(-err));
	}
	if (!S_ISREG(st.st_mode))
		return store_database_fail(db, -EBADMSG, "it is not a file");
	return 0;
}

/* A file whose header says WAL (byte 18, https://www.sqlite.org/fileformat.html)
 * but that has no journal is written by nobody, and SQLite would make the
 * journal and its index even to read it: root, asked to report a file of
 * somebody else's making, would leave files of root's beside it. */
static enum store_access how_to_read(const char *path)
{
	int fd scope_close = open(path, O_RDONLY | O_CLOEXEC);
	char wal[PATH_MAX];
	unsigned char version;

	if (fd < 0 || pread(fd, &version, 1, 18) != 1 || version != 2 ||
	    (size_t)snprintf(wal, sizeof(wal), "%s-wal", path) >= sizeof(wal) ||
	    !access(wal, F_OK))
		return STORE_READ;
	return STORE_READ_UNCHANGING;
}

/* The errors that store_open() promises. */
static int promised(struct store_database *db, int err)
{
	switch (-err) {
	case ENOENT:
	case EACCES:
	case EPROTONOSUPPORT:
	case EBADMSG:
	case ENOMEM:
		break;
	default:
		err = -EIO;
	}
	if (!db->error[0])
		store_database_fail(db, err, "%s", err == -EBADMSG ?
				    "it is damaged" : strerror(-err));
	return err;
}

int store_open(const char *path, char *error, size_t error_bytes,
	       struct store_reader **ret)
{
	struct store_reader *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	err = check_file(&r->db, path);
	if (!err)
		err = store_database_open(&r->db, path, how_to_read(path));
	if (!err)
		err = store_schema_check(&r->db);
	if (!err)
		err = store_run_load(&r->db, &r->loaded);
	if (err) {
		err = promised(&r->db, err);
		if (error)
			snprintf(error, error_bytes, "cannot read %s: %s", path,
				 r->db.error);
		store_close(r);
		return err;
	}
	*ret = r;
	return 0;
}

void store_close(struct store_reader *r)
{
	if (!r)
		return;
	store_run_free(&r->loaded);
	store_database_close(&r->db);
	free(r);
}

const struct store_run *store_reader_run(const struct store_reader *r)
{
	return &r->loaded.run;
}

/* Calls @fn for what is in @block, which must go on from *@last_ns. */
static int pass_on(const struct store_block *block, uint64_t *last_ns,
		   store_sample_fn fn, void *data)
{
	for (size_t i = 0; i < block->n; i++) {
		int err;

		if (block->samples[i].time_ns < *last_ns)
			return -EBADMSG;
		*last_ns = block->samples[i].time_ns;
		err = fn(&block->samples[i], data);
		if (err < 0)
			return err;
	}
	return 0;
}

int store_read_samples(struct store_reader *r, store_sample_fn fn, void *data)
{
	struct store_block block;
	STORE_STATEMENT(s);
	uint64_t last_ns = 0;
	int err;

	err = store_block_init(&block, r->loaded.run.n_counters);
	if (err)
		return err;
	err = store_database_prepare(&r->db,
		"SELECT samples FROM block ORDER BY id", &s);
	while (!err && (err = store_database_step(&r->db, s)) > 0) {
		const void *blob = sqlite3_column_blob(s, 0);

		err = blob ? store_block_decode(&block, blob,
				(size_t)sqlite3_column_bytes(s, 0)) : -EBADMSG;
		if (!err)
			err = pass_on(&block, &last_ns, fn, data);
	}
	store_block_free(&block);
	return err;
}

int store_read_placements(struct store_reader *r, store_placement_fn fn,
			  void *data)
{
	return store_cells_read(&r->db, fn, data);
}

int store_read_phases(struct store_reader *r, store_phase_fn fn, void *data)
{
	if (!r->loaded.run.n_phase_counters)
		return 0;
	return store_phases_read(&r->db, r->loaded.run.n_phase_counters, fn, data);
}
