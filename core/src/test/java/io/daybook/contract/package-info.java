/**
 * The contract that every store and feed keeps, as tests: extend {@link io.daybook.contract.EventStoreContract},
 * {@link io.daybook.contract.SnapshotStoreContract}, {@link io.daybook.contract.EventFeedContract} or
 * {@link io.daybook.contract.SubjectKeysContract} and say how to make yours. Shipped as the test jar of the core module; needs JUnit
 * Jupiter, AssertJ and Awaitility.
 *
 * <pre>{@code
 * class InMemoryEventStoreTest extends EventStoreContract {
 *     protected EventStore store(EventSerializer serializer) { // a new one, without events
 *         return new InMemoryEventStore(serializer);
 *     }
 * }
 * }</pre>
 */
@NullMarked
package io.daybook.contract;

import org.jspecify.annotations.NullMarked;
