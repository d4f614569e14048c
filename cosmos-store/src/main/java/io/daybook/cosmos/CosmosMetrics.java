package io.daybook.cosmos;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.function.Consumer;

/**
 * An observer that records the operations of the stores as Micrometer meters. Micrometer is an optional dependency.
 * Thread-safe.
 *
 * <pre>{@code
 * CosmosEventStore.builder(containers, serializer).observer(new CosmosMetrics(registry)).build();
 * }</pre>
 *
 * <table>
 *   <caption>Meters, each with the tag {@code operation}</caption>
 *   <tr><th>name</th><th>unit</th><th>description</th></tr>
 *   <tr><td>{@code daybook.cosmos.operations}</td><td>time</td><td>duration of the operation; the tag {@code outcome} is
 *       {@code success} or {@code failure}</td></tr>
 *   <tr><td>{@code daybook.cosmos.charge}</td><td>request units</td><td>charge for the operation</td></tr>
 *   <tr><td>{@code daybook.cosmos.requests}</td><td>requests</td><td>requests that were sent for the operation,
 *       including retries of the SDK</td></tr>
 *   <tr><td>{@code daybook.cosmos.retries}</td><td>requests</td><td>retries that Daybook sent for the operation</td></tr>
 *   <tr><td>{@code daybook.cosmos.request.size}</td><td>bytes</td><td>the largest request of the operation</td></tr>
 *   <tr><td>{@code daybook.cosmos.response.size}</td><td>bytes</td><td>the largest response of the operation</td></tr>
 *   <tr><td>{@code daybook.cosmos.stream.size}</td><td>bytes</td><td>estimated size of the stream after an append</td></tr>
 * </table>
 */
public final class CosmosMetrics implements Consumer<CosmosOperation> {

    private final MeterRegistry registry;

    /**
     * Creates an observer that registers each meter when an operation first needs it.
     *
     * @param registry the registry of the meters
     */
    public CosmosMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void accept(CosmosOperation operation) {
        Tags tags = Tags.of("operation", operation.name());
        Timer.builder("daybook.cosmos.operations")
                .tags(tags.and("outcome", operation.failed() ? "failure" : "success"))
                .register(registry)
                .record(operation.duration());
        record("daybook.cosmos.charge", "request units", tags, operation.requestCharge());
        record("daybook.cosmos.requests", "requests", tags, operation.requests());
        record("daybook.cosmos.retries", "requests", tags, operation.retries());
        record("daybook.cosmos.request.size", "bytes", tags, (double) operation.requestBytes());
        record("daybook.cosmos.response.size", "bytes", tags, (double) operation.responseBytes());
        if (operation.streamBytes() > 0) {
            record("daybook.cosmos.stream.size", "bytes", tags, (double) operation.streamBytes());
        }
    }

    private void record(String name, String unit, Tags tags, double amount) {
        DistributionSummary.builder(name)
                .baseUnit(unit)
                .tags(tags)
                .register(registry)
                .record(amount);
    }
}
