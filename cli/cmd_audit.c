#include <stdio.h>

#include "authd/api/json.h"
#include "cli/args.h"
#include "cli/question.h"
#include "cli/cmd.h"
#include "cli/show.h"

static const struct show_field many[] = { { "seq", "SEQ", SHOW_TEXT },
	{ "at", "TIME", SHOW_TIME }, { "actor", "ACTOR", SHOW_TEXT },
	{ "source", "SOURCE", SHOW_TEXT }, { "account", "ACCOUNT", SHOW_TEXT },
	{ "action", "ACTION", SHOW_TEXT }, { "result", "RESULT", SHOW_TEXT },
	{ "reason", "REASON", SHOW_TEXT },
	{ "request_id", "REQUEST ID", SHOW_TEXT }, { NULL, NULL, SHOW_TEXT } };

static const struct show_field one[] = { { "seq", "seq", SHOW_TEXT },
	{ "at", "time", SHOW_TIME }, { "actor", "actor", SHOW_TEXT },
	{ "source", "source", SHOW_TEXT }, { "office", "office", SHOW_TEXT },
	{ "account", "account", SHOW_TEXT }, { "device", "device", SHOW_TEXT },
	{ "action", "action", SHOW_TEXT }, { "result", "result", SHOW_TEXT },
	{ "reason", "reason", SHOW_TEXT },
	{ "request_id", "request id", SHOW_TEXT },
	{ "detail", "detail", SHOW_TEXT }, { "hash", "hash", SHOW_TEXT },
	{ "sealed", "sealed", SHOW_TEXT }, { NULL, NULL, SHOW_TEXT } };

int
cmd_audit_list(struct args *a)
{
	json_t *answer, *next;
	int code = question_verb(a, &answer);

	if (code != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_json(answer);
	else {
		show_table(json_object_get(answer, "records"), many);
		next = json_object_get(answer, "next");
		if (json_is_integer(next))
			printf("older ones: --before %" JSON_INTEGER_FORMAT
			       "\n",
			    json_integer_value(next));
	}
	json_decref(answer);
	return (QUESTION_DONE);
}

int
cmd_audit_show(struct args *a)
{
	json_t *answer, *list;
	size_t i;
	int code = question_verb(a, &answer);

	if (code != QUESTION_DONE)
		return (code);
	list = json_object_get(answer, "records");
	if (a->is_json)
		show_json(answer);
	for (i = 0; !a->is_json && i < json_array_size(list); i++) {
		if (i > 0)
			putchar('\n');
		show_object(json_array_get(list, i), one);
	}
	/* A request id that left no record is one we do not know. */
	if (json_array_size(list) == 0) {
		show_error("no record has this request id");
		code = QUESTION_NOT_FOUND;
	}
	json_decref(answer);
	return (code);
}

/* One page of records as lines; *next is where the following one starts. */
static int
export_page(const struct args *a, json_int_t before, json_int_t *next)
{
	json_t *question = json_object(), *answer, *list;
	size_t i;
	int code;

	if (json_put_int(question, "limit", QUESTION_PAGE) != 0 ||
	    (before > 0 && json_put_int(question, "before", before) != 0)) {
		json_decref(question);
		show_error("out of memory");
		return (QUESTION_UNAVAILABLE);
	}
	code = question_daemon(a, "/v1/audit/list", question, &answer);
	if (code != QUESTION_DONE)
		return (code);
	list = json_object_get(answer, "records");
	for (i = 0; i < json_array_size(list); i++)
		show_json(json_array_get(list, i));
	*next = json_integer_value(json_object_get(answer, "next"));
	json_decref(answer);
	return (QUESTION_DONE);
}

int
cmd_audit_export(struct args *a)
{
	json_int_t before = 0, next = 0;
	int code;

	for (;;) {
		if ((code = export_page(a, before, &next)) != QUESTION_DONE)
			return (code);
		if (next == 0)
			return (QUESTION_DONE);
		/* Each page must be older, whatever the other side says. */
		if (before != 0 && next >= before) {
			show_error("the daemon's pages go in circles");
			return (QUESTION_UNAVAILABLE);
		}
		before = next;
	}
}
