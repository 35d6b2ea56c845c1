// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tierscoped on a private bus, as the user that runs the test: what it
 * launches, how that ends, and the file that is left. There is no module here,
 * so each run has a note that says so.
 */
#include "suite.h"

#include <sys/resource.h>
#include <sys/syscall.h>

#include "private_bus.h"
#include "store/store.h"

static struct private_bus bus;
static char path[512], output[4096];

static char *const plain[] = { "PATH=/usr/bin:/bin", "A=b c", NULL };

static void setup(void)
{
	bus_setup(&bus);
}

static void teardown(void)
{
	CU_ASSERT_EQUAL(daemon_stop(&bus, SIGTERM), 0);
	bus_teardown(&bus);
}

/* Runs @argv; what it wrote is in output. */
static struct ended run_in(char *const argv[], char *const environment[], const char *directory)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	struct call call = { .argv = argv, .environment = environment };
	struct ended ended = { 0 };
	int pipes[2];
	uint64_t id;
	ssize_t n = 0, got;

	if (pipe2(pipes, O_CLOEXEC))
		abort();
	call.directory = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	call.in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	call.out = call.err = pipes[1];
	CU_ASSERT_EQUAL(bus_run(bus.client, &call, &id, path, &error), 0);
	if (error.message)
		puts(error.message);
	sd_bus_error_free(&error);
	close(pipes[1]);
	close(call.directory);
	close(call.in);
	while ((got = read(pipes[0], output + n, sizeof(output) - 1 - (size_t)n)) > 0)
		n += got;
	output[n] = '\0';
	close(pipes[0]);
	ended = bus_wait(bus.client);
	CU_ASSERT(ended.seen);
	CU_ASSERT_EQUAL(ended.id, id);
	return ended;
}

static struct ended run_shell(const char *script)
{
	return run_in((char *[]){ "sh", "-c", (char *)script, NULL }, plain, "/");
}

static void check_file(enum store_ending ending, int status)
{
	struct store_reader *r;
	char error[512] = "";
	struct stat st;

	CU_ASSERT_EQUAL_FATAL(store_open(path, error, sizeof(error), &r), 0);
	CU_ASSERT_EQUAL(store_reader_run(r)->state, STORE_COMPLETE);
	CU_ASSERT_EQUAL(store_reader_run(r)->ending, ending);
	CU_ASSERT_EQUAL(store_reader_run(r)->status, status);
	CU_ASSERT_EQUAL(store_reader_run(r)->uid, geteuid());
	CU_ASSERT(store_reader_run(r)->peak_bytes > 0);
	CU_ASSERT_STRING_NOT_EQUAL(store_reader_run(r)->peak_method, "");
	CU_ASSERT(store_reader_run(r)->end_mono_ns > store_reader_run(r)->start_mono_ns);
	store_close(r);
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 07777, 0600);
	CU_ASSERT_EQUAL(st.st_uid, geteuid());
}

static void test_exit_status(void)
{
	struct ended ended;

	setup();
	ended = run_shell("echo out; echo err >&2; exit 3");
	CU_ASSERT_STRING_EQUAL(ended.how, "exited");
	CU_ASSERT_EQUAL(ended.status, 3);
	CU_ASSERT_STRING_EQUAL(output, "out\nerr\n");
	/* Neither module nor uncore counters where unit tests run. */
	if (access("/sys/module/tierscope", F_OK))
		CU_ASSERT_PTR_NOT_NULL(strstr(ended.note, "was not counted"));
	check_file(STORE_EXITED, 3);
	teardown();
}

/* What goes on after the command is named, with a cgroup or, as here, without. */
static void test_children_left(void)
{
	struct ended ended;

	setup();
	ended = run_shell("sleep 600 >/dev/null 2>&1 & echo $!");
	CU_ASSERT_PTR_NOT_NULL(strstr(ended.note, "children of the command went on"));
	kill((pid_t)strtol(output, NULL, 10), SIGKILL);
	ended = run_shell("true");
	CU_ASSERT_PTR_NULL(strstr(ended.note, "children of the command went on"));
	teardown();
}

static void test_crash(void)
{
	struct ended ended;

	setup();
	ended = run_shell("ulimit -c 0; kill -SEGV $$");
	CU_ASSERT_STRING_EQUAL(ended.how, "killed");
	CU_ASSERT_EQUAL(ended.status, SIGSEGV);
	check_file(STORE_KILLED, SIGSEGV);
	teardown();
}

