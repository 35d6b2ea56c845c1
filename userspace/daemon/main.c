// SPDX-License-Identifier: GPL-2.0-or-later
/* tierscoped: launches workloads as their callers, and records them. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "daemon/closing.h"
#include "daemon/count.h"
#include "daemon/daemon.h"
#include "daemon/log.h"
#include "daemon/run.h"

struct options {
	const char *bus_address;
	const char *state_dir;
	const char *config;
	bool no_cgroup;
};

static const char usage[] =
	"Usage: tierscoped [OPTION]...\n"
	"Launch commands for users of 'tierscope run' and record what memory does meanwhile.\n"
	"\n"
	"      --bus-address=ADDRESS  a D-Bus address; the system bus if not given\n"
	"      --state-dir=DIR        where run files are kept; TIERSCOPE_STATE_DIR of the\n"
	"                             environment, else " TIERSCOPE_STATE_DIR "\n"
	"      --config=FILE          of the nodes' tiers; TIERSCOPE_CONFIG of the environment,\n"
	"                             else " TIERSCOPE_CONFIG "\n"
	"      --no-cgroup            make no cgroups: no peak memory of a run with its children\n"
	"      --release-cgroup       only undo what a tierscoped that was killed left in\n"
	"                             its cgroup (for the service file)\n"
	"      --version              print the version\n"
	"      --help                 print this\n";

static int release_cgroup(void)
{
	return cgroup_base_release() ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Returns -1 to go on, otherwise the exit status. */
static int read_options(int argc, char **argv, struct options *options)
{
	static const struct option known[] = {
		{ "bus-address", required_argument, NULL, 'b' },
		{ "state-dir", required_argument, NULL, 's' },
		{ "config", required_argument, NULL, 'f' },
		{ "no-cgroup", no_argument, NULL, 'c' },
		{ "release-cgroup", no_argument, NULL, 'r' },
		{ "version", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) >= 0) {
		switch (option) {
		case 'b':
			options->bus_address = optarg;
			break;
		case 's':
			options->state_dir = optarg;
			break;
		case 'f':
			options->config = optarg;
			break;
		case 'c':
			options->no_cgroup = true;
			break;
		case 'r':
			return release_cgroup();
		case 'v':
			puts("tierscoped " TIERSCOPE_VERSION);
			return EXIT_SUCCESS;
		case 'h':
			fputs(usage, stdout);
			return EXIT_SUCCESS;
		default:
			return EXIT_FAILURE;
		}
	}
	if (optind == argc)
		return -1;
	log_error("argument '%s' is not known", argv[optind]);
	return EXIT_FAILURE;
}

/* A descriptor of a client must never become 0, 1 or 2. */
static int take_standard_streams(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			return -errno;
	} while (fd <= STDERR_FILENO);
	close(fd);
	return 0;
}

static int on_stop(sd_event_source *source, const struct signalfd_siginfo *info,
		   void *data)
{
	(void)info;
	(void)data;
	return sd_event_exit(sd_event_source_get_event(source), 0);
}

static int handle_signals(struct daemon *daemon)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	struct sigaction hangup;
	sigset_t block;
	size_t n = 3;
	int r = 0;

	/* nohup(1) means it. */
	if (!sigaction(SIGHUP, NULL, &hangup) && hangup.sa_handler == SIG_IGN)
		n--;
	sigemptyset(&block);
	for (size_t i = 0; i < n; i++)
		sigaddset(&block, signals[i]);
	if (sigprocmask(SIG_BLOCK, &block, NULL))
		return -errno;
	signal(SIGPIPE, SIG_IGN);
	/* Ignored, by whoever started us, it would have the kernel collect the
	 * commands, and how they ended would be lost. */
	signal(SIGCHLD, SIG_DFL);
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = sd_event_add_signal(daemon->event, NULL, signals[i],
					on_stop, NULL);
	return r;
}

static int connect_bus(struct daemon *daemon, const char *address)
{
	int r;

	if (address) {
		r = sd_bus_new(&daemon->bus);
		if (r >= 0)
			r = sd_bus_set_address(daemon->bus, address);
		if (r >= 0)
			r = sd_bus_set_bus_client(daemon->bus, true);
		if (r >= 0)
			r = sd_bus_negotiate_fds(daemon->bus, true);
		if (r >= 0)
			r = sd_bus_start(daemon->bus);
	} else {
		r = sd_bus_open_system(&daemon->bus);
	}
	if (r >= 0)
		r = sd_bus_set_exit_on_disconnect(daemon->bus, true);
	if (r >= 0)
		r = sd_bus_attach_event(daemon->bus, daemon->event,
					SD_EVENT_PRIORITY_NORMAL);
	if (r < 0)
		log_error("cannot reach the bus '%s': %s, is dbus running",
			  address ? address : "system", strerror(-r));
	return r;
}

/* Runs that go on are closed as interrupted. */
static void stop(struct daemon *daemon)
{
	sd_notify(0, "STOPPING=1");
	for (size_t i = 0; i < TIERSCOPE_BUS_RUNS_MAX; i++)
		if (daemon->runs[i])
			run_interrupt(daemon->runs[i]);
	count_stop_all(daemon);
	closing_stop(daemon);
	sd_bus_flush_close_unref(daemon->bus);
	cgroup_base_close(&daemon->cgroups);
	tierscope_free(daemon->ts);
	sd_event_unref(daemon->event);
}

static int start(struct daemon *daemon, const struct options *options)
{
	int r;

	r = archive_open(&daemon->archive, options->state_dir);
	if (r < 0) {
		log_error("cannot keep run files in '%s': %s%s",
			  options->state_dir, strerror(-r),
			  r == -EWOULDBLOCK ? ", another tierscoped keeps its files there" :
			  r == -EPERM ? ", it must be ours and nobody else may write there" : "");
		return r;
	}
	r = tierscope_new(NULL, &daemon->ts);
	if (r >= 0 && options->config)
		r = tierscope_config_from(daemon->ts, options->config);
	if (r >= 0)
		r = sd_event_new(&daemon->event);
	if (r >= 0)
		r = handle_signals(daemon);
	if (r < 0) {
		log_error("cannot start: %s", strerror(-r));
		return r;
	}
	r = connect_bus(daemon, options->bus_address);
	if (r < 0)
		return r;
	r = bus_offer(daemon);
	if (r < 0) {
		log_error("cannot take the name " TIERSCOPE_BUS_SERVICE " on the bus: %s",
			  r == -EEXIST ? "another tierscoped has it" : strerror(-r));
		return r;
	}
	archive_recover(&daemon->archive);
	if (!options->no_cgroup)
		cgroup_base_open(&daemon->cgroups);
	sd_notify(0, "READY=1");
	return 0;
}

int main(int argc, char **argv)
{
	struct options options = {
		.state_dir = getenv("TIERSCOPE_STATE_DIR"),
		.config = getenv("TIERSCOPE_CONFIG"),
	};
	struct daemon daemon = { .cgroups = CGROUP_BASE_NONE };
	int r = read_options(argc, argv, &options);

	if (r >= 0)
		return r;
	if (!options.state_dir || !*options.state_dir)
		options.state_dir = TIERSCOPE_STATE_DIR;
	if (options.config && !*options.config)
		options.config = NULL;
	umask(022);
	r = take_standard_streams();
	if (!r)
		r = start(&daemon, &options);
	if (!r)
		r = sd_event_loop(daemon.event);
	stop(&daemon);
	return r ? EXIT_FAILURE : EXIT_SUCCESS;
}
