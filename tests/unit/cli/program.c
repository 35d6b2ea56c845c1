/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program itself: what it says and how it ends where there is nothing but
 * a user and a terminal. TIERSCOPE_PROGRAM is its path.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <json-c/json.h>
#include <systemd/sd-bus.h>

#include "suite.h"
#include "tierscope/bus.h"

#define OUTPUT_MAX 65536
#define DEADLINE_S 60
#define CLOSED (-2)

static char out[OUTPUT_MAX], err[OUTPUT_MAX];

static void slurp(FILE *file, char *buffer)
{
	size_t n;

	rewind(file);
	n = fread(buffer, 1, OUTPUT_MAX - 1, file);
	buffer[n] = '\0';
	fclose(file);
}

/* SIGTERMs for the program, each once it holds the signal back and has taken
 * the last one. */
static int terminations;

/* Whether @mask of /proc/PID/status has SIGTERM. */
static bool has_term(pid_t pid, const char *mask)
{
	char path[64], line[256];
	bool has = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, mask, strlen(mask)))
			has = strtoull(line + strlen(mask), NULL, 16) >>
			      (SIGTERM - 1) & 1;
	if (file)
		fclose(file);
	return has;
}

static void terminate(pid_t pid)
{
	for (int tries = 0; tries < 10 * DEADLINE_S; tries++) {
		if (has_term(pid, "SigBlk:") && !has_term(pid, "ShdPnd:"))
			break;
		usleep(100000);
	}
	kill(pid, SIGTERM);
}

/* Runs `tierscope WORDS`, with its output in `out` and `err`. @to is its
 * standard output instead, -1 for `out`, CLOSED for none. Returns its exit status, or 128 + signal. */
