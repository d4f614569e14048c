package io.daybook.cosmos;

import java.time.Duration;

/**
 * The cost of one operation of a store, for metrics and tests.
 *
 * <pre>{@code
 * EventStore store = CosmosEventStore.builder(containers, serializer)
 *         .observer(operation -> System.out.println(operation.name() + " took " + operation.requestCharge() + " RU"))
 *         .build();
 * }</pre>
 *
 * @param name {@code append}, {@code read}, {@code currentVersion}, {@code findCommand}, {@code recordRejection},
 *     {@code query}, {@code scan}, {@code scanRanges}, {@code delete}, {@code loadSnapshot}, {@code saveSnapshot} or
 *     {@code deleteSnapshot}; for read models {@code readDocuments}, {@code writeDocuments}, {@code findDocuments} or
 *     {@code scanDocuments}; for timers {@code setTimer}, {@code removeTimer}, {@code postponeTimer} or
 *     {@code dueTimers}; for parked streams {@code readParked} or {@code writeParked}; for a verification
 *     {@code verify}. Each page of a read, query or scan is a separate operation, as is each request of a deletion
 * @param requests the number of requests that were sent, including retries of the SDK
 * @param retries the number of retries that this library sent
 * @param requestCharge the request units that the service charged
 * @param requestBytes the size of the largest request in bytes
 * @param responseBytes the size of the largest response in bytes
 * @param streamBytes the estimated size of the stream after an append: its version times the mean size of the appended
 *     events; 0 for duplicates and for other operations
 * @param duration the duration of the operation
 * @param failed whether the operation failed; a conflict or a duplicate is not a failure
 */
public record CosmosOperation(
        String name,
        int requests,
        int retries,
        double requestCharge,
        long requestBytes,
        long responseBytes,
        long streamBytes,
        Duration duration,
        boolean failed) {}
