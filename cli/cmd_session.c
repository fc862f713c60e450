#include <stdio.h>

#include "authd/api/json.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/question.h"
#include "cli/show.h"

static const struct show_field many[] = { { "session", "SESSION", SHOW_TEXT },
	{ "login", "LOGIN", SHOW_TEXT }, { "app", "APPLICATION", SHOW_TEXT },
	{ "factors", "FACTORS", SHOW_LIST }, { "source", "FROM", SHOW_TEXT },
	{ "last_used", "LAST USED", SHOW_TIME },
	{ "ends_at", "ENDS", SHOW_TIME }, { NULL, NULL, SHOW_TEXT } };

int
cmd_session_list(struct args *a)
{
	json_t *all;
	int code = question_pages(a, "sessions", &all);

	if (code != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_list(all, "sessions");
	else
		show_table(all, many);
	json_decref(all);
	return (QUESTION_DONE);
}

int
cmd_session_end(struct args *a)
{
	json_t *answer, *question = question_new(a);
	int code;

	if (question == NULL)
		return (QUESTION_USAGE);
	if (args_has(a, "all") &&
	    json_object_set_new(question, "all", json_integer(1)) != 0) {
		json_decref(question);
		show_error("out of memory");
		return (QUESTION_UNAVAILABLE);
	}
	code = question_daemon(a, "/v1/session/end", question, &answer);
	if (code != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_json(answer);
	else if (json_object_get(answer, "count") != NULL)
		printf("ended %lld\n", (long long)json_of_int(answer, "count"));
	else
		puts("ended");
	json_decref(answer);
	return (QUESTION_DONE);
}
