/*
 * mkaccounts.c: fill an instance with accounts that have a confirmed phone, by
 * its own store and sealed with its own key, faster than by its interface.
 *
 *	mkaccounts STORE SEED-KEY PEOPLE-KEY N [COST COUNT]...
 *
 * The first COUNT accounts get the password of bench_people.h at that cost, the
 * next COUNT at the next, and so on.
 * The instance must not run. Rows are about as long as those of real people.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/base/text.h"
#include "authd/core/passhash.h"
#include "authd/keeper/keeper_mac.h"
#include "authd/keeper/keeper_seed.h"
#include "authd/store/store_sqlite.h"
#include "tests/bench/bench_people.h"

#define OFFICE_PEOPLE 300   /* the largest office of DESIGN 1 */
#define COMMIT_PEOPLE 30000 /* accounts of one transaction */
#define COSTS_MAX     2

/* Accounts below ${until} that are not of an earlier one. */
struct costing {
	int cost;
	uint32_t until;
};

struct maker {
	uint8_t pepper[KEEPER_MAC_KEY_LEN];
	struct costing costs[COSTS_MAX];
	int costs_n;
	struct store *store;
	struct keeper_seed_box *box;
	struct people people;
	struct office office; /* of the accounts being made */
	int64_t now_ms;
};

static void
check(int r, const char *what)
{
	if (r == 0)
		return;
	fprintf(stderr, "mkaccounts: %s: %s\n", what, err_text(r));
	exit(2);
}

static void
add_office(struct maker *m, uint32_t number)
{
	struct office *o = &m->office;

	memset(o, 0, sizeof(*o));
	check(id_new(m->now_ms + number, &o->id), "id");
	snprintf(o->code, sizeof(o->code), "office-%u", number);
	snprintf(o->name, sizeof(o->name), "社会保険労務士法人 第%u", number);
	snprintf(o->contact, sizeof(o->contact), "03-0000-%04u", number);
	snprintf(o->networks, sizeof(o->networks), "192.0.2.0/24");
	o->created_ms = m->now_ms;
	check(m->store->ops->office_add(m->store, o), "office");
}

static void
add_phone(struct maker *m, const struct account *a, uint32_t number)
{
	uint8_t seed[PEOPLE_SEED_LEN];
	struct keeper_owner owner;
	struct phone p;

	memset(&p, 0, sizeof(p));
	p.office = a->office;
	p.account = a->id;
	check(id_new(a->created_ms, &p.device), "id");
	snprintf(p.label, sizeof(p.label), "会社の電話");
	p.state = PHONE_ACTIVE;
	p.digits = CODE_DIGITS;
	p.period = STEP_SECONDS;
	snprintf(p.algorithm, sizeof(p.algorithm), "SHA1");
	p.created_ms = p.confirmed_ms = p.last_used_ms = a->created_ms;
	owner.office = p.office;
	owner.account = p.account;
	owner.device = p.device;
	people_seed(&m->people, number, seed);
	check(keeper_seed_seal(
		  m->box, &owner, KEEPER_SEED_CONFIRMED, 0, seed, &p.sealed),
	    "seal");
	check(m->store->ops->phone_add(m->store, &p), "phone");
}

/* As core/password does it, with the keeper's part done here. */
static void
add_password(struct maker *m, const struct account *a, int cost)
{
	struct keeper_mac_in in = { .purpose = KEEPER_MAC_PASSWORD,
		.office = a->office,
		.account = a->id,
		.len = sizeof(PEOPLE_PASSWORD) - 1,
		.at = PEOPLE_PASSWORD };
	struct password w = { .office = a->office,
		.account = a->id,
		.changed_ms = a->created_ms,
		.checked_ms = a->created_ms };
	char text[2 * KEEPER_MAC_LEN + 1];
	uint8_t mac[KEEPER_MAC_LEN];

	check(keeper_mac_run(m->pepper, &in, mac), "pepper");
	text_put_hex(mac, sizeof(mac), text);
	check(passhash_make(text, cost, w.hash), "hash");
	check(m->store->ops->password_put(m->store, &w, 0), "password");
}

