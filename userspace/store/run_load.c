// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The file may be anybody's: every name and number that an array index, an
 * enum or a smaller type is made of is checked.
 */
#include "store/run.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "store/array.h"
#include "store/cells.h"
#include "store/schema.h"
#include "tierscope/bus.h"

/* What a recorder accepts (bus.h), and what Linux can have (MAX_NUMNODES of
 * x86; fewer sockets than nodes do not occur there). */
#define ARGUMENTS_MAX	TIERSCOPE_BUS_ARGV_MAX
#define LABELS_MAX	TIERSCOPE_BUS_LABELS_MAX
#define NODES_MAX	1024
#define SOCKETS_MAX	1024
/* Eight samplers full. A reader makes room for a block of so many. */
#define COUNTERS_MAX	(8 * TIERSCOPE_COUNTERS_MAX)

/* Keeps @memory (which may be NULL for failed) until the run is freed. */
static void *keep(struct store_loaded_run *l, void *memory)
{
	void **grown;

	if (!memory)
		return NULL;
	grown = store_array_grow(l->memory, l->n_memory, sizeof(*grown));
	if (!grown) {
		free(memory);
		return NULL;
	}
	l->memory = grown;
	l->memory[l->n_memory++] = memory;
	return memory;
}

static int keep_text(struct store_loaded_run *l, sqlite3_stmt *s, int column,
		     const char **ret)
{
	*ret = keep(l, strdup(store_column_text(s, column)));
	return *ret ? 0 : -ENOMEM;
}

/* Cuts what does not fit, as the recorder would have. */
static void copy_text(char *to, size_t bytes, sqlite3_stmt *s, int column)
{
	const char *text = store_column_text(s, column);
	size_t n = strnlen(text, bytes - 1);

	memcpy(to, text, n);
	to[n] = '\0';
}

/* A number between @min and @max; sets *@err otherwise. */
static int64_t number(sqlite3_stmt *s, int column, int64_t min, int64_t max,
		      int *err)
{
	int64_t value = sqlite3_column_int64(s, column);

	if (value >= min && value <= max)
		return value;
	*err = -EBADMSG;
	return min;
}

static uint64_t unsigned_number(sqlite3_stmt *s, int column)
{
	return (uint64_t)sqlite3_column_int64(s, column);
}

static int load_mode(const char *name, enum tierscope_mode *ret)
{
	for (int i = TIERSCOPE_MODE_UNKNOWN; i <= TIERSCOPE_MODE_APP_DIRECT; i++) {
		if (strcmp(name, tierscope_mode_name((enum tierscope_mode)i)))
			continue;
		*ret = (enum tierscope_mode)i;
		return 0;
	}
	return -EBADMSG;
}

static int load_end(struct store_database *db, struct store_loaded_run *l,
		    sqlite3_stmt *s, int at)
{
	struct store_run *run = &l->run;
	const char *state = store_column_text(s, at);
	const char *ending = store_column_text(s, at + 2);
	int err = 0;

	run->state = STORE_RECORDING;
	if (!strcmp(state, "complete"))
		run->state = STORE_COMPLETE;
	else if (!strcmp(state, "interrupted"))
		run->state = STORE_INTERRUPTED;
	else if (strcmp(state, "recording"))
		return -EBADMSG;
	run->end_mono_ns = unsigned_number(s, at + 1);
	if (run->state == STORE_RECORDING)
		err = store_run_last_ns(db, &run->end_mono_ns);
	if (!strcmp(ending, "exited"))
		run->ending = STORE_EXITED;
	else if (!strcmp(ending, "killed"))
		run->ending = STORE_KILLED;
	else if (*ending)
		return -EBADMSG;
	run->status = (int)number(s, at + 3, INT_MIN, INT_MAX, &err);
	run->peak_bytes = unsigned_number(s, at + 4);
	run->has_cpu_time = sqlite3_column_type(s, at + 6) != SQLITE_NULL;
	run->user_ns = unsigned_number(s, at + 6);
	run->system_ns = unsigned_number(s, at + 7);
	run->last_looks.n_processes = unsigned_number(s, at + 9);
	run->last_looks.n_reaped = unsigned_number(s, at + 10);
	run->last_looks.n_partial = unsigned_number(s, at + 11);
	run->last_looks.n_missed = unsigned_number(s, at + 12);
	if (!err)
		err = keep_text(l, s, at + 5, &run->peak_method);
	return err ? err : keep_text(l, s, at + 8, &run->note);
}

