/*
 * ask_sql_ticket.h: the statements about tickets: a part of the one table of
 * ask_sql.c, which is their only reader.
 * Room: store.  Process: front, one-shot modes.
 */
#ifndef AUTHD_STORE_ASK_SQL_TICKET_H
#define AUTHD_STORE_ASK_SQL_TICKET_H

#define TICKET_ROW                                                             \
	"office, account, id, purpose, state, secret, label, serial, failures," \
	" created_ms, until_steady, ended_ms, holder, held_steady, proved,"    \
	" device"

/* OF_ACCOUNT is of ask_sql.c. */
#define ASK_SQL_TICKETS							       \
	[ASK_TICKET_ADD] =						       \
	    "INSERT INTO ticket (" TICKET_ROW				       \
	    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"\
	    " ?14, ?15, ?16)",						       \
	[ASK_TICKET_FIND] =						       \
	    "SELECT " TICKET_ROW " FROM ticket WHERE secret = ?1",	       \
	[ASK_TICKET_HELD] =						       \
	    "SELECT " TICKET_ROW " FROM ticket WHERE holder = ?1",	       \
	[ASK_TICKET_BY_ID] = "SELECT " TICKET_ROW " FROM ticket WHERE id = ?1",\
	[ASK_TICKET_STATE] =						       \
	    "SELECT state FROM ticket" OF_ACCOUNT " AND id = ?3",	       \
	[ASK_TICKET_SET] =						       \
	    "UPDATE ticket SET failures = ?4, holder = ?5, held_steady = ?6,"  \
	    " proved = ?7, device = ?8" OF_ACCOUNT " AND id = ?3 AND state = 1",\
	[ASK_TICKET_END] =						       \
	    "UPDATE ticket SET state = ?4, ended_ms = ?5" OF_ACCOUNT	       \
	    " AND id = ?3 AND state = 1",				       \
	[ASK_TICKET_LIST] = "SELECT " TICKET_ROW " FROM ticket" OF_ACCOUNT     \
			    " AND id > ?3 ORDER BY id LIMIT ?4",	       \
	[ASK_TICKET_LIST_OFFICE] =					       \
	    "SELECT " TICKET_ROW " FROM ticket WHERE office = ?1 AND id > ?2"  \
	    " ORDER BY id LIMIT ?3",					       \
	[ASK_TICKET_LIST_ALL] = "SELECT " TICKET_ROW " FROM ticket"	       \
				" WHERE id > ?1 ORDER BY id LIMIT ?2",	       \
	[ASK_TICKET_DUE] =						       \
	    "SELECT " TICKET_ROW " FROM ticket WHERE state = 1"		       \
	    " AND until_steady <= ?1 ORDER BY until_steady, id LIMIT ?2",      \
	[ASK_TICKET_FORGET] =						       \
	    "DELETE FROM ticket WHERE (office, account, id) IN"		       \
	    " (SELECT office, account, id FROM ticket WHERE state <> 1"	       \
	    " AND ended_ms < ?1 ORDER BY ended_ms LIMIT ?2)",		       \
	[ASK_TICKET_REMOVE_ACCOUNT] = "DELETE FROM ticket" OF_ACCOUNT,	       \
	[ASK_TICKET_FILE_ADD] =						       \
	    "INSERT INTO ticket_file (office, account, ticket, kind, file)"    \
	    " VALUES (?1, ?2, ?3, ?4, ?5)",				       \
	[ASK_TICKET_FILE_GET] = "SELECT file FROM ticket_file" OF_ACCOUNT      \
				" AND ticket = ?3 AND kind = ?4",	       \
	[ASK_TICKET_FILES_REMOVE] =					       \
	    "DELETE FROM ticket_file" OF_ACCOUNT " AND ticket = ?3",	       \
	[ASK_TICKET_FILES_REMOVE_ACCOUNT] =				       \
	    "DELETE FROM ticket_file" OF_ACCOUNT,

#endif /* AUTHD_STORE_ASK_SQL_TICKET_H */
