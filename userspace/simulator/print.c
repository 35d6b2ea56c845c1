/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "machine.h"
#include "print.h"

static const char *const imc[TIERSCOPE_SIM_IMC_COUNTERS] = {
	[TIERSCOPE_SIM_CLOCKTICKS] = "clockticks",
	[TIERSCOPE_SIM_CAS_READ] = "cas_read",
	[TIERSCOPE_SIM_CAS_WRITE] = "cas_write",
	[TIERSCOPE_SIM_PMM_READ] = "pmm_read",
	[TIERSCOPE_SIM_PMM_WRITE] = "pmm_write",
	[TIERSCOPE_SIM_TAG_HIT] = "tag_hit",
	[TIERSCOPE_SIM_TAG_MISS_CLEAN] = "tag_miss_clean",
	[TIERSCOPE_SIM_TAG_MISS_DIRTY] = "tag_miss_dirty",
};

static const char *const m2m[TIERSCOPE_SIM_M2M_COUNTERS] = {
	[TIERSCOPE_SIM_READ_HIT_CLEAN] = "read_hit_clean",
	[TIERSCOPE_SIM_READ_HIT_DIRTY] = "read_hit_dirty",
	[TIERSCOPE_SIM_READ_MISS] = "read_miss",
	[TIERSCOPE_SIM_WRITE_TAG] = "write_tag",
	[TIERSCOPE_SIM_WRITE_NO_TAG] = "write_no_tag",
};

static const char *const media[TIERSCOPE_SIM_MEDIA_COUNTERS] = {
	[TIERSCOPE_SIM_MEDIA_READ] = "media_read",
	[TIERSCOPE_SIM_MEDIA_WRITE] = "media_write",
};

static const char *const core[TIERSCOPE_SIM_CORE_COUNTERS] = {
	[TIERSCOPE_SIM_LOAD_LOCAL_DRAM] = "load_local_dram",
	[TIERSCOPE_SIM_LOAD_REMOTE_DRAM] = "load_remote_dram",
	[TIERSCOPE_SIM_LOAD_LOCAL_PMM] = "load_local_pmm",
	[TIERSCOPE_SIM_LOAD_REMOTE_PMM] = "load_remote_pmm",
	[TIERSCOPE_SIM_LLC_READ] = "llc_read",
	[TIERSCOPE_SIM_LLC_MISS] = "llc_miss",
	[TIERSCOPE_SIM_INSTRUCTIONS] = "instructions",
};

/* The plugin writes while this reads. */
static uint64_t now(const __u64 *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
}

static void print_description(FILE *out,
			      const struct tierscope_sim_region *region)
{
	const char *mode = sim_mode_name(region->mode);

	fprintf(out, "mode %s\n", mode ? mode : "unknown");
	fprintf(out, "sockets %" PRIu32 "\n", region->sockets);
	fprintf(out, "vcpus %" PRIu32 "\n", region->vcpus);
	fprintf(out, "llc_bytes %" PRIu64 "\n", (uint64_t)region->llc_bytes);
	fprintf(out, "llc_ways %" PRIu32 "\n", region->llc_ways);
	fprintf(out, "near_bytes %" PRIu64 "\n", (uint64_t)region->near_bytes);
	fprintf(out, "fetch_on_write_miss %" PRIu32 "\n",
		region->fetch_on_write_miss);
	fprintf(out, "ddo_percent %" PRIu32 "\n", region->ddo_percent);
	fprintf(out, "dclk_hz %" PRIu64 "\n", (uint64_t)region->dclk_hz);
	fprintf(out, "run %" PRIu64 "\n", now(&region->run));
}

static void print_vcpu(FILE *out, const struct tierscope_sim_region *region,
		       unsigned int v)
{
	for (unsigned int i = 0; i < TIERSCOPE_SIM_CORE_COUNTERS; i++)
		fprintf(out, "vcpu %u %s %" PRIu64 "\n", v, core[i],
			now(&region->vcpu[v].core[i]));
	fprintf(out, "vcpu %u unplaced %" PRIu64 "\n", v,
		now(&region->vcpu[v].unplaced));
}

static void print_channel(FILE *out, const struct tierscope_sim_region *region,
			  unsigned int s, unsigned int c)
{
	/* Clock ticks are not counted here. */
	for (unsigned int i = TIERSCOPE_SIM_CAS_READ;
	     i < TIERSCOPE_SIM_IMC_COUNTERS; i++)
		fprintf(out, "%u %u %s %" PRIu64 "\n", s, c, imc[i],
			now(&region->channel[s][c].imc[i]));
	for (unsigned int i = 0; i < TIERSCOPE_SIM_M2M_COUNTERS; i++)
		fprintf(out, "%u %u %s %" PRIu64 "\n", s, c, m2m[i],
			now(&region->channel[s][c].m2m[i]));
	for (unsigned int i = 0; i < TIERSCOPE_SIM_MEDIA_COUNTERS; i++)
		fprintf(out, "%u %u %s %" PRIu64 "\n", s, c, media[i],
			now(&region->channel[s][c].media[i]));
}

void sim_print(FILE *out, const struct tierscope_sim_region *region)
{
	print_description(out, region);
	for (unsigned int v = 0;
	     v < region->vcpus && v < TIERSCOPE_SIM_VCPUS_MAX; v++)
		print_vcpu(out, region, v);
	for (unsigned int s = 0;
	     s < region->sockets && s < TIERSCOPE_SIM_SOCKETS_MAX; s++)
		for (unsigned int c = 0; c < TIERSCOPE_SIM_CHANNELS; c++)
			print_channel(out, region, s, c);
}
