#include "cli/cmd.h"
#include "cli/verbs_table.h"

#define FLAG(name, help) \
	{ name, VERB_FLAG, NULL, NULL, NULL, help, 0 }
#define LOCAL(name, value, help) \
	{ name, VERB_TEXT, value, NULL, NULL, help, 0 }
#define TEXT(name, value, member, help) \
	{ name, VERB_TEXT, value, member, NULL, help, 0 }
#define NEEDED(name, value, member, help) \
	{ name, VERB_TEXT, value, member, NULL, help, 1 }
#define WORD(name, value, member, choices, help) \
	{ name, VERB_TEXT, value, member, choices, help, 0 }
#define LIST(name, value, member, choices, help) \
	{ name, VERB_LIST, value, member, choices, help, 0 }
#define INT(name, value, member, choices, help) \
	{ name, VERB_INT, value, member, choices, help, 0 }
#define END \
	{ NULL, VERB_FLAG, NULL, NULL, NULL, NULL, 0 }

static const struct verb_option common[] = { LOCAL("socket", "PATH",
						 "the daemon to ask"),
	FLAG("json", "print the answer as JSON"),
	FLAG("help", "tell how this command is used"), END };

static const struct verb_option init_options[] = {
	NEEDED("dir", "DIR", NULL, "directory of the new instance"), END
};

static const struct verb_option config_options[] = {
	LOCAL("config", "FILE", "the configuration file"),
	LOCAL("dir", "DIR", "directory of a private instance"), END
};

#define IMPACT FLAG("impact", "change nothing, say whom it would lock out")

static const struct verb_option config_check[] = {
	LOCAL("config", "FILE", "the configuration file"),
	LOCAL("dir", "DIR", "directory of a private instance"),
	FLAG("impact", "say whom a start with it would lock out"), END
};

static const struct verb_option office_disable[] = { IMPACT, END };

static const struct verb_option office_add[] = { NEEDED("name", "NAME", "name",
						     "name of the office"),
	TEXT("contact", "TEXT", "contact", "whom to reach there"),
	LIST("network", "CIDR", "networks", NULL,
	    "an address range of its own, may be repeated"),
	END };

static const struct verb_option office_set[] = { TEXT("name", "NAME", "name",
						     "name of the office"),
	TEXT("contact", "TEXT", "contact", "whom to reach there"),
	LIST("network", "CIDR", "networks", NULL,
	    "an address range of its own, may be repeated"),
	END };

#define ACCOUNT_OPTIONS                                                        \
	TEXT("kana", "KANA", "kana", "reading of the name"),                   \
	    TEXT(                                                              \
		"phone-number", "NUMBER", "phone_number",                      \
		"telephone number of 3 to 15 digits"),                         \
	    TEXT("birth-date", "DATE", "birth_date", "as 1990-04-01"),         \
	    TEXT("email", "ADDRESS", "email", "mail address"),                 \
	    TEXT("unix-user", "NAME", "unix_user",                             \
		"name on servers, which PAM sends"),                           \
	    WORD("class", "CLASS", "class", "general|privileged",              \
		"which password and lockout policy applies"),                  \
	    INT("level", "LEVEL", "level", "1|2|3|4|5",                        \
		"level handed to applications, 1 to 5"),                       \
	    LIST("role", "ROLE", "roles",                                      \
		"administrator|officer|helpdesk|auditor|operator",             \
		"a right in Sekisho, may be repeated"),                        \
	    LIST("group", "GROUP", "groups", NULL,                             \
		"a group handed to applications, may be repeated"),            \
	    TEXT("enrol-by", "DATE", "enrol_by", "last day to bring a phone"), \
	    TEXT("leaves-on", "DATE", "leaves_on", "last day of the account")

static const struct verb_option account_add[] = { NEEDED("name", "NAME", "name",
						      "name of the person"),
	NEEDED("office", "CODE", "office", "office the person belongs to"),
	ACCOUNT_OPTIONS, END };

static const struct verb_option account_set[] = {
	TEXT("name", "NAME", "name", "name of the person"), ACCOUNT_OPTIONS,
	IMPACT, END
};

static const struct verb_option account_list[] = {
	TEXT("office", "CODE", "office", "only of this office"), END
};

static const struct verb_option account_remove[] = { FLAG("yes", "do not ask"),
	END };

