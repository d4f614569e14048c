package io.daybook.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemorySnapshotStore;
import io.daybook.json.ShapeFingerprint;
import io.daybook.serialization.JacksonDefaults;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.snapshot.SnapshotPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** A snapshot that does not hold the whole state is never saved, and the aggregate is right without it. */
class SnapshotFaithTest {

    sealed interface CouponEvent extends DomainEvent {}

    @EventType("Redeemed")
    record Redeemed(String by) implements CouponEvent {}

    static final class Coupon extends AggregateRoot<CouponEvent> {
        final List<String> redeemed = new ArrayList<>();

        void redeem(String by) {
            require(!redeemed.contains(by), "redeemed already");
            raise(new Redeemed(by));
        }
    }

    /** Reads what it writes, but writes less than it holds. */
    @JsonAutoDetect(getterVisibility = JsonAutoDetect.Visibility.NONE, fieldVisibility = JsonAutoDetect.Visibility.NONE)
    static final class Trimmed {
        final List<String> redeemed;

        @JsonCreator
        Trimmed(@JsonProperty("redeemed") List<String> redeemed) {
            this.redeemed = redeemed;
        }

        @JsonProperty("redeemed")
        List<String> last() {
            return redeemed.subList(redeemed.size() - 1, redeemed.size());
        }
    }

    /** Grows with each round trip. */
    record Compounding(String first, List<String> redeemed) {
        Compounding {
            first = "Mr " + first;
        }
    }

    /** Equal to every other, whatever it holds. */
    record Agreeable(int count, Map<String, Object> open) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Agreeable;
        }

        @Override
        public int hashCode() {
            return 0;
        }
    }

    record Good(List<String> redeemed) {}

    record Grown(List<String> redeemed, Integer limit) {}

    private final EventStore store =
            new InMemoryEventStore(JacksonEventSerializer.of(EventTypes.of(CouponEvent.class)));
    private final InMemorySnapshotStore snapshots = new InMemorySnapshotStore();

    private static <S> AggregateType<Coupon, CouponEvent> type(
            Class<S> state, Function<Coupon, S> take, BiConsumer<Coupon, S> restore) {
        return AggregateType.named("Coupon", CouponEvent.class, Coupon::new)
                .on(Redeemed.class, (coupon, event) -> coupon.redeemed.add(event.by()))
                .snapshot(state, take, restore)
                .build();
    }

    private AggregateRepository<Coupon> coupons(AggregateType<Coupon, CouponEvent> type) {
        return AggregateRepository.of(type, store).snapshots(snapshots, SnapshotPolicy.everyEvents(1));
    }

    private <S> void isNotSaved(Class<S> state, Function<Coupon, S> take, BiConsumer<Coupon, S> restore) {
        AggregateRepository<Coupon> coupons = coupons(type(state, take, restore));
        coupons.create("1", UpdateContext.empty(), coupon -> coupon.redeem("a"));
        coupons.update("1", UpdateContext.empty(), coupon -> coupon.redeem("b"));

        assertThat(snapshots.load(StreamId.of("Coupon", "1"), JsonNode.class, 1))
                .isEmpty();
        assertThat(coupons.snapshotFailures()).isEqualTo(2);
        assertThat(coupons.load("1").redeemed).containsExactly("a", "b");
    }

    @Test
    void does_not_save_state_that_json_trims() {
        isNotSaved(
                Trimmed.class,
                coupon -> new Trimmed(List.of("x", coupon.redeemed.get(coupon.redeemed.size() - 1))),
                (coupon, state) -> coupon.redeemed.addAll(state.redeemed));
    }

    @Test
    void does_not_save_state_that_grows_with_each_round_trip() {
        isNotSaved(
                Compounding.class,
                coupon -> new Compounding("ann", coupon.redeemed),
                (coupon, state) -> coupon.redeemed.addAll(state.redeemed()));
    }

    @Test
    void does_not_save_state_whose_equality_hides_a_difference() {
        isNotSaved(
                Agreeable.class,
                coupon -> new Agreeable(coupon.redeemed.size(), new TreeMap<>(Map.of("n", 5L))),
                (coupon, state) -> {});
    }

    @Test
    void ignores_snapshot_whose_class_has_got_another_member() {
        AggregateRepository<Coupon> old = coupons(type(
                Good.class,
                coupon -> new Good(List.copyOf(coupon.redeemed)),
                (coupon, state) -> coupon.redeemed.addAll(state.redeemed())));
        old.create("1", UpdateContext.empty(), coupon -> coupon.redeem("a"));
        assertThat(old.snapshotFailures()).isZero();
        List<Integer> limits = new ArrayList<>();
        AggregateRepository<Coupon> grown =
                coupons(type(Grown.class, coupon -> new Grown(List.copyOf(coupon.redeemed), 3), (coupon, state) -> {
                    coupon.redeemed.addAll(state.redeemed());
                    limits.add(state.limit());
                }));

        assertThat(grown.load("1").redeemed).containsExactly("a");
        assertThat(limits).isEmpty();
        grown.update("1", UpdateContext.empty(), coupon -> coupon.redeem("b"));
        assertThat(grown.load("1").redeemed).containsExactly("a", "b");
        assertThat(limits).containsExactly(3);
        assertThat(old.load("1").redeemed).containsExactly("a", "b");
    }

    @Test
    void fingerprints_distinguish_shapes() {
        ObjectMapper mapper = JacksonDefaults.mapper().build();
        assertThat(List.of(
                        ShapeFingerprint.of(Good.class, mapper),
                        ShapeFingerprint.of(Grown.class, mapper),
                        ShapeFingerprint.of(Compounding.class, mapper),
                        ShapeFingerprint.of(Agreeable.class, mapper)))
                .doesNotHaveDuplicates()
                .allMatch(shape -> shape.length() == 16)
                .contains(ShapeFingerprint.of(Good.class, mapper));
    }
}
