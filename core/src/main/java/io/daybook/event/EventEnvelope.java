package io.daybook.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An event together with its metadata. Two kinds exist: one that was just raised holds the event itself; one that was read from a
 * store holds the stored JSON and decodes it when {@link #event() event} is first asked for. So a reader that only passes events on, such
 * as a relay, meets no event that it cannot decode.
 *
 * <pre>{@code
 * EventEnvelope envelope = EventEnvelope.stored(stored, json, serializer); // as a store does
 * String type = envelope.metadata().eventType(); // nothing is decoded yet
 * DomainEvent event = envelope.event(); // decoded, and brought up to the version that its class has now
 * }</pre>
 *
 * <p>Immutable and safe for use by many threads.
 */
public final class EventEnvelope {

    /**
     * Turns stored JSON back into an event; a serializer.
     */
    @FunctionalInterface
    public interface Decoder {

        /**
         * Decodes one event.
         *
         * @param eventType the stored name of the event's type
         * @param eventVersion the schema version that the JSON has, from 1
         * @param data the event as UTF-8 JSON; not to be altered
         * @return the event, brought up to the version that its class has now
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

    @SuppressWarnings("UnusedVariable") // by way of EVENT, once it is decoded
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
     * @param metadata what is known about it
     * @param event the event
     * @return the envelope
     */
    public static EventEnvelope of(EventMetadata metadata, DomainEvent event) {
        return new EventEnvelope(metadata, Objects.requireNonNull(event, "event"), null, null);
    }

    /**
     * Wraps an event as a store holds it; for stores and feeds.
     *
     * @param metadata what is stored about it
     * @param data the event's data as UTF-8 JSON; not copied, and not to be altered afterwards
     * @param decoder decodes the data when the event is first asked for
     * @return the envelope
     */
    public static EventEnvelope stored(EventMetadata metadata, byte[] data, Decoder decoder) {
        Objects.requireNonNull(decoder, "decoder");
        return new EventEnvelope(metadata, null, Objects.requireNonNull(data, "data"), decoder);
    }

    /**
     * {@return what is known about the event; of a stored event its type and version are those of the stored JSON}
     */
    public EventMetadata metadata() {
        return metadata;
    }

    /**
     * Returns the event, decoded and upcast when this is first called.
     *
     * @return the event, as its class is now
     * @throws io.daybook.DaybookException if the stored JSON cannot be decoded
     */
    public DomainEvent event() {
        DomainEvent decoded = (DomainEvent) EVENT.getAcquire(this);
        if (decoded == null) {
            decoded = Objects.requireNonNull(decoder)
                    .decode(metadata.eventType(), metadata.eventVersion(), Objects.requireNonNull(data));
            EVENT.setRelease(this, decoded); // unlike a volatile write it does not wait for other cores
        }
        return decoded;
    }

    /**
     * {@return an envelope whose event is decoded anew, if this event is read from a store; otherwise this envelope}
     */
    public EventEnvelope undecoded() {
        return data == null ? this : new EventEnvelope(metadata, null, data, decoder);
    }

    /**
     * {@return a copy of the stored JSON as UTF-8, or empty if this event is not read from a store}
     */
    public Optional<byte[]> data() {
        return Optional.ofNullable(data).map(byte[]::clone);
    }

    /**
     * {@return the metadata; the event itself stays out, since it may hold what does not belong in a log}
     */
    @Override
    public String toString() {
        return "EventEnvelope[" + metadata + "]";
    }
}
