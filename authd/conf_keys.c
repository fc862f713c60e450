#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "authd/conf_keys.h"

#define AT(member)                                                             \
	offsetof(struct conf, member), sizeof(((struct conf *)NULL)->member)

#define SECOND 1000LL
#define MINUTE (60 * SECOND)
#define DAY    (24 * 60 * MINUTE)

static const struct conf_key keys[] = {
	{ "store", CONF_STORE, "sqlite:data/sekisho.db", 0, 0,
	    AT(settings.store_path),
	    "Where accounts, phones and the audit log are kept. A relative path\n"
	    "counts from the directory of this file, here and below." },
	{ "data_dir", CONF_PATH, "", 0, 0, AT(settings.data_dir),
	    "The directory of the store: the only one the network process may\n"
	    "write to. Empty: the one named by store." },
	{ "keys_dir", CONF_PATH, "keys", 0, 0, AT(keys_dir),
	    "Holds seed.key, audit.key and ca.key, 32 bytes each. Back them up\n"
	    "apart from the store: without seed.key every phone is lost, without\n"
	    "ca.key every certificate." },
	{ "state_file", CONF_PATH, "keeper.state", 0, 0, AT(state_file),
	    "What the keeper remembers: the confirmed end of the audit log and\n"
	    "the highest time seen." },
	{ "audit_pub", CONF_PATH, "audit.pub", 0, 0, AT(audit_pub),
	    "The public half of audit.key, 64 hexadecimal digits. It is all\n"
	    "that is needed to verify the audit log." },
	{ "ca_chain", CONF_PATH, "ca.pem", 0, 0, AT(ca_chain),
	    "The certificates of the issuing CA and of the root above it: what\n"
	    "servers are given to believe in." },
	{ "socket_dir", CONF_PATH, ".", 0, 0, AT(socket_dir),
	    "Where the sockets are made: authd.sock for programs and the\n"
	    "command line, hook.sock and portal.sock for the web proxy,\n"
	    "hosts.sock for other hosts behind it, pki.sock for revocation\n"
	    "lists." },
	{ "front_user", CONF_USER, "sekisho", 0, 0, AT(front_user),
	    "Users of the two working processes when started by root. Started\n"
	    "by anyone else, all run as that user." },
	{ "keeper_user", CONF_USER, "sekisho-keeper", 0, 0, AT(keeper_user),
	    NULL },
	{ "verify_group", CONF_USER, "", 0, 0, AT(verify_group),
	    "Members of this group may ask for verdicts on authd.sock, and\n"
	    "nothing else. Empty: nobody but root and the user who started." },
	{ "proxy_group", CONF_USER, "www-data", 0, 0, AT(proxy_group),
	    "Members of this group, such as the web proxy, may use the other\n"
	    "sockets. Empty: nobody but root and the user who started." },
	{ "totp_window", CONF_NUMBER, "1", 0, 1,
	    AT(settings.policy.totp_window),
	    "Steps of 30 seconds before and after now whose code is taken.\n"
	    "0 is strict: clocks must agree." },
	{ "failures_general", CONF_NUMBER, "5", 1, 100,
	    AT(settings.policy.general.failures_max),
	    "Wrong codes until an account is locked, and for how long (90s, 30m,\n"
	    "6h, 7d), for general and for privileged accounts." },
	{ "lock_general", CONF_MS64, "1h", MINUTE, 7 * DAY,
	    AT(settings.policy.general.lock_ms), NULL },
	{ "failures_privileged", CONF_NUMBER, "3", 1, 100,
	    AT(settings.policy.privileged.failures_max), NULL },
	{ "lock_privileged", CONF_MS64, "6h", MINUTE, 7 * DAY,
	    AT(settings.policy.privileged.lock_ms), NULL },
	{ "session_idle_general", CONF_MS64, "30m", MINUTE, DAY,
	    AT(settings.policy.general.idle_ms),
	    "How long a session lasts without being used, and from its login\n"
	    "at most, for general and for privileged accounts. An application\n"
	    "may have times of its own." },
	{ "session_absolute_general", CONF_MS64, "12h", 5 * MINUTE, 7 * DAY,
	    AT(settings.policy.general.absolute_ms), NULL },
	{ "session_idle_privileged", CONF_MS64, "15m", MINUTE, DAY,
	    AT(settings.policy.privileged.idle_ms), NULL },
	{ "session_absolute_privileged", CONF_MS64, "12h", 5 * MINUTE, 7 * DAY,
	    AT(settings.policy.privileged.absolute_ms), NULL },
	{ "password_cost", CONF_NUMBER, "7", 5, 9,
	    AT(settings.policy.password_cost),
	    "What a password's hash costs (yescrypt): 7 takes 65 MiB and about\n"
	    "60 ms, each step up twice as much. A change takes effect for each\n"
	    "person at the next login." },
	{ "password_composition", CONF_NUMBER, "1", 0, 1,
	    AT(settings.policy.password_composed),
	    "1: a new password needs upper and lower case, digits and symbols.\n"
	    "0: only length, strength and the other rules count." },
	{ "password_reuse", CONF_MS64, "365d", 0, 3650 * DAY,
	    AT(settings.policy.password_reuse_ms),
	    "For how long an earlier password is refused as a new one." },
	{ "breach_file", CONF_PATH, "", 0, 0, AT(breach_file),
	    "Leaked passwords, which are refused: lines of a SHA-1 in hex,\n"
	    "optionally `:' and a count, sorted, as published by Have I Been\n"
	    "Pwned; any size. Empty: none. A new file is seen after a restart." },
	{ "cert_life_days", CONF_NUMBER, "365", 1, 1100,
	    AT(settings.policy.cert_life_days),
	    "For how many days a certificate of a terminal or a host is good." },
	{ "cert_unused_days", CONF_NUMBER, "0", 0, 1100,
	    AT(settings.policy.cert_unused_days),
	    "Certificates that were not used for so many days after their\n"
	    "issue are revoked. 0: never." },
	{ "pki_url", CONF_URL, "", 0, 0, AT(keeper.pki_url),
	    "Where pki.sock is found from outside, as http://HOST[/PATH]: it\n"
	    "stands in every certificate, so set it before the first is issued.\n"
	    "Empty: http://pki.NAME.invalid, where NAME is the installation's in\n"
	    "ca.pem; your own name server may answer to that." },
	{ "keeper_issue_rate", CONF_NUMBER, "1000", 0, 100000000,
	    AT(keeper.issue_rate),
	    "Certificates within an hour. The process with the keys counts by\n"
	    "itself; nothing but this file changes it. 0: none." },
	{ "client_cert_header", CONF_NAME, "Sekisho-Client-Cert", 0, 0,
	    AT(settings.exchange.cert_header),
	    "The header field in which the proxy passes the client's\n"
	    "certificate on; believed only with the key of proxy_key_file." },
	{ "proxy_key_file", CONF_PATH, "", 0, 0, AT(proxy_key_file),
	    "Holds the secret, 32 to 128 letters and digits, that the proxy\n"
	    "sends as Sekisho-Proxy-Key. Empty: no certificate is believed." },
	{ "portal_url", CONF_PORTAL, "", 0, 0, AT(settings.policy.portal_url),
	    "Where people log in, such as https://login.example.jp: the name\n"
	    "under which the proxy serves portal.sock. Empty: nobody is sent\n"
	    "there." },
	{ "cookie_domain", CONF_DOMAIN, "", 0, 0,
	    AT(settings.policy.cookie_domain),
	    "One cookie for all applications below this name, such as\n"
	    "example.jp, for a proxy's files that know no other way. Every host\n"
	    "below it can read and plant that cookie: sekisho.conf(5). Empty:\n"
	    "each application has its own." },
	{ "issuer", CONF_NAME, "Sekisho", 0, 0, AT(settings.policy.issuer),
	    "The name that authenticator apps show above the code." },
	{ "forbidden_logins", CONF_LOGINS, "administrator, admin, root, guest",
	    0, 0, AT(settings.policy.forbidden),
	    "Logins that no privileged account may have." },
	{ "node", CONF_NUMBER, "1", 1, 1024, AT(settings.node),
	    "The number of this node in the audit log. Never change it." },
	{ "http_threads", CONF_NUMBER, "2", 1, 64, AT(settings.http_threads),
	    "Threads that read requests, on authd.sock and portal.sock each." },
	{ "hook_threads", CONF_NUMBER, "2", 1, 64, AT(settings.hook_threads),
	    "Threads that answer the proxy's hook." },
	{ "connections_max", CONF_NUMBER, "512", 8, 16384,
	    AT(settings.connections_max),
	    "Open connections: on each socket, and of one user on authd.sock\n"
	    "(root is exempt from the latter)." },
	{ "connections_peer_max", CONF_NUMBER, "64", 1, 16384,
	    AT(settings.connections_peer_max), NULL },
	{ "request_timeout", CONF_MS32, "10s", SECOND, 10 * MINUTE,
	    AT(settings.request_timeout_ms),
	    "The longest a request may take, from its first byte to the answer." },
	{ "keeper_timeout", CONF_MS32, "2s", SECOND / 10, MINUTE,
	    AT(settings.keeper_timeout_ms),
	    "How long to wait for the process that holds the keys." },
	{ "log_level", CONF_LOG_LEVEL, "info", 0, 0, AT(settings.log_level),
	    "error, warning, info or debug; on standard error." },
};

