package io.daybook.serialization;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventStore;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What could not be read again is never stored, and what is stored is not damaged. */
class ReadBackTest {

    @EventType("Noted")
    record Noted(Map<String, Integer> counts, BigInteger number, BigDecimal amount) implements DomainEvent {}

    @EventType("Longs")
    record Longs(long[] many, AtomicLong one) implements DomainEvent {}

    @EventType(value = "Noted2", version = 2)
    record Noted2(String text) implements DomainEvent {}

    record Note(String aggregateId, BigInteger number, BigDecimal amount) implements Command {}

    static final class Notes extends AggregateRoot<Noted> {
        static final AggregateType<Notes, Noted> TYPE = AggregateType.named("Notes", Noted.class, Notes::new)
                .on(Noted.class, (notes, event) -> {})
                .build();

        void note(Note note) {
            raise(new Noted(Map.of(), note.number(), note.amount()));
        }
    }

    private final JacksonEventSerializer serializer =
            JacksonEventSerializer.of(EventTypes.of(Noted.class, Longs.class));

    private void assertRefused(Noted event) {
        assertThatExceptionOfType(EventSerializationException.class)
                .isThrownBy(() -> serializer.encode(event))
                .withMessageMatching("(?s).*cannot be (read back|written).*");
    }

    @Test
    void refuses_to_write_what_could_not_be_read() {
        assertRefused(new Noted(Map.of("\uDC00", 1), BigInteger.ONE, BigDecimal.ONE));
        assertRefused(new Noted(Map.of("k".repeat(50_001), 1), BigInteger.ONE, BigDecimal.ONE));
        assertRefused(new Noted(Map.of(), BigInteger.TEN.pow(1001), BigDecimal.ONE));
        assertRefused(new Noted(Map.of(), BigInteger.ONE, new BigDecimal(BigInteger.TEN.pow(1001), 2)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"number", "amount"})
    void json_of_a_command_cannot_make_a_stream_unreadable(String property) {
        InMemoryEventStore store = new InMemoryEventStore(JacksonEventSerializer.of(Notes.TYPE.eventTypes()));
        AggregateRepository<Notes> notes = AggregateRepository.of(Notes.TYPE, store);
        CommandBus bus = CommandBus.builder()
                .creating(Note.class, notes, (aggregate, command, context) -> aggregate.note(command))
                .build();
        String json = "{\"aggregateId\":\"1\",\"" + property + "\":-" + "9".repeat(1000) + "}";

        assertThatExceptionOfType(EventSerializationException.class)
                .isThrownBy(() -> bus.send("Note", 1, json.getBytes(UTF_8), CommandMetadata.empty()));
        assertThat(store.currentVersion(StreamId.of("Notes", "1"))).isZero();
    }

    @Test
    void tells_no_key_of_a_map() {
        assertThatExceptionOfType(EventSerializationException.class)
                .isThrownBy(() -> serializer.decode(
                        "Noted", 1, "{\"counts\":{\"canary-payload\\nERROR\":\"x\"}}".getBytes(UTF_8)))
                .satisfies(e -> assertThat(e.path()).isEqualTo("counts.*"))
                .withMessageNotContaining("canary");
    }

    @Test
    void longs_that_a_javascript_number_cannot_hold_are_text_wherever_they_are() {
        long big = (1L << 53) + 1;
        byte[] json = serializer.encode(new Longs(new long[] {1, big, -big}, new AtomicLong(big)));

        assertThat(new String(json, UTF_8))
                .isEqualTo("{\"many\":[1,\"9007199254740993\",\"-9007199254740993\"],\"one\":\"9007199254740993\"}");
        Longs back = (Longs) serializer.decode("Longs", 1, json);
        assertThat(back.many()).containsExactly(1, big, -big);
        assertThat(back.one()).hasValue(big);
    }

    @Test
    void refuses_an_upcaster_that_would_never_run() {
        EventTypes types = EventTypes.of(Noted.class, Noted2.class);
        Upcaster idle = Upcaster.renaming("Noted", 1, "Noted2", json -> json);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacksonEventSerializer.of(types, idle))
                .withMessageContaining("remove the class or the upcaster");
    }
}
