/*
 * What a change would do, asked before it is made: --impact of several verbs,
 * and of `config check'.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/api/json.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/question.h"
#include "cli/show.h"
#include "cli/sibling.h"

#define PATH_LEN 4096

static const struct show_field people[] = { { "login", "LOGIN", SHOW_TEXT },
	{ "name", "NAME", SHOW_TEXT }, { "office", "OFFICE", SHOW_TEXT },
	{ "app", "APPLICATION", SHOW_TEXT }, { "reason", "WHY", SHOW_TEXT },
	{ NULL, NULL, SHOW_TEXT } };

static void
show_impact(const json_t *o)
{
	json_t *reasons = json_object_get(o, "reasons");
	json_t *list = json_object_get(o, "people"), *n;
	const char *reason, *refusal = json_of_text(o, "refusal");
	int64_t lost = json_of_int(o, "locked_out");

	printf("locked out: %lld of %lld who get in now; %lld would newly\n",
	    (long long)lost, (long long)json_of_int(o, "before"),
	    (long long)json_of_int(o, "admitted"));
	json_object_foreach(reasons, reason, n) printf("  by %s: %lld\n",
	    reason, (long long)json_integer_value(n));
	if (json_of_int(o, "unplaced") > 0)
		printf("from where %lld come is not known: only the named "
		       "networks let them in\n",
		    (long long)json_of_int(o, "unplaced"));
	if (json_of_bool(o, "is_partial"))
		printf("only the first %lld accounts were looked at\n",
		    (long long)json_of_int(o, "accounts"));
	if (json_array_size(list) > 0) {
		putchar('\n');
		show_table(list, people);
	}
	if (lost > (int64_t)json_array_size(list))
		printf("and %lld more\n",
		    (long long)(lost - (int64_t)json_array_size(list)));
	if (refusal[0] != '\0')
		show_error("refused unless it is forced: %s", refusal);
}

/* Print it; a change that would be refused is a refusal here, too. */
static int
tell(const struct args *a, json_t *answer)
{
	int code = json_of_text(answer, "refusal")[0] == '\0'
	    ? QUESTION_DONE
	    : QUESTION_REFUSED;

	if (a->is_json)
		show_json(answer);
	else
		show_impact(answer);
	json_decref(answer);
	return (code);
}

int
cmd_impact_ask(struct args *a)
{
	json_t *answer;
	char path[80];
	int code;

	snprintf(path, sizeof(path), "/v1/%s/impact", a->noun);
	code = question_daemon(a, path, question_new(a), &answer);
	return (code != QUESTION_DONE ? code : tell(a, answer));
}

/* What of the settings decides who gets in, as the daemon is asked. */
static json_t *
ask_of(const json_t *settings)
{
	json_t *o = json_object();

	if (json_put_int(o, "takes_certificates",
		json_of_text(settings, "proxy_key_file")[0] != '\0') == 0 &&
	    json_put_int(o, "has_portal",
		json_of_text(settings, "portal_url")[0] != '\0') == 0 &&
	    json_put_int(o, "cert_unused_days",
		json_of_int(settings, "cert_unused_days")) == 0)
		return (o);
	json_decref(o);
	return (NULL);
}

static int
ask(struct args *a, const json_t *settings)
{
	struct question_reply reply;
	char socket[PATH_LEN];
	json_t *answer = NULL, *question;
	int code;

	cmd_instance_socket(a, settings, socket, sizeof(socket));
	if ((question = ask_of(settings)) == NULL)
		return (question_lost(NULL));
	question_try(socket, "/v1/config/impact", question, &reply);
	question_report(a, &reply);
	code = (int)reply.exit;
	if (code == QUESTION_DONE)
		answer = json_incref(reply.answer);
	question_reply_clear(&reply);
	return (code != QUESTION_DONE ? code : tell(a, answer));
}

int
cmd_impact_config(struct args *a)
{
	const char *argv[8] = { "", "--check", "-c" };
	char config[PATH_LEN], *text = NULL;
	json_t *settings = NULL;
	int code;

	code = sibling_config(a, config, sizeof(config));
	if (code != QUESTION_DONE)
		return (code);
	argv[3] = config;
	if (sibling_read(argv, &code, &text) != 0)
		return (QUESTION_UNAVAILABLE);
	free(text);
	text = NULL;
	if (code != QUESTION_DONE)
		return (code);
	argv[1] = "--show";
	if (sibling_read(argv, &code, &text) != 0)
		return (QUESTION_UNAVAILABLE);
	if (code == QUESTION_DONE) {
		settings = cmd_instance_settings(text);
		code = settings == NULL ? question_lost(NULL)
					: ask(a, settings);
	}
	json_decref(settings);
	free(text);
	return (code);
}
