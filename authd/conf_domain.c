#include <string.h>

#include "authd/conf_domain.h"
#include "authd/core/urlcheck.h"

static bool
is_one_of(const char *label, size_t n, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strlen(*list) == n && memcmp(*list, label, n) == 0)
			return (true);
	return (false);
}

/* Second-level names under which others register theirs. */
static const char *const kinds[] = { "ac", "ad", "co", "com", "ed", "edu", "go",
	"gob", "gov", "gr", "lg", "ne", "net", "nom", "or", "org", NULL };

/* Prefectures, and cities with names of their own there. */
static const char *const places[] = { "aichi", "akita", "aomori", "chiba",
	"ehime", "fukui", "fukuoka", "fukushima", "gifu", "gunma", "hiroshima",
	"hokkaido", "hyogo", "ibaraki", "ishikawa", "iwate", "kagawa",
	"kagoshima", "kanagawa", "kawasaki", "kitakyushu", "kobe", "kochi",
	"kumamoto", "kyoto", "mie", "miyagi", "miyazaki", "nagano", "nagasaki",
	"nagoya", "nara", "niigata", "oita", "okayama", "okinawa", "osaka",
	"saga", "saitama", "sapporo", "sendai", "shiga", "shimane", "shizuoka",
	"tochigi", "tokushima", "tokyo", "tottori", "toyama", "wakayama",
	"yamagata", "yamaguchi", "yamanashi", "yokohama", NULL };

bool
conf_domain_is_own(const char *name)
{
	const char *first, *last = strrchr(name, '.');
	char host[HOST_MAX + 1];
	size_t n;

	if (last == NULL || strchr(name, ':') != NULL ||
	    urlcheck_host(name, strlen(name), host) != 0 ||
	    strcmp(host, name) != 0)
		return (false);
	/* the label before the last */
	for (first = last; first > name && first[-1] != '.';)
		first--;
	n = (size_t)(last - first);
	if (strcmp(last, ".jp") == 0 && is_one_of(first, n, places))
		return (false); /* and what is below it */
	if (first > name)
		return (true);
	return (strlen(last) != 3 || !is_one_of(first, n, kinds));
}

bool
conf_domain_has(const char *domain, const char *portal_url)
{
	struct urlcheck at;
	size_t n, len = strlen(domain);

	if (urlcheck_url(portal_url, strlen(portal_url), &at) != 0)
		return (false);
	n = strcspn(at.host, ":");
	if (n == len)
		return (memcmp(at.host, domain, n) == 0);
	return (n > len && at.host[n - len - 1] == '.' &&
	    memcmp(at.host + n - len, domain, len) == 0);
}
