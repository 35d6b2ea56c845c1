// SPDX-License-Identifier: GPL-2.0-or-later
/* Run files: written, read again, left unfinished, and killed. */
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include <sqlite3.h>

#include "sample_run.h"

static char directory[256], path[300];
static struct sample_run wanted;
static struct sample_source source;

static void fresh(size_t n_counters)
{
	temporary_directory(directory, sizeof(directory));
	snprintf(path, sizeof(path), "%s/run.tsrun", directory);
	sample_run_init(&wanted, n_counters);
	sample_source_init(&source, n_counters, 1000, false);
}

static void discard(void)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	char name[320];

	for (size_t i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
		unlink(name);
	}
	CU_ASSERT_EQUAL(rmdir(directory), 0);	/* and nothing else is left */
}

static bool exists(const char *suffix)
{
	char name[320];

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return !access(name, F_OK);
}

static struct store_writer *create(void)
{
	struct store_writer *w = NULL;

	CU_ASSERT_EQUAL_FATAL(store_create(path, &wanted.run, &w), 0);
	return w;
}

static int add_sample(struct store_writer *w)
{
	sample_source_next(&source);
	return store_sample(w, &source.sample);
}

struct seen {
	size_t n, bad, readings;
	struct sample_source *expect;
	uint64_t last_ns;
};

static int see_sample(const struct tierscope_sample *sample, void *data)
{
	struct seen *seen = data;

	if (seen->expect) {
		sample_source_next(seen->expect);
		if (sample->seq != seen->expect->sample.seq ||
		    memcmp(sample->readings, seen->expect->readings,
			   sample->n_readings * sizeof(*sample->readings)))
			seen->bad++;
	}
	seen->n++;
	seen->last_ns = sample->time_ns;
	return seen->n == seen->readings ? -ECANCELED : 0;
}

static struct store_reader *open_run(void)
{
	struct store_reader *r = NULL;
	char error[512] = "";

	CU_ASSERT_EQUAL(store_open(path, error, sizeof(error), &r), 0);
	CU_ASSERT_STRING_EQUAL(error, "");
	return r;
}

static void check_counter(const struct tierscope_counter *a,
			  const struct tierscope_counter *b)
{
	CU_ASSERT_EQUAL(a->role, b->role);
	CU_ASSERT_EQUAL(a->socket, b->socket);
	CU_ASSERT_EQUAL(a->unit, b->unit);
	CU_ASSERT_STRING_EQUAL(a->pmu, b->pmu);
	CU_ASSERT_EQUAL(a->type, b->type);
	CU_ASSERT_EQUAL(a->config, b->config);
	CU_ASSERT_EQUAL(a->cpu, b->cpu);
}

static void check_run(const struct store_run *run)
{
	const struct store_run *want = &wanted.run;
	const struct tierscope_topology *t = run->topology;

	CU_ASSERT_STRING_EQUAL(run->name, want->name);
	CU_ASSERT_EQUAL_FATAL(run->n_argv, want->n_argv);
	for (size_t i = 0; i < run->n_argv; i++)
		CU_ASSERT_STRING_EQUAL(run->argv[i], want->argv[i]);
	CU_ASSERT_STRING_EQUAL(run->directory, want->directory);
	CU_ASSERT_EQUAL(run->uid, want->uid);
	CU_ASSERT_STRING_EQUAL(run->user, want->user);
	CU_ASSERT_EQUAL_FATAL(run->n_labels, want->n_labels);
	CU_ASSERT_STRING_EQUAL(run->labels[1].key, "width");
	CU_ASSERT_STRING_EQUAL(run->labels[1].value, "0.75");
	CU_ASSERT_STRING_EQUAL(run->policy.mode, "bind");
	CU_ASSERT_STRING_EQUAL(run->policy.tier, "pmem");
	CU_ASSERT_STRING_EQUAL(run->policy.rule, "redis");
	CU_ASSERT_STRING_EQUAL(run->policy.nodes, "2");
	CU_ASSERT_STRING_EQUAL(run->policy.weights, "");
	CU_ASSERT_STRING_EQUAL(run->policy.cpus, "0-3,8");
	CU_ASSERT_EQUAL(run->interval_ns, want->interval_ns);
	CU_ASSERT_EQUAL(run->start_utc_ns, want->start_utc_ns);
	CU_ASSERT_EQUAL(run->start_mono_ns, want->start_mono_ns);
	CU_ASSERT_STRING_EQUAL(run->host, want->host);
	CU_ASSERT_STRING_EQUAL(run->kernel, want->kernel);
	CU_ASSERT_STRING_EQUAL(run->tierscope, want->tierscope);
	CU_ASSERT_EQUAL(t->mode, TIERSCOPE_MODE_MEMORY_MODE);
	CU_ASSERT_STRING_EQUAL(t->mode_evidence, "because");
	CU_ASSERT_EQUAL(t->near_bytes, 192ULL << 30);
	CU_ASSERT_EQUAL(t->model, 85);
	CU_ASSERT(t->simulated);
	CU_ASSERT_EQUAL_FATAL(t->n_nodes, 2);
	CU_ASSERT_EQUAL(t->nodes[1].tier, TIERSCOPE_TIER_CACHED);
	CU_ASSERT_EQUAL(t->nodes[1].near_bytes, 96ULL << 30);
	CU_ASSERT_STRING_EQUAL(t->nodes[1].evidence, wanted.nodes[1].evidence);
	CU_ASSERT_EQUAL_FATAL(t->n_sockets, 2);
	CU_ASSERT_EQUAL(t->sockets[1].first_cpu, 24);
	CU_ASSERT_EQUAL_FATAL(run->n_counters, want->n_counters);
	for (size_t i = 0; i < run->n_counters; i++)
		check_counter(&run->counters[i], &wanted.counters[i]);
}

