/*
 * ask_sql_cert.h: the statements about certificates: a part of the one table
 * of ask_sql.c, which is their only reader.
 * Room: store.  Process: front, one-shot modes.
 */
#ifndef AUTHD_STORE_ASK_SQL_CERT_H
#define AUTHD_STORE_ASK_SQL_CERT_H

#define CERT_ROW                                                               \
	"c.office, c.serial, c.kind, c.holder, c.fingerprint,"                 \
	" c.not_before_ms, c.not_after_ms, c.issued_ms, c.revoked_ms,"         \
	" c.reason, c.first_seen_ms, c.last_seen_ms, c.last_source,"           \
	" c.told_days, c.der"
#define CERT_KEY " WHERE office = ?1 AND issued_ms = ?2 AND serial = ?3"
/* One name for each certificate, then the row of its office. */
#define CERT_OF_NAME                                                           \
	"SELECT " CERT_ROW " FROM cert_name n JOIN cert c"                     \
	" ON c.office = n.office AND c.issued_ms = n.issued_ms"                \
	" AND c.serial = n.serial WHERE n."
#define CERT_AFTER                                                             \
	" (c.issued_ms > ?1 OR (c.issued_ms = ?1 AND c.serial > ?2))"
#define CERT_IN_ORDER " ORDER BY c.issued_ms, c.serial LIMIT ?3"
#define RSA_KEY_ROW "office, issued_ms, serial, modulus"

#define ASK_SQL_CERTS								\
	[ASK_CERT_ADD] =							\
	    "INSERT INTO cert (office, serial, kind, holder, fingerprint,"	\
	    " not_before_ms, not_after_ms, issued_ms, revoked_ms, reason,"	\
	    " first_seen_ms, last_seen_ms, last_source, told_days, der)"	\
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"	\
	    " ?14, ?15)",							\
	[ASK_CERT_NAME_ADD] = "INSERT INTO cert_name"				\
			      " (serial, office, issued_ms) VALUES (?1, ?2, ?3)",\
	[ASK_CERT_BY_SERIAL] = CERT_OF_NAME "serial = ?1",			\
	[ASK_CERT_BY_FINGERPRINT] =						\
	    CERT_OF_NAME "serial = ?1 AND c.fingerprint = ?2",			\
	[ASK_CERT_EXISTS] = "SELECT revoked_ms FROM cert" CERT_KEY,		\
	[ASK_CERT_LIST] =							\
	    "SELECT " CERT_ROW " FROM cert c WHERE" CERT_AFTER CERT_IN_ORDER,	\
	[ASK_CERT_LIST_OFFICE] = "SELECT " CERT_ROW " FROM cert c"		\
				 " WHERE c.office = ?4 AND" CERT_AFTER		\
				     CERT_IN_ORDER,				\
	[ASK_CERT_LIST_HOLDER] =						\
	    "SELECT " CERT_ROW " FROM cert c WHERE c.office = ?4"		\
	    " AND c.holder = ?5 AND" CERT_AFTER CERT_IN_ORDER,			\
	[ASK_CERT_REVOKE] = "UPDATE cert SET revoked_ms = ?4,"			\
			    " reason = ?5" CERT_KEY " AND revoked_ms = 0",	\
	[ASK_CERT_SEEN] =							\
	    "UPDATE cert SET first_seen_ms ="					\
	    " CASE WHEN first_seen_ms = 0 THEN ?4 ELSE first_seen_ms END,"	\
	    " last_source ="							\
	    " CASE WHEN last_seen_ms < ?4 THEN ?5 ELSE last_source END,"	\
	    " last_seen_ms ="							\
	    " CASE WHEN last_seen_ms < ?4 THEN ?4 ELSE last_seen_ms"		\
	    " END" CERT_KEY,							\
	[ASK_CERT_TOLD] = "UPDATE cert SET told_days = ?4" CERT_KEY,		\
	[ASK_CERT_REVOKED] =							\
	    "SELECT " CERT_ROW " FROM cert c WHERE c.revoked_ms > 0"		\
	    " AND c.not_after_ms > ?1 ORDER BY c.not_after_ms, c.serial",	\
	[ASK_CERT_ENDING] = "SELECT " CERT_ROW " FROM cert c"			\
			    " WHERE c.revoked_ms = 0 AND c.not_after_ms >= ?1"	\
			    " AND c.not_after_ms <= ?2"			\
			    " AND (c.told_days = 0 OR c.told_days > ?4)"	\
			    " ORDER BY c.not_after_ms, c.serial LIMIT ?3",	\
	[ASK_CERT_ENDING_COUNT] =						\
	    "SELECT count(*) FROM cert WHERE revoked_ms = 0"			\
	    " AND not_after_ms >= ?1 AND not_after_ms <= ?2",			\
	[ASK_CERT_UNUSED] = "SELECT " CERT_ROW " FROM cert c"			\
			    " WHERE c.revoked_ms = 0 AND c.first_seen_ms = 0"	\
			    " AND c.issued_ms < ?1"				\
			    " ORDER BY c.issued_ms, c.serial LIMIT ?2",	\
	[ASK_CERT_ENDING_OFFICE] =						\
	    "SELECT " CERT_ROW " FROM cert c WHERE c.office = ?4"		\
	    " AND c.revoked_ms = 0 AND c.not_after_ms >= ?1"			\
	    " AND c.not_after_ms <= ?2"					\
	    " ORDER BY c.not_after_ms, c.serial LIMIT ?3",			\
	[ASK_CERT_UNUSED_OFFICE] =						\
	    "SELECT " CERT_ROW " FROM cert c WHERE c.office = ?3"		\
	    " AND c.revoked_ms = 0 AND c.first_seen_ms = 0"			\
	    " AND c.issued_ms < ?1 ORDER BY c.issued_ms, c.serial LIMIT ?2",	\
	[ASK_RSA_KEY_ADD] =							\
	    "INSERT INTO rsa_key (" RSA_KEY_ROW ") VALUES (?1, ?2, ?3, ?4)",	\
	[ASK_RSA_KEY_LIST] =							\
	    "SELECT " RSA_KEY_ROW " FROM rsa_key WHERE issued_ms >= ?1"	\
	    " ORDER BY issued_ms DESC, serial DESC LIMIT ?2",

#endif /* AUTHD_STORE_ASK_SQL_CERT_H */
