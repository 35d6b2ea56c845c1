/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/placement_pages.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/machine.h"
#include "cli/message.h"
#include "cli/options.h"
#include "report/stream.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PAGE_BYTES 4096

static const struct report_column page_columns[] = {
	{ "address", "address", REPORT_ADDRESS, 0 },
	{ "frame", "frame", REPORT_INTEGER, 0 },
	{ "node", "node", REPORT_INTEGER, 0 },
	{ "page_bytes", "page", REPORT_BYTES, 0 },
	{ "flags", "flags", REPORT_STRING, 0 },
};

static const struct {
	uint32_t flag;
	const char *name;
} flag_names[] = {
	{ TIERSCOPE_PAGE_WRITE, "write" },
	{ TIERSCOPE_PAGE_DIRTY, "dirty" },
	{ TIERSCOPE_PAGE_ACCESSED, "accessed" },
	{ TIERSCOPE_PAGE_HINTED, "hinted" },
	{ TIERSCOPE_PAGE_SPECIAL, "special" },
	{ TIERSCOPE_PAGE_DAX, "dax" },
};

#define FLAGS_MAX 64

static void name_flags(uint32_t flags, char text[static FLAGS_MAX])
{
	size_t length = 0;

	text[0] = '\0';
	for (size_t i = 0; i < COUNT(flag_names); i++)
		if (flags & flag_names[i].flag)
			length += (size_t)snprintf(text + length, FLAGS_MAX - length,
						   "%s%s", length ? " " : "",
						   flag_names[i].name);
}

/* What strtoull() takes besides is no address: signs, spaces, nothing. */
static int parse_address(const char *text, size_t length, uint64_t *ret)
{
	char digits[2 + 16 + 1], *end;

	if (length > 2 && text[0] == '0' && (text[1] | 0x20) == 'x') {
		text += 2;
		length -= 2;
	}
	while (length > 1 && *text == '0') {
		text++;
		length--;
	}
	if (!length || length > 16 ||
	    strspn(text, "0123456789abcdefABCDEF") < length)
		return -EINVAL;
	memcpy(digits, text, length);
	digits[length] = '\0';
	*ret = strtoull(digits, &end, 16);
	return 0;
}

int placement_range(const struct cli_command *command, const char *argument,
		    struct placement_range *ret)
{
	const char *dash = strchr(argument, '-');
	struct placement_range range;

	if (!dash || parse_address(argument, (size_t)(dash - argument), &range.start) < 0 ||
	    parse_address(dash + 1, strlen(dash + 1), &range.end) < 0)
		return cli_usage(command, "'%s' is not a range of addresses such as 7f0000000000-7f0000200000",
				 argument);
	if (range.start % PAGE_BYTES || range.end % PAGE_BYTES)
		return cli_usage(command, "range '%s' does not begin and end at a page, which is a multiple of 1000 (4096 bytes)",
				 argument);
	if (range.start == range.end)
		return cli_usage(command, "range '%s' is empty", argument);
	if (range.start > range.end)
		return cli_usage(command, "range '%s' ends before it begins", argument);
	*ret = range;
	return 0;
}

/* What the dump is given. */
struct printer {
	struct report_stream stream;
	bool begun;
	size_t n;
	int failed;
};

/* A refusal leaves no heading behind. */
static int begin(struct printer *printer)
{
	int r = printer->begun ? 0 : report_stream_begin(&printer->stream);

	printer->begun = true;
	return r;
}

static int print(const struct tierscope_page *page, void *data)
{
	struct printer *printer = data;
	char flags[FLAGS_MAX];

	name_flags(page->flags, flags);
	const struct report_value values[] = {
		report_number(page->address),
		report_number(page->frame),
		page->node >= 0 ? report_number((uint64_t)page->node) :
				  report_not_available("nobody's memory"),
		report_number(page->page_bytes),
		report_string(flags),
	};

	_Static_assert(COUNT(values) == COUNT(page_columns), "a value a column");
	printer->failed = begin(printer);
	if (!printer->failed)
		printer->failed = report_stream_row(&printer->stream, values);
	printer->n++;
	return printer->failed;
}

int placement_pages(pid_t pid, const struct placement_range *range,
		    enum report_format format)
{
	struct cli_machine machine __attribute__((cleanup(cli_machine_clear))) = { 0 };
	struct printer printer = {
		.stream = {
			.file = stdout,
			.format = format,
			.schema = "tierscope.pages",
			.version = 1,
			.columns = page_columns,
			.n_columns = COUNT(page_columns),
			.buffered = true,
		},
	};
	bool interrupted = false;
	int r, status;

	r = tierscope_new(NULL, &machine.ts);
	if (r < 0)
		return cli_oom();
	r = tierscope_page_dump(machine.ts, pid, range->start, range->end, print,
				&printer, &interrupted);
	if (!r && !printer.failed)
		printer.failed = begin(&printer);
	if (printer.failed == -ENOMEM)
		return cli_oom();
	if (printer.failed)
		return cli_output_failed(printer.failed);
	status = cli_flush();
	if (r < 0) {
		cli_error("cannot look at the pages of process %d: %s", pid,
			  tierscope_error(machine.ts));
		return CLI_FAILURE;
	}
	if (interrupted) {
		cli_error("process %d ended or ran another program during the walk: its last pages are missing",
			  pid);
		return CLI_FAILURE;
	}
	if (!printer.n)
		cli_error("process %d has no page present in that range", pid);
	return status;
}
