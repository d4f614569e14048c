package io.daybook.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import java.time.Clock;
import java.util.AbstractList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How scenarios compare and print the states of aggregates. */
class ScenarioStateTest {

    sealed interface BasketEvent extends DomainEvent {
        @EventType("Priced")
        record Priced(String sku, int cents) implements BasketEvent {}
    }

    private static final BasketEvent.Priced PEAR = new BasketEvent.Priced("pear", 3);
    private static final String[] TWELVE = {"l", "b", "k", "d", "j", "f", "i", "h", "g", "e", "c", "a"};

    /** An entity whose equality is its id. */
    private static final class Line {
        private final String sku;
        private int cents;

        Line(String sku, int cents) {
            this.sku = sku;
            this.cents = cents;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Line line && line.sku.equals(sku);
        }

        @Override
        public int hashCode() {
            return sku.hashCode();
        }
    }

    private static final class Label {
        private final String text;

        Label(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            throw new IllegalStateException("no text for " + text.length());
        }
    }

    record BasketState(Map<String, Integer> prices) {}

    private static final class Basket extends AggregateRoot<BasketEvent> {
        private final Logger log = LoggerFactory.getLogger(Basket.class);
        private final Clock clock = Clock.systemUTC();
        private final Pattern skus = Pattern.compile("[a-z]+", Pattern.CASE_INSENSITIVE);
        private final AtomicInteger count = new AtomicInteger();
        private final StringBuilder text = new StringBuilder();
        private final ReentrantLock lock = new ReentrantLock();
        private final Supplier<String> lambda = () -> text.toString() + count;
        private Map<String, Line> lines = new LinkedHashMap<>();
        private transient int asked;
        private Optional<Label> last = Optional.empty();

        void price(String sku, int cents) {
            asked++;
            raise(new BasketEvent.Priced(sku, cents));
        }

        private void priced(BasketEvent.Priced event) {
            Map<String, Line> more = new LinkedHashMap<>(lines);
            more.put(event.sku(), new Line(event.sku(), event.cents()));
            lines = more;
            count.set(lines.size());
            text.setLength(0);
            text.append(lines.size());
            last = Optional.of(new Label("priced"));
        }

        private BasketState state() {
            Map<String, Integer> prices = new LinkedHashMap<>();
            lines.forEach((sku, line) -> prices.put(sku, line.cents));
            return new BasketState(prices);
        }

        private void restore(BasketState state) {
            state.prices().forEach((sku, cents) -> priced(new BasketEvent.Priced(sku, cents)));
        }
    }

    private static <S> AggregateType<Basket, BasketEvent> basket(
            Class<S> state, Function<Basket, S> take, BiConsumer<Basket, S> restore) {
        return AggregateType.named("Basket", BasketEvent.class, Basket::new)
                .on(BasketEvent.Priced.class, Basket::priced)
                .snapshot(state, take, restore)
                .build();
    }

    private static final AggregateType<Basket, BasketEvent> GOOD =
            basket(BasketState.class, Basket::state, Basket::restore);

