/*
 * Goal of this test: sekisho.conf is read as the table says: defaults, every
 * limit, errors that name the file and the line, and a file that is shown or
 * written by us is read back as the same.
 * Links: authd/core/urlcheck.c
 * Links: authd/conf.c authd/conf_keys.c authd/conf_domain.c authd/conf_strip.c
 * Links: authd/base/err.c authd/base/log.c
 * Links: authd/base/clock.c authd/base/timetext.c authd/base/text.c
 * Links: authd/base/fold.c certs/x509_url.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/conf.h"
#include "authd/conf_keys.h"

struct place {
	char dir[PATH_MAX]; /* as realpath() gives it */
	char file[PATH_MAX + 20];
	char said[4096]; /* standard error of the last read */
	struct conf conf;
};

static int
setup(void **state)
{
	char name[] = "/tmp/test_conf.XXXXXX";
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	assert_non_null(mkdtemp(name));
	assert_non_null(realpath(name, p->dir));
	snprintf(p->file, sizeof(p->file), "%s/sekisho.conf", p->dir);
	*state = p;
	return (0);
}

static int
teardown(void **state)
{
	struct place *p = *state;

	unlink(p->file);
	assert_int_equal(rmdir(p->dir), 0);
	free(p);
	return (0);
}

/* Read the file and keep what was said on standard error. */
static int
read_it(struct place *p)
{
	FILE *f = tmpfile();
	int saved = dup(STDERR_FILENO), r;
	size_t n;

	assert_non_null(f);
	fflush(stderr);
	dup2(fileno(f), STDERR_FILENO);
	r = conf_read(p->file, &p->conf);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(f);
	n = fread(p->said, 1, sizeof(p->said) - 1, f);
	p->said[n] = '\0';
	fclose(f);
	return (r);
}

