/*
 * log.h: one line per event on standard error, in English, for operators.
 * Room: base.  Process: all.  Threads: any (one write(2) per line).
 * The level and program name set here are the only mutable globals.
 * A line that standard error does not take at once (a pipe or journal whose
 * reader stands still) is dropped; how many were is said when it takes again.
 * What is not printable UTF-8 (controls, line separators, marks that turn the
 * writing direction) is escaped as \xNN, so no name can forge a line.
 */
#ifndef AUTHD_BASE_LOG_H
#define AUTHD_BASE_LOG_H

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/**
 * log_open(name, level):
 * Name the program in every later line and drop lines above ${level}.
 * ${name} is borrowed for the life of the process. Call before threads, and
 * before any file is opened: a standard stream that is closed becomes
 * /dev/null.
 */
void log_open(const char *name, enum log_level level);

/**
 * log_error(fmt, ...), log_warn(), log_info(), log_debug():
 * Write one line; at most 1,000 bytes of it. errno is kept.
 */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * log_fr(r, fmt, ...):
 * Log that what ${fmt} names failed with error number ${r} and return ${r}, so
 * that `return (log_fr(r, "open %s", path));` logs where it is first known.
 * errno is added to the line when ${r} is ERR_SYS or ERR_IO.
 */
int log_fr(int r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif /* AUTHD_BASE_LOG_H */
