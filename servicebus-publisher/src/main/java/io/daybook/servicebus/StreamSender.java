package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusMessage;
import com.azure.messaging.servicebus.ServiceBusMessageBatch;
import com.azure.messaging.servicebus.ServiceBusSenderAsyncClient;
import com.azure.messaging.servicebus.models.CreateMessageBatchOptions;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.publishing.EventPublishException.Delivery;
import io.daybook.servicebus.ServiceBusFailures.Kind;
import io.daybook.subscription.DeletedStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A sender for the events of one stream, in order. Records which events were sent, and why the others were not. Used by one round at a time. */
final class StreamSender {

    /** The service allows 64 KB for all properties, including those of the metadata and of the service. */
    private static final int MAX_ATTRIBUTE_BYTES = 60 * 1024;

    /**
     * A message to send.
     *
     * @param id the id of the event or deletion
     * @param name the name of the value, for error messages
     * @param message the message
     * @param bytes the size of the body
     * @param attributeBytes the size of the event's attributes, and of those of its CloudEvent
     */
    private record Pending(String id, String name, ServiceBusMessage message, int bytes, int attributeBytes) {}

    private final int maxBatchBytes;
    private final @Nullable URI cloudEvents;
    private final List<Pending> events = new ArrayList<>();
    private volatile int acknowledged;
    private volatile int
            sentTo; // the end of the last batch that was sent: events after the acknowledged ones may have arrived
    private volatile @Nullable Throwable failure;
    private volatile Kind kind = Kind.OTHER;
    private volatile String impossible = "";
    private volatile boolean oneByOne; // to find the event that cannot be encoded

    /** Creates a sender. With a source, its messages are also CloudEvents. */
    StreamSender(int maxBatchBytes, @Nullable URI cloudEvents) {
        this.maxBatchBytes = maxBatchBytes;
        this.cloudEvents = cloudEvents;
    }

    void add(EventEnvelope event) {
        EventMetadata metadata = event.metadata();
        add(
                metadata.eventId(),
                "the event " + metadata.eventId() + " of type " + metadata.eventType(),
                EventMessages.message(event),
                attributeBytes(metadata));
    }

    void add(DeletedStream deletion) {
        add(deletion.id(), "the deletion of " + deletion.stream(), EventMessages.message(deletion), 0);
    }

    private void add(String id, String name, ServiceBusMessage message, int attributeBytes) {
        int bytes = attributeBytes;
        if (cloudEvents != null) {
            CloudEventAttributes.add(message, cloudEvents);
            bytes += cloudEventBytes(message.getApplicationProperties());
        }
        events.add(new Pending(id, name, message, message.getBody().toBytes().length, bytes));
    }

    private static int cloudEventBytes(Map<String, Object> properties) {
        return properties.entrySet().stream()
                .filter(property -> property.getKey().startsWith(CloudEventAttributes.PREFIX))
                .mapToInt(property ->
                        utf8(property.getKey()) + utf8(property.getValue().toString()))
                .sum();
    }

    private static int attributeBytes(EventMetadata metadata) {
        return metadata.attributes().entrySet().stream()
                .mapToInt(attribute -> utf8(attribute.getKey()) + utf8(attribute.getValue()))
                .sum();
    }

    private static int utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    boolean isDone() {
        return acknowledged == events.size();
    }

