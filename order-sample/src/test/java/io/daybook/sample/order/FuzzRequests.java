package io.daybook.sample.order;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Makes requests of which each is bad for one reason, which is drawn. The bytes are sent unchanged. */
final class FuzzRequests {

    /**
     * A bad request.
     *
     * @param kind what is bad about it
     * @param bytes what is sent
     */
    record BadRequest(String kind, byte[] bytes) {}

    private record Valid(String path, String body, List<String> values) {}

    private static final String JSON = "Content-Type: application/json\r\n";
    private static final List<String> BAD_TEXTS = List.of(
            "7",
            "true",
            "null",
            "[]",
            "{}",
            "\"\"",
            "\" \"",
            "\"\\u0000\"",
            "\"a\\nb\"",
            "\"\\ud800\"",
            "\"\\udc00x\"",
            "\"" + "x".repeat(201) + "\"",
            "\"\\x\"",
            "\"a\u0001b\"",
            "'a'",
            "NaN",
            "\"open");
    private static final List<String> BAD_QUANTITIES = List.of(
            "0",
            "-1",
            "10001",
            "1.5",
            "1.0",
            "\"1\"",
            "1e2",
            "1e999999999",
            "99999999999999999999",
            "null",
            "[1]",
            "{}",
            "true",
            "01",
            "+1",
            "0x1",
            "9".repeat(500),
            "-",
            "1_0",
            "2147483648",
            "4294967297");
    private static final List<String> BAD_PRICES = List.of(
            "-0.01",
            "0.001",
            "1000000.01",
            "1e999999999",
            "-1e999999999",
            "1e-999999999",
            "1e99999999999999999999",
            "\"abc\"",
            "\"1e5\"",
            "\"\"",
            "\" 1\"",
            "\"1,5\"",
            "null",
            "[]",
            "{}",
            "false",
            ".5",
            "1.",
            "Infinity",
            "NaN",
            "9".repeat(99),
            "0." + "3".repeat(98),
            "\"" + "9".repeat(40) + "\"");
    private static final List<String> BAD_HEADERS = List.of(
            "Idempotency-Key: " + "k".repeat(129),
            "Idempotency-Key: ",
            "Idempotency-Key: a\tb",
            "Idempotency-Key: \u00e4",
            "Idempotency-Key: daybook:" + "k".repeat(43),
            "Idempotency-Key: a\r\nIdempotency-Key: b",
            "X-User-Id: " + "u".repeat(200),
            "X-User-Id: \u00ff",
            "X-User-Id: a\u0001b",
            "X-Correlation-Id: " + "c".repeat(500),
            "X-Correlation-Id:",
            "If-Match: 1",
            "If-Match: \"x\"",
            "If-Match: \"999\"",
            "If-Match: \"1\", \"2\"",
            "If-Match: W/\"1\"",
            "If-Match: \"99999999999999999999999\"",
            "If-Match: ",
            "If-Match: \"-1\"",
            "If-Match: \"1\"\r\nIf-Match: \"2\"",
            "Content-Encoding: gzip",
            "No colon here",
            "Bad Name: x",
            ": nameless",
            "X-Big: " + "b".repeat(20_000),
            "Host: two",
            "Transfer-Encoding: nonsense",
            "Content-Length: -5",
            "Content-Length: many",
            "Content-Length: 99999999999999999999");
    private static final List<String> BAD_MEDIA_TYPES = List.of(
            "",
            "Content-Type: text/plain\r\n",
            "Content-Type: application/xml\r\n",
            "Content-Type: \r\n",
            "Content-Type: application/json; charset=utf-16\r\n",
            "Content-Type: application/jsonx\r\n",
            "Content-Type: multipart/form-data\r\n",
            "Content-Type: */*\r\n",
            "Content-Type: ;;;\r\n",
            "Content-Type: application/x-www-form-urlencoded\r\n",
            "Content-Type: \u00ff\u00fe\r\n");
    private static final List<String> BAD_LINES = List.of(
            "GET",
            "GET /",
            "GET / HTTP/9.9",
            "GET / FTP/1.1",
            "/ GET HTTP/1.1",
            "\u0000\u0001\u0002",
            "GET  / HTTP/1.1",
            "GET /orders/\u0000 HTTP/1.1",
            "GET http://[x/ HTTP/1.1",
            "P\u00f6ST /orders HTTP/1.1",
            "get / HTTP/1.1 x");