static const struct verb_option account_reset[] = {
	NEEDED("reason", "TEXT", "reason", "why; it goes into the audit log"),
	END
};

static const struct verb_option password_set[] = {
	FLAG("stdin", "read the password from standard input, one line"),
	LOCAL("file", "FILE", "read it from the first line of a file"), END
};

static const struct verb_option password_check[] = {
	FLAG("stdin", "read the password from standard input, one line"), END
};

static const struct verb_option password_reset[] = {
	TEXT("office", "CODE", "office", "everybody of this office"),
	FLAG("all", "everybody"), END
};

static const struct verb_option phone_enroll[] = {
	TEXT("label", "LABEL", "label", "what the person calls the phone"),
	FLAG("private", "it belongs to the person, not to the company"),
	LOCAL("png", "FILE", "write the QR code as a PNG image"),
	LOCAL("svg", "FILE", "write the QR code as an SVG image"),
	FLAG("force", "replace these files when they exist"),
	FLAG("ascii", "draw the QR code without colours and blocks"),
	FLAG("again", "show the QR code of the pending phone once more"), END
};

static const struct verb_option verify_options[] = {
	TEXT("service", "NAME", "service",
	    "who checked the first factor, cli when left out"),
	END
};

#define APP_OPTIONS                                                            \
	TEXT("name", "NAME", "name", "what people call it"), \
	LIST("factor", "FACTOR", "factors", "password|code|terminal", \
	    "what is needed, may be repeated"), \
	LIST("network", "CIDR", "networks", NULL, "only from there"), \
	INT("level", "LEVEL", "level", "1|2|3|4|5", "the least level"), \
	LIST("group", "GROUP", "groups", NULL, "only this group"), \
	LIST("for-office", "CODE", "offices", NULL, "only this office"), \
	TEXT("idle", "TIME", "idle", "longest without use, as 30m"), \
	TEXT("absolute", "TIME", "absolute", "longest after login, as 12h"), \
	LIST("code-age", "SECONDS=/PREFIX", "paths", NULL, "code age")

static const struct verb_option app_add[] = { APP_OPTIONS, IMPACT, END };

static const struct verb_option app_set[] = { APP_OPTIONS, IMPACT,
	FLAG("force", "also when it locks out the last administrator"), END };

static const struct verb_option session[] = {
	TEXT("login", "LOGIN", "login", "of this account"),
	TEXT("office", "CODE", "office", "of this office"),
	FLAG("all", "of everybody"), END
};

static const struct verb_option ticket_create[] = {
	{ "for", VERB_TEXT, "PURPOSE", "for",
	    "first|phone|password|certificate", "what it is good for", 1 },
	TEXT("label", "LABEL", "label", "of the phone or the terminal"),
	WORD("owner", "OWNER", "owner", "company|private",
	    "whose the terminal is"),
	INT("hours", "NUMBER", "hours", NULL, "how long it is good"),
	LOCAL("out", "FILE", "write the slip to be printed, as HTML"),
	LOCAL("paper", "SIZE", "its paper, A4 or A5"),
	FLAG("force", "replace the file when it exists"), END
};

static const struct verb_option ticket_list[] = {
	TEXT("login", "LOGIN", "login", "of this account"),
	TEXT("office", "CODE", "office", "of this office"),
	WORD("state", "STATE", "state", "open|all",
	    "open ones, or those that ended within 30 days as well"),
	END
};

static const struct verb_option source_list[] = {
	INT("limit", "NUMBER", "limit", NULL, "how many at most"), END
};

static const struct verb_option breakglass_create[] = {
	LOCAL("codes", "NUMBER", "how many, 5 when left out"),
	LOCAL("file", "FILE", "where their hashes are kept"),
	FLAG("force", "replace the file; its codes are void"), END
};

static const struct verb_option breakglass_options[] = { LOCAL("file", "FILE",
							     "the file they are kept in"),
	END };

static const struct verb_option pam_options[] = { LOCAL("pam-dir", "DIR",
						      "instead of /etc/pam.d"),
	END };

static const struct verb_option proxy_check[] = {
	LIST("open", "PATH", NULL, NULL,
	    "a location that anybody may see, may be repeated"),
	LOCAL("cert-header", "NAME", "field of the client certificate"), END
};

