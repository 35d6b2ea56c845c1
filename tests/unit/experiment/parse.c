// SPDX-License-Identifier: GPL-2.0-or-later
/* What a file says, and what is said about a file that says something else. */
#include <errno.h>

#include "suite.h"
#include "written.h"

static void everything_is_read(void)
{
	struct experiment *experiment = written(
		"name: all-of-it\n"
		"description: what it is\n"
		"command: [prog, --width, \"${width}\", 'two words', '']\n"
		"show: [median_ns]\n"
		"plan: {command: prog --plan, show: [total_bytes, a.0.b]}\n"
		"matrix: {width: [0.50, 1.0], batch: 8}\n"
		"machines:\n"
		"  mm: {mode: memory-mode, simulate: {machine: memory-mode, kernel: \"6.12\", set: {near_bytes: 32M}}}\n"
		"  do: {simulate: dram-only}\n"
		"  any: {}\n"
		"repeats: 3\n"
		"warmups: 1\n"
		"limit: 90s\n"
		"environment: {A: \"${width}\", B: ''}\n"
		"labels: {w: \"${width}\"}\n"
		"record: {interval: 50ms, group: tags, tier: pmem, cpus: 0-3, options: [--phase, x]}\n");

	CU_ASSERT_STRING_EQUAL(experiment->name, "all-of-it");
	CU_ASSERT_STRING_EQUAL(experiment->description, "what it is");
	CU_ASSERT_EQUAL_FATAL(experiment->command.n, 5);
	CU_ASSERT_STRING_EQUAL(experiment->command.words[3].text, "two words");
	CU_ASSERT_STRING_EQUAL(experiment->command.words[4].text, "");
	CU_ASSERT_EQUAL(experiment->command.words[3].place.line, 3);
	CU_ASSERT_EQUAL(experiment->command.words[3].place.column, 38);
	CU_ASSERT_EQUAL_FATAL(experiment->plan.n, 2);
	CU_ASSERT_STRING_EQUAL(experiment->plan.words[1].text, "--plan");
	CU_ASSERT_EQUAL(experiment->plan_show.n, 2);
	CU_ASSERT_EQUAL(experiment->n_rows, 2);
	/* As it is written: 0.50 is a label in a paper, 0.5 another. */
	CU_ASSERT_STRING_EQUAL(experiment->rows[0].name, "width=0.50,batch=8");
	CU_ASSERT_EQUAL_FATAL(experiment->n_machines, 3);
	CU_ASSERT_STRING_EQUAL(experiment->machines[0].mode, "memory-mode");
	CU_ASSERT_STRING_EQUAL(experiment->machines[0].simulated, "memory-mode");
	CU_ASSERT_STRING_EQUAL(experiment->machines[0].kernel, "6.12");
	CU_ASSERT_STRING_EQUAL(experiment_pairs_find(&experiment->machines[0].set, "near_bytes"), "32M");
	CU_ASSERT_STRING_EQUAL(experiment->machines[1].simulated, "dram-only");
	CU_ASSERT_PTR_NULL(experiment->machines[1].mode);
	CU_ASSERT_PTR_NULL(experiment->machines[2].simulated);
	CU_ASSERT_EQUAL(experiment->repeats, 3);
	CU_ASSERT_EQUAL(experiment->warmups, 1);
	CU_ASSERT_EQUAL(experiment->limit_ns, 90000000000ULL);
	CU_ASSERT_EQUAL(experiment->environment.n, 2);
	CU_ASSERT_EQUAL(experiment->labels.n, 1);
	CU_ASSERT_EQUAL_FATAL(experiment->record.n, 10);
	CU_ASSERT_STRING_EQUAL(experiment->record.words[0].text, "--interval");
	CU_ASSERT_STRING_EQUAL(experiment->record.words[9].text, "x");
	experiment_free(experiment);
}

