package io.daybook.sample.order;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import redis.embedded.RedisServer;

/** A real Redis server on a free port, which the test stops and starts. */
final class TestRedis implements AutoCloseable {

    private final int port = freePort();
    private RedisServer server;

    /** Starts it, or skips the test on a platform that the package has no server for. */
    static TestRedis start() {
        TestRedis redis = new TestRedis();
        redis.restart();
        return redis;
    }

    String url() {
        return "redis://127.0.0.1:" + port;
    }

    void stop() {
        try {
            server.stop();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void restart() {
        try {
            server = RedisServer.newRedisServer()
                    .port(port)
                    .bind("127.0.0.1")
                    .setting("save \"\"")
                    .setting("maxmemory 50mb")
                    .setting("maxmemory-policy allkeys-lru")
                    .build();
            server.start();
        } catch (IOException | RuntimeException e) {
            if ("true".equals(System.getenv("CI"))) {
                throw new IllegalStateException("Redis does not start", e);
            }
            abort("Redis does not start on this platform: " + e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
