/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The daemon's D-Bus contract: what the command line and the daemon share.
 *
 * Service org.tierscope1, object /org/tierscope1, interface
 * org.tierscope1.Manager.
 *
 * Run(a{sv} options, as argv, as environment, h directory, h in, h out, h err)
 *     -> (t id, s name, s path)
 *   Launches argv as the caller (its uid, gid, supplementary groups, resource
 *   limits), in the directory, with the environment and the three streams
 *   given, in a cgroup of its own, and records it. Answers when the command
 *   runs: a command that cannot be executed is an error and leaves no file.
 *   argv[0] is looked up by the PATH of the given environment, to which
 *   TIERSCOPE_PHASES is added (userspace/phase/wire.h).
 *   Options, all optional:
 *     interval_ns  t   between samples, 10 ms to 60 s, 100 ms if absent
 *     group        s    of what is counted: bandwidth or tags, which take no
 *                       turns, or all, as if absent
 *     labels       a{ss}
 *     policy       s    of its memory: bind, prefer, interleave or
 *                       weighted-interleave; with nodes
 *     nodes        au   NUMA nodes, ascending
 *     weights      au   of weighted-interleave, 1 to 255, for each of nodes;
 *                       they must be those that the machine has
 *     cpus         au   to run on, ascending; the caller's if absent
 *     tier         s    what nodes was made of, for the record
 *     rule         s    of the configuration, for the record
 *     phase_files  ah   programs and libraries, regular files open for reading
 *     phase_symbols a(uts) functions of them that are phases of the run: number
 *                       of the file in phase_files, offset of the first
 *                       instruction in it, name (cut at TIERSCOPE_PHASE_NAME_BYTES)
 *   The daemon reads nothing in phase_files: the kernel puts its probes there,
 *   for this run's processes only (PROBE_NEW of the module). If it cannot, there
 *   is no run.
 *   Policy and CPUs are set by the process itself before it becomes argv, so
 *   they are as good as its own; what cannot be had as a whole is refused. If
 *   there is a cpuset for it, the cgroup is confined to cpus and, with bind,
 *   to nodes.
 *   id names the run on this connection, name is what `tierscope report`
 *   takes, path is the run file. Until the run has ended the file belongs to
 *   root; then it is the caller's, mode 0600.
 *
 * Signal(t id, i signal)
 *   Sends a signal to the process that was launched and to its process group,
 *   as a terminal does. Only the caller of Run (same uid), and only while that
 *   process runs.
 *
 * Finished(t id, s how, i status, s note), a signal, unicast to the caller
 *   how is "exited" (status is the exit status) or "killed" (status is the
 *   signal), or "unknown" (125; the daemon could not collect it). The run file is complete and closed when it is sent. note is ""
 *   or a sentence about what the record lacks (no counters, and why).
 *
 * Count(t interval_ns, as roles) -> (h socket, u sampler, a(uut) counters)
 *   Counts for who may not: root and members of the group tierscope. roles are
 *   those of tierscope_role_name(), interval_ns 10 ms to 60 s. The socket has the
 *   module's samples (tierscope_sampler_adopt()), of counters by their type, CPU
 *   and config; it gives no right to ask the module for anything. It ends with
 *   the caller's connection to the bus, whoever has the socket by then.
 *
 * Status() -> (a{sv})
 *   version s, runs u (active), module b (loaded), cgroup s (path or "").
 *
 * Errors carry a sentence. Names:
 *   org.tierscope1.Error.NotFound       the command does not exist   (127)
 *   org.tierscope1.Error.NotExecutable  it may not be executed       (126)
 *   org.tierscope1.Error.BadRequest     an argument out of its range (125)
 *   org.tierscope1.Error.Limit          a limit of the daemon        (125)
 *   org.tierscope1.Error.Refused        not for this caller          (125)
 *   org.tierscope1.Error.Failed         anything else                (125)
 *
 * Limits: TIERSCOPE_BUS_* below; a caller over them gets Limit or BadRequest.
 */
#pragma once

#define TIERSCOPE_BUS_SERVICE		"org.tierscope1"
#define TIERSCOPE_BUS_PATH		"/org/tierscope1"
#define TIERSCOPE_BUS_INTERFACE		"org.tierscope1.Manager"

#define TIERSCOPE_BUS_ERROR_NOT_FOUND	"org.tierscope1.Error.NotFound"
#define TIERSCOPE_BUS_ERROR_NOT_EXEC	"org.tierscope1.Error.NotExecutable"
#define TIERSCOPE_BUS_ERROR_BAD_REQUEST	"org.tierscope1.Error.BadRequest"
#define TIERSCOPE_BUS_ERROR_LIMIT	"org.tierscope1.Error.Limit"
#define TIERSCOPE_BUS_ERROR_REFUSED	"org.tierscope1.Error.Refused"
#define TIERSCOPE_BUS_ERROR_FAILED	"org.tierscope1.Error.Failed"

/* Runs at one time, of one user, and with Count() in all: each has a sampler of root's, who
 * may have 16 (kmod/sampler.c) and keeps one for itself. */
#define TIERSCOPE_BUS_RUNS_PER_USER	8
#define TIERSCOPE_BUS_RUNS_MAX		15
/* Count() at one time, of one user; in all they and the runs are RUNS_MAX. */
#define TIERSCOPE_BUS_COUNTS_PER_USER	4
#define TIERSCOPE_BUS_COUNT_GROUP	"tierscope"
#define TIERSCOPE_BUS_ARGV_MAX		4096
#define TIERSCOPE_BUS_ENVIRONMENT_MAX	4096
/* argv and environment together, NULs included: what execve(2) takes under the
 * usual stack limit of 8 MiB. */
#define TIERSCOPE_BUS_STRINGS_BYTES_MAX	(2 << 20)
#define TIERSCOPE_BUS_LABELS_MAX	64
/* Name and value of a label together. */
#define TIERSCOPE_BUS_LABEL_BYTES_MAX	256

#define TIERSCOPE_BUS_NODES_MAX		1024
#define TIERSCOPE_BUS_CPUS_MAX		1024

/* With the four others they are what a bus lets a message have (16). */
#define TIERSCOPE_BUS_PHASE_FILES_MAX	8
#define TIERSCOPE_BUS_PHASE_SYMBOLS_MAX	32
/* Longer names of functions are refused; C++ has long ones. */
#define TIERSCOPE_BUS_PHASE_SYMBOL_BYTES_MAX 4096

/* Run files live in TIERSCOPE_STATE_DIR/runs/UID/NAME.tsrun. */
#define TIERSCOPE_STATE_DIR		"/var/lib/tierscope"
#define TIERSCOPE_RUN_SUFFIX		".tsrun"
