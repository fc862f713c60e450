/*
 * engine.h: runs work of the rules on the right thread: reads at once on the
 * caller's, with a connection of its own; changes on the writer's, in a
 * transaction, answered after its commit.
 * Room: core.  Process: front.  Threads: submit, withdraw, read from any.
 */
#ifndef AUTHD_CORE_ENGINE_H
#define AUTHD_CORE_ENGINE_H

#include <stdbool.h>

#include "authd/core/act.h"
#include "authd/core/hashpool.h"
#include "authd/core/policy.h"
#include "authd/keeper/keeper_client.h"
#include "authd/store/writer.h"

struct authz_kept;
struct breach;
struct session_seen;
struct handovers;
struct journal;
struct checks;
struct crl;
struct logins;
struct ocsp;
struct sources;
struct seen;
struct steady;
struct x509_trust;
struct known;

/* What a rule works with: one for each thread. */
struct core {
	struct store *store;
	struct keeper *keeper;
	const struct policy *policy;
	const struct breach *breach; /* NULL: none is configured */
	struct journal *journal;     /* audit records of this transaction; NULL
				  * when only reading */
	struct checks *checks;       /* codes of this transaction; NULL too */
	struct logins *logins;       /* logins under way; NULL too */
	struct sources *sources;     /* where failures come from; NULL too */
	struct seen *seen;           /* uses of certificates; any thread */
	const struct x509_trust *trust; /* our CA; NULL: there is none */
	struct crl *crl;   /* what is published; NULL: nothing; any thread */
	struct ocsp *ocsp; /* the same */
	bool has_revoked;  /* in this transaction a certificate was */
	struct session_seen *sessions; /* their last use; NULL: not kept */
	struct handovers *handovers; /* logins between hosts; NULL too */
	uint32_t decoys;             /* rows of nobody that were written */
	struct authz_kept *kept; /* who was let in; NULL: nobody is kept; any
				  * thread */
	uint64_t as_of; /* reading: its number before the view began */
	struct known *known; /* read under it, by this reader; NULL: nothing */
	/* Of offices, accounts, phones (their last steps aside), hosts and
	 * certificates: what was read under the same number is still so. */
	uint64_t generation;
};

struct engine;

#define ENGINE_BRIEF_MAX 8 /* works whose hash runs together */

/* One request's work. Filled by the caller, who owns it until done. */
struct work {
	/* Optional; on the writer, before all runs of the transaction, or with
	 * reads_ahead: the place to hand codes to checks_add(). */
	int (*prepare)(struct core *c, struct work *w);
	/* prepare only reads, and what it read is compared with the generation
	 * before it is believed: it runs before the writer has the work, on a
	 * thread and with a view of its own. Of ${c} no journal, logins or
	 * handovers are there then. */
	bool reads_ahead;
	/* Optional, of engine_read(): answer from memory (true), without the
	 * store and without waiting for a reader: of ${c} only what any thread
	 * may use is there. */
	bool (*recall)(struct core *c, struct work *w);
	/* The work. An error undoes what it did; a refusal is no error. */
	int (*run)(struct core *c, struct work *w);
	/* Optional: slow work that needs no store. When run has set wants_hash
	 * and its transaction is committed, hash runs on a hash worker (only
	 * policy, keeper, breach and trust of ${c} are there), then settle on the writer, in
	 * a transaction of its own. */
	int (*hash)(struct core *c, struct work *w);
	int (*settle)(struct core *c, struct work *w);
	/* Optional: when run's transaction is committed and hash then never
	 * runs, for there is no room or the time is over, or breaks; and when
	 * settle is undone: takes back what run took, as far as that is right by
	 * what was hashed, on the writer, in a transaction of its own; done comes
	 * after it and is told why. */
	int (*give_back)(struct core *c, struct work *w);
	bool wants_hash;
	/* When run has set is_brief as well: instead of hash, for all of those
	 * that wait, at most ENGINE_BRIEF_MAX; each one's hash_result is set.
	 * It only waits for signatures: not behind passwords. All works that
	 * are brief bring the same one. */
	void (*hash_together)(struct core *c, struct work **list, int n);
	bool is_brief;
	const char *hash_key; /* login whose turn it is; borrowed */
	/* Once, after the commit of what came last, unless withdrawn; on the
	 * thread that ran what came last; ${r} as in writer_job.done.
	 * Must not block. */
	void (*done)(struct work *w, int r);
	enum writer_lane lane;
	/* It changes no office, no account, and no phone but its last step:
	 * does not raise the generation. */
	bool keeps_people;
	/* Of engine_read(): with a reader of those that are kept apart, so that
	 * no other reading holds it up. */
	bool is_apart;
	struct act act;
	void *arg;
	int hash_result; /* what hash returned */
	/* the engine's own */
	struct writer_job job;
	struct hashpool_job hash_job;
	_Atomic int stage;
	bool is_prepared;
	struct engine *engine;
};

