#include "authd/store/schema.h"

/*
 * STRICT and CHECK catch a wrong bind where it is made. The numbers in CHECK
 * are those of rows.h. WITHOUT ROWID: the key is the only tree.
 */
static const char step_1[] =
    "CREATE TABLE schema_version ("
    "  version INTEGER NOT NULL PRIMARY KEY"
    ") STRICT;"
    "CREATE TABLE meta ("
    "  name TEXT NOT NULL PRIMARY KEY,"
    "  value TEXT NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE office ("
    "  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),"
    "  code TEXT NOT NULL UNIQUE CHECK (code <> ''),"
    "  name TEXT NOT NULL,"
    "  contact TEXT NOT NULL,"
    "  networks TEXT NOT NULL,"
    "  created_ms INTEGER NOT NULL,"
    "  disabled_ms INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE account ("
    "  office BLOB NOT NULL REFERENCES office (id),"
    "  id BLOB NOT NULL CHECK (length(id) = 16),"
    "  login TEXT NOT NULL CHECK (login <> ''),"
    "  unix_user TEXT NOT NULL,"
    "  full_name TEXT NOT NULL,"
    "  kana TEXT NOT NULL,"
    "  phone_number TEXT NOT NULL,"
    "  birth_date TEXT NOT NULL,"
    "  email TEXT NOT NULL,"
    "  group_list TEXT NOT NULL,"
    "  class INTEGER NOT NULL CHECK (class IN (1, 2)),"
    "  level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 5),"
    "  roles INTEGER NOT NULL CHECK (roles BETWEEN 0 AND 15),"
    "  created_ms INTEGER NOT NULL,"
    "  approved_ms INTEGER NOT NULL,"
    "  disabled_ms INTEGER NOT NULL,"
    "  enrol_by_ms INTEGER NOT NULL,"
    "  leaves_on_ms INTEGER NOT NULL,"
    "  PRIMARY KEY (office, id),"
    "  UNIQUE (office, login)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE name ("
    "  name TEXT NOT NULL PRIMARY KEY,"
    "  office BLOB NOT NULL,"
    "  account BLOB NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE phone ("
    "  office BLOB NOT NULL,"
    "  account BLOB NOT NULL,"
    "  device BLOB NOT NULL CHECK (length(device) = 16),"
    "  label TEXT NOT NULL,"
    "  state INTEGER NOT NULL CHECK (state IN (1, 2, 3)),"
    "  is_private INTEGER NOT NULL CHECK (is_private IN (0, 1)),"
    "  digits INTEGER NOT NULL,"
    "  period INTEGER NOT NULL,"
    "  algorithm TEXT NOT NULL,"
    "  sealed BLOB NOT NULL CHECK (length(sealed) <= 96),"
    "  step_offset INTEGER NOT NULL,"
    "  last_step INTEGER NOT NULL,"
    "  created_ms INTEGER NOT NULL,"
    "  expires_ms INTEGER NOT NULL,"
    "  confirmed_ms INTEGER NOT NULL,"
    "  last_used_ms INTEGER NOT NULL,"
    "  revoked_ms INTEGER NOT NULL,"
    "  PRIMARY KEY (office, account, device),"
    "  FOREIGN KEY (office, account) REFERENCES account (office, id)"
    ") STRICT, WITHOUT ROWID;"
    /* No reference to account: the all-zero account is the decoy. */
    "CREATE TABLE counter ("
    "  office BLOB NOT NULL CHECK (length(office) = 16),"
    "  account BLOB NOT NULL CHECK (length(account) = 16),"
    "  kind INTEGER NOT NULL CHECK (kind IN (1, 2)),"
    "  bucket TEXT NOT NULL,"
    "  failures INTEGER NOT NULL CHECK (failures >= 0),"
    "  in_row INTEGER NOT NULL CHECK (in_row >= 0),"
    "  locked_until_steady INTEGER NOT NULL,"
    "  PRIMARY KEY (office, account, kind, bucket)"
    ") STRICT, WITHOUT ROWID;"
    /* office and account are texts here: the log outlives what it names. */
    "CREATE TABLE audit ("
    "  node INTEGER NOT NULL CHECK (node >= 1),"
    "  seq INTEGER NOT NULL CHECK (seq >= 1),"
    "  at_ms INTEGER NOT NULL,"
    "  actor TEXT NOT NULL,"
    "  source TEXT NOT NULL,"
    "  office TEXT NOT NULL,"
    "  account TEXT NOT NULL,"
    "  device TEXT NOT NULL,"
    "  action TEXT NOT NULL,"
    "  result TEXT NOT NULL,"
    "  reason TEXT NOT NULL,"
    "  request_id TEXT NOT NULL,"
    "  detail TEXT NOT NULL,"
    "  hash BLOB NOT NULL CHECK (length(hash) = 32),"
    "  seal BLOB CHECK (length(seal) = 64),"
    "  PRIMARY KEY (node, seq)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX audit_request ON audit (request_id)"
    "  WHERE request_id <> '';"
    "CREATE INDEX audit_account ON audit (office, account, seq);";