    private static void assertNotices(
            AggregateType<Basket, BasketEvent> type, Consumer<Basket> decision, String message) {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> AggregateScenario.of(type).given().when(decision))
                .withMessageContaining(message);
    }

    @Test
    void accepts_loggers_clocks_counters_patterns_locks_and_lambdas_as_fields() {
        AggregateScenario.of(GOOD)
                .given(PEAR)
                .when(basket -> basket.price("apple", 2))
                .then(new BasketEvent.Priced("apple", 2));
    }

    @Test
    void accepts_optional_of_object_without_equality() {
        AggregateScenario.of(GOOD)
                .given(PEAR)
                .when(basket -> basket.price("apple", 2))
                .thenState(basket -> assertThat(basket.last).isPresent());
    }

    @Test
    void notices_state_that_equality_by_id_hides() {
        assertNotices(
                GOOD,
                basket -> {
                    basket.price("pear", 3);
                    basket.lines.get("pear").cents++;
                },
                "at lines.*.cents: change the state only in event handlers");
    }

    @Test
    void notices_state_of_a_counter() {
        assertNotices(
                GOOD,
                basket -> {
                    basket.price("pear", 3);
                    basket.count.incrementAndGet();
                },
                "at count:");
    }

    @Test
    void notices_state_of_an_object_without_equality_in_an_optional() {
        assertNotices(
                GOOD,
                basket -> {
                    basket.price("pear", 3);
                    basket.last = Optional.of(new Label("another"));
                },
                "at last.text:");
    }

    private static void priceTwelve(Basket basket) {
        for (String sku : TWELVE) {
            basket.price(sku, 1);
        }
    }

    private static AggregateType<Basket, BasketEvent> restoring(UnaryOperator<Map<String, Line>> lines) {
        return basket(BasketState.class, Basket::state, (basket, state) -> {
            basket.restore(state);
            basket.lines = lines.apply(basket.lines);
        });
    }

    @Test
    void notices_that_restoring_through_copy_of_loses_the_order_of_a_map() {
        assertNotices(restoring(Map::copyOf), ScenarioStateTest::priceTwelve, "at lines.*");
    }

    @Test
    void notices_that_restoring_sorts_a_map() {
        assertNotices(restoring(TreeMap::new), ScenarioStateTest::priceTwelve, "at lines.*");
    }

    @Test
    void notices_that_taking_a_snapshot_sorts_a_map() {
        AggregateType<Basket, BasketEvent> sorting = basket(
                BasketState.class,
                basket -> new BasketState(new TreeMap<>(basket.state().prices())),
                Basket::restore);

        assertNotices(sorting, ScenarioStateTest::priceTwelve, "at lines.*");
    }

    record RoundedState(Map<String, Integer> prices) {
        @JsonProperty
        @Override
        public Map<String, Integer> prices() {
            Map<String, Integer> rounded = new LinkedHashMap<>(prices);
            rounded.replaceAll((sku, cents) -> cents / 10 * 10);
            return rounded;
        }
    }

    record NumberState(Object value) {}

    @Test
    void notices_that_json_holds_another_value_than_a_snapshot() {
        AggregateType<Basket, BasketEvent> type = basket(
                RoundedState.class,
                basket -> new RoundedState(basket.state().prices()),
                (basket, state) -> basket.restore(new BasketState(Map.of("pear", 3))));

        assertNotices(type, basket -> basket.price("pear", 3), "at prices.*");
    }

    @Test
    void notices_that_a_snapshot_holds_what_jackson_cannot_write() {
        AggregateType<Basket, BasketEvent> type = basket(
                NumberState.class,
                basket -> new NumberState(new Label("a")),
                (basket, state) -> basket.restore(new BasketState(Map.of("pear", 3))));

        assertNotices(type, basket -> basket.price("pear", 3), "after event 1 changes in a JSON round trip");
    }

    private static final class Ring {
        private final int[] numbers = {1, 2};
        private final Ring[] next = {this};
        private final Label label = new Label("a");
        private final Logger log = LoggerFactory.getLogger(Ring.class);
        private final ReentrantLock lock = new ReentrantLock();
        private final Runnable lambda = lock::lock;
        private final transient int notState = 1;
    }

    @Test
    void describes_objects_of_every_kind_without_failing() {
        Basket basket = GOOD.replay(GOOD.newInstance("1"), List.of(PEAR));

        assertThat(StateDescription.of(basket))
                .contains("Basket.skus=[a-z]+", "Basket.count=1", "Line.cents=3", "Basket.last=({Label.text=priced})")
                .doesNotContain(".log=", ".lock=", ".lambda=", ".asked=");
        assertThat(StateDescription.of(new Ring()))
                .startsWith("{Ring.numbers=[1, 2], Ring.next=[{Ring.numbers=[1, 2]")
                .doesNotContain(".log=", ".lock=", ".lambda=", ".notState=")
                .hasSizeLessThan(10_100);
        assertThat(StateDescription.of(null)).isEqualTo("null");
    }

    @Test
    void describes_only_the_beginning_of_a_large_state() {
        assertThat(StateDescription.of(new int[1_000_000]))
                .startsWith("[0, 0")
                .endsWith("…")
                .hasSizeLessThan(10_100);
        assertThat(StateDescription.of(new AbstractList<Object>() {
                    @Override
                    public Object get(int index) {
                        throw new IllegalStateException("fails");
                    }

                    @Override
                    public int size() {
                        return 1;
                    }
                }))
                .contains("ScenarioStateTest");
    }
}