static int load_run(struct store_database *db, struct store_loaded_run *l)
{
	struct tierscope_topology *t = &l->topology;
	struct store_run *run = &l->run;
	STORE_STATEMENT(s);
	int err;

	err = store_database_prepare(db,
		"SELECT name, directory, user, host, kernel, tierscope,"	/* 0 */
		"  uid, interval_ns, start_utc_ns, start_mono_ns,"		/* 6 */
		"  mode, mode_evidence, near_bytes, near_evidence,"		/* 10 */
		"  cpu_model, cpu_family, cpu_number, cpu_stepping, simulated,"	/* 14 */
		"  state, end_mono_ns, ending, status, peak_bytes, peak_method,"/* 19 */
		"  user_ns, system_ns, note, last_looks, last_reaped,"
		"  last_partial, last_missed FROM run", &s);
	if (err)
		return err;
	err = store_database_step(db, s);
	if (err < 0)
		return err;
	if (!err)
		return -EBADMSG;
	if ((err = keep_text(l, s, 0, &run->name)) ||
	    (err = keep_text(l, s, 1, &run->directory)) ||
	    (err = keep_text(l, s, 2, &run->user)) ||
	    (err = keep_text(l, s, 3, &run->host)) ||
	    (err = keep_text(l, s, 4, &run->kernel)) ||
	    (err = keep_text(l, s, 5, &run->tierscope)))
		return err;
	run->uid = (uid_t)number(s, 6, 0, UINT32_MAX, &err);
	run->interval_ns = unsigned_number(s, 7);
	run->start_utc_ns = unsigned_number(s, 8);
	run->start_mono_ns = unsigned_number(s, 9);
	copy_text(t->mode_evidence, sizeof(t->mode_evidence), s, 11);
	t->near_bytes = unsigned_number(s, 12);
	copy_text(t->near_evidence, sizeof(t->near_evidence), s, 13);
	copy_text(t->cpu_model, sizeof(t->cpu_model), s, 14);
	t->family = (unsigned int)number(s, 15, 0, UINT_MAX, &err);
	t->model = (unsigned int)number(s, 16, 0, UINT_MAX, &err);
	t->stepping = (unsigned int)number(s, 17, 0, UINT_MAX, &err);
	t->simulated = number(s, 18, 0, 1, &err);
	run->topology = t;
	if (!err)
		err = load_mode(store_column_text(s, 10), &t->mode);
	return err ? err : load_end(db, l, s, 19);
}

static int load_argument(struct store_loaded_run *l, sqlite3_stmt *s, void *row)
{
	return keep_text(l, s, 1, row);
}

static int load_label(struct store_loaded_run *l, sqlite3_stmt *s, void *row)
{
	struct store_label *label = row;
	int err = keep_text(l, s, 1, &label->key);

	return err ? err : keep_text(l, s, 2, &label->value);
}

static int load_node(struct store_loaded_run *l, sqlite3_stmt *s, void *row)
{
	struct tierscope_node *node = row;
	int err = 0;

	(void)l;
	node->id = (int)number(s, 0, 0, INT_MAX, &err);
	node->socket = (int)number(s, 1, -1, INT_MAX, &err);
	node->has_cpus = number(s, 2, 0, 1, &err);
	node->total_bytes = unsigned_number(s, 3);
	node->free_bytes = unsigned_number(s, 4);
	node->near_bytes = unsigned_number(s, 6);
	copy_text(node->evidence, sizeof(node->evidence), s, 7);
	if (tierscope_tier_from_name(store_column_text(s, 5), &node->tier))
		err = -EBADMSG;
	return err;
}