    boolean mayBeRetried() {
        return !isDone() && impossible.isEmpty() && (failure == null || kind.isTransient());
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    Kind kind() {
        return kind;
    }

    /** Returns why the next event can never be sent; empty if it can. */
    String impossible() {
        return impossible;
    }

    /** Adds the delivery of each event. */
    void report(Map<String, Delivery> deliveries) {
        for (int i = 0; i < events.size(); i++) {
            Delivery delivery = i < acknowledged
                    ? Delivery.SENT
                    : i < sentTo
                            ? Delivery.UNKNOWN
                            : i == acknowledged && !impossible.isEmpty() ? Delivery.IMPOSSIBLE : Delivery.NOT_SENT;
            deliveries.put(events.get(i).id(), delivery);
        }
    }

    /** Sends the remaining events, one batch after the other. Completes without an error; {@link #failure} returns it. */
    Mono<Void> send(ServiceBusSenderAsyncClient sender, Duration timeout) {
        failure = null;
        int unknownBefore = sentTo;
        return sendNext(sender, timeout).onErrorResume(e -> {
            failure = e;
            kind = ServiceBusFailures.kind(e);
            if (kind.acceptedNothing()) {
                sentTo = Math.max(acknowledged, unknownBefore); // events that an earlier round sent may have arrived
            }
            return Mono.empty();
        });
    }

    private Mono<Void> sendNext(ServiceBusSenderAsyncClient sender, Duration timeout) {
        if (isDone()) {
            return Mono.empty();
        }
        return sender.createMessageBatch(new CreateMessageBatchOptions().setMaximumSizeInBytes(maxBatchBytes))
                .onErrorResume(IllegalArgumentException.class, e -> sender.createMessageBatch()) // a lower limit
                .flatMap(batch -> fill(batch) ? Mono.just(batch) : largest(sender))
                .flatMap(batch -> batch.getCount() == 0 ? Mono.<Void>empty() : transfer(sender, batch))
                .timeout(timeout.plusSeconds(1))
                .then(Mono.defer(() -> impossible.isEmpty() ? sendNext(sender, timeout) : Mono.empty()));
    }

    private Mono<Void> transfer(ServiceBusSenderAsyncClient sender, ServiceBusMessageBatch batch) {
        int end = acknowledged + batch.getCount();
        int sentBefore = sentTo;
        sentTo = Math.max(sentTo, end);
        return sender.sendMessages(batch)
                .doOnSuccess(ignored -> acknowledged = end)
                .onErrorResume(StreamSender::isNotEncodable, e -> {
                    sentTo = sentBefore; // a batch is encoded before any of it is sent
                    if (batch.getCount() == 1) {
                        // The message of the SDK may quote the event.
                        impossible = events.get(acknowledged).name()
                                + " cannot become a message because the SDK cannot encode its metadata";
                    }
                    oneByOne = true;
                    return Mono.empty();
                });
    }

    /** Returns whether the SDK could not encode a message, such as one with an unpaired surrogate. The broker is not involved. */
    private static boolean isNotEncodable(Throwable failure) {
        if (ServiceBusFailures.kind(failure) != Kind.OTHER) {
            return false;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalArgumentException) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether at least the next event fits. */
    private boolean fill(ServiceBusMessageBatch batch) {
        for (int i = acknowledged; i < events.size(); i++) {
            if (!fits(batch, events.get(i))) {
                return batch.getCount() > 0;
            }
            if (oneByOne) {
                return true;
            }
        }
        return true;
    }

    private static boolean fits(ServiceBusMessageBatch batch, Pending event) {
        if (event.attributeBytes() > MAX_ATTRIBUTE_BYTES) {
            return false;
        }
        try {
            return batch.tryAddMessage(event.message());
        } catch (RuntimeException e) {
            if (ServiceBusFailures.kind(e) == Kind.TOO_LARGE) {
                return false;
            }
            throw e;
        }
    }

    /** Returns a batch of the maximum size of the entity with only the next event, or an empty one if it does not fit. */
    private Mono<ServiceBusMessageBatch> largest(ServiceBusSenderAsyncClient sender) {
        return sender.createMessageBatch().doOnNext(batch -> {
            Pending next = events.get(acknowledged);
            if (!fits(batch, next)) {
                impossible = next.name() + " has " + next.bytes() + " bytes of data and " + next.attributeBytes()
                        + " of attributes: use at most " + batch.getMaxSizeInBytes() + " bytes in total and "
                        + MAX_ATTRIBUTE_BYTES + " of attributes";
            }
        });
    }
}
