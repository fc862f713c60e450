/*
 * sekisho-keeper: the process that holds the keys. Started by sekisho-authd
 * with the descriptors of proc_fds.h and nothing else; see keeper/PROTOCOL.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "authd/base/clock.h"
#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/base/timetext.h"
#include "authd/keeper/keeper_keys.h"
#include "authd/keeper/keeper_loop.h"
#include "authd/proc_fds.h"
#include "authd/sandbox.h"
#include "authd/settings.h"
#include "certs/x509_trust.h"

/* Everything that lives as long as the process. */
struct parts {
	struct keeper_keys *keys;
	struct keeper_seed_box *box;
	struct keeper_rate *rate;
	struct keeper_audit audit;
	struct keeper_state state;
	struct keeper_ca *ca;
	struct keeper_loop *loop;
	bool is_secret;
};

/* Our descriptors must be there; no others may. */
static int
check_descriptors(void)
{
	int fd;

	for (fd = 0; fd < KEEPER_FD_FIRST_FREE; fd++)
		if (fcntl(fd, F_GETFD) == -1)
			return (log_fr(ERR_SYS,
			    "descriptor %d; this program "
			    "is started by sekisho-authd",
			    fd));
	if (close_range(KEEPER_FD_FIRST_FREE, ~0U, 0) == -1)
		return (log_fr(ERR_SYS, "close_range"));
	return (0);
}

/* No cores, no debugger, no end but the front's. */
static int
harden(void)
{
	static const int ignored[] = { SIGTERM, SIGINT, SIGHUP, SIGPIPE,
		SIGQUIT, SIGUSR1, SIGUSR2 };
	struct rlimit none = { 0, 0 };
	size_t i;

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1 ||
	    setrlimit(RLIMIT_CORE, &none) == -1)
		return (log_fr(ERR_SYS, "give up cores"));
	for (i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		if (signal(ignored[i], SIG_IGN) == SIG_ERR)
			return (log_fr(ERR_SYS, "ignore signals"));
	return (0);
}

static int
read_settings(struct settings_keeper *s)
{
	ssize_t n = pread(KEEPER_FD_SETTINGS, s, sizeof(*s), 0);

	close(KEEPER_FD_SETTINGS);
	if (n != (ssize_t)sizeof(*s) || s->magic != SETTINGS_KEEPER ||
	    s->size != sizeof(*s) || s->issue_rate < 0 ||
	    memchr(s->pki_url, '\0', sizeof(s->pki_url)) == NULL)
		return (log_fr(ERR_CORRUPT, "settings from sekisho-authd"));
	return (0);
}

static int
open_ca(struct parts *p)
{
	char chain[X509_TRUST_FILE_MAX + 1];
	struct settings_keeper settings;
	struct keeper_ca_conf conf = { .chain = chain, .state = &p->state };
	ssize_t n;
	int r;

	if ((r = read_settings(&settings)) != 0)
		return (r);
	n = pread(KEEPER_FD_CA_CHAIN, chain, sizeof(chain), 0);
	close(KEEPER_FD_CA_CHAIN);
	if (n == -1)
		return (log_fr(ERR_IO, "certificates of the CA"));
	conf.chain_len = (size_t)n;
	conf.url = settings.pki_url;
	conf.issue_rate = (uint32_t)settings.issue_rate;
	conf.ocsp_scalar = p->keys->ocsp;
	keeper_key_source_file(p->keys->ca, &conf.source);
	return (keeper_ca_new(&conf, &p->ca));
}