static int
read_text(struct place *p, const char *text)
{
	FILE *f = fopen(p->file, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	return (read_it(p));
}

static void
assert_refused(struct place *p, const char *text, const char *said)
{
	char wanted[PATH_MAX + 500];

	assert_int_equal(read_text(p, text), ERR_INVALID);
	snprintf(wanted, sizeof(wanted), "%s:%s", p->file, said);
	if (strncmp(p->said, wanted, strlen(wanted)) != 0)
		fail_msg(
		    "for: %s\nsaid: %s\nwanted: %s", text, p->said, wanted);
}

static void
assert_path(const struct place *p, const char *got, const char *tail)
{
	char wanted[PATH_MAX + 100];

	snprintf(wanted, sizeof(wanted), "%s%s", p->dir, tail);
	assert_string_equal(got, wanted);
}

static void
test_defaults(void **state)
{
	struct place *p = *state;
	const struct conf *c = &p->conf;
	const struct settings *s = &c->settings;

	assert_int_equal(read_text(p, ""), 0);
	assert_string_equal(p->said, "");
	assert_int_equal(s->magic, SETTINGS_MAGIC);
	assert_int_equal(s->size, sizeof(*s));
	assert_true(s->verify_group == SETTINGS_NO_GROUP);
	assert_path(p, s->config_path, "/sekisho.conf");
	assert_path(p, s->store_path, "/data/sekisho.db");
	assert_path(p, s->data_dir, "/data");
	assert_path(p, c->keys_dir, "/keys");
	assert_path(p, c->state_file, "/keeper.state");
	assert_path(p, c->audit_pub, "/audit.pub");
	assert_path(p, c->socket_dir, "");
	assert_string_equal(c->front_user, "sekisho");
	assert_string_equal(c->keeper_user, "sekisho-keeper");
	assert_string_equal(c->verify_group, "");
	assert_int_equal(s->policy.totp_window, 1);
	assert_int_equal(s->policy.general.failures_max, 5);
	assert_int_equal(s->policy.general.lock_ms, 3600000);
	assert_int_equal(s->policy.privileged.failures_max, 3);
	assert_int_equal(s->policy.privileged.lock_ms, 6 * 3600000);
	assert_string_equal(s->policy.issuer, "Sekisho");
	assert_string_equal(s->policy.forbidden[0], "administrator");
	assert_string_equal(s->policy.forbidden[1], "admin");
	assert_string_equal(s->policy.forbidden[2], "root");
	assert_string_equal(s->policy.forbidden[3], "guest");
	assert_string_equal(s->policy.forbidden[4], "");
	assert_int_equal(s->node, 1);
	assert_int_equal(s->http_threads, 2);
	assert_int_equal(s->connections_max, 512);
	assert_int_equal(s->connections_peer_max, 64);
	assert_int_equal(s->request_timeout_ms, 10000);
	assert_int_equal(s->keeper_timeout_ms, 2000);
	assert_int_equal(s->log_level, LOG_LEVEL_INFO);
}

static void
test_values(void **state)
{
	struct place *p = *state;
	const struct conf *c = &p->conf;

	assert_int_equal(read_text(p,
			     "# a comment\n"
			     "store = \"sqlite:/var/lib/x/y.db\"\n"
			     "socket_dir = '/run/sekisho/'\n"
			     "keys_dir = ../k\n"
			     "totp_window = 0\n"
			     "failures_general = 100  # the most\n"
			     "lock_general = 90s\n"
			     "lock_privileged = \"7d\"\n"
			     "issuer = \"社労士 事務所\"\n"
			     "forbidden_logins = {Admin, \"１２３ - 4\"}\n"
			     "keeper_timeout = 500ms\n"
			     "request_timeout = 1m\n"
			     "log_level = debug\n"),
	    0);
	assert_string_equal(c->settings.store_path, "/var/lib/x/y.db");
	assert_string_equal(c->settings.data_dir, "/var/lib/x");
	assert_string_equal(c->socket_dir, "/run/sekisho");
	assert_path(p, c->keys_dir, "/../k");
	assert_int_equal(c->settings.policy.totp_window, 0);
	assert_int_equal(c->settings.policy.general.failures_max, 100);
	assert_int_equal(c->settings.policy.general.lock_ms, 90000);
	assert_int_equal(c->settings.policy.privileged.lock_ms, 7LL * 86400000);
	assert_string_equal(c->settings.policy.issuer, "社労士 事務所");
	assert_string_equal(c->settings.policy.forbidden[0], "admin");
	assert_string_equal(c->settings.policy.forbidden[1], "123-4");
	assert_string_equal(c->settings.policy.forbidden[2], "");
	assert_int_equal(c->settings.keeper_timeout_ms, 500);
	assert_int_equal(c->settings.request_timeout_ms, 60000);
	assert_int_equal(c->settings.log_level, LOG_LEVEL_DEBUG);
}

/* As editors of another system write it; a list may be made longer. */
static void
test_mark_and_line_ends(void **state)
{
	struct place *p = *state;
	const struct settings *s = &p->conf.settings;

	assert_int_equal(read_text(p,
			     "\xef\xbb\xbfnode = 3\r\n# a\r\n"
			     "forbidden_logins += {b1, b2}\r\n"
			     "forbidden_logins += {b3}\r\n"),
	    0);
	assert_int_equal(s->node, 3);
	assert_string_equal(s->policy.forbidden[3], "guest");
	assert_string_equal(s->policy.forbidden[6], "b3");
	assert_refused(p, "\xef\xbb\xbfnaem = 2\n", "1: no such option 'naem'");
}

static void
test_errors_name_file_and_line(void **state)
{
	static const struct {
		const char *text, *said;
	} bad[] = {
		{ "node = 1\n\nnaem = 2\n", "3: no such option 'naem'" },
		{ "totp_window = 2\n",
		    "1: totp_window must be a number from 0 to 1" },
		{ "totp_window = -1\n", "1: totp_window must be" },
		{ "totp_window = 0x1\n", "1: totp_window must be" },
		{ "totp_window = \"\"\n", "1: totp_window must be" },
		{ "\nfailures_general = 0\n", "2: failures_general must be" },
		{ "failures_general = 101\n", "1: failures_general must be" },
		{ "failures_general = 99999999999999999999\n",
		    "1: failures_general must be" },
		{ "lock_general = 59s\n", "1: lock_general must be a time" },
		{ "lock_general = 8d\n", "1: lock_general must be" },
		{ "lock_general = 60\n", "1: lock_general must be" },
		{ "lock_general = 1y\n", "1: lock_general must be" },
		{ "lock_general = -1h\n", "1: lock_general must be" },
		{ "lock_privileged = 99999999999d\n",
		    "1: lock_privileged must be" },
		{ "issuer = ''\n", "1: issuer must be" },
		{ "issuer = \"a\\nb\"\n", "1: issuer must be" },
		{ "issuer = \"\xff\"\n", "1: issuer must be" },
		{ "store = 'postgresql://h/d'\n",
		    "1: store must be sqlite:PATH" },
		{ "store = 'sqlite:'\n", "1: store must be sqlite:PATH" },
		{ "store = 'sqlite:d/'\n", "1: store must be sqlite:PATH" },
		{ "keys_dir = ''\n", "1: keys_dir is not a path" },
		{ "keys_dir = \"a\\x07\"\n", "1: keys_dir is not a path" },
		{ "front_user = ''\n", "1: front_user must not be empty" },
		{ "front_user = root\n", "1: front_user must not be root" },
		{ "front_user = 'a b'\n", "1: front_user is not the name" },
		{ "keeper_user = abcdefghijklmnopqrstuvwxyz0123456\n",
		    "1: keeper_user is too long" },
		{ "forbidden_logins = {ok, 'a b'}\n",
		    "1: forbidden_logins contains what is not a login: a b" },
		{ "log_level = loud\n", "1: log_level must be error" },
		{ "node = 1\nnode = 1\n", "2: node is set twice" },
		{ "forbidden_logins = {a1, a2}\nforbidden_logins = {b1}\n",
		    "2: forbidden_logins is set twice" },
		{ "forbidden_logins = {a1}\nforbidden_logins = {b1, b2}\n",
		    "2: forbidden_logins is set twice" },
		{ "keeper_timeout = 99ms\n",
		    "1: keeper_timeout must be a time such as 90s, 30m, 6h or "
		    "7d, from 0.1 to 60 seconds" },
		{ "store = 'sqlite:a/x.db'\ndata_dir = b\n",
		    " store must name a file in data_dir" },
		{ "node 1\n", "1: " },
		{ "node = {1}\n", "1: " },
		{ "issuer = \"open\n", "" },
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_refused(*state, bad[i].text, bad[i].said);
}

static void
test_too_many_logins(void **state)
{
	char text[2000] = "forbidden_logins = {";
	size_t n = strlen(text);
	int i;

	for (i = 0; i < POLICY_FORBIDDEN_MAX; i++)
		n += (size_t)snprintf(
		    text + n, sizeof(text) - n, "%sl%d", i == 0 ? "" : ", ", i);
	snprintf(text + n, sizeof(text) - n, "}\n");
	assert_refused(
	    *state, text, "1: forbidden_logins has more than 31 entries");
}

static void
test_long_path(void **state)
{
	static char text[CONF_PATH_MAX + 100], name[CONF_PATH_MAX + 2];

	memset(name, 'a', sizeof(name) - 1);
	name[0] = '/';
	snprintf(text, sizeof(text), "keys_dir = '%s'\n", name);
	assert_refused(*state, text, "1: keys_dir is");
	name[CONF_PATH_MAX] = '\0';
	snprintf(text, sizeof(text), "keys_dir = '%s'\n", name);
	assert_int_equal(read_text(*state, text), 0);
	assert_string_equal(((struct place *)*state)->conf.keys_dir, name);
}

static void
test_environment_only_in_double_quotes(void **state)
{
	struct place *p = *state;

	setenv("SEKISHO_TEST_WORD", "Word", 1);
	assert_int_equal(
	    read_text(p, "issuer = \"${SEKISHO_TEST_WORD} Office\"\n"), 0);
	assert_string_equal(p->conf.settings.policy.issuer, "Word Office");
	assert_int_equal(read_text(p, "issuer = '${SEKISHO_TEST_WORD}'\n"), 0);
	assert_string_equal(
	    p->conf.settings.policy.issuer, "${SEKISHO_TEST_WORD}");
	unsetenv("SEKISHO_TEST_WORD");
}

/* What looks like a comment in quotes is none. */
static void
test_comments_and_quotes(void **state)
{
	struct place *p = *state;

	assert_int_equal(
	    read_text(p,
		"// don't # read \"this\"\n"
		"issuer = '#1 // \"x\" /* y */ \\' #'# and 'this' not\n"
		"/* nor = this */ node /* in */ = 7 // the middle\n"
		"keys_dir = a//b\n"
		"#the end"),
	    0);
	assert_string_equal(
	    p->conf.settings.policy.issuer, "#1 // \"x\" /* y */ ' #");
	assert_int_equal(p->conf.settings.node, 7);
	assert_path(p, p->conf.keys_dir, "/a//b");
}

static void
test_missing_and_odd_files(void **state)
{
	struct place *p = *state;

	assert_int_equal(read_it(p), ERR_NOTFOUND);
	assert_non_null(strstr(p->said, "No such file"));
	assert_refused(p, "node = 1\n\x01", "2: ");
	assert_int_equal(unlink(p->file), 0);
	assert_int_equal(mkdir(p->file, 0700), 0);
	assert_int_equal(read_it(p), ERR_INVALID);
	assert_non_null(strstr(p->said, "not a file"));
	assert_int_equal(rmdir(p->file), 0);
}

/* What is shown is a file that means the same. */
static void
test_show_reads_back(void **state)
{
	struct place *p = *state;
	struct conf first;
	FILE *f;

	assert_int_equal(read_text(p,
			     "issuer = 'It\\'s ${HOME} \\\\ \"x\"'\n"
			     "forbidden_logins = {a1, b2}\nlock_general = 90m\n"
			     "keeper_timeout = 250ms\nlog_level = error\n"
			     "verify_group = www-data\n"),
	    0);
	assert_string_equal(
	    p->conf.settings.policy.issuer, "It's ${HOME} \\ \"x\"");
	first = p->conf;
	f = fopen(p->file, "w");
	assert_non_null(f);
	conf_keys_show(&first, f);
	fclose(f);
	assert_int_equal(read_it(p), 0);
	assert_memory_equal(&first, &p->conf, sizeof(first));
}

/* The annotated file means the defaults, and so with every # removed. */
static void
test_template_is_the_defaults(void **state)
{
	static const struct conf_line lines[] = { { "socket_dir",
	    "/run/sekisho" } };
	struct place *p = *state;
	struct conf defaults;
	char text[16384];
	const struct conf_key *keys;
	size_t n, i, got;
	FILE *f;

	assert_int_equal(read_text(p, ""), 0);
	defaults = p->conf;
	f = fopen(p->file, "w+");
	assert_non_null(f);
	conf_keys_template(NULL, 0, f);
	rewind(f);
	got = fread(text, 1, sizeof(text) - 1, f);
	text[got] = '\0';
	fclose(f);
	assert_int_equal(read_it(p), 0);
	assert_memory_equal(&defaults, &p->conf, sizeof(defaults));

	keys = conf_keys_all(&n);
	for (i = 0; i < n; i++) {
		char line[100], *at;

		snprintf(line, sizeof(line), "\n#%s = ", keys[i].name);
		at = strstr(text, line);
		if (at == NULL)
			fail_msg("no line for %s", keys[i].name);
		else
			at[1] = ' ';
	}
	assert_int_equal(read_text(p, text), 0);
	assert_memory_equal(&defaults, &p->conf, sizeof(defaults));

	f = fopen(p->file, "w");
	assert_non_null(f);
	conf_keys_template(lines, 1, f);
	fclose(f);
	assert_int_equal(read_it(p), 0);
	assert_string_equal(p->conf.socket_dir, "/run/sekisho");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/* One cookie for all below a name: only a name that can be somebody's own, and
 * that the portal is below. */
static void
test_R44_cookie_domain(void **state)
{
	static const char *const bad[] = { "jp", "localhost", "co.jp", "or.jp",
		"com.au", "co.uk", "tokyo.jp", "chiyoda.tokyo.jp",
		"city.yokohama.jp", ".example.jp", "example.jp.", "Example.jp",
		"example.jp:443", "https://example.jp", "*.example.jp",
		"192.0.2.1", "example..jp", "a b.jp", "\xe4\xbe\x8b.jp" };
	static const char *const good[] = { "example.jp", "example.co.jp",
		"office.example.com", "co.example", "tokyo.example.jp" };
	struct place *p = *state;
	char text[400];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text),
		    "portal_url = 'https://a.%s'\ncookie_domain = '%s'\n",
		    "example.jp", bad[i]);
		assert_refused(p, text, "2: cookie_domain must be");
	}
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		snprintf(text, sizeof(text),
		    "cookie_domain = '%s'\nportal_url = 'https://a.%s:8443'\n",
		    good[i], good[i]);
		assert_int_equal(read_text(p, text), 0);
		assert_string_equal(
		    p->conf.settings.policy.cookie_domain, good[i]);
	}
	assert_refused(p, "cookie_domain = 'example.jp'\n", " portal_url must be below");
	assert_refused(p,
	    "cookie_domain = 'example.jp'\nportal_url = 'https://a.jp'\n",
	    " portal_url must be below");
	assert_refused(p,
	    "cookie_domain = 'example.jp'\n"
	    "portal_url = 'https://xexample.jp'\n",
	    " portal_url must be below");
	assert_int_equal(read_text(p, ""), 0);
	assert_string_equal(p->conf.settings.policy.cookie_domain, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_defaults),
		TEST(test_values),
		TEST(test_R44_cookie_domain),
		TEST(test_mark_and_line_ends),
		TEST(test_errors_name_file_and_line),
		TEST(test_too_many_logins),
		TEST(test_long_path),
		TEST(test_environment_only_in_double_quotes),
		TEST(test_comments_and_quotes),
		TEST(test_missing_and_odd_files),
		TEST(test_show_reads_back),
		TEST(test_template_is_the_defaults),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
