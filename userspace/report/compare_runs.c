/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which two runs are compared, and in what they differ.
 */
#include <stdio.h>

#include "lib/scope.h"
#include "report/compare.h"
#include "report/machine.h"
#include "report/run_text.h"

#define PROBLEM_MAX (REPORT_ENDING_MAX + 64)

/* What makes the figures those of something else than a run that went well; ""
 * for nothing. */
static const char *problem(const struct store_run *run, char *buffer)
{
	char ending[REPORT_ENDING_MAX];

	if (run->state != STORE_COMPLETE)
		snprintf(buffer, PROBLEM_MAX, "incomplete (%s): %s",
			 report_run_state(run), report_run_ending(run, ending));
	else if (run->ending != STORE_EXITED || run->status)
		snprintf(buffer, PROBLEM_MAX, "it failed: %s",
			 report_run_ending(run, ending));
	else
		*buffer = '\0';
	return buffer;
}

static int add_run(struct report_section *section, const char *side,
		   const struct report_run *of)
{
	const struct store_run *run = of->run;
	const struct tierscope_topology *topology = run->topology;
	const struct report_value none =
		report_not_measured("the run file has no topology");
	char utc[REPORT_UTC_MAX], ending[REPORT_ENDING_MAX], problems[PROBLEM_MAX];
	char *command scope_free = NULL, *labels scope_free = NULL;
	int r;

	r = report_run_command(run, &command);
	if (!r)
		r = report_run_labels(run, &labels);
	if (r < 0)
		return r;
	const struct report_value values[] = {
		report_string(side),
		report_string(run->name),
		report_string(report_utc(run->start_utc_ns, utc)),
		report_string(run->host),
		report_string(run->kernel),
		topology ? report_string(topology->cpu_model) : none,
		topology ? report_flag(topology->simulated) : none,
		topology ? report_string(tierscope_mode_name(topology->mode)) : none,
		topology ? report_near_memory(topology) : none,
		report_string(report_run_state(run)),
		report_string(report_run_how(run)),
		run->ending == STORE_ENDING_UNKNOWN ?
			report_not_measured(REPORT_RUN_UNFINISHED) :
			report_number(run->status),
		report_string(report_run_ending(run, ending)),
		report_string(labels),
		report_string(command),
		report_string(problem(run, problems)),
		report_string(run->note),
	};
	return report_section_row(section, values);
}


int report_compare_add_runs(const struct report_pair *pair,
			    struct report_document *document)
{
	static const struct report_column columns[] = {
		{ "run", "", REPORT_STRING, 0 },
		{ "name", "name", REPORT_STRING, 0 },
		{ "start_utc", "start", REPORT_STRING, REPORT_NO_TABLE },
		{ "host", "host", REPORT_STRING, REPORT_NO_TABLE },
		{ "kernel", "kernel", REPORT_STRING, REPORT_NO_TABLE },
		{ "cpu_model", "CPU", REPORT_STRING, REPORT_NO_TABLE },
		{ "simulated", "simulated", REPORT_FLAG, 0 },
		{ "mode", "mode", REPORT_STRING, 0 },
		{ "near_memory_bytes", "near memory", REPORT_BYTES, 0 },
		{ "state", "state", REPORT_STRING, 0 },
		{ "ending", "ending", REPORT_STRING, REPORT_NO_TABLE },
		{ "status", "status", REPORT_INTEGER, REPORT_NO_TABLE },
		{ "end", "end", REPORT_STRING, REPORT_NO_TABLE },
		{ "labels", "labels", REPORT_STRING, REPORT_NO_TABLE },
		{ "command", "command", REPORT_STRING, 0 },
		{ "problem", "problem", REPORT_STRING, 0 },
		{ "note", "note", REPORT_STRING, 0 },
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "runs", "Runs", false, columns,
		sizeof(columns) / sizeof(columns[0]), 0, &section);
	if (!r)
		r = add_run(section, "A", pair->a);
	return r ? r : add_run(section, "B", pair->b);
}

static struct report_value had(const char *text)
{
	return text ? report_string(text) : report_not_available("it has none");
}

int report_compare_add_differences(const struct report_differences *differences,
				   struct report_document *document)
{
	static const struct report_column columns[] = {
		{ "what", "what", REPORT_STRING, 0 },
		{ "a", "A", REPORT_STRING, 0 },
		{ "b", "B", REPORT_STRING, 0 },
		{ "refused", "compared by force", REPORT_FLAG, 0 },
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "differences",
		"What differs besides the figures", false, columns,
		sizeof(columns) / sizeof(columns[0]), 0, &section);
	for (size_t i = 0; !r && i < differences->n; i++) {
		const struct report_difference *at = &differences->at[i];
		const struct report_value values[] = {
			report_string(at->what),
			had(at->a),
			had(at->b),
			report_flag(at->refused),
		};

		r = report_section_row(section, values);
	}
	return r;
}
