/*
 * matrix: what clients say of themselves, against a real proxy: 20 fields in 15
 * spellings, over 500 paths, on connections that stay open.
 *
 *	matrix SOCKET HOST STRIDE CERT <<< "COOKIE
 *	TOLD"
 *
 * SOCKET speaks TLS; CERT is a file with a client's key and certificate, - for
 * none. Each field in each spelling goes to every STRIDE-th path, another one
 * first each time, so that all paths have their turn. COOKIE is the value of the
 * field Cookie, empty for none. TOLD is what the application must be told of the
 * person, from user= to key=, when it is reached, empty when it must never be.
 *
 * The application answers APP uri=URI user=... for=ADDRESS host=HOST cookie=...
 * A path that can be read in two ways must not reach it at all. What the client
 * says is the word evil, which must never come back.
 * Prints: requests, reached, and each that went wrong. Exit: 0 none went wrong.
 */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define ADDRESS	   "192.0.2.7"
#define SPELLINGS  15
#define WORDS	   20
#define WRONG_MAX  20 /* shown */
#define ANSWER_MAX 65536
#define TEXT_MAX   1024

static const char *const fields[] = { "Remote-User", "Remote-Groups",
	"Remote-Name", "Remote-Email", "Remote-Office", "Remote-Level",
	"Remote-Terminal", "Sekisho-Client-Cert", "Sekisho-Proxy-Key",
	"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
	"X-Forwarded-Uri", "X-Original-URL", "X-Original-Method", "X-Real-IP",
	"Forwarded", "Authorization", "Connection", "X-Rewrite-URL" };

/* %s is a word; the first PLAIN are read in one way by everybody. */
#define PLAIN 9
static const char *const shapes[] = { "/%s", "/%s/x", "/%s/", "/%s?q=//../a",
	"/%s/%%E3%%81%%82", "/%s.html", "/x/%s?a=%%2F&b", "/%s-1_2~/a=b",
	"/static/%s/a:b@c!d", "//%s", "/%s//x", "/./%s", "/../%s", "/%s/..",
	"/%s/../x", "/%s/.", "/%s/%%2e%%2e/x", "/%s%%2fx", "/%s%%5cx",
	"/%s\\x", "/%s%%00", "/%%61%s", "/%s;/../x", "/%s/..;/x", "/%s%%25" };

static const char *const words[WORDS] = { "a", "admin", "api", "health",
	"login", "static", "meisai", "kyuyo", "metrics", "status", "robots.txt",
	"favicon.ico", "ADMIN", "internal", "debug", "2026", "auth", "public",
	"assets", "ping" };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PATHS	 (COUNT(shapes) * WORDS)

struct client {
	const char *socket, *host;
	SSL_CTX *ctx;
	SSL *ssl;
	char cookie[TEXT_MAX], told[TEXT_MAX];
	char answer[ANSWER_MAX + 1];
	size_t n;
	long requests, reached, wrong, dropped;
};

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "matrix: %s: %s\n", what, strerror(errno));
	ERR_print_errors_fp(stderr);
	exit(2);
}

static void
hang_up(struct client *c)
{
	if (c->ssl == NULL)
		return;
	close(SSL_get_fd(c->ssl));
	SSL_free(c->ssl);
	c->ssl = NULL;
}

static void
call(struct client *c)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(c->socket) >= sizeof(a.sun_path))
		die("socket");
	strcpy(a.sun_path, c->socket);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		die(c->socket);
	if ((c->ssl = SSL_new(c->ctx)) == NULL || SSL_set_fd(c->ssl, fd) != 1 ||
	    SSL_set_tlsext_host_name(c->ssl, c->host) != 1 ||
	    SSL_connect(c->ssl) != 1)
		die("TLS");
}

