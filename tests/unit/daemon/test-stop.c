// SPDX-License-Identifier: GPL-2.0-or-later
/* The ends that nobody asked for: of the client, of the daemon. */
#include "suite.h"

#include <sqlite3.h>

#include "private_bus.h"
#include "store/store.h"

static struct private_bus bus;
static char path[512];
static pid_t command;

/* Starts `sleep` from @from, tells its pid by a pipe. Also called in a child of
 * the test: no assertion that jumps away, which would be into its parent's. */
static bool begin(sd_bus *from)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	struct call call = {
		.argv = (char *[]){ "sh", "-c", "echo $$; exec sleep 600 >/dev/null", NULL },
		.environment = (char *[]){ "PATH=/usr/bin:/bin", NULL },
		.directory = open("/", O_PATH | O_CLOEXEC),
		.in = open("/dev/null", O_RDWR | O_CLOEXEC),
	};
	char text[32] = "";
	uint64_t id;
	int pipes[2];

	if (pipe2(pipes, O_CLOEXEC))
		abort();
	call.out = pipes[1];
	call.err = call.in;
	CU_ASSERT_EQUAL(bus_run(from, &call, &id, path, &error), 0);
	sd_bus_error_free(&error);
	close(pipes[1]);
	CU_ASSERT(read(pipes[0], text, sizeof(text) - 1) > 0);
	close(pipes[0]);
	close(call.in);
	close(call.directory);
	command = (pid_t)strtol(text, NULL, 10);
	CU_ASSERT(command > 1);
	return command > 1;
}

static enum store_state state(char *note, size_t bytes)
{
	struct store_reader *r;
	enum store_state state;

	if (store_open(path, NULL, 0, &r))
		return STORE_RECORDING;
	state = store_reader_run(r)->state;
	snprintf(note, bytes, "%s", store_reader_run(r)->note);
	store_close(r);
	return state;
}

static bool complete(void *data)
{
	char note[512];

	(void)data;
	return state(note, sizeof(note)) == STORE_COMPLETE;
}

struct told {
	char path[512];
	pid_t command;
};

static void test_client_killed(void)
{
	struct told told = { 0 };
	int pipes[2], status;
	pid_t client;

	bus_setup(&bus);
	if (pipe2(pipes, O_CLOEXEC))
		abort();
	client = fork();
	if (!client) {
		if (!begin(bus_connect(&bus)))
			_exit(1);
		snprintf(told.path, sizeof(told.path), "%s", path);
		told.command = command;
		if (write(pipes[1], &told, sizeof(told)) != sizeof(told))
			_exit(1);
		raise(SIGKILL);
	}
	waitpid(client, &status, 0);
	CU_ASSERT(WIFSIGNALED(status));
	CU_ASSERT_EQUAL_FATAL(read(pipes[0], &told, sizeof(told)), sizeof(told));
	close(pipes[0]);
	close(pipes[1]);
	snprintf(path, sizeof(path), "%s", told.path);
	CU_ASSERT(served(&bus));
	CU_ASSERT_EQUAL(kill(told.command, 0), 0);	/* it goes on */
	CU_ASSERT_FALSE(complete(NULL));
	kill(told.command, SIGTERM);
	CU_ASSERT(soon(complete, NULL));
	CU_ASSERT_EQUAL(daemon_stop(&bus, SIGTERM), 0);
	bus_teardown(&bus);
}

static bool closed(void *data)
{
	char journal[600];
	struct stat st;

	(void)data;
	snprintf(journal, sizeof(journal), "%s-wal", path);
	return access(journal, F_OK) && !stat(path, &st) && (st.st_mode & 07777) == 0600;
}

/* Somebody reads the file when the run ends: it is closed after that. */
static void test_read_at_the_end(void)
{
	struct store_reader *r;
	struct ended ended;

	bus_setup(&bus);
	CU_ASSERT_FATAL(begin(bus.client));
	CU_ASSERT_EQUAL(chmod(path, 0640), 0);
	CU_ASSERT_EQUAL_FATAL(store_open(path, NULL, 0, &r), 0);
	kill(command, SIGTERM);
	ended = bus_wait(bus.client);
	CU_ASSERT_PTR_NOT_NULL(strstr(ended.note, "somebody has the run file open"));
	CU_ASSERT_FALSE(closed(NULL));
	CU_ASSERT(complete(NULL));
	store_close(r);
	CU_ASSERT(soon(closed, NULL));
	CU_ASSERT(complete(NULL));
	CU_ASSERT_EQUAL(daemon_stop(&bus, SIGTERM), 0);
	bus_teardown(&bus);
}

static void stopped_by(int number)
{
	char note[512] = "";

	/* The daemon keeps to what it is given, and nohup(1) gives it deafness. */
	signal(number, SIG_DFL);
	bus_setup(&bus);
	CU_ASSERT_FATAL(begin(bus.client));
	CU_ASSERT_EQUAL(daemon_stop(&bus, number), 0);
	CU_ASSERT_EQUAL(state(note, sizeof(note)), STORE_INTERRUPTED);
	CU_ASSERT_PTR_NOT_NULL(strstr(note, "was stopped while the command ran"));
	CU_ASSERT_EQUAL(kill(command, 0), 0);	/* it goes on */
	kill(command, SIGKILL);
	bus_teardown(&bus);
}

