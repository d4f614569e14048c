package io.daybook.serialization;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.ThreadMXBean;
import io.daybook.DaybookException;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.command.CommandValidationException;
import io.daybook.contract.Patience;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemorySnapshotStore;
import io.daybook.snapshot.Snapshot;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile JSON is rejected wherever it enters, in little time and memory, and no message quotes it. */
class HostileJsonTest {

    private static final String CANARY = "canary-payload";
    private static final int MANY = 200_000;
    private static final long CLASSES = 50_000_000; // the first of all loads them

    /** The class that JSON would have to name to run an attacker's code. */
    public static final class Gadget {

        static volatile boolean made;

        @SuppressWarnings("unused") // Jackson would set it
        public String command = "";

        public Gadget() {
            made = true;
        }
    }

    record Part(int count) {}

    @EventType(value = "Hoard", version = 2)
    record Hoard(
            int small,
            long large,
            double real,
            BigInteger big,
            BigDecimal amount,
            Duration took,
            Instant at,
            String text,
            Object anything,
            JsonNode tree,
            List<Part> parts,
            Map<String, Integer> counts)
            implements DomainEvent {}

    record TakeHoard(
            String aggregateId,
            int small,
            long large,
            double real,
            BigInteger big,
            BigDecimal amount,
            Duration took,
            Instant at,
            String text,
            Object anything,
            JsonNode tree,
            List<Part> parts,
            Map<String, Integer> counts)
            implements Command {}

    static final class Chest extends AggregateRoot<Hoard> {
        static final AggregateType<Chest, Hoard> TYPE = AggregateType.named("Chest", Hoard.class, Chest::new)
                .on(Hoard.class, (chest, event) -> {})
                .build();

        void take() {
            raise(null);
        }
    }

    private final JacksonEventSerializer serializer =
            JacksonEventSerializer.of(EventTypes.of(Hoard.class), Upcaster.of("Hoard", 1, json -> json));
    private final InMemoryEventStore store = new InMemoryEventStore(serializer);
    private final CommandBus bus = CommandBus.builder()
            .creating(
                    TakeHoard.class,
                    AggregateRepository.of(Chest.TYPE, store),
                    (chest, command, context) -> chest.take())
            .build();

    private static String with(String property, String value) {
        return "{\"aggregateId\":\"1\",\"small\":1,\"large\":1,\"real\":1,\"" + property + "\":" + value + "}";
    }