/* As sample_run_end() has them, in order. */
static void check_task_counts(const struct store_run *run)
{
	const struct store_task_count *counts = run->task_counts;

	CU_ASSERT_EQUAL_FATAL(run->n_task_counts, 2);
	CU_ASSERT_EQUAL(counts[0].role, TIERSCOPE_TASK_LOAD_LOCAL_PMM);
	CU_ASSERT_STRING_EQUAL(counts[0].event, "");
	CU_ASSERT_EQUAL(counts[0].running_ns, 0);
	CU_ASSERT_STRING_EQUAL(counts[0].reason, "a reason");
	CU_ASSERT_EQUAL(counts[1].role, TIERSCOPE_TASK_INSTRUCTIONS);
	CU_ASSERT_STRING_EQUAL(counts[1].event, "INST_RETIRED.ANY_P");
	CU_ASSERT_EQUAL(counts[1].value, UINT64_MAX);
	CU_ASSERT_EQUAL(counts[1].enabled_ns, 9);
	CU_ASSERT_EQUAL(counts[1].running_ns, 8);
	CU_ASSERT_STRING_EQUAL(counts[1].reason, "");
}

static void check_last_looks(const struct store_last_looks *looks)
{
	CU_ASSERT_EQUAL(looks->n_processes, 4);
	CU_ASSERT_EQUAL(looks->n_reaped, 2);
	CU_ASSERT_EQUAL(looks->n_partial, 1);
	CU_ASSERT_EQUAL(looks->n_missed, 3);
	CU_ASSERT_EQUAL_FATAL(looks->n_cells, 2);
	CU_ASSERT_EQUAL(looks->cells[0].node, 0);
	CU_ASSERT_EQUAL(looks->cells[0].page_bytes, 2 << 20);
	CU_ASSERT_EQUAL(looks->cells[0].pages, UINT64_MAX >> 21);
	CU_ASSERT_EQUAL(looks->cells[1].node, 1);
	CU_ASSERT_EQUAL(looks->cells[1].kind, TIERSCOPE_KIND_FILE);
	CU_ASSERT_EQUAL(looks->cells[1].pages, 5);
}

