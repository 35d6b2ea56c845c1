// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * libpfm4 encodes events only for the PMUs that it has found on the machine, or
 * for all if LIBPFM_ENCODE_INACTIVE is in the environment, which is not ours to
 * change. Its lists are open for every PMU: the code of an event and of its
 * umask are all that a core event without modifiers is made of
 * (lib/pfmlib_intel_x86.c). A unit test holds that against its encoder.
 *
 * It is loaded when it is asked for the first time: its tables are full of
 * pointers, and to relocate them is a fifth of what it takes to start a program
 * that never looks at them.
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

#include <perfmon/pfmlib.h>

#include "pfm.h"

/* What libpfm4 has said to its initialization. */
static struct {
	pfm_err_t state;
	__typeof__(pfm_initialize) *initialize;
	__typeof__(pfm_get_pmu_info) *get_pmu_info;
	__typeof__(pfm_get_event_info) *get_event_info;
	__typeof__(pfm_get_event_attr_info) *get_event_attr_info;
	__typeof__(pfm_get_event_next) *get_event_next;
} pfm = { .state = PFM_ERR_NOINIT };

/* The state is libpfm4's, of the process and for ever: ending it could take it
 * away from somebody else. */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void initialize(void)
{
	void *library = dlopen("libpfm.so.4", RTLD_NOW | RTLD_LOCAL);

	if (!library)
		return;
	pfm.initialize = dlsym(library, "pfm_initialize");
	pfm.get_pmu_info = dlsym(library, "pfm_get_pmu_info");
	pfm.get_event_info = dlsym(library, "pfm_get_event_info");
	pfm.get_event_attr_info = dlsym(library, "pfm_get_event_attr_info");
	pfm.get_event_next = dlsym(library, "pfm_get_event_next");
	if (pfm.initialize && pfm.get_pmu_info && pfm.get_event_info &&
	    pfm.get_event_attr_info && pfm.get_event_next)
		pfm.state = pfm.initialize();
}

static int find_pmu(const char *name, pfm_pmu_info_t *ret)
{
	for (int pmu = 0; pmu < PFM_PMU_MAX; pmu++) {
		pfm_pmu_info_t info = { .size = sizeof(info) };

		if (pfm.get_pmu_info(pmu, &info) != PFM_SUCCESS ||
		    strcmp(info.name, name) != 0)
			continue;
		*ret = info;
		return 0;
	}
	return -ENODEV;
}

/* 0, or -ENOENT for an event that has umasks, but not this one. */
static int find_umask(const pfm_event_info_t *event, const char *name,
		      uint64_t *ret)
{
	int error = 0;

	for (int i = 0; i < event->nattrs; i++) {
		pfm_event_attr_info_t info = { .size = sizeof(info) };

		if (pfm.get_event_attr_info(event->idx, i, PFM_OS_NONE,
					    &info) != PFM_SUCCESS ||
		    info.type != PFM_ATTR_UMASK)
			continue;
		if (strcmp(info.name, name) == 0) {
			*ret = info.code;
			return 0;
		}
		error = -ENOENT;
	}
	if (!error)
		*ret = 0;
	return error;
}

int tierscope_pfm_find(const char *pmu, const char *event, const char *umask,
		       uint64_t *ret)
{
	pfm_pmu_info_t info;
	uint64_t mask;
	int error;

	pthread_once(&once, initialize);
	if (pfm.state != PFM_SUCCESS)
		return -EIO;
	error = find_pmu(pmu, &info);
	if (error)
		return error;
	for (int i = info.first_event; i != -1; i = pfm.get_event_next(i)) {
		pfm_event_info_t found = { .size = sizeof(found) };

		if (pfm.get_event_info(i, PFM_OS_NONE, &found) != PFM_SUCCESS ||
		    strcmp(found.name, event) != 0)
			continue;
		error = find_umask(&found, umask, &mask);
		/* More than event and umask would be modifiers. */
		if (!error && (found.code > 0xff || mask > 0xff))
			error = -ENOENT;
		if (!error)
			*ret = found.code | mask << 8;
		return error;
	}
	return -ENOENT;
}