static int
open_parts(struct parts *p)
{
	uint8_t rate_key[KEEPER_RATE_KEY_LEN];
	int r;

	if ((r = keeper_keys_new(&p->keys, &p->is_secret)) != 0)
		return (r);
	if ((r = keeper_keys_read(
		 KEEPER_FD_SEED_KEY, "seed key", p->keys->seed)) != 0 ||
	    (r = keeper_keys_read(KEEPER_FD_AUDIT_KEY, "audit signing key",
		 p->keys->audit)) != 0 ||
	    (r = keeper_keys_read(
		 KEEPER_FD_CA_KEY, "key of the CA", p->keys->ca)) != 0)
		return (r);
	if ((r = keeper_mac_derive(p->keys->seed, p->keys->mac)) != 0)
		return (r);
	if ((r = keeper_state_open(&p->state, KEEPER_FD_STATE)) != 0 ||
	    (r = open_ca(p)) != 0)
		return (r);
	if ((r = keeper_seed_open_box(p->keys->seed, &p->box)) != 0)
		return (r);
	if ((r = mem_random(rate_key, sizeof(rate_key))) != 0)
		return (r);
	r = keeper_rate_new(rate_key, KEEPER_RATE_MAX, &p->rate);
	mem_wipe(rate_key, sizeof(rate_key));
	if (r != 0)
		return (r);
	return (keeper_audit_init(
	    &p->audit, p->keys->audit, &p->state.data.confirmed));
}

/*
 * Make OpenSSL and liboath load now all they ever will: a filtered process
 * opens nothing any more. A keeper that cannot do this must not start.
 */
static int
warm_up(struct parts *p)
{
	struct audit_record rec = { .node = 1, .seq = 1 };
	struct audit_head head = { .node = 1 }, after;
	struct keeper_check c = { .code = "000000", .window = 1 };
	struct keeper_mac_in in = { .purpose = KEEPER_MAC_PASSWORD, .len = 1 };
	struct keeper_audit trial;
	uint8_t mac[KEEPER_MAC_LEN];
	uint8_t seal[AUDIT_SEAL_LEN];
	char when[TIMETEXT_MAX];
	int r;

	/* The C library reads the time zone with the first date it makes. */
	timetext_put(clock_wall_ms(), when);
	if ((r = keeper_audit_init(&trial, p->keys->audit, &head)) != 0)
		return (r);
	keeper_audit_begin(&trial, &head);
	if ((r = keeper_audit_add(&trial, &rec)) != 0 ||
	    (r = keeper_audit_seal(&trial, &after, seal)) != 0)
		return (r);
	if (!audit_chain_seal_ok(trial.pub, &after, seal))
		return (log_fr(ERR_KEEPER, "own audit seal"));
	if ((r = keeper_mac_run(p->keys->mac, &in, mac)) != 0 ||
	    (r = keeper_ca_warm_up(p->ca)) != 0)
		return (r);
	r = keeper_seed_check(p->box, &c, KEEPER_SEED_CONFIRMED, 0, NULL);
	if (r == 0 && c.verdict != KEEPER_NO_MATCH)
		r = ERR_KEEPER;
	return (r);
}

static void
close_parts(struct parts *p)
{
	keeper_rate_free(p->rate);
	keeper_ca_free(p->ca);
	keeper_seed_close_box(p->box);
	keeper_keys_free(p->keys, p->is_secret);
	free(p->loop);
}

int
main(void)
{
	struct parts p;
	int r;

	memset(&p, 0, sizeof(p));
	log_open("sekisho-keeper", LOG_LEVEL_INFO);
	if ((r = check_descriptors()) != 0 || (r = harden()) != 0 ||
	    (r = open_parts(&p)) != 0 || (r = warm_up(&p)) != 0)
		goto out;
	if ((p.loop = calloc(1, sizeof(*p.loop))) == NULL) {
		r = log_fr(ERR_NOMEM, "packets");
		goto out;
	}
	p.loop->fd = KEEPER_FD_SOCKET;
	p.loop->box = p.box;
	p.loop->rate = p.rate;
	p.loop->audit = &p.audit;
	p.loop->state = &p.state;
	p.loop->ca = p.ca;
	p.loop->mac_key = p.keys->mac;
	p.loop->has_secret_memory = p.is_secret;
	if ((r = sandbox_keeper()) != 0)
		goto out;
	log_info("ready: keys in %s memory, log at record %lld",
	    p.is_secret ? "secret" : "locked",
	    (long long)p.audit.confirmed.seq);
	r = keeper_loop_run(p.loop);
	if (r == 0)
		log_info("the front has ended, state is written");
out:
	close_parts(&p);
	/* Not exit(): OpenSSL has nothing to tidy up that we need. */
	_exit(r == 0 ? 0 : 1);
}
