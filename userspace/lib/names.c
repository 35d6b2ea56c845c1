// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The names that users, scripts and run files know: they never change.
 */
#include <errno.h>
#include <string.h>

#include <tierscope/events.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const tiers[] = {
	[TIERSCOPE_TIER_UNKNOWN] = "unknown",
	[TIERSCOPE_TIER_DRAM] = "dram",
	[TIERSCOPE_TIER_PMEM] = "pmem",
	[TIERSCOPE_TIER_CACHED] = "memory-mode",
};

static const char *const kinds[] = {
	[TIERSCOPE_KIND_ANON] = "anon",
	[TIERSCOPE_KIND_FILE] = "file",
	[TIERSCOPE_KIND_SHMEM] = "shmem",
	[TIERSCOPE_KIND_DAX] = "dax",
};

static const char *const modes[] = {
	[TIERSCOPE_MODE_UNKNOWN] = "unknown",
	[TIERSCOPE_MODE_DRAM_ONLY] = "dram-only",
	[TIERSCOPE_MODE_MEMORY_MODE] = "memory-mode",
	[TIERSCOPE_MODE_APP_DIRECT] = "app-direct",
};

static const char *const roles[] = {
	[TIERSCOPE_ROLE_CLOCKTICKS] = "clockticks",
	[TIERSCOPE_ROLE_DRAM_READ] = "dram.read",
	[TIERSCOPE_ROLE_DRAM_WRITE] = "dram.write",
	[TIERSCOPE_ROLE_PMM_READ] = "pmm.read",
	[TIERSCOPE_ROLE_PMM_WRITE] = "pmm.write",
	[TIERSCOPE_ROLE_TAG_HIT] = "tag.hit",
	[TIERSCOPE_ROLE_TAG_MISS_CLEAN] = "tag.miss_clean",
	[TIERSCOPE_ROLE_TAG_MISS_DIRTY] = "tag.miss_dirty",
	[TIERSCOPE_ROLE_M2M_READ_HIT] = "m2m.read_hit",
	[TIERSCOPE_ROLE_M2M_WRITE_NI] = "m2m.write_ni",
	[TIERSCOPE_ROLE_M2M_READ_PMM] = "m2m.read_pmm",
	[TIERSCOPE_ROLE_M2M_WRITE_PMM] = "m2m.write_pmm",
};

#define BIT(role) TIERSCOPE_ROLE_BIT(TIERSCOPE_ROLE_##role)

/* Four at most of one kind of box, unless it is all. */
static const struct {
	const char *name;
	uint32_t roles;
} groups[] = {
	{ "bandwidth", BIT(DRAM_READ) | BIT(DRAM_WRITE) | BIT(PMM_READ) |
		       BIT(PMM_WRITE) },
	{ "tags", BIT(TAG_HIT) | BIT(TAG_MISS_CLEAN) | BIT(TAG_MISS_DIRTY) |
		  BIT(DRAM_READ) | BIT(M2M_READ_HIT) | BIT(M2M_WRITE_NI) },
	{ "all", TIERSCOPE_ROLES_TRAFFIC },
};

/* In sysfs with "uncore_" before them. */
static const char *const boxes[] = {
	[TIERSCOPE_BOX_IMC] = "imc",
	[TIERSCOPE_BOX_M2M] = "m2m",
	[TIERSCOPE_BOX_IMC_FREE_RUNNING] = "imc_free_running",
};

static const char *const task_roles[] = {
	[TIERSCOPE_TASK_LOAD_LOCAL_DRAM] = "load.local_dram",
	[TIERSCOPE_TASK_LOAD_REMOTE_DRAM] = "load.remote_dram",
	[TIERSCOPE_TASK_LOAD_LOCAL_PMM] = "load.local_pmm",
	[TIERSCOPE_TASK_LOAD_REMOTE_PMM] = "load.remote_pmm",
	[TIERSCOPE_TASK_LOAD_L3_MISS] = "load.l3_miss",
	[TIERSCOPE_TASK_INSTRUCTIONS] = "instructions",
	[TIERSCOPE_TASK_CYCLES] = "cycles",
};

