// SPDX-License-Identifier: GPL-2.0-or-later
/* Files that are not what they should be: a sentence, an errno, no crash. */
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <sqlite3.h>

#include "sample_run.h"

static char directory[256], good[300], path[300];
static struct sample_run run;
static struct sample_source source;
static unsigned char *bytes;
static size_t n_bytes;

static int count(const struct tierscope_sample *sample, void *data)
{
	*(size_t *)data += sample->n_readings;
	return 0;
}

static int count_cells(uint64_t mono_ns, size_t n_processes,
		       const struct tierscope_cell *cells, size_t n_cells, void *data)
{
	(void)mono_ns;
	(void)n_processes;
	for (size_t i = 0; i < n_cells; i++)
		*(size_t *)data += cells[i].pages;
	return 0;
}

static void save(const void *data, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	CU_ASSERT_EQUAL(write(fd, data, n), (ssize_t)n);
	close(fd);
}

static void setup(void)
{
	struct store_writer *w;
	struct stat st;
	int fd;

	temporary_directory(directory, sizeof(directory));
	snprintf(good, sizeof(good), "%s/good", directory);
	snprintf(path, sizeof(path), "%s/bad", directory);
	sample_run_init(&run, 8);
	sample_source_init(&source, 8, 1000, true);
	CU_ASSERT_EQUAL_FATAL(store_create(good, &run.run, &w), 0);
	for (int i = 0; i < 400; i++) {
		const struct tierscope_cell cell = {
			.page_bytes = 4096, .kind = TIERSCOPE_KIND_ANON,
			.pages = (uint64_t)i + 1,
		};

		sample_source_next(&source);
		store_sample(w, &source.sample);
		if (i % 4 == 0)
			store_placement(w, source.sample.time_ns, 1, &cell, 1);
	}
	sample_run_end(&run.run, source.sample.time_ns);
	CU_ASSERT_EQUAL_FATAL(store_finish(w, &run.run), 0);
	fd = open(good, O_RDONLY | O_CLOEXEC);
	fstat(fd, &st);
	n_bytes = (size_t)st.st_size;
	bytes = malloc(n_bytes);
	CU_ASSERT_EQUAL_FATAL(read(fd, bytes, n_bytes), (ssize_t)n_bytes);
	close(fd);
}

static void teardown(void)
{
	char name[320];

	free(bytes);
	for (int i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "%s%s", path, i ? "-wal" : "-shm");
		unlink(name);
	}
	unlink(good);
	unlink(path);
	CU_ASSERT_EQUAL(rmdir(directory), 0);
}

static void refused(const char *name, int want, const char *says)
{
	struct store_reader *r = NULL;
	char error[512] = "";
	int err = store_open(name, error, sizeof(error), &r);

	CU_ASSERT_EQUAL(err, want);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, says));
	CU_ASSERT_PTR_NOT_NULL(strstr(error, name));
	if (err != want || !strstr(error, says))
		printf("%s: %d %s\n", name, err, error);
	if (!err)
		store_close(r);
}

static void test_not_a_run(void)
{
	setup();
	refused(path, -ENOENT, "No such file");
	save("", 0);
	refused(path, -EBADMSG, "not a run file");
	save("hello\n", 6);
	refused(path, -EBADMSG, "not a run file");
	refused(directory, -EBADMSG, "not a file");
	for (size_t i = 0; i < n_bytes; i++)
		bytes[i] = (unsigned char)sample_random(&source);
	save(bytes, n_bytes);
	refused(path, -EBADMSG, "not a run file");
	if (geteuid()) {
		chmod(path, 0);
		refused(path, -EACCES, "Permission denied");
	}
	teardown();
}

/* Runs @sql on a copy of the good file. */
static void change(const char *sql)
{
	sqlite3 *db;
	char *error = NULL;

	save(bytes, n_bytes);
	CU_ASSERT_EQUAL_FATAL(sqlite3_open(path, &db), SQLITE_OK);
	CU_ASSERT_EQUAL(sqlite3_exec(db, sql, NULL, NULL, &error), SQLITE_OK);
	if (error)
		puts(error);
	sqlite3_close(db);
}

static int read_all(const char *name)
{
	struct store_reader *r;
	size_t sum = 0;
	int err = store_open(name, NULL, 0, &r);

	if (err)
		return err;
	err = store_read_samples(r, count, &sum);
	if (!err)
		err = store_read_placements(r, count_cells, &sum);
	store_close(r);
	return err;
}

/* More rows than any of the tables may have. */
#define MANY	"WITH RECURSIVE many(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM many WHERE n < 5000) "

