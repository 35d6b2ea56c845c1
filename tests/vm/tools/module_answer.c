// SPDX-License-Identifier: GPL-2.0-or-later
#include "module_answer.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the first " NAME=" on the line: names of files come after all numbers. */
static uint64_t number(const char *line, const char *name, int base)
{
	const char *at = strstr(line, name);

	if (!at)
		errx(1, "there is no%s in: %s", name, line);
	return strtoull(at + strlen(name), NULL, base);
}

struct module_cell *module_cell_of(struct module_answer *answer, uint32_t node,
				   uint32_t shift, uint32_t kind)
{
	struct module_cell *cell = answer->cells;

	for (; cell < answer->cells + answer->n; cell++)
		if (cell->node == node && cell->shift == shift && cell->kind == kind)
			return cell;
	if (answer->n++ == CELLS_MAX)
		errx(1, "more than %d cells", CELLS_MAX);
	*cell = (struct module_cell){ .node = node, .shift = shift, .kind = kind };
	return cell;
}

uint64_t module_cell_base(const struct module_cell *cell, uint64_t pages)
{
	return pages << (cell->shift - 12);
}

static void read_cells(const char *line, struct module_answer *answer)
{
	bool unsaid = false;

	while ((line = strstr(line, " cell="))) {
		uint32_t node, shift, kind;
		uint64_t pages, shared = 0;
		struct module_cell *cell;
		int n;

		n = sscanf(line, " cell=%" SCNu32 ":%" SCNu32 ":%" SCNu32 ":%" SCNu64 ":%" SCNu64,
			   &node, &shift, &kind, &pages, &shared);
		if (n < 4 || shift < 12 || shift > 30)
			errx(1, "cannot read the cell %s", line);
		cell = module_cell_of(answer, node, shift, kind);
		if (cell->pages)
			errx(1, "there are two of the cell %s", line);
		cell->pages = pages;
		cell->shared = shared;
		answer->sharing |= n == 5;
		unsaid |= n == 4 && kind != KIND_DAX;
		line++;
	}
	if (answer->sharing && unsaid)
		errx(1, "a cell at %" PRIx64 " does not say what is shared", answer->start);
}

static void read_answer(const char *line, bool mapping, struct module_answer *answer)
{
	memset(answer, 0, sizeof(*answer));
	answer->swap = number(line, " swap=", 10);
	answer->migrating = number(line, " migrating=", 10);
	answer->special = number(line, " special=", 10);
	answer->hinted = number(line, " hinted=", 10);
	if (mapping) {
		answer->start = number(line, " start=", 16);
		answer->end = number(line, " end=", 16);
	}
	read_cells(line, answer);
}

void module_answers_read(const char *path, struct module_answer *ret_process,
			 struct module_answer **ret_mappings, size_t *ret_n)
{
	FILE *file = fopen(path, "re");
	size_t size = 0, room = 0;
	char *line = NULL;

	if (!file)
		err(1, "%s", path);
	while (getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "placement ", 10)) {
			read_answer(line, false, ret_process);
		} else if (!strncmp(line, "mapping ", 8)) {
			if (*ret_n == room) {
				room = room ? 2 * room : 64;
				*ret_mappings = reallocarray(*ret_mappings, room,
							     sizeof(**ret_mappings));
				if (!*ret_mappings)
					errx(1, "out of memory");
			}
			read_answer(line, true, &(*ret_mappings)[(*ret_n)++]);
		} else if (strcmp(line, "done")) {
			errx(1, "the module said: %s", line);
		}
	}
	free(line);
	fclose(file);
}
