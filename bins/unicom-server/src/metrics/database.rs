//! Metrics of the database threads: finished work and waiting jobs.

use prometheus::proto::MetricType::{COUNTER, GAUGE, HISTOGRAM};
use prometheus::proto::{Metric, MetricFamily};
use unicom_db::metrics::{DatabaseMetrics, PoolMetrics, QueueMetrics, WriteMetrics};

use super::family::{Labels, counter, family, gauge, histogram};

pub(super) fn families(snapshot: &DatabaseMetrics) -> Vec<MetricFamily> {
    let mut families = queues(&snapshot.queues);
    families.push(family(
        COUNTER,
        "unicom_database_brief_reads_total",
        "Short reads that ran on the caller's thread (SQLite)",
        vec![counter(&[], snapshot.inline_reads)],
    ));
    families.extend(writes(&snapshot.writes));
    families.extend(pool(&snapshot.pool));
    families.push(family(
        COUNTER,
        "unicom_messages_total",
        "Messages that this process stored",
        vec![
            counter(&[("direction", "incoming")], snapshot.incoming_messages),
            counter(&[("direction", "outgoing")], snapshot.outgoing_messages),
        ],
    ));
    families
}

fn queues(queues: &[QueueMetrics]) -> Vec<MetricFamily> {
    let each = |metric: &dyn Fn(&QueueMetrics, Labels<'_>) -> Metric| {
        let metrics = queues
            .iter()
            .map(|lane| metric(lane, &[("lane", lane.name)]));
        metrics.collect::<Vec<_>>()
    };
    let refused = queues.iter().flat_map(|lane| {
        let reasons = [
            ("full", lane.refused_full),
            ("late", lane.refused_late),
            ("no_connection", lane.refused_unconnected),
        ];
        reasons.map(|(reason, number)| counter(&[("lane", lane.name), ("reason", reason)], number))
    });
    vec![
        family(
            GAUGE,
            "unicom_database_jobs_waiting",
            "Jobs waiting for a database thread",
            each(&|lane, labels| gauge(labels, lane.waiting as f64)),
        ),
        family(
            GAUGE,
            "unicom_database_oldest_job_age_seconds",
            "Upper bound of the time that the oldest waiting job has waited",
            each(&|lane, labels| gauge(labels, lane.oldest.as_secs_f64())),
        ),
        family(
            HISTOGRAM,
            "unicom_database_job_wait_seconds",
            "Time that jobs waited until a thread took them",
            each(&|lane, labels| histogram(labels, &lane.waited)),
        ),
        family(
            COUNTER,
            "unicom_database_jobs_refused_total",
            "Jobs that were refused: the queue was full, they had waited too long, or there was no connection",
            refused.collect(),
        ),
    ]
}

fn writes(writes: &WriteMetrics) -> Vec<MetricFamily> {
    let outcomes = [
        ("committed", writes.committed),
        ("rolled_back", writes.rolled_back),
        ("lost", writes.lost),
    ];
    vec![
        family(
            COUNTER,
            "unicom_database_writes_total",
            "Writes: committed, rolled back because they were refused, or lost with a transaction that failed",
            outcomes
                .map(|(outcome, number)| counter(&[("outcome", outcome)], number))
                .into(),
        ),
        family(
            HISTOGRAM,
            "unicom_database_batch_writes",
            "Writes per transaction",
            vec![histogram(&[], &writes.batch)],
        ),
        family(
            HISTOGRAM,
            "unicom_database_transaction_seconds",
            "Duration of write transactions, including the commit",
            vec![histogram(&[], &writes.transaction)],
        ),
        family(
            HISTOGRAM,
            "unicom_database_commit_seconds",
            "Duration of commits; on SQLite mostly disk syncs",
            vec![histogram(&[], &writes.commit)],
        ),
    ]
}

fn pool(pool: &PoolMetrics) -> Vec<MetricFamily> {
    let used = pool.connections.saturating_sub(pool.idle);
    vec![
        family(
            GAUGE,
            "unicom_database_connections",
            "Connections in the pool",
            vec![
                gauge(&[("state", "idle")], pool.idle.into()),
                gauge(&[("state", "used")], used.into()),
            ],
        ),
        family(
            HISTOGRAM,
            "unicom_database_connection_wait_seconds",
            "Time that database threads waited for a connection",
            vec![histogram(&[], &pool.waited)],
        ),
        family(
            COUNTER,
            "unicom_database_connection_failures_total",
            "Waits that timed out without a connection",
            vec![counter(&[], pool.failed)],
        ),
    ]
}
