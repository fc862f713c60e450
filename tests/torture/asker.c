#include <errno.h>
#include <liboath/oath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/torture/asker.h"

static void
die(const char *why)
{
	fprintf(stderr, "%s: %s\n", why, strerror(errno));
	exit(2);
}

void
asker_hang_up(struct asker *c)
{
	if (c->fd != -1)
		close(c->fd);
	c->fd = -1;
}

bool
asker_reach(struct asker *c)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	const struct timeval limit = { 20, 0 };

	if (c->fd != -1)
		return (true);
	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", c->socket);
	if ((c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) == -1)
		die("socket");
	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (connect(c->fd, (struct sockaddr *)&sa, sizeof(sa)) != 0) {
		asker_hang_up(c);
		return (false);
	}
	return (true);
}

bool
asker_send(struct asker *c, const char *p, size_t n)
{
	ssize_t done;

	while (n > 0) {
		done = send(c->fd, p, n, MSG_NOSIGNAL);
		if (done <= 0)
			return (false);
		p += done;
		n -= (size_t)done;
	}
	return (true);
}

size_t
asker_format(char *out, size_t size, const char *path, const char *body)
{
	int n;

	n = snprintf(out, size,
	    "POST %s HTTP/1.1\r\nHost: sekisho\r\n"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
	    path, strlen(body), body);
	return ((size_t)n);
}

int
asker_hear(struct asker *c, json_t **out)
{
	char text[512 * 1024], *end, *length;
	size_t have = 0, want = 0;
	ssize_t n;
	int status;

	for (;;) {
		n = recv(c->fd, text + have, sizeof(text) - 1 - have, 0);
		if (n <= 0) {
			asker_hang_up(c);
			return (-1);
		}
		have += (size_t)n;
		text[have] = '\0';
		if ((end = strstr(text, "\r\n\r\n")) == NULL)
			continue;
		length = strcasestr(text, "\r\nContent-Length:");
		if (length == NULL || length > end)
			break;
		want =
		    (size_t)(end + 4 - text) + strtoul(length + 17, NULL, 10);
		if (have >= want)
			break;
	}
	if (want != have || sscanf(text, "HTTP/1.1 %d", &status) != 1) {
		fprintf(stderr, "not one answer: %s\n", text);
		exit(1);
	}
	if (out != NULL)
		*out = json_loads(end + 4, 0, NULL);
	if (strcasestr(text, "\r\nConnection: close") != NULL)
		asker_hang_up(c);
	return (status);
}

int
asker_ask(struct asker *c, const char *path, const char *body, json_t **out)
{
	char text[ASKER_TEXT_MAX];
	size_t n = asker_format(text, sizeof(text), path, body);

	*out = NULL;
	if (!asker_reach(c))
		return (-1);
	if (!asker_send(c, text, n)) {
		asker_hang_up(c);
		return (-1);
	}
	return (asker_hear(c, out));
}

void
asker_code(const char *secret, int64_t step, char code[ASKER_CODE_LEN + 1])
{
	char *raw;
	size_t n;

	if (oath_base32_decode(secret, strlen(secret), &raw, &n) != OATH_OK ||
	    oath_hotp_generate(raw, n, (uint64_t)step, ASKER_CODE_LEN, false,
		OATH_HOTP_DYNAMIC_TRUNCATION, code) != OATH_OK)
		die("make a code");
	free(raw);
}

bool
asker_is(const json_t *j, const char *key, const char *value)
{
	const char *s = json_string_value(json_object_get(j, key));

	return (s != NULL && strcmp(s, value) == 0);
}

bool
asker_add(
    struct asker *c, const char *office, const char *login, const char *more)
{
	char body[ASKER_TEXT_MAX];
	json_t *j;
	int status;

	snprintf(body, sizeof(body),
	    "{\"login\":\"%s\",\"office\":\"%s\",\"name\":\"H\"%s}", login,
	    office, more);
	status = asker_ask(c, "/v1/account/add", body, &j);
	json_decref(j);
	return (status == 200 || status == 409);
}

bool
asker_enrol(struct asker *c, const char *login, char secret[64])
{
	char body[ASKER_TEXT_MAX];
	json_t *j;
	int status;

	snprintf(body, sizeof(body), "{\"login\":\"%s\"}", login);
	status = asker_ask(c, "/v1/phone/enroll", body, &j);
	if (status == 200)
		snprintf(secret, 64, "%s",
		    json_string_value(json_object_get(j, "secret")));
	json_decref(j);
	return (status == 200);
}

bool
asker_confirm(struct asker *c, const char *login, const char *code)
{
	char body[ASKER_TEXT_MAX];
	bool is_accepted;
	json_t *j;
	int status;

	snprintf(body, sizeof(body), "{\"login\":\"%s\",\"code\":\"%s\"}",
	    login, code);
	status = asker_ask(c, "/v1/phone/confirm", body, &j);
	is_accepted = status == 200 && asker_is(j, "result", "accept");
	json_decref(j);
	return (is_accepted);
}
