/*
 * front_main.c: sekisho-front, the process with the network, the rules and
 * the store. It holds no key: seeds and the audit signature are the keeper's.
 * Started by sekisho-authd with the descriptors of proc_fds.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authd/api/json.h"
#include "authd/api/version.h"
#include "authd/base/log.h"
#include "authd/core/breach.h"
#include "authd/core/engine.h"
#include "authd/core/passhash.h"
#include "authd/keeper/keeper_client.h"
#include "authd/keeper/keeper_client_cert.h"
#include "authd/proc_fds.h"
#include "authd/sandbox.h"
#include "authd/settings.h"
#include "authd/store/store_sqlite.h"
#include "authd/web/route_hook.h"
#include "authd/web/route_hosts.h"
#include "authd/web/route_pki.h"
#include "authd/web/route_console.h"
#include "authd/web/route_portal.h"
#include "authd/web/server.h"
#include "certs/x509_trust.h"

#define READERS	     8
#define READERS_HOOK 4 /* of them: pages and lists never hold it up */
/* libmicrohttpd clears all of a connection's after each answer, and what 32 of
 * them need at once should stay near the processor. It is enough for a cookie of
 * 8 KiB (which it holds twice), an address of 4, a certificate and the rest. */
#define HOOK_MEMORY 28672
/* What readers' caches give back when a view is renewed is taken again at once:
 * the kernel need not clear it anew for that. */
#define HEAP_KEPT (8 * 1024 * 1024)

struct front {
	struct settings settings;
	struct keeper *keeper;
	struct breach *breach; /* NULL: none is configured */
	struct x509_trust *trust; /* NULL: this instance has no CA */
	struct store *writer;
	struct store *readers[READERS];
	struct store *ahead; /* the reader before the writer */
	struct engine *engine;
	struct server *server;
	int reserve_fd;
	int signal_fd;
};

static int
read_settings(struct settings *s)
{
	ssize_t n;

	n = pread(FRONT_FD_SETTINGS, s, sizeof(*s), 0);
	if (n != (ssize_t)sizeof(*s) || s->magic != SETTINGS_MAGIC ||
	    s->size != sizeof(*s))
		return (log_fr(ERR_CORRUPT, "settings from sekisho-authd"));
	close(FRONT_FD_SETTINGS);
	return (0);
}

/* No core, no ptrace by the same user, no file for others. */
static int
shut_in(void)
{
	const struct rlimit none = { 0, 0 };

	umask(077);
	if (prctl(PR_SET_DUMPABLE, 0) != 0 ||
	    setrlimit(RLIMIT_CORE, &none) != 0)
		return (log_fr(ERR_SYS, "turn cores off"));
	return (0);
}

/* SIGTERM and SIGINT arrive on a descriptor; no thread is interrupted. */
static int
take_signals(int *fd)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR ||
	    signal(SIGHUP, SIG_IGN) == SIG_ERR ||
	    sigprocmask(SIG_BLOCK, &set, NULL) != 0 ||
	    (*fd = signalfd(-1, &set, SFD_CLOEXEC)) == -1)
		return (log_fr(ERR_SYS, "take signals"));
	return (0);
}

/* The outcome of a commit is unknown: only a restart tells. */
static void
end_at_once(void *arg)
{
	(void)arg;
	log_error("the outcome of a commit is unknown: ending");
	_exit(1);
}

