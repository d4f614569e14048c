package io.daybook.benchmarks;

import java.util.Map;
import java.util.function.Supplier;

/** Axon Framework 5. */
public final class Axon5Family implements Contender.Family {

    @Override
    public Map<String, Supplier<Contender>> contenders() {
        return Map.of("axon5", Axon5Orders::new);
    }

    @Override
    public Map<String, Supplier<OrderDocuments>> documents() {
        return Map.of("axon5", Axon5Documents::new);
    }
}
