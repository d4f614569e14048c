package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a message that describe its event or deletion, from Daybook's own properties or, if it has none, from those of a CloudEvent.
 *
 * @param id the id of the event or deletion
 * @param type the event type
 * @param correlationId the correlation id
 * @param properties the properties, under Daybook's names
 */
record MessageParts(
        @Nullable String id,
        @Nullable String type,
        @Nullable String correlationId,
        Map<String, Object> properties) {

    /**
     * Reads the parts of a message.
     *
     * @throws IllegalArgumentException if it has only the attributes of a CloudEvent, and one is missing or invalid; quotes no content
     */
    static MessageParts of(ServiceBusReceivedMessage message) {
        Map<String, Object> properties = message.getApplicationProperties();
        return CloudEventAttributes.areAlone(message.getContentType(), properties)
                ? CloudEventAttributes.read(properties)
                : new MessageParts(
                        message.getMessageId(), message.getSubject(), message.getCorrelationId(), properties);
    }
}
