#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "authd/audit/audit_verify.h"
#include "authd/base/log.h"
#include "authd/restore_db.h"
#include "authd/store/store_sqlite.h"
#include "authd/store/store_sqlite_backup.h"

/* What the child is to do, and what it says. */
struct work {
	const struct restore_db *d;
	const struct audit_head *own, *known;
	const struct audit_row *row; /* NULL: check only */
	int64_t step;
};

struct said {
	int32_t r;
	struct restore_db_found found;
};

static int
add_row(void *arg, const struct audit_row *row)
{
	audit_verify_add(
	    arg, &row->record, row->hash, row->has_seal ? row->seal : NULL);
	return (0);
}

static int
verify(struct store *s, const struct work *w, struct audit_head *head)
{
	struct audit_verify v;
	int r;

	audit_verify_init(&v, w->d->pub, w->d->node);
	audit_verify_known(&v, w->own);
	r = s->ops->audit_read(s, w->d->node, 1, add_row, &v);
	if (r != 0)
		return (log_fr(r, "read the audit log of the backup"));
	if (!audit_verify_end(&v)) {
		log_error("the audit log of the backup is broken at record "
			  "%" PRId64 ": %s",
		    v.first_bad, v.why);
		return (ERR_CORRUPT);
	}
	*head = v.head;
	return (0);
}

static int
look_for(struct store *s, const struct audit_head *known, bool *has)
{
	struct audit_row row;
	int r;

	*has = known->seq == 0;
	if (*has)
		return (0);
	r = s->ops->audit_get(s, known->node, known->seq, &row);
	if (r == ERR_NOTFOUND)
		return (0);
	if (r == 0)
		*has = memcmp(row.hash, known->hash, sizeof(row.hash)) == 0;
	return (r);
}

static int
check(struct store *s, const struct work *w, struct restore_db_found *found)
{
	int r;

	if ((r = store_sqlite_backup_check(s)) != 0 ||
	    (r = verify(s, w, &found->head)) != 0)
		return (r);
	return (look_for(s, w->known, &found->has_known));
}

static int
finish(struct store *s, const struct work *w)
{
	int r;

	if ((r = s->ops->begin(s)) != 0)
		return (r);
	if ((r = store_sqlite_backup_raise(s, w->step)) != 0 ||
	    (r = s->ops->audit_append(s, w->row)) != 0) {
		(void)s->ops->rollback(s);
		return (log_fr(r, "change the restored store"));
	}
	return (s->ops->commit(s));
}

static int
child(const struct work *w, struct restore_db_found *found)
{
	struct store *s;
	int r;

	if (w->d->front != NULL && (r = user_drop(w->d->front)) != 0)
		return (r);
	r = store_sqlite_open(w->d->path, STORE_WRITE, &s);
	if (r != 0)
		return (log_fr(r, "open the store of the backup"));
	r = w->row == NULL ? check(s, w, found) : finish(s, w);
	/* The last one out brings all into the one file. */
	s->ops->close(s);
	return (r);
}

static int
run(const struct work *w, struct restore_db_found *found)
{
	struct said said;
	int fd[2], status = 0;
	ssize_t n;
	pid_t pid;

	memset(&said, 0, sizeof(said));
	if (pipe2(fd, O_CLOEXEC) != 0)
		return (log_fr(ERR_SYS, "pipe"));
	if ((pid = fork()) == -1) {
		close(fd[0]);
		close(fd[1]);
		return (log_fr(ERR_SYS, "fork"));
	}
	if (pid == 0) {
		said.r = child(w, &said.found);
		n = write(fd[1], &said, sizeof(said));
		_exit(n == (ssize_t)sizeof(said) ? 0 : 1);
	}
	close(fd[1]);
	do
		n = read(fd[0], &said, sizeof(said));
	while (n == -1 && errno == EINTR);
	close(fd[0]);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	if (n != (ssize_t)sizeof(said) || status != 0)
		return (log_fr(ERR_STORE, "look at the store of the backup"));
	if (said.r == 0 && found != NULL)
		*found = said.found;
	return (said.r);
}

int
restore_db_check(const struct restore_db *d, const struct audit_head *own,
    const struct audit_head *known, struct restore_db_found *out)
{
	const struct work w = { .d = d, .own = own, .known = known };

	memset(out, 0, sizeof(*out));
	return (run(&w, out));
}

int
restore_db_finish(
    const struct restore_db *d, const struct audit_row *row, int64_t step)
{
	const struct work w = { .d = d, .row = row, .step = step };

	return (run(&w, NULL));
}