    /** Refused as an event of today, as one to be upcast and as a command. */
    static Stream<Arguments> everywhere() {
        Stream<Arguments> nested = Stream.of("unknown", "anything", "tree", "parts", "counts")
                .flatMap(property -> Stream.of(
                        Arguments.of("lists in " + property, with(property, "[".repeat(MANY))),
                        Arguments.of(
                                "closed lists in " + property, with(property, "[".repeat(MANY) + "]".repeat(MANY))),
                        Arguments.of("objects in " + property, with(property, "{\"a\":".repeat(MANY))),
                        Arguments.of("101 levels in " + property, with(property, "[".repeat(100) + "]".repeat(100)))));
        Stream<Arguments> numbers = Stream.of("small", "large", "big", "amount", "took", "at")
                .flatMap(property -> Stream.of("9".repeat(MANY), "-" + "9".repeat(MANY), "1e99999999999", "NaN")
                        .flatMap(number -> Stream.of(number, "\"" + number + "\"")
                                .map(value -> Arguments.of(
                                        property + " " + value.substring(0, Math.min(12, value.length())),
                                        with(property, value)))));
        Stream<Arguments> digits = Stream.of("real", "anything", "tree", "unknown")
                .map(property -> Arguments.of("digits in " + property, with(property, "9".repeat(MANY))));
        Stream<Arguments> more = Stream.of(
                Arguments.of("1e999999999 for an int", with("small", "1e999999999")),
                Arguments.of("1e999999999 for a long", with("large", "1e999999999")),
                Arguments.of("1e999999999 for a big integer", with("big", "1e999999999")),
                Arguments.of("1e999999999 for an amount", with("amount", "1e999999999")),
                Arguments.of("\"1e999999999\" for an amount", with("amount", "\"1e999999999\"")),
                Arguments.of("a small scale", with("amount", "\"1e-999999999\"")),
                Arguments.of("scale 1001", with("amount", "1e-1001")),
                Arguments.of("a long name", with("n".repeat(MANY), "1")),
                Arguments.of("a long text", with("text", "\"" + "x".repeat(20_000_001) + "\"")),
                Arguments.of("text after it", with("text", "\"x\"") + "{}"),
                Arguments.of("a brace after it", with("text", "\"x\"") + "}"),
                Arguments.of("a word after it", with("text", "\"x\"") + CANARY),
                Arguments.of("a comment", "/*" + CANARY + "*/" + with("text", "\"x\"")),
                Arguments.of("no end", with("text", "\"" + CANARY).replace("}", "")),
                Arguments.of("a name without quotes", "{" + CANARY + ":1}"),
                Arguments.of("a list", "[\"" + Gadget.class.getName() + "\"," + with("text", "\"x\"") + "]"),
                Arguments.of("another type", with("small", "\"" + CANARY + "\"")),
                Arguments.of("a type of the JSON's choice", with("parts", "[[\"" + Gadget.class.getName() + "\",{}]]")),
                Arguments.of("a key that does not fit", with("counts", "{\"" + CANARY + "\":{}}")));
        return Stream.of(nested, numbers, digits, more).flatMap(each -> each);
    }

    static Stream<Arguments> twice() {
        return Stream.of(
                Arguments.of("a property", with("small", "2")),
                Arguments.of("a property, escaped", with("sm\\u0061ll", "2")),
                Arguments.of("an unknown property", with("unknown", "1,\"unknown\":1")),
                Arguments.of("deep in an unknown property", with("unknown", "[{\"a\":{\"b\":1,\"c\":2,\"b\":3}}]")),
                Arguments.of("in a part", with("parts", "[{\"count\":1,\"count\":2}]")),
                Arguments.of("the key of a map", with("counts", "{\"" + CANARY + "\":1,\"" + CANARY + "\":2}")),
                Arguments.of("in a tree", with("tree", "{\"a\":1,\"a\":2}")),
                Arguments.of("in anything", with("anything", "{\"a\":1,\"a\":2}")),
                Arguments.of("the aggregate id", with("aggregateId", "\"2\"")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("everywhere")
    void an_event_is_refused(String what, String json) {
        byte[] data = json.getBytes(UTF_8);
        refused(EventSerializationException.class, data, () -> serializer.decode("Hoard", 2, data));
        refused(EventSerializationException.class, data, () -> serializer.decode("Hoard", 1, data));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"everywhere", "twice"})
    void a_command_is_refused(String what, String json) {
        byte[] data = json.getBytes(UTF_8);
        refused(CommandValidationException.class, data, () -> bus.send("TakeHoard", 1, data, CommandMetadata.empty()));
        assertThat(store.currentVersion(StreamId.of("Chest", "1"))).isZero();
    }

    /** In seconds, within a few times the memory of the JSON, and without a word of it in any message or cause. */
    private static void refused(Class<? extends DaybookException> as, byte[] data, Executable read) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assertTimeoutPreemptively(Patience.LIMIT, () -> {
            long before = threads.getCurrentThreadAllocatedBytes();
            Throwable refusal = catchThrowable(read::execute);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            StringWriter text = new StringWriter();
            assertThat(refusal).isInstanceOf(as).satisfies(e -> e.printStackTrace(new PrintWriter(text)));
            assertThat(text.toString()).doesNotContain(CANARY, "99999", "Gadget");
            assertThat(allocated).isLessThan(10L * data.length + CLASSES);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"took", "at", "real"})
    void a_large_exponent_costs_nothing_where_it_may_stand(String property) {
        assertTimeoutPreemptively(
                Patience.LIMIT,
                () -> serializer.decode(
                        "Hoard", 2, with(property, "1e999999999").getBytes(UTF_8)));
    }

    @Test
    void names_of_classes_create_nothing() {
        for (String hint : List.of("@class", "@type", "@c", "class", "java.lang.Class")) {
            String gadget = "{\"" + hint + "\":\"" + Gadget.class.getName() + "\",\"command\":\"x\"}";
            String list = "[\"" + Gadget.class.getName() + "\",{\"command\":\"x\"}]";
            for (String anything : List.of(gadget, list)) {
                byte[] data =
                        (with("anything", anything) + "}").replace("}}", "}").getBytes(UTF_8);
                Hoard hoard = (Hoard) serializer.decode("Hoard", 2, data);
                assertThat(hoard.anything()).isInstanceOfAny(Map.class, List.class);
            }
            serializer.decode(
                    "Hoard",
                    2,
                    ("{\"" + hint + "\":\"" + Gadget.class.getName() + "\","
                                    + with("text", "\"x\"").substring(1))
                            .getBytes(UTF_8));
        }
        assertThat(Gadget.made).isFalse();
    }

    @EventType("Careless")
    record Careless(
            @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS) Gem gem) implements DomainEvent {}

    interface Gem {}

    public static final class Trap implements Gem {

        static volatile boolean made;

        public Trap() {
            made = true;
        }
    }

    @Test
    void a_class_is_not_created_even_where_an_annotation_asks_for_its_name() {
        String data = "{\"gem\":{\"@class\":\"" + Trap.class.getName() + "\"}}";

        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacksonEventSerializer.of(EventTypes.of(Careless.class)))
                .withMessageContaining("Careless");
        assertThatExceptionOfType(JsonMappingException.class)
                .isThrownBy(() -> JacksonDefaults.mapper().build().readValue(data, Careless.class));
        assertThat(Trap.made).isFalse();
    }

