#include <stdio.h>

#include "authd/api/json.h"
#include "cli/args.h"
#include "cli/question.h"
#include "cli/cmd.h"
#include "cli/show.h"

static const struct show_field many[] = { { "consumer", "CONSUMER", SHOW_TEXT },
	{ "address", "ADDRESS", SHOW_TEXT },
	{ "failures", "FAILURES", SHOW_TEXT },
	{ "logins", "LOGINS", SHOW_TEXT },
	{ "blocked_until", "BLOCKED UNTIL", SHOW_TIME },
	{ NULL, NULL, SHOW_TEXT } };

int
cmd_source_list(struct args *a)
{
	json_t *answer, *list;
	json_int_t total;
	int code = question_verb(a, &answer);

	if (code != QUESTION_DONE)
		return (code);
	list = json_object_get(answer, "sources");
	total = json_of_int(answer, "total");
	if (a->is_json)
		show_json(answer);
	else {
		show_table(list, many);
		if (total > (json_int_t)json_array_size(list))
			printf("%" JSON_INTEGER_FORMAT " in all: --limit\n",
			    total);
	}
	json_decref(answer);
	return (QUESTION_DONE);
}

int
cmd_source_unlock(struct args *a)
{
	json_t *answer;
	int code = question_verb(a, &answer);

	if (code != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_json(answer);
	else {
		fputs("unlocked ", stdout);
		show_safe(stdout, json_of_text(answer, "consumer"));
		putchar(' ');
		show_safe(stdout, json_of_text(answer, "address"));
		putchar('\n');
	}
	json_decref(answer);
	return (QUESTION_DONE);
}
