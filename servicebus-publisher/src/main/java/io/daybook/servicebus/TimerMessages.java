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

    /**
     * Reads a timer.
     *
     * @throws IllegalArgumentException if the message is not that of a timer; names the missing or invalid part and quotes no content
     */
    static ProcessTimer timer(ServiceBusReceivedMessage message) {
        Map<String, Object> properties = message.getApplicationProperties();
        StreamId stream = StreamId.of(text(properties, AGGREGATE_TYPE), text(properties, AGGREGATE_ID));
        String key = TextRules.requireId(KEY, text(properties, KEY));
        try {
            return new ProcessTimer(stream, key, Instant.parse(text(properties, DUE)));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(DUE + " is not an instant");
        }
    }

    private static String text(Map<String, Object> properties, String name) {
        if (properties.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(name + " is missing");
    }
}
