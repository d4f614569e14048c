package io.daybook.shredding;

import static io.daybook.shredding.People.ANN;
import static io.daybook.shredding.People.ANN_TO_BOB;
import static io.daybook.shredding.People.PLAIN;
import static io.daybook.shredding.People.altered;
import static io.daybook.shredding.People.json;
import static io.daybook.shredding.People.tree;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.inmemory.InMemorySubjectKeys;
import io.daybook.serialization.EventSerializationException;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.shredding.People.Registered;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An encrypted value is read where it was written, or nowhere; what fails tells nothing of it. */
class TamperingTest {

    @EventType("Registered")
    record NumberedMail(long email) implements DomainEvent {}

    private record SameKey(SubjectKey key) implements SubjectKeys {

        @Override
        public Optional<SubjectKey> find(String subject) {
            return Optional.of(key);
        }

        @Override
        public SubjectKey findOrCreate(String subject) {
            return key;
        }

        @Override
        public void destroy(String subject) {}
    }

    private static final String MOVED = "its encrypted value was altered, moved or encrypted under another key";

    private final SubjectKeys keys = new InMemorySubjectKeys();
    private final ShreddingEventSerializer serializer = People.serializer(keys);
    private final byte[] stored = serializer.encode(ANN);

    private void assertRefused(byte[] data, String member, String reason) {
        assertRefused(() -> serializer.decode("Registered", 1, data), member, reason);
    }

    private static void assertRefused(ThrowingCallable read, String member, String reason) {
        assertThatExceptionOfType(EventSerializationException.class)
                .isThrownBy(read)
                .withMessageEndingWith("cannot be read, at " + member + ": " + reason)
                .satisfies(e -> assertThat(e.path()).isEqualTo(member))
                .satisfies(TamperingTest::tellsNothing);
    }

