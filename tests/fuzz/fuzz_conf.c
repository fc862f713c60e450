/*
 * Goal of this target: any file is a configuration or an error. One that is
 * taken has every number within its limits, every path absolute and every text
 * ended; what is shown of it is read again as the same.
 * Links: authd/core/urlcheck.c
 * Links: authd/conf.c authd/conf_keys.c authd/conf_domain.c authd/conf_strip.c
 * Links: authd/base/err.c authd/base/log.c authd/base/clock.c
 * Links: authd/base/timetext.c authd/base/text.c authd/base/fold.c
 * Links: certs/x509_url.c
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/base/text.h"
#include "authd/conf.h"
#include "authd/conf_keys.h"
#include "certs/x509_url.h"
#include "tests/fuzz/fuzz.h"

static char dir[] = "/tmp/sekisho-fuzz.XXXXXX";
static char file[sizeof(dir) + 20];

static void
end(void)
{
	unlink(file);
	rmdir(dir);
}

static void
write_file(const void *p, size_t n)
{
	FILE *f = fopen(file, "w");

	FUZZ_CHECK(f != NULL && fwrite(p, 1, n, f) == n && fclose(f) == 0);
}

static void
check_value(const struct conf *c, const struct conf_key *k)
{
	const char *at = (const char *)c + k->at;

	switch (k->kind) {
	case CONF_NUMBER:
	case CONF_MS32:
		FUZZ_CHECK(*(const int32_t *)at >= k->min &&
		    *(const int32_t *)at <= k->max);
		break;
	case CONF_MS64:
		FUZZ_CHECK(*(const int64_t *)at >= k->min &&
		    *(const int64_t *)at <= k->max);
		break;
	case CONF_LOG_LEVEL:
		FUZZ_CHECK(*(const int32_t *)at >= LOG_LEVEL_ERROR &&
		    *(const int32_t *)at <= LOG_LEVEL_DEBUG);
		break;
	case CONF_PATH:
	case CONF_STORE:
		FUZZ_CHECK(memchr(at, '\0', k->size) != NULL);
		/* empty only where that says there is none */
		FUZZ_CHECK(
		    at[0] == '/' || (at[0] == '\0' && k->def[0] == '\0'));
		break;
	case CONF_NAME:
		FUZZ_CHECK(text_is_name(at));
		break;
	case CONF_URL:
		FUZZ_CHECK(memchr(at, '\0', k->size) != NULL);
		FUZZ_CHECK(at[0] == '\0' || x509_url_is_good(at));
		break;
	case CONF_PORTAL:
		/* a browser is sent to what is written here */
		FUZZ_CHECK(memchr(at, '\0', k->size) != NULL);
		FUZZ_CHECK(
		    at[0] == '\0' || strncmp(at, "https://", 8) == 0);
		FUZZ_CHECK(strpbrk(at, " \t\r\n\"<>@?#\\") == NULL);
		break;
	case CONF_DOMAIN:
		/* it stands in a cookie's field */
		FUZZ_CHECK(memchr(at, '\0', k->size) != NULL);
		FUZZ_CHECK(strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789.-") ==
		    strlen(at));
		FUZZ_CHECK(at[0] == '\0' ||
		    (at[0] != '.' && strchr(at, '.') != NULL));
		break;
	case CONF_USER:
		FUZZ_CHECK(memchr(at, '\0', k->size) != NULL);
		FUZZ_CHECK(strpbrk(at, " /:\n") == NULL && at[0] != '-');
		break;
	case CONF_LOGINS: /* the last is empty */
		FUZZ_CHECK(
		    c->settings.policy.forbidden[POLICY_FORBIDDEN_MAX - 1][0] ==
		    '\0');
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct conf c, again;
	const struct conf_key *keys;
	char *shown = NULL;
	size_t n, i;
	FILE *f;
	int r;

	if (file[0] == '\0') {
		FUZZ_CHECK(mkdtemp(dir) != NULL);
		snprintf(file, sizeof(file), "%s/sekisho.conf", dir);
		atexit(end);
	}
	write_file(data, size);
	r = conf_read(file, &c);
	FUZZ_CHECK(r == 0 || r == ERR_INVALID);
	if (r != 0)
		return (0);
	keys = conf_keys_all(&n);
	for (i = 0; i < n; i++)
		check_value(&c, &keys[i]);
	FUZZ_CHECK((f = open_memstream(&shown, &n)) != NULL);
	conf_keys_show(&c, f);
	FUZZ_CHECK(fclose(f) == 0);
	write_file(shown, n);
	free(shown);
	FUZZ_CHECK(conf_read(file, &again) == 0);
	FUZZ_CHECK(memcmp(&c, &again, sizeof(c)) == 0);
	return (0);
}
