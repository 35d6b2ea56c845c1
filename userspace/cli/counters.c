/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/counters.h"

#include <stdio.h>
#include <string.h>

#include "cli/duration.h"
#include "cli/options.h"

enum {
	OPTION_COUNT = 'n',
	OPTION_EVENT = 'e',
	OPTION_FORMAT = 'f',
	OPTION_GROUP = 'g',
	OPTION_INTERVAL = 'i',
	OPTION_ROLES = 'r',
	OPTION_BUS = 0x100,
	OPTION_DURATION,
	OPTION_PER,
};

static const char *const pers[] = {
	[COUNTERS_PER_SYSTEM] = "system",
	[COUNTERS_PER_SOCKET] = "socket",
	[COUNTERS_PER_CONTROLLER] = "controller",
	[COUNTERS_PER_CHANNEL] = "channel",
};

static int add_group(const struct cli_command *command, const char *argument,
		     struct counters_options *options)
{
	uint32_t roles = 0;

	if (!strcmp(argument, "loads"))
		options->loads = true;
	else if (tierscope_roles_of_group(argument, &roles) < 0)
		return cli_usage(command, "there is no group '%s', only bandwidth, tags, loads and all",
				 argument);
	options->roles |= roles;
	return 0;
}

static int add_roles(const struct cli_command *command, const char *argument,
		     struct counters_options *options)
{
	char list[256], *rest = list, *word;
	enum tierscope_role role;

	if (snprintf(list, sizeof(list), "%s", argument) >= (int)sizeof(list))
		return cli_usage(command, "the list of roles is too long");
	while ((word = strsep(&rest, ","))) {
		if (tierscope_role_from_name(word, &role) < 0)
			return cli_usage(command, "there is no role '%s'", word);
		if (!(TIERSCOPE_ROLE_BIT(role) & COUNTERS_ROLES))
			return cli_usage(command, "role '%s' is not shown here", word);
		options->roles |= TIERSCOPE_ROLE_BIT(role);
	}
	return 0;
}

static int add_event(const struct cli_command *command, const char *argument,
		     struct counters_options *options)
{
	if (!*argument)
		return cli_usage(command, "an event is missing: such as uncore_imc/event=0xd3,umask=0x01/");
	if (strlen(argument) > COUNTERS_EVENT_MAX)
		return cli_usage(command, "event '%s' is longer than %d bytes",
				 argument, COUNTERS_EVENT_MAX);
	if (options->n_events == REPORT_EVENTS_MAX)
		return cli_usage(command, "more than %d events: '%s' is one too many",
				 REPORT_EVENTS_MAX, argument);
	for (size_t i = 0; i < options->n_events; i++)
		if (!strcmp(options->events[i], argument))
			return cli_usage(command, "event '%s' is there twice", argument);
	options->events[options->n_events++] = argument;
	return 0;
}

static int set_per(const struct cli_command *command, const char *argument,
		   enum counters_per *ret)
{
	for (size_t i = COUNTERS_PER_SYSTEM; i < sizeof(pers) / sizeof(pers[0]); i++)
		if (!strcmp(pers[i], argument)) {
			*ret = i;
			return 0;
		}
	return cli_usage(command, "--per takes system, socket, controller or channel, not '%s'",
			 argument);
}

/* A document a line is what others call jsonl. */
static int set_format(const struct cli_command *command, const char *argument,
		      enum report_format *ret)
{
	if (!strcmp(argument, "jsonl")) {
		*ret = REPORT_JSON;
		return 0;
	}
	if (report_format_from_name(argument, ret) < 0)
		return cli_usage(command, "there is no format '%s', only table, jsonl (or json) and csv",
				 argument);
	return 0;
}

static int set_duration(const struct cli_command *command, const char *argument,
			uint64_t *ret)
{
	uint64_t ns = 0;

	if (cli_duration(argument, &ns) < 0 || !ns)
		return cli_usage(command, "'%s' is not a duration such as 250ms, 1s, 0.5 or 2m",
				 argument);
	*ret = ns;
	return 0;
}

_Static_assert(TIERSCOPE_INTERVAL_MIN_NS == 1000000, "as the help says");

static int option(const struct cli_command *command, int id,
		  const char *argument, void *data)
{
	struct counters_options *options = data;

	switch (id) {
	case OPTION_INTERVAL:
		return cli_interval_from(command, argument, TIERSCOPE_INTERVAL_MIN_NS,
					 &options->interval_ns);
	case OPTION_COUNT:
		return cli_count(command, argument, &options->count);
	case OPTION_DURATION:
		return set_duration(command, argument, &options->duration_ns);
	case OPTION_GROUP:
		return add_group(command, argument, options);
	case OPTION_ROLES:
		return add_roles(command, argument, options);
	case OPTION_EVENT:
		return add_event(command, argument, options);
	case OPTION_PER:
		return set_per(command, argument, &options->per);
	case OPTION_BUS:
		options->bus_address = argument;
		return 0;
	case OPTION_FORMAT:
		return set_format(command, argument, &options->format);
	}
	return 0;
}