    private static void tellsNothing(Throwable e) {
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).doesNotContain("Ann", "ann@example.org", "Main Street", "Oslo");
    }

    private static Consumer<ObjectNode> data(String member, Consumer<byte[]> change) {
        return event -> {
            ObjectNode value = (ObjectNode) event.get(member);
            byte[] bytes = Base64.getUrlDecoder().decode(value.get("data").textValue());
            change.accept(bytes);
            value.put("data", Base64.getUrlEncoder().encodeToString(bytes));
        };
    }

    @Test
    void a_value_is_refused_if_any_bit_of_it_is_another() {
        int bytes = "\"ann@example.org\"".length() + 12 + 16;
        for (int bit = 0; bit < bytes * 8; bit++) {
            int flipped = bit;
            assertRefused(
                    altered(stored, data("email", value -> value[flipped / 8] ^= (byte) (1 << flipped % 8))),
                    "email",
                    MOVED);
        }
        assertThat(serializer.decode("Registered", 1, altered(stored, data("email", value -> {}))))
                .as("without a change the same way of altering is read")
                .isEqualTo(ANN);
    }

    @Test
    void a_value_is_refused_in_another_member() {
        assertRefused(altered(stored, event -> event.set("name", event.get("email"))), "name", MOVED);
        byte[] swapped = altered(serializer.encode(ANN_TO_BOB), event -> event.set("toName", event.get("fromName")));
        assertRefused(() -> serializer.decode("Transferred", 1, swapped), "toName", MOVED);
    }

    @Test
    void a_value_is_refused_in_an_event_of_another_type_or_version() {
        byte[] moved = altered(
                json("{'facts':{}}"), event -> event.set("name", tree(stored).get("name")));

        assertRefused(() -> serializer.decode("Noted", 1, moved), "name", MOVED);
        assertRefused(() -> serializer.decode("Registered", 2, stored), "name", MOVED);
    }

    @Test
    void a_value_is_refused_as_that_of_another_subject() {
        serializer.encode(new Registered("18", "Bob", null, 7, null, List.of(), BigDecimal.ONE, "NZ"));

        assertRefused(altered(stored, event -> ((ObjectNode) event.get("name")).put("subject", "18")), "name", MOVED);
    }

    @Test
    void rejects_value_under_another_subject_with_the_same_key() {
        ShreddingEventSerializer careless = People.serializer(new SameKey(SubjectKey.create()));
        byte[] renamed = altered(careless.encode(ANN), event -> ((ObjectNode) event.get("name")).put("subject", "18"));

        assertRefused(() -> careless.decode("Registered", 1, renamed), "name", MOVED);
    }

    @Test
    void a_value_is_refused_under_the_key_of_another_store() {
        SubjectKeys others = new InMemorySubjectKeys();
        others.findOrCreate("17");

        assertRefused(() -> People.serializer(others).decode("Registered", 1, stored), "name", MOVED);
    }

    @Test
    void a_subject_that_the_store_of_keys_never_had_is_not_taken_for_shredded() {
        assertRefused(
                () -> People.serializer(new InMemorySubjectKeys()).decode("Registered", 1, stored),
                "name",
                "the key store has no key for its subject: check that it is the correct store");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "0", "'1'", "1.5", "null", "99999999999"})
    void a_value_of_another_scheme_is_refused(String scheme) {
        String member = "{'name':{'daybook:encrypted':" + scheme + ",'subject':'17','data':'AAAA'}}";

        assertRefused(json(member), "name", "its encryption scheme is unknown: upgrade this program");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'subject':'17'",
                "'data':'AAAA'",
                "'subject':17,'data':'AAAA'",
                "'subject':'','data':'AAAA'",
                "'subject':'17','data':7"
            })
    void an_incomplete_value_is_refused(String rest) {
        assertRefused(
                json("{'name':{'daybook:encrypted':1," + rest + "}}"),
                "name",
                "its encrypted value lacks a subject or its data");
    }

    @Test
    void a_value_that_is_cut_off_or_no_base64_is_refused() {
        assertRefused(json("{'name':{'daybook:encrypted':1,'subject':'17','data':''}}"), "name", MOVED);
        assertRefused(
                json("{'name':{'daybook:encrypted':1,'subject':'17','data':'" + "A".repeat(36) + "'}}"), "name", MOVED);
        assertRefused(
                json("{'name':{'daybook:encrypted':1,'subject':'17','data':'ann@example.org'}}"),
                "name",
                "its encrypted value is not Base64");
    }

    @Test
    void json_that_is_broken_is_refused_without_a_quote_of_it() {
        for (String broken :
                List.of("{'name':{'daybook:encrypted':1", "['daybook:encrypted']", "'daybook:encrypted'")) {
            assertThatExceptionOfType(EventSerializationException.class)
                    .isThrownBy(() -> serializer.decode("Registered", 1, json(broken)))
                    .withMessage("an event Registered version 1 cannot be read: it is not a JSON object");
        }
    }

    @Test
    void names_only_the_path_of_a_value_that_does_not_fit() {
        ShreddingEventSerializer newer =
                ShreddingEventSerializer.of(JacksonEventSerializer.of(EventTypes.of(NumberedMail.class)), keys);

        assertThatExceptionOfType(EventSerializationException.class)
                .isThrownBy(() -> newer.decode("Registered", 1, stored))
                .satisfies(e -> assertThat(e.path()).isEqualTo("email"))
                .satisfies(TamperingTest::tellsNothing);
    }

    @Test
    void failing_subject_function_does_not_reveal_data() {
        ShreddingEventSerializer failing = ShreddingEventSerializer.of(PLAIN, keys)
                .protect(
                        Registered.class,
                        event -> {
                            throw new IllegalArgumentException("no subject: " + event);
                        },
                        "name");

        assertThatExceptionOfType(EventSerializationException.class)
                .isThrownBy(() -> failing.encode(ANN))
                .withMessageEndingWith(
                        "the function that names its subject failed with" + " java.lang.IllegalArgumentException")
                .satisfies(TamperingTest::tellsNothing);
    }

    @Test
    void reads_values_and_data_that_an_earlier_release_encrypted() {
        byte[] bytes = new byte[32];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        SubjectKeys fixed = new SameKey(SubjectKey.of(bytes));
        byte[] transferred = json("{'from':'17','to':'18','fromName':{'daybook:encrypted':1,'subject':'17',"
                + "'data':'jzQNu_15Wgs4oK4C8j5cu0KHG-agmi0B5fAB4Gs5phPR'},'toName':{'daybook:encrypted':1,"
                + "'subject':'18','data':'QEBCmBW5mD1GlZl_jGk0OcZmVL-Mm0TB6JBFGWXDA_Ux'},'amount':'4.00'}");
        byte[] data = Base64.getUrlDecoder()
                .decode("7H0K_mNuz6cvlGmfh8N1KYj7hlUxd9yhl2InyX9shUR2dXGBpIV0j4r_P-t2R3dCgmNG0OEJI42x4Ac=");

        assertThat(People.serializer(fixed).decode("Transferred", 1, transferred))
                .isEqualTo(ANN_TO_BOB);
        assertThat(SubjectCipher.of(fixed).decrypt(List.of("18", "17"), data, "invoice", "1"))
                .hasValueSatisfying(clear -> assertThat(clear).asString(UTF_8).isEqualTo("Ann"));
    }

    @Test
    void a_key_does_not_print_itself() {
        SubjectKey key = keys.findOrCreate("17");

        assertThat(key).hasToString("SubjectKey[…]");
        assertThat(SubjectKey.destroyed()).hasToString("SubjectKey[destroyed]");
    }
}
