/**
 * The state of an aggregate at a version, kept so that not every event has to be read again. A snapshot is a cache and can never be
 * wrong. {@link io.daybook.snapshot.SnapshotPolicy} says when one is taken,
 * {@link io.daybook.snapshot.SnapshotStore#cached SnapshotStore.cached} keeps the latest state in memory. Start at
 * {@link io.daybook.snapshot.SnapshotStore}.
 *
 * <pre>{@code
 * AggregateRepository<Order> withSnapshots = orders.snapshots(snapshotStore, SnapshotPolicy.everyEvents(100));
 * }</pre>
 */
@NullMarked
package io.daybook.snapshot;

import org.jspecify.annotations.NullMarked;
