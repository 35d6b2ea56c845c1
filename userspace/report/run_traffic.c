/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the memory controllers did during a run, and how far it can be trusted.
 */
#include <stdio.h>

#include "report/derive.h"
#include "report/run_document.h"

#define TRAFFIC (REPORT_DRAM | REPORT_PMM)

/* The reason that the recorder left, where it recorded no counter at all. */
static struct report_value known(const struct report_run *run,
				 struct report_value value)
{
	if (!run->run->n_counters && value.state != REPORT_VALUE)
		return report_not_measured(*run->run->note ? run->run->note :
					   "no counter was recorded");
	return value;
}

static const char *socket_name(const struct report_traffic *traffic, char *buffer,
			       size_t size)
{
	if (traffic->socket == REPORT_ALL_SOCKETS)
		return "all";
	snprintf(buffer, size, "%d", traffic->socket);
	return buffer;
}

static int add_bytes(const struct report_run *run,
		     const struct report_traffic *traffic,
		     struct report_section *section)
{
	char name[16];
	const struct report_value values[] = {
		report_string(socket_name(traffic, name, sizeof(name))),
		known(run, report_traffic_bytes(traffic, TIERSCOPE_ROLE_DRAM_READ)),
		known(run, report_traffic_bytes(traffic, TIERSCOPE_ROLE_DRAM_WRITE)),
		known(run, report_traffic_bytes(traffic, TIERSCOPE_ROLE_PMM_READ)),
		known(run, report_traffic_bytes(traffic, TIERSCOPE_ROLE_PMM_WRITE)),
		known(run, report_traffic_dram_share(traffic)),
		known(run, report_traffic_running_lowest(traffic)),
		known(run, report_traffic_method(traffic, TRAFFIC,
						 report_run_simulated(run))),
	};

	return report_section_row(section, values);
}

static int add_tags(const struct report_run *run,
		    const struct report_traffic *traffic,
		    struct report_section *section)
{
	struct report_value ratio = traffic->socket == REPORT_ALL_SOCKETS ?
		report_run_hit_ratio(run) : report_traffic_hit_ratio(traffic);
	char name[16];
	const struct report_value values[] = {
		report_string(socket_name(traffic, name, sizeof(name))),
		known(run, report_traffic_count(traffic, TIERSCOPE_ROLE_TAG_HIT)),
		known(run, report_traffic_count(traffic, TIERSCOPE_ROLE_TAG_MISS_CLEAN)),
		known(run, report_traffic_count(traffic, TIERSCOPE_ROLE_TAG_MISS_DIRTY)),
		known(run, ratio),
		report_not_measured("it needs the M2M events, which are not recorded"),
		known(run, report_traffic_method(traffic, REPORT_TAGS,
						 report_run_simulated(run))),
	};

	return report_section_row(section, values);
}

int report_run_add_traffic(const struct report_run *run,
			   struct report_document *document)
{
	static const struct report_column bytes[] = {
		{ "socket", "socket", REPORT_STRING, 0 },
		{ "dram_read_bytes", "DRAM read", REPORT_BYTES, 0 },
		{ "dram_write_bytes", "DRAM written", REPORT_BYTES, 0 },
		{ "pmm_read_bytes", "Optane read", REPORT_BYTES, 0 },
		{ "pmm_write_bytes", "Optane written", REPORT_BYTES, 0 },
		{ "dram_traffic_share_ratio", "DRAM share of traffic", REPORT_RATIO, 0 },
		{ "running_share_ratio", "counters ran", REPORT_RATIO, 0 },
		{ "method", "method", REPORT_STRING, 0 },
	};
	static const struct report_column tags[] = {
		{ "socket", "socket", REPORT_STRING, 0 },
		{ "tag_hit_count", "hits", REPORT_INTEGER, 0 },
		{ "tag_miss_clean_count", "clean misses", REPORT_INTEGER, 0 },
		{ "tag_miss_dirty_count", "dirty misses", REPORT_INTEGER, 0 },
		{ "hit_ratio", "hit ratio (tag check)", REPORT_RATIO, 0 },
		{ "read_hit_ratio", "read-hit ratio", REPORT_RATIO, 0 },
		{ "method", "method", REPORT_STRING, 0 },
	};
	struct report_section *section;
	char title[128];
	int r;

	r = report_document_section(document, "traffic",
		report_run_title(run, TRAFFIC, "Traffic at the memory controllers, whole sockets, others' included",
				 title, sizeof(title)),
		false, bytes, sizeof(bytes) / sizeof(bytes[0]), 0, &section);
	if (!r)
		r = add_bytes(run, &run->total, section);
	for (size_t i = 0; !r && i < run->n_sockets; i++)
		r = add_bytes(run, &run->sockets[i], section);
	if (!r)
		r = report_document_section(document, "tag_checks",
			report_run_title(run, REPORT_TAGS, "Tag checks of the DRAM cache",
					 title, sizeof(title)),
			false, tags, sizeof(tags) / sizeof(tags[0]), 0, &section);
	if (!r)
		r = add_tags(run, &run->total, section);
	for (size_t i = 0; !r && i < run->n_sockets; i++)
		r = add_tags(run, &run->sockets[i], section);
	return r;
}

