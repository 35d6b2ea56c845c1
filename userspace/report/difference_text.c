/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Differences in words. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/difference.h"
#include "report/text.h"

/* Of a sentence: how many differences, and how many bytes of a value. */
#define NAMED_MAX 4
#define SHOWN_MAX 60

/* Where to begin with two long values, so that what differs is shown. */
static size_t shown_from(const char *a, const char *b)
{
	size_t same = 0;

	if (!a || !b)
		return 0;
	while (a[same] && a[same] == b[same])
		same++;
	if (same < SHOWN_MAX / 2)
		return 0;
	same -= SHOWN_MAX / 4;
	while (same && ((unsigned char)a[same] & 0xc0) == 0x80)
		same--;
	return same;
}

static void put_value(FILE *file, const char *value, size_t from)
{
	char shown[SHOWN_MAX + 1];
	bool cut;

	if (!value) {
		fputs("none", file);
		return;
	}
	cut = strlen(value + from) > SHOWN_MAX;
	snprintf(shown, sizeof(shown), "%s", value + from);
	if (cut)
		report_text_trim(shown);
	fprintf(file, "'%s%s%s'", from ? "..." : "", shown, cut ? "..." : "");
}

int report_differences_text(const struct report_differences *differences,
			    char **ret)
{
	size_t n = differences->n_refused, bytes;
	size_t named = n > NAMED_MAX ? NAMED_MAX : n;
	char *text = NULL;
	FILE *file = open_memstream(&text, &bytes);

	if (!file)
		return -ENOMEM;
	for (size_t i = 0; i < named; i++) {
		const struct report_difference *at = &differences->at[i];
		size_t from = shown_from(at->a, at->b);

		fprintf(file, "%s%s (", !i ? "" : i + 1 == n ? " and " : ", ",
			at->what);
		put_value(file, at->a, from);
		fputs(" against ", file);
		put_value(file, at->b, from);
		fputc(')', file);
	}
	if (named < n)
		fprintf(file, " and %zu more", n - named);
	if (fclose(file)) {
		free(text);
		return -ENOMEM;
	}
	*ret = text;
	return 0;
}