static const char *const listings[] = {
	[TIERSCOPE_LISTING_MAIN] = "listed",
	[TIERSCOPE_LISTING_EXPERIMENTAL] = "experimental",
	[TIERSCOPE_LISTING_ASSUMED] = "assumed",
	[TIERSCOPE_LISTING_KERNEL] = "kernel",
	[TIERSCOPE_LISTING_LIBPFM] = "libpfm4",
	[TIERSCOPE_LISTING_NONE] = "none",
};

static const char *const reasons[] = {
	[TIERSCOPE_WATCH_REASON_EXIT] = "exit",
	[TIERSCOPE_WATCH_REASON_EXEC] = "exec",
	[TIERSCOPE_WATCH_REASON_REAPED] = "reaped",
};

_Static_assert(COUNT(tiers) == __TIERSCOPE_TIER_MAX, "a tier has no name");
_Static_assert(COUNT(kinds) == __TIERSCOPE_KIND_MAX, "a kind has no name");
_Static_assert(COUNT(roles) == TIERSCOPE_ROLES, "a role has no name");
_Static_assert(COUNT(boxes) == TIERSCOPE_BOXES, "a box has no name");
_Static_assert(COUNT(task_roles) == TIERSCOPE_TASK_ROLES, "a role has no name");
_Static_assert(COUNT(listings) == TIERSCOPE_LISTINGS, "a listing has no name");
_Static_assert(COUNT(reasons) == __TIERSCOPE_WATCH_REASON_MAX,
	       "a reason has no name");

static const char *name_of(const char *const *names, size_t n,
			   unsigned int value)
{
	return value < n ? names[value] : NULL;
}

static int value_of(const char *const *names, size_t n, const char *name,
		    unsigned int *ret)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(names[i], name) == 0) {
			*ret = i;
			return 0;
		}
	}
	return -EINVAL;
}

const char *tierscope_tier_name(enum tierscope_tier tier)
{
	return name_of(tiers, COUNT(tiers), tier);
}

const char *tierscope_kind_name(enum tierscope_kind kind)
{
	return name_of(kinds, COUNT(kinds), kind);
}

const char *tierscope_mode_name(enum tierscope_mode mode)
{
	return name_of(modes, COUNT(modes), mode);
}

const char *tierscope_role_name(enum tierscope_role role)
{
	return name_of(roles, COUNT(roles), role);
}

const char *tierscope_box_name(enum tierscope_box box)
{
	return name_of(boxes, COUNT(boxes), box);
}

const char *tierscope_task_role_name(enum tierscope_task_role role)
{
	return name_of(task_roles, COUNT(task_roles), role);
}

const char *tierscope_listing_name(enum tierscope_listing listing)
{
	return name_of(listings, COUNT(listings), listing);
}

int tierscope_tier_from_name(const char *name, enum tierscope_tier *ret)
{
	unsigned int value;
	int error = value_of(tiers, COUNT(tiers), name, &value);

	if (!error)
		*ret = value;
	return error;
}

int tierscope_kind_from_name(const char *name, enum tierscope_kind *ret)
{
	unsigned int value;
	int error = value_of(kinds, COUNT(kinds), name, &value);

	if (!error)
		*ret = value;
	return error;
}

int tierscope_role_from_name(const char *name, enum tierscope_role *ret)
{
	unsigned int value;
	int error = value_of(roles, COUNT(roles), name, &value);

	if (!error)
		*ret = value;
	return error;
}

int tierscope_roles_of_group(const char *name, uint32_t *ret)
{
	for (size_t i = 0; i < COUNT(groups); i++) {
		if (strcmp(groups[i].name, name) == 0) {
			*ret = groups[i].roles;
			return 0;
		}
	}
	return -EINVAL;
}

int tierscope_task_role_from_name(const char *name,
				  enum tierscope_task_role *ret)
{
	unsigned int value;
	int error = value_of(task_roles, COUNT(task_roles), name, &value);

	if (!error)
		*ret = value;
	return error;
}

const char *tierscope_watch_reason_name(enum tierscope_watch_reason reason)
{
	return name_of(reasons, COUNT(reasons), reason);
}