static void test_round_trip(void)
{
	struct sample_source again;
	struct seen seen = { .expect = &again };
	struct store_writer *w;
	struct store_reader *r;
	struct stat st;

	fresh(8);
	again = source;
	again.sample.readings = again.readings;
	w = create();
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 07777, 0600);
	wanted.run.start_utc_ns += 5;
	wanted.run.start_mono_ns += 5;
	CU_ASSERT_EQUAL(store_started(w, wanted.run.start_utc_ns,
				      wanted.run.start_mono_ns), 0);
	for (int i = 0; i < 1000; i++)
		CU_ASSERT_EQUAL(add_sample(w), 0);
	sample_run_end(&wanted.run, source.sample.time_ns);
	CU_ASSERT_EQUAL(store_finish(w, &wanted.run), 0);
	CU_ASSERT_FALSE(exists("-wal"));
	CU_ASSERT_FALSE(exists("-shm"));

	r = open_run();
	check_run(store_reader_run(r));
	CU_ASSERT_EQUAL(store_reader_run(r)->state, STORE_COMPLETE);
	CU_ASSERT_EQUAL(store_reader_run(r)->ending, STORE_KILLED);
	CU_ASSERT_EQUAL(store_reader_run(r)->status, 9);
	CU_ASSERT_EQUAL(store_reader_run(r)->peak_bytes, 123456789);
	CU_ASSERT_STRING_EQUAL(store_reader_run(r)->peak_method, "cgroup memory.peak");
	CU_ASSERT(store_reader_run(r)->has_cpu_time);
	CU_ASSERT_EQUAL(store_reader_run(r)->system_ns, 88);
	CU_ASSERT_STRING_EQUAL(store_reader_run(r)->note, "a note");
	check_last_looks(&store_reader_run(r)->last_looks);
	check_task_counts(store_reader_run(r));
	CU_ASSERT_EQUAL(store_read_samples(r, see_sample, &seen), 0);
	CU_ASSERT_EQUAL(seen.n, 1000);
	CU_ASSERT_EQUAL(seen.bad, 0);
	seen = (struct seen){ .readings = 7 };
	CU_ASSERT_EQUAL(store_read_samples(r, see_sample, &seen), -ECANCELED);
	CU_ASSERT_EQUAL(seen.n, 7);
	store_close(r);
	discard();
}

/* Nothing measured: no counters, no samples, no peak. */
static void test_nothing(void)
{
	struct seen seen = { 0 };
	struct store_writer *w, *second;
	struct store_reader *r;

	fresh(0);
	w = create();
	CU_ASSERT_EQUAL(store_create(path, &wanted.run, &second), -EEXIST);
	wanted.run.state = STORE_INTERRUPTED;
	CU_ASSERT_EQUAL(store_finish(w, &wanted.run), 0);
	r = open_run();
	CU_ASSERT_EQUAL(store_reader_run(r)->state, STORE_INTERRUPTED);
	CU_ASSERT_EQUAL(store_reader_run(r)->ending, STORE_ENDING_UNKNOWN);
	CU_ASSERT_STRING_EQUAL(store_reader_run(r)->peak_method, "");
	CU_ASSERT_FALSE(store_reader_run(r)->has_cpu_time);
	CU_ASSERT_STRING_EQUAL(store_reader_run(r)->note, "");
	CU_ASSERT_EQUAL(store_reader_run(r)->last_looks.n_processes, 0);
	CU_ASSERT_EQUAL(store_reader_run(r)->last_looks.n_cells, 0);
	CU_ASSERT_EQUAL(store_read_samples(r, see_sample, &seen), 0);
	CU_ASSERT_EQUAL(seen.n, 0);
	store_close(r);
	discard();
}

static void test_bad_samples(void)
{
	struct store_writer *w;

	fresh(8);
	w = create();
	CU_ASSERT_EQUAL(add_sample(w), 0);
	source.sample.n_readings = 7;
	CU_ASSERT_EQUAL(store_sample(w, &source.sample), -EINVAL);
	source.sample.n_readings = 8;
	source.sample.time_ns--;
	CU_ASSERT_EQUAL(store_sample(w, &source.sample), -EINVAL);
	store_discard(w);
	discard();
}

/* ---- placement ---- */

static const struct tierscope_cell first_cells[] = {
	{ .node = 0, .page_bytes = 4096, .kind = TIERSCOPE_KIND_ANON, .pages = 10 },
	{ .node = 0, .page_bytes = 4096, .kind = TIERSCOPE_KIND_FILE, .pages = 5 },
	{ .node = 1, .page_bytes = 2 << 20, .kind = TIERSCOPE_KIND_ANON, .pages = 3 },
}, second_cells[] = {
	{ .node = 2, .page_bytes = 4096, .kind = TIERSCOPE_KIND_DAX, .pages = 7 },
	{ .node = 0, .page_bytes = 4096, .kind = TIERSCOPE_KIND_ANON, .pages = 11 },
	{ .node = 1, .page_bytes = 2 << 20, .kind = TIERSCOPE_KIND_ANON, .pages = 3 },
};

static bool same_cells(const struct tierscope_cell *a, const struct tierscope_cell *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i].node != b[i].node || a[i].page_bytes != b[i].page_bytes ||
		    a[i].kind != b[i].kind || a[i].pages != b[i].pages)
			return false;
	return true;
}

