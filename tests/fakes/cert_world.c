#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/core/account.h"
#include "authd/core/host.h"
#include "certs/x509_chain.h"
#include "certs/x509_key.h"
#include "tests/fakes/cert_world.h"

static void
must(int r, const char *what)
{
	if (r == 0)
		return;
	fprintf(stderr, "cert_world: %s: %s\n", what, err_text(r));
	abort();
}

int64_t
cert_world_now(struct cert_world *w)
{
	steady_now(&w->world.steady, &w->world.act.now);
	return (w->world.act.now.wall_ms);
}

static void
add_account(struct cert_world *w, const char *office, const char *login)
{
	const struct account_input in = {
		.login = login, .office = office, .name = login
	};
	struct account_view v;

	core_world_begin(&w->world);
	must(core_world_ended(&w->world,
		 account_add(&w->world.core, &w->world.act, &in, &v)),
	    "account");
}

static void
add_office(struct cert_world *w, const char *code, struct office *out)
{
	const struct office_input in = { .code = code, .name = code };

	core_world_begin(&w->world);
	must(core_world_ended(&w->world,
		 office_add(&w->world.core, &w->world.act, &in, out)),
	    "office");
}

void
cert_world_start(struct cert_world *w)
{
	struct core *c = &w->world.core;
	struct office other;

	memset(w, 0, sizeof(*w));
	core_world_start(&w->world);
	must(seen_new(&c->seen), "seen");
	add_office(w, "tokyo", &w->office);
	add_office(w, "osaka", &other);
	add_account(w, "tokyo", "yamada");
	add_account(w, "tokyo", "suzuki");
	add_account(w, "osaka", "tanaka");
	must(ca_rig_make(&w->rig, cert_world_now(w)), "root");
	must(x509_trust_read(w->rig.chain, w->rig.chain_len, &w->trust),
	    "trust");
	must(x509_profile_new(w->trust, "", &w->profile), "profile");
	c->trust = w->trust;
	w->terminal.office = w->office.id;
	w->terminal.created_ms = cert_world_now(w);
	snprintf(w->terminal.label, sizeof(w->terminal.label), "reception");
	must(id_new(cert_world_now(w), &w->terminal.id), "id");
	core_world_begin(&w->world);
	must(core_world_ended(&w->world,
		 c->store->ops->terminal_add(c->store, &w->terminal)),
	    "terminal");
}

void
cert_world_stop(struct cert_world *w)
{
	seen_free(w->world.core.seen);
	core_world_stop(&w->world);
	x509_profile_free(w->profile);
	x509_trust_free(w->trust);
	ca_rig_close(&w->rig);
}

void
cert_world_admit(struct cert_world *w, const char *login)
{
	struct store *s = w->world.core.store;
	struct account a;

	core_world_begin(&w->world);
	must(s->ops->account_find(s, login, &a), "find");
	must(core_world_ended(&w->world,
		 s->ops->terminal_admit(
		     s, &w->office.id, &w->terminal.id, &a.id)),
	    "admit");
}

struct x509_subject
cert_world_subject(const struct cert_world *w)
{
	struct x509_subject s = { .kind = X509_SUBJECT_TERMINAL,
		.terminal = w->terminal.id };

	memcpy(s.office, w->office.code, sizeof(s.office));
	return (s);
}

void
cert_world_make(struct cert_world *w, const struct x509_subject *subject,
    int64_t from_ms, int64_t to_ms, struct cert *row)
{
	struct x509_public key;
	struct x509_issue_ask ask = { .subject = subject,
		.key = &key,
		.not_before_ms = from_ms,
		.not_after_ms = to_ms };
	struct x509_issue_cert out;
	EVP_PKEY *pkey = NULL;

	must(x509_key_new(&pkey), "key");
	must(x509_public_of(pkey, &key), "public");
	must(x509_issue_run(w->profile, w->rig.root.issuing_key, &ask, &out),
	    "issue");
	EVP_PKEY_free(pkey);
	memset(row, 0, sizeof(*row));
	row->kind = CERT_TERMINAL;
	row->office = w->office.id;
	row->holder = w->terminal.id;
	memcpy(row->serial, out.serial, sizeof(row->serial));
	row->not_before_ms = out.not_before_ms;
	row->not_after_ms = out.not_after_ms;
	row->issued_ms = cert_world_now(w);
	row->der_len = out.len;
	memcpy(row->der, out.der, out.len);
	must(x509_chain_fingerprint(row->der, row->der_len, row->fingerprint),
	    "fingerprint");
}

void
cert_world_add(struct cert_world *w, struct cert *row)
{
	struct store *s = w->world.core.store;

	core_world_begin(&w->world);
	must(core_world_ended(&w->world, s->ops->cert_add(s, row)), "add");
}

struct cert
cert_world_live(struct cert_world *w)
{
	struct x509_subject s = cert_world_subject(w);
	int64_t now = cert_world_now(w);
	struct cert row;

	cert_world_make(w, &s, now - CERT_WORLD_DAY_MS,
	    now + 365 * CERT_WORLD_DAY_MS, &row);
	cert_world_add(w, &row);
	return (row);
}

struct cert
cert_world_host(struct cert_world *w, const char *name)
{
	struct x509_subject s = { .kind = X509_SUBJECT_HOST };
	int64_t now = cert_world_now(w);
	struct host host;
	struct cert row;

	core_world_begin(&w->world);
	must(core_world_ended(&w->world,
		 host_make(&w->world.core, &w->world.act, name, NULL, &host)),
	    "host");
	snprintf(s.host, sizeof(s.host), "%s", name);
	cert_world_make(w, &s, now - CERT_WORLD_DAY_MS,
	    now + 365 * CERT_WORLD_DAY_MS, &row);
	row.kind = CERT_HOST;
	memset(&row.office, 0, sizeof(row.office));
	row.holder = host.id;
	cert_world_add(w, &row);
	return (row);
}
