/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/doctor.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/machine.h"
#include "cli/message.h"
#include "cli/options.h"
#include "lib/scope.h"

enum {
	OPTION_FORMAT = 'f',
	OPTION_BUS_ADDRESS = 256,
};

struct doctor_options {
	enum report_format format;
	const char *bus_address;
};

static int option(const struct cli_command *command, int id,
		  const char *argument, void *data)
{
	struct doctor_options *options = data;

	if (id == OPTION_BUS_ADDRESS) {
		options->bus_address = argument;
		return 0;
	}
	return cli_format(command, argument, &options->format);
}

void doctor_say(struct doctor *doctor, const char *check,
		enum doctor_state state, const char *remedy,
		const char *format, ...)
{
	static const char *const states[] = {
		[DOCTOR_WORKS] = "works",
		[DOCTOR_PARTLY] = "partly",
		[DOCTOR_FAILS] = "fails",
	};
	char *finding scope_free = NULL;
	va_list arguments;
	int r;

	va_start(arguments, format);
	r = vasprintf(&finding, format, arguments);
	va_end(arguments);
	if (r < 0) {
		finding = NULL;
		doctor->error = -ENOMEM;
		return;
	}
	const struct report_value values[] = {
		report_string(check),
		report_string(states[state]),
		report_string(finding),
		report_string(remedy),
	};

	r = report_section_row(doctor->section, values);
	if (r < 0)
		doctor->error = r;
	if (state > doctor->worst)
		doctor->worst = state;
}

static int begin(struct report_document *document, struct report_section **ret)
{
	static const struct report_column columns[] = {
		{ "check", "check", REPORT_STRING, 0 },
		{ "state", "state", REPORT_STRING, 0 },
		{ "finding", "now", REPORT_STRING, 0 },
		{ "remedy", "what would help", REPORT_STRING, 0 },
	};

	return report_document_section(document, "checks", NULL, false, columns,
		sizeof(columns) / sizeof(columns[0]), 0, ret);
}

static void examine(struct doctor *doctor)
{
	doctor_kernel(doctor);
	doctor_module(doctor);
	doctor_mode(doctor);
	doctor_controllers(doctor);
	doctor_sampler(doctor);
	doctor_cores(doctor);
	doctor_capabilities(doctor);
	doctor_files(doctor);
	doctor_daemon(doctor);
	doctor_others(doctor);
}

static void clear(struct doctor *doctor)
{
	tierscope_events_free(doctor->events);
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct cli_machine machine __attribute__((cleanup(cli_machine_clear))) = { 0 };
	struct doctor doctor __attribute__((cleanup(clear))) = { 0 };
	struct doctor_options options = { .format = REPORT_TABLE };
	struct report_document *document;
	int first, status;

	if (!cli_options(command, argc, argv, false, option, &options, &first,
			 &status))
		return status;
	if (first < argc)
		return cli_usage(command, "there is nothing to do with '%s'", argv[first]);
	status = cli_machine_open(&machine);
	if (status)
		return status;
	doctor.ts = machine.ts;
	doctor.bus_address = options.bus_address;
	if (report_document_new("tierscope.doctor", 1, &document) < 0)
		return cli_oom();
	doctor.error = begin(document, &doctor.section);
	if (!doctor.error)
		examine(&doctor);
	machine.topology = doctor.topology;
	if (doctor.error) {
		report_document_free(document);
		return cli_oom();
	}
	status = cli_print(document, options.format);
	return status ? status : doctor.worst == DOCTOR_WORKS ? CLI_OK : CLI_FAILURE;
}

static const struct cli_option options_list[] = {
	{ OPTION_BUS_ADDRESS, "bus-address", "ADDRESS", "of the daemon's bus, instead of the system bus" },
	CLI_OPTION_FORMAT,
};

const struct cli_command cli_doctor = {
	.name = "doctor",
	.arguments = "",
	.summary = "what works here for you, and what would make the rest work",
	.details =
		"Looks at the kernel, the module, the memory mode, the counters (which it tries:\n"
		"a sampler is opened and closed, and so is each event of a task), capabilities,\n"
		"limits, the daemon, and who else counts. The status is 0 if all of it works, 1 if\n"
		"something works partly or not at all. It starts nothing and changes nothing.",
	.options = options_list,
	.n_options = sizeof(options_list) / sizeof(options_list[0]),
	.usage_status = CLI_USAGE,
	.run = run,
};
