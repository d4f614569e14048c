/**
 * Snapshots of aggregate states. With a snapshot, a repository does not need to read all events of an aggregate. A
 * snapshot is only a cache: an outdated snapshot never leads to a wrong state. A
 * {@link io.daybook.snapshot.SnapshotPolicy} determines when a snapshot is taken, and an
 * {@link io.daybook.snapshot.AggregateCache} keeps the latest states in memory. Start with
 * {@link io.daybook.snapshot.SnapshotStore}.
 *
 * <pre>{@code
 * AggregateRepository<Order> withSnapshots = orders.snapshots(snapshotStore, SnapshotPolicy.everyEvents(100));
 * }</pre>
 */
@NullMarked
package io.daybook.snapshot;

import org.jspecify.annotations.NullMarked;