    private final Random random;
    private final List<Valid> valid;
    private final FuzzQueries queries;
    private final String orderId;
    private final List<Supplier<BadRequest>> kinds = List.of(
            this::badValue,
            this::badValue,
            this::badValue,
            this::missingProperty,
            this::unknownProperty,
            this::propertyTwice,
            this::truncated,
            this::trailing,
            this::notUtf8,
            this::noise,
            this::nested,
            this::header,
            this::mediaType,
            this::tooLarge,
            this::badChunks,
            this::path,
            this::method,
            this::line,
            this::query);

    FuzzRequests(long seed, String orderId) {
        this.random = new Random(seed);
        this.orderId = orderId;
        this.queries = new FuzzQueries(random, orderId);
        this.valid = List.of(
                new Valid(
                        "/orders",
                        RunningOrders.CREATE,
                        List.of(
                                "\"CUST-123\"",
                                "\"PROD-001\"",
                                "2",
                                "49.99",
                                "\"123 Main St\"",
                                "\"Seattle\"",
                                "\"WA\"",
                                "\"98101\"")),
                new Valid("/orders/" + orderId + "/items", RunningOrders.ADD, List.of("\"PROD-002\"", "1", "29.99")),
                new Valid("/orders/" + orderId + "/ship", RunningOrders.SHIP, List.of("\"1Z999\"", "\"UPS\"")),
                new Valid("/orders/" + orderId + "/cancel", RunningOrders.CANCEL, List.of("\"Ordered by mistake\"")));
    }

    BadRequest next() {
        return pick(kinds).get();
    }

    /** A bad request to a query. */
    BadRequest query() {
        return queries.next();
    }

    private BadRequest badValue() {
        Valid base = pick(valid);
        String value = pick(base.values());
        String bad = pick(value.startsWith("\"") ? BAD_TEXTS : value.contains(".") ? BAD_PRICES : BAD_QUANTITIES);
        return json(
                "value " + value + " -> " + bad,
                base.path(),
                base.body().replaceFirst(": " + value, ": " + quoted(bad)));
    }

    private BadRequest missingProperty() {
        Valid base = pick(valid);
        String value = pick(base.values());
        String body =
                base.body().replaceFirst("\"[a-z_]+\": " + value + ",? ?", "").replaceAll(", *}", "}");
        return json("without " + value, base.path(), body);
    }

    private BadRequest unknownProperty() {
        Valid base = pick(valid);
        String name = pick(List.of("x", "order_id", "__proto__", "@class", "", "\\u0000", "\\ud800", "n".repeat(900)));
        return json("unknown " + name, base.path(), base.body().replaceFirst("\\{", "{\"" + quoted(name) + "\": 1, "));
    }

    private BadRequest propertyTwice() {
        Valid base = pick(valid);
        String value = pick(base.values());
        String body = base.body().replaceFirst("(\"[a-z_]+\": " + value + ")", "$1, $1");
        return json("twice " + value, base.path(), body);
    }

    private BadRequest truncated() {
        Valid base = pick(valid);
        return json(
                "truncated",
                base.path(),
                base.body().substring(0, random.nextInt(base.body().length())));
    }

    private BadRequest trailing() {
        Valid base = pick(valid);
        return json("trailing", base.path(), base.body() + pick(List.of("x", "{}", "]", "}", "\u0000", ",", "1")));
    }

    private BadRequest notUtf8() {
        Valid base = pick(valid);
        byte[] body = base.body().getBytes(UTF_8);
        body[random.nextInt(body.length)] =
                pick(List.of(0x80, 0xc0, 0xff, 0xed, 0xf8)).byteValue();
        return post("not UTF-8", base.path(), JSON, body);
    }