const struct conf_key *
conf_keys_all(size_t *n)
{
	*n = sizeof(keys) / sizeof(keys[0]);
	return (keys);
}

const struct conf_key *
conf_keys_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].name, name) == 0)
			return (&keys[i]);
	}
	return (NULL);
}

/* In single quotes nothing is expanded. */
static void
show_text(const char *prefix, const char *s, FILE *f)
{
	fprintf(f, "'%s", prefix);
	for (; *s != '\0'; s++) {
		if (*s == '\'' || *s == '\\')
			putc('\\', f);
		putc(*s, f);
	}
	putc('\'', f);
}

static void
show_ms(int64_t ms, FILE *f)
{
	static const struct {
		int64_t ms;
		const char *unit;
	} units[] = { { DAY, "d" }, { 60 * MINUTE, "h" }, { MINUTE, "m" },
		{ SECOND, "s" }, { 1, "ms" } };
	size_t i = 0;

	while (ms % units[i].ms != 0)
		i++;
	fprintf(f, "%" PRId64 "%s", ms / units[i].ms, units[i].unit);
}

static void
show_logins(const char (*list)[LOGIN_MAX + 1], FILE *f)
{
	int i;

	putc('{', f);
	for (i = 0; i < POLICY_FORBIDDEN_MAX && list[i][0] != '\0'; i++)
		fprintf(f, "%s'%s'", i == 0 ? "" : ", ", list[i]);
	putc('}', f);
}

