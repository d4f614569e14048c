package io.daybook.benchmarks;

import java.util.Map;
import java.util.function.Supplier;

/** Axon Framework 4. */
public final class Axon4Family implements Contender.Family {

    @Override
    public Map<String, Supplier<Contender>> contenders() {
        return Map.of("axon4", Axon4Orders::new);
    }

    @Override
    public Map<String, Supplier<OrderDocuments>> documents() {
        return Map.of("axon4", Axon4Documents::new);
    }
}
