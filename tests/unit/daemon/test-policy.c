// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where the memory of a command is to be and where it is to run, as far as that
 * shows on a machine with one node and no cgroup of ours.
 */
#include "suite.h"

#include "private_bus.h"
#include "store/store.h"

#define WEIGHTS "/sys/kernel/mm/mempolicy/weighted_interleave"

static struct private_bus bus;
static char path[512], output[65536];
static struct ended ended;

static char *const plain[] = { "PATH=/usr/bin:/bin", NULL };

/* One node, one CPU at the end of the list, as "au". */
static int last_cpu(void)
{
	return (int)sysconf(_SC_NPROCESSORS_ONLN) - 1;
}

static bool launched(char *const argv[], int (*options)(sd_bus_message *),
		     sd_bus_error *error)
{
	struct call call = { .argv = argv, .environment = plain, .options = options };
	ssize_t n = 0, got;
	int pipes[2], r;
	uint64_t id;

	if (pipe2(pipes, O_CLOEXEC))
		abort();
	call.directory = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	call.in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	call.out = call.err = pipes[1];
	r = bus_run(bus.client, &call, &id, path, error);
	close(pipes[1]);
	close(call.directory);
	close(call.in);
	while (!r && (got = read(pipes[0], output + n, sizeof(output) - 1 - (size_t)n)) > 0)
		n += got;
	output[n] = '\0';
	close(pipes[0]);
	if (r)
		return false;
	ended = bus_wait(bus.client);
	return true;
}

static void runs(const char *script, int (*options)(sd_bus_message *))
{
	sd_bus_error error = SD_BUS_ERROR_NULL;

	CU_ASSERT_FATAL(launched((char *[]){ "sh", "-c", (char *)script, NULL },
				 options, &error));
	CU_ASSERT_EQUAL(ended.status, 0);
}

static void refused(int (*options)(sd_bus_message *), const char *name,
		    const char *says)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;

	CU_ASSERT_FALSE(launched((char *[]){ "true", NULL }, options, &error));
	CU_ASSERT(sd_bus_error_has_name(&error, name));
	CU_ASSERT(error.message && strstr(error.message, says));
	if (!error.message || !strstr(error.message, says))
		printf("not '%s': %s: %s\n", says, error.name, error.message);
	sd_bus_error_free(&error);
}

/* A policy, or NULL, and the lists that go with it; -1 ends one. */
static struct given {
	const char *policy;
	int nodes[4], weights[4], cpus[4];
} given;

static int append_list(sd_bus_message *m, const char *key, const int *list)
{
	uint32_t numbers[4];
	size_t n = 0;

	for (; n < 4 && list[n] >= 0; n++)
		numbers[n] = (uint32_t)list[n];
	if (!n)
		return 0;
	sd_bus_message_open_container(m, 'e', "sv");
	sd_bus_message_append(m, "s", key);
	sd_bus_message_open_container(m, 'v', "au");
	sd_bus_message_append_array(m, 'u', numbers, n * sizeof(*numbers));
	sd_bus_message_close_container(m);
	return sd_bus_message_close_container(m);
}

static int append_given(sd_bus_message *m)
{
	int r = 0;

	if (given.policy)
		r = sd_bus_message_append(m, "{sv}{sv}{sv}", "policy", "s", given.policy,
					  "tier", "s", "dram", "rule", "s", "here");
	if (r >= 0)
		r = append_list(m, "nodes", given.nodes);
	if (r >= 0)
		r = append_list(m, "weights", given.weights);
	return r < 0 ? r : append_list(m, "cpus", given.cpus);
}

#define NONE { -1 }

