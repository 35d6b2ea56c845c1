/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which runs may be compared.
 */
#include "report/difference.h"
#include "run_file.h"

static struct tierscope_node other_nodes[2];
static struct tierscope_socket other_sockets[2];
static struct tierscope_topology other_topology;
static struct store_run a, b;

/* Two runs that are alike; a test changes the second. */
static void alike(void)
{
	memcpy(other_nodes, nodes, sizeof(nodes));
	memcpy(other_sockets, sockets, sizeof(sockets));
	other_topology = topology;
	other_topology.nodes = other_nodes;
	other_topology.sockets = other_sockets;
	a = run_make(0);
	b = run_make(0);
	b.topology = &other_topology;
}

static struct report_differences found(void)
{
	const struct report_run x = { .run = &a }, y = { .run = &b };
	struct report_differences differences;

	CU_ASSERT_EQUAL_FATAL(report_differences_find(&x, &y, &differences), 0);
	return differences;
}

/* One refused difference, which is @text; then begins anew. */
static void check_refused(const char *text)
{
	struct report_differences differences = found();
	char *got;

	CU_ASSERT_EQUAL(differences.n_refused, 1);
	CU_ASSERT_EQUAL_FATAL(report_differences_text(&differences, &got), 0);
	CU_ASSERT_STRING_EQUAL(got, text);
	if (strcmp(got, text))
		fprintf(stderr, "'%s', not '%s'\n", got, text);
	free(got);
	report_differences_clear(&differences);
	alike();
}

/* One difference, which is told and not refused; then begins anew. */
static void check_told(const char *what, const char *of_a, const char *of_b)
{
	struct report_differences differences = found();

	CU_ASSERT_EQUAL(differences.n_refused, 0);
	CU_ASSERT_EQUAL_FATAL(differences.n, 1);
	CU_ASSERT_STRING_EQUAL(differences.at[0].what, what);
	CU_ASSERT_STRING_EQUAL(differences.at[0].a ? differences.at[0].a : "none", of_a);
	CU_ASSERT_STRING_EQUAL(differences.at[0].b ? differences.at[0].b : "none", of_b);
	report_differences_clear(&differences);
	alike();
}

static void a_run_is_like_itself(void)
{
	struct report_differences differences;

	alike();
	differences = found();
	CU_ASSERT_EQUAL(differences.n, 0);
	report_differences_clear(&differences);
}

static void other_programs_are_refused(void)
{
	static const char *const width[] = { "infer", "--width", "1.0" };
	static const char *const shorter[] = { "infer", "--width" };
	static const char *const program[] = { "train", "--width", "0.75 x" };
	static const char *const relative[] = { "./infer" };
	static const char *const long_a[] = { "infer", "/srv/a/very/long/directory/that/both/share/weights-1", "0.75 x" };
	static const char *const long_b[] = { "infer", "/srv/a/very/long/directory/that/both/share/weights-2", "0.75 x" };

	alike();
	b.argv = width;
	check_refused("argument 2 ('0.75 x' against '1.0')");
	b.argv = shorter;
	b.n_argv = 2;
	check_refused("argument 2 ('0.75 x' against none)");
	b.argv = program;
	check_refused("program ('infer' against 'train')");
	a.argv = long_a;
	b.argv = long_b;
	check_refused("argument 1 ('.../share/weights-1' against '.../share/weights-2')");
	/* What is looked for in PATH is the same wherever one stands. */
	b.directory = "/srv";
	check_told("directory", "/tmp", "/srv");
	a.argv = b.argv = relative;
	a.n_argv = b.n_argv = 1;
	b.directory = "/srv";
	check_refused("directory ('/tmp' against '/srv')");
}

static void other_labels_are_refused(void)
{
	static const struct store_label value[] = { { "model", "resnet50" } };
	static const struct store_label two[] = { { "x", "1" }, { "model", "mobilenetv2" } };
	static const struct store_label turned[] = { { "model", "mobilenetv2" }, { "x", "1" } };
	struct report_differences differences;

	alike();
	b.labels = value;
	check_refused("label model ('mobilenetv2' against 'resnet50')");
	b.labels = two;
	b.n_labels = 2;
	check_refused("label x (none against '1')");
	b.n_labels = 0;
	check_refused("label model ('mobilenetv2' against none)");
	a.labels = two;
	b.labels = turned;
	a.n_labels = b.n_labels = 2;
	differences = found();
	CU_ASSERT_EQUAL(differences.n, 0);
	report_differences_clear(&differences);
}

static void other_machines_are_refused(void)
{
	alike();
	b.host = "crate";
	check_refused("host ('box' against 'crate')");
	b.kernel = "6.12.0";
	check_refused("kernel ('6.1.0' against '6.12.0')");
	strcpy(other_topology.cpu_model, "another CPU");
	check_refused("CPU model ('a CPU' against 'another CPU')");
	other_topology.stepping = 7;
	check_refused("CPU family/model/stepping ('0/0/0' against '0/0/7')");
	other_topology.simulated = false;
	check_refused("simulated ('yes' against 'no')");
	other_sockets[1].cpus = 4;
	check_refused("CPUs of socket 1 ('2' against '4')");
	other_nodes[1].has_cpus = true;
	check_refused("nodes with CPUs ('1' against '2')");
	b.topology = NULL;
	check_refused("topology ('recorded' against 'not recorded')");
}

/* What is compared: the same machine in another mode. */
static void the_mode_and_its_memory_may_differ(void)
{
	alike();
	other_topology.mode = TIERSCOPE_MODE_DRAM_ONLY;
	other_topology.near_bytes = 0;
	check_told("mode", "memory-mode", "dram-only");
	other_topology.near_bytes = 64 * MIB;
	check_told("near memory, bytes", "33554432", "67108864");
	other_nodes[1].total_bytes = 2UL << 30;
	check_told("memory of all nodes, bytes", "2147483648", "3221225472");
	/* Optane without CPUs comes with App Direct. */
	other_topology.n_nodes = 1;
	check_told("memory of all nodes, bytes", "2147483648", "1073741824");
	b.policy.mode = "bind";
	check_told("memory policy", "none", "bind");
	b.uid = 7;
	check_told("uid", "1000", "7");
	b.interval_ns = 1;
	check_told("sampled every, ns", "100000000", "1");
}

static void of_many_the_first_are_named(void)
{
	static const char *const words[] = { "train", "--depth", "1", "x", "y" };

	alike();
	b.argv = words;
	b.n_argv = 5;
	{
		struct report_differences differences = found();
		char *text;

		CU_ASSERT_EQUAL(differences.n_refused, 5);
		CU_ASSERT_EQUAL_FATAL(report_differences_text(&differences, &text), 0);
		CU_ASSERT_STRING_EQUAL(text,
			"program ('infer' against 'train'), argument 1 ('--width' against '--depth'), "
			"argument 2 ('0.75 x' against '1'), argument 3 (none against 'x') and 1 more");
		free(text);
		report_differences_clear(&differences);
	}
}

static const struct suite_test tests[] = {
	{ "a run is like itself", a_run_is_like_itself },
	{ "other programs are refused", other_programs_are_refused },
	{ "other labels are refused", other_labels_are_refused },
	{ "other machines are refused", other_machines_are_refused },
	{ "the mode and its memory may differ", the_mode_and_its_memory_may_differ },
	{ "of many the first are named", of_many_the_first_are_named },
};

SUITE_MAIN("report differences", tests)
