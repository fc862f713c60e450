#include <confuse.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authd/base/fold.h"
#include "authd/base/log.h"
#include "authd/base/text.h"
#include "authd/conf.h"
#include "authd/conf_domain.h"
#include "authd/conf_keys.h"
#include "authd/core/urlcheck.h"
#include "authd/conf_strip.h"
#include "certs/x509_url.h"

/* One less than there is room for: an empty one ends the list. */
#define LOGINS_MAX (POLICY_FORBIDDEN_MAX - 1)
#define WHY_MAX 300

static int
put_number(const struct conf_key *k, const char *value, void *at, char *why,
    size_t size)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(value, &end, 10);
	if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0 ||
	    n < k->min || n > k->max) {
		snprintf(why, size, "must be a number from %lld to %lld",
		    (long long)k->min, (long long)k->max);
		return (ERR_INVALID);
	}
	*(int32_t *)at = (int32_t)n;
	return (0);
}

/* Milliseconds of 90s, 30m, 6h, 7d, 500ms; -1 when it is none. */
static int64_t
duration(const char *value)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 },
		{ "h", 3600000 }, { "d", 86400000 } };
	char *end;
	long n;
	size_t i;

	if (value[0] < '0' || value[0] > '9')
		return (-1);
	errno = 0;
	n = strtol(value, &end, 10);
	if (errno != 0 || n > INT_MAX)
		return (-1);
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i].name) == 0)
			return (n * units[i].ms);
	}
	return (-1);
}

static int
put_duration(const struct conf_key *k, const char *value, void *at, char *why,
    size_t size)
{
	int64_t ms = duration(value);

	if (ms < k->min || ms > k->max) {
		snprintf(why, size,
		    "must be a time such as 90s, 30m, 6h or "
		    "7d, from %g to %lld seconds",
		    (double)k->min / 1000, (long long)k->max / 1000);
		return (ERR_INVALID);
	}
	if (k->kind == CONF_MS32)
		*(int32_t *)at = (int32_t)ms;
	else
		*(int64_t *)at = ms;
	return (0);
}

static int
put_user(const struct conf_key *k, const char *value, char *at, char *why,
    size_t size)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_.-";
	const char *what = value[0] == '\0' ? "must not be empty" : NULL;

	if (value[0] == '\0' && k->def[0] == '\0')
		what = NULL;
	else if (value[0] == '-' || strspn(value, allowed) != strlen(value))
		what = "is not the name of a user or group";
	else if (strcmp(value, "root") == 0)
		what = "must not be root";
	if (what == NULL && text_copy(at, k->size, value) != 0)
		what = "is too long";
	if (what != NULL)
		snprintf(why, size, "%s", what);
	return (what == NULL ? 0 : ERR_INVALID);
}

/* The directory part of an absolute path, in place. */
static void
cut_to_directory(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash == path)
		slash[1] = '\0';
	else if (slash != NULL)
		*slash = '\0';
}

static bool
is_path(const char *value)
{
	const unsigned char *s = (const unsigned char *)value;

	while (*s >= 0x20 && *s != 0x7f)
		s++;
	return (value[0] != '\0' && *s == '\0');
}

static int
put_path(const struct conf *c, const struct conf_key *k, const char *value,
    char *at, char *why, size_t size)
{
	char full[2 * CONF_PATH_MAX + 2];
	size_t n;

	if (value[0] == '\0' && k->def[0] == '\0') {
		at[0] = '\0';
		return (0);
	}
	full[0] = '\0';
	if (!is_path(value)) {
		snprintf(why, size, "is not a path");
		return (ERR_INVALID);
	}
	if (value[0] != '/') {
		snprintf(full, sizeof(full), "%s", c->settings.config_path);
		cut_to_directory(full);
	}
	n = strlen(full);
	if (strcmp(value, ".") != 0)
		n += (size_t)snprintf(full + n, sizeof(full) - n, "%s%s",
		    n > 0 && full[n - 1] != '/' ? "/" : "", value);
	if (n <= CONF_PATH_MAX) {
		while (n > 1 && full[n - 1] == '/')
			full[--n] = '\0';
	}
	if (n > CONF_PATH_MAX || text_copy(at, k->size, full) != 0) {
		snprintf(why, size, "is too long");
		return (ERR_INVALID);
	}
	return (0);
}

