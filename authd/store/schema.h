/*
 * schema.h: the tables of the SQLite store, as steps that lead from one version
 * to the next. A step that was released is never changed, only followed.
 * Room: store.  Process: front, one-shot modes.
 *
 * Every key begins with the office; ids are 16 bytes made by callers; the
 * table name answers a login or unix-user with its account. Two indexes on
 * the log, since each costs a page for every verification: by request id (what
 * a person reads out on the telephone) and by office and account.
 */
#ifndef AUTHD_STORE_SCHEMA_H
#define AUTHD_STORE_SCHEMA_H

#define SCHEMA_STEPS 16 /* the version this program reads and writes */

/**
 * schema_steps():
 * Return SCHEMA_STEPS texts of SQL; the one at n leads from version n to n + 1.
 */
const char *const *schema_steps(void);

#endif /* AUTHD_STORE_SCHEMA_H */