/* Passwords and recovery codes. */
static const char step_2[] =
    "CREATE TABLE password ("
    "  office BLOB NOT NULL,"
    "  account BLOB NOT NULL,"
    "  hash TEXT NOT NULL CHECK (length(hash) BETWEEN 1 AND 255),"
    "  changed_ms INTEGER NOT NULL CHECK (changed_ms >= 0),"
    "  is_temporary INTEGER NOT NULL CHECK (is_temporary IN (0, 1)),"
    "  checked_ms INTEGER NOT NULL CHECK (checked_ms >= 0),"
    "  PRIMARY KEY (office, account),"
    "  FOREIGN KEY (office, account) REFERENCES account (office, id)"
    ") STRICT, WITHOUT ROWID;"
    /*
     * Forgotten by when it was replaced: a password of three years was in use
     * until that day.
     */
    "CREATE TABLE password_history ("
    "  office BLOB NOT NULL,"
    "  account BLOB NOT NULL,"
    "  replaced_ms INTEGER NOT NULL CHECK (replaced_ms >= 0),"
    "  changed_ms INTEGER NOT NULL CHECK (changed_ms >= 0),"
    "  hash TEXT NOT NULL CHECK (length(hash) BETWEEN 1 AND 255),"
    "  PRIMARY KEY (office, account, replaced_ms, changed_ms, hash),"
    "  FOREIGN KEY (office, account) REFERENCES account (office, id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE recovery ("
    "  office BLOB NOT NULL,"
    "  account BLOB NOT NULL,"
    "  mac BLOB NOT NULL CHECK (length(mac) = 32),"
    "  created_ms INTEGER NOT NULL CHECK (created_ms > 0),"
    "  used_ms INTEGER NOT NULL CHECK (used_ms >= 0),"
    "  PRIMARY KEY (office, account, mac),"
    "  FOREIGN KEY (office, account) REFERENCES account (office, id)"
    ") STRICT, WITHOUT ROWID;";

/* Steps that were accepted and that last_step does not cover any more. */
static const char step_3[] =
    "CREATE TABLE burned ("
    "  office BLOB NOT NULL,"
    "  account BLOB NOT NULL,"
    "  device BLOB NOT NULL,"
    "  step INTEGER NOT NULL CHECK (step >= 0),"
    "  PRIMARY KEY (office, account, device, step),"
    "  FOREIGN KEY (office, account, device)"
    "    REFERENCES phone (office, account, device)"
    ") STRICT, WITHOUT ROWID;";

/*
 * What is added for every answer goes to a few pages: first the part of the
 * log, 1,024 records, then what is looked for. (An index by account alone
 * changes a page of its own for each record, which costs more than the record.)
 * A listing goes from part to part.
 */
static const char step_4[] =
    "DROP INDEX audit_account;"
    "CREATE INDEX audit_account ON audit (seq / 1024, account, seq);"
    "CREATE INDEX audit_office ON audit (seq / 1024, office, seq);";

/*
 * Terminals, hosts and their certificates. The table cert_name answers a
 * serial or a fingerprint with the office, as name does a login. A host is of
 * no office: its certificates have the all-zero one.
 */