    @EventType("Loose")
    static final class Loose implements DomainEvent {

        public String name = "first";

        private final Map<String, Integer> others = new TreeMap<>();

        @JsonAnyGetter
        public Map<String, Integer> others() {
            return others;
        }

        @JsonAnySetter
        public void other(String name, int value) {
            others.put(name, value);
        }
    }

    @Test
    void an_event_that_would_write_a_property_twice_is_not_stored() {
        JacksonEventSerializer loose = JacksonEventSerializer.of(EventTypes.of(Loose.class));
        Loose event = new Loose();
        event.other("name", 2);

        assertThatExceptionOfType(EventSerializationException.class)
                .isThrownBy(() -> loose.encode(event))
                .withMessageContaining("read back");
    }

    @Test
    void a_property_that_no_class_has_is_not_named() {
        JacksonEventSerializer loose = JacksonEventSerializer.of(EventTypes.of(Loose.class));
        byte[] data = ("{\"" + CANARY + "\":\"x\"}").getBytes(UTF_8);

        refused(EventSerializationException.class, data, () -> loose.decode("Loose", 1, data));
    }

    @Test
    void a_state_that_would_be_written_twice_or_nested_too_deeply_is_not_saved() {
        InMemorySnapshotStore snapshots = new InMemorySnapshotStore();
        StreamId stream = StreamId.of("Chest", "1");
        Loose twice = new Loose();
        twice.other("name", 2);
        Object deep = List.of(CANARY);
        for (int i = 0; i < 100; i++) {
            deep = List.of(deep);
        }
        for (Object state : List.of(twice, deep)) {
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> snapshots.save(new Snapshot<>(stream, 1, "e1", 1, state)))
                    .withMessageContaining("cannot be written")
                    .withMessageNotContaining(CANARY);
        }
        assertThat(snapshots.load(stream, Object.class, 1)).isEmpty();
    }
}
