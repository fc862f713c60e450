/*
 * radius_loader.c: the same question to FreeRADIUS: PAP over UDP on loopback,
 * the code in place of the password.
 *
 *	radius_loader make FILE PEOPLE-KEY N
 *	    The SQLite file that radiusd.conf reads and updates.
 *	radius_loader verify PORT PEOPLE-KEY N FROM CLIENTS SECONDS
 *	    Each client has one request under way, from a port of its own.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <liboath/oath.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/bench_people.h"
#include "tests/bench/bench_tally.h"

#define SECRET         "bench"
#define CLIENTS_MAX    256
#define PER_SECOND_MAX 20000
#define LOST_NS        2000000000LL

/* RFC 2865 section 3 and 5: codes and attributes. */
#define ACCESS_REQUEST 1
#define ACCESS_ACCEPT  2
#define USER_NAME      1
#define USER_PASSWORD  2
#define HEAD_LEN       20
#define PASSWORD_LEN   16

struct client {
	int fd;
	uint8_t id;
	bool is_waiting;
	int64_t sent_ns;
};

struct load {
	struct people people;
	uint32_t from;
	size_t n, used;
	int64_t step;
	char (*codes)[PEOPLE_CODE_LEN + 1];
	struct client clients[CLIENTS_MAX];
	int clients_n;
	struct tally tally;
};

/* User-Password: RFC 2865 section 5.2. */
static void
hide(const uint8_t authenticator[16], const char *code, uint8_t *out)
{
	uint8_t text[sizeof(SECRET) - 1 + 16], mask[EVP_MAX_MD_SIZE];
	size_t i;

	memcpy(text, SECRET, sizeof(SECRET) - 1);
	memcpy(text + sizeof(SECRET) - 1, authenticator, 16);
	if (EVP_Digest(text, sizeof(text), mask, NULL, EVP_md5(), NULL) != 1)
		people_die("md5");
	memset(out, 0, PASSWORD_LEN);
	memcpy(out, code, PEOPLE_CODE_LEN);
	for (i = 0; i < PASSWORD_LEN; i++)
		out[i] ^= mask[i];
}

static void
ask(struct load *l, struct client *c)
{
	uint8_t packet[HEAD_LEN + 2 + PEOPLE_LOGIN_LEN + 2 + PASSWORD_LEN];
	char login[PEOPLE_LOGIN_LEN + 1];
	uint8_t *p = packet + HEAD_LEN;
	uint32_t number;

	if (l->used == l->n || tally_is_over(&l->tally))
		return;
	number = l->people.order[(l->from + l->used) % l->people.n];
	people_login(number, login);
	packet[0] = ACCESS_REQUEST;
	packet[1] = ++c->id;
	packet[2] = 0;
	packet[3] = sizeof(packet);
	if (RAND_bytes(packet + 4, 16) != 1)
		people_die("random bytes");
	*p++ = USER_NAME;
	*p++ = 2 + PEOPLE_LOGIN_LEN;
	memcpy(p, login, PEOPLE_LOGIN_LEN);
	p += PEOPLE_LOGIN_LEN;
	*p++ = USER_PASSWORD;
	*p++ = 2 + PASSWORD_LEN;
	hide(packet + 4, l->codes[l->used], p);
	l->used++;
	c->is_waiting = true;
	c->sent_ns = tally_now();
	if (send(c->fd, packet, sizeof(packet), 0) != (ssize_t)sizeof(packet))
		people_die("send");
}

static void
hear(struct load *l, struct client *c)
{
	uint8_t packet[4096];
	ssize_t n;

	n = recv(c->fd, packet, sizeof(packet), 0);
	if (n < HEAD_LEN)
		people_die("receive");
	if (!c->is_waiting || packet[1] != c->id)
		return; /* one that was given up */
	c->is_waiting = false;
	tally_add(&l->tally, c->sent_ns, true, packet[0] == ACCESS_ACCEPT);
	ask(l, c);
}

/* What is not answered for two seconds counts as failed. */
static bool
sweep(struct load *l)
{
	int64_t now = tally_now();
	bool is_waiting = false;
	int i;

	for (i = 0; i < l->clients_n; i++) {
		struct client *c = &l->clients[i];

		if (c->is_waiting && now - c->sent_ns > LOST_NS) {
			c->is_waiting = false;
			tally_add(&l->tally, c->sent_ns, false, false);
			ask(l, c);
		}
		is_waiting = is_waiting || c->is_waiting;
	}
	return (is_waiting);
}

