/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <tierscope/events.h>

#include "generation.h"

/* As tierscope_task_events(), of a generation, or with @facts NULL of a model
 * that is not known. */
void tierscope_task_events_of(int root,
			      const struct tierscope_generation_facts *facts,
			      struct tierscope_task_event *ret);
