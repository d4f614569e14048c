/**
 * Snapshots: the states of aggregates at a version, stored so that not every event has to be read again. A snapshot is a cache and can
 * never be wrong. A {@link io.daybook.snapshot.SnapshotPolicy} determines when one is taken, and
 * an {@link io.daybook.snapshot.AggregateCache} keeps the latest states in memory. Start at
 * {@link io.daybook.snapshot.SnapshotStore}.
 *
 * <pre>{@code
 * AggregateRepository<Order> withSnapshots = orders.snapshots(snapshotStore, SnapshotPolicy.everyEvents(100));
 * }</pre>
 */
@NullMarked
package io.daybook.snapshot;

import org.jspecify.annotations.NullMarked;
