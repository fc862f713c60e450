/*
 * revoke: is what was revoked refused by the very next answer? Hundreds of times
 * in a row, over connections that stay open.
 *
 *	revoke tokens N			N tokens of sessions as a browser has
 *					them, each with the hash that is stored,
 *					in hex: a line each
 *	revoke sign API LABEL CSR	of each login that is read a terminal, all
 *					of one key: lines LOGIN SERIAL TERMINAL
 *					PEM, with blanks for line ends, tabs
 *					between
 *	revoke ask API HOOK KEY [all]	of each line HOST TOKEN PATH JSON [PEM],
 *					tabs between: the proxy's question with
 *					the session, three times, POST PATH JSON,
 *					the question again. KEY is a file with the proxy's key.
 *					all: every first question, then the PATH
 *					of the last line once, then the others
 *
 * API and HOOK are the daemon's sockets. ask prints how many were let in before,
 * done, and refused after; and what was answered otherwise.
 * Exit: 0, or 1 when these are not all.
 */
#include <errno.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_MAX_LEN 16384
#define ANSWER_MAX   262144
#define CASES_MAX    20000
#define TOKEN_BYTES  32

/* A connection to one of the daemon's sockets. */
struct line {
	const char *socket;
	int fd;
	char answer[ANSWER_MAX + 1];
	size_t n;
};

struct test {
	char *host, *token, *path, *json, *pem;
};

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "revoke: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void
call(struct line *l)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (l->fd < 0 || strlen(l->socket) >= sizeof(a.sun_path))
		die("socket");
	strcpy(a.sun_path, l->socket);
	if (connect(l->fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		die(l->socket);
}

static bool
send_all(int fd, const char *text, size_t n)
{
	ssize_t put;

	for (; n > 0; text += put, n -= (size_t)put)
		if ((put = send(fd, text, n, MSG_NOSIGNAL)) <= 0)
			return (false);
	return (true);
}

/* The whole answer; false when the connection ended first. */
static bool
read_answer(struct line *l)
{
	const char *at, *end;
	size_t want = 0;
	ssize_t got;

	l->n = 0;
	while (want == 0 || l->n < want) {
		if (l->n == ANSWER_MAX)
			die("an answer that is too long");
		got = recv(l->fd, l->answer + l->n, ANSWER_MAX - l->n, 0);
		if (got <= 0)
			return (false);
		l->n += (size_t)got;
		l->answer[l->n] = '\0';
		end = strstr(l->answer, "\r\n\r\n");
		if (want != 0 || end == NULL)
			continue;
		want = (size_t)(end - l->answer) + 4;
		at = strcasestr(l->answer, "\r\nContent-Length: ");
		if (at != NULL && at < end)
			want += strtoul(at + 18, NULL, 10);
	}
	return (true);
}

/* Ask and read; the status. */
static int
talk(struct line *l, const char *text, size_t n)
{
	int tries;

	for (tries = 0; tries < 2; tries++) {
		if (l->fd < 0)
			call(l);
		if (send_all(l->fd, text, n) && read_answer(l))
			return (atoi(l->answer + strlen("HTTP/1.1 ")));
		close(l->fd);
		l->fd = -1;
	}
	die("no answer");
}

static int
post(struct line *l, const char *path, const char *json)
{
	char text[LINE_MAX_LEN];
	int n = snprintf(text, sizeof(text),
	    "POST %s HTTP/1.1\r\nHost: localhost\r\n"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
	    path, strlen(json), json);

	if (n < 0 || (size_t)n >= sizeof(text))
		die("a question that is too long");
	return (talk(l, text, (size_t)n));
}

static int
question(struct line *l, const struct test *t, const char *key)
{
	char text[2 * LINE_MAX_LEN];
	int n = snprintf(text, sizeof(text),
	    "GET /api/authz/auth-request HTTP/1.1\r\nHost: hook\r\n"
	    "X-Original-URL: https://%s/\r\nX-Original-Method: GET\r\n"
	    "X-Forwarded-For: 192.0.2.7\r\n"
	    "Cookie: __Host-sekisho-app=%s\r\n%s%s%s%s%s\r\n",
	    t->host, t->token, t->pem == NULL ? "" : "Sekisho-Proxy-Key: ",
	    t->pem == NULL ? "" : key,
	    t->pem == NULL ? "" : "\r\nSekisho-Client-Cert: ",
	    t->pem == NULL ? "" : t->pem, t->pem == NULL ? "" : "\r\n");

	if (n < 0 || (size_t)n >= sizeof(text))
		die("a question that is too long");
	return (talk(l, text, (size_t)n));
}

/* One line without its end; NULL at the end of the input. */
static char *
read_line(void)
{
	static char line[LINE_MAX_LEN];

	if (fgets(line, sizeof(line), stdin) == NULL)
		return (NULL);
	line[strcspn(line, "\n")] = '\0';
	return (line);
}

static void
make_token(void)
{
	unsigned char random[TOKEN_BYTES], hash[EVP_MAX_MD_SIZE];
	unsigned char text[TOKEN_BYTES * 2];
	unsigned len, i;
	int n;

	if (RAND_bytes(random, sizeof(random)) != 1)
		die("random bytes");
	n = EVP_EncodeBlock(text, random, sizeof(random));
	for (i = 0; i < (unsigned)n; i++) {
		if (text[i] == '+')
			text[i] = '-';
		if (text[i] == '/')
			text[i] = '_';
		if (text[i] == '=')
			text[i] = '\0';
	}
	if (EVP_Digest(text, strlen((char *)text), hash, &len, EVP_sha256(),
		NULL) != 1)
		die("hash");
	printf("%s ", (char *)text);
	for (i = 0; i < len; i++)
		printf("%02x", hash[i]);
	putchar('\n');
}

/* A file as a JSON string, without its quotes. */
static void
quote_file(const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "r");
	size_t n = 0;
	int c;

	if (f == NULL)
		die(path);
	while ((c = fgetc(f)) != EOF && n + 3 < size) {
		if (c == '\n')
			out[n++] = '\\';
		out[n++] = c == '\n' ? 'n' : (char)c;
	}
	out[n] = '\0';
	fclose(f);
}

