package io.daybook.benchmarks;

import io.daybook.inmemory.InMemoryReadCache;
import java.util.Map;
import java.util.function.Supplier;

/** The floors, Occurrent and Daybook. */
public final class SuiteFamily implements Contender.Family {

    @Override
    public Map<String, Supplier<Contender>> contenders() {
        return Map.of(
                "floor", () -> new Floor(new RecordCodec(Contender.plainJackson())),
                "floor-fast-instant", () -> new Floor(new RecordCodec(Contender.jacksonWithFastInstant())),
                "floor-by-hand", () -> new Floor(new StreamingCodec()),
                "floor-with-guarantees", () -> new GuaranteesFloor(false),
                "floor-with-guarantees-cached", () -> new GuaranteesFloor(true),
                "daybook", DaybookOrders::cold,
                "daybook-cached", DaybookOrders::cached,
                "daybook-snapshots", DaybookOrders::snapshots,
                "occurrent", () -> new OccurrentOrders(Contender.plainJackson()),
                "occurrent-fast-instant", () -> new OccurrentOrders(Contender.jacksonWithFastInstant()));
    }

    @Override
    public Map<String, Supplier<OrderDocuments>> documents() {
        return Map.of(
                "floor", FloorDocuments::new,
                "daybook", DaybookDocuments::uncached,
                "daybook-cached", () -> DaybookDocuments.cachedIn(new InMemoryReadCache(100_000)),
                "occurrent", OccurrentDocuments::new);
    }
}