static int see_placement(uint64_t mono_ns, size_t n_processes,
			 const struct tierscope_cell *cells, size_t n_cells, void *data)
{
	size_t *n = data;

	CU_ASSERT_EQUAL(mono_ns, 1000 + *n);
	CU_ASSERT_EQUAL(n_processes, *n + 1);
	switch ((*n)++) {
	case 0:
	case 1:
		CU_ASSERT_EQUAL_FATAL(n_cells, 3);
		CU_ASSERT(same_cells(cells, first_cells, 3));
		break;
	case 2:		/* sorted, whatever order they came in */
		CU_ASSERT_EQUAL_FATAL(n_cells, 3);
		CU_ASSERT_EQUAL(cells[0].pages, 11);
		CU_ASSERT_EQUAL(cells[1].node, 1);
		CU_ASSERT_EQUAL(cells[2].kind, TIERSCOPE_KIND_DAX);
		break;
	default:
		CU_ASSERT_EQUAL(n_cells, 0);
	}
	return 0;
}

static void test_placement(void)
{
	const struct tierscope_cell twice[] = { first_cells[0], first_cells[0] };
	struct store_writer *w;
	struct store_reader *r;
	size_t n = 0;

	fresh(0);
	w = create();
	CU_ASSERT_EQUAL(store_placement(w, 1000, 1, first_cells, 3), 0);
	CU_ASSERT_EQUAL(store_placement(w, 1000, 1, first_cells, 3), -EINVAL);
	CU_ASSERT_EQUAL(store_placement(w, 1001, 2, first_cells, 3), 0);
	CU_ASSERT_EQUAL(store_placement(w, 1002, 2, twice, 2), -EINVAL);
	CU_ASSERT_EQUAL(store_placement(w, 1002, 3, second_cells, 3), 0);
	CU_ASSERT_EQUAL(store_placement(w, 1003, 4, NULL, 0), 0);
	CU_ASSERT_EQUAL(store_finish(w, &wanted.run), 0);
	r = open_run();
	CU_ASSERT_EQUAL(store_read_placements(r, see_placement, &n), 0);
	CU_ASSERT_EQUAL(n, 4);
	store_close(r);
	discard();
}

/* ---- unfinished ---- */

/* A reader beside the writer sees what was committed, read-only. */
static void test_recording(void)
{
	struct seen seen = { 0 };
	struct store_writer *w;
	struct store_reader *r;

	fresh(8);
	w = create();
	for (int i = 0; i < 200; i++)
		add_sample(w);
	CU_ASSERT_EQUAL(store_commit(w, true), 0);
	add_sample(w);
	CU_ASSERT_EQUAL(store_commit(w, false), 0);	/* not yet */
	r = open_run();
	check_run(store_reader_run(r));
	CU_ASSERT_EQUAL(store_reader_run(r)->state, STORE_RECORDING);
	CU_ASSERT_EQUAL(store_read_samples(r, see_sample, &seen), 0);
	CU_ASSERT_EQUAL(seen.n, 200);
	CU_ASSERT_EQUAL(store_reader_run(r)->end_mono_ns, seen.last_ns);
	store_close(r);
	CU_ASSERT_EQUAL(store_finish(w, &wanted.run), 0);
	discard();
}

/* Whoever has the file open keeps the journal, but not the end of the run. */
static void test_read_at_the_end(void)
{
	struct store_writer *w;
	struct store_reader *r;

	fresh(8);
	w = create();
	add_sample(w);
	CU_ASSERT_EQUAL(store_commit(w, true), 0);
	r = open_run();
	sample_run_end(&wanted.run, source.sample.time_ns);
	CU_ASSERT_EQUAL(store_finish(w, &wanted.run), -EBUSY);
	CU_ASSERT_EQUAL(store_recover(path), -EBUSY);
	store_close(r);
	CU_ASSERT_EQUAL(store_recover(path), 0);
	CU_ASSERT_FALSE(exists("-wal"));
	r = open_run();
	CU_ASSERT_EQUAL(store_reader_run(r)->state, STORE_COMPLETE);
	store_close(r);
	discard();
}

