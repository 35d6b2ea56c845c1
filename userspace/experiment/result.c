// SPDX-License-Identifier: GPL-2.0-or-later
#include "experiment/result.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "experiment/file.h"
#include "lib/scope.h"

#define SCHEMA "tierscope.experiment.cell"
#define VERSION 1
/* A command has at most 2 MiB of words, and escaped they are some more. */
#define RESULT_BYTES_MAX (16U << 20)

static void scope_json(json_object **object)
{
	json_object_put(*object);
}

#define scope_put __attribute__((cleanup(scope_json)))

void experiment_result_clear(struct experiment_result *result)
{
	free(result->reason);
	*result = (struct experiment_result){ 0 };
}

const char *experiment_state_name(enum experiment_state state)
{
	static const char *const names[] = {
		[EXPERIMENT_NOT_RUN] = "not run",
		[EXPERIMENT_DONE] = "done",
		[EXPERIMENT_FAILED] = "failed",
		[EXPERIMENT_FOREIGN] = "another experiment's",
	};

	return names[state];
}

/* Takes @value over; NULL is no memory. */
static int put(json_object *object, const char *key, json_object *value)
{
	if (!value)
		return -ENOMEM;
	if (json_object_object_add(object, key, value) < 0) {
		json_object_put(value);
		return -ENOMEM;
	}
	return 0;
}

static json_object *of_words(const struct experiment_words *words)
{
	json_object *array = json_object_new_array();

	for (size_t i = 0; array && i < words->n; i++) {
		json_object *text = json_object_new_string(words->words[i].text);

		if (!text || json_object_array_add(array, text) < 0) {
			json_object_put(text);
			json_object_put(array);
			return NULL;
		}
	}
	return array;
}

static json_object *of_pairs(const struct experiment_pairs *pairs)
{
	json_object *object = json_object_new_object();

	for (size_t i = 0; object && i < pairs->n; i++) {
		if (put(object, pairs->pairs[i].name,
			json_object_new_string(pairs->pairs[i].value)) < 0) {
			json_object_put(object);
			return NULL;
		}
	}
	return object;
}

static int add_machine(json_object *definition, const struct experiment_machine *machine)
{
	json_object *object = json_object_new_object();
	int r = put(definition, "machine", object);

	if (!r)
		r = put(object, "name", json_object_new_string(machine->name));
	if (!r && machine->mode)
		r = put(object, "mode", json_object_new_string(machine->mode));
	if (!r && machine->simulated)
		r = put(object, "simulated", json_object_new_string(machine->simulated));
	if (!r && machine->kernel)
		r = put(object, "kernel", json_object_new_string(machine->kernel));
	return r ? r : put(object, "set", of_pairs(&machine->set));
}

/* All that a result depends on: if it changes, the result is another's. */
static int definition_of(const struct experiment *experiment,
			 const struct experiment_cell *cell, json_object **ret)
{
	json_object *definition scope_put = json_object_new_object();
	int r;

	if (!definition)
		return -ENOMEM;
	r = put(definition, "command", of_words(&cell->command));
	if (!r)
		r = put(definition, "environment", of_pairs(&cell->environment));
	if (!r && cell->machine)
		r = put(definition, "labels", of_pairs(&cell->labels));
	if (!r && cell->machine)
		r = put(definition, "record", of_words(&experiment->record));
	if (!r && cell->machine)
		r = put(definition, "warmups", json_object_new_int64(experiment->warmups));
	if (!r && cell->machine)
		r = add_machine(definition, cell->machine);
	if (r < 0)
		return r;
	*ret = scope_take(definition);
	return 0;
}