static void little_is_enough(void)
{
	struct experiment *experiment = written("name: a\ncommand: prog x\n");

	CU_ASSERT_EQUAL(experiment->command.n, 2);
	CU_ASSERT_EQUAL(experiment->n_rows, 1);
	CU_ASSERT_STRING_EQUAL(experiment->rows[0].name, "all");
	CU_ASSERT_EQUAL(experiment->n_machines, 1);
	CU_ASSERT_STRING_EQUAL(experiment->machines[0].name, "here");
	CU_ASSERT_EQUAL(experiment->repeats, 1);
	CU_ASSERT_EQUAL(experiment->limit_ns, EXPERIMENT_LIMIT_NS);
	experiment_free(experiment);
}

static void what_is_wrong_is_pointed_at(void)
{
	static const struct {
		const char *text, *say;
	} cases[] = {
		{ "", ": the file is empty" },
		{ "# nothing\n", ": the file is empty" },
		{ "[a]\n", ":1:1: an experiment is a mapping" },
		{ "name: [a\n", ":2:1: this is not YAML" },
		{ "name: a\n\tcommand: b\n", ":2:1: this is not YAML" },
		{ "name: \xff\n", ": this is not YAML" },
		{ "name: a\ncommand: b\n---\nname: c\n", ":4:1: a second document" },
		{ "command: b\n", ":1:1: the experiment has no name" },
		{ "name: a\n", ":1:1: the experiment has neither" },
		{ "name: a/b\ncommand: b\n", ":1:7: 'a/b' is no name" },
		{ "name: ..\ncommand: b\n", ":1:7: '..' is no name" },
		{ "name: a\nname: b\n", ":2:1: 'name' is there twice" },
		{ "name: a\ncomand: b\n", ":2:1: there is no key 'comand'" },
		{ "name: a\n? [x]\n: y\n", ":2:3: a name in an experiment is not a word" },
		{ "name: a\ncommand: []\n", ":2:10: command is empty" },
		{ "name: a\ncommand: ''\n", ":2:10: command is empty" },
		{ "name: a\ncommand: [[x]]\n", ":2:11: command is a list of words" },
		{ "name: a\ncommand: {x: y}\n", ":2:10: command is a list" },
		{ "name: a\ncommand: [\"a\\0b\"]\n", ":2:11: command is a list of words" },
		{ "name: a\ncommand: sh -c 'x y'\n", ":2:10: command has quotes" },
		{ "name: a\ncommand: b\nmatrix: {}\n", ":3:9: the matrix has no variable" },
		{ "name: a\ncommand: b\nmatrix: {w: []}\n", ":3:13: 'w' has no value, so the matrix expands to nothing" },
		{ "name: a\ncommand: b\nmatrix: {w: [1, 1]}\n", ":3:9: the row 'w=1' is there twice" },
		{ "name: a\ncommand: b\nmatrix: {w: [a b, a/b]}\n", ":3:9: two rows with different values" },
		{ "name: a\ncommand: b\nmatrix: {w-h: [1]}\n", ":3:10: 'w-h' is no name for a variable" },
		{ "name: a\ncommand: b\nmatrix: {machine: [1]}\n", ":3:10: 'machine' is a variable that every run has" },
		{ "name: a\ncommand: b\nmatrix: {w: [1], w: [2]}\n", ":3:18: 'w' is there twice" },
		{ "name: a\ncommand: b\nmatrix: {w: [1]}\nexclude: [{w: 1}]\n", ":3:9: the matrix expands to nothing" },
		{ "name: a\ncommand: b\nmatrix: {w: [0.50]}\nexclude: [{w: 0.5}]\n", ":4:11: no row has the values of this entry of exclude" },
		{ "name: a\ncommand: b\nmatrix: {w: [1]}\nrun: [{v: 1}]\n", ":4:7: no row has the values of this entry of run" },
		{ "name: a\ncommand: b\nmatrix: {w: [1]}\ninclude: [{w: 1}]\n", ":4:11: the row 'w=1' is there twice" },
		{ "name: a\ncommand: b\ninclude: []\n", ":3:10: include is empty" },
		{ "name: a\ncommand: b\nexclude: [{w: 1}]\n", ":3:11: there is no matrix" },
		{ "name: a\nplan: b\nmatrix: {w: 1}\nrun: [{w: 1}]\n", ":1:1: there are rows to run and no command" },
		{ "name: a\ncommand: b\nmachines: {}\n", ":3:11: there is no machine" },
		{ "name: a\ncommand: b\nmachines: {x/y: {}}\n", ":3:12: 'x/y' is no name for a machine" },
		{ "name: a\ncommand: b\nmachines: {plan: {}}\n", ":3:12: 'plan' is no name for a machine" },
		{ "name: a\ncommand: b\nmachines: {m: {}, m: {}}\n", ":3:19: 'm' is there twice in machines" },
		{ "name: a\ncommand: b\nmachines: {m: {mode: fast}}\n", ":3:22: mode is dram-only" },
		{ "name: a\ncommand: b\nmachines: {m: {simulate: {set: {a: b}}}}\n", ":3:26: simulate has no key 'machine'" },
		{ "name: a\ncommand: b\nmachines: {m: {simulate: {boot: x}}}\n", ":3:27: there is no key 'boot' in simulate" },
		{ "name: a\ncommand: b\nrepeats: 0\n", ":3:10: repeats is 0" },
		{ "name: a\ncommand: b\nrepeats: -1\n", ":3:10: repeats is a whole number" },
		{ "name: a\ncommand: b\nrepeats: 1001\n", ":3:10: repeats is 1001" },
		{ "name: a\ncommand: b\nlimit: 0s\n", ":3:8: limit is '0s'" },
		{ "name: a\ncommand: b\nlimit: 1y\n", ":3:8: limit is a whole number of" },
		{ "name: a\ncommand: b\nlimit: 999999999h\n", ":3:8: limit is '999999999h'" },
		{ "name: a\ncommand: b\nenvironment: {A=B: c}\n", ":3:14: 'A=B' is no name" },
		{ "name: a\ncommand: b\nenvironment: {A: [c]}\n", ":3:18: 'A' in environment has one value" },
		{ "name: a\ncommand: b\nrecord: {color: red}\n", ":3:10: there is no key 'color' in record" },
		{ "name: a\nplan: {show: [x]}\n", ":2:7: plan has no command" },
		/* An alias of its own anchor. */
		{ "name: a\ncommand: &x [b, *x]\n", ":2:10: command is a list of words" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct experiment *experiment = NULL;

		CU_ASSERT_EQUAL(written_read(cases[i].text, strlen(cases[i].text),
					     &experiment), -EINVAL);
		CU_ASSERT_PTR_NULL(experiment);
		CU_ASSERT_FALSE(strncmp(written_error, cases[i].say, strlen(cases[i].say)));
		if (strncmp(written_error, cases[i].say, strlen(cases[i].say)))
			fprintf(stderr, "%s\n  says '%s'\n  not  '%s'\n",
				cases[i].text, written_error, cases[i].say);
	}
}

static void there_are_limits(void)
{
	static char text[(1 << 20) + 2];
	struct experiment *experiment = NULL;
	size_t n;

	memset(text, '#', sizeof(text));
	CU_ASSERT_EQUAL(written_read(text, sizeof(text), &experiment), -EFBIG);
	/* 101 x 100 rows. */
	n = (size_t)sprintf(text, "name: a\ncommand: b\nmatrix:\n  x: [0");
	for (int i = 1; i <= 100; i++)
		n += (size_t)sprintf(text + n, ", %d", i);
	n += (size_t)sprintf(text + n, "]\n  y: [0");
	for (int i = 1; i < 100; i++)
		n += (size_t)sprintf(text + n, ", %d", i);
	n += (size_t)sprintf(text + n, "]\n");
	CU_ASSERT_EQUAL(written_read(text, n, &experiment), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(written_error, "more than 10000 rows"));
	CU_ASSERT_EQUAL(experiment_read("/nonexistent/x.yaml", text, sizeof(text),
					&experiment), -ENOENT);
	CU_ASSERT_EQUAL(experiment_read("/tmp", text, sizeof(text), &experiment), -EISDIR);
	CU_ASSERT_PTR_NULL(experiment);
}

static const struct suite_test tests[] = {
	{ "everything is read", everything_is_read },
	{ "little is enough", little_is_enough },
	{ "what is wrong is pointed at", what_is_wrong_is_pointed_at },
	{ "there are limits", there_are_limits },
};

SUITE_MAIN("experiment parse", tests)
