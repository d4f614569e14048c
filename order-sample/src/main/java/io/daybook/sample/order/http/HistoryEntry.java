package io.daybook.sample.order.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.event.EventMetadata;
import io.daybook.sample.order.query.OrderQueries.Step;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An entry of the audit trail of an order: one event, and what it changed. */
record HistoryEntry(
        long version,
        String eventType,
        Instant timestamp,
        @Nullable String userId,
        String correlationId,
        @Nullable String commandId,
        List<Change> changes) {

    /** One changed value. */
    record Change(
            String path,
            @Nullable JsonNode before,
            @Nullable JsonNode after) {}

    static HistoryEntry of(Step step) {
        EventMetadata metadata = step.event().metadata();
        return new HistoryEntry(
                metadata.sequenceNumber(),
                metadata.eventType(),
                metadata.timestamp(),
                metadata.userId().orElse(null),
                metadata.correlationId(),
                metadata.commandId().orElse(null),
                changesOf(step));
    }

    private static List<Change> changesOf(Step step) {
        Map<String, JsonNode> before = new LinkedHashMap<>();
        Map<String, JsonNode> after = new LinkedHashMap<>();
        if (step.before() != null) {
            collect("", SnakeJson.MAPPER.valueToTree(step.before().order()), before);
        }
        collect("", SnakeJson.MAPPER.valueToTree(step.after().order()), after);
        Set<String> paths = new LinkedHashSet<>(after.keySet());
        paths.addAll(before.keySet());
        return paths.stream()
                .filter(path -> !Objects.equals(before.get(path), after.get(path)))
                .map(path -> new Change(path, before.get(path), after.get(path)))
                .toList();
    }

    private static void collect(String path, JsonNode node, Map<String, JsonNode> values) {
        if (node.isObject()) {
            String prefix = path.isEmpty() ? "" : path + ".";
            node.properties().forEach(each -> collect(prefix + each.getKey(), each.getValue(), values));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                collect(path + "[" + i + "]", node.get(i), values);
            }
        } else {
            values.put(path, node);
        }
    }
}
