package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusMessage;
import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import io.daybook.event.TextRules;
import io.daybook.eventstore.StreamId;
import io.daybook.process.ProcessTimer;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.UUID;

/** A converter between timers and messages. A message contains only ids and the time, as application properties. */
final class TimerMessages {

    private static final String AGGREGATE_TYPE = "aggregateType";
    private static final String AGGREGATE_ID = "aggregateId";
    private static final String KEY = "timerKey";
    private static final String DUE = "due";
    private static final String POSTPONED_UNTIL = "postponedUntil";

    private TimerMessages() {}

    /** The message id is new each time: duplicate detection would drop a timer that is set again after it was removed. */
    static ServiceBusMessage message(ProcessTimer timer) {
        ServiceBusMessage message = new ServiceBusMessage("{}")
                .setMessageId(UUID.randomUUID().toString())
                .setSubject("ProcessTimer")
                .setContentType("application/json");
        Map<String, Object> properties = message.getApplicationProperties();
        properties.put(AGGREGATE_TYPE, timer.stream().aggregateType());
        properties.put(AGGREGATE_ID, timer.stream().aggregateId());
        properties.put(KEY, timer.key());
        properties.put(DUE, timer.due().toString()); // of any year, unlike InstantText
        return message;
    }

    static ServiceBusMessage postponed(ProcessTimer timer, Instant until) {
        ServiceBusMessage message = message(timer);
        message.getApplicationProperties().put(POSTPONED_UNTIL, until.toString());
        return message;
    }

    /** Returns the time from which a timer may fire: its own, or the one to which it was postponed. */
    static Instant next(ServiceBusReceivedMessage message) {
        Map<String, Object> properties = message.getApplicationProperties();
        return time(properties, properties.containsKey(POSTPONED_UNTIL) ? POSTPONED_UNTIL : DUE);
    }

    /**
     * Reads a timer.
     *
     * @throws IllegalArgumentException if the message is not that of a timer; names the missing or invalid part and quotes no content
     */
    static ProcessTimer timer(ServiceBusReceivedMessage message) {
        Map<String, Object> properties = message.getApplicationProperties();
        StreamId stream = StreamId.of(text(properties, AGGREGATE_TYPE), text(properties, AGGREGATE_ID));
        String key = TextRules.requireId(KEY, text(properties, KEY));
        return new ProcessTimer(stream, key, time(properties, DUE));
    }

    private static Instant time(Map<String, Object> properties, String name) {
        try {
            return Instant.parse(text(properties, name));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(name + " is not an instant");
        }
    }

    private static String text(Map<String, Object> properties, String name) {
        if (properties.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(name + " is missing");
    }
}
