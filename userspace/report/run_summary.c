/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What ran, where, and how it ended.
 */
#include <errno.h>
#include <string.h>

#include "lib/scope.h"
#include "report/machine.h"
#include "report/mode.h"
#include "report/run_document.h"
#include "report/run_text.h"

static struct report_value or_not_measured(const char *string, const char *reason)
{
	return *string ? report_string(string) : report_not_measured(reason);
}

/* ru_maxrss of getrusage(2) is the largest child's, no sum. */
static struct report_value peak_of(const struct store_run *run, const char *reason)
{
	if (!*run->peak_method)
		return report_not_measured(reason);
	return report_string(strcmp(run->peak_method, "rusage maxrss") ?
			     "all its processes together" :
			     "its largest process alone");
}

static int add_run(const struct report_run *of, struct report_document *document)
{
	static const struct report_column columns[] = {
		{ "name", "name", REPORT_STRING, 0 },
		{ "state", "state", REPORT_STRING, 0 },
		{ "command", "command", REPORT_STRING, 0 },
		{ "directory", "directory", REPORT_STRING, 0 },
		{ "user", "user", REPORT_STRING, 0 },
		{ "uid", "uid", REPORT_INTEGER, REPORT_NO_TABLE },
		{ "labels", "labels", REPORT_STRING, 0 },
		{ "start_utc", "start", REPORT_STRING, 0 },
		{ "end", "end", REPORT_STRING, 0 },
		{ "ending", "ending", REPORT_STRING, REPORT_NO_TABLE },
		{ "status", "status", REPORT_INTEGER, REPORT_NO_TABLE },
		{ "wall_ns", "wall time", REPORT_DURATION, 0 },
		{ "user_cpu_ns", "CPU time, user", REPORT_DURATION, 0 },
		{ "system_cpu_ns", "CPU time, system", REPORT_DURATION, 0 },
		{ "peak_bytes", "peak memory", REPORT_BYTES, 0 },
		{ "peak_method", "  by", REPORT_STRING, 0 },
		{ "peak_of", "  of", REPORT_STRING, 0 },
		{ "interval_ns", "sampled every", REPORT_DURATION, 0 },
		{ "note", "note", REPORT_STRING, 0 },
	};
	const struct store_run *run = of->run;
	char *command scope_free = NULL, *labels scope_free = NULL;
	char utc[REPORT_UTC_MAX], ending[REPORT_ENDING_MAX];
	struct report_value peak = report_run_peak(of);
	struct report_section *section;
	int r;

	r = report_run_command(run, &command);
	if (!r)
		r = report_run_labels(run, &labels);
	if (!r)
		r = report_document_section(document, "run", "Run", true, columns,
			sizeof(columns) / sizeof(columns[0]), 0, &section);
	if (r < 0)
		return r;
	const struct report_value values[] = {
		report_string(run->name),
		report_string(report_run_state(run)),
		report_string(command),
		report_string(run->directory),
		or_not_measured(run->user, "this uid has no name"),
		report_number(run->uid),
		report_string(labels),
		report_string(report_utc(run->start_utc_ns, utc)),
		report_string(report_run_ending(run, ending)),
		report_string(report_run_how(run)),
		run->ending == STORE_ENDING_UNKNOWN ?
			report_not_measured(REPORT_RUN_UNFINISHED) : report_number(run->status),
		report_run_duration(of),
		report_run_cpu_time(of, run->user_ns),
		report_run_cpu_time(of, run->system_ns),
		peak,
		or_not_measured(run->peak_method, peak.reason),
		peak_of(run, peak.reason),
		report_number(run->interval_ns),
		report_string(run->note),
	};
	_Static_assert(sizeof(values) / sizeof(values[0]) ==
		       sizeof(columns) / sizeof(columns[0]), "a value a column");
	return report_section_row(section, values);
}

static int add_arguments(const struct store_run *run,
			 struct report_document *document)
{
	static const struct report_column column[] = {
		{ "argument", "argument", REPORT_STRING, 0 },
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "arguments", NULL, false, column, 1,
				    REPORT_NO_TABLE, &section);
	for (size_t i = 0; !r && i < run->n_argv; i++) {
		struct report_value value = report_string(run->argv[i]);

		r = report_section_row(section, &value);
	}
	return r;
}