static int
sign(struct line *api, const char *label, const char *csr)
{
	char json[LINE_MAX_LEN], text[LINE_MAX_LEN / 2], *login;
	const char *pem;
	json_t *o;

	quote_file(csr, text, sizeof(text));
	while ((login = read_line()) != NULL) {
		snprintf(json, sizeof(json),
		    "{\"login\":\"%.100s\",\"label\":\"%.100s\","
		    "\"csr\":\"%s\"}",
		    login, label, text);
		if (post(api, "/v1/cert/sign", json) != 200)
			die(api->answer);
		o = json_loads(strstr(api->answer, "\r\n\r\n") + 4, 0, NULL);
		pem = json_string_value(json_object_get(o, "certificate"));
		if (pem == NULL)
			die("no certificate in the answer");
		printf("%s\t%s\t%s\t", login,
		    json_string_value(json_object_get(o, "serial")),
		    json_string_value(json_object_get(o, "terminal")));
		for (; *pem != '\0'; pem++)
			if (*pem != '\n' || pem[1] != '\0')
				putchar(*pem == '\n' ? ' ' : *pem);
		putchar('\n');
		json_decref(o);
	}
	return (0);
}

static struct test *
read_tests(size_t *n)
{
	struct test *all = calloc(CASES_MAX, sizeof(*all)), *t;
	char *line, *copy;

	*n = 0;
	while (all != NULL && (line = read_line()) != NULL) {
		if (*n == CASES_MAX || (copy = strdup(line)) == NULL)
			die("input");
		t = &all[(*n)++];
		t->host = strsep(&copy, "\t");
		t->token = strsep(&copy, "\t");
		t->path = strsep(&copy, "\t");
		t->json = strsep(&copy, "\t");
		t->pem = copy;
		if (t->json == NULL)
			die("a line is too short");
	}
	if (all == NULL || *n == 0)
		die("input");
	return (all);
}

static void
complain(const char *what, int status, const struct test *t,
    const struct line *l)
{
	static int shown;

	if (shown++ < 5)
		printf("# %s: %d: %s %s %.400s\n", what, status, t->path,
		    t->json, l->answer);
}

/* Is it let in three times? The store is asked, then what is known of it, and
 * the third gets the answer that was kept of the second. */
static bool
is_let_in(struct line *hook, const struct test *t, const char *key)
{
	int i, status;

	for (i = 0; i < 3; i++)
		if ((status = question(hook, t, key)) != 200) {
			complain("not let in", status, t, hook);
			return (false);
		}
	return (true);
}

static int
ask(struct line *api, struct line *hook, const char *key, bool is_all)
{
	size_t n, i, before = 0, done = 0, after = 0;
	struct test *all = read_tests(&n);
	int status;

	for (i = 0; i < n; i++) {
		before += is_let_in(hook, &all[i], key);
		if (is_all)
			continue;
		if ((status = post(api, all[i].path, all[i].json)) == 200)
			done++;
		else
			complain("not done", status, &all[i], api);
		status = question(hook, &all[i], key);
		if (status == 401 || status == 403)
			after++;
		else
			complain("not refused", status, &all[i], hook);
	}
	if (is_all &&
	    (status = post(api, all[n - 1].path, all[n - 1].json)) == 200)
		done = n;
	for (i = 0; is_all && i < n; i++)
		if (question(hook, &all[i], key) == 401)
			after++;
	printf("of %zu let in before %zu, done %zu, refused next %zu\n", n,
	    before, done, after);
	for (i = 0; i < n; i++)
		free(all[i].host); /* of the whole line */
	free(all);
	return (before == n && done == n && after == n ? 0 : 1);
}

int
main(int argc, char **argv)
{
	static struct line api = { .fd = -1 }, hook = { .fd = -1 };
	char key[200];
	long i;
	FILE *f;

	signal(SIGPIPE, SIG_IGN);
	if (argc == 3 && strcmp(argv[1], "tokens") == 0) {
		for (i = strtol(argv[2], NULL, 10); i > 0; i--)
			make_token();
		return (0);
	}
	if (argc < 5)
		return (2);
	api.socket = argv[2];
	if (strcmp(argv[1], "sign") == 0)
		return (sign(&api, argv[3], argv[4]));
	if (strcmp(argv[1], "ask") != 0)
		return (2);
	hook.socket = argv[3];
	if ((f = fopen(argv[4], "r")) == NULL ||
	    fgets(key, sizeof(key), f) == NULL)
		die(argv[4]);
	fclose(f);
	key[strcspn(key, "\n")] = '\0';
	return (ask(&api, &hook, key, argc > 5));
}