static int load_socket(struct store_loaded_run *l, sqlite3_stmt *s, void *row)
{
	struct tierscope_socket *socket = row;
	int err = 0;

	(void)l;
	socket->id = (int)number(s, 0, 0, INT_MAX, &err);
	socket->cpus = (unsigned int)number(s, 1, 0, UINT_MAX, &err);
	socket->first_cpu = (unsigned int)number(s, 2, 0, UINT_MAX, &err);
	return err;
}

static int load_counter(struct store_loaded_run *l, sqlite3_stmt *s, void *row)
{
	struct tierscope_counter *counter = row;
	int err = 0;

	(void)l;
	counter->socket = (int)number(s, 2, INT_MIN, INT_MAX, &err);
	counter->unit = (unsigned int)number(s, 3, 0, UINT_MAX, &err);
	copy_text(counter->pmu, sizeof(counter->pmu), s, 4);
	counter->type = (uint32_t)number(s, 5, 0, UINT32_MAX, &err);
	counter->config = unsigned_number(s, 6);
	counter->cpu = (unsigned int)number(s, 7, 0, UINT_MAX, &err);
	if (tierscope_role_from_name(store_column_text(s, 1), &counter->role))
		err = -EBADMSG;
	return err;
}

static int load_last_cell(struct store_loaded_run *l, sqlite3_stmt *s, void *row)
{
	(void)l;
	return store_cell_load(s, row);
}

static int load_task_count(struct store_loaded_run *l, sqlite3_stmt *s, void *row)
{
	struct store_task_count *count = row;
	int err;

	count->value = unsigned_number(s, 2);
	count->enabled_ns = unsigned_number(s, 3);
	count->running_ns = unsigned_number(s, 4);
	if (tierscope_task_role_from_name(store_column_text(s, 0), &count->role))
		return -EBADMSG;
	err = keep_text(l, s, 1, &count->event);
	return err ? err : keep_text(l, s, 5, &count->reason);
}

static int load_phase_counter(struct store_loaded_run *l, sqlite3_stmt *s, void *row)
{
	struct store_phase_counter *counter = row;
	int err = 0;

	counter->cpu = (int)number(s, 2, -1, INT_MAX, &err);
	counter->socket = (int)number(s, 3, -1, INT_MAX, &err);
	return err ? err : keep_text(l, s, 1, &counter->name);
}

/* All rows of @sql, at most @max, as an array of @bytes each; it may be NULL if
 * empty. */
static int load_rows(struct store_database *db, struct store_loaded_run *l,
		     const char *sql, size_t max, size_t bytes,
		     int (*load)(struct store_loaded_run *, sqlite3_stmt *, void *),
		     void *ret_array, size_t *ret_n)
{
	STORE_STATEMENT(s);
	char *rows = NULL;
	size_t n = 0;
	int err, more;

	err = store_database_prepare(db, sql, &s);
	if (err)
		return err;
	while ((more = store_database_step(db, s)) > 0) {
		char *grown = n < max ? store_array_grow(rows, n, bytes) : NULL;

		if (!grown) {
			free(rows);
			return n < max ? -ENOMEM : -EBADMSG;
		}
		rows = grown;
		memset(rows + n * bytes, 0, bytes);
		err = load(l, s, rows + n++ * bytes);
		if (err) {
			free(rows);
			return err;
		}
	}
	if (rows && !keep(l, rows))
		return -ENOMEM;
	if (more < 0)
		return more;
	memcpy(ret_array, &rows, sizeof(rows));
	*ret_n = n;
	return 0;
}