static const struct verb_option audit_list[] = {
	TEXT("office", "CODE", "office", "only of this office"),
	TEXT("account", "LOGIN", "account", "only about this account"),
	TEXT("device", "DEVICE", "device", "only about this device"),
	TEXT("action", "ACTION", "action", "only this action"),
	TEXT("result", "RESULT", "result", "only with this result"),
	INT("before", "SEQ", "before", NULL, "only older records"),
	INT("limit", "NUMBER", "limit", NULL, "how many at most"), END
};

static const struct verb_option audit_verify[] = {
	LOCAL("config", "FILE", "the configuration file"),
	LOCAL("dir", "DIR", "directory of a private instance"),
	LOCAL("db", "FILE", "a database, or a copy of one"),
	LOCAL("pub", "FILE", "audit.pub that belongs to it"), END
};

static const struct verb_option audit_accept_gap[] = {
	LOCAL("config", "FILE", "the configuration file"),
	LOCAL("dir", "DIR", "directory of a private instance"),
	NEEDED("reason", "TEXT", NULL, "why, for the log"), END
};

static const struct verb_option backup_create[] = {
	NEEDED("out", "FILE", NULL, "the backup to make"),
	LOCAL("config", "FILE", "the configuration file"),
	LOCAL("dir", "DIR", "directory of a private instance"),
	LOCAL("passphrase-file", "FILE", "else it is read from standard input"),
	LOCAL("recipient", "FILE", "recovery.pub, instead of a passphrase"), END
};

static const struct verb_option backup_restore[] = {
	NEEDED("dir", "DIR", NULL, "directory of the new instance"),
	LOCAL("passphrase-file", "FILE", "else it is read from standard input"),
	LOCAL("identity", "FILE", "recovery.key, instead of a passphrase"),
	LOCAL("known-state", "FILE", "a later keeper.state of the instance"),
	FLAG("force-older", "fall behind that state"),
	LOCAL("reason", "TEXT", "why, for the log"), END
};

static const struct verb_option backup_keygen[] = { NEEDED("dir", "DIR", NULL,
							"where to put the two"),
	END };

static const struct verb_option terminal_list[] = {
	TEXT("office", "CODE", "office", "only of this office"), END
};

static const struct verb_option terminal_set[] = {
	TEXT("admit", "LOGIN", "admit", "admit this account of its office, too"),
	FLAG("admit-all", "admit every account of its office"),
	FLAG("admit-listed", "admit only those named by --admit again"),
	TEXT("drop", "LOGIN", "drop", "admit this account no longer"),
	WORD("owner", "OWNER", "owner", "company|private", "whose it is"),
	TEXT("label", "LABEL", "label", "another name"), END
};

#define CERT_HOLDER                                                            \
	TEXT("label", "LABEL", "label", "name of the terminal; made when new"), \
	    WORD("owner", "OWNER", "owner", "company|private", "whose it is"), \
	    TEXT("host", "NAME", "host", "a server that asks, no terminal"),   \
	    LIST("right", "RIGHT", "rights", "verify|state",                   \
		"what the server may ask, may be repeated"),                   \
	    FLAG("force", "replace the file when it exists")

static const struct verb_option cert_issue[] = {
	NEEDED("out", "FILE", NULL, "write the PKCS#12 file here"),
	FLAG("compatible", "a file that old systems can read (3DES)"),
	CERT_HOLDER, END
};

static const struct verb_option cert_sign[] = {
	TEXT("login", "LOGIN", "login", "account that the terminal admits"),
	NEEDED("out", "FILE", NULL, "write the certificate here"), CERT_HOLDER,
	END
};

static const struct verb_option cert_kit[] = {
	NEEDED("out", "DIR", NULL, "directory to make, for files and sheets"),
	FLAG("compatible", "files that old systems can read (3DES)"), END
};

static const struct verb_option cert_list[] = {
	TEXT("office", "CODE", "office", "only of this office"),
	TEXT("terminal", "ID", "terminal", "only of this terminal"), END
};

static const struct verb_option cert_revoke[] = {
	TEXT("reason", "TEXT", "reason",
	    "unspecified, lost, superseded or left"),
	END
};

static const struct verb_option cert_renew[] = {
	NEEDED("out", "FILE", NULL, "write the file here"),
	FLAG("compatible", "a file that old systems can read (3DES)"),
	LOCAL("csr", "FILE", "sign this request, as cert sign does"),
	FLAG("force", "replace the file when it exists"), END
};