static void check_policy(const char *mode, const char *nodes, const char *weights,
			 const char *cpus)
{
	const struct store_policy *policy;
	struct store_reader *r;

	CU_ASSERT_EQUAL_FATAL(store_open(path, NULL, 0, &r), 0);
	policy = &store_reader_run(r)->policy;
	CU_ASSERT_STRING_EQUAL(policy->mode, mode);
	CU_ASSERT_STRING_EQUAL(policy->tier, *mode ? "dram" : "");
	CU_ASSERT_STRING_EQUAL(policy->rule, *mode ? "here" : "");
	CU_ASSERT_STRING_EQUAL(policy->nodes, nodes);
	CU_ASSERT_STRING_EQUAL(policy->weights, weights);
	CU_ASSERT_STRING_EQUAL(policy->cpus, cpus);
	store_close(r);
}

static void test_memory(void)
{
	bus_setup(&bus);
	/* A child of the command has it too. */
	given = (struct given){ "bind", { 0, -1 }, NONE, NONE };
	runs("sh -c 'cat /proc/self/numa_maps'", append_given);
	CU_ASSERT_PTR_NOT_NULL(strstr(output, " bind:0 "));
	CU_ASSERT_PTR_NULL(strstr(output, " default "));
	CU_ASSERT_PTR_NOT_NULL(strstr(ended.note, "no cpuset keeps its processes there"));
	check_policy("bind", "0", "", "");
	given = (struct given){ "prefer", { 0, -1 }, NONE, NONE };
	runs("cat /proc/self/numa_maps", append_given);
	CU_ASSERT_PTR_NOT_NULL(strstr(output, " prefer:0 "));
	CU_ASSERT_PTR_NULL(strstr(ended.note, "cpuset"));
	given = (struct given){ "interleave", { 0, -1 }, NONE, NONE };
	runs("cat /proc/self/numa_maps", append_given);
	CU_ASSERT_PTR_NOT_NULL(strstr(output, " interleave:0 "));
	check_policy("interleave", "0", "", "");
	/* And without one there is none. */
	runs("cat /proc/self/numa_maps", NULL);
	CU_ASSERT_PTR_NOT_NULL(strstr(output, " default "));
	check_policy("", "", "", "");
	CU_ASSERT_EQUAL(daemon_stop(&bus, SIGTERM), 0);
	bus_teardown(&bus);
}

static void test_cpus(void)
{
	char cpus[32], line[64];

	bus_setup(&bus);
	given = (struct given){ NULL, NONE, NONE, { last_cpu(), -1 } };
	snprintf(cpus, sizeof(cpus), "%d", last_cpu());
	snprintf(line, sizeof(line), "Cpus_allowed_list:\t%s\n", cpus);
	runs("sh -c 'cat /proc/self/status'", append_given);
	CU_ASSERT_PTR_NOT_NULL(strstr(output, line));
	check_policy("", "", "", cpus);
	given.cpus[0] = TIERSCOPE_BUS_CPUS_MAX - 1;
	refused(append_given, TIERSCOPE_BUS_ERROR_FAILED, "not all of them are online");
	given = (struct given){ NULL, NONE, NONE, { 0, TIERSCOPE_BUS_CPUS_MAX - 1, -1 } };
	refused(append_given, TIERSCOPE_BUS_ERROR_FAILED, "not all of them are online");
	given.cpus[1] = TIERSCOPE_BUS_CPUS_MAX;
	refused(append_given, TIERSCOPE_BUS_ERROR_BAD_REQUEST, "1024 in cpus is not between");
	given.cpus[1] = 0;
	refused(append_given, TIERSCOPE_BUS_ERROR_BAD_REQUEST, "cpus is not ascending");
	CU_ASSERT_EQUAL(daemon_stop(&bus, SIGTERM), 0);
	bus_teardown(&bus);
}