static int
put_store(const struct conf *c, const struct conf_key *k, const char *value,
    char *at, char *why, size_t size)
{
	static const char scheme[] = "sqlite:";
	size_t n = sizeof(scheme) - 1, len = strlen(value);

	if (strncmp(value, scheme, n) != 0 || len == n ||
	    value[len - 1] == '/') {
		snprintf(why, size, "must be sqlite:PATH");
		return (ERR_INVALID);
	}
	return (put_path(c, k, value + n, at, why, size));
}

/* Adds to the list. */
static int
put_login(
    const char *value, char (*list)[LOGIN_MAX + 1], char *why, size_t size)
{
	int i;

	for (i = 0; i < LOGINS_MAX && list[i][0] != '\0'; i++)
		;
	if (i == LOGINS_MAX) {
		snprintf(why, size, "has more than %d entries", LOGINS_MAX);
		return (ERR_INVALID);
	}
	if (fold_login(value, list[i]) != 0) {
		snprintf(
		    why, size, "contains what is not a login: %.70s", value);
		return (ERR_INVALID);
	}
	return (0);
}

static int
put_level(const char *value, void *at, char *why, size_t size)
{
	static const char *const names[] = { "error", "warning", "info",
		"debug" };
	int32_t i;

	for (i = 0; i < 4; i++) {
		if (strcmp(value, names[i]) == 0) {
			*(int32_t *)at = i;
			return (0);
		}
	}
	snprintf(why, size, "must be error, warning, info or debug");
	return (ERR_INVALID);
}

/* The one spelling of an origin: what browsers are sent to is built on it. */
static int
put_portal(const struct conf_key *k, const char *value, void *at, char *why,
    size_t size)
{
	char whole[HOST_MAX + sizeof("https://")];
	struct urlcheck u;

	if (value[0] == '\0')
		return (text_copy(at, k->size, value));
	if (urlcheck_url(value, strlen(value), &u) == 0) {
		snprintf(whole, sizeof(whole), "https://%s", u.host);
		if (strcmp(whole, value) == 0)
			return (text_copy(at, k->size, value));
	}
	snprintf(why, size, "must be https://HOST or https://HOST:PORT");
	return (ERR_INVALID);
}

int
conf_put(struct conf *c, const struct conf_key *k, const char *value, char *why,
    size_t size)
{
	void *at = (char *)c + k->at;

	switch (k->kind) {
	case CONF_NUMBER:
		return (put_number(k, value, at, why, size));
	case CONF_MS32:
	case CONF_MS64:
		return (put_duration(k, value, at, why, size));
	case CONF_USER:
		return (put_user(k, value, at, why, size));
	case CONF_PATH:
		return (put_path(c, k, value, at, why, size));
	case CONF_STORE:
		return (put_store(c, k, value, at, why, size));
	case CONF_URL:
		if ((value[0] == '\0' || x509_url_is_good(value)) &&
		    text_copy(at, k->size, value) == 0)
			return (0);
		snprintf(why, size, "must be http://HOST[:PORT][/PATH]");
		return (ERR_INVALID);
	case CONF_PORTAL:
		return (put_portal(k, value, at, why, size));
	case CONF_DOMAIN:
		if ((value[0] == '\0' || conf_domain_is_own(value)) &&
		    text_copy(at, k->size, value) == 0)
			return (0);
		snprintf(why, size, "must be a name that is yours, as example.jp");
		return (ERR_INVALID);
	case CONF_LOGINS:
		return (put_login(value, at, why, size));
	case CONF_LOG_LEVEL:
		return (put_level(value, at, why, size));
	case CONF_NAME:
		if (text_is_name(value) && text_copy(at, k->size, value) == 0)
			return (0);
		snprintf(why, size, "must be 1 to %d bytes of plain UTF-8",
		    NAME_MAX_BYTES);
		return (ERR_INVALID);
	}
	snprintf(why, size, "cannot be set");
	return (ERR_INVALID);
}

