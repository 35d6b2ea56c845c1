/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libtierscope against the module: library-check CASE. Ends with 0 if the case
 * holds, else says on stderr what did not.
 */
#pragma once

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tierscope/tierscope.h>

/* The handle of the case that runs. */
extern struct tierscope *ts;

/* Ends the case unless the condition holds. */
#define hold(condition, ...)						\
	do {								\
		if (!(condition)) {					\
			fprintf(stderr, "%s:%d: " #condition " | ",	\
				__FILE__, __LINE__);			\
			errx(1, __VA_ARGS__);				\
		}							\
	} while (0)

static inline void expect(int error, int wanted, const char *sentence)
{
	hold(error == wanted, "%d: %s", error, tierscope_error(ts));
	hold(strstr(tierscope_error(ts), sentence), "said: %s",
	     tierscope_error(ts));
}

/* All counters of the simulated machine. */
struct tierscope_counters *resolve(void);

void case_no_module(void);
void case_placement(void);
void case_refusals(void);
void case_unprivileged(void);
void case_dump(void);
void case_mappings(void);
void case_busy(void);
void case_set(void);
void case_sampler(void);
void case_reload(void);
void case_sharing(void);
void case_losses(void);
void case_waiting(void);
void case_prober(void);
void case_prober_user(void);
void case_prober_refusals(void);
void case_prober_unprivileged(void);
