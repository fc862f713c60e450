#include <stdio.h>
#include <string.h>

#include "authd/render/escape.h"
#include "authd/web/handover_url.h"

#define AGAIN "&again=1"
#define LOST  "&" HANDOVER_LOST_MARK

/* As the value of a field of a query. */
static void
escape(const char *s, size_t n, char out[3 * URLCHECK_MAX + 1])
{
	out[escape_put(ESCAPE_URL_PART, s, n, out)] = '\0';
}

/* Every text here has its bound; a longer one is a fault of ours. */
static void
keep(int written, char out[HANDOVER_URL_MAX + 1])
{
	if (written < 0 || written > HANDOVER_URL_MAX)
		snprintf(out, HANDOVER_URL_MAX + 1, "/");
}

/* ${at} as a field's value; what is lost, or too long, is the first page. */
static void
escape_url(
    const struct urlcheck *at, bool is_lost, char out[3 * URLCHECK_MAX + 1])
{
	char whole[URLCHECK_MAX + 1];
	bool is_short = !is_lost && at->target_len <= HANDOVER_RD_MAX;
	int n;

	n = snprintf(whole, sizeof(whole), "https://%s%.*s", at->host,
	    is_short ? (int)at->target_len : 1, at->target);
	if (n < 0 || (size_t)n >= sizeof(whole))
		n = 0;
	escape(whole, (size_t)n, out);
}

void
handover_url_start(
    const struct urlcheck *at, bool is_lost, char out[HANDOVER_URL_MAX + 1])
{
	char rd[3 * URLCHECK_MAX + 1];

	escape_url(at, is_lost, rd);
	keep(snprintf(out, HANDOVER_URL_MAX + 1,
		 "https://%s" HANDOVER_START "?rd=%s%s", at->host, rd,
		 is_lost ? LOST : ""),
	    out);
}

void
handover_url_share(const char *portal, const struct urlcheck *at, bool is_lost,
    char out[HANDOVER_URL_MAX + 1])
{
	char rd[3 * URLCHECK_MAX + 1];

	escape_url(at, is_lost, rd);
	keep(snprintf(out, HANDOVER_URL_MAX + 1, "%s" HANDOVER_SHARE "?rd=%s%s",
		 portal, rd, is_lost ? LOST : ""),
	    out);
}

int
handover_url_rd(
    const char *rd, const char *host, char out[HANDOVER_RD_MAX + 1])
{
	struct urlcheck at;
	size_t n = rd == NULL ? 0 : strnlen(rd, URLCHECK_MAX + 1), path_len;

	snprintf(out, HANDOVER_RD_MAX + 1, "/");
	if (n > 0 && rd[0] == '/') {
		if (urlcheck_target(rd, n, &path_len) != 0)
			return (ERR_INVALID);
		at.target = rd;
		at.target_len = n;
	} else if (n == 0 || urlcheck_url(rd, n, &at) != 0 ||
	    strcmp(at.host, host) != 0)
		return (ERR_INVALID);
	if (at.target_len > HANDOVER_RD_MAX)
		return (ERR_INVALID);
	memcpy(out, at.target, at.target_len);
	out[at.target_len] = '\0';
	return (0);
}

bool
handover_url_is_lost(const char *to)
{
	static const char mark[] = HANDOVER_LOST_MARK;
	size_t n = strlen(to);

	return (n > sizeof(mark) &&
	    strcmp(to + n - (sizeof(mark) - 1), mark) == 0 &&
	    strchr("?&", to[n - sizeof(mark)]) != NULL);
}

void
handover_url_go(const char *app, const char *nonce, const char *rd,
    unsigned marks, char out[HANDOVER_URL_MAX + 1])
{
	char host[3 * URLCHECK_MAX + 1], to[3 * URLCHECK_MAX + 1];

	escape(app, strlen(app), host);
	escape(rd, strlen(rd), to);
	keep(snprintf(out, HANDOVER_URL_MAX + 1,
		 HANDOVER_GO "?app=%s&nonce=%s&rd=%s%s%s", host, nonce, to,
		 marks & HANDOVER_AGAIN ? AGAIN : "",
		 marks & HANDOVER_LOST ? LOST : ""),
	    out);
}

void
handover_url_finish(const char *token, const char *rd, bool is_again,
    char out[HANDOVER_URL_MAX + 1])
{
	char to[3 * URLCHECK_MAX + 1];

	escape(rd, strlen(rd), to);
	keep(snprintf(out, HANDOVER_URL_MAX + 1,
		 HANDOVER_FINISH "?token=%s&rd=%s%s", token, to,
		 is_again ? AGAIN : ""),
	    out);
}

void
handover_url_again(const char *rd, char out[HANDOVER_URL_MAX + 1])
{
	char to[3 * URLCHECK_MAX + 1];

	escape(rd, strlen(rd), to);
	keep(snprintf(out, HANDOVER_URL_MAX + 1, HANDOVER_START "?rd=%s" AGAIN,
		 to),
	    out);
}
