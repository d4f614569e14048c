package io.daybook.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.daybook.account.Account;
import io.daybook.account.ScriptedEventStore;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemorySnapshotStore;
import io.daybook.json.ShapeFingerprint;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.snapshot.AggregateCache;
import io.daybook.snapshot.Snapshot;
import io.daybook.snapshot.SnapshotPolicy;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whatever an aggregate is rebuilt from, it gets the state that all its events make. */
class RebuildTest {

    sealed interface CartEvent extends DomainEvent {}

    @EventType("Begun")
    record Begun(List<String> items) implements CartEvent {}

    @EventType("Added")
    record Added(String item) implements CartEvent {}

    record Items(List<String> items) {}

    /** Makes the list of its first event its own, as users do. A restored list cannot be changed. */
    static final class Cart extends AggregateRoot<CartEvent> {
        static final AggregateType<Cart, CartEvent> TYPE = AggregateType.named("Cart", CartEvent.class, Cart::new)
                .on(Begun.class, (cart, event) -> cart.items = event.items())
                .on(Added.class, (cart, event) -> cart.items.add(event.item()))
                .snapshot(
                        Items.class,
                        cart -> new Items(List.copyOf(cart.items)),
                        (cart, state) -> cart.items = state.items())
                .build();

        private List<String> items = List.of();

        void begin() {
            raise(new Begun(new ArrayList<>()));
        }

        void add(String item) {
            raise(new Added(item));
        }
    }

    private static final StreamId STREAM = StreamId.of("Account", "1");

    private final ScriptedEventStore store = new ScriptedEventStore();
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);

    private void open() {
        accounts.create("1", UpdateContext.empty(), account -> {
            account.open("ann", Instant.EPOCH);
            account.deposit("1.00");
        });
    }

    @Test
    void after_a_conflict_the_state_holds_nothing_of_the_decision_that_failed() {
        AggregateRepository<Cart> carts = AggregateRepository.of(
                Cart.TYPE, new InMemoryEventStore(JacksonEventSerializer.of(Cart.TYPE.eventTypes())));
        carts.create("1", UpdateContext.empty(), Cart::begin);
        List<List<String>> seen = new ArrayList<>();

        carts.update("1", UpdateContext.empty(), cart -> {
            if (seen.isEmpty()) {
                carts.update("1", UpdateContext.empty(), other -> other.add("first"));
            }
            seen.add(List.copyOf(cart.items));
            cart.add("second");
        });

        assertThat(seen).containsExactly(List.of(), List.of("first"));
        assertThat(carts.load("1").items).containsExactly("first", "second");
    }

    @Test
    void a_state_that_later_events_do_not_fit_never_fails_a_command() {
        open();
        String first = store.read(STREAM, 0, 1).toList().get(0).metadata().eventId();
        InMemorySnapshotStore snapshots = new InMemorySnapshotStore();
        String shape = ShapeFingerprint.of(Account.State.class, Account.TYPE.mapper());
        snapshots.save(
                new Snapshot<>(STREAM, 1, first, 1, shape, Map.of("owner", "ann", "movements", 0))); // no balance
        AggregateRepository<Account> snapshotting = accounts.snapshots(snapshots, SnapshotPolicy.never());

        assertThat(snapshotting.load("1").balance()).isEqualTo(new BigDecimal("1.00"));
        assertThat(snapshotting.snapshotFailures()).isEqualTo(1);
    }

    @Test
    void cached_state_that_conflicting_events_do_not_fit_never_fails_a_command() {
        AggregateRepository<Cart> carts = AggregateRepository.of(
                Cart.TYPE, new InMemoryEventStore(JacksonEventSerializer.of(Cart.TYPE.eventTypes())));
        AggregateRepository<Cart> cached = carts.cache(AggregateCache.inMemory(10));
        cached.create("1", UpdateContext.empty(), Cart::begin);
        carts.update("1", UpdateContext.empty(), other -> other.add("first"));
        List<List<String>> seen = new ArrayList<>();

        cached.update("1", UpdateContext.empty(), cart -> {
            seen.add(List.copyOf(cart.items));
            cart.begin();
        });

        assertThat(seen).containsExactly(List.of(), List.of("first"));
    }

    @Test
    void an_event_handler_that_failed_is_not_answered_with_nothing_to_do() {
        AggregateType<Cart, CartEvent> broken = AggregateType.named("Cart", CartEvent.class, Cart::new)
                .on(Begun.class, (cart, event) -> {
                    throw new UnsupportedOperationException();
                })
                .on(Added.class, (cart, event) -> {})
                .build();
        AggregateRepository<Cart> carts =
                AggregateRepository.of(broken, new InMemoryEventStore(JacksonEventSerializer.of(broken.eventTypes())));

        assertThatIllegalStateException()
                .isThrownBy(() -> carts.create("1", UpdateContext.empty(), cart -> {
                    try {
                        cart.begin();
                    } catch (UnsupportedOperationException e) {
                        // swallowed by the user
                    }
                }))
                .withMessageContaining("could not be applied");
    }

    @Test
    void a_store_may_throw_one_conflict_several_times() {
        open();
        ConcurrencyException conflict = new ConcurrencyException(STREAM, 2, 3);
        for (int i = 0; i < 3; i++) {
            store.onNextAppend((inner, stream, version, events, options) -> {
                throw conflict;
            });
        }
        AggregateRepository<Account> retrying =
                accounts.retry(new RetryPolicy(2, RetryPolicy.DEFAULT.base(), RetryPolicy.DEFAULT.max()));

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> retrying.update("1", UpdateContext.empty(), account -> account.deposit("1.00")));
    }
}
