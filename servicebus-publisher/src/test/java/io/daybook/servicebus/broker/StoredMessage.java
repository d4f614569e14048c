package io.daybook.servicebus.broker;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/**
 * A message as the broker stored it.
 *
 * @param sequenceNumber the place the broker gave it among the messages of its entity
 * @param messageId the id its sender gave it, or null
 * @param sessionId its session, or null
 * @param subject its subject, or null
 * @param contentType its content type, or null
 * @param correlationId its correlation id, or null
 * @param partitionKey its partition key, or null
 * @param body the bytes of its body
 * @param properties its application properties
 * @param scheduledTime the time for which it was scheduled, or null
 */
public record StoredMessage(
        long sequenceNumber,
        String messageId,
        String sessionId,
        String subject,
        String contentType,
        String correlationId,
        String partitionKey,
        byte[] body,
        Map<String, Object> properties,
        Instant scheduledTime) {

    /** {@return the number of bytes in the body} */
    public int length() {
        return body.length;
    }

    /** {@return the body, read as UTF-8} */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
