/*
 * ask_found.h: what the searches look for, as parts of SQL.
 * Private to ask_sql.c.  Room: store.  Process: front, one-shot modes.
 */
#ifndef AUTHD_STORE_ASK_FOUND_H
#define AUTHD_STORE_ASK_FOUND_H

/* What is sought: ?1 in names, ?2 in logins; ?3 is an enum account_pick. */
#define ACCOUNT_FOUND                                                          \
	" AND (?1 = '%' OR a.login LIKE ?2 ESCAPE '!'"                         \
	" OR lower(a.full_name) LIKE ?1 ESCAPE '!'"                            \
	" OR a.kana LIKE ?1 ESCAPE '!')"                                       \
	" AND (?3 = 0"                                                         \
	" OR (?3 = 1 AND a.approved_ms <> 0 AND a.disabled_ms = 0)"            \
	" OR (?3 = 2 AND a.approved_ms = 0 AND a.disabled_ms = 0)"             \
	" OR (?3 = 3 AND a.disabled_ms <> 0)"                                  \
	" OR (?3 = 4 AND (EXISTS (SELECT 1 FROM counter k"                     \
	" WHERE k.office = a.office AND k.account = a.id"                      \
	" AND k.locked_until_steady > ?4)"                                     \
	" OR (SELECT sum(k.in_row) FROM counter k WHERE k.office = a.office"   \
	" AND k.account = a.id AND k.kind = 2) >= ?5))"                        \
	" OR (?3 = 5 AND NOT EXISTS (SELECT 1 FROM phone p"                    \
	" WHERE p.office = a.office AND p.account = a.id"                      \
	" AND p.confirmed_ms <> 0)))"
/* The same of devices; ?3 is an enum device_pick, ?4 now. */
#define PHONE_FOUND                                                            \
	" AND p.office = a.office AND p.account = a.id"                        \
	" AND (?1 = '%' OR a.login LIKE ?2 ESCAPE '!'"                         \
	" OR lower(a.full_name) LIKE ?1 ESCAPE '!'"                            \
	" OR a.kana LIKE ?1 ESCAPE '!'"                                        \
	" OR lower(p.label) LIKE ?1 ESCAPE '!')"                               \
	" AND (?3 = 0 OR (?3 = 1 AND p.state = 2)"                             \
	" OR (?3 = 2 AND p.state = 3)"                                         \
	" OR (?3 = 3 AND p.state = 1 AND p.expires_ms > ?4))"
#define TERMINAL_FOUND                                                         \
	" AND (?1 = '%' OR lower(label) LIKE ?1 ESCAPE '!'"                    \
	" OR EXISTS (SELECT 1 FROM admitted d JOIN account a"                  \
	" ON a.office = d.office AND a.id = d.account"                         \
	" WHERE d.office = terminal.office AND d.terminal = terminal.id"       \
	" AND (a.login LIKE ?2 ESCAPE '!'"                                     \
	" OR lower(a.full_name) LIKE ?1 ESCAPE '!')))"                         \
	" AND (?3 = 0 OR (?3 = 1 AND lost_ms = 0)"                             \
	" OR (?3 = 2 AND lost_ms <> 0))"

/* The names that a search of every office looks at, whatever it finds: the
 * first ${most}, and as many that begin with what is sought in logins. */
#define LOOKED_AT(most, from, below)                                           \
	"WITH n AS (SELECT * FROM (SELECT name, office, account FROM name"     \
	" WHERE name > '' ORDER BY name LIMIT " most ") UNION"                 \
	" SELECT * FROM (SELECT name, office, account FROM name"               \
	" WHERE name >= " from " AND name < " below                            \
	" ORDER BY name LIMIT " most ")) "
#define OF_N                                                                   \
	" WHERE a.office = n.office AND a.id = n.account AND a.login = n.name"
/* How many rows there are, counted no further than ?1. */
#define COUNT_UP_TO(table, where)                                              \
	"SELECT count(*) FROM (SELECT 1 FROM " table " WHERE " where " LIMIT ?1)"

#endif /* AUTHD_STORE_ASK_FOUND_H */
