/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "report/document.h"
#include "report/human.h"
#include "report/stream.h"
#include "suite.h"

static const struct report_column columns[] = {
	{ "name", "name", REPORT_STRING, 0 },
	{ "bytes", "size", REPORT_BYTES, 0 },
	{ "hit_ratio", "hits", REPORT_RATIO, 0 },
	{ "start", "start", REPORT_ADDRESS, 0 },
	{ "raw_ns", "raw", REPORT_DURATION, REPORT_NO_TABLE },
	{ "short", "short", REPORT_STRING, REPORT_TABLE_ONLY },
	{ "ok", "ok", REPORT_FLAG, 0 },
};

#define N (sizeof(columns) / sizeof(columns[0]))

static struct report_document *sample(bool single)
{
	const struct report_value first[N] = {
		report_string("plain"), report_number(1536), report_real(0.875),
		report_number(0x7f0000001000), report_number(1500000),
		report_string("p"), report_flag(true),
	};
	const struct report_value second[N] = {
		report_string("a \"b\", c"), report_number(0),
		report_not_measured("no turn"), report_number(0x1000),
		report_not_available("no clock"), report_string("é"),
		report_flag(false),
	};
	struct report_document *document;
	struct report_section *section;

	CU_ASSERT_FATAL(!report_document_new("test.sample", 3, &document));
	CU_ASSERT_FATAL(!report_document_section(document, "rows", NULL, single,
						 columns, N, 0, &section));
	CU_ASSERT_FATAL(!report_section_row(section, single ? second : first));
	if (!single)
		CU_ASSERT_FATAL(!report_section_row(section, second));
	return document;
}

static char *written(struct report_document *document, enum report_format format)
{
	char *text = NULL;
	size_t bytes;
	FILE *file = open_memstream(&text, &bytes);

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_EQUAL(report_document_write(document, format, file), 0);
	fclose(file);
	report_document_free(document);
	return text;
}

static void expect(char *text, const char *golden)
{
	CU_ASSERT_STRING_EQUAL(text, golden);
	if (strcmp(text, golden))
		fprintf(stderr, "got:\n%s\nnot:\n%s\n", text, golden);
	free(text);
}

static void table_lines_up(void)
{
	expect(written(sample(false), REPORT_TABLE),
	       "name          size     hits           start  short  ok\n"
	       "plain     1.50 KiB  87.50 %  0x7f0000001000  p      yes\n"
	       "a \"b\", c       0 B        -  0x000000001000  é      no\n");
}

static void single_gives_reasons(void)
{
	expect(written(sample(true), REPORT_TABLE),
	       "  name   a \"b\", c\n"
	       "  size   0 B\n"
	       "  hits   - (no turn)\n"
	       "  start  0x000000001000\n"
	       "  short  é\n"
	       "  ok     no\n");
}

static void csv_is_rfc_4180(void)
{
	expect(written(sample(false), REPORT_CSV),
	       "name,bytes,hit_ratio,start,raw_ns,ok,reason\r\n"
	       "plain,1536,0.875,0x7f0000001000,1500000,true,\r\n"
	       "\"a \"\"b\"\", c\",0,,0x000000001000,,false,"
	       "hit_ratio: not measured: no turn; raw_ns: not available: no clock\r\n");
}

static void csv_of_sections_is_long(void)
{
	static const struct report_column one[] = {
		{ "value_bytes", "value", REPORT_BYTES, 0 },
	};
	struct report_document *document;
	struct report_section *section;
	struct report_value value = report_number(7);

	CU_ASSERT_FATAL(!report_document_new("test", 1, &document));
	CU_ASSERT_FATAL(!report_document_section(document, "a", "A", true, one, 1,
						 0, &section));
	CU_ASSERT_FATAL(!report_section_row(section, &value));
	CU_ASSERT_FATAL(!report_document_section(document, "b", "B", false, one, 1,
						 0, &section));
	CU_ASSERT_FATAL(!report_section_row(section, &value));
	value = report_not_available("why, \"so\"");
	CU_ASSERT_FATAL(!report_section_row(section, &value));
	CU_ASSERT_FATAL(!report_document_text(document, "picture", "###\n"));
	expect(written(document, REPORT_CSV),
	       "section,row,field,value,reason\r\n"
	       "a,,value_bytes,7,\r\n"
	       "b,0,value_bytes,7,\r\n"
	       "b,1,value_bytes,,\"not available: why, \"\"so\"\"\"\r\n");
}