static void test_surroundings(void)
{
	char here[512], want[700];
	struct rlimit old, lower;
	mode_t mask;

	setup();
	if (!realpath(bus.directory, here))
		abort();
	/* All that is added is where phases go. */
	run_in((char *[]){ "env", "-u", "TIERSCOPE_PHASES", NULL }, plain, "/");
	CU_ASSERT_STRING_EQUAL(output, "PATH=/usr/bin:/bin\nA=b c\n");
	run_in((char *[]){ "/usr/bin/env", NULL },
	       (char *[]){ "TIERSCOPE_PHASES=of another run", NULL }, "/");
	CU_ASSERT_NSTRING_EQUAL(output, "TIERSCOPE_PHASES=@", 18);
	CU_ASSERT_PTR_NULL(strchr(strchr(output, '\n') + 1, '\n'));
	run_in((char *[]){ "pwd", "-P", NULL }, plain, bus.directory);
	snprintf(want, sizeof(want), "%s\n", here);
	CU_ASSERT_STRING_EQUAL(output, want);

	getrlimit(RLIMIT_NOFILE, &old);
	lower = (struct rlimit){ 77, old.rlim_max };
	setrlimit(RLIMIT_NOFILE, &lower);
	mask = umask(037);
	run_shell("ulimit -n; umask");
	setrlimit(RLIMIT_NOFILE, &old);
	umask(mask);
	CU_ASSERT_STRING_EQUAL(output, "77\n0037\n");

	/* 3 is the directory that ls reads. */
	run_in((char *[]){ "ls", "/proc/self/fd", NULL }, plain, "/");
	CU_ASSERT_STRING_EQUAL(output, "0\n1\n2\n3\n");
	run_shell("grep -E '^Sig(Blk|Ign)' /proc/self/status");
	CU_ASSERT_STRING_EQUAL(output, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
	/* Leader of a session that is not the daemon's. */
	run_shell("read -r _ _ _ _ _ s _ </proc/self/stat; [ $s = $$ ] && echo led");
	CU_ASSERT_STRING_EQUAL(output, "led\n");
	run_shell("id -u; id -g");
	snprintf(want, sizeof(want), "%u\n%u\n", geteuid(), getegid());
	CU_ASSERT_STRING_EQUAL(output, want);
	teardown();
}

/* A daemon that was started with signals ignored, even those that glibc's
 * sigaction() does not touch, hands none of that on. */
static void test_ignored_signals(void)
{
	static const int ignored[] = { 32, 33, SIGQUIT, SIGCHLD, 64 };
	/* rt_sigaction(2): handler, flags, restorer, mask. */
	const unsigned long ignore[4] = { (unsigned long)SIG_IGN };
	unsigned long old[5][4];

	for (size_t i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(syscall(SYS_rt_sigaction, ignored[i], ignore, old[i], 8), 0);
	bus_setup(&bus);
	for (size_t i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(syscall(SYS_rt_sigaction, ignored[i], old[i], NULL, 8), 0);
	run_shell("grep -E '^Sig(Blk|Ign)' /proc/self/status");
	CU_ASSERT_STRING_EQUAL(output, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
	check_file(STORE_EXITED, 0);
	teardown();
}

static size_t files_of_ours(void)
{
	char command[400], text[32] = "";
	FILE *pipe;

	snprintf(command, sizeof(command), "find '%s' -type f | wc -l", bus.state);
	pipe = popen(command, "re");
	if (!fgets(text, sizeof(text), pipe))
		abort();
	pclose(pipe);
	return strtoul(text, NULL, 10);
}

static void refused_call(const struct call *given, const char *name, const char *says)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	struct call call = *given;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	uint64_t id;

	if (!call.environment)
		call.environment = plain;
	call.directory = call.directory ? call.directory : open("/", O_PATH | O_CLOEXEC);
	call.in = call.out = call.err = null;
	CU_ASSERT(bus_run(bus.client, &call, &id, path, &error) < 0);
	CU_ASSERT(sd_bus_error_has_name(&error, name));
	CU_ASSERT(error.message && strstr(error.message, says));
	if (!sd_bus_error_has_name(&error, name) || !strstr(error.message, says))
		printf("'%s': %s: %s\n", call.argv[0], error.name, error.message);
	sd_bus_error_free(&error);
	close(call.directory);
	close(null);
}

/* Nothing counts as a run any more. */
static bool no_runs(void *data)
{
	sd_bus_message *reply = NULL;
	uint32_t n = UINT32_MAX;
	const char *key;

	(void)data;
	if (sd_bus_call_method(bus.client, TIERSCOPE_BUS_SERVICE, TIERSCOPE_BUS_PATH,
			       TIERSCOPE_BUS_INTERFACE, "Status", NULL, &reply, "") >= 0 &&
	    sd_bus_message_enter_container(reply, 'a', "{sv}") >= 0)
		while (sd_bus_message_enter_container(reply, 'e', "sv") > 0) {
			if (sd_bus_message_read(reply, "s", &key) < 0)
				break;
			if (strcmp(key, "runs"))
				sd_bus_message_skip(reply, "v");
			else
				sd_bus_message_read(reply, "v", "u", &n);
			sd_bus_message_exit_container(reply);
		}
	sd_bus_message_unref(reply);
	return n == 0;
}

static void test_not_executable(void)
{
	char script[256];
	int fd;

	setup();
	refused_call(&(struct call){ .argv = (char *[]){ "/not/there", NULL } },
		     TIERSCOPE_BUS_ERROR_NOT_FOUND, "'/not/there' does not exist");
	refused_call(&(struct call){ .argv = (char *[]){ "not-there-either", NULL } },
		     TIERSCOPE_BUS_ERROR_NOT_FOUND, "PATH");
	refused_call(&(struct call){ .argv = (char *[]){ "", NULL } },
		     TIERSCOPE_BUS_ERROR_NOT_FOUND, "");
	/* A PATH without the command, as the environment has it, not ours. */
	refused_call(&(struct call){ .argv = (char *[]){ "ls", NULL },
				     .environment = (char *[]){ "PATH=/nowhere", NULL } },
		     TIERSCOPE_BUS_ERROR_NOT_FOUND, "PATH");
	refused_call(&(struct call){ .argv = (char *[]){ "/etc/passwd", NULL } },
		     TIERSCOPE_BUS_ERROR_NOT_EXEC, "Permission denied");
	refused_call(&(struct call){ .argv = (char *[]){ "/tmp", NULL } },
		     TIERSCOPE_BUS_ERROR_NOT_EXEC, "Permission denied");
	snprintf(script, sizeof(script), "%s/script", bus.directory);
	fd = open(script, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	if (fd < 0 || write(fd, "#!/no/such/interpreter\n", 23) != 23)
		abort();
	close(fd);
	refused_call(&(struct call){ .argv = (char *[]){ script, NULL } },
		     TIERSCOPE_BUS_ERROR_NOT_EXEC, "its interpreter does not exist");
	refused_call(&(struct call){ .argv = (char *[]){ "ls", NULL },
				     .directory = open("/dev/null", O_RDWR | O_CLOEXEC) },
		     TIERSCOPE_BUS_ERROR_FAILED, "directory");
	CU_ASSERT_EQUAL(files_of_ours(), 0);	/* and no run is left */
	CU_ASSERT(soon(no_runs, NULL));
	teardown();
}

static char **many(size_t n, const char *text)
{
	char **strings = calloc(n + 1, sizeof(*strings));

	for (size_t i = 0; i < n; i++)
		strings[i] = (char *)text;
	return strings;
}

static void test_limits(void)
{
	char **strings, *large = malloc(1 << 20);
	struct call call = { .argv = (char *[]){ "true", NULL } };

	setup();
	call.interval_ns = 9999999;
	refused_call(&call, TIERSCOPE_BUS_ERROR_BAD_REQUEST, "not between 10 ms and 60 s");
	call.interval_ns = 60000000001;
	refused_call(&call, TIERSCOPE_BUS_ERROR_BAD_REQUEST, "not between 10 ms and 60 s");
	call.interval_ns = 1000000000;
	call.twice = true;
	refused_call(&call, TIERSCOPE_BUS_ERROR_BAD_REQUEST, "'interval_ns' is given twice");
	call.twice = false;
	call.interval_ns = 0;
	call.n_labels = TIERSCOPE_BUS_LABELS_MAX + 1;
	refused_call(&call, TIERSCOPE_BUS_ERROR_LIMIT, "labels");
	call.n_labels = 0;
	refused_call(&(struct call){ .argv = (char *[]){ NULL } },
		     TIERSCOPE_BUS_ERROR_BAD_REQUEST, "command is missing");
	strings = many(TIERSCOPE_BUS_ARGV_MAX + 1, "x");
	refused_call(&(struct call){ .argv = strings }, TIERSCOPE_BUS_ERROR_LIMIT, "arguments");
	free(strings);
	strings = many(TIERSCOPE_BUS_ENVIRONMENT_MAX + 1, "A=b");
	call.environment = strings;
	refused_call(&call, TIERSCOPE_BUS_ERROR_LIMIT, "environment");
	free(strings);
	strings = many(1, "no equals sign");
	call.environment = strings;
	refused_call(&call, TIERSCOPE_BUS_ERROR_BAD_REQUEST, "NAME=VALUE");
	free(strings);
	memset(large, '=', (1 << 20) - 1);
	large[(1 << 20) - 1] = '\0';
	strings = many(3, large);
	call.environment = strings;
	refused_call(&call, TIERSCOPE_BUS_ERROR_LIMIT, "bytes");
	free(strings);
	free(large);
	CU_ASSERT_EQUAL(files_of_ours(), 0);
	teardown();
}

/* Sentences are cut between characters: the bus ends the connection of who
 * sends half of one, and with it the daemon and all runs. */
static void test_cut_sentences(void)
{
	char *text = calloc(1, 2 * TIERSCOPE_BUS_LABEL_BYTES_MAX);
	struct call call = { .argv = (char *[]){ "true", NULL } };

	setup();
	/* With 0, 1 and 2 bytes before them three-byte characters meet any
	 * length in each of their bytes. */
	for (size_t before = 0; before < 3; before++) {
		memset(text, 'x', before);
		for (size_t n = 0; n < 100; n++)
			strcpy(text + before + 3 * n, "\u20ac");
		call.label = text;
		call.environment = NULL;
		refused_call(&call, TIERSCOPE_BUS_ERROR_LIMIT, "\u20ac' is longer than");
		call.label = NULL;
		call.environment = (char *[]){ text, NULL };
		refused_call(&call, TIERSCOPE_BUS_ERROR_BAD_REQUEST, "\u20ac' in the environment");
	}
	CU_ASSERT(served(&bus));
	free(text);
	teardown();
}

static uint64_t start_sleeping(void)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	struct call call = {
		.argv = (char *[]){ "sleep", "600", NULL }, .environment = plain,
		.directory = open("/", O_PATH | O_CLOEXEC),
		.in = open("/dev/null", O_RDWR | O_CLOEXEC),
	};
	uint64_t id = 0;

	call.out = call.err = call.in;
	CU_ASSERT_EQUAL(bus_run(bus.client, &call, &id, path, &error), 0);
	sd_bus_error_free(&error);
	close(call.directory);
	close(call.in);
	return id;
}

static int send_signal(uint64_t id, int number, sd_bus_error *error)
{
	return sd_bus_call_method(bus.client, TIERSCOPE_BUS_SERVICE, TIERSCOPE_BUS_PATH,
				  TIERSCOPE_BUS_INTERFACE, "Signal", error, NULL, "ti", id, number);
}

static void test_signal(void)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	struct ended ended;
	uint64_t id;

	setup();
	id = start_sleeping();
	CU_ASSERT(send_signal(id + 1, SIGTERM, &error) < 0);
	CU_ASSERT(sd_bus_error_has_name(&error, TIERSCOPE_BUS_ERROR_REFUSED));
	sd_bus_error_free(&error);
	CU_ASSERT(send_signal(id, 0, &error) < 0);
	CU_ASSERT(sd_bus_error_has_name(&error, TIERSCOPE_BUS_ERROR_BAD_REQUEST));
	sd_bus_error_free(&error);
	CU_ASSERT(send_signal(id, SIGUSR1, NULL) >= 0);
	ended = bus_wait(bus.client);
	CU_ASSERT_STRING_EQUAL(ended.how, "killed");
	CU_ASSERT_EQUAL(ended.status, SIGUSR1);
	check_file(STORE_KILLED, SIGUSR1);
	CU_ASSERT(send_signal(id, SIGTERM, NULL) < 0);	/* it has ended */
	teardown();
}

static void test_runs_of_a_user(void)
{
	uint64_t ids[TIERSCOPE_BUS_RUNS_PER_USER];

	setup();
	for (size_t i = 0; i < TIERSCOPE_BUS_RUNS_PER_USER; i++)
		ids[i] = start_sleeping();
	refused_call(&(struct call){ .argv = (char *[]){ "true", NULL } },
		     TIERSCOPE_BUS_ERROR_LIMIT, "has 8 runs already");
	for (size_t i = 0; i < TIERSCOPE_BUS_RUNS_PER_USER; i++)
		CU_ASSERT(send_signal(ids[i], SIGKILL, NULL) >= 0);
	for (size_t i = 0; i < TIERSCOPE_BUS_RUNS_PER_USER; i++)
		CU_ASSERT(bus_wait(bus.client).seen);
	run_shell("exit 0");
	teardown();
}

static int count_answer(sd_bus_message *m, void *data, sd_bus_error *error)
{
	size_t *n = data;

	(void)error;
	CU_ASSERT(sd_bus_message_is_method_error(m, NULL));
	n[sd_bus_message_is_method_error(m, TIERSCOPE_BUS_ERROR_LIMIT)]++;
	return 0;
}

/* More at a time than the daemon lets wait: every one is answered, and it
 * serves on. */
static void test_flood(void)
{
	size_t n[2] = { 0 };

	setup();
	kill(bus.daemon, SIGSTOP);
	for (int i = 0; i < 200; i++)
		CU_ASSERT(sd_bus_call_method_async(bus.client, NULL, TIERSCOPE_BUS_SERVICE,
			TIERSCOPE_BUS_PATH, TIERSCOPE_BUS_INTERFACE, "Signal", count_answer, n,
			"ti", (uint64_t)1, SIGTERM) >= 0);
	CU_ASSERT(sd_bus_flush(bus.client) >= 0);
	kill(bus.daemon, SIGCONT);
	for (int i = 0; i < DEADLINE_S * 10 && n[0] + n[1] < 200; i++)
		if (!sd_bus_process(bus.client, NULL))
			sd_bus_wait(bus.client, 100000);
	CU_ASSERT_EQUAL(n[0] + n[1], 200);
	CU_ASSERT(n[0] >= 16 && n[1] >= 16);
	run_shell("exit 0");
	check_file(STORE_EXITED, 0);
	teardown();
}

/* Only the caller of Run hears of its end. */
static void test_unicast(void)
{
	sd_bus *other;

	setup();
	other = bus_connect(&bus);
	CU_ASSERT(sd_bus_match_signal(other, NULL, NULL, NULL, TIERSCOPE_BUS_INTERFACE,
				      "Finished", NULL, NULL) >= 0);
	run_shell("exit 0");
	/* Its answer comes after everything that was sent before. */
	CU_ASSERT(sd_bus_call_method(other, TIERSCOPE_BUS_SERVICE, TIERSCOPE_BUS_PATH,
				     TIERSCOPE_BUS_INTERFACE, "Status", NULL, NULL, "") >= 0);
	for (;;) {
		sd_bus_message *m = NULL;
		int r = sd_bus_process(other, &m);

		if (m)
			CU_ASSERT(!sd_bus_message_is_signal(m, TIERSCOPE_BUS_INTERFACE, "Finished"));
		sd_bus_message_unref(m);
		if (r <= 0)
			break;
	}
	sd_bus_flush_close_unref(other);
	teardown();
}

static const struct suite_test tests[] = {
	{ "exit status", test_exit_status },
	{ "crash", test_crash },
	{ "children left", test_children_left },
	{ "surroundings", test_surroundings },
	{ "ignored signals", test_ignored_signals },
	{ "not executable", test_not_executable },
	{ "limits of a request", test_limits },
	{ "cut sentences", test_cut_sentences },
	{ "signal", test_signal },
	{ "runs of a user", test_runs_of_a_user },
	{ "more requests than wait", test_flood },
	{ "unicast", test_unicast },
};

SUITE_MAIN("daemon: launching", tests)