static void
report(cfg_t *cfg, const char *fmt, va_list ap)
{
	char text[600];

	vsnprintf(text, sizeof(text), fmt, ap);
	fprintf(stderr, "%s:%d: %s\n", cfg->filename, cfg->line, text);
}

/*
 * Called by libconfuse when a value was read, and again at the end of a list,
 * while it still knows the line. Values are only judged here; conf_read() sets
 * them afterwards. The option's comment, which nothing else uses, marks it as
 * set, by the number of its values: 1; of a list 1, 2 and at its end 2.
 */
static int
judge(cfg_t *cfg, cfg_opt_t *opt)
{
	const struct conf_key *k = conf_keys_find(cfg_opt_name(opt));
	const char *set = cfg_opt_getcomment(opt);
	struct conf *scratch;
	char why[WHY_MAX], mark[16];
	unsigned i, n = cfg_opt_size(opt);
	int r = 0;

	snprintf(mark, sizeof(mark), "%u", n);
	if (k->kind == CONF_LOGINS && set != NULL && strcmp(set, mark) == 0)
		snprintf(mark, sizeof(mark), "%u.", n);
	else if (set != NULL && strtoul(set, NULL, 10) >= n) {
		cfg_error(cfg, "%s is set twice", k->name);
		return (-1);
	}
	if (cfg_opt_setcomment(opt, mark) != CFG_SUCCESS ||
	    (scratch = calloc(1, sizeof(*scratch))) == NULL)
		return (-1);
	for (i = 0; r == 0 && i < n; i++)
		r = conf_put(scratch, k, cfg_opt_getnstr(opt, i), why, WHY_MAX);
	free(scratch);
	if (r != 0)
		cfg_error(cfg, "%s %s", k->name, why);
	return (r == 0 ? 0 : -1);
}

/* Make a parser that knows every key. The options are copied by cfg_init. */
static cfg_t *
parser(void)
{
	static const cfg_opt_t end = CFG_END();
	const struct conf_key *keys;
	char braced[200];
	cfg_opt_t *opts;
	cfg_t *cfg;
	size_t n, i;

	keys = conf_keys_all(&n);
	if ((opts = calloc(n + 1, sizeof(*opts))) == NULL)
		return (NULL);
	for (i = 0; i < n; i++) {
		if (keys[i].kind == CONF_LOGINS) {
			snprintf(braced, sizeof(braced), "{%s}", keys[i].def);
			opts[i] = (cfg_opt_t)CFG_STR_LIST(
			    keys[i].name, braced, CFGF_NONE);
		} else
			opts[i] = (cfg_opt_t)CFG_STR(
			    keys[i].name, keys[i].def, CFGF_NONE);
	}
	opts[n] = end;
	cfg = cfg_init(opts, CFGF_NONE);
	free(opts);
	if (cfg == NULL)
		return (NULL);
	cfg_set_error_function(cfg, report);
	for (i = 0; i < n; i++)
		cfg_set_validate_func(cfg, keys[i].name, judge);
	return (cfg);
}

static int
fill(const char *path, cfg_t *cfg, struct conf *c)
{
	const struct conf_key *keys;
	const char *value;
	char why[WHY_MAX];
	size_t n, i;
	unsigned j;

	keys = conf_keys_all(&n);
	for (i = 0; i < n; i++) {
		/* A default that libconfuse had no memory for is left out by it
		 * without a word; nothing may be switched off by that. */
		if (keys[i].kind != CONF_LOGINS &&
		    (cfg_size(cfg, keys[i].name) != 1 ||
			cfg_getstr(cfg, keys[i].name) == NULL))
			return (log_fr(ERR_NOMEM, "read %s", path));
		for (j = 0; j < cfg_size(cfg, keys[i].name); j++) {
			value = cfg_getnstr(cfg, keys[i].name, j);
			if (value == NULL)
				return (log_fr(ERR_NOMEM, "read %s", path));
			if (conf_put(c, &keys[i], value, why, sizeof(why)) !=
			    0) {
				fprintf(stderr, "%s: %s %s\n", path,
				    keys[i].name, why);
				return (ERR_INVALID);
			}
		}
	}
	return (0);
}

