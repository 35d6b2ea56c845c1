// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/run.h"

#include <errno.h>
#include <string.h>

static void bind_text(sqlite3_stmt *statement, int *at, const char *text)
{
	sqlite3_bind_text(statement, ++*at, text ? text : "", -1, SQLITE_STATIC);
}

static void bind_number(sqlite3_stmt *statement, int *at, uint64_t number)
{
	sqlite3_bind_int64(statement, ++*at, (int64_t)number);
}

static int save_arguments(struct store_database *db, const struct store_run *run)
{
	STORE_STATEMENT(s);
	int err;

	err = store_database_prepare(db, "INSERT INTO argument VALUES (?, ?)", &s);
	for (size_t i = 0; !err && i < run->n_argv; i++) {
		int at = 0;

		bind_number(s, &at, i);
		bind_text(s, &at, run->argv[i]);
		err = store_database_finish(db, s);
	}
	return err;
}

static int save_labels(struct store_database *db, const struct store_run *run)
{
	STORE_STATEMENT(s);
	int err;

	err = store_database_prepare(db, "INSERT INTO label VALUES (?, ?, ?)", &s);
	for (size_t i = 0; !err && i < run->n_labels; i++) {
		int at = 0;

		bind_number(s, &at, i);
		bind_text(s, &at, run->labels[i].key);
		bind_text(s, &at, run->labels[i].value);
		err = store_database_finish(db, s);
	}
	return err;
}

static int save_nodes(struct store_database *db,
		      const struct tierscope_topology *topology)
{
	STORE_STATEMENT(s);
	int err;

	err = store_database_prepare(db, "INSERT INTO node VALUES (?, ?, ?, ?, ?, ?, ?, ?)", &s);
	for (size_t i = 0; !err && i < topology->n_nodes; i++) {
		const struct tierscope_node *node = &topology->nodes[i];
		int at = 0;

		bind_number(s, &at, (uint64_t)node->id);
		bind_number(s, &at, (uint64_t)node->socket);
		bind_number(s, &at, node->has_cpus);
		bind_number(s, &at, node->total_bytes);
		bind_number(s, &at, node->free_bytes);
		bind_text(s, &at, tierscope_tier_name(node->tier));
		bind_number(s, &at, node->near_bytes);
		bind_text(s, &at, node->evidence);
		err = store_database_finish(db, s);
	}
	return err;
}

static int save_sockets(struct store_database *db,
			const struct tierscope_topology *topology)
{
	STORE_STATEMENT(s);
	int err;

	err = store_database_prepare(db, "INSERT INTO socket VALUES (?, ?, ?)", &s);
	for (size_t i = 0; !err && i < topology->n_sockets; i++) {
		const struct tierscope_socket *socket = &topology->sockets[i];
		int at = 0;

		bind_number(s, &at, (uint64_t)socket->id);
		bind_number(s, &at, socket->cpus);
		bind_number(s, &at, socket->first_cpu);
		err = store_database_finish(db, s);
	}
	return err;
}

static int save_counters(struct store_database *db, const struct store_run *run)
{
	STORE_STATEMENT(s);
	int err;

	err = store_database_prepare(db, "INSERT INTO counter VALUES (?, ?, ?, ?, ?, ?, ?, ?)", &s);
	for (size_t i = 0; !err && i < run->n_counters; i++) {
		const struct tierscope_counter *counter = &run->counters[i];
		int at = 0;

		bind_number(s, &at, i);
		bind_text(s, &at, tierscope_role_name(counter->role));
		bind_number(s, &at, (uint64_t)counter->socket);
		bind_number(s, &at, counter->unit);
		bind_text(s, &at, counter->pmu);
		bind_number(s, &at, counter->type);
		bind_number(s, &at, counter->config);
		bind_number(s, &at, counter->cpu);
		err = store_database_finish(db, s);
	}
	return err;
}

static int save_policy(struct store_database *db, const struct store_policy *policy)
{
	STORE_STATEMENT(s);
	int err, at = 0;

	if ((!policy->mode || !*policy->mode) && (!policy->cpus || !*policy->cpus))
		return 0;
	err = store_database_prepare(db, "INSERT INTO policy VALUES (1, ?, ?, ?, ?, ?, ?)", &s);
	if (err)
		return err;
	bind_text(s, &at, policy->mode);
	bind_text(s, &at, policy->tier);
	bind_text(s, &at, policy->rule);
	bind_text(s, &at, policy->nodes);
	bind_text(s, &at, policy->weights);
	bind_text(s, &at, policy->cpus);
	return store_database_finish(db, s);
}