static int tierscope_to(const char *words, int to)
{
	FILE *files[] = { tmpfile(), tmpfile() };
	char line[512], *argv[32] = { (char *)TIERSCOPE_PROGRAM };
	char *rest = line, *word;
	int n = 1, status;
	pid_t pid;

	CU_ASSERT_FATAL(files[0] && files[1]);
	snprintf(line, sizeof(line), "%s", words);
	while ((word = strsep(&rest, " ")) && n < 31)
		if (*word)
			argv[n++] = word;
	pid = fork();
	CU_ASSERT_FATAL(pid >= 0);
	if (!pid) {
		alarm(DEADLINE_S);
		setenv("TIERSCOPE_STATE_DIR", "/nonexistent", 1);
		if (dup2(to >= 0 ? to : fileno(files[0]), STDOUT_FILENO) < 0 ||
		    (to == CLOSED && close(STDOUT_FILENO)) ||
		    dup2(fileno(files[1]), STDERR_FILENO) < 0)
			_exit(99);
		execv(argv[0], argv);
		_exit(99);
	}
	for (int i = 0; i < terminations; i++)
		terminate(pid);
	CU_ASSERT_EQUAL_FATAL(waitpid(pid, &status, 0), pid);
	slurp(files[0], out);
	slurp(files[1], err);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int tierscope(const char *words)
{
	return tierscope_to(words, -1);
}

/* One line on stderr that begins with our name and names @about, nothing on
 * stdout. */
static void check_sentence(const char *words, int status, const char *about)
{
	int got = tierscope(words);
	size_t n = strlen(err);

	if (got != status || *out || strncmp(err, "tierscope: ", 11) ||
	    !strstr(err, about) || strchr(err, '\n') != err + n - 1)
		fprintf(stderr, "'%s' ends with %d and says '%s' '%s'\n", words,
			got, out, err);
	CU_ASSERT_EQUAL(got, status);
	CU_ASSERT_STRING_EQUAL(out, "");
	CU_ASSERT_FALSE(strncmp(err, "tierscope: ", 11));
	CU_ASSERT_PTR_NOT_NULL(strstr(err, about));
	CU_ASSERT_PTR_EQUAL(strchr(err, '\n'), err + n - 1);
}

static void wrong_command_lines_end_with_2(void)
{
	static const struct {
		const char *words, *about;
	} wrong[] = {
		{ "", "command is missing" },
		{ "nonsense", "'nonsense'" },
		{ "help nonsense", "'nonsense'" },
		{ "topology extra", "'extra'" },
		{ "topology --nonsense", "'--nonsense'" },
		{ "topology -Z", "'-Z'" },
		{ "topology --format", "'--format' needs" },
		{ "topology --format xml", "'xml'" },
		{ "topology --dry-run", "goes with --set" },
		{ "topology --help=1", "'--help' takes no" },
		{ "placement --tree x", "'x'" },
		{ "placement --tree 1 --all", "only one of" },
		{ "placement --user nobody-of-that-name", "'nobody-of-that-name'" },
		{ "placement --user root 1", "not both" },
		{ "placement --count 2 1", "--watch" },
		{ "placement --watch 1ms 1", "'1ms'" },
		{ "placement --since x --by process 1", "--since" },
		{ "placement --all 1", "not both" },
		{ "placement 12x", "'12x'" },
		{ "placement -- -1", "'-1'" },
		{ "placement 0", "'0'" },
		{ "placement 99999999999999999999", "'99999999999999999999'" },
		{ "placement --all --mappings --by cell", "--mappings and --by" },
		{ "placement --by node 1", "'node'" },
		{ "placement --nearmem", "process id" },
		{ "placement --nearmem 1 2", "one process id" },
		{ "placement --nearmem --mappings 1", "--mappings" },
		{ "placement --nearmem --by cell 1", "--by" },
		{ "placement --near-memory 64M 1", "--nearmem" },
		{ "placement --nearmem --near-memory 0 1", "none at all" },
		{ "placement --nearmem --near-memory 4095 1", "multiple of 4096" },
		{ "placement --nearmem --near-memory 1.5G 1", "'1.5G'" },
		{ "placement --nearmem --near-memory 99999999T 1", "'99999999T'" },
		{ "placement --last-look 1 2", "one process id" },
		{ "placement --last-look --mappings 1", "--mappings" },
		{ "placement --interval 1s 1", "--last-look" },
		{ "placement --last-look --interval 1 --all", "one process id" },
		{ "pin", "missing" },
		{ "pin 1", "--tier" },
		{ "pin --tier dram", "process id" },
		{ "pin --tier dram 1 2", "--tree" },
		{ "pin --tier dram x", "'x'" },
		{ "pin --tier dram --rate fast 1", "'fast'" },
		{ "pin --tier dram --rate 0 1", "'0'" },
		{ "pin --tier dram --mapping stack 1", "'stack'" },
		{ "pin --tier dram --mapping 1000-1000 1", "empty" },
		{ "pin --tier dram --format xml 1", "'xml'" },
		{ "pin --undo x 1", "--undo" },
		{ "pin --undo x --tier dram", "--undo" },
		{ "pin --tier 0x 1", "'0x'" },
		{ "pin --check", "missing" },
		{ "pin --check --tree 1", "--check" },
		{ "unpin", "missing" },
		{ "unpin 1 2", "one process id" },
		{ "unpin --tier dram 1", "'--tier'" },
		{ "experiment", "run, status or table" },
		{ "experiment walk x", "'walk'" },
		{ "experiment run", "file of an experiment is missing" },
		{ "experiment run x y", "'y'" },
		{ "experiment run --format json x", "--format" },
		{ "experiment run --vm y x", "--simulate" },
		{ "experiment table --simulate x", "--simulate" },
		{ "counters extra", "'extra'" },
		{ "counters --interval 1x", "'1x'" },
		{ "counters --interval 999us", "'999us'" },
		{ "counters --interval 61s", "'61s'" },
		{ "counters --interval 99999999999h", "to 60s" },
		{ "counters --count 0", "'0'" },
		{ "counters --count -1", "'-1'" },
		{ "counters --interval 0", "'0'" },
		{ "counters --duration 0", "'0'" },
		{ "counters --duration 1x", "'1x'" },
		{ "counters --group nothing", "'nothing'" },
		{ "counters --per dimm", "'dimm'" },
		{ "counters --per channel --roles m2m.read_hit", "--per controller" },
		{ "counters --event a/b/ --event a/b/", "twice" },
		{ "counters --format xml", "'xml'" },
		{ "counters --roles dram.read,nothing", "'nothing'" },
		{ "counters --roles clockticks", "'clockticks'" },
		{ "events extra", "'extra'" },
		{ "events --sysfs-root", "'--sysfs-root' needs" },
		{ "events --format xml", "'xml'" },
		{ "doctor extra", "'extra'" },
		{ "doctor --bus-address", "'--bus-address' needs" },
		{ "runs extra", "'extra'" },
		{ "report", "missing" },
		{ "report a b", "'b'" },
		{ "report --series a", "--series" },
		{ "compare", "both are missing" },
		{ "compare a", "the second is missing" },
		{ "compare a b c", "'c'" },
		{ "compare --force=1 a b", "'--force' takes no" },
		{ "compare --format xml a b", "'xml'" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		check_sentence(wrong[i].words, 2, wrong[i].about);
}

static void run_keeps_2_for_its_command(void)
{
	check_sentence("run", 125, "command is missing");
	check_sentence("run --", 125, "command is missing");
	check_sentence("run --nonsense -- true", 125, "'--nonsense'");
	check_sentence("run --interval 999us -- true", 125, "'999us'");
	check_sentence("run --limit 0 -- true", 125, "'0'");
	check_sentence("run --limit 5x -- true", 125, "'5x'");
	check_sentence("run --format xml -- true", 125, "'xml'");
	check_sentence("run --label novalue -- true", 125, "'novalue'");
	check_sentence("run --label =v -- true", 125, "'=v'");
	check_sentence("run --label k=\xff -- true", 125, "'k=");
	check_sentence("run --label k=\xef\xbf\xbe -- true", 125, "'k=");
	check_sentence("run --label a=1 --label a=2 -- true", 125, "'a'");
	check_sentence("run --output /nonexistent/f -- true", 125, "/nonexistent/f");
	check_sentence("run --output / -- true", 125, "'/'");
}

/* Without its '='. */
static void a_label_has_256_bytes(void)
{
	char words[400];

	snprintf(words, sizeof(words), "run --label k=%0255d --bus-address nonsense -- true", 0);
	check_sentence(words, 125, "nonsense");
	snprintf(words, sizeof(words), "run --label k=%0256d --bus-address nonsense -- true", 0);
	check_sentence(words, 125, "256 bytes");
}

static void a_missing_bus_is_a_sentence(void)
{
	check_sentence("run --bus-address unix:path=/nonexistent/bus -- true", 125,
		       "/nonexistent/bus");
	check_sentence("run --bus-address nonsense -- true", 125, "nonsense");
}

/* A bus of our own; returns the pid of its daemon. */
static pid_t bus_start(char *address, size_t size)
{
	int fds[2];
	ssize_t n;
	pid_t bus;

	CU_ASSERT_FATAL(!pipe(fds));
	bus = fork();
	CU_ASSERT_FATAL(bus >= 0);
	if (!bus) {
		char print[32];

		alarm(DEADLINE_S);
		snprintf(print, sizeof(print), "--print-address=%d", fds[1]);
		execlp("dbus-daemon", "dbus-daemon", "--session", "--nofork",
		       "--nopidfile", print, NULL);
		_exit(99);
	}
	close(fds[1]);
	n = read(fds[0], address, size - 1);
	close(fds[0]);
	CU_ASSERT_FATAL(n > 0);
	address[n] = '\0';
	address[strcspn(address, "\n")] = '\0';
	return bus;
}

static void bus_stop(pid_t bus)
{
	int status;

	kill(bus, SIGTERM);
	CU_ASSERT_EQUAL(waitpid(bus, &status, 0), bus);
}

/* A bus without the daemon on it. */
static void a_missing_daemon_is_a_sentence(void)
{
	char address[256] = "", words[400];
	pid_t bus = bus_start(address, sizeof(address));

	snprintf(words, sizeof(words), "run --bus-address %s -- true", address);
	check_sentence(words, 125, "start it with");
	bus_stop(bus);
}

/* Has the daemon's name on the bus and never answers; returns its pid. */
static pid_t silent_daemon(const char *address)
{
	sd_bus *bus = NULL;
	int fds[2];
	char ready;
	pid_t pid;

	CU_ASSERT_FATAL(!pipe(fds));
	pid = fork();
	CU_ASSERT_FATAL(pid >= 0);
	if (!pid) {
		alarm(DEADLINE_S);
		if (sd_bus_new(&bus) >= 0 && sd_bus_set_address(bus, address) >= 0 &&
		    sd_bus_set_bus_client(bus, true) >= 0 && sd_bus_start(bus) >= 0 &&
		    sd_bus_request_name(bus, TIERSCOPE_BUS_SERVICE, 0) >= 0 &&
		    write(fds[1], "", 1) == 1)
			pause();
		_exit(99);
	}
	close(fds[1]);
	CU_ASSERT_EQUAL(read(fds[0], &ready, 1), 1);
	close(fds[0]);
	return pid;
}

/* One signal waits for the launch, two give up. */
static void two_signals_end_a_launch(void)
{
	char address[256] = "", words[400];
	pid_t bus = bus_start(address, sizeof(address));
	pid_t silent = silent_daemon(address);
	int status;

	snprintf(words, sizeof(words), "run --bus-address %s -- true", address);
	terminations = 2;
	check_sentence(words, 125, "gave up on 'true'");
	terminations = 0;
	kill(silent, SIGKILL);
	CU_ASSERT_EQUAL(waitpid(silent, &status, 0), silent);
	bus_stop(bus);
}

/* Of a row of `doctor --format json`. */
static const char *of_check(json_object *document, const char *check,
			    const char *field)
{
	json_object *rows, *row, *value;

	CU_ASSERT_FATAL(json_object_object_get_ex(document, "checks", &rows));
	for (size_t i = 0; i < json_object_array_length(rows); i++) {
		row = json_object_array_get_idx(rows, i);
		json_object_object_get_ex(row, "check", &value);
		if (strcmp(json_object_get_string(value), check))
			continue;
		CU_ASSERT_FATAL(json_object_object_get_ex(row, field, &value));
		return json_object_get_string(value);
	}
	CU_FAIL_FATAL("no such check");
	return "";
}

/* The status is that of the worst finding, and whatever does not work has
 * something that helps, or says why by itself. */
static void doctor_is_consistent(const char *words)
{
	json_object *document, *rows;
	bool works = true;
	int status = tierscope(words);

	CU_ASSERT_STRING_EQUAL(err, "");
	document = json_tokener_parse(out);
	CU_ASSERT_PTR_NOT_NULL_FATAL(document);
	CU_ASSERT_FATAL(json_object_object_get_ex(document, "checks", &rows));
	for (size_t i = 0; i < json_object_array_length(rows); i++) {
		json_object *row = json_object_array_get_idx(rows, i);
		const char *state, *finding;
		json_object *value;

		json_object_object_get_ex(row, "state", &value);
		state = json_object_get_string(value);
		json_object_object_get_ex(row, "finding", &value);
		finding = json_object_get_string(value);
		CU_ASSERT(*finding);
		works &= !strcmp(state, "works");
		CU_ASSERT(!strcmp(state, "works") || !strcmp(state, "partly") ||
			  !strcmp(state, "fails"));
	}
	CU_ASSERT_EQUAL(status, works ? 0 : 1);
	CU_ASSERT_STRING_EQUAL(of_check(document, "kernel", "state"), "works");
	json_object_put(document);
}

static void doctor_says_where_the_daemon_is(void)
{
	char address[256] = "", words[400];
	json_object *document;
	pid_t bus, silent;
	int status;

	doctor_is_consistent("doctor --format json --bus-address unix:path=/nonexistent/bus");
	document = json_tokener_parse(out);
	CU_ASSERT_STRING_EQUAL(of_check(document, "daemon", "state"), "fails");
	CU_ASSERT_PTR_NOT_NULL(strstr(of_check(document, "daemon", "finding"),
				      "/nonexistent/bus"));
	json_object_put(document);

	bus = bus_start(address, sizeof(address));
	snprintf(words, sizeof(words), "doctor --format json --bus-address %s", address);
	doctor_is_consistent(words);
	document = json_tokener_parse(out);
	CU_ASSERT_STRING_EQUAL(of_check(document, "daemon", "state"), "fails");
	CU_ASSERT_PTR_NOT_NULL(strstr(of_check(document, "daemon", "finding"),
				      "not running"));
	json_object_put(document);

	/* It has a deadline of its own. */
	silent = silent_daemon(address);
	doctor_is_consistent(words);
	document = json_tokener_parse(out);
	CU_ASSERT_STRING_EQUAL(of_check(document, "daemon", "state"), "fails");
	CU_ASSERT_PTR_NOT_NULL(strstr(of_check(document, "daemon", "finding"),
				      "does not answer"));
	json_object_put(document);
	kill(silent, SIGKILL);
	CU_ASSERT_EQUAL(waitpid(silent, &status, 0), silent);
	bus_stop(bus);
}

static void a_missing_run_is_a_sentence(void)
{
	check_sentence("report nothing", 1, "'nothing'");
	check_sentence("report /nonexistent/file", 1, "/nonexistent/file");
	check_sentence("report /dev/null", 1, "/dev/null");
	check_sentence("compare nothing /dev/null", 1, "'nothing'");
	check_sentence("compare /dev/null nothing", 1, "/dev/null");
	check_sentence("report --state-dir /dev/null nothing", 1, "/dev/null");
	CU_ASSERT_EQUAL(tierscope("runs --format csv"), 0);
	CU_ASSERT_FALSE(strncmp(out, "name,uid,", 9));
	CU_ASSERT_PTR_EQUAL(strchr(out, '\n'), out + strlen(out) - 1);
}

/* Where this test runs there is neither the module nor a simulated machine;
 * with either, the sentence would be another one. */
static void a_missing_module_is_a_sentence(void)
{
	if (access("/sys/module/tierscope", F_OK) == 0)
		return;
	check_sentence("placement 1", 1, "module");
	check_sentence("placement --all", 1, "module");
	check_sentence("placement", 1, "module");
	check_sentence("placement --mappings 1", 1, "module");
	check_sentence("placement --nearmem --near-memory 4K 1", 1, "module");
	check_sentence("placement --nearmem --near-memory 4K --all", 1, "module");
	check_sentence("placement --last-look 1", 1, "module");
}

static void a_missing_ledger_is_a_sentence(void)
{
	char words[64];

	check_sentence("pin --undo /nonexistent/ledger", 1, "/nonexistent/ledger");
	check_sentence("pin --undo /dev/null", 1, "no ledger");
	check_sentence("unpin 2147483647", 1, "2147483647");
	snprintf(words, sizeof(words), "unpin %d", getpid());
	check_sentence(words, 1, "no ledger of process");
}

static void help_lists_every_command(void)
{
	static const char *const names[] = { "topology", "placement", "pin",
					     "unpin", "counters", "run", "runs", "report",
					     "compare" };

	CU_ASSERT_EQUAL(tierscope("help"), 0);
	CU_ASSERT_STRING_EQUAL(err, "");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char words[64];

		CU_ASSERT_PTR_NOT_NULL(strstr(out, names[i]));
		snprintf(words, sizeof(words), "%s --help", names[i]);
		CU_ASSERT_EQUAL(tierscope(words), 0);
		CU_ASSERT_FALSE(strncmp(out, "usage: tierscope ", 17));
		CU_ASSERT_PTR_NOT_NULL(strstr(out, "--help"));
		CU_ASSERT_STRING_EQUAL(err, "");
		CU_ASSERT_EQUAL(tierscope("help"), 0);
	}
	CU_ASSERT_EQUAL(tierscope("version"), 0);
	CU_ASSERT_STRING_EQUAL(out, "tierscope " TIERSCOPE_VERSION "\n");
}

static void topology_is_the_same_in_json(void)
{
	struct json_object *root, *member;

	CU_ASSERT_EQUAL(tierscope("topology --format json"), 0);
	root = json_tokener_parse(out);
	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	CU_ASSERT_TRUE(json_object_object_get_ex(root, "schema", &member));
	CU_ASSERT_STRING_EQUAL(json_object_get_string(member), "tierscope.topology");
	CU_ASSERT_TRUE(json_object_object_get_ex(root, "nodes", &member));
	CU_ASSERT(json_object_array_length(member) > 0);
	json_object_put(root);
	CU_ASSERT_EQUAL(tierscope("topology -fcsv"), 0);
	CU_ASSERT_FALSE(strncmp(out, "section,row,field,value,reason\r\n", 32));
	CU_ASSERT_EQUAL(tierscope("topology"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "mode"));
	CU_ASSERT_EQUAL(tierscope("topology --set node0=pmem --dry-run"), 0);
	CU_ASSERT_EQUAL(tierscope("topology --set node0=pmem --set node4000=dram --dry-run"), 1);
}

static void an_unwritable_output_is_told(void)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	CU_ASSERT_FATAL(full >= 0);
	CU_ASSERT_EQUAL(tierscope_to("topology", full), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "No space left"));
	CU_ASSERT_EQUAL(tierscope_to("help", full), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "No space left"));
	close(full);
	CU_ASSERT_EQUAL(tierscope_to("topology", CLOSED), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "cannot write to standard output"));
}

