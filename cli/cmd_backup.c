/*
 * Backups: sekisho-authd makes and restores them, this program says which.
 * A passphrase on standard input goes straight to it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/question.h"
#include "cli/show.h"
#include "cli/sibling.h"

#define PATH_LEN 4096
#define ARGV_MAX 16

/* Options that both programs call by the same name. */
static int
put_same(const struct args *a, const char *argv[ARGV_MAX], int n)
{
	static const struct {
		const char *name, *option;
	} same[] = {
		{ "passphrase-file", "--passphrase-file" },
		{ "recipient", "--recipient" },
		{ "identity", "--identity" },
		{ "known-state", "--known-state" },
		{ "reason", "--reason" },
	};
	size_t i;

	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		if (args_get(a, same[i].name) == NULL)
			continue;
		argv[n++] = same[i].option;
		argv[n++] = args_get(a, same[i].name);
	}
	if (args_has(a, "force-older"))
		argv[n++] = "--force-older";
	argv[n] = NULL;
	return (n);
}

static int
run(const struct args *a, const char *argv[ARGV_MAX], const char *member,
    const char *value)
{
	if (a->is_json)
		return (cmd_instance_json(argv, member, value, false));
	return (sibling_run(argv));
}

/*
 * It is made, whatever comes of this: a daemon that runs is told, so that the
 * age of the last one is known. One that does not run knows of none.
 */
static void
tell_daemon(const struct args *a, const char *config)
{
	const char *argv[ARGV_MAX] = { "", "--show", "-c", config };
	struct question_reply reply;
	char socket[PATH_LEN], *text = NULL;
	json_t *settings = NULL;
	int code;

	if (sibling_read(argv, &code, &text) == 0 && code == QUESTION_DONE &&
	    (settings = cmd_instance_settings(text)) != NULL) {
		cmd_instance_socket(a, settings, socket, sizeof(socket));
		question_try(
		    socket, "/v1/backup/noted", json_object(), &reply);
		if (reply.is_reached && reply.exit != QUESTION_DONE)
			show_error("the backup is made, but not noted: %s",
			    reply.detail);
		question_reply_clear(&reply);
	}
	json_decref(settings);
	free(text);
}

int
cmd_backup_create(struct args *a)
{
	const char *out = args_get(a, "out");
	const char *argv[ARGV_MAX] = { "", "--backup", out, "-c" };
	char config[PATH_LEN], *text = NULL;
	int code;

	if (args_has(a, "passphrase-file") && args_has(a, "recipient")) {
		show_error("either --passphrase-file or --recipient");
		return (QUESTION_USAGE);
	}
	if ((code = sibling_config(a, config, sizeof(config))) != QUESTION_DONE)
		return (code);
	argv[4] = config;
	(void)put_same(a, argv, 5);
	if (a->is_json)
		code = cmd_instance_json(argv, "file", out, false);
	else if (sibling_read(argv, &code, &text) != 0)
		return (QUESTION_UNAVAILABLE);
	else
		fputs(text, stdout);
	free(text);
	if (code == QUESTION_DONE)
		tell_daemon(a, config);
	return (code);
}

int
cmd_backup_restore(struct args *a)
{
	const char *dir = args_get(a, "dir");
	const char *argv[ARGV_MAX] = { "", "--restore", a->at[0], "--dir",
		dir };

	if (args_has(a, "passphrase-file") && args_has(a, "identity")) {
		show_error("either --passphrase-file or --identity");
		return (QUESTION_USAGE);
	}
	if (args_has(a, "force-older") != args_has(a, "reason") ||
	    (args_has(a, "force-older") && !args_has(a, "known-state"))) {
		show_error("--force-older goes with --known-state and "
			   "--reason");
		return (QUESTION_USAGE);
	}
	(void)put_same(a, argv, 5);
	return (run(a, argv, "dir", dir));
}

int
cmd_backup_keygen(struct args *a)
{
	const char *dir = args_get(a, "dir");
	const char *argv[ARGV_MAX] = { "", "--backup-keygen", dir };

	return (run(a, argv, "dir", dir));
}
