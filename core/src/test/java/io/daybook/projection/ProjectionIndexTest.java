package io.daybook.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.account.Account;
import io.daybook.account.AccountEvent.AccountOpened;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateContext;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.Filter;
import io.daybook.serialization.JacksonEventSerializer;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProjectionIndexTest {

    record Owner(List<String> words) {}

    private final InMemoryEventStore store =
            new InMemoryEventStore(JacksonEventSerializer.of(Account.TYPE.eventTypes()));
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);

    private static Projection.Builder<Owner> owners() {
        return Projection.named("owners", 1, Account.TYPE, Owner.class)
                .on(
                        AccountOpened.class,
                        (none, event, metadata) ->
                                new Owner(List.of(event.owner().split(" "))))
                .ignoringOthers();
    }

    private ReadModel<Owner> project(Projection<Owner> owners) {
        accounts.create("1", UpdateContext.empty(), account -> account.open("red shoe", Instant.EPOCH));
        try (Projector projector = Projector.builder(new InMemoryEventFeed(store), store, new InMemoryReadModelStore())
                .project(owners)
                .start()) {
            ReadModel<Owner> model = projector.readModel(owners);
            model.get("1", ConsistencyToken.of(StreamId.of("Account", "1"), 1));
            return model;
        }
    }

    @Test
    void finds_document_by_each_value_of_a_collection() {
        Projection<Owner> owners = owners().indexEach("words", Owner::words).build();
        ReadModel<Owner> model = project(owners);

        assertThat(owners.schema().multiValued()).containsExactly("words");
        assertThat(model.find(Filter.where("words").is("shoe")).items()).hasSize(1);
        assertThat(model.find(Filter.where("words").is("red")).items()).hasSize(1);
    }

    @Test
    void refuses_collection_as_the_value_of_a_plain_index() {
        Projection<Owner> owners = owners().index("words", Owner::words).build();

        assertThatThrownBy(() -> project(owners)).isInstanceOf(StreamParkedException.class);
    }

    @Test
    void refuses_to_sort_by_several_values() {
        assertThatThrownBy(() -> owners().indexEach("words", Owner::words)
                        .listedBy("words")
                        .build())
                .hasMessageContaining("several values");
    }
}
