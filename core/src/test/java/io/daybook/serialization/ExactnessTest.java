package io.daybook.serialization;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.command.Command;
import io.daybook.command.CommandAuthorizer;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.command.CommandNotAuthorizedException;
import io.daybook.command.CommandType;
import io.daybook.command.CommandValidationException;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemorySnapshotStore;
import io.daybook.snapshot.Snapshot;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What JSON cannot hold exactly everywhere is refused, whatever type writes it. */
class ExactnessTest {

    private static final ObjectMapper MAPPER = JacksonDefaults.mapper().build();

    @EventType(value = "Noted", version = 2, since = 2)
    record Noted(
            String text,
            JsonNode meta,
            Object anything,
            Map<String, JsonNode> byName,
            @JsonRawValue String raw,
            @JsonSerialize(using = AsNumber.class) BigDecimal number,
            List<Double> reals,
            float real)
            implements DomainEvent {

        static Noted with(String text, JsonNode meta, Object anything) {
            return new Noted(text, meta, anything, Map.of(), "1", BigDecimal.ONE, List.of(0.1), 0.1f);
        }
    }

    static final class AsNumber extends JsonSerializer<BigDecimal> {
        @Override
        public void serialize(BigDecimal value, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeNumber(value);
        }
    }

    @CommandType(value = "Note", version = 2)
    record Note(String aggregateId, JsonNode meta, Object anything, List<Number> numbers) implements Command {}

    static final class Notes extends AggregateRoot<Noted> {
        static final AggregateType<Notes, Noted> TYPE = AggregateType.named("Notes", Noted.class, Notes::new)
                .on(Noted.class, (notes, event) -> {})
                .build();

        void note(Note command) {
            raise(Noted.with("", command.meta(), command.anything()));
        }
    }

    private final JacksonEventSerializer serializer =
            JacksonEventSerializer.of(EventTypes.of(Noted.class), Upcaster.of("Noted", 1, json -> {
                json.get("amount").bigIntegerValue(); // this is what took minutes
                return json;
            }));

