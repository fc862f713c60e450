#include <stdio.h>

#include "authd/api/json.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/question.h"
#include "cli/show.h"

static const struct show_field one[] = { { "host", "host", SHOW_TEXT },
	{ "name", "name", SHOW_TEXT }, { "factors", "factors", SHOW_LIST },
	{ "networks", "networks", SHOW_LIST },
	{ "level", "least level", SHOW_TEXT },
	{ "groups", "groups", SHOW_LIST }, { "offices", "offices", SHOW_LIST },
	{ "idle", "idle seconds", SHOW_TEXT },
	{ "absolute", "absolute seconds", SHOW_TEXT },
	{ "paths", "age of code", SHOW_LIST },
	{ "created_at", "created", SHOW_TIME }, { NULL, NULL, SHOW_TEXT } };

static const struct show_field many[] = { { "host", "HOST", SHOW_TEXT },
	{ "name", "NAME", SHOW_TEXT }, { "factors", "FACTORS", SHOW_LIST },
	{ "level", "LEVEL", SHOW_TEXT }, { NULL, NULL, SHOW_TEXT } };

int
cmd_app_change(struct args *a)
{
	json_t *app, *question;
	char path[80];
	int code;

	if (args_has(a, "impact"))
		return (cmd_impact_ask(a));
	question = question_new(a);
	if (question != NULL && args_has(a, "force") &&
	    json_put_int(question, "force", 1) != 0)
		return (question_lost(question));
	snprintf(path, sizeof(path), "/v1/app/%s", a->verb->name);
	code = question_daemon(a, path, question, &app);
	if (code != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_json(app);
	else {
		show_object(app, one);
		if (!json_of_bool(app, "is_two_factor"))
			show_error("these factors are of one kind: two-step "
				   "verification, not two-factor");
	}
	json_decref(app);
	return (QUESTION_DONE);
}

int
cmd_app_list(struct args *a)
{
	json_t *all;
	int code = question_pages(a, "apps", &all);

	if (code != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_list(all, "apps");
	else
		show_table(all, many);
	json_decref(all);
	return (QUESTION_DONE);
}

int
cmd_app_remove(struct args *a)
{
	json_t *answer;
	int code = question_verb(a, &answer);

	if (code != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_json(answer);
	else {
		fputs("removed ", stdout);
		show_safe(stdout, json_of_text(answer, "host"));
		putchar('\n');
	}
	json_decref(answer);
	return (QUESTION_DONE);
}
