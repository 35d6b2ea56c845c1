/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/client_request.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/policy.h"
#include "cli/symbol.h"
#include "lib/scope.h"
#include "report/text.h"
#include "tierscope/bus.h"

static int append_text(sd_bus_message *message, const char *key, const char *text)
{
	return text ? sd_bus_message_append(message, "{sv}", key, "s", text) : 0;
}

/* An array of ints that are not negative is one of uint32_t. */
static int append_numbers(sd_bus_message *message, const char *key,
			  const int *numbers, size_t n)
{
	int r;

	if (!n)
		return 0;
	r = sd_bus_message_open_container(message, 'e', "sv");
	if (r >= 0)
		r = sd_bus_message_append(message, "s", key);
	if (r >= 0)
		r = sd_bus_message_open_container(message, 'v', "au");
	if (r >= 0)
		r = sd_bus_message_append_array(message, 'u', numbers, n * sizeof(*numbers));
	for (int i = 0; r >= 0 && i < 2; i++)
		r = sd_bus_message_close_container(message);
	return r;
}

static int append_policy(sd_bus_message *message, const struct cli_policy *policy)
{
	int r;

	r = append_text(message, "policy", policy->mode);
	if (r >= 0)
		r = append_text(message, "tier", policy->mode ? policy->text : NULL);
	if (r >= 0)
		r = append_text(message, "rule", policy->rule);
	if (r >= 0)
		r = append_numbers(message, "nodes", policy->nodes.ids, policy->nodes.n);
	if (r >= 0)
		r = append_numbers(message, "weights", policy->weights,
				   policy->weights ? policy->nodes.n : 0);
	if (r >= 0)
		r = append_numbers(message, "cpus", policy->cpus.ids, policy->cpus.n);
	return r;
}

static int append_files_of(sd_bus_message *message, const struct symbols *symbols)
{
	int r;

	r = sd_bus_message_open_container(message, 'e', "sv");
	if (r >= 0)
		r = sd_bus_message_append(message, "s", "phase_files");
	if (r >= 0)
		r = sd_bus_message_open_container(message, 'v', "ah");
	if (r >= 0)
		r = sd_bus_message_open_container(message, 'a', "h");
	for (size_t i = 0; r >= 0 && i < symbols->n_files; i++)
		r = sd_bus_message_append(message, "h", symbols->files[i]);
	for (int i = 0; r >= 0 && i < 3; i++)
		r = sd_bus_message_close_container(message);
	return r;
}

static int append_symbols(sd_bus_message *message, const struct symbols *symbols)
{
	int r;

	if (!symbols->n)
		return 0;
	r = append_files_of(message, symbols);
	if (r >= 0)
		r = sd_bus_message_open_container(message, 'e', "sv");
	if (r >= 0)
		r = sd_bus_message_append(message, "s", "phase_symbols");
	if (r >= 0)
		r = sd_bus_message_open_container(message, 'v', "a(uts)");
	if (r >= 0)
		r = sd_bus_message_open_container(message, 'a', "(uts)");
	for (size_t i = 0; r >= 0 && i < symbols->n; i++)
		r = sd_bus_message_append(message, "(uts)",
					  symbols->functions[i].file,
					  symbols->functions[i].offset,
					  symbols->functions[i].name);
	for (int i = 0; r >= 0 && i < 3; i++)
		r = sd_bus_message_close_container(message);
	return r;
}

static int append_options(sd_bus_message *message,
			  const struct client_request *request)
{
	int r;

	r = sd_bus_message_open_container(message, 'a', "{sv}");
	if (r >= 0)
		r = sd_bus_message_append(message, "{sv}", "interval_ns", "t",
					  request->interval_ns);
	if (r >= 0)
		r = append_text(message, "group", request->group);
	if (r >= 0)
		r = append_policy(message, request->policy);
	if (r >= 0)
		r = append_symbols(message, request->symbols);
	if (r >= 0)
		r = sd_bus_message_open_container(message, 'e', "sv");
	if (r >= 0)
		r = sd_bus_message_append(message, "s", "labels");
	if (r >= 0)
		r = sd_bus_message_open_container(message, 'v', "a{ss}");
	if (r >= 0)
		r = sd_bus_message_open_container(message, 'a', "{ss}");
	for (size_t i = 0; r >= 0 && i < request->n_labels; i++)
		r = sd_bus_message_append(message, "{ss}", request->labels[i].key,
					  request->labels[i].value);
	for (int i = 0; r >= 0 && i < 4; i++)
		r = sd_bus_message_close_container(message);
	return r;
}

static int append_environment(sd_bus_message *message)
{
	int r;

	r = sd_bus_message_open_container(message, 'a', "s");
	for (char **variable = environ; r >= 0 && *variable; variable++) {
		if (!strchr(*variable, '='))
			cli_error("environment entry '%s' has no '=' and is left out",
				  *variable);
		else if (!report_text_for_bus(*variable))
			cli_error("environment variable '%.*s' is not UTF-8 that D-Bus can carry and is left out",
				  (int)strcspn(*variable, "="), *variable);
		else
			r = sd_bus_message_append(message, "s", *variable);
	}
	return r < 0 ? r : sd_bus_message_close_container(message);
}

static int append_files(sd_bus_message *message)
{
	int directory scope_close = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (directory < 0)
		return -errno;
	return sd_bus_message_append(message, "hhhh", directory, STDIN_FILENO,
				     STDOUT_FILENO, STDERR_FILENO);
}

int client_request_message(sd_bus *bus, const struct client_request *request,
			   sd_bus_message **ret)
{
	sd_bus_message *message = NULL;
	int r;

	for (size_t i = 0; request->argv[i]; i++) {
		if (report_text_for_bus(request->argv[i]))
			continue;
		cli_error("cannot run '%s': argument %zu is not UTF-8 that D-Bus can carry",
			  request->argv[0], i);
		return CLI_RUN_FAILURE;
	}
	r = sd_bus_message_new_method_call(bus, &message, TIERSCOPE_BUS_SERVICE,
					   TIERSCOPE_BUS_PATH,
					   TIERSCOPE_BUS_INTERFACE, "Run");
	if (r >= 0)
		r = append_options(message, request);
	if (r >= 0)
		r = sd_bus_message_append_strv(message, request->argv);
	if (r >= 0)
		r = append_environment(message);
	if (r >= 0)
		r = append_files(message);
	if (r < 0) {
		sd_bus_message_unref(message);
		cli_error("cannot ask for '%s': %s", request->argv[0], strerror(-r));
		return CLI_RUN_FAILURE;
	}
	*ret = message;
	return 0;
}
