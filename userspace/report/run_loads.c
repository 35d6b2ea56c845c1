// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the cores counted for the command and its children.
 */
#include <stdio.h>

#include "report/derive.h"
#include "report/run_document.h"

static struct report_value count_of(const struct store_task_count *count)
{
	const struct report_delta delta = {
		.value = count->value,
		.enabled_ns = count->enabled_ns,
		.running_ns = count->running_ns,
	};
	double scaled;

	/* Without an event the machine has no such count. */
	if (*count->reason && !*count->event)
		return report_not_available(count->reason);
	if (*count->reason || report_scale(&delta, &scaled))
		return report_not_measured(count->reason);
	return report_number(report_round(scaled));
}

/* @n was counted over the time that @count says. */
static int add_row(struct report_section *section,
		   const struct store_task_count *count, struct report_value n,
		   const char *method)
{
	struct report_value values[] = {
		report_string(tierscope_task_role_name(count->role)),
		report_string(count->event),
		n,
		n,
		n,
		n,
	};
	double share;

	if (n.state == REPORT_VALUE) {
		values[3] = report_number(count->enabled_ns);
		if (count->running_ns &&
		    !report_quotient((double)count->running_ns,
				     (double)count->enabled_ns, &share))
			values[4] = report_real(share);
		else
			values[4] = report_not_measured(count->reason);
		values[5] = report_string(method);
	}
	return report_section_row(section, values);
}

/* The sources added up, for a machine on which they are counted and misses are
 * not. Returns how many of them there are. */
static unsigned int add_sources(const struct store_run *run, uint64_t *ret_sum,
				struct store_task_count *ret_times,
				bool *ret_estimated)
{
	unsigned int found = 0;

	*ret_sum = 0;
	*ret_estimated = false;
	for (size_t i = 0; i < run->n_task_counts; i++) {
		const struct store_task_count *count = &run->task_counts[i];
		struct report_value n = count_of(count);

		if (count->role >= TIERSCOPE_TASK_SOURCES ||
		    n.state != REPORT_VALUE)
			continue;
		found++;
		*ret_sum += n.number;
		*ret_estimated |= count->running_ns < count->enabled_ns;
		ret_times->enabled_ns = count->enabled_ns;
	}
	return found;
}

/* With @count's times replaced by the sources' where they were added up. */
static struct report_value count_or_sum(const struct report_run *run,
					struct store_task_count *count, char *method)
{
	struct report_value n = count_of(count);
	struct store_task_count summed = *count;
	bool estimated = count->running_ns < count->enabled_ns;
	bool simulated = report_run_simulated(run);
	uint64_t sum;

	if (n.state == REPORT_VALUE ||
	    count->role != TIERSCOPE_TASK_LOAD_L3_MISS ||
	    add_sources(run->run, &sum, &summed, &estimated) !=
	    TIERSCOPE_TASK_SOURCES) {
		snprintf(method, REPORT_METHOD_MAX, "%s",
			 report_method(simulated, estimated));
		return n;
	}
	/* Less what came from other caches, which no source has. */
	snprintf(method, REPORT_METHOD_MAX, "%s, sum of the sources",
		 report_method(simulated, estimated));
	*count = summed;
	return report_number(sum);
}

static int add_count(struct report_section *section,
		     const struct report_run *run,
		     const struct store_task_count *of)
{
	struct store_task_count count = *of;
	char method[REPORT_METHOD_MAX];
	struct report_value n = count_or_sum(run, &count, method);

	return add_row(section, &count, n, method);
}

struct report_value report_run_load_count(const struct report_run *run,
					  enum tierscope_task_role role,
					  char *method)
{
	const struct store_run *of = run->run;

	for (size_t i = 0; i < of->n_task_counts; i++) {
		struct store_task_count count = of->task_counts[i];

		if (count.role == role)
			return count_or_sum(run, &count, method);
	}
	return report_not_measured(*of->note ? of->note :
				   "the run file has no such count");
}

int report_run_add_loads(const struct report_run *run,
			 struct report_document *document)
{
	static const struct report_column columns[] = {
		{ "role", "counted", REPORT_STRING, 0 },
		{ "event", "event", REPORT_STRING, 0 },
		{ "count", "count", REPORT_INTEGER, 0 },
		{ "enabled_ns", "over CPU time of", REPORT_DURATION, 0 },
		{ "running_share_ratio", "counters ran", REPORT_RATIO, 0 },
		{ "method", "method", REPORT_STRING, 0 },
	};
	const struct store_run *of = run->run;
	struct report_section *section;
	bool measured = false;
	int r;

	for (size_t i = 0; i < of->n_task_counts; i++)
		measured |= of->task_counts[i].running_ns > 0;
	/* A machine without such counters has enough said by the other formats. */
	r = report_document_section(document, "loads",
		"Loads of the command and its children, in user space", false,
		columns, sizeof(columns) / sizeof(columns[0]),
		measured ? 0 : REPORT_NO_TABLE, &section);
	for (size_t i = 0; !r && i < of->n_task_counts; i++)
		r = add_count(section, run, &of->task_counts[i]);
	return r;
}
