/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_SIM_UNCORE_H
#define TIERSCOPE_SIM_UNCORE_H

#include <linux/compiler_types.h>
#include <linux/perf_event.h>
#include <linux/tierscope_sim.h>

struct attribute_group;

#define TIERSCOPE_SIM_BOXES_MAX 6

/**
 * struct tierscope_sim_uncore_box - the same box of all sockets
 * @pmu: its PMU
 * @name: and its name
 * @type: what it is one of
 * @index: its number
 * @used: by socket, one bit for each counter in use. Atomic, because for a
 *	moment of CPU hotplug the old and the new collector both write here.
 */
struct tierscope_sim_uncore_box {
	struct pmu pmu;
	char name[24];
	const struct tierscope_sim_uncore_type *type;
	unsigned int index;
	unsigned long used[TIERSCOPE_SIM_SOCKETS_MAX];
};

/**
 * struct tierscope_sim_uncore_type - boxes that count alike
 * @name: of their PMUs, "NAME_0" and so on, or of the only one
 * @boxes: how many a socket has, at most TIERSCOPE_SIM_BOXES_MAX
 * @counters: of a box, at most BITS_PER_LONG; who wants more takes turns
 * @box: them
 * @attr_groups: what sysfs shows of them
 * @decode: which counters does a config add up? As a set, one bit for each
 *	number that @value knows; an error refuses the event
 * @value: one counter of a box, of any number of bits; for any context but NMI
 */
struct tierscope_sim_uncore_type {
	const char *name;
	unsigned int boxes;
	unsigned int counters;
	struct tierscope_sim_uncore_box *box;
	const struct attribute_group **attr_groups;
	int (*decode)(__u64 config, __u32 *ret_set);
	u64 (*value)(const struct tierscope_sim_region __iomem *region,
		     unsigned int socket, unsigned int box,
		     unsigned int counter);
};

/* Of a box of silicon. */
#define TIERSCOPE_SIM_BOX_COUNTERS 4

/*
 * The channels uncore_imc_0..5, the controllers' uncore_m2m_0..1, and
 * sim_media, which silicon has not.
 */
extern const struct tierscope_sim_uncore_type tierscope_sim_imc;
extern const struct tierscope_sim_uncore_type tierscope_sim_m2m;
extern const struct tierscope_sim_uncore_type tierscope_sim_media;

/* What sysfs shows of every box. */
extern const struct attribute_group tierscope_sim_uncore_format_group;
extern const struct attribute_group tierscope_sim_uncore_cpumask_group;

/* Register all these PMUs on the counts of @region. */
int tierscope_sim_uncore_init(const struct tierscope_sim_region __iomem *region);
void tierscope_sim_uncore_exit(void);

#endif /* TIERSCOPE_SIM_UNCORE_H */
