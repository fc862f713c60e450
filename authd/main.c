/*
 * sekisho-authd: the parent process and the one-shot modes.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/api/version.h"
#include "authd/backup.h"
#include "authd/base/log.h"
#include "authd/ca_files.h"
#include "authd/conf.h"
#include "authd/conf_keys.h"
#include "authd/init.h"
#include "authd/proc.h"
#include "authd/proc_open.h"
#include "authd/restore.h"
#include "authd/verify_log.h"

#define EXIT_REFUSED     1
#define EXIT_USAGE       2
#define EXIT_UNAVAILABLE 5

enum mode {
	MODE_RUN = 256, /* above every character */
	MODE_INIT,
	MODE_INIT_CA,
	MODE_CHECK,
	MODE_SHOW,
	MODE_VERIFY_LOG,
	MODE_ACCEPT_GAP,
	MODE_BACKUP,
	MODE_RESTORE,
	MODE_KEYGEN,
	MODE_VERSION,
	MODE_HELP,
	OPTION_DB,
	OPTION_PUB,
	OPTION_NODE,
	OPTION_JSON,
	OPTION_REASON,
	OPTION_DIR,
	OPTION_PASSPHRASE,
	OPTION_RECIPIENT,
	OPTION_IDENTITY,
	OPTION_KNOWN,
	OPTION_OLDER
};

struct asked {
	enum mode mode;
	const char *of, *conf, *db, *pub, *node, *reason; /* of: the mode's */
	struct restore_asked restore;
	bool is_json, is_older;
};

static const char usage_text[] =
    "usage: sekisho-authd -c FILE\n"
    "       sekisho-authd --init DIR\n"
    "       sekisho-authd --init-ca -c FILE\n"
    "       sekisho-authd --check -c FILE\n"
    "       sekisho-authd --show -c FILE\n"
    "       sekisho-authd --verify-log -c FILE [--json]\n"
    "       sekisho-authd --verify-log --db FILE --pub FILE [--node N] [--json]\n"
    "       sekisho-authd --accept-gap -c FILE --reason TEXT\n"
    "       sekisho-authd --backup FILE -c FILE\n"
    "           [--passphrase-file FILE | --recipient FILE]\n"
    "       sekisho-authd --restore FILE --dir DIR\n"
    "           [--passphrase-file FILE | --identity FILE]\n"
    "           [--known-state FILE [--force-older --reason TEXT]]\n"
    "       sekisho-authd --backup-keygen DIR\n"
    "       sekisho-authd --version | --help\n";

static int
usage(void)
{
	fputs(usage_text, stderr);
	return (EXIT_USAGE);
}

/* An option that takes a text; false for any other. */
static bool
take_text(struct asked *a, int opt)
{
	struct restore_asked *r = &a->restore;

	switch (opt) {
	case 'c':
		a->conf = optarg;
		return (true);
	case OPTION_DB:
		a->db = optarg;
		return (true);
	case OPTION_PUB:
		a->pub = optarg;
		return (true);
	case OPTION_NODE:
		a->node = optarg;
		return (true);
	case OPTION_REASON:
		a->reason = optarg;
		return (true);
	case OPTION_DIR:
		r->dir = optarg;
		return (true);
	case OPTION_PASSPHRASE:
		r->key.passphrase_file = optarg;
		return (true);
	case OPTION_RECIPIENT:
		r->key.recipient = optarg;
		return (true);
	case OPTION_IDENTITY:
		r->key.identity = optarg;
		return (true);
	case OPTION_KNOWN:
		r->known_state = optarg;
		return (true);
	default:
		return (false);
	}
}