uint64_t counters_slots(const struct counters_options *options)
{
	uint64_t slots = options->roles;

	for (size_t i = 0; i < options->n_events; i++)
		slots |= REPORT_SLOT_BIT(REPORT_EVENT(i));
	return slots;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct counters_options options = {
		.interval_ns = 1000000000,
		.format = REPORT_TABLE,
	};
	int first, status;

	if (!cli_options(command, argc, argv, false, option, &options, &first,
			 &status))
		return status;
	if (first < argc)
		return cli_usage(command, "there is nothing to do with '%s'", argv[first]);
	if (!counters_slots(&options) && !options.loads)
		options.roles = COUNTERS_ROLES;
	if (options.per == COUNTERS_PER_CHANNEL)
		options.roles &= ~TIERSCOPE_ROLES_M2M;
	if (!counters_slots(&options) && !options.loads)
		return cli_usage(command, "what M2M boxes count has no channel: take --per controller");
	return counters_show(&options);
}

static const struct cli_option options_list[] = {
	{ OPTION_INTERVAL, "interval", "DURATION", "between samples, 1ms to 60s; 1s if not given" },
	{ OPTION_COUNT, "count", "N", "end after N samples" },
	{ OPTION_DURATION, "duration", "DURATION", "end with the first sample that is as late" },
	{ OPTION_GROUP, "group", "NAME", "bandwidth, tags or loads, which take no turns, or all (the default) but loads" },
	{ OPTION_ROLES, "roles", "LIST", "count these, such as dram.read,pmm.read; also with --group" },
	{ OPTION_EVENT, "event", "EVENT", "count this, such as uncore_imc/event=0xd3,umask=0x01/; again for more" },
	{ OPTION_PER, "per", "WHAT", "a row for each system, socket, controller or channel" },
	{ OPTION_FORMAT, "format", "table|jsonl|csv", "table for people (the default), raw base units in the others" },
	{ OPTION_BUS, "bus-address", "ADDRESS", "of the daemon's bus, instead of the system bus" },
};

const struct cli_command cli_counters = {
	.name = "counters",
	.arguments = "",
	.summary = "traffic of the memory controllers and the hit ratios, live",
	.details =
		"A row for each socket and one for all at each sample, or what --per says. On a\n"
		"terminal a table stays in place. jsonl (json is the same) is a document a line.\n"
		"csv and jsonl carry counts besides rates, a line being 64 bytes. What was not\n"
		"asked for has no column. Needs the kernel module, and CAP_PERFMON or\n"
		"CAP_SYS_ADMIN; or, for roles from 10ms on, the daemon and to be in the group\n"
		"tierscope.\n\n"
		"A box has four counters. More than four take turns, and are then scaled (method:\n"
		"estimated); *_running_ratio is the share of the time that a count was made in.\n"
		"Counts whose turn came late are of several intervals, and their rates of the\n"
		"time that they took.\n\n"
		"Three figures are called hit ratio, and need not agree:\n"
		"  hit_ratio                 hits / all tag checks: reads, and writes that check\n"
		"                            a tag (miss_clean_ratio and miss_dirty_ratio: misses)\n"
		"  read_hit_ratio            read hits / reads: m2m.read_hit / (dram.read -\n"
		"                            m2m.write_ni), in Memory Mode\n"
		"  pcm_read_hit_ratio        m2m.read_hit / dram.read, as PCM prints it: too low\n"
		"                            by the tag checks of writes\n"
		"  dram_traffic_share_ratio  DRAM bytes / (DRAM + Optane bytes)\n"
		"*_residual_ratio says how far the counters of Memory Mode disagree:\n"
		"  dram_read  of dram.read and all tag checks\n"
		"  pmm_read   of pmm.read and all misses\n"
		"  pmm_write  of pmm.write and dirty misses\n"
		"  pmm        of pmm.read + pmm.write and clean + 2 dirty misses\n\n"
		"The group loads is what the cores count, all of them: loads that missed the last-\n"
		"level cache by where they were served from, and instructions. Each of these, and\n"
		"cycles, is also an EVENT by its name.\n\n"
		"An event is written as for perf: a PMU, and fields of its format/ between\n"
		"slashes; uncore_imc is all channels, uncore_imc_3 that one. Its columns begin\n"
		"with its text.\n\n"
		"roles: dram.read dram.write pmm.read pmm.write tag.hit tag.miss_clean\n"
		"tag.miss_dirty m2m.read_hit m2m.write_ni m2m.read_pmm m2m.write_pmm",
	.options = options_list,
	.n_options = sizeof(options_list) / sizeof(options_list[0]),
	.usage_status = CLI_USAGE,
	.run = run,
};
