/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/counters_live.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/terminal.h"
#include "report/human.h"
#include "report/run_text.h"

int counters_live_begin(struct counters_live *live,
			const struct counters_options *options,
			const struct counters_moment *at, FILE **ret)
{
	struct report_value interval = report_number(options->interval_ns);
	char utc[REPORT_UTC_MAX], buffer[REPORT_CELL_MAX];

	live->memory = open_memstream(&live->text, &live->bytes);
	if (!live->memory)
		return -ENOMEM;
	report_utc(at->utc_ns, utc);
	fprintf(live->memory, "%.10s %.12s UTC, every %s, late %" PRIu64
		", lost %" PRIu64 "\n", utc, utc + 11,
		report_human(REPORT_DURATION, &interval, buffer),
		at->ticks_lost, at->samples_lost);
	*ret = live->memory;
	return 0;
}

/* All is ASCII but for an event's name, which the user gave. A line that
 * would wrap, or scroll, cannot be drawn over. */
static size_t draw(const char *text)
{
	size_t rows, columns, drawn = 0;

	terminal_size(&rows, &columns);
	for (; *text && drawn + 1 < rows; drawn++) {
		size_t length = strcspn(text, "\n");

		printf("%.*s\n", (int)(length < columns ? length : columns - 1), text);
		text += length + (text[length] == '\n');
	}
	return drawn;
}

int counters_live_end(struct counters_live *live)
{
	int r = 0;

	if (fclose(live->memory))
		r = -ENOMEM;
	live->memory = NULL;
	if (!r) {
		errno = 0;
		terminal_back(live->drawn);
		live->drawn = draw(live->text);
		if (fflush(stdout) || ferror(stdout))
			r = errno ? -errno : -EIO;
	}
	free(live->text);
	live->text = NULL;
	return r;
}

void counters_live_leave(struct counters_live *live)
{
	live->drawn = 0;
}