static void
show_value(const struct conf_key *k, const void *at, FILE *f)
{
	static const char *const levels[] = { "error", "warning", "info",
		"debug" };

	switch (k->kind) {
	case CONF_NUMBER:
		fprintf(f, "%" PRId32, *(const int32_t *)at);
		break;
	case CONF_MS32:
		show_ms(*(const int32_t *)at, f);
		break;
	case CONF_MS64:
		show_ms(*(const int64_t *)at, f);
		break;
	case CONF_LOGINS:
		show_logins(at, f);
		break;
	case CONF_LOG_LEVEL:
		fputs(levels[*(const int32_t *)at], f);
		break;
	case CONF_STORE:
		show_text("sqlite:", at, f);
		break;
	case CONF_NAME:
	case CONF_URL:
	case CONF_PORTAL:
	case CONF_DOMAIN:
	case CONF_USER:
	case CONF_PATH:
		show_text("", at, f);
		break;
	}
}

void
conf_keys_show(const struct conf *c, FILE *f)
{
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		fprintf(f, "%s = ", keys[i].name);
		show_value(&keys[i], (const char *)c + keys[i].at, f);
		putc('\n', f);
	}
}

static void
put_about(const char *about, FILE *f)
{
	const char *s;

	fputs("\n# ", f);
	for (s = about; *s != '\0'; s++) {
		putc(*s, f);
		if (*s == '\n')
			fputs("# ", f);
	}
	putc('\n', f);
}

void
conf_keys_template(const struct conf_line *lines, size_t n, FILE *f)
{
	static const char head[] =
	    "# sekisho.conf: see sekisho.conf(5). Every line that is commented\n"
	    "# out shows the default. `sekisho config check` checks this file,\n"
	    "# `sekisho config show` prints what is in effect; a change takes\n"
	    "# effect at the next start.\n"
	    "#\n"
	    "# In \"double quotes\" ${NAME} is replaced by the environment\n"
	    "# variable NAME; in 'single quotes' nothing is replaced.\n";
	const struct conf_key *k;
	const char *open, *close, *value;
	size_t i, j;

	fputs(head, f);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		k = &keys[i];
		value = NULL;
		for (j = 0; j < n; j++) {
			if (strcmp(lines[j].name, k->name) == 0)
				value = lines[j].value;
		}
		open = close = "\"";
		if (k->kind == CONF_NUMBER)
			open = close = "";
		else if (k->kind == CONF_LOGINS) {
			open = "{";
			close = "}";
		}
		if (k->about != NULL)
			put_about(k->about, f);
		fprintf(f, "%s%s = %s%s%s\n", value == NULL ? "#" : "", k->name,
		    open, value == NULL ? k->def : value, close);
	}
}
