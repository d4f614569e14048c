package io.daybook.cosmos;

import java.time.Duration;

/**
 * What one operation of a store took, for metrics and for tests.
 *
 * <pre>{@code
 * EventStore store = CosmosEventStore.builder(containers, serializer)
 *         .observer(operation -> System.out.println(operation.name() + " took " + operation.requestCharge() + " RU"))
 *         .build();
 * }</pre>
 *
 * @param name {@code append}, {@code read}, {@code currentVersion}, {@code findCommand}, {@code query}, {@code delete},
 *     {@code loadSnapshot}, {@code saveSnapshot} or {@code deleteSnapshot}; each page of a read or query is an operation, and
 *     each request of a delete
 * @param requests how many requests were sent, those that the SDK sent again included
 * @param retries how often this library sent a request again
 * @param requestCharge the request units that the service charged
 * @param requestBytes the bytes of the largest request
 * @param responseBytes the bytes of the largest response
 * @param streamBytes how large the stream is after an append, estimated without asking: its version times the mean size of the
 *     events appended; 0 for other operations
 * @param duration how long it took
 * @param failed whether it ended with an exception; a conflict or a duplicate is none
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