/* ---- quality -------------------------------------------------------------- */

/* Identities of a direct-mapped write-back cache that fetches on a write miss;
 * they hold line by line in pure Memory Mode (Hildebrand et al., ISPASS 2021,
 * count the accesses of each case). */
static int add_identities(const struct report_run *run,
			  struct report_document *document)
{
	static const struct report_column columns[] = {
		{ "identity", "identity", REPORT_STRING, 0 },
		{ "left_count", "left", REPORT_INTEGER, 0 },
		{ "right_count", "right", REPORT_INTEGER, 0 },
		{ "residual_ratio", "residual", REPORT_RATIO, 0 },
		{ "method", "method", REPORT_STRING, 0 },
	};
	const double *count = run->total.count;
	double hit = count[TIERSCOPE_ROLE_TAG_HIT];
	double clean = count[TIERSCOPE_ROLE_TAG_MISS_CLEAN];
	double dirty = count[TIERSCOPE_ROLE_TAG_MISS_DIRTY];
	double pmm_read = count[TIERSCOPE_ROLE_PMM_READ];
	double pmm_write = count[TIERSCOPE_ROLE_PMM_WRITE];
	const struct {
		const char *name;
		uint32_t roles;
		double left, right;
	} identities[] = {
		{ "dram.read = tag.hit + tag.miss_clean + tag.miss_dirty",
		  REPORT_TAGS | REPORT_ROLE(DRAM_READ), count[TIERSCOPE_ROLE_DRAM_READ],
		  hit + clean + dirty },
		{ "pmm.read = tag.miss_clean + tag.miss_dirty",
		  REPORT_TAGS | REPORT_ROLE(PMM_READ), pmm_read, clean + dirty },
		{ "pmm.write = tag.miss_dirty",
		  REPORT_TAGS | REPORT_ROLE(PMM_WRITE), pmm_write, dirty },
		{ "pmm.read + pmm.write = tag.miss_clean + 2 tag.miss_dirty",
		  REPORT_TAGS | REPORT_ROLE(PMM_READ) | REPORT_ROLE(PMM_WRITE), pmm_read + pmm_write,
		  clean + 2 * dirty },
	};
	bool memory_mode = run->run->topology &&
			   run->run->topology->mode == TIERSCOPE_MODE_MEMORY_MODE;
	struct report_section *section;
	char title[128];
	int r;

	r = report_document_section(document, "identities",
		report_run_title(run, REPORT_TAGS | TRAFFIC, "Do the counters agree with each other",
				 title, sizeof(title)),
		false, columns, sizeof(columns) / sizeof(columns[0]), 0, &section);
	for (size_t i = 0; !r && i < sizeof(identities) / sizeof(identities[0]); i++) {
		struct report_value none =
			report_not_available("it holds in Memory Mode only");
		bool measured = (run->total.measured & identities[i].roles) ==
				identities[i].roles;

		if (memory_mode)
			none = report_not_measured("not all of its counters ran");
		struct report_value values[] = {
			report_string(identities[i].name), none, none, none, none,
		};
		if (memory_mode && measured) {
			values[1] = report_number(report_round(identities[i].left));
			values[2] = report_number(report_round(identities[i].right));
			values[3] = report_real(report_residual(identities[i].left,
								identities[i].right));
			values[4] = report_traffic_method(&run->total,
				identities[i].roles, report_run_simulated(run));
		}
		r = report_section_row(section, values);
	}
	return r;
}

int report_run_add_quality(const struct report_run *run,
			   struct report_document *document)
{
	static const struct report_column columns[] = {
		{ "samples", "samples", REPORT_INTEGER, 0 },
		{ "samples_lost", "samples lost on the way", REPORT_INTEGER, 0 },
		{ "ticks_lost", "ticks that came late", REPORT_INTEGER, 0 },
		{ "samples_broken", "samples left out", REPORT_INTEGER, 0 },
		{ "running_share_ratio", "counters ran, at least", REPORT_RATIO, 0 },
		{ "scaling", "scaling", REPORT_STRING, 0 },
	};
	bool scaled = report_traffic_estimated(&run->total, TIERSCOPE_ROLES_ALL);
	struct report_value none = known(run, report_not_measured("no counter was recorded"));
	bool any = run->run->n_counters;
	const struct report_value values[] = {
		any ? report_number(run->n_samples) : none,
		any ? report_number(run->samples_lost) : none,
		any ? report_number(run->ticks_lost) : none,
		any ? report_number(run->n_broken) : none,
		known(run, report_traffic_running_lowest(&run->total)),
		!run->total.measured ?
			known(run, report_not_measured("nothing was counted")) :
			report_string(scaled ?
			"estimated: each interval's count x enabled / running, the counters took turns" :
			"none: every counter ran all the time"),
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "quality", "Quality", true, columns,
		sizeof(columns) / sizeof(columns[0]), 0, &section);
	if (!r)
		r = report_section_row(section, values);
	return r ? r : add_identities(run, document);
}