/* A browser takes a cookie for a name from hosts below it only. */
static int
check_domain(const char *path, const struct conf *c)
{
	const struct policy *p = &c->settings.policy;

	if (p->cookie_domain[0] == '\0' ||
	    conf_domain_has(p->cookie_domain, p->portal_url))
		return (0);
	fprintf(stderr, "%s: portal_url must be below cookie_domain\n", path);
	return (ERR_INVALID);
}

/* The store lies in the one directory that the front may write to. */
static int
settle_data_dir(const char *path, struct conf *c)
{
	char dir[CONF_PATH_MAX + 1];
	int r;

	if ((r = text_copy(dir, sizeof(dir), c->settings.store_path)) != 0)
		return (r);
	cut_to_directory(dir);
	if (c->settings.data_dir[0] == '\0')
		return (text_copy(
		    c->settings.data_dir, sizeof(c->settings.data_dir), dir));
	if (strcmp(dir, c->settings.data_dir) == 0)
		return (0);
	fprintf(stderr, "%s: store must name a file in data_dir (%s)\n", path,
	    c->settings.data_dir);
	return (ERR_INVALID);
}

/* Where the file really is: relative paths count from there. */
static int
find_file(const char *path, struct conf *c)
{
	char real[PATH_MAX];
	struct stat st;
	int r;

	if (realpath(path, real) == NULL || stat(real, &st) != 0 ||
	    access(real, R_OK) != 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return (ERR_NOTFOUND);
	}
	if (!S_ISREG(st.st_mode)) {
		fprintf(stderr, "%s: not a file\n", path);
		return (ERR_INVALID);
	}
	r = text_copy(
	    c->settings.config_path, sizeof(c->settings.config_path), real);
	if (r != 0)
		fprintf(stderr, "%s: path too long\n", path);
	return (r);
}

/* Have libconfuse read the text; it says itself what is wrong. */
static int
parse(const char *path, cfg_t *cfg, char *text, size_t len)
{
	FILE *f;
	int got;

	/* The name under which it reports. */
	cfg->filename = strdup(path);
	f = fmemopen(text, len, "r");
	if (cfg->filename == NULL || f == NULL) {
		if (f != NULL)
			fclose(f);
		return (log_fr(ERR_NOMEM, "read %s", path));
	}
	got = cfg_parse_fp(cfg, f);
	fclose(f);
	return (got == CFG_SUCCESS ? 0 : ERR_INVALID);
}

int
conf_read(const char *path, struct conf *c)
{
	char *text = NULL;
	cfg_t *cfg = NULL;
	size_t len;
	int r;

	memset(c, 0, sizeof(*c));
	c->settings.magic = SETTINGS_MAGIC;
	c->keeper.magic = SETTINGS_KEEPER;
	c->keeper.size = sizeof(c->keeper);
	c->settings.size = sizeof(c->settings);
	c->settings.verify_group = SETTINGS_NO_GROUP;
	c->settings.proxy_group = SETTINGS_NO_GROUP;
	if ((r = find_file(path, c)) != 0 ||
	    (r = conf_strip_read(path, &text, &len)) != 0)
		return (r);
	if ((cfg = parser()) == NULL)
		r = log_fr(ERR_NOMEM, "read %s", path);
	else if ((r = parse(path, cfg, text, len)) == 0 &&
	    (r = fill(path, cfg, c)) == 0 && (r = check_domain(path, c)) == 0)
		r = settle_data_dir(path, c);
	if (cfg != NULL)
		cfg_free(cfg);
	free(text);
	return (r);
}