/* The kernel's word is not changed by a test: what it is decides. */
static void test_weights(void)
{
	FILE *file = fopen(WEIGHTS "/node0", "re");
	int weight = 0;

	if (file && fscanf(file, "%d", &weight) != 1)
		weight = 0;
	if (file)
		fclose(file);
	bus_setup(&bus);
	given = (struct given){ "weighted-interleave", { 0, -1 }, { 1, -1 }, NONE };
	if (weight) {
		given.weights[0] = weight;
		runs("cat /proc/self/numa_maps", append_given);
		CU_ASSERT_PTR_NOT_NULL(strstr(output, " weighted interleave:0 "));
		given.weights[0] = weight + 1;
		refused(append_given, TIERSCOPE_BUS_ERROR_BAD_REQUEST,
			"weights are the whole machine's");
		given.nodes[0] = 1000;
		refused(append_given, TIERSCOPE_BUS_ERROR_BAD_REQUEST,
			"node 1000 has no weight");
	} else {
		refused(append_given, TIERSCOPE_BUS_ERROR_BAD_REQUEST,
			"this kernel has no weighted interleave");
	}
	CU_ASSERT_EQUAL(daemon_stop(&bus, SIGTERM), 0);
	bus_teardown(&bus);
}

static int wrong_type(sd_bus_message *m)
{
	return sd_bus_message_append(m, "{sv}", "nodes", "s", "0");
}

static int twice(sd_bus_message *m)
{
	return sd_bus_message_append(m, "{sv}{sv}", "tier", "s", "a", "tier", "s", "b");
}

static int long_rule(sd_bus_message *m)
{
	char text[TIERSCOPE_BUS_LABEL_BYTES_MAX + 2];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	return sd_bus_message_append(m, "{sv}", "rule", "s", text);
}

static void test_bad(void)
{
	bus_setup(&bus);
	given = (struct given){ "tape", { 0, -1 }, NONE, NONE };
	refused(append_given, TIERSCOPE_BUS_ERROR_BAD_REQUEST, "there is no policy 'tape'");
	given = (struct given){ "bind", NONE, NONE, NONE };
	refused(append_given, TIERSCOPE_BUS_ERROR_BAD_REQUEST, "go together");
	given = (struct given){ NULL, { 0, -1 }, NONE, NONE };
	refused(append_given, TIERSCOPE_BUS_ERROR_BAD_REQUEST, "go together");
	given = (struct given){ "bind", { 0, -1 }, { 1, -1 }, NONE };
	refused(append_given, TIERSCOPE_BUS_ERROR_BAD_REQUEST, "a weight for each node");
	given = (struct given){ "weighted-interleave", { 0, -1 }, NONE, NONE };
	refused(append_given, TIERSCOPE_BUS_ERROR_BAD_REQUEST, "a weight for each node");
	given = (struct given){ "weighted-interleave", { 0, -1 }, { 0, -1 }, NONE };
	refused(append_given, TIERSCOPE_BUS_ERROR_BAD_REQUEST, "0 in weights is not between 1 and 255");
	given = (struct given){ "bind", { 1024, -1 }, NONE, NONE };
	refused(append_given, TIERSCOPE_BUS_ERROR_BAD_REQUEST, "1024 in nodes is not between");
	given = (struct given){ "bind", { 1, 0, -1 }, NONE, NONE };
	refused(append_given, TIERSCOPE_BUS_ERROR_BAD_REQUEST, "nodes is not ascending");
	/* The kernel would leave out what has no memory, without a word. */
	given = (struct given){ "bind", { 0, 1023, -1 }, NONE, NONE };
	refused(append_given, TIERSCOPE_BUS_ERROR_FAILED, "not all of them have memory");
	given = (struct given){ "prefer", { 1023, -1 }, NONE, NONE };
	refused(append_given, TIERSCOPE_BUS_ERROR_FAILED, "not all of them have memory");
	refused(wrong_type, TIERSCOPE_BUS_ERROR_BAD_REQUEST, "nodes is not a list of numbers");
	refused(twice, TIERSCOPE_BUS_ERROR_BAD_REQUEST, "'tier' is given twice");
	refused(long_rule, TIERSCOPE_BUS_ERROR_LIMIT, "rule is longer than");
	CU_ASSERT_EQUAL(daemon_stop(&bus, SIGTERM), 0);
	bus_teardown(&bus);
}

static const struct suite_test tests[] = {
	{ "memory", test_memory },
	{ "CPUs", test_cpus },
	{ "weights", test_weights },
	{ "what cannot be asked", test_bad },
};

SUITE_MAIN("daemon: policy", tests)
