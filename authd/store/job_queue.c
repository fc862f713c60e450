#include <stddef.h>

#include "authd/store/job_queue.h"
#include "authd/store/writer.h"

void
job_queue_put(struct job_queue *q, struct writer_job *job)
{
	job->next = NULL;
	job->prev = q->last;
	if (q->last != NULL)
		q->last->next = job;
	else
		q->first = job;
	q->last = job;
	q->n++;
	job->is_waiting = true;
}

void
job_queue_remove(struct job_queue *q, struct writer_job *job)
{
	if (job->prev != NULL)
		job->prev->next = job->next;
	else
		q->first = job->next;
	if (job->next != NULL)
		job->next->prev = job->prev;
	else
		q->last = job->prev;
	q->n--;
	job->next = job->prev = NULL;
	job->is_waiting = false;
}