    private static JsonNode tree(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void refusesToEncode(DomainEvent event, String path, String rule) {
        assertThatExceptionOfType(EventSerializationException.class)
                .isThrownBy(() -> serializer.encode(event))
                .withMessageContaining("Noted version 2 cannot be written, at " + path + ":")
                .withMessageContaining(rule)
                .withMessageNotContaining("90071992")
                .satisfies(e -> {
                    assertThat(e.eventType()).isEqualTo("Noted");
                    assertThat(e.eventVersion()).isEqualTo(2);
                    assertThat(e.path()).isEqualTo(path);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"9007199254740993", "18446744073709551616", "0.12345678901234567890", "1e400"})
    void refuses_event_with_number_that_a_double_does_not_hold(String number) {
        String rule = "write it as a string";
        Noted plain = Noted.with("", tree("{}"), null);
        refusesToEncode(Noted.with("", tree("{\"id\":" + number + "}"), null), "meta.id", rule);
        refusesToEncode(Noted.with("", tree("{}"), Map.of("a", tree("[0," + number + "]"))), "anything.a[1]", rule);
        refusesToEncode(
                new Noted("", plain.meta(), null, Map.of("ann", tree(number)), "1", BigDecimal.ONE, List.of(), 0),
                "byName.*",
                rule);
        refusesToEncode(
                new Noted("", plain.meta(), null, Map.of(), "[" + number + "]", BigDecimal.ONE, List.of(), 0),
                "raw[0]",
                rule);
        refusesToEncode(
                new Noted("", plain.meta(), null, Map.of(), "1", new BigDecimal(number), List.of(), 0), "number", rule);
    }

    @Test
    void encodes_numbers_that_come_back() {
        Noted event = new Noted(
                "",
                tree("{\"id\":9007199254740992,\"price\":10.00,\"text\":\"9007199254740993\"}"),
                Map.of("int", 7, "text", List.of("9007199254740993")),
                Map.of(),
                "1",
                BigDecimal.TEN,
                List.of(0.1 + 0.2, 1e23, Double.MIN_VALUE, Double.MAX_VALUE),
                Float.MIN_VALUE);

        Noted read = (Noted) serializer.decode("Noted", 2, serializer.encode(event));

        assertThat(read.meta()).isEqualTo(event.meta());
        assertThat(read.reals()).isEqualTo(event.reals());
        assertThat(read.real()).isEqualTo(event.real());
    }

    @Test
    void refuses_event_with_unpaired_surrogate() {
        String cut = "Mobile Safari 😀".substring(0, 15);
        List<Noted> events = List.of(
                Noted.with(cut, tree("{}"), null),
                Noted.with("", tree("{}").deepCopy(), Map.of("agent", cut)),
                Noted.with("", tree("{}"), Map.of(cut, 1)),
                Noted.with("", JsonNodeFactory.instance.textNode(cut), null),
                new Noted("", tree("{}"), null, Map.of(), "\"\\uD83D\"", BigDecimal.ONE, List.of(), 0));
        JacksonEventSerializer escaping = JacksonEventSerializer.of(EventTypes.of(Noted.class)
                .mapper(JacksonDefaults.mapper()
                        .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                        .build()));

        for (Noted event : events) {
            for (JacksonEventSerializer each : List.of(serializer, escaping)) {
                assertThatExceptionOfType(EventSerializationException.class)
                        .isThrownBy(() -> each.encode(event))
                        .withMessageNotContaining("Safari");
            }
        }
        assertThat(((Noted) escaping.decode("Noted", 2, escaping.encode(Noted.with("😀", tree("{}"), "😀")))).text())
                .isEqualTo("😀");
    }

    @Test
    void refuses_snapshot_that_does_not_come_back() {
        InMemorySnapshotStore snapshots = new InMemorySnapshotStore();
        StreamId stream = StreamId.of("Notes", "1");
        for (Object state : List.of(
                Map.of("id", tree("9007199254740993")),
                Map.of("a", tree("[1e400]")),
                Map.of("a" + "😀".charAt(0), 1),
                List.of("😀".substring(1)))) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> snapshots.save(new Snapshot<>(stream, 1, "e1", 1, state)))
                    .withMessageContaining("the snapshot of Notes-1 cannot be written")
                    .withMessageNotContaining("90071992");
        }
        assertThat(snapshots.load(stream, Object.class, 1)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e60000000", "-1E60000000", "1e-60000000", "[{\"a\":1e2000}]", "1.5e99999999999"})
    void refuses_number_with_too_many_zeros_wherever_a_tree_is_read(String number) {
        assertThatExceptionOfType(EventSerializationException.class)
                .isThrownBy(() -> serializer.decode("Noted", 1, ("{\"amount\":" + number + "}").getBytes(UTF_8)))
                .withMessageContaining("more than 1000 zeros")
                .withMessageNotContaining("failed with");
        for (String member : List.of("meta", "anything", "byName")) {
            String value = member.equals("byName") ? "{\"a\":" + number + "}" : number;
            assertThatExceptionOfType(EventSerializationException.class)
                    .as(member)
                    .isThrownBy(() -> serializer.decode(
                            "Noted",
                            2,
                            ("{\"raw\":\"\",\"real\":1,\"" + member + "\":" + value + "}").getBytes(UTF_8)));
        }
    }

    private CommandBus bus(AtomicBoolean upcast, CommandAuthorizer authorizer) {
        return CommandBus.builder()
                .creating(
                        Note.class,
                        AggregateRepository.of(Notes.TYPE, new InMemoryEventStore(serializer)),
                        (notes, command, context) -> notes.note(command))
                .upcasters(Upcaster.of("Note", 1, json -> {
                    upcast.set(true);
                    return json;
                }))
                .authorize(authorizer)
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e60000000", "[1e-60000000]", "{\"a\":1E+1001}", "\"\\ud83d\"", "{\"\\ude00\":1}"})
    void refuses_harmful_command_before_an_upcaster_sees_it(String value) {
        AtomicBoolean upcast = new AtomicBoolean();
        CommandBus bus = bus(upcast, (command, metadata) -> true);
        for (String member : List.of("meta", "anything", "numbers", "unknown")) {
            byte[] json = ("{\"aggregateId\":\"1\",\"" + member + "\":" + value + "}").getBytes(UTF_8);
            for (int version : List.of(1, 2)) {
                assertThatExceptionOfType(CommandValidationException.class)
                        .as(member)
                        .isThrownBy(() -> bus.send("Note", version, json, CommandMetadata.empty()))
                        .withMessageMatching("(?s).*(more than 1000 zeros|unpaired surrogate).*");
            }
        }
        assertThat(upcast).isFalse();

        bus.send("Note", 1, "{\"aggregateId\":\"1\",\"meta\":[1.50]}".getBytes(UTF_8), CommandMetadata.empty());
        assertThat(upcast).isTrue();
    }

    @Test
    void refuses_sender_by_type_before_anything_is_read() {
        AtomicBoolean upcast = new AtomicBoolean();
        CommandBus bus = bus(upcast, new CommandAuthorizer() {
            @Override
            public boolean permits(Command command, CommandMetadata metadata) {
                throw new AssertionError("is not asked");
            }

            @Override
            public boolean permitsType(String commandType, CommandMetadata metadata) {
                return metadata.roles().contains("clerk");
            }
        });
        for (String json : List.of("{\"aggregateId\":\"1\"}", "{", "1e60000000")) {
            assertThatExceptionOfType(CommandNotAuthorizedException.class)
                    .isThrownBy(() -> bus.send("Note", 1, json.getBytes(UTF_8), CommandMetadata.empty()));
        }
        assertThatExceptionOfType(CommandNotAuthorizedException.class)
                .isThrownBy(() -> bus.send("NoSuchType", 1, "{}".getBytes(UTF_8), CommandMetadata.empty()));
        assertThatExceptionOfType(CommandNotAuthorizedException.class)
                .isThrownBy(() -> bus.send(new Note("1", tree("{}"), null, List.of()), CommandMetadata.empty()));
        assertThat(upcast).isFalse();
    }
}