static void test_changed(void)
{
	static const char *const damages[] = {
		"PRAGMA writable_schema = ON;"
		"UPDATE sqlite_schema SET sql = replace(sql, 'status', 'sta2us')",
		"ALTER TABLE run RENAME TO other;"
		"CREATE VIEW run AS SELECT * FROM other",
		"CREATE TRIGGER t AFTER UPDATE ON run BEGIN DELETE FROM block; END",
		"DROP TABLE block",
		"CREATE TABLE more (x)",
		"CREATE TABLE sqliteXmore (x)",
		"CREATE VIEW SQLITE0 AS SELECT 1",
		MANY "INSERT OR REPLACE INTO argument SELECT n, 'x' FROM many",
		MANY "INSERT OR REPLACE INTO label SELECT n, 'x', 'y' FROM many",
		MANY "INSERT OR REPLACE INTO node SELECT n, 0, 1, 1, 1, 'dram', 0, '' FROM many",
		MANY "INSERT OR REPLACE INTO socket SELECT n, 1, n FROM many",
		MANY "INSERT OR REPLACE INTO counter SELECT n, (SELECT role FROM counter WHERE position = 0), 0, 0, '', 1, 1, 0 FROM many",
		MANY "INSERT INTO cell SELECT (SELECT min(time_ns) FROM moment), n, 4096, 'anon', 1 FROM many WHERE n > 0",
		"DELETE FROM run",
		"UPDATE run SET state = 'finished'",
		"UPDATE run SET mode = 'turbo'",
		"UPDATE run SET uid = -1",
		"UPDATE run SET status = 99999999999",
		"UPDATE counter SET role = 'nothing'",
		"UPDATE counter SET type = -3",
		"UPDATE node SET tier = 'gold'",
		"UPDATE node SET id = 5000000000 WHERE id = 1",
		"DELETE FROM counter WHERE position = 3",
		"UPDATE block SET samples = zeroblob(100)",
		"UPDATE block SET samples = x''",
		"UPDATE block SET samples = substr(samples, 1, 50)",
		"UPDATE block SET id = -id",
		"UPDATE cell SET kind = 'other' WHERE time_ns = (SELECT max(time_ns) FROM cell)",
		"UPDATE cell SET node = -1",
		"UPDATE last_cell SET kind = 'other' WHERE node = 1",
		"UPDATE last_cell SET node = 5000000000 WHERE node = 1",
		"DROP TABLE last_cell",
		"DROP TABLE policy",
	};

	setup();
	CU_ASSERT_EQUAL(read_all(good), 0);
	change("PRAGMA user_version = 5");
	refused(path, -EPROTONOSUPPORT, "format 5 and this tierscope reads up to 4");
	/* Each version has its tables, and no other's. */
	change("PRAGMA user_version = 1");
	refused(path, -EBADMSG, "damaged");
	change("PRAGMA user_version = 1; DROP TABLE policy; DROP TABLE task_count;"
	       " DROP TABLE phase; DROP TABLE phase_counter");
	CU_ASSERT_EQUAL(read_all(path), 0);
	change("DELETE FROM policy");
	CU_ASSERT_EQUAL(read_all(path), 0);
	change("PRAGMA user_version = 0");
	refused(path, -EBADMSG, "not a run file");
	change("PRAGMA application_id = 1");
	refused(path, -EBADMSG, "not a run file");
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		int err;

		change(damages[i]);
		err = read_all(path);
		CU_ASSERT_EQUAL(err, -EBADMSG);
		if (err != -EBADMSG)
			printf("%d: %s\n", err, damages[i]);
	}
	teardown();
}

/* Reading leaves nothing beside a file, whatever its header says of a journal
 * and whatever its name means in a URI. */
static void test_no_journal(void)
{
	char other[340], wal[360], shm[360];

	setup();
	change("PRAGMA journal_mode = WAL");
	snprintf(other, sizeof(other), "%s?a%%41#b", path);
	snprintf(wal, sizeof(wal), "%s-wal", other);
	snprintf(shm, sizeof(shm), "%s-shm", other);
	CU_ASSERT_EQUAL(rename(path, other), 0);
	CU_ASSERT_EQUAL(read_all(other), 0);
	CU_ASSERT(access(wal, F_OK));
	CU_ASSERT(access(shm, F_OK));
	CU_ASSERT_EQUAL(unlink(other), 0);
	teardown();
}

/* Anything else is a failure too, but these are the promised errors. */
static bool promised(int err)
{
	return !err || err == -EBADMSG || err == -EIO || err == -EACCES ||
	       err == -EPROTONOSUPPORT;
}

static void test_truncated(void)
{
	setup();
	for (size_t n = 1; n < n_bytes; n += n_bytes / 61) {
		save(bytes, n);
		CU_ASSERT_EQUAL(read_all(path), -EBADMSG);
		store_recover(path);	/* may see nothing wrong, must not crash */
	}
	teardown();
}

/* Bits flipped anywhere: read, or refused, within bounds. */
static void test_flipped(void)
{
	size_t failed = 0;

	setup();
	for (int round = 0; round < 3000; round++) {
		unsigned char *copy = malloc(n_bytes);
		int err;

		memcpy(copy, bytes, n_bytes);
		for (uint64_t i = sample_random(&source) % 8 + 1; i; i--)
			copy[sample_random(&source) % n_bytes] ^=
				(unsigned char)(1U << sample_random(&source) % 8);
		save(copy, n_bytes);
		free(copy);
		err = read_all(path);
		CU_ASSERT(promised(err));
		failed += err != 0;
	}
	CU_ASSERT(failed > 300);
	teardown();
}

static const struct suite_test tests[] = {
	{ "not a run file", test_not_a_run },
	{ "changed tables", test_changed },
	{ "no journal", test_no_journal },
	{ "truncated", test_truncated },
	{ "flipped bits", test_flipped },
};

SUITE_MAIN("store: damage", tests)