int experiment_result_write(const char *directory,
			    const struct experiment *experiment,
			    const struct experiment_cell *cell,
			    const struct experiment_result *result)
{
	char *path scope_free = experiment_file_path(directory, cell->name,
						     EXPERIMENT_RESULT);
	json_object *object scope_put = json_object_new_object(), *definition = NULL;
	const char *text;
	int r;

	if (!path || !object)
		return -ENOMEM;
	r = put(object, "schema", json_object_new_string(SCHEMA));
	if (!r)
		r = put(object, "version", json_object_new_int(VERSION));
	if (!r)
		r = put(object, "experiment", json_object_new_string(experiment->name));
	if (!r)
		r = put(object, "cell", json_object_new_string(cell->name));
	if (!r)
		r = put(object, "state", json_object_new_string(experiment_state_name(result->state)));
	if (!r)
		r = put(object, "status", json_object_new_int(result->status));
	if (!r)
		r = put(object, "reason", json_object_new_string(result->reason ? result->reason : ""));
	if (!r)
		r = put(object, "wall_ns", json_object_new_uint64(result->wall_ns));
	if (!r)
		r = put(object, "variables", of_pairs(&cell->row->variables));
	if (!r)
		r = definition_of(experiment, cell, &definition);
	if (!r)
		r = put(object, "definition", definition);
	if (r < 0)
		return r;
	text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY);
	return text ? experiment_file_write(path, text, strlen(text)) : -ENOMEM;
}

static const char *text_of(json_object *object, const char *key)
{
	json_object *value;

	return json_object_object_get_ex(object, key, &value) &&
	       json_object_is_type(value, json_type_string) ?
	       json_object_get_string(value) : NULL;
}

static bool number_of(json_object *object, const char *key, int64_t *ret)
{
	json_object *value;

	if (!json_object_object_get_ex(object, key, &value) ||
	    !json_object_is_type(value, json_type_int))
		return false;
	*ret = json_object_get_int64(value);
	return true;
}

/* Returns false if this is none that experiment_result_write() makes. */
static bool understand(json_object *object, struct experiment_result *ret,
		       json_object **ret_definition, const char **ret_reason)
{
	const char *schema = text_of(object, "schema"), *state = text_of(object, "state");
	int64_t version, status, wall_ns;

	if (!schema || strcmp(schema, SCHEMA) || !state ||
	    !number_of(object, "version", &version) || version != VERSION ||
	    !number_of(object, "status", &status) || status < -1 || status > 255 ||
	    !number_of(object, "wall_ns", &wall_ns) || wall_ns < 0 ||
	    !json_object_object_get_ex(object, "definition", ret_definition))
		return false;
	*ret_reason = text_of(object, "reason");
	if (!*ret_reason)
		return false;
	if (!strcmp(state, experiment_state_name(EXPERIMENT_DONE)))
		ret->state = EXPERIMENT_DONE;
	else if (!strcmp(state, experiment_state_name(EXPERIMENT_FAILED)))
		ret->state = EXPERIMENT_FAILED;
	else
		return false;
	ret->status = (int)status;
	ret->wall_ns = (uint64_t)wall_ns;
	return true;
}

int experiment_result_read(const char *directory,
			   const struct experiment *experiment,
			   const struct experiment_cell *cell,
			   struct experiment_result *ret)
{
	char *path scope_free = experiment_file_path(directory, cell->name,
						     EXPERIMENT_RESULT);
	json_object *object scope_put = NULL, *ours scope_put = NULL, *theirs;
	struct experiment_result result = { 0 };
	char *text scope_free = NULL;
	const char *reason;
	int r;

	if (!path)
		return -ENOMEM;
	r = experiment_file_read(path, RESULT_BYTES_MAX, &text, NULL);
	if (r == -ENOENT) {
		*ret = (struct experiment_result){ .status = -1 };
		return 0;
	}
	if (r < 0)
		return r;
	object = json_tokener_parse(text);
	if (!object || !understand(object, &result, &theirs, &reason)) {
		*ret = (struct experiment_result){ .status = -1 };
		return 0;
	}
	r = definition_of(experiment, cell, &ours);
	if (r < 0)
		return r;
	if (!json_object_equal(ours, theirs))
		result.state = EXPERIMENT_FOREIGN;
	result.reason = strdup(reason);
	if (!result.reason)
		return -ENOMEM;
	*ret = result;
	return 0;
}
