package io.daybook.benchmarks;

import java.util.Map;
import java.util.function.Supplier;

/** Axon Framework 5. */
public final class Axon5Family implements Contender.Family {

    @Override
    public Map<String, Supplier<Contender>> contenders() {
        return Map.of("axon5", Axon5Orders::new);
    }
}
