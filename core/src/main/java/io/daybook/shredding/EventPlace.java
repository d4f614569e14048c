package io.daybook.shredding;

import io.daybook.serialization.EventSerializationException;
import org.jspecify.annotations.Nullable;

/** The stored type and version of an event, to which its encrypted values are bound. */
record EventPlace(String type, int version) {

    /** Returns the associated data of a member's value, which the tag authenticates. */
    byte[] of(String subject, String member) {
        return AesGcm.place("event", type, Integer.toString(version), member, subject);
    }

    EventSerializationException failure(String done, String member, String reason, @Nullable Throwable cause) {
        String at = member.isEmpty() ? "" : ", at " + member;
        String message = "an event " + type + " version " + version + " cannot be " + done + at + ": " + reason;
        return new EventSerializationException(message, type, version, member, cause);
    }
}