static int load_lists(struct store_database *db, struct store_loaded_run *l)
{
	struct tierscope_topology *t = &l->topology;
	struct store_run *run = &l->run;
	int err;

	err = load_rows(db, l, "SELECT * FROM argument ORDER BY position",
			ARGUMENTS_MAX, sizeof(*run->argv), load_argument,
			&run->argv, &run->n_argv);
	if (!err)
		err = load_rows(db, l, "SELECT * FROM label ORDER BY position",
				LABELS_MAX, sizeof(*run->labels), load_label,
				&run->labels, &run->n_labels);
	if (!err)
		err = load_rows(db, l, "SELECT * FROM node ORDER BY id",
				NODES_MAX, sizeof(*t->nodes), load_node,
				&t->nodes, &t->n_nodes);
	/* As the recorder had it: no machine is without a node. */
	if (!err && !t->n_nodes)
		run->topology = NULL;
	if (!err)
		err = load_rows(db, l, "SELECT * FROM socket ORDER BY id",
				SOCKETS_MAX, sizeof(*t->sockets), load_socket,
				&t->sockets, &t->n_sockets);
	if (!err)
		err = load_rows(db, l, "SELECT * FROM counter ORDER BY position",
				COUNTERS_MAX, sizeof(*run->counters), load_counter,
				&run->counters, &run->n_counters);
	if (!err)
		err = load_rows(db, l, "SELECT * FROM last_cell ORDER BY node, page_bytes, kind",
				STORE_CELLS_MAX, sizeof(*run->last_looks.cells), load_last_cell,
				&run->last_looks.cells,
				&run->last_looks.n_cells);
	return err;
}

/* Version 1 has no such table. */
static int load_policy(struct store_database *db, struct store_loaded_run *l)
{
	struct store_policy *policy = &l->run.policy;
	const char **texts[] = {
		&policy->mode, &policy->tier, &policy->rule, &policy->nodes,
		&policy->weights, &policy->cpus,
	};
	STORE_STATEMENT(s);
	int64_t version;
	int err, more;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i] = "";
	err = store_schema_version(db, &version);
	if (err || version < 2)
		return err;
	err = store_database_prepare(db,
		"SELECT mode, tier, rule, nodes, weights, cpus FROM policy", &s);
	if (err)
		return err;
	more = store_database_step(db, s);
	for (size_t i = 0; more > 0 && !err && i < sizeof(texts) / sizeof(texts[0]); i++)
		err = keep_text(l, s, (int)i, texts[i]);
	return more < 0 ? more : err;
}

/* Nor have the first two this one. */
static int load_task_counts(struct store_database *db, struct store_loaded_run *l)
{
	int64_t version;
	int err;

	err = store_schema_version(db, &version);
	if (err || version < 3)
		return err;
	return load_rows(db, l, "SELECT * FROM task_count ORDER BY rowid",
			 TIERSCOPE_TASK_ROLES, sizeof(*l->run.task_counts),
			 load_task_count, &l->run.task_counts,
			 &l->run.n_task_counts);
}

static int load_phase_counters(struct store_database *db, struct store_loaded_run *l)
{
	int64_t version;
	int err;

	err = store_schema_version(db, &version);
	if (err || version < 4)
		return err;
	return load_rows(db, l, "SELECT * FROM phase_counter ORDER BY position",
			 STORE_PHASE_COUNTERS_MAX,
			 sizeof(*l->run.phase_counters), load_phase_counter,
			 &l->run.phase_counters, &l->run.n_phase_counters);
}

int store_run_load(struct store_database *db, struct store_loaded_run *l)
{
	int err;

	memset(l, 0, sizeof(*l));
	err = load_run(db, l);
	if (!err)
		err = load_policy(db, l);
	if (!err)
		err = load_lists(db, l);
	if (!err)
		err = load_task_counts(db, l);
	if (!err)
		err = load_phase_counters(db, l);
	if (err)
		store_run_free(l);
	return err;
}

void store_run_free(struct store_loaded_run *l)
{
	for (size_t i = 0; i < l->n_memory; i++)
		free(l->memory[i]);
	free(l->memory);
	memset(l, 0, sizeof(*l));
}
