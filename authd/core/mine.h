/*
 * mine.h: what one person has and did: phones, terminals, sessions, logins; and
 * the way to stop what is lost.
 * Room: core.  Process: front.  Threads: look from any with a core, stop on the
 * writer's.
 * Proved by tests/e2e/72-my-page.sh
 */
#ifndef AUTHD_CORE_MINE_H
#define AUTHD_CORE_MINE_H

#include "authd/core/session.h"
#include "authd/core/terminals.h"

#define MINE_PHONES     PHONES_MAX
#define MINE_TERMINALS  16 /* that are shown; of those named for the person */
#define MINE_SESSIONS   SESSION_EACH_MAX
#define MINE_EVENTS     20 /* logins and refusals, newest first */
#define MINE_CHANGES    20 /* of the last MINE_CHANGES_MS */
#define MINE_CHANGES_MS (30 * 24 * 3600 * INT64_C(1000))
#define MINE_LOOKED_AT  400 /* audit records looked at for the events */

struct mine_phone {
	char id[ID_TEXT + 1];
	char label[NAME_MAX_BYTES + 1];
	int64_t confirmed_ms, last_used_ms;
};

struct mine_terminal {
	char id[ID_TEXT + 1];
	char label[NAME_MAX_BYTES + 1];
	int admitted_n; /* people it is for, this one among them */
	bool is_live;   /* has a certificate that is taken now */
	int64_t not_after_ms, last_seen_ms;
	char last_source[AUDIT_SOURCE_MAX + 1];
};

struct mine_session {
	char id[ID_TEXT + 1];
	char source[AUDIT_SOURCE_MAX + 1];
	int64_t created_ms, seen_ms;
	bool is_this; /* the one that asks */
};

struct mine_event {
	int64_t at_ms;
	char action[AUDIT_WORD_MAX + 1];
	char result[AUDIT_WORD_MAX + 1];
	char reason[AUDIT_WORD_MAX + 1];
	char source[AUDIT_SOURCE_MAX + 1];
	char actor[AUDIT_ACTOR_MAX + 1];
	char request_id[REQUEST_ID_LEN + 1];
};

struct mine {
	struct mine_phone phones[MINE_PHONES]; /* active ones */
	int phones_n;
	struct mine_terminal terminals[MINE_TERMINALS]; /* not lost ones */
	int terminals_n;
	struct mine_session sessions[MINE_SESSIONS]; /* live, on the portal */
	int sessions_n;
	struct mine_event events[MINE_EVENTS], changes[MINE_CHANGES];
	int events_n, changes_n;
	int recovery_left;
	bool has_unkept; /* recovery codes that the person made last, and has
			  * not said to have kept */
};

/** mine_look(c, act, who, out): all of it, of the live session ${who}. */
int mine_look(struct core *c, struct act *act, const struct session_view *who,
    struct mine *out) CHECKED;

/** mine_changes(c, act, who, out): changes, changes_n and has_unkept alone. */
int mine_changes(struct core *c, struct act *act,
    const struct session_view *who, struct mine *out) CHECKED;

/* What is to be stopped: ids as text. Borrowed. */
struct mine_stop {
	const char *phones[MINE_PHONES];
	int phones_n;
	const char *terminals[MINE_TERMINALS];
	int terminals_n;
	bool ends_sessions; /* all but the one that asks */
};

/**
 * mine_stop(c, act, who, in):
 * Each phone is revoked, each terminal is lost (nobody gets in with it any
 * more), sessions end: from the next answer on. All or nothing; what is stopped
 * already is as good as stopped.
 * Return: ERR_NOTFOUND when one is not this person's;
 * ERR_INVALID when nothing is to be stopped; ERR_WRONG_STATE
 * (last_administrator).
 */
int mine_stop(struct core *c, struct act *act, const struct session_view *who,
    const struct mine_stop *in) CHECKED;

/** mine_end(c, act, who, id): end one of the person's sessions. ERR_NOTFOUND
 * when it is none. */
int mine_end(struct core *c, struct act *act, const struct session_view *who,
    const char *id) CHECKED;

#endif /* AUTHD_CORE_MINE_H */