static void json_has_schema_and_reasons(void)
{
	char *text = written(sample(false), REPORT_JSON);
	struct json_object *root = json_tokener_parse(text), *rows, *row, *member;

	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	CU_ASSERT_TRUE(json_object_object_get_ex(root, "schema", &member));
	CU_ASSERT_STRING_EQUAL(json_object_get_string(member), "test.sample");
	CU_ASSERT_TRUE(json_object_object_get_ex(root, "version", &member));
	CU_ASSERT_EQUAL(json_object_get_int(member), 3);
	CU_ASSERT_TRUE_FATAL(json_object_object_get_ex(root, "rows", &rows));
	CU_ASSERT_EQUAL_FATAL(json_object_array_length(rows), 2);
	row = json_object_array_get_idx(rows, 0);
	CU_ASSERT_TRUE(json_object_object_get_ex(row, "reason", &member));
	CU_ASSERT_PTR_NULL(member);
	CU_ASSERT_TRUE(json_object_object_get_ex(row, "bytes", &member));
	CU_ASSERT_EQUAL(json_object_get_uint64(member), 1536);
	CU_ASSERT_FALSE(json_object_object_get_ex(row, "short", &member));
	row = json_object_array_get_idx(rows, 1);
	CU_ASSERT_TRUE(json_object_object_get_ex(row, "hit_ratio", &member));
	CU_ASSERT_PTR_NULL(member);
	CU_ASSERT_TRUE(json_object_object_get_ex(row, "bytes", &member));
	CU_ASSERT_TRUE(json_object_is_type(member, json_type_int));
	CU_ASSERT_TRUE_FATAL(json_object_object_get_ex(row, "reason", &member));
	CU_ASSERT_TRUE(json_object_object_get_ex(member, "hit_ratio", &member));
	CU_ASSERT_STRING_EQUAL(json_object_get_string(member), "not measured: no turn");
	json_object_put(root);
	free(text);
}

static void json_keeps_large_counts(void)
{
	static const struct report_column one[] = {
		{ "count", "count", REPORT_INTEGER, 0 },
	};
	struct report_value value = report_number(UINT64_MAX);
	struct report_document *document;
	struct report_section *section;

	CU_ASSERT_FATAL(!report_document_new("t", 1, &document));
	CU_ASSERT_FATAL(!report_document_section(document, "s", NULL, true, one, 1,
						 0, &section));
	CU_ASSERT_FATAL(!report_section_row(section, &value));
	expect(written(document, REPORT_JSON),
	       "{\n  \"schema\": \"t\",\n  \"version\": 1,\n"
	       "  \"s\": {\"count\":18446744073709551615,\"reason\":null}\n}\n");
}

static int three_rows(report_row_fn emit, void *emit_data, void *data)
{
	int *calls = data, r = 0;

	++*calls;
	for (uint64_t i = 0; !r && i < 3; i++) {
		struct report_value value = report_number(i);

		r = emit(&value, emit_data);
	}
	return r;
}

static void rows_can_be_made_when_written(void)
{
	static const struct report_column one[] = {
		{ "n", "n", REPORT_INTEGER, 0 },
	};
	struct report_document *document;
	struct report_section *section;
	int calls = 0;

	for (int format = REPORT_JSON; format <= REPORT_CSV; format++) {
		CU_ASSERT_FATAL(!report_document_new("t", 1, &document));
		CU_ASSERT_FATAL(!report_document_section(document, "s", NULL, false,
							 one, 1, REPORT_NO_TABLE,
							 &section));
		report_section_generate(section, three_rows, &calls);
		CU_ASSERT_EQUAL(calls, format - REPORT_JSON);
		expect(written(document, format), format == REPORT_CSV ?
		       "n,reason\r\n0,\r\n1,\r\n2,\r\n" :
		       "{\n  \"schema\": \"t\",\n  \"version\": 1,\n  \"s\": [\n"
		       "    {\"n\":0,\"reason\":null},\n    {\"n\":1,\"reason\":null},\n"
		       "    {\"n\":2,\"reason\":null}\n  ]\n}\n");
	}
}