struct engine_parts {
	struct store *writer;   /* STORE_WRITE; taken by the engine */
	struct store **readers; /* STORE_READ; each taken */
	int readers_n;
	int apart_n; /* of them, so many are for work that is_apart */
	struct store *ahead; /* STORE_READ, for work that reads_ahead; taken */
	struct keeper *keeper;       /* borrowed */
	const struct policy *policy; /* borrowed */
	const struct breach *breach; /* borrowed; NULL: none */
	const struct x509_trust *trust; /* borrowed; NULL: no CA */
	int publish_dir; /* where the revocation list is written; -1 nowhere */
	int32_t node;
	char boot_id[40];         /* of clock_boot_id() */
	int reserve_fd;           /* for writer_new(); -1 none */
	void (*fatal)(void *arg); /* the process must end now */
	void *fatal_arg;
};

/**
 * engine_new(parts, out):
 * Join the parts and start the writer thread. Follows the log from the
 * keeper's confirmed head; a log that does not contain that head, or does not
 * continue it, puts the engine into the gap state: reads and status work,
 * every change is ERR_WRONG_STATE until the gap is accepted offline.
 * Return: 0, ERR_STORE, ERR_KEEPER, ERR_NOMEM, ERR_SYS.
 */
int engine_new(const struct engine_parts *parts, struct engine **out) CHECKED;

/** engine_free(e): run what is queued, confirm the head, close. NULL-safe. */
void engine_free(struct engine *e);

/**
 * engine_submit(e, w):
 * Queue a change. Return: 0; ERR_BUSY (lane full or stopping), ERR_WRONG_STATE (gap):
 * done is then not called.
 */
int engine_submit(struct engine *e, struct work *w) CHECKED;

/**
 * engine_submit_hash(e, w):
 * The same for work whose run changes nothing and was done by engine_read():
 * it goes on with hash at once, and has no give_back.
 */
int engine_submit_hash(struct engine *e, struct work *w) CHECKED;

/**
 * engine_withdraw(e, w):
 * True when it was still waiting; done never comes. With give_back only before
 * its run: what waits for a worker is given back first, then done comes.
 */
bool engine_withdraw(struct engine *e, struct work *w);

/**
 * engine_read(e, w):
 * Run w->run on this thread with a reader, unless w->recall has the answer;
 * prepare and done are not called.
 * Return: what run returned, or ERR_BUSY when no reader came free in a second.
 */
int engine_read(struct engine *e, struct work *w) CHECKED;

#define ENGINE_ENDS 4

struct engine_status {
	bool is_ready; /* false in the gap state, without keeper, or when the
			* clock is not right */
	bool is_clock_ok; /* false: it was set back; codes are refused */
	bool has_gap;
	struct audit_head head; /* last record written */
	struct keeper_hello keeper;
	int64_t ca_not_after_ms; /* certificates end with it; 0: no CA */
	struct moment now;
	/* live certificates that end within 10, 30, 60, 90 days, each counted
	 * once, by the nearest */
	int ends[ENGINE_ENDS];
};
/** engine_status(e, out): state now; asks the keeper. Return: 0 or ERR_*. */
int engine_status(struct engine *e, struct engine_status *out) CHECKED;

#endif /* AUTHD_CORE_ENGINE_H */
