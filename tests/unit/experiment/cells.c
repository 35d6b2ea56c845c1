// SPDX-License-Identifier: GPL-2.0-or-later
/* Rows become cells. */
#include <errno.h>

#include "suite.h"
#include "written.h"

static void expand(const struct experiment *experiment, struct experiment_cells *ret)
{
	char error[512] = "";
	int r = experiment_expand(experiment, error, sizeof(error), ret);

	if (r)
		fprintf(stderr, "%s\n", error);
	CU_ASSERT_EQUAL_FATAL(r, 0);
}

static void rows_are_what_is_left_and_what_is_added(void)
{
	struct experiment *experiment = written(
		"name: a\ncommand: b\n"
		"matrix: {w: [1, 2], r: [x, y, z]}\n"
		"exclude: [{w: 1, r: y}, {r: z}]\n"
		"include: [{w: 9, r: z}, {w: 9, only: here}]\n");
	static const char *const names[] = {
		"w=1,r=x", "w=2,r=x", "w=2,r=y", "w=9,r=z", "w=9,only=here",
	};

	CU_ASSERT_EQUAL_FATAL(experiment->n_rows, 5);
	for (size_t i = 0; i < 5; i++) {
		CU_ASSERT_STRING_EQUAL(experiment->rows[i].name, names[i]);
		CU_ASSERT_TRUE(experiment->rows[i].runs);
	}
	CU_ASSERT_EQUAL(experiment->variables.n, 3);
	experiment_free(experiment);
}

static void plans_come_first_then_machines_then_repeats(void)
{
	struct experiment *experiment = written(
		"name: a\ncommand: [run, \"${w}\", \"${machine}/${repeat}\"]\n"
		"plan: [plan, \"${w}\"]\n"
		"matrix: {w: [1, 2, 3]}\n"
		"run: [{w: 1}, {w: 3}]\n"
		"machines: {m: {}, d: {}}\n"
		"repeats: 2\n"
		"environment: {E: \"<${w}>\"}\n"
		"labels: {l: \"${machine}\"}\n");
	static const char *const names[] = {
		"plan/w=1", "plan/w=2", "plan/w=3",
		"m/w=1.1", "m/w=3.1", "m/w=1.2", "m/w=3.2",
		"d/w=1.1", "d/w=3.1", "d/w=1.2", "d/w=3.2",
	};
	struct experiment_cells cells = { 0 };

	CU_ASSERT_PTR_NOT_NULL_FATAL(experiment);
	expand(experiment, &cells);
	CU_ASSERT_EQUAL_FATAL(cells.n, 11);
	for (size_t i = 0; i < 11; i++)
		CU_ASSERT_STRING_EQUAL(cells.cells[i].name, names[i]);
	CU_ASSERT_STRING_EQUAL(cells.cells[1].command.words[1].text, "2");
	CU_ASSERT_STRING_EQUAL(cells.cells[1].environment.pairs[0].value, "<2>");
	CU_ASSERT_EQUAL(cells.cells[1].labels.n, 0);
	CU_ASSERT_STRING_EQUAL(cells.cells[10].command.words[2].text, "d/2");
	CU_ASSERT_STRING_EQUAL(cells.cells[10].labels.pairs[0].value, "d");
	CU_ASSERT_STRING_EQUAL(cells.cells[10].environment.pairs[0].value, "<3>");
	experiment_cells_clear(&cells);
	experiment_free(experiment);
}

static void what_no_row_has_is_refused(void)
{
	static const struct {
		const char *text, *say;
	} cases[] = {
		{ "name: a\ncommand: [b, \"${widht}\"]\nmatrix: {width: 1}\n",
		  ":2:14: there is no variable 'widht', which the command has, in row 'width=1'" },
		{ "name: a\ncommand: b\nenvironment: {X: \"${y}\"}\n",
		  ":3:18: there is no variable 'y', which environment 'X' has" },
		{ "name: a\ncommand: b\nlabels: {X: \"${y}\"}\n",
		  ":3:13: there is no variable 'y', which label 'X' has" },
		{ "name: a\nplan: [b, \"${machine}\"]\n",
		  ":2:11: '${machine}' in the plan: a plan belongs to no machine" },
		{ "name: a\ncommand: b ${x\n", ":2:10: '${x' in the command has a '${' without" },
		/* Only the second row lacks it. */
		{ "name: a\ncommand: [b, \"${r}\"]\nmatrix: {w: 1, r: 1}\ninclude: [{w: 2}]\n",
		  ":2:14: there is no variable 'r', which the command has, in row 'w=2'" },
		{ "name: a\ncommand: b\nmatrix: {w: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]}\nrepeats: 1000\n",
		  ": rows, machines and repeats make 21000 cells" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct experiment *experiment = written(cases[i].text);
		struct experiment_cells cells = { 0 };
		char error[512] = "";
		const char *said;

		CU_ASSERT_EQUAL(experiment_expand(experiment, error, sizeof(error),
						  &cells), -EINVAL);
		CU_ASSERT_PTR_NULL(cells.cells);
		said = strncmp(error, experiment->path, strlen(experiment->path)) ?
		       error : error + strlen(experiment->path);
		CU_ASSERT_FALSE(strncmp(said, cases[i].say, strlen(cases[i].say)));
		if (strncmp(said, cases[i].say, strlen(cases[i].say)))
			fprintf(stderr, "says '%s', not '%s'\n", said, cases[i].say);
		experiment_free(experiment);
	}
}

static void count(const char *name, size_t rows, size_t runs, size_t cells_wanted)
{
	struct experiment *experiment = NULL;
	struct experiment_cells cells = { 0 };
	char path[512], error[512] = "";
	size_t n = 0;

	snprintf(path, sizeof(path), EXPERIMENTS "/%s.yaml", name);
	if (experiment_read(path, error, sizeof(error), &experiment))
		fprintf(stderr, "%s\n", error);
	CU_ASSERT_PTR_NOT_NULL_FATAL(experiment);
	CU_ASSERT_STRING_EQUAL(experiment->name, name);
	for (size_t i = 0; i < experiment->n_rows; i++)
		n += experiment->rows[i].runs;
	CU_ASSERT_EQUAL(experiment->n_rows, rows);
	CU_ASSERT_EQUAL(n, runs);
	expand(experiment, &cells);
	CU_ASSERT_EQUAL(cells.n, cells_wanted);
	experiment_cells_clear(&cells);
	experiment_free(experiment);
}

/* 22 plans and six rows on two machines; one row on three boots. */
static void the_experiments_of_the_tree_are_read(void)
{
	count("table-1", 22, 6, 34);
	count("table-2", 1, 1, 3);
}

static const struct suite_test tests[] = {
	{ "rows are what is left and what is added", rows_are_what_is_left_and_what_is_added },
	{ "plans come first, then machines, then repeats",
	  plans_come_first_then_machines_then_repeats },
	{ "what no row has is refused", what_no_row_has_is_refused },
	{ "the experiments of the tree are read", the_experiments_of_the_tree_are_read },
};

SUITE_MAIN("experiment cells", tests)
