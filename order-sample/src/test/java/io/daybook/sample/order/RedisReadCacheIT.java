package io.daybook.sample.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.contract.ReadCacheContract;
import io.daybook.readmodel.CachedDocument;
import io.daybook.readmodel.ReadCache;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisReadCacheIT extends ReadCacheContract {

    private static TestRedis redis;
    private static RedisReadCache cache;

    @BeforeAll
    static void start() {
        redis = TestRedis.start();
        cache = RedisReadCache.of(redis.url());
    }

    @AfterAll
    static void stop() {
        if (cache != null) {
            cache.close();
            redis.close();
        }
    }

    @Override
    protected ReadCache cache() {
        return cache;
    }

    @Test
    void continues_after_redis_was_down() {
        cache.put("a", new CachedDocument(1, "x"), Duration.ofHours(1));
        redis.stop();
        assertThatThrownBy(() -> cache.get("a")).isInstanceOf(RuntimeException.class);

        redis.restart();

        assertThat(cache.get("a")).as("a new server has nothing").isEmpty();
        cache.put("a", new CachedDocument(2, "y"), Duration.ofHours(1));
        assertThat(cache.get("a")).hasValue(new CachedDocument(2, "y"));
    }

    @Test
    void refuses_a_url_that_names_no_server_without_its_key() {
        for (String url :
                List.of("", "localhost:6379", "http://:canary@host:1", "rediss://:canary@ho st", "redis://")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> RedisReadCache.of(url))
                    .withMessage("REDIS_URL is not the URL of a Redis server: use redis://host:6379, or"
                            + " rediss://:key@host:10000 for TLS")
                    .withNoCause();
        }
    }
}
