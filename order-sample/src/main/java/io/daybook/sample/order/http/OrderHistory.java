package io.daybook.sample.order.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.event.EventMetadata;
import io.daybook.sample.order.query.OrderQueries.Step;
import io.daybook.sample.order.query.OrderSummary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The audit trail of an order: what each event changed. */
record OrderHistory(
        String orderId, List<Entry> history, @Nullable Long nextAfter) {

    /** One event and its changes. */
    record Entry(
            long version,
            String eventType,
            Instant timestamp,
            @Nullable String userId,
            String correlationId,
            @Nullable String commandId,
            List<Change> changes) {}

    /** One changed value. */
    record Change(
            String path,
            @Nullable JsonNode before,
            @Nullable JsonNode after) {}

    /** Creates a page from steps. If there are more steps, one more was read than is shown. */
    static OrderHistory of(String orderId, List<Step> steps, int limit) {
        List<Entry> shown =
                steps.stream().limit(limit).map(step -> entry(orderId, step)).toList();
        boolean more = steps.size() > limit;
        return new OrderHistory(orderId, shown, more ? shown.get(limit - 1).version() : null);
    }

    private static Entry entry(String orderId, Step step) {
        EventMetadata metadata = step.event().metadata();
        return new Entry(
                metadata.sequenceNumber(),
                metadata.eventType(),
                metadata.timestamp(),
                metadata.userId().orElse(null),
                metadata.correlationId(),
                metadata.commandId().orElse(null),
                changes(values(orderId, step.before()), values(orderId, step.after())));
    }

    private static List<Change> changes(Map<String, JsonNode> before, Map<String, JsonNode> after) {
        Set<String> paths = new LinkedHashSet<>(after.keySet());
        paths.addAll(before.keySet());
        List<Change> changes = new ArrayList<>();
        for (String path : paths) {
            JsonNode old = before.get(path);
            JsonNode now = after.get(path);
            if (old == null || !old.equals(now)) {
                changes.add(new Change(path, old, now));
            }
        }
        return changes;
    }

    private static Map<String, JsonNode> values(String orderId, @Nullable OrderSummary summary) {
        Map<String, JsonNode> values = new LinkedHashMap<>();
        if (summary != null) {
            collect("", SnakeJson.tree(OrderView.of(orderId, summary.version(), summary.order())), values);
            values.remove("order_id");
            values.remove("version");
        }
        return values;
    }

    private static void collect(String path, JsonNode node, Map<String, JsonNode> values) {
        if (node.isObject()) {
            node.properties()
                    .forEach(each -> collect(
                            path.isEmpty() ? each.getKey() : path + "." + each.getKey(), each.getValue(), values));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                collect(path + "[" + i + "]", node.get(i), values);
            }
        } else {
            values.put(path, node);
        }
    }
}