/* The 15 spellings of a field's name. */
static void
spell(const char *name, int k, char out[TEXT_MAX])
{
	size_t i, n = 0;
	bool low = k == 1 || k == 4, up = k == 2 || k == 5;
	char c;

	out[0] = '\0';
	if (k == 7)
		strcpy(out, "X-");
	else if (k == 8)
		strcpy(out, "HTTP-");
	else if (k == 9)
		strcpy(out, "HTTP_");
	else if (k == 11)
		strcpy(out, "_");
	n = strlen(out);
	for (i = 0; name[i] != '\0'; i++) {
		c = name[i];
		if (low && c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		if (up && c >= 'a' && c <= 'z')
			c = (char)(c - 32);
		if (c == '-' && (k == 3 || k == 4 || k == 5 || k == 9))
			c = '_';
		if (c == '-' && k == 6)
			c = '.';
		if (c == '-' && k == 14)
			continue;
		out[n++] = c;
		if (c == '-' && k == 12)
			out[n++] = '-';
	}
	if (k == 10)
		out[n++] = '_';
	if (k == 13)
		out[n++] = ' ';
	out[n] = '\0';
}

/* One answer into c->answer; false when the connection ended first. */
static bool
read_answer(struct client *c)
{
	const char *end, *at;
	size_t want = 0;
	int got;

	c->n = 0;
	for (;;) {
		got = SSL_read(c->ssl, c->answer + c->n,
		    (int)(ANSWER_MAX - c->n));
		if (got <= 0)
			return (false);
		c->n += (size_t)got;
		c->answer[c->n] = '\0';
		if (want == 0 &&
		    (end = strstr(c->answer, "\r\n\r\n")) != NULL) {
			at = strcasestr(c->answer, "\r\nContent-Length: ");
			if (at == NULL || at > end)
				die("an answer without a length");
			want = (size_t)(end - c->answer) + 4 +
			    strtoul(at + 18, NULL, 10);
		}
		if (want != 0 && c->n >= want)
			break;
		if (c->n == ANSWER_MAX)
			die("an answer that is too long");
	}
	at = strcasestr(c->answer, "\r\nConnection: close");
	if (at != NULL && at < strstr(c->answer, "\r\n\r\n"))
		hang_up(c);
	return (true);
}

/* Ask once; on a connection that was closed meanwhile, once more. */
static void
ask(struct client *c, const char *head, size_t n)
{
	int tries;

	for (tries = 0; tries < 2; tries++) {
		if (c->ssl == NULL)
			call(c);
		if (SSL_write(c->ssl, head, (int)n) == (int)n &&
		    read_answer(c))
			return;
		hang_up(c);
	}
	/* closed without a word: nothing was granted */
	c->answer[0] = '\0';
	c->n = 0;
	c->dropped++;
}

static void
complain(struct client *c, const char *what, const char *field, const char *path)
{
	const char *body = strstr(c->answer, "\r\n\r\n");

	if (c->wrong++ < WRONG_MAX)
		printf("# %s: %s %s: %.20s %.300s\n", what, field, path,
		    c->answer, body == NULL ? "" : body + 4);
}

/* Does the answer say what it must, and nothing else? */
static void
judge(struct client *c, const char *field, const char *path, bool is_plain)
{
	char wanted[3 * TEXT_MAX];
	const char *app = strstr(c->answer, "APP uri=");
	bool may = is_plain && c->told[0] != '\0';

	if (strstr(c->answer, "evil") != NULL)
		complain(c, "what a client says came back", field, path);
	if (app == NULL) {
		if (may && strncmp(c->answer, "HTTP/1.1 400", 12) != 0 &&
		    c->n > 0)
			complain(c, "refused", field, path);
		return;
	}
	c->reached++;
	if (!may) {
		complain(c, "reached the application", field, path);
		return;
	}
	snprintf(wanted, sizeof(wanted),
	    "APP uri=%s %s for=" ADDRESS " host=%s cookie=", path, c->told,
	    c->host);
	if (strcmp(app, wanted) != 0)
		complain(c, "told otherwise", field, path);
}

static void
one(struct client *c, const char *field, size_t number)
{
	char path[TEXT_MAX], head[4 * TEXT_MAX];
	size_t shape = number / WORDS;
	int n;

	/* the shapes are ours */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(path, sizeof(path), shapes[shape], words[number % WORDS]);
#pragma GCC diagnostic pop
	n = snprintf(head, sizeof(head),
	    "GET %s HTTP/1.1\r\nHost: %s\r\nX-Test-Address: " ADDRESS
	    "\r\n%s%s%s%s: %s\r\n\r\n",
	    path, c->host, c->cookie[0] == '\0' ? "" : "Cookie: ", c->cookie,
	    c->cookie[0] == '\0' ? "" : "\r\n", field,
	    strncasecmp(field, "Connection", 10) == 0
		? "evil, Remote-User, Cookie, X-Forwarded-For"
		: "evil");
	if (n < 0 || (size_t)n >= sizeof(head))
		die("a head that is too long");
	c->requests++;
	ask(c, head, (size_t)n);
	judge(c, field, path, shape < PLAIN);
}

static void
read_line(char *out)
{
	if (fgets(out, TEXT_MAX, stdin) == NULL)
		die("input");
	out[strcspn(out, "\n")] = '\0';
}

static void
trust(struct client *c, const char *cert)
{
	if ((c->ctx = SSL_CTX_new(TLS_client_method())) == NULL)
		die("TLS");
	SSL_CTX_set_verify(c->ctx, SSL_VERIFY_NONE, NULL);
	if (strcmp(cert, "-") != 0 &&
	    (SSL_CTX_use_certificate_chain_file(c->ctx, cert) != 1 ||
		SSL_CTX_use_PrivateKey_file(c->ctx, cert, SSL_FILETYPE_PEM) !=
		    1))
		die(cert);
}

int
main(int argc, char **argv)
{
	static struct client c;
	char field[TEXT_MAX];
	size_t i, at, stride, first = 0;
	int k;

	if (argc != 5 || (stride = strtoul(argv[3], NULL, 10)) == 0)
		return (2);
	signal(SIGPIPE, SIG_IGN);
	c.socket = argv[1];
	c.host = argv[2];
	trust(&c, argv[4]);
	read_line(c.cookie);
	read_line(c.told);
	for (i = 0; i < COUNT(fields); i++)
		for (k = 0; k < SPELLINGS; k++) {
			spell(fields[i], k, field);
			for (at = first++ % stride; at < PATHS; at += stride)
				one(&c, field, at);
		}
	hang_up(&c);
	SSL_CTX_free(c.ctx);
	printf("%ld requests, %ld reached, %ld without an answer, %ld wrong\n",
	    c.requests, c.reached, c.dropped, c.wrong);
	return (c.wrong == 0 && c.dropped * 10 < c.requests ? 0 : 1);
}