/* False when the options contradict each other or are unknown. */
static bool
take_options(int argc, char **argv, struct asked *a)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "init", required_argument, NULL, MODE_INIT },
		{ "init-ca", no_argument, NULL, MODE_INIT_CA },
		{ "check", no_argument, NULL, MODE_CHECK },
		{ "show", no_argument, NULL, MODE_SHOW },
		{ "verify-log", no_argument, NULL, MODE_VERIFY_LOG },
		{ "accept-gap", no_argument, NULL, MODE_ACCEPT_GAP },
		{ "backup", required_argument, NULL, MODE_BACKUP },
		{ "restore", required_argument, NULL, MODE_RESTORE },
		{ "backup-keygen", required_argument, NULL, MODE_KEYGEN },
		{ "version", no_argument, NULL, MODE_VERSION },
		{ "help", no_argument, NULL, MODE_HELP },
		{ "db", required_argument, NULL, OPTION_DB },
		{ "pub", required_argument, NULL, OPTION_PUB },
		{ "node", required_argument, NULL, OPTION_NODE },
		{ "json", no_argument, NULL, OPTION_JSON },
		{ "reason", required_argument, NULL, OPTION_REASON },
		{ "dir", required_argument, NULL, OPTION_DIR },
		{ "passphrase-file", required_argument, NULL,
		    OPTION_PASSPHRASE },
		{ "recipient", required_argument, NULL, OPTION_RECIPIENT },
		{ "identity", required_argument, NULL, OPTION_IDENTITY },
		{ "known-state", required_argument, NULL, OPTION_KNOWN },
		{ "force-older", no_argument, NULL, OPTION_OLDER },
		{ NULL, 0, NULL, 0 },
	};
	int opt;

	a->mode = MODE_RUN;
	while ((opt = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
		switch (opt) {
		case 'h':
			opt = MODE_HELP;
			/* FALLTHROUGH */
		case MODE_INIT:
		case MODE_INIT_CA:
		case MODE_CHECK:
		case MODE_SHOW:
		case MODE_VERIFY_LOG:
		case MODE_ACCEPT_GAP:
		case MODE_BACKUP:
		case MODE_RESTORE:
		case MODE_KEYGEN:
		case MODE_VERSION:
		case MODE_HELP:
			if (a->mode != MODE_RUN)
				return (false);
			a->mode = (enum mode)opt;
			a->of = optarg;
			break;
		case OPTION_JSON:
			a->is_json = true;
			break;
		case OPTION_OLDER:
			a->is_older = true;
			break;
		default:
			if (!take_text(a, opt))
				return (false);
		}
	}
	return (optind == argc);
}

/* The options of backups, each only in its own mode. */
static bool
backup_fits(const struct asked *a)
{
	const struct restore_asked *r = &a->restore;
	const struct backup_key_source *k = &r->key;
	bool is_backup = a->mode == MODE_BACKUP;
	bool is_restore = a->mode == MODE_RESTORE;

	if ((r->dir != NULL) != is_restore)
		return (false);
	if (k->passphrase_file != NULL &&
	    (k->recipient != NULL || k->identity != NULL ||
		(!is_backup && !is_restore)))
		return (false);
	if ((k->recipient != NULL && !is_backup) ||
	    (k->identity != NULL && !is_restore))
		return (false);
	if (r->known_state != NULL && !is_restore)
		return (false);
	return (!a->is_older || (r->known_state != NULL && a->reason != NULL));
}

/* Each option only in the mode that it belongs to. */
static bool
fits(const struct asked *a)
{
	bool has_copy = a->db != NULL && a->pub != NULL;

	if (a->mode != MODE_VERIFY_LOG &&
	    (a->db != NULL || a->pub != NULL || a->node != NULL || a->is_json))
		return (false);
	if ((a->mode == MODE_ACCEPT_GAP || a->is_older) != (a->reason != NULL))
		return (false);
	if (!backup_fits(a))
		return (false);
	switch (a->mode) {
	case MODE_INIT:
	case MODE_RESTORE:
	case MODE_KEYGEN:
		return (a->conf == NULL);
	case MODE_VERSION:
	case MODE_HELP:
		return (true);
	case MODE_VERIFY_LOG:
		if (a->conf != NULL)
			return (
			    a->db == NULL && a->pub == NULL && a->node == NULL);
		return (has_copy);
	default:
		return (a->conf != NULL);
	}
}

