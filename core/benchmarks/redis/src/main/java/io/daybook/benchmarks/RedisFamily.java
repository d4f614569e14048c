package io.daybook.benchmarks;

import io.daybook.sample.order.RedisReadCache;
import java.util.Map;
import java.util.function.Supplier;

/** Reads from Redis. */
public final class RedisFamily implements Contender.Family {

    @Override
    public Map<String, Supplier<Contender>> contenders() {
        return Map.of();
    }

    @Override
    public Map<String, Supplier<OrderDocuments>> documents() {
        return Map.of(
                "redis",
                RedisDocuments::new,
                "daybook-redis",
                () -> DaybookDocuments.cachedIn(RedisReadCache.of("redis://127.0.0.1:" + EmbeddedRedis.port())));
    }
}
