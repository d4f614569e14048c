package io.daybook.sample.order;

import io.daybook.sample.order.FuzzRequests.BadRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes requests to queries, of which each is bad for one reason. */
final class FuzzQueries {

    private static final List<String> BAD_LIMITS = List.of(
            "limit=0",
            "limit=1001",
            "limit=-1",
            "limit=x",
            "limit=1&limit=2",
            "limit=",
            "limit=1e3",
            "limit=%D9%A1",
            "page=2",
            "colour=red",
            "=",
            "%00=1",
            "%ff=%ff",
            "%u0041=1",
            "limit=%u0031",
            "limit=%zz",
            "%",
            "limit[]=1");
    private static final List<String> BAD_NUMBERS =
            List.of("after=-1", "after=x", "after=1.5", "after=99999999999999999999", "after=%20", "after=1%00");
    private static final List<String> BAD_VERSIONS = List.of(
            "version=0",
            "version=-1",
            "version=1.0",
            "version=999",
            "version=9223372036854775808",
            "version=",
            "version=1&version=1",
            "version=%31%00",
            "vers=1");
    private static final List<String> BAD_LISTS = List.of(
            "limit=101",
            "customer_id=",
            "customer_id=" + "c".repeat(65),
            "customer_id=a%00b",
            "customer_id=a&customer_id=b",
            "status=open",
            "status=CREATED",
            "status=created,created",
            "status=created,",
            "status=",
            "from_date=2026-02-30",
            "from_date=2026-1-1",
            "from_date=yesterday",
            "from_date=%2B12026-01-01",
            "to_date=2026-13-01",
            "to_date=0000-00-00",
            "from_date=2026-02-01&to_date=2026-01-31",
            "sort=price",
            "sort=",
            "sort=--created_at",
            "sort=created_at,total_amount",
            "sort=+created_at",
            "after=x",
            "after=",
            "after=AAAAAAAAAAAAAAAAAAAAAA",
            "after=" + "A".repeat(9_000),
            "after=%F0%9F%98%80");
    private static final List<String> BAD_SEARCHES = List.of(
            "",
            "q=",
            "q=ab",
            "q=ab%20cd",
            "q=abc%00",
            "q=%20%20%20",
            "q=" + "a".repeat(201),
            "q=aaa+bbb+ccc+ddd+eee+fff",
            "q=prod&q=prod",
            "q=prod&limit=101",
            "q=prod&after=x",
            "q=prod&status=created",
            "query=prod");
    private static final List<String> BAD_REPORTS = List.of(
            "",
            "date=",
            "date=2026-02-30",
            "date=2026-01-01&date=2026-01-01",
            "date=2026-01-01&from_date=2026-01-01",
            "from_date=2026-01-01",
            "to_date=2026-01-01",
            "from_date=2026-01-02&to_date=2026-01-01",
            "from_date=2020-01-01&to_date=2026-01-01",
            "from_date=0000-01-01&to_date=9999-12-31",
            "date=2026-01-01&limit=1",
            "page=1");
    private static final List<String> BAD_TOKENS = List.of(
            "x",
            "!",
            "a b",
            "T3JkZXItNDI",
            "T3JkZXItNDJAMA",
            "\u00e4",
            "A".repeat(7_000),
            "AA\r\nConsistency-Token: AA");

    private static final List<String> BAD_PROCESSES = List.of(
            "limit=101",
            "state=",
            "state=stuck",
            "state=RUNNING",
            "state=running,running",
            "state=running,",
            "state=running&state=parked",
            "older_than=",
            "older_than=1h",
            "older_than=-PT1S",
            "older_than=P40000D",
            "older_than=P99999999999999999999D",
            "older_than=PT1H&older_than=PT1H",
            "after=",
            "after=x",
            "after=" + "A".repeat(9_000),
            "after=%F0%9F%98%80",
            "customer_id=CUST-123");
    private static final List<String> BAD_INSTANCES = List.of(
            "Expiry",
            "orderexpiry",
            "Refund",
            "%00",
            "%ff",
            "x".repeat(9_000),
            "Expiry/42",
            "OrderExpiry/unknown",
            "OrderExpiry/a%20b",
            "OrderExpiry/a%2Fb",
            "OrderExpiry/%00",
            "OrderExpiry/%",
            "OrderExpiry/" + "x".repeat(129),
            "OrderExpiry/42/retry",
            "Refunding/42/steps");

    private final Random random;
    private final String orderId;

    FuzzQueries(Random random, String orderId) {
        this.random = random;
        this.orderId = orderId;
    }

    /** A bad parameter, header or path, with or without good parameters around it. */
    BadRequest next() {
        String order = "/orders/" + orderId;
        return switch (random.nextInt(11)) {
            case 0 -> query(order + "/events", either(BAD_LIMITS, BAD_NUMBERS), "limit=5");
            case 1 -> query(order + "/history", either(BAD_LIMITS, BAD_NUMBERS), "limit=5");
            case 2 -> query(order, pick(BAD_VERSIONS), "");
            case 3 -> query("/orders/search", pick(BAD_SEARCHES), "limit=5");
            case 4 -> token(pick(List.of(order, "/orders", "/orders/search?q=prod")));
            case 5 -> query("/reports/daily-orders", pick(BAD_REPORTS), "");
            case 6 -> query("/customers/CUST-123/summary", pick(BAD_LIMITS), "");
            case 7 -> query("/processes/OrderExpiry", either(BAD_LIMITS, BAD_PROCESSES), "older_than=PT1H");
            case 8 -> query("/processes/OrderExpiry/" + orderId, either(BAD_LIMITS, BAD_VERSIONS), "");
            case 9 -> get("/processes/" + pick(BAD_INSTANCES), "");
            default -> query("/orders", either(BAD_LIMITS, BAD_LISTS), "status=created&sort=-total_amount");
        };
    }

    private BadRequest query(String path, String bad, String good) {
        boolean alone = good.isEmpty() || bad.isEmpty() || random.nextBoolean() || !names(good, bad);
        String query = alone ? bad : random.nextBoolean() ? bad + "&" + good : good + "&" + bad;
        return get(path + "?" + query, "");
    }

    private static boolean names(String good, String bad) {
        return Arrays.stream(good.split("&")).noneMatch(each -> bad.contains(each.substring(0, each.indexOf('='))));
    }

    private BadRequest token(String path) {
        return get(path, "Consistency-Token: " + pick(BAD_TOKENS) + "\r\n");
    }

    private static BadRequest get(String path, String headers) {
        return FuzzRequests.raw("GET " + path + " " + headers, FuzzRequests.head("GET", path, headers), new byte[0]);
    }

    private String either(List<String> one, List<String> other) {
        return pick(random.nextBoolean() ? one : other);
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }
}
