/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cli/message.h"
#include "cli/options.h"
#include "report/document.h"
#include "tierscope/events.h"

enum {
	OPTION_FORMAT = 'f',
	OPTION_SYSFS_ROOT = 256,
};

struct events_options {
	enum report_format format;
	const char *sysfs_root;
};

static int option(const struct cli_command *command, int id,
		  const char *argument, void *data)
{
	struct events_options *options = data;

	if (id == OPTION_SYSFS_ROOT) {
		options->sysfs_root = argument;
		return 0;
	}
	return cli_format(command, argument, &options->format);
}

/* What is known, or that there is no such thing. */
static struct report_value text(const char *known, const char *reason)
{
	return *known ? report_string(known) : report_not_available(reason);
}

static int add_event(struct report_section *section, const char *generation,
		     const struct tierscope_event *event)
{
	static const char of_cores[] = "a core counts a task where it runs";
	static const char none[] = "there is no such event";
	static const char nowhere[] = "nothing counts it here";
	bool core = event->box && !strcmp(event->box, "core");
	const struct report_value values[] = {
		text(generation, "the model of the CPU is not known"),
		report_string(event->role),
		text(event->box, none),
		report_flag(event->supported),
		report_flag(event->used),
		event->n_boxes ? report_number(event->n_boxes) :
				 report_not_available(core ? of_cores : nowhere),
		text(event->cpus, core ? of_cores : nowhere),
		text(event->name, none),
		text(event->encoding, none),
		report_string(tierscope_listing_name(event->listing)),
		text(event->source, none),
		report_string(event->note),
	};

	return report_section_row(section, values);
}

static int add_events(struct report_document *document,
		      const struct tierscope_events *events)
{
	static const struct report_column columns[] = {
		{ "generation", "generation", REPORT_STRING, REPORT_NO_TABLE },
		{ "role", "role", REPORT_STRING, 0 },
		{ "box", "box", REPORT_STRING, 0 },
		{ "supported", "supported", REPORT_FLAG, 0 },
		{ "used", "used", REPORT_FLAG, 0 },
		{ "boxes", "boxes", REPORT_INTEGER, 0 },
		{ "cpus", "on CPUs", REPORT_STRING, 0 },
		{ "name", "name", REPORT_STRING, 0 },
		{ "event", "event", REPORT_STRING, 0 },
		{ "listing", "says", REPORT_STRING, 0 },
		{ "source", "source", REPORT_STRING, REPORT_NO_TABLE },
		{ "note", "note", REPORT_STRING, 0 },
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "events",
		*events->generation ? events->generation : "Events", false, columns,
		sizeof(columns) / sizeof(columns[0]), 0, &section);
	for (size_t i = 0; !r && i < events->n; i++)
		r = add_event(section, events->generation, &events->events[i]);
	return r;
}

static int show(struct tierscope *ts, enum report_format format)
{
	struct report_document *document;
	struct tierscope_events *events;
	int r;

	if (tierscope_events_list(ts, &events) < 0) {
		cli_error("%s", tierscope_error(ts));
		return CLI_FAILURE;
	}
	r = report_document_new("tierscope.events", 1, &document);
	if (!r) {
		r = add_events(document, events);
		if (r < 0)
			report_document_free(document);
	}
	tierscope_events_free(events);
	return r < 0 ? cli_oom() : cli_print(document, format);
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct events_options options = { .format = REPORT_TABLE };
	struct tierscope *ts;
	int first, status, r;

	if (!cli_options(command, argc, argv, false, option, &options, &first,
			 &status))
		return status;
	if (first < argc)
		return cli_usage(command, "there is nothing to do with '%s'", argv[first]);
	r = tierscope_new(options.sysfs_root, &ts);
	if (r < 0) {
		cli_error("cannot open the directory '%s': %s",
			  options.sysfs_root ? options.sysfs_root : "/", strerror(-r));
		return CLI_FAILURE;
	}
	status = show(ts, options.format);
	tierscope_free(ts);
	return status;
}

static const struct cli_option options_list[] = {
	{ OPTION_SYSFS_ROOT, "sysfs-root", "DIR", "what stands for /: sysfs and procfs of another machine" },
	CLI_OPTION_FORMAT,
};

const struct cli_command cli_events = {
	.name = "events",
	.arguments = "",
	.summary = "every counter of this machine, and what it lacks, with the reason",
	.details =
		"A row for each way to count a role: the box that counts it (imc: a channel; m2m:\n"
		"a memory controller's port to the mesh; imc_free_running: counters that run on\n"
		"their own; core: for tasks), how many of them on each die, the CPUs where they\n"
		"are read, the name in Intel's list, and the event as perf takes it. Used is what\n"
		"the role is counted by. Says is on whose word: listed (Intel's list of the\n"
		"generation), experimental (Intel does not vouch for it), assumed (another\n"
		"generation's list), kernel (the driver), libpfm4.\n\n"
		"Needs neither the kernel module nor privilege, and does not say whether you may\n"
		"count: see tierscope doctor.",
	.options = options_list,
	.n_options = sizeof(options_list) / sizeof(options_list[0]),
	.usage_status = CLI_USAGE,
	.run = run,
};
