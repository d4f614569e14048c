package io.daybook.sample.order;

import io.daybook.readmodel.CachedDocument;
import io.daybook.readmodel.ReadCache;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.util.JedisURIHelper;

/**
 * A cache of read models in Redis, such as Azure Managed Redis. Each document is a string: its revision, a
 * line break and its text. One script compares the revisions and writes, so that a slow writer cannot replace a newer document. Thread-safe.
 */
public final class RedisReadCache implements ReadCache, AutoCloseable {

    private static final int TIMEOUT_MILLIS = 1_000;
    private static final int MAX_CONNECTIONS = 32;
    private static final String PUT = """
            local there = string.match(redis.call('GETRANGE', KEYS[1], 0, 19), '^%d+')
            if there and tonumber(there) > tonumber(ARGV[1]) then
                return 0
            end
            redis.call('SET', KEYS[1], ARGV[1] .. '\\n' .. ARGV[2], 'PX', ARGV[3])
            return 1
            """;

    private final RedisClient client;

    private RedisReadCache(RedisClient client) {
        this.client = client;
    }

    /**
     * Connects to Redis when the first document is read or written.
     *
     * @param url {@code redis://host:6379}, or {@code rediss://:key@host:10000} for TLS, as Azure Managed Redis requires
     * @return the cache
     * @throws IllegalArgumentException if it is not such a URL; the message does not contain the key
     */
    public static RedisReadCache of(String url) {
        URI uri = parse(url);
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                .user(JedisURIHelper.getUser(uri))
                .password(JedisURIHelper.getPassword(uri))
                .database(JedisURIHelper.getDBIndex(uri))
                .timeoutMillis(TIMEOUT_MILLIS);
        if (JedisURIHelper.isRedisSSLScheme(uri)) {
            config.sslOptions(SslOptions.defaults());
        }
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(MAX_CONNECTIONS);
        pool.setMaxWait(Duration.ofMillis(TIMEOUT_MILLIS));
        return new RedisReadCache(RedisClient.builder()
                .hostAndPort(JedisURIHelper.getHostAndPort(uri))
                .clientConfig(config.build())
                .poolConfig(pool)
                .build());
    }

    private static URI parse(String url) {
        try {
            URI uri = URI.create(url);
            if (JedisURIHelper.isValid(uri)
                    && (JedisURIHelper.isRedisScheme(uri) || JedisURIHelper.isRedisSSLScheme(uri))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // its message contains the key
        }
        throw new IllegalArgumentException(
                "REDIS_URL is not the URL of a Redis server: use redis://host:6379, or rediss://:key@host:10000 for TLS");
    }

    @Override
    public Optional<CachedDocument> get(String key) {
        String found = call(() -> client.get(key));
        if (found == null) {
            return Optional.empty();
        }
        int end = found.indexOf('\n');
        return Optional.of(new CachedDocument(Long.parseLong(found.substring(0, end)), found.substring(end + 1)));
    }

    @Override
    public void put(String key, CachedDocument document, Duration timeToLive) {
        List<String> arguments = List.of(
                Long.toString(document.revision()), document.text(), Long.toString(Math.max(1, timeToLive.toMillis())));
        call(() -> client.eval(PUT, List.of(key), arguments));
    }

    private <T> T call(Supplier<T> request) {
        try {
            return request.get();
        } catch (JedisConnectionException e) {
            client.getPool().clear(); // the other connections are broken as well, if the server was restarted
            throw e;
        }
    }

    /** Closes all connections. */
    @Override
    public void close() {
        client.close();
    }
}