static int add_labels(const struct store_run *run, struct report_document *document)
{
	static const struct report_column columns[] = {
		{ "key", "key", REPORT_STRING, 0 },
		{ "value", "value", REPORT_STRING, 0 },
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "labels", NULL, false, columns, 2,
				    REPORT_NO_TABLE, &section);
	for (size_t i = 0; !r && i < run->n_labels; i++) {
		struct report_value values[] = {
			report_string(run->labels[i].key),
			report_string(run->labels[i].value),
		};

		r = report_section_row(section, values);
	}
	return r;
}

/* Where memory and threads were to be. Where they were is in the placement. */
static int add_policy(const struct store_run *run, struct report_document *document)
{
	static const struct report_column columns[] = {
		{ "policy", "memory", REPORT_STRING, 0 },
		{ "tier", "  by", REPORT_STRING, 0 },
		{ "rule", "  of rule", REPORT_STRING, 0 },
		{ "nodes", "nodes", REPORT_STRING, 0 },
		{ "weights", "  weights", REPORT_STRING, 0 },
		{ "cpus", "CPUs", REPORT_STRING, 0 },
	};
	const struct report_value none = report_not_available("nobody asked for any");
	const char *texts[] = {
		run->policy.mode, run->policy.tier, run->policy.rule,
		run->policy.nodes, run->policy.weights, run->policy.cpus,
	};
	struct report_value values[sizeof(columns) / sizeof(columns[0])];
	struct report_section *section;
	bool asked = false;
	int r;

	_Static_assert(sizeof(values) / sizeof(values[0]) ==
		       sizeof(texts) / sizeof(texts[0]), "a value a column");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		bool given = texts[i] && *texts[i];

		values[i] = given ? report_string(texts[i]) : none;
		asked |= given;
	}
	r = report_document_section(document, "policy", "Policy", true, columns,
		sizeof(columns) / sizeof(columns[0]), asked ? 0 : REPORT_NO_TABLE,
		&section);
	return r ? r : report_section_row(section, values);
}

static int add_machine(const struct report_run *of, struct report_document *document)
{
	static const struct report_column columns[] = {
		{ "host", "host", REPORT_STRING, 0 },
		{ "kernel", "kernel", REPORT_STRING, 0 },
		{ "tierscope", "recorded by tierscope", REPORT_STRING, 0 },
		{ "cpu_model", "CPU", REPORT_STRING, 0 },
		{ "simulated", "simulated", REPORT_FLAG, 0 },
		{ "mode", "mode", REPORT_STRING, 0 },
		{ "mode_evidence", "  because", REPORT_STRING, 0 },
		{ "near_memory_bytes", "near memory (DRAM cache)", REPORT_BYTES, 0 },
		{ "near_memory_evidence", "  because", REPORT_STRING, 0 },
		{ "counters_mode", "mode by the counters", REPORT_STRING, 0 },
		{ "counters_mode_evidence", "  because", REPORT_STRING, 0 },
		{ "mode_contradiction", "but", REPORT_STRING, 0 },
	};
	const struct store_run *run = of->run;
	const char *none = "the run file has no topology";
	const struct tierscope_topology *topology = run->topology;
	struct report_section *section;
	struct report_mode counted;
	int r;

	report_mode_find(&of->total, topology, &counted);
	r = report_document_section(document, "machine", "Machine", true, columns,
		sizeof(columns) / sizeof(columns[0]), 0, &section);
	if (r < 0)
		return r;
	struct report_value values[] = {
		report_string(run->host),
		report_string(run->kernel),
		report_string(run->tierscope),
		report_not_measured(none),
		report_not_measured(none),
		report_not_measured(none),
		report_not_measured(none),
		report_not_measured(none),
		report_not_measured(none),
		counted.mode == TIERSCOPE_MODE_UNKNOWN ?
			report_not_measured(counted.evidence) :
			report_string(tierscope_mode_name(counted.mode)),
		report_string(counted.mode == TIERSCOPE_MODE_UNKNOWN ? "" :
			      counted.evidence),
		report_string(counted.contradiction),
	};
	if (topology) {
		values[3] = report_string(topology->cpu_model);
		values[4] = report_flag(topology->simulated);
		values[5] = report_string(tierscope_mode_name(topology->mode));
		values[6] = report_string(topology->mode_evidence);
		values[7] = report_near_memory(topology);
		values[8] = report_string(topology->near_evidence);
	}
	return report_section_row(section, values);
}

int report_run_add_summary(const struct report_run *run,
			   struct report_document *document)
{
	int r;

	r = add_run(run, document);
	if (!r)
		r = add_arguments(run->run, document);
	if (!r)
		r = add_labels(run->run, document);
	if (!r)
		r = add_policy(run->run, document);
	if (!r)
		r = add_machine(run, document);
	return r;
}
