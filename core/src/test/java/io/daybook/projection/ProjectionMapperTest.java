package io.daybook.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.aggregate.UpdateContext;
import io.daybook.contract.Patience;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import io.daybook.serialization.JacksonDefaults;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.serialization.Money;
import io.daybook.serialization.UnsafeMapper;
import io.daybook.testkit.ProjectionScenario;
import org.junit.jupiter.api.Test;

/** A mapper is given to a projection and used for its documents, shares and summaries. */
class ProjectionMapperTest {

    sealed interface JarEvent extends DomainEvent {}

    @EventType("JarFilled")
    record JarFilled(String owner, Money newAmount) implements JarEvent {}

    record Content(String owner, Money totalAmount) {}

    record Owner(String fullName) {}

    record Label(Owner owner) {}

    static final class Jar extends AggregateRoot<JarEvent> {

        static final AggregateType<Jar, JarEvent> TYPE = AggregateType.named("Jar", JarEvent.class, Jar::new)
                .mapper(Money.mapper())
                .on(JarFilled.class, (jar, event) -> {})
                .build();

        void fill(long cents) {
            raise(new JarFilled("ann", new Money(cents)));
        }
    }

    private static final Projection<Content> CONTENTS = contents().build();

    private final InMemoryEventStore store = new InMemoryEventStore(JacksonEventSerializer.of(Jar.TYPE.eventTypes()));
    private final InMemoryReadModelStore readModels = new InMemoryReadModelStore();

    private static Projection.Builder<Content> contents() {
        return Projection.named("contents", 1, Jar.TYPE, Content.class)
                .mapper(Money.mapper())
                .on(
                        JarFilled.class,
                        (content, event, metadata) -> new Content(
                                event.owner(),
                                content == null
                                        ? event.newAmount()
                                        : content.totalAmount().plus(event.newAmount())));
    }

    private static GroupedProjection.Builder<Content, Content> wealth() {
        return GroupedProjection.named("wealth", 1, Content.class, Content.class)
                .mapper(Money.mapper())
                .contribution(
                        Jar.TYPE,
                        share -> share.on(
                                JarFilled.class,
                                (none, event, metadata) -> new Content(event.owner(), event.newAmount())))
                .groupedBy(Content::owner)
                .startingWith(owner -> new Content(owner, new Money(0)))
                .adding((sum, share) ->
                        new Content(sum.owner(), sum.totalAmount().plus(share.totalAmount())))
                .removing((sum, share) ->
                        new Content(sum.owner(), sum.totalAmount().minus(share.totalAmount())));
    }

    private static Projection<Label> labels(int version, ObjectMapper mapper) {
        return Projection.named("labels", version, Jar.TYPE, Label.class)
                .mapper(mapper)
                .on(JarFilled.class, (none, event, metadata) -> new Label(new Owner(event.owner())))
                .build();
    }

    private Projector start(ProjectionDefinition projection) {
        Projector projector = Projector.builder(new InMemoryEventFeed(store), store, readModels)
                .project(projection)
                .start();
        projector.drain(Patience.LIMIT);
        return projector;
    }

    private String stored(ProjectionDefinition projection) {
        return readModels.open(projection.schema()).scan(Scan.all(), "").items().stream()
                .map(StoredDocument::content)
                .reduce((one, other) -> one + other)
                .orElseThrow();
    }

    @Test
    void documents_are_written_and_read_with_mapper_of_projection() {
        AggregateRepository.of(Jar.TYPE, store).create("1", UpdateContext.empty(), jar -> jar.fill(150));
        try (Projector projector = start(CONTENTS)) {
            assertThat(stored(CONTENTS)).isEqualTo("{\"owner\":\"ann\",\"total_amount\":\"150 EUR\"}");
            assertThat(projector.readModel(CONTENTS).get("1").orElseThrow().content())
                    .isEqualTo(new Content("ann", new Money(150)));
            assertThat(projector.verify(CONTENTS, VerifyOptions.all()).isClean())
                    .isTrue();
        }
    }

    @Test
    void shares_and_summaries_are_written_with_mapper_of_grouped_projection() {
        GroupedProjection<Content, Content> wealth = wealth().build();
        AggregateRepository.of(Jar.TYPE, store).create("1", UpdateContext.empty(), jar -> jar.fill(150));
        try (Projector projector = start(wealth)) {
            assertThat(stored(wealth)).contains("{\"owner\":\"ann\",\"total_amount\":\"150 EUR\"}");
            assertThat(projector.readModel(wealth).get("ann").orElseThrow().content())
                    .isEqualTo(new Content("ann", new Money(150)));
        }
    }

    @Test
    void scenario_uses_mapper_of_projection() {
        ProjectionScenario.of(CONTENTS)
                .given(new JarFilled("ann", new Money(150)), new JarFilled("ann", new Money(50)))
                .thenDocument(new Content("ann", new Money(200)));
        ProjectionScenario.of(wealth().build())
                .given("1", new JarFilled("ann", new Money(150)))
                .given("2", new JarFilled("ann", new Money(50)))
                .thenDocument("ann", new Content("ann", new Money(200)));
    }

    @Test
    void document_class_that_needs_a_module_is_refused_without_it() {
        ObjectMapper defaults = JacksonDefaults.mapper().build();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> contents().mapper(defaults).build())
                .withMessageContaining("Money.cents is not in the JSON");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> wealth().mapper(defaults).build())
                .withMessageContaining("Money.cents is not in the JSON");
    }

    @Test
    void advice_for_a_missing_deserializer_names_the_projection() {
        SimpleModule writing = Money.asText(Owner.class, Owner::fullName, Owner::new);
        writing.setDeserializers(null);

        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        labels(1, JacksonDefaults.mapper().addModule(writing).build()))
                .withMessageContaining("to the mapper of the projection");
    }

    @Test
    void mapper_with_default_typing_is_refused() {
        ObjectMapper unsafe = UnsafeMapper.create();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> contents().mapper(unsafe))
                .withMessageContaining("default typing");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> wealth().mapper(unsafe))
                .withMessageContaining("default typing");
    }

    @Test
    void mapper_is_copied() {
        ObjectMapper mapper = Money.mapper();
        Projection.Builder<Content> builder = contents().mapper(mapper);
        mapper.setPropertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE);

        assertThat(builder.build().fingerprint()).isEqualTo(CONTENTS.fingerprint());
    }

    @Test
    void other_names_or_serializers_of_a_mapper_need_a_new_version() {
        ObjectMapper defaults = JacksonDefaults.mapper().build();
        ObjectMapper named = JacksonDefaults.mapper()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build();
        ObjectMapper serialized = JacksonDefaults.mapper()
                .addModule(Money.asText(Owner.class, Owner::fullName, Owner::new))
                .build();
        AggregateRepository.of(Jar.TYPE, store).create("1", UpdateContext.empty(), jar -> jar.fill(150));
        start(labels(1, defaults)).close();

        assertThatThrownBy(() -> start(labels(1, named)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a different shape");
        assertThatThrownBy(() -> start(labels(1, serialized))).hasMessageContaining("a different shape");
        start(labels(1, JacksonDefaults.mapper().build())).close();
        Projection<Label> second = labels(2, serialized);
        try (Projector projector = start(second)) {
            assertThat(stored(second)).isEqualTo("{\"owner\":\"ann\"}");
            assertThat(projector.readModel(second).get("1").orElseThrow().content())
                    .isEqualTo(new Label(new Owner("ann")));
        }
    }
}
