// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/profile_time.h"

#include <errno.h>
#include <string.h>

#include "report/time_model.h"

/* Of a simulated machine (include/uapi/linux/tierscope_sim.h). */
#define CORES_MAX	16
#define SOCKETS_MAX	8

static bool is_of_task(const struct store_phase_counter *counter,
		       enum tierscope_task_role *ret)
{
	return counter->socket < 0 &&
	       !tierscope_task_role_from_name(counter->name, ret);
}

/* Whether a role was counted all through the run, as the recorder says. */
static bool counted_throughout(const struct store_run *run,
			       enum tierscope_task_role role)
{
	for (size_t i = 0; i < run->n_task_counts; i++)
		if (run->task_counts[i].role == role)
			return run->task_counts[i].running_ns &&
			       run->task_counts[i].running_ns ==
			       run->task_counts[i].enabled_ns;
	return false;
}

/*
 * Counters of one CPU each are enabled all the time and run while the process
 * is there: the time they ran is added up, the time they might have is not. What
 * a thread spends between two CPUs is in the second and not in the first, which
 * can be most of a short phase in emulation. So whether others took a turn is
 * asked of the whole run.
 */
static bool took_turns(const struct store_run *run, enum tierscope_task_role role,
		       double enabled_ns, double running_ns, bool by_cpu)
{
	if (running_ns >= enabled_ns)
		return false;
	return !by_cpu || !counted_throughout(run, role);
}

void report_phase_count(const struct store_run *run,
			const struct store_phase *phase,
			struct report_phase_counts *ret)
{
	double enabled[TIERSCOPE_TASK_ROLES] = { 0 };
	double running[TIERSCOPE_TASK_ROLES] = { 0 };
	bool by_cpu = false;

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < run->n_phase_counters; i++) {
		const struct store_phase_value *value = &phase->values[i];
		enum tierscope_task_role role;

		if (!is_of_task(&run->phase_counters[i], &role))
			continue;
		ret->tasks[role] += (double)value->self;
		running[role] += (double)value->running_ns;
		by_cpu |= run->phase_counters[i].cpu >= 0;
		if (enabled[role] < (double)value->enabled_ns)
			enabled[role] = (double)value->enabled_ns;
	}
	for (unsigned int role = 0; role < TIERSCOPE_TASK_ROLES; role++) {
		ret->counted[role] = running[role] > 0;
		if (running[role] > 0 &&
		    took_turns(run, role, enabled[role], running[role], by_cpu)) {
			ret->tasks[role] *= enabled[role] / running[role];
			ret->estimated = true;
		}
	}
}

static double *core_field(struct report_time_core *core,
			  enum tierscope_task_role role)
{
	switch (role) {
	case TIERSCOPE_TASK_LOAD_LOCAL_DRAM:
		return &core->local_dram;
	case TIERSCOPE_TASK_LOAD_REMOTE_DRAM:
		return &core->remote_dram;
	case TIERSCOPE_TASK_LOAD_LOCAL_PMM:
		return &core->local_pmm;
	case TIERSCOPE_TASK_LOAD_REMOTE_PMM:
		return &core->remote_pmm;
	case TIERSCOPE_TASK_INSTRUCTIONS:
		return &core->instructions;
	default:
		return NULL;
	}
}

static double *socket_field(struct report_time_socket *socket, const char *name)
{
	if (!strcmp(name, "dram.read"))
		return &socket->dram_read_lines;
	if (!strcmp(name, "dram.write"))
		return &socket->dram_write_lines;
	if (!strcmp(name, "pmm.read"))
		return &socket->pmm_read_lines;
	if (!strcmp(name, "pmm.write"))
		return &socket->pmm_write_lines;
	if (!strcmp(name, "media.read"))
		return &socket->media_read_lines;
	if (!strcmp(name, "media.write"))
		return &socket->media_write_lines;
	return NULL;
}

/* By core and by socket, from the counters that say which. */
struct parts {
	size_t n_cores;
	struct report_time_core cores[CORES_MAX];
	size_t n_sockets;
	struct report_time_socket sockets[SOCKETS_MAX];
	bool media;
};

static void take(struct parts *parts, const struct store_phase_counter *counter,
		 double value)
{
	enum tierscope_task_role role;
	double *field = NULL;

	if (is_of_task(counter, &role) && counter->cpu >= 0 &&
	    counter->cpu < CORES_MAX) {
		field = core_field(&parts->cores[counter->cpu], role);
		if (parts->n_cores <= (size_t)counter->cpu)
			parts->n_cores = (size_t)counter->cpu + 1;
	} else if (counter->socket >= 0 && counter->socket < SOCKETS_MAX) {
		field = socket_field(&parts->sockets[counter->socket],
				     counter->name);
		parts->media |= !strcmp(counter->name, "media.read");
		if (parts->n_sockets <= (size_t)counter->socket)
			parts->n_sockets = (size_t)counter->socket + 1;
	}
	if (field)
		*field += value;
}

int report_phase_time(const struct report_run *run,
		      const struct store_phase *phase,
		      const struct report_phase_counts *counts, double *ret)
{
	const struct tierscope_topology *topology = run->run->topology;
	struct report_time_counts model = { 0 };
	struct parts parts = { 0 };
	struct report_time time;
	int err;

	if (!topology || !topology->simulated)
		return -EOPNOTSUPP;
	/* What was not counted is not nothing. */
	for (size_t i = 0; i < run->run->n_phase_counters; i++)
		if (phase->values[i].enabled_ns)
			take(&parts, &run->run->phase_counters[i],
			     (double)phase->values[i].self);
	/* What took turns is no base for a model. */
	if (!parts.n_cores || !parts.n_sockets || counts->estimated)
		return -ENODATA;
	for (size_t i = 0; i < topology->n_sockets; i++)
		if (topology->sockets[i].id >= 0 &&
		    (size_t)topology->sockets[i].id < parts.n_sockets)
			parts.sockets[topology->sockets[i].id].n_cores =
				topology->sockets[i].cpus;
	model.n_cores = parts.n_cores;
	model.cores = parts.cores;
	model.n_sockets = parts.n_sockets;
	model.sockets = parts.sockets;
	model.near_memory = report_run_mode(run) == TIERSCOPE_MODE_MEMORY_MODE;
	model.media = parts.media;
	err = report_time_model(&model, &time);
	if (!err)
		*ret = time.ns;
	return err;
}