static int
open_store(struct front *f)
{
	const char *path = f->settings.store_path;
	int i, r;

	if ((r = store_sqlite_open(path, STORE_WRITE, &f->writer)) != 0)
		return (log_fr(r, "open %s", path));
	for (i = 0; i < READERS; i++) {
		r = store_sqlite_open(path, STORE_READ, &f->readers[i]);
		if (r != 0)
			return (log_fr(r, "open %s to read", path));
		store_sqlite_share(f->readers[i], f->writer);
	}
	if ((r = store_sqlite_open(path, STORE_AHEAD, &f->ahead)) != 0)
		return (log_fr(r, "open %s to read ahead", path));
	store_sqlite_share(f->ahead, f->writer);
	f->reserve_fd = openat(FRONT_FD_DATA, "reserve",
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (f->reserve_fd == -1)
		log_fr(ERR_SYS, "open the disk reserve");
	return (0);
}

static int
open_breach(struct front *f)
{
	if (f->settings.has_breach)
		return (breach_new(FRONT_FD_BREACH, &f->breach));
	close(FRONT_FD_BREACH);
	return (0);
}

/* The sockets in the order of their audiences. */
static void
set_listeners(const struct settings *s, struct server_conf *conf)
{
	const struct {
		int fd, threads;
		const struct route *(*table)(size_t *n);
	} sockets[SERVER_LISTENERS_MAX] = {
		{ FRONT_FD_AUTHD_SOCK, s->http_threads, route_table },
		{ FRONT_FD_HOOK_SOCK, s->hook_threads, route_hook_table },
		{ FRONT_FD_PORTAL_SOCK, s->http_threads, route_portal_table },
		{ FRONT_FD_HOSTS_SOCK, 1, route_hosts_table },
		{ FRONT_FD_PKI_SOCK, 1, route_pki_table },
	};
	struct server_listener *ln;
	int i;

	conf->listeners_n = SERVER_LISTENERS_MAX;
	for (i = 0; i < SERVER_LISTENERS_MAX; i++) {
		ln = &conf->listeners[i];
		ln->fd = sockets[i].fd;
		ln->routes = sockets[i].table(&ln->routes_n);
		ln->form = GATE_URL;
		ln->threads = sockets[i].threads;
		ln->connections_max = s->connections_max;
		/* the proxy is one user */
		ln->connections_peer_max = s->connections_max;
		ln->rule.starter = s->starter;
		ln->rule.group = s->proxy_group;
		ln->rule.right = RIGHT_PROXY;
	}
	conf->listeners[1].is_brisk = true;
	conf->listeners[1].memory = HOOK_MEMORY;
	ln = &conf->listeners[2];
	ln->first = route_console_table(&ln->first_n);
	ln->always = secure_portal(&ln->always_n);
	ln = &conf->listeners[0];
	ln->form = GATE_PATH;
	ln->connections_peer_max = s->connections_peer_max;
	ln->rule.group = s->verify_group;
	ln->rule.right = RIGHT_VERIFY;
}

/* Our CA, as the keeper has it: nobody else says whom we believe (V44). */
static int
open_trust(struct front *f)
{
	struct keeper_ca_info *ca;
	int r;

	if ((ca = calloc(1, sizeof(*ca))) == NULL)
		return (ERR_NOMEM);
	r = keeper_client_cert_ca(f->keeper, ca);
	if (r == 0)
		r = x509_trust_new(ca->issuing, ca->issuing_len, ca->root,
		    ca->root_len, &f->trust);
	else if (r == ERR_WRONG_STATE) {
		log_info("there is no CA: no certificates");
		r = 0;
	}
	free(ca);
	return (r);
}

static int
start(struct front *f)
{
	const struct settings *s = &f->settings;
	struct server_conf conf = {
		.request_timeout_ms = s->request_timeout_ms,
		.config_path = s->config_path,
		.version = VERSION_TEXT,
		.exchange = &s->exchange,
	};
	struct engine_parts parts;
	int r;

	if ((r = open_store(f)) != 0 || (r = open_breach(f)) != 0)
		return (r);
	r = keeper_client_new(
	    FRONT_FD_SOCKET, s->keeper_timeout_ms, &f->keeper);
	if (r != 0 || (r = open_trust(f)) != 0)
		return (r);
	memset(&parts, 0, sizeof(parts));
	parts.writer = f->writer;
	parts.readers = f->readers;
	parts.readers_n = READERS;
	parts.apart_n = READERS_HOOK;
	parts.ahead = f->ahead;
	parts.keeper = f->keeper;
	parts.policy = &s->policy;
	parts.breach = f->breach;
	parts.trust = f->trust;
	parts.publish_dir = FRONT_FD_DATA;
	parts.node = s->node;
	memcpy(parts.boot_id, s->boot_id, sizeof(s->boot_id));
	parts.reserve_fd = f->reserve_fd;
	parts.fatal = end_at_once;
	if ((r = engine_new(&parts, &f->engine)) != 0)
		return (log_fr(r, "start the engine"));
	set_listeners(s, &conf);
	if ((r = server_new(&conf, f->engine, &f->server)) != 0)
		return (log_fr(r, "start the server"));
	return (0);
}

/* Tell the parent; a parent that has gone is seen by its signal. */
static int
say_ready(void)
{
	if (write(FRONT_FD_READY, "r", 1) != 1)
		return (log_fr(ERR_SYS, "tell that we are ready"));
	close(FRONT_FD_READY);
	return (0);
}

/* Wait for the order to stop (0) or the keeper's end (an error). */
static int
wait_for_end(const struct front *f)
{
	struct pollfd fds[2] = {
		{ .fd = f->signal_fd, .events = POLLIN },
		{ .fd = keeper_client_fd(f->keeper), .events = 0 },
	};
	int n;

	for (;;) {
		n = poll(fds, 2, -1);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (log_fr(ERR_SYS, "poll"));
		if (fds[1].revents != 0)
			return (log_fr(ERR_KEEPER, "the keeper has ended"));
		if (fds[0].revents != 0)
			return (0);
	}
}

int
main(void)
{
	static const char *const readable[] = { "/dev/urandom", NULL };
	struct sandbox_front_paths paths = { .data_fd = FRONT_FD_DATA };
	struct front *f;

	log_open("sekisho-front", LOG_LEVEL_INFO);
	(void)mallopt(M_TRIM_THRESHOLD, HEAP_KEPT);
	if ((f = calloc(1, sizeof(*f))) == NULL)
		return (1);
	f->reserve_fd = -1;
	paths.readable = readable;
	if (read_settings(&f->settings) != 0)
		return (1);
	log_open("sekisho-front", (enum log_level)f->settings.log_level);
	json_init();
	if (passhash_init() != 0)
		return (1);
	if (shut_in() != 0 || take_signals(&f->signal_fd) != 0 ||
	    sandbox_front(&paths) != 0 || start(f) != 0 || say_ready() != 0)
		return (1);
	if (wait_for_end(f) != 0)
		_exit(1); /* nothing can be committed without the keeper */
	server_free(f->server);
	engine_free(f->engine);
	keeper_client_free(f->keeper);
	breach_free(f->breach);
	x509_trust_free(f->trust);
	free(f);
	log_info("stopped");
	return (0);
}
