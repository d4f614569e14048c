package io.daybook.shredding;

import io.daybook.event.DomainEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** The personal members of one event type. */
record Protection(Map<String, Personal> members) {

    static final Protection NONE = new Protection(Map.of());

    /**
     * A member that is encrypted.
     *
     * @param subject returns the subject of the member
     * @param erased the JSON that takes its place after the key is destroyed
     */
    record Personal(Function<DomainEvent, String> subject, String erased) {}

    Protection with(String member, Personal personal) {
        Map<String, Personal> all = new LinkedHashMap<>(members);
        all.put(member, personal);
        return new Protection(all);
    }
}
