package io.daybook.shredding;

import static io.daybook.shredding.People.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.inmemory.InMemorySubjectKeys;
import io.daybook.serialization.EventSerializationException;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.serialization.Upcaster;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Upcasters see values as they were before they were encrypted, or what took their place. */
class ShreddingUpcasterTest {

    @EventType("SignedUp")
    record SignedUp(String id, String fullName, String mail) implements DomainEvent {}

    /** A later version with renamed members, the email in lower case and its domain in a separate member. */
    @EventType(value = "Joined", version = 3)
    record Joined(
            String id,
            @Nullable String name,
            @Nullable String email,
            @Nullable String domain) implements DomainEvent {}

    private final SubjectKeys keys = new InMemorySubjectKeys();
    private final ShreddingEventSerializer older = ShreddingEventSerializer.of(
                    JacksonEventSerializer.of(EventTypes.of(SignedUp.class)), keys)
            .protect(SignedUp.class, SignedUp::id, "fullName", "mail")
            .replacement(SignedUp.class, "fullName", "(erased)");
    private final byte[] stored = older.encode(new SignedUp("17", "Ann", "ANN@EXAMPLE.ORG"));

    private static final Upcaster RENAME = Upcaster.renaming("SignedUp", 1, "Joined", json -> {
        json.set("name", json.remove("fullName"));
        json.set("email", json.remove("mail"));
        return json;
    });
    private static final Upcaster SMALL_LETTERS = Upcaster.of(
            "Joined",
            2,
            json -> json.path("email").isTextual()
                    ? json.put("email", json.get("email").textValue().toLowerCase(Locale.ROOT))
                            .put(
                                    "domain",
                                    json.get("email").textValue().split("@")[1].toLowerCase(Locale.ROOT))
                    : json);

    private ShreddingEventSerializer newer(Upcaster second) {
        return ShreddingEventSerializer.of(JacksonEventSerializer.of(EventTypes.of(Joined.class), RENAME, second), keys)
                .protect(Joined.class, Joined::id, "name", "email", "domain");
    }

    @Test
    void they_take_what_was_encrypted_under_older_names() {
        assertThat(newer(SMALL_LETTERS).decode("SignedUp", 1, stored))
                .isEqualTo(new Joined("17", "Ann", "ann@example.org", "example.org"));
    }

    @Test
    void they_take_the_replacement_that_was_declared_when_the_event_was_written() {
        keys.destroy("17");

        assertThat(newer(SMALL_LETTERS).decode("SignedUp", 1, stored))
                .isEqualTo(new Joined("17", "(erased)", null, null));
    }

    @Test
    void one_that_does_not_expect_the_replacement_fails_as_upcasters_do() {
        ShreddingEventSerializer careless = newer(Upcaster.of(
                "Joined",
                2,
                json -> json.put("domain", json.get("email").textValue().split("@")[1])));
        assertThat(careless.decode("SignedUp", 1, stored)).isNotNull();
        keys.destroy("17");

        assertThatExceptionOfType(EventSerializationException.class)
                .isThrownBy(() -> careless.decode("SignedUp", 1, stored))
                .withMessageContaining("the upcaster of Joined version 2 failed");
    }

    @Test
    void what_is_written_now_is_bound_to_the_present_name() {
        Joined joined = new Joined("17", "Ann", "ann@example.org", "example.org");
        byte[] now = newer(SMALL_LETTERS).encode(joined);

        assertThat(tree(now).get("email").has("daybook:encrypted")).isTrue();
        assertThat(newer(SMALL_LETTERS).decode("Joined", 3, now)).isEqualTo(joined);
        assertThatExceptionOfType(EventSerializationException.class)
                .isThrownBy(() -> newer(SMALL_LETTERS).decode("Joined", 2, now));
    }
}