static void groups_become_headings(void)
{
	static const struct report_column of[] = {
		{ "pid", "pid", REPORT_INTEGER, REPORT_GROUP },
		{ "node", "node", REPORT_INTEGER, 0 },
	};
	static const uint64_t rows[][2] = { { 1, 0 }, { 1, 2 }, { 44, 0 } };
	struct report_document *document;
	struct report_section *section;

	CU_ASSERT_FATAL(!report_document_new("t", 1, &document));
	CU_ASSERT_FATAL(!report_document_section(document, "s", NULL, false, of, 2,
						 0, &section));
	for (size_t i = 0; i < 3; i++) {
		const struct report_value values[] = {
			report_number(rows[i][0]), report_number(rows[i][1]),
		};

		CU_ASSERT_FATAL(!report_section_row(section, values));
	}
	expect(written(document, REPORT_TABLE),
	       "pid 1\nnode\n   0\n   2\n\npid 44\nnode\n   0\n");
}

/* A name of a process may hold anything: no terminal obeys it, no parser
 * stumbles over it. */
static void foreign_bytes_do_no_harm(void)
{
	static const struct report_column one[] = {
		{ "name", "name", REPORT_STRING, 0 },
	};
	struct report_value value = report_string("a\x1b[2J\xff\n\xc2\x9b");
	struct report_document *document[3];
	struct report_section *section;
	struct json_object *root;
	char *text;

	for (int i = 0; i < 3; i++) {
		CU_ASSERT_FATAL(!report_document_new("t", 1, &document[i]));
		CU_ASSERT_FATAL(!report_document_section(document[i], "s", NULL, false,
							 one, 1, 0, &section));
		CU_ASSERT_FATAL(!report_section_row(section, &value));
	}
	expect(written(document[0], REPORT_TABLE), "name\na?[2J\xef\xbf\xbd??\n");
	expect(written(document[1], REPORT_CSV),
	       "name,reason\r\n\"a\x1b[2J\xef\xbf\xbd\n\xc2\x9b\",\r\n");
	text = written(document[2], REPORT_JSON);
	root = json_tokener_parse(text);
	CU_ASSERT_PTR_NOT_NULL(root);
	CU_ASSERT_PTR_NULL(strchr(text, 0x1b));
	json_object_put(root);
	free(text);
}

static void stream_rows_come_one_by_one(void)
{
	const struct report_value values[N] = {
		report_string("x"), report_number(64), report_not_available("none"),
		report_number(1), report_number(2), report_string("y"),
		report_flag(true),
	};
	static const char *const golden[] = {
		[REPORT_TABLE] =
			"name         size       hits           start  short   ok\n"
			"x            64 B        n/a  0x000000000001  y       yes\n",
		[REPORT_JSON] =
			"{\"schema\":\"t\",\"version\":2,\"name\":\"x\",\"bytes\":64,"
			"\"hit_ratio\":null,\"start\":\"0x000000000001\",\"raw_ns\":2,"
			"\"ok\":true,\"reason\":{\"hit_ratio\":\"not available: none\"}}\n",
		[REPORT_CSV] =
			"name,bytes,hit_ratio,start,raw_ns,ok,reason\r\n"
			"x,64,,0x000000000001,2,true,hit_ratio: not available: none\r\n",
	};

	for (int format = REPORT_TABLE; format <= REPORT_CSV; format++) {
		char *text = NULL;
		size_t bytes;
		struct report_stream stream = {
			.file = open_memstream(&text, &bytes),
			.format = format, .schema = "t", .version = 2,
			.columns = columns, .n_columns = N,
		};

		CU_ASSERT_PTR_NOT_NULL_FATAL(stream.file);
		CU_ASSERT_EQUAL(report_stream_begin(&stream), 0);
		CU_ASSERT_EQUAL(report_stream_row(&stream, values), 0);
		fclose(stream.file);
		expect(text, golden[format]);
	}
}

static void full_disk_is_an_error(void)
{
	FILE *full = fopen("/dev/full", "w");
	struct report_document *document = sample(false);

	CU_ASSERT_PTR_NOT_NULL_FATAL(full);
	CU_ASSERT_EQUAL(report_document_write(document, REPORT_CSV, full), -ENOSPC);
	report_document_free(document);
	fclose(full);
}