int store_run_save(struct store_database *db, const struct store_run *run)
{
	static const struct tierscope_topology unknown;
	const struct tierscope_topology *topology =
		run->topology ? run->topology : &unknown;
	STORE_STATEMENT(s);
	int err, at = 0;

	err = store_database_prepare(db,
		"INSERT INTO run (id, state, name, directory, uid, user,"
		"  interval_ns, start_utc_ns, start_mono_ns, host, kernel,"
		"  tierscope, mode, mode_evidence, near_bytes, near_evidence,"
		"  cpu_model, cpu_family, cpu_number, cpu_stepping, simulated)"
		"VALUES (1, 'recording', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
		"  ?, ?, ?, ?, ?, ?)", &s);
	if (err)
		return err;
	bind_text(s, &at, run->name);
	bind_text(s, &at, run->directory);
	bind_number(s, &at, run->uid);
	bind_text(s, &at, run->user);
	bind_number(s, &at, run->interval_ns);
	bind_number(s, &at, run->start_utc_ns);
	bind_number(s, &at, run->start_mono_ns);
	bind_text(s, &at, run->host);
	bind_text(s, &at, run->kernel);
	bind_text(s, &at, run->tierscope);
	bind_text(s, &at, tierscope_mode_name(topology->mode));
	bind_text(s, &at, topology->mode_evidence);
	bind_number(s, &at, topology->near_bytes);
	bind_text(s, &at, topology->near_evidence);
	bind_text(s, &at, topology->cpu_model);
	bind_number(s, &at, topology->family);
	bind_number(s, &at, topology->model);
	bind_number(s, &at, topology->stepping);
	bind_number(s, &at, topology->simulated);
	err = store_database_finish(db, s);
	if (!err)
		err = save_arguments(db, run);
	if (!err)
		err = save_labels(db, run);
	if (!err)
		err = save_policy(db, &run->policy);
	if (!err)
		err = save_nodes(db, topology);
	if (!err)
		err = save_sockets(db, topology);
	if (!err)
		err = save_counters(db, run);
	return err;
}

static int save_last_cells(struct store_database *db,
			   const struct store_last_looks *looks)
{
	STORE_STATEMENT(s);
	int err;

	err = store_database_prepare(db, "INSERT INTO last_cell VALUES (?, ?, ?, ?)", &s);
	for (size_t i = 0; !err && i < looks->n_cells; i++) {
		const struct tierscope_cell *cell = &looks->cells[i];
		int at = 0;

		bind_number(s, &at, (uint64_t)cell->node);
		bind_number(s, &at, cell->page_bytes);
		bind_text(s, &at, tierscope_kind_name(cell->kind));
		bind_number(s, &at, cell->pages);
		err = store_database_finish(db, s);
	}
	return err;
}

static int save_task_counts(struct store_database *db, const struct store_run *run)
{
	STORE_STATEMENT(s);
	int err;

	err = store_database_prepare(db, "INSERT INTO task_count VALUES (?, ?, ?, ?, ?, ?)", &s);
	for (size_t i = 0; !err && i < run->n_task_counts; i++) {
		const struct store_task_count *count = &run->task_counts[i];
		int at = 0;

		bind_text(s, &at, tierscope_task_role_name(count->role));
		bind_text(s, &at, count->event);
		bind_number(s, &at, count->value);
		bind_number(s, &at, count->enabled_ns);
		bind_number(s, &at, count->running_ns);
		bind_text(s, &at, count->reason);
		err = store_database_finish(db, s);
	}
	return err;
}

int store_run_save_end(struct store_database *db, const struct store_run *run)
{
	STORE_STATEMENT(s);
	int err, at = 0;

	err = store_database_prepare(db,
		"UPDATE run SET state = ?, end_mono_ns = ?, ending = ?,"
		"  status = ?, peak_bytes = ?, peak_method = ?, user_ns = ?,"
		"  system_ns = ?, note = ?, last_looks = ?, last_reaped = ?,"
		"  last_partial = ?, last_missed = ?", &s);
	if (err)
		return err;
	bind_text(s, &at, run->state == STORE_INTERRUPTED ? "interrupted" :
			  "complete");
	bind_number(s, &at, run->end_mono_ns);
	if (run->ending == STORE_ENDING_UNKNOWN) {
		at += 2;	/* NULL */
	} else {
		bind_text(s, &at, run->ending == STORE_EXITED ? "exited" :
				  "killed");
		bind_number(s, &at, (uint64_t)run->status);
	}
	if (run->peak_method && run->peak_method[0]) {
		bind_number(s, &at, run->peak_bytes);
		bind_text(s, &at, run->peak_method);
	} else {
		at += 2;
	}
	if (run->has_cpu_time) {
		bind_number(s, &at, run->user_ns);
		bind_number(s, &at, run->system_ns);
	} else {
		at += 2;
	}
	bind_text(s, &at, run->note);
	if (run->last_looks.n_processes) {
		bind_number(s, &at, run->last_looks.n_processes);
		bind_number(s, &at, run->last_looks.n_reaped);
		bind_number(s, &at, run->last_looks.n_partial);
	} else {
		at += 3;	/* NULL */
	}
	bind_number(s, &at, run->last_looks.n_missed);
	err = store_database_finish(db, s);
	if (!err)
		err = save_last_cells(db, &run->last_looks);
	return err ? err : save_task_counts(db, run);
}

int store_run_last_ns(struct store_database *db, uint64_t *ret)
{
	int64_t last;
	int err;

	err = store_database_number(db,
		"SELECT max(start_mono_ns,"
		"  ifnull((SELECT max(time_ns) FROM moment), 0),"
		"  ifnull((SELECT last_ns FROM block ORDER BY id DESC LIMIT 1), 0))"
		" FROM run", &last);
	if (!err)
		*ret = (uint64_t)last;
	return err;
}
