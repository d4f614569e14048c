package io.daybook.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An event together with its metadata. There are two kinds of envelopes. A new envelope contains a newly raised event
 * as an object. A stored envelope contains the event as JSON, which is decoded on the first call to {@link #event()
 * event}. A component that only forwards events, such as a relay, therefore never fails on an event that it cannot
 * decode.
 *
 * <pre>{@code
 * EventEnvelope envelope = EventEnvelope.stored(stored, json, serializer); // as a store does
 * String type = envelope.metadata().eventType(); // nothing is decoded yet
 * DomainEvent event = envelope.event(); // decoded and upcast to the current version of its class
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class EventEnvelope {

    /**
     * A decoder of stored JSON, implemented by serializers.
     */
    @FunctionalInterface
    public interface Decoder {

        /**
         * Decodes one event.
         *
         * @param eventType the stored name of the event's type
         * @param eventVersion the schema version of the JSON, from 1
         * @param data the event as UTF-8 JSON; must not be modified
         * @return the event, upcast to the current version of its class
         */
        DomainEvent decode(String eventType, int eventVersion, byte[] data);
    }

    private static final VarHandle EVENT;

    static {
        try {
            EVENT = MethodHandles.lookup().findVarHandle(EventEnvelope.class, "event", DomainEvent.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final EventMetadata metadata;
    private final byte @Nullable [] data;
    private final @Nullable Decoder decoder;

    @SuppressWarnings("UnusedVariable") // accessed through EVENT once it is decoded
    private @Nullable DomainEvent event;

    private EventEnvelope(
            EventMetadata metadata, @Nullable DomainEvent event, byte @Nullable [] data, @Nullable Decoder decoder) {
        this.metadata = Objects.requireNonNull(metadata, "metadata");
        this.event = event;
        this.data = data;
        this.decoder = decoder;
    }

    /**
     * Wraps an event that is not stored yet.
     *
     * @param metadata the metadata
     * @param event the event
     * @return the envelope
     */
    public static EventEnvelope of(EventMetadata metadata, DomainEvent event) {
        return new EventEnvelope(metadata, Objects.requireNonNull(event, "event"), null, null);
    }

    /**
     * Wraps a stored event. For stores and feeds.
     *
     * @param metadata the stored metadata
     * @param data the event's data as UTF-8 JSON; not copied, and must not be modified afterward
     * @param decoder decodes the data when the event is first requested
     * @return the envelope
     */
    public static EventEnvelope stored(EventMetadata metadata, byte[] data, Decoder decoder) {
        Objects.requireNonNull(decoder, "decoder");
        return new EventEnvelope(metadata, null, Objects.requireNonNull(data, "data"), decoder);
    }

    /**
     * {@return the metadata; for a stored event, the type and version are those of the stored JSON}
     */
    public EventMetadata metadata() {
        return metadata;
    }

    /**
     * Returns the event. The first call decodes and upcasts it.
     *
     * @return the event as an instance of its current class
     * @throws io.daybook.DaybookException if the stored JSON cannot be decoded
     */
    public DomainEvent event() {
        DomainEvent decoded = (DomainEvent) EVENT.getAcquire(this);
        if (decoded == null) {
            decoded = Objects.requireNonNull(decoder)
                    .decode(metadata.eventType(), metadata.eventVersion(), Objects.requireNonNull(data));
            EVENT.setRelease(this, decoded); // unlike a volatile write, it does not wait for other cores
        }
        return decoded;
    }

    /**
     * {@return a new envelope that decodes the event again, if the event was read from a store; otherwise this
     * envelope}
     */
    public EventEnvelope undecoded() {
        return data == null ? this : new EventEnvelope(metadata, null, data, decoder);
    }

    /**
     * {@return a copy of the stored JSON as UTF-8, or empty if this event was not read from a store}
     */
    public Optional<byte[]> data() {
        return Optional.ofNullable(data).map(byte[]::clone);
    }

    /**
     * {@return a description with the metadata only, because the event may contain data that does not belong in a log}
     */
    @Override
    public String toString() {
        return "EventEnvelope[" + metadata + "]";
    }
}