static void check_human(enum report_type type, struct report_value value,
			const char *golden)
{
	char buffer[REPORT_CELL_MAX];

	CU_ASSERT_STRING_EQUAL(report_human(type, &value, buffer), golden);
	if (strcmp(report_human(type, &value, buffer), golden))
		fprintf(stderr, "got %s, not %s\n",
			report_human(type, &value, buffer), golden);
}

static void people_get_three_digits(void)
{
	check_human(REPORT_BYTES, report_number(0), "0 B");
	check_human(REPORT_BYTES, report_number(1023), "1023 B");
	check_human(REPORT_BYTES, report_number(1024), "1.00 KiB");
	check_human(REPORT_BYTES, report_number(1048575), "1.00 MiB");
	check_human(REPORT_BYTES, report_number(3ULL << 40), "3.00 TiB");
	check_human(REPORT_BYTES, report_number(UINT64_MAX), "16384 PiB");
	check_human(REPORT_CHANGE, report_change(0), "0 B");
	check_human(REPORT_CHANGE, report_change(1536), "+1.50 KiB");
	check_human(REPORT_CHANGE, report_change(-1), "-1 B");
	check_human(REPORT_CHANGE, report_change(INT64_MIN), "-8192 PiB");
	check_human(REPORT_RATE, report_real(0), "0 B/s");
	check_human(REPORT_RATE, report_real(12.34e9), "12.3 GB/s");
	check_human(REPORT_RATE, report_real(999.6e6), "1.00 GB/s");
	check_human(REPORT_FREQUENCY, report_real(0), "0 /s");
	check_human(REPORT_FREQUENCY, report_real(2.5e6), "2.50 M/s");
	check_human(REPORT_RATIO, report_real(1), "100.00 %");
	check_human(REPORT_RATIO, report_real(-0.0123), "-1.23 %");
	check_human(REPORT_FACTOR, report_real(1.0014), "1.001");
	check_human(REPORT_FACTOR, report_real(0), "0.000");
	check_human(REPORT_FACTOR, report_real(0.00123456), "0.00123");
	check_human(REPORT_FACTOR, report_real(9.9996), "10.0");
	check_human(REPORT_FACTOR, report_real(1234.5), "1234");
	check_human(REPORT_DURATION, report_number(999), "999 ns");
	check_human(REPORT_DURATION, report_number(250000000), "250 ms");
	check_human(REPORT_DURATION, report_number(59990000000), "60.0 s");
	check_human(REPORT_DURATION, report_number(61000000000), "1 min 01 s");
	check_human(REPORT_DURATION, report_number(86400000000000), "24 h 00 min");
	check_human(REPORT_BYTES, report_not_measured("x"), "-");
	check_human(REPORT_BYTES, report_not_available("x"), "n/a");
}

/* Reasons are cut, but not within a character. */
static void long_reasons_stay_utf8(void)
{
	char reason[600] = "", buffer[512];
	struct report_value value;

	for (size_t i = 0; i < 299; i++)
		strcat(reason, "\xc3\xa9");
	value = report_not_measured(reason);
	report_reason(&value, buffer, sizeof(buffer));
	/* "not measured: " and 248 of them are 510 bytes, one more would be cut. */
	CU_ASSERT_EQUAL(strlen(buffer), 510);
	report_reason(&value, buffer, sizeof(buffer) - 1);
	CU_ASSERT_EQUAL(strlen(buffer), 510);
}

static const struct suite_test tests[] = {
	{ "table lines up", table_lines_up },
	{ "single section gives reasons", single_gives_reasons },
	{ "csv is RFC 4180", csv_is_rfc_4180 },
	{ "csv of several sections is long", csv_of_sections_is_long },
	{ "json has schema and reasons", json_has_schema_and_reasons },
	{ "json keeps large counts", json_keeps_large_counts },
	{ "rows can be made when written", rows_can_be_made_when_written },
	{ "groups become headings", groups_become_headings },
	{ "foreign bytes do no harm", foreign_bytes_do_no_harm },
	{ "stream rows come one by one", stream_rows_come_one_by_one },
	{ "full disk is an error", full_disk_is_an_error },
	{ "people get three digits", people_get_three_digits },
	{ "long reasons stay UTF-8", long_reasons_stay_utf8 },
};

SUITE_MAIN("report output", tests)