/* A child records until it is killed; it tells by pipe what was committed. */
static void record_until_killed(int fd)
{
	struct store_writer *w;
	uint64_t n = 0;

	if (store_create(path, &wanted.run, &w))
		_exit(1);
	for (;;) {
		for (int i = 0; i < 20; i++, n++)
			if (add_sample(w))
				_exit(1);
		if (store_placement(w, source.sample.time_ns, 1, first_cells, 3) ||
		    store_commit(w, true) || write(fd, &n, sizeof(n)) != sizeof(n))
			_exit(1);
	}
}

static void test_killed(void)
{
	for (int round = 0; round < 5; round++) {
		struct seen seen = { 0 };
		struct store_reader *r;
		uint64_t told = 0, n;
		int pipes[2], status;
		pid_t pid;

		fresh(96);
		CU_ASSERT_EQUAL_FATAL(pipe(pipes), 0);
		pid = fork();
		if (!pid)
			record_until_killed(pipes[1]);
		close(pipes[1]);
		/* At another point of its work each time. */
		for (int i = 0; i < 10 + round; i++)
			CU_ASSERT_EQUAL(read(pipes[0], &told, sizeof(told)), sizeof(told));
		nanosleep(&(struct timespec){ .tv_nsec = round * 700000 }, NULL);
		kill(pid, SIGKILL);
		while (read(pipes[0], &n, sizeof(n)) == sizeof(n))
			told = n;
		close(pipes[0]);
		CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
		CU_ASSERT(WIFSIGNALED(status));
		CU_ASSERT(exists("-wal"));

		CU_ASSERT_EQUAL(store_recover(path), 0);
		CU_ASSERT_EQUAL(store_recover(path), 0);	/* nothing to do */
		CU_ASSERT_FALSE(exists("-wal"));
		r = open_run();
		CU_ASSERT_EQUAL(store_reader_run(r)->state, STORE_INTERRUPTED);
		CU_ASSERT_EQUAL(store_reader_run(r)->ending, STORE_ENDING_UNKNOWN);
		CU_ASSERT_FALSE(store_reader_run(r)->has_cpu_time);
		CU_ASSERT_STRING_NOT_EQUAL(store_reader_run(r)->note, "");
		CU_ASSERT_EQUAL(store_read_samples(r, see_sample, &seen), 0);
		CU_ASSERT(seen.n >= told && seen.n <= told + 20);
		CU_ASSERT_EQUAL(store_reader_run(r)->end_mono_ns, seen.last_ns);
		store_close(r);
		discard();
	}
}

/* A complete file stays as it is. */
static void test_recover_complete(void)
{
	struct store_writer *w;
	struct store_reader *r;

	fresh(8);
	w = create();
	sample_run_end(&wanted.run, 9);
	CU_ASSERT_EQUAL(store_finish(w, &wanted.run), 0);
	CU_ASSERT_EQUAL(store_recover(path), 0);
	r = open_run();
	CU_ASSERT_EQUAL(store_reader_run(r)->state, STORE_COMPLETE);
	CU_ASSERT_STRING_EQUAL(store_reader_run(r)->note, "a note");
	store_close(r);
	discard();
}

/* A writer that was killed before its first row leaves a file without tables,
 * in each of these forms. */
static void test_recover_nothing(void)
{
	sqlite3 *db;
	int fd;

	fresh(8);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	close(fd);
	CU_ASSERT_EQUAL(store_recover(path), -ENODATA);
	CU_ASSERT_FALSE(exists(""));
	CU_ASSERT_EQUAL_FATAL(sqlite3_open(path, &db), SQLITE_OK);
	CU_ASSERT_EQUAL(sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA application_id = 1",
				     NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	CU_ASSERT_EQUAL(store_recover(path), -ENODATA);
	CU_ASSERT_FALSE(exists(""));
	discard();
}

static void test_discard(void)
{
	struct store_writer *w;

	fresh(8);
	w = create();
	add_sample(w);
	CU_ASSERT_EQUAL(store_commit(w, true), 0);
	store_discard(w);
	CU_ASSERT_FALSE(exists(""));
	discard();
}

static const struct suite_test tests[] = {
	{ "round trip", test_round_trip },
	{ "nothing measured", test_nothing },
	{ "samples that do not fit", test_bad_samples },
	{ "placement", test_placement },
	{ "read while recording", test_recording },
	{ "read at the end", test_read_at_the_end },
	{ "writer killed", test_killed },
	{ "discard", test_discard },
	{ "recover a complete file", test_recover_complete },
	{ "recover a file without tables", test_recover_nothing },
};

SUITE_MAIN("store: files", tests)
