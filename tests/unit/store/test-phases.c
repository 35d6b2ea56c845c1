// SPDX-License-Identifier: GPL-2.0-or-later
/* Phases in run files. */
#include "suite.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "sample_run.h"

static char directory[256], path[300];

static const struct store_phase_counter counters[] = {
	{ "instructions", -1, -1 }, { "load.local_pmm", 3, -1 },
	{ "dram.read", -1, 1 },
};

static struct store_writer *create(struct sample_run *wanted)
{
	struct store_writer *w = NULL;

	temporary_directory(directory, sizeof(directory));
	snprintf(path, sizeof(path), "%s/run.tsrun", directory);
	sample_run_init(wanted, 8);
	CU_ASSERT_EQUAL_FATAL(store_create(path, &wanted->run, &w), 0);
	return w;
}

static struct store_reader *finish(struct store_writer *w,
				   struct sample_run *wanted)
{
	struct store_reader *r = NULL;

	sample_run_end(&wanted->run, 9);
	CU_ASSERT_EQUAL(store_finish(w, &wanted->run), 0);
	CU_ASSERT_EQUAL_FATAL(store_open(path, NULL, 0, &r), 0);
	return r;
}

static void discard(struct store_reader *r)
{
	store_close(r);
	unlink(path);
	CU_ASSERT_EQUAL(rmdir(directory), 0);
}

struct seen {
	size_t n;
	struct store_phase phases[4];
	char names[4][80];
	struct store_phase_value values[4][3];
};

static int see(const struct store_phase *phase, void *data)
{
	struct seen *seen = data;

	if (seen->n == 4)
		return -E2BIG;
	seen->phases[seen->n] = *phase;
	snprintf(seen->names[seen->n], sizeof(seen->names[0]), "%s", phase->name);
	memcpy(seen->values[seen->n++], phase->values, sizeof(seen->values[0]));
	return 0;
}

static void test_round_trip(void)
{
	static const struct store_phase_value values[3] = {
		{ 5, 4, 3, 2 }, { UINT64_MAX, 1ULL << 63, 7, 7 }, { 0, 0, 0, 0 },
	};
	static const struct store_phase_value later[3] = {
		{ 50, 40, 30, 20 }, { 1, 1, 1, 1 }, { 9, 9, 9, 9 },
	};
	struct store_phase phase = {
		"caf\xc3\xa9", 77, 2, 1, 1000, 500, 400, values,
	};
	struct sample_run wanted;
	struct store_writer *w = create(&wanted);
	struct seen seen = { 0 };
	struct store_reader *r;
	int64_t first = 0, second = 0;

	CU_ASSERT_EQUAL(store_phase(w, &phase, &first), -EINVAL);
	CU_ASSERT_EQUAL(store_phase_counters(w, counters, 3), 0);
	CU_ASSERT_EQUAL(store_phase_counters(w, counters, 3), -EINVAL);
	CU_ASSERT_EQUAL(store_phase(w, &phase, &first), 0);
	phase.name = "sum";
	CU_ASSERT_EQUAL(store_phase(w, &phase, &second), 0);
	CU_ASSERT_NOT_EQUAL(first, second);
	CU_ASSERT_EQUAL(store_commit(w, true), 0);
	/* The second has grown. */
	phase.calls = 8;
	phase.values = later;
	CU_ASSERT_EQUAL(store_phase(w, &phase, &second), 0);

	r = finish(w, &wanted);
	CU_ASSERT_EQUAL(store_reader_run(r)->n_phase_counters, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct store_phase_counter *counter =
			&store_reader_run(r)->phase_counters[i];

		CU_ASSERT_STRING_EQUAL(counter->name, counters[i].name);
		CU_ASSERT_EQUAL(counter->cpu, counters[i].cpu);
		CU_ASSERT_EQUAL(counter->socket, counters[i].socket);
	}
	CU_ASSERT_EQUAL(store_read_phases(r, see, &seen), 0);
	CU_ASSERT_EQUAL_FATAL(seen.n, 2);
	CU_ASSERT_STRING_EQUAL(seen.names[0], "caf\xc3\xa9");
	CU_ASSERT_EQUAL(seen.phases[0].thread, 77);
	CU_ASSERT_EQUAL(seen.phases[0].depth, 2);
	CU_ASSERT_EQUAL(seen.phases[0].begin_mono_ns, 1000);
	CU_ASSERT_EQUAL(seen.phases[0].self_ns, 400);
	CU_ASSERT_EQUAL(memcmp(seen.values[0], values, sizeof(values)), 0);
	CU_ASSERT_EQUAL(seen.phases[1].calls, 8);
	CU_ASSERT_EQUAL(memcmp(seen.values[1], later, sizeof(later)), 0);
	seen.n = 3;
	CU_ASSERT_EQUAL(store_read_phases(r, see, &seen), -E2BIG);
	discard(r);
}

