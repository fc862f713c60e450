#include <stdio.h>
#include <string.h>

#include "authd/api/json.h"
#include "cli/args.h"
#include "cli/question.h"
#include "cli/cmd.h"
#include "cli/show.h"

static const struct show_field one[] = { { "terminal", "terminal", SHOW_TEXT },
	{ "office", "office", SHOW_TEXT }, { "label", "label", SHOW_TEXT },
	{ "state", "state", SHOW_TEXT }, { "owner", "owner", SHOW_TEXT },
	{ "admits_all", "admits all", SHOW_TEXT },
	{ "admitted", "admits", SHOW_LIST },
	{ "created_at", "created", SHOW_TIME },
	{ "lost_at", "lost", SHOW_TIME },
	{ "certificate_state", "certificate", SHOW_TEXT },
	{ "serial", "serial", SHOW_TEXT },
	{ "not_after", "valid until", SHOW_TIME },
	{ "first_seen", "first seen", SHOW_TIME },
	{ "last_seen", "last seen", SHOW_TIME },
	{ "last_source", "from", SHOW_TEXT }, { NULL, NULL, SHOW_TEXT } };

static const struct show_field many[] = { { "terminal", "TERMINAL", SHOW_TEXT },
	{ "label", "LABEL", SHOW_TEXT }, { "office", "OFFICE", SHOW_TEXT },
	{ "certificate_state", "CERTIFICATE", SHOW_TEXT },
	{ "not_after", "VALID UNTIL", SHOW_TIME },
	{ "first_seen", "FIRST SEEN", SHOW_TIME },
	{ "last_seen", "LAST SEEN", SHOW_TIME },
	{ "last_source", "FROM", SHOW_TEXT }, { "lost_at", "LOST", SHOW_TIME },
	{ NULL, NULL, SHOW_TEXT } };

int
cmd_terminal_list(struct args *a)
{
	json_t *all;
	int code = question_pages(a, "terminals", &all);

	if (code != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_list(all, "terminals");
	else
		show_table(all, many);
	json_decref(all);
	return (QUESTION_DONE);
}

int
cmd_terminal_change(struct args *a)
{
	json_t *question, *answer;
	char path[80];
	int code;

	if (args_has(a, "admit-all") && args_has(a, "admit-listed")) {
		show_error("--admit-all and --admit-listed exclude each other");
		return (QUESTION_USAGE);
	}
	question = question_new(a);
	if (question != NULL &&
	    (args_has(a, "admit-all") || args_has(a, "admit-listed")) &&
	    json_put_int(question, "admit_all", args_has(a, "admit-all")) !=
		0) {
		json_decref(question);
		question = NULL;
	}
	snprintf(path, sizeof(path), "/v1/terminal/%s", a->verb->name);
	code = question_daemon(a, path, question, &answer);
	if (code != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_json(answer);
	else
		show_object(answer, one);
	json_decref(answer);
	return (QUESTION_DONE);
}
