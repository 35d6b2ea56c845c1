/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_SIM_COLLECTOR_H
#define TIERSCOPE_SIM_COLLECTOR_H

#include <linux/cpumask.h>

/*
 * One CPU a socket on which the events of that socket's boxes live, as the
 * kernel's uncore drivers have it; another one when that goes offline.
 */

/* Socket of a CPU, or -1 if the simulator has no such socket. */
int tierscope_sim_collector_socket(unsigned int cpu);

/* Its collector, or nr_cpu_ids or more: none of its CPUs is online, or _start()
 * is still to come.
 */
unsigned int tierscope_sim_collector_cpu(int socket);

const struct cpumask *tierscope_sim_collector_mask(void);

/* So many sockets, none with a collector yet. */
void tierscope_sim_collector_init(unsigned int sockets);

/*
 * Choose the collectors, and call @migrate, with the CPU hotplug lock held for
 * writing, whenever a collector goes offline and another CPU of its socket
 * takes over: the PMUs that it works on are registered from before _start()
 * until after _stop().
 */
int tierscope_sim_collector_start(void (*migrate)(unsigned int from,
						  unsigned int to));
void tierscope_sim_collector_stop(void);

#endif /* TIERSCOPE_SIM_COLLECTOR_H */