static void change(const char *sql)
{
	sqlite3 *db;

	CU_ASSERT_EQUAL_FATAL(sqlite3_open(path, &db), SQLITE_OK);
	CU_ASSERT_EQUAL(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

/* Too little, too much, and what ends within a number. */
static void test_damaged(void)
{
	static const struct store_phase_value values[3] = {
		{ 5, 4, 3, 2 }, { 1, 1, 1, 1 }, { 0, 0, 0, 0 },
	};
	static const char *const damages[] = {
		"UPDATE phase SET counts = x''",
		"UPDATE phase SET counts = x'000000000000000000000000'",
		"UPDATE phase SET counts = x'00000000000000000000000000'",
		"UPDATE phase SET counts = x'000000000000000000000080'",
	};
	struct store_phase phase = { "sum", 77, 2, 1, 1000, 500, 400, values };
	struct sample_run wanted;
	struct store_writer *w = create(&wanted);
	struct store_reader *r = NULL;
	int64_t id = 0;

	CU_ASSERT_EQUAL(store_phase_counters(w, counters, 3), 0);
	CU_ASSERT_EQUAL(store_phase(w, &phase, &id), 0);
	r = finish(w, &wanted);
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		struct seen seen = { 0 };

		store_close(r);
		r = NULL;
		change(damages[i]);
		CU_ASSERT_EQUAL_FATAL(store_open(path, NULL, 0, &r), 0);
		/* Twelve numbers of nought are right. */
		CU_ASSERT_EQUAL(store_read_phases(r, see, &seen),
				i == 1 ? 0 : -EBADMSG);
		CU_ASSERT_EQUAL(seen.n, i == 1);
	}
	discard(r);
}

static void test_none(void)
{
	struct sample_run wanted;
	struct store_reader *r = finish(create(&wanted), &wanted);
	struct seen seen = { 0 };

	CU_ASSERT_EQUAL(store_reader_run(r)->n_phase_counters, 0);
	CU_ASSERT_EQUAL(store_read_phases(r, see, &seen), 0);
	CU_ASSERT_EQUAL(seen.n, 0);
	discard(r);
}

static void test_too_many(void)
{
	struct store_phase_counter many[STORE_PHASE_COUNTERS_MAX + 1];
	struct sample_run wanted;
	struct store_writer *w = create(&wanted);

	for (size_t i = 0; i < STORE_PHASE_COUNTERS_MAX + 1; i++)
		many[i] = counters[0];
	CU_ASSERT_EQUAL(store_phase_counters(w, many, STORE_PHASE_COUNTERS_MAX + 1),
			-EINVAL);
	CU_ASSERT_EQUAL(store_phase_counters(w, many, STORE_PHASE_COUNTERS_MAX), 0);
	discard(finish(w, &wanted));
}

static const struct suite_test tests[] = {
	{ "round trip", test_round_trip },
	{ "damaged counts", test_damaged },
	{ "no phases", test_none },
	{ "too many counters", test_too_many },
};

SUITE_MAIN("store: phases", tests)
