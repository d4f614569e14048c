/**
 * Snapshots of the states of aggregates. With a snapshot, not all events need to be read again. A snapshot is only a
 * cache: an outdated one never leads to a wrong state. A {@link io.daybook.snapshot.SnapshotPolicy} determines when one
 * is taken, and an {@link io.daybook.snapshot.AggregateCache} keeps the latest states in memory. Start with
 * {@link io.daybook.snapshot.SnapshotStore}.
 *
 * <pre>{@code
 * AggregateRepository<Order> withSnapshots = orders.snapshots(snapshotStore, SnapshotPolicy.everyEvents(100));
 * }</pre>
 */
@NullMarked
package io.daybook.snapshot;

import org.jspecify.annotations.NullMarked;