static const char step_5[] =
    "CREATE TABLE terminal ("
    "  office BLOB NOT NULL REFERENCES office (id),"
    "  id BLOB NOT NULL CHECK (length(id) = 16),"
    "  label TEXT NOT NULL CHECK (label <> ''),"
    "  is_private INTEGER NOT NULL CHECK (is_private IN (0, 1)),"
    "  admits_all INTEGER NOT NULL CHECK (admits_all IN (0, 1)),"
    "  created_ms INTEGER NOT NULL CHECK (created_ms >= 0),"
    "  lost_ms INTEGER NOT NULL CHECK (lost_ms >= 0),"
    "  PRIMARY KEY (office, id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX terminal_id ON terminal (id);"
    "CREATE UNIQUE INDEX terminal_label ON terminal (office, label)"
    "  WHERE lost_ms = 0;"
    "CREATE TABLE admitted ("
    "  office BLOB NOT NULL,"
    "  terminal BLOB NOT NULL,"
    "  account BLOB NOT NULL,"
    "  PRIMARY KEY (office, terminal, account),"
    "  FOREIGN KEY (office, terminal) REFERENCES terminal (office, id),"
    "  FOREIGN KEY (office, account) REFERENCES account (office, id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX admitted_account ON admitted (office, account);"
    "CREATE TABLE host ("
    "  name TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),"
    "  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),"
    "  rights INTEGER NOT NULL CHECK (rights >= 0),"
    "  created_ms INTEGER NOT NULL CHECK (created_ms >= 0)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE cert ("
    "  office BLOB NOT NULL CHECK (length(office) = 16),"
    "  serial BLOB NOT NULL CHECK (length(serial) = 16),"
    "  kind INTEGER NOT NULL CHECK (kind IN (1, 2)),"
    "  holder BLOB NOT NULL CHECK (length(holder) = 16),"
    "  fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),"
    "  not_before_ms INTEGER NOT NULL,"
    "  not_after_ms INTEGER NOT NULL CHECK (not_after_ms > not_before_ms),"
    "  issued_ms INTEGER NOT NULL CHECK (issued_ms >= 0),"
    "  revoked_ms INTEGER NOT NULL CHECK (revoked_ms >= 0),"
    "  reason INTEGER NOT NULL CHECK (reason BETWEEN 0 AND 4),"
    "  first_seen_ms INTEGER NOT NULL CHECK (first_seen_ms >= 0),"
    "  last_seen_ms INTEGER NOT NULL CHECK (last_seen_ms >= 0),"
    "  last_source TEXT NOT NULL,"
    "  told_days INTEGER NOT NULL CHECK (told_days >= 0),"
    "  der BLOB NOT NULL CHECK (length(der) BETWEEN 1 AND 4096),"
    "  PRIMARY KEY (office, serial),"
    "  CHECK ((revoked_ms = 0) = (reason = 0))"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE cert_name ("
    "  serial BLOB NOT NULL PRIMARY KEY,"
    "  fingerprint BLOB NOT NULL UNIQUE,"
    "  office BLOB NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX cert_holder ON cert (office, holder, issued_ms, serial);"
    "CREATE INDEX cert_office ON cert (office, issued_ms, serial);"
    "CREATE INDEX cert_issued ON cert (issued_ms, serial);"
    "CREATE INDEX cert_end ON cert (not_after_ms, serial, told_days)"
    "  WHERE revoked_ms = 0;"
    "CREATE INDEX cert_revoked ON cert (not_after_ms, serial)"
    "  WHERE revoked_ms > 0;"
    "CREATE INDEX cert_unused ON cert (issued_ms, serial)"
    "  WHERE revoked_ms = 0 AND first_seen_ms = 0;";

/* Administrators are few; the guard asks for them (core/guard). */
static const char step_6[] =
    "CREATE INDEX account_administrator"
    "  ON account ((roles & 1), office, id) WHERE (roles & 1) = 1;";

/*
 * Sessions and the applications they count in. A token is looked for among
 * all offices, so it has an index of its own; so have an id and an end.
 */
static const char step_7[] =
    "CREATE TABLE session ("
    "  office BLOB NOT NULL,"
    "  account BLOB NOT NULL,"
    "  id BLOB NOT NULL CHECK (length(id) = 16),"
    "  token BLOB NOT NULL CHECK (length(token) = 32),"
    "  app TEXT NOT NULL,"
    "  parent BLOB CHECK (length(parent) = 16),"
    "  factors INTEGER NOT NULL CHECK (factors BETWEEN 1 AND 7),"
    "  password_ms INTEGER NOT NULL,"
    "  password_steady INTEGER NOT NULL,"
    "  code_steady INTEGER NOT NULL,"
    "  terminal_steady INTEGER NOT NULL,"
    "  device BLOB CHECK (length(device) = 16),"
    "  terminal BLOB CHECK (length(terminal) = 16),"
    "  source TEXT NOT NULL,"
    "  created_ms INTEGER NOT NULL,"
    "  seen_ms INTEGER NOT NULL,"
    "  login_steady INTEGER NOT NULL CHECK (login_steady > 0),"
    "  created_steady INTEGER NOT NULL CHECK (created_steady > 0),"
    "  seen_steady INTEGER NOT NULL CHECK (seen_steady > 0),"
    "  until_steady INTEGER NOT NULL CHECK (until_steady > 0),"
    "  PRIMARY KEY (office, account, id),"
    "  FOREIGN KEY (office, account) REFERENCES account (office, id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX session_token ON session (token);"
    "CREATE INDEX session_id ON session (id);"
    "CREATE INDEX session_office ON session (office, id);"
    "CREATE INDEX session_until ON session (until_steady);"
    "CREATE INDEX session_terminal ON session (office, terminal)"
    "  WHERE terminal IS NOT NULL;"
    "CREATE TABLE app ("
    "  host TEXT NOT NULL PRIMARY KEY CHECK (host <> ''),"
    "  name TEXT NOT NULL,"
    "  factors INTEGER NOT NULL CHECK (factors BETWEEN 1 AND 7),"
    "  networks TEXT NOT NULL,"
    "  level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 5),"
    "  group_list TEXT NOT NULL,"
    "  offices TEXT NOT NULL,"
    "  idle_ms INTEGER NOT NULL CHECK (idle_ms >= 0),"
    "  absolute_ms INTEGER NOT NULL CHECK (absolute_ms >= 0),"
    "  paths TEXT NOT NULL,"
    "  created_ms INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;";

/* One more role: its bit beside the four that the column may hold. */
static const char step_8[] =
    "ALTER TABLE account ADD COLUMN is_operator INTEGER NOT NULL DEFAULT 0"
    "  CHECK (is_operator IN (0, 1));";

/* What an administrator sees of an office at a glance. */
static const char step_9[] =
    "CREATE INDEX terminal_all ON terminal (office, id)"
    "  WHERE admits_all = 1 AND lost_ms = 0;"
    "CREATE INDEX cert_end_office ON cert (office, not_after_ms, serial)"
    "  WHERE revoked_ms = 0;"
    "CREATE INDEX cert_unused_office ON cert (office, issued_ms, serial)"
    "  WHERE revoked_ms = 0 AND first_seen_ms = 0;";

/*
 * Tickets, and what is fetched with them. Whoever shows a secret is looked for
 * among all offices. When both factors of an account were given up stands with
 * the account.
 */
static const char step_10[] =
    "ALTER TABLE account ADD COLUMN reset_ms INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE ticket ("
    "  office BLOB NOT NULL,"
    "  account BLOB NOT NULL,"
    "  id BLOB NOT NULL CHECK (length(id) = 16),"
    "  purpose INTEGER NOT NULL CHECK (purpose BETWEEN 1 AND 4),"
    "  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 4),"
    "  secret BLOB NOT NULL CHECK (length(secret) = 32),"
    "  label TEXT NOT NULL,"
    "  serial BLOB CHECK (length(serial) = 16),"
    "  failures INTEGER NOT NULL CHECK (failures >= 0),"
    "  created_ms INTEGER NOT NULL CHECK (created_ms >= 0),"
    "  until_steady INTEGER NOT NULL CHECK (until_steady > 0),"
    "  ended_ms INTEGER NOT NULL CHECK ((ended_ms = 0) = (state = 1)),"
    "  holder BLOB CHECK (length(holder) = 32),"
    "  held_steady INTEGER NOT NULL,"
    "  proved INTEGER NOT NULL CHECK (proved BETWEEN 0 AND 7),"
    "  device BLOB CHECK (length(device) = 16),"
    "  PRIMARY KEY (office, account, id),"
    "  FOREIGN KEY (office, account) REFERENCES account (office, id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX ticket_secret ON ticket (secret);"
    "CREATE INDEX ticket_holder ON ticket (holder) WHERE holder IS NOT NULL;"
    "CREATE INDEX ticket_id ON ticket (id);"
    "CREATE INDEX ticket_office ON ticket (office, id);"
    "CREATE INDEX ticket_until ON ticket (until_steady, id) WHERE state = 1;"
    "CREATE INDEX ticket_ended ON ticket (ended_ms) WHERE state <> 1;"
    "CREATE TABLE ticket_file ("
    "  office BLOB NOT NULL,"
    "  account BLOB NOT NULL,"
    "  ticket BLOB NOT NULL,"
    "  kind INTEGER NOT NULL CHECK (kind IN (1, 2)),"
    "  file BLOB NOT NULL CHECK (length(file) BETWEEN 1 AND 16384),"
    "  PRIMARY KEY (office, account, ticket, kind),"
    "  FOREIGN KEY (office, account, ticket)"
    "    REFERENCES ticket (office, account, id)"
    ") STRICT, WITHOUT ROWID;";

/* A device that is chosen in a list, or read in the log, by its id alone. */
static const char step_11[] = "CREATE INDEX phone_device ON phone (device);";

/* The latest time in each whole part of the log: what is as late as something
 * is found without reading all of it, however the clock went. Part by part: what
 * sorts keeps all it sorts in memory, and the process has not that much. */
static const char step_12[] =
    "CREATE TABLE audit_time ("
    "  node INTEGER NOT NULL,"
    "  part INTEGER NOT NULL,"
    "  last_ms INTEGER NOT NULL,"
    "  PRIMARY KEY (node, part)"
    ") STRICT, WITHOUT ROWID;"
    "WITH RECURSIVE p (node, part, last) AS ("
    "  SELECT node, 0, max(seq) FROM audit GROUP BY node"
    "  UNION ALL SELECT node, part + 1, last FROM p"
    "  WHERE (part + 1) * 1024 <= last)"
    " INSERT INTO audit_time (node, part, last_ms)"
    "  SELECT node, part, (SELECT max(a.at_ms) FROM audit a"
    "    WHERE a.node = p.node AND a.seq >= p.part * 1024"
    "    AND a.seq <= p.part * 1024 + 1023)"
    "  FROM p WHERE EXISTS (SELECT 1 FROM audit a"
    "    WHERE a.node = p.node AND a.seq = p.part * 1024 + 1023);";

/*
 * Certificates of an office in the order of their issue, as they are listed: a
 * new one goes beside the last, where by its random serial it changed three
 * pages of its own. cert_name says when, too. Nothing is sorted, and what is
 * dropped, which is no secret, not wiped: both would take all of it in memory.
 */
#define CERT_COLUMNS                                                           \
	"office, serial, kind, holder, fingerprint, not_before_ms,"            \
	" not_after_ms, issued_ms, revoked_ms, reason, first_seen_ms,"         \
	" last_seen_ms, last_source, told_days, der"
static const char step_13[] =
    "ALTER TABLE cert_name ADD COLUMN issued_ms INTEGER NOT NULL DEFAULT 0;"
    "UPDATE cert_name SET issued_ms = (SELECT c.issued_ms FROM cert c"
    "  WHERE c.office = cert_name.office AND c.serial = cert_name.serial);"
    "CREATE TABLE cert_in_order ("
    "  office BLOB NOT NULL CHECK (length(office) = 16),"
    "  serial BLOB NOT NULL CHECK (length(serial) = 16),"
    "  kind INTEGER NOT NULL CHECK (kind IN (1, 2)),"
    "  holder BLOB NOT NULL CHECK (length(holder) = 16),"
    "  fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),"
    "  not_before_ms INTEGER NOT NULL,"
    "  not_after_ms INTEGER NOT NULL CHECK (not_after_ms > not_before_ms),"
    "  issued_ms INTEGER NOT NULL CHECK (issued_ms >= 0),"
    "  revoked_ms INTEGER NOT NULL CHECK (revoked_ms >= 0),"
    "  reason INTEGER NOT NULL CHECK (reason BETWEEN 0 AND 4),"
    "  first_seen_ms INTEGER NOT NULL CHECK (first_seen_ms >= 0),"
    "  last_seen_ms INTEGER NOT NULL CHECK (last_seen_ms >= 0),"
    "  last_source TEXT NOT NULL,"
    "  told_days INTEGER NOT NULL CHECK (told_days >= 0),"
    "  der BLOB NOT NULL CHECK (length(der) BETWEEN 1 AND 4096),"
    "  PRIMARY KEY (office, issued_ms, serial),"
    "  CHECK ((revoked_ms = 0) = (reason = 0))"
    ") STRICT, WITHOUT ROWID;"
    "INSERT INTO cert_in_order (" CERT_COLUMNS ") SELECT " CERT_COLUMNS
    "  FROM cert INDEXED BY cert_office"
    "  ORDER BY office, issued_ms, serial;"
    "PRAGMA secure_delete = OFF;"
    "DROP TABLE cert;"
    "PRAGMA secure_delete = ON;"
    "ALTER TABLE cert_in_order RENAME TO cert;"
    "CREATE INDEX cert_holder ON cert (office, holder, issued_ms, serial);"
    "CREATE INDEX cert_issued ON cert (issued_ms, serial);"
    "CREATE INDEX cert_end ON cert (not_after_ms, serial, told_days)"
    "  WHERE revoked_ms = 0;"
    "CREATE INDEX cert_revoked ON cert (not_after_ms, serial)"
    "  WHERE revoked_ms > 0;"
    "CREATE INDEX cert_unused ON cert (issued_ms, serial)"
    "  WHERE revoked_ms = 0 AND first_seen_ms = 0;"
    "CREATE INDEX cert_end_office ON cert (office, not_after_ms, serial)"
    "  WHERE revoked_ms = 0;"
    "CREATE INDEX cert_unused_office ON cert (office, issued_ms, serial)"
    "  WHERE revoked_ms = 0 AND first_seen_ms = 0;";

/*
 * A certificate is asked for by its serial, also where its fingerprint must
 * fit: an index of fingerprints had every new one change a page of its own.
 */
static const char step_14[] =
    "CREATE TABLE cert_serial ("
    "  serial BLOB NOT NULL PRIMARY KEY,"
    "  office BLOB NOT NULL,"
    "  issued_ms INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "INSERT INTO cert_serial (serial, office, issued_ms)"
    "  SELECT serial, office, issued_ms FROM cert_name ORDER BY serial;"
    "DROP TABLE cert_name;"
    "ALTER TABLE cert_serial RENAME TO cert_name;";

/*
 * Codes that were accepted, in their order, until phone.last_step shows them: a
 * row beside the last costs a fraction of a page that nobody has read lately.
 * accepted.h says who reads them. Two programs never write at once, but may one
 * after the other; so no row refers to a phone, which may be removed meanwhile.
 */
static const char step_15[] =
    "CREATE TABLE accepted ("
    "  seq INTEGER NOT NULL PRIMARY KEY CHECK (seq >= 1),"
    "  office BLOB NOT NULL CHECK (length(office) = 16),"
    "  account BLOB NOT NULL CHECK (length(account) = 16),"
    "  device BLOB NOT NULL CHECK (length(device) = 16),"
    "  step INTEGER NOT NULL CHECK (step >= 0),"
    "  at_ms INTEGER NOT NULL CHECK (at_ms >= 0)"
    ") STRICT;";

/*
 * The moduli of RSA keys, with which a new one's is compared. Of certificates
 * that are there already, after the name of the algorithm (rsaEncryption, which
 * stands nowhere else in them) and the heads of two sequences and a string:
 * 02 82, two bytes of length, the number.
 */
#define HEX(at) "(instr('0123456789ABCDEF', substr(h, " at ", 1)) - 1)"
static const char step_16[] =
    "CREATE TABLE rsa_key ("
    "  office BLOB NOT NULL CHECK (length(office) = 16),"
    "  issued_ms INTEGER NOT NULL CHECK (issued_ms >= 0),"
    "  serial BLOB NOT NULL CHECK (length(serial) = 16),"
    "  modulus BLOB NOT NULL CHECK (length(modulus) BETWEEN 1 AND 513),"
    "  PRIMARY KEY (office, issued_ms, serial)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX rsa_key_issued ON rsa_key (issued_ms, serial);"
    "INSERT INTO rsa_key (office, issued_ms, serial, modulus)"
    " SELECT office, issued_ms, serial, substr(der, p + 26, n) FROM ("
    "  SELECT office, issued_ms, serial, der, p, 4096 * " HEX("1")
    "   + 256 * " HEX("2") " + 16 * " HEX("3") " + " HEX("4") " AS n FROM ("
    "   SELECT office, issued_ms, serial, der, p,"
    "    hex(substr(der, p + 24, 2)) AS h FROM ("
    "    SELECT office, issued_ms, serial, der,"
    "     instr(der, x'06092a864886f70d010101') AS p FROM cert)"
    "   WHERE p > 0 AND substr(der, p + 22, 2) = x'0282'))"
    "  WHERE n BETWEEN 256 AND 513 AND length(der) >= p + 25 + n"
    "  ORDER BY office, issued_ms, serial;";

static const char *const steps[SCHEMA_STEPS] = { step_1, step_2, step_3, step_4,
	step_5, step_6, step_7, step_8, step_9, step_10, step_11, step_12,
	step_13, step_14, step_15, step_16 };

const char *const *
schema_steps(void)
{
	return (steps);
}
