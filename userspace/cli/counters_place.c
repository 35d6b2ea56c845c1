/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/counters_place.h"

#include <stdlib.h>

#include "cli/command.h"
#include "cli/message.h"
#include "lib/scope.h"

static void scope_counters(struct tierscope_counters *const *counters)
{
	if (*counters)
		tierscope_counters_free(*counters);
}

/* Numbers may have gaps, as on Sapphire Rapids. */
static unsigned int boxes_of(const struct tierscope_counters *counters,
			     enum tierscope_box box)
{
	unsigned int n = 0;

	for (size_t i = 0; i < counters->n; i++) {
		const struct tierscope_counter *at = &counters->counters[i];
		enum tierscope_box of;
		bool first = !tierscope_counter_box(at, &of) && of == box;

		for (size_t j = 0; first && j < i; j++)
			first = counters->counters[j].type != at->type;
		n += first;
	}
	return n;
}

/*
 * A controller has an M2M box and as many channels as any other one: three of
 * six boxes on Cascade Lake, three of twelve on Ice Lake-SP (one of which has
 * nothing behind it), two of eight on Sapphire Rapids. 0 if it cannot be told.
 */
static unsigned int channels_a_controller(struct tierscope *ts)
{
	struct tierscope_counters *all __attribute__((cleanup(scope_counters))) = NULL;
	unsigned int imc, m2m;

	if (tierscope_counters_resolve(ts, TIERSCOPE_ROLES_M2M | TIERSCOPE_ROLE_BIT(
				       TIERSCOPE_ROLE_CLOCKTICKS), &all) < 0)
		return 0;
	imc = boxes_of(all, TIERSCOPE_BOX_IMC);
	m2m = boxes_of(all, TIERSCOPE_BOX_M2M);
	return m2m && imc % m2m == 0 ? imc / m2m : 0;
}

/* Returns false for what has no such place. */
static bool place(const struct tierscope_counter *counter, enum counters_per per,
		  unsigned int channels, struct report_source *ret)
{
	enum tierscope_box box;
	bool is_box = !tierscope_counter_box(counter, &box);
	bool is_channel = is_box && box == TIERSCOPE_BOX_IMC;

	ret->socket = per == COUNTERS_PER_SYSTEM ? REPORT_ALL_SOCKETS : counter->socket;
	ret->controller = REPORT_ALL;
	ret->channel = REPORT_ALL;
	switch (per) {
	case COUNTERS_PER_DEFAULT:
	case COUNTERS_PER_SYSTEM:
	case COUNTERS_PER_SOCKET:
		return true;
	case COUNTERS_PER_CONTROLLER:
		ret->controller = (int)(is_channel ? counter->unit / channels :
						     counter->unit);
		return is_box;
	case COUNTERS_PER_CHANNEL:
		if (channels)
			ret->controller = (int)(counter->unit / channels);
		ret->channel = (int)counter->unit;
		return is_channel;
	}
	return false;
}

int counters_place(struct tierscope *ts, enum counters_per per,
		   struct tierscope_counters *counters, unsigned int *slots,
		   struct report_source **ret)
{
	struct report_source *sources scope_free =
		calloc(counters->n + 1, sizeof(*sources));
	unsigned int channels = 0;
	size_t n = 0;

	if (!sources)
		return cli_oom();
	if (per == COUNTERS_PER_CONTROLLER || per == COUNTERS_PER_CHANNEL)
		channels = channels_a_controller(ts);
	if (per == COUNTERS_PER_CONTROLLER && !channels) {
		cli_error("--per controller: this machine does not show which channels are whose (no uncore_m2m in /sys/bus/event_source/devices, or a number of them that does not fit)");
		return CLI_FAILURE;
	}
	for (size_t i = 0; i < counters->n; i++) {
		if (!place(&counters->counters[i], per, channels, &sources[n]))
			continue;
		sources[n].slot = slots[i];
		slots[n] = slots[i];
		counters->counters[n++] = counters->counters[i];
	}
	if (!n) {
		cli_error("nothing of what was asked for is counted for each %s",
			  per == COUNTERS_PER_CHANNEL ? "channel: ask for --per controller" :
							"controller: ask for --per socket");
		return CLI_FAILURE;
	}
	counters->n = n;
	*ret = scope_take(sources);
	return CLI_OK;
}
