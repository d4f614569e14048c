/**
 * Snapshots: the state of an aggregate at a version, kept so that not every event has to be read again. A snapshot is a
 * cache and can never be wrong; see {@link io.daybook.snapshot.SnapshotPolicy} for when one is taken and
 * {@link io.daybook.snapshot.SnapshotStore#cached} for keeping the latest state in memory.
 */
@NullMarked
package io.daybook.snapshot;

import org.jspecify.annotations.NullMarked;