static const struct verb_option cert_crl[] = { FLAG("der",
						   "in DER instead of PEM"),
	END };

static const struct verb verbs[] = { { "init", NULL, "", init_options,
					 cmd_instance_init,
					 "make the files of a new instance" },
	{ "status", NULL, "", NULL, cmd_status_run,
	    "tell whether the daemon is ready" },
	{ "doctor", NULL, "", NULL, cmd_doctor_run,
	    "look for what is wrong and say what to do" },
	{ "config", "check", "", config_check, cmd_instance_check,
	    "check a configuration file and what it names" },
	{ "config", "show", "", config_options, cmd_instance_show,
	    "show every setting in force" },
	{ "office", "add", "CODE", office_add, cmd_office_change,
	    "add an office" },
	{ "office", "set", "CODE", office_set, cmd_office_change,
	    "change an office" },
	{ "office", "list", "", NULL, cmd_office_list, "list the offices" },
	{ "office", "show", "CODE", NULL, cmd_office_change, "show an office" },
	{ "office", "disable", "CODE", office_disable, cmd_office_change,
	    "refuse everybody of an office" },
	{ "office", "enable", "CODE", NULL, cmd_office_change,
	    "admit an office again" },
	{ "account", "add", "LOGIN", account_add, cmd_account_change,
	    "add an account" },
	{ "account", "set", "LOGIN", account_set, cmd_account_change,
	    "change an account" },
	{ "account", "list", "", account_list, cmd_account_list,
	    "list the accounts" },
	{ "account", "show", "LOGIN", NULL, cmd_account_change,
	    "show an account with its phones" },
	{ "account", "disable", "LOGIN", NULL, cmd_account_change,
	    "refuse an account" },
	{ "account", "enable", "LOGIN", NULL, cmd_account_change,
	    "admit an account again" },
	{ "account", "unlock", "LOGIN", NULL, cmd_account_change,
	    "end every lock of an account" },
	{ "account", "reset", "LOGIN", account_reset, cmd_account_change,
	    "revoke both factors of somebody who lost them" },
	{ "account", "remove", "LOGIN", account_remove, cmd_account_remove,
	    "remove an account and its phones" },
	{ "password", "set", "LOGIN", password_set, cmd_password_set,
	    "set a password that opens one login" },
	{ "password", "check", "[LOGIN]", password_check, cmd_password_check,
	    "tell which rules a password does not meet" },
	{ "password", "force-reset", "[LOGIN]", password_reset,
	    cmd_password_reset, "ask for a new password at the next login" },
	{ "password", "import", "FILE", NULL, cmd_password_import,
	    "take over password hashes made elsewhere" },
	{ "phone", "enroll", "LOGIN", phone_enroll, cmd_enroll_run,
	    "make a new phone and show its QR code" },
	{ "phone", "confirm", "LOGIN CODE", NULL, cmd_phone_confirm,
	    "finish enrolment with the first code" },
	{ "phone", "list", "LOGIN", NULL, cmd_phone_list,
	    "list the phones of an account" },
	{ "phone", "revoke", "LOGIN [DEVICE]", NULL, cmd_phone_revoke,
	    "refuse a phone from now on" },
	{ "phone", "resync", "LOGIN CODE NEXT-CODE", NULL, cmd_phone_resync,
	    "adjust to a phone whose clock is wrong" },
	{ "recovery", "create", "LOGIN", NULL, cmd_recovery_create,
	    "make ten new recovery codes; older ones are void" },
	{ "recovery", "count", "LOGIN", NULL, cmd_recovery_count,
	    "say how many recovery codes are unused" },
	{ "ticket", "create", "LOGIN", ticket_create, cmd_ticket_create,
	    "make a slip of paper with which somebody enrols" },
	{ "ticket", "list", "", ticket_list, cmd_ticket_list,
	    "list the tickets that are open" },
	{ "ticket", "void", "TICKET", NULL, cmd_ticket_void,
	    "let nobody in with a ticket any more" },
	{ "terminal", "list", "", terminal_list, cmd_terminal_list,
	    "list the terminals" },
	{ "terminal", "show", "TERMINAL", NULL, cmd_terminal_change,
	    "show a terminal and whom it admits" },
	{ "terminal", "set", "TERMINAL", terminal_set, cmd_terminal_change,
	    "change whom a terminal admits or whose it is" },
	{ "terminal", "lost", "TERMINAL", NULL, cmd_terminal_change,
	    "refuse a lost or stolen terminal from now on" },
	{ "cert", "issue", "[LOGIN]", cert_issue, cmd_cert_issue,
	    "make a certificate with its key" },
	{ "cert", "sign", "FILE", cert_sign, cmd_cert_sign,
	    "sign a request whose key stays where it was made" },
	{ "cert", "kit", "FILE", cert_kit, cmd_kit_run,
	    "make certificates and printed sheets of a CSV list" },
	{ "cert", "list", "", cert_list, cmd_cert_list,
	    "list the certificates" },
	{ "cert", "show", "SERIAL", NULL, cmd_cert_show,
	    "show a certificate" },
	{ "cert", "revoke", "SERIAL", cert_revoke, cmd_cert_show,
	    "refuse a certificate from now on" },
	{ "cert", "renew", "SERIAL", cert_renew, cmd_cert_renew,
	    "make the next one before a certificate ends" },
	{ "cert", "ca", "", NULL, cmd_cert_ca,
	    "print the CA certificates as PEM" },
	{ "cert", "crl", "", cert_crl, cmd_cert_crl,
	    "print the list of revoked certificates" },
	{ "verify", NULL, "LOGIN CODE", verify_options, cmd_verify_run,
	    "check a one-time code" },
	{ "app", "add", "HOST", app_add, cmd_app_change, "protect an application" },
	{ "app", "set", "HOST", app_set, cmd_app_change, "change the rule of an application" },
	{ "app", "list", "", NULL, cmd_app_list, "list the applications" },
	{ "app", "show", "HOST", NULL, cmd_app_change, "show an application" },
	{ "app", "remove", "HOST", NULL, cmd_app_remove,
	    "let nobody into an application any more" },
	{ "session", "list", "", session, cmd_session_list, "list who is logged in, and where" },
	{ "session", "end", "[SESSION]", session, cmd_session_end, "log somebody out" },
	{ "source", "list", "", source_list, cmd_source_list,
	    "list where failures come from" },
	{ "source", "unlock", "CONSUMER ADDRESS", NULL, cmd_source_unlock,
	    "forget the failures of one source" },
	{ "pam", "test", "USER SERVICE", pam_options, cmd_pam_test,
	    "say what a service would do, and what is weak in it" },
	{ "breakglass", "create", "HOST", breakglass_create,
	    cmd_breakglass_create,
	    "make sealed codes for when the daemon cannot be reached" },
	{ "breakglass", "list", "HOST", breakglass_options, cmd_breakglass_list,
	    "list which are used" },
	{ "breakglass", "void", "HOST", breakglass_options, cmd_breakglass_void,
	    "void those that are not" },
	{ "proxy", "check", "FILE", proxy_check, cmd_proxy_check,
	    "look for ways around Sekisho in a configuration of nginx" },
	{ "clock", "show", "", NULL, cmd_clock_show,
	    "compare the clock with the highest time seen" },
	{ "clock", "confirm", "", NULL, cmd_clock_confirm,
	    "vouch for a clock that was set back" },
	{ "audit", "list", "", audit_list, cmd_audit_list,
	    "list audit records, newest first" },
	{ "audit", "show", "REQUEST-ID", NULL, cmd_audit_show,
	    "show what a request did and why" },
	{ "audit", "verify", "", audit_verify, cmd_instance_verify,
	    "check that the audit log is whole" },
	{ "audit", "export", "", NULL, cmd_audit_export,
	    "print every record as a line of JSON" },
	{ "audit", "accept-gap", "", audit_accept_gap, cmd_instance_accept,
	    "go on after records were lost" },
	{ "backup", "create", "", backup_create, cmd_backup_create,
	    "copy data and keys into one encrypted file" },
	{ "backup", "restore", "FILE", backup_restore, cmd_backup_restore,
	    "make an instance of a backup" },
	{ "backup", "keygen", "", backup_keygen, cmd_backup_keygen,
	    "make a recovery key pair for backups" },
	{ NULL, NULL, NULL, NULL, NULL, NULL } };

const struct verb *
verbs_table_all(void)
{
	return (verbs);
}

const struct verb_option *
verbs_table_common(void)
{
	return (common);
}