static void
open_clients(struct load *l, uint16_t port, int epoll)
{
	struct sockaddr_in sa = { .sin_family = AF_INET,
		.sin_port = htons(port) };
	struct epoll_event event;
	struct client *c;
	int i;

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (i = 0; i < l->clients_n; i++) {
		c = &l->clients[i];
		c->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		event =
		    (struct epoll_event){ .events = EPOLLIN, .data.ptr = c };
		if (c->fd == -1 ||
		    connect(c->fd, (struct sockaddr *)&sa, sizeof(sa)) != 0 ||
		    epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event) != 0)
			people_die("socket");
	}
}

static int
run(struct load *l, uint16_t port, double seconds)
{
	struct epoll_event events[64];
	int epoll, i, n;
	size_t k;

	if ((epoll = epoll_create1(EPOLL_CLOEXEC)) == -1)
		people_die("epoll");
	l->step = (int64_t)time(NULL) / 30;
	l->n = (size_t)((seconds + 1) * PER_SECOND_MAX);
	if (l->n > l->people.n)
		l->n = l->people.n;
	if ((l->codes = malloc(l->n * sizeof(*l->codes))) == NULL)
		people_die("codes");
	for (k = 0; k < l->n; k++)
		people_code(&l->people,
		    l->people.order[(l->from + k) % l->people.n], l->step,
		    l->codes[k]);
	open_clients(l, port, epoll);
	tally_begin(&l->tally, seconds);
	for (i = 0; i < l->clients_n; i++)
		ask(l, &l->clients[i]);
	do {
		n = epoll_wait(epoll, events, 64, 100);
		for (i = 0; i < n; i++)
			hear(l, events[i].data.ptr);
	} while (n > 0 || sweep(l));
	tally_print(&l->tally, l->clients_n, l->used);
	free(l->codes);
	return (0);
}

static int
make(const char *path, const struct people *p)
{
	static const char set_up[] =
	    "PRAGMA journal_mode = WAL;"
	    "CREATE TABLE totp (login TEXT PRIMARY KEY, secret TEXT NOT NULL,"
	    " last_step INTEGER NOT NULL) WITHOUT ROWID;"
	    "BEGIN";
	char login[PEOPLE_LOGIN_LEN + 1], *secret;
	uint8_t seed[PEOPLE_SEED_LEN];
	sqlite3_stmt *insert;
	sqlite3 *db;
	uint32_t i;

	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(db, set_up, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "INSERT INTO totp VALUES (?1, ?2, 0)", -1,
		&insert, NULL) != SQLITE_OK)
		people_die(path);
	for (i = 0; i < p->n; i++) {
		people_login(i, login);
		people_seed(p, i, seed);
		if (oath_base32_encode((const char *)seed, sizeof(seed),
			&secret, NULL) != OATH_OK)
			people_die("base32");
		sqlite3_bind_text(insert, 1, login, -1, SQLITE_STATIC);
		sqlite3_bind_text(insert, 2, secret, -1, SQLITE_STATIC);
		if (sqlite3_step(insert) != SQLITE_DONE)
			people_die(sqlite3_errmsg(db));
		sqlite3_reset(insert);
		free(secret);
	}
	sqlite3_finalize(insert);
	if (sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_close(db) != SQLITE_OK)
		people_die(path);
	return (0);
}

int
main(int argc, char **argv)
{
	struct load l;
	int r = 2;

	memset(&l, 0, sizeof(l));
	if (argc == 5 && strcmp(argv[1], "make") == 0) {
		people_open(
		    &l.people, argv[3], (uint32_t)strtoul(argv[4], NULL, 10));
		r = make(argv[2], &l.people);
	} else if (argc == 8 && strcmp(argv[1], "verify") == 0) {
		people_open(
		    &l.people, argv[3], (uint32_t)strtoul(argv[4], NULL, 10));
		l.from = (uint32_t)strtoul(argv[5], NULL, 10);
		l.clients_n = (int)strtol(argv[6], NULL, 10);
		if (l.clients_n < 1 || l.clients_n > CLIENTS_MAX)
			people_die("clients");
		r = run(&l, (uint16_t)strtoul(argv[2], NULL, 10),
		    strtod(argv[7], NULL));
	} else {
		fprintf(stderr,
		    "usage: radius_loader make FILE PEOPLE-KEY N\n"
		    "       radius_loader verify PORT PEOPLE-KEY N FROM "
		    "CLIENTS SECONDS\n");
		return (2);
	}
	people_close(&l.people);
	return (r);
}
