#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "authd/api/json.h"
#include "cli/args.h"
#include "cli/question.h"
#include "cli/cmd.h"
#include "cli/show.h"

static const struct show_field one[] = { { "login", "login", SHOW_TEXT },
	{ "office", "office", SHOW_TEXT }, { "name", "name", SHOW_TEXT },
	{ "kana", "kana", SHOW_TEXT },
	{ "phone_number", "phone number", SHOW_TEXT },
	{ "birth_date", "birth date", SHOW_TEXT },
	{ "email", "email", SHOW_TEXT },
	{ "unix_user", "unix user", SHOW_TEXT },
	{ "class", "class", SHOW_TEXT }, { "level", "level", SHOW_TEXT },
	{ "roles", "roles", SHOW_LIST }, { "groups", "groups", SHOW_LIST },
	{ "status", "status", SHOW_TEXT }, { "lock", "lock", SHOW_TEXT },
	{ "locked_until", "locked until", SHOW_TIME },
	{ "enrol_by", "enrol by", SHOW_TEXT },
	{ "leaves_on", "leaves on", SHOW_TEXT },
	{ "created_at", "created", SHOW_TIME }, { NULL, NULL, SHOW_TEXT } };

static const struct show_field phones[] = { { "device", "DEVICE", SHOW_TEXT },
	{ "label", "PHONE", SHOW_TEXT }, { "state", "STATE", SHOW_TEXT },
	{ "last_used", "LAST USED", SHOW_TIME }, { NULL, NULL, SHOW_TEXT } };

static const struct show_field many[] = { { "login", "LOGIN", SHOW_TEXT },
	{ "name", "NAME", SHOW_TEXT }, { "office", "OFFICE", SHOW_TEXT },
	{ "class", "CLASS", SHOW_TEXT }, { "level", "LEVEL", SHOW_TEXT },
	{ "status", "STATUS", SHOW_TEXT }, { "roles", "ROLES", SHOW_LIST },
	{ NULL, NULL, SHOW_TEXT } };

int
cmd_account_change(struct args *a)
{
	json_t *account, *list;
	int code;

	if (args_has(a, "impact"))
		return (cmd_impact_ask(a));
	if ((code = question_verb(a, &account)) != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_json(account);
	else {
		show_object(account, one);
		list = json_object_get(account, "phones");
		if (json_array_size(list) > 0) {
			putchar('\n');
			show_table(list, phones);
		}
	}
	json_decref(account);
	return (QUESTION_DONE);
}

int
cmd_account_list(struct args *a)
{
	json_t *all;
	int code = question_pages(a, "accounts", &all);

	if (code != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_list(all, "accounts");
	else
		show_table(all, many);
	json_decref(all);
	return (QUESTION_DONE);
}

/* Ask the person at the terminal; without one only --yes will do. */
static int
confirm(const struct args *a)
{
	char line[16];

	if (args_has(a, "yes"))
		return (QUESTION_DONE);
	if (!isatty(STDIN_FILENO)) {
		show_error("not removed: give --yes when no one can be asked");
		return (QUESTION_USAGE);
	}
	fputs("Remove the account ", stderr);
	show_safe(stderr, a->at[0]);
	fputs(" and its phones? [y/N] ", stderr);
	if (fgets(line, sizeof(line), stdin) != NULL &&
	    (strcmp(line, "y\n") == 0 || strcmp(line, "yes\n") == 0))
		return (QUESTION_DONE);
	show_error("not removed");
	return (QUESTION_REFUSED);
}

int
cmd_account_remove(struct args *a)
{
	json_t *answer;
	int code;

	if ((code = confirm(a)) != QUESTION_DONE ||
	    (code = question_verb(a, &answer)) != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_json(answer);
	else {
		fputs("removed ", stdout);
		show_safe(stdout, json_of_text(answer, "login"));
		putchar('\n');
	}
	json_decref(answer);
	return (QUESTION_DONE);
}
