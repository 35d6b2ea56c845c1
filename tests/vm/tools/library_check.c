/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "library_check.h"

struct tierscope *ts;

static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
	{ "no-module", case_no_module },
	{ "placement", case_placement },
	{ "refusals", case_refusals },
	{ "unprivileged", case_unprivileged },
	{ "dump", case_dump },
	{ "mappings", case_mappings },
	{ "busy", case_busy },
	{ "set", case_set },
	{ "sampler", case_sampler },
	{ "reload", case_reload },
	{ "sharing", case_sharing },
	{ "losses", case_losses },
	{ "waiting", case_waiting },
	{ "prober", case_prober },
	{ "prober-user", case_prober_user },
	{ "prober-refusals", case_prober_refusals },
	{ "prober-unprivileged", case_prober_unprivileged },
};

int main(int argc, char **argv)
{
	if (argc != 2)
		errx(2, "usage: library-check CASE");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (strcmp(cases[i].name, argv[1]) != 0)
			continue;
		if (tierscope_new(NULL, &ts) != 0)
			errx(1, "no handle");
		cases[i].run();
		tierscope_free(ts);
		return 0;
	}
	errx(2, "there is no case %s", argv[1]);
}
