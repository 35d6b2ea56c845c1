/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Run call of include/tierscope/bus.h as a message.
 */
#pragma once

#include <systemd/sd-bus.h>

#include "cli/client.h"

/**
 * client_request_message() - the call, with our environment, directory and
 * standard streams in it
 * @ret: the caller unrefs
 *
 * Variables that D-Bus cannot carry (report_text_for_bus()) and entries that are
 * no variables are left out, and named on stderr. Returns 0, or the exit status after a sentence on stderr.
 */
int client_request_message(sd_bus *bus, const struct client_request *request,
			   sd_bus_message **ret);
