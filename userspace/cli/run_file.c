/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/run_file.h"

#include <errno.h>
#include <string.h>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/state.h"
#include "lib/scope.h"

static int find(const char *state, const char *name, char **ret)
{
	char *unreadable scope_free = NULL;
	int r = cli_state_find(state, name, ret, &unreadable);

	if (r == -ENOENT) {
		cli_error("there is no run '%s' (tierscope runs lists them)", name);
		return CLI_FAILURE;
	}
	if (r == -ENOMEM)
		return cli_oom();
	if (r < 0) {
		cli_error("cannot look for run '%s' in '%s': %s", name,
			  unreadable ? unreadable : state, strerror(-r));
		return CLI_FAILURE;
	}
	return CLI_OK;
}

int cli_run_file_load(const char *state_dir, const char *name, size_t n_bins,
		      struct report_run **ret)
{
	char *path scope_free = NULL;
	char error[512] = "";
	int r = find(cli_state_dir(state_dir), name, &path);

	if (r)
		return r;
	r = report_run_load(path, n_bins, error, sizeof(error), ret);
	if (r == -EACCES && cli_state_is_daemons(path)) {
		cli_error("cannot read run file '%s': %s", path, CLI_STATE_DAEMONS);
		return CLI_FAILURE;
	}
	if (r < 0) {
		cli_error("%s", *error ? error : strerror(-r));
		return CLI_FAILURE;
	}
	return CLI_OK;
}
