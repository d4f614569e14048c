package io.daybook.shredding;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.serialization.EventSerializer;
import io.daybook.serialization.JacksonEventSerializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Events about persons, and their stored JSON. */
final class People {

    record Address(String street, String city) {}

    @EventType("Registered")
    record Registered(
            String customerId,
            @Nullable String name,
            @Nullable String email,
            int age,
            @Nullable Address address,
            List<String> phones,
            @Nullable BigDecimal income,
            String country)
            implements DomainEvent {}

    /** About two persons. */
    @EventType("Transferred")
    record Transferred(
            String from,
            String to,
            @Nullable String fromName,
            @Nullable String toName,
            BigDecimal amount) implements DomainEvent {}

    @EventType("Noted")
    record Noted(Map<String, Object> facts) implements DomainEvent {}

    static final EventTypes TYPES = EventTypes.of(Registered.class, Transferred.class, Noted.class);
    static final EventSerializer PLAIN = JacksonEventSerializer.of(TYPES);
    static final Registered ANN = new Registered(
            "17",
            "Ann \"Ä\" \\ \u0000 😀",
            "ann@example.org",
            41,
            new Address("Main Street 1", "Oslo"),
            List.of("111", "222"),
            new BigDecimal("10.00"),
            "NZ");
    static final Transferred ANN_TO_BOB = new Transferred("17", "18", "Ann", "Bob", new BigDecimal("4.00"));

    private static final ObjectMapper JSON = new ObjectMapper();

    private People() {}

    static ShreddingEventSerializer serializer(SubjectKeys keys) {
        return ShreddingEventSerializer.of(PLAIN, keys)
                .protect(
                        Registered.class, Registered::customerId, "name", "email", "age", "address", "phones", "income")
                .replacement(Registered.class, "name", "(erased)")
                .replacement(Registered.class, "age", 0)
                .protect(Transferred.class, Transferred::from, "fromName")
                .protect(Transferred.class, Transferred::to, "toName");
    }

    static byte[] json(String text) {
        return text.replace('\'', '"').getBytes(UTF_8);
    }

    static String text(byte[] json) {
        return new String(json, UTF_8);
    }

    static ObjectNode tree(byte[] json) {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Alters stored JSON. */
    static byte[] altered(byte[] json, Consumer<ObjectNode> change) {
        ObjectNode tree = tree(json);
        change.accept(tree);
        return tree.toString().getBytes(UTF_8);
    }
}