static int
verify_log(const struct asked *a, const struct conf *c)
{
	const struct conf_key *key = conf_keys_find("node");
	struct conf copy;
	char why[200];
	bool ok = false;
	int r;

	if (a->conf != NULL)
		r = verify_log_instance(c, a->is_json, &ok);
	else {
		memset(&copy, 0, sizeof(copy));
		if (conf_put(&copy, key, a->node == NULL ? "1" : a->node, why,
			sizeof(why)) != 0) {
			fprintf(stderr, "--node %s\n", why);
			return (EXIT_USAGE);
		}
		r = verify_log_file(
		    a->db, a->pub, copy.settings.node, a->is_json, &ok);
	}
	if (r != 0)
		return (EXIT_UNAVAILABLE);
	return (ok ? EXIT_SUCCESS : EXIT_REFUSED);
}

static int
with_conf(const struct asked *a, struct conf *c)
{
	switch (a->mode) {
	case MODE_RUN:
		log_open(
		    "sekisho-authd", (enum log_level)c->settings.log_level);
		return (proc_run(c) == 0 ? EXIT_SUCCESS : EXIT_REFUSED);
	case MODE_INIT_CA:
		return (ca_files_add(c) == 0 ? EXIT_SUCCESS : EXIT_REFUSED);
	case MODE_CHECK:
		if (proc_open_check(c) != 0)
			return (EXIT_REFUSED);
		printf("%s: ok\n", a->conf);
		return (EXIT_SUCCESS);
	case MODE_SHOW:
		conf_keys_show(c, stdout);
		return (EXIT_SUCCESS);
	case MODE_VERIFY_LOG:
		return (verify_log(a, c));
	case MODE_BACKUP:
		return (backup_create(c, a->of, &a->restore.key) == 0
			? EXIT_SUCCESS
			: EXIT_REFUSED);
	case MODE_ACCEPT_GAP:
		return (verify_log_accept_gap(c, a->reason) == 0
			? EXIT_SUCCESS
			: EXIT_REFUSED);
	default:
		return (usage());
	}
}

static int
run(struct asked *a)
{
	struct conf c;

	switch (a->mode) {
	case MODE_HELP:
		fputs(usage_text, stdout);
		return (EXIT_SUCCESS);
	case MODE_VERSION:
		printf("sekisho-authd %s\n", VERSION_TEXT);
		return (EXIT_SUCCESS);
	case MODE_INIT:
		return (init_run(a->of) == 0 ? EXIT_SUCCESS : EXIT_REFUSED);
	case MODE_RESTORE:
		a->restore.file = a->of;
		a->restore.reason = a->reason;
		return (restore_run(&a->restore) == 0 ? EXIT_SUCCESS
						      : EXIT_REFUSED);
	case MODE_KEYGEN:
		return (
		    backup_key_make(a->of) == 0 ? EXIT_SUCCESS : EXIT_REFUSED);
	default:
		if (a->conf == NULL)
			return (verify_log(a, NULL));
		/* a log of which nothing is known is not a broken one */
		if (conf_read(a->conf, &c) != 0)
			return (a->mode == MODE_VERIFY_LOG ? EXIT_UNAVAILABLE
							   : EXIT_REFUSED);
		return (with_conf(a, &c));
	}
}

int
main(int argc, char **argv)
{
	struct asked a = { 0 };
	int rc;

	log_open("sekisho-authd", LOG_LEVEL_INFO);
	if (!take_options(argc, argv, &a) || !fits(&a))
		return (usage());
	rc = run(&a);
	/* An answer that could not be written was not given. */
	if (fflush(stdout) != 0 || ferror(stdout) != 0) {
		log_error("standard output cannot be written");
		if (rc == EXIT_SUCCESS)
			rc = EXIT_UNAVAILABLE;
	}
	return (rc);
}
