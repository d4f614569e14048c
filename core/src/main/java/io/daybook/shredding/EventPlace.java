package io.daybook.shredding;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.serialization.EventSerializationException;
import org.jspecify.annotations.Nullable;

/** The stored type and version of an event, to which its encrypted values are bound. */
record EventPlace(String type, int version) {

    static EventPlace of(DomainEvent event) {
        @Nullable EventType named = event.getClass().getAnnotation(EventType.class);
        return named == null
                ? new EventPlace(event.getClass().getName(), 1)
                : new EventPlace(named.value(), named.version());
    }

    /** Returns the associated data of a member's value, which the tag authenticates. */
    byte[] of(String subject, String member) {
        return AesGcm.place("event", type, Integer.toString(version), member, subject);
    }

    EventSerializationException failure(String done, String member, String reason, @Nullable Throwable cause) {
        return new EventSerializationException(
                "an event " + type + " version " + version + " cannot be " + done
                        + (member.isEmpty() ? "" : ", at " + member) + ": " + reason,
                type,
                version,
                member,
                cause);
    }
}
