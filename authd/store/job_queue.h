/*
 * job_queue.h: jobs that wait, in their order; any of them can be taken out.
 * Room: store.  Process: front.  Threads: under its owner's lock.
 * Unit test: tests/unit/test_writer_queue.c
 */
#ifndef AUTHD_STORE_JOB_QUEUE_H
#define AUTHD_STORE_JOB_QUEUE_H

struct writer_job;

struct job_queue { /* zeros: empty */
	struct writer_job *first, *last;
	int n;
};

/** job_queue_put(q, job): as the last; sets job->is_waiting. */
void job_queue_put(struct job_queue *q, struct writer_job *job);

/** job_queue_remove(q, job): which must wait there. */
void job_queue_remove(struct job_queue *q, struct writer_job *job);

#endif /* AUTHD_STORE_JOB_QUEUE_H */