/* `tierscope ... | head`, also where SIGPIPE is ignored, as under many a
 * service. */
static void a_broken_pipe_ends_quietly(void)
{
	int fds[2];

	CU_ASSERT_FATAL(!pipe2(fds, O_CLOEXEC));
	close(fds[0]);
	CU_ASSERT_EQUAL(tierscope_to("topology", fds[1]), 128 + SIGPIPE);
	CU_ASSERT_STRING_EQUAL(err, "");
	signal(SIGPIPE, SIG_IGN);
	CU_ASSERT_EQUAL(tierscope_to("topology", fds[1]), 1);
	CU_ASSERT_STRING_EQUAL(err, "");
	signal(SIGPIPE, SIG_DFL);
	close(fds[1]);
}

static const struct suite_test tests[] = {
	{ "wrong command lines end with 2", wrong_command_lines_end_with_2 },
	{ "run keeps 2 for its command", run_keeps_2_for_its_command },
	{ "a label has 256 bytes", a_label_has_256_bytes },
	{ "a missing bus is a sentence", a_missing_bus_is_a_sentence },
	{ "a missing daemon is a sentence", a_missing_daemon_is_a_sentence },
	{ "two signals end a launch", two_signals_end_a_launch },
	{ "doctor says where the daemon is", doctor_says_where_the_daemon_is },
	{ "a missing run is a sentence", a_missing_run_is_a_sentence },
	{ "a missing module is a sentence", a_missing_module_is_a_sentence },
	{ "a missing ledger is a sentence", a_missing_ledger_is_a_sentence },
	{ "help lists every command", help_lists_every_command },
	{ "topology is the same in json", topology_is_the_same_in_json },
	{ "an unwritable output is told", an_unwritable_output_is_told },
	{ "a broken pipe ends quietly", a_broken_pipe_ends_quietly },
};

SUITE_MAIN("cli program", tests)