static void test_daemon_stopped(void)
{
	stopped_by(SIGTERM);
	stopped_by(SIGHUP);
}

static void test_daemon_killed(void)
{
	char note[512] = "";
	struct stat st;

	bus_setup(&bus);
	CU_ASSERT_FATAL(begin(bus.client));
	CU_ASSERT(WIFSIGNALED(daemon_stop(&bus, SIGKILL)));
	CU_ASSERT_EQUAL(state(note, sizeof(note)), STORE_RECORDING);
	CU_ASSERT_EQUAL(kill(command, 0), 0);
	daemon_start(&bus);
	CU_ASSERT_EQUAL(state(note, sizeof(note)), STORE_INTERRUPTED);
	CU_ASSERT_PTR_NOT_NULL(strstr(note, "stopped before the command ended"));
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 07777, 0600);
	CU_ASSERT_EQUAL(kill(command, 0), 0);
	kill(command, SIGKILL);
	CU_ASSERT_EQUAL(daemon_stop(&bus, SIGTERM), 0);
	bus_teardown(&bus);
}

/* What cannot be closed now (here somebody keeps it locked, it may be a full
 * disk) stays the daemon's for the next start; what holds no run goes away. */
static void test_recovery_fails(void)
{
	char empty[200], note[512] = "";
	struct stat st;
	sqlite3 *db;

	bus_setup(&bus);
	CU_ASSERT_FATAL(begin(bus.client));
	CU_ASSERT(WIFSIGNALED(daemon_stop(&bus, SIGKILL)));
	snprintf(empty, sizeof(empty), "%s/runs/%u/empty" TIERSCOPE_RUN_SUFFIX, bus.state, geteuid());
	close(open(empty, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	CU_ASSERT_EQUAL(chmod(path, 0640), 0);
	CU_ASSERT_EQUAL_FATAL(sqlite3_open(path, &db), SQLITE_OK);
	CU_ASSERT_EQUAL(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	daemon_start(&bus);
	CU_ASSERT(access(empty, F_OK));
	CU_ASSERT_EQUAL(daemon_stop(&bus, SIGTERM), 0);
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 07777, 0640);	/* not given away */
	sqlite3_close(db);
	CU_ASSERT_EQUAL(state(note, sizeof(note)), STORE_RECORDING);
	daemon_start(&bus);
	CU_ASSERT_EQUAL(state(note, sizeof(note)), STORE_INTERRUPTED);
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 07777, 0600);
	kill(command, SIGKILL);
	CU_ASSERT_EQUAL(daemon_stop(&bus, SIGTERM), 0);
	bus_teardown(&bus);
}

/* Whether a daemon there refuses to start. */
static bool refuses(const char *bus_address, const char *state_dir)
{
	char address[300], directory[256];
	int status;
	pid_t pid;

	snprintf(address, sizeof(address), "--bus-address=%s", bus_address);
	snprintf(directory, sizeof(directory), "--state-dir=%s", state_dir);
	pid = spawn((char *[]){ TIERSCOPED, address, directory, "--no-cgroup", NULL });
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

/* A second daemon on the same bus, or on another with the same files, leaves the
 * first one's alone. */
static void test_second_daemon(void)
{
	struct private_bus other;
	char note[512] = "";

	bus_setup(&bus);
	bus_setup(&other);
	CU_ASSERT_FATAL(begin(bus.client));
	CU_ASSERT_EQUAL(daemon_stop(&other, SIGTERM), 0);
	CU_ASSERT(refuses(bus.address, bus.state));
	CU_ASSERT(refuses(bus.address, other.state));
	CU_ASSERT(refuses(other.address, bus.state));
	bus_teardown(&other);
	CU_ASSERT_EQUAL(state(note, sizeof(note)), STORE_RECORDING);
	kill(command, SIGTERM);
	CU_ASSERT(soon(complete, NULL));
	CU_ASSERT_EQUAL(daemon_stop(&bus, SIGTERM), 0);
	bus_teardown(&bus);
}

/* A directory that others may write to could hold links of theirs. */
static void test_unsafe_state(void)
{
	bus_setup(&bus);
	CU_ASSERT_EQUAL(daemon_stop(&bus, SIGTERM), 0);
	CU_ASSERT_EQUAL(chmod(bus.state, 0777), 0);
	CU_ASSERT(refuses(bus.address, bus.state));
	bus_teardown(&bus);
}

static const struct suite_test tests[] = {
	{ "client killed", test_client_killed },
	{ "read at the end", test_read_at_the_end },
	{ "daemon stopped", test_daemon_stopped },
	{ "daemon killed", test_daemon_killed },
	{ "recovery fails", test_recovery_fails },
	{ "second daemon", test_second_daemon },
	{ "unsafe state directory", test_unsafe_state },
};

SUITE_MAIN("daemon: stops", tests)