    private BadRequest noise() {
        byte[] body = new byte[random.nextInt(300)];
        random.nextBytes(body);
        return post("noise", pick(valid).path(), JSON, body);
    }

    private BadRequest nested() {
        int depth = 21 + random.nextInt(5_000);
        String open = random.nextBoolean() ? "[" : "{\"a\":";
        return json("nested", pick(valid).path(), open.repeat(depth) + (random.nextBoolean() ? "1" : ""));
    }

    private BadRequest header() {
        Valid base = pick(valid);
        String bad = pick(BAD_HEADERS);
        return post(
                "header " + bad.substring(0, Math.min(40, bad.length())),
                base.path(),
                JSON + bad + "\r\n",
                base.body().getBytes(UTF_8));
    }

    private BadRequest mediaType() {
        Valid base = pick(valid);
        return post(
                "media type", base.path(), pick(BAD_MEDIA_TYPES), base.body().getBytes(UTF_8));
    }

    private BadRequest tooLarge() {
        Valid base = pick(valid);
        byte[] body = (" ".repeat(65_536 + random.nextInt(3_000)) + base.body()).getBytes(UTF_8);
        if (random.nextBoolean()) {
            return post("too large", base.path(), JSON, body);
        }
        byte[] chunk = concat((Integer.toHexString(body.length) + "\r\n").getBytes(ISO_8859_1), body);
        return raw(
                "too large, in chunks",
                head("POST", base.path(), JSON + "Transfer-Encoding: chunked\r\n"),
                concat(chunk, "\r\n0\r\n\r\n".getBytes(ISO_8859_1)));
    }

    private BadRequest badChunks() {
        Valid base = pick(valid);
        String chunk =
                pick(List.of("zz\r\n", "-1\r\nab", "5\r\nab\r\n0\r\n\r\n", "ffffffffffffffffff\r\n", "\r\n\r\n"));
        return raw(
                "chunks",
                head("POST", base.path(), JSON + "Transfer-Encoding: chunked\r\n"),
                chunk.getBytes(ISO_8859_1));
    }

    private BadRequest path() {
        StringBuilder junk = new StringBuilder(
                pick(List.of("/orders/~", "/orders/" + orderId + "/", "/x", "/orders/../x", "//x", "/processes/~")));
        String characters = "abz09-_.~%/;:@!$&'()*+,=?#[]|\\^`{}<>\" \u00e4";
        for (int i = 1 + random.nextInt(40); i > 0; i--) {
            junk.append(
                    random.nextInt(6) == 0
                            ? pick(List.of("%2f", "%00", "%zz", "%", "%ff", "%2e%2e", "..", "/./", "%u0041", "%0d%0a"))
                            : characters.charAt(random.nextInt(characters.length())));
        }
        String method = pick(List.of("GET", "POST", "DELETE"));
        return raw("path " + junk, head(method, junk + "q", JSON + "Content-Length: 0\r\n"), new byte[0]);
    }

    private BadRequest method() {
        String method = pick(List.of("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO", "QUERY", "post", "X-Y"));
        return raw("method " + method, head(method, pick(valid).path(), JSON + "Content-Length: 0\r\n"), new byte[0]);
    }

    private BadRequest line() {
        return raw("line", (pick(BAD_LINES) + "\r\nHost: x\r\nBad\r\n\r\n").getBytes(ISO_8859_1), new byte[0]);
    }

    private BadRequest json(String kind, String path, String body) {
        return post(kind, path, JSON, body.getBytes(UTF_8));
    }

    private static BadRequest post(String kind, String path, String headers, byte[] body) {
        return raw(kind, head("POST", path, headers + "Content-Length: " + body.length + "\r\n"), body);
    }

    static BadRequest raw(String kind, byte[] head, byte[] body) {
        return new BadRequest(kind, concat(head, body));
    }

    static byte[] head(String method, String path, String headers) {
        return (method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers + "\r\n")
                .getBytes(ISO_8859_1);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static String quoted(String text) {
        return java.util.regex.Matcher.quoteReplacement(text);
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
