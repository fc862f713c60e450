#include "cli/args.h"
#include "cli/question.h"
#include "cli/cmd.h"
#include "cli/show.h"

static const struct show_field one[] = { { "code", "office", SHOW_TEXT },
	{ "name", "name", SHOW_TEXT }, { "contact", "contact", SHOW_TEXT },
	{ "networks", "networks", SHOW_LIST },
	{ "status", "status", SHOW_TEXT },
	{ "created_at", "created", SHOW_TIME }, { NULL, NULL, SHOW_TEXT } };

static const struct show_field many[] = { { "code", "OFFICE", SHOW_TEXT },
	{ "name", "NAME", SHOW_TEXT }, { "status", "STATUS", SHOW_TEXT },
	{ "contact", "CONTACT", SHOW_TEXT }, { NULL, NULL, SHOW_TEXT } };

int
cmd_office_change(struct args *a)
{
	json_t *office;
	int code;

	if (args_has(a, "impact"))
		return (cmd_impact_ask(a));
	if ((code = question_verb(a, &office)) != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_json(office);
	else
		show_object(office, one);
	json_decref(office);
	return (QUESTION_DONE);
}

int
cmd_office_list(struct args *a)
{
	json_t *all;
	int code = question_pages(a, "offices", &all);

	if (code != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_list(all, "offices");
	else
		show_table(all, many);
	json_decref(all);
	return (QUESTION_DONE);
}
