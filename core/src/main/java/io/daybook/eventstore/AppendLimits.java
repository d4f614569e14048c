package io.daybook.eventstore;

import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.json.ExactJson;
import io.daybook.serialization.EventSerializationException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The size limits of an append, which are derived from those of Cosmos DB and Service Bus. Every store enforces them,
 * so an append that passes in a unit test also passes in production. A custom store calls {@link #check check} before
 * it sends anything:
 *
 * <pre>{@code
 * byte[] data = serializer.encode(envelope);
 * AppendLimits.DEFAULT.check(StreamId.of("Order", "42"), 1, List.of(envelope), List.of(data));
 * }</pre>
 *
 * @param maxEvents the maximum number of events in one append, 1 to 98: a Cosmos DB batch holds 100 operations, two of which are needed for
 *     the command and the version check
 * @param maxEventBytes the maximum size in bytes of one event's data as UTF-8 JSON and its attributes; 200 KiB by
 *     default, which, together with the other metadata, fits into a Service Bus message of the standard tier
 * @param maxAppendBytes the maximum size in bytes of all events' data and attributes together; 1.75 MiB by default,
 *     which, together with the other metadata, fits into a Cosmos DB batch of 2 MB
 */
public record AppendLimits(int maxEvents, int maxEventBytes, int maxAppendBytes) {

    /**
     * The maximum size of one attribute in bytes, counting its name and value as UTF-8: 32,000. Service Bus allows 32
     * KB for a message property, and the name of that property is the attribute's name with a prefix.
     */
    public static final int MAX_ATTRIBUTE_BYTES = 32_000;

    /**
     * The maximum size of all attributes of an event together: 60 KiB. Service Bus allows 64 KB for all properties of a message, including
     * the other metadata.
     */
    public static final int MAX_ATTRIBUTES_BYTES = 60 * 1024;

    /** The default limits: 98 events, 200 KiB per event, and 1.75 MiB per append. */
    public static final AppendLimits DEFAULT = new AppendLimits(98, 200 * 1024, 1792 * 1024);

    /**
     * Validates the limits.
     *
     * @param maxEvents the maximum number of events in one append
     * @param maxEventBytes the maximum size of one event in bytes
     * @param maxAppendBytes the maximum size of all events together in bytes
     * @throws IllegalArgumentException if a limit is less than 1, or {@code maxEvents} is more than 98
     */
    public AppendLimits {
        if (maxEvents < 1 || maxEvents > 98) {
            throw new IllegalArgumentException("maxEvents is " + maxEvents + ": use 1 to 98");
        }
        if (maxEventBytes < 1 || maxAppendBytes < 1) {
            throw new IllegalArgumentException("maxEventBytes is " + maxEventBytes + " and maxAppendBytes is "
                    + maxAppendBytes + ": use 1 or more for both");
        }
    }

    /**
     * Rejects an append that is malformed or too large. Stores call this method before they send anything.
     *
     * @param stream the stream
     * @param expectedVersion the expected version of the stream
     * @param events the events
     * @param data the data of each event as UTF-8 JSON, in the same order
     * @throws AppendTooLargeException if a limit is exceeded
     * @throws EventSerializationException if the data contains an unpaired surrogate, or a number that changes when it
     *     is stored as a double, such as an integer beyond ±2<sup>53</sup>
     * @throws IllegalArgumentException if there are no events, the expected version is negative, {@code events} and {@code data} differ in
     *     size, an event id occurs twice, or the metadata of an event names another stream or sequence number
     */
    public void check(StreamId stream, long expectedVersion, List<EventEnvelope> events, List<byte[]> data) {
        if (events.isEmpty()) {
            throw new IllegalArgumentException("the append to " + stream + " contains no events: append at least 1");
        }
        if (expectedVersion < 0) {
            throw new IllegalArgumentException(
                    "the expected version of the append to " + stream + " is " + expectedVersion + ": use 0 or more");
        }
        if (data.size() != events.size()) {
            throw new IllegalArgumentException("the append to " + stream + " has " + events.size()
                    + " events, but the data of " + data.size() + ": pass the data of each event");
        }
        if (events.size() > maxEvents) {
            throw AppendTooLargeException.tooManyEvents(stream, events.size(), maxEvents);
        }
        Set<String> ids = events.size() == 1 ? Set.of() : new HashSet<>();
        long total = 0;
        for (int i = 0; i < data.size(); i++) {
            EventMetadata event = events.get(i).metadata();
            requireFits(stream, expectedVersion + 1 + i, event);
            if (events.size() > 1 && !ids.add(event.eventId())) {
                throw new IllegalArgumentException("the event id " + event.eventId() + " occurs twice in one append to "
                        + stream + ": use a new id for each event");
            }
            requireExact(event, data.get(i));
            long size = data.get(i).length + attributeBytes(stream, event);
            if (size > maxEventBytes) {
                throw AppendTooLargeException.eventTooLarge(stream, event, size, maxEventBytes);
            }
            total += size;
        }
        if (total > maxAppendBytes) {
            throw AppendTooLargeException.appendTooLarge(stream, total, maxAppendBytes);
        }
    }

    private static void requireExact(EventMetadata event, byte[] data) {
        ExactJson.Fault fault = ExactJson.alteredIn(data);
        if (fault != null) {
            throw new EventSerializationException(
                    "an event " + event.eventType() + " version " + event.eventVersion() + " cannot be stored: "
                            + fault.rule(),
                    event.eventType(),
                    event.eventVersion(),
                    "", // no path: member names may be payload, and the class is unknown here
                    null);
        }
    }

    private static long attributeBytes(StreamId stream, EventMetadata event) {
        long all = 0;
        for (Map.Entry<String, String> attribute : event.attributes().entrySet()) {
            long bytes = attribute.getKey().getBytes(StandardCharsets.UTF_8).length
                    + (long) attribute.getValue().getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MAX_ATTRIBUTE_BYTES) {
                throw AppendTooLargeException.attributesTooLarge(
                        stream, event, "an attribute", bytes, MAX_ATTRIBUTE_BYTES);
            }
            all += bytes;
        }
        if (all > MAX_ATTRIBUTES_BYTES) {
            throw AppendTooLargeException.attributesTooLarge(stream, event, "attributes", all, MAX_ATTRIBUTES_BYTES);
        }
        return all;
    }

    private static void requireFits(StreamId stream, long sequenceNumber, EventMetadata event) {
        if (!event.aggregateType().equals(stream.aggregateType())
                || !event.aggregateId().equals(stream.aggregateId())
                || event.sequenceNumber() != sequenceNumber) {
            throw new IllegalArgumentException("the event to be stored as number " + sequenceNumber + " of " + stream
                    + " has the metadata " + event + ": use the same stream and number");
        }
    }
}
