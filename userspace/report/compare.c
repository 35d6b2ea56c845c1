/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/compare.h"

#include "report/derive.h"

/* @value as a number, whatever the type of its column. */
static double number_of(enum report_type type, const struct report_value *value)
{
	switch (type) {
	case REPORT_INTEGER:
	case REPORT_BYTES:
	case REPORT_DURATION:
	case REPORT_ADDRESS:
		return (double)value->number;
	case REPORT_CHANGE:
		return (double)value->change;
	case REPORT_RATE:
	case REPORT_FREQUENCY:
	case REPORT_RATIO:
	case REPORT_FACTOR:
		return value->real;
	case REPORT_STRING:
	case REPORT_FLAG:
		break;
	}
	return 0;
}

struct report_value report_factor(enum report_type type,
				  const struct report_value *a,
				  const struct report_value *b)
{
	double factor;

	if (a->state != REPORT_VALUE && b->state != REPORT_VALUE)
		return report_not_measured("neither run has the figure");
	if (a->state != REPORT_VALUE)
		return report_not_measured("A does not have the figure");
	if (b->state != REPORT_VALUE)
		return report_not_measured("B does not have the figure");
	if (report_quotient(number_of(type, b), number_of(type, a), &factor))
		return report_not_available("it is 0 in A");
	return report_real(factor);
}

/* Without a value there is no way in which it came about. */
static struct report_value method_of(const struct report_side *side)
{
	return side->value.state == REPORT_VALUE ? side->method : side->value;
}

int report_pair_row(struct report_section *section, const struct report_pair *pair,
		    const char *name, const char *title, bool sum,
		    const struct report_side *a, const struct report_side *b)
{
	struct report_value factor = report_factor(section->columns[2].type,
						   &a->value, &b->value);
	const struct report_value values[] = {
		report_string(name),
		report_string(title),
		a->value,
		b->value,
		sum && pair->no_quotient && factor.state == REPORT_VALUE ?
			report_not_available(pair->no_quotient) : factor,
		method_of(a),
		method_of(b),
	};

	return report_section_row(section, values);
}

static const char *unfinished(const struct report_run *a, const struct report_run *b)
{
	bool of_a = a->run->state != STORE_COMPLETE;
	bool of_b = b->run->state != STORE_COMPLETE;

	if (of_a && of_b)
		return "neither run was recorded to its end";
	if (of_a)
		return "A was not recorded to its end";
	return of_b ? "B was not recorded to its end" : NULL;
}

static int make_document(const struct report_pair *pair,
			 const struct report_differences *differences,
			 struct report_document **ret)
{
	struct report_document *document;
	int r;

	r = report_document_new(REPORT_COMPARE_SCHEMA, REPORT_COMPARE_VERSION,
				&document);
	if (r < 0)
		return r;
	r = report_compare_add_runs(pair, document);
	if (!r)
		r = report_compare_add_differences(differences, document);
	if (!r)
		r = report_compare_add_times(pair, document);
	if (!r)
		r = report_compare_add_memory(pair, document);
	if (!r)
		r = report_compare_add_traffic(pair, document);
	if (!r)
		r = report_compare_add_tag_checks(pair, document);
	if (!r)
		r = report_compare_add_ratios(pair, document);
	if (!r)
		r = report_compare_add_loads(pair, document);
	if (!r)
		r = report_compare_add_profile(pair, document);
	if (r < 0) {
		report_document_free(document);
		return r;
	}
	*ret = document;
	return 0;
}

int report_compare_document(const struct report_run *a,
			    const struct report_run *b,
			    const struct report_differences *differences,
			    struct report_document **ret)
{
	struct report_profile of_a = { 0 }, of_b = { 0 };
	const struct report_pair pair = { a, b, &of_a, &of_b, unfinished(a, b) };
	int r;

	r = report_profile_load(a, &of_a);
	if (!r)
		r = report_profile_load(b, &of_b);
	report_profile_sort(&of_a, REPORT_PROFILE_BY_TIME);
	report_profile_sort(&of_b, REPORT_PROFILE_BY_TIME);
	if (!r)
		r = make_document(&pair, differences, ret);
	report_profile_free(&of_a);
	report_profile_free(&of_b);
	return r;
}
