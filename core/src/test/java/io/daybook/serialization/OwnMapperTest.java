package io.daybook.serialization;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.testkit.AggregateScenario;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A mapper is given to the aggregate type and used wherever its events, commands and snapshots are JSON. */
class OwnMapperTest {

    sealed interface JarEvent extends DomainEvent {}

    @EventType("Saved")
    record Saved(Money newAmount) implements JarEvent {}

    record JarState(Money total) {}

    record Save(String jarId, Money newAmount) implements Command {
        @Override
        public String aggregateId() {
            return jarId;
        }
    }

    static final class Jar extends AggregateRoot<JarEvent> {

        static final AggregateType<Jar, JarEvent> TYPE = AggregateType.named("Jar", JarEvent.class, Jar::new)
                .mapper(Money.mapper())
                .on(Saved.class, (jar, event) -> jar.total = jar.total.plus(event.newAmount()))
                .snapshot(JarState.class, jar -> new JarState(jar.total), (jar, state) -> jar.total = state.total())
                .build();

        private Money total = new Money(0);

        void save(Money amount) {
            raise(new Saved(amount));
        }
    }

    @EventType("Noted")
    record Noted(String freeText) implements DomainEvent {}

    private static final CommandMetadata ONCE =
            CommandMetadata.builder().idempotencyKey("save-1").build();

    private final InMemoryEventStore store = new InMemoryEventStore(JacksonEventSerializer.of(Jar.TYPE.eventTypes()));
    private final AggregateRepository<Jar> jars = AggregateRepository.of(Jar.TYPE, store);

    @Test
    void serializer_uses_mapper_of_aggregate_type() {
        JacksonEventSerializer serializer = JacksonEventSerializer.of(Jar.TYPE.eventTypes());

        byte[] json = serializer.encode(new Saved(new Money(150)));

        assertThat(new String(json, UTF_8)).isEqualTo("{\"new_amount\":\"150 EUR\"}");
        assertThat(serializer.decode("Saved", 1, json)).isEqualTo(new Saved(new Money(150)));
    }

    @Test
    void upcast_json_is_read_with_mapper_of_its_type() {
        @EventType(value = "Spent", version = 2)
        record Spent(Money newAmount) implements DomainEvent {}
        JacksonEventSerializer serializer = JacksonEventSerializer.of(
                EventTypes.of(Spent.class).mapper(Money.mapper()),
                Upcaster.of("Spent", 1, json -> json.put("new_amount", "1 EUR")));

        assertThat(serializer.decode("Spent", 1, "{}".getBytes(UTF_8))).isEqualTo(new Spent(new Money(1)));
    }

    @Test
    void merged_types_keep_their_own_mapper() {
        EventTypes both = EventTypes.of(Noted.class).and(Jar.TYPE.eventTypes()).and(Jar.TYPE.eventTypes());
        JacksonEventSerializer serializer = JacksonEventSerializer.of(both);

        assertThat(new String(serializer.encode(new Noted("x")), UTF_8)).isEqualTo("{\"freeText\":\"x\"}");
        assertThat(new String(serializer.encode(new Saved(new Money(1))), UTF_8))
                .contains("1 EUR");
        assertThat(both.all()).hasSize(2);
        assertThat(both.mapperOf(both.find("Noted").orElseThrow())).isEmpty();
    }

    @Test
    void merge_refuses_one_name_for_two_classes_and_one_class_with_two_mappers() {
        @EventType("Noted")
        record Other(String text) implements DomainEvent {}
        EventTypes noted = EventTypes.of(Noted.class);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> noted.and(EventTypes.of(Other.class)))
                .withMessageContaining("used by both");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> noted.and(noted.mapper(Money.mapper())))
                .withMessageContaining("two mappers");
    }

    @Test
    void command_of_repository_uses_mapper_of_its_type() {
        CommandBus bus = CommandBus.builder()
                .creating(Save.class, jars, (jar, command, context) -> jar.save(command.newAmount()))
                .build();

        bus.send("Save", 1, "{\"jar_id\":\"1\",\"new_amount\":\"7 EUR\"}".getBytes(UTF_8), ONCE);

        assertThat(bus.send(new Save("1", new Money(7)), ONCE).duplicate()).isTrue();
        assertThat(jars.load("1").total).isEqualTo(new Money(7));
    }

    @Test
    void command_with_handler_uses_mapper_of_bus() {
        AtomicReference<Save> received = new AtomicReference<>();
        CommandBus bus = CommandBus.builder()
                .handling(Save.class, (command, context) -> {
                    received.set(command);
                    return jars.create(command.jarId(), context.updateContext(), jar -> jar.save(command.newAmount()));
                })
                .mapper(Money.mapper())
                .build();

        bus.send("Save", 1, "{\"jar_id\":\"1\",\"new_amount\":\"7 EUR\"}".getBytes(UTF_8), ONCE);

        assertThat(received.get()).isEqualTo(new Save("1", new Money(7)));
        assertThat(bus.send(new Save("1", new Money(7)), ONCE).duplicate()).isTrue();
    }

    @Test
    void scenario_uses_mapper_of_its_type() {
        AggregateScenario.of(Jar.TYPE)
                .given(new Saved(new Money(1)))
                .when(jar -> jar.save(new Money(2)))
                .then(new Saved(new Money(2)));
    }

    @Test
    void mapper_is_copied_when_given_and_when_returned() {
        ObjectMapper mapper = Money.mapper();
        AggregateType<Jar, JarEvent> type = AggregateType.named("Jar", JarEvent.class, Jar::new)
                .mapper(mapper)
                .on(Saved.class, (jar, event) -> {})
                .build();
        mapper.setPropertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE);
        type.mapper().setPropertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE);

        assertThat(type.mapper().getPropertyNamingStrategy()).isEqualTo(PropertyNamingStrategies.SNAKE_CASE);
        assertThat(type.eventTypes().mapperOf(type.eventTypes().find("Saved").orElseThrow()))
                .get()
                .extracting(ObjectMapper::getPropertyNamingStrategy)
                .isEqualTo(PropertyNamingStrategies.SNAKE_CASE);
    }

    @Test
    void mapper_with_default_typing_is_refused_everywhere() {
        ObjectMapper unsafe = UnsafeMapper.create();

        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        AggregateType.named("Jar", JarEvent.class, Jar::new).mapper(unsafe))
                .withMessageContaining("default typing");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CommandBus.builder().mapper(unsafe))
                .withMessageContaining("default typing");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventTypes.of(Noted.class).mapper(unsafe))
                .withMessageContaining("default typing");
    }
}
