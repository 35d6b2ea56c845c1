/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the memory controllers of all sockets did during two runs.
 */
#include "report/compare.h"
#include "report/ratio.h"
#include "report/run_document.h"

/* A role that is shown as it was counted. */
struct counted {
	enum tierscope_role role;
	const char *name;
	const char *title;
};

typedef struct report_value (*count_fn)(const struct report_traffic *traffic,
					unsigned int slot);

static struct report_value method_of(const struct report_run *run, uint64_t roles)
{
	return report_traffic_method(&run->total, roles, report_run_simulated(run));
}

static struct report_side count_of(const struct report_run *run,
				   enum tierscope_role role, count_fn count)
{
	return (struct report_side){
		.value = report_run_known(run, count(&run->total, role)),
		.method = method_of(run, TIERSCOPE_ROLE_BIT(role)),
	};
}

static int add_counts(struct report_section *section, const struct report_pair *pair,
		      const struct counted *counted, size_t n, count_fn count)
{
	int r = 0;

	for (size_t i = 0; !r && i < n; i++) {
		struct report_side a = count_of(pair->a, counted[i].role, count);
		struct report_side b = count_of(pair->b, counted[i].role, count);

		r = report_pair_row(section, pair, counted[i].name,
				    counted[i].title, true, &a, &b);
	}
	return r;
}

int report_compare_add_traffic(const struct report_pair *pair,
			       struct report_document *document)
{
	static const struct report_column columns[] = {
		REPORT_PAIR_COLUMNS("bytes", REPORT_BYTES),
	};
	static const struct counted counted[] = {
		{ TIERSCOPE_ROLE_DRAM_READ, "dram_read", "DRAM read" },
		{ TIERSCOPE_ROLE_DRAM_WRITE, "dram_write", "DRAM written" },
		{ TIERSCOPE_ROLE_PMM_READ, "pmm_read", "Optane read" },
		{ TIERSCOPE_ROLE_PMM_WRITE, "pmm_write", "Optane written" },
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "traffic",
		"Traffic at the memory controllers, whole sockets, others' included",
		false, columns, sizeof(columns) / sizeof(columns[0]), 0, &section);
	return r ? r : add_counts(section, pair, counted,
				  sizeof(counted) / sizeof(counted[0]),
				  report_traffic_bytes);
}

int report_compare_add_tag_checks(const struct report_pair *pair,
				  struct report_document *document)
{
	static const struct report_column columns[] = {
		REPORT_PAIR_COLUMNS("count", REPORT_INTEGER),
	};
	static const struct counted counted[] = {
		{ TIERSCOPE_ROLE_TAG_HIT, "tag_hit", "hits" },
		{ TIERSCOPE_ROLE_TAG_MISS_CLEAN, "tag_miss_clean", "clean misses" },
		{ TIERSCOPE_ROLE_TAG_MISS_DIRTY, "tag_miss_dirty", "dirty misses" },
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "tag_checks",
		"Tag checks of the DRAM cache", false, columns,
		sizeof(columns) / sizeof(columns[0]), 0, &section);
	return r ? r : add_counts(section, pair, counted,
				  sizeof(counted) / sizeof(counted[0]),
				  report_traffic_count);
}

/* ---- ratios --------------------------------------------------------------- */

static struct report_value miss_clean_ratio(const struct report_run *run)
{
	return report_miss_clean_ratio(&run->total);
}

static struct report_value miss_dirty_ratio(const struct report_run *run)
{
	return report_miss_dirty_ratio(&run->total);
}

static struct report_value read_hit_ratio(const struct report_run *run)
{
	return report_read_hit_ratio(&run->total, report_run_mode(run));
}

static struct report_value pcm_read_hit_ratio(const struct report_run *run)
{
	return report_pcm_read_hit_ratio(&run->total, report_run_mode(run));
}

static struct report_value dram_share(const struct report_run *run)
{
	return report_dram_share(&run->total);
}

int report_compare_add_ratios(const struct report_pair *pair,
			      struct report_document *document)
{
	static const struct report_column columns[] = {
		REPORT_PAIR_COLUMNS("ratio", REPORT_RATIO),
	};
	static const struct {
		const char *name, *title;
		struct report_value (*find)(const struct report_run *run);
		uint64_t roles;
	} ratios[] = {
		{ "hit", "hit ratio (tag check)", report_run_hit_ratio, REPORT_TAGS },
		{ "miss_clean", "  clean misses", miss_clean_ratio, REPORT_TAGS },
		{ "miss_dirty", "  dirty misses", miss_dirty_ratio, REPORT_TAGS },
		{ "read_hit", "read hit ratio", read_hit_ratio, REPORT_READ_HITS },
		{ "pcm_read_hit", "  as PCM has it", pcm_read_hit_ratio,
		  REPORT_PCM_READ_HITS },
		{ "dram_traffic_share", "DRAM share of traffic", dram_share,
		  REPORT_DRAM | REPORT_PMM },
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "ratios", "Ratios", false, columns,
		sizeof(columns) / sizeof(columns[0]), 0, &section);
	for (size_t i = 0; !r && i < sizeof(ratios) / sizeof(ratios[0]); i++) {
		struct report_side a = {
			report_run_known(pair->a, ratios[i].find(pair->a)),
			method_of(pair->a, ratios[i].roles),
		};
		struct report_side b = {
			report_run_known(pair->b, ratios[i].find(pair->b)),
			method_of(pair->b, ratios[i].roles),
		};

		r = report_pair_row(section, pair, ratios[i].name,
				    ratios[i].title, false, &a, &b);
	}
	return r;
}