static void
add_account(struct maker *m, uint32_t number)
{
	struct account a;
	int i;

	memset(&a, 0, sizeof(a));
	a.office = m->office.id;
	a.created_ms = a.approved_ms = m->now_ms + number;
	check(id_new(a.created_ms, &a.id), "id");
	people_login(number, a.login);
	snprintf(a.name, sizeof(a.name), "山田 花子");
	snprintf(a.kana, sizeof(a.kana), "ヤマダ ハナコ");
	snprintf(a.phone_number, sizeof(a.phone_number), "090-0000-0000");
	snprintf(a.birth_date, sizeof(a.birth_date), "1990-04-01");
	snprintf(a.email, sizeof(a.email), "%s@example.jp", a.login);
	snprintf(a.groups, sizeof(a.groups), "mynumber");
	a.class = CLASS_GENERAL;
	a.level = 3;
	check(m->store->ops->account_add(m->store, &a), "account");
	add_phone(m, &a, number);
	for (i = 0; i < m->costs_n; i++)
		if (number < m->costs[i].until) {
			add_password(m, &a, m->costs[i].cost);
			break;
		}
}

/* COST COUNT... of the command line */
static void
read_costs(struct maker *m, int argc, char **argv)
{
	uint32_t until = 0;

	for (; argc >= 2 && m->costs_n < COSTS_MAX; argc -= 2, argv += 2) {
		until += (uint32_t)strtoul(argv[1], NULL, 10);
		m->costs[m->costs_n++] =
		    (struct costing){ (int)strtol(argv[0], NULL, 10), until };
	}
}

static void
make_all(struct maker *m)
{
	const struct store_ops *ops = m->store->ops;
	uint32_t i;

	check(ops->begin(m->store), "begin");
	for (i = 0; i < m->people.n; i++) {
		if (i % OFFICE_PEOPLE == 0)
			add_office(m, i / OFFICE_PEOPLE);
		add_account(m, i);
		if (i % COMMIT_PEOPLE == COMMIT_PEOPLE - 1) {
			check(ops->commit(m->store), "commit");
			check(ops->checkpoint(m->store), "checkpoint");
			check(ops->begin(m->store), "begin");
		}
	}
	check(ops->commit(m->store), "commit");
}

int
main(int argc, char **argv)
{
	uint8_t key[KEEPER_SEED_KEY_LEN];
	struct maker m;
	int fd;

	if (argc < 5 || argc % 2 != 1) {
		fprintf(stderr,
		    "usage: mkaccounts STORE SEED-KEY PEOPLE-KEY N"
		    " [COST COUNT]...\n");
		return (2);
	}
	memset(&m, 0, sizeof(m));
	log_open("mkaccounts", LOG_LEVEL_WARN);
	read_costs(&m, argc - 5, argv + 5);
	people_open(&m.people, argv[3], (uint32_t)strtoul(argv[4], NULL, 10));
	if ((fd = open(argv[2], O_RDONLY | O_CLOEXEC)) == -1 ||
	    read(fd, key, sizeof(key)) != (ssize_t)sizeof(key))
		people_die(argv[2]);
	close(fd);
	check(keeper_seed_open_box(key, &m.box), "seed key");
	check(keeper_mac_derive(key, m.pepper), "pepper");
	check(passhash_init(), "hash");
	check(store_sqlite_open(argv[1], STORE_WRITE, &m.store), argv[1]);
	/* Ids begin with a time: made a day ago, a millisecond apart. */
	m.now_ms = (int64_t)time(NULL) * 1000 - 24 * 3600 * 1000LL -
	    (int64_t)m.people.n;
	make_all(&m);
	m.store->ops->close(m.store);
	keeper_seed_close_box(m.box);
	people_close(&m.people);
	return (0);
}
