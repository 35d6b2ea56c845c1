// SPDX-License-Identifier: GPL-2.0-only
#include <linux/cpuhotplug.h>
#include <linux/tierscope_sim.h>
#include <linux/topology.h>

#include "collector.h"

/* Written by the hotplug callbacks only, one at a time. */
static unsigned int collectors[TIERSCOPE_SIM_SOCKETS_MAX];
static struct cpumask mask;
static unsigned int n_sockets;
static void (*migrate_events)(unsigned int from, unsigned int to);
static int hotplug_state;

int tierscope_sim_collector_socket(unsigned int cpu)
{
	int socket = topology_physical_package_id(cpu);

	return socket >= 0 && socket < n_sockets ? socket : -1;
}

unsigned int tierscope_sim_collector_cpu(int socket)
{
	return READ_ONCE(collectors[socket]);
}

const struct cpumask *tierscope_sim_collector_mask(void)
{
	return &mask;
}

static int collector_online(unsigned int cpu)
{
	int socket = tierscope_sim_collector_socket(cpu);

	if (socket < 0 || collectors[socket] < nr_cpu_ids)
		return 0;
	WRITE_ONCE(collectors[socket], cpu);
	cpumask_set_cpu(cpu, &mask);
	return 0;
}

static int collector_offline(unsigned int cpu)
{
	int socket = tierscope_sim_collector_socket(cpu);
	unsigned int to;

	if (socket < 0 || collectors[socket] != cpu)
		return 0;
	for_each_online_cpu(to)
		if (to != cpu && tierscope_sim_collector_socket(to) == socket)
			break;
	cpumask_clear_cpu(cpu, &mask);
	WRITE_ONCE(collectors[socket], to);
	/* With its last CPU a socket loses its events: they keep what they
	 * have counted.
	 */
	if (to >= nr_cpu_ids)
		return 0;
	cpumask_set_cpu(to, &mask);
	migrate_events(cpu, to);
	return 0;
}

void tierscope_sim_collector_init(unsigned int sockets)
{
	n_sockets = sockets;
	cpumask_clear(&mask);
	for (unsigned int s = 0; s < TIERSCOPE_SIM_SOCKETS_MAX; s++)
		collectors[s] = nr_cpu_ids;
}

int tierscope_sim_collector_start(void (*migrate)(unsigned int from,
						  unsigned int to))
{
	int state;

	migrate_events = migrate;
	state = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN,
				  "perf/tierscope_sim:online",
				  collector_online, collector_offline);
	if (state < 0)
		return state;
	hotplug_state = state;
	return 0;
}

void tierscope_sim_collector_stop(void)
{
	cpuhp_remove_state_nocalls(hotplug_state);
}
