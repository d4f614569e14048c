package io.daybook.servicebus.testserver;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message as a {@link ServiceBusTestServer} stored it.
 *
 * @param sequenceNumber the position of the message in its entity
 * @param messageId the message id, or null
 * @param sessionId the session id, or null
 * @param subject the subject, or null
 * @param contentType the content type, or null
 * @param correlationId the correlation id, or null
 * @param partitionKey the partition key, or null
 * @param body the bytes of the body
 * @param properties the application properties
 * @param scheduledTime the time for which the message was scheduled, or null
 */
@SuppressWarnings("ArrayRecordComponent") // each reading has its own bytes
public record StoredMessage(
        long sequenceNumber,
        @Nullable String messageId,
        @Nullable String sessionId,
        @Nullable String subject,
        @Nullable String contentType,
        @Nullable String correlationId,
        @Nullable String partitionKey,
        byte[] body,
        Map<String, Object> properties,
        @Nullable Instant scheduledTime) {

    /** {@return the number of bytes in the body} */
    public int length() {
        return body.length;
    }

    /** {@return the body, read as UTF-8} */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
